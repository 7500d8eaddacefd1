"""Pages of reports beside their readings, and of events: look, decide, correct, take back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agreements import access
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.explaining_views import shared_record
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import note_list
from kentongan.audit.models import OutboxRow
from kentongan.intake.models import Report
from kentongan.intake.queries import reporter_of
from kentongan.intake.where import written
from kentongan.kit.errors import KentonganError
from kentongan.places.asking import ask
from kentongan.vocabulary.models import Kind

from . import actions, queries, shown
from .forms import (
    AddEventForm,
    ClassifyForm,
    ConfirmForm,
    CorrectForm,
    Decision,
    DoubtForm,
    EventFilterForm,
    Facts,
    MergeForm,
    SplitForm,
    UndoForm,
    WithdrawForm,
)
from .models import Event, EventReport, Merge

PAGE = 25
REFRESH_S = 4
REFRESH_FOR = timedelta(minutes=5)
Act = Callable[[Any, Event, Actor, datetime], str]
Evidence = list[tuple[EventReport, Report | None]]


@require_safe
@acting
def report_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a report's text with the evidence marked, beside what was read and the events behind which it stands."""
    actor, at = actor_of(request), timezone.now()
    report = access.fetch(Report, pk, actor, at=at)
    return _report_page(request, report, actor, at)


@require_POST
@acting
def event_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add an event that the reader missed in this report; a refusal shows the page again with what was typed."""
    actor, at = actor_of(request), timezone.now()
    report = access.fetch(Report, pk, actor, at=at)
    access.demand_act(actor, "events")
    form = AddEventForm(request.POST)
    if not form.is_valid():
        return _report_page(request, report, actor, at, form=form, status=422)
    try:
        event = actions.add_event(
            report=report, facts=form.facts(), kinds=form.kinds(), by=actor, at=at, reason=form.cleaned_data["reason"]
        )
    except actions.FactsRefused as refusal:
        form.add_faults(refusal)
        return _report_page(request, report, actor, at, form=form, status=422)
    except actions.AlreadyAdded as refusal:
        return _report_page(request, report, actor, at, form=form, refusal=refusal.message, status=409)
    except KentonganError as refusal:
        return _report_page(request, report, actor, at, form=form, refusal=refusal.message, status=422)
    messages.success(
        request,
        _("Kejadian ditambahkan sebagai usulan %(number)s. Konfirmasikan bila yakin.") % {"number": event.number},
    )
    return redirect("event_detail", event.pk)


@require_safe
@acting
def event_list(request: HttpRequest) -> HttpResponse:
    """Show the events that the gate lets this officer see."""
    actor, at = actor_of(request), timezone.now()
    form = EventFilterForm(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    where = ask(chosen["place"]) if chosen.get("place") else None
    place = (where.settled or next(iter(where.choices), None)) if where else None
    found = queries.events_listed(
        actor,
        at=at,
        state=chosen.get("state", ""),
        kind=chosen.get("kind", ""),
        within=place.place.pk if place else None,
        first=chosen.get("first"),
        last=chosen.get("last"),
        words=chosen.get("q", ""),
    )
    if where and place is None:
        found = found.none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    note_list("events", words=chosen.get("q", ""), found=page.paginator.count, by=actor, at=at)
    rows = [(event, _kinds_of(event)) for event in page]
    context = {"page": page, "rows": rows, "form": form, "place": place, "is_filtered": any(chosen.values())}
    return render(request, "events/event_list.html", context)


@require_safe
@acting
def event_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an event with its sources, allegations, doubts and history; a merged one leads to where it went."""
    actor, at = actor_of(request), timezone.now()
    event = access.fetch(Event, pk, actor, at=at)
    into = Event.objects.visible_to(actor, at=at).filter(pk=event.merged_into_id).first()
    if event.release is None and into is not None:
        messages.info(
            request, _("%(number)s sudah digabung ke kejadian ini.") % {"number": event.number or event.title}
        )
        return redirect("event_detail", into.pk)
    return _event_page(request, event, actor, at)


@require_POST
@acting
def event_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hold the event as something that happened."""
    act = _with_reason(actions.confirm, _("Kejadian dikonfirmasi."))
    return _decide(request, pk, "confirm", lambda _event: ConfirmForm(request.POST), act)


@require_POST
@acting
def event_dismiss(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hold the event as nothing that happened."""
    act = _with_reason(actions.dismiss, _("Kejadian dikesampingkan. Alasannya tercatat."))
    return _decide(request, pk, "dismiss", lambda _event: Decision(request.POST), act)


@require_POST
@acting
def event_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Replace the facts by what the officer sets right."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        actions.correct(
            event=event,
            version=form.cleaned_data["version"],
            changes=form.facts(),
            by=by,
            at=at,
            reason=form.cleaned_data["reason"],
        )
        return _("Kejadian diperbaiki.")

    return _decide(request, pk, "correct", lambda event: CorrectForm(request.POST, event=event), act)


@require_POST
@acting
def event_split(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give some reports their own event."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        part = actions.split(
            event=event,
            version=form.cleaned_data["version"],
            evidence=[UUID(link) for link in form.cleaned_data["evidence"]],
            by=by,
            at=at,
            reason=form.cleaned_data["reason"],
        )
        return _("Dipisahkan menjadi %(number)s.") % {"number": part.number}

    def form(event: Event) -> SplitForm:
        evidence = queries.standing_evidence(event, actor_of(request), at=timezone.now())
        return SplitForm(request.POST, evidence=_evidence_choices(evidence))

    return _decide(request, pk, "split", form, act)


@require_POST
@acting
def event_merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let this event hold the reports of another one of the same agency."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        number = form.cleaned_data["other"].strip()
        other = Event.objects.visible_to(by, at=at).filter(number=number).first()
        if other is None:
            raise access.NotVisible(
                _("Tidak ada kejadian bernomor %(number)s yang terbuka bagi Anda. Periksa nomornya.")
                % {"number": number}
            )
        if event.version != form.cleaned_data["version"]:
            raise actions.ChangedMeanwhile
        actions.merge(absorbed=other, into=event, by=by, at=at, why=form.cleaned_data["reason"])
        return _("%(number)s digabung ke kejadian ini.") % {"number": number}

    return _decide(request, pk, "merge", lambda _event: MergeForm(request.POST), act)


@require_POST
@acting
def event_classify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let one more allegation stand."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        kind = Kind.objects.get(pk=form.cleaned_data["kind"])
        actions.classify(
            event=event, version=form.cleaned_data["version"], kind=kind, by=by, at=at, why=form.cleaned_data["reason"]
        )
        return _("Klasifikasi ditambahkan sebagai dugaan.")

    return _decide(request, pk, "classify", lambda _event: ClassifyForm(request.POST), act)


@require_POST
@acting
def classification_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let an allegation no longer stand."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        asked = form.cleaned_data["classification"]
        one = next((one for one in event.classifications.all() if one.pk == asked), None)
        if one is None:
            raise access.not_visible()
        actions.withdraw_classification(
            classification=one, version=form.cleaned_data["version"], by=by, at=at, why=form.cleaned_data["reason"]
        )
        return _("Klasifikasi dicabut; catatannya tetap ada.")

    return _decide(request, pk, "withdraw", lambda _event: WithdrawForm(request.POST), act)


@require_POST
@acting
def merge_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a merge into this event back."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        merge = Merge.objects.filter(pk=form.cleaned_data["merge"], into=event).first()
        if merge is None:
            raise access.not_visible()
        back = actions.undo_merge(merge=merge, by=by, at=at, why=form.cleaned_data["reason"])
        return _("Penggabungan diurungkan; %(number)s berdiri sendiri lagi.") % {"number": back.number}

    return _decide(request, pk, "undo", lambda _event: UndoForm(request.POST), act)


@require_POST
@acting
def doubt_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say whether two events are one happening."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        asked = {doubt.pk: doubt for doubt, _other in queries.open_doubts(event, by, at=at)}
        doubt = asked.get(form.cleaned_data["doubt"])
        if doubt is None:
            raise actions.ChangedMeanwhile
        answer = form.cleaned_data["answer"]
        actions.answer_doubt(doubt=doubt, answer=answer, by=by, at=at, why=form.cleaned_data["reason"])
        return _("Dicatat: kejadian yang sama.") if answer == "same" else _("Dicatat: dua kejadian yang berbeda.")

    return _decide(request, pk, "doubt", lambda _event: DoubtForm(request.POST), act)


def _with_reason(deed: Callable[..., object], done: str) -> Act:
    """Return the act of a deed that asks for nothing but the version that was seen and the reason."""

    def act(form: Any, event: Event, by: Actor, at: datetime) -> str:
        said = form.cleaned_data
        deed(event=event, version=said["version"], by=by, at=at, reason=said["reason"])
        return done

    return act


def _decide(request: HttpRequest, pk: UUID, name: str, make: Callable[[Event], forms.Form], act: Act) -> HttpResponse:
    """Pass the gate, validate, do the one deed; a refusal shows the page again with what was typed."""
    actor, at = actor_of(request), timezone.now()
    event = access.fetch(Event, pk, actor, at=at)
    access.demand_act(actor, "events")
    form = make(event)
    if not form.is_valid():
        return _event_page(request, event, actor, at, form=(name, form), status=422)
    try:
        messages.success(request, act(form, event, actor, at))
    except actions.FactsRefused as refusal:
        cast(Facts, form).add_faults(refusal)
        return _event_page(request, event, actor, at, form=(name, form), status=422)
    except access.RoleMayNotAct:
        raise
    except KentonganError as refusal:
        changed = isinstance(refusal, actions.ChangedMeanwhile)
        event = access.fetch(Event, pk, actor, at=at)  # never straight from the table: it may be shared in part only
        return _event_page(
            request, event, actor, at, form=(name, form), refusal=refusal.message, status=409 if changed else 422
        )
    target = Event.objects.visible_to(actor, at=at).filter(pk=event.pk).first()
    return redirect("event_list") if target is None else redirect("event_detail", event.pk)


def _report_page(
    request: HttpRequest,
    report: Report,
    actor: Actor,
    at: datetime,
    *,
    form: AddEventForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    if report.release is not None:
        return shared_record(request, report, words=shown.words_of_shared_report(report))
    reading = queries.latest_reading(report.pk, actor, at=at)
    waits = _waits_for_reading(report, actor) if reading is None else ""
    # while the page loads again by itself, it would throw away what somebody types into it
    loads_again = waits == "soon" and form is None and at - report.received_at < REFRESH_FOR
    events = list(queries.events_of_report(report.pk, actor, at=at).prefetch_related("classifications__kind"))
    context = {
        "report": report,
        "reading": shown.shown_reading(reading.content, report.text or "") if reading else None,
        "corrections": reading.corrections if reading else [],
        "waits": waits,
        "loads_again": loads_again,
        "events": [_event_card(event, report, actor, at) for event in events],
        "may_read": "readings" in actor.reads,
        "form": form if form is not None else AddEventForm() if _may_add(report, actor) and not loads_again else None,
        "is_adding": form is not None or "tambah" in request.GET,
        "refusal": refusal,
        "received_by": shown.actor_names([report.received_by]).get(report.received_by, report.received_by),
        "place_written": written(report.place) if report.place is not None else "",
        "covers_last": report.covers_to - timedelta(days=1) if report.covers_to else None,
        "reporter": reporter_of(report, actor, at=at),
    }
    answer = render(request, "events/report_detail.html", context, status=status)
    if loads_again:
        answer["Refresh"] = str(
            REFRESH_S
        )  # a header: the page itself stays free of a timed refresh that tools cannot stop
    return answer


def _may_add(report: Report, actor: Actor) -> bool:
    return "events" in actor.acts and actor.decides_on(report) and not report.is_nil and report.text is not None


def _event_page(
    request: HttpRequest,
    event: Event,
    actor: Actor,
    at: datetime,
    *,
    form: tuple[str, forms.Form] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    if event.release is not None:
        return shared_record(request, event, words=shown.words_of_shared_event(event))
    evidence = queries.standing_evidence(event, actor, at=at)
    context = {
        "event": event,
        "place_written": written(event.place) if event.place is not None else "",
        "place_candidates": queries.places_by_code(event.place_open),
        "last_day": event.happened_to - timedelta(days=1) if event.happened_to else None,
        "sources": shown.sources(evidence),
        "allegations": shown.allegations(event, by=actor.ref),
        "history": shown.history(event),
        "doubts": [
            (doubt, other, shown.reasons(doubt.why)) for doubt, other in queries.open_doubts(event, actor, at=at)
        ],
        "merges": queries.standing_merges(event, actor, at=at),
        "questions": shown.open_questions(event),
        "quantities": shown.quantities(event),
        "may_decide": "events" in actor.acts and actor.decides_on(event),
        "may_open_case": "cases" in actor.acts and event.state == Event.State.CONFIRMED,
        "may_alert": "alerts" in actor.acts and event.state == Event.State.CONFIRMED and actor.decides_on(event),
        "forms": _forms(event, evidence, form),
        "refusal": refusal,
    }
    return render(request, "events/event_detail.html", context, status=status)


def _forms(event: Event, evidence: Evidence, bound: tuple[str, forms.Form] | None) -> dict[str, forms.Form]:
    """Return the forms of the page; the one just sent keeps what was typed, under the version that stands now."""
    version = {"version": event.version}
    made: dict[str, forms.Form] = {
        "confirm": ConfirmForm(initial=version, reason_required=event.state == Event.State.DISMISSED),
        "dismiss": Decision(initial=version),
        "correct": CorrectForm(event=event),
        "merge": MergeForm(initial=version),
        "classify": ClassifyForm(initial=version),
        "withdraw": Decision(initial=version),
    }
    if len(evidence) > 1:
        made["split"] = SplitForm(initial=version, evidence=_evidence_choices(evidence))
    if bound is not None:
        name, form = bound
        sent = cast(QueryDict, form.data).copy()
        sent["version"] = str(event.version)
        form.data = sent
        made[name] = form
    for name, form in made.items():
        form.auto_id = f"{name}_%s"
    return made


def _evidence_choices(evidence: Evidence) -> list[tuple[str, str]]:
    return [(str(source.link.pk), source.heading) for source in shown.sources(evidence)]


def _event_card(event: Event, report: Report, actor: Actor, at: datetime) -> dict[str, Any]:
    others = Report.objects.visible_to(actor, at=at).filter(
        event_links__event=event, event_links__unlinked_at__isnull=True
    )
    return {
        "event": event,
        "kinds": _kinds_of(event),
        "questions": shown.open_questions(event),
        "candidates": queries.places_by_code(event.place_open),
        "duplicates": others.exclude(pk=report.pk).distinct().defer("original"),
        "may_confirm": "events" in actor.acts and actor.decides_on(event) and event.state == Event.State.PROPOSED,
    }


def _kinds_of(event: Event) -> list[str]:
    standing = (one for one in event.classifications.all() if one.withdrawn_at is None)
    return list(dict.fromkeys(shown.kind_label(one.kind) for one in standing))


def _waits_for_reading(report: Report, actor: Actor) -> str:
    """Return "soon" while the worker will read it, "failed" when it gave up, and nothing where no reading will come."""
    if report.is_nil or report.text is None or "readings" not in actor.reads:
        return ""
    failed = OutboxRow.objects.filter(topic="report.received", ref=report.ref, state=OutboxRow.State.FAILED)
    return "failed" if failed.exists() else "soon"
