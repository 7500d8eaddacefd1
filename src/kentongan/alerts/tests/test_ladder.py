"""The ladder of an alert: each step acts once, in its order, never early, and stops when somebody answers."""

from datetime import timedelta

import pytest

from kentongan.agreements.access import NotVisible, actor_for, fetch
from kentongan.agreements.models import Grant
from kentongan.alerts import actions, ladder, telling
from kentongan.alerts.ladder_rules import LEASE, Change, may_claim
from kentongan.alerts.models import Alert, AlertNote, DutyShift, LadderStep, StepTold
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event
from kentongan.messages.models import Message
from kentongan.watch.models import Finding

MINUTE = timedelta(minutes=1)


def act(at, *, worker="pekerja:1"):
    return ladder.act_due(worker=worker, clock=lambda: at)


def states(alert):
    return list(LadderStep.objects.filter(alert=alert).order_by("ladder", "number").values_list("state", flat=True))


def told(alert, number):
    rows = StepTold.objects.filter(step__alert=alert, step__number=number)
    return {(row.agency, row.officer, row.why) for row in rows}


def acted(alert):
    rows = TrailRow.objects.filter(event="alert.step_acted", subject=alert.ref).order_by("id")
    return [row.facts["number"] for row in rows]


def test_raising_puts_the_ladder_up_in_the_same_transaction(raise_to_desk, now):
    alert = raise_to_desk()

    due = LadderStep.objects.filter(alert=alert).values_list("number", "due_at", "awaits")
    assert list(due)[:4] == [
        (1, now, "acknowledged"),
        (2, now + 45 * MINUTE, "acknowledged"),
        (3, now + 60 * MINUTE, "acknowledged"),
        (4, now + 120 * MINUTE, "acknowledged"),
    ]
    assert set(states(alert)) == {"waiting"}


def test_an_alert_that_is_refused_leaves_no_ladder(desk, finding_of, agency_of, now):
    by = actor_for(desk["sender"], purpose="prevention", at=now)
    with pytest.raises(actions.ReasonMissing):
        actions.raise_alert(
            finding=finding_of(), to=agency_of("lain", kind="police"), matter="crime", message="x", by=by, at=now
        )

    assert not LadderStep.objects.exists()


def test_each_step_tells_its_people_when_it_is_due_and_not_before(raise_to_desk, desk, now):
    alert = raise_to_desk()
    for minute in range(130):
        act(now + minute * MINUTE)

    assert acted(alert) == [1, 2, 3, 4]
    assert told(alert, 1) == {("polres-belu", desk["analyst"].ref, "open_hours")}
    assert told(alert, 3) == {("polres-belu", desk["leader"].ref, "leader")}
    assert told(alert, 4) == {
        ("polda-ntt", desk["above"].ref, "open_hours"), ("kanim-atambua", desk["sender"].ref, "open_hours"),
    }  # fmt: skip
    for step in LadderStep.objects.filter(state="done"):
        assert step.ended_at == step.due_at


def test_a_message_stands_with_the_step_under_its_own_key(raise_to_desk, desk, now):
    alert = raise_to_desk()
    act(now)

    message = Message.objects.get(officer=desk["analyst"], channel="inapp")
    step = LadderStep.objects.get(alert=alert, number=1)
    assert message.key == f"ladder:{step.pk}:{desk['analyst'].pk}:inapp"
    assert message.key.startswith(StepTold.objects.get(step=step).key)
    assert (message.about, message.link) == (alert.ref, f"/peringatan/{alert.pk}/")
    assert alert.title in message.subject
    assert message.body == ""


def test_acknowledging_takes_the_rungs_to_it_down_and_leaves_the_later_ones(raise_to_desk, belu, now):
    alert = raise_to_desk()
    act(now)

    actions.acknowledge(alert=alert, version=1, by=belu, at=now + 10 * MINUTE)
    act(now + 300 * MINUTE)

    assert states(alert) == ["done", "cancelled", "cancelled", "cancelled", "waiting", "waiting"]


def test_verifying_and_closing_take_down_what_is_left(raise_to_desk, belu, now):
    alert = raise_to_desk()
    actions.acknowledge(alert=alert, version=1, by=belu, at=now)
    actions.verify(alert=alert, version=2, note="dilihat", by=belu, at=now)
    assert states(alert)[-2:] == ["cancelled", "waiting"]

    actions.close(alert=alert, version=3, outcome="true", why="benar", by=belu, at=now)

    assert set(states(alert)) == {"cancelled"}
    assert act(now + timedelta(days=30)) == 0


def test_nobody_is_told_of_an_alert_that_was_answered_before_the_worker_came(raise_to_desk, belu, now):
    alert = raise_to_desk()
    actions.close(alert=alert, version=1, outcome="duplicate", why="sama", by=belu, at=now + MINUTE)

    assert act(now + 2 * MINUTE) == 0
    assert not Message.objects.exists()


def test_of_two_workers_one_acts(raise_to_desk, now):
    alert = raise_to_desk()

    assert (act(now, worker="a") + act(now, worker="b")) == 1
    assert acted(alert) == [1]


def test_what_a_dead_worker_had_claimed_another_does_once_its_lease_is_over(raise_to_desk, now):
    alert = raise_to_desk()
    assert ladder._claim("mati", now, 16)  # and dies before it acts

    assert act(now + LEASE, worker="b") == 0
    assert act(now + LEASE + timedelta(seconds=1), worker="b") == 1
    assert acted(alert) == [1]


def test_a_worker_that_was_only_slow_does_nothing_a_second_time(raise_to_desk, now):
    alert = raise_to_desk()
    (slow,) = ladder._claim("lambat", now, 16)
    later = now + LEASE + timedelta(seconds=1)
    act(later, worker="b")

    ladder._act(slow, at=later)

    assert acted(alert) == [1]
    assert StepTold.objects.count() == 1
    assert Message.objects.filter(channel="inapp").count() == 1


def test_a_step_whose_worker_waits_while_somebody_acknowledges_does_not_act(raise_to_desk, belu, now):
    alert = raise_to_desk()
    (held,) = ladder._claim("lambat", now, 16)
    actions.acknowledge(alert=alert, version=1, by=belu, at=now)

    ladder._act(held, at=now)

    assert acted(alert) == []
    assert states(alert)[0] == "cancelled"


def test_a_clock_that_jumps_forward_makes_all_due_steps_act_once_in_order_with_one_message_a_person(
    raise_to_desk, desk, now
):
    alert = raise_to_desk()

    act(now + timedelta(days=2))

    assert acted(alert) == [1, 2, 3, 4, 5]
    assert states(alert) == ["done"] * 5 + ["waiting"]
    assert Message.objects.filter(officer=desk["analyst"], channel="inapp").count() == 1
    assert Message.objects.filter(officer=desk["leader"], channel="inapp").count() == 1
    assert StepTold.objects.filter(officer=desk["analyst"].ref).values("key").distinct().count() == 1


def test_a_clock_that_jumps_back_makes_nothing_act_early_or_twice(raise_to_desk, now):
    alert = raise_to_desk()
    act(now + 50 * MINUTE)
    assert acted(alert) == [1, 2]

    for minute in range(-120, 60, 5):
        act(now + minute * MINUTE)
    assert acted(alert) == [1, 2]
    act(now + 60 * MINUTE)

    assert acted(alert) == [1, 2, 3]


def test_a_claim_from_before_the_clock_went_back_holds_nothing_up(raise_to_desk, now):
    alert = raise_to_desk()
    ladder._claim("mati", now + timedelta(days=1), 16)

    act(now + MINUTE, worker="b")

    assert acted(alert) == [1]


def test_steps_that_were_claimed_before_the_clock_went_back_wait_for_their_time(raise_to_desk, now):
    alert = raise_to_desk()
    (held,) = ladder._claim("a", now + 50 * MINUTE, 16)

    ladder._act(held, at=now + 10 * MINUTE)
    act(now + 10 * MINUTE, worker="b")

    assert acted(alert) == [1]
    assert states(alert)[1] == "waiting"


def test_a_step_that_fails_rests_and_is_told_in_the_end(raise_to_desk, monkeypatch, now):
    alert = raise_to_desk()
    with monkeypatch.context() as broken:
        broken.setattr(telling, "put", lambda **_given: 1 / 0)
        act(now)
        act(now + timedelta(seconds=5))
    step = LadderStep.objects.get(alert=alert, number=1)
    assert (step.state, step.attempts) == ("waiting", 1)
    assert "ZeroDivisionError" in step.last_error
    assert not StepTold.objects.exists()

    act(now + timedelta(minutes=5))

    assert acted(alert) == [1]


def test_the_rule_and_the_database_agree_on_what_may_be_claimed(raise_to_desk, now):
    alert = raise_to_desk()
    step = LadderStep.objects.get(alert=alert, number=1)
    seconds = [None, -7200, -60, -16, -15, -1, 0, 1, 15, 16, 60, 3600, 3601, 7200]
    for state in ("waiting", "claimed"):
        for offset in seconds[1:] if state == "claimed" else seconds:
            instant = None if offset is None else now + timedelta(seconds=offset)
            given = {"lease_until": instant} if state == "claimed" else {"rests_until": instant}
            LadderStep.objects.filter(pk=step.pk).update(
                **({"state": state, "lease_until": None, "rests_until": None} | given)
            )
            expected = may_claim(state, **({"lease_until": None, "rests_until": None} | given), at=now)

            assert ladder.due_steps(at=now).filter(pk=step.pk).exists() is expected, (state, offset)


# --- who hears ------------------------------------------------------------------------------------------------------


def test_outside_office_hours_the_duty_officer_hears_alone(raise_to_desk, desk, officer_of, now):
    second = officer_of("polres-belu", kind="police", username="piket-belu")
    night = now.replace(hour=16)  # midnight in Kupang
    DutyShift.objects.create(
        agency_id="polres-belu", officer=second, starts_at=night - timedelta(hours=2), ends_at=night + timedelta(hours=6),
        planned_by="officer:1", planned_at=now,
    )  # fmt: skip
    alert = raise_to_desk(at=night)

    act(night)

    assert told(alert, 1) == {("polres-belu", second.ref, "on_duty")}


def test_outside_office_hours_without_a_roster_the_leader_hears(raise_to_desk, desk, now):
    night = now.replace(hour=16)
    alert = raise_to_desk(at=night)

    act(night)

    assert told(alert, 1) == {("polres-belu", desk["leader"].ref, "leader_instead")}


def test_without_roster_and_leader_everybody_who_acts_on_alerts_hears(raise_to_desk, desk, now):
    desk["leader"].postings.update(ended_at=now - timedelta(days=1))
    night = now.replace(hour=16)
    alert = raise_to_desk(at=night)

    act(night)

    assert told(alert, 1) == {("polres-belu", desk["analyst"].ref, "everybody")}


def test_where_nobody_is_there_the_sender_hears_at_once(raise_to_desk, desk, now):
    for who in ("analyst", "leader"):
        desk[who].postings.update(ended_at=now - timedelta(days=1))
    alert = raise_to_desk()

    act(now)

    assert told(alert, 1) == {
        ("polres-belu", "", "nobody_there"), ("kanim-atambua", desk["sender"].ref, "open_hours"),
    }  # fmt: skip
    assert "Tidak ada petugas" in Message.objects.get(officer=desk["sender"]).subject


def test_an_officer_on_the_roster_who_left_the_agency_is_not_waited_for(raise_to_desk, desk, officer_of, now):
    gone = officer_of("polres-belu", kind="police", username="pindah")
    night = now.replace(hour=16)
    DutyShift.objects.create(
        agency_id="polres-belu", officer=gone, starts_at=now, ends_at=night + timedelta(hours=6), planned_by="officer:1",
        planned_at=now,
    )  # fmt: skip
    gone.postings.update(ended_at=now)
    alert = raise_to_desk(at=night)

    act(night)

    assert told(alert, 1) == {("polres-belu", desk["leader"].ref, "leader_instead")}


def test_the_agency_above_sees_the_alert_from_its_escalation_on_and_never_the_finding(raise_to_desk, desk, now):
    alert = raise_to_desk()
    above = actor_for(desk["above"], purpose="prevention", at=now)
    act(now + 119 * MINUTE)
    with pytest.raises(NotVisible):
        fetch(Alert, alert.pk, above, at=now + 119 * MINUTE)

    act(now + 120 * MINUTE)

    assert fetch(Alert, alert.pk, above, at=now + 120 * MINUTE) == alert
    with pytest.raises(NotVisible):
        fetch(Finding, alert.finding_id, above, at=now + 120 * MINUTE)
    assert Grant.objects.filter(agency="polda-ntt").count() == 1
    assert TrailRow.objects.filter(event="grant.given", subject=alert.ref, actor="system:ladder").count() == 1


def test_of_what_became_protected_the_message_shows_no_title(event_of, desk, agency_of, now):
    event = event_of(kind="TPPO")
    alert = actions.raise_alert(
        event=event, to=agency_of("polres-belu", kind="police"), matter="crime", message="x",
        by=actor_for(desk["sender"], purpose="prevention", at=now), at=now,
    )  # fmt: skip
    Event.objects.filter(pk=event.pk).update(handling="protected")

    act(now)

    assert acted(alert) == [1]
    assert {message.subject for message in Message.objects.all()} == {""}


# --- snooze, again, urgent, storms ------------------------------------------------------------------------------------


def test_a_snooze_moves_every_later_step_and_the_clocks_stay(raise_to_desk, belu, now):
    alert = raise_to_desk()
    act(now)
    acknowledge_by = alert.acknowledge_by

    actions.snooze(
        alert=alert,
        version=1,
        until=now + timedelta(hours=5),
        why="Tim sedang di laut.",
        by=belu,
        at=now + timedelta(hours=1),
    )
    act(now + timedelta(hours=4, minutes=40))
    assert acted(alert) == [1]
    act(now + timedelta(hours=4, minutes=45))

    assert acted(alert) == [1, 2]
    assert Alert.objects.get().acknowledge_by == acknowledge_by
    note = AlertNote.objects.get()
    assert (note.what, note.note, note.until) == ("snoozed", "Tim sedang di laut.", now + timedelta(hours=5))


@pytest.mark.parametrize(("until", "why", "refusal"), [
    (timedelta(hours=13), "x", actions.SnoozeNotAllowed),
    (timedelta(0), "x", actions.SnoozeNotAllowed),
    (timedelta(hours=1), " ", actions.ReasonMissing),
])  # fmt: skip
def test_a_snooze_has_a_reason_and_an_end_that_is_not_far(until, why, refusal, raise_to_desk, belu, now):
    alert = raise_to_desk()

    with pytest.raises(refusal):
        actions.snooze(alert=alert, version=1, until=now + until, why=why, by=belu, at=now)


def test_snoozes_never_reach_past_the_decision(raise_to_desk, belu, now):
    alert = raise_to_desk()
    at = alert.decide_by - timedelta(hours=1)

    with pytest.raises(actions.SnoozeNotAllowed):
        actions.snooze(alert=alert, version=1, until=alert.decide_by + MINUTE, why="x", by=belu, at=at)


def test_what_is_raised_again_joins_the_open_alert_and_whoever_has_it_is_told(raise_to_desk, desk, belu, now):
    alert = raise_to_desk()
    act(now)
    actions.acknowledge(alert=alert, version=1, by=belu, at=now)

    again = raise_to_desk(finding=alert.finding, at=now + 30 * MINUTE)
    act(now + 30 * MINUTE)

    assert again == alert
    assert AlertNote.objects.get(alert=alert).what == "again"
    step = LadderStep.objects.get(alert=alert, kind="again")
    assert told(alert, step.number) == {("polres-belu", desk["analyst"].ref, "open_hours")}
    assert TrailRow.objects.filter(event="alert.raised_again").count() == 1


def test_raised_again_ten_times_before_anybody_was_told_is_told_once(raise_to_desk, now):
    alert = raise_to_desk()
    for minute in range(10):
        raise_to_desk(finding=alert.finding, at=now + minute * MINUTE)

    act(now + 10 * MINUTE)

    assert Message.objects.filter(channel="inapp").count() == 1
    assert AlertNote.objects.count() == 10


def test_urgency_that_comes_later_shortens_the_clocks_and_puts_up_the_urgent_ladder(raise_to_desk, belu, now):
    alert = raise_to_desk()
    act(now)
    actions.acknowledge(alert=alert, version=1, by=belu, at=now)

    raise_to_desk(finding=alert.finding, at=now + 10 * MINUTE, is_urgent=True)
    act(now + 10 * MINUTE)

    alert.refresh_from_db()
    assert alert.is_urgent
    assert alert.verify_by == now + 190 * MINUTE
    kinds = LadderStep.objects.filter(alert=alert, ladder=2).values_list("number", "kind", "state")
    assert list(kinds) == [(5, "escalate", "waiting"), (6, "escalate", "waiting"), (7, "again", "done")]
    assert set(LadderStep.objects.filter(alert=alert, ladder=1).values_list("state", flat=True)) == {
        "done",
        "cancelled",
    }


def test_after_a_false_alarm_the_same_is_not_raised_for_two_weeks_without_a_reason(raise_to_desk, belu, now):
    alert = raise_to_desk()
    actions.acknowledge(alert=alert, version=1, by=belu, at=now)
    actions.verify(alert=alert, version=2, note="dilihat", by=belu, at=now)
    actions.close(alert=alert, version=3, outcome="false", why="Rombongan pesta adat.", by=belu, at=now)

    with pytest.raises(actions.ClosedLately, match="pesta adat"):
        raise_to_desk(finding=alert.finding, at=now + timedelta(days=13))
    other = raise_to_desk(
        finding=alert.finding, at=now + timedelta(days=13), again_why="Dua orang baru dilaporkan hilang."
    )

    assert other != alert
    assert TrailRow.objects.get(event="alert.raised", subject=other.ref).why == "Dua orang baru dilaporkan hilang."


def test_after_the_two_weeks_or_another_outcome_no_reason_is_asked(raise_to_desk, belu, now):
    alert = raise_to_desk()
    actions.close(alert=alert, version=1, outcome="no_result", why="tidak ada hasil", by=belu, at=now)

    assert raise_to_desk(finding=alert.finding, at=now + timedelta(days=1)) != alert


def test_a_storm_is_one_message_with_the_way_to_the_list(raise_to_desk, desk, finding_of, now):
    for _n in range(15):
        raise_to_desk(finding=finding_of())

    act(now)

    subjects = list(Message.objects.filter(officer=desk["analyst"], channel="inapp").values_list("subject", flat=True))
    assert len(subjects) == 11
    assert len([s for s in subjects if "Banyak peringatan" in s]) == 1
    assert LadderStep.objects.filter(number=1, state="done").count() == 15
    assert StepTold.objects.filter(is_bundled=True).count() == 5


def test_urgent_alerts_are_told_one_by_one_in_a_storm_too(raise_to_desk, desk, finding_of, now):
    for _n in range(13):
        raise_to_desk(finding=finding_of(), is_urgent=True)

    act(now)

    assert Message.objects.filter(officer=desk["analyst"], channel="inapp").count() == 13


# --- an agency's own figures ------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(actor_of):
    return actor_of("polres-belu", role="administrator", kind="police")


def test_an_agencys_own_figures_hold_for_alerts_that_are_raised_from_then_on(
    raise_to_desk, administrator, finding_of, now
):
    from kentongan.alerts.policy_actions import change_step, end_change

    before = raise_to_desk()
    polres = before.addressee
    change_step(
        agency=polres, alert_class="ordinary", change=Change(2, 20, ("inapp", "sms")), why="Piket 24 jam.", by=administrator,
        at=now + MINUTE,
    )  # fmt: skip
    during = raise_to_desk(finding=finding_of(), at=now + 2 * MINUTE)
    end_change(agency=polres, alert_class="ordinary", number=2, why="Kembali.", by=administrator, at=now + 3 * MINUTE)
    after = raise_to_desk(finding=finding_of(), at=now + 4 * MINUTE)

    waits = [alert.ladder.get(number=2).due_at - alert.raised_at for alert in (before, during, after)]
    assert waits == [45 * MINUTE, 20 * MINUTE, 45 * MINUTE]
    assert during.ladder.get(number=2).channels == ["inapp", "sms"]
    assert TrailRow.objects.filter(event="ladder.changed").count() == 2


@pytest.mark.parametrize(
    "change",
    [
        Change(2, 90, ("inapp",)),
        Change(2, 20, ("sms",)),
        Change(9, 20, ("inapp",)),
        Change(2, 20, ("inapp", "merpati")),
    ],
)
def test_figures_that_make_no_ladder_are_refused(change, administrator, agency_of, now):
    from kentongan.alerts.ladder_rules import LadderFaulty
    from kentongan.alerts.policy_actions import change_step

    with pytest.raises(LadderFaulty):
        change_step(
            agency=agency_of("polres-belu"), alert_class="ordinary", change=change, why="uji", by=administrator, at=now
        )


def test_only_who_administers_the_agency_changes_its_figures(belu, actor_of, agency_of, now):
    from kentongan.agencies.actions import NotYoursToAdminister
    from kentongan.alerts.policy_actions import change_step

    for by in (belu, actor_of("kanim-atambua", role="administrator")):
        with pytest.raises(NotYoursToAdminister):
            change_step(
                agency=agency_of("polres-belu"),
                alert_class="urgent",
                change=Change(2, 10, ("inapp",)),
                why="x",
                by=by,
                at=now,
            )
