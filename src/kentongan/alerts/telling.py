"""Telling people of an alert: one message to each officer for all that is due at once, none of it more than they may see."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import role_table
from kentongan.agreements.models import Grant
from kentongan.agreements.registry import handling_of
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.messages.actions import put

from . import ack_links, ladder_rules
from .duty import Hearer, hearers
from .ladder_rules import AGAIN, ESCALATE, INAPP, NOTIFY, OWNER_DUTY, OWNER_LEADER, REMIND
from .models import Alert, LadderStep, StepTold

WEBHOOK = "webhook"
RAISED, ESCALATED, STORM = "alert.raised", "alert.escalated", "alert.storm"
ASSIGNED, QUESTION = "alert.assigned", "alert.question"
TOPICS = {NOTIFY: RAISED, AGAIN: RAISED, REMIND: "alert.reminder", ESCALATE: ESCALATED}


def tell(alert: Alert, steps: list[LadderStep], *, by: trail.Acting, at: datetime) -> Mapping[int, int]:
    """Everybody whom the steps name has one message; return how many people each step told.

    Of several steps that are due together (a machine that was off, a clock that jumped) a person gets the last only, and
    every step says by which message it told.
    """
    told: Counter[int] = Counter({step.pk: 0 for step in steps})
    keys: dict[tuple[str, str], tuple[str, LadderStep]] = {}
    rows = []
    systems: dict[Agency, LadderStep] = {}
    for step in reversed(steps):
        for hearer in hearers(alert, step.whom, at=at):
            if WEBHOOK in step.channels:
                systems.setdefault(hearer.agency, step)
            person = (hearer.ref, hearer.agency.pk)
            if hearer.officer is not None:
                told[step.pk] += 1
                if person not in keys:
                    keys[person] = (_message(alert, step, hearer, by=by, at=at), step)
            key, spoken = keys.get(person, ("", step))
            rows.append(
                StepTold(
                    step=step, officer=hearer.ref, agency=hearer.agency.pk, why=hearer.why, at=at, key=key,
                    is_bundled=spoken is not step or key.startswith("storm:"),
                )
            )  # fmt: skip
    for agency, step in systems.items():
        _tell_system(alert, step, agency, at=at)
    StepTold.objects.bulk_create(reversed(rows))
    return told


def _message(alert: Alert, step: LadderStep, hearer: Hearer, *, by: trail.Acting, at: datetime) -> str:
    """Put the officer's message, or let it join the storm's; return its key."""
    if hearer.officer is None:
        raise ValueError("nobody can be told nothing")
    if hearer.agency.pk not in (alert.owner_id, alert.addressee_id):
        _show_to(alert, hearer.agency, by=by, at=at)
    if not alert.is_urgent and ladder_rules.is_storm(_told_lately(hearer.ref, at)):
        return _join_storm(hearer, step, at=at)
    with translation.override("id"):  # whoever happens to act, the addressee reads it in the country's language
        topic, subject = _words(alert, step, hearer)
    given: dict[str, Any] = {
        "topic": topic,
        "subject": subject,
        "body": "",
        "about": alert.ref,
        "handling": handling_of(alert),
        "at": at,
    }
    page = reverse("alert_detail", args=[alert.pk])
    key = f"ladder:{step.pk}"
    outside = [channel for channel in step.channels if channel not in (INAPP, WEBHOOK)]
    put(to=hearer.officer, channels=[INAPP], link=page, key=key, **given)
    if outside:
        may = _may_acknowledge(alert, hearer)
        token = ack_links.new_token() if may else ""
        sent = put(
            to=hearer.officer, channels=outside, link=ack_links.path_of(token) if may else page, key=key, **given
        )
        if may and sent:
            ack_links.keep(token, alert=alert, officer=hearer.officer, at=at)
    return f"{key}:{hearer.officer.pk}"


def _words(alert: Alert, step: LadderStep, hearer: Hearer) -> tuple[str, str]:
    said = {"title": alert.title, "addressee": str(alert.addressee)}
    missing = {
        Alert.State.ACKNOWLEDGED: _("Belum diterima oleh %(addressee)s: %(title)s"),
        Alert.State.VERIFIED: _("Belum diverifikasi oleh %(addressee)s: %(title)s"),
        Alert.State.CLOSED: _("Belum diputuskan oleh %(addressee)s: %(title)s"),
    }[Alert.State(step.awaits)] % said
    if hearer.for_whom in (OWNER_DUTY, OWNER_LEADER):
        nobody = _("Tidak ada petugas %(addressee)s yang dapat diberi tahu: %(title)s") % said
        return ESCALATED, missing if step.kind == ESCALATE else nobody
    if step.kind in (NOTIFY, AGAIN):
        first = _("Peringatan baru: %(title)s") if step.kind == NOTIFY else _("Peringatan dikirim lagi: %(title)s")
        return TOPICS[step.kind], first % said
    return TOPICS[step.kind], missing


def _told_lately(ref: str, at: datetime) -> int:
    since = at - ladder_rules.limits().storm_within
    lately = StepTold.objects.filter(officer=ref, at__gt=since, at__lte=at, is_bundled=False)
    return lately.values("key").distinct().count()


def _join_storm(hearer: Hearer, step: LadderStep, *, at: datetime) -> str:
    """One message for all that comes in the same stretch of time: that there is much, and where the list is."""
    if hearer.officer is None:
        raise ValueError("nobody can be told nothing")
    stretch = int(at.timestamp() // ladder_rules.limits().storm_within.total_seconds())
    key = f"storm:{stretch}"
    with translation.override("id"):
        subject = _("Banyak peringatan sekaligus: buka daftarnya")
    put(
        to=hearer.officer, channels=[c for c in step.channels if c != WEBHOOK], topic=STORM, subject=subject, body="",
        link=reverse("alert_list") + "?side=to", about="", key=key, handling="restricted", at=at,
    )  # fmt: skip
    return f"{key}:{hearer.officer.pk}"


def _tell_system(alert: Alert, step: LadderStep, agency: Agency, *, at: datetime) -> None:
    """The agency's own systems hear of it too, where it has any."""
    put(
        to=agency, channels=[WEBHOOK], topic=TOPICS[step.kind], subject=alert.title, body="",
        link=reverse("alert_detail", args=[alert.pk]), about=alert.ref, key=f"ladder:{step.pk}", handling=handling_of(alert), at=at,
    )  # fmt: skip


def _show_to(alert: Alert, agency: Agency, *, by: trail.Acting, at: datetime) -> None:
    """The agency above the silent addressee sees the alert as the addressee does, and nothing of what it is about."""
    given = Grant.objects.filter(record=alert.pk, agency=alert.addressee_id, because=alert.ref).first()
    _grant, is_new = Grant.objects.get_or_create(
        record=alert.pk, agency=agency, because=alert.ref,
        defaults={
            "category": "alerts", "fields": given.fields if given else [], "under": given.under if given else [],
            "valid_from": at, "cause": Grant.Cause.ADDRESS,
        },
    )  # fmt: skip
    if is_new:
        facts = {"to": agency.pk, "because": alert.ref, "unanswered_by": alert.addressee_id}
        trail.record(Trail.GRANT_GIVEN, by=by, at=at, on=alert.ref, facts=facts)


def _may_acknowledge(alert: Alert, hearer: Hearer) -> bool:
    """Whether the officer could acknowledge now: of the addressed agency, in a role that acts on alerts, and nobody has yet."""
    if hearer.officer is None or hearer.agency.pk != alert.addressee_id or alert.state != Alert.State.RAISED:
        return False
    posting = hearer.officer.postings.filter(ended_at__isnull=True, agency=hearer.agency).first()
    return posting is not None and role_table().get(posting.role, {}).get("alerts", (False, False))[1]
