"""Person-time from censuses: linear between them, constant before the first and after the last."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Censuses = Mapping[tuple[int, int], Mapping[int, float]]
"""Population by (place, stratum) and census day."""


def census_weights(days: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how much each census contributes to the person-time of each interval.

    Person-time is the integral of the population over the interval: with census days at midnight, the sum over its
    days of the population at mid-day.

    Shapes:  days (censuses,), ascending and distinct; edges (intervals + 1,); result (intervals, censuses).
    Units:   days; the result is in days.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Population".
    """
    own = np.eye(days.size)
    if days.size == 1:
        return np.diff(edges).astype(np.float64)[:, None]
    lengths = np.diff(days).astype(np.float64)
    until = np.zeros((days.size, days.size))
    np.cumsum((own[:-1] + own[1:]) / 2 * lengths[:, None], axis=0, out=until[1:])
    inside = np.clip(edges, days[0], days[-1])
    piece = np.clip(np.searchsorted(days, inside, side="right") - 1, 0, days.size - 2)
    part = (inside - days[piece])[:, None].astype(np.float64)
    area = until[piece] + part * own[piece] + part**2 / 2 * (own[piece + 1] - own[piece]) / lengths[piece][:, None]
    area += np.minimum(edges - days[0], 0)[:, None] * own[0] + np.maximum(edges - days[-1], 0)[:, None] * own[-1]
    weights: NDArray[np.float64] = np.diff(area, axis=0)
    return weights


def person_time(censuses: Censuses, stratum: int, places: int, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the person-time of one stratum in each place and interval; 0 where the place has no census of it.

    Shapes:  edges (intervals + 1,); result (places, intervals).
    Units:   person-days, or persons times generic units.
    Errors:  none; populations are finite and not negative.
    Source:  docs/methods/scan-files.md, section "Population".
    """
    result = np.zeros((places, edges.size - 1))
    by_days: dict[tuple[int, ...], list[tuple[int, list[float]]]] = defaultdict(list)
    for (place, of_stratum), known in censuses.items():
        if of_stratum == stratum:
            days = tuple(sorted(known))
            by_days[days].append((place, [known[day] for day in days]))
    for days, rows in by_days.items():
        weights = census_weights(np.array(days, dtype=np.int64), edges)
        result[[place for place, _ in rows]] = np.array([values for _, values in rows]) @ weights.T
    return result
