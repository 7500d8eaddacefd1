"""The duty roster: planned, handed over, taken back; two officers at once; who may."""

from datetime import timedelta

import pytest

from kentongan.agreements.access import NotVisible, RoleMayNotAct, actor_for
from kentongan.alerts import duty, duty_actions
from kentongan.alerts.duty_actions import ShiftChangedMeanwhile, ShiftNotPossible
from kentongan.alerts.models import DutyShift
from kentongan.audit.models import TrailRow
from kentongan.messages.models import Message

HOUR = timedelta(hours=1)


@pytest.fixture
def second(desk, officer_of):
    return officer_of("polres-belu", kind="police", username="petugas-dua")


@pytest.fixture
def shift(desk, belu, now):
    """The analyst is on duty from two hours ago until six hours from now."""
    return duty_actions.plan_shift(
        officer=desk["analyst"], starts_at=now - 2 * HOUR, ends_at=now + 6 * HOUR, by=belu, at=now
    )


def on_duty(at):
    return list(duty.shifts_at("polres-belu", at=at).values_list("officer__username", flat=True))


def test_a_planned_shift_runs_from_its_start_and_not_at_its_end(shift, now):
    assert on_duty(now - 2 * HOUR) == ["analyst-polres-belu"]
    assert on_duty(now - 2 * HOUR - timedelta(seconds=1)) == on_duty(now + 6 * HOUR) == []


def test_whoever_is_put_on_the_roster_by_another_is_told(second, belu, now):
    duty_actions.plan_shift(officer=second, starts_at=now + HOUR, ends_at=now + 5 * HOUR, by=belu, at=now)

    assert "piket" in Message.objects.get(officer=second).subject
    assert TrailRow.objects.get(event="duty.planned").facts["officer"] == second.ref


@pytest.mark.parametrize(("starts", "ends"), [(1, 1), (2, 1), (-9, -8), (0, 15 * 24)])
def test_a_shift_that_ends_before_it_begins_is_over_or_lasts_weeks_is_refused(starts, ends, second, belu, now):
    with pytest.raises(ShiftNotPossible):
        duty_actions.plan_shift(
            officer=second, starts_at=now + starts * HOUR, ends_at=now + ends * HOUR, by=belu, at=now
        )


def test_nobody_has_two_shifts_at_once(shift, desk, belu, now):
    with pytest.raises(ShiftNotPossible, match="sudah bertugas"):
        duty_actions.plan_shift(officer=desk["analyst"], starts_at=now + HOUR, ends_at=now + 8 * HOUR, by=belu, at=now)


def test_an_officer_of_another_agency_is_not_put_on_the_roster(desk, belu, now):
    with pytest.raises(ShiftNotPossible, match="tidak sedang bertugas"):
        duty_actions.plan_shift(officer=desk["sender"], starts_at=now, ends_at=now + HOUR, by=belu, at=now)


def test_after_the_hand_over_the_other_is_on_duty_until_the_planned_end(shift, second, belu, now):
    next_one = duty_actions.hand_over(
        shift=shift, to=second, note="Satu peringatan menunggu verifikasi.", by=belu, at=now
    )

    assert on_duty(now - HOUR) == ["analyst-polres-belu"]
    assert on_duty(now) == on_duty(now + 5 * HOUR) == ["petugas-dua"]
    assert (next_one.received_from, next_one.ends_at) == (shift, now + 6 * HOUR)
    row = TrailRow.objects.get(event="duty.handed_over")
    assert (row.why, row.facts["to"]) == ("Satu peringatan menunggu verifikasi.", second.ref)
    assert "diserahterimakan" in Message.objects.get(officer=second).subject


@pytest.mark.parametrize(
    ("note", "hours", "to_self"), [(" ", 0, False), ("x", -3, False), ("x", 6, False), ("x", 0, True)]
)
def test_a_hand_over_says_what_is_handed_over_while_the_shift_runs_to_somebody_else(
    note, hours, to_self, shift, second, desk, belu, now
):
    with pytest.raises(ShiftNotPossible):
        duty_actions.hand_over(
            shift=shift, to=desk["analyst"] if to_self else second, note=note, by=belu, at=now + hours * HOUR
        )


def test_of_two_who_change_a_shift_at_once_one_is_told(shift, second, belu, now):
    stale = DutyShift.objects.get()
    duty_actions.hand_over(shift=shift, to=second, note="x", by=belu, at=now)

    with pytest.raises(ShiftChangedMeanwhile):
        duty_actions.cancel_shift(shift=stale, why="sakit", by=belu, at=now)

    assert DutyShift.objects.filter(state="planned").count() == 1


def test_a_cancelled_shift_does_not_run_and_says_why(shift, belu, now):
    with pytest.raises(ShiftNotPossible):
        duty_actions.cancel_shift(shift=shift, why=" ", by=belu, at=now)
    duty_actions.cancel_shift(shift=shift, why="sakit", by=belu, at=now)

    assert on_duty(now) == []
    assert TrailRow.objects.get(event="duty.cancelled").why == "sakit"


def test_another_agency_changes_nothing_on_the_roster(shift, desk, second, now):
    stranger = actor_for(desk["sender"], purpose="prevention", at=now)

    with pytest.raises(NotVisible):
        duty_actions.hand_over(shift=shift, to=second, note="x", by=stranger, at=now)
    with pytest.raises(NotVisible):
        duty_actions.cancel_shift(shift=shift, why="x", by=stranger, at=now)


@pytest.mark.parametrize("role", ["reporter", "overseer", "administrator"])
def test_a_role_that_does_not_act_on_alerts_plans_nothing(role, actor_of, second, now):
    by = actor_of("polres-belu", role=role, kind="police")

    with pytest.raises(RoleMayNotAct):
        duty_actions.plan_shift(officer=second, starts_at=now, ends_at=now + HOUR, by=by, at=now)


def test_an_agencys_own_hours_replace_its_countrys_from_then_on(agency_of, actor_of, now):
    from datetime import time

    from kentongan.alerts.calendars import Hours
    from kentongan.alerts.policy_actions import ReasonMissing, set_hours

    polres, by = agency_of("polres-belu", kind="police"), actor_of("polres-belu", role="administrator", kind="police")
    midnight = now.replace(hour=16)
    assert not duty.is_open(polres, at=midnight)

    with pytest.raises(ReasonMissing):
        set_hours(agency=polres, hours=[], why="", by=by, at=now)
    set_hours(
        agency=polres, hours=[Hours(day, time(0), time(0)) for day in range(1, 8)], why="SPKT 24 jam.", by=by, at=now
    )

    assert duty.is_open(polres, at=midnight)
    set_hours(agency=polres, hours=[], why="Kembali.", by=by, at=midnight)
    assert not duty.is_open(polres, at=midnight)
    assert TrailRow.objects.filter(event="office_hours.set").count() == 2
