"""Events, alerts and findings that a map can draw."""

from datetime import date, timedelta

import pytest

from conftest import NOW

DAY = date(2026, 3, 2)
COMMON = {"handling": "shared", "purpose": "prevention", "legal_basis": "uji", "retain_until": date(2031, 1, 1)}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The doors ask for the time once; here it is always the same."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def event_of(agency_of, gazetteer_rows, kinds):
    """Make an event: `event_of(place=5, kind="TPPO", owner="kanim-atambua", state="confirmed")`."""
    from kentongan.events.models import Classification, Event

    def make(*, place=5, kind="TPPO", owner="kanim-atambua", state="confirmed", day=DAY, title="Kejadian uji", **more):
        event = Event.objects.create(
            **{**COMMON, **more},
            owner=agency_of(owner),
            title=title,
            state=state,
            place_id=place,
            happened_from=day,
            happened_to=day + timedelta(days=1) if day else None,
            precision="day" if day else "unknown",
            known_at=NOW - timedelta(days=1),
        )
        if kind:
            Classification.objects.create(event=event, kind_id=kind, alleged_by="reading:x", alleged_at=NOW, why="uji")
        return event

    return make


@pytest.fixture
def finding_of(agency_of, gazetteer_rows):
    """Make a finding with members: `finding_of(places=(5, 6))`."""
    from kentongan.watch.models import Finding, FindingMember, Watch

    def make(*, places=(5, 6), owner="kanim-atambua", shape="cluster", state="open", **more):
        watch, _ = Watch.objects.get_or_create(owner=agency_of(owner), name="Uji", defaults={"created_at": NOW})
        finding = Finding.objects.create(
            **{**COMMON, **more},
            owner=agency_of(owner),
            place_id=places[0],
            watch=watch,
            type=shape,
            stream="TPPO",
            level="village",
            window_from=DAY - timedelta(days=14),
            window_to=DAY,
            first_as_of=DAY,
            last_as_of=DAY,
            observed=6,
            expected=1.2,
            p_value=0.001,
            recurrence_days=900,
            state=state,
        )
        for number, place in enumerate(places):
            FindingMember.objects.create(finding=finding, place_id=place, observed=2, is_centre=number == 0)
        return finding

    return make


@pytest.fixture
def alert_of(agency_of):
    """Make an alert on an event, addressed and granted to an agency: `alert_of(event, to="polres-belu")`."""
    from kentongan.agreements.models import Grant
    from kentongan.alerts.models import Alert

    def make(event, *, to="polres-belu", state="raised", **more):
        alert = Alert.objects.create(
            **{**COMMON, **more},
            owner=event.owner,
            place=event.place,
            event=event,
            addressee=agency_of(to, kind="police"),
            matter="crime",
            title="Mohon diperiksa",
            message="Mohon diperiksa.",
            state=state,
            raised_at=NOW - timedelta(hours=3),
            raised_by="officer:x",
            acknowledge_by=NOW - timedelta(hours=1),
            verify_by=NOW + timedelta(days=1),
            decide_by=NOW + timedelta(days=3),
        )
        Grant.objects.create(
            category="alerts",
            record=alert.pk,
            agency_id=to,
            valid_from=NOW - timedelta(hours=3),
            cause="address",
            because=alert.ref,
        )
        return alert

    return make


@pytest.fixture
def seen_by(client, officer_of):
    """Return what an officer is sent: `seen_by("kanim-atambua")("/peta/kejadian.geojson")`."""

    def sign_in(agency="kanim-atambua", *, role="analyst", **more):
        client.force_login(officer_of(agency, role=role, **more))

        def get(address):
            return client.get(address).json()["features"]

        return get

    return sign_in
