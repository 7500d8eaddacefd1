"""Pages of referrals, from both sides; of tasks; and of the directory of services."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agencies.queries import place_by_code
from kentongan.agreements.access import NotVisible, RoleMayNotAct, demand_act, fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import note_list
from kentongan.agreements.module_views import needing_module
from kentongan.agreements.modules import ModuleOff
from kentongan.kit.errors import KentonganError

from . import actions, forms, labels, queries
from .models import Referral
from .rules import CASES, MODULE, REFERRALS
from .shown import directory, referral_listed, referral_page, task_shown
from .views import PAGE

Do = Callable[[Referral, Any, Actor, datetime], object]


@require_safe
@acting
@needing_module(MODULE)
def referral_list(request: HttpRequest) -> HttpResponse:
    """Show the referrals that the gate lets this officer see, the next due first."""
    actor, at = actor_of(request), timezone.now()
    form = forms.ReferralFilterForm(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.referrals_listed(actor, at=at, **chosen), PAGE).get_page(request.GET.get("page"))
    note_list(REFERRALS, words="", found=page.paginator.count, by=actor, at=at)
    rows = [referral_listed(referral, at=at) for referral in page]
    context = {"page": page, "rows": rows, "form": form, "is_filtered": any(chosen.values())}
    return render(request, "cases/referral_list.html", context)


@require_safe
@acting
def referral_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a referral. While the module is off, only what a person needs to take it back."""
    actor, at = actor_of(request), timezone.now()
    return _page(request, fetch(Referral, pk, actor, at=at), actor, at)


@require_POST
@acting
@needing_module(MODULE)
def referral_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept, decline, begin, finish: the receiver's steps."""

    def do(referral: Referral, said: Any, by: Actor, at: datetime) -> None:
        actions.answer_referral(
            referral=referral, version=said["version"], to=said["to"], note=said["note"], by=by, at=at
        )

    form = forms.AnswerForm(request.POST, choices=list(labels.REFERRAL_STATES.items()))
    return _deed(request, pk, ("answer", form), do, _("Jawaban dicatat."))


@require_POST
@acting
def referral_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Revoke: the sender's step."""

    def do(referral: Referral, said: Any, by: Actor, at: datetime) -> None:
        actions.revoke_referral(referral=referral, version=said["version"], why=said["why"], by=by, at=at)

    return _deed(request, pk, ("revoke", forms.RevokeForm(request.POST)), do, _("Rujukan dicabut."))


@require_POST
@acting
def referral_consent_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw the person's consent; the referral goes with it."""

    def do(referral: Referral, said: Any, by: Actor, at: datetime) -> None:
        actions.withdraw_referral_consent(referral=referral, why=said["why"], by=by, at=at)

    done = _("Persetujuan ditarik; penerima tidak lagi melihat rujukan ini dan diberi tahu.")
    return _deed(request, pk, ("withdraw", forms.WhyForm(request.POST)), do, done)


@require_safe
@acting
def task_list(request: HttpRequest) -> HttpResponse:
    """Show the tasks of the own agency, the next due first."""
    actor, at = actor_of(request), timezone.now()
    form = forms.TaskFilterForm(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.tasks_listed(actor, at=at, **chosen), PAGE).get_page(request.GET.get("page"))
    note_list(CASES, words="", found=page.paginator.count, by=actor, at=at)
    may_act = CASES in actor.acts
    rows = [task_shown(task, actor, at=at, may_act=may_act) for task in page]
    context = {"page": page, "rows": rows, "form": form, "is_filtered": any(chosen.values())}
    return render(request, "cases/task_list.html", context)


@require_POST
@acting
def task_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a step of a task."""
    actor, at = actor_of(request), timezone.now()
    task = queries.task_for(actor, pk, at=at)
    if task is None:
        raise not_visible()
    demand_act(actor, CASES)
    form = forms.AnswerForm(request.POST, choices=list(labels.TASK_STATES.items()))
    if not form.is_valid():
        return _task_page(request, task, actor, at, form, status=422)
    said = form.cleaned_data
    try:
        actions.answer_task(task=task, version=said["version"], to=said["to"], note=said["note"], by=actor, at=at)
    except (NotVisible, RoleMayNotAct):
        raise
    except KentonganError as refusal:
        status = 409 if isinstance(refusal, actions.ChangedMeanwhile) else 422
        task.refresh_from_db()
        return _task_page(request, task, actor, at, form, refusal=refusal.message, status=status)
    messages.success(request, _("Langkah tugas dicatat."))
    return redirect("task_list")


@require_safe
@acting
def service_directory(request: HttpRequest) -> HttpResponse:
    """Show which services there are, near a place."""
    form = forms.DirectoryForm(request.GET)
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    place = place_by_code(said["place"]) if said.get("place") else None
    rows = queries.services_near(place, service=said.get("service", ""), is_child=bool(said.get("is_child")))
    context = {
        "form": form,
        "place": place,
        "rows": directory(rows),
        "is_unknown": bool(said.get("place")) and place is None,
    }
    return render(request, "cases/service_directory.html", context)


def _deed(request: HttpRequest, pk: UUID, named: tuple[str, Form], do: Do, told: str) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    referral = fetch(Referral, pk, actor, at=at)
    demand_act(actor, REFERRALS)
    if not named[1].is_valid():
        return _page(request, referral, actor, at, faulty=named, status=422)
    try:
        do(referral, named[1].cleaned_data, actor, at)
    except (NotVisible, RoleMayNotAct, ModuleOff):
        raise
    except KentonganError as refusal:
        status = 409 if isinstance(refusal, actions.ChangedMeanwhile) else 422
        again = fetch(Referral, pk, actor, at=at)
        return _page(request, again, actor, at, faulty=named, refusal=refusal.message, status=status)
    messages.success(request, told)
    still_seen = Referral.objects.visible_to(actor, at=timezone.now()).filter(pk=pk).exists()
    return redirect("referral_detail", pk) if still_seen else redirect("referral_list")


def _page(
    request: HttpRequest,
    referral: Referral,
    actor: Actor,
    at: datetime,
    *,
    faulty: tuple[str, Form] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = referral_page(referral, actor, at=at, faulty=faulty, refusal=refusal)
    return render(request, "cases/referral_detail.html", context, status=status)


def _task_page(
    request: HttpRequest, task: Any, actor: Actor, at: datetime, form: Form, *, refusal: str = "", status: int
) -> HttpResponse:
    shown = task_shown(task, actor, at=at, may_act=True, faulty=form)
    context = {"page": None, "rows": [shown], "form": forms.TaskFilterForm(), "is_filtered": True, "refusal": refusal}
    return render(request, "cases/task_list.html", context, status=status)
