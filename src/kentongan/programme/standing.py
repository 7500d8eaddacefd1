"""How each partner village stands on a day: who looks after it, when it was last visited and heard, and what is late."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from kentongan.agreements.facts import Actor
from kentongan.events.models import Event
from kentongan.intake.models import Report
from kentongan.places.gazetteer import SMALLEST
from kentongan.places.models import PlaceAncestor

from .models import OfficePace, PartnerOfficer, PartnerSuspension, PartnerVillage, Visit
from .rules import DESIGNATED, Pace, is_overdue, is_silent, status_on, visit_due_on


@dataclass(frozen=True, slots=True)
class VillageStanding:
    """A partner village as it stands on a day."""

    village: Any
    status: str  # of that day; blank: no partner then
    officers: tuple[str, ...]
    pace: Pace
    last_visit: date | None
    due_on: date | None
    is_overdue: bool
    is_heard_known: bool  # false: the actor's role reads no reports, or was shown a part of the village only
    last_heard: date | None
    is_silent: bool
    on: date

    @property
    def days_late(self) -> int:
        """How many days the visit is late; 0 where none is due or nobody knows since when."""
        return (self.on - self.due_on).days if self.is_overdue and self.due_on else 0

    @property
    def is_area(self) -> bool:
        """Whether the public source names only the district, and no village."""
        return self.village.place is not None and self.village.place.level not in SMALLEST


def standing_of(villages: Sequence[Any], actor: Actor, *, on: date, at: datetime) -> list[VillageStanding]:
    """Return how each village stands on the day, in the order given; a fixed number of queries."""
    keys = [one.pk for one in villages]
    visits = last_visits(keys, actor, on=on, at=at)
    known = "reports" in actor.reads
    heard = last_heard(villages, actor, on=on, at=at)
    officers = officers_of(keys, on=on)
    paces = paces_of({one.owner_id for one in villages})
    suspended = suspended_of(keys, on=on)
    return [
        _standing(one, officers, paces, visits, heard, is_suspended=one.pk in suspended, is_heard_known=known, on=on)
        for one in villages
    ]


def last_visits(villages: Collection[UUID], actor: Actor, *, on: date, at: datetime) -> dict[UUID, date]:
    """Return the last day on which each village was visited, up to the day."""
    done = Visit.objects.visible_to(actor, at=at).filter(village__in=villages, state=Visit.State.DONE, done_on__lte=on)
    found: dict[UUID, date] = {}
    for village, day in done.order_by().values_list("village_id", "done_on"):
        found[village] = max(found.get(village, day), day)
    return found


def last_heard(villages: Sequence[Any], actor: Actor, *, on: date, at: datetime) -> dict[UUID, date]:
    """Return the last day, up to that day, on which a report, a nil report or an event of the village became known.

    Only what the actor may see counts, as everywhere.
    """
    if "reports" not in actor.reads:
        return {}
    inside = villages_by_place(villages)
    until = start_of(on + timedelta(days=1))
    found: dict[UUID, date] = {}
    reports = Report.objects.visible_to(actor, at=at).filter(place__in=list(inside), received_at__lt=until)
    _latest(reports.order_by().values_list("place_id").annotate(last=Max("received_at")), inside, found)
    if "events" in actor.reads:
        there = Event.objects.visible_to(actor, at=at).filter(place__in=list(inside), known_at__lt=until)
        told = there.filter(state__in=(Event.State.PROPOSED, Event.State.CONFIRMED))
        _latest(told.order_by().values_list("place_id").annotate(last=Max("known_at")), inside, found)
    return found


def villages_by_place(villages: Iterable[Any]) -> dict[int, list[UUID]]:
    """Return for each place the partner villages that it is or lies in."""
    partners: dict[int, list[UUID]] = defaultdict(list)
    for one in villages:
        if one.place_id is not None:
            partners[one.place_id].append(one.pk)
    found: dict[int, list[UUID]] = defaultdict(list)
    below = PlaceAncestor.objects.filter(ancestor__in=list(partners)).values_list("ancestor_id", "descendant_id")
    for above, place in below:
        found[place] += partners[above]
    return found


def officers_of(villages: Collection[UUID], *, on: date) -> dict[UUID, tuple[str, ...]]:
    """Return the names of the officers who look after each village on the day."""
    serving = PartnerOfficer.objects.filter(village__in=villages, served_from__lte=on).filter(
        Q(served_to__isnull=True) | Q(served_to__gt=on)
    )
    found: dict[UUID, tuple[str, ...]] = defaultdict(tuple)
    for one in serving.select_related("officer"):
        found[one.village_id] += (str(one.officer),)
    return found


def suspended_of(villages: Collection[UUID], *, on: date) -> set[UUID]:
    """Return those of the villages whose partnership was suspended on the day."""
    then = PartnerSuspension.objects.filter(village__in=villages, suspended_on__lte=on).filter(
        Q(resumed_on__isnull=True) | Q(resumed_on__gt=on)
    )
    return set(then.order_by().values_list("village_id", flat=True))


def paces_of(offices: Collection[str]) -> dict[str, Pace]:
    """Return the pace of each office: its own, or our default."""
    own = OfficePace.objects.filter(agency__in=offices)
    found = {one.agency_id: Pace(one.visit_every_days, one.silent_after_weeks, is_own=True) for one in own}
    return {office: found.get(office, Pace()) for office in offices}


def start_of(day: date) -> datetime:
    """Return the instant at which the day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _latest(rows: "QuerySet[Any, Any]", inside: Mapping[int, list[UUID]], found: dict[UUID, date]) -> None:
    for place, last in rows:
        day = timezone.localdate(last)
        for village in inside.get(place, ()):
            found[village] = max(found.get(village, day), day)


def _standing(
    village: PartnerVillage,
    officers: Mapping[UUID, tuple[str, ...]],
    paces: Mapping[str, Pace],
    visits: Mapping[UUID, date],
    heard: Mapping[UUID, date],
    *,
    is_suspended: bool,
    is_heard_known: bool,
    on: date,
) -> VillageStanding:
    pace, last, came = paces[village.owner_id], visits.get(village.pk), heard.get(village.pk)
    is_whole = village.release is None  # who is shown a part has not seen all visits and reports, so nothing is judged
    is_heard_known = is_heard_known and is_whole
    status = status_on(village.status, village.partner_from, village.partner_to, on, is_suspended=is_suspended)
    judged = status if is_whole else ""
    due = visit_due_on(village.partner_from, last, pace) if judged == DESIGNATED else None
    return VillageStanding(
        village=village,
        status=status,
        officers=officers.get(village.pk, ()) if is_whole else (),
        pace=pace,
        last_visit=last,
        due_on=due,
        is_overdue=is_overdue(judged, due, on=on),
        is_heard_known=is_heard_known,
        last_heard=came,
        is_silent=is_heard_known and is_silent(judged, village.partner_from, came, pace, on=on),
        on=on,
    )
