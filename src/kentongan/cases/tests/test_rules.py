"""The state machines, walked by Hypothesis beside plain tables written out by hand; and what is late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.cases import rules
from kentongan.cases.models import Case, CaseTask, Referral

CASE = {
    ("open", "working"), ("open", "waiting"), ("open", "closed"), ("working", "waiting"), ("working", "closed"),
    ("waiting", "working"), ("waiting", "closed"), ("closed", "working"),
}  # fmt: skip
TASK = {
    ("open", "accepted"), ("open", "declined"), ("open", "withdrawn"), ("accepted", "done"), ("accepted", "declined"),
    ("accepted", "withdrawn"),
}  # fmt: skip
REFERRAL = {
    ("sent", "accepted"), ("sent", "declined"), ("sent", "revoked"), ("accepted", "in_progress"), ("accepted", "declined"),
    ("accepted", "revoked"), ("in_progress", "done"), ("in_progress", "revoked"),
}  # fmt: skip
MACHINES = [
    pytest.param(rules.CASE_STEPS, CASE, Case.State.values, id="case"),
    pytest.param(rules.TASK_STEPS, TASK, CaseTask.State.values, id="task"),
    pytest.param(rules.REFERRAL_STEPS, REFERRAL, Referral.State.values, id="referral"),
]
AT = datetime(2026, 3, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(("steps", "table", "states"), MACHINES)
def test_every_pair_of_states_is_allowed_exactly_where_the_table_says(steps, table, states):
    assert set(steps) == set(states)
    assert {(a, b) for a in states for b in states if rules.may_step(steps, a, b)} == table


@pytest.mark.parametrize(("steps", "table", "states"), MACHINES)
@given(data=st.data())
def test_any_walk_follows_the_table_and_ends_where_nothing_is_awaited(steps, table, states, data):
    state = states[0]
    for wanted in data.draw(st.lists(st.sampled_from(states), max_size=12)):
        may = rules.may_step(steps, state, wanted)
        assert may == ((state, wanted) in table)
        if may:
            state = wanted
    assert rules.has_ended(steps, state) == (state == "closed" or not [b for a, b in table if a == state])


@given(st.sampled_from(sorted(CASE)))
def test_what_ends_waits_or_is_taken_up_again_says_why(pair):
    assert rules.needs_reason(*pair) == (pair[1] in ("closed", "waiting") or pair == ("closed", "working"))


@given(st.sampled_from(CaseTask.State.values), st.none() | st.integers(-5, 5))
def test_a_task_is_late_only_while_it_is_awaited_and_its_hour_has_come(state, hours):
    due = None if hours is None else AT + timedelta(hours=hours)

    assert rules.is_task_overdue(state, due, at=AT) == (
        state in ("open", "accepted") and hours is not None and hours <= 0
    )


@given(st.sampled_from(Referral.State.values), st.integers(-5, 5), st.none() | st.integers(-5, 5))
def test_a_referral_is_late_by_the_clock_of_its_own_state(state, answer, finish):
    answer_by, finish_by = AT + timedelta(hours=answer), None if finish is None else AT + timedelta(hours=finish)
    late = {"sent": answer <= 0}.get(state, state in ("accepted", "in_progress") and finish is not None and finish <= 0)

    assert rules.is_referral_overdue(state, answer_by=answer_by, finish_by=finish_by, at=AT) == late
