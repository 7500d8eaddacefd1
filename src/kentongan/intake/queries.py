"""Reads of reports for lists."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone

from kentongan.agreements.facts import Actor
from kentongan.vault.models import Identity

from .models import Report, ReporterLink


def reports_listed(
    actor: Actor,
    *,
    at: datetime,
    words: str = "",
    channel: str = "",
    kind: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[Report]:
    """Return the reports that the actor may see and the filters leave, newest first, with the beginning of their texts as `opening`."""
    found: QuerySet[Report] = Report.objects.visible_to(actor, at=at).defer("original", "text")
    found = found.select_related("place", "owner")
    found = found.annotate(opening=Substr("text", 1, 140))
    if words:
        found = found.filter(Q(title__icontains=words) | Q(source__icontains=words) | Q(text__icontains=words))
    if channel:
        found = found.filter(channel=channel)
    if kind:
        found = found.filter(is_nil=kind == "nil")
    if first:
        found = found.filter(received_at__gte=_midnight(first))
    if last:
        found = found.filter(received_at__lt=_midnight(last + timedelta(days=1)))
    return found


def reporter_of(report: Report, actor: Actor, *, at: datetime) -> Identity | None:
    """Return under which pseudonym the vault keeps the report's reporter, to those whom the gate lets see the vault's list."""
    link = ReporterLink.objects.filter(report=report).first()
    if link is None:
        return None
    found: Identity | None = Identity.objects.visible_to(actor, at=at).filter(pk=link.identity_id).first()
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
