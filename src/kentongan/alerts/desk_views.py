"""Doors of the deeds of the duty desk, and the page on which a reporter reads what was asked or became of the report."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agreements.access import demand_act, fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.intake.models import Report
from kentongan.kit.errors import KentonganError

from . import desk_actions, queries, reporters
from .forms import AnswerForm, AskForm, AssignForm, EscalateForm, MergeForm
from .marks import answered
from .models import Alert
from .views import MOST_TO_MERGE, carry_out


@require_POST
@acting
def alert_assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the alert into a colleague's hands."""
    actor = actor_of(request)

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        desk_actions.assign(alert=alert, **said, by=actor, at=timezone.now())

    form = AssignForm(request.POST, officers=desk_actions.colleagues(actor.agency), auto_id="tugaskan-%s")
    return carry_out(request, pk, form, deed, _("Peringatan ditugaskan."))


@require_POST
@acting
def alert_escalate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the next rung of the ladder come now."""

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        desk_actions.escalate(alert=alert, **said, by=actor_of(request), at=timezone.now())

    form = EscalateForm(request.POST, auto_id="naikkan-%s")
    return carry_out(request, pk, form, deed, _("Peringatan dinaikkan: yang berikutnya diberi tahu sekarang."))


@require_POST
@acting
def alert_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask whoever reported."""

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        desk_actions.ask_back(alert=alert, **said, by=actor_of(request), at=timezone.now())

    form = AskForm(request.POST, auto_id="tanya-%s")
    return carry_out(request, pk, form, deed, _("Pertanyaan tercatat; ke mana ia sampai ada pada riwayatnya."))


@require_POST
@acting
def alert_merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the alert go into another open one of the same matter."""
    actor, at = actor_of(request), timezone.now()

    def deed(alert: Alert, said: dict[str, Any]) -> None:
        into = fetch(Alert, said["into"], actor, at=at)
        desk_actions.merge(alert=alert, version=said["version"], into=into, why=said["why"], by=actor, at=at)

    alert = fetch(Alert, pk, actor, at=at)
    demand_act(actor, "alerts")
    others = queries.merge_candidates(alert, actor, at=at)[:MOST_TO_MERGE]
    form = MergeForm(request.POST, others=others, auto_id="gabung-%s")
    return carry_out(request, pk, form, deed, _("Peringatan digabung."))


@require_safe
@acting
def alert_mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return the mark of an alert that the gate shows whole; of others nobody learns that they change."""
    if not Alert.objects.whole_for(actor_of(request), at=timezone.now()).filter(pk=pk).exists():
        raise not_visible()
    return answered(request, queries.mark_of(pk))


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def reporter_word(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the reporter what was asked about the own report, or what became of it, and take the answer."""
    actor, at = actor_of(request), timezone.now()
    word = reporters.word_to(actor, pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reporters.answer(word=word, text=form.cleaned_data["answer"], by=actor, at=at)
        except KentonganError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Terima kasih, jawaban Anda sudah disampaikan."))
        return redirect("reporter_word", pk)
    is_visible = Report.objects.visible_to(actor, at=at).filter(pk=word.report_id).exists()
    context = {"word": word, "report": word.report if is_visible else None, "form": form}
    return render(request, "alerts/reporter_word.html", context, status=422 if form.errors else 200)
