"""What the engine is given: places, days and kinds, nothing else. No Django, no names, no text.

An event that is known only to its district is scanned at district level, one known only to its regency at neither; it
counts in the series of its regency and its province. What a level cannot use is counted and shown, not spread over places
by guess.
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
    """One event as the watch sees it: a place, a day, kinds, and the day since which it counts (None: its own)."""

    place: int
    day: date
    kinds: frozenset[str]
    known: date | None = None


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

    @property
    def has_coordinates(self) -> bool:
        return self.lat is not None and self.lon is not None


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
    """The cases of one stream at one level, as the engine takes them, over all units of which a case would be heard.

    Shapes: units (places,); place, source and period (cases,): an index into the units; the key of the most precise unit
    that is known of the case, its village or else the unit itself; and the week from 0 to weeks - 1 (now).
    """

    units: tuple[Unit, ...]
    place: NDArray[np.int64]
    source: NDArray[np.int64]
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

    def counts_by_source(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return cases by source and week, and the place (an index into the units) in which each source lies."""
        _keys, first, source = np.unique(self.source, return_index=True, return_inverse=True)
        table = np.zeros((first.size, self.weeks), dtype=np.int64)
        np.add.at(table, (source, self.period), 1)
        return table, self.place[first]


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
    ground: Iterable[Unit],
    as_of: date,
    weeks: int,
) -> Table:
    """Return the cases of a stream at a level in the weeks that end with the day, places in the order of their keys.

    The places are those of the ground that have coordinates, and those with a case.
    """
    starts = week_starts(as_of, weeks)
    cases: list[tuple[Unit, int, int]] = []
    unseen: Counter[str] = Counter()
    for happening in happenings:
        if happening.kinds & kinds and starts[0] <= happening.day <= as_of:
            where = located.get(happening.place, Located(None, None))
            unit = where.at(level)
            if unit is None:
                unseen["coarse"] += 1
            elif not unit.has_coordinates:
                unseen["without_coordinates"] += 1
            else:
                cases.append((unit, (where.village or unit).key, (happening.day - starts[0]).days // WEEK_DAYS))
    all_units = {unit for unit in ground if unit.has_coordinates} | {unit for unit, _source, _week in cases}
    units = tuple(sorted(all_units, key=lambda unit: unit.key))
    index = {unit.key: number for number, unit in enumerate(units)}
    return Table(
        units=units,
        place=np.array([index[unit.key] for unit, _source, _week in cases], dtype=np.int64),
        source=np.array([source for _unit, source, _week in cases], dtype=np.int64),
        period=np.array([week for _unit, _source, week in cases], dtype=np.int64),
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


@dataclass(frozen=True, slots=True)
class Areas:
    """The village, district, regency and province that a place is or lies in, by key; None where it is coarser."""

    village: int | None
    district: int | None
    regency: int | None
    province: int | None

    def at(self, level: str) -> int | None:
        """Return the key of the area at the level."""
        return {"village": self.village, "district": self.district, "regency": self.regency}.get(level, self.province)


NOWHERE = -1
"""The key that stands for no area."""

_KEPT_LEVELS = ("village", "district", "regency", "province")


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """The cases of one stream as series of whole areas, the places that need no coordinates.

    Shapes: inside (4, cases): the keys of the village, district, regency and province that the case lies in, NOWHERE
    where it is known only more coarsely; day (cases,): of the proleptic calendar; week (cases,): index into the starts;
    delay (cases,): days from the end of its week to the day since which it counts. Cases are in the order of their days.
    """

    inside: NDArray[np.int64]
    day: NDArray[np.int64]
    week: NDArray[np.int64]
    delay: NDArray[np.int64]
    starts: tuple[date, ...]

    @property
    def weeks(self) -> int:
        return len(self.starts)

    def at(self, level: str) -> NDArray[np.int64]:
        """Return the key of the area of the level that each case lies in; (cases,)."""
        keys: NDArray[np.int64] = self.inside[_KEPT_LEVELS.index(level)]
        return keys

    def series(self, level: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the keys of the areas of a level that have a case, ascending, and their cases by week; (areas, weeks)."""
        is_known = self.at(level) != NOWHERE
        keys, area = np.unique(self.at(level)[is_known], return_inverse=True)
        table = np.zeros((keys.size, self.weeks), dtype=np.int64)
        np.add.at(table, (area, self.week[is_known]), 1)
        return keys, table


def series_table(
    happenings: Iterable[Happening],
    areas: Mapping[int, Areas],
    *,
    kinds: frozenset[str],
    as_of: date,
    weeks: int,
) -> SeriesTable:
    """Return the cases of a stream in the weeks that end with the day, each as precisely as its place is known."""
    starts = week_starts(as_of, weeks)
    nowhere = Areas(None, None, None, None)
    cases = sorted(
        (
            happening.day.toordinal(),
            tuple(
                NOWHERE if (key := areas.get(happening.place, nowhere).at(level)) is None else key
                for level in _KEPT_LEVELS
            ),
            (happening.known or happening.day).toordinal(),
        )
        for happening in happenings
        if happening.kinds & kinds and starts[0] <= happening.day <= as_of
    )
    day = np.array([day for day, _inside, _known in cases], dtype=np.int64)
    week = (day - starts[0].toordinal()) // WEEK_DAYS
    last_day = starts[0].toordinal() + (week + 1) * WEEK_DAYS - 1
    inside = np.array([inside for _day, inside, _known in cases], dtype=np.int64).reshape(-1, len(_KEPT_LEVELS))
    return SeriesTable(
        inside=inside.T.copy(),
        day=day,
        week=week,
        delay=np.array([known for _day, _inside, known in cases], dtype=np.int64) - last_day,
        starts=starts,
    )
