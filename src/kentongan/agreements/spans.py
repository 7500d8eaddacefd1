"""Territories as runs of place keys. No Django.

The gazetteer gives keys in the order of its codes, so what lies below a unit is a few runs of keys, not thousands of
places. Runs are half-open, in order, and touch nowhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

Run = tuple[int, int]
"""From a key until another (excluded)."""

UNKNOWN = 0
"""Stands for a place that is not known; the gazetteer gives no such key."""

END = 2**31 - 1
"""Past every key."""

EVERYWHERE: tuple[Run, ...] = ((UNKNOWN, END),)
EVERY_PLACE: tuple[Run, ...] = ((UNKNOWN + 1, END),)


def runs_of(keys: Iterable[int]) -> tuple[Run, ...]:
    """Return the keys as runs."""
    return union((key, key + 1) for key in keys)


def union(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return what lies in at least one of the runs."""
    merged: list[Run] = []
    for first, end in sorted(runs):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((first, end))
    return tuple(merged)


def without(runs: Iterable[Run], taken: Iterable[Run]) -> tuple[Run, ...]:
    """Return what lies in the runs and in none of those taken out."""
    left = list(union(runs))
    for first, end in union(taken):
        left = [part for a, b in left for part in ((a, min(b, first)), (max(a, end), b)) if part[0] < part[1]]
    return tuple(left)


def edges_of(territories: Iterable[Sequence[Run]]) -> tuple[int, ...]:
    """Return every key at which a territory begins or ends: between two edges all keys lie in the same territories."""
    return tuple(sorted({UNKNOWN} | {edge for runs in territories for run in runs for edge in run}))


def spans_of(territories: Mapping[str, Sequence[Run]], edges: Sequence[int]) -> dict[str, list[tuple[int, int, int]]]:
    """Return each territory as (number of the span, first key, end): the spans lie between neighbouring edges.

    The number is how many edges lie at or before a key of the span, as PostgreSQL's width_bucket counts them.
    """
    return {
        name: [
            (number + 1, edges[number], edges[number + 1])
            for first, end in runs
            for number in range(bisect_left(edges, first), bisect_left(edges, end))
        ]
        for name, runs in territories.items()
    }
