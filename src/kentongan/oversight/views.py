"""Pages of the overseer: the trail, a row with its proof, the signed heads, hints about use. Each look is itself a row."""

from datetime import datetime

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import not_visible
from kentongan.agreements.doors import actor_of
from kentongan.agreements.facts import Actor
from kentongan.audit import keys, proving, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow, TreeHead
from kentongan.audit.proofs import Proof, check
from kentongan.audit.search_terms import first_month
from kentongan.kit.errors import KentonganError

from . import queries, searchers, trail_table, usage
from .doors import overseeing
from .forms import SearchersForm, TrailFilterForm, WeekForm

HEADS = 50


@require_safe
@overseeing
def trail_list(request: HttpRequest) -> HttpResponse:
    """Show who looked at what, why and under which clause, the newest first."""
    actor, at = actor_of(request), timezone.now()
    form = TrailFilterForm(request.GET)
    wanted = form.wanted()
    rows = queries.asked_of(actor, wanted, at=at)
    page = queries.page_of(rows, before=_key(request, "before"), after=_key(request, "after"))
    facts = {"filters": wanted.told(), "rows": len(page.rows)}
    if page.rows:
        facts |= {"newest": page.rows[0].pk, "oldest": page.rows[-1].pk}
    trail.note_look(Trail.TRAIL_VIEWED, by=actor, at=at, facts=facts)
    context = {
        "form": form,
        "page": page,
        "rows": queries.told_all(page.rows, actor, at=at),
        "is_filtered": bool(wanted.told()),
        "most": trail_table.MOST,
    }
    return render(request, "oversight/trail_list.html", context)


@require_safe
@overseeing
def trail_export(request: HttpRequest) -> HttpResponse:
    """Hand out the same rows in the same words as CSV, the newest first; that they left is itself a row."""
    actor, at = actor_of(request), timezone.now()
    form = TrailFilterForm(request.GET)
    wanted = form.wanted()
    if not form.is_valid():
        raise BadRequest(", ".join(form.errors))
    rows = list(queries.asked_of(actor, wanted, at=at).order_by("-pk")[: trail_table.MOST])
    text = trail_table.written(queries.told_all(rows, actor, at=at))
    trail.note_export(by=actor, at=at, rows=len(rows), facts={"category": "trail", "filters": wanted.told()})
    return _file(text, f"jejak-{timezone.localdate(at).isoformat()}.csv", "text/csv; charset=utf-8")


@require_safe
@overseeing
def trail_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one row, the head that covers it, and the proof that it is in the trail, checked as the page was made."""
    actor, at = actor_of(request), timezone.now()
    row = _row_in_view(actor, pk, at)
    told = queries.told_all([row], actor, at=at)[0]
    trail.note_look(Trail.TRAIL_VIEWED, by=actor, at=at, on=f"trailrow:{pk}")
    proof, refusal = _proof_of(row) if told.is_whole else (None, "")
    proved = check(proof, keys.verifiers()) if proof else None
    context = {
        "row": told,
        "seal": queries.seal_of(row),
        "proof": proof,
        "proved": proved,
        "path": [node.hex() for node in proof.path] if proof else [],
        "refusal": refusal,
    }
    return render(request, "oversight/trail_row.html", context)


@require_safe
@overseeing
def trail_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the proof of one row as a file for `kentongan audit check-proof`."""
    actor, at = actor_of(request), timezone.now()
    row = _row_in_view(actor, pk, at)
    if not queries.told_all([row], actor, at=at)[0].is_whole:
        raise not_visible()
    proof, refusal = _proof_of(row)
    if proof is None:
        return render(request, "web/refused.html", {"message": refusal}, status=409)
    trail.note_look(Trail.ROW_PROVED, by=actor, at=at, on=f"trailrow:{pk}")
    return _file(proof.text + "\n", f"bukti-{pk}.json", "application/json")


@require_safe
@overseeing
def trail_heads(request: HttpRequest) -> HttpResponse:
    """Show the signed heads of the trail and the keys that signed them."""
    actor, at = actor_of(request), timezone.now()
    trail.note_look(Trail.TRAIL_VIEWED, by=actor, at=at, on="heads")
    heads = [(head, bytes(head.root).hex()) for head in TreeHead.objects.order_by("-number")[:HEADS]]
    context = {"heads": heads, "keys": [verifier.vkey for verifier in keys.verifiers()]}
    return render(request, "oversight/head_list.html", context)


@require_safe
@overseeing
def trail_heads_export(request: HttpRequest) -> HttpResponse:
    """Hand out every head, to be held where this installation cannot reach it."""
    actor, at = actor_of(request), timezone.now()
    notes = list(TreeHead.objects.order_by("number").values_list("note", flat=True))
    trail.note_look(Trail.HEADS_EXPORTED, by=actor, at=at, facts={"heads": len(notes)})
    return _file(
        "\n".join(notes), f"kepala-jejak-{timezone.localdate(at).isoformat()}.txt", "text/plain; charset=utf-8"
    )


@require_safe
@overseeing
def use_list(request: HttpRequest) -> HttpResponse:
    """Show hints about how the system was used in a week. They are about deeds, and judge nobody."""
    actor, at = actor_of(request), timezone.now()
    form, week = _week(request, at)
    hints = usage.hints(actor, week=week, at=at)
    trail.note_look(Trail.USE_REVIEWED, by=actor, at=at, facts={"until": week.until.isoformat(), "hints": len(hints)})
    names = _named(actor, {(hint.actor, hint.agency) for hint in hints}, at)
    known = usage.thresholds()
    context = {
        "form": form,
        "week": week,
        "last": week.last,
        "rows": [(hint, usage.LABELS[hint.hint], known[hint.hint], *names[hint.actor, hint.agency]) for hint in hints],
        "thresholds": [(usage.LABELS[one.hint], one, usage.UNITS[one.hint]) for one in known.values()],
    }
    return render(request, "oversight/use_list.html", context)


@require_safe
@overseeing
def use_detail(request: HttpRequest, hint: str) -> HttpResponse:
    """Show the rows that a hint was counted from."""
    actor, at = actor_of(request), timezone.now()
    if hint not in usage.LABELS:
        raise not_visible()
    _form, week = _week(request, at)
    officer, agency = request.GET.get("officer", ""), request.GET.get("agency", "")
    if agency not in queries.reach_of(actor, at=at) and hint != "break_glass_overdue":
        raise not_visible()
    if not queries.is_officer_ref(officer):
        raise not_visible()
    rows = usage.rows_behind(actor, hint, officer, agency, week=week, at=at)
    facts = {"hint": hint, "until": week.until.isoformat(), "rows": len(rows)}
    trail.note_look(Trail.USE_REVIEWED, by=actor, at=at, on=officer, facts=facts)
    who, office = _named(actor, {(officer, agency)}, at)[officer, agency]
    context = {
        "label": usage.LABELS[hint],
        "threshold": usage.thresholds()[hint],
        "who": who,
        "agency": office,
        "week": week,
        "last": week.last,
        "rows": queries.told_all(rows, actor, at=at),
        "most": usage.MOST_ROWS,
    }
    return render(request, "oversight/use_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@overseeing
def searcher_list(request: HttpRequest) -> HttpResponse:
    """Show who searched for a term, when and why; the term travels in no address and is kept nowhere."""
    form = SearchersForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "since": first_month(), "most": searchers.MOST}
    if form.is_valid():
        at = timezone.now()
        told = form.cleaned_data
        context["searches"] = searchers.ask_who_searched(
            term=told["term"], why=told["why"], by=actor_of(request), at=at
        )
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "oversight/searcher_list.html", context, status=status)


def _row_in_view(actor: Actor, pk: int, at: datetime) -> TrailRow:
    row = queries.trail_for(actor, at=at).filter(pk=pk).first()
    if row is None:
        raise not_visible()
    return row


def _proof_of(row: TrailRow) -> tuple[Proof | None, str]:
    try:
        return proving.prove(row.pk), ""
    except KentonganError as refusal:
        return None, refusal.message


def _key(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 18:
        raise BadRequest(name)
    return int(given)


def _week(request: HttpRequest, at: datetime) -> tuple[WeekForm, usage.Week]:
    today = timezone.localdate(at)
    form = WeekForm(request.GET)
    chosen = (form.cleaned_data.get("last") if form.is_valid() else None) or today
    return form, usage.Week.ending(min(chosen, today))


def _named(actor: Actor, pairs: set[tuple[str, str]], at: datetime) -> dict[tuple[str, str], tuple[str, str]]:
    """Return officer and agency in words; an officer outside the overseer's reach stays without a name."""
    officers = queries.officer_names({officer for officer, _agency in pairs}, queries.reach_of(actor, at=at))
    agencies = {one.pk: str(one) for one in Agency.objects.filter(pk__in={agency for _officer, agency in pairs})}
    return {
        (officer, agency): (officers.get(officer) or queries.unnamed(officer), agencies.get(agency, agency))
        for officer, agency in pairs
    }


def _file(text: str, name: str, media: str) -> HttpResponse:
    answer = HttpResponse(text.encode(), content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
