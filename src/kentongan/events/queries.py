"""Reads of events that need more than one table."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from kentongan.agreements.facts import Actor
from kentongan.intake.models import Report
from kentongan.kit.periods import end_of_day
from kentongan.places.models import Place, PlaceAncestor

from .models import Classification, Event, EventReport, EventVersion, JoinDoubt, Merge, ReadingRow


@dataclass(frozen=True, slots=True)
class EventAsOf:
    """An event as it was known at the end of a day."""

    event_id: UUID
    place_id: int
    happened_on: date
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Named:
    """The places that a confirmed event names, by role, as codes; the scene is its place."""

    event_id: UUID
    place_id: int | None
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    happened_on: date
    persons: int | None


def places_named(actor: Actor, *, at: datetime, first: date, last: date, kinds: Collection[str]) -> list[Named]:
    """Return what the confirmed events of the days and kinds name that the actor may see with place, day and details.

    Never protected ones. Origin and destination are those of the whole text, as it was read: a text of two happenings gives
    both the same. Persons are left out where their number is not shown. Ordered by day and id.
    """
    seen = Event.objects.visible_to(actor, at=at).showing("place", "time", "details").exclude(handling="protected")
    standing = Q(classifications__kind__in=kinds, classifications__withdrawn_at__isnull=True)
    rows = seen.filter(
        standing, state=Event.State.CONFIRMED, happened_from__gte=first, happened_from__lte=last
    ).distinct()
    return [
        Named(
            event_id=event.pk,
            place_id=event.place_id,
            origins=_codes(event.details.get("origin")),
            destinations=_codes(event.details.get("destination")),
            happened_on=event.happened_from,
            persons=event.persons,
        )
        for event in rows.order_by("happened_from", "id")
    ]


def _codes(listed: object) -> tuple[str, ...]:
    return tuple(str(code) for code in listed) if isinstance(listed, list) else ()


def events_as_of(
    owner_actor: Actor, *, day: date, zone: ZoneInfo, roots: Collection[int], since: date, at: datetime
) -> list[EventAsOf]:
    """Return what was confirmed by the end of the day of happenings since a day within the roots, never protected ones.

    What the owner may see it may see now, at `at`: an agreement that was withdrawn since gives nothing for days before
    either. Of others' events those count whose place and day are shown as they stand. Only what is dated to the day counts: a month's first day is nobody's day. Ordered by day, place and id.
    """
    end = end_of_day(day, zone)
    seen = Event.objects.visible_to(owner_actor, at=at).showing("place", "time").exclude(handling="protected")
    seen = seen.filter(known_at__lt=end)
    last = EventVersion.objects.filter(event=OuterRef("event"), decided_at__lt=end).order_by("-number").values("number")
    rows = (
        EventVersion.objects.filter(
            event__in=seen,
            decided_at__lt=end,
            state=Event.State.CONFIRMED,
            precision__in=(Event.Precision.INSTANT, Event.Precision.DAY),
            happened_from__gte=since,
            happened_from__lte=day,
            place__in=PlaceAncestor.objects.filter(ancestor__in=roots).values("descendant"),
        )
        .filter(number=Subquery(last[:1]))
        .order_by("happened_from", "place_id", "event_id")
        .values_list("event_id", "place_id", "happened_from", "kinds")
    )
    return [EventAsOf(pk, place, on, frozenset(kinds)) for pk, place, on, kinds in rows if place and on]


def events_of_report(report: UUID, actor: Actor, *, at: datetime) -> QuerySet[Event]:
    """Return the events behind which the report stands, as far as the actor sees them."""
    links = Q(evidence__report=report, evidence__unlinked_at__isnull=True)
    return Event.objects.visible_to(actor, at=at).filter(links).distinct().select_related("place")


def latest_reading(report: UUID, actor: Actor, *, at: datetime) -> ReadingRow | None:
    """Return the newest reading of a report that the actor may see."""
    found: ReadingRow | None = ReadingRow.objects.visible_to(actor, at=at).filter(report=report).first()
    return found


def open_doubts(event: Event, actor: Actor, *, at: datetime) -> list[tuple[JoinDoubt, Event]]:
    """Return the unanswered doubts of an event with the other event, where the actor may see that one."""
    doubts = JoinDoubt.objects.filter(Q(one=event) | Q(other=event), answer="").order_by("-score", "id")
    others = {doubt.other_id if doubt.one_id == event.pk else doubt.one_id: doubt for doubt in doubts}
    seen = Event.objects.visible_to(actor, at=at).filter(pk__in=others, state__in=("proposed", "confirmed"))
    found = {other.pk: other for other in seen.select_related("place")}
    return [(doubt, found[pk]) for pk, doubt in others.items() if pk in found]


def standing_merges(event: Event, actor: Actor, *, at: datetime) -> list[tuple[Merge, Event]]:
    """Return the merges into an event that were not undone, the latest first, with what was merged, where the actor may see that."""
    merges = list(Merge.objects.filter(into=event, undone_at__isnull=True).order_by("-merged_at", "-id"))
    seen = Event.objects.visible_to(actor, at=at).in_bulk([merge.absorbed_id for merge in merges])
    return [(merge, seen[merge.absorbed_id]) for merge in merges if merge.absorbed_id in seen]


def standing_evidence(event: Event, actor: Actor, *, at: datetime) -> list[tuple[EventReport, Report | None]]:
    """Return what ties reports to an event with each report as far as the actor sees it, the first received first; unseen ones last."""
    links = list(event.evidence.filter(unlinked_at__isnull=True).order_by("linked_at", "id"))
    reports = Report.objects.visible_to(actor, at=at).select_related("owner", "place").defer("original")
    seen = reports.in_bulk([link.report_id for link in links])
    found = [(link, seen.get(link.report_id)) for link in links]
    return sorted(found, key=lambda pair: (0, pair[1].received_at) if pair[1] else (1, pair[0].linked_at))


def places_by_code(codes: Collection[str]) -> list[Place]:
    """Return the places of the codes, in the order of the codes."""
    known = (
        {place.code: place for place in Place.objects.filter(code__in=codes).select_related("parent")} if codes else {}
    )
    return [known[code] for code in codes if code in known]


def events_listed(
    actor: Actor,
    *,
    at: datetime,
    state: str = "",
    kind: str = "",
    within: int | None = None,
    first: date | None = None,
    last: date | None = None,
    words: str = "",
) -> QuerySet[Event]:
    """Return the events that the actor may see and the filters leave, the latest known first."""
    found = (
        Event.objects.visible_to(actor, at=at)
        .select_related("place", "owner")
        .prefetch_related("classifications__kind")
    )
    found = found.filter(state=state) if state else found.filter(state__in=("proposed", "confirmed"))
    if kind:
        standing = Classification.objects.filter(withdrawn_at__isnull=True).filter(
            Q(kind=kind) | Q(kind__code__startswith=f"{kind}.")
        )
        found = found.filter(pk__in=standing.values("event"))
    if within is not None:
        found = found.filter(place__in=PlaceAncestor.objects.filter(ancestor=within).values("descendant"))
    if first:
        found = found.filter(happened_to__gt=first)
    if last:
        found = found.filter(happened_from__lte=last)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(number__icontains=words))
    return found


def each_said_once(allegations: Iterable[Classification]) -> list[Classification]:
    """Return the allegations with the machine's once a kind, the surest reading speaking for all.

    Every report behind an event has its own row, so that a split knows which report said what.
    """
    said: dict[tuple[object, ...], Classification] = {}
    for one in allegations:
        key = ("machine", one.kind_id, one.withdrawn_at) if one.is_machine else ("officer", one.pk)
        if key not in said or one.confidence > said[key].confidence:
            said[key] = one
    return list(said.values())
