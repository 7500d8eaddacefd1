"""GLR charts and their seasonal model against plain references, published outputs, and their own laws."""

import csv
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import minimize, minimize_scalar

from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal.glr import GlrOptions, glr_negative_binomial, glr_poisson, likeliest_change, slope
from kentongan.engine.temporal.seasonal import (
    LARGEST_THETA,
    SeasonalOptions,
    likeliest_theta,
    polygammas,
    seasonal_model,
    solved,
    theta_score,
)


def log_probability(x: NDArray[Any], mu: NDArray[Any], alpha: float) -> float:
    """The log of Poisson or negative binomial probabilities, from their textbook form."""
    if alpha == 0:
        return float((special.xlogy(x, mu) - mu - special.gammaln(x + 1)).sum())
    r = 1 / alpha
    return float(
        (
            special.gammaln(x + r)
            - special.gammaln(r)
            - special.gammaln(x + 1)
            + r * np.log(r / (r + mu))
            + special.xlogy(x, mu / (r + mu))
        ).sum()
    )


def plain_statistic(x: NDArray[Any], mu: NDArray[Any], options: GlrOptions) -> float:
    """The definition: over all change weeks and all multiples on the right side of 1."""
    alpha = options.model.dispersion or 0.0
    sides = (0.0, 12.0) if options.direction == "increase" else (-40.0, 0.0)
    best = 0.0
    for begin in range(max(0, x.size - (options.max_span or x.size)), x.size - options.min_span + 1):
        here, there = x[begin:], mu[begin:]

        def loss(kappa: float, here: NDArray[Any] = here, there: NDArray[Any] = there) -> float:
            return log_probability(here, there, alpha) - log_probability(here, math.exp(kappa) * there, alpha)

        best = max(best, -minimize_scalar(loss, bounds=sides, method="bounded", options={"xatol": 1e-9}).fun)
    return best


def plain_chart(x: NDArray[Any], mu: NDArray[Any], options: GlrOptions) -> tuple[list[float], list[bool]]:
    start, statistics, alarms = 0, [], []
    for week in range(x.size):
        statistics.append(plain_statistic(x[start : week + 1], mu[start : week + 1], options))
        alarms.append(statistics[-1] >= options.threshold)
        start = week + 1 if alarms[-1] else start
    return statistics, alarms


chart_options = st.builds(
    GlrOptions,
    threshold=st.sampled_from([0.7, 2.03, 5.0]),
    direction=st.sampled_from(["increase", "decrease"]),
    min_span=st.integers(1, 2),
    max_span=st.sampled_from([None, 2, 4]),
    model=st.builds(SeasonalOptions, dispersion=st.sampled_from([0.0, 0.1, 0.8, 3.0])),
)
counts_and_means = st.integers(1, 8).flatmap(
    lambda weeks: st.tuples(
        st.lists(st.integers(0, 25), min_size=weeks, max_size=weeks),
        st.lists(st.sampled_from([0.2, 1.0, 3.7, 11.0]), min_size=weeks, max_size=weeks),
    )
)


@settings(max_examples=60, deadline=None)
@given(counts_and_means, chart_options)
def test_the_chart_equals_the_definition(problem: tuple[list[int], list[float]], options: GlrOptions) -> None:
    x, mu = np.array(problem[0]), np.array(problem[1])

    result = glr_negative_binomial(x, weeks=range(x.size), expected=mu, options=options)

    statistics, alarms = plain_chart(x.astype(float), mu, options)
    np.testing.assert_allclose(result.upper_bound[0], statistics, rtol=1e-6, atol=1e-6)
    assert result.is_alarm[0].tolist() == alarms
    np.testing.assert_array_equal(result.expected[0], mu)


@settings(max_examples=100, deadline=None)
@given(counts_and_means, chart_options)
def test_the_bound_in_cases_says_exactly_which_counts_raise_an_alarm(
    problem: tuple[list[int], list[float]], options: GlrOptions
) -> None:
    x, mu = np.array(problem[0]), np.array(problem[1])
    asking = replace(options, bound="cases")

    bound = glr_negative_binomial(x, weeks=range(x.size), expected=mu, options=asking).upper_bound[0, -1]

    for count in {0, 1, *([max(0, int(bound) - 1), int(bound), int(bound) + 1] if math.isfinite(bound) else [50])}:
        x[-1] = count
        alarm = glr_negative_binomial(x, weeks=range(x.size), expected=mu, options=asking).is_alarm[0, -1]
        assert alarm == (count >= bound if options.direction == "increase" else count <= bound)


def test_a_bound_in_cases_that_no_count_reaches_is_missing() -> None:
    downwards = GlrOptions(bound="cases", direction="decrease", model=SeasonalOptions(dispersion=0.5))
    upwards = GlrOptions(bound="cases", min_span=2, model=SeasonalOptions(dispersion=0.5))
    certain = GlrOptions(bound="cases", threshold=1e-300, direction="decrease", min_span=1, max_span=1)

    assert np.isnan(glr_negative_binomial([[1]], weeks=[0], expected=0.1, options=downwards).upper_bound).all()
    assert np.isnan(glr_negative_binomial([[1]], weeks=[0], expected=0.1, options=upwards).upper_bound).all()
    assert glr_poisson([[9]], weeks=[0], expected=7.5, options=certain).upper_bound[0, 0] == 7


@settings(max_examples=60, deadline=None)
@given(counts_and_means, st.sampled_from([0.0, 0.4]), st.integers(2, 5))
def test_shifting_the_weeks_of_a_flat_series_changes_nothing(
    problem: tuple[list[int], list[float]], alpha: float, shift: int
) -> None:
    x = problem[0]
    options = GlrOptions(model=SeasonalOptions(dispersion=alpha))

    here = glr_negative_binomial(x, weeks=range(len(x)), expected=2.0, options=options)
    later = glr_negative_binomial([0] * shift + x, weeks=range(shift, shift + len(x)), expected=2.0, options=options)

    np.testing.assert_array_equal(here.upper_bound, later.upper_bound)


def test_a_tiny_dispersion_is_nearly_poisson() -> None:
    x = np.array([3, 0, 7, 9, 2, 1])
    nearly = GlrOptions(model=SeasonalOptions(dispersion=1e-7))

    negative_binomial = glr_negative_binomial(x, weeks=range(6), expected=2.5, options=nearly)

    np.testing.assert_allclose(
        negative_binomial.upper_bound, glr_poisson(x, weeks=range(6), expected=2.5).upper_bound, rtol=1e-5
    )


def test_many_series_are_charted_as_each_alone() -> None:
    generator = np.random.default_rng(11)
    counts = generator.poisson(generator.gamma(2.0, [[0.4], [2.0], [9.0]], (3, 130)))

    together = glr_negative_binomial(counts, weeks=range(110, 130))

    for row, series in enumerate(counts):
        alone = glr_negative_binomial(series, weeks=range(110, 130))
        np.testing.assert_array_equal(together.upper_bound[row], alone.upper_bound[0])
        np.testing.assert_array_equal(together.expected[row], alone.expected[0])


def plain_model(y: NDArray[Any], design: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """The maximum of the textbook likelihood by a general optimiser."""

    def loss(p: NDArray[Any]) -> float:
        return -log_probability(y, np.exp(design @ p[:-1]), math.exp(p[-1]))

    start = np.zeros(design.shape[1] + 1)
    start[0] = math.log(y.mean())
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20000})
    return found.x[:-1], math.exp(found.x[-1])


@pytest.mark.parametrize("seed", range(3))
def test_the_seasonal_model_has_the_greatest_likelihood(seed: int) -> None:
    generator = np.random.default_rng(seed)
    week = np.arange(1, 157)
    mean = np.exp(1.0 + 0.5 * np.cos(2 * np.pi * week / 52))
    counts = generator.poisson(mean * generator.gamma(2.5, 1 / 2.5, week.size))
    design = np.column_stack([np.ones(156), np.cos(2 * np.pi * week / 52), np.sin(2 * np.pi * week / 52)])

    model = seasonal_model(counts, history=156)

    coefficients, alpha = plain_model(counts.astype(float), design)
    np.testing.assert_allclose(model.coefficients[0], coefficients, atol=2e-5)
    assert model.dispersion[0] == pytest.approx(alpha, rel=1e-4)
    np.testing.assert_allclose(model.expected[0], np.exp(design @ model.coefficients[0]))


def test_trend_and_covariates_are_found_again() -> None:
    week = np.arange(1, 261)
    holiday = (week % 13 == 0).astype(float)
    mean = 400 * np.exp(0.2 * week / 52 + 0.7 * holiday)
    options = SeasonalOptions(has_trend=True, dispersion=0.0)

    model = seasonal_model(np.round(mean).astype(int), history=208, covariates=holiday, options=options)

    np.testing.assert_allclose(model.coefficients[0], [math.log(400), 0.2, 0, 0, 0.7], atol=2e-3)
    np.testing.assert_allclose(model.expected[0, 208:], mean[208:], rtol=2e-3)


def test_a_chart_that_knows_of_the_holiday_raises_no_alarm_over_it() -> None:
    holiday = (np.arange(260) % 13 == 12).astype(float)
    counts = np.random.default_rng(4).poisson(np.where(holiday, 16, 4))

    ignorant = glr_poisson(counts, weeks=range(208, 260))
    knowing = glr_poisson(counts, weeks=range(208, 260), covariates=holiday)

    assert ignorant.is_alarm.any()
    assert not knowing.is_alarm.any()


def test_counts_that_vary_less_than_poisson_get_no_dispersion() -> None:
    even = [2, 3] * 60

    model = seasonal_model(even, history=120)

    assert model.dispersion[0] == 0
    poisson = seasonal_model(even, history=120, options=SeasonalOptions(dispersion=0.0))
    np.testing.assert_array_equal(model.coefficients, poisson.coefficients)


def test_a_series_without_events_or_without_a_maximum_is_not_judged() -> None:
    empty = np.zeros(120, dtype=int)
    outside = empty.copy()
    outside[110] = 9

    model = seasonal_model([empty, outside], history=110)
    result = glr_negative_binomial([empty, outside], weeks=range(110, 120))

    assert not model.is_fitted.any()
    assert np.isnan(model.expected).all()
    assert np.isnan(result.upper_bound).all()
    assert not result.is_alarm.any()


def test_a_season_that_separates_all_events_leads_to_no_expectation() -> None:
    week = np.arange(160)
    first_weeks = np.where(week % 52 < 4, 5, 0)
    once = (week == 50).astype(int)
    largest = np.where(week == 50, 2**31 - 1, 0)

    for dispersion in (None, 0.0, 0.5):
        options = SeasonalOptions(dispersion=dispersion)
        model = seasonal_model([first_weeks, once, largest], history=156, options=options)
        assert not model.is_fitted.any()
    assert seasonal_model(once, history=156, options=SeasonalOptions(harmonics=0)).expected[0, 0] == pytest.approx(
        1 / 156
    )


def test_the_largest_counts_are_fitted() -> None:
    model = seasonal_model([2**31 - 1] * 60, history=60, options=SeasonalOptions(harmonics=0))

    np.testing.assert_allclose(model.expected, 2**31 - 1)


@pytest.mark.parametrize("guess", [-40.0, 0.0, 40.0])
def test_the_likeliest_multiple_is_found_from_any_guess(guess: float) -> None:
    x, mu = np.array([0.0, 12, 1, 17, 13, 0]), np.array([2.0, 2, 2, 0.5, 2, 20])

    kappa = likeliest_change(x, mu, 1.0, 0, guess)

    assert slope(x, mu, 1.0, kappa, 0)[0] == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.floats(1e-6, 1e6))
def test_digamma_and_trigamma_equal_the_special_functions(x: float) -> None:
    assert polygammas(x) == pytest.approx(
        (float(special.digamma(x)), float(special.polygamma(1, x))), rel=1e-12, abs=1e-13
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=3, max_size=30).filter(any), st.floats(0.3, 3.0))
def test_the_likeliest_theta_is_where_the_score_is_0(counts: list[int], factor: float) -> None:
    y = np.array(counts, dtype=float)
    mu = np.full(y.size, factor * y.mean())

    theta = likeliest_theta(y, mu)

    if theta < LARGEST_THETA:
        score, _ = theta_score(y, mu, theta)
        assert abs(score) <= 1e-9 * y.size * max(1.0, 1 / theta)
    else:
        assert theta_score(y, mu, LARGEST_THETA)[0] >= -1e-9


def test_a_system_that_is_not_positive_definite_has_no_solution() -> None:
    assert np.isnan(solved(np.array([[1.0, 0.0], [2.0, 1.0]]), np.ones(2))).all()
    np.testing.assert_allclose(solved(np.array([[4.0, 0.0], [2.0, 3.0]]), np.array([2.0, 5.0])), [-0.5, 2.0])


YEAR = [[1, 2] * 40]


@pytest.mark.parametrize(
    ("counts", "weeks", "options", "reasons"),
    [
        ([[1, -1] * 40], [60], {"threshold": 0}, ["negatif", "Ambang"]),
        ([[1.0, math.nan] * 40], [60], {"direction": "both", "bound": "p"}, ["NaN", "Arah", "Batas yang diminta"]),
        (YEAR, [40], {}, ["Riwayat 40 minggu terlalu pendek"]),
        (YEAR, [4], {"model": SeasonalOptions(harmonics=0)}, ["Riwayat 4 minggu terlalu pendek"]),
        (YEAR, [60, 62], {}, ["berurutan"]),
        (YEAR, [60], {"min_span": 0}, ["Rentang perubahan terpendek"]),
        (YEAR, [60], {"min_span": 3, "max_span": 2}, ["Rentang perubahan terpanjang"]),
        (
            YEAR,
            [60],
            {"model": SeasonalOptions(harmonics=-1, period=-1, dispersion=-1)},
            ["harmonik", "Panjang musim", "Dispersi"],
        ),
    ],
)
def test_faulty_input_is_refused_with_all_reasons(counts: Any, weeks: Any, options: Any, reasons: list[str]) -> None:
    with pytest.raises(EngineInputError) as refusal:
        glr_negative_binomial(counts, weeks=weeks, options=GlrOptions(**options))

    assert len(refusal.value.details) == len(reasons)
    assert all(reason in refusal.value.message for reason in reasons)


@pytest.mark.parametrize("covariates", [[[1.0]], "libur", [math.nan] * 80, [1.0] * 80, np.zeros((80, 1, 1))])
def test_covariates_that_teach_nothing_are_refused(covariates: Any) -> None:
    with pytest.raises(EngineInputError, match=r"[Kk]ovariat"):
        glr_poisson(YEAR, weeks=[60], covariates=covariates)


def test_a_given_expectation_needs_a_dispersion_and_no_covariates() -> None:
    with pytest.raises(EngineInputError) as refusal:
        glr_negative_binomial(YEAR, weeks=[60], expected=-1.0, covariates=[1.0] * 80)

    assert len(refusal.value.details) == 3


def test_a_faulty_table_with_a_given_expectation_is_refused() -> None:
    with pytest.raises(EngineInputError, match="kosong"):
        glr_poisson([[]], weeks=[0], expected=1.0)


@pytest.mark.parametrize(("name", "file"), [("agona", "salmonella.agona"), ("salmNewport", "salmNewport")])
def test_published_charts_are_reproduced_in_every_week(name: str, file: str) -> None:
    folder = os.environ.get("KENTONGAN_REFERENCE")
    if not folder:
        pytest.skip("KENTONGAN_REFERENCE is not set: the reference series are not here, the charts are not reproduced")
    data = Path(folder) / "engine" / "data"
    with (data / "surveillance" / f"{file}.csv").open(encoding="utf-8") as lines:
        series = [sum(int(cell) for cell in row[3:]) for row in list(csv.reader(lines))[1:]]
    with (data / "surveillance_reference" / f"{name}_glrnb.csv").open(encoding="utf-8") as lines:
        answers = list(csv.DictReader(lines))

    result = glr_negative_binomial(series, weeks=[int(answer["index"]) - 1 for answer in answers])

    assert result.observed[0].tolist() == [int(answer["observed"]) for answer in answers]
    np.testing.assert_allclose(
        result.upper_bound[0], [float(answer["upperbound"]) for answer in answers], rtol=1e-7, atol=1e-12
    )
    assert result.is_alarm[0].tolist() == [answer["alarm"] == "1" for answer in answers]
