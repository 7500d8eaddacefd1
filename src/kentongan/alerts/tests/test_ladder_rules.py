"""The ladder's pure rules and its shipped figures."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kentongan.alerts.labels import AUDIENCES as AUDIENCE_WORDS
from kentongan.alerts.labels import RUNG_KINDS, TOLD_WHY
from kentongan.alerts.ladder_rules import (
    AUDIENCES,
    CHANNELS,
    CLASSES,
    KINDS,
    REASONS,
    Change,
    LadderFaulty,
    Staff,
    hearers,
    is_moot,
    leaders_or_all,
    limits,
    rest_after,
    shipped_ladders,
    with_changes,
)  # fmt: skip
from kentongan.alerts.rules import due_times

EVERY_STAFF = [
    Staff(on_duty, acting, leaders)
    for on_duty in ((), ("piket",))
    for acting in ((), ("analis", "petugas"))
    for leaders in ((), ("pimpinan",))
]


@pytest.mark.parametrize("staff", EVERY_STAFF)
def test_in_office_hours_the_desk_hears_and_nobody_only_where_nobody_is(staff):
    found, why = hearers(staff, is_open=True)

    assert set(found) == set(staff.on_duty + staff.acting) or (
        found == staff.leaders and not staff.on_duty + staff.acting
    )
    assert (why == "nobody_there") is (found == ())


@pytest.mark.parametrize("staff", EVERY_STAFF)
def test_outside_them_duty_comes_before_leaders_and_leaders_before_everybody(staff):
    found, _why = hearers(staff, is_open=False)

    assert found == (staff.on_duty or staff.leaders or staff.acting)


@pytest.mark.parametrize("staff", EVERY_STAFF)
def test_leaders_are_replaced_by_everybody_where_there_are_none(staff):
    found, _why = leaders_or_all(staff)

    assert set(found) == set(staff.leaders or staff.on_duty + staff.acting)


def test_the_shipped_ladders_tell_the_addressee_at_once_and_end_with_the_sender():
    for steps in shipped_ladders().values():
        towards = [step for step in steps if step.awaits == "acknowledged"]
        assert (towards[0].after_minutes, towards[0].whom) == (0, ("addressee_duty",))
        assert "owner_duty" in towards[-1].whom
        assert [step.number for step in steps] == list(range(1, len(steps) + 1))


def test_every_shipped_figure_says_that_it_is_ours():
    assert all("usulan kami, dapat diatur" in step.note for steps in shipped_ladders().values() for step in steps)


@pytest.mark.parametrize("is_urgent", [False, True])
def test_the_leader_hears_at_the_deadlines_that_the_page_says(is_urgent):
    raised = datetime(2026, 3, 4, tzinfo=UTC)
    due = due_times(raised, is_urgent=is_urgent)
    leader = {
        step.awaits: raised + timedelta(minutes=step.after_minutes)
        for step in shipped_ladders()["urgent" if is_urgent else "ordinary"]
        if "addressee_leader" in step.whom
    }

    assert leader == {"acknowledged": due.acknowledge_by, "verified": due.verify_by, "closed": due.decide_by}


def test_an_urgent_ladder_is_nowhere_slower_than_the_ordinary_one():
    pairs = zip(shipped_ladders()["ordinary"], shipped_ladders()["urgent"], strict=True)

    assert all(urgent.after_minutes <= ordinary.after_minutes for ordinary, urgent in pairs)


def test_a_change_replaces_the_figures_of_its_step_only():
    shipped = shipped_ladders()["ordinary"]

    own = with_changes(shipped, [Change(2, 30, ("inapp", "sms"))])

    assert (own[1].after_minutes, own[1].channels) == (30, ("inapp", "sms"))
    assert own[:1] + own[2:] == shipped[:1] + shipped[2:]
    assert own[1].whom == shipped[1].whom


@pytest.mark.parametrize("change", [
    Change(2, 61, ("inapp",)), Change(3, 44, ("inapp",)), Change(6, 10_081, ("inapp",)), Change(2, 45, ("sms",)),
    Change(2, -1, ("inapp",)),
])  # fmt: skip
def test_what_is_no_ladder_is_refused(change):
    with pytest.raises(LadderFaulty):
        with_changes(shipped_ladders()["ordinary"], [change])


@pytest.mark.parametrize(("state", "awaits", "moot"), [
    ("raised", "acknowledged", False), ("acknowledged", "acknowledged", True), ("acknowledged", "verified", False),
    ("verified", "acknowledged", True), ("verified", "closed", False), ("closed", "closed", True), ("closed", "acknowledged", True),
])  # fmt: skip
def test_a_step_is_moot_once_what_it_awaits_is_reached(state, awaits, moot):
    assert is_moot(state, awaits) is moot


def test_a_step_rests_longer_each_time_and_never_longer_than_an_hour():
    rests = [rest_after(n) for n in range(1, 40)]

    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (timedelta(seconds=30), timedelta(hours=1))


def test_every_code_has_its_word():
    assert set(AUDIENCE_WORDS) == set(AUDIENCES)
    assert set(RUNG_KINDS) == set(KINDS)
    assert set(TOLD_WHY) == set(REASONS)


def test_the_channels_of_the_ladder_are_those_of_the_messages():
    from kentongan.messages.rules import Channel

    assert set(CHANNELS) == {channel.value for channel in Channel}
    assert set(shipped_ladders()) == set(CLASSES)


def test_the_limits_are_read_with_their_units():
    found = limits()

    assert (found.quiet_after_false, found.longest_snooze("urgent")) == (timedelta(days=14), timedelta(minutes=30))
    assert date(2026, 1, 1) + found.quiet_after_false == date(2026, 1, 15)
