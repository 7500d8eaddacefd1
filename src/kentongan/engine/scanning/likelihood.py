"""How much more (or fewer) cases than expected: the statistics of the scans, and tables that spare their logarithms."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.compiled import compiled

POISSON, BERNOULLI, EXPECTATION = 0, 1, 2
"""Which statistic: given the total (Poisson, permutation), given cases and controls, or against an expectation alone."""

HIGH, LOW = 1, -1

TIE = 1e-9
"""Statistics closer than this are equal: they differ only by rounding."""

SMALLEST_EXPECTATION = 2.0**-40
BIN_SHIFT = 45
"""The upper bits of a double, down to 7 of its fraction, number its bin: 128 bins for each doubling, without a logarithm."""

FIRST_BIN = (1023 - 40) << (52 - BIN_SHIFT)
BINS = 100 << (52 - BIN_SHIFT)
"""From 2^-40 to 2^60."""

NEVER = np.int32(2**31 - 1)
MOST = 2**30


class Statistic(NamedTuple):
    """Which statistic is formed: its kind, the direction, all cases, and for Bernoulli all cases and controls.

    `least_cases` and `most_cases` bound the counts of a window that may be reported.
    """

    kind: int
    direction: int
    total: float
    individuals: float
    least_cases: int


@compiled
def log_likelihood_ratio(observed: float, expected: float, statistic: Statistic) -> float:
    """Return the logarithm of the generalised likelihood ratio of one window; 0 when it lies in the other direction.

    Shapes:  scalars.
    Units:   cases; for Bernoulli `expected` is the share of all cases that the window's individuals would have.
    Errors:  none; 0 < expected.
    Source:  docs/methods/scan-statistics.md, equations 1 to 3.
    """
    if (observed - expected) * statistic.direction <= 0:
        return 0.0
    rest, rest_expected = statistic.total - observed, statistic.total - expected
    if statistic.kind == EXPECTATION:
        inside = observed * np.log(observed / expected) if observed > 0 else 0.0
        return max(inside - (observed - expected), 0.0)
    ratio = 0.0
    if observed > 0:
        ratio += observed * np.log(observed / expected)
    if rest > 0 and rest_expected > 0:
        ratio += rest * np.log(rest / rest_expected)
    if statistic.kind == BERNOULLI:
        controls = statistic.individuals - statistic.total
        scale = controls / statistic.total
        healthy, healthy_expected = expected / statistic.total * statistic.individuals - observed, expected * scale
        others, others_expected = controls - healthy, controls - healthy_expected
        if healthy > 0:
            ratio += healthy * np.log(healthy / healthy_expected)
        if others > 0 and others_expected > 0:
            ratio += others * np.log(others / others_expected)
    return max(ratio, 0.0)


@compiled
def bin_edges() -> NDArray[np.float64]:
    """Return the lower edges of the bins of expectations, the last bin's upper edge included.

    Shapes:  result (BINS + 1,), ascending.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    numbers = (np.arange(BINS + 1) + FIRST_BIN) << BIN_SHIFT
    return numbers.view(np.float64)


@compiled
def critical_counts(level: float, statistic: Statistic) -> NDArray[np.int32]:
    """Return for each bin of expectations the first count, away from the expectation, that can reach this level.

    High: the smallest such count, NEVER where none does. Low: the largest such count, -1 where none does. A bin counts
    by its edge that favours the window, so no window that reaches the level is missed.

    Shapes:  result (BINS,).
    Units:   cases; the level is a log-likelihood ratio.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    edges = bin_edges()
    limit = max(level - TIE, TIE)
    critical = np.full(BINS, NEVER, np.int32)
    if statistic.direction == HIGH:
        count = max(statistic.least_cases, 1)
        for place in range(BINS):
            if edges[place] >= statistic.total and statistic.kind != EXPECTATION:
                break
            while log_likelihood_ratio(float(count), edges[place], statistic) < limit:
                count += 1
                if (statistic.kind != EXPECTATION and count > statistic.total) or count > MOST:
                    return critical
            critical[place] = count
        return critical
    count = -1
    for place in range(BINS):
        expected = edges[place + 1]
        if statistic.kind != EXPECTATION:
            expected = min(expected, statistic.total)
        while (
            count + 1 < expected
            and count + 1 <= statistic.total
            and log_likelihood_ratio(float(count + 1), expected, statistic) >= limit
        ):
            count += 1
        critical[place] = count if count >= statistic.least_cases else -1
    return critical
