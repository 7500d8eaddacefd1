"""That a duty desk changed: one row for each desk, left in the deed's own transaction, and nothing of what changed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from kentongan.agreements.models import Handling
from kentongan.agreements.registry import handling_of

from .models import Alert, DeskChange

LATEST = 32
"""Rows that make a desk's mark: one that becomes durable after a later one is still among them."""

KEPT = timedelta(hours=1)


def desks_changed(alert: Alert, *, at: datetime) -> None:
    """The sender's and the addressee's desks have a new mark; the addressee's not where the alert is closed to it."""
    owner, addressee = Alert.objects.values_list("owner_id", "addressee_id").get(pk=alert.pk)
    desk_changed({owner} if handling_of(alert) == Handling.PROTECTED else {owner, addressee}, at=at)


def desk_changed(agencies: Iterable[str], *, at: datetime) -> None:
    """The desks of these agencies have a new mark."""
    DeskChange.objects.bulk_create(DeskChange(agency_id=agency, at=at) for agency in sorted(agencies))


def mark_of(agency: str) -> str:
    """Return what is another text after every change on the agency's desk."""
    latest = DeskChange.objects.filter(agency_id=agency).order_by("-id").values_list("id", flat=True)[:LATEST]
    return "-".join(str(number) for number in latest)


def forget(*, at: datetime) -> int:
    """Changes that every live page has long asked about are gone; return how many."""
    return DeskChange.objects.filter(at__lt=at - KEPT).delete()[0]
