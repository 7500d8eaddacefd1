"""What cases would do if there were no cluster: the null hypotheses of the scans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Permutation:
    """Cases are compared with their own margins: no population, no season and no uneven place can raise an alarm."""


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
        return Expectation(counts.sum(axis=1).astype(np.float64), counts.sum(axis=0) / total, none)
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
    table = given * factor
    return Expectation(table.sum(axis=1), np.empty(0), table)


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
