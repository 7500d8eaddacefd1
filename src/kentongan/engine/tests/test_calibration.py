"""The budget adds up."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.calibration import (
    FINDINGS_PER_TEST,
    REPLICAS_BELOW_THRESHOLD,
    SURGES_PER_TEST,
    findings_per_test,
    for_share,
    thresholds,
)
from kentongan.engine.errors import EngineInputError


@given(st.integers(1, 50), st.integers(1, 4), st.floats(1.0, 31.0), st.floats(0.1, 2.0))
def test_scans_surges_and_silence_together_spend_the_budget(
    streams: int, levels: int, interval: float, budget: float
) -> None:
    limits = thresholds(streams=streams, levels=levels, run_interval_days=interval, false_alarms_per_year=budget)

    runs = streams * 365.25 / interval
    clusters = levels * runs * limits.p_value * findings_per_test(interval)
    surges = streams * 365.25 / max(interval, 7) * limits.trend_p_value * SURGES_PER_TEST
    assert clusters + surges + limits.silence_false_alarms_per_year == pytest.approx(budget)
    assert surges == pytest.approx(limits.silence_false_alarms_per_year)
    assert limits.recurrence_interval_days == pytest.approx(interval / limits.p_value)
    assert REPLICAS_BELOW_THRESHOLD / (limits.replicas + 1) <= limits.p_value * (1 + 1e-12)


def test_four_streams_at_two_levels_need_one_chance_in_nine_years_and_four_months() -> None:
    limits = thresholds(streams=4, levels=2)

    assert limits.recurrence_interval_days == pytest.approx(28 / 3 * 365.25)
    assert limits.silence_false_alarms_per_year == pytest.approx(0.2)


def test_the_areas_of_each_of_four_streams_have_one_chance_in_five_years() -> None:
    limits = thresholds(streams=4, levels=2)

    assert 7 / limits.trend_p_value == pytest.approx(5 * 365.25)


def test_daily_runs_share_most_of_their_events_and_surges_are_looked_for_once_a_week_all_the_same() -> None:
    daily, weekly = (thresholds(streams=4, levels=2, run_interval_days=days) for days in (1.0, 7.0))

    assert findings_per_test(7.0) == FINDINGS_PER_TEST
    assert findings_per_test(90.0) == 1.0
    assert daily.recurrence_interval_days / weekly.recurrence_interval_days == pytest.approx(7**-0.5)
    assert (daily.trend_p_value, daily.silence_false_alarms_per_year) == (
        weekly.trend_p_value,
        weekly.silence_false_alarms_per_year,
    )


def test_without_silence_and_surges_the_scans_get_all() -> None:
    limits = thresholds(streams=4, levels=2, watches_silence=False, watches_trends=False)

    assert limits.silence_false_alarms_per_year == limits.trend_p_value == 0.0
    assert limits.recurrence_interval_days == pytest.approx(5.6 * 365.25)


@pytest.mark.parametrize(
    "wrong",
    [{"streams": 0}, {"levels": -1}, {"run_interval_days": 0.0}, {"false_alarms_per_year": math.nan}],
)
def test_numbers_that_are_not_positive_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(EngineInputError, match="lebih dari 0"):
        thresholds(**({"streams": 4, "levels": 2} | wrong))


def test_a_budget_beyond_all_runs_is_refused() -> None:
    with pytest.raises(EngineInputError, match="Turunkan anggarannya"):
        thresholds(streams=1, levels=1, false_alarms_per_year=100.0)


def test_a_budget_of_surges_beyond_all_runs_is_refused_though_the_scans_could_spend_theirs() -> None:
    with pytest.raises(EngineInputError, match="Turunkan anggarannya"):
        thresholds(streams=1, levels=8, false_alarms_per_year=70.0)


@given(st.floats(0.125, 4.0), st.floats(0.1, 2.0))
def test_a_share_of_the_budget_scales_what_a_stream_may_use_and_leaves_silence(share: float, budget: float) -> None:
    even = thresholds(streams=4, levels=2, false_alarms_per_year=budget)

    own = for_share(even, share)

    assert (own.p_value, own.trend_p_value) == pytest.approx((even.p_value * share, even.trend_p_value * share))
    assert own.recurrence_interval_days * own.p_value == pytest.approx(even.recurrence_interval_days * even.p_value)
    assert own.silence_false_alarms_per_year == even.silence_false_alarms_per_year
    assert REPLICAS_BELOW_THRESHOLD / (own.replicas + 1) <= own.p_value * (1 + 1e-12)


def test_the_even_share_changes_nothing() -> None:
    even = thresholds(streams=4, levels=2)

    assert for_share(even, 1.0) == even


@pytest.mark.parametrize("share", [0.0, -1.0, math.nan, math.inf, 1e4])
def test_a_share_that_is_none_or_lets_everything_cross_is_refused(share: float) -> None:
    with pytest.raises(EngineInputError):
        for_share(thresholds(streams=4, levels=2), share)
