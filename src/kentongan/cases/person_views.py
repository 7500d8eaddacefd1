"""Pages of a person in a case: the pseudonym, what is known under it, and the deeds. Off until the module is assessed (R18)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, RoleMayNotAct, demand_act, fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.module_views import module_off, needing_module
from kentongan.agreements.modules import ModuleOff
from kentongan.intake.actions import retention_end
from kentongan.kit.errors import KentonganError
from kentongan.vault.actions import Keeping
from kentongan.vault.models import Identity
from kentongan.vault.rules import FIELD_NAMES, IdentityFields

from . import actions, forms, labels, queries
from .actions.persons import guardian_of
from .models import Case, CasePerson
from .people import CHILD
from .rules import CASES, MODULE, REFERRALS
from .shown import directory
from .views import page as case_page_answer

Do = Callable[[CasePerson, Any, Actor, datetime], object]


@require_safe
@acting
@needing_module(MODULE)
def person_detail(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Show somebody of a case, as far as anything is known under the pseudonym."""
    actor, at = actor_of(request), timezone.now()
    return _page(request, _person(pk, person, actor, at), actor, at)


@require_POST
@acting
@needing_module(MODULE)
def person_role(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Change the role, or ask for the second word."""

    def do(who: CasePerson, said: Any, by: Actor, at: datetime) -> None:
        actions.change_role(person=who, **said, by=by, at=at)

    return _deed(request, pk, person, ("role", forms.RoleForm(request.POST)), do, _("Perubahan peran dicatat."))


@require_POST
@acting
@needing_module(MODULE)
def person_age(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Say whether the person is a child."""

    def do(who: CasePerson, said: Any, by: Actor, at: datetime) -> None:
        actions.set_age(person=who, **said, by=by, at=at)

    return _deed(request, pk, person, ("age", forms.AgeForm(request.POST)), do, _("Umur dicatat."))


@require_POST
@acting
@needing_module(MODULE)
def person_best_interest(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Fill in the best-interest form of a child."""

    def do(who: CasePerson, said: Any, by: Actor, at: datetime) -> None:
        actions.record_best_interest(person=who, **said, by=by, at=at)

    form = forms.BestInterestForm(request.POST)
    return _deed(request, pk, person, ("best_interest", form), do, _("Lembar kepentingan terbaik anak disimpan."))


@sensitive_post_parameters()
@require_POST
@acting
@needing_module(MODULE)
def person_identify(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Put who somebody is into the vault, with the lawful basis."""

    def do(who: CasePerson, said: Any, by: Actor, at: datetime) -> None:
        actions.identify(
            person=who,
            revision=said["revision"],
            fields=IdentityFields(**{name: said[name].strip() for name in FIELD_NAMES}),
            keeping=Keeping(by.purpose, said["legal_basis"], retention_end(timezone.localdate(at))),
            consents=said["consents"],
            by=by,
            at=at,
        )

    return _deed(request, pk, person, ("identity", forms.IdentityForm(request.POST)), do, _("Identitas disimpan di brankas."))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@acting
@needing_module(MODULE)
def person_refer(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Refer somebody to an agency for a service, on consent."""
    actor, at = actor_of(request), timezone.now()
    who = _person(pk, person, actor, at)
    demand_act(actor, REFERRALS)
    known = queries.askable_agencies(country=who.case.owner.country, but=who.case.owner_id)
    form = forms.ReferForm(
        request.POST or None, agencies=forms.agency_choices(known), initial={"scope": ["subject", "needs", "outcome"]}
    )
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = _refer(who, form.cleaned_data, actor, at)
        except (NotVisible, RoleMayNotAct, ModuleOff):
            raise
        except KentonganError as fault:
            refusal = fault.message
        else:
            messages.success(request, _("Rujukan %(number)s terkirim.") % {"number": made.number})
            return redirect("referral_detail", made.pk)
    near = queries.services_near(who.case.place, is_child=who.age == CHILD)
    context = {"person": who, "case": who.case, "form": form, "refusal": refusal, "services": directory(near)}
    return render(request, "cases/refer.html", context, status=422 if form.errors or refusal else 200)


@require_POST
@acting
@needing_module(MODULE)
def second_word(request: HttpRequest, pk: UUID, change: UUID) -> HttpResponse:
    """Decide, as a supervisor, on a change that two persons decide."""
    actor, at = actor_of(request), timezone.now()
    case = fetch(Case, pk, actor, at=at)
    asked = next((one for one in queries.workspace(case, actor, at=at).role_changes if one.pk == change), None)
    if asked is None or case.owner_id != actor.agency:
        raise not_visible()
    form = forms.SecondWordForm(request.POST)
    if not form.is_valid():
        return case_page_answer(request, case, actor, at, status=422)
    said = form.cleaned_data
    try:
        actions.give_second_word(change=asked, approves=said["approves"] == "yes", why=said["why"], by=actor, at=at)
    except (NotVisible, RoleMayNotAct):
        raise
    except KentonganError as refusal:
        status = {actions.SecondWordRefused: 403, actions.ChangedMeanwhile: 409}.get(type(refusal), 422)
        return case_page_answer(request, case, actor, at, refusal=refusal.message, status=status)
    messages.success(request, _("Keputusan dicatat."))
    return redirect("case_detail", pk)


def _refer(who: CasePerson, said: Any, by: Actor, at: datetime) -> Any:
    consent = actions.Consent(said["consent_by"], frozenset(said["scope"]), said["document"], said["vital_why"])
    return actions.refer(
        person=who,
        receiver=Agency.objects.get(pk=said["receiver"]),
        service=said["service"],
        needs=said["needs"],
        consent=consent,
        answer_by=said["answer_by"],
        finish_by=said["finish_by"],
        by=by,
        at=at,
    )


def _person(pk: UUID, person: UUID, actor: Actor, at: datetime) -> CasePerson:
    """Return somebody of a case of which the reader may see the people."""
    case = fetch(Case, pk, actor, at=at)
    found = queries.people_of(case, actor).filter(pk=person).first()
    if found is None:
        raise not_visible()
    found.case = case
    return found


def _deed(
    request: HttpRequest, pk: UUID, person: UUID, named: tuple[str, Form], do: Do, told: str
) -> HttpResponse:  # fmt: skip
    actor, at = actor_of(request), timezone.now()
    who = _person(pk, person, actor, at)
    demand_act(actor, CASES)
    if not named[1].is_valid():
        return _page(request, who, actor, at, faulty=named, status=422)
    try:
        do(who, named[1].cleaned_data, actor, at)
    except (NotVisible, RoleMayNotAct):
        raise
    except ModuleOff as off:  # the vault is a module of its own
        return module_off(request, off)
    except KentonganError as refusal:
        status = 409 if isinstance(refusal, actions.ChangedMeanwhile) else 422
        return _page(request, who, actor, at, faulty=named, refusal=refusal.message, status=status)
    messages.success(request, told)
    return redirect("case_person", pk, person)


def _page(
    request: HttpRequest,
    person: CasePerson,
    actor: Actor,
    at: datetime,
    *,
    faulty: tuple[str, Form] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    revision = {"revision": person.revision}
    blank: dict[str, Form] = {
        "role": forms.RoleForm(initial=revision, auto_id="peran-%s"),
        "age": forms.AgeForm(initial=revision | {"age": person.age}, auto_id="umur-%s"),
        "best_interest": forms.BestInterestForm(auto_id="anak-%s"),
        "identity": forms.IdentityForm(initial=revision, auto_id="identitas-%s"),
    }
    leads = person.case.owner_id == actor.agency
    may_act = leads and CASES in actor.acts
    identities = Identity.objects.visible_to(actor, at=at) if person.identity_id else Identity.objects.none()
    context = {
        "person": person,
        "case": person.case,
        "role": labels.ROLES[person.role],
        "age": labels.AGES[person.age],
        "leads": leads,
        "may_act": may_act,
        "may_refer": may_act and REFERRALS in actor.acts,
        "identity": identities.filter(pk=person.identity_id).first(),
        "guardian": guardian_of(person) if may_act else None,
        "best_interests": list(person.best_interests.all()) if leads else [],
        "changes": [
            (one, labels.ROLES[one.from_role], labels.ROLES[one.to_role])
            for one in (person.role_changes.all() if leads else ())
        ],
        "is_child": person.age == CHILD,
        "forms": blank | ({faulty[0]: faulty[1]} if faulty else {}),
        "opened": {faulty[0]: True} if faulty else {},
        "refusal": refusal,
    }
    return render(request, "cases/person_detail.html", context, status=status)
