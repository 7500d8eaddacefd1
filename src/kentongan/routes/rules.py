"""What counts as a movement, over which periods, and what boarding costs. No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

BOARDING_KM: Mapping[str, float] = {"ferry": 30.0, "ship": 100.0, "air": 400.0}
"""What taking a line costs, as kilometres over land: our judgement of waiting and fare, no measurement."""

PERIODS = (90, 182, 365)
"""Lengths in days that two periods to be compared may have."""


@dataclass(frozen=True, slots=True)
class Area:
    """A unit that movements are counted by: a regency, city or municipality, or what is larger where no more was said."""

    id: int
    code: str
    name: str
    level: str
    country: str
    lat: float | None
    lon: float | None
    above: frozenset[int]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` up to and including `last`."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Tell whether the day lies in the period."""
        return self.first <= day <= self.last


def two_periods(last: date, days: int) -> tuple[Period, Period]:
    """Return the period of so many days up to the last one, and the one of the same length before it."""
    now = Period(last - timedelta(days=days - 1), last)
    return now, Period(now.first - timedelta(days=days), now.first - timedelta(days=1))


def ways_named(origins: Sequence[Area], scene: Area | None, destinations: Sequence[Area]) -> list[tuple[Area, ...]]:
    """Return the ways that an event names: from each origin over its scene to each destination, two areas or more each.

    Of two stops in a row of which one contains the other the smaller is kept: a port and its province are one stop. So it
    is with two origins, or two destinations: "Balikpapan, Kalimantan Timur" is one.
    """
    middle = [scene] if scene else []
    begins: list[list[Area]] = [[origin] for origin in _smallest(origins)] or [[]]
    ends: list[list[Area]] = [[one] for one in _smallest(destinations)] or [[]]
    found: dict[tuple[int, ...], tuple[Area, ...]] = {}
    for begin in begins:
        for end in ends:
            way = _without_repeats([*begin, *middle, *end])
            if len(way) >= 2:
                found.setdefault(tuple(area.id for area in way), way)
    return list(found.values())


def _smallest(areas: Sequence[Area]) -> list[Area]:
    """Return those that contain none of the others."""
    return [area for area in areas if not any(area.id in other.above for other in areas)]


def _without_repeats(stops: Sequence[Area]) -> tuple[Area, ...]:
    way: list[Area] = []
    for stop in stops:
        if way and (stop.id == way[-1].id or stop.id in way[-1].above):
            continue
        if way and way[-1].id in stop.above:
            way[-1] = stop
            continue
        way.append(stop)
    return tuple(way)
