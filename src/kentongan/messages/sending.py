"""Sending what is due. A worker claims a message by compare-and-set and a lease, so each is sent by one worker at a time;
one that dies in the middle leaves a claim that ends, and the next worker sends again under the same id: at least once."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kentongan.agencies.models import Posting
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from . import adapters, rules
from .actions import CODE_TOPIC
from .faults import NotSent, RecipientGone
from .models import Message, PushSubscription, ReachableBy, WebhookEndpoint
from .rules import MAX_ATTEMPTS, Channel, State

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BREATHER = timedelta(seconds=30)
"""How long the others wait after somebody found that nobody answers; they lose no attempt."""

LOOKED_AT = 8
"""How many candidates a worker tries to win before it gives way to its rivals."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the installation itself, for no agency."""

    ref: str = "system:messages"
    agency: str = ""
    purpose: str = ""
    role: str = ""


def deliver_due(
    *, worker: str, clock: Clock, most: int | None = None, chance: Callable[[], float] = random.random
) -> int:
    """Send what is due until nothing is (or `most` messages were tried); return how many were tried."""
    tried = 0
    while (most is None or tried < most) and (message := claim(worker=worker, at=clock())):
        _deliver(message, clock=clock, chance=chance)
        tried += 1
    return tried


def claim(*, worker: str, at: datetime) -> Message | None:
    """Return one message that is now this worker's until its lease ends, or None. What was never tried comes first."""
    may_claim = Q(state=State.WAITING, next_at__lte=at) | Q(state=State.CLAIMED, lease_until__lt=at)
    due = Message.objects.filter(may_claim).order_by("attempts", "next_at", "id").values_list("pk", "state", "attempts")
    for pk, state, attempts in due[:LOOKED_AT]:
        won = (
            Message.objects.filter(pk=pk, state=state, attempts=attempts)
            .filter(may_claim)
            .update(
                state=State.CLAIMED, claimed_by=worker, lease_until=at + LEASE, next_at=None, attempts=F("attempts") + 1
            )
        )
        if won:
            return Message.objects.select_related("officer", "endpoint", "subscription").get(pk=pk)
    return None


def _deliver(message: Message, *, clock: Clock, chance: Callable[[], float]) -> None:
    """Try once, and write what became of it: sent, waiting for the next attempt, given up, or cancelled."""
    at = clock()
    if why_not := _why_not(message):
        _finish(message, State.CANCELLED, at=at, last_error=why_not, subject="", body="")
        return
    try:
        reference = _attempt(message, at)
    except NotSent as fault:
        _failed(message, fault, at=clock(), chance=chance)
    else:
        _sent(message, reference, at=clock())


def _attempt(message: Message, at: datetime) -> str:
    if message.attempts > MAX_ATTEMPTS:
        raise NotSent(_("Pekerja berkali-kali berhenti di tengah pengiriman pesan ini."), is_final=True)
    try:
        return adapters.send(message, at=at)
    except NotSent:
        raise
    except Exception as fault:
        log.exception("messages.adapter_failed", extra={"channel": message.channel, "ref": message.ref})
        raise NotSent(_("Kesalahan tak terduga di saluran ini (%(why)s).") % {"why": type(fault).__name__}) from fault


def _why_not(message: Message) -> str:
    """Return why the message must not go out any more; empty where nothing changed since it was put."""
    if message.officer_id and not _is_told_for(message):
        return _("Penerima tidak lagi bertugas di instansi ini.")
    match Channel(message.channel):
        case Channel.PUSH if message.subscription is None or message.subscription.ended_at:
            return _("Langganan peramban ini sudah berakhir.")
        case Channel.WEBHOOK if message.endpoint is None or not message.endpoint.is_active:
            return _("Webhook ini dimatikan.")
        case Channel.EMAIL | Channel.SMS | Channel.WHATSAPP if not _is_own_address(message):
            return _("Penerima mengganti atau mematikan alamat ini.")
        case _:
            return ""


def _is_told_for(message: Message) -> bool:
    return Posting.objects.filter(
        officer=message.officer_id, agency=message.agency_id, ended_at__isnull=True, officer__is_active=True
    ).exists()


def _is_own_address(message: Message) -> bool:
    own = ReachableBy.objects.filter(
        officer=message.officer_id, channel=message.channel, address=message.address, is_on=True
    )
    return own.exists() if message.topic == CODE_TOPIC else own.filter(verified_at__isnull=False).exists()


@transaction.atomic
def _sent(message: Message, reference: str, *, at: datetime) -> None:
    code_is_gone = {"body": ""} if message.topic == CODE_TOPIC else {}
    is_ours = _finish(message, State.SENT, at=at, sent_at=at, provider_ref=reference, **code_is_gone)
    if is_ours or Message.objects.filter(pk=message.pk, state=State.CANCELLED).exists():  # withdrawn while it left
        _record_sent(message, at=at)
    if message.endpoint_id:
        WebhookEndpoint.objects.filter(pk=message.endpoint_id).update(last_answered_at=at)


@transaction.atomic
def _failed(message: Message, fault: NotSent, *, at: datetime, chance: Callable[[], float]) -> None:
    """The message waits for its next attempt, or is given up where none would help."""
    log.warning("messages.not_sent", extra={"channel": message.channel, "ref": message.ref, "code": fault.code})
    if isinstance(fault, RecipientGone) and message.subscription_id:
        PushSubscription.objects.filter(pk=message.subscription_id, ended_at__isnull=True).update(
            ended_at=at, end_reason="gone"
        )
    if fault.is_final or message.attempts >= MAX_ATTEMPTS:
        if _finish(message, State.DEAD, at=at, last_error=fault.message):
            _record_given_up(message, fault.message, at=at)
        return
    pause = rules.pause_after(message.attempts, chance=chance, asked=fault.wait)
    _finish(message, State.WAITING, at=at, next_at=at + pause, last_error=fault.message)
    if fault.is_silent:
        _way_of(message).filter(state=State.WAITING, next_at__lte=at).update(next_at=at + BREATHER)


def _way_of(message: Message) -> QuerySet[Message]:
    """Return the messages that go the same way: to one webhook, one browser, one mail server or one gateway."""
    return Message.objects.filter(
        channel=message.channel, endpoint=message.endpoint_id, subscription=message.subscription_id
    )


def _finish(message: Message, state: State, *, at: datetime, **changes: Any) -> bool:
    """Write the end of this attempt, unless it is another's by now; tell whether it was still ours."""
    told = {"last_error": changes.pop("last_error", "")[:300], "lease_until": None, "next_at": None, **changes}
    ours = Message.objects.filter(
        pk=message.pk, state=State.CLAIMED, claimed_by=message.claimed_by, attempts=message.attempts
    )
    if ours.update(state=state, **told):
        return True
    log.warning("messages.lease_lost", extra={"ref": message.ref, "at": at.isoformat()})
    return False


@transaction.atomic
def note_delivered(*, message: Message, at: datetime) -> bool:
    """The provider says that the message reached the recipient; saying it again changes nothing."""
    was_claimed = message.state == State.CLAIMED
    won = Message.objects.filter(pk=message.pk, state=message.state, state__in=rules.before(State.DELIVERED)).update(
        state=State.DELIVERED, delivered_at=at, sent_at=message.sent_at or at, lease_until=None, next_at=None,
        last_error="",
    )  # fmt: skip
    if won and was_claimed:  # the worker that sent it has not yet said so, and will find that it need not
        _record_sent(message, at=at)
    return bool(won)


@transaction.atomic
def note_failed(*, message: Message, why: str, at: datetime, chance: Callable[[], float] = random.random) -> bool:
    """The provider says that it could not deliver: the message is sent again later, or given up after its last attempt.

    A message with a code is given up at once: its words went when it was sent, and the officer asks for another.
    """
    reached = Message.objects.filter(pk=message.pk, state=message.state, attempts=message.attempts).filter(
        state__in=[State.SENT, State.CLAIMED]
    )
    if message.attempts >= MAX_ATTEMPTS or message.topic == CODE_TOPIC:
        won = reached.update(state=State.DEAD, lease_until=None, next_at=None, last_error=why[:300])
        if won:
            _record_given_up(message, why, at=at)
        return bool(won)
    next_at = at + rules.pause_after(message.attempts, chance=chance)
    return bool(reached.update(state=State.WAITING, lease_until=None, next_at=next_at, last_error=why[:300]))


def _record_sent(message: Message, *, at: datetime) -> None:
    trail.record(Trail.MESSAGE_SENT, by=Sender(), at=at, on=message.about or message.ref, facts=_facts(message))


def _record_given_up(message: Message, why: str, *, at: datetime) -> None:
    trail.record(
        Trail.MESSAGE_GIVEN_UP, by=Sender(), at=at, on=message.about or message.ref, why=why, facts=_facts(message)
    )


def _facts(message: Message) -> dict[str, object]:
    to = f"officer:{message.officer_id}" if message.officer_id else f"webhook:{message.endpoint_id}"
    return {
        "message": str(message.pk), "topic": message.topic, "channel": message.channel, "to": to,
        "agency": message.agency_id, "attempts": message.attempts,
    }  # fmt: skip
