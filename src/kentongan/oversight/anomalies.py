"""Hints about how the system is used: pure figures, no Django. They are about deeds, never a judgement on a person.

Counts of looks are compared on the scale 2 * sqrt(count + 3/8), on which counts of a steady habit spread by about one
whatever their size (Anscombe 1948). There the robust z is (value - median) / max(1, 1.4826 * MAD): the spread is never
taken for less than chance alone would make it, so that a quiet officer's fifth look is no hint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

NIGHT_FROM, NIGHT_TO = 22, 5
"""The hours of night on the agency's own clock; the second excluded."""

LEAST_LOOKS = 30
LEAST_WEEKS = 4
LEAST_PEERS = 4
"""Below these a comparison says nothing."""

MAD_TO_SPREAD = 1.4826
"""The median absolute deviation of a normal sample times this is its standard deviation."""

LOOKS_WITH_FIGURES = ("above_own_past", "above_peers")


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how much on a hint is given."""

    hint: str
    value: float
    unit: str
    origin: str
    note: str


@dataclass(frozen=True, slots=True)
class WeekOfUse:
    """What one officer of one agency did in a week, by count."""

    actor: str
    agency: str
    role: str
    looks: int = 0
    night_looks: int = 0
    night_exports: int = 0
    searches: int = 0
    empty_searches: int = 0
    refusals: int = 0
    unrelated_looks: int = 0
    past_looks: tuple[int, ...] = ()  # of the weeks before, the latest first; only weeks since the first look


@dataclass(frozen=True, slots=True)
class Hint:
    """Something about the use that an overseer may want to look into."""

    hint: str
    actor: str
    agency: str
    count: int
    usual: float | None = None  # the median that the count stands against


def is_night(hour: int) -> bool:
    """Return whether the hour of an agency's clock is at night."""
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def robust_z(count: int, others: Sequence[int]) -> float:
    """Return how far a count lies above others, in spreads of the others that are never less than chance makes them.

    ValueError without others.
    """
    if not others:
        raise ValueError("nothing to compare with")
    steadied = [_steadied(other) for other in others]
    middle = median(steadied)
    spread = MAD_TO_SPREAD * median(abs(value - middle) for value in steadied)
    return (_steadied(count) - middle) / max(1.0, spread)


def hints_of(weeks: Sequence[WeekOfUse], thresholds: dict[str, Threshold]) -> list[Hint]:
    """Return the hints that a week gives, in the order of the thresholds' table."""
    found = []
    for threshold in thresholds.values():
        for week in weeks:
            if (hint := _hint(threshold, week, weeks)) is not None:
                found.append(hint)
    return found


def _hint(threshold: Threshold, week: WeekOfUse, weeks: Sequence[WeekOfUse]) -> Hint | None:
    if threshold.hint in LOOKS_WITH_FIGURES:
        others = week.past_looks if threshold.hint == "above_own_past" else _peers_of(week, weeks)
        least = LEAST_WEEKS if threshold.hint == "above_own_past" else LEAST_PEERS
        if week.looks < LEAST_LOOKS or len(others) < least or robust_z(week.looks, others) < threshold.value:
            return None
        return Hint(threshold.hint, week.actor, week.agency, week.looks, float(median(others)))
    count = int(getattr(week, threshold.hint, 0))
    if count < threshold.value or (threshold.hint == "empty_searches" and 2 * count < week.searches):
        return None
    return Hint(threshold.hint, week.actor, week.agency, count)


def _peers_of(week: WeekOfUse, weeks: Sequence[WeekOfUse]) -> tuple[int, ...]:
    return tuple(
        other.looks
        for other in weeks
        if (other.agency, other.role) == (week.agency, week.role) and other.actor != week.actor
    )


def _steadied(count: int) -> float:
    return 2 * sqrt(count + 3 / 8)
