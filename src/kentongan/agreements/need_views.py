"""Pages of looks in need (R24), and of the consents and court orders of a record (R14)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.models import Agency
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import WIB, start_of_day

from . import conditions, need
from .access import NotVisible, RoleMayNotAct, demand_act, fetch, not_visible, protected_models
from .counting import category_word
from .doors import acting, actor_of
from .explaining_views import address_of
from .facts import Actor
from .models import BreakGlass, ConditionMet, ProtectedRow
from .need_forms import BreakGlassForm, ConditionForm, VerdictForm, WithdrawalForm
from .registry import category_of
from .rules import VAULT

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def glass_break(request: HttpRequest, model: str, pk: UUID) -> HttpResponse:
    """Ask for the reason, then open the record for three hours. The form comes up whether or not there is a record."""
    actor, at = actor_of(request), timezone.now()
    opened = _model(model)
    need.demand_may_break_glass(actor, category_of(opened))
    form = BreakGlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            need.break_glass(model=opened, pk=pk, reason=form.cleaned_data["reason"], by=actor, at=at)
        except need.ReasonTooShort as refusal:
            form.add_error("reason", refusal.message)
        except need.AlreadyOpen as refusal:
            messages.info(request, refusal.message)
            return redirect(f"{model}_detail", pk)
        else:
            messages.warning(request, _("Terbuka selama tiga jam. Pemilik data sudah diberi tahu dan akan menilainya."))
            return redirect(f"{model}_detail", pk)
    context = {"form": form, "category": category_word(category_of(opened)), "pk": pk, "model": model}
    return render(request, "agreements/break_glass_form.html", context, status=422 if form.errors else 200)


@require_safe
@acting
def glass_list(request: HttpRequest) -> HttpResponse:
    """Show the looks in need at the agency's data, and its own; what was new is now known to have been seen."""
    actor, at = actor_of(request), timezone.now()
    need.note_seen(by=actor, at=at)
    return _glass_page(request, actor, at)


@require_POST
@acting
def glass_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the verdict on a look in need."""
    actor, at = actor_of(request), timezone.now()
    glass = need.glass_in_view(actor).filter(pk=pk).first()
    if glass is None:
        raise not_visible()
    form = VerdictForm(request.POST, auto_id=f"nilai-{glass.pk}-%s")
    if not form.is_valid():
        return _glass_page(request, actor, at, {glass.pk: form}, status=422)
    try:
        need.review(glass=glass, verdict=form.cleaned_data["verdict"], why=form.cleaned_data["why"], by=actor, at=at)
    except need.ReasonTooShort as refusal:
        form.add_error("why", refusal.message)
        return _glass_page(request, actor, at, {glass.pk: form}, status=422)
    except need.AlreadyReviewed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Penilaian dicatat."))
    return redirect("glass_list")


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def condition_list(request: HttpRequest, model: str, pk: UUID) -> HttpResponse:
    """Show the consents and court orders of a record of the own agency, and record one."""
    actor, at = actor_of(request), timezone.now()
    row = _own_row(model, pk, actor, at)
    form = ConditionForm(request.POST or None, owner=row.owner_id)
    if request.method == "POST":
        demand_act(actor, category_of(type(row)))
        if form.is_valid():
            try:
                _record(row, form.cleaned_data, actor, at)
            except (RoleMayNotAct, NotVisible):
                raise
            except KentonganError as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, _("Syarat tercatat dan berlaku sekarang."))
                return redirect("condition_list", model, pk)
    return _condition_page(request, row, form, actor, at)


@require_POST
@acting
def condition_withdraw(request: HttpRequest, model: str, pk: UUID, condition: UUID) -> HttpResponse:
    """End a consent or a court order now, and show who could see the record by it."""
    actor, at = actor_of(request), timezone.now()
    row = _own_row(model, pk, actor, at)
    met = ConditionMet.objects.filter(pk=condition, record=row.pk).first()
    if met is None:
        raise not_visible()
    form = WithdrawalForm(request.POST)
    try:
        outcome = conditions.withdraw(
            row=row, condition=met, why=request.POST.get("why", "") if form.is_valid() else "", by=actor, at=at
        )
    except (RoleMayNotAct, NotVisible):
        raise
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            _("Ditarik, berlaku sekarang juga. Penerima yang kehilangan akses: %(number)d.")
            % {"number": len(outcome.could_see)},
        )
    return redirect("condition_list", model, pk)


def _model(name: str) -> type[ProtectedRow]:
    """Return the protected model that has a page under this name."""
    found = next((model for model in protected_models() if model._meta.model_name == name), None)
    if found is None or not issubclass(found, ProtectedRow) or not address_of(f"{name}_detail", UUID(int=0)):
        raise Http404(name)
    return found


def _own_row(model: str, pk: UUID, actor: Actor, at: datetime) -> ProtectedRow:
    named = _model(model)
    if category_of(named) in VAULT:
        raise Http404(model)  # the vault keeps consents by deeds of its own, which look for the person in every word
    row: ProtectedRow = fetch(named, pk, actor, at=at)
    if row.owner_id != actor.agency:
        refusal = not_visible()
        refusal.asked = (type(row), pk)
        raise refusal
    return row


def _record(row: ProtectedRow, said: dict[str, Any], actor: Actor, at: datetime) -> None:
    is_consent = said["condition"] == ConditionMet.Condition.CONSENT
    deed = conditions.record_consent if is_consent else conditions.record_court_order
    last = said["until"]
    deed(
        row=row,
        document=said["document"],
        receiver=Agency.objects.get(pk=said["receiver"]) if said["receiver"] else None,
        valid_to=start_of_day(last + timedelta(days=1), WIB) if last else None,
        by=actor,
        at=at,
    )


def _condition_page(
    request: HttpRequest, row: ProtectedRow, form: ConditionForm, actor: Actor, at: datetime
) -> HttpResponse:
    name = row._meta.model_name
    withdrawals = conditions.withdrawals_of(row)
    names = dict(Agency.objects.values_list("pk", "name")) if withdrawals else {}
    met_ones = list(conditions.conditions_of(row))
    shown = [
        {
            "met": met,
            "stands": met.valid_to is None or met.valid_to > at,
            "receivers": _receivers(withdrawals[str(met.pk)].facts, names) if str(met.pk) in withdrawals else None,
        }
        for met in met_ones
    ]
    context = {
        "row": row,
        "model": name,
        "heading": getattr(row, "title", "") or category_word(category_of(type(row))),
        "address": address_of(f"{name}_detail", row.pk),
        "conditions": shown,
        "officers": need.officers_named(met.recorded_by for met in met_ones),
        "form": form if conditions.may_keep_conditions(actor, row) else None,
    }
    return render(request, "agreements/condition_list.html", context, status=422 if form.errors else 200)


def _receivers(facts: dict[str, Any], names: dict[str, str]) -> list[tuple[str, datetime | None]]:
    """Return who could see the record until the withdrawal, with the last time that somebody there opened it."""
    opened = facts.get("opened", {})
    return [
        (names.get(agency, agency), datetime.fromisoformat(opened[agency]) if agency in opened else None)
        for agency in facts.get("could_see", [])
    ]


def _glass_page(
    request: HttpRequest, actor: Actor, at: datetime, sent: dict[UUID, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    page = Paginator(need.glass_in_view(actor), PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    looks = need.looks_made(shown)
    context = {
        "page": page,
        "glasses": [_glass_shown(glass, actor, at, looks[glass.pk], (sent or {}).get(glass.pk)) for glass in shown],
        "overdue": [(one, one.owner) for one in need.overdue_reviews(actor, at=at)[:PAGE]],
        "officers": need.officers_named(ref for one in shown for ref in (one.officer, one.reviewed_by)),
    }
    return render(request, "agreements/break_glass_list.html", context, status=status)


def _glass_shown(glass: BreakGlass, actor: Actor, at: datetime, looks: int, sent: forms.Form | None) -> dict[str, Any]:
    model, _colon, record = need.record_ref(glass).partition(":")
    may_open = glass.grant.category in actor.reads and glass.owner_id != glass.grant.agency_id
    unsent = VerdictForm(auto_id=f"nilai-{glass.pk}-%s") if need.may_review(actor, glass) else None
    return {
        "glass": glass,
        "category": category_word(glass.grant.category),
        "record": record,
        "address": address_of(f"{model}_detail", record) if may_open else "",
        "looks": looks,
        "is_open": glass.grant.valid_to is not None and glass.grant.valid_to > at,
        "is_overdue": glass.reviewed_at is None and glass.review_by <= at,
        "form": sent or unsent,
    }
