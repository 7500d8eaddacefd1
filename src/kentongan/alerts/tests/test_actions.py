"""The life of an alert: who may do what, once, and what is written with it."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from kentongan.agencies.models import Agency
from kentongan.agreements import access
from kentongan.agreements.models import Clause, Grant, Instrument
from kentongan.alerts import actions, rules
from kentongan.alerts.models import Alert, AlertStep
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.events.models import Event
from kentongan.intake.models import Report
from kentongan.watch.actions import dismiss_finding
from kentongan.watch.models import Finding


@pytest.fixture
def sender(actor_of):
    return actor_of("kanim-atambua", role="analyst")


@pytest.fixture
def receiver(actor_of):
    return actor_of("polres-belu", role="analyst", kind="police")


@pytest.fixture
def police(competent):
    return competent("polres-belu", "crime", 3)


@pytest.fixture
def raised(finding_of, police, sender, now):
    """An alert on a finding of trafficking, from Kanim Atambua to Polres Belu."""
    return actions.raise_alert(
        finding=finding_of(), to=police, matter="crime", message="Mohon dicek.", by=sender, at=now
    )


def test_raising_writes_alert_grants_trail_and_news_together(raised, police):
    assert (raised.state, raised.addressee_id, raised.owner_id) == ("raised", "polres-belu", "kanim-atambua")
    assert set(Grant.objects.values_list("category", "record", "agency", "because")) == {
        ("alerts", raised.pk, police.pk, raised.ref),
        ("findings", raised.finding_id, police.pk, raised.ref),
    }
    assert TrailRow.objects.filter(event="alert.raised", subject=raised.ref).count() == 1
    assert OutboxRow.objects.get(topic="alert.raised").ref == raised.ref
    assert Finding.objects.get().state == "alerted"


def test_before_the_alert_the_addressee_saw_nothing_and_after_it_the_finding(finding_of, police, sender, receiver, now):
    finding = finding_of()
    with pytest.raises(access.NotVisible):
        access.fetch(Finding, finding.pk, receiver, at=now)

    alert = actions.raise_alert(finding=finding, to=police, matter="crime", message="Mohon dicek.", by=sender, at=now)

    assert access.fetch(Finding, finding.pk, receiver, at=now) == finding
    assert access.fetch(Alert, alert.pk, receiver, at=now) == alert
    assert not Report.objects.visible_to(receiver, at=now).exists()


def test_a_military_addressee_sees_the_alert_and_not_the_finding(finding_of, agency_of, sender, actor_of, now):
    army = agency_of("pamtas-timur", kind="military")
    soldier = actor_of("pamtas-timur", role="analyst", kind="military")

    alert = actions.raise_alert(
        finding=finding_of(),
        to=army,
        matter="border_guard",
        message="Mohon patroli.",
        changed_why="jalur tikus",
        by=sender,
        at=now,
    )

    assert list(Alert.objects.visible_to(soldier, at=now)) == [alert]
    assert not Finding.objects.visible_to(soldier, at=now).exists()


def test_the_same_alert_twice_is_one(raised, police, sender, now):
    again = actions.raise_alert(
        finding=raised.finding,
        to=police,
        matter="crime",
        message="Sekali lagi.",
        by=sender,
        at=now + timedelta(minutes=5),
    )

    assert again == raised
    assert Alert.objects.count() == 1
    assert TrailRow.objects.filter(event="alert.raised").count() == 1


def test_another_agency_than_the_proposed_needs_a_reason(finding_of, police, agency_of, sender, now):
    other = agency_of("polda-ntt", kind="police")

    with pytest.raises(actions.ReasonMissing):
        actions.raise_alert(finding=finding_of(), to=other, matter="crime", message="Mohon dicek.", by=sender, at=now)


@pytest.mark.parametrize(("handling", "origins"), [("protected", []), ("protected", ["TL"]), ("restricted", ["TL"])])
def test_a_row_on_refugees_is_sent_to_nobody(handling, origins, event_of, police, sender, now):
    event = event_of(kind="IM.REFUGEE", handling=handling)
    event.origins = origins
    event.save()

    with pytest.raises(actions.ProtectedStaysWithOwner):
        actions.raise_alert(
            event=event, to=police, matter="crime", message="Mohon dicek.", changed_why="uji", by=sender, at=now
        )

    assert not Grant.objects.exists()
    assert not Alert.objects.exists()


def test_an_agency_of_another_state_is_refused_until_an_instrument_says_otherwise(finding_of, agency_of, sender, now):
    foreign = agency_of("pntl", kind="foreign_police", country="TL")

    with pytest.raises(actions.NoInstrument, match="instrumen"):
        actions.raise_alert(
            finding=finding_of(), to=foreign, matter="crime", message="x", changed_why="uji", by=sender, at=now
        )


@pytest.fixture
def arrangement(agency_of, now):
    """An arrangement between two police forces, with a clause on alerts and on the place and days of findings."""
    instrument = Instrument.objects.create(
        kind="arrangement", title="Kesepakatan uji", recorded_at=now, in_force_from=date(2026, 1, 1)
    )
    clause = Clause.objects.create(
        instrument=instrument,
        number=1,
        giver=agency_of("kanim-atambua"),
        receiver=agency_of("pntl", kind="foreign_police", country="TL"),
        releases={"alerts": {"message": "full"}, "findings": {"time": "full"}},
        purposes=["prevention"],
        is_everywhere=True,
        transfer_basis="binding_instrument",
        drafted_by="officer:1",
        drafted_at=now - timedelta(days=9),
        approved_at=now - timedelta(days=8),
    )
    return instrument, clause


def to_pntl(finding, sender, now):
    return actions.raise_alert(
        finding=finding,
        to=Agency.objects.get(pk="pntl"),
        matter="crime",
        message="Mohon diperiksa.",
        changed_why="uji",
        by=sender,
        at=now,
    )


def test_an_arrangement_in_force_carries_an_alert_to_another_state_and_no_more_than_it_names(
    arrangement, finding_of, actor_of, sender, now
):
    finding = finding_of()

    alert = to_pntl(finding, sender, now)

    liaison = actor_of("pntl", role="liaison", kind="foreign_police", country="TL")
    seen = access.fetch(Alert, alert.pk, liaison, at=now)
    about = access.fetch(Finding, finding.pk, liaison, at=now)
    assert (seen.message, seen.place, seen.raised_by) == ("Mohon diperiksa.", None, "")
    assert "Silawan" not in seen.title
    assert (about.window_from, about.place, about.observed) == (finding.window_from, None, None)
    assert list(about.members.all()) == []


def test_a_suspended_arrangement_carries_no_alert(arrangement, finding_of, sender, now):
    instrument, _clause = arrangement
    instrument.changes.create(
        what="suspended", effective_at=now, why="uji", agency_id="kanim-atambua", by=sender.ref, at=now
    )

    with pytest.raises(actions.NoInstrument):
        to_pntl(finding_of(), sender, now)


@pytest.mark.parametrize("lacking", [{"transfer_basis": ""}, {"releases": {"findings": {"time": "full"}}}])
def test_a_clause_without_a_basis_for_the_transfer_or_without_alerts_carries_none(
    lacking, arrangement, finding_of, sender, now
):
    _instrument, clause = arrangement
    Clause.objects.filter(pk=clause.pk).update(**lacking)

    with pytest.raises(actions.NoInstrument):
        to_pntl(finding_of(), sender, now)


def test_a_proposed_event_raises_no_alert(event_of, police, sender, now):
    with pytest.raises(actions.NothingToRaise):
        actions.raise_alert(event=event_of(state="proposed"), to=police, matter="crime", message="x", by=sender, at=now)


def test_a_dismissed_finding_raises_no_alert(finding_of, police, sender, now):
    finding = finding_of()
    dismiss_finding(finding=finding, version=1, reason="Satu kejadian dilaporkan tujuh kali.", by=sender, at=now)

    with pytest.raises(actions.NothingToRaise):
        actions.raise_alert(finding=finding, to=police, matter="crime", message="x", by=sender, at=now)


def test_only_the_owner_of_the_record_raises(finding_of, police, receiver, now):
    with pytest.raises(access.NotVisible):
        actions.raise_alert(finding=finding_of(), to=police, matter="crime", message="x", by=receiver, at=now)


def test_a_role_that_only_looks_raises_nothing(finding_of, police, actor_of, now):
    leader = actor_of("kanim-atambua", role="leader")

    with pytest.raises(access.RoleMayNotAct):
        actions.raise_alert(finding=finding_of(), to=police, matter="crime", message="x", by=leader, at=now)


def test_an_alert_goes_its_whole_way(raised, sender, receiver, now):
    actions.acknowledge(alert=raised, version=1, by=receiver, at=now + timedelta(minutes=20))
    actions.verify(
        alert=raised, version=2, note="Tiga orang akan berangkat besok.", by=receiver, at=now + timedelta(hours=3)
    )
    actions.close(
        alert=raised, version=3, outcome="true", why="Keberangkatan dicegah.", by=receiver, at=now + timedelta(hours=9)
    )

    assert list(AlertStep.objects.values_list("state", flat=True)) == ["raised", "acknowledged", "verified", "closed"]
    finding = Finding.objects.get()
    assert (finding.state, finding.outcome) == ("closed", "true")
    assert TrailRow.objects.filter(event="finding.outcome_recorded").count() == 1


def test_the_sender_neither_acknowledges_nor_verifies(raised, sender, now):
    for step in (actions.acknowledge, actions.verify):
        with pytest.raises(actions.NotTheAddressee):
            step(alert=raised, version=1, note="x", by=sender, at=now)


def test_the_sender_may_withdraw_by_closing(raised, sender, now):
    actions.close(alert=raised, version=1, outcome="duplicate", why="Sudah ditangani.", by=sender, at=now)

    assert Alert.objects.get().state == "closed"


def test_a_third_agency_closes_nothing(raised, actor_of, now):
    with pytest.raises(actions.NotTheAddressee):
        actions.close(
            alert=raised, version=1, outcome="duplicate", why="x", by=actor_of("bc-atambua", kind="customs"), at=now
        )


@pytest.mark.parametrize(("state", "then"), list(product(rules.STATES, ("acknowledged", "verified", "closed"))))
def test_every_pair_of_states_is_allowed_or_refused_by_the_deed(state, then, raised, receiver, now):
    _bring_to(state, raised, receiver, now)
    before = (raised.state, raised.version)
    deed = {
        "acknowledged": lambda: actions.acknowledge(alert=raised, version=raised.version, by=receiver, at=now),
        "verified": lambda: actions.verify(alert=raised, version=raised.version, note="dilihat", by=receiver, at=now),
        "closed": lambda: actions.close(
            alert=raised, version=raised.version, outcome="no_result", why="selesai", by=receiver, at=now
        ),
    }[then]

    if rules.may_follow(state, then):
        deed()
        assert Alert.objects.get().state == then
    else:
        with pytest.raises(actions.StepNotAllowed):
            deed()
        assert Alert.objects.values_list("state", "version").get() == before


def _bring_to(state, alert, by, at):
    if state in ("acknowledged", "verified"):
        actions.acknowledge(alert=alert, version=alert.version, by=by, at=at)
    if state == "verified":
        actions.verify(alert=alert, version=alert.version, note="dilihat", by=by, at=at)
    if state == "closed":
        actions.close(alert=alert, version=alert.version, outcome="no_result", why="selesai", by=by, at=at)


def test_of_two_officers_who_act_at_once_one_is_told(raised, receiver, now):
    mine, theirs = Alert.objects.get(), Alert.objects.get()
    actions.acknowledge(alert=mine, version=1, by=receiver, at=now)

    with pytest.raises(actions.AlertChangedMeanwhile, match="petugas lain"):
        actions.acknowledge(alert=theirs, version=1, by=receiver, at=now)

    assert AlertStep.objects.filter(state="acknowledged").count() == 1
    assert TrailRow.objects.filter(event="alert.acknowledged").count() == 1


def test_an_old_page_changes_nothing(raised, receiver, now):
    actions.acknowledge(alert=raised, version=1, by=receiver, at=now)

    with pytest.raises(actions.AlertChangedMeanwhile):
        actions.verify(alert=raised, version=1, note="dari halaman lama", by=receiver, at=now)


def test_a_closed_alert_no_longer_shows_what_it_was_about(raised, receiver, now):
    later = now + timedelta(hours=2)
    actions.close(alert=raised, version=1, outcome="handed_over", why="Diteruskan.", by=receiver, at=later)

    assert Alert.objects.visible_to(receiver, at=later).count() == 1
    assert not Finding.objects.visible_to(receiver, at=later).exists()


def test_a_finding_with_two_alerts_closes_with_the_last(raised, agency_of, sender, receiver, now):
    second = actions.raise_alert(
        finding=raised.finding, to=agency_of("bp3mi-ntt", kind="labour"), matter="migrant_workers", message="x",
        changed_why="pekerja migran", by=sender, at=now,
    )  # fmt: skip

    actions.close(alert=raised, version=1, outcome="handed_over", why="Diteruskan.", by=receiver, at=now)
    assert Finding.objects.get().state == "alerted"
    actions.close(alert=second, version=1, outcome="duplicate", why="Sama.", by=sender, at=now)

    assert Finding.objects.get().state == "closed"


def test_an_event_can_be_the_reason(event_of, competent, sender, actor_of, now):
    competent("polres-belu", "crime", 3)
    event = event_of(kind="TPPO")

    actions.raise_alert(
        event=event, to=competent("polres-belu", "x", 3), matter="crime", message="Mohon dicek.", by=sender, at=now
    )

    assert list(Event.objects.visible_to(actor_of("polres-belu", kind="police"), at=now)) == [event]


def test_the_queue_shows_what_waits_for_the_agency_the_next_due_first(
    raised, finding_of, police, sender, receiver, now
):
    from kentongan.alerts.queries import queue_for

    urgent = actions.raise_alert(
        finding=finding_of(place=6),
        to=police,
        matter="crime",
        message="Kapal berangkat malam ini.",
        is_urgent=True,
        by=sender,
        at=now,
    )

    assert list(queue_for(receiver, at=now)) == [urgent, raised]
    assert not queue_for(sender, at=now).exists()


def test_the_database_itself_refuses_a_second_open_alert(raised):
    row = {f.attname: getattr(raised, f.attname) for f in Alert._meta.concrete_fields if f.name != "id"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(**row)

    assert Alert.objects.count() == 1
