"""Deeds at the duty desk: assign, escalate by hand, ask back, merge. Each leaves its row of the trail and happens once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agreements.access import role_table
from kentongan.agreements.facts import Actor
from kentongan.agreements.registry import handling_of
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.messages.actions import put

from . import news, reporters, steps, telling
from .actions import ReasonMissing, StepNotAllowed, changed_meanwhile, demand_addressee, demand_side, end
from .duty import hearers
from .ladder_rules import OWNER_DUTY
from .models import Alert, AlertNote, ReporterWord
from .rules import ASK, ASSIGN, DEEDS, ESCALATE, MERGE

CHANNELS = ("inapp", "push", "email")


class NotAColleague(KentonganError):
    """An alert is assigned to somebody of the own agency who acts on alerts."""

    code = "alerts.not_a_colleague"


class NothingAbove(KentonganError):
    """Everybody on the ladder has been told."""

    code = "alerts.nothing_above"


class NobodyToAsk(KentonganError):
    """No reporter behind the alert can be reached, and there is no other sender to ask."""

    code = "alerts.nobody_to_ask"


class NotMergeable(KentonganError):
    """The two alerts are not one matter of one agency."""

    code = "alerts.not_mergeable"


@transaction.atomic
def assign(*, alert: Alert, version: int, to: Officer, by: Actor, at: datetime, note: str = "") -> None:
    """The officer of the addressed agency has the alert in hand, and knows it."""
    demand_addressee(alert, by)
    if not _acts_for(to, by.agency):
        raise NotAColleague(
            _("%(officer)s tidak bertugas menangani peringatan di instansi Anda. Pilih petugas lain.") % {"officer": to}
        )
    _change(alert, version, ASSIGN, assignee=to)
    _note(alert, AlertNote.What.ASSIGNED, note, by=by, at=at, whom=to.ref)
    trail.record(Trail.ALERT_ASSIGNED, by=by, at=at, on=alert.ref, why=note.strip(), facts={"to": to.ref})
    if to.ref != by.ref:
        _tell_assigned(alert, to, at=at)
    news.desks_changed(alert, at=at)


@transaction.atomic
def escalate(*, alert: Alert, version: int, why: str, by: Actor, at: datetime) -> None:
    """The next rung of the ladder is due now instead of later, for a reason that both sides read."""
    demand_side(alert, by)
    if not why.strip():
        raise ReasonMissing(_("Tuliskan mengapa peringatan ini dinaikkan sekarang."))
    _change(alert, version, ESCALATE)
    rung = steps.bring_forward(alert, at=at)
    if rung is None:
        raise NothingAbove(
            _("Tangga peringatan ini sudah habis: semua yang di atas sudah diberi tahu. Hubungi mereka langsung.")
        )
    _note(alert, AlertNote.What.ESCALATED, why, by=by, at=at)
    facts = {"ladder": rung.ladder, "number": rung.number, "whom": rung.whom}
    trail.record(Trail.ALERT_ESCALATED, by=by, at=at, on=alert.ref, why=why.strip(), facts=facts)
    news.desks_changed(alert, at=at)


@transaction.atomic
def ask_back(*, alert: Alert, version: int, text: str, by: Actor, at: datetime) -> list[ReporterWord]:
    """Whoever reported has the question; where nobody can be reached, the sender's desk has it. Nobody learns who reported.

    An agency of another state asks through the sender: reporters answer to their own.
    """
    demand_side(alert, by)
    if not text.strip():
        raise ReasonMissing(_("Tuliskan apa yang ditanyakan kepada pelapor."))
    _change(alert, version, ASK)
    is_abroad = Agency.objects.filter(pk=by.agency).exclude(country=alert.owner.country).exists()
    if not is_abroad and reporters.reachable(alert):
        words = reporters.tell(alert, ReporterWord.What.QUESTION, text, by=by, at=at)
    elif by.agency == alert.owner_id:
        raise NobodyToAsk(
            _(
                "Tidak ada pelapor yang dapat ditanya lewat Kentongan: laporannya tidak dikirim dengan akun pelapor, atau "
                "peringatan ini atas temuan dari banyak laporan. Tanyakan lewat jalur biasa."
            )
        )
    else:
        words = [_ask_sender(alert, text, by=by, at=at)]
    news.desks_changed(alert, at=at)
    return words


@transaction.atomic
def merge(*, alert: Alert, version: int, into: Alert, why: str, by: Actor, at: datetime) -> None:
    """The alert has ended as a duplicate of another open one of the same matter, which refers to it; its ladder is down.

    What it was about stays open to the addressed agency until the other alert ends.
    """
    for one in (alert, into):
        demand_side(one, by)
    if not why.strip():
        raise ReasonMissing(_("Tuliskan mengapa keduanya satu perkara."))
    _demand_one_matter(alert, into, by=by)
    if alert.version == version:
        _demand_state(alert, MERGE)
    # the order of their ids, so that two officers who merge the same two the other way round do not wait for each other
    for one, seen in sorted(((alert, version), (into, into.version)), key=lambda pair: str(pair[0].pk)):
        held = Alert.objects.filter(pk=one.pk, version=seen).exclude(state=Alert.State.CLOSED)
        if not held.update(version=F("version") + (1 if one is into else 0)):
            raise changed_meanwhile()
    end(alert, version, outcome=Alert.Outcome.DUPLICATE, why=why, merged_into=into, by=by, at=at)
    trail.record(Trail.ALERT_MERGED, by=by, at=at, on=alert.ref, why=why.strip(), facts={"into": into.ref})
    news.desks_changed(into, at=at)
    into.refresh_from_db()


def _change(alert: Alert, version: int, deed: str, **changes: Any) -> None:
    """Count the deed if the alert is still as the officer saw it, and in a state that allows it."""
    if alert.version == version:
        _demand_state(alert, deed)
    won = Alert.objects.filter(pk=alert.pk, state=alert.state, version=version).update(
        version=F("version") + 1, **changes
    )
    if not won:
        raise changed_meanwhile()
    alert.refresh_from_db()


def _demand_state(alert: Alert, deed: str) -> None:
    if alert.state not in DEEDS[deed]:
        raise StepNotAllowed(_("Peringatan ini sudah selesai, jadi langkah itu tidak mungkin lagi."))


def _note(alert: Alert, what: AlertNote.What, said: str, *, by: Actor, at: datetime, whom: str = "") -> None:
    AlertNote.objects.create(
        alert=alert, what=what, at=at, by=by.ref, agency=by.agency, note=said.strip()[:500], whom=whom
    )


def colleagues(agency: str) -> dict[Officer, str]:
    """Return who acts on alerts in the agency, with their roles, by name."""
    serving = Posting.objects.filter(agency=agency, ended_at__isnull=True, officer__is_active=True)
    found = serving.select_related("officer").order_by("officer__full_name", "officer__username")
    return {one.officer: one.role for one in found if role_table().get(one.role, {}).get("alerts", (False, False))[1]}


def _acts_for(officer: Officer, agency: str) -> bool:
    return officer in colleagues(agency)


def _tell_assigned(alert: Alert, officer: Officer, *, at: datetime) -> None:
    with translation.override("id"):  # whoever assigns, the officer told reads it in the country's language
        subject = _("Peringatan ditugaskan kepada Anda: %(title)s") % {"title": alert.title}
    put(
        to=officer, channels=CHANNELS, topic=telling.ASSIGNED, subject=subject, body="", about=alert.ref,
        link=reverse("alert_detail", args=[alert.pk]), key=f"assigned:{alert.pk}:{alert.version}",
        handling=handling_of(alert), at=at,
    )  # fmt: skip


def _ask_sender(alert: Alert, text: str, *, by: Actor, at: datetime) -> ReporterWord:
    word = ReporterWord.objects.create(
        alert=alert, report=None, what=ReporterWord.What.QUESTION, text=text.strip()[:500], at=at, by=by.ref,
        agency=by.agency,
    )  # fmt: skip
    with translation.override("id"):
        subject = _("Pertanyaan dari instansi yang dituju: %(title)s") % {"title": alert.title}
    told = [one.officer for one in hearers(alert, [OWNER_DUTY], at=at) if one.officer is not None]
    handling = handling_of(alert)
    for officer in told:
        put(
            to=officer, channels=CHANNELS, topic=telling.QUESTION, subject=subject, body="", about=alert.ref,
            link=reverse("alert_detail", args=[alert.pk]), key=f"question:{word.pk}:{officer.pk}",
            handling=handling, at=at,
        )  # fmt: skip
    trail.record(Trail.REPORTER_ASKED, by=by, at=at, on=alert.ref, facts={"reached": 0, "sender_told": len(told)})
    return word


def _demand_one_matter(alert: Alert, into: Alert, *, by: Actor) -> None:
    are_ours = by.agency == alert.addressee_id or by.agency == alert.owner_id == into.owner_id
    is_one = alert.pk != into.pk and (alert.addressee_id, alert.matter) == (into.addressee_id, into.matter)
    if not (are_ours and is_one):
        raise NotMergeable(_("Yang digabung adalah dua peringatan atas perkara yang sama kepada instansi yang sama."))
    if into.state not in DEEDS[MERGE]:
        raise StepNotAllowed(_("Peringatan yang lain itu sudah selesai. Pilih yang masih terbuka."))
