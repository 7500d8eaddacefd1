"""The page of modules with personal data: which are on, on which assessment, and the switch; and how a module that is off answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .doors import View, acting, actor_of
from .models import ImpactAssessment
from .module_forms import AssessmentForm, EndForm
from .modules import (
    AssessmentRefused,
    ModuleOff,
    UnknownModule,
    assessments_in_force,
    demand_module,
    end_assessment,
    may_record,
    modules,
    record_assessment,
)


def needing_module(name: str) -> Callable[[View], View]:
    """Answer plainly that the module is off, and what is needed, before the view is asked. Stands below `acting`."""

    def around(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                demand_module(name, at=timezone.now())
                return view(request, *args, **kwargs)
            except ModuleOff as off:
                return module_off(request, off)

        return cast(View, door)

    return around


def module_off(request: HttpRequest, off: ModuleOff) -> HttpResponse:
    """Say that a module is off and who can switch it on."""
    return render(request, "agreements/module_off.html", {"message": off.message}, status=403)


@require_safe
@acting
def module_list(request: HttpRequest) -> HttpResponse:
    """Show every module with its state and its history of assessments."""
    return _page(request)


@require_POST
@acting
def assessment_record(request: HttpRequest, module: str) -> HttpResponse:
    """Record an assessment: the module is on from its day."""
    form = AssessmentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, recording={module: form}, status=422)
    try:
        record_assessment(module=module, draft=form.draft(), by=actor_of(request), at=timezone.now())
    except (AssessmentRefused, UnknownModule) as refusal:
        for sentence in refusal.details or (refusal.message,):
            form.add_error(None, sentence)
        return _page(request, recording={module: form}, status=422)
    messages.success(request, _("Penilaian dampak dicatat; modul menyala."))
    return redirect("module_list")


@require_POST
@acting
def assessment_end(request: HttpRequest, module: str) -> HttpResponse:
    """Switch a module off at once."""
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, ending={module: form}, status=422)
    try:
        end_assessment(module=module, why=form.cleaned_data["why"], by=actor_of(request), at=timezone.now())
    except (AssessmentRefused, UnknownModule) as refusal:
        form.add_error(None, refusal.message)
        return _page(request, ending={module: form}, status=422)
    messages.success(request, _("Modul dimatikan."))
    return redirect("module_list")


def _page(
    request: HttpRequest,
    *,
    recording: dict[str, forms.Form] | None = None,
    ending: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = timezone.now()
    in_force = assessments_in_force(at)
    history: dict[str, list[ImpactAssessment]] = {}
    for one in ImpactAssessment.objects.order_by("-recorded_at", "-pk"):
        history.setdefault(one.module, []).append(one)
    recording, ending = recording or {}, ending or {}
    rows = [
        {
            "module": module,
            "standing": in_force.get(name),
            "history": history.get(name, []),
            "record_form": recording.get(name) or AssessmentForm(auto_id=f"id_{name}_%s"),
            "end_form": ending.get(name) or EndForm(auto_id=f"id_{name}_%s"),
            "is_recording": name in recording,
            "is_ending": name in ending,
        }
        for name, module in modules().items()
    ]
    context = {"rows": rows, "may_record": may_record(actor_of(request))}
    return render(request, "agreements/module_list.html", context, status=status)
