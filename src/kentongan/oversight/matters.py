"""Events that were merged are one matter: what a hold keeps of one of them, it keeps of all."""

from collections.abc import Iterable
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from .models import HeldRecord


def one_matter(events: Iterable[UUID]) -> set[UUID]:
    """Return the events with all that they were merged into and all that was merged into those, as it stands now."""
    rows = apps.get_model("events", "Event")._default_manager
    found: set[UUID] = set()
    new = set(events)
    while new:
        found |= new
        into = rows.filter(pk__in=new, merged_into__isnull=False).values_list("merged_into", flat=True)
        absorbed = rows.filter(merged_into__in=new).values_list("pk", flat=True)
        new = {*into, *absorbed} - found
    return found


def held_by_a_merge() -> set[UUID]:
    """Return the events that a standing hold names and that were merged, with all that are one matter with them."""
    rows = apps.get_model("events", "Event")._default_manager
    named = HeldRecord.objects.filter(category="events", hold__lifted_at__isnull=True).values("record")
    was_merged = Q(merged_into__isnull=False) | Q(absorbed__isnull=False)
    return one_matter(rows.filter(was_merged, pk__in=named).values_list("pk", flat=True))
