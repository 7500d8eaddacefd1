"""When is what a run sees the same finding as one that is already known? No Django."""

from dataclasses import dataclass
from datetime import date

SAME_MEMBERS = 0.5
"""Two findings are of the same place when they share at least this much of what they cover together (Jaccard)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a finding covers. Members are place keys of its level, districts the districts that they lie in.

    `window_from` to `window_to` (excluded) is the window of the latest run that saw it. A surge has one member, the
    events that were `observed` in it, and `around`: that area and those that it lies in.
    """

    stream: str
    level: str
    members: frozenset[int]
    districts: frozenset[int]
    window_from: date
    window_to: date
    observed: int = 0
    around: frozenset[int] = frozenset()


def same_finding(known: Extent, seen: Extent) -> bool:
    """Whether what a run sees extends a known finding: one stream, windows that touch, at least half in common.

    A cluster of villages and a cluster of districts are compared by their districts; a surge and one of an area inside
    it by their events.
    """
    return known.stream == seen.stream and windows_touch(known, seen) and overlap(known, seen) >= SAME_MEMBERS


def windows_touch(one: Extent, other: Extent) -> bool:
    """Whether no day lies between the two windows."""
    return one.window_from <= other.window_to and other.window_from <= one.window_to


def overlap(one: Extent, other: Extent) -> float:
    """Return the Jaccard index of the members, or of the districts when the levels differ; 0 for two empty ones.

    The events of a district are among those of its regency: of two surges at different levels the smaller number over
    the larger one is the index of the events, where one area lies in the other.
    """
    if one.around and other.around and one.level != other.level:
        is_inside = one.members <= other.around or other.members <= one.around
        return min(one.observed, other.observed) / max(one.observed, other.observed, 1) if is_inside else 0.0
    if one.level == other.level:
        these, those = one.members, other.members
    else:
        these, those = one.districts, other.districts
    return len(these & those) / max(len(these | those), 1)
