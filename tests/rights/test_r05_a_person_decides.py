"""R05: a machine proposes; every judgement has a person behind it, and a reason where it judges."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kentongan.agreements.access import role_table, system_actor
from kentongan.alerts import actions as alerts
from kentongan.alerts.models import Alert
from kentongan.audit.models import TrailRow
from kentongan.events import actions as events
from kentongan.events.models import Event
from kentongan.intake.models import Report
from kentongan.kit.errors import KentonganError
from kentongan.vocabulary.models import Kind
from kentongan.watch import actions as watch
from kentongan.watch.models import Finding, Watch

from .deeds import JUDGING_ROOMS, Deed, deeds

WITH_A_REASON = {
    "EVENT_ADDED", "EVENT_CORRECTED", "EVENT_DISMISSED", "EVENTS_MERGED", "CLASSIFICATION_WITHDRAWN",
    "FINDING_DISMISSED", "FINDING_OUTCOME", "ALERT_CLOSED",
}  # fmt: skip
"""Rows of the trail that say how somebody judged."""

REASON = {"reason", "why"}

judging_deeds = [deed for deed in deeds() if deed.room in JUDGING_ROOMS and deed.records]


@pytest.mark.parametrize("deed", judging_deeds, ids=str)
def test_a_deed_is_told_who_acts_and_when(deed: Deed) -> None:
    assert "by" in deed.required
    assert {"at", "clock"} & deed.required
    assert deed.positional == ()


def test_every_judgement_is_some_deed() -> None:
    assert set().union(*(deed.records for deed in judging_deeds)) >= WITH_A_REASON


@pytest.mark.parametrize("deed", [d for d in judging_deeds if d.records & WITH_A_REASON], ids=str)
def test_a_judgement_cannot_be_called_without_a_reason(deed: Deed) -> None:
    assert REASON & deed.required


def test_the_system_has_no_part_in_alerts() -> None:
    assert role_table()["system"]["alerts"] == (True, False)


@pytest.fixture
def office(gazetteer_rows, kinds, agency_of):
    return agency_of("kanim-atambua")


@pytest.fixture
def machine(office, now):
    return system_actor(office, name="worker", purpose="prevention", at=now)


def carried(office, now) -> dict[str, object]:
    return {
        "owner": office, "place_id": 5, "handling": "shared", "purpose": "prevention", "legal_basis": "UU 6/2011",
        "retain_until": now.date() + timedelta(days=400),
    }  # fmt: skip


@pytest.fixture
def event(office, now):
    return Event.objects.create(
        **carried(office, now), title="Kejadian", precision="day", known_at=now, happened_from=date(2026, 2, 1)
    )


@pytest.fixture
def finding(office, now):
    look = Watch.objects.create(owner=office, name="Perbatasan", created_at=now)
    return Finding.objects.create(
        **carried(office, now), watch=look, type="cluster", stream="trafficking", level="village", window_from=date(2026, 2, 1),
        window_to=date(2026, 2, 8), first_as_of=date(2026, 2, 8), last_as_of=date(2026, 2, 8), observed=6, expected=1.0,
        p_value=0.001, recurrence_days=1000.0,
    )  # fmt: skip


@pytest.fixture
def alert(office, finding, now):
    return Alert.objects.create(
        **carried(office, now), finding=finding, addressee=office, matter="crime", title="Peringatan", message="Periksa",
        raised_at=now, raised_by="officer:1", acknowledge_by=now, verify_by=now, decide_by=now,
    )  # fmt: skip


def refused(deed, /, **given) -> None:
    """The deed is refused and the trail does not say that it was done."""
    with pytest.raises(KentonganError):
        deed(**given)
    assert not TrailRow.objects.exclude(event__in=("access.refused",)).exists()


def test_the_system_cannot_confirm_an_event(event, machine, now) -> None:
    refused(events.confirm, event=event, version=event.version, by=machine, at=now)


def test_the_system_cannot_dismiss_an_event(event, machine, now) -> None:
    refused(events.dismiss, event=event, version=event.version, by=machine, at=now, reason="bukan kejadian")


def test_the_system_cannot_correct_an_event(event, machine, now) -> None:
    refused(
        events.correct,
        event=event,
        version=event.version,
        changes=replace(events.facts_of(event), title="Lain"),
        by=machine,
        at=now,
        reason="judul salah",
    )


def test_the_system_cannot_merge_events_that_it_is_unsure_of(event, office, machine, now) -> None:
    other = Event.objects.create(**carried(office, now), title="Lain", precision="day", known_at=now)

    refused(events.merge, absorbed=other, into=event, by=machine, at=now, why="sama")


def test_the_system_cannot_add_an_event_that_its_reading_did_not_propose(office, machine, now) -> None:
    given = {**carried(office, now), "handling": "personal"}
    report = Report.objects.create(**given, channel="paste", text="Teks", checksum="0" * 64, received_at=now)

    refused(
        events.add_event,
        report=report,
        facts=events.EventFacts("Kejadian", 5, date(2026, 2, 1), date(2026, 2, 2), "day", None),
        kinds=list(Kind.objects.filter(pk="TPPO")),
        by=machine,
        at=now,
        reason="terbaca",
    )


def test_the_system_cannot_dismiss_a_finding(finding, machine, now) -> None:
    refused(watch.dismiss_finding, finding=finding, version=finding.version, reason="biasa", by=machine, at=now)


def test_the_system_cannot_say_what_a_finding_turned_out_to_be(finding, machine, now) -> None:
    refused(watch.record_outcome, finding=finding, outcome="false", why="biasa", by=machine, at=now)


def test_the_system_cannot_raise_an_alert(finding, office, machine, now) -> None:
    refused(
        alerts.raise_alert,
        finding=finding,
        to=office,
        matter="crime",
        message="Periksa",
        by=machine,
        at=now,
        changed_why="uji",
    )


def test_the_system_cannot_acknowledge_verify_or_close_an_alert(alert, machine, now) -> None:
    refused(alerts.acknowledge, alert=alert, version=alert.version, by=machine, at=now)
    refused(alerts.verify, alert=alert, version=alert.version, note="dilihat", by=machine, at=now)
    refused(alerts.close, alert=alert, version=alert.version, outcome="false", why="biasa", by=machine, at=now)
