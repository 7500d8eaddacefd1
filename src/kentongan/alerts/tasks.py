"""What the worker does for this room: the ladder's due steps, and news that somebody must hear, or may hear no more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kentongan.agencies.models import Officer
from kentongan.agencies.queries import ancestors_on
from kentongan.agreements.access import protected_models, system_actor
from kentongan.agreements.conditions import CONDITION_WITHDRAWN
from kentongan.agreements.need import GLASS_BROKEN, REVIEWERS
from kentongan.audit import outbox
from kentongan.audit.models import OutboxRow
from kentongan.events.actions import EVENT_PROTECTED
from kentongan.events.models import Event
from kentongan.intake.actions import TOPIC as REPORT_RECEIVED
from kentongan.intake.models import Report
from kentongan.kit.periods import civil_day
from kentongan.messages.actions import put, withdraw

from . import news
from .desks import desks_for
from .duty import LEADER_ROLE
from .ladder import act_due
from .models import Alert
from .news import forget

__all__ = ["CONSUMERS", "act_due", "forget"]

CHANNELS = ("inapp", "push", "email")
PROTECTED_SINCE = "kejadiannya kini dilindungi"
"""Why notices were withdrawn; in the data, so in the language of the data."""

ANSWER_FOR_DATA = frozenset({"overseer", LEADER_ROLE})
"""Roles that hear that a consent or a court order under what their agency received, or gave, no longer stands."""


def on_glass_broken(row: OutboxRow) -> None:
    """Whoever judges looks in need at the owner's hears of this one; where nobody does, the nearest above who may judge it."""
    with translation.override("id"):
        subject = _("Pembukaan darurat menunggu penilaian Anda dalam 48 jam")
    owner = str(row.facts["owner"])
    judging = [owner, *ancestors_on(owner, civil_day(_when(row)))]
    told = (_officers([agency], REVIEWERS) for agency in judging if agency != row.facts["by"])
    for officer in next((officers for officers in told if officers), []):
        _tell(officer, row, subject=subject, link=reverse("glass_list"))


def on_condition_withdrawn(row: OutboxRow) -> None:
    """Who answers for data at the owner, and at the agencies that could see the record by it, hears that it is withdrawn."""
    receivers = [str(agency) for agency in row.facts.get("could_see", [])]
    with translation.override("id"):
        to_owner = _("Persetujuan atau perintah pengadilan atas sebuah catatan ditarik")
        to_receiver = _("Dasar untuk memegang sebuah catatan yang Anda terima sudah ditarik: hapus salinannya")
    for officer in _officers(receivers, ANSWER_FOR_DATA):
        _tell(officer, row, subject=to_receiver, link="")
    owner = _owner_of(row.ref)
    for officer in _officers([owner] if owner else [], ANSWER_FOR_DATA):
        model, _colon, key = row.ref.partition(":")
        _tell(officer, row, subject=to_owner, link=reverse("condition_list", args=[model, key]))


@transaction.atomic
def on_event_protected(row: OutboxRow) -> None:
    """Nothing of an event that has become its owner's alone, nor of alerts on it, is sent or shown in notices any more."""
    event = Event.objects.select_related("owner").filter(pk=row.ref.partition(":")[2]).first()
    if event is None:
        return
    at = _when(row)
    by = system_actor(event.owner, name="notices", purpose=event.purpose, at=at)
    for ref in (event.ref, *(alert.ref for alert in Alert.objects.filter(event=event).order_by("raised_at"))):
        withdraw(about=ref, by=by, at=at, why=PROTECTED_SINCE)


def on_report_received(row: OutboxRow) -> None:
    """The desks at which the report waits change once it was read: lower rooms act on the news first."""
    report = Report.objects.filter(pk=row.ref.partition(":")[2]).only("owner_id").first()
    if report is not None:
        news.desk_changed(desks_for(report.owner_id, at=_when(row)), at=_when(row))


CONSUMERS: dict[str, outbox.Consumer] = {
    REPORT_RECEIVED: on_report_received,
    EVENT_PROTECTED: on_event_protected,
    GLASS_BROKEN: on_glass_broken,
    CONDITION_WITHDRAWN: on_condition_withdrawn,
}


@transaction.atomic
def _tell(officer: Officer, row: OutboxRow, *, subject: str, link: str) -> None:
    """Put the notice once, however often the news is read; it names no record, so its title may be shown."""
    put(
        to=officer, channels=CHANNELS, topic=row.topic, subject=subject, body="", link=link, about=row.ref,
        key=f"news:{row.pk}", handling="restricted", at=_when(row),
    )  # fmt: skip


def _when(row: OutboxRow) -> datetime:
    """The instant at which the worker claimed the row, by the worker's own clock: a simulation tells in its own time."""
    return row.lease_until - outbox.LEASE if row.lease_until else timezone.now()


def _officers(agencies: list[str], roles: frozenset[str]) -> list[Officer]:
    serving = {"postings__agency_id__in": agencies, "postings__role__in": roles, "postings__ended_at__isnull": True}
    return list(Officer.objects.filter(is_active=True, **serving).order_by("username"))


def _owner_of(ref: str) -> str:
    """Return whose record it is; blank where it is gone."""
    name, _colon, key = ref.partition(":")
    for model in protected_models():
        if model._meta.model_name == name:
            found = model._default_manager.filter(pk=UUID(key)).values_list("owner_id", flat=True).first()
            return str(found or "")
    return ""
