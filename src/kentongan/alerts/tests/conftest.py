"""What the tests of alerts build: a finding and an event of Kanim Atambua, the competences of the border."""

from datetime import UTC, date, datetime

import pytest

from kentongan.agencies.models import Competence
from kentongan.events.models import Classification, Event
from kentongan.watch.models import Finding, FindingMember, Watch


@pytest.fixture
def finding_of(db, gazetteer_rows, agency_of, now):
    """Make an open finding of an agency at a place: `finding_of(place=5, stream="trafficking")`."""

    def make(owner="kanim-atambua", *, place=5, stream="trafficking", handling="restricted"):
        agency = agency_of(owner)
        watch, _ = Watch.objects.get_or_create(owner=agency, name="Pemantauan", defaults={"created_at": now})
        finding = Finding.objects.create(
            watch=watch,
            owner=agency,
            place_id=place,
            handling=handling,
            purpose="prevention",
            legal_basis="UU 6/2011 Ps. 89",
            retain_until=date(2031, 1, 1),
            type="cluster",
            stream=stream,
            level="village",
            window_from=date(2026, 2, 16),
            window_to=date(2026, 3, 2),
            first_as_of=date(2026, 3, 1),
            last_as_of=date(2026, 3, 1),
            observed=7,
            expected=0.9,
            p_value=0.0004,
            recurrence_days=17500,
            weeks=[["2026-02-16", 3, 0.5], ["2026-02-23", 4, 0.4]],
            baseline_events=70,
        )
        FindingMember.objects.create(finding=finding, place_id=place, observed=7, expected=0.9, is_centre=True)
        return finding

    return make


@pytest.fixture
def event_of(db, gazetteer_rows, kinds, agency_of):
    """Make a confirmed event: `event_of(kind="GDS.BBM", place=5)`."""

    def make(owner="kanim-atambua", *, place=5, kind="IM.CROSSER", state="confirmed", handling="restricted"):
        at = datetime(2026, 3, 3, tzinfo=UTC)
        event = Event.objects.create(
            owner=agency_of(owner),
            place_id=place,
            handling=handling,
            purpose="prevention",
            legal_basis="UU 6/2011 Ps. 89",
            retain_until=date(2031, 1, 1),
            title="Pelintas batas ilegal di Silawan",
            state=state,
            happened_from=date(2026, 3, 2),
            happened_to=date(2026, 3, 3),
            precision="day",
            known_at=at,
            decided_at=at,
        )
        Classification.objects.create(event=event, kind_id=kind, alleged_by="officer:1", alleged_at=at, why="uji")
        return event

    return make


@pytest.fixture
def competent(db, gazetteer_rows, agency_of):
    """Say that an agency is competent: `competent("polres-belu", "crime", 3, kind="police")`."""

    def make(agency, matter, *roots, kind="police", exceptions=(), is_by_kind=False, country="ID", **more):
        row = Competence.objects.create(
            agency=agency_of(agency, kind=kind, country=country), matter=matter, is_by_kind=is_by_kind, **more
        )
        row.roots.set(roots)
        row.exceptions.set(exceptions)
        return row.agency

    return make


@pytest.fixture
def desk(competent, officer_of):
    """Polres Belu with an analyst and a leader, under Polda NTT with an analyst; Kanim Atambua with an analyst."""
    officers = {
        "analyst": officer_of("polres-belu", kind="police", parent="polda-ntt"),
        "leader": officer_of("polres-belu", role="leader", kind="police"),
        "above": officer_of("polda-ntt", kind="police", level="province"),
        "sender": officer_of("kanim-atambua"),
    }
    competent("polres-belu", "crime", 3)
    return officers


@pytest.fixture
def raise_to_desk(desk, finding_of, now):
    """Raise an alert from Kanim Atambua to Polres Belu: `raise_to_desk(is_urgent=True)`."""
    from kentongan.agencies.models import Agency
    from kentongan.agreements.access import actor_for
    from kentongan.alerts import actions

    def make(*, at=now, finding=None, **more):
        return actions.raise_alert(
            finding=finding or finding_of(), to=Agency.objects.get(pk="polres-belu"), matter="crime", message="Mohon dicek.",
            by=actor_for(desk["sender"], purpose="prevention", at=now), at=at, **more,
        )  # fmt: skip

    return make


@pytest.fixture
def belu(desk, now):
    """The analyst of Polres Belu, acting."""
    from kentongan.agreements.access import actor_for

    return actor_for(desk["analyst"], purpose="prevention", at=now)
