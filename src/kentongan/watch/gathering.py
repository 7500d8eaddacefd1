"""What a watch may count, read through its owner's eyes and cut down to places, days and kinds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from kentongan.agreements.rules import Actor
from kentongan.events.queries import events_as_of
from kentongan.intake.models import Report
from kentongan.kit.periods import end_of_day, start_of_day
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vocabulary.models import Kind

from .features import Happening, Heard, Located, Unit, week_starts
from .models import Watch
from .streams import is_counted, kinds_of, streams

VILLAGE_LEVELS = ("village", "suco")
DISTRICT_LEVELS = ("district", "post")
AT_ONCE = 5000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that one run counts, as known at the end of its day."""

    happenings: tuple[Happening, ...]
    heard: tuple[Heard, ...]
    located: dict[int, Located]
    kinds: dict[str, frozenset[str]]  # of each stream


def gather(watch: Watch, *, as_of: date, zone: ZoneInfo, eyes: Actor, at: datetime) -> Gathered:
    """Return what the owner of the watch may see and knew at the end of the day, without anything that names a person."""
    since = week_starts(as_of, watch.baseline_weeks)[0]
    roots = roots_of(watch)
    vocabulary = list(Kind.objects.values_list("code", "kind_class"))
    countable = frozenset(code for code, kind_class in vocabulary if is_counted(code, kind_class))
    rows = events_as_of(eyes, day=as_of, zone=zone, roots=roots, since=since)
    happenings = tuple(Happening(row.place_id, row.happened_on, row.kinds & countable) for row in rows)
    heard = tuple(_heard(eyes, roots, as_of=as_of, since=since, zone=zone, at=at))
    return Gathered(
        happenings=happenings,
        heard=heard,
        located=located({h.place for h in happenings}),
        kinds={stream.code: kinds_of(stream, vocabulary) for stream in streams()},
    )


def roots_of(watch: Watch) -> list[int]:
    """Return the keys of the roots that the watch looks at; all of the gazetteer when it names none."""
    named = list(watch.roots.values_list("pk", flat=True))
    return named or list(Place.objects.filter(parent__isnull=True).values_list("pk", flat=True))


def located(places: Iterable[int]) -> dict[int, Located]:
    """Return for each place the village and the district that it is or lies in."""
    found: dict[int, dict[str, Unit]] = defaultdict(dict)
    for some in _batches(sorted(places), AT_ONCE):
        # pairs first, then the units: in one join SQLite would begin with every village of the gazetteer
        pairs = list(PlaceAncestor.objects.filter(descendant__in=some).values_list("descendant_id", "ancestor_id"))
        above = Place.objects.filter(pk__in={key for _place, key in pairs}, level__in=VILLAGE_LEVELS + DISTRICT_LEVELS)
        units = {
            key: (level, Unit(key, lat, lon)) for key, level, lat, lon in above.values_list("pk", "level", "lat", "lon")
        }
        for place, key in pairs:
            if key in units:
                level, unit = units[key]
                found[place]["village" if level in VILLAGE_LEVELS else "district"] = unit
    return {place: Located(units.get("village"), units.get("district")) for place, units in found.items()}


def codes_of(places: Iterable[int]) -> dict[int, str]:
    """Return the present codes of places by their keys."""
    found: dict[int, str] = {}
    for some in _batches(sorted(places), AT_ONCE):
        found.update(Place.objects.filter(pk__in=some).values_list("pk", "code"))
    return found


def _heard(
    eyes: Actor, roots: Sequence[int], *, as_of: date, since: date, zone: ZoneInfo, at: datetime
) -> Iterator[Heard]:
    """Yield each report of a village with the day it speaks of; a nil report speaks of every week it covers."""
    reports = Report.objects.visible_to(eyes, at=at).exclude(handling="protected")
    reports = reports.filter(
        place__isnull=False, received_at__gte=start_of_day(since, zone), received_at__lt=end_of_day(as_of, zone)
    )
    reports = reports.filter(place__in=PlaceAncestor.objects.filter(ancestor__in=roots).values("descendant"))
    rows = list(
        reports.order_by("received_at", "id").values_list(
            "place_id", "received_at", "published_on", "is_nil", "covers_from", "covers_to"
        )
    )
    where = located({place for place, *_rest in rows if place is not None})
    for place, received_at, published_on, is_nil, covers_from, covers_to in rows:
        village = where[place].village if place in where else None
        if village is None:
            continue
        received = received_at.astimezone(zone).date()
        if not is_nil:
            about = published_on if published_on and published_on <= received else received
            yield Heard(village.key, about, received)
        elif covers_from and covers_to:
            for about in _weekly(covers_from, min(covers_to - timedelta(days=1), received)):
                yield Heard(village.key, about, received)


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
