"""Reads over CAP messages from outside: each through the gate, by the report that it is kept as."""

from dataclasses import dataclass
from datetime import datetime

from kentongan.agreements.facts import Actor
from kentongan.alerts.models import CapMessage
from kentongan.intake.models import Report

SHOWN = 25


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """A message as the page lists it: with its report, the earlier reports that it follows, and how many follow it."""

    message: CapMessage
    report: Report
    follows: tuple[Report, ...]
    is_over: bool  # cancelled by a later one


def messages_listed(actor: Actor, *, at: datetime) -> list[ListedMessage]:
    """Return the latest messages that the actor's agency received and whose reports the actor sees."""
    messages = list(
        CapMessage.objects.filter(owner_id=actor.agency).prefetch_related("references", "followers__message")[:SHOWN]
    )
    keys = {message.pk for message in messages} | {
        one.earlier_id for message in messages for one in message.references.all() if one.earlier_id
    }
    reports = {report.pk: report for report in Report.objects.visible_to(actor, at=at).filter(pk__in=keys)}
    return [
        ListedMessage(
            message,
            reports[message.pk],
            tuple(reports[one.earlier_id] for one in message.references.all() if one.earlier_id in reports),
            any(one.message.msg_type == "Cancel" for one in message.followers.all()),
        )
        for message in messages
        if message.pk in reports
    ]
