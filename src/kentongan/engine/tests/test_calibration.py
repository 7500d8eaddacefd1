"""The budget adds up."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.calibration import FINDINGS_PER_TEST, REPLICAS_BELOW_THRESHOLD, thresholds
from kentongan.engine.errors import EngineInputError


@given(st.integers(1, 50), st.integers(1, 4), st.floats(1.0, 31.0), st.floats(0.1, 2.0))
def test_scans_and_silence_together_spend_the_budget(streams: int, levels: int, interval: float, budget: float) -> None:
    limits = thresholds(streams=streams, levels=levels, run_interval_days=interval, false_alarms_per_year=budget)

    tests = streams * levels * 365.25 / interval
    findings = tests * limits.p_value * FINDINGS_PER_TEST
    assert findings + limits.silence_false_alarms_per_year == pytest.approx(budget)
    assert limits.recurrence_interval_days == pytest.approx(interval / limits.p_value)
    assert REPLICAS_BELOW_THRESHOLD / (limits.replicas + 1) <= limits.p_value * (1 + 1e-12)


def test_four_streams_at_two_levels_need_one_chance_in_five_years() -> None:
    limits = thresholds(streams=4, levels=2)

    assert limits.recurrence_interval_days == pytest.approx(5 * 365.25)
    assert limits.silence_false_alarms_per_year == pytest.approx(0.2)


def test_without_silence_the_scans_get_all() -> None:
    limits = thresholds(streams=4, levels=2, watches_silence=False)

    assert limits.silence_false_alarms_per_year == 0.0
    assert limits.recurrence_interval_days == pytest.approx(4 * 365.25)


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
