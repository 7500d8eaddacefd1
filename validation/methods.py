"""The ways to scan that are compared: what each counts, what it expects, and how a finding is told from chance.

All methods see the same villages, windows and zones. A cluster is raised when its Monte Carlo p-value is at most
1 / 52: weekly runs, a recurrence interval of one year.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kentongan.engine import (
    Baseline,
    Clumps,
    Inference,
    NeighbourLists,
    Permutation,
    Poisson,
    Prospective,
    ScanOptions,
    ZoneLimits,
    scan,
)
from kentongan.engine.scanning.hypotheses import Hypothesis, expectation_of
from kentongan.engine.scanning.inference import simulate
from kentongan.engine.scanning.likelihood import EXPECTATION, HIGH, POISSON, TIE, Statistic
from kentongan.engine.scanning.observed import best_windows
from kentongan.engine.scanning.preparing import directions_of, set_up
from kentongan.engine.scanning.windows import column_sums, columns_of
from kentongan.engine.scanning.zones import Zones
from validation.worlds import YEAR_WEEKS, Villages

STUDY_WEEKS = 52
WINDOW_WEEKS = 13
THRESHOLD = 1 / YEAR_WEEKS
REPLICAS, STOP_AFTER = 519, 10
"""10 of 520 is exactly 1 / 52; a test ends as soon as 10 replicas reach the most likely cluster."""

SCREEN_REPLICAS, SCREEN_QUANTILE = 999, 0.94
"""Runs whose statistic lies below this quantile of every pilot's null distribution are not tested: their p is about 0.06 or more."""

FEWEST_FOR_DISPERSION = 1e-3
WINDOWS = Prospective(max_periods=WINDOW_WEEKS)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is scanned: the cases of the study weeks, and what they would do without a cluster."""

    cases: NDArray[np.int64]
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class Method:
    """A way to scan. `ask` takes the villages and all that is known at the end of a week."""

    code: str
    label: str
    text: str
    ask: Callable[[Villages, NDArray[np.int64]], Question]


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """A cluster that crossed the threshold: its villages, and its weeks counted back from the run's (0: the run's)."""

    members: NDArray[np.int64]
    oldest_week: int
    latest_week: int
    p_value: float


class Scanner:
    """Scans of one set of villages: quickly for the largest statistic, exactly for what that does not settle."""

    def __init__(self, villages: Villages, *, replicas: int = REPLICAS, stop_after: int = STOP_AFTER) -> None:
        self.villages = villages
        self.replicas, self.stop_after = replicas, stop_after
        self.where = NeighbourLists(list(villages.neighbours))
        places, size = villages.neighbours.shape
        self.zones = Zones(
            villages.neighbours.ravel().astype(np.int32),
            np.ones(places * size, dtype=np.bool_),
            np.arange(0, places * size + 1, size),
        )
        self.options = ScanOptions(windows=WINDOWS, zones=ZoneLimits(max_share=None))

    def largest_statistic(self, question: Question) -> float:
        """Return the statistic of the most likely cluster, the same as that of the exact scan."""
        columns = columns_of(WINDOWS, question.cases.shape[1])
        expectation = expectation_of(question.hypothesis, question.cases)
        expected = (
            np.multiply.outer(expectation.base, column_sums(expectation.time[None], columns)[0])
            if expectation.time.size
            else column_sums(expectation.table, columns)
        )
        kind = EXPECTATION if isinstance(question.hypothesis, Baseline) else POISSON
        total = float(question.cases.sum())
        statistic = Statistic(kind, HIGH, total, total, self.options.min_cases)
        sums = column_sums(question.cases, columns)
        best = best_windows(self.zones, sums, expected, columns.lower, columns.upper, statistic, 0, len(sums))
        return float(best.llr.max())

    def null_quantile(self, question: Question, seed: int) -> float:
        """Return the statistic below which a run like this one need not be tested."""
        directions = directions_of(self.options.direction, self.options.min_cases, self.options.min_cases_low)
        limits = self.options.zones
        setup = set_up(question.cases, self.where, question.hypothesis, WINDOWS, limits, None, directions)
        inference = Inference(replicas=SCREEN_REPLICAS, seed=seed)
        null = simulate(setup.problems(seed), inference, at_least=math.inf, workers=1)
        return float(np.quantile(null.maxima, SCREEN_QUANTILE))

    def raised(self, question: Question, seed: int) -> list[Raised]:
        """Return the clusters whose p-value is at most the threshold, the most likely first."""
        inference = Inference(replicas=self.replicas, stop_after=self.stop_after, seed=seed)
        found = scan(question.cases, self.where, question.hypothesis, self.options, inference, workers=1)
        last = question.cases.shape[1] - 1
        return [
            Raised(np.array(one.members), last - one.first_period, last - one.last_period, one.p_value)
            for one in found.clusters
            if one.p_value <= THRESHOLD * (1 + TIE)
        ]


def _study(known: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.ascontiguousarray(known[:, -STUDY_WEEKS:])


def seasonal_shares(known: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what each week expects of the province, from a yearly harmonic fitted to the weeks before the windows.

    A Poisson regression of the province's weekly totals on 1, cos and sin, by iterated weighted least squares; the
    latest 13 weeks, which the windows look at and which may be incomplete, are left out.

    Shapes:  known (villages, weeks); result (weeks,), in cases.
    """
    week = np.arange(known.shape[1])
    angle = 2 * np.pi * week / YEAR_WEEKS
    design = np.column_stack((np.ones(week.size), np.cos(angle), np.sin(angle)))
    past = slice(0, known.shape[1] - WINDOW_WEEKS)
    totals = known.sum(axis=0)[past].astype(np.float64)
    mean = np.full(totals.size, max(totals.mean(), 0.5))
    for _ in range(25):
        working = np.log(mean) + (totals - mean) / mean
        weighted = design[past].T * mean
        coefficients = np.linalg.solve(weighted @ design[past], weighted @ working)
        mean = np.exp(design[past] @ coefficients)
    fitted: NDArray[np.float64] = np.exp(design @ coefficients)
    return fitted


def shrunken_rates(cases: NDArray[np.int64], exposure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each village's rate relative to its exposure, drawn towards 1 as far as its own cases are few.

    Empirical Bayes with a gamma prior of mean 1; the spread of the true rates comes from the moments
    sum((O - E)^2 - O) = v * sum(E^2), v = 0 when they vary no more than Poisson.

    Shapes:  cases and exposure (villages,); result the same.
    """
    observed = cases.astype(np.float64)
    expected = exposure * observed.sum() / exposure.sum()
    spread = float(((observed - expected) ** 2 - observed).sum() / (expected**2).sum())
    if spread <= FEWEST_FOR_DISPERSION:
        return np.ones(observed.size)
    drawn: NDArray[np.float64] = (observed + 1 / spread) / (expected + 1 / spread)
    return drawn


def dispersion_by_moments(cases: NDArray[np.int64], expected: NDArray[np.float64]) -> float | None:
    """Return r of the negative binomial variance mu + mu^2 / r of a village-week; None when it is no more than Poisson.

    Shapes:  cases and expected (villages, weeks), weeks before the windows.
    """
    excess = float(((cases - expected) ** 2 - cases).sum() / (expected**2).sum())
    return None if excess <= FEWEST_FOR_DISPERSION else 1 / excess


def _poisson(villages: Villages, known: NDArray[np.int64]) -> Question:
    return Question(_study(known), Poisson(villages.population))


def _poisson_season(villages: Villages, known: NDArray[np.int64]) -> Question:
    shares = seasonal_shares(known)[-STUDY_WEEKS:]
    return Question(_study(known), Poisson(np.multiply.outer(villages.population, shares)))


def _permutation(_villages: Villages, known: NDArray[np.int64]) -> Question:
    return Question(_study(known), Permutation())


def _village_weeks(_villages: Villages, known: NDArray[np.int64]) -> Question:
    return Question(np.minimum(_study(known), 1), Permutation())


def _smoothed(_villages: Villages, known: NDArray[np.int64]) -> Question:
    return Question(_study(known), Permutation(is_smoothed=True))


def _dealt_clumps(_villages: Villages, known: NDArray[np.int64]) -> Question:
    return Question(_study(known), Permutation(clumps=Clumps(), is_smoothed=True))


def _baseline(villages: Villages, known: NDArray[np.int64]) -> Question:
    by_week = seasonal_shares(known)
    past = known[:, :-WINDOW_WEEKS]
    share = villages.population / villages.population.sum()
    rates = shrunken_rates(past.sum(axis=1), share)
    weights = share * rates
    expected = np.multiply.outer(weights / weights.sum(), by_week)
    dispersion = dispersion_by_moments(past, expected[:, :-WINDOW_WEEKS])
    return Question(_study(known), Baseline(expected[:, -STUDY_WEEKS:], dispersion))


METHODS = (
    Method("poisson", "Poisson, constant", "Poisson on the population, the same in every week.", _poisson),
    Method(
        "poisson_season",
        "Poisson, seasonal",
        "Poisson on the population times a yearly harmonic of the province's earlier weeks.",
        _poisson_season,
    ),
    Method("permutation", "permutation", "Space-time permutation of the cases.", _permutation),
    Method(
        "village_weeks",
        "permutation of village-weeks",
        "Space-time permutation in which a village counts once a week, however many cases it has: clumps are joined.",
        _village_weeks,
    ),
    Method(
        "smoothed",
        "permutation, smoothed",
        "As the permutation, but what is expected of a village rests on its total drawn towards the mean of all "
        "(empirical Bayes), so that a circle does not grow for nothing over villages without cases.",
        _smoothed,
    ),
    Method(
        "dealt_clumps",
        "clumps dealt out, smoothed",
        "All cases count, but replicas deal out whole village-weeks with all their cases; what is expected of a village "
        "rests on its total drawn towards the mean of all (empirical Bayes), so that a circle does not grow for "
        "nothing over villages without cases.",
        _dealt_clumps,
    ),
    Method(
        "baseline",
        "baseline, negative binomial",
        "Expectation-based: village rates by empirical Bayes from the weeks before the windows, times the yearly "
        "harmonic; replicas negative binomial, their dispersion by moments from the same weeks.",
        _baseline,
    ),
)


def methods_of(codes: Collection[str]) -> tuple[Method, ...]:
    """Return the methods with these codes, in the order of METHODS; codes of no method are passed over."""
    return tuple(method for method in METHODS if method.code in codes)


def mean_with_interval(counts: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return the mean of the yearly counts and a 95 % interval for it.

    Normal, from the spread between years, which holds for counts that come in clumps; without any count the rule of
    three.
    """
    if not counts.sum():
        return 0.0, 0.0, 3.0 / counts.size
    half = 1.96 * float(counts.std(ddof=1)) / math.sqrt(counts.size) if counts.size > 1 else math.inf
    return float(counts.mean()), max(float(counts.mean()) - half, 0.0), float(counts.mean()) + half
