"""The chance of the last weeks of a series, against sums over every way in which its events could lie."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal.surge import (
    RECENT_WEEKS,
    SMALLEST_P,
    TIE,
    _rarest_window_of_many,
    level_of_others,
    pooled_dispersion,
    surges_from_expectation,
    surges_from_history,
)

levels = st.floats(0.4, 2.5)
dispersions = st.one_of(st.just(1.0), st.floats(1.05, 3.0))
short_series = st.lists(st.integers(0, 2), min_size=RECENT_WEEKS + 1, max_size=RECENT_WEEKS + 3).filter(
    lambda counts: 0 < sum(counts) <= 5
)


@cache
def divisions(total: int) -> NDArray[np.int64]:
    """Every way to divide so many events among the time before and the last weeks (ways, 1 + RECENT_WEEKS)."""
    recent = [way for way in product(range(total + 1), repeat=RECENT_WEEKS) if sum(way) <= total]
    return np.array([(total - sum(way), *way) for way in recent])


def plain_p(counts: list[int], ways: NDArray[np.int64], chance: NDArray[np.float64]) -> float:
    """The p-value of the last weeks from the chance of each way that they could be, the last week last (equations 4 to 5)."""
    within = np.cumsum(ways[:, ::-1], axis=1)
    seen = np.cumsum(counts[::-1])
    most = int(within.max()) + 2
    tails = [[chance[within[:, w] >= x].sum() for x in range(most)] for w in range(RECENT_WEEKS)]
    rarity = min(tails[w][seen[w]] for w in range(RECENT_WEEKS)) * (1 + TIE)
    limits = [next(x for x in range(most) if tails[w][x] <= rarity) for w in range(RECENT_WEEKS)]
    return float(chance[(within >= limits).any(axis=1)].sum())


@settings(deadline=None, max_examples=40)
@given(short_series, dispersions, levels)
def test_given_all_events_the_p_value_is_that_of_all_their_divisions(
    counts: list[int], phi: float, level: float
) -> None:
    total = sum(counts)
    weights = np.linspace(1.0, 0.6, len(counts))
    mean = total * weights / weights.sum()
    mean[-RECENT_WEEKS:] *= level
    parts = np.array([mean[:-RECENT_WEEKS].sum(), *mean[-RECENT_WEEKS:]])
    ways = divisions(total)
    law = (
        stats.multinomial(total, parts / parts.sum())
        if phi == 1
        else stats.dirichlet_multinomial(parts / (phi - 1), total)
    )

    surge = surges_from_history([counts], weights, dispersion=phi, level=level)

    p = plain_p(counts[-RECENT_WEEKS:], ways[:, 1:], np.array([law.pmf(way) for way in ways]))
    assert surge.p_value[0] == pytest.approx(p, rel=1e-5)
    assert surge.observed[0] == sum(counts[-int(surge.weeks[0]) :])


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.sampled_from([1.0, 1.2, 1.4]))
def test_given_the_expectation_the_p_value_is_that_of_all_counts_of_four_weeks(counts: list[int], phi: float) -> None:
    mean = np.array([0.3, 0.2, 0.4, 0.25])
    most = 11
    one, two, three, four = (
        stats.poisson(m).pmf(range(most)) if phi == 1 else stats.nbinom(m / (phi - 1), 1 / phi).pmf(range(most))
        for m in mean
    )
    chance = np.einsum("i,j,k,l->ijkl", one, two, three, four).ravel()
    ways = np.array(list(product(range(most), repeat=RECENT_WEEKS)))

    surge = surges_from_expectation([counts], [mean], dispersion=phi)

    assert surge.p_value[0] == pytest.approx(plain_p(counts, ways, chance), rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("cv2", [0.3, 0.08, 0.02, 0.004])
def test_the_less_sure_the_level_the_less_surprising_is_a_surge(cv2: float) -> None:
    counts, weights = [[*([1, 0] * 12), 1, 2, 0, 2]], np.ones(28)

    sure, unsure, less_sure = (
        surges_from_history(counts, weights, level_cv2=variation).p_value[0] for variation in (0.0, cv2, 1.5 * cv2)
    )

    assert sure < unsure < less_sure


def test_the_chance_of_the_last_weeks_with_an_unsure_level_is_the_integral() -> None:
    counts, shape = [[0, 0, 0, 3]], 12.5
    mean = np.array([[1e-9, 1e-9, 1e-9, 0.7]])  # as good as a single week, so the choice of window costs nothing

    surge = surges_from_expectation(counts, mean, level_cv2=1 / shape)

    assert surge.p_value[0] == pytest.approx(stats.nbinom(shape, shape / (shape + 0.7)).sf(2), rel=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 4), min_size=12, max_size=30), dispersions, st.data())
def test_an_event_moved_from_an_earlier_week_into_the_last_never_raises_the_p_value(
    counts: list[int], phi: float, data: st.DataObject
) -> None:
    earlier = [week for week, count in enumerate(counts[:-RECENT_WEEKS]) if count]
    if not earlier:
        return
    week = data.draw(st.sampled_from(earlier))
    moved = counts.copy()
    moved[week] -= 1
    moved[-1] += 1

    before, after = surges_from_history([counts, moved], np.ones(len(counts)), dispersion=phi).p_value

    assert after <= before * (1 + 1e-9)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 4), min_size=12, max_size=30), dispersions, st.randoms(use_true_random=False))
def test_order_of_earlier_weeks_scale_of_weights_and_other_series_change_nothing(
    counts: list[int], phi: float, random: Any
) -> None:
    earlier = counts[:-RECENT_WEEKS]
    random.shuffle(earlier)
    shuffled = [*earlier, *counts[-RECENT_WEEKS:]]
    weights = np.ones(len(counts))

    alone = surges_from_history([counts], weights, dispersion=phi)
    together = surges_from_history([[0] * len(counts), shuffled], 3 * weights, dispersion=phi)

    assert together.p_value[1] == pytest.approx(alone.p_value[0], rel=1e-9)
    assert together.p_value[0] == 1.0


@pytest.mark.parametrize("phi", [1.0, 2.0])
@pytest.mark.parametrize("mean", [0.3, 3.0])
def test_when_nothing_happens_few_series_are_surprising(phi: float, mean: float) -> None:
    rng = np.random.default_rng(5)
    weights = np.ones(56)
    weights[-2:] = 0.9, 0.6
    counts = (
        rng.poisson(mean * weights, (1500, 56))
        if phi == 1
        else rng.negative_binomial(mean * weights / (phi - 1), 1 / phi, (1500, 56))
    )

    p = surges_from_history(counts, weights, dispersion=phi).p_value

    for limit in (0.2, 0.05, 0.01):
        assert (p <= limit).mean() <= limit + 3 * np.sqrt(limit / p.size)


def test_a_week_of_which_half_is_known_is_expected_half() -> None:
    counts = [*([4] * 20), 4]

    whole = surges_from_history([counts], np.ones(21))
    half = surges_from_history([counts], np.append(np.ones(20), 0.5))

    assert half.weeks[0] == 1
    assert half.expected[0] == pytest.approx(84 * 0.5 / 20.5)
    assert half.p_value[0] < whole.p_value[0]


def test_a_surge_beyond_all_measure_keeps_a_p_value_above_0() -> None:
    assert surges_from_history([[*([0] * 40), 30, 40, 50, 60]], np.ones(44)).p_value[0] == SMALLEST_P


def test_dispersion_is_that_of_the_counts_and_1_where_nothing_tells() -> None:
    rng = np.random.default_rng(3)
    weights = np.ones(52)

    poisson = pooled_dispersion(rng.poisson(0.5, (400, 52)), weights)
    clumped = pooled_dispersion(rng.negative_binomial(0.5, 0.5, (400, 52)), weights)

    assert 1.0 <= poisson < 1.05
    assert 1.85 < clumped < 2.15
    assert pooled_dispersion(np.eye(5, dtype=int), np.ones(5)) == 1.0
    assert pooled_dispersion([[4]], [1.0]) == 1.0
    assert pooled_dispersion([[1, 1, 1, 1], [0, 0, 0, 0]], np.ones(4)) == 1.0


def test_the_others_show_the_season_the_better_the_more_they_are() -> None:
    level, cv2 = level_of_others([0, 14, 140], [0, 10, 100], [0, 120, 1200], prior_cv2=0.08)

    assert level[0] == 1.0
    assert 1.0 < level[1] < level[2] < 1.4
    assert cv2[0] == 0.08
    assert cv2[0] > cv2[1] > cv2[2] > 0
    with pytest.raises(EngineInputError, match="Aras musim"):
        level_of_others([1], [1], [1], prior_cv2=0.0)


def test_all_faults_of_a_call_are_named_at_once() -> None:
    with pytest.raises(EngineInputError) as caught:
        surges_from_history([[1, 2, 3, 4]], [1.0], dispersion=0.5, level=-1.0, level_cv2=np.nan)
    with pytest.raises(EngineInputError) as other:
        surges_from_expectation([[1, 2, 3]], [[1.0, 0.0, 1.0]])
    with pytest.raises(EngineInputError) as third:
        pooled_dispersion([[1, 2, -3]], [1.0, 2.0])

    assert len(caught.value.details) == 5
    assert len(other.value.details) == 2
    assert len(third.value.details) == 1
    with pytest.raises(EngineInputError, match="Bobot"):
        pooled_dispersion([[1, 2, 3]], [1.0, 2.0])


def test_a_week_of_which_almost_nothing_is_expected_is_judged_all_the_same() -> None:
    judged = surges_from_expectation([[0, 0, 0, 1]], [[1e-20, 1.0, 1.0, 1.0]], dispersion=1.2, level_cv2=0.0)

    assert 0.5 < judged.p_value[0] <= 1.0


@pytest.mark.parametrize("total", [20_000, 200_000])
def test_a_backlog_of_many_thousands_is_judged_without_a_table_of_them(total: int) -> None:
    quiet = np.full(56, total // 56)
    backlog = quiet.copy()
    backlog[-2:] += total // 10

    judged = surges_from_history([quiet, backlog], np.ones(56), dispersion=1.5, level=1.0, level_cv2=0.01)

    assert judged.p_value[0] > 0.1
    assert judged.p_value[1] < 1e-6


def test_the_bound_for_many_lies_above_the_exact_value_and_near_it() -> None:
    mean, rest = np.array([20.0, 20.0, 20.0, 20.0]), 900.0
    counts = np.array([[20, 22, 30, 38]])
    exact = surges_from_expectation(counts, mean[None], dispersion=1.3, level_cv2=0.02).p_value[0]

    bound, weeks = _rarest_window_of_many(counts[0, ::-1], mean, rest, -1, 1.3, 0.02)

    assert exact <= bound <= 4 * exact
    assert 1 <= weeks <= 4
