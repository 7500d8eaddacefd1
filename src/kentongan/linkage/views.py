"""Pages of links: what may be one and the same, the decision, the network of a case, and its export."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kentongan.agreements.access import NotVisible, RoleMayNotAct, fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import note_list
from kentongan.agreements.module_views import module_off, needing_module
from kentongan.agreements.modules import ModuleOff
from kentongan.cases.actions import ChangedMeanwhile
from kentongan.cases.models import Case
from kentongan.cases.rules import MODULE
from kentongan.engine.linkage.matching import is_available
from kentongan.kit.errors import KentonganError

from . import actions, forms, labels, queries
from .followthemoney import export_case
from .network import network
from .queries import LinkShown
from .rules import PERSON, PERSONS

PAGE = 25


@require_safe
@acting
@needing_module(MODULE)
def link_list(request: HttpRequest) -> HttpResponse:
    """Show the links of the own agency of which the officer may see both ends."""
    actor, at = actor_of(request), timezone.now()
    _demand_read(actor)
    return _list(request, actor, at, forms.RunForm(auto_id="jalankan-%s"))


@require_POST
@acting
@needing_module(MODULE)
def linkage_run(request: HttpRequest) -> HttpResponse:
    """Have the records compared that the officer may have compared."""
    actor, at = actor_of(request), timezone.now()
    _demand_read(actor)
    form = forms.RunForm(request.POST, auto_id="jalankan-%s")
    if not form.is_valid():
        return _list(request, actor, at, form, status=422)
    try:
        made = actions.run(**form.cleaned_data, by=actor, at=at)
    except (NotVisible, RoleMayNotAct):
        raise
    except ModuleOff as off:  # the vault is a module of its own
        return module_off(request, off)
    except KentonganError as refusal:
        return _list(request, actor, at, form, refusal=refusal.message, status=422)
    told = ngettext(
        "%(persons)s orang dan %(things)s barang dibandingkan; %(n)s pasangan mungkin satu dan sama.",
        "%(persons)s orang dan %(things)s barang dibandingkan; %(n)s pasangan mungkin satu dan sama.",
        made.found,
    )
    messages.success(request, told % {"persons": made.persons, "things": made.things, "n": made.found})
    return redirect("link_list")


@require_safe
@acting
@needing_module(MODULE)
def link_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show why two may be one and the same, field by field, without what the fields say."""
    actor, at = actor_of(request), timezone.now()
    return _page(request, _link(pk, actor, at), actor)


@require_POST
@acting
@needing_module(MODULE)
def link_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Join, refuse, or put back."""
    actor, at = actor_of(request), timezone.now()
    shown = _link(pk, actor, at)
    form = forms.DecideForm(request.POST, state=shown.link.state)
    if not form.is_valid():
        return _page(request, shown, actor, form=form, status=422)
    try:
        actions.decide(shown=shown, **form.cleaned_data, by=actor, at=at)
    except (NotVisible, RoleMayNotAct):
        raise
    except ModuleOff as off:
        return module_off(request, off)
    except KentonganError as refusal:
        status = 409 if isinstance(refusal, ChangedMeanwhile) else 422
        return _page(request, shown, actor, form=form, refusal=refusal.message, status=status)
    messages.success(request, _("Keputusan dicatat."))
    return redirect("link_detail", pk)


@require_safe
@acting
def case_network(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a case with its people under pseudonyms, goods, events and other cases, as a picture and as a table."""
    actor, at = actor_of(request), timezone.now()
    case = fetch(Case, pk, actor, at=at)
    context = {"case": case, "network": network(case, actor, at=at), "links_are_shown": PERSONS in actor.reads}
    return render(request, "linkage/network.html", context)


@require_safe
@acting
def case_followthemoney(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out what the officer sees of a case as FollowTheMoney entities, one a line."""
    actor, at = actor_of(request), timezone.now()
    case = fetch(Case, pk, actor, at=at)
    lines = [entity.line() + "\n" for entity in export_case(case=case, by=actor, at=at)]
    answer = HttpResponse("".join(lines), content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="perkara.ftm.jsonl"'
    answer["Cache-Control"] = "no-store, private"
    return answer


def _demand_read(actor: Actor) -> None:
    if PERSONS not in actor.reads:
        raise RoleMayNotAct(
            _("Peran Anda tidak membuka penautan. Mintalah petugas instansi Anda yang menangani korban atau perkara.")
        )


def _link(pk: UUID, actor: Actor, at: datetime) -> LinkShown:
    shown = queries.link_for(actor, pk, at=at) if PERSONS in actor.reads else None
    if shown is None:
        raise not_visible()
    return shown


def _list(
    request: HttpRequest, actor: Actor, at: datetime, form: forms.RunForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    wanted = forms.FilterForm(request.GET)
    state = wanted.cleaned_data["state"] if wanted.is_valid() else ""
    found = queries.links_listed(actor, at=at, state=state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    note_list(PERSONS, words="", found=len(found), by=actor, at=at)
    context: dict[str, Any] = {
        "page": page,
        "rows": [_row(one) for one in page.object_list],
        "filter": forms.FilterForm(initial={"state": state}),
        "is_filtered": bool(state),
        "form": form if PERSONS in actor.acts and is_available() else None,
        "is_open": bool(form.errors or refusal),
        "is_available": is_available(),
        "not_installed": actions.not_installed(),
        "runs": queries.runs_listed(actor),
        "refusal": refusal,
    }
    return render(request, "linkage/link_list.html", context, status=status)


def _row(shown: LinkShown) -> dict[str, Any]:
    link = shown.link
    return {
        "link": link,
        "left": shown.left,
        "right": shown.right,
        "state": labels.STATES[link.state],
        "chip": labels.CHIPS[link.state],
        "kind": labels.KINDS[link.kind],
        "percent": f"{min(link.probability, 0.999) * 100:.1f}",
        "summary": labels.summary(link.agreements),
    }


def _page(
    request: HttpRequest, shown: LinkShown, actor: Actor, *, form: forms.DecideForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    link = shown.link
    blank = forms.DecideForm(initial={"revision": link.revision}, state=link.state)
    context = {
        **_row(shown),
        "agreements": labels.agreements(link.agreements),
        "is_person": link.kind == PERSON,
        "form": (form or blank) if PERSONS in actor.acts else None,
        "refusal": refusal,
    }
    return render(request, "linkage/link_detail.html", context, status=status)
