"""Pages of alerts: the list, a new one, one with its clock and steps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, demand_act, fetch
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.explaining_views import shared_record
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Event
from kentongan.kit.errors import KentonganError
from kentongan.watch.models import Finding
from kentongan.watch.queries import explanation_of

from . import actions, labels, queries, reporters, rules
from .cap.composing import messages_of
from .clocks import clock_of, clock_sentences
from .desk_actions import colleagues
from .forms import (
    AlertFilterForm,
    AlertForm,
    AskForm,
    AssignForm,
    CloseForm,
    EscalateForm,
    MergeForm,
    SnoozeForm,
    StepForm,
    VerifyForm,
)
from .ladder_rules import class_of, limits
from .matters import matter_for
from .models import Alert
from .showing import rungs_of
from .steps import PENDING
from .timeline import timeline_of

PAGE = 25
MOST_TO_MERGE = 50
DESK = "meja"
"""Says in an address and in a form that the officer came from the duty desk."""


@require_safe
@acting
def alert_list(request: HttpRequest) -> HttpResponse:
    """Show the alerts that the gate lets this officer see, the next due first."""
    actor, at = actor_of(request), timezone.now()
    form = AlertFilterForm(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = queries.alerts_listed(actor, at=at, **chosen)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": "alerts", "found": page.paginator.count})
    rows = [_listed(alert, at) for alert in page]
    return render(
        request,
        "alerts/alert_list.html",
        {"page": page, "rows": rows, "form": form, "is_filtered": any(chosen.values())},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def alert_new(request: HttpRequest) -> HttpResponse:
    """Propose an addressee with the reason, let the officer decide, and send."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, "alerts")
    about = _about(request)
    actions.demand_owner(about, by=actor)
    finding = about if isinstance(about, Finding) else None
    event = about if isinstance(about, Event) else None
    proposed = queries.proposals(finding=finding, event=event, on=timezone.localdate(at))
    closed_lately = queries.closed_lately(actor, finding=finding, event=event, at=at)
    form = AlertForm(
        request.POST or None,
        agencies=_choices(about, proposed),
        is_again=closed_lately is not None,
        initial={"to": proposed[0].agency.pk if proposed[0].agency else "", "message": _first_words(about)},
    )
    if request.method == "POST" and form.is_valid():
        to = Agency.objects.get(pk=form.cleaned_data["to"])
        matter = next((p.matter for p in proposed if p.agency == to), proposed[0].matter)
        try:
            alert = actions.raise_alert(
                finding=finding,
                event=event,
                to=to,
                matter=matter_for(to.kind, matter),
                message=form.cleaned_data["message"],
                is_urgent=form.cleaned_data["is_urgent"],
                changed_why=form.cleaned_data["changed_why"],
                again_why=form.cleaned_data.get("again_why", ""),
                is_public=form.cleaned_data["is_public"],
                by=actor,
                at=at,
            )
        except NotVisible:
            raise
        except KentonganError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Peringatan terkirim kepada %(agency)s.") % {"agency": to})
            return redirect("alert_detail", alert.pk)
    context = {
        "about": about,
        "finding": finding,
        "event": event,
        "proposed": [{"proposal": p, "matter": labels.word(labels.MATTERS, p.matter)} for p in proposed],
        "form": form,
        "clocks": clock_sentences(),
        "closed_lately": closed_lately,
        "days": limits().quiet_after_false.days,
    }
    return render(request, "alerts/alert_new.html", context, status=422 if form.errors else 200)


@require_safe
@acting
def alert_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an alert: what is asked, its clock, its steps, and what this officer may do."""
    return _detail(request, fetch(Alert, pk, actor_of(request), at=timezone.now()))


@require_POST
@acting
def alert_acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the alert on."""

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        actions.acknowledge(
            alert=alert, version=said["version"], note=said["note"], by=actor_of(request), at=timezone.now()
        )

    return carry_out(request, pk, StepForm(request.POST), deed, _("Peringatan diterima."))


@require_POST
@acting
def alert_verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what the verification showed."""

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        actions.verify(alert=alert, version=said["version"], note=said["note"], by=actor_of(request), at=timezone.now())

    return carry_out(request, pk, VerifyForm(request.POST), deed, _("Verifikasi dicatat."))


@require_POST
@acting
def alert_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the alert with its outcome."""

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        actions.close(
            alert=alert,
            version=said["version"],
            outcome=said["outcome"],
            why=said["why"],
            to_reporter=form.to_reporter(),
            by=actor_of(request),
            at=timezone.now(),
        )

    form = CloseForm(request.POST)
    return carry_out(request, pk, form, deed, _("Peringatan selesai."))


@require_POST
@acting
def alert_snooze(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the ladder rest for a while."""
    at = timezone.now()

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        until = max(at, alert.snoozed_until or at) + timedelta(minutes=said["minutes"])
        actions.snooze(alert=alert, version=said["version"], until=until, why=said["why"], by=actor_of(request), at=at)

    alert = fetch(Alert, pk, actor_of(request), at=at)
    form = SnoozeForm(request.POST, longest=_longest_snooze(alert), auto_id="tunda-%s")
    return carry_out(request, pk, form, deed, _("Pemberitahuan ditunda."))


def _longest_snooze(alert: Alert) -> timedelta:
    return limits().longest_snooze(class_of(is_urgent=alert.is_urgent))


def carry_out(
    request: HttpRequest, pk: UUID, form: Form, deed: Callable[[Alert, dict[str, Any]], None], done: str
) -> HttpResponse:
    """Do the deed with what was sent, and go back to where the officer came from; faulty words are shown again."""
    actor = actor_of(request)
    alert = fetch(Alert, pk, actor, at=timezone.now())
    demand_act(actor, "alerts")
    if not form.is_valid():
        return _detail(request, alert, form, status=422)
    try:
        deed(alert, form.cleaned_data)
    except NotVisible:
        raise
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("duty_desk") if request.POST.get("back") == DESK else redirect("alert_detail", pk)


def _detail(request: HttpRequest, alert: Alert, faulty: Form | None = None, *, status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    is_addressee = actor.agency == alert.addressee_id
    if alert.release is not None and not is_addressee:  # who is asked to act gets the page to act on
        return shared_record(request, alert, words=_words_of_shared(alert))
    mark = queries.mark_of(alert.pk)  # before anything is read: what changes meanwhile is seen at the next question
    forms = _forms(alert, actor, at=at)
    for name, form in forms.items():
        if type(faulty) is type(form):
            forms[name] = faulty
    rungs = rungs_of(alert, actor)
    visible = Alert.objects.visible_to(actor, at=at).select_related("owner")
    context = {
        **_listed(alert, at),
        "timeline": timeline_of(alert, actor, rungs),
        "matter": labels.word(labels.MATTERS, alert.matter),
        "outcome": labels.OUTCOMES.get(alert.outcome, ""),
        "sees_finding": alert.finding_id
        and Finding.objects.visible_to(actor, at=at).filter(pk=alert.finding_id).exists(),
        "sees_event": alert.event_id and Event.objects.visible_to(actor, at=at).filter(pk=alert.event_id).exists(),
        "merged_into": visible.filter(pk=alert.merged_into_id).first() if alert.merged_into_id else None,
        "absorbed": visible.filter(merged_into=alert.pk).order_by("closed_at"),
        "forms": forms,
        "has_reporter": "close" in forms and actor.state == actor.home and bool(reporters.reachable(alert)),
        "back": DESK if DESK in (request.GET.get("dari"), request.POST.get("back")) else "",
        "may_open_case": "cases" in actor.acts and actor.agency in (alert.addressee_id, alert.owner_id),
        "now": at,
        "rungs": [rung for rung in rungs if rung.step.state in PENDING],
        "has_ladder": bool(rungs),
        "mark": mark,
        "live_address": "" if alert.release is not None else reverse("alert_mark", args=[alert.pk]),
        "cap_messages": messages_of(alert),
        "is_public": alert.handling == actions.PUBLIC,
    }
    return render(request, "alerts/alert_detail.html", context, status=status)


def _forms(alert: Alert, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Return the forms of what this officer may do with the alert now, by deed."""
    if "alerts" not in actor.acts:
        return {}
    seen: dict[str, Any] = {"initial": {"version": alert.version}}
    make: dict[str, Callable[[], Form | None]] = {
        rules.ACKNOWLEDGE: lambda: StepForm(**seen, auto_id="terima-%s"),
        rules.VERIFY: lambda: VerifyForm(**seen, auto_id="verifikasi-%s"),
        rules.ASSIGN: lambda: AssignForm(**seen, officers=colleagues(actor.agency), auto_id="tugaskan-%s"),
        rules.ESCALATE: lambda: EscalateForm(**seen, auto_id="naikkan-%s"),
        rules.ASK: lambda: AskForm(**seen, auto_id="tanya-%s"),
        rules.MERGE: lambda: _merge_form(alert, actor, at=at),
        rules.SNOOZE: lambda: (
            SnoozeForm(**seen, longest=_longest_snooze(alert), auto_id="tunda-%s") if alert.decide_by > at else None
        ),
        rules.CLOSE: lambda: CloseForm(**seen, state=alert.state, auto_id="tutup-%s"),
    }
    sides = {"is_addressee": actor.agency == alert.addressee_id, "is_sender": actor.agency == alert.owner_id}
    offered = {deed: make[deed]() for deed in rules.deeds_in(alert.state, **sides)}
    return {deed: form for deed, form in offered.items() if form is not None}


def _merge_form(alert: Alert, actor: Actor, *, at: datetime) -> MergeForm | None:
    others = list(queries.merge_candidates(alert, actor, at=at)[:MOST_TO_MERGE])
    return MergeForm(initial={"version": alert.version}, others=others, auto_id="gabung-%s") if others else None


def _words_of_shared(alert: Alert) -> dict[str, Any]:
    """Return the words for an alert of which a part is shared; what is not shared is not in the alert any more."""
    return {
        "state": labels.STATES[alert.state],
        "matter": labels.word(labels.MATTERS, alert.matter),
        "outcome": labels.OUTCOMES.get(alert.outcome, ""),
        "raised_by": queries.names_of_actors([alert.raised_by]).get(alert.raised_by, alert.raised_by),
    }


def _about(request: HttpRequest) -> Finding | Event:
    """Return the finding or the event that the address names, through the gate."""
    actor, at = actor_of(request), timezone.now()
    if pk := _uuid(request.GET.get("finding")):
        return fetch(Finding, pk, actor, at=at)
    if pk := _uuid(request.GET.get("event")):
        return fetch(Event, pk, actor, at=at)
    raise NotVisible(_("Peringatan dikirim dari halaman sebuah temuan atau kejadian. Buka salah satunya dahulu."))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _first_words(about: Finding | Event) -> str:
    """Return what the message begins with, in the language of the addressed agencies whatever the officer reads."""
    if isinstance(about, Event):
        return about.title
    with translation.override("id"):
        return explanation_of(about, members=list(about.members.select_related("place"))).what


def _choices(about: Finding | Event, proposed: list[queries.Proposal]) -> list[Any]:
    first = [(p.agency.pk, queries.labelled(p.agency)) for p in proposed if p.agency]
    known = {pk for pk, _label in first}
    others = [
        (agency.pk, queries.labelled(agency))
        for agency in queries.addressable_agencies(country=about.owner.country)
        if agency.pk not in known
    ]
    groups: list[Any] = [(_("Diusulkan"), first)] if first else [("", _("Pilih instansi"))]
    return [*groups, (_("Instansi lain"), others)]


def _listed(alert: Alert, at: Any) -> dict[str, Any]:
    return {
        "alert": alert,
        "state": labels.STATES[alert.state],
        "chip": labels.CHIPS[alert.state],
        "clock": clock_of(alert, at=at),
    }
