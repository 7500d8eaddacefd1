"""Dates as files write them, and the study period cut into the intervals that a scan counts in."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Unit(Enum):
    """What time is counted in. A generic unit is a whole number without a calendar."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    GENERIC = "generic"


DAYS_OF_UNIT = {Unit.YEAR: 365.25, Unit.MONTH: 365.25 / 12, Unit.WEEK: 7.0, Unit.DAY: 1.0}
"""Mean lengths, from which recurrence intervals in days follow."""

COARSENESS = {Unit.DAY: 0, Unit.WEEK: 1, Unit.MONTH: 2, Unit.YEAR: 3}
MOST_PERIODS = 100_000

UNDATED = (1, 2)
"""The study period of data without any date, in which time plays no part."""

YEAR_FIRST = re.compile(r"(\d{4}|\d{2})(?:([/-])(\d{1,2})(?:\2(\d{1,2}))?)?")
MONTH_THEN_YEAR = re.compile(r"(\d{1,2})[/-](\d{4})")
YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
WHOLE = re.compile(r"[+-]?\d+")


class Moment(NamedTuple):
    """A day, month or year: its first day, the day after its last, and how precisely it was told."""

    first: int
    after: int
    unit: Unit


def moment_of(text: str, *, near: int) -> Moment | None:
    """Return the day, month or year that a text tells, or None when it tells none.

    The year comes first (2001/11/01, 2001-11-1, 1973/5, 73); a month before a year of four digits is understood as
    well. Two digits mean the year of that ending nearest to the year `near`.

    Shapes:  scalars.
    Units:   days as proleptic ordinals.
    Errors:  none; None says that the text is no date.
    Source:  docs/methods/scan-files.md, section "Dates".
    """
    swapped = MONTH_THEN_YEAR.fullmatch(text)
    match = YEAR_FIRST.fullmatch(f"{swapped[2]}/{swapped[1]}" if swapped else text)
    if match is None:
        return None
    year = int(match[1])
    if len(match[1]) == 2:
        year += 100 * round((near - year) / 100)
    return _moment(year, *(int(part) if part else None for part in (match[3], match[4])))


def _moment(year: int, month: int | None, day: int | None) -> Moment | None:
    """Return what the calendar knows under these numbers."""
    try:
        if month is None:
            return Moment(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal(), Unit.YEAR)
        first = date(year, month, day or 1)
        if day is None:
            return Moment(first.toordinal(), months_later(first, 1).toordinal(), Unit.MONTH)
        return Moment(first.toordinal(), first.toordinal() + 1, Unit.DAY)
    except ValueError:
        return None


def generic_moment_of(text: str) -> Moment | None:
    """Return a moment of generic time, a whole number, or None.

    Shapes:  scalars.
    Units:   generic.
    Errors:  none; None says that the text is no whole number.
    Source:  docs/methods/scan-files.md, section "Dates".
    """
    return Moment(int(text), int(text) + 1, Unit.GENERIC) if WHOLE.fullmatch(text) else None


def census_day(moment: Moment) -> int:
    """Return the day to which a population belongs that is dated by a day, a month (the 15th) or a year (1 July).

    Shapes:  scalars.
    Units:   days as proleptic ordinals, or generic time.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Population".
    """
    if moment.unit is Unit.YEAR:
        return date.fromordinal(moment.first).replace(month=7).toordinal()
    return moment.first + 14 if moment.unit is Unit.MONTH else moment.first


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later (or earlier), or that month's last day where there is no such day.

    Shapes:  scalars.
    Units:   calendar months.
    Errors:  ValueError outside the calendar.
    Source:  docs/methods/scan-files.md, section "Intervals".
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The study period, cut into intervals: interval i runs from edges[i] to edges[i + 1] (excluded)."""

    edges: NDArray[np.int64]
    unit: Unit
    length: int
    units: int

    @property
    def periods(self) -> int:
        """How many intervals there are."""
        return self.edges.size - 1

    @property
    def is_even(self) -> bool:
        """Whether the first interval has the length of the others."""
        return self.units % self.length == 0

    def period_of(self, moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the interval of each moment; -1 or the number of intervals when it lies before or after the study."""
        return np.searchsorted(self.edges, moments, side="right") - 1

    def span(self, first: int, last: int) -> tuple[str, str]:
        """Return the first and the last day of these intervals, both included, as ISO dates or generic numbers.

        Both are empty when nothing in the data has a date.
        """
        begins, ends = int(self.edges[first]), int(self.edges[last + 1]) - 1
        if self.unit is Unit.GENERIC:
            return str(begins), str(ends)
        if tuple(self.edges.tolist()) == UNDATED:
            return "", ""
        return date.fromordinal(begins).isoformat(), date.fromordinal(ends).isoformat()

    @property
    def interval_days(self) -> float | None:
        """The mean length of one interval in days; None in generic time."""
        return DAYS_OF_UNIT[self.unit] * self.length if self.unit in DAYS_OF_UNIT else None


def timeline(first: int, after: int, unit: Unit, length: int) -> Timeline:
    """Return the study period cut into intervals backwards from its end; what remains is a shorter first interval.

    Shapes:  edges (periods + 1,), ascending.
    Units:   first and after (excluded) in days as proleptic ordinals, or in generic time.
    Errors:  ValueError when there would be more intervals than can be scanned; first < after, 0 < length.
    Source:  docs/methods/scan-files.md, section "Intervals".
    """
    edges = [after]
    units = 0
    while edges[-1] > first:
        units += 1
        if units > MOST_PERIODS:
            raise ValueError("too many intervals")
        edge = max(_units_before(after, unit, units), first)
        if units % length == 0 or edge == first:
            edges.append(edge)
    return Timeline(np.array(edges[::-1], dtype=np.int64), unit, length, units)


def whole_study(first: int, after: int, unit: Unit) -> Timeline:
    """Return the study period as one interval, for scans in which time plays no part.

    Shapes:  edges (2,).
    Units:   days as proleptic ordinals, or generic time.
    Errors:  none; first < after.
    Source:  docs/methods/scan-files.md, section "Intervals".
    """
    return Timeline(np.array([first, after], dtype=np.int64), unit, 1, 1)


def _units_before(after: int, unit: Unit, units: int) -> int:
    """Return the moment so many units before another."""
    if unit in (Unit.DAY, Unit.GENERIC):
        return after - units
    if unit is Unit.WEEK:
        return after - 7 * units
    return months_later(date.fromordinal(after), -units * (12 if unit is Unit.YEAR else 1)).toordinal()
