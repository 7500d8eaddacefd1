"""Which alerts are for everybody: those that were raised as open, as long as what they are about is not closed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kentongan.agreements.models import Handling
from kentongan.agreements.registry import on_refugees
from kentongan.alerts.models import Alert

from .composing import ACK, StepMessage, latest_of, messages_of

SHOWN_AFTER_END = timedelta(days=7)
"""How long the end of an alert stays in the feed, so that whoever relayed it hears of it. Our own figure."""

MOST = 50
"""Entries of the feed. Our own figure."""


def public_alerts(*, at: datetime) -> QuerySet[Any]:
    """Return the alerts that anybody may read, the newest first: open ones, and for some days those that have ended.

    The gate answers officers; here nobody asks. So this is the one list of alerts without a reader, and it holds only what was
    open from its first row, came under nobody's clause, and is about nothing that is personal, protected or of refugees.
    """
    about_no_refugees = Q(finding__isnull=True) | Q(finding__origins=[]), Q(event__isnull=True) | Q(event__origins=[])
    found: QuerySet[Any] = (
        Alert.objects.filter(~on_refugees(Alert), *about_no_refugees, handling=Handling.OPEN, agreement_ref="")
        .filter(Q(closed_at__isnull=True) | Q(closed_at__gt=at - SHOWN_AFTER_END))
        .exclude(finding__handling=Handling.PERSONAL)
        .exclude(event__handling=Handling.PERSONAL)
    )
    return found.order_by("-raised_at", "-id")


def still_open(alerts: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of the alerts that have not ended."""
    return alerts.exclude(state=Alert.State.CLOSED)


def newest_messages(alerts: QuerySet[Any]) -> list[StepMessage]:
    """Return what each of the alerts says now, what was said last first."""
    rows = alerts.select_related("owner", "addressee", "place").prefetch_related("notes")
    return sorted((latest_of(alert) for alert in rows), key=lambda one: one.message.sent, reverse=True)


def public_message(pk: UUID, step: str, *, at: datetime) -> StepMessage | None:
    """Return one message of a public alert; None when there is no such one, or it is not for everybody."""
    alert = public_alerts(at=at).select_related("owner", "addressee", "place").filter(pk=pk).first()
    if alert is None:
        return None
    return next((m for m in messages_of(alert) if m.step == step and m.message.msg_type != ACK), None)


def versions(alerts: QuerySet[Any]) -> tuple[tuple[str, int], ...]:
    """Return which alerts there are in which version: equal while their messages say the same. One query."""
    return tuple((str(pk), version) for pk, version in alerts.values_list("pk", "version"))
