"""What is made of rows that others gave: under what these came, and to whom it may be given on (R10)."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from kentongan.kit.periods import civil_day

from .access import GRANTED, JUDGED, is_plainly_whole, judge_all, note_decisions
from .bodies import Hierarchy
from .facts import Actor, ClauseFacts, Decision
from .in_force import facts_of, onward_refs
from .models import Clause, Grant

if TYPE_CHECKING:
    from .models import ProtectedRow

Came = tuple[str, str]
"""Under what a row came (the reference of a clause, or of the deed that granted it), and from which agency; the agency
is blank where only the row itself still says that it came."""

AT_ONCE = 5000


def came_under(
    model: "type[ProtectedRow]", keys: Sequence[UUID], actor: Actor, *, at: datetime, facts: Mapping[str, object]
) -> dict[UUID, frozenset[Came]]:
    """Return under what each of these rows came that is not simply the agency's own or that of one below it.

    How many came under each clause stands in the trail, with the facts given.
    """
    found: dict[UUID, frozenset[Came]] = {}
    decisions: list[Decision] = []
    own = Q(owner=actor.agency, agreement_ref="")
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        rows = list(model._base_manager.filter(~own, pk__in=some).only(*JUDGED))
        others = [row for row in rows if not is_plainly_whole(row, actor)]
        judged = judge_all(actor, others, at=at) if others else {}
        decisions += judged.values()
        for row in rows:
            came = _came(row, judged.get(row.pk))
            if came:
                found[row.pk] = came
    note_decisions(decisions, of=model, by=actor, at=at, facts=facts)
    return found


def _came(row: Any, decision: Decision | None) -> frozenset[Came]:
    """Return under what a row came: by what it is shown, and under what its owner has it; without a decision only that."""
    before = {(row.agreement_ref, "")} if row.agreement_ref else set()
    if decision is None:
        return frozenset(before)
    refs = {*decision.clauses, *(r.removeprefix(GRANTED) for r in decision.reasons if r.startswith(GRANTED))}
    return frozenset({(ref, row.owner_id) for ref in refs or {row.ref}} | before)  # its own, that nothing lets go on


def strictest(refs: Iterable[str], *, at: datetime) -> str:
    """Return the one of the references that binds most: whose clause does not let go on, then which lets keep the least.

    Blank for none. A row carries it as what it came under.
    """
    known = set(refs)
    if not known:
        return ""
    onward = onward_refs(at)
    limited = Clause.objects.filter(retention_days__isnull=False).values_list("pk", "retention_days")
    kept = {f"clause:{pk}": days for pk, days in limited}
    return min(known, key=lambda ref: (ref in onward, kept.get(ref) or math.inf, ref))


def came_with(row: "ProtectedRow", counted: Iterable[Iterable[str]] = ()) -> frozenset[Came]:
    """Return under what a row came, or what is counted in it."""
    came = frozenset((under, owner) for under, owner in counted)
    return came or (frozenset({(row.agreement_ref, "")}) if row.agreement_ref else frozenset())


def held_back(came: Collection[Came], *, to: str, at: datetime) -> frozenset[Came]:
    """Return those of the sources because of which nothing made of them may be given to the agency.

    A source lets go on to anybody if its clause says so, and always back to whoever gave it, those whom the giver answers
    to, and those who were given the same by the same clause.
    """
    if not came:
        return frozenset()
    hierarchy, onward, clauses = Hierarchy(civil_day(at)), onward_refs(at), _clauses({under for under, _owner in came})
    body = hierarchy.body_of(to)

    def may_go(under: str, owner: str) -> bool:
        clause = clauses.get(under)
        if under in onward or (owner and (to == owner or to in hierarchy.body_of(owner).above)):
            return True
        if clause is None:
            return False
        has_it_too = clause.receiver.covers(body) and clause.is_in_force(at) and not clause.conditions
        return has_it_too or (not owner and clause.giver.covers(body))

    return frozenset((under, owner) for under, owner in came if not may_go(under, owner))


def end_grants_held_back(row: "ProtectedRow", came: Collection[Came], *, at: datetime) -> list[str]:
    """The row is no longer open by grants to agencies that what is now in it may not go to; return these."""
    standing = Grant.objects.filter(record=row.pk, valid_from__lt=at).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=at)
    )
    agencies = set(standing.exclude(cause=Grant.Cause.BREAK_GLASS).values_list("agency_id", flat=True))
    closed = sorted(agency for agency in agencies if held_back(came, to=agency, at=at))
    standing.exclude(cause=Grant.Cause.BREAK_GLASS).filter(agency__in=closed).update(valid_to=at)
    return closed


def _clauses(refs: Iterable[str]) -> dict[str, ClauseFacts]:
    keys = [ref.removeprefix("clause:") for ref in refs if ref.startswith("clause:")]
    return {clause.ref: clause for clause in facts_of(Clause.objects.filter(pk__in=keys, approved_at__isnull=False))}
