"""The administrator's page of policy: the ladder with its figures, and office hours."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agencies.doors import administering, administrator_of
from kentongan.agencies.models import Agency
from kentongan.agencies.queries import administered_agencies
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import civil_day

from . import duty, policy_actions
from .duty_forms import HoursForm, StepChangeForm
from .labels import CLASSES, WEEKDAYS
from .ladder_rules import Change, limits, shipped_ladders
from .models import LadderChange
from .showing import policy_lines
from .steps import ladder_for


@require_safe
@administering
def ladder_policy(request: HttpRequest) -> HttpResponse:
    """Show the ladder of an agency that this administrator looks after, and its hours."""
    return _page(request, _agency(request, request.GET.get("agency", "")))


@require_POST
@administering
def ladder_change(request: HttpRequest) -> HttpResponse:
    """Set an agency's own figures for a step, or go back to the shipped ones."""
    by, at = administrator_of(request), timezone.now()
    form = StepChangeForm(request.POST, agencies=_agencies(request))

    def deed() -> None:
        said = form.cleaned_data
        step = {"agency": said["agency"], "alert_class": said["alert_class"], "why": said["why"], "by": by, "at": at}
        if said["minutes"] is None:
            policy_actions.end_change(number=said["number"], **step)
        else:
            change = Change(said["number"], said["minutes"], tuple(said["channels"]))
            policy_actions.change_step(change=change, **step)

    return _step(request, form, deed, _("Kebijakan tercatat; berlaku untuk peringatan yang dikirim sejak sekarang."))


@require_POST
@administering
def office_hours(request: HttpRequest) -> HttpResponse:
    """Set an agency's own hours, or go back to those of its country."""
    by, at = administrator_of(request), timezone.now()
    form = HoursForm(request.POST, agencies=_agencies(request))

    def deed() -> None:
        said = form.cleaned_data
        policy_actions.set_hours(agency=said["agency"], hours=said["hours"], why=said["why"], by=by, at=at)

    return _step(request, form, deed, _("Jam kantor tercatat."))


def _step(request: HttpRequest, form: Form, deed: Callable[[], None], done: str) -> HttpResponse:
    if not form.is_valid():
        return _page(request, _agency(request, str(form["agency"].value() or "")), form, status=422)
    agency = form.cleaned_data["agency"]
    try:
        deed()
    except KentonganError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, agency, form, status=422)
    messages.success(request, done)
    return redirect(f"{reverse('ladder_policy')}?agency={agency.pk}")


def _agencies(request: HttpRequest) -> Any:
    found = administered_agencies(administrator_of(request), on=civil_day(timezone.now()))
    return found.filter(is_active=True, is_forum=False).select_related("seat").order_by("name")


def _agency(request: HttpRequest, key: str) -> Agency | None:
    agencies = _agencies(request)
    chosen = agencies.filter(pk=key).first() or agencies.filter(pk=administrator_of(request).agency).first()
    return cast("Agency | None", chosen or agencies.first())


def _page(
    request: HttpRequest, agency: Agency | None, faulty: Form | None = None, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    context: dict[str, Any] = {"agencies": _agencies(request), "agency": agency, "limits": limits(), "faulty": faulty}
    if agency is not None:
        shipped = shipped_ladders()
        context["ladders"] = [
            (name, label, policy_lines(ladder_for(agency, name, at=at), shipped[name]))
            for name, label in CLASSES.items()
        ]
        in_force = LadderChange.objects.filter(agency=agency, valid_to__isnull=True)
        context["changes"] = [(change, CLASSES[change.alert_class]) for change in in_force]
        context["zone"] = duty.zone_of(agency)
        context["hours"] = [(WEEKDAYS[row.weekday], row) for row in duty.hours_of(agency, at=at)]
        context["forms"] = {
            "step": _step_form(request, agency, faulty),
            "hours": _hours_form(request, agency, faulty, at),
        }
    return render(request, "alerts/ladder_policy.html", context, status=status)


def _step_form(request: HttpRequest, agency: Agency, faulty: Form | None) -> StepChangeForm:
    if isinstance(faulty, StepChangeForm):
        return faulty
    return StepChangeForm(
        agencies=_agencies(request), initial={"agency": agency.pk, "channels": ["inapp"]}, auto_id="langkah-%s"
    )


def _hours_form(request: HttpRequest, agency: Agency, faulty: Form | None, at: Any) -> HoursForm:
    if isinstance(faulty, HoursForm):
        return faulty
    present = {f"day_{row.weekday}": f"{row.opens:%H.%M}–{row.closes:%H.%M}" for row in duty.hours_of(agency, at=at)}
    return HoursForm(agencies=_agencies(request), initial={"agency": agency.pk, **present}, auto_id="jam-%s")
