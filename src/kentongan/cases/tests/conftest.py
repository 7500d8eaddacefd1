"""What the tests of this room build: a case of Polres Belu that Kanim Atambua supports, with an officer of each."""

from datetime import date, datetime, timedelta

import pytest

from kentongan.agencies.models import Agency
from kentongan.cases import actions
from kentongan.cases.models import Case
from kentongan.events.models import Event
from kentongan.vault.tests.making import switch_on

LEAD, SUPPORT, THIRD = "polres-belu", "kanim-atambua", "dinsos-belu"
EVERYTHING = ("title", "place", "origin", "milestones", "assessment", "persons", "objects", "team", "outcome")


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """Each test has its own folder of keys of the vault."""
    settings.VAULT_KEYS = tmp_path / "keys"


@pytest.fixture
def switched_on(db, now):
    """The modules of cases and of the vault stand on an assessment."""
    switch_on(now, "cases")
    switch_on(now, "vault")


@pytest.fixture
def lead(gazetteer_rows, kinds, actor_of):
    return actor_of(LEAD, role="case_officer", purpose="investigation", kind="police")


@pytest.fixture
def leader(gazetteer_rows, kinds, actor_of):
    return actor_of(LEAD, role="leader", purpose="investigation", kind="police")


@pytest.fixture
def support(gazetteer_rows, kinds, actor_of):
    return actor_of(SUPPORT, role="case_officer", purpose="investigation", kind="immigration")


@pytest.fixture
def third(gazetteer_rows, kinds, actor_of):
    return actor_of(THIRD, role="social_worker", purpose="victim_protection", kind="social")


@pytest.fixture
def event_of(gazetteer_rows, kinds, agency_of):
    """Make a confirmed event: `event_of("polres-belu", handling="protected")`."""

    def make(owner=LEAD, *, handling="restricted", at=datetime(2026, 3, 3, tzinfo=None)):
        return Event.objects.create(
            owner=agency_of(owner), place_id=5, handling=handling, purpose="prevention", legal_basis="UU 6/2011",
            retain_until=date(2031, 1, 1), title="Tiga puluh pencari kerja dicegah di pelabuhan", state="confirmed",
            happened_from=date(2026, 3, 2), happened_to=date(2026, 3, 3), precision="day",
            known_at=f"{at:%Y-%m-%d}T00:00Z", decided_at=f"{at:%Y-%m-%d}T00:00Z",
            origins=["MM"] if handling == "protected" else [],
        )  # fmt: skip

    return make


@pytest.fixture
def case(lead, event_of, now):
    return actions.open_case(title="Pencari kerja di pelabuhan", events=[event_of()], by=lead, at=now)


@pytest.fixture
def agency():
    return lambda pk: Agency.objects.get(pk=pk)


@pytest.fixture
def joined(case, lead, support, agency, now):
    """Kanim Atambua supports the case and is shown its title and milestones."""
    return actions.add_agency(
        case=case, agency=agency(SUPPORT), groups=["title", "milestones"], why="orang asing", by=lead, at=now
    )


@pytest.fixture
def later(now):
    return now + timedelta(hours=1)


@pytest.fixture
def seen_by():
    """Return the case as the gate shows it to the actor."""
    from kentongan.agreements.access import fetch

    return lambda actor, case, at: fetch(Case, case.pk, actor, at=at)


@pytest.fixture
def sign_in(client, officer_of):
    def make(agency=LEAD, *, role="case_officer", **more):
        officer = officer_of(agency, role=role, username=f"masuk-{agency}-{role}", **more)
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
