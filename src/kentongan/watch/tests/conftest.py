"""What the tests of the watch build: villages of two regencies, events as an officer decided them, reports, a watch."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kentongan.events.models import Classification, Event, EventVersion
from kentongan.intake.models import Report
from kentongan.kit.ids import new_id
from kentongan.places.models import Place, PlaceAncestor
from kentongan.watch.models import Watch

FIRST_VILLAGE, FIRST_DISTRICT = 1000, 900
DISTRICTS, VILLAGES_A_DISTRICT = 6, 5


@pytest.fixture
def villages(gazetteer_rows):
    """Thirty villages in six districts of Belu, on a grid of about four kilometres."""
    for d in range(DISTRICTS):
        district = FIRST_DISTRICT + d
        _place(
            district,
            f"53.04.{50 + d}",
            f"Kecamatan {d}",
            "district",
            3,
            -9.0 - 0.2 * (d // 3),
            124.5 + 0.2 * (d % 3),
            (3, 2, 1),
        )
        for v in range(VILLAGES_A_DISTRICT):
            lat, lon = -9.0 - 0.2 * (d // 3) + 0.04 * (v % 2), 124.5 + 0.2 * (d % 3) + 0.04 * (v // 2)
            key = FIRST_VILLAGE + d * VILLAGES_A_DISTRICT + v
            _place(
                key, f"53.04.{50 + d}.{2001 + v}", f"Desa {d}-{v}", "village", district, lat, lon, (district, 3, 2, 1)
            )
    return list(range(FIRST_VILLAGE, FIRST_VILLAGE + DISTRICTS * VILLAGES_A_DISTRICT))


def _place(key, code, name, level, parent, lat, lon, above):
    Place.objects.create(id=key, code=code, name=name, level=level, country="ID", parent_id=parent, lat=lat, lon=lon)
    rows = [PlaceAncestor(ancestor_id=a, descendant_id=key, depth=n) for n, a in enumerate((key, *above))]
    PlaceAncestor.objects.bulk_create(rows)


@pytest.fixture
def event_at(db, kinds, agency_of):
    """Make a confirmed event: `event_at(place, day, "TPPO", decided=…)`."""

    def make(
        place,
        day,
        kind="TPPO",
        *,
        owner="kanim-atambua",
        decided=None,
        state="confirmed",
        handling="restricted",
        version=1,
    ):
        at = decided or datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        held = {
            "state": state,
            "title": "Dugaan perekrutan",
            "place_id": place,
            "happened_from": day,
            "happened_to": day + timedelta(days=1),
            "precision": "day",
        }
        event = Event.objects.create(
            owner=agency_of(owner),
            handling=handling,
            purpose="prevention",
            legal_basis="UU 6/2011 Ps. 89",
            retain_until=date(2031, 1, 1),
            known_at=at,
            decided_at=at,
            version=version,
            **held,
        )
        EventVersion.objects.create(
            event=event, number=version, kinds=[kind], decided_at=at, decided_by="officer:1", **held
        )
        Classification.objects.create(event=event, kind_id=kind, alleged_by="officer:1", alleged_at=at, why="uji")
        return event

    return make


@pytest.fixture
def report_from(db, agency_of):
    """Make a report of a village: `report_from(place, day, is_nil=True)`."""

    def make(place, day, *, is_nil=False, owner="kanim-atambua", received=None):
        at = received or datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        mark = str(new_id())
        return Report.objects.create(
            owner=agency_of(owner),
            place_id=place,
            handling="restricted",
            purpose="prevention",
            legal_basis="UU 6/2011 Ps. 89",
            retain_until=date(2031, 1, 1),
            channel="nil_form" if is_nil else "field_form",
            checksum=mark,
            original_checksum=mark,
            text="Nihil." if is_nil else "Laporan uji.",
            is_nil=is_nil,
            covers_from=day - timedelta(days=6) if is_nil else None,
            covers_to=day + timedelta(days=1) if is_nil else None,
            published_on=None,
            received_at=at,
            received_by="officer:1",
        )

    return make


@pytest.fixture
def watch_of(agency_of, now):
    """Make a weekly watch: `watch_of("kanim-atambua")`."""

    def make(owner="kanim-atambua", *, roots=(), every_days=7, **more):
        watch = Watch.objects.create(
            owner=agency_of(owner), name=f"Pemantauan {owner}", created_at=now, every_days=every_days, **more
        )
        watch.roots.set(roots)
        return watch

    return make


@pytest.fixture
def quiet_year(villages, event_at):
    """Make a year of scattered events that ends on a day: one every fifth day, every village in turn."""

    def make(until, *, kind="TPPO"):
        return [event_at(villages[(7 * n) % len(villages)], until - timedelta(days=5 * n), kind) for n in range(70)]

    return make
