"""Pages of the duty roster: who is on duty, what is planned, the hand-over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.kit.errors import KentonganError

from . import calendars, duty, duty_actions
from .duty_forms import CancelShiftForm, HandOverForm, ShiftForm
from .labels import WEEKDAYS
from .models import DutyShift

SHOWN_BACK = timedelta(days=7)
HOLIDAYS = 5


@require_safe
@acting
def duty_list(request: HttpRequest) -> HttpResponse:
    """Show the own agency's roster."""
    return _page(request)


@require_POST
@acting
def duty_plan(request: HttpRequest) -> HttpResponse:
    """Put an officer on the roster."""
    actor = actor_of(request)
    form = ShiftForm(request.POST, officers=_officers(actor), auto_id="rencana-%s")

    def deed() -> None:
        duty_actions.plan_shift(**_in_zone(form.cleaned_data, _zone(actor)), by=actor, at=timezone.now())

    return _step(request, form, deed, _("Giliran piket tercatat."))


@require_POST
@acting
def duty_hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the running shift over to somebody else."""
    actor, shift = actor_of(request), _shift(request, pk)
    form = HandOverForm(request.POST, officers=_officers(actor))

    def deed() -> None:
        duty_actions.hand_over(shift=shift, **form.cleaned_data, by=actor, at=timezone.now())

    return _step(request, form, deed, _("Piket sudah diserahterimakan."), pk=pk)


@require_POST
@acting
def duty_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a shift back."""
    actor, shift = actor_of(request), _shift(request, pk)
    form = CancelShiftForm(request.POST)

    def deed() -> None:
        duty_actions.cancel_shift(shift=shift, **form.cleaned_data, by=actor, at=timezone.now())

    return _step(request, form, deed, _("Giliran piket dibatalkan."), pk=pk)


def _step(
    request: HttpRequest, form: Form, deed: Callable[[], None], done: str, *, pk: UUID | None = None
) -> HttpResponse:
    duty_actions.demand_planner(actor_of(request))
    if not form.is_valid():
        return _page(request, form, pk=pk, status=422)
    try:
        deed()
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("duty_list")


def _page(
    request: HttpRequest, faulty: Form | None = None, *, pk: UUID | None = None, status: int = 200
) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    agency = Agency.objects.select_related("seat").get(pk=actor.agency)
    zone = duty.zone_of(agency)
    may_plan = duty_actions.may_plan(actor)
    shifts = DutyShift.objects.filter(agency=agency, ends_at__gt=at - SHOWN_BACK).select_related(
        "officer", "received_from__officer"
    )
    running = set(duty.shifts_at(agency, at=at).values_list("pk", flat=True))
    officers = _officers(actor)
    plan = faulty if isinstance(faulty, ShiftForm) else ShiftForm(officers=officers, auto_id="rencana-%s")
    context = {
        "agency": agency,
        "zone": zone,
        "is_open": duty.is_open(agency, at=at),
        "hours": [(WEEKDAYS[row.weekday], row) for row in duty.hours_of(agency, at=at)],
        "holidays": _next_holidays(agency, at),
        "shifts": [
            _listed(
                shift,
                officers,
                is_running=shift.pk in running,
                may_plan=may_plan,
                faulty=faulty if shift.pk == pk else None,
            )
            for shift in shifts
        ],
        "anybody": bool(running),
        "plan": plan if may_plan else None,
    }
    with timezone.override(zone):  # the roster is read in the agency's own time
        return render(request, "alerts/duty_list.html", context, status=status)


def _listed(
    shift: DutyShift, officers: Any, *, is_running: bool, may_plan: bool, faulty: Form | None
) -> dict[str, Any]:
    """Return a shift with what may be done to it; `faulty` is what was sent for this very shift and refused."""
    may_change = may_plan and shift.state == DutyShift.State.PLANNED and shift.ends_at > timezone.now()
    ids = f"giliran-{shift.pk}-%s"
    hand_over = HandOverForm(officers=officers.exclude(pk=shift.officer_id), auto_id=ids)
    cancel = CancelShiftForm(auto_id=ids)
    if isinstance(faulty, HandOverForm):
        hand_over = faulty
    if isinstance(faulty, CancelShiftForm):
        cancel = faulty
    return {
        "shift": shift,
        "is_running": is_running,
        "hand_over": hand_over if may_change and is_running else None,
        "cancel": cancel if may_change else None,
    }


def _shift(request: HttpRequest, pk: UUID) -> DutyShift:
    shift = DutyShift.objects.filter(pk=pk, agency_id=actor_of(request).agency).first()
    if shift is None:
        raise not_visible()
    return shift


def _officers(actor: Actor) -> Any:
    serving = {"postings__agency_id": actor.agency, "postings__ended_at__isnull": True}
    return Officer.objects.filter(is_active=True, **serving).order_by("full_name", "username")


def _zone(actor: Actor) -> Any:
    return duty.zone_of(Agency.objects.select_related("seat").get(pk=actor.agency))


def _in_zone(said: dict[str, Any], zone: Any) -> dict[str, Any]:
    """Return what was said with its times as the agency's own, in whichever zone the installation counts."""
    return said | {name: said[name].replace(tzinfo=zone) for name in ("starts_at", "ends_at")}


def _next_holidays(agency: Agency, at: datetime) -> list[calendars.Holiday]:
    today = at.astimezone(duty.zone_of(agency)).date()
    coming = sorted(day for day in calendars.holidays_of(agency.country) if day >= today)
    return [calendars.holidays_of(agency.country)[day] for day in coming[:HOLIDAYS]]
