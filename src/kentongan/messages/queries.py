"""Reads over messages: an officer's notices, what leaves an administrator's agencies, how many stand where."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, QuerySet, Subquery

from kentongan.agencies.models import Officer, Posting
from kentongan.agencies.queries import administered_agencies
from kentongan.agencies.rules import Administering

from .models import Message, WebhookEndpoint
from .rules import Channel, State


def notices_of(officer: Officer, *, agency: str) -> QuerySet[Message]:
    """Return what the officer was told in the application since the present posting began; of former ones nothing is shown."""
    present = Posting.objects.filter(officer=officer, agency=agency, ended_at__isnull=True)
    return Message.objects.filter(
        officer=officer,
        agency=agency,
        channel=Channel.INAPP,
        state__in=[State.DELIVERED, State.READ],
        put_at__gte=Subquery(present.values("started_at")[:1]),
    )


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notices wait, and which is the newest: both change when anything does."""

    number: int
    newest: str


def unread(officer: Officer, *, agency: str) -> Unread:
    """Return what waits to be read by the officer in this agency."""
    found = notices_of(officer, agency=agency).filter(state=State.DELIVERED)
    told = found.aggregate(number=Count("pk"), newest=Max("put_at"))
    return Unread(told["number"], told["newest"].isoformat() if told["newest"] else "")


def outgoing_of(by: Administering, *, on: date) -> QuerySet[Message]:
    """Return the messages that leave the house for the agencies that this administrator looks after."""
    return (
        Message.objects.exclude(channel=Channel.INAPP)
        .filter(agency__in=administered_agencies(by, on=on).values("pk"))
        .select_related("officer", "agency", "endpoint")
    )


def webhooks_of(by: Administering, *, on: date) -> QuerySet[WebhookEndpoint]:
    """Return the webhooks of the agencies that this administrator looks after."""
    return WebhookEndpoint.objects.filter(agency__in=administered_agencies(by, on=on).values("pk")).select_related(
        "agency"
    )


def counts(messages: QuerySet[Message]) -> dict[tuple[str, str], int]:
    """Return how many messages stand in which state, by channel and state."""
    rows = messages.order_by().values_list("channel", "state").annotate(number=Count("pk"))
    return {(channel, state): number for channel, state, number in rows}


def told_about(ref: str) -> QuerySet[Message]:
    """Return who was told of a record when, the first first."""
    return Message.objects.filter(about=ref).select_related("officer", "agency", "endpoint").order_by("put_at", "id")
