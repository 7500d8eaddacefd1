"""EARS against the reference outputs, against its definition on generated series, and against faulty input."""

import math
from statistics import NormalDist, mean, stdev
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal.ears import EarsOptions, ears
from kentongan.engine.tests.surveillance_series import counts_of, reference_of

counts_strategy = st.lists(st.integers(0, 30), min_size=12, max_size=25)
methods = st.sampled_from(["C1", "C2", "C3"])


def plain_score(counts: list[int], week: int, guard: int, baseline: int = 7) -> float:
    before = counts[week - guard - baseline : week - guard]
    excess, deviation = counts[week] - mean(before), stdev(before)
    if deviation == 0:
        return math.inf if excess > 0 else -math.inf
    return excess / deviation


def plain_bound(counts: list[int], week: int, method: str, alpha: float) -> float:
    guard = 0 if method == "C1" else 2
    before = counts[week - guard - 7 : week - guard]
    quantile = NormalDist().inv_cdf(1 - alpha)
    if method != "C3":
        return mean(before) + quantile * stdev(before)
    added = sum(max(0.0, plain_score(counts, week - ago, 2) - 1) for ago in (1, 2))
    return 0.0 if math.isinf(added) else max(0.0, counts[week] + stdev(before) * (quantile - added))


@pytest.mark.parametrize("series", ["agona", "salmNewport"])
@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_every_week_of_the_reference_outputs_is_reproduced(series: str, method: Any) -> None:
    reference = reference_of(f"{series}_ears{method}")
    weeks = reference["index"].astype(int) - 1

    found = ears(counts_of(series), weeks=weeks, options=EarsOptions(method=method, alpha=0.001))

    np.testing.assert_allclose(found.upper_bound[0], reference["upperbound"], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(found.is_alarm[0], reference["alarm"] == 1)
    np.testing.assert_array_equal(found.observed[0], reference["observed"])


@settings(max_examples=150, deadline=None)
@given(counts_strategy, methods, st.sampled_from([0.001, 0.01, 0.2]))
def test_bounds_equal_the_definition(counts: list[int], method: Any, alpha: float) -> None:
    week = len(counts) - 1

    found = ears(counts, weeks=week, options=EarsOptions(method=method, alpha=alpha))

    bound = plain_bound(counts, week, method, alpha)
    assert found.upper_bound[0, 0] == pytest.approx(bound, abs=1e-9)
    if abs(counts[week] - bound) > 1e-9:
        assert bool(found.is_alarm[0, 0]) == (counts[week] > bound)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=15, max_size=15), min_size=1, max_size=4), methods)
def test_a_series_among_others_is_judged_as_if_it_were_alone(table: list[list[int]], method: Any) -> None:
    options = EarsOptions(method=method)

    together = ears(table, weeks=[12, 14], options=options)

    for row, series in enumerate(table):
        alone = ears(series, weeks=[12, 14], options=options)
        np.testing.assert_array_equal(together.upper_bound[row], alone.upper_bound[0])
        np.testing.assert_array_equal(together.p_value[row], alone.p_value[0])


@settings(max_examples=60, deadline=None)
@given(counts_strategy, st.integers(0, 50))
def test_more_events_every_week_shift_the_bound_and_change_no_alarm(counts: list[int], more: int) -> None:
    as_it_was, shifted = ears(counts), ears([count + more for count in counts])

    assert shifted.upper_bound[0, 0] == pytest.approx(as_it_was.upper_bound[0, 0] + more, abs=1e-9)
    assert shifted.p_value[0, 0] == pytest.approx(as_it_was.p_value[0, 0], abs=1e-9)


def test_the_p_value_reaches_alpha_where_the_count_reaches_the_bound() -> None:
    counts = [4, 6, 5, 3, 7, 5, 4, 9]
    p_value = float(ears(counts).p_value[0, 0])

    assert ears(counts, options=EarsOptions(alpha=p_value)).upper_bound[0, 0] == pytest.approx(9)


def test_the_guard_keeps_the_beginning_of_an_outbreak_out_of_the_baseline() -> None:
    counts = [2, 1, 2, 3, 2, 1, 2, 3, 2, 12, 14, 13]

    assert not ears(counts, options=EarsOptions(method="C1")).is_alarm[0, 0]
    assert ears(counts, options=EarsOptions(method="C2")).is_alarm[0, 0]


def test_after_an_empty_baseline_one_event_is_an_alarm_unless_a_least_deviation_is_asked_for() -> None:
    counts = [0] * 9 + [1]

    assert ears(counts).is_alarm[0, 0]
    assert ears(counts).p_value[0, 0] == 0
    assert not ears(counts, options=EarsOptions(min_deviation=0.5)).is_alarm[0, 0]


def test_the_third_form_has_no_p_value_and_needs_two_weeks_more() -> None:
    counts = [0, 1] * 5 + [9, 9]

    assert math.isnan(ears(counts, options=EarsOptions(method="C3")).p_value[0, 0])
    with pytest.raises(EngineInputError, match="11 minggu"):
        ears(counts[:-1], options=EarsOptions(method="C3"))


def test_an_isolated_certain_excess_earlier_makes_any_event_an_alarm_of_the_third_form() -> None:
    counts = [0] * 11 + [1, 1]

    found = ears(counts, options=EarsOptions(method="C3"))

    assert (found.upper_bound[0, 0], bool(found.is_alarm[0, 0])) == (0.0, True)


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([1, 2, -3] * 5, "negatif"),
        ([1.0, math.nan] * 8, "bukan bilangan"),
        ([1.5, 2.0] * 8, "tidak bulat"),
        ([1, 2**40] * 8, "lebih besar"),
        ([[1, 2], [3]], "sama panjang"),
        (["a", "b"], "tabel bilangan"),
        ([[[1]]], "tabel bilangan"),
        ([], "kosong"),
    ],
)
def test_counts_that_are_no_counts_are_refused(counts: Any, says: str) -> None:
    with pytest.raises(EngineInputError, match=says):
        ears(counts)


@pytest.mark.parametrize(
    ("weeks", "says"),
    [(20, "di luar deret"), (-1, "di luar deret"), ([], "satu atau lebih"), (1.5, "nomor urut"), (6, "terlalu pendek")],
)
def test_weeks_that_cannot_be_judged_are_refused(weeks: Any, says: str) -> None:
    with pytest.raises(EngineInputError, match=says):
        ears(list(range(20)), weeks=weeks)


def test_all_faults_are_gathered_in_one_refusal() -> None:
    wrong: Any = EarsOptions(method="C4", baseline=1, alpha=0.7, min_deviation=-1.0)  # type: ignore[arg-type]

    with pytest.raises(EngineInputError) as refusal:
        ears([1, -2, math.nan, 0.5], weeks=[], options=wrong)

    assert len(refusal.value.details) == 8


def test_many_wrong_weeks_are_named_shortly() -> None:
    with pytest.raises(EngineInputError, match="20, 21, 22, 23, 24 dan 5 lainnya"):
        ears([1] * 20, weeks=list(range(20, 30)))


def test_whole_numbers_written_as_floats_are_counts() -> None:
    counts = [3, 1, 4, 1, 5, 9, 2, 6]

    assert ears(np.array(counts, dtype=float)).upper_bound[0, 0] == ears(counts).upper_bound[0, 0]
