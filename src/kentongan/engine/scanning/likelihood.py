"""How much more (or fewer) cases than expected: the statistics of the scans, and tables that spare their logarithms."""

import math
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
BIN_SHIFT = 46
"""The upper bits of a double, down to 6 of its fraction, number its bin: 64 bins for each doubling, without a logarithm."""

FIRST_BIN = (1023 - 40) << (52 - BIN_SHIFT)
DOUBLINGS = 40
"""Bins begin at 2^-40; they end where no expectation lies (`bins_up_to`)."""

NEVER = np.int32(2**31 - 1)
MOST = 2**30


class Statistic(NamedTuple):
    """Which statistic is formed: its kind, the direction, all cases, and for Bernoulli all cases and controls.

    A window with fewer than `least_cases` is not reported.
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


def bins_up_to(expected: float) -> int:
    """Return how many bins reach from the smallest expectation to beyond this one.

    Shapes:  scalars.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    doublings = DOUBLINGS + math.ceil(math.log2(max(expected, 1.0))) + 1
    return doublings << (52 - BIN_SHIFT)


@compiled
def bin_edges(bins: int) -> NDArray[np.float64]:
    """Return the lower edges of the bins of expectations, the last bin's upper edge included.

    Shapes:  result (bins + 1,), ascending.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    numbers = (np.arange(bins + 1) + FIRST_BIN) << BIN_SHIFT
    return numbers.view(np.float64)


@compiled
def first_reaching(count: int, expected: float, limit: float, statistic: Statistic) -> int:
    """Return the smallest count, from this one on, whose statistic (high) reaches the limit, or one that is too large.

    Shapes:  scalars.
    Units:   cases; the limit is a log-likelihood ratio.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    most = MOST if statistic.kind == EXPECTATION else int(statistic.total)
    step, below = 1, count - 1
    while below + step <= most and log_likelihood_ratio(float(below + step), expected, statistic) < limit:
        below += step
        step *= 2
    above = min(below + step, most + 1)
    while above - below > 1:
        middle = (below + above) // 2
        if log_likelihood_ratio(float(middle), expected, statistic) < limit:
            below = middle
        else:
            above = middle
    return above


@compiled
def last_reaching(count: int, expected: float, limit: float, statistic: Statistic) -> int:
    """Return the largest count whose statistic (low) reaches the limit; this one is known to, or is -1.

    Shapes:  scalars.
    Units:   cases; the limit is a log-likelihood ratio.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    most = min(int(expected), MOST)
    step, reaching = 1, count
    while reaching + step <= most and log_likelihood_ratio(float(reaching + step), expected, statistic) >= limit:
        reaching += step
        step *= 2
    beyond = min(reaching + step, most + 1)
    while beyond - reaching > 1:
        middle = (reaching + beyond) // 2
        if log_likelihood_ratio(float(middle), expected, statistic) >= limit:
            reaching = middle
        else:
            beyond = middle
    return reaching


@compiled
def critical_counts(level: float, statistic: Statistic, bins: int) -> NDArray[np.int32]:
    """Return for each bin of expectations the first count, away from the expectation, that can reach this level.

    High: the smallest such count, NEVER where none does. Low: the largest such count, -1 where none does. A bin counts
    by its edge that favours the window, so no window that reaches the level is missed.

    Shapes:  result (bins,).
    Units:   cases; the level is a log-likelihood ratio.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    edges = bin_edges(bins)
    limit = max(level - TIE, TIE)
    critical = np.full(bins, NEVER, np.int32)
    if statistic.direction == HIGH:
        count = max(statistic.least_cases, 1)
        for place in range(bins):
            if edges[place] >= statistic.total and statistic.kind != EXPECTATION:
                break
            count = first_reaching(count, edges[place], limit, statistic)
            if (statistic.kind != EXPECTATION and count > statistic.total) or count > MOST:
                return critical
            critical[place] = count
        return critical
    count = -1
    for place in range(bins):
        if statistic.kind != EXPECTATION and edges[place + 1] >= statistic.total:
            # Where nearly all cases are expected, any case elsewhere weighs without bound.
            critical[place:] = np.int32(statistic.total)
            return critical
        count = last_reaching(count, edges[place + 1], limit, statistic)
        critical[place] = count if count >= statistic.least_cases else -1
    return critical
