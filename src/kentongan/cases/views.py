"""Pages of cases: the list, a new one, one with its workspace, and the deeds of the lead and of supporting agencies."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, RoleMayNotAct, demand_act, fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import note_list
from kentongan.agreements.module_views import needing_module
from kentongan.agreements.modules import ModuleOff
from kentongan.alerts.models import Alert
from kentongan.events.models import Event
from kentongan.kit.errors import KentonganError

from . import actions, forms, labels, queries
from .models import Case, CaseAgency
from .rules import CASES, MODULE
from .shown import case_page, member_choices, share_name

PAGE = 25

Do = Callable[[Case, Any, Actor, datetime], object]


@require_safe
@acting
def case_list(request: HttpRequest) -> HttpResponse:
    """Show the cases that the gate lets this officer see."""
    actor, at = actor_of(request), timezone.now()
    form = forms.CaseFilterForm(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.cases_listed(actor, at=at, **chosen), PAGE).get_page(request.GET.get("page"))
    note_list(CASES, words="", found=page.paginator.count, by=actor, at=at)
    rows = [(case, labels.CASE_STATES[case.state], labels.CASE_CHIPS[case.state]) for case in page]
    context = {
        "page": page,
        "rows": rows,
        "form": form,
        "is_filtered": any(chosen.values()),
        "may_open": CASES in actor.acts,
    }
    return render(request, "cases/case_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def case_new(request: HttpRequest) -> HttpResponse:
    """Open a case on an alert or an event that the officer sees, or on nothing yet."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, CASES)
    alert = fetch(Alert, pk, actor, at=at) if (pk := _uuid(request.GET.get("alert"))) else None
    event = fetch(Event, pk, actor, at=at) if (pk := _uuid(request.GET.get("event"))) else None
    about = alert or event
    form = forms.CaseForm(request.POST or None, initial={"title": about.title if about else ""})
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            case = actions.open_case(
                title=form.cleaned_data["title"],
                summary=form.cleaned_data["summary"],
                alert=alert,
                events=[event] if event else [],
                by=actor,
                at=at,
            )
        except KentonganError as fault:
            refusal = fault.message
        else:
            messages.success(request, _("Perkara %(number)s dibuka.") % {"number": case.number})
            return redirect("case_detail", case.pk)
    context = {"form": form, "alert": alert, "event": event, "refusal": refusal}
    return render(request, "cases/case_new.html", context, status=422 if form.errors or refusal else 200)


@require_safe
@acting
def case_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a case: as the lead sees it, or what is shared and the own workspace."""
    actor, at = actor_of(request), timezone.now()
    return page(request, fetch(Case, pk, actor, at=at), actor, at)


@require_POST
@acting
def case_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the case on, let it wait, take it up again."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        actions.move_case(
            case=case, version=said["version"], to=said["to"], note=said["note"], awaited_body=said["awaited_body"], by=by, at=at
        )  # fmt: skip

    return deed(request, pk, ("move", forms.MoveForm(request.POST)), do, _("Keadaan perkara dicatat."))


@require_POST
@acting
def case_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the case with its result."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        actions.close_case(case=case, version=said["version"], result=said["result"], why=said["why"], by=by, at=at)

    return deed(request, pk, ("close", forms.CloseCaseForm(request.POST)), do, _("Perkara ditutup."))


@require_POST
@acting
def case_child_fact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say whether a child is among the victims."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        actions.say_child_among_victims(
            case=case, version=said["version"], has_child_victims=said["has_child_victims"], why=said["why"], by=by, at=at
        )  # fmt: skip

    return deed(request, pk, ("child", forms.ChildFactForm(request.POST)), do, _("Fakta perkara dicatat."))


@require_POST
@acting
def case_event_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add an event that the officer sees."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        event = fetch(Event, said["event"], by, at=at)
        actions.add_event(case=case, event=event, why=said["why"], by=by, at=at)

    return deed(request, pk, ("event", forms.EventForm(request.POST)), do, _("Kejadian ditambahkan."))


@require_POST
@acting
def case_agency_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let an agency support the case."""
    form = _agencies_form(request, pk, forms.JoinForm)

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        agency = Agency.objects.get(pk=said["agency"])
        actions.add_agency(case=case, agency=agency, groups=said["groups"], why=said["why"], by=by, at=at)

    return deed(request, pk, ("join", form), do, _("Instansi ikut serta."))


@require_POST
@acting
def case_agency_share(request: HttpRequest, pk: UUID, joined: UUID) -> HttpResponse:
    """Change what a supporting agency sees."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        row = _joined(case, joined, by)
        actions.share(
            case=case, joined=row, version=said["version"], groups=said["groups"], why=said["why"], by=by, at=at
        )

    form = forms.ShareForm(request.POST, auto_id=f"bagi-{joined}-%s")
    return deed(request, pk, (share_name(joined), form), do, _("Yang dibagikan berubah."))


@require_POST
@acting
def case_agency_leave(request: HttpRequest, pk: UUID, joined: UUID) -> HttpResponse:
    """End an agency's part in the case."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        actions.leave(case=case, joined=_joined(case, joined, by), why=said["why"], by=by, at=at)

    return deed(request, pk, ("why", forms.WhyForm(request.POST)), do, _("Keikutsertaan berakhir."), back="case_list")


@require_POST
@acting
def case_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the own agency's part in the case."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        own = CaseAgency.objects.filter(case=case.pk, agency=by.agency, left_at__isnull=True).first()
        if own is None:
            raise not_visible()
        actions.leave(case=case, joined=own, why=said["why"], by=by, at=at)

    return deed(request, pk, ("leave", forms.WhyForm(request.POST)), do, _("Keikutsertaan berakhir."), back="case_list")


@require_POST
@acting
def case_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a note into the own workspace."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        actions.write_note(case=case, text=said["text"], is_shared=said["is_shared"], by=by, at=at)

    return deed(request, pk, ("note", forms.NoteForm(request.POST)), do, _("Catatan disimpan."))


@require_POST
@acting
def case_task_give(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a task."""
    form = _members_form(request, pk, forms.TaskForm)

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        agency = Agency.objects.get(pk=said["agency"])
        actions.give_task(case=case, agency=agency, what=said["what"], due=said["due"], by=by, at=at)

    return deed(request, pk, ("task", form), do, _("Tugas diberikan."))


@require_POST
@acting
def case_milestone_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a milestone of the process."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        actions.record_milestone(case=case, **said, by=by, at=at)

    return deed(request, pk, ("milestone", forms.MilestoneForm(request.POST)), do, _("Tahapan dicatat."))


@require_POST
@acting
def case_milestone_withdraw(request: HttpRequest, pk: UUID, milestone: UUID) -> HttpResponse:
    """Withdraw a milestone that was recorded by mistake."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        row = next((one for one in case.milestones.all() if one.pk == milestone), None)
        actions.withdraw_milestone(milestone=_found(row), why=said["why"], by=by, at=at)

    return deed(request, pk, ("why", forms.WhyForm(request.POST)), do, _("Catatan tahapan dicabut."))


@require_POST
@acting
def case_classify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Allege an offence with what speaks for its elements."""
    form = forms.ClassificationForm(request.POST)

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        stated = [actions.ElementStated(*one) for one in form.stated()]
        actions.classify_case(
            case=case, offence=said["offence"], act_on=said["act_on"], why=said["why"], elements=stated, by=by, at=at
        )

    return deed(request, pk, ("classification", form), do, _("Dugaan dicatat."))


@require_POST
@acting
def case_classification_withdraw(request: HttpRequest, pk: UUID, classification: UUID) -> HttpResponse:
    """Withdraw an allegation."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        row = next((one for one in case.classifications.all() if one.pk == classification), None)
        actions.withdraw_case_classification(classification=_found(row), why=said["why"], by=by, at=at)

    return deed(request, pk, ("why", forms.WhyForm(request.POST)), do, _("Dugaan dicabut."))


@require_POST
@acting
@needing_module(MODULE)
def case_persons_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add people under pseudonyms."""

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        actions.add_persons(case=case, **said, by=by, at=at)

    return deed(request, pk, ("persons", forms.PersonsForm(request.POST)), do, _("Orang dicatat dengan samaran."))


@require_POST
@acting
def case_object_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record goods or an object."""
    form = _members_form(request, pk, forms.ObjectForm)

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        holder = Agency.objects.get(pk=said["holder"])
        actions.record_object(case=case, **(said | {"holder": holder}), by=by, at=at)

    return deed(request, pk, ("object", form), do, _("Barang dicatat."))


@require_POST
@acting
def case_hand_over(request: HttpRequest, pk: UUID, thing: UUID) -> HttpResponse:
    """Write the minutes of a hand-over."""
    form = _members_form(request, pk, forms.HandOverForm, ("", ""))

    def do(case: Case, said: Any, by: Actor, at: datetime) -> None:
        row = next((one for one in queries.workspace(case, by, at=at).goods if one.pk == thing), None)
        actions.hand_over(
            thing=_found(row),
            giver=actions.Holder(*form.holder("giver")),
            receiver=actions.Holder(*form.holder("receiver")),
            where=said["where"],
            when=said["when"],
            quantity=said["quantity"],
            condition=said["condition"],
            document=said["document"],
            by=by,
            at=at,
        )

    return deed(request, pk, (f"hand_over-{thing}", form), do, _("Berita acara dicatat."))


@require_POST
@acting
def case_hand_over_confirm(request: HttpRequest, pk: UUID, minutes: UUID) -> HttpResponse:
    """Give the own side's word on a hand-over."""

    def do(case: Case, _said: Any, by: Actor, at: datetime) -> None:
        goods = queries.workspace(case, by, at=at).goods
        row = next((one for thing in goods for one in thing.hand_overs.all() if one.pk == minutes), None)
        actions.confirm_hand_over(minutes=_found(row), by=by, at=at)

    return deed(request, pk, ("confirm", Form(request.POST)), do, _("Serah terima ditegaskan."))


def deed(
    request: HttpRequest, pk: UUID, named: tuple[str, Form], do: Do, told: str, *, back: str = "case_detail"
) -> HttpResponse:
    """Do the deed and go back to the page, or show the page with what stands in its way."""
    actor, at = actor_of(request), timezone.now()
    case = fetch(Case, pk, actor, at=at)
    demand_act(actor, CASES)
    form = named[1]
    if not form.is_valid():
        return page(request, case, actor, at, faulty=named, refusal=_unshown_fault(named), status=422)
    try:
        do(case, form.cleaned_data, actor, at)
    except (NotVisible, RoleMayNotAct, ModuleOff):
        raise
    except KentonganError as refusal:
        status = 409 if isinstance(refusal, actions.ChangedMeanwhile) else 422
        return page(
            request, fetch(Case, pk, actor, at=at), actor, at, faulty=named, refusal=refusal.message, status=status
        )
    messages.success(request, told)
    return redirect(back) if back == "case_list" and case.owner_id != actor.agency else redirect("case_detail", pk)


def _unshown_fault(named: tuple[str, Form]) -> str:
    """Return what is wrong with a reason asked beside its button: such a form is drawn anew, without its faults."""
    name, form = named
    return _("Tuliskan alasannya.") if name == "why" and form.errors else ""


def page(
    request: HttpRequest,
    case: Case,
    actor: Actor,
    at: datetime,
    *,
    faulty: tuple[str, Form] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the page of a case."""
    context = case_page(case, actor, at=at, faulty=faulty, refusal=refusal)
    return render(request, "cases/case_detail.html", context, status=status)


def _members_form(request: HttpRequest, pk: UUID, kind: Any, *more: tuple[str, str]) -> Any:
    """Return a form whose agencies are those that take part in the case, as this officer knows them."""
    actor, at = actor_of(request), timezone.now()
    case = fetch(Case, pk, actor, at=at)
    return kind(request.POST, agencies=[*more, *member_choices(case, actor, at=at)])


def _agencies_form(request: HttpRequest, pk: UUID, kind: Any) -> Any:
    actor, at = actor_of(request), timezone.now()
    case = fetch(Case, pk, actor, at=at)
    known = queries.askable_agencies(country=case.owner.country, but=case.owner_id)
    return kind(request.POST, agencies=forms.agency_choices(known))


def _joined(case: Case, pk: UUID, by: Actor) -> CaseAgency:
    rows = CaseAgency.objects.filter(case=case.pk, pk=pk)
    found: CaseAgency = _found((rows if case.owner_id == by.agency else rows.filter(agency=by.agency)).first())
    return found


def _found(row: Any) -> Any:
    if row is None:
        raise not_visible()
    return row


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
