"""Reads of this room: lists through the gate, and of one case what the reader's agency may see of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case as When
from django.db.models import DateTimeField, Exists, F, Model, OuterRef, Q, QuerySet, Value, prefetch_related_objects
from django.db.models import When as Where

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agencies.rules import OPERATOR_KIND
from kentongan.agreements.facts import FULL, Actor
from kentongan.agreements.modules import is_on
from kentongan.agreements.rules import CLOSED_KINDS, NO_STATE
from kentongan.alerts.queries import names_of_actors, names_of_agencies
from kentongan.places.models import Place, PlaceAncestor

from . import custody, milestones, offences, services
from .models import (
    Case,
    CaseAgency,
    CaseClassification,
    CaseEvent,
    CaseMilestone,
    CaseNote,
    CaseObject,
    CasePerson,
    CaseTask,
    HandOver,
    Referral,
    RoleChange,
)
from .rules import ACCEPTED, CASES, CLOSED, IN_PROGRESS, MODULE, OPEN, SENT

R = TypeVar("R", bound=Model)

NEVER_ASKED = ("media", OPERATOR_KIND, *sorted(CLOSED_KINDS))
"""Kinds of agencies that neither support a case nor receive a referral."""

__all__ = ["names_of_actors", "names_of_agencies"]


def cases_listed(actor: Actor, *, at: datetime, side: str = "", state: str = "") -> QuerySet[Any]:
    """Return the cases that the gate shows the actor: open ones first, the newest first."""
    found: QuerySet[Any] = Case.objects.visible_to(actor, at=at)
    if side == "lead":
        found = found.filter(owner_id=actor.agency)
    elif side == "support":
        found = found.exclude(owner_id=actor.agency)
    if state:
        found = found.filter(state=state)
    is_closed = When(Where(state=CLOSED, then=Value(1)), default=Value(0))
    return found.select_related("owner", "place").order_by(is_closed, "-opened_at", "-id")


def tasks_listed(
    actor: Actor, *, at: datetime, state: str = "", overdue: bool = False, given: bool = False
) -> QuerySet[CaseTask]:
    """Return the tasks of the actor's agency, or those that it gave to others, in cases that it still sees."""
    seen = Case.objects.visible_to(actor, at=at)
    found = CaseTask.objects.filter(case__in=seen)
    found = (
        found.filter(giver=actor.agency).exclude(agency=actor.agency) if given else found.filter(agency=actor.agency)
    )
    if overdue:
        return found.filter(state__in=(OPEN, ACCEPTED), due__lte=at).select_related("giver", "agency", "officer")
    found = found.filter(state=state) if state else found.filter(state__in=(OPEN, ACCEPTED))
    return found.select_related("giver", "agency", "officer")


def task_for(actor: Actor, pk: object, *, at: datetime) -> CaseTask | None:
    """Return a task that is the actor's agency's own, or that it gave, in a case that it still sees."""
    both = Q(agency=actor.agency) | Q(giver=actor.agency)
    found = CaseTask.objects.filter(both, pk=str(pk), case__in=Case.objects.visible_to(actor, at=at))
    return found.select_related("agency", "giver").first()


def referrals_listed(
    actor: Actor, *, at: datetime, side: str = "", state: str = "", overdue: bool = False
) -> QuerySet[Any]:
    """Return the referrals that the gate shows the actor, what is due next first."""
    found: QuerySet[Any] = Referral.objects.visible_to(actor, at=at)
    if side == "to":
        found = found.filter(receiver_id=actor.agency)
    elif side == "from":
        found = found.filter(owner_id=actor.agency)
    if state:
        found = found.filter(state=state)
    found = found.annotate(
        next_due=When(
            Where(state=SENT, then=F("answer_by")),
            Where(state__in=(ACCEPTED, IN_PROGRESS), then=F("finish_by")),
            default=None,
            output_field=DateTimeField(),
        )
    )
    if overdue:
        found = found.filter(next_due__lte=at)
    return found.select_related("owner", "receiver", "place").order_by(
        F("next_due").asc(nulls_last=True), "-sent_at", "-id"
    )


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the reader's agency sees of one case: the lead all that is the lead's, a supporting one its own and what is shared."""

    case: Case
    is_lead: bool
    joined: CaseAgency | None
    may_act: bool
    tasks: list[CaseTask]
    notes: list[CaseNote]
    agencies: list[CaseAgency]
    milestones: list[CaseMilestone]
    classifications: list[CaseClassification]
    persons: list[CasePerson]
    role_changes: list[RoleChange]
    goods: list[CaseObject]
    referrals: list[Any]

    def shows(self, group: str) -> bool:
        """Tell whether a group of the case's fields is shown as it stands."""
        return shows(self.case, group)


def shows(case: Case, group: str) -> bool:
    """Tell whether a group of the case's fields is shown as it stands."""
    return case.release is None or case.release.release_of(group) == FULL


def workspace(case: Case, actor: Actor, *, at: datetime) -> Workspace:
    """Return what the actor's agency sees of a case that came through the gate."""
    is_lead = case.owner_id == actor.agency
    joined = CaseAgency.objects.filter(case=case.pk, agency=actor.agency, left_at__isnull=True).first()
    is_member = is_lead or joined is not None
    own = Q(agency=actor.agency)
    from_lead = Q(agency=case.owner_id, is_shared=True)
    notes = CaseNote.objects.filter(own | from_lead | (Q(is_shared=True) if is_lead else Q(pk__in=[])), case=case.pk)
    tasks = CaseTask.objects.filter(own | Q(giver=actor.agency), case=case.pk)
    has_people = is_on(MODULE, at=at)
    persons = list(people_of(case, actor).prefetch_related("best_interests")) if has_people else []
    for person in persons:
        person.case = case  # as it is shown
    referrals = (
        Referral.objects.visible_to(actor, at=at).filter(case=case.pk)
        if is_lead and has_people
        else Referral.objects.none()
    )
    return Workspace(
        case=case,
        is_lead=is_lead,
        joined=joined,
        may_act=is_member and CASES in actor.acts,
        tasks=list(tasks.select_related("agency", "giver", "officer")) if is_member else [],
        notes=list(notes.select_related("agency")) if is_member else [],
        agencies=_with(case.agencies.all(), "agency"),
        milestones=list(case.milestones.all()),
        classifications=_with(case.classifications.all(), "offence", "elements"),
        persons=persons,
        role_changes=list(RoleChange.objects.filter(person__in=persons).select_related("person")) if is_lead else [],
        goods=goods_of(case, actor, is_member=is_member),
        referrals=list(referrals.select_related("receiver")),
    )


def people_of(case: Case, actor: Actor) -> QuerySet[CasePerson]:
    """Return the people of the case to whom they are shown; a list of its own, for each of them leads on to the vault."""
    found = CasePerson.objects.filter(case=case.pk)
    if case.owner_id == actor.agency:
        return found
    return found if shows(case, "persons") else found.none()


def events_of(case: Case) -> list[UUID]:
    """Return the keys of the events that the case is about, where that is shown; each event has a gate of its own."""
    if not shows(case, "origin"):
        return []
    others = CaseEvent.objects.filter(case=case.pk).values_list("event_id", flat=True)
    return [key for key in (case.event_id, *others) if key]


def goods_of(case: Case, actor: Actor, *, is_member: bool) -> list[CaseObject]:
    """Return the objects that are shared; where they are not, those of which the agency was a side of a hand-over."""
    beside = ("holder", "hand_overs__words", "hand_overs__giver", "hand_overs__receiver")
    shown = _with(case.goods.all(), *beside)
    if shown or not is_member:
        return shown
    sides = Q(hand_overs__giver=actor.agency) | Q(hand_overs__receiver=actor.agency)
    own = CaseObject.objects.filter(sides, case=case.pk).distinct()
    return _with(own, *beside)


def _with(rows: Iterable[R], *beside: str) -> list[R]:
    """Return the rows with what stands beside them. Rows of which columns are withheld can only be gone through."""
    found = list(rows)
    prefetch_related_objects(found, *beside)
    return found


def chain_of(thing: CaseObject) -> tuple[list[tuple[HandOver, list[str]]], list[custody.Gap], str]:
    """Return the hand-overs of an object with the sides that confirmed each, the gaps, and who holds it now."""
    made = list(thing.hand_overs.all())
    confirmed = [[word.side for word in one.words.all()] for one in made]
    handings = [
        custody.Handing(holder_name(one.giver, one.giver_body), holder_name(one.receiver, one.receiver_body), one.at, one.quantity, frozenset(sides))
        for one, sides in zip(made, confirmed, strict=True)
    ]  # fmt: skip
    first = str(thing.holder)
    gaps = custody.gaps(first, thing.taken_at, thing.quantity, handings)
    return list(zip(made, confirmed, strict=True)), gaps, custody.holder_of(first, handings)


def holder_name(agency: Agency | None, body: str) -> str:
    """Return what a holder is called."""
    return str(agency) if agency is not None else body


def reached(case_milestones: Iterable[CaseMilestone]) -> list[milestones.Reached]:
    """Return the milestones that count, as the rules read them."""
    return [milestones.Reached(one.code, one.on) for one in case_milestones if one.withdrawn_at is None]


def elements_open_in(classification: CaseClassification, *, has_child_victims: bool) -> tuple[str, ...]:
    """Return the elements of an allegation that nobody has spoken to yet, as the case is known now."""
    stated = {one.element for one in classification.elements.all()}
    return offences.elements_open(classification.offence_id, stated, is_child=has_child_victims)


def services_near(place: Place | None, *, service: str = "", is_child: bool = False) -> list[services.ServiceRow]:
    """Return the directory's rows for a place and all that it lies in; without a place those of the whole country."""
    codes = {"ID"}
    if place is not None:
        codes |= set(PlaceAncestor.objects.filter(descendant=place).values_list("ancestor__code", flat=True))
    return services.services_at(codes, service=service, is_child=is_child)


def askable_agencies(*, country: str, but: str = "") -> QuerySet[Agency]:
    """Return the agencies that can support a case or receive a referral: of the country, and international ones."""
    found = Agency.objects.filter(country__in=(country, NO_STATE), is_active=True, is_forum=False)
    on_duty = Posting.objects.filter(agency=OuterRef("pk"), ended_at__isnull=True, officer__is_active=True)
    return found.exclude(kind__in=NEVER_ASKED).exclude(pk=but).annotate(is_staffed=Exists(on_duty)).order_by("name")


def officers_of(agency: str) -> QuerySet[Officer]:
    """Return the officers on duty at the agency."""
    serving = Posting.objects.filter(agency=agency, ended_at__isnull=True)
    return Officer.objects.filter(pk__in=serving.values("officer"), is_active=True).order_by("full_name", "username")
