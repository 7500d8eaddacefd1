"""CUSUM charts against a plain chart, against published outputs, and against their own laws."""

import csv
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal.cusum import CusumOptions, cusum, transformed_counts

HISTORY = 10


def plain_deviation(x: float, m: float, transform: str) -> float:
    if transform == "rossi":
        return (x - 3 * m + 2 * math.sqrt(x * m)) / (2 * math.sqrt(m))
    if transform == "anscombe":
        return 1.5 * (x ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6)
    return (x - m) / math.sqrt(m)


def plain_cusum(series: list[int], first: int, options: CusumOptions) -> tuple[list[float], list[bool]]:
    """One series, week by week; the bound by searching for the count at which the chart just raises an alarm."""
    m = sum(series[:first]) / first
    up = options.direction == "increase"
    total, bounds, alarms = 0.0, [], []

    def after(x: float) -> float:
        deviation = plain_deviation(x, m, options.transform)
        return total + (deviation if up else -deviation) - options.reference_value

    def shortfall(x: float) -> float:
        return after(x) - options.decision_interval

    for count in series[first:]:
        if up:
            bounds.append(0.0 if shortfall(0) >= 0 else brentq(shortfall, 0, 1e6, xtol=1e-12, rtol=1e-14))
        else:
            bounds.append(math.nan if shortfall(0) < 0 else brentq(shortfall, 0, 1e6, xtol=1e-12, rtol=1e-14))
        total = max(0.0, after(count))
        alarms.append(total >= options.decision_interval)
        if alarms[-1] and options.resets_after_alarm:
            total = 0.0
    return bounds, alarms


all_options = st.builds(
    CusumOptions,
    reference_value=st.sampled_from([0.3, 0.5, 1.04]),
    decision_interval=st.sampled_from([1.1, 2.26, 4.7]),
    transform=st.sampled_from(["rossi", "anscombe", "standard"]),
    direction=st.sampled_from(["increase", "decrease"]),
    resets_after_alarm=st.booleans(),
)
a_series = st.lists(st.integers(0, 30), min_size=HISTORY + 1, max_size=HISTORY + 15).filter(
    lambda counts: any(counts[:HISTORY])
)


@settings(max_examples=300, deadline=None)
@given(a_series, all_options)
def test_the_chart_equals_the_plain_one(series: list[int], options: CusumOptions) -> None:
    result = cusum(series, weeks=range(HISTORY, len(series)), options=options)

    bounds, alarms = plain_cusum(series, HISTORY, options)
    np.testing.assert_allclose(result.upper_bound[0], bounds, rtol=1e-6, atol=1e-6)
    assert result.is_alarm[0].tolist() == alarms
    assert result.expected[0] == pytest.approx(np.mean(series[:HISTORY]))


@settings(max_examples=100, deadline=None)
@given(a_series, all_options)
def test_an_alarm_is_a_count_at_or_beyond_the_bound(series: list[int], options: CusumOptions) -> None:
    result = cusum(series, weeks=range(HISTORY, len(series)), options=options)

    with np.errstate(invalid="ignore"):
        beyond = result.observed - result.upper_bound
    far = np.abs(beyond) > 1e-9
    is_beyond = beyond > 0 if options.direction == "increase" else beyond < 0
    assert (result.is_alarm == is_beyond)[far].all()
    assert not result.is_alarm[np.isnan(result.upper_bound)].any()


@settings(max_examples=100, deadline=None)
@given(a_series, st.integers(0, 14), st.sampled_from(["rossi", "anscombe", "standard"]))
def test_one_more_case_takes_no_alarm_of_an_increase_away(series: list[int], week: int, transform: Any) -> None:
    more = list(series)
    more[HISTORY + week % (len(series) - HISTORY)] += 1
    options = CusumOptions(transform=transform)

    before, after = (cusum(one, weeks=range(HISTORY, len(series)), options=options) for one in (series, more))

    assert not (before.is_alarm & ~after.is_alarm).any()


def test_many_series_are_charted_as_each_alone() -> None:
    counts = np.random.default_rng(5).poisson([[0.3], [2.0], [9.0]], (3, 40))

    together = cusum(counts, weeks=range(30, 40))

    for row, series in enumerate(counts):
        np.testing.assert_array_equal(together.upper_bound[row], cusum(series, weeks=range(30, 40)).upper_bound[0])
        np.testing.assert_array_equal(together.observed[row], series[30:])


def test_a_given_expectation_may_follow_the_season() -> None:
    expected = [1.0, 4.0]

    result = cusum([[3, 3]], weeks=[0, 1], expected=expected)

    assert result.expected.tolist() == [expected]
    second = 3.3 - max(0.0, float(transformed_counts(3, 1.0)) - 1.04)
    assert transformed_counts(result.upper_bound[0, 1], 4.0) == pytest.approx(second)


def test_a_series_that_expects_nothing_is_not_judged() -> None:
    result = cusum([[0] * 10 + [9], [1] * 10 + [9]], weeks=[10])

    assert np.isnan(result.upper_bound[0, 0])
    assert result.is_alarm[:, 0].tolist() == [False, True]
    assert np.isnan(result.p_value).all()


@pytest.mark.parametrize(
    ("counts", "weeks", "options", "expected", "reasons"),
    [
        ([[1, -1] * 10], [10], {"decision_interval": 0}, None, ["negatif", "Batas keputusan"]),
        ([[1.0, math.nan] * 10], [10], {"reference_value": -1}, None, ["NaN", "Nilai acuan"]),
        ([[1] * 5], [4], {}, None, ["terlalu pendek"]),
        ([[1] * 20], [10, 12], {}, None, ["berurutan"]),
        ([[1] * 20], [11, 10], {}, None, ["berurutan"]),
        ([[1] * 20], [20], {}, None, ["di luar deret"]),
        ([[1] * 20], [10], {"transform": "log", "direction": "both"}, None, ["Transformasi", "Arah"]),
        ([[1] * 20], [10], {}, [-1.0], ["tidak boleh negatif"]),
        ([[1] * 20], [10], {}, [1.0, 2.0], ["Nilai harapan harus"]),
        ([[1] * 20], [10], {}, "banyak", ["Nilai harapan harus"]),
    ],
)
def test_faulty_input_is_refused_with_all_reasons(
    counts: Any, weeks: Any, options: Any, expected: Any, reasons: list[str]
) -> None:
    with pytest.raises(EngineInputError) as refusal:
        cusum(counts, weeks=weeks, expected=expected, options=CusumOptions(**options))

    assert len(refusal.value.details) == len(reasons)
    assert all(reason in refusal.value.message for reason in reasons)


@pytest.mark.parametrize(("name", "file"), [("agona", "salmonella.agona"), ("salmNewport", "salmNewport")])
def test_published_charts_are_reproduced_in_every_week(name: str, file: str) -> None:
    folder = os.environ.get("KENTONGAN_REFERENCE")
    if not folder:
        pytest.skip("KENTONGAN_REFERENCE is not set: the reference series are not here, the charts are not reproduced")
    data = Path(folder) / "engine" / "data"
    with (data / "surveillance" / f"{file}.csv").open(encoding="utf-8") as lines:
        series = [sum(int(cell) for cell in row[3:]) for row in list(csv.reader(lines))[1:]]
    with (data / "surveillance_reference" / f"{name}_cusum_rossi.csv").open(encoding="utf-8") as lines:
        answers = list(csv.DictReader(lines))

    result = cusum(series, weeks=[int(answer["index"]) - 1 for answer in answers])

    assert result.observed[0].tolist() == [int(answer["observed"]) for answer in answers]
    np.testing.assert_allclose(
        result.upper_bound[0], [float(answer["upperbound"]) for answer in answers], rtol=0, atol=1e-9
    )
    assert result.is_alarm[0].tolist() == [answer["alarm"] == "1" for answer in answers]
