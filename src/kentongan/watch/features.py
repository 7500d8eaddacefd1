"""What the engine is given: places, days and kinds, nothing else. No Django, no names, no text.

An event that is known only to its district counts at district level, one known only to its regency at neither; what a
level cannot use is counted and shown, not spread over places by guess.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as the watch sees it: a place, a day, kinds."""

    place: int
    day: date
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Heard:
    """One report as the watch for silence sees it: a village, the day it speaks of, the day it came."""

    village: int
    about: date
    received: date


@dataclass(frozen=True, slots=True)
class Unit:
    """A place to the engine: its key, and where it lies when that is known."""

    key: int
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Located:
    """The village and the district that a place is or lies in; None where the place is coarser."""

    village: Unit | None
    district: Unit | None

    def at(self, level: str) -> Unit | None:
        """Return the unit at the level."""
        return self.village if level == "village" else self.district


@dataclass(frozen=True, slots=True)
class Unseen:
    """Events of a stream that a level could not use, by reason."""

    coarse: int = 0
    without_coordinates: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """The cases of one stream at one level, as the engine takes them.

    Shapes: units (places,), place and period (cases,): an index into the units, and the week from 0 to weeks - 1 (now).
    """

    units: tuple[Unit, ...]
    place: NDArray[np.int64]
    period: NDArray[np.int64]
    starts: tuple[date, ...]
    unseen: Unseen

    @property
    def weeks(self) -> int:
        return len(self.starts)

    def counts(self) -> NDArray[np.int64]:
        """Return cases by place and week."""
        table = np.zeros((len(self.units), self.weeks), dtype=np.int64)
        np.add.at(table, (self.place, self.period), 1)
        return table


def week_starts(as_of: date, weeks: int) -> tuple[date, ...]:
    """Return the first days of the weeks that end with the day, oldest first; on a Sunday they are ISO weeks."""
    last = as_of - timedelta(days=WEEK_DAYS - 1)
    return tuple(last - timedelta(days=WEEK_DAYS * back) for back in range(weeks - 1, -1, -1))


def scan_table(
    happenings: Iterable[Happening],
    located: Mapping[int, Located],
    *,
    kinds: frozenset[str],
    level: str,
    as_of: date,
    weeks: int,
) -> Table:
    """Return the cases of a stream at a level in the weeks that end with the day, places in the order of their keys."""
    starts = week_starts(as_of, weeks)
    cases: list[tuple[Unit, int]] = []
    unseen: Counter[str] = Counter()
    for happening in happenings:
        if happening.kinds & kinds and starts[0] <= happening.day <= as_of:
            unit = located[happening.place].at(level) if happening.place in located else None
            if unit is None:
                unseen["coarse"] += 1
            elif unit.lat is None or unit.lon is None:
                unseen["without_coordinates"] += 1
            else:
                cases.append((unit, (happening.day - starts[0]).days // WEEK_DAYS))
    units = tuple(sorted({unit for unit, _week in cases}, key=lambda unit: unit.key))
    index = {unit.key: number for number, unit in enumerate(units)}
    return Table(
        units=units,
        place=np.array([index[unit.key] for unit, _week in cases], dtype=np.int64),
        period=np.array([week for _unit, week in cases], dtype=np.int64),
        starts=starts,
        unseen=Unseen(**unseen),
    )


def report_table(heard: Iterable[Heard], *, as_of: date, weeks: int) -> tuple[tuple[int, ...], NDArray[np.int64]]:
    """Return the villages and how many reports each sent about each week; (villages,) and (villages, weeks)."""
    starts = week_starts(as_of, weeks)
    kept = [h for h in heard if starts[0] <= h.about <= as_of and h.received <= as_of]
    villages = tuple(sorted({h.village for h in kept}))
    index = {village: number for number, village in enumerate(villages)}
    table = np.zeros((len(villages), weeks), dtype=np.int64)
    for h in kept:
        table[index[h.village], (h.about - starts[0]).days // WEEK_DAYS] += 1
    return villages, table


def delays_days(heard: Iterable[Heard], *, as_of: date, weeks: int, settled_weeks: int = 6) -> NDArray[np.int64]:
    """Return the days from the last day of the week a report speaks of to its arrival, for weeks old enough to be complete."""
    starts = week_starts(as_of, weeks)
    last_settled = as_of - timedelta(days=WEEK_DAYS * settled_weeks)
    delays = []
    for h in heard:
        if starts[0] <= h.about <= last_settled and h.received <= as_of:
            last_day = starts[(h.about - starts[0]).days // WEEK_DAYS] + timedelta(days=WEEK_DAYS - 1)
            delays.append((h.received - last_day).days)
    return np.array(delays, dtype=np.int64)
