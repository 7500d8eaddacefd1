"""What moves from where to where: ways that confirmed events name, read through the gate and counted by areas."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kentongan.agreements.facts import Actor
from kentongan.events.queries import Named, places_named
from kentongan.places.models import Place, PlaceAncestor, PlaceCode
from kentongan.vocabulary.models import Kind
from kentongan.watch.streams import is_counted, kinds_of, streams

from .rules import Area, Period, ways_named

AREA_LEVELS = ("regency", "city", "municipality")
LARGER_LEVELS = ("province", "country", "sea")


@dataclass(frozen=True, slots=True)
class Moved:
    """One event that names a way, or several where it names several origins or destinations."""

    event_id: UUID
    day: date
    persons: int | None
    ways: tuple[tuple[Area, ...], ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """All events of a period that name one way. `persons` adds up what was told; `untold` events told no number."""

    way: tuple[Area, ...]
    events: int
    before: int
    persons: int
    untold: int
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Flows:
    """The ways of two periods of equal length, and how many events of the later one named no way."""

    now: Period
    earlier: Period
    moved: tuple[Moved, ...]
    moved_before: tuple[Moved, ...]
    rows: tuple[Flow, ...]
    without_way: int


def flows(actor: Actor, *, now: Period, earlier: Period, stream: str, at: datetime) -> Flows:
    """Return the flows that the actor may see, the most named first; of one stream, or of all that is counted."""
    kinds = _kinds(stream)
    named = places_named(actor, at=at, first=earlier.first, last=now.last, kinds=kinds)
    areas = _Areas(named)
    moved = [(one, _moved(one, areas)) for one in named]
    late = tuple(m for one, m in moved if m.ways and now.holds(one.happened_on))
    early = tuple(m for one, m in moved if m.ways and earlier.holds(one.happened_on))
    without = sum(not m.ways for one, m in moved if now.holds(one.happened_on))
    return Flows(now, earlier, late, early, _rows(late, early), without)


def _kinds(stream: str) -> frozenset[str]:
    """Return the kinds of the stream, or every kind that may be counted; never protected ones or election issues."""
    vocabulary = list(Kind.objects.values_list("code", "kind_class"))
    for known in streams():
        if known.code == stream:
            return kinds_of(known, vocabulary)
    return frozenset(code for code, kind_class in vocabulary if is_counted(code, kind_class))


def _rows(late: Iterable[Moved], early: Iterable[Moved]) -> tuple[Flow, ...]:
    by_way: dict[tuple[int, ...], list[Moved]] = defaultdict(list)
    way_of: dict[tuple[int, ...], tuple[Area, ...]] = {}
    before: dict[tuple[int, ...], int] = defaultdict(int)
    for one in late:
        for way in one.ways:
            by_way[_key(way)].append(one)
            way_of[_key(way)] = way
    for one in early:
        for way in one.ways:
            before[_key(way)] += 1
            way_of.setdefault(_key(way), way)
    rows = [
        Flow(
            way=way,
            events=len(by_way[key]),
            before=before[key],
            persons=sum(one.persons or 0 for one in by_way[key]),
            untold=sum(one.persons is None for one in by_way[key]),
            last_on=max((one.day for one in by_way[key]), default=None),
        )
        for key, way in way_of.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.events, -row.before, [area.code for area in row.way])))


def _key(way: Sequence[Area]) -> tuple[int, ...]:
    return tuple(area.id for area in way)


def _moved(one: Named, areas: "_Areas") -> Moved:
    origins, destinations = areas.of_codes(one.origins), areas.of_codes(one.destinations)
    ways = ways_named(origins, areas.of_place(one.place_id), destinations)
    return Moved(one.event_id, one.happened_on, one.persons, tuple(ways))


class _Areas:
    """The areas of all places that some events name, in three questions to the database."""

    def __init__(self, named: Collection[Named]) -> None:
        codes = {code for one in named for code in (*one.origins, *one.destinations)}
        self._place_of: dict[str, int] = dict(Place.objects.filter(code__in=codes).values_list("code", "id"))
        former = PlaceCode.objects.filter(code__in=codes - self._place_of.keys()).order_by("-valid_to", "id")
        for code, place in former.values_list("code", "place_id"):
            self._place_of.setdefault(code, place)
        wanted = {*self._place_of.values(), *(one.place_id for one in named if one.place_id)}
        self._area_of = areas_of(wanted)

    def of_place(self, place: int | None) -> Area | None:
        return self._area_of.get(place) if place else None

    def of_codes(self, codes: Iterable[str]) -> list[Area]:
        found = [self.of_place(self._place_of.get(code)) for code in codes]
        return list({area.id: area for area in found if area}.values())


def areas_of(places: Collection[int]) -> Mapping[int, Area]:
    """Return the area of each place: its regency, city or municipality; of what is larger, itself."""
    levels = (*AREA_LEVELS, *LARGER_LEVELS)
    above: dict[int, list[tuple[int, Place]]] = defaultdict(list)
    links = PlaceAncestor.objects.filter(descendant__in=places, ancestor__level__in=levels).select_related("ancestor")
    for link in links.order_by("depth"):
        above[link.descendant_id].append((link.depth, link.ancestor))
    return {place: _area([unit for _depth, unit in units]) for place, units in above.items()}


def _area(units: Sequence[Place]) -> Area:
    """Return the nearest of the units, the others above it."""
    unit = units[0]
    return Area(
        id=unit.pk,
        code=unit.code,
        name=name_of(unit),
        level=unit.level,
        country=unit.country,
        lat=unit.lat,
        lon=unit.lon,
        above=frozenset(other.pk for other in units[1:]),
    )


def name_of(unit: Place) -> str:
    """Return the name, with its level where a city and the regency around it have one name."""
    return f"Kota {unit.name}" if unit.level == "city" else unit.name
