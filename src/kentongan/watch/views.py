"""Pages of the watch: the runs, a run, the findings, a finding."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act, fetch
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.explaining_views import shared_record
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError

from . import actions, labels, queries
from .charts import small_charts, week_chart
from .explain import duration, period
from .forms import DismissForm, FindingFilterForm, RunForm, StopForm, WatchForm
from .models import Finding, FindingSighting, WatchRun
from .shares import shares_in_force, whole_budget
from .streams import label_of
from .tasks import last_sunday
from .threshold_queries import number_waiting

PAGE = 25
SMALL_CHARTS = 12
REFRESH_S = 2


@require_safe
@acting
def watch_list(request: HttpRequest) -> HttpResponse:
    """Show the watches in view with a form to run them now, and the latest runs."""
    return _watches(request, WatchForm())


@require_POST
@acting
def watch_new(request: HttpRequest) -> HttpResponse:
    """Set up a watch of the own agency."""
    actor = actor_of(request)
    demand_act(actor, "findings")
    form = WatchForm(request.POST)
    if not form.is_valid():
        return _watches(request, form, status=422)
    try:
        watch = actions.create_watch(
            owner=Agency.objects.get(pk=actor.agency),
            name=form.cleaned_data["name"],
            roots=form.cleaned_data["roots"],
            every_days=form.cleaned_data["every_days"],
            by=actor,
            at=timezone.now(),
        )
    except actions.WatchNameTaken as refusal:
        form.add_error("name", refusal.message)
        return _watches(request, form, status=422)
    messages.success(
        request,
        _("Pemantauan “%(name)s” dibuat dan berjalan sendiri mulai sekarang.") % {"name": watch.name},
    )
    return redirect("watch_list")


@require_POST
@acting
def watch_run(request: HttpRequest) -> HttpResponse:
    """Ask for a run now; a worker carries it out."""
    actor = actor_of(request)
    demand_act(actor, "findings")
    form = RunForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Pilih hari yang sah untuk menjalankan pemantauan."))
        return redirect("watch_list")
    watch = queries.watches_in_view(actor).filter(pk=form.cleaned_data["watch"]).first()
    if watch is None:
        messages.error(request, _("Pemantauan itu tidak ada atau bukan milik instansi Anda."))
        return redirect("watch_list")
    try:
        run = actions.request_run(watch=watch, as_of=form.cleaned_data["as_of"], by=actor, at=timezone.now())
    except KentonganError as refusal:
        messages.error(request, refusal.message)
        return redirect("watch_list")
    return redirect("run_detail", run.pk)


@require_POST
@acting
def watch_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop a watch of the own agency with a reason."""
    actor, at = actor_of(request), timezone.now()
    watch = queries.watch_in_view(actor, pk)
    demand_act(actor, "findings")
    form = StopForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Pemantauan tidak dihentikan: tuliskan alasannya."))
        return redirect("watch_list")
    try:
        actions.stop_watch(watch=watch, why=form.cleaned_data["why"], by=actor, at=at)
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("Pemantauan “%(name)s” dihentikan. Hasil dan temuannya tetap ada.") % {"name": watch.name}
        )
    return redirect("watch_list")


@require_safe
@acting
def run_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far a run is, or what it counted and saw."""
    actor, at = actor_of(request), timezone.now()
    run = queries.run_in_view(actor, pk, at=at)
    is_under_way = run.state in (WatchRun.State.QUEUED, WatchRun.State.RUNNING)
    lines = queries.scan_lines(run, language=_language())
    context = {
        "run": run,
        "state": labels.RUN_STATES[run.state],
        "is_under_way": is_under_way,
        "refresh_s": REFRESH_S,
        "lines": lines,
        "shares": [
            (label_of(code, _language()), share) for code, share in run.parameters.get("stream_shares", {}).items()
        ],
        "looks_at_weeks": actions.looks_at_weeks(run),
        "rows": [(line, labels.FINDING_TYPES[line.type], labels.LEVELS[line.level]) for line in lines],
        "findings": [_listed(s.finding, s) for s in queries.sightings_of_run(run, actor, at=at)],
    }
    return render(request, "watch/run_detail.html", context)


@require_safe
@acting
def finding_list(request: HttpRequest) -> HttpResponse:
    """Show the findings that the gate lets this officer see."""
    actor, at = actor_of(request), timezone.now()
    form = FindingFilterForm(request.GET, streams=queries.stream_choices(_language()))
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.findings_listed(actor, at=at, **chosen), PAGE).get_page(request.GET.get("page"))
    trail.note_look(
        Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": "findings", "found": page.paginator.count}
    )
    context = {"page": page, "rows": [_listed(f) for f in page], "form": form, "is_filtered": any(chosen.values())}
    return render(request, "watch/finding_list.html", context)


@require_safe
@acting
def finding_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show why a finding was raised, with its numbers, places, weeks and events."""
    actor, at = actor_of(request), timezone.now()
    return _finding_page(request, fetch(Finding, pk, actor, at=at))


@require_POST
@acting
def finding_dismiss(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a finding aside with a reason."""
    actor, at = actor_of(request), timezone.now()
    finding = fetch(Finding, pk, actor, at=at)
    demand_act(actor, "findings")
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _finding_page(request, finding, form, status=422)
    try:
        actions.dismiss_finding(
            finding=finding, version=form.cleaned_data["version"], reason=form.cleaned_data["reason"], by=actor, at=at
        )
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("Temuan dikesampingkan. Selama masih berlangsung, temuan ini tidak dimunculkan lagi.")
        )
    return redirect("finding_detail", finding.pk)


def _watches(request: HttpRequest, form: WatchForm, *, status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    page = Paginator(queries.runs_in_view(actor), PAGE).get_page(request.GET.get("page"))
    as_of = last_sunday(timezone.localdate(at))
    seen = queries.watches_in_view(actor)
    waiting = number_waiting(seen)
    watches = [
        {
            "watch": watch,
            "roots": ", ".join(watch.roots.order_by("code").values_list("name", flat=True)),
            "form": RunForm(initial={"watch": watch.pk, "as_of": as_of}, auto_id=f"run-{watch.pk}-%s"),
            "stop": StopForm(auto_id=f"stop-{watch.pk}-%s"),
            "is_ours": watch.owner_id == actor.agency,
            "budget": whole_budget(watch, shares_in_force(watch, at=at)),
            "waiting": waiting.get(watch.pk, 0),
        }
        for watch in seen
    ]
    context = {
        "watches": watches,
        "page": page,
        "rows": [(run, labels.RUN_STATES[run.state]) for run in (queries.as_it_stands(row, at=at) for row in page)],
        "form": form,
        "may_act": "findings" in actor.acts,
    }
    return render(request, "watch/watch_list.html", context, status=status)


def _finding_page(
    request: HttpRequest, finding: Finding, form: DismissForm | None = None, *, status: int = 200
) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    if finding.release is not None:
        words = _words_of_shared(finding)
        return shared_record(request, finding, heading=f"{words['type']}: {words['stream']}", words=words)
    members = list(finding.members.select_related("place__parent").order_by("-observed", "place__code"))
    events = queries.events_inside(finding, actor, at=at)
    is_ours = finding.owner_id == actor.agency
    is_open = finding.state in (Finding.State.OPEN, Finding.State.ALERTED)
    context = {
        **_listed(finding),
        "members": members,
        "explanation": queries.explanation_of(finding, members=members),
        "chart": week_chart(queries.chart_weeks(finding), window_from=finding.window_from, window_to=finding.window_to),
        "small_charts": small_charts(
            [(member.place, member.weeks) for member in members if any(member.weeks)][:SMALL_CHARTS],
            [day for day, _observed, _expected in queries.chart_weeks(finding)],
            window_from=finding.window_from,
            window_to=finding.window_to,
        ),
        "weeks": queries.chart_weeks(finding),
        "explained": [
            (surge, labels.LEVELS[surge.level], period(surge.window_from, surge.window_to))
            for surge in queries.explained_surges_for(actor, finding)
        ],
        "events": events[: queries.MOST_EVENTS],
        "events_number": events.count(),
        "sees_events": "events" in actor.reads,
        "sightings": finding.sightings.select_related("run").order_by("-run__as_of", "-id"),
        "outcome": labels.OUTCOMES.get(finding.outcome, ""),
        "may_dismiss": is_ours and finding.state == Finding.State.OPEN and "findings" in actor.acts,
        "may_alert": is_ours and is_open and "alerts" in actor.acts,
        "sees_alerts": "alerts" in actor.reads,
        "form": form or DismissForm(initial={"version": finding.version}),
    }
    return render(request, "watch/finding_detail.html", context, status=status)


def _listed(finding: Finding, sighting: FindingSighting | None = None) -> dict[str, Any]:
    """Return a finding with its words, and with the figures of one run when that run's sighting is given."""
    figures = sighting or finding
    return {
        "finding": finding,
        "state": labels.FINDING_STATES[finding.state],
        "stream": label_of(finding.stream, _language()),
        "type": labels.FINDING_TYPES[finding.type],
        "level": labels.LEVELS[figures.level],
        "period": period(figures.window_from, figures.window_to) if figures.window_from else "",
        "observed": figures.observed,
        "expected": figures.expected,
        "recurrence": duration(figures.recurrence_days) if figures.recurrence_days is not None else "",
    }


def _words_of_shared(finding: Finding) -> dict[str, Any]:
    """Return the words for a finding of which a part is shared; what is not shared is not in the finding any more."""
    return {
        "type": labels.FINDING_TYPES[finding.type],
        "stream": label_of(finding.stream, _language()),
        "state": labels.FINDING_STATES[finding.state],
        "level": labels.LEVELS[finding.level],
        "members": [member.place.name for member in finding.members.select_related("place").order_by("place__code")],
        "outcome": labels.OUTCOMES.get(finding.outcome, ""),
    }


def _language() -> str:
    return get_language() or "id"
