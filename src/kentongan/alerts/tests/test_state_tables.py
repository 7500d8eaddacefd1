"""Every pair of states by the deeds that lead there, and two officers at once, for alerts, ladder steps and duty shifts."""

from datetime import timedelta
from itertools import product

import pytest

from kentongan.alerts import actions, duty_actions, ladder, steps
from kentongan.alerts.ladder_rules import LEASE
from kentongan.alerts.models import Alert, AlertNote, AlertStep, DutyShift, LadderStep
from kentongan.audit.models import TrailRow

# --- alerts: what each deed finds done before it ---

HOUR = timedelta(hours=1)
ALERT_DEEDS = {
    "raised": {"acknowledge", "close", "snooze"},
    "acknowledged": {"verify", "close", "snooze"},
    "verified": {"close", "snooze"},
    "closed": set(),
}
DEEDS = ("acknowledge", "verify", "close", "snooze")


def do(deed, alert, by, at):
    common = {"alert": alert, "version": alert.version, "by": by, "at": at}
    match deed:
        case "acknowledge":
            actions.acknowledge(**common)
        case "verify":
            actions.verify(**common, note="dilihat")
        case "close":
            actions.close(**common, outcome="no_result", why="selesai")
        case "snooze":
            actions.snooze(**common, until=at + HOUR, why="tim di laut")


def brought_to(state, alert, by, at):
    for deed in {"raised": (), "acknowledged": DEEDS[:1], "verified": DEEDS[:2], "closed": DEEDS[2:3]}[state]:
        do(deed, alert, by, at)
    return alert


def standing(alert):
    kept = Alert.objects.values_list("state", "version", "snoozed_until").get(pk=alert.pk)
    return kept, AlertStep.objects.count(), AlertNote.objects.count(), TrailRow.objects.count()


@pytest.mark.parametrize(("state", "deed"), list(product(ALERT_DEEDS, DEEDS)))
def test_each_deed_on_an_alert_is_done_or_refused_by_its_state_and_a_refused_one_leaves_nothing(
    state, deed, raise_to_desk, belu, now
):
    alert = brought_to(state, raise_to_desk(), belu, now)
    before = standing(alert)

    if deed in ALERT_DEEDS[state]:
        do(deed, alert, belu, now)
        assert standing(alert)[0][1] == before[0][1] + 1
    else:
        with pytest.raises(actions.StepNotAllowed):
            do(deed, alert, belu, now)
        assert standing(alert) == before


RIVALS = [(state, *pair) for state, deeds in ALERT_DEEDS.items() for pair in product(sorted(deeds), repeat=2)]


@pytest.mark.parametrize(("state", "first", "second"), RIVALS)
def test_of_two_officers_with_one_alert_before_them_the_second_is_told_whatever_they_do(
    state, first, second, raise_to_desk, belu, now
):
    mine = brought_to(state, raise_to_desk(), belu, now)
    theirs = Alert.objects.get()
    do(first, mine, belu, now)
    after_the_first = standing(mine)

    with pytest.raises(actions.AlertChangedMeanwhile):
        do(second, theirs, belu, now)

    assert standing(mine) == after_the_first


# --- steps of the ladder ---

STEP_MAY = {
    ("waiting", "claimed"), ("waiting", "cancelled"),
    ("claimed", "waiting"), ("claimed", "done"), ("claimed", "cancelled"),
}  # fmt: skip


@pytest.fixture
def rung_in(raise_to_desk, now):
    """Return the first step of a raised alert in that state, alone of its ladder, as its worker read it."""

    def make(state):
        alert = raise_to_desk()
        LadderStep.objects.filter(alert=alert, number__gt=1).delete()
        held = {"lease_until": now + LEASE, "claimed_by": "a"} if state == "claimed" else {}
        ended = {"ended_at": now} if state in ("done", "cancelled") else {}
        LadderStep.objects.filter(alert=alert).update(state=state, **held, **ended)
        return LadderStep.objects.get(alert=alert)

    return make


def enter(state, step, at):
    """Do what brings steps into the state, whatever state this one is in."""
    match state:
        case "waiting":
            steps.move(step.alert, by=HOUR)
        case "claimed":
            ladder._claim("b", at, 16)
        case "done":
            ladder._act([step], at=at)
        case "cancelled":
            step.alert.state = "closed"
            ladder.cancel(step.alert, at=at)


@pytest.mark.parametrize(("before", "after"), list(product(LadderStep.State.values, repeat=2)))
def test_a_step_of_the_ladder_goes_only_where_the_table_lets_it(before, after, rung_in, now):
    step = rung_in(before)

    enter(after, step, now)

    step.refresh_from_db()
    assert step.state == (after if (before, after) in STEP_MAY else before)
    assert TrailRow.objects.filter(event="alert.step_acted").exists() == ((before, after) == ("claimed", "done"))


LEAVE_CLAIMED = [to for now, to in sorted(STEP_MAY) if now == "claimed"]


@pytest.mark.parametrize(("first", "second"), list(product(LEAVE_CLAIMED, repeat=2)))
def test_what_a_worker_holds_is_done_once_or_not_at_all_whoever_comes_first(first, second, rung_in, now):
    step = rung_in("claimed")
    rival = LadderStep.objects.select_related("alert").get(pk=step.pk)
    enter(first, step, now)

    enter(second, rival, now)

    step.refresh_from_db()
    then = "cancelled" if (first, second) == ("waiting", "cancelled") else first
    assert step.state == then
    assert TrailRow.objects.filter(event="alert.step_acted").count() == (first == "done")


# --- duty shifts ---

SHIFT_DEEDS = ("handed_over", "cancelled")


@pytest.fixture
def shift(desk, belu, now):
    return duty_actions.plan_shift(
        officer=desk["analyst"], starts_at=now - HOUR, ends_at=now + 6 * HOUR, by=belu, at=now
    )


@pytest.fixture
def end(desk, officer_of, belu, now):
    """Bring a shift into that state as its page would: `end("cancelled", shift)`."""
    other = officer_of("polres-belu", kind="police", username="petugas-dua")

    def deed(to, shift):
        if to == "handed_over":
            duty_actions.hand_over(shift=shift, to=other, note="dua peringatan terbuka", by=belu, at=now)
        else:
            duty_actions.cancel_shift(shift=shift, why="sakit", by=belu, at=now)

    return deed


def test_the_states_of_a_shift_are_these():
    assert set(DutyShift.State.values) == {"planned", *SHIFT_DEEDS}


@pytest.mark.parametrize(("before", "after"), list(product(("planned", *SHIFT_DEEDS), SHIFT_DEEDS)))
def test_a_planned_shift_changes_once_and_an_ended_one_never(before, after, shift, end):
    if before != "planned":
        end(before, shift)
    shifts, told = DutyShift.objects.count(), TrailRow.objects.count()

    if before == "planned":
        end(after, shift)
        assert DutyShift.objects.get(pk=shift.pk).state == after
        return
    with pytest.raises(duty_actions.ShiftChangedMeanwhile):
        end(after, shift)
    assert DutyShift.objects.get(pk=shift.pk).state == before
    assert (DutyShift.objects.count(), TrailRow.objects.count()) == (shifts, told)


@pytest.mark.parametrize(("first", "second"), list(product(SHIFT_DEEDS, repeat=2)))
def test_of_two_who_end_one_shift_at_once_the_second_is_told(first, second, shift, end):
    rival = DutyShift.objects.get(pk=shift.pk)
    end(first, shift)

    with pytest.raises(duty_actions.ShiftChangedMeanwhile):
        end(second, rival)

    assert DutyShift.objects.get(pk=shift.pk).state == first
    assert DutyShift.objects.filter(state="planned").count() == (first == "handed_over")
