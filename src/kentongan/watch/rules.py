"""When is what a run sees the same finding as one that is already known? No Django."""

from dataclasses import dataclass
from datetime import date

SAME_MEMBERS = 0.5
"""Two findings are of the same place when they share at least this much of what they cover together (Jaccard)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a finding covers. Members are place keys of its level, districts the districts that they lie in.

    `window_from` to `window_to` (excluded) is the window of the latest run that saw it.
    """

    stream: str
    level: str
    members: frozenset[int]
    districts: frozenset[int]
    window_from: date
    window_to: date


def same_finding(known: Extent, seen: Extent) -> bool:
    """Whether what a run sees extends a known finding: one stream, windows that touch, at least half in common.

    A cluster of villages and a cluster of districts are compared by their districts.
    """
    return known.stream == seen.stream and windows_touch(known, seen) and overlap(known, seen) >= SAME_MEMBERS


def windows_touch(one: Extent, other: Extent) -> bool:
    """Whether no day lies between the two windows."""
    return one.window_from <= other.window_to and other.window_from <= one.window_to


def overlap(one: Extent, other: Extent) -> float:
    """Return the Jaccard index of the members, or of the districts when the levels differ; 0 for two empty ones."""
    if one.level == other.level:
        these, those = one.members, other.members
    else:
        these, those = one.districts, other.districts
    return len(these & those) / max(len(these | those), 1)
