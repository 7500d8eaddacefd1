"""Which events may be a happening that a report tells: looked up through the gate, compared by the rules of `joining`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from kentongan.agreements.facts import Actor
from kentongan.events import joining
from kentongan.events.models import Event, EventReport, JoinDoubt
from kentongan.intake.drafts import latest_civil_day
from kentongan.intake.models import Report
from kentongan.places.models import Place, PlaceAncestor

from .versions import OPEN_STATES

NEAR_DAYS = timedelta(days=8)  # one more than joining.compare_times weighs
KNOWN_NEAR = timedelta(days=15)
MOST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Telling:
    """A happening as a reading or an officer tells it, before it is an event. `happened_to` is excluded."""

    kinds: frozenset[str]
    place_id: int | None
    happened_from: date | None
    happened_to: date | None
    persons: int | None
    is_protected: bool
    place_open: tuple[str, ...] = ()
    amounts: Mapping[str, frozenset[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """An event that is or may be the happening."""

    event: Event
    comparison: joining.Comparison


def likely_same(
    report: Report, telling: Telling, *, by: Actor, at: datetime, apart_from: QuerySet[EventReport]
) -> list[Match]:
    """Return the events that are or may be what the report tells, the likeliest first, among those the actor may see.

    The events of `apart_from` are known to be others.
    """
    candidates = list(_candidates(report, telling, by, at, apart_from))
    keys = {event.place_id for event in candidates if event.place_id}
    codes = {code for event in candidates if event.place_id is None for code in event.place_open} | set(
        telling.place_open
    )
    key_of = dict(Place.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
    spots = _spots(keys | ({telling.place_id} if telling.place_id else set()))
    told = joining.Happening(
        kinds=telling.kinds,
        spot=spots[telling.place_id] if telling.place_id else None,
        happened_from=telling.happened_from,
        happened_to=telling.happened_to,
        known_on=latest_civil_day(report.received_at),
        persons=telling.persons,
        amounts=telling.amounts,
        open_places=frozenset(key_of[code] for code in telling.place_open if code in key_of),
    )
    matches = [Match(event, joining.compare(told, _happening(event, spots, key_of))) for event in candidates]
    near = [match for match in matches if match.comparison.verdict != "apart"]
    return sorted(near, key=lambda match: (-match.comparison.score, match.event.known_at, match.event.pk))


def note_doubt(event: Event, match: Match, *, at: datetime) -> None:
    """Leave the question to an officer; an event of another agency that is the same is linked by the answer, not merged."""
    one, other = sorted((event, match.event), key=lambda e: e.pk)
    why = [{"about": reason.about, "code": reason.code, "share": reason.share} for reason in match.comparison.reasons]
    JoinDoubt.objects.get_or_create(
        one=one, other=other, defaults={"score": match.comparison.score, "why": why, "noticed_at": at}
    )


def _candidates(
    report: Report, telling: Telling, by: Actor, at: datetime, apart_from: QuerySet[EventReport]
) -> QuerySet[Event]:
    """Return open events near in time that the actor may see; protected only with protected."""
    known = Q(known_at__gte=report.received_at - KNOWN_NEAR, known_at__lte=report.received_at + KNOWN_NEAR)
    if telling.happened_from is None or telling.happened_to is None:
        near = known
    else:
        begins, ends = telling.happened_from - NEAR_DAYS, telling.happened_to + NEAR_DAYS
        near = Q(happened_from__lt=ends, happened_to__gt=begins) | (Q(happened_from__isnull=True) & known)
    found = Event.objects.visible_to(by, at=at).filter(near, state__in=OPEN_STATES)
    found = found.exclude(pk__in=apart_from.values("event"))
    if telling.is_protected:
        found = found.filter(handling="protected", owner_id=report.owner_id)
    else:
        found = found.exclude(handling="protected")
    return found.prefetch_related("classifications").order_by("-known_at", "-id")[:MOST_COMPARED]


def _happening(event: Event, spots: Mapping[int, joining.Spot], key_of: Mapping[str, int]) -> joining.Happening:
    return joining.Happening(
        kinds=frozenset(one.kind_id for one in event.classifications.all() if one.withdrawn_at is None),
        spot=spots.get(event.place_id) if event.place_id else None,
        happened_from=event.happened_from,
        happened_to=event.happened_to,
        known_on=latest_civil_day(event.known_at),
        persons=event.persons,
        amounts=_amounts(event.details),
        open_places=frozenset(key_of[code] for code in event.place_open if code in key_of),
    )


def _amounts(details: Mapping[str, object]) -> dict[str, frozenset[float]]:
    stored = details.get("amounts")
    return {unit: frozenset(values) for unit, values in stored.items()} if isinstance(stored, dict) else {}


def _spots(keys: Iterable[int]) -> dict[int, joining.Spot]:
    above: dict[int, set[int]] = {key: set() for key in keys}
    for descendant, ancestor in PlaceAncestor.objects.filter(descendant__in=above, depth__gt=0).values_list(
        "descendant_id", "ancestor_id"
    ):
        above[descendant].add(ancestor)
    return {
        place.pk: joining.Spot(place.pk, place.level, frozenset(above[place.pk]), place.lat, place.lon)
        for place in Place.objects.filter(pk__in=above)
    }
