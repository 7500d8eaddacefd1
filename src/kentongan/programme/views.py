"""Pages of partner villages: the list, one village, and what the office changes there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.queries import place_by_code
from kentongan.agreements.access import NotVisible, RoleMayNotAct, demand_act, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import note_list
from kentongan.alerts.labels import OUTCOMES
from kentongan.alerts.labels import STATES as ALERT_STATES
from kentongan.intake.where import titled
from kentongan.kit.errors import KentonganError
from kentongan.places.models import Place

from . import actions, forms, labels, queries
from .actions import ChangedMeanwhile, NotUsable
from .models import PartnerVillage
from .planning_queries import sees_plans
from .rules import CATEGORY
from .standing import VillageStanding
from .village_page import VillagePage, village_page
from .vocabulary import CRITERIA, PROGRAMMES
from .vocabulary import labels as words

PAGE = 50


@require_safe
@acting
def partner_list(request: HttpRequest) -> HttpResponse:
    """Show the partner villages in view with what is late and silent; several offices also office by office."""
    demand_read(actor_of(request))
    return _list(request)


@require_POST
@acting
def partner_pace(request: HttpRequest) -> HttpResponse:
    """Set how often the own office wants its partner villages visited and heard."""
    actor = actor_of(request)
    demand_act(actor, CATEGORY)
    form = forms.PaceForm(request.POST)
    if not form.is_valid():
        return _list(request, pace_form=form, status=422)
    if answer := done_or(form, lambda: actions.set_pace(**form.cleaned_data, by=actor, at=timezone.now())):
        return _list(request, pace_form=form, status=answer)
    messages.success(request, _("Jarak kunjungan kantor disimpan."))
    return redirect("partner_list")


@require_http_methods(["GET", "POST"])
@acting
def partner_new(request: HttpRequest) -> HttpResponse:
    """Record that a village is designated."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, CATEGORY)
    form = forms.DesignateForm(request.POST or None, on=timezone.localdate(at))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and form.settled is not None:
            place = form.settled.place
            status = done_or(
                form, lambda: actions.designate(place=place, designation=form.designation(), by=actor, at=at)
            )
            if not status:
                messages.success(request, _("Penetapan dicatat."))
                return redirect("partner_detail", place.code)
    return render(request, "programme/partner_new.html", {"form": form}, status=status)


@require_safe
@acting
def partner_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show what was heard from a village, what was done there, and what came back."""
    actor, at = actor_of(request), timezone.now()
    place = _place(code, actor)
    if place.code != code:
        return redirect("partner_detail", place.code)
    return _page(request, place, at)


@require_POST
@acting
def partner_describe(request: HttpRequest, code: str) -> HttpResponse:
    """Complete decree, day, criteria and linked programmes."""
    actor, at = actor_of(request), timezone.now()
    village = _own(code, actor, at)
    form = forms.DescribeForm(request.POST, village=village, on=timezone.localdate(at), prefix="data")

    def deed() -> object:
        version = form.cleaned_data["version"]
        return actions.describe(village=village, version=version, designation=form.designation(), by=actor, at=at)

    return _changed(request, village, "describe", form, deed, _("Data desa binaan disimpan."))


@require_POST
@acting
def partner_status(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend, resume or end."""
    actor, at = actor_of(request), timezone.now()
    village = _own(code, actor, at)
    form = forms.StatusForm(request.POST, village=village, prefix="keadaan")
    deed = lambda: actions.change_status(village=village, **form.cleaned_data, by=actor, at=at)  # noqa: E731
    return _changed(request, village, "status_form", form, deed, _("Keadaan desa binaan diubah."))


@require_POST
@acting
def partner_officer(request: HttpRequest, code: str) -> HttpResponse:
    """Assign an officer."""
    actor, at = actor_of(request), timezone.now()
    village = _own(code, actor, at)
    form = forms.OfficerForm(request.POST, staff=queries.office_staff(actor.agency), prefix="petugas")
    deed = lambda: actions.assign_officer(village=village, **form.cleaned_data, by=actor, at=at)  # noqa: E731
    return _changed(request, village, "officer", form, deed, _("Petugas pembina ditunjuk."))


@require_POST
@acting
def partner_officer_end(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """End an officer's assignment."""
    actor, at = actor_of(request), timezone.now()
    village = _own(code, actor, at)
    assignment = village.officers.filter(pk=pk).select_related("officer").first()
    if assignment is None:
        raise not_visible()
    assignment.village = village  # which came through the gate
    form = forms.EndServiceForm(request.POST)
    deed = lambda: actions.end_assignment(assignment=assignment, **form.cleaned_data, by=actor, at=at)  # noqa: E731
    return _changed(request, village, "end", form, deed, _("Tugas petugas pembina diakhiri."))


def demand_read(actor: Actor) -> None:
    """Raise RoleMayNotAct unless the role reads the programme."""
    if CATEGORY not in actor.reads:
        raise RoleMayNotAct(_("Peran Anda tidak membuka program desa binaan."))


def done_or(form: django_forms.Form, deed: Callable[[], object]) -> int:
    """Do the deed and return 0; or put its refusal on the form, beside its field, and return the status of the answer."""
    try:
        deed()
    except (NotVisible, RoleMayNotAct):
        raise
    except NotUsable as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal.message)
        return 422
    except KentonganError as refusal:
        form.add_error(None, refusal.message)
        return 409 if isinstance(refusal, ChangedMeanwhile) else 422
    return 0


def _list(request: HttpRequest, *, pace_form: forms.PaceForm | None = None, status: int = 200) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    offices = [(one.pk, one.name) for one in queries.offices_in_view(actor, at=at)]
    wanted = forms.ListFilterForm(request.GET, offices=offices)
    chosen: dict[str, Any] = wanted.cleaned_data if wanted.is_valid() else {"state": "", "office": ""}
    everything = queries.partners_standing(actor, at=at, office=chosen["office"])
    found = [one for one in everything if _fits(one, chosen["state"])]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    note_list(CATEGORY, words="", found=len(found), by=actor, at=at)
    pace = queries.pace_of(actor.agency)
    initial = {"visit_every_days": pace.visit_every_days, "silent_after_weeks": pace.silent_after_weeks}
    context = {
        "page": page,
        "rows": [row_of(one) for one in page.object_list],
        "filter": forms.ListFilterForm(initial=chosen, offices=offices),
        "is_filtered": any(chosen.values()),
        "offices": queries.standing_by_office(everything, actor) if len(offices) > 1 else [],
        "shows_offices": len(offices) > 1 or bool(offices and offices[0][0] != actor.agency),
        "overdue": sum(one.is_overdue for one in everything),
        "silent": sum(one.is_silent for one in everything),
        "knows_silence": "reports" in actor.reads,
        "number": len(everything),
        "pace": pace,
        "pace_form": (pace_form or forms.PaceForm(initial=initial)) if CATEGORY in actor.acts else None,
        "may_act": CATEGORY in actor.acts,
        "sees_plans": sees_plans(actor),
    }
    return render(request, "programme/partner_list.html", context, status=status)


def row_of(standing: VillageStanding) -> dict[str, Any]:
    """Return a partner village as a list shows it."""
    village = standing.village
    return {
        "standing": standing,
        "village": village,
        "name": titled(village.place) if village.place is not None else _("tempat tidak dibagikan"),
        "status": labels.STATUSES.get(village.status, village.status),
        "chip": labels.STATUS_CHIPS.get(village.status, "closed"),
    }


def _fits(standing: VillageStanding, state: str) -> bool:
    if state == "overdue":
        return standing.is_overdue
    if state == "silent":
        return standing.is_silent
    return not state or standing.village.status == state


def _place(code: str, actor: Actor) -> Place:
    demand_read(actor)
    place = place_by_code(code)
    if place is None:
        raise not_visible()
    return place


def _own(code: str, actor: Actor, at: datetime) -> PartnerVillage:
    """Return the own office's partnership of the place; of another's, or of none, the one refusal."""
    place = _place(code, actor)
    demand_act(actor, CATEGORY)
    village = queries.partner_at(place, actor, at=at)
    if village is None or village.owner_id != actor.agency:
        raise not_visible()
    found: PartnerVillage = village
    return found


def _changed(
    request: HttpRequest, village: PartnerVillage, name: str, form: Any, deed: Callable[[], object], said: str
) -> HttpResponse:
    status = 422 if not form.is_valid() else done_or(form, deed)
    place = village.place
    assert place is not None  # noqa: S101 - a partner village has a place, by constraint
    if status:
        return _page(request, place, timezone.now(), wrong={name: form}, status=status)
    messages.success(request, said)
    return redirect("partner_detail", place.code)


def _page(
    request: HttpRequest, place: Place, at: datetime, *, wrong: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    page = village_page(place, actor, at=at)
    village = page.village
    is_ours = village is not None and village.owner_id == actor.agency and CATEGORY in actor.acts
    context = {
        "shown": page,
        "place": place,
        "name": titled(place),
        "village": village,
        "status": labels.STATUSES.get(village.status, village.status) if village is not None else "",
        "chip": labels.STATUS_CHIPS.get(village.status, "closed") if village is not None else "",
        "criteria": words(CRITERIA, village.criteria) if village is not None else [],
        "programmes": words(PROGRAMMES, village.programmes) if village is not None else [],
        "alerts": [_alert(one) for one in page.alerts or ()],
        "may_plan": CATEGORY in actor.acts,
        "wrong": wrong or {},
        **(_forms(page, actor, at) | (wrong or {}) if is_ours else {}),
    }
    return render(request, "programme/partner_detail.html", context, status=status)


def _alert(alert: Any) -> dict[str, Any]:
    return {
        "row": alert,
        "state": ALERT_STATES.get(alert.state, alert.state),
        "outcome": OUTCOMES.get(alert.outcome, ""),
    }


def _forms(page: VillagePage, actor: Actor, at: datetime) -> dict[str, Any]:
    village, today = page.village, timezone.localdate(at)
    if village is None or village.status == PartnerVillage.Status.ENDED:
        return {}
    staff = queries.office_staff(actor.agency)
    return {
        "describe": forms.DescribeForm(village=village, on=today, prefix="data"),
        "status_form": forms.StatusForm(village=village, prefix="keadaan"),
        "officer": forms.OfficerForm(staff=staff, prefix="petugas", initial={"served_from": today}),
        "end": forms.EndServiceForm(initial={"on": today}),
    }
