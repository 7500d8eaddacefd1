"""What cases would do if there were no cluster: the null hypotheses of the scans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_SPREAD = 1e-3
"""Places whose rates differ by less (as a squared coefficient of variation) all expect the same."""

PRODUCT_TOLERANCE = 1e-12
"""Relative difference up to which a table of expectations counts as a product of places and periods."""


@dataclass(frozen=True, slots=True, eq=False)
class Clumps:
    """Cases that came together: all cases of one source in one period are one clump, which stays whole.

    Every place is a source of its own; or `cases` (sources, periods) are those of finer sources, each inside the place
    with the number `place` (sources,): villages within districts.
    """

    cases: ArrayLike | None = None
    place: ArrayLike | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Permutation:
    """Cases are compared with their own margins: no population, no season and no uneven place can raise an alarm.

    With `clumps` it is whole clumps that could have come at any other time, and not each case by itself. `is_smoothed`
    draws what is expected of a place towards the mean of all places, as far as chance explains how they differ.
    """

    clumps: Clumps | None = None
    is_smoothed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Poisson:
    """Cases follow what is expected, given their total.

    `expected` holds populations or expectations in any unit: (places,) for constant ones, or (places, periods).
    Covariates enter it by `indirectly_standardised`.
    """

    expected: ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Bernoulli:
    """Cases are a chance selection of cases and controls: `controls` (places, periods), or (places,) in space only."""

    controls: ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Cases follow an expectation that holds whatever their total (expectation-based).

    `expected` in cases, shaped as for `Poisson`. With `dispersion` r the cases of a place and period vary as a negative
    binomial with variance mu + mu^2 / r: reports that come in clumps. None: Poisson.
    """

    expected: ArrayLike
    dispersion: float | None = None


Hypothesis = Permutation | Poisson | Bernoulli | Baseline


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What is expected of a place in a period: base * time, or `table` where that is no product.

    `base` (places,) sums each place over all periods; `time` (periods,) are shares that sum to one, empty with a table.
    """

    base: NDArray[np.float64]
    time: NDArray[np.float64]
    table: NDArray[np.float64]

    def of(self, places: NDArray[np.int64], first: int, last: int) -> NDArray[np.float64]:
        """Return what is expected of these places (rows) in these periods (columns), both ends included."""
        if self.time.size:
            return np.multiply.outer(self.base[places], self.time[first : last + 1])
        return self.table[places, first : last + 1]


def expectation_of(hypothesis: Hypothesis, counts: NDArray[np.int64]) -> Expectation:
    """Return what the hypothesis expects, scaled to the total of the cases (a baseline: as it is).

    Shapes:  counts (places, periods).
    Units:   cases; Bernoulli: cases that the individuals would have at the common rate.
    Errors:  none; the hypothesis was checked against the cases.
    Source:  docs/methods/scan-statistics.md, section "Expectations".
    """
    total = float(counts.sum())
    none = np.empty((0, 0))
    if isinstance(hypothesis, Permutation):
        by_place = counts.sum(axis=1)
        base = smoothed(by_place) if hypothesis.is_smoothed else by_place.astype(np.float64)
        together = counts if hypothesis.clumps is None else sources_of(hypothesis.clumps, counts)[0] > 0
        by_period = together.sum(axis=0)
        return Expectation(base, by_period / by_period.sum(), none)
    if isinstance(hypothesis, Bernoulli):
        individuals = counts + shaped(hypothesis.controls, counts.shape[1])
        table = individuals * (total / individuals.sum())
        return Expectation(table.sum(axis=1), np.empty(0), table)
    given = np.asarray(hypothesis.expected, dtype=np.float64)
    factor = 1.0 if isinstance(hypothesis, Baseline) else total / float(given.sum())
    if given.ndim == 1:
        periods = counts.shape[1]
        factor *= periods if isinstance(hypothesis, Baseline) else 1
        return Expectation(given * factor, np.full(periods, 1 / periods), none)
    return _of_table(given * factor)


def _of_table(table: NDArray[np.float64]) -> Expectation:
    """Return the table as a product of places and periods where it is one up to rounding: that is scanned faster."""
    base, by_period = table.sum(axis=1), table.sum(axis=0)
    time = by_period / by_period.sum()
    if np.allclose(np.multiply.outer(base, time), table, rtol=PRODUCT_TOLERANCE, atol=0.0):
        return Expectation(base, time, np.empty((0, 0)))
    return Expectation(base, np.empty(0), table)


def sources_of(clumps: Clumps, counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cases of each source, and the place in which it lies.

    Shapes:  counts (places, periods); results (sources, periods) and (sources,).
    Units:   cases; places from 0.
    Errors:  none; the clumps were checked against the cases.
    Source:  docs/methods/scan-statistics.md, section "Clumps".
    """
    if clumps.cases is None or clumps.place is None:
        return counts, np.arange(len(counts))
    return np.asarray(clumps.cases).astype(np.int64), np.asarray(clumps.place).astype(np.int64)


def smoothed(by_place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the places' totals, each drawn towards the mean of all as far as chance explains how they differ.

    Shapes:  by_place (places,); result the same, with the same sum.
    Units:   cases.
    Errors:  none; there is at least one case.
    Source:  docs/methods/scan-statistics.md, equation 6.
    """
    mean = by_place.mean()
    spread = float(((by_place - mean) ** 2 - by_place).mean() / mean**2)
    if spread <= LEAST_SPREAD:
        return np.full(by_place.size, mean)
    drawn = (by_place + 1 / spread) / (mean + 1 / spread)
    total: NDArray[np.float64] = drawn * (by_place.sum() / drawn.sum())
    return total


def shaped(values: ArrayLike, periods: int) -> NDArray[np.float64]:
    """Return a table (places, periods) from one, or from a single column when there is one period only.

    Shapes:  values (places, periods) or (places,); result (places, periods).
    Units:   of the values.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Expectations".
    """
    table = np.asarray(values, dtype=np.float64)
    return table.reshape(-1, 1) if table.ndim == 1 and periods == 1 else table


def indirectly_standardised(cases: ArrayLike, population: ArrayLike) -> NDArray[np.float64]:
    """Return the expected cases of each place and period if everybody had the common rate of his stratum.

    Shapes:  cases (places, periods, strata), population the same; result (places, periods).
    Units:   cases; population in persons, or person-time.
    Errors:  none; a stratum without population expects nothing.
    Source:  docs/methods/scan-statistics.md, section "Expectations".
    """
    observed, at_risk = np.asarray(cases, dtype=np.float64), np.asarray(population, dtype=np.float64)
    persons = at_risk.sum(axis=(0, 1))
    rate = np.divide(observed.sum(axis=(0, 1)), persons, out=np.zeros_like(persons), where=persons > 0)
    expected: NDArray[np.float64] = at_risk @ rate
    return expected
