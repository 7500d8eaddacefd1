"""When to try again, what may leave the house, what waits for the morning."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.messages import rules
from kentongan.messages.rules import ENDED, FOLLOWS, Channel, State

KUPANG = ZoneInfo("Asia/Makassar")
HANDLINGS = ["open", "shared", "restricted", "personal", "protected"]


@given(st.integers(1, 500), st.floats(0, 1), st.integers(0, 100_000))
def test_a_pause_lies_between_half_and_the_whole_of_its_doubling_and_honours_what_is_asked(attempts, chance, asked_s):
    whole = min(rules.FIRST_PAUSE * 2 ** min(attempts - 1, 20), rules.LONGEST_PAUSE)
    asked = timedelta(seconds=asked_s)

    alone = rules.pause_after(attempts, chance=lambda: chance)
    with_wish = rules.pause_after(attempts, chance=lambda: chance, asked=asked)

    assert whole / 2 <= alone <= whole
    assert with_wish == max(alone, min(asked, rules.LONGEST_PAUSE))


def test_all_attempts_together_last_longer_than_three_hours_and_shorter_than_a_day():
    least, most = (
        sum((rules.pause_after(n, chance=lambda c=c: c) for n in range(1, rules.MAX_ATTEMPTS)), timedelta())
        for c in (1.0, 0.0)
    )

    assert timedelta(hours=3) <= least <= most <= timedelta(days=1)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("handling", HANDLINGS)
def test_no_channel_carries_the_body_of_a_record_that_is_not_open_and_only_the_house_shows_titles(channel, handling):
    shown_inside = channel == Channel.INAPP and handling in ("shared", "restricted")

    assert rules.carries_body(handling) == (handling == "open")
    assert rules.carries_subject(channel, handling) == (handling == "open" or shown_inside)


@pytest.mark.parametrize(
    ("hour", "expected_day", "expected_hour"),
    [(21, 4, 21), (22, 5, 6), (23, 5, 6), (0, 4, 6), (5, 4, 6), (6, 4, 6), (12, 4, 12)],
)
def test_what_falls_into_quiet_hours_over_midnight_waits_for_their_end(hour, expected_day, expected_hour):
    at = datetime(2026, 3, 4, hour, 0, tzinfo=KUPANG).astimezone(UTC)

    waits = rules.after_quiet(at, quiet_from=time(22), quiet_to=time(6), zone=KUPANG)

    assert waits == datetime(2026, 3, expected_day, expected_hour, 0, tzinfo=KUPANG)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.times().map(lambda t: t.replace(microsecond=0)),
)
def test_after_the_quiet_hours_it_is_never_quiet_and_never_more_than_a_day_later(at, start, end):
    if start == end:
        return
    later = rules.after_quiet(at, quiet_from=start, quiet_to=end, zone=KUPANG)

    assert at <= later <= at + timedelta(days=1)
    assert rules.after_quiet(later, quiet_from=start, quiet_to=end, zone=KUPANG) == later


@pytest.mark.parametrize(
    ("topic", "is_held"),
    [("alert.raised", False), ("break_glass.opened", False), ("address.code", False), ("task.due", True)],
)
def test_alerts_are_never_held_back(topic, is_held):
    assert rules.is_held_by_quiet(topic) is is_held


def test_every_state_is_told_what_may_follow_and_every_ended_one_is_left_only_by_a_person_or_the_provider():
    assert set(FOLLOWS) == set(State)
    assert {state for state in State if not FOLLOWS[state]} == {State.READ, State.CANCELLED}
    assert set(State) - ENDED == {State.WAITING, State.CLAIMED}


def test_whether_a_state_may_follow_is_asked_in_both_directions():
    assert rules.may_follow("waiting", "claimed")
    assert not rules.may_follow("cancelled", "waiting")
    assert State.CLAIMED in rules.before(State.SENT)
