"""Whom and what an officer may have compared, and see linked: people and things of the cases that the gate opens."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kentongan.agreements.facts import Actor
from kentongan.agreements.modules import is_on
from kentongan.agreements.registry import on_refugees
from kentongan.cases import queries
from kentongan.cases.models import Case, CaseObject, CasePerson, RoleChange
from kentongan.cases.rules import MODULE as CASES_MODULE
from kentongan.vault.comparing import comparable
from kentongan.vault.rules import MODULE as VAULT_MODULE

from .rules import PERSON, THING, Compared, may_be_compared


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something of a case that this officer may see, and have compared."""

    kind: str
    key: UUID
    case: Any
    row: Any

    @property
    def label(self) -> str:
        """The pseudonym, or what the thing is called in its case."""
        return self.row.pseudonym if self.kind == PERSON else str(self.row.what)


def subjects(actor: Actor, *, at: datetime, only: Collection[UUID] | None = None) -> dict[UUID, Subject]:
    """Return by key the people and things of all cases open to the actor that it may have compared; `only` asks for these."""
    cases = _cases(actor, at, only)
    closed = _on_refugees(cases)
    if closed and not may_be_compared(Compared(frozenset(), "", True), purpose=actor.purpose, role=actor.role):
        cases = [case for case in cases if case.pk not in closed]
    found = [*_persons(cases, closed, actor, at), *_things(cases, actor)]
    return {one.key: one for one in found if only is None or one.key in only}


def of_case(case: Any, actor: Actor, *, at: datetime) -> dict[UUID, Subject]:
    """Return the people and things of one case that came through the gate, as far as the actor may have them compared."""
    closed = _on_refugees([case])
    if closed and not may_be_compared(Compared(frozenset(), "", True), purpose=actor.purpose, role=actor.role):
        return {}
    return {one.key: one for one in (*_persons([case], closed, actor, at), *_things([case], actor))}


def _cases(actor: Actor, at: datetime, only: Collection[UUID] | None) -> list[Any]:
    found = Case.objects.visible_to(actor, at=at)
    if only is not None:
        named = {*CasePerson.objects.filter(pk__in=only).values_list("case_id", flat=True)}
        named |= {*CaseObject.objects.filter(pk__in=only).values_list("case_id", flat=True)}
        found = found.filter(pk__in=named)
    return list(found.select_related("owner"))


def _on_refugees(cases: Sequence[Any]) -> set[UUID]:
    """Return the cases on refugees or asylum-seekers, by what is stored of them and of what they are about."""
    found = Case.objects.filter(on_refugees(Case), pk__in=[case.pk for case in cases])
    return set(found.values_list("pk", flat=True))


def _persons(cases: Iterable[Any], closed: Collection[UUID], actor: Actor, at: datetime) -> list[Subject]:
    if not (is_on(CASES_MODULE, at=at) and is_on(VAULT_MODULE, at=at)):
        return []
    shown = {case.pk: case for case in cases if case.owner_id == actor.agency or queries.shows(case, "persons")}
    known = CasePerson.objects.filter(case__in=list(shown), identity__in=comparable(actor, at=at).values("pk"))
    rows = list(known)
    had: dict[UUID, set[str]] = defaultdict(set)
    changes = RoleChange.objects.filter(person__in=[one.pk for one in rows], state=RoleChange.State.DONE)
    for person, was, becomes in changes.values_list("person_id", "from_role", "to_role"):
        had[person] |= {was, becomes}
    found = []
    for one in rows:
        roles = frozenset({one.role, one.first_role, *had[one.pk]})
        somebody = Compared(roles, one.age, one.case_id in closed)
        if may_be_compared(somebody, purpose=actor.purpose, role=actor.role):
            found.append(Subject(PERSON, one.pk, shown[one.case_id], one))
    return found


def _things(cases: Iterable[Any], actor: Actor) -> list[Subject]:
    """Return the things of the own cases in one read, of others' cases as far as each shows them."""
    own = {case.pk: case for case in cases if case.owner_id == actor.agency}
    found = [Subject(THING, one.pk, own[one.case_id], one) for one in CaseObject.objects.filter(case__in=list(own))]
    for case in cases:
        if case.pk not in own:
            is_member = any(one.agency_id == actor.agency and one.left_at is None for one in case.agencies.all())
            found += [Subject(THING, one.pk, case, one) for one in queries.goods_of(case, actor, is_member=is_member)]
    return found
