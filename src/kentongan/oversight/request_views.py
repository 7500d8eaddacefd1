"""Pages of requests from outside: the desk registers and releases, each owner gives its word."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.labels import CATEGORIES, word
from kentongan.agreements.access import not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.fields import field_groups
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from . import outside_requests as deeds
from .forms import AnswerForm, PartForm, RequestForm, VersionForm, WhyForm, part_forms
from .models import OutsideRequest, RequestedPart

PAGE = 25
_WITHDRAW_IDS = "withdraw_%s"


@require_safe
@acting
def request_list(request: HttpRequest) -> HttpResponse:
    """Show the requests that the agency received, and those that ask for its records."""
    actor, at = actor_of(request), timezone.now()
    deeds.demand_handling(actor)
    found = deeds.requests_in_view(actor).select_related("desk").order_by("state", "due_on", "-registered_at")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    facts = {"category": "requests", "found": page.paginator.count}
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts=facts)
    waiting = set(RequestedPart.objects.filter(owner=actor.agency, word="waiting").values_list("request_id", flat=True))
    rows = [(one, one.pk in waiting and one.state == "open", _is_overdue(one)) for one in page]
    return render(request, "oversight/request_list.html", {"page": page, "rows": rows, "own": actor.agency})


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def request_new(request: HttpRequest) -> HttpResponse:
    """Register a request with what it asks of whom; the faults of a refusal stand above the form."""
    actor = actor_of(request)
    deeds.demand_handling(actor)
    if request.method != "POST":
        return _new_page(request, RequestForm(), part_forms())
    form, parts = RequestForm(request.POST), part_forms(request.POST)
    if not all([form.is_valid(), *(part.is_valid() for part in parts)]):
        return _new_page(request, form, parts, status=422)
    try:
        asked = [one for part in parts for one in part.parts()]
        registered = deeds.register(asking=form.asking(), parts=asked, by=actor, at=timezone.now())
    except KentonganError as refusal:
        return _new_page(request, form, parts, refusal=refusal, status=422)
    messages.success(request, _("Permintaan dicatat. Sekarang menunggu jawaban tertulis setiap pemilik data."))
    return redirect("request_detail", registered.pk)


@require_safe
@acting
def request_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a request: to the desk all of it, to an owner what is asked of it."""
    actor = actor_of(request)
    found = deeds.request_in_view(actor, pk)
    trail.note_look(Trail.RECORD_READ, by=actor, at=timezone.now(), on=found.ref)
    return _request_page(request, found, actor)


@require_POST
@acting
def request_answer(request: HttpRequest, pk: UUID, part: int) -> HttpResponse:
    """Approve or refuse, for the owner and in writing, what is asked of it."""
    actor, at = actor_of(request), timezone.now()
    asked = deeds.request_in_view(actor, pk)
    own = asked.parts.filter(pk=part, owner=actor.agency).first()
    if own is None:
        raise not_visible()
    form = AnswerForm(request.POST, part=own)
    if not form.is_valid():
        return _request_page(request, asked, actor, answering=form, status=422)
    told = form.cleaned_data
    try:
        if request.POST.get("word") == "approve":
            deeds.approve(part=own, version=told["version"], groups=told["groups"], why=told["why"], by=actor, at=at)
        else:
            deeds.refuse(part=own, version=told["version"], why=told["why"], by=actor, at=at)
    except KentonganError as refusal:
        return _request_page(request, asked, actor, answering=form, refusal=refusal.message, status=409)
    messages.success(request, _("Jawaban instansi Anda dicatat."))
    return redirect("request_detail", asked.pk)


@require_POST
@acting
def request_release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the file of a request that every owner approved."""
    actor, at = actor_of(request), timezone.now()
    asked, form = deeds.request_in_view(actor, pk), VersionForm(request.POST)
    if not form.is_valid():
        return _request_page(request, asked, actor, status=422)
    try:
        deeds.release(request=asked, version=form.cleaned_data["version"], by=actor, at=at)
    except KentonganError as refusal:
        return _request_page(request, asked, actor, refusal=refusal.message, status=409)
    messages.success(request, _("Berkasnya dibuat. Unduh dan serahkan kepada peminta."))
    return redirect("request_detail", asked.pk)


@require_POST
@acting
def request_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a request that is no longer needed."""
    actor, at = actor_of(request), timezone.now()
    asked, form = deeds.request_in_view(actor, pk), WhyForm(request.POST, auto_id=_WITHDRAW_IDS)
    if not form.is_valid():
        return _request_page(request, asked, actor, withdrawing=form, status=422)
    told = form.cleaned_data
    try:
        deeds.withdraw(request=asked, version=told["version"], why=told["why"], by=actor, at=at)
    except KentonganError as refusal:
        return _request_page(request, asked, actor, withdrawing=form, refusal=refusal.message, status=409)
    messages.success(request, _("Permintaan ditarik; tidak ada yang diserahkan."))
    return redirect("request_detail", asked.pk)


@require_safe
@acting
def request_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the file of a release to the desk; each time is a row of the trail."""
    actor, at = actor_of(request), timezone.now()
    asked = deeds.request_in_view(actor, pk)
    release = getattr(asked, "release", None)
    if release is None:
        raise not_visible()
    try:
        content = deeds.fetched(release=release, by=actor, at=at)
    except deeds.NotAllowedNow as refusal:
        return _request_page(request, asked, actor, refusal=refusal.message, status=409)
    answer = HttpResponse(content, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{release.filename}"'
    return answer


def _new_page(
    request: HttpRequest,
    form: RequestForm,
    parts: list[PartForm],
    *,
    refusal: KentonganError | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request, "oversight/request_new.html", {"form": form, "parts": parts, "refusal": refusal}, status=status
    )


def _request_page(
    request: HttpRequest,
    asked: OutsideRequest,
    actor: Actor,
    *,
    answering: AnswerForm | None = None,
    withdrawing: WhyForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    is_desk = asked.desk_id == actor.agency
    is_open = asked.state == OutsideRequest.State.OPEN
    parts = [_shown(part, asked, actor, answering) for part in deeds.parts_in_view(asked, actor)]
    words = set(asked.parts.values_list("word", flat=True))
    context = {
        "asked": asked,
        "purpose": word(PURPOSE_LABELS, asked.purpose),
        "parts": parts,
        "is_desk": is_desk,
        "is_open": is_open,
        "is_overdue": _is_overdue(asked),
        "may_release": is_desk and is_open and words == {RequestedPart.Word.APPROVED},
        "release": getattr(asked, "release", None),
        "version_form": VersionForm(initial={"version": asked.version}, auto_id="release_%s"),
        "withdraw_form": withdrawing or WhyForm(initial={"version": asked.version}, auto_id=_WITHDRAW_IDS),
        "refusal": refusal,
    }
    return render(request, "oversight/request_detail.html", context, status=status)


def _shown(part: RequestedPart, asked: OutsideRequest, actor: Actor, answering: AnswerForm | None) -> dict[str, Any]:
    groups = field_groups()[part.category]
    is_ours = part.owner_id == actor.agency and asked.state == OutsideRequest.State.OPEN
    initial = {"version": asked.version, "groups": part.approved_groups or part.groups}
    form = AnswerForm(initial=initial, part=part) if is_ours else None
    if is_ours and answering is not None and answering.part == part:
        form = answering
    return {
        "part": part,
        "category": word(CATEGORIES, part.category),
        "groups": [groups[name].label for name in part.groups],
        "given": [groups[name].label for name in part.approved_groups],
        "form": form,
    }


def _is_overdue(asked: OutsideRequest) -> bool:
    return asked.state == OutsideRequest.State.OPEN and asked.due_on < timezone.localdate()
