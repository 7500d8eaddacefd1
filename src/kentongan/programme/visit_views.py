"""Pages of visits: plan, record, cancel; the month with the officer's round."""

from datetime import datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.models import Officer
from kentongan.agreements.access import demand_act, fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import note_list
from kentongan.agreements.models import ProtectedRow
from kentongan.intake.models import Report
from kentongan.intake.where import titled

from . import actions, forms, labels, queries
from .models import PartnerVillage, Visit
from .monthly import visit_line
from .rules import CATEGORY, NIL_LOOKS_BACK_DAYS, STANDING, month_from, month_of
from .standing import last_visits
from .views import demand_read, done_or, row_of

NIL_ASKED_DAYS = 30

R = TypeVar("R", bound=ProtectedRow)


@require_http_methods(["GET", "POST"])
@acting
def visit_new(request: HttpRequest) -> HttpResponse:
    """Plan a visit."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, CATEGORY)
    first = {
        "village": request.GET.get("desa", ""),
        "kind": Visit.Kind.VISIT,
        "officer": _me(request).pk,
        "planned_on": timezone.localdate(at),
    }
    form = forms.PlanForm(request.POST or None, initial=first, **_offered(actor, at))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = {name: form.cleaned_data[name] for name in ("planned_on", "kind", "officer", "key", "why")}
            status = done_or(form, lambda: actions.plan_visit(place=form.chosen(), **told, by=actor, at=at))
            if not status:
                messages.success(request, _("Kunjungan direncanakan."))
                return redirect("programme_month", month_of(form.cleaned_data["planned_on"]).code)
    return render(request, "programme/visit_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@acting
def visit_unplanned(request: HttpRequest) -> HttpResponse:
    """Record a visit that nobody had planned."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, CATEGORY)
    today = timezone.localdate(at)
    first = {
        "village": request.GET.get("desa", ""),
        "kind": Visit.Kind.VISIT,
        "officer": _me(request).pk,
        "done_on": today,
    }
    form = forms.UnplannedForm(request.POST or None, initial=first, on=today, **_offered(actor, at))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made: list[Visit] = []

            def deed() -> None:
                told = {name: form.cleaned_data[name] for name in ("kind", "officer", "key")}
                done = form.done()
                made.append(actions.record_unplanned_visit(place=form.chosen(), done=done, **told, by=actor, at=at))

            status = done_or(form, deed)
            if not status:
                messages.success(request, _recorded(made[0]))
                return redirect("visit_detail", made[0].pk)
    return render(request, "programme/visit_unplanned.html", {"form": form}, status=status)


@require_safe
@acting
def visit_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a visit, and ask what it was while it is planned."""
    actor, at = actor_of(request), timezone.now()
    return _page(request, fetch(Visit, pk, actor, at=at), at)


@require_POST
@acting
def visit_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what the visit was; nothing to report files a nil report with it."""
    actor, at = actor_of(request), timezone.now()
    visit = _own(pk, actor, at)
    form = forms.RecordForm(request.POST, on=timezone.localdate(at))
    if not form.is_valid():
        return _page(request, visit, at, record=form, status=422)
    told = form.cleaned_data
    deed = lambda: actions.record_visit(  # noqa: E731
        visit=visit, version=told["version"], done=form.done(), key=told["key"], by=actor, at=at
    )
    if status := done_or(form, deed):
        return _page(request, fetch(Visit, pk, actor, at=at), at, record=form, status=status)
    recorded = fetch(Visit, pk, actor, at=at)
    messages.success(request, _recorded(recorded))
    return redirect("visit_detail", pk)


@require_POST
@acting
def visit_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a planned visit does not take place."""
    actor, at = actor_of(request), timezone.now()
    visit = _own(pk, actor, at)
    form = forms.CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, at, cancel=form, status=422)
    deed = lambda: actions.cancel_visit(visit=visit, **form.cleaned_data, by=actor, at=at)  # noqa: E731
    if status := done_or(form, deed):
        return _page(request, fetch(Visit, pk, actor, at=at), at, cancel=form, status=status)
    messages.success(request, _("Kunjungan dibatalkan."))
    return redirect("visit_detail", pk)


@require_safe
@acting
def month_now(request: HttpRequest) -> HttpResponse:
    """Lead to the month that runs."""
    demand_read(actor_of(request))
    return redirect("programme_month", month_of(timezone.localdate()).code)


@require_safe
@acting
def month_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the month: the officer's round, what the office did and heard, what is late; to print as it is."""
    actor, at = actor_of(request), timezone.now()
    demand_read(actor)
    month = month_from(code)
    if month is None:
        message = _("“%(code)s” bukan bulan. Tulis tahun dan bulan, misalnya 2026-03.") % {"code": code}
        return render(request, "web/not_visible.html", {"message": message}, status=404)
    offices = queries.offices_in_view(actor, at=at)
    known = {one.pk for one in offices}
    asked = request.GET.get("office", "")
    office = asked if asked in known else (actor.agency if actor.agency in known or not offices else "")
    if not office and len(offices) == 1:
        office = offices[0].pk
    report = queries.monthly_report(office, month, actor, at) if office else None
    note_list(CATEGORY, words="", found=report.done if report else len(offices), by=actor, at=at)
    context = {
        "month": month,
        "report": report,
        "round": [_line(visit_line(one)) for one in queries.round_of(_me(request), month, actor, at=at)],
        "rows": [{**row_of(line.standing), "line": line} for line in report.lines] if report else [],
        "done": [_line(one) for one in report.visits] if report else [],
        "offices": queries.month_of_offices(month, actor, at=at) if not office else [],
        "choices": offices if len(offices) > 1 else [],
        "office": office,
        "may_act": CATEGORY in actor.acts,
        "is_own": office == actor.agency,
        "prints_report": report is not None and report.has_begun and queries.sees_whole(office, actor),
    }
    return render(request, "programme/month.html", context)


def _line(line: Any) -> dict[str, Any]:
    visit = line.visit
    return {
        "visit": visit,
        "name": titled(visit.place) if visit.place is not None else _("tempat tidak dibagikan"),
        "kind": labels.KINDS.get(visit.kind, visit.kind),
        "state": labels.STATES.get(visit.state, visit.state),
        "chip": labels.STATE_CHIPS.get(visit.state, "closed"),
        "topics": line.topics,
        "met": line.met,
    }


def _own(pk: UUID, actor: Actor, at: datetime) -> Visit:
    """Return the own office's visit; of another's, or of none, the one refusal."""
    visit = fetch(Visit, pk, actor, at=at)
    demand_act(actor, CATEGORY)
    if visit.owner_id != actor.agency:
        raise not_visible()
    return visit


def _offered(actor: Actor, at: datetime) -> dict[str, Any]:
    own = queries.partner_villages(actor, at=at, office=actor.agency).filter(status__in=STANDING)
    return {"villages": list(own), "staff": queries.office_staff(actor.agency)}


def _me(request: HttpRequest) -> Officer:
    return cast(Officer, request.user)  # doors are wrapped in `acting`


def _recorded(visit: Visit) -> str:
    if visit.is_nil:
        return _("Kunjungan dicatat, dan laporan nihil dibuat.")
    return _("Kunjungan dicatat.")


def _page(
    request: HttpRequest, visit: Visit, at: datetime, *, record: Any = None, cancel: Any = None, status: int = 200
) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate(at)
    is_ours = visit.owner_id == actor.agency and CATEGORY in actor.acts and visit.state == Visit.State.PLANNED
    if is_ours and record is None:
        done_on = min(visit.planned_on or today, today)
        first = {"version": visit.version, "done_on": done_on, "nil_from": _nil_from(visit, actor, at)}
        record = forms.RecordForm(initial=first, on=today)
    context = {
        **_line(visit_line(visit)),
        "village": _behind(PartnerVillage, visit, visit.village_id, actor, at),
        "officer_name": str(visit.officer) if visit.officer else "",
        "report": _behind(Report, visit, visit.report_id, actor, at),
        "record": record if is_ours or record is not None else None,
        "cancel": cancel or (forms.CancelForm(initial={"version": visit.version}) if is_ours else None),
        "may_file_nil": "reports" in actor.acts,
    }
    return render(request, "programme/visit_detail.html", context, status=status)


def _behind(model: type[R], visit: Visit, pk: UUID | None, actor: Actor, at: datetime) -> R | None:
    """Return what a visit that is shown whole names, as far as the gate shows it."""
    if pk is None or visit.release is not None:
        return None
    found: R | None = model._default_manager.visible_to(actor, at=at).filter(pk=pk).first()  # type: ignore[attr-defined]  # a gated list
    return found


def _nil_from(visit: Visit, actor: Actor, at: datetime) -> Any:
    """Return since when a nil report of this visit would speak: the day after the last visit, else a month back."""
    today = timezone.localdate(at)
    last = last_visits([visit.village_id], actor, on=today, at=at).get(visit.village_id) if visit.village_id else None
    earliest = today - timedelta(days=NIL_LOOKS_BACK_DAYS)
    wanted = last + timedelta(days=1) if last else today - timedelta(days=NIL_ASKED_DAYS)
    return min(max(wanted, earliest), today)
