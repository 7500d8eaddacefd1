"""CAP from outside: refused whole with every fault named, or kept as a report. It never becomes an alert of ours by itself."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kentongan.agreements.access import demand_act
from kentongan.agreements.facts import Actor
from kentongan.alerts.models import Alert, AlertNote, CapMessage, CapReference
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.intake.actions import KeyUsedForOther, receive
from kentongan.intake.drafts import DraftRefused, ReportDraft
from kentongan.intake.models import Report

from .areas import place_of
from .composing import ACK, alert_named, is_ours
from .document import Message
from .reading import CapFault, NotCap, read
from .report_text import block_to_read, text_of, title_of
from .values import Reference
from .wording import CapRefused
from .writing import CONTENT_TYPE

LONGEST_NAME = 200
NOT_FOR_USE = frozenset({"Draft", "System"})
"""Messages that nobody shall act on: templates, and talk between networks."""

MADE_UP = frozenset({"Exercise", "Test"})

_ELEMENT_OF = {"published_on": "alert/sent", "title": "alert/info/headline", "source": "alert/info/senderName"}
"""Which element a fault of the report comes from."""


@dataclass(frozen=True, slots=True)
class CapReceived:
    """The report that a file is kept as, whether this sending put it there, and what it belongs to."""

    report: Report
    is_new: bool
    follows: tuple[Report, ...] = ()  # earlier messages that it names, and that came
    noted_on: tuple[Alert, ...] = ()  # alerts of ours that it acknowledges


@transaction.atomic
def receive_cap(*, content: bytes, filename: str, channel: str, by: Actor, at: datetime) -> CapReceived:
    """The file is kept as a report with its original, joined to the earlier messages that it names; or CapRefused.

    The same file again answers with the report that is kept. An Ack of an alert that this agency sent or was asked by is
    noted on that alert, as told from outside: it changes no state.
    """
    demand_act(by, "reports")
    message = _message_in(content)
    try:
        received = receive(draft=_draft(message, content, filename, channel), by=by, at=at)
    except KeyUsedForOther as refusal:
        raise _used_for_other(message) from refusal
    except DraftRefused as refusal:
        faults = (
            CapFault(_ELEMENT_OF.get(one.field, "alert"), "draft", found=one.message.rstrip("."))
            for one in refusal.faults
        )
        raise CapRefused(tuple(faults)) from refusal
    kept = CapMessage.objects.filter(pk=received.report.pk).first()
    if kept is not None:
        return CapReceived(received.report, is_new=False, follows=_followed_by(kept))
    kept = _keep(message, received.report, by)
    _follow(kept, message, by, at)
    facts = {"msg_type": message.msg_type, "sender": message.sender, "follows": len(message.references)}
    trail.record(Trail.CAP_RECEIVED, by=by, at=at, on=received.report.ref, facts=facts)
    noted = _note_acknowledged(message, received.report, by, at) if message.msg_type == ACK else ()
    return CapReceived(received.report, is_new=True, follows=_followed_by(kept), noted_on=noted)


def _message_in(content: bytes) -> Message:
    try:
        message = read(content)
    except NotCap as refusal:
        raise CapRefused(refusal.faults) from refusal
    faults = []
    if message.status in NOT_FOR_USE:
        faults.append(CapFault("alert/status", "not_for_use", found=message.status))
    if is_ours(message.sender):
        faults.append(CapFault("alert/sender", "ours", found=message.sender))
    for name in ("identifier", "sender"):
        if len(getattr(message, name)) > LONGEST_NAME:
            faults.append(CapFault(f"alert/{name}", "too_long_name", expected=str(LONGEST_NAME)))
    if any(max(len(one.sender), len(one.identifier)) > LONGEST_NAME for one in message.references):
        faults.append(CapFault("alert/references", "too_long_name", expected=str(LONGEST_NAME)))
    if faults:
        raise CapRefused(tuple(faults))
    return message


def _draft(message: Message, content: bytes, filename: str, channel: str) -> ReportDraft:
    info = block_to_read(message)
    name = f"{message.sender},{message.identifier}"
    place = place_of(info) if info else None
    web = info.web if info and info.web.startswith(("https://", "http://")) and len(info.web) <= 500 else ""
    return ReportDraft(
        channel=channel,
        text=text_of(message),
        title=title_of(message),
        source=((info.sender_name if info else "") or message.sender)[:120],
        address=web,
        published_on=message.sent.date(),
        original=content,
        filename=filename,
        media_type=CONTENT_TYPE,
        idempotency_key=f"cap:{hashlib.sha256(name.encode()).hexdigest()}",
        place_id=place.pk if place else None,
        is_simulated=message.status in MADE_UP,
        occasion=name,
    )


def _keep(message: Message, report: Report, by: Actor) -> CapMessage:
    names = {"owner_id": by.agency, "sender": message.sender, "identifier": message.identifier}
    if CapMessage.objects.filter(**names).exists():  # the same name by another way in, with other words
        raise _used_for_other(message)
    return CapMessage.objects.create(
        report=report,
        sent_at=message.sent,
        msg_type=message.msg_type,
        status=message.status,
        scope=message.scope,
        **names,
    )


def _follow(kept: CapMessage, message: Message, by: Actor, at: datetime) -> None:
    """Join the message with those it names, and with those that named it before it came."""
    for one in {(reference.sender, reference.identifier): reference for reference in message.references}.values():
        earlier = CapMessage.objects.filter(owner_id=by.agency, sender=one.sender, identifier=one.identifier).first()
        CapReference.objects.create(
            message=kept, sender=one.sender, identifier=one.identifier, sent_at=one.sent, earlier=earlier
        )
        if earlier is not None:
            _record_followed(earlier, kept, by, at)
    awaiting = CapReference.objects.filter(
        message__owner_id=by.agency, sender=kept.sender, identifier=kept.identifier, earlier__isnull=True
    )
    for reference in awaiting.exclude(message=kept).select_related("message"):
        CapReference.objects.filter(pk=reference.pk).update(earlier=kept)
        _record_followed(kept, reference.message, by, at)


def _record_followed(earlier: CapMessage, by_message: CapMessage, by: Actor, at: datetime) -> None:
    facts = {"report": f"report:{by_message.report_id}", "msg_type": by_message.msg_type}
    trail.record(Trail.CAP_FOLLOWED, by=by, at=at, on=f"report:{earlier.report_id}", facts=facts)


def _followed_by(kept: CapMessage) -> tuple[Report, ...]:
    references = kept.references.filter(earlier__isnull=False).select_related("earlier__report")
    return tuple(reference.earlier.report for reference in references if reference.earlier)


def _note_acknowledged(message: Message, report: Report, by: Actor, at: datetime) -> tuple[Alert, ...]:
    """Note on our alerts that somebody outside says to have them, as far as this officer may deal with them."""
    found = tuple(alert for one in message.references if (alert := _own_alert(one, by, at)) is not None)
    for alert in found:
        with translation.override("id"):  # it is kept: in the language of the data, whoever brings it
            said = _("Menurut %(sender)s. %(note)s") % {"sender": message.sender, "note": message.note}
        AlertNote.objects.create(
            alert=alert, what=AlertNote.What.OUTSIDE, at=at, by=by.ref, agency=by.agency, note=said.strip()[:500]
        )
        facts = {"report": report.ref, "sender": message.sender}
        trail.record(Trail.ALERT_ACKNOWLEDGED_OUTSIDE, by=by, at=at, on=alert.ref, facts=facts)
    return found


def _own_alert(reference: Reference, by: Actor, at: datetime) -> Alert | None:
    try:
        key = UUID(alert_named(reference))
    except ValueError:
        return None
    if "alerts" not in by.acts:
        return None
    alert: Alert | None = Alert.objects.visible_to(by, at=at).filter(pk=key).first()
    return alert if alert is not None and by.agency in (alert.owner_id, alert.addressee_id) else None


def _used_for_other(message: Message) -> CapRefused:
    return CapRefused((CapFault("alert/identifier", "used_for_other", found=message.identifier),))
