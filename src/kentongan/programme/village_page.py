"""A village's page: what was heard, what was done, what came back, each read through the gate of its own room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from kentongan.agreements.access import not_visible
from kentongan.agreements.facts import Actor
from kentongan.alerts.models import Alert
from kentongan.alerts.reporters import words_to
from kentongan.events.models import Event
from kentongan.intake.models import Report
from kentongan.places.models import Place
from kentongan.places.queries import inside

from . import queries
from .models import PartnerOfficer, Visit
from .monthly import VisitLine, visit_line
from .standing import VillageStanding, standing_of

ROWS = 10


@dataclass(frozen=True, slots=True)
class VillagePage:
    """What an officer, or the village itself, reads of a village."""

    place: Place
    village: Any | None  # None: no partnership that the reader sees
    standing: VillageStanding | None
    assignments: Sequence[PartnerOfficer]
    reports: Sequence[Any] | None  # None: the role reads none
    events: Sequence[Any] | None
    done: Sequence[VisitLine]
    planned: Sequence[VisitLine]
    alerts: Sequence[Any] | None
    words: Sequence[Any]  # said to the reader about the own reports
    is_own_village: bool  # the reader is of the village's own government: the reduced form


def village_page(place: Place, actor: Actor, *, at: datetime) -> VillagePage:
    """Return the page, or raise NotVisible where the reader sees neither a partnership nor a visit there."""
    village = queries.partner_at(place, actor, at=at)
    visits = list(queries.visits_at(place, actor, at=at)[: 5 * ROWS])
    if village is None and not visits:
        raise not_visible()
    there = inside([place]).order_by().values("pk")
    is_whole = village is not None and village.release is None
    return VillagePage(
        place=place,
        village=village,
        standing=standing_of([village], actor, on=timezone.localdate(at), at=at)[0] if village is not None else None,
        assignments=list(village.officers.select_related("officer")) if is_whole and village is not None else [],
        reports=_reports(there, actor, at),
        events=_events(there, actor, at),
        done=[visit_line(one) for one in visits if one.state == Visit.State.DONE][:ROWS],
        planned=[visit_line(one) for one in reversed(visits) if one.state == Visit.State.PLANNED][:ROWS],
        alerts=_alerts(there, actor, at),
        words=list(words_to(actor).filter(report__place__in=there)[:ROWS]) if "alerts" not in actor.reads else [],
        is_own_village=actor.agency_kind == "village",
    )


def _reports(there: Any, actor: Actor, at: datetime) -> Sequence[Any] | None:
    if "reports" not in actor.reads:
        return None
    found = Report.objects.visible_to(actor, at=at).defer("original", "text").filter(place__in=there)
    return list(found.select_related("owner").order_by("-received_at", "-id")[:ROWS])


def _events(there: Any, actor: Actor, at: datetime) -> Sequence[Any] | None:
    if "events" not in actor.reads:
        return None
    standing = (Event.State.PROPOSED, Event.State.CONFIRMED)
    found = Event.objects.visible_to(actor, at=at).filter(place__in=there, state__in=standing)
    return list(found.order_by(F("happened_from").desc(nulls_last=True), "-known_at", "-id")[:ROWS])


def _alerts(there: Any, actor: Actor, at: datetime) -> Sequence[Any] | None:
    if "alerts" not in actor.reads:
        return None
    found = Alert.objects.visible_to(actor, at=at).filter(place__in=there)
    return list(found.select_related("addressee", "owner").order_by("-raised_at", "-id")[:ROWS])
