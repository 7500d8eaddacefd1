"""What the tests of papers build: an office with an index over three villages, a partner village, visits in this month."""

import io
from datetime import date, timedelta

import numpy as np
import pytest
from django.utils import timezone
from pypdf import PdfReader

from kentongan.agencies.models import Officer
from kentongan.agreements.access import actor_for
from kentongan.kit.ids import new_id
from kentongan.places.models import Place
from kentongan.programme.models import PartnerVillage, Visit
from kentongan.vulnerability.index_arrays import packed_rows
from kentongan.vulnerability.index_rules import breaks
from kentongan.vulnerability.models import IndexRun, RunArray, VillageSheet, Weighting

OFFICE, REGION, VILLAGE, OTHER = "kanim-atambua", "kanwil-im-ntt", "desa-silawan", "kanim-kupang"
SILAWAN, TULAKADI, SADI = 5, 6, 7
HELD = {
    "handling": "shared",
    "purpose": "prevention",
    "legal_basis": "UU 6/2011 Ps. 89",
    "retain_until": date(2036, 1, 1),
}


@pytest.fixture
def now():
    """Doors ask the clock, so what they hand out must be of this day."""
    return timezone.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


@pytest.fixture
def office(gazetteer_rows, agency_of):
    found = agency_of(OFFICE, parent=REGION)
    found.name, found.seat_id = "Kantor Imigrasi Kelas II TPI Atambua", 3
    found.save()
    return found


@pytest.fixture
def officer(office, officer_of, now):
    """Make an officer and return them acting now: `officer(OFFICE, role="analyst")`."""

    def make(agency=OFFICE, *, role="analyst", **more):
        return actor_for(officer_of(agency, role=role, **more), purpose="prevention", at=now)

    return make


@pytest.fixture
def signed_in(client):
    """Sign in as the officer behind an actor."""

    def make(actor):
        client.force_login(Officer.objects.get(pk=actor.ref.removeprefix("officer:")))
        return client

    return make


@pytest.fixture
def weighting(office, now):
    return Weighting.objects.create(
        owner=office,
        index="tppo",
        number=3,
        weights={"border": 1.0, "departures": 1.0},
        concentration=50,
        why="seperti panduan",
        state="approved",
        proposed_by="officer:a",
        proposed_at=now,
        approved_by="officer:b",
        approved_at=now,
        approved_by_second="officer:c",
        approved_second_at=now,
    )


def about(code, label, unit, **more):
    """Return a factor as a run tells it."""
    told = {
        "code": code,
        "label": label,
        "unit": unit,
        "dimension": "exposure",
        "direction": -1,
        "share": 0.5,
        "as_of": "2026-06-30",
        "source": "Gazeter 2025",
        "is_counted": False,
        "is_of_people": False,
    }
    return told | more


@pytest.fixture
def run_of(office, weighting, today):
    """Make a run that is done over Silawan, Tulakadi and Sadi: `run_of("tppm", factors=[…])`."""

    def make(index="tppo", *, factors=None, as_of=None, owner=None, **more):
        told = factors or [
            about("border", "Jarak ke garis batas", "km"),
            about("departures", "Pekerja migran berangkat", "orang", direction=1, is_of_people=True),
        ]
        run = IndexRun.objects.create(
            **HELD,
            owner=owner or office,
            index=index,
            as_of=as_of or today,
            weighting=weighting,
            state="done",
            requested_by="system:worker",
            requested_at=timezone.now(),
            villages=3,
            digest="d" * 64,
            parameters={"breaks": breaks(), "factors": told},
            **more,
        )
        places = Place.objects.in_bulk([SILAWAN, TULAKADI, SADI])
        values = np.array([[0.6 + row, 12.0 + row] + [1.0] * len(told) for row in range(3)])[:, : len(told)]
        values[2, -1] = np.nan
        points = np.array([[31.5, 26.5], [20.0, 10.0], [8.0, 2.0]])
        points = np.pad(points, ((0, 0), (0, max(0, len(told) - 2))), constant_values=0.4)[:, : len(told)]
        arrays = {
            "places": np.array([SILAWAN, TULAKADI, SADI], dtype=np.uint32),
            "lat": np.array([places[key].lat for key in (SILAWAN, TULAKADI, SADI)]),
            "lon": np.array([places[key].lon for key in (SILAWAN, TULAKADI, SADI)]),
            "score": np.array([58.0, 30.0, 10.0], dtype=np.float32),
            "rank": np.array([1, 2, 3], dtype=np.uint32),
            "position": np.array([1, 2, 3], dtype=np.uint32),
            "interval80": np.array([[1, 1], [2, 3], [2, 3]], dtype=np.uint32),
            "interval95": np.array([[1, 2], [1, 3], [2, 3]], dtype=np.uint32),
            "dimensions": np.array([[60.0, 50.0, 40.0]] * 3, dtype=np.float32),
            "known_share": np.array([1.0, 1.0, 0.5], dtype=np.float32),
            "contributions": points.astype(np.float32),
            "values": values,
            "top": np.array([True, False, False]),
        }
        RunArray.objects.bulk_create(packed_rows(run, arrays))
        return run

    return make


@pytest.fixture
def told_sheet(run_of, agency_of, now):
    """The sheet that the office of Silawan was told, out of a run that it does not see."""
    from kentongan.vulnerability.index_telling import told_of
    from kentongan.vulnerability.queries import level_in_run

    run = run_of()
    village = agency_of(VILLAGE, kind="village", level="village")
    level = level_in_run(run, Place.objects.get(pk=SILAWAN))
    return VillageSheet.objects.create(
        **HELD,
        owner=village,
        place_id=SILAWAN,
        run=run,
        index="tppo",
        as_of=run.as_of,
        told_at=now,
        told_by=run.owner,
        level=level.level,
        content=told_of(level, is_held_back=False),
    )


@pytest.fixture
def partner(office, now):
    """Make a partner village: `partner(TULAKADI, decree_number="")`."""

    def make(place=SILAWAN, *, since=date(2024, 6, 20), owner=None, **more):
        told = {"status": "designated", "decree_number": "W.22/IMI-5/2024", "decree_on": since} | more
        return PartnerVillage.objects.create(
            **HELD,
            owner=owner or office,
            place_id=place,
            partner_from=since,
            criteria=["land_border"],
            changed_at=now,
            changed_by="officer:a",
            **told,
        )

    return make


@pytest.fixture
def visit(office, now, today):
    """Make a visit that is done today, or one that is planned: `visit(village, planned_on=…, state="planned")`."""

    def make(village, *, owner=None, **more):
        told = {"state": "done", "done_on": today, "planned_on": today, "topics": ["trafficking"], "heads": 41}
        told |= {"met": [["village_head", 1], ["village_staff", 4]], "kind": "outreach"} | more
        if told["state"] == "planned":
            told["done_on"] = None
        return Visit.objects.create(
            **HELD,
            owner=owner or office,
            place_id=village.place_id,
            village=village,
            planned_by="officer:a",
            planned_at=now,
            changed_by="officer:a",
            changed_at=now,
            plan_key=new_id(),
            **told,
        )

    return make


@pytest.fixture
def pages_of():
    """Return the texts of the pages of a PDF."""

    def read(content):
        return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]

    return read


@pytest.fixture
def next_month(today):
    return (today.replace(day=28) + timedelta(days=8)).replace(day=7)
