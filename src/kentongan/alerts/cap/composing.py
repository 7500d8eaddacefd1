"""An alert as CAP messages. They are not stored: they follow from what the alert's row says, so each reading gives the same.

What a message tells is what its reader was shown of the row. An alert whose handling is not `open` tells its class and its
place, never its title, its message or who wrote them: a file has no gate (docs/adr/0017).
"""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify

from kentongan.agreements.models import Handling
from kentongan.alerts import calendars
from kentongan.alerts.models import Alert, AlertNote
from kentongan.places.models import Place

from .areas import area_of
from .document import Area, Info, Message, Named
from .values import Reference
from .words import LANGUAGES, is_reviewed, level, phrases, said

RAISED, MADE_URGENT, ACKNOWLEDGED, VERIFIED, CLOSED = "raised", "made_urgent", "acknowledged", "verified", "closed"
STEPS = (RAISED, MADE_URGENT, ACKNOWLEDGED, VERIFIED, CLOSED)
"""What happens to an alert, each at most once: so the step makes the identifier of its message, and it never changes."""

ACK = "Ack"
WRITTEN_IN = "id"
"""The language of what officers write; nothing of it is translated by a machine."""

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class StepMessage:
    """A message with the step of the alert that it tells."""

    step: str
    message: Message


@dataclass(frozen=True, slots=True)
class _Telling:
    """One step of an alert, with what its message needs."""

    alert: Alert
    step: str
    is_urgent: bool  # at that step
    zone: tzinfo
    area: Area | None

    @property
    def case(self) -> str:
        """The step, with the outcome where there is one: what the tables of words and levels are asked by."""
        return f"{CLOSED}:{self.alert.outcome}" if self.step == CLOSED else self.step

    @property
    def is_public(self) -> bool:
        return self.alert.handling == Handling.OPEN

    def local(self, at: datetime) -> datetime:
        """Return an instant as CAP writes it: in the zone of the place, in whole seconds."""
        return at.astimezone(self.zone).replace(microsecond=0)


def messages_of(alert: Alert) -> tuple[StepMessage, ...]:
    """Return the messages of an alert in the order in which they were due, each with references to those before it.

    `alert` came through the gate, or is open: what its reader is not shown is in no message.
    """
    area = area_of(alert.place) if alert.place is not None else None
    zone, is_urgent = _zone_of(alert.place), alert.is_urgent
    happened = _steps_of(alert)
    if MADE_URGENT in (step for step, _at in happened):
        is_urgent = False
    found: list[StepMessage] = []
    for step, at in happened:
        is_urgent = is_urgent or step == MADE_URGENT
        before = tuple(one.message.reference for one in found if one.message.msg_type != ACK)
        found.append(StepMessage(step, _message(_Telling(alert, step, is_urgent, zone, area), at, before)))
    return tuple(found)


def latest_of(alert: Alert) -> StepMessage:
    """Return what an alert says now: its latest message that is no mere acknowledgement."""
    return next(one for one in reversed(messages_of(alert)) if one.message.msg_type != ACK)


def sender_of(agency: str) -> str:
    """Return the name of an agency as a sender of CAP: a URN within this node's name."""
    return f"{_node()}:{agency}"


def is_ours(sender: str) -> bool:
    """Tell whether a sender is an agency of this node."""
    return sender.casefold().startswith(f"{_node()}:")


def alert_named(reference: Reference) -> str:
    """Return the key of the alert that a reference to one of our messages names; blank where it names none."""
    key, _dot, step = reference.identifier.partition(".")
    return key if is_ours(reference.sender) and step in STEPS else ""


def _node() -> str:
    host = re.sub(r"^https?://", "", settings.ADDRESS)
    return f"urn:kentongan:{slugify(settings.NODE_NAME or host.replace('.', '-').replace(':', '-')) or 'node'}"


def _steps_of(alert: Alert) -> list[tuple[str, datetime]]:
    """Return what happened to the alert and when, as far as its reader is shown it."""
    urgent = next((note.at for note in alert.notes.all() if note.what == AlertNote.What.MADE_URGENT), None)
    happened = {
        RAISED: alert.raised_at,
        MADE_URGENT: urgent,
        ACKNOWLEDGED: alert.acknowledged_at,
        VERIFIED: alert.verified_at,
        CLOSED: alert.closed_at,
    }
    return sorted(((step, at) for step, at in happened.items() if at is not None), key=lambda one: one[1])


def _message(telling: _Telling, at: datetime, before: tuple[Reference, ...]) -> Message:
    alert = telling.alert
    msg_type = level("msgType", telling.case)
    speaks, hears = (alert.addressee, alert.owner) if msg_type == ACK else (alert.owner, alert.addressee)
    notes = ["exercise"] if alert.is_simulated else []
    notes += [f"step.{telling.case}"] if msg_type == ACK else []
    return Message(
        identifier=f"{alert.pk}.{telling.step}",
        sender=sender_of(speaks.pk),
        sent=telling.local(at),
        status="Exercise" if alert.is_simulated else "Actual",
        msg_type=msg_type,
        scope="Public" if telling.is_public else "Restricted",
        restriction="" if telling.is_public else _in_both(f"restriction.{alert.handling}"),
        addresses=() if telling.is_public else (sender_of(hears.pk),),
        note=" ".join(_in_both(code) for code in notes),
        references=before,
        infos=() if msg_type == ACK else tuple(_info(telling, language) for language in LANGUAGES),
    )


def _info(telling: _Telling, language: str) -> Info:
    alert, case, is_closed = telling.alert, telling.case, telling.step == CLOSED
    urgency = "urgent" if telling.is_urgent else "ordinary"
    origin = "finding" if alert.finding_id else "event" if alert.event_id else ""
    response = level("responseType", case if is_closed else "open:public" if telling.is_public else "open:restricted")
    event = f"event.{alert.matter}" if f"event.{alert.matter}" in phrases() else "event"
    description, made_of = _description(telling, language)
    is_checked = is_reviewed(language, (event, *made_of))
    return Info(
        language=language,
        categories=("Security",),
        event=said(event, language),
        response_types=(response,) if response else (),
        urgency=level("urgency", "closed" if is_closed else f"open:{urgency}"),
        severity=level("severity", alert.matter, urgency),
        certainty=level("certainty", case if is_closed else origin),
        event_codes=(Named("kentongan:matter", alert.matter),),
        expires=None if is_closed else telling.local(alert.decide_by),
        sender_name=_clean(alert.owner.name),
        headline=_headline(alert, said(event, language), language),
        description=description,
        web=_web(telling),
        parameters=(
            Named("kentongan:number", alert.number),
            Named("kentongan:step", telling.step),
            *(() if is_checked else (Named("kentongan:translation", "unreviewed"),)),
        ),
        areas=(telling.area,) if telling.area else (),
    )


def _description(telling: _Telling, language: str) -> tuple[str, tuple[str, ...]]:
    """Return what is described, and the phrases it is made of. Only what is open is told in the sender's own words."""
    step = f"step.{telling.case}"
    words = _clean(telling.alert.message) if telling.is_public else ""
    if not words:
        return f"{said(step, language)} {said('restricted', language)}", (step, "restricted")
    if language != WRITTEN_IN:
        return f"{said(step, language)} {said('translated', language)}", (step, "translated")
    return (words if telling.step == RAISED else f"{said(step, language)} {words}"), (step,)


def _headline(alert: Alert, event: str, language: str) -> str:
    if alert.place is None:
        return said("headline.nowhere", language).format(event=event)
    return said("headline", language).format(event=event, place=alert.place.name)


def _web(telling: _Telling) -> str:
    if not settings.ADDRESS:
        return ""
    if telling.is_public:
        return f"{settings.ADDRESS}{reverse('cap_message', args=[telling.alert.pk, telling.step])}"
    return f"{settings.ADDRESS}{reverse('alert_detail', args=[telling.alert.pk])}"


def _in_both(code: str) -> str:
    """Return a phrase in Indonesian and English, for the elements that stand outside the blocks of languages."""
    return f"{said(code, 'id')} / {said(code, 'en')}"


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _zone_of(place: Place | None) -> tzinfo:
    own = ZoneInfo(settings.TIME_ZONE)
    return own if place is None else calendars.zone_at(place.country, place.code, otherwise=own)
