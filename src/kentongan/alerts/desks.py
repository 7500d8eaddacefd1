"""Whose desk something waits at: the own agency's, and where nobody there decides (a village), that of the agency above it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kentongan.agencies.models import AgencyParent, Posting
from kentongan.agencies.queries import holds_on
from kentongan.agreements.access import role_table
from kentongan.kit.periods import civil_day


def agencies_at_desk_of(agency: str, *, at: datetime) -> list[str]:
    """Return the agency, and those that answer to it directly and have nobody who decides on events."""
    below = _answering(at).filter(parent=agency)
    return [agency, *below.order_by("agency").values_list("agency", flat=True)]


def desks_for(agency: str, *, at: datetime) -> set[str]:
    """Return at whose desks waits what the agency owns."""
    above = _answering(at).filter(agency=agency).values_list("parent", flat=True)
    return {agency, *above}


def _answering(at: datetime) -> QuerySet[AgencyParent]:
    """Return who answers to whom at the instant, of agencies that have nobody who decides on events."""
    deciding = [role for role, categories in role_table().items() if categories.get("events", (False, False))[1]]
    there = Posting.objects.filter(
        agency=OuterRef("agency"), ended_at__isnull=True, role__in=deciding, officer__is_active=True
    )
    return AgencyParent.objects.filter(holds_on(civil_day(at)), ~Exists(there))
