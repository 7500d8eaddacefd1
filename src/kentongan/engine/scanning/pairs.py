"""How many pairs of cases meet by chance: the moments of counts of pairs, exact where there are formulas."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincc, ndtr

MOST_POWERS = 6
"""Of an expectation, that the third moment of a squared count needs."""

SMALLEST_SKEWNESS, LARGEST_SKEWNESS = 1e-4, 1e6
"""Below the one a gamma distribution is normal to more digits than anybody needs; the other spares an overflow."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, variance and third central moment of a statistic.

    Its tails are taken to be those of the gamma distribution with these moments (Pearson's type III).
    """

    mean: float
    variance: float
    third: float

    def standardised(self, value: float) -> float:
        """Return how many standard deviations the value lies above the mean; 0 where nothing can vary."""
        return (value - self.mean) / math.sqrt(self.variance) if self.variance > 0 else 0.0

    def above(self, value: float) -> float:
        """Return the probability of this value or a larger one."""
        return _upper_tail(self.standardised(value), self._skewness) if self.variance > 0 else 1.0

    def below(self, value: float) -> float:
        """Return the probability of this value or a smaller one."""
        return _upper_tail(-self.standardised(value), -self._skewness) if self.variance > 0 else 1.0

    @property
    def _skewness(self) -> float:
        skewness = self.third / self.variance / math.sqrt(self.variance)
        return max(-LARGEST_SKEWNESS, min(skewness, LARGEST_SKEWNESS))


def _upper_tail(deviation: float, skewness: float) -> float:
    """Return P(Z >= deviation) of a gamma distribution with mean 0, variance 1 and this skewness, mirrored if negative."""
    if abs(skewness) < SMALLEST_SKEWNESS:
        return float(ndtr(-deviation))
    shape = 4 / skewness**2
    if skewness > 0:
        return float(gammaincc(shape, max(shape + deviation * math.sqrt(shape), 0.0)))
    return float(gammainc(shape, max(shape - deviation * math.sqrt(shape), 0.0)))


class PowerSums(NamedTuple):
    """Sums of the squares, cubes and fourth powers of shares."""

    s2: NDArray[np.float64]
    s3: NDArray[np.float64]
    s4: NDArray[np.float64]


def power_sums(shares: NDArray[np.float64]) -> PowerSums:
    """Return the sums of powers along the last axis.

    Shapes:  shares (..., groups); results (...).
    Units:   shares that sum to one.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 11.
    """
    squares = shares**2
    return PowerSums(squares.sum(axis=-1), (squares * shares).sum(axis=-1), (squares**2).sum(axis=-1))


def pairs_in(counts: NDArray[np.int64]) -> int:
    """Return how many pairs of cases share an entry.

    Shapes:  counts of any shape.
    Units:   pairs.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 13.
    """
    flat = counts.ravel()
    return int(flat @ flat - flat.sum()) // 2


def excess_pairs(counts: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the pairs that share a group beyond what is expected of them.

    Shapes:  counts (..., groups), shares the same or (groups,); result (...).
    Units:   cases; shares that sum to one; pairs.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 10.
    """
    cases = counts.sum(axis=-1)
    pairs = (counts * (counts - 1)).sum(axis=-1) / 2
    beyond: NDArray[np.float64] = (
        pairs - (cases - 1) * (shares * counts).sum(axis=-1) + cases * (cases - 1) / 2 * (shares**2).sum(axis=-1)
    )
    return beyond


def moments_given_total(cases: NDArray[np.float64], sums: PowerSums) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return variance and third moment of the excess pairs of cases that fall independently; the mean is 0.

    Shapes:  cases (...), sums and results the same.
    Units:   cases; pairs squared and cubed.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 11.
    """
    s2, s3, s4 = sums
    pairs, triples = cases * (cases - 1) / 2, cases * (cases - 1) * (cases - 2)
    squared = s2 - 2 * s3 + s2**2
    cubed = s2 - 6 * s3 + 10 * s4 + 3 * s2**2 - 12 * s2 * s3 + 4 * s2**3
    around = s3 - 3 * s4 + 3 * s2 * s3 - s2**3
    return pairs * squared, pairs * cubed + triples * around


def moments_of_draws(cases: int, individuals: float, sums: PowerSums) -> Moments:
    """Return the moments of the excess pairs of cases that are drawn from individuals without putting them back.

    Mean and variance are exact; the third moment is that of independent cases, shrunk as the variance of one count is.

    Shapes:  sums of scalars.
    Units:   cases; pairs.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 12.
    """
    if individuals - cases < 1:
        return Moments(0.0, 0.0, 0.0)
    s2, s3, _ = sums
    trace = individuals * (1 - s2)
    diagonal = individuals * ((1 + s2) ** 2 - 4 * (1 + s2) * s2 + 4 * s3)
    same = individuals**2 * (s2 - 2 * s3 + s2**2) - diagonal
    sharing = diagonal - same
    apart = trace**2 - 2 * same - 4 * sharing
    drawn = np.cumprod((cases - np.arange(4.0)) / np.maximum(individuals - np.arange(4.0), 1.0))
    mean = -drawn[1] * trace / 2
    square = drawn[1] * same / 2 + drawn[2] * sharing + drawn[3] * apart / 4
    left = (individuals - cases) / (individuals - 1)
    third = moments_given_total(np.array(float(cases)), sums)[1] * left**3
    return Moments(float(mean), float(square - mean**2), float(third))


Pattern = tuple[int, ...]
PATTERNS: tuple[dict[Pattern, Fraction], ...] = (
    {(2,): Fraction(1, 2)},
    {(2,): Fraction(1, 2), (3,): Fraction(1), (2, 2): Fraction(1, 4)},
    {
        (2,): Fraction(1, 2),
        (3,): Fraction(4),
        (4,): Fraction(4),
        (2, 2): Fraction(3, 4),
        (3, 2): Fraction(3, 2),
        (2, 2, 2): Fraction(1, 8),
    },
)
"""How one, two or three pairs can hang together (the numbers of cases that they join), and how often they do."""


def moments_given_margins(counts: NDArray[np.int64]) -> Moments:
    """Return the moments of the pairs of cases that share place and period, given both margins: exact.

    Whole numbers and fractions throughout: the moments are small differences of large ones.

    Shapes:  counts (places, periods).
    Units:   cases; pairs.
    Errors:  none; there are at least two cases.
    Source:  docs/methods/scan-statistics.md, equation 13.
    """
    cases = int(counts.sum())
    places, periods = _ways(counts.sum(axis=1)), _ways(counts.sum(axis=0))
    moments = [
        sum(
            (
                weight * places[pattern] * periods[pattern] / math.perm(cases, sum(pattern))
                for pattern, weight in patterns.items()
                if cases >= sum(pattern)
            ),
            start=Fraction(0),
        )
        for patterns in PATTERNS
    ]
    mean, square, cube = moments
    return Moments(float(mean), float(square - mean**2), float(cube - 3 * mean * square + 2 * mean**3))


def _ways(sizes: NDArray[np.int64]) -> dict[Pattern, int]:
    """Return in how many ways different cases can be put at the joints of each pattern, joined ones in one group."""
    values, repeats = np.unique(sizes, return_counts=True)
    groups = list(zip(values.tolist(), repeats.tolist(), strict=True))

    def of(*joined: int) -> int:
        return sum(times * math.prod(math.perm(size, many) for many in joined) for size, times in groups)

    two, three, four = of(2), of(3), of(4)
    return {
        (2,): two,
        (3,): three,
        (4,): four,
        (2, 2): two**2 - of(2, 2) + four,
        (3, 2): three * two - of(3, 2) + of(5),
        (2, 2, 2): two**3 - 3 * two * of(2, 2) + 2 * of(2, 2, 2) + 3 * (four * two - of(4, 2)) + of(6),
    }


def _of_negative_binomial() -> NDArray[np.float64]:
    """Return the coefficients of the cumulants: in row n those of x^0 to x^5; cumulant n is mu times their sum at mu / r.

    Each follows from the one before: k[n + 1] = (mu + mu^2 / r) * d k[n] / d mu.
    """
    rows = np.zeros((MOST_POWERS, MOST_POWERS))
    rows[0, 0] = 1.0
    for number in range(MOST_POWERS - 1):
        grown = rows[number] * np.arange(1, MOST_POWERS + 1)
        rows[number + 1] = grown + np.append(0.0, grown[:-1])
    return rows


CLUMPED = _of_negative_binomial()


def cumulants_of(powers: NDArray[np.float64], clumping: float, scaled: float = 1.0) -> NDArray[np.float64]:
    """Return the first six cumulants of sums of negative binomial counts; of Poisson counts without clumping.

    The expectations, whose powers are given, are scaled first.

    Shapes:  powers (powers, groups), sums of the powers 1 to 6, or of the first alone without clumping; result (6, groups).
    Units:   cases; `clumping` is 1 / r.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 14.
    """
    if not clumping:
        return np.broadcast_to(powers[0] * scaled, (MOST_POWERS, powers.shape[1]))
    numbers = np.arange(MOST_POWERS)
    # Not a matrix product: a library's threads would take longer to wake.
    cumulants: NDArray[np.float64] = np.einsum(
        "nk,kg->ng", CLUMPED * (clumping**numbers * scaled ** (numbers + 1)), powers
    )
    return cumulants


Ring = TypeVar("Ring", NDArray[np.float64], Polynomial)


def moments_of_squares(k1: Ring, k2: Ring, k3: Ring, k4: Ring, k5: Ring, k6: Ring) -> tuple[Ring, Ring, Ring]:
    """Return mean, variance and third moment of (X^2 - X - mu) / 2, X a deviation with these cumulants.

    Shapes:  cumulants (groups,), or polynomials in the expectation; results the same.
    Units:   cases; pairs.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 14.
    """
    m4 = k4 + 3 * k2**2
    m5 = k5 + 10 * k3 * k2
    m6 = k6 + 15 * k4 * k2 + 10 * k3**2 + 15 * k2**3
    square = m4 - 2 * k3 + k2
    cube = m6 - 3 * m5 + 3 * m4 - k3
    return (k2 - k1) / 2, (square - k2**2) / 4, (cube - 3 * k2 * square + 2 * k2**3) / 8


def moments_of_entries(powers: NDArray[np.float64], clumping: float) -> Moments:
    """Return the moments of (X^2 - X - mu) / 2 summed over all entries of a table of negative binomial counts.

    Shapes:  powers (6,), sums over all entries of what is expected to the powers 1 to 6.
    Units:   cases; `clumping` is 1 / r; pairs.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 14.
    """
    return Moments(*(float(one @ powers[: one.size]) for one in _polynomials_of_entries(clumping)))


@lru_cache(maxsize=16)
def _polynomials_of_entries(clumping: float) -> tuple[NDArray[np.float64], ...]:
    """Return the coefficients of the moments of one entry, which are polynomials in what is expected of it.

    So their sums over all entries need the sums of powers only.
    """
    cumulants = (Polynomial([0.0, *row]) for row in CLUMPED * clumping ** np.arange(MOST_POWERS))
    return tuple(np.real(one.coef[1:]) for one in moments_of_squares(*cumulants))
