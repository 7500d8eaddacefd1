"""Records, looks and officers around the overseer of an immigration office."""

from datetime import date, datetime, timedelta

import pytest

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Event
from kentongan.intake.models import Report


@pytest.fixture
def carried(gazetteer_rows, agency_of, now):
    """What every protected row carries: `carried("kanim-atambua", handling="shared")`."""

    def make(owner="kanim-atambua", *, handling="shared", **more):
        return {
            "owner": agency_of(owner), "place_id": 5, "handling": handling, "purpose": "prevention",
            "legal_basis": "UU 6/2011", "retain_until": now.date() + timedelta(days=400), **more,
        }  # fmt: skip

    return make


@pytest.fixture
def event_of(carried, now):
    def make(owner="kanim-atambua", *, title="Perekrutan di Silawan", **more):
        given = {"precision": "day", "known_at": now, "happened_from": date(2026, 2, 1), "persons": 7}
        return Event.objects.create(title=title, **given | carried(owner, **more))

    return make


@pytest.fixture
def report_of(carried, now):
    count = iter(range(1000))

    def make(owner="kanim-atambua", *, text="Tujuh orang berangkat malam hari.", received_at=None, **more):
        number = next(count)
        given = {
            "channel": "paste", "title": "Laporan warga", "checksum": f"{number:064x}", "original_checksum": f"{number:064x}",
            "received_at": received_at or now, "received_by": "officer:1", "author": "Penulis Uji",
        }  # fmt: skip
        return Report.objects.create(text=text, **given | carried(owner, handling="personal", **more))

    return make


@pytest.fixture
def look(db):
    """Write a row of the trail: `look(actor, event.ref, at=now)`."""

    def write(actor, on="", *, at: datetime, event=Trail.RECORD_READ, **more):
        trail.note_look(event, by=actor, at=at, on=on, **more)

    return write


@pytest.fixture
def signed_in(client, officer_of):
    """A client at which an officer is signed in: `signed_in("kanim-atambua", role="overseer")`."""

    def enter(agency="kanim-atambua", *, role="overseer", officer=None, **more):
        client.force_login(officer or officer_of(agency, role=role, **more))
        return client

    return enter
