"""Farrington against the reference outputs, against dense least squares on generated series, and laws."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal import farrington as module
from kentongan.engine.temporal import quasipoisson
from kentongan.engine.temporal.baseline import baseline_of, reference_weeks
from kentongan.engine.temporal.farrington import (
    NOUFAILY,
    ORIGINAL,
    FarringtonDetection,
    FarringtonOptions,
    count_quantile,
    count_tail,
    farrington,
)
from kentongan.engine.temporal.quasipoisson import Workspace, read_series, solve, step
from kentongan.engine.tests.reference_farrington import PlainAnswer, plain_baseline, plain_farrington
from kentongan.engine.tests.surveillance_series import counts_of, reference_of, week_starts_of

FLEXIBLE = replace(ORIGINAL, method="flexible", b=3, weights_threshold=2.58)
GOLDEN = {
    "farrington1996": replace(ORIGINAL, b=3),
    "farringtonFlexible_default": FLEXIBLE,
    "farringtonFlexible_noufaily": replace(NOUFAILY, b=3),
    "farringtonFlexible_muan": replace(NOUFAILY, b=3, threshold_method="muan"),
}
COLUMNS = {
    "upperbound": "upper_bound",
    "expected": "expected",
    "pvalue": "p_value",
    "mu0Vector": "mu0",
    "phiVector": "phi",
    "trendVector": "trend",
}
FIELDS = ("upper_bound", "expected", "p_value", "mu0", "phi", "trend", "fitted", "is_alarm", "is_judged")
WEEKS = 52 * 3 + 4
UNLIMITED = (0, 1)


def drawn(seed: int, mean: float, *, weeks: int = WEEKS, series: int = 1, outbreaks: bool = True) -> NDArray[np.int64]:
    random = np.random.default_rng(seed)
    season = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(weeks) + random.integers(52)) / 52)
    rate = mean * season * np.exp(random.normal(0, 0.004) * np.arange(weeks)) * random.gamma(2, 0.5, (series, weeks))
    if outbreaks:
        rate[:, random.integers(0, weeks, 5)] *= 8
    return random.poisson(rate)


def assert_as_plain(found: FarringtonDetection, plain: PlainAnswer | None) -> None:
    if plain is None:
        assert math.isnan(found.fitted[0, 0]) or found.fitted[0, 0] == 0
        return
    for field, value in (("fitted", plain.fitted), ("phi", plain.phi), ("trend", plain.trend), ("mu0", plain.mu0)):
        assert getattr(found, field)[0, 0] == pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True), field
    assert found.upper_bound[0, 0] == pytest.approx(plain.upper_bound, rel=1e-6)
    assert found.p_value[0, 0] == pytest.approx(plain.p_value, rel=1e-5, abs=1e-12)


def assert_same(one: FarringtonDetection, other: FarringtonDetection) -> None:
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field), err_msg=field)


@pytest.mark.parametrize("series", ["agona", "salmNewport"])
@pytest.mark.parametrize("name", list(GOLDEN))
def test_every_week_of_the_reference_outputs_is_reproduced(series: str, name: str) -> None:
    reference, counts = reference_of(f"{series}_{name}"), counts_of(series)

    found = farrington(
        counts,
        weeks=reference["index"].astype(int) - 1,
        options=GOLDEN[name],
        week_starts=week_starts_of(series, len(counts)),
    )

    np.testing.assert_array_equal(found.is_alarm[0], reference["alarm"] == 1)
    np.testing.assert_array_equal(found.observed[0], reference["observed"])
    for column, field in COLUMNS.items():
        if column in reference:
            np.testing.assert_allclose(getattr(found, field)[0], reference[column], rtol=1e-9, err_msg=column)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([0.02, 0.2, 2.0, 40.0]),
    st.sampled_from(["nbPlugin", "muan", "delta"]),
    st.sampled_from([1, 4, 10]),
    st.sampled_from([1.0, 0.05]),
)
def test_the_flexible_form_equals_dense_least_squares(
    seed: int, mean: float, method: Any, periods: int, p_trend: float
) -> None:
    counts = drawn(seed, mean)[0]
    options = FarringtonOptions(
        b=3, no_periods=periods, threshold_method=method, p_threshold_trend=p_trend, limit54=UNLIMITED
    )

    plain = plain_farrington(counts, WEEKS - 1, periods=periods, method=method, p_trend=p_trend)
    assert_as_plain(farrington(counts, options=options), plain)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.05, 0.5, 10.0]), st.integers(1, 3), st.integers(1, 4))
def test_the_original_form_equals_dense_least_squares(seed: int, mean: float, b: int, w: int) -> None:
    counts = drawn(seed, mean, weeks=WEEKS + w)[0]
    options = replace(ORIGINAL, b=b, w=w, limit54=UNLIMITED)

    week = len(counts) - 1
    plain = plain_farrington(
        counts, week, b=b, w=w, periods=1, above=1.0, left_out=w, p_trend=0.05, alpha=0.05, original=True
    )
    assert_as_plain(farrington(counts, options=options), plain)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.2, 3.0]), st.floats(0, 0.5))
def test_known_weeks_and_populations_equal_dense_least_squares(seed: int, mean: float, share: float) -> None:
    random = np.random.default_rng(seed)
    counts, known = drawn(seed, mean)[0], random.random(WEEKS) < share
    population = 1000.0 * (1 + random.random()) ** (np.arange(WEEKS) / 52) * random.uniform(0.8, 1.2, WEEKS)
    options = replace(NOUFAILY, b=3, limit54=UNLIMITED)

    without = plain_farrington(counts, WEEKS - 1, known=known)
    with_population = plain_farrington(counts, WEEKS - 1, known=known, population=population)

    assert_as_plain(farrington(counts, options=options, known=known), without)
    assert_as_plain(farrington(counts, options=options, known=known, population=population), with_population)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(0, 5), st.integers(1, 12), st.integers(0, 40))
def test_the_baseline_equals_its_definition(b: int, w: int, periods: int, left_out: int) -> None:
    week = 52 * b + w

    base = baseline_of(week, reference_weeks(week, b, None), half_window=w, periods=periods, left_out=left_out)

    weeks, labels = plain_baseline(week, b=b, w=w, periods=periods, left_out=left_out)
    assert (base.position.tolist(), base.period.tolist()) == (weeks, labels)
    np.testing.assert_array_equal(base.now - base.time, week - base.position)
    spelled_out = [time + j for time, length in zip(base.run_time, base.run_length, strict=True) for j in range(length)]
    assert spelled_out == base.time.tolist()
    assert np.repeat(base.run_period, base.run_length).tolist() == labels


@pytest.mark.parametrize(
    ("day", "years_ago"),
    [
        ("2012-02-27", ["2009-03-02", "2010-03-01", "2011-02-28"]),
        ("2012-03-19", ["2009-03-16", "2010-03-22", "2011-03-21"]),
    ],
)
def test_the_same_week_of_earlier_years_starts_nearest_to_the_same_date(day: str, years_ago: list[str]) -> None:
    starts = np.datetime64("2008-01-07") + 7 * np.arange(300)
    week = int(np.flatnonzero(starts == np.datetime64(day))[0])

    assert starts[reference_weeks(week, 3, starts)].astype(str).tolist() == years_ago


def test_a_leap_day_is_the_first_of_march_in_other_years() -> None:
    starts = np.datetime64("2020-02-29") + 7 * np.arange(-60, 1)

    assert starts[reference_weeks(60, 1, starts)].astype(str).tolist() == ["2019-03-02"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.05, 3.0]), st.integers(1, 4))
def test_series_do_not_depend_on_each_other_their_order_or_the_executor(seed: int, mean: float, at_once: int) -> None:
    counts = drawn(seed, mean, series=7)
    order = np.random.default_rng(seed).permutation(7)

    together = farrington(counts, options=replace(NOUFAILY, b=3))

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as executor:
        patch.setattr(module, "SERIES_AT_ONCE", at_once)
        assert_same(together, farrington(counts, options=replace(NOUFAILY, b=3), executor=executor))
    for field in FIELDS:
        permuted = getattr(farrington(counts[order], options=replace(NOUFAILY, b=3)), field)
        np.testing.assert_array_equal(permuted, getattr(together, field)[order], err_msg=field)
        alone = getattr(farrington(counts[3], options=replace(NOUFAILY, b=3)), field)
        np.testing.assert_array_equal(alone[0], getattr(together, field)[3], err_msg=field)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.05, 3.0]))
def test_known_weeks_outside_the_baseline_change_nothing_and_those_inside_count_for_nothing(
    seed: int, mean: float
) -> None:
    counts, options = drawn(seed, mean, series=3), replace(NOUFAILY, b=3)
    recent, one = np.zeros(WEEKS, dtype=bool), np.zeros(counts.shape, dtype=bool)
    recent[WEEKS - 27 :] = True
    one[1, 40] = True
    changed = counts.copy()
    changed[1, 40] += 100

    assert_same(farrington(counts, options=options), farrington(counts, options=options, known=recent))
    assert_same(farrington(counts, options=options, known=one), farrington(changed, options=options, known=one))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 1000.0))
def test_a_population_in_other_units_changes_nothing(seed: int, factor: float) -> None:
    counts, options = drawn(seed, 2.0), replace(NOUFAILY, b=3)
    people = np.linspace(900.0, 1100.0, WEEKS)

    one, other = (farrington(counts, options=options, population=p) for p in (people, factor * people))

    np.testing.assert_allclose(other.fitted, one.fitted, rtol=1e-6)
    np.testing.assert_allclose(other.p_value, one.p_value, rtol=1e-5)


def test_an_equal_population_changes_nothing() -> None:
    counts, options = drawn(3, 2.0, series=4), replace(NOUFAILY, b=3)

    with_population = farrington(counts, options=options, population=np.full((4, WEEKS), 500.0))

    np.testing.assert_allclose(with_population.fitted, farrington(counts, options=options).fitted, rtol=1e-9)


def test_several_weeks_are_each_judged_as_if_asked_alone() -> None:
    counts, options = drawn(5, 2.0, weeks=WEEKS + 10, series=2), replace(NOUFAILY, b=3)

    together = farrington(counts, weeks=[WEEKS, WEEKS + 9], options=options)

    for column, week in enumerate((WEEKS, WEEKS + 9)):
        cut = farrington(counts[:, : week + 1], options=options)
        np.testing.assert_array_equal(together.upper_bound[:, column], cut.upper_bound[:, 0])


def test_a_week_with_too_few_cases_is_not_judged_and_its_expectation_is_still_told() -> None:
    counts = drawn(1, 0.4, outbreaks=False)[0]
    counts[-4:] = [0, 0, 1, 3]

    flexible, original = farrington(counts, options=FLEXIBLE), farrington(counts, options=replace(ORIGINAL, b=3))

    assert not flexible.is_judged[0, 0]
    assert not flexible.is_alarm[0, 0]
    assert math.isnan(flexible.upper_bound[0, 0])
    assert math.isnan(flexible.expected[0, 0])
    assert flexible.fitted[0, 0] > 0
    assert original.upper_bound[0, 0] == 0
    assert farrington([*counts[:-1], 4], options=FLEXIBLE).is_judged[0, 0]


@pytest.mark.parametrize(("method", "mu0"), [("nbPlugin", 0.0), ("muan", -math.log(0.01) / 133), ("delta", math.nan)])
def test_after_a_baseline_without_events_the_chance_falls_with_its_length(method: Any, mu0: float) -> None:
    counts = np.zeros(WEEKS, dtype=int)
    counts[-1] = 2
    options = replace(NOUFAILY, b=3, threshold_method=method, limit54=UNLIMITED)

    found = farrington(counts, options=options)

    assert (found.fitted[0, 0], found.phi[0, 0], found.upper_bound[0, 0]) == (0.0, 1.0, 0.0)
    assert found.p_value[0, 0] == pytest.approx(1 / 134**2)
    assert found.mu0[0, 0] == pytest.approx(mu0, nan_ok=True)
    assert farrington(counts, options=replace(options, alpha=1e-3)).upper_bound[0, 0] == 1


def test_without_any_week_of_the_same_season_nothing_is_said() -> None:
    counts, known = drawn(2, 3.0)[0], np.zeros(WEEKS, dtype=bool)
    for centre in reference_weeks(WEEKS - 1, 3, None):
        known[centre - 3 : centre + 4] = True

    found = farrington(counts, options=replace(NOUFAILY, b=3), known=known)

    assert math.isnan(found.fitted[0, 0])
    assert math.isnan(found.p_value[0, 0])
    assert not found.is_alarm[0, 0]


def test_too_few_weeks_for_the_periods_give_no_answer() -> None:
    counts, known = drawn(2, 3.0)[0], np.ones(WEEKS, dtype=bool)
    known[reference_weeks(WEEKS - 1, 3, None)[-1]] = False

    assert math.isnan(farrington(counts, options=replace(NOUFAILY, b=3), known=known).fitted[0, 0])


def test_a_single_event_at_the_edge_gives_no_trend() -> None:
    counts = np.zeros(WEEKS, dtype=int)
    counts[0] = 1

    found = farrington(counts, options=replace(FLEXIBLE, p_threshold_trend=1.0))

    assert math.isnan(found.trend[0, 0])
    assert found.fitted[0, 0] == pytest.approx(1 / 21, rel=1e-6)


def interpreted(function: Any) -> Any:
    """Return the function as Python runs it, which sees patched constants, however the tests are run."""
    return getattr(function, "py_func", function)


def workspace(weeks: int, periods: int) -> Workspace:
    whole = ("eventful", "odd", "seen", "steps")
    sizes = dict.fromkeys(("level", "before", "rate", "sum_0", "sum_1", "events", "seen"), periods)
    fields = {
        name: np.zeros(sizes.get(name, weeks), dtype=np.int64 if name in whole else np.float64)
        for name in Workspace._fields
    }
    return Workspace(**{**fields, "powers": np.zeros((4, weeks))})


def test_a_period_whose_weights_vanish_has_no_next_step() -> None:
    work = workspace(4, 2)
    work.seen[:] = 1

    assert math.isnan(step(work, True, 1.0, 0.0, 1.0)[0])


def test_a_fit_that_needs_too_many_steps_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    base = baseline_of(WEEKS - 1, reference_weeks(WEEKS - 1, 3, None), half_window=3, periods=1, left_out=3)
    work, nothing = workspace(len(base.position), 1), np.zeros(0)
    series = read_series(work, base, drawn(1, 3.0)[0], np.zeros(0, dtype=bool))
    solved = interpreted(solve)(work, base, series, True, nothing, nothing)

    monkeypatch.setattr(quasipoisson, "MAX_STEPS", 2)
    given_up = interpreted(solve)(work, base, series, True, nothing, nothing)

    assert (solved.is_fitted, given_up.is_fitted) == (True, False)


def test_a_trend_that_does_not_converge_is_left_out() -> None:
    counts = np.zeros(WEEKS, dtype=int)
    counts[87] = 1
    options = replace(NOUFAILY, b=3, limit54=UNLIMITED)

    found = farrington(counts, options=options)

    assert math.isnan(found.trend[0, 0])
    assert_as_plain(found, plain_farrington(counts, WEEKS - 1))


def test_a_period_of_which_every_week_is_known_is_no_part_of_the_model() -> None:
    counts, known = drawn(8, 3.0)[0], np.zeros(WEEKS, dtype=bool)
    weeks, periods = plain_baseline(WEEKS - 1, b=3, w=3, periods=10, left_out=26)
    known[[week for week, period in zip(weeks, periods, strict=True) if period == 4]] = True

    found = farrington(counts, options=replace(NOUFAILY, b=3, limit54=UNLIMITED), known=known)

    assert_as_plain(found, plain_farrington(counts, WEEKS - 1, known=known))


def test_large_and_nearly_constant_counts_converge() -> None:
    counts = 10**8 + np.random.default_rng(1).integers(0, 3, WEEKS)

    found = farrington(counts, options=replace(NOUFAILY, b=3))

    assert found.fitted[0, 0] == pytest.approx(10**8, rel=1e-6)
    assert not math.isnan(found.trend[0, 0])


def test_a_past_outbreak_raises_the_bound_less_when_its_weeks_count_less() -> None:
    counts = drawn(4, 5.0, outbreaks=False)[0]
    counts[60:66] += 80

    bounds = [farrington(counts, options=replace(NOUFAILY, b=3, reweight=r)).upper_bound[0, 0] for r in (True, False)]

    assert bounds[0] < bounds[1]


def test_without_trend_none_is_fitted() -> None:
    found = farrington(drawn(6, 5.0, series=3), options=replace(NOUFAILY, b=3, trend=False))

    assert np.isnan(found.trend).all()


@pytest.mark.parametrize("transform", ["2/3", "1/2", "none"])
def test_bound_and_p_value_agree_under_every_transform(transform: Any) -> None:
    counts = drawn(7, 20.0)[0]
    options = replace(FLEXIBLE, power_transform=transform, limit54=UNLIMITED)
    bound = math.floor(farrington(counts, options=options).upper_bound[0, 0])

    p_at, p_above = (farrington([*counts[:-1], count], options=options).p_value[0, 0] for count in (bound, bound + 1))

    assert p_at >= options.alpha > p_above


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-3, 1e5), st.floats(1.0, 50.0), st.sampled_from([1e-6, 0.01, 0.4]))
def test_quantile_and_tail_of_the_counts_are_those_of_their_distribution(mean: float, phi: float, alpha: float) -> None:
    if phi < 1 + 1e-6:
        phi = 1.0
    means, phis = np.array([mean]), np.array([phi])
    counts = stats.nbinom(mean / (phi - 1), 1 / phi) if phi > 1 else stats.poisson(mean)

    quantile = count_quantile(alpha, means, phis)

    above, at = count_tail(quantile + 1, means, phis)[0], counts.sf(quantile[0] - 1)
    assert above == pytest.approx(counts.sf(quantile[0]), rel=1e-6)
    assert above <= alpha * (1 + 1e-9)
    assert at > alpha * (1 - 1e-9)


def test_a_history_too_short_is_refused_with_its_week() -> None:
    with pytest.raises(EngineInputError, match="minggu 158 terlalu pendek"):
        farrington(drawn(1, 1.0)[0], weeks=[158, 159], options=replace(NOUFAILY, b=3))


@pytest.mark.parametrize(
    ("given_too", "says"),
    [
        ({"week_starts": ["x"] * WEEKS}, "tanggal"),
        ({"week_starts": ["2020-01-06"]}, "satu tanggal"),
        ({"week_starts": ["2020-01-06"] * WEEKS}, "7 hari"),
        ({"known": [True]}, "ya/tidak"),
        ({"known": np.zeros(WEEKS)}, "ya/tidak"),
        ({"population": ["a"] * WEEKS}, "penduduk harus berupa"),
        ({"population": np.ones(3)}, "penduduk harus berupa"),
        ({"population": np.zeros(WEEKS)}, "lebih dari 0"),
        ({"population": np.full(WEEKS, math.nan)}, "lebih dari 0"),
        ({"weeks": WEEKS}, "di luar deret"),
    ],
)
def test_input_that_makes_no_sense_is_refused(given_too: dict[str, Any], says: str) -> None:
    with pytest.raises(EngineInputError, match=says):
        farrington(drawn(1, 1.0)[0], options=replace(NOUFAILY, b=3), **given_too)


def test_all_faults_are_gathered_in_one_refusal() -> None:
    wrong: Any = FarringtonOptions(
        method="x",  # type: ignore[arg-type]
        threshold_method="x",  # type: ignore[arg-type]
        power_transform="x",  # type: ignore[arg-type]
        b=0,
        w=-1,
        no_periods=0,
        past_weeks_not_included=-1,
        weights_threshold=0.0,
        p_threshold_trend=2.0,
        alpha=0.5,
        limit54=(-1, 0),
    )

    with pytest.raises(EngineInputError) as refusal:
        farrington([[1, -1, 2]], options=wrong, known=[1], population=["x"])

    assert len(refusal.value.details) == 14
    with pytest.raises(EngineInputError, match="satu periode"):
        farrington(drawn(1, 1.0)[0], options=replace(ORIGINAL, no_periods=10))
    with pytest.raises(EngineInputError, match="muat dalam satu tahun"):
        farrington(drawn(1, 1.0)[0], options=replace(NOUFAILY, no_periods=46))
