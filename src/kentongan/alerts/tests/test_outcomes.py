"""Outcomes and times as of an instant, beside a plain count."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.alerts.outcomes import LEAST_TOLD, STEPS, Course, as_known, summary

START = datetime(2026, 1, 1, tzinfo=UTC)
OUTCOMES = ["true", "false", "benign", "duplicate", "handed_over", "no_result"]


def hours(number):
    return START + timedelta(hours=number)


def course(outcome="", *, raised=0, acknowledged=None, verified=None, closed=None):
    return Course(
        raised_at=hours(raised),
        acknowledged_at=None if acknowledged is None else hours(acknowledged),
        verified_at=None if verified is None else hours(verified),
        closed_at=None if closed is None else hours(closed),
        outcome=outcome,
    )


@st.composite
def courses(draw):
    raised, *gaps = draw(st.lists(st.integers(0, 50), min_size=4, max_size=4))
    acknowledged, verified = raised + gaps[0], raised + gaps[0] + gaps[1]
    got = draw(st.integers(0, 2))  # how far it came before it was closed, if it was
    is_closed = draw(st.booleans())
    return course(
        draw(st.sampled_from(OUTCOMES)) if is_closed else "",
        raised=raised,
        acknowledged=acknowledged if got >= 1 else None,
        verified=verified if got >= 2 else None,
        closed=verified + gaps[2] if is_closed else None,
    )


def test_the_times_of_those_still_open_are_not_dropped():
    """Five acknowledged within an hour and six that wait for a day: half have not been acknowledged, so there is no median."""
    quick = [course(acknowledged=1) for _n in range(5)]
    slow = [course() for _n in range(6)]

    span = summary(quick + slow, at=hours(24)).spans[0]

    assert (span.median, span.done, span.open) == (None, 5, 6)
    assert summary(quick, at=hours(24)).spans[0].median == timedelta(hours=1)


def test_what_happened_after_the_day_of_the_table_is_not_known_to_it():
    late = course("true", acknowledged=1, verified=30, closed=40)

    before, after = summary([late], at=hours(24)), summary([late], at=hours(48))

    assert (before.true, before.open, before.spans[0].done, before.spans[1].done) == (0, 1, 1, 0)
    assert (after.true, after.open) == (1, 0)


def test_a_step_that_the_closing_made_needless_is_told_apart():
    span = summary([course("duplicate", closed=2)], at=hours(24)).spans[0]

    assert (span.done, span.open, span.passed) == (0, 0, 1)


def test_only_judging_outcomes_make_the_share():
    ended = [course(outcome, acknowledged=1, verified=2, closed=3) for outcome in OUTCOMES]

    found = summary(ended * 2, at=hours(24))

    assert (found.true, found.false, found.benign, found.others) == (2, 2, 2, 6)
    assert found.share.value == pytest.approx(1 / 3)
    assert found.is_told


def test_of_few_no_share_and_no_time_is_told():
    few = summary([course("true", acknowledged=1, verified=2, closed=3)] * (LEAST_TOLD - 1), at=hours(24))

    assert not few.is_told
    assert not few.spans[0].is_told


@given(st.lists(courses(), max_size=25), st.integers(0, 250))
def test_every_alert_that_was_raised_is_in_one_number_of_each_kind(rows, hour):
    found = summary(rows, at=hours(hour))

    raised = sum(row.raised_at <= hours(hour) for row in rows)
    assert found.total == raised
    assert all(span.done + span.open + span.passed == raised for span in found.spans)


@given(st.lists(courses(), max_size=25), st.integers(0, 250), st.integers(0, 250))
def test_a_table_of_a_day_is_the_same_whenever_it_is_made(rows, hour, later):
    first = min(hour, later)
    at = hours(first)

    known_then = [as_known(as_known(row, at=hours(max(hour, later))), at=at) for row in rows]

    assert summary(known_then, at=at) == summary(rows, at=at)


@given(st.lists(courses(), min_size=1, max_size=15))
def test_once_all_is_over_the_median_is_the_plain_one_of_those_that_took_the_step(rows):
    over = [row for row in rows if row.closed_at and row.verified_at]
    found = summary(over, at=hours(1000))

    for span, step in zip(found.spans, STEPS, strict=True):
        lengths = sorted(row.reached(step) - row.raised_at for row in over)
        assert span.median == (lengths[(len(lengths) - 1) // 2] if lengths else None)
