"""What the tests of this room build: Kanim Atambua with an officer, a village government, a partner village, visits."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from kentongan.agencies.models import Officer
from kentongan.places.models import Place
from kentongan.programme import actions
from kentongan.programme.actions import Designation, VisitDone

OFFICE, VILLAGE = "kanim-atambua", "desa-silawan"
SILAWAN, TULAKADI, DISTRICT = 5, 6, 4
TODAY = date(2026, 3, 4)


@pytest.fixture
def village_agency(gazetteer_rows, agency_of):
    found = agency_of(VILLAGE, kind="village", level="village", parent=OFFICE)
    found.seat_id = SILAWAN
    found.save()
    return found


@pytest.fixture
def analyst(gazetteer_rows, kinds, actor_of, village_agency):
    """An analyst of the office, who is also the programme's officer of these tests."""
    return actor_of(OFFICE, role="analyst")


@pytest.fixture
def headman(analyst, actor_of):
    return actor_of(VILLAGE, role="village_official", kind="village", level="village")


@pytest.fixture
def region(analyst, actor_of, agency_of):
    agency_of(OFFICE, parent="kanwil-im-ntt")
    return actor_of("kanwil-im-ntt", role="analyst")


@pytest.fixture
def officer_behind():
    """Return the account behind an actor."""
    return lambda actor: Officer.objects.get(pk=actor.ref.removeprefix("officer:"))


@pytest.fixture
def place():
    return lambda pk=SILAWAN: Place.objects.get(pk=pk)


@pytest.fixture
def partner(analyst, place, now):
    """Make a partner village: `partner(TULAKADI, since=date(2026, 1, 1))`."""

    def make(pk=SILAWAN, *, since=date(2025, 1, 1), decree="W.22/IMI-5/2025", by=None, at=now):
        told = Designation(decree_number=decree, decree_on=since, partner_from=since, criteria=("land_border",))
        return actions.designate(place=place(pk), designation=told, by=by or analyst, at=at)

    return make


@pytest.fixture
def planned(analyst, officer_behind, place, now):
    """Make a planned visit: `planned(TULAKADI, on=date(2026, 3, 10))`."""

    def make(pk=SILAWAN, *, on=TODAY, kind="visit", key=None, by=None, at=now):
        by = by or analyst
        return actions.plan_visit(
            place=place(pk), planned_on=on, kind=kind, officer=officer_behind(by), key=key or uuid4(), by=by, at=at
        )

    return make


@pytest.fixture
def visited(planned, analyst, now):
    """Make a visit that is done: `visited(is_nil=True, nil_from=date(2026, 2, 1))`."""

    def make(pk=SILAWAN, *, visit=None, version=1, key: UUID | None = None, by=None, at=now, **told):
        told = {"done_on": TODAY, "topics": ("reporting",), "met": {"village_head": 1}, "heads": 12} | told
        return actions.record_visit(
            visit=visit or planned(pk),
            version=version,
            done=VisitDone(**told),
            key=key or uuid4(),
            by=by or analyst,
            at=at,
        )

    return make


@pytest.fixture
def sign_in(client):
    """Sign in as the officer behind an actor."""

    def make(actor):
        client.force_login(Officer.objects.get(pk=actor.ref.removeprefix("officer:")))
        return client

    return make
