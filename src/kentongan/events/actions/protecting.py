"""What one happening is protected for closes every event that it was told as: the tombstones too, which still have a title."""

from collections.abc import Iterable
from datetime import datetime

from kentongan.agreements.rules import united_origins
from kentongan.audit import outbox
from kentongan.events.models import Event

EVENT_PROTECTED = "event.protected"
"""News that an event, which others may have been told of, is from now on for its owner alone."""


def protect_absorbed(event: Event, *, at: datetime) -> list[str]:
    """All that was merged into a protected event is protected as it is, of its origins too; return which were not yet."""
    closed = []
    for absorbed in _absorbed_by(event):
        origins = united_origins((event.handling, event.origins), (absorbed.handling, absorbed.origins))
        Event.objects.filter(pk=absorbed.pk).update(handling=event.handling, origins=sorted(origins))
        if absorbed.handling != event.handling:
            outbox.put(EVENT_PROTECTED, ref=absorbed.ref, at=at)
            closed.append(absorbed.ref)
    return closed


def unite_origins(event: Event, handling: str, origins: Iterable[str], *, at: datetime) -> None:
    """The event, with all that was merged into it, is of the origins of another telling too, handled as given."""
    stored = Event.objects.select_for_update().get(pk=event.pk)
    stored.origins = event.origins = sorted(united_origins((stored.handling, stored.origins), (handling, origins)))
    Event.objects.filter(pk=event.pk).update(origins=stored.origins)
    if stored.handling == "protected":
        protect_absorbed(stored, at=at)


def _absorbed_by(event: Event) -> list[Event]:
    """Return all events that were merged into this one: at once, or into one that was."""
    found: list[Event] = []
    newest = [event]
    while newest:
        newest = list(Event.objects.filter(merged_into__in=newest).order_by("pk"))
        found += newest
    return found
