"""Every pair of states, and the clocks."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from kentongan.alerts import rules
from kentongan.alerts.models import Alert

RAISED_AT = datetime(2026, 3, 4, 2, tzinfo=UTC)

MAY_FOLLOW = {
    ("raised", "acknowledged"),
    ("raised", "closed"),
    ("acknowledged", "verified"),
    ("acknowledged", "closed"),
    ("verified", "closed"),
}


@pytest.mark.parametrize(("now", "then"), list(product(rules.STATES, repeat=2)))
def test_each_state_is_followed_by_its_own_next_ones_only(now, then):
    assert rules.may_follow(now, then) == ((now, then) in MAY_FOLLOW)


def test_the_rules_know_every_state_and_outcome_of_the_rows():
    assert set(rules.STATES) == set(Alert.State.values)
    assert set(Alert.Outcome.values) >= rules.OUTCOMES_WITHOUT_VERIFICATION


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("outcome", Alert.Outcome.values)
def test_true_false_and_benign_need_a_verification(state, outcome):
    needs_look = outcome in ("true", "false", "benign")

    assert rules.may_close_as(state, outcome) == (state == "verified" or (state != "closed" and not needs_look))


def test_the_clocks_are_an_hour_a_day_and_three_days():
    due = rules.due_times(RAISED_AT, is_urgent=False)

    assert due.acknowledge_by - RAISED_AT == timedelta(hours=1)
    assert due.verify_by - RAISED_AT == timedelta(hours=24)
    assert due.decide_by - RAISED_AT == timedelta(hours=72)


def test_an_imminent_departure_is_acknowledged_within_half_an_hour():
    due = rules.due_times(RAISED_AT, is_urgent=True)

    assert due.acknowledge_by - RAISED_AT == timedelta(minutes=30)
    assert due.acknowledge_by < due.verify_by < due.decide_by


@pytest.mark.parametrize("row", rules.clock_rows(), ids=lambda row: f"{row.step}-{row.is_urgent}")
def test_every_clock_says_that_it_is_our_own_proposal(row):
    assert "usulan kami, dapat diatur" in row.note


@pytest.mark.parametrize(
    ("state", "hours", "is_late"),
    [
        ("raised", 0.9, False),
        ("raised", 1, True),
        ("acknowledged", 23.9, False),
        ("acknowledged", 24, True),
        ("verified", 71.9, False),
        ("verified", 72, True),
        ("closed", 1000, False),
    ],
)
def test_an_alert_is_overdue_by_the_step_it_awaits(state, hours, is_late):
    due = rules.due_times(RAISED_AT, is_urgent=False)

    assert rules.is_overdue(state, due, at=RAISED_AT + timedelta(hours=hours)) == is_late
