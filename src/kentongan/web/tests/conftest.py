"""A signed-in officer, and rows that the home page tells of."""

from datetime import date, timedelta

import pytest

from conftest import NOW

COMMON = {"handling": "shared", "purpose": "prevention", "legal_basis": "uji", "retain_until": date(2031, 1, 1)}
DAY = date(2026, 3, 2)


@pytest.fixture
def today(monkeypatch):
    """The doors ask for the time once; here it is always the same."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def sign_in(client, officer_of):
    """Sign in as an officer: `sign_in("kanim-atambua", role="analyst")`; returns the officer."""

    def make(agency="kanim-atambua", *, role="analyst", **more):
        officer = officer_of(agency, role=role, **more)
        client.force_login(officer)
        return officer

    return make


@pytest.fixture
def administrator(actor_of):
    """The administrator of the immigration office of the province."""
    return actor_of("kanwil-im-ntt", role="administrator", purpose="coordination")


@pytest.fixture
def event_of(agency_of, gazetteer_rows):
    """Make an event: `event_of(state="proposed", title="…")`."""
    from kentongan.events.models import Event

    def make(
        *,
        place=5,
        owner="kanim-atambua",
        state="proposed",
        title="Kejadian uji",
        known_at=NOW - timedelta(days=1),
        **more,
    ):
        return Event.objects.create(
            **{**COMMON, **more}, owner=agency_of(owner), title=title, state=state, place_id=place,
            happened_from=DAY, happened_to=DAY + timedelta(days=1), precision="day", known_at=known_at,
        )  # fmt: skip

    return make


@pytest.fixture
def report_of(agency_of, gazetteer_rows):
    """Make a report: `report_of(place=None)`, `report_of(is_nil=True)`."""
    from kentongan.intake.models import Report

    def make(*, place=5, owner="kanim-atambua", is_nil=False, received_at=NOW - timedelta(days=1), **more):
        number = Report.objects.count()
        period = {"covers_from": DAY - timedelta(days=7), "covers_to": DAY} if is_nil else {}
        return Report.objects.create(
            **{**COMMON, "channel": "field_form", "title": f"Laporan {number}", **more},
            **period, owner=agency_of(owner), place_id=place, is_nil=is_nil,
            checksum=f"c{number}", original_checksum=f"o{number}", text="isi",
            received_at=received_at, received_by="officer:x",
        )  # fmt: skip

    return make
