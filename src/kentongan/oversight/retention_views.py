"""Pages of retention: what is kept how long, what was done, and which records are held."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agencies.labels import CATEGORIES, word
from kentongan.agreements.access import RoleMayNotAct, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor

from . import holds, retention
from .forms import HoldForm, ReviewForm, WhyForm
from .labels import TREATMENTS
from .models import LegalHold, RetentionRun
from .rules import HOLDS, SEES_RETENTION
from .tables import OwnTableFaulty

RUNS = 14
HOLDS_SHOWN = 200


@require_safe
@acting
def retention_page(request: HttpRequest) -> HttpResponse:
    """Show the rules, the holds on the agency's records, and the last nights."""
    return _page(request, actor_of(request))


@require_POST
@acting
def hold_new(request: HttpRequest) -> HttpResponse:
    """Hold records, or a whole category, from retention."""
    actor, at = actor_of(request), timezone.now()
    holds.demand_leader(actor)
    form = HoldForm(request.POST, actor=actor)
    if not form.is_valid():
        return _page(request, actor, form=form, status=422)
    told = form.cleaned_data
    records = told.pop("records").splitlines()
    try:
        holds.place(records=records, by=actor, at=at, **told)
    except holds.HoldRefused as refusal:
        return _page(request, actor, form=form, refusal=refusal.message, status=422)
    messages.success(request, _("Catatan ditahan sampai penahanan ini diakhiri."))
    return redirect("retention")


@require_POST
@acting
def hold_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a hold is still needed, and when it is looked at again."""
    actor, at = actor_of(request), timezone.now()
    hold, form = _hold(actor, pk), ReviewForm(request.POST, auto_id=_review_ids(pk))
    if not form.is_valid():
        return _page(request, actor, about_hold=(pk, form), status=422)
    try:
        holds.review(hold=hold, by=actor, at=at, **form.cleaned_data)
    except holds.HoldRefused as refusal:
        return _page(request, actor, about_hold=(pk, form), refusal=refusal.message, status=409)
    messages.success(request, _("Peninjauan dicatat."))
    return redirect("retention")


@require_POST
@acting
def hold_lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a hold; what is due goes with the next night."""
    actor, at = actor_of(request), timezone.now()
    holds.demand_leader(actor)
    hold, form = _hold(actor, pk), WhyForm(request.POST, auto_id=_lift_ids(pk))
    if not form.is_valid():
        return _page(request, actor, about_hold=(pk, form), status=422)
    try:
        holds.lift(hold=hold, by=actor, at=at, **form.cleaned_data)
    except holds.HoldRefused as refusal:
        return _page(request, actor, about_hold=(pk, form), refusal=refusal.message, status=409)
    messages.success(request, _("Penahanan berakhir. Yang habis masanya dihapus pada malam berikutnya."))
    return redirect("retention")


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    form: HoldForm | None = None,
    about_hold: tuple[UUID, WhyForm] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    _demand_sight(actor)
    today = timezone.localdate()
    may_hold = actor.role in HOLDS
    try:
        rules = list(retention.rules_in_use().values())
    except OwnTableFaulty as fault:  # the holds stay in reach whatever the table says
        rules, refusal = [], refusal or fault.message
    standing = holds.holds_in_view(actor).filter(lifted_at=None)[:HOLDS_SHOWN]
    context = {
        "rules": [(word(CATEGORIES, rule.category), rule, word(TREATMENTS, rule.treatment)) for rule in rules],
        "holds": [_shown(hold, actor, about_hold, is_overdue=hold.review_on <= today) for hold in standing],
        "runs": [(night, _counts(night)) for night in RetentionRun.objects.all()[:RUNS]],
        "may_hold": may_hold,
        "form": form or (HoldForm(actor=actor) if may_hold else None),
        "refusal": refusal,
    }
    return render(request, "oversight/retention.html", context, status=status)


def _shown(
    hold: LegalHold, actor: Actor, about_hold: tuple[UUID, WhyForm] | None, *, is_overdue: bool
) -> dict[str, object]:
    """Return a hold with what may be done to it; `about_hold` is what was sent for one of them and refused."""
    initial = {"version": hold.version}
    review: WhyForm = ReviewForm(initial=initial, auto_id=_review_ids(hold.pk))
    lift = WhyForm(initial=initial, auto_id=_lift_ids(hold.pk))
    sent = about_hold[1] if about_hold is not None and about_hold[0] == hold.pk else None
    if isinstance(sent, ReviewForm):
        review = sent
    elif sent is not None:
        lift = sent
    return {
        "hold": hold,
        "category": word(CATEGORIES, hold.category) if hold.category else "",
        "records": len(hold.records.all()),
        "is_overdue": is_overdue,
        "review": review if actor.ref == hold.reviewer.ref else None,
        "lift": lift if actor.role in HOLDS else None,
    }


def _review_ids(hold: UUID) -> str:
    return f"tinjau-{hold}-%s"


def _lift_ids(hold: UUID) -> str:
    return f"akhiri-{hold}-%s"


def _counts(night: RetentionRun) -> list[str]:
    return [
        f"{word(CATEGORIES, category)} {word(TREATMENTS, treatment)}: {number}"
        for category, of in night.counts.items()
        for treatment, number in of.items()
    ]


def _hold(actor: Actor, pk: UUID) -> LegalHold:
    _demand_sight(actor)
    hold = holds.holds_in_view(actor).filter(pk=pk).first()
    if hold is None:
        raise not_visible()
    return hold


def _demand_sight(actor: Actor) -> None:
    if actor.role not in SEES_RETENTION:
        raise RoleMayNotAct(_("Halaman retensi dibuka oleh pimpinan, koordinator, dan pengawas."))
