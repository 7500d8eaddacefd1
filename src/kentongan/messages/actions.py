"""Deeds on messages: put, read, withdraw, try again. What is put inside a transaction is sent once that is durable."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.agencies.actions import demand_administration
from kentongan.agencies.models import Agency, Officer
from kentongan.agencies.rules import Administering
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.trail import DeedOutsideTransaction
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id

from . import channels as available
from . import rules
from .models import Message, NoticeSettings, PushSubscription, ReachableBy, WebhookEndpoint
from .rules import BY_ADDRESS, Channel, State

log = logging.getLogger(__name__)

Recipient = Officer | Agency

_SPACE = re.compile(r"\s+")


CODE_TOPIC = "address.code"
TEST_TOPIC = "webhook.test"


class UnknownChannel(KentonganError):
    """There is no such channel."""

    code = "messages.unknown_channel"


class LinkOutside(KentonganError):
    """A message leads only to this installation."""

    code = "messages.link_outside"


class NotDead(KentonganError):
    """Only a message that was given up is tried again by hand."""

    code = "messages.not_dead"


class NobodyOnDuty(KentonganError):
    """The officer serves nowhere, so there is nothing to be told."""

    code = "messages.nobody_on_duty"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way to the recipient."""

    channel: Channel
    suffix: str  # makes the message's key its own
    address: str = ""
    subscription: PushSubscription | None = None
    endpoint: WebhookEndpoint | None = None


def put(
    *,
    to: Recipient,
    channels: Iterable[str],
    topic: str,
    subject: str,
    body: str,
    link: str,
    about: str,
    key: str,
    handling: str,
    at: datetime,
) -> list[Message]:
    """Leave one message for each way to the recipient, to be sent once the caller's transaction is durable; return them.

    An officer on duty is told in the application, at verified addresses that are switched on, and in subscribed browsers;
    an officer off duty is told nothing. An agency is told at its webhooks. A channel without a way gives no message, and
    one that this installation has not set up gives a cancelled one that says so. Putting the same `key` again changes
    nothing and returns the messages that are there.
    """
    if not transaction.get_connection().in_atomic_block:
        raise DeedOutsideTransaction(f"pesan {topic} ditaruh di luar transaksi; bungkus dengan transaction.atomic.")
    if link and not (link.startswith("/") and not link.startswith("//")):
        raise LinkOutside(_("Tautan pesan harus alamat di dalam aplikasi ini, mulai dengan garis miring."))
    told = [channel_named(name) for name in dict.fromkeys(channels)]
    agency = to if isinstance(to, Agency) else _agency_of(to)
    if agency is None:
        log.warning("messages.recipient_off_duty", extra={"topic": topic, "about": about})
        return []
    officer = to if isinstance(to, Officer) else None
    ways = _ways_to_officer(to, told) if isinstance(to, Officer) else _ways_to_agency(to, told, topic)
    quiet_until = _quiet_until(officer, topic, at)
    wanted = [
        _message(
            way, officer=officer, agency=agency, topic=topic, subject=subject, body=body, link=link, about=about,
            key=f"{key}:{way.suffix}", handling=handling, at=at, next_at=quiet_until,
        )
        for way in ways
    ]  # fmt: skip
    Message.objects.bulk_create(wanted, ignore_conflicts=True)
    return list(Message.objects.filter(key__in=[message.key for message in wanted]).order_by("put_at", "id"))


def put_code(*, reachable: ReachableBy, code: str, key: str, at: datetime) -> Message:
    """Leave the message with the code that proves an address; it goes to the address that is not yet proven."""
    agency = _agency_of(reachable.officer)
    if agency is None:
        raise NobodyOnDuty(_("Anda tidak sedang bertugas, jadi tidak ada yang dapat diberitahukan kepada Anda."))
    way = _Way(channel=Channel(reachable.channel), suffix="code", address=reachable.address)
    message = _message(
        way, officer=reachable.officer, agency=agency, topic=CODE_TOPIC, subject=_("Kode Kentongan"),
        body=_("Kode Anda di Kentongan: %(code)s. Jangan berikan kepada siapa pun.") % {"code": code}, link="", about=reachable.ref,
        key=key, handling=rules.OPEN, at=at, next_at=at,
    )  # fmt: skip
    message.save(force_insert=True)
    return message


def put_test(*, endpoint: WebhookEndpoint, by: Administering, at: datetime) -> Message:
    """Leave a message without content for one webhook, whatever topics it takes."""
    demand_administration(by, endpoint.agency_id, at=at)
    way = _Way(channel=Channel.WEBHOOK, suffix="test", endpoint=endpoint)
    message = _message(
        way, officer=None, agency=endpoint.agency, topic=TEST_TOPIC, subject=_("Uji webhook Kentongan"), body="", link="",
        about=endpoint.ref, key=f"test:{new_id()}", handling=rules.OPEN, at=at, next_at=at,
    )  # fmt: skip
    message.save(force_insert=True)
    return message


@transaction.atomic
def mark_read(*, officer: Officer, messages: Iterable[UUID] | None = None, at: datetime) -> int:
    """The officer's notices count as read, these or all; return how many did not until now."""
    unread = Message.objects.filter(officer=officer, channel=Channel.INAPP, state=State.DELIVERED)
    if messages is not None:
        unread = unread.filter(pk__in=list(messages))
    return unread.update(state=State.READ, read_at=at)


@transaction.atomic
def withdraw(*, about: str, by: trail.Acting, at: datetime, why: str) -> int:
    """Nothing about the record is sent any more, and what was shown of it in the application is gone; return how many.

    For a record that has become closed to those who were told of it.
    """
    waiting = Message.objects.filter(about=about, state__in=[State.WAITING, State.CLAIMED]).update(
        state=State.CANCELLED, subject="", body="", lease_until=None, next_at=None, last_error=why[:300]
    )
    shown = Message.objects.filter(about=about).exclude(subject="", body="").update(subject="", body="")
    if waiting or shown:
        trail.record(
            Trail.MESSAGES_WITHDRAWN, by=by, at=at, on=about, why=why, facts={"waiting": waiting, "shown": shown}
        )
    return waiting + shown


@transaction.atomic
def try_again(*, message: Message, why: str, by: Administering, at: datetime) -> None:
    """The message that was given up waits again, with all its attempts, at its old address."""
    demand_administration(by, message.agency_id, at=at)
    won = Message.objects.filter(pk=message.pk, state=State.DEAD, attempts=message.attempts).update(
        state=State.WAITING, attempts=0, next_at=at, lease_until=None, claimed_by=""
    )
    if not won:
        raise NotDead(
            _("Pesan ini tidak lagi menunggu keputusan: sudah dikirim ulang atau sudah sampai. Muat ulang halaman.")
        )
    trail.record(
        Trail.MESSAGE_RETRIED, by=by, at=at, on=message.ref, why=why,
        facts={"channel": message.channel, "topic": message.topic, "about": message.about, "attempts": message.attempts},
    )  # fmt: skip
    message.refresh_from_db()


def channel_named(name: str) -> Channel:
    """Return the channel of that name, or raise UnknownChannel."""
    try:
        return Channel(name)
    except ValueError as fault:
        raise UnknownChannel(_("Saluran “%(name)s” tidak dikenal.") % {"name": name}) from fault


def _agency_of(officer: Officer) -> Agency | None:
    posting = officer.postings.filter(ended_at__isnull=True).select_related("agency").first()
    return posting.agency if posting and officer.is_active else None


def _ways_to_officer(officer: Officer, channels: list[Channel]) -> list[_Way]:
    ways = []
    if Channel.INAPP in channels:
        ways.append(_Way(channel=Channel.INAPP, suffix=f"{officer.pk}:inapp"))
    for row in ReachableBy.objects.filter(
        officer=officer, channel__in=[c for c in channels if c in BY_ADDRESS], is_on=True, verified_at__isnull=False
    ).order_by("channel"):
        ways.append(_Way(channel=Channel(row.channel), suffix=f"{officer.pk}:{row.channel}", address=row.address))
    if Channel.PUSH in channels:
        for browser in PushSubscription.objects.filter(officer=officer, ended_at__isnull=True).order_by("id"):
            ways.append(_Way(channel=Channel.PUSH, suffix=f"{officer.pk}:push:{browser.pk}", subscription=browser))
    return ways


def _ways_to_agency(agency: Agency, channels: list[Channel], topic: str) -> list[_Way]:
    if Channel.WEBHOOK not in channels:
        return []
    endpoints = WebhookEndpoint.objects.filter(agency=agency, is_active=True).order_by("made_at", "id")
    return [
        _Way(channel=Channel.WEBHOOK, suffix=f"webhook:{endpoint.pk}", endpoint=endpoint)
        for endpoint in endpoints
        if not endpoint.topics or topic in endpoint.topics
    ]


def _quiet_until(officer: Officer | None, topic: str, at: datetime) -> datetime:
    if officer is None or not rules.is_held_by_quiet(topic):
        return at
    chosen = NoticeSettings.objects.filter(officer=officer).first()
    if chosen is None or chosen.quiet_from is None or chosen.quiet_to is None:
        return at
    return rules.after_quiet(at, quiet_from=chosen.quiet_from, quiet_to=chosen.quiet_to, zone=ZoneInfo(chosen.zone))


def _message(
    way: _Way, *, officer: Officer | None, agency: Agency, topic: str, subject: str, body: str, link: str, about: str,
    key: str, handling: str, at: datetime, next_at: datetime,
) -> Message:  # fmt: skip
    """Return the message as it will be kept: it holds no more than its channel may carry."""
    message = Message(
        key=key, topic=topic, channel=way.channel, officer=officer, agency=agency, address=way.address,
        subscription=way.subscription, endpoint=way.endpoint, link=link, handling=handling, about=about, put_at=at,
        subject=_SPACE.sub(" ", subject).strip()[:200] if rules.carries_subject(way.channel, handling) else "",
        body=body.strip() if rules.carries_body(handling) else "",
        next_at=next_at,
    )  # fmt: skip
    if way.channel == Channel.INAPP:  # it is there as soon as the transaction is
        message.state, message.delivered_at, message.sent_at, message.next_at = State.DELIVERED, at, at, None
    elif why_off := available.why_off(way.channel):
        message.state, message.last_error, message.next_at = State.CANCELLED, why_off[:300], None
    return message
