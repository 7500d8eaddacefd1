"""Pages of a watch's thresholds: what outcomes say about each stream, the proposals, and an officer's word on them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agreements.access import demand_act
from kentongan.agreements.doors import acting, actor_of
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError

from . import labels, threshold_actions, threshold_queries
from .explain import duration, period
from .forms import DecideForm, PeriodForm, ReturnForm, StreamPeriodForm
from .learning import Advice
from .models import ThresholdProposal, Watch
from .shares import even_limits, limits_by_stream, shares_in_force, whole_budget
from .streams import label_of
from .threshold_queries import Period
from .threshold_words import advice_of, words_for

YEAR_DAYS = 365


@require_safe
@acting
def watch_thresholds(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show each stream's threshold, what the outcomes of the period say about it, and every proposal."""
    return _page(request, threshold_queries.watch_in_view(actor_of(request), pk))


@require_POST
@acting
def threshold_propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a stream's proposal stand, to be decided."""
    actor, at = actor_of(request), timezone.now()
    watch = threshold_queries.watch_in_view(actor, pk)
    demand_act(actor, "findings")
    form = StreamPeriodForm(request.POST)
    if not form.is_valid():
        return _page(request, watch, status=422)
    said = form.cleaned_data

    def deed() -> object:
        return threshold_actions.propose(watch=watch, stream=said["stream"], period=_period(said), by=actor, at=at)

    return _done(request, watch, deed, _("Usulan dicatat dan menunggu keputusan. Ambangnya belum berubah."))


@require_POST
@acting
def threshold_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a proposal over: the next run uses it."""
    return _decide(
        request, pk, threshold_actions.accept, _("Ambang baru berlaku mulai jalannya pemantauan berikutnya.")
    )


@require_POST
@acting
def threshold_refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Refuse a proposal: the threshold stays."""
    return _decide(request, pk, threshold_actions.refuse, _("Usulan ditolak; ambangnya tetap."))


@require_POST
@acting
def threshold_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a stream the even share again."""
    actor, at = actor_of(request), timezone.now()
    watch = threshold_queries.watch_in_view(actor, pk)
    demand_act(actor, "findings")
    form = ReturnForm(request.POST, auto_id=_return_ids(request.POST.get("stream", "")))
    if not form.is_valid():
        return _page(request, watch, returning=form, status=422)
    said = form.cleaned_data

    def deed() -> object:
        return threshold_actions.return_to_even(watch=watch, stream=said["stream"], why=said["why"], by=actor, at=at)

    return _done(request, watch, deed, _("Aliran ini memakai bagian anggaran yang rata lagi."))


def _decide(request: HttpRequest, pk: UUID, deed: Callable[..., object], done: str) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    proposal = threshold_queries.proposal_in_view(actor, pk)
    demand_act(actor, "findings")
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal.watch, faulty=(proposal.pk, form), status=422)
    said = form.cleaned_data

    def decided() -> object:
        return deed(proposal=proposal, version=said["version"], why=said["why"], by=actor, at=at)

    return _done(request, proposal.watch, decided, done)


def _done(request: HttpRequest, watch: Watch, deed: Callable[[], object], done: str) -> HttpResponse:
    try:
        deed()
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("watch_thresholds", watch.pk)


def _page(
    request: HttpRequest,
    watch: Watch,
    *,
    faulty: tuple[UUID, DecideForm] | None = None,
    returning: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    form = PeriodForm(request.GET if request.GET else _last_year(at))
    chosen = _period(form.cleaned_data) if form.is_valid() else _period(_last_year(at))
    shares = shares_in_force(watch, at=at)
    may_act = watch.owner_id == actor.agency and "findings" in actor.acts
    advice = threshold_queries.advice_for(watch, actor, chosen, at=at)
    trail.note_look(
        Trail.RECORDS_LISTED, by=actor, at=at,
        facts={"category": "findings", "found": sum(_number(one) for one in advice.values()), "as": "thresholds"},
    )  # fmt: skip
    proposals = [_proposal(one, may_act, shares, faulty) for one in threshold_queries.proposals_of(watch)]
    waiting = {item["proposal"].stream for item in proposals if item["is_waiting"]}
    context = {
        "watch": watch,
        "budget": whole_budget(watch, shares),
        "form": form,
        "period": period(chosen.first, chosen.end),
        "asked": {"dari": chosen.first, "sampai": chosen.end - timedelta(days=1)},
        "rows": [
            _row(code, advice[code], watch, shares, returning, may_act=may_act, waits=code in waiting)
            for code in advice
        ],
        "proposals": proposals,
        "changes": [(row, label_of(row.stream, _language())) for row in threshold_queries.shares_of(watch)],
    }
    return render(request, "watch/watch_thresholds.html", context, status=status)


def _row(
    code: str,
    advice: Advice,
    watch: Watch,
    shares: dict[str, float],
    returning: ReturnForm | None,
    *,
    may_act: bool,
    waits: bool,
) -> dict[str, Any]:
    """Return a stream with what may be done to it; `returning` is what was sent for one of them and refused."""
    sent = returning if returning is not None and returning.data.get("stream") == code else None
    limits = limits_by_stream(even_limits(watch), shares)[code]
    return {
        "code": code,
        "stream": label_of(code, _language()),
        "share": shares.get(code, threshold_actions.EVEN),
        "rarity": duration(limits.recurrence_interval_days),
        "words": words_for(advice, watch, stream=code, shares=shares),
        "may_propose": may_act and advice.proposes and not waits,
        "return_form": (sent or ReturnForm(initial={"stream": code}, auto_id=_return_ids(code)))
        if may_act and code in shares
        else None,
    }


def _proposal(
    proposal: ThresholdProposal, may_act: bool, shares: dict[str, float], faulty: tuple[UUID, DecideForm] | None
) -> dict[str, Any]:
    is_waiting = proposal.state == ThresholdProposal.State.WAITING
    before = {**shares, proposal.stream: proposal.share_now}
    form = faulty[1] if faulty and faulty[0] == proposal.pk else None
    return {
        "proposal": proposal,
        "stream": label_of(proposal.stream, _language()),
        "period": period(proposal.period_from, proposal.period_to),
        "state": labels.PROPOSAL_STATES[proposal.state],
        "chip": labels.PROPOSAL_CHIPS[proposal.state],
        "words": words_for(advice_of(proposal.evidence), proposal.watch, stream=proposal.stream, shares=before),
        "is_waiting": is_waiting,
        "form": (form or DecideForm(initial={"version": proposal.version}, auto_id=f"usulan-{proposal.pk}-%s"))
        if is_waiting and may_act
        else None,
        "accept_at": reverse("threshold_accept", args=[proposal.pk]),
        "refuse_at": reverse("threshold_refuse", args=[proposal.pk]),
    }


def _return_ids(stream: str) -> str:
    return f"rata-{stream}-%s"


def _number(advice: Advice) -> int:
    return advice.judged + advice.others + advice.unanswered + advice.put_aside


def _last_year(at: datetime) -> dict[str, Any]:
    today = timezone.localdate(at)
    return {"dari": today - timedelta(days=YEAR_DAYS - 1), "sampai": today}


def _period(said: dict[str, Any]) -> Period:
    return Period(said["dari"], said["sampai"] + timedelta(days=1))


def _language() -> str:
    return get_language() or "id"
