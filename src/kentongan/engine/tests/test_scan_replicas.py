"""Replicas are worlds of the null hypothesis: their means, variances and margins, and p-values that are uniform."""

import math
from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from kentongan.engine import (
    Baseline,
    Bernoulli,
    Clumps,
    Inference,
    Permutation,
    Plane,
    Poisson,
    Prospective,
    Retrospective,
    ScanOptions,
    ZoneLimits,
    scan,
)
from kentongan.engine.scanning.preparing import Setup
from kentongan.engine.scanning.replicas import LANES, alias_table
from kentongan.engine.tests.scan_problems import ScanProblem, drawn

REPLICAS = 6400
FIVE_ERRORS = 5.0
CASES = np.array([[3, 0, 2, 9], [1, 1, 0, 4], [0, 2, 2, 0], [5, 0, 0, 6]])
EXPECTED = np.array([[4.0, 1.0, 2.0, 7.5], [0.2, 3.0, 0.5, 4.0], [0.0, 2.0, 6.0, 0.0], [5.0, 0.1, 1.0, 0.7]])
CONTROLS = np.array([[2, 0, 9, 3], [0, 4, 1, 1], [7, 7, 0, 2], [1, 0, 0, 5]])
LINE = Plane([0.0, 1.0, 2.0, 3.0], [0.0] * 4)


def worlds(hypothesis: Any, windows: Any = Retrospective(max_periods=2)) -> tuple[Setup, NDArray[np.int64]]:  # noqa: B008 - frozen
    """Return the scan and its replicas' cases (places, columns, replicas) by the caller's numbers of the places."""
    setup = ScanProblem(CASES, LINE, hypothesis, ScanOptions(windows=windows)).set_up()
    (problem,) = setup.problems(seed=7)
    by_batch = [drawn(problem, list(range(first, first + LANES))) for first in range(0, REPLICAS, LANES)]
    counts = np.zeros((len(CASES), setup.columns.last.size, REPLICAS), np.int64)
    counts[setup.place_of] = np.concatenate(by_batch, axis=2)
    return setup, counts


def assert_moments(counts: NDArray[np.int64], mean: NDArray[np.float64], variance: NDArray[np.float64]) -> None:
    """Each cell's mean and variance over the replicas lie within five standard errors."""
    centred = counts - counts.mean(axis=2, keepdims=True)
    spread = np.sqrt((centred**4).mean(axis=2) - (centred**2).mean(axis=2) ** 2)
    assert (np.abs(counts.mean(axis=2) - mean) <= FIVE_ERRORS * np.sqrt(variance / REPLICAS) + 1e-12).all()
    assert (np.abs(counts.var(axis=2) - variance) <= FIVE_ERRORS * spread / math.sqrt(REPLICAS) + 1e-12).all()


def test_poisson_replicas_are_multinomial_around_the_expectation() -> None:
    total = CASES.sum()
    mean = EXPECTED * total / EXPECTED.sum()

    _, counts = worlds(Poisson(EXPECTED))

    assert (counts.sum(axis=(0, 1)) == total).all()
    assert_moments(counts, mean, mean * (1 - mean / total))


def test_poisson_replicas_leave_what_lies_in_no_window_to_chance() -> None:
    total = CASES.sum()
    mean = EXPECTED[:, 2:] * total / EXPECTED.sum()

    _, counts = worlds(Poisson(EXPECTED), Prospective(max_periods=2))

    assert_moments(counts[:, ::-1], mean, mean * (1 - mean / total))


def test_replicas_of_a_baseline_vary_in_their_total() -> None:
    _, counts = worlds(Baseline(EXPECTED))

    assert_moments(counts, EXPECTED, EXPECTED)
    assert counts.sum(axis=(0, 1)).var() == pytest.approx(EXPECTED.sum(), rel=0.1)


@pytest.mark.parametrize("dispersion", [0.5, 3.0])
def test_clumped_replicas_have_the_variance_of_a_negative_binomial(dispersion: float) -> None:
    _, counts = worlds(Baseline(EXPECTED, dispersion))

    assert_moments(counts, EXPECTED, EXPECTED + EXPECTED**2 / dispersion)


def test_clumped_replicas_are_negative_binomial() -> None:
    _, counts = worlds(Baseline(EXPECTED, 2.0))

    for place, period in ((0, 3), (1, 1), (3, 1)):
        mean = EXPECTED[place, period]
        of_cell = counts[place, period]
        most = int(np.quantile(of_cell, 0.98))
        observed = np.bincount(np.minimum(of_cell, most + 1), minlength=most + 2)
        chance = stats.nbinom.pmf(np.arange(most + 1), 2.0, 2.0 / (2.0 + mean))
        expected = REPLICAS * np.append(chance, 1 - chance.sum())
        assert stats.chisquare(observed, expected).pvalue > 1e-4


def test_clumped_periods_that_share_a_column_keep_their_mean_and_variance() -> None:
    first_two, by_period = EXPECTED[:, 2:].sum(axis=1), EXPECTED[:, 2:]
    variance = (by_period + by_period**2 / 0.8).sum(axis=1)

    _, counts = worlds(Baseline(EXPECTED, 0.8), Prospective(min_periods=2, max_periods=3))

    assert_moments(counts[:, :1], first_two[:, None], variance[:, None])


def test_permuted_replicas_keep_the_cases_of_every_place_and_period() -> None:
    _, counts = worlds(Permutation())
    mean = np.outer(CASES.sum(axis=1), CASES.sum(axis=0)) / CASES.sum()
    total = CASES.sum()
    spare = np.outer(total - CASES.sum(axis=1), total - CASES.sum(axis=0)) / (total * (total - 1))

    assert (counts.sum(axis=1) == CASES.sum(axis=1)[:, None]).all()
    assert (counts.sum(axis=0) == CASES.sum(axis=0)[:, None]).all()
    assert_moments(counts, mean, mean * spare)


def test_replicas_of_cases_and_controls_choose_the_cases_among_the_same_individuals() -> None:
    individuals = CASES + CONTROLS
    total, everyone = CASES.sum(), individuals.sum()
    mean = individuals * total / everyone

    _, counts = worlds(Bernoulli(CONTROLS))

    assert (counts.sum(axis=(0, 1)) == total).all()
    assert (counts <= individuals[:, :, None]).all()
    assert_moments(counts, mean, mean * (1 - individuals / everyone) * (everyone - total) / (everyone - 1))


@pytest.mark.parametrize("seed", range(20))
def test_an_alias_table_gives_every_cell_its_weight_and_no_cell_without_weight_a_case(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.gamma(0.3, 1.0, 60) * rng.integers(0, 2, 60) + (np.arange(60) == 7)

    table = alias_table(weights)

    stays, other = (table >> np.uint64(32)) / 2**32, (table & np.uint64(2**32 - 1)).astype(np.int64)
    chance = stays / 60
    np.add.at(chance, other, (1 - stays) / 60)
    assert chance == pytest.approx(weights / weights.sum(), abs=1e-9)
    assert (chance[weights == 0] == 0).all()


SPARSE = np.array([[3, 0, 1, 0], [0, 0, 0, 7], [2, 0, 1, 0], [0, 0, 0, 1], [0, 4, 0, 0]])
OF_PLACE = np.array([0, 1, 2, 3, 1])


def dealt(cases: NDArray[np.int64], of_place: NDArray[np.int64], replicas: int) -> NDArray[np.int64]:
    """Return replicas (sources, periods, replicas) in which whole clumps changed their periods."""
    # Each source is a place of its own here, so that it can be seen what became of its clumps.
    hypothesis = Permutation(clumps=Clumps())
    where = Plane(np.arange(len(cases), dtype=float), of_place)
    setup = ScanProblem(cases, where, hypothesis, ScanOptions(windows=Retrospective(max_periods=2))).set_up()
    (problem,) = setup.problems(seed=3)
    counts = np.zeros((len(cases), cases.shape[1], replicas), np.int64)
    for first in range(0, replicas, LANES):
        counts[setup.place_of, :, first : first + LANES] = drawn(problem, list(range(first, first + LANES)))
    return counts


def test_clumps_stay_whole_and_with_their_source_and_every_period_keeps_its_number_of_them() -> None:
    counts = dealt(SPARSE, OF_PLACE, REPLICAS)

    assert ((counts > 0).sum(axis=0) == (SPARSE > 0).sum(axis=0)[:, None]).all()
    sizes = np.sort(counts, axis=1)
    assert (sizes == np.sort(SPARSE, axis=1)[:, :, None]).all()


def test_all_ways_to_deal_the_clumps_are_about_equally_likely() -> None:
    counts = dealt(SPARSE, OF_PLACE, REPLICAS).reshape(-1, REPLICAS).T

    _, seen = np.unique(counts, axis=0, return_counts=True)
    ways = [table for table in _tables_of(SPARSE) if ((table > 0).sum(axis=0) == (SPARSE > 0).sum(axis=0)).all()]
    assert seen.size == len(ways)
    assert stats.chisquare(seen).pvalue > 0.001


def _tables_of(cases: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield every table whose rows hold the same numbers as these rows, in any order."""
    by_row = [sorted(set(permutations(row))) for row in cases.tolist()]
    for rows in product(*by_row):
        yield np.array(rows)


def test_clumps_of_villages_move_inside_their_district() -> None:
    by_district = np.zeros((4, 4), np.int64)
    np.add.at(by_district, OF_PLACE, SPARSE)
    hypothesis = Permutation(clumps=Clumps(cases=SPARSE, place=OF_PLACE))
    setup = ScanProblem(by_district, LINE, hypothesis, ScanOptions(windows=Retrospective(max_periods=2))).set_up()
    (problem,) = setup.problems(seed=3)

    counts = np.zeros((4, 4, LANES), np.int64)
    counts[setup.place_of] = drawn(problem, list(range(LANES)))

    assert (counts.sum(axis=1) == by_district.sum(axis=1)[:, None]).all()
    assert (counts.sum(axis=(0, 1)) == SPARSE.sum()).all()
    # The two villages of district 1 may meet in one period, which clumps of one village never do.
    assert (counts[1] == 11).any()


PLACES, PERIODS, WORLDS = 12, 6, 250
rates = np.random.default_rng(3).gamma(2.0, 1.0, (PLACES, PERIODS))


def null_world(name: str, rng: np.random.Generator) -> tuple[NDArray[np.int64], Any]:
    match name:
        case "permutation":
            return rng.poisson(rates.sum(axis=1)[:, None] * rates.sum(axis=0) / rates.sum()), Permutation()
        case "clumps":
            sizes = rng.poisson(1.5, rates.shape) + 1
            return rng.binomial(1, 0.25, rates.shape) * sizes, Permutation(clumps=Clumps(), is_smoothed=True)
        case "poisson":
            return rng.poisson(rates), Poisson(rates)
        case "baseline":
            return rng.poisson(rates), Baseline(rates)
        case "clumped":
            return rng.negative_binomial(1.5, 1.5 / (1.5 + rates)), Baseline(rates, 1.5)
        case _:
            individuals = rng.poisson(4 * rates) + 1
            cases = rng.binomial(individuals, 0.3)
            return cases, Bernoulli(individuals - cases)


@pytest.mark.parametrize("name", ["permutation", "clumps", "poisson", "bernoulli", "baseline", "clumped"])
@pytest.mark.parametrize("direction", ["high", pytest.param("low", marks=pytest.mark.nightly)])
def test_p_values_of_worlds_without_clusters_are_uniform(name: str, direction: Any) -> None:
    rng = np.random.default_rng(sum(map(ord, name + direction)))
    where = Plane(rng.random(PLACES), rng.random(PLACES))
    options = ScanOptions(
        windows=Prospective(max_periods=3), zones=ZoneLimits(max_share=0.5), direction=direction, min_cases=1
    )

    p_values = []
    for world in range(WORLDS):
        cases, hypothesis = null_world(name, rng)
        found = scan(cases, where, hypothesis, options, Inference(replicas=79, seed=world), workers=1)
        p_values.append(found.clusters[0].p_value if found.clusters else 1.0)

    # 80 equally likely values; blurred into a continuous uniform distribution.
    blurred = np.array(p_values) - rng.random(WORLDS) / 80
    assert stats.kstest(blurred, "uniform").pvalue > 0.001
    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / WORLDS))


def test_cases_that_clump_would_fool_a_baseline_without_dispersion() -> None:
    rng = np.random.default_rng(11)
    where = Plane(rng.random(PLACES), rng.random(PLACES))
    options = ScanOptions(windows=Prospective(max_periods=3))

    false_alarms = 0
    for world in range(60):
        cases, _ = null_world("clumped", rng)
        found = scan(cases, where, Baseline(rates), options, Inference(replicas=79, seed=world), workers=1)
        false_alarms += bool(found.clusters) and found.clusters[0].p_value <= 0.05

    assert false_alarms > 60 * 0.3
