"""Pages of the vault: pseudonyms with dates, and the one answer in which an identity stands in clear."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from kentongan.agreements import access
from kentongan.agreements.access import NotVisible, RoleMayNotAct
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.module_views import needing_module
from kentongan.agreements.modules import is_on
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from . import actions
from .forms import ConsentForm, CorrectForm, EraseForm, OpenForm, ReasonForm
from .models import Identity
from .queries import identities_listed, officer_names, receivers, times_opened
from .rules import CATEGORY, MODULE, kinds, purposes_of

PAGE = 25


@require_safe
@acting
@needing_module(MODULE)
def identity_list(request: HttpRequest) -> HttpResponse:
    """Show the pseudonyms of the own agency with their dates."""
    actor, at = actor_of(request), timezone.now()
    if CATEGORY not in actor.reads:
        raise RoleMayNotAct(
            _("Peran Anda tidak membuka brankas. Mintalah petugas instansi Anda yang menangani korban atau perkara.")
        )
    page = Paginator(identities_listed(actor, at=at, kind=request.GET.get("kind", "")), PAGE).get_page(
        request.GET.get("page")
    )
    opened = times_opened(page.object_list)
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": CATEGORY, "found": page.paginator.count})
    rows = [(one, opened[one.pk]) for one in page.object_list]
    context = {"page": page, "rows": rows, "kinds": kinds().values(), "kind": request.GET.get("kind", "")}
    return render(request, "vault/identity_list.html", context)


@require_safe
@acting
def identity_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what may be known of an identity without opening it, its receivers, and the deeds."""
    actor, at = actor_of(request), timezone.now()
    return _page(request, access.fetch(Identity, pk, actor, at=at), actor, at)


@require_POST
@acting
@needing_module(MODULE)
def identity_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the identity in this answer and nowhere else; loading it again asks again."""
    actor, at = actor_of(request), timezone.now()
    identity = access.fetch(Identity, pk, actor, at=at)
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _page(request, identity, actor, at, form=("open", form), status=422)
    given = form.cleaned_data
    try:
        opened = actions.open_identity(
            identity=identity,
            ground=given["ground"],
            document=given["document"],
            reason=given["reason"],
            by=actor,
            at=at,
        )
    except (actions.OpeningRefused, access.PersonDecides) as refusal:
        return _page(request, identity, actor, at, form=("open", form), refusal=refusal.message, status=403)
    context = {"identity": identity, "shown": opened.fields.shown(), "opening": opened.opening}
    answer = render(request, "vault/identity_opened.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


@sensitive_post_parameters()
@require_POST
@acting
@needing_module(MODULE)
def identity_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct fields without showing what they held."""
    return _deed(
        request,
        pk,
        ("correct", CorrectForm(request.POST)),
        lambda identity, form, by, at: actions.correct(
            identity=identity,
            revision=form.cleaned_data["revision"],
            changes=form.changes(),
            reason=form.cleaned_data["reason"],
            by=by,
            at=at,
        ),
        lambda _done: _("Identitas diperbaiki."),
    )


@require_POST
@acting
@needing_module(MODULE)
def consent_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the person's consent."""
    return _deed(
        request,
        pk,
        ("consent", ConsentForm(request.POST)),
        lambda identity, form, by, at: actions.record_consent(
            identity=identity, document=form.cleaned_data["document"], by=by, at=at
        ),
        lambda _done: _("Persetujuan dicatat."),
    )


@require_POST
@acting
def consent_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the consent at once; the page then lists who must be told."""
    return _deed(
        request,
        pk,
        ("withdraw", ReasonForm(request.POST)),
        lambda identity, form, by, at: actions.withdraw_consent(
            identity=identity, reason=form.cleaned_data["reason"], by=by, at=at
        ),
        _withdrawal_told,
    )


@require_POST
@acting
def identity_erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Destroy the key of the identity, by the person's right."""
    return _deed(
        request,
        pk,
        ("erase", EraseForm(request.POST)),
        lambda identity, form, by, at: actions.erase(
            identity=identity,
            revision=form.cleaned_data["revision"],
            reason=form.cleaned_data["reason"],
            by=by,
            at=at,
        ),
        lambda _done: _("Identitas dihapus; kuncinya dihancurkan."),
    )


def _withdrawal_told(done: actions.Withdrawn) -> str:
    told = ngettext(
        "Persetujuan ditarik dan tidak berlaku lagi. %(n)s pembukaan atas persetujuan pernah terjadi; penerimanya ada di daftar di bawah dan harus diberi tahu.",
        "Persetujuan ditarik dan tidak berlaku lagi. %(n)s pembukaan atas persetujuan pernah terjadi; penerimanya ada di daftar di bawah dan harus diberi tahu.",
        len(done.receivers),
    ) % {"n": len(done.receivers)}
    if done.is_reason_kept:
        return told
    replaced = _(
        "Alasan yang Anda tulis tidak disimpan, karena dapat memuat nama atau kontak orang itu; di jejak tertulis kalimat tetap."
    )
    return f"{told} {replaced}"


def _deed(
    request: HttpRequest,
    pk: UUID,
    named_form: tuple[str, Any],
    do: Callable[[Identity, Any, Actor, datetime], Any],
    told: Callable[[Any], str],
) -> HttpResponse:
    """Do the deed and go back to the page, or show the page with what stands in its way."""
    actor, at = actor_of(request), timezone.now()
    identity = access.fetch(Identity, pk, actor, at=at)
    _name, form = named_form
    if not form.is_valid():
        return _page(request, identity, actor, at, form=named_form, status=422)
    try:
        done = do(identity, form, actor, at)
    except (NotVisible, RoleMayNotAct):
        raise
    except actions.ChangedMeanwhile as refusal:
        return _page(request, identity, actor, at, form=named_form, refusal=refusal.message, status=409)
    except KentonganError as refusal:
        return _page(request, identity, actor, at, form=named_form, refusal=refusal.message, status=422)
    messages.success(request, told(done))
    return redirect("identity_detail", identity.pk)


def _page(
    request: HttpRequest,
    identity: Identity,
    actor: Actor,
    at: datetime,
    *,
    form: tuple[str, forms.Form] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    blank = {
        "open": OpenForm(),
        "correct": CorrectForm(initial={"revision": identity.revision}),
        "consent": ConsentForm(),
        "withdraw": ReasonForm(auto_id="id_withdraw_%s"),
        "erase": EraseForm(initial={"revision": identity.revision}, auto_id="id_erase_%s"),
    }
    context = {
        "identity": identity,
        "consent": actions.standing_consent(identity, at=at),
        "receivers": receivers(identity),
        "recorded_by": officer_names([identity.recorded_by])[identity.recorded_by],
        "forms": blank | ({form[0]: form[1]} if form else {}),
        "wrong": form[0] if form else "",
        "refusal": refusal,
        "is_on": is_on(MODULE, at=at),
        "may_act": CATEGORY in actor.acts,
        "has_purpose": actor.purpose in purposes_of(identity.kind),
        "opening_purposes": [PURPOSE_LABELS[code] for code in PURPOSE_LABELS if code in purposes_of(identity.kind)],
        "left_with": _address(identity.about, actor),
    }
    return render(request, "vault/identity_detail.html", context, status=status)


def _address(ref: str, actor: Actor) -> str:
    """Return the page of the record that the identity was left with, if it is a report and the role reads those."""
    model, _colon, key = ref.partition(":")
    if model != "report" or "reports" not in actor.reads:
        return ""
    try:
        return reverse("report_detail", args=[key])
    except NoReverseMatch:
        return ""
