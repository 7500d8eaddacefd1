"""An officer decides: this happened, this is how it was, this is nothing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Event, ReadingRow

from .versions import OPEN_STATES, EventFacts, change, demand_decision, demand_facts, demand_reason, facts_of


@transaction.atomic
def confirm(*, event: Event, version: int, by: Actor, at: datetime, reason: str = "") -> Event:
    """Hold the event as something that happened; a dismissed one needs a reason to be taken up again."""
    demand_decision(event, by)
    if event.state == Event.State.DISMISSED:
        reason = demand_reason(reason)
    states = (Event.State.PROPOSED, Event.State.DISMISSED)
    change(event, version=version, states=states, by=by, at=at, reason=reason[:300], state=Event.State.CONFIRMED)
    trail.record(Trail.EVENT_CONFIRMED, by=by, at=at, on=event.ref, why=reason, facts={"version": event.version})
    return event


@transaction.atomic
def correct(*, event: Event, version: int, changes: EventFacts, by: Actor, at: datetime, reason: str) -> Event:
    """Replace what is held of the event by what the officer sets right; the readings behind it learn which fields were wrong."""
    demand_decision(event, by)
    reason = demand_reason(reason)
    demand_facts(changes, at=at)
    before = facts_of(event)
    settles_place = changes.place_id is not None
    change(
        event,
        version=version,
        states=OPEN_STATES,
        by=by,
        at=at,
        reason=reason,
        title=changes.title.strip(),
        place_id=changes.place_id,
        happened_from=changes.happened_from,
        happened_to=changes.happened_to,
        precision=changes.precision,
        persons=changes.persons,
        place_open=[] if settles_place else event.place_open,
    )
    corrected = _differences(before, changes)
    _teach_readings(event, corrected, by, at)
    facts = {"version": event.version, "fields": sorted(corrected)}
    trail.record(Trail.EVENT_CORRECTED, by=by, at=at, on=event.ref, why=reason, facts=facts)
    return event


@transaction.atomic
def dismiss(*, event: Event, version: int, by: Actor, at: datetime, reason: str) -> Event:
    """Hold the event as nothing that happened, for the reason given; it stays and may be taken up again."""
    demand_decision(event, by)
    reason = demand_reason(reason)
    change(event, version=version, states=OPEN_STATES, by=by, at=at, reason=reason, state=Event.State.DISMISSED)
    trail.record(Trail.EVENT_DISMISSED, by=by, at=at, on=event.ref, why=reason, facts={"version": event.version})
    return event


def _differences(before: EventFacts, after: EventFacts) -> dict[str, tuple[str, str]]:
    fields = ("title", "place_id", "happened_from", "happened_to", "precision", "persons")
    changed = [field for field in fields if getattr(before, field) != getattr(after, field)]
    return {field: (str(getattr(before, field) or ""), str(getattr(after, field) or "")) for field in changed}


def _teach_readings(event: Event, corrected: Mapping[str, tuple[str, str]], by: Actor, at: datetime) -> None:
    """Note in each reading behind the event what an officer set right."""
    notes = [
        {"event": str(event.pk), "field": field, "from": old, "to": new, "by": by.ref, "at": at.isoformat()}
        for field, (old, new) in corrected.items()
    ]
    if not notes:
        return
    behind = event.evidence.filter(unlinked_at__isnull=True, reading__isnull=False).values("reading")
    for row in ReadingRow.objects.select_for_update().filter(pk__in=behind):
        row.corrections = [*row.corrections, *notes]
        row.save(update_fields=["corrections"])
        trail.record(Trail.READING_CORRECTED, by=by, at=at, on=row.ref, facts={"fields": sorted(corrected)})
