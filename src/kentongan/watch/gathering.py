"""What a watch may count, read through its owner's eyes and cut down to places, days and kinds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min

from kentongan.agreements.facts import Actor
from kentongan.agreements.onward import Came, came_under
from kentongan.events.models import Event, EventVersion
from kentongan.events.queries import events_as_of
from kentongan.intake.models import Report
from kentongan.kit.periods import end_of_day, start_of_day
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vocabulary.models import Kind

from .features import Areas, Happening, Heard, Located, Unit, week_starts
from .models import Finding, Watch
from .scanning import Seen
from .streams import is_counted, kinds_of, streams
from .trends import HISTORY_WEEKS

VILLAGE_LEVELS = ("village", "suco")
DISTRICT_LEVELS = ("district", "post")
REGENCY_LEVELS = ("regency", "city", "municipality")
PROVINCE_LEVELS = ("province",)
AT_ONCE = 5000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Given:
    """Something that others gave and that counts: where (the place and all that it lies in), when, of which kinds (None:
    a report), and under what it came. The engine is told nothing of it."""

    within: frozenset[int]
    day: date
    kinds: frozenset[str] | None
    came: frozenset[Came]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that one run counts, as known at the end of its day."""

    happenings: tuple[Happening, ...]
    heard: tuple[Heard, ...]
    located: dict[int, Located]
    ground: dict[str, tuple[Unit, ...]]  # by level: all units of which an event would be heard
    areas: dict[int, Areas]  # of each place
    kinds: dict[str, frozenset[str]]  # of each stream
    given: tuple[Given, ...] = ()

    def came_into(self, seen: Seen) -> frozenset[Came]:
        """Return under what came whatever others gave of the places of what was seen, in the weeks that it tells of."""
        first = min((week.starts_on for week in seen.weeks), default=seen.window_from)
        kinds = None if seen.type == Finding.Type.SILENCE else self.kinds[seen.stream]

        def is_inside(given: Given) -> bool:
            is_its = given.kinds is None if kinds is None else bool(given.kinds and given.kinds & kinds)
            return is_its and first <= given.day < seen.window_to and bool(given.within & seen.places)

        return frozenset().union(*(given.came for given in self.given if is_inside(given)))


def gather(watch: Watch, *, as_of: date, zone: ZoneInfo, eyes: Actor, at: datetime) -> Gathered:
    """Return what the owner of the watch may see and knew at the end of the day, without anything that names a person."""
    since = week_starts(as_of, watch.baseline_weeks)[0]
    roots = roots_of(watch)
    vocabulary = list(Kind.objects.values_list("code", "kind_class"))
    countable = frozenset(code for code, kind_class in vocabulary if is_counted(code, kind_class))
    history = min(since, week_starts(as_of, HISTORY_WEEKS)[0])
    rows = events_as_of(eyes, day=as_of, zone=zone, roots=roots, since=history, at=at)
    events = [row.event_id for row in rows]
    known = _known_on(events, as_of=as_of, zone=zone)
    looked = {"as": "counted", "watch": f"watch:{watch.pk}"}
    came = came_under(Event, events, eyes, at=at, facts=looked)
    happenings = tuple(
        Happening(row.place_id, row.happened_on, row.kinds & countable, known[row.event_id]) for row in rows
    )
    heard = reports_heard(eyes, roots, as_of=as_of, since=since, zone=zone, at=at)
    came |= came_under(Report, list(heard), eyes, at=at, facts=looked)
    return Gathered(
        happenings=happenings,
        heard=tuple(one for some in heard.values() for one in some),
        located=located({h.place for h in happenings}),
        ground=ground_around({h.place for h in happenings if h.day >= since}),
        areas=areas_of({h.place for h in happenings}),
        kinds={stream.code: kinds_of(stream, vocabulary) for stream in streams()},
        given=_given(dict(zip(events, happenings, strict=True)), heard, came),
    )


def _given(
    happenings: Mapping[UUID, Happening], heard: Mapping[UUID, Sequence[Heard]], came: Mapping[UUID, frozenset[Came]]
) -> tuple[Given, ...]:
    events = [(pk, one) for pk, one in happenings.items() if pk in came]
    reports = [(pk, one) for pk, some in heard.items() if pk in came for one in some]
    within = around({one.place for _pk, one in events} | {one.village for _pk, one in reports})
    return (
        *(Given(within.get(one.place, frozenset()), one.day, one.kinds, came[pk]) for pk, one in events),
        *(Given(within.get(one.village, frozenset()), one.about, None, came[pk]) for pk, one in reports),
    )


def roots_of(watch: Watch) -> list[int]:
    """Return the keys of the roots that the watch looks at; all of the gazetteer when it names none."""
    named = list(watch.roots.values_list("pk", flat=True))
    return named or list(Place.objects.filter(parent__isnull=True).values_list("pk", flat=True))


def located(places: Iterable[int]) -> dict[int, Located]:
    """Return for each place the village and the district that it is or lies in."""
    found: dict[int, dict[str, Unit]] = defaultdict(dict)
    for place, level, unit in _units_above(places, VILLAGE_LEVELS + DISTRICT_LEVELS):
        found[place]["village" if level in VILLAGE_LEVELS else "district"] = unit
    return {place: Located(units.get("village"), units.get("district")) for place, units in found.items()}


def ground_around(places: Iterable[int]) -> dict[str, tuple[Unit, ...]]:
    """Return, by level, the villages and districts of all regencies in which one of these places lies.

    A regency of which nothing was heard for a year is not taken for a quiet one.
    """
    regencies: set[int] = set()
    for some in _batches(sorted(places), AT_ONCE):
        above = PlaceAncestor.objects.filter(descendant__in=some, ancestor__level__in=REGENCY_LEVELS)
        regencies.update(above.values_list("ancestor_id", flat=True))
    inside = PlaceAncestor.objects.filter(ancestor__in=regencies)
    units = Place.objects.filter(pk__in=inside.values("descendant"), level__in=VILLAGE_LEVELS + DISTRICT_LEVELS)
    found: dict[str, list[Unit]] = {"village": [], "district": []}
    for key, level, lat, lon in units.values_list("pk", "level", "lat", "lon"):
        found["village" if level in VILLAGE_LEVELS else "district"].append(Unit(key, lat, lon))
    return {level: tuple(sorted(those, key=lambda unit: unit.key)) for level, those in found.items()}


def areas_of(places: Iterable[int]) -> dict[int, Areas]:
    """Return for each place the village, district, regency and province that it is or lies in.

    Where municipalities lie in a state without provinces, the state is their province.
    """
    found: dict[int, dict[str, int]] = defaultdict(dict)
    wanted = VILLAGE_LEVELS + DISTRICT_LEVELS + REGENCY_LEVELS + PROVINCE_LEVELS + ("country",)
    for place, level, unit in _units_above(places, wanted):
        found[place][level] = unit.key
    return {place: _areas(units) for place, units in found.items()}


def _units_above(places: Iterable[int], levels: tuple[str, ...]) -> Iterator[tuple[int, str, Unit]]:
    """Yield for each place every unit of these levels that it is or lies in, with the unit's level."""
    for some in _batches(sorted(places), AT_ONCE):
        # pairs first, then the units: in one join SQLite would begin with every village of the gazetteer
        pairs = list(PlaceAncestor.objects.filter(descendant__in=some).values_list("descendant_id", "ancestor_id"))
        above = Place.objects.filter(pk__in={key for _place, key in pairs}, level__in=levels)
        units = {
            key: (level, Unit(key, lat, lon)) for key, level, lat, lon in above.values_list("pk", "level", "lat", "lon")
        }
        for place, key in pairs:
            if key in units:
                yield place, *units[key]


def _areas(units: dict[str, int]) -> Areas:
    def first(levels: tuple[str, ...]) -> int | None:
        return next((units[level] for level in levels if level in units), None)

    regency = first(REGENCY_LEVELS)
    province = first(PROVINCE_LEVELS) or (None if regency is None else units.get("country"))
    return Areas(first(VILLAGE_LEVELS), first(DISTRICT_LEVELS), regency, province)


def around(places: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return for each place the places that it lies in, itself among them."""
    found: dict[int, set[int]] = defaultdict(set)
    for some in _batches(sorted(places), AT_ONCE):
        for place, key in PlaceAncestor.objects.filter(descendant__in=some).values_list("descendant_id", "ancestor_id"):
            found[place].add(key)
    return {place: frozenset(keys) for place, keys in found.items()}


def codes_of(places: Iterable[int]) -> dict[int, str]:
    """Return the present codes of places by their keys."""
    found: dict[int, str] = {}
    for some in _batches(sorted(places), AT_ONCE):
        found.update(Place.objects.filter(pk__in=some).values_list("pk", "code"))
    return found


def _known_on(events: Sequence[UUID], *, as_of: date, zone: ZoneInfo) -> dict[UUID, date]:
    """Return for each event the day on which it was first confirmed, as far as it was known at the end of the day."""
    decided: dict[UUID, date] = {}
    versions = EventVersion.objects.filter(state=Event.State.CONFIRMED, decided_at__lt=end_of_day(as_of, zone))
    for some in _batches(events, AT_ONCE):
        first = versions.filter(event__in=some).order_by().values_list("event_id").annotate(Min("decided_at"))
        decided.update({event: at.astimezone(zone).date() for event, at in first})
    return decided


def reports_heard(
    eyes: Actor, roots: Sequence[int], *, as_of: date, since: date, zone: ZoneInfo, at: datetime
) -> dict[UUID, tuple[Heard, ...]]:
    """Return what each report of a village says of days, in the order they came; a nil report speaks of every week it covers.

    Of others' reports those count whose place and day are shown as they stand.
    """
    seen = Report.objects.visible_to(eyes, at=at).showing("place", "source").exclude(handling="protected")
    seen = seen.filter(
        place__isnull=False, received_at__gte=start_of_day(since, zone), received_at__lt=end_of_day(as_of, zone)
    )
    seen = seen.filter(place__in=PlaceAncestor.objects.filter(ancestor__in=roots).values("descendant"))
    rows = list(
        Report.objects.filter(pk__in=seen.order_by().values("pk"))
        .order_by("received_at", "id")
        .values_list("pk", "place_id", "received_at", "published_on", "is_nil", "covers_from", "covers_to")
    )
    where = located({place for _pk, place, *_rest in rows if place is not None})
    return {
        pk: tuple(_said(village.key, received_at.astimezone(zone).date(), *rest))
        for pk, place, received_at, *rest in rows
        if place in where and (village := where[place].village) is not None
    }


def _said(
    village: int,
    received: date,
    published_on: date | None,
    is_nil: bool,
    covers_from: date | None,
    covers_to: date | None,
) -> Iterator[Heard]:
    """Yield the days that one report of a village speaks of."""
    if not is_nil:
        yield Heard(village, published_on if published_on and published_on <= received else received, received)
    elif covers_from and covers_to:
        for about in _weekly(covers_from, min(covers_to - timedelta(days=1), received)):
            yield Heard(village, about, received)


def _weekly(first: date, last: date) -> Iterator[date]:
    """Yield days a week apart that lie in the period, its last day among them."""
    day = last
    while day >= first:
        yield day
        day -= timedelta(days=7)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some
