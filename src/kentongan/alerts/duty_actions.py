"""Deeds on the duty roster: plan a shift, hand it over, take it back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.models import Officer
from kentongan.agreements.access import RoleMayNotAct, demand_person, not_visible
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.messages.actions import put

from .duty import LEADER_ROLE
from .models import DutyShift

LONGEST = timedelta(days=14)
CHANNELS = ("inapp", "push", "email")


class ShiftNotPossible(KentonganError):
    """The shift's days or its officer do not fit."""

    code = "alerts.shift_not_possible"


class ShiftChangedMeanwhile(KentonganError):
    """Somebody changed the shift first."""

    code = "alerts.shift_changed_meanwhile"


def may_plan(actor: Actor) -> bool:
    """Tell whether the officer keeps the roster of the own agency: whoever acts on alerts there, and its leaders."""
    return "alerts" in actor.acts or actor.role == LEADER_ROLE


@transaction.atomic
def plan_shift(
    *, officer: Officer, starts_at: datetime, ends_at: datetime, note: str = "", by: Actor, at: datetime
) -> DutyShift:
    """The officer of the actor's agency is on duty from then until then, and knows it."""
    demand_planner(by)
    _demand_serves(officer, by.agency)
    if not starts_at < ends_at <= starts_at + LONGEST or ends_at <= at:
        raise ShiftNotPossible(_("Giliran piket harus berakhir sesudah mulai, belum lewat, dan paling lama 14 hari."))
    if DutyShift.objects.filter(
        agency_id=by.agency,
        officer=officer,
        state=DutyShift.State.PLANNED,
        starts_at__lt=ends_at,
        ends_at__gt=starts_at,
    ).exists():
        raise ShiftNotPossible(_("%(officer)s sudah bertugas piket pada waktu itu.") % {"officer": officer})
    shift = DutyShift.objects.create(
        agency_id=by.agency, officer=officer, starts_at=starts_at, ends_at=ends_at, planned_by=by.ref, planned_at=at,
        note=note.strip()[:300],
    )  # fmt: skip
    facts = {"officer": officer.ref, "from": starts_at.isoformat(), "to": ends_at.isoformat()}
    trail.record(Trail.DUTY_PLANNED, by=by, at=at, on=shift.ref, facts=facts)
    if officer.ref != by.ref:
        _tell(shift, "planned", gettext_lazy("Anda dijadwalkan piket"), at=at)
    return shift


@transaction.atomic
def hand_over(*, shift: DutyShift, to: Officer, note: str, by: Actor, at: datetime) -> DutyShift:
    """The shift that runs ends now, and the other officer is on duty until its planned end; what was said stands with it."""
    _demand_own(shift, by)
    _demand_serves(to, by.agency)
    if not shift.starts_at <= at < shift.ends_at or to.pk == shift.officer_id:
        raise ShiftNotPossible(_("Yang diserahterimakan adalah giliran yang sedang berjalan, kepada petugas lain."))
    if not note.strip():
        raise ShiftNotPossible(_("Tuliskan apa yang diserahterimakan; petugas berikutnya membacanya."))
    _change(shift, state=DutyShift.State.HANDED_OVER, handed_over_at=at)
    next_one = DutyShift.objects.create(
        agency_id=by.agency, officer=to, starts_at=at, ends_at=shift.ends_at, planned_by=by.ref, planned_at=at,
        note=note.strip()[:300], received_from=shift,
    )  # fmt: skip
    facts = {"from": f"officer:{shift.officer_id}", "to": to.ref, "shift": next_one.ref}
    trail.record(Trail.DUTY_HANDED_OVER, by=by, at=at, on=shift.ref, why=note.strip(), facts=facts)
    _tell(next_one, "received", gettext_lazy("Piket diserahterimakan kepada Anda"), at=at)
    return next_one


@transaction.atomic
def cancel_shift(*, shift: DutyShift, why: str, by: Actor, at: datetime) -> None:
    """The shift does not take place, or ends now."""
    _demand_own(shift, by)
    if not why.strip():
        raise ShiftNotPossible(_("Tuliskan mengapa giliran ini dibatalkan."))
    _change(shift, state=DutyShift.State.CANCELLED)
    trail.record(Trail.DUTY_CANCELLED, by=by, at=at, on=shift.ref, why=why.strip())
    if by.ref != f"officer:{shift.officer_id}":
        _tell(shift, "cancelled", gettext_lazy("Giliran piket Anda dibatalkan"), at=at)


def _change(shift: DutyShift, **changes: object) -> None:
    """A planned shift changes once: its state alone says whether somebody was first."""
    if not DutyShift.objects.filter(pk=shift.pk, state=DutyShift.State.PLANNED).update(**changes):
        raise ShiftChangedMeanwhile(_("Giliran ini sudah diubah oleh petugas lain. Muat ulang halamannya."))
    shift.refresh_from_db()


def demand_planner(by: Actor) -> None:
    """Raise RoleMayNotAct unless the officer keeps the roster of the own agency."""
    demand_person(by)
    if not may_plan(by):
        raise RoleMayNotAct(
            _("Jadwal piket disusun oleh petugas yang menangani peringatan, atau pimpinan instansinya.")
        )


def _demand_own(shift: DutyShift, by: Actor) -> None:
    demand_planner(by)
    if shift.agency_id != by.agency:
        raise not_visible()


def _demand_serves(officer: Officer, agency: str) -> None:
    serves = officer.is_active and officer.postings.filter(agency_id=agency, ended_at__isnull=True).exists()
    if not serves:
        raise ShiftNotPossible(_("%(officer)s tidak sedang bertugas di instansi ini.") % {"officer": officer})


def _tell(shift: DutyShift, what: str, subject: str | Promise, *, at: datetime) -> None:
    with translation.override("id"):  # whoever plans, the officer told reads it in the country's language
        said = str(subject)
    put(
        to=shift.officer, channels=CHANNELS, topic=f"duty.{what}", subject=said, body="", link=reverse("duty_list"),
        about=shift.ref, key=f"duty:{shift.pk}:{what}", handling="shared", at=at,
    )  # fmt: skip
