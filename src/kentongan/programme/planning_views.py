"""Pages of the plan of a month: the list, one plan, and the deeds on it."""

from collections.abc import Callable
from datetime import datetime
from math import floor
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, RoleMayNotAct, demand_act
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.forms import Versioned
from kentongan.kit.errors import KentonganError
from kentongan.vulnerability.index_models import IndexOf

from . import planning_actions, planning_forms, planning_queries
from .planning_models import Plan
from .planning_rules import APPROVED, APPROVES, DRAFT, MAY_EDIT, PROPOSED, WITHDRAWN
from .queries import office_staff
from .rules import CATEGORY, Month, month_from, month_of

PAGE = 24
MONTHS_AHEAD = 4
USUAL_HOURS, USUAL_DESIGNATIONS = 80, 1
CHIPS = {DRAFT: "proposed", PROPOSED: "open", APPROVED: "done", WITHDRAWN: "closed"}


@require_safe
@acting
def plan_list(request: HttpRequest) -> HttpResponse:
    """Show the plans in view and a form to compute one."""
    return _list(request)


@require_POST
@acting
def plan_new(request: HttpRequest) -> HttpResponse:
    """Compute the plan of a month."""
    actor, at = actor_of(request), timezone.now()
    _demand(actor)
    form = _new_form(actor, at, request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    told = form.cleaned_data
    month = month_from(told["month"])
    assert month is not None  # noqa: S101 - one of the months offered
    try:
        plan = planning_actions.draft_plan(
            month=month, index=told["index"], origin=told["origin"], hours=told["hours"],
            designations=told["designations"], by=actor, at=at,
        )  # fmt: skip
    except KentonganError as refusal:
        form.add_error(_field_of(refusal, form), refusal.message)
        return _list(request, form, status=422)
    messages.success(request, _("Rencana dihitung. Periksa, sunting seperlunya, lalu ajukan kepada pimpinan."))
    return redirect("plan_detail", plan.pk)


@require_safe
@acting
def plan_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a plan: what it wants and why, and what it leaves out."""
    return _page(request, planning_queries.plan_in_view(actor_of(request), pk, at=timezone.now()))


@require_POST
@acting
def plan_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a line, with a reason."""
    actor, at = actor_of(request), timezone.now()
    line = planning_queries.line_in_view(actor, pk, at=at)
    _demand(actor)
    form = planning_forms.LineForm(request.POST, line=line, version=line.plan.version, staff=office_staff(actor.agency))
    if not form.is_valid():
        return _page(request, line.plan, faulty=(line.pk, form), status=422)
    done = (
        _("Baris diubah. Rencana ini kembali menjadi rancangan.") if line.plan.state == PROPOSED else _("Baris diubah.")
    )
    return _done(
        request, line.plan, lambda: planning_actions.edit_line(line=line, **form.told(), by=actor, at=at), done,
        faulty=(line.pk, form),
    )  # fmt: skip


@require_POST
@acting
def plan_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a village, with a reason."""
    actor, at = actor_of(request), timezone.now()
    plan = planning_queries.plan_in_view(actor, pk, at=at)
    _demand(actor)
    form = planning_forms.AddLineForm(request.POST, auto_id="tambah-%s", staff=office_staff(actor.agency))
    if not form.is_valid() or form.settled is None:
        return _page(request, plan, adding=form, status=422)
    place = form.settled.place
    return _done(
        request, plan, lambda: planning_actions.add_line(plan=plan, place=place, **form.told(), by=actor, at=at),
        _("Desa ditambahkan."), adding=form,
    )  # fmt: skip


@require_POST
@acting
def plan_propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the draft before the leader."""
    return _step(request, pk, planning_actions.propose_plan, _("Rencana diajukan dan menunggu persetujuan pimpinan."))


@require_POST
@acting
def plan_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve the plan: its visits and proposals follow."""
    done = _("Rencana disetujui. Kunjungannya kini ada di rencana bulan petugas, dan usulannya di daftar desa binaan.")
    return _step(request, pk, planning_actions.approve_plan, done)


@require_POST
@acting
def plan_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw the plan, with a reason."""
    actor, at = actor_of(request), timezone.now()
    plan = planning_queries.plan_in_view(actor, pk, at=at)
    _demand(actor)
    form = planning_forms.WithdrawForm(request.POST, auto_id="tarik-%s")
    if not form.is_valid():
        return _page(request, plan, withdrawing=form, status=422)
    told = form.cleaned_data
    return _done(
        request, plan,
        lambda: planning_actions.withdraw_plan(plan=plan, version=told["version"], why=told["why"], by=actor, at=at),
        _("Rencana ditarik. Bulan itu dapat direncanakan lagi."),
    )  # fmt: skip


def _step(request: HttpRequest, pk: UUID, deed: Callable[..., object], done: str) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    plan = planning_queries.plan_in_view(actor, pk, at=at)
    _demand(actor)
    form = Versioned(request.POST)
    if not form.is_valid():
        return _page(request, plan, status=422)
    version = form.cleaned_data["version"]
    return _done(request, plan, lambda: deed(plan=plan, version=version, by=actor, at=at), done)


def _done(
    request: HttpRequest, plan: Plan, deed: Callable[[], object], done: str, *,
    faulty: tuple[int, django_forms.Form] | None = None, adding: django_forms.Form | None = None,
) -> HttpResponse:  # fmt: skip
    try:
        deed()
    except (NotVisible, RoleMayNotAct):
        raise
    except KentonganError as refusal:
        form = adding or (faulty[1] if faulty else None)
        if form is not None and (name := getattr(refusal, "field", "")):
            form.add_error(name if name in form.fields else None, refusal.message)
            return _page(request, plan, faulty=faulty, adding=adding, status=422)
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("plan_detail", plan.pk)


def _list(request: HttpRequest, form: planning_forms.NewPlanForm | None = None, *, status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    _demand_sight(actor)
    page = Paginator(planning_queries.plans_in_view(actor, at=at), PAGE).get_page(request.GET.get("page"))
    may_act = CATEGORY in actor.acts
    context = {
        "page": page,
        "rows": [(plan, _month_words(month_of(plan.month)), CHIPS[plan.state]) for plan in page],
        "form": (form or _new_form(actor, at)) if may_act else None,
        "shows_offices": any(plan.owner_id != actor.agency for plan in page),
    }
    return render(request, "programme/plan_list.html", context, status=status)


def _page(
    request: HttpRequest, plan: Plan, *, faulty: tuple[int, django_forms.Form] | None = None,
    adding: django_forms.Form | None = None, withdrawing: django_forms.Form | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    actor = actor_of(request)
    lines = planning_queries.lines_in_words(plan)
    is_ours = plan.owner_id == actor.agency and CATEGORY in actor.acts
    may_edit = is_ours and plan.state in MAY_EDIT
    staff = office_staff(plan.owner_id)
    first = {"version": plan.version}
    context: dict[str, Any] = {
        "plan": plan,
        "month": _month_words(month_of(plan.month)),
        "month_code": month_of(plan.month).code,
        "chip": CHIPS[plan.state],
        "index": IndexOf(plan.index).label,
        "rows": [
            (one, _line_form(one.line, plan, staff, faulty) if may_edit else None, bool(faulty and faulty[0] == one.line.pk))
            for one in lines
        ],
        "gaps": planning_queries.gaps_in_words(plan, lines),
        "hours_now": planning_queries.hours_of(plan, lines),
        "visits_now": sum(one.line.visits for one in lines),
        "designations_now": sum(one.line.is_designation for one in lines),
        "share": floor(100 * plan.value / plan.upper_bound) if plan.upper_bound else 100,
        "assumptions": planning_queries.assumptions_of(plan),
        "adding": (adding or planning_forms.AddLineForm(auto_id="tambah-%s", staff=staff, initial=first | {"visits": 1})) if may_edit else None,
        "is_adding": adding is not None,
        "may_propose": is_ours and plan.state == DRAFT,
        "may_approve": is_ours and plan.state == PROPOSED and actor.role == APPROVES and plan.proposed_by != actor.ref,
        "waits_for_leader": plan.state == PROPOSED,
        "withdrawing": (withdrawing or planning_forms.WithdrawForm(auto_id="tarik-%s", initial=first)) if may_edit else None,
        "is_withdrawing": withdrawing is not None,
    }  # fmt: skip
    return render(request, "programme/plan_detail.html", context, status=status)


def _line_form(line: Any, plan: Plan, staff: Any, faulty: tuple[int, django_forms.Form] | None) -> django_forms.Form:
    if faulty and faulty[0] == line.pk:
        return faulty[1]
    return planning_forms.LineForm(line=line, version=plan.version, staff=staff)


def _new_form(actor: Actor, at: datetime, data: Any = None) -> planning_forms.NewPlanForm:
    this = month_of(timezone.localdate(at))
    months = [this]
    while len(months) < MONTHS_AHEAD:
        months.append(months[-1].following)
    seat = Agency.objects.select_related("seat").get(pk=actor.agency).seat
    offered = [(month.code, _month_words(month)) for month in months]
    first = {"month": months[1].code, "hours": USUAL_HOURS, "designations": USUAL_DESIGNATIONS}
    return planning_forms.NewPlanForm(data, months=offered, seat=seat, initial=first)


def _month_words(month: Month) -> str:
    return str(date_format(month.first, "F Y"))


def _field_of(refusal: KentonganError, form: django_forms.Form) -> str | None:
    name = str(getattr(refusal, "field", ""))
    return name if name in form.fields else None


def _demand(actor: Actor) -> None:
    _demand_sight(actor)
    demand_act(actor, CATEGORY)


def _demand_sight(actor: Actor) -> None:
    """Raise unless the role sees plans: from a plan every village's level could be read."""
    if not planning_queries.sees_plans(actor):
        raise RoleMayNotAct(_("Rencana kunjungan kantor tidak terbuka bagi peran Anda."))
