"""Whose desk something waits at: the own agency's, and where nobody there decides (a village), that of the agency above it."""

from datetime import datetime

from kentongan.agencies.models import AgencyParent
from kentongan.agencies.queries import holds_on
from kentongan.agreements.access import kinds_decided_above
from kentongan.kit.periods import civil_day


def desks_for(agency: str, *, at: datetime) -> set[str]:
    """Return at whose desks waits what the agency owns."""
    above = AgencyParent.objects.filter(holds_on(civil_day(at)), agency=agency, agency__kind__in=kinds_decided_above())
    return {agency, *above.values_list("parent", flat=True)}
