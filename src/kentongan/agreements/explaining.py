"""Who sees a record and by which clause; what of it a reader got; what would be needed where it was refused.

Nothing here decides. Each agency with officers on duty is put to the gate's own rule as a reader, with one clause at a time,
and the answer is kept with the clause that gave it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from kentongan.agencies.models import Agency, Posting
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.kit.periods import civil_day

from .access import SYSTEM_ROLE, facts_of, role_table, supervised_categories
from .bodies import Hierarchy
from .counting import as_counting
from .facts import FULL, Actor, ClauseFacts, Decision, GrantFacts, Row, most_released
from .fields import FieldGroup, field_groups
from .in_force import facts_of as clause_facts
from .in_force import onward_refs
from .models import Clause, ConditionMet, Grant, ProtectedRow
from .need import may_break_glass
from .registry import category_of
from .rules import CLOSED_KINDS, decide


@dataclass(frozen=True, slots=True)
class Reader:
    """An agency whose officers see the record, with the roles of those on duty that cover it."""

    agency: Agency
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """A group of fields and how it is released."""

    group: FieldGroup
    how: str


@dataclass(frozen=True, slots=True)
class Opening:
    """One reason for which agencies see the record: supervision, a clause, a grant, or a clause of counts."""

    cause: str  # owner, supervision, clause, counts, or a grant's cause
    readers: tuple[Reader, ...]
    released: tuple[Released, ...] = ()  # empty: the whole record, or with a clause of counts nothing of it
    until: datetime | None = None
    clause: Clause | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class ReleasedPart:
    """What of a record its reader got, what it did not get, by which clauses and grants."""

    released: tuple[Released, ...]
    withheld: tuple[FieldGroup, ...]
    clauses: tuple[tuple[Clause, datetime | None], ...]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """What would have to be so that an agency's officer sees rows of a category. It follows from the reader alone."""

    category: str
    role_reads: bool
    purposes_elsewhere: tuple[str, ...]  # other purposes for which the agency has clauses of this category
    has_clauses: bool  # for the stated purpose
    is_closed_kind: bool
    may_break_glass: bool


def may_see_readers(actor: Actor, row: ProtectedRow) -> bool:
    """Return whether the actor acts for the record's owner or supervises it: nobody else learns who sees it."""
    return row.owner_id == actor.agency or (row.owner_id, category_of(type(row))) in actor.supervises


def readers_of(row: ProtectedRow, *, at: datetime) -> tuple[Opening, ...]:
    """Return everybody who would see the record at that instant, each with the reason; the queries do not grow."""
    asked = _Asked(row, at)
    return (*asked.by_place_in_hierarchy(), *asked.by_clauses(), *asked.by_grants())


def agencies_reading(row: ProtectedRow, *, at: datetime) -> frozenset[str]:
    """Return the ids of the agencies other than the owner that would see the record, or a part of it."""
    return frozenset(
        reader.agency.pk
        for opening in readers_of(row, at=at)
        if opening.cause not in ("owner", "counts")
        for reader in opening.readers
    )


def part_of(row: ProtectedRow, actor: Actor, *, at: datetime) -> ReleasedPart:
    """Return what of a partly released record its reader got, and by what."""
    decision = row.release if row.release is not None else Decision(True, is_whole=True)
    groups = field_groups().get(category_of(type(row)), {})
    keys = [ref.partition(":")[2] for ref in decision.clauses]
    clauses = list(Clause.objects.filter(pk__in=keys).select_related("instrument", "giver", "receiver"))
    until = {facts.clause: ends_at(facts, at) for facts in clause_facts(clauses)}
    return ReleasedPart(
        released=tuple(Released(group, how) for name, group in groups.items() if (how := decision.release_of(name))),
        withheld=tuple(group for name, group in groups.items() if not decision.release_of(name)),
        clauses=tuple((clause, until[clause.pk]) for clause in clauses),
        grants=tuple(_standing_grants(row.pk, at).filter(agency_id=actor.agency)),
    )


def needed_for(actor: Actor, category: str, *, at: datetime) -> Needed:
    """Return what this reader would need to see rows of a category. Asks no database: no row is looked at."""
    of_category = [c for c in actor.clauses if c.is_in_force(at) and c.releases.get(category)]
    purposes = {purpose for clause in of_category for purpose in clause.purposes}
    return Needed(
        category=category,
        role_reads=category in actor.reads,
        purposes_elsewhere=() if actor.purpose in purposes else tuple(sorted(purposes)),
        has_clauses=actor.purpose in purposes,
        is_closed_kind=actor.agency_kind in CLOSED_KINDS,
        may_break_glass=may_break_glass(actor, category),
    )


def ends_at(clause: ClauseFacts, at: datetime) -> datetime | None:
    """Return when the period ends in which the clause is in force now; None is open."""
    return next((until for since, until in clause.periods if since <= at and (until is None or at < until)), None)


class _Asked:
    """One record, put to the rule for every agency with officers on duty."""

    def __init__(self, row: ProtectedRow, at: datetime) -> None:
        self._at = at
        self._category = category_of(type(row))
        self._hierarchy = Hierarchy(civil_day(at))
        self._owner = self._hierarchy.body_of(row.owner_id)
        self._readers = _on_duty(self._category)
        self._counters = _on_duty("statistics")
        on_duty = {**self._readers, **self._counters}
        self._actors = {reader.agency.pk: self._as_actor(reader.agency) for reader in on_duty.values()}
        neutral = Actor("", "", "", "", "", bodies={row.owner_id: self._owner})
        self._row = facts_of([row], neutral, at=at)[row.pk]
        self._conditions = _conditions_met(row.pk, at)
        self._whole = {agency for agency, actor in self._actors.items() if self._decide(actor).allowed}

    def by_place_in_hierarchy(self) -> Iterable[Opening]:
        """The owner, and those that the owner answers to."""
        for cause, is_owner in (("owner", True), ("supervision", False)):
            seeing = [a for a in self._readers if a in self._whole and (a == self._row.owner) == is_owner]
            if seeing:
                yield Opening(cause, self._named(seeing))

    def by_clauses(self) -> Iterable[Opening]:
        """Each clause in force that gives something of this record, or only counts it, with those who get it."""
        rows = Clause.objects.filter(approved_at__isnull=False).select_related("instrument", "giver", "receiver")
        known = {clause.pk: clause for clause in rows}
        onward = onward_refs(self._at)
        for facts in clause_facts(known.values()):
            if not facts.is_in_force(self._at) or self._category not in facts.counts:
                continue
            until, clause = ends_at(facts, self._at), known[facts.clause]
            given: dict[str, Mapping[str, str]] = {}
            for agency, reader in self._under(facts, onward, self._readers):
                if (decision := self._decide(reader)).allowed:
                    given[agency] = decision.fields
            if given:
                released = self._released(most_released(given.values()))
                yield Opening("clause", self._named(given), released, until, clause)
            counting = [
                agency
                for agency, reader in self._under(facts, onward, self._counters)
                if agency not in given and self._decide(self._as_counting(agency, reader)).allowed
            ]
            if counting:
                yield Opening("counts", self._named(counting, self._counters), (), until, clause)

    def _as_counting(self, agency: str, reader: Actor) -> Actor:
        """Return the agency as its officers on duty count: where none of them reads the rows, a clause of rows gives their number."""
        reads = reader.reads if agency in self._readers else frozenset()
        return as_counting(replace(reader, reads=reads), self._category)

    def _under(
        self, clause: ClauseFacts, onward: frozenset[str], readers: Mapping[str, Reader]
    ) -> Iterable[tuple[str, Actor]]:
        """Yield who stands on the clause's receiving side, as a reader with this one clause, unless it sees the whole anyway.

        The two sides are looked at first only because most agencies stand on neither; the rule asks again.
        """
        if not clause.giver.covers(self._owner):
            return
        for agency in readers:
            actor = self._actors[agency]
            if actor.body is not None and clause.receiver.covers(actor.body) and agency not in self._whole:
                yield agency, replace(actor, clauses=(clause,), onward=onward, purpose=min(clause.purposes, default=""))

    def by_grants(self) -> Iterable[Opening]:
        """Each grant that stands, if the rule lets its agency look; one under clauses as long as one of these serves."""
        standing = list(_standing_grants(self._row.record, self._at).select_related("agency"))
        named = {ref.removeprefix("clause:") for grant in standing for ref in grant.under}
        clauses = clause_facts(Clause.objects.filter(pk__in=named, approved_at__isnull=False)) if named else ()
        for grant in standing:
            actor = self._actors[grant.agency_id] if grant.agency_id in self._readers else None
            facts = GrantFacts(
                grant.record,
                grant.agency_id,
                grant.valid_from,
                grant.valid_to,
                grant.because,
                frozenset(grant.fields),
                frozenset(grant.under),
            )
            if actor is None or grant.agency_id == self._row.owner or not self._opens(facts, actor, clauses):
                continue
            released = self._released(dict.fromkeys(grant.fields, FULL))
            readers = self._named([grant.agency_id])
            yield Opening(grant.cause, readers, released, grant.valid_to, because=grant.because)

    def _opens(self, grant: GrantFacts, actor: Actor, clauses: Iterable[ClauseFacts]) -> bool:
        under = [clause for clause in clauses if clause.ref in grant.under]
        asking = (
            [replace(actor, clauses=(c,), purpose=p) for c in under for p in c.purposes] if grant.under else [actor]
        )
        return any(self._decide(one, grant).allowed for one in asking)

    def _decide(self, actor: Actor, *grants: GrantFacts) -> Decision:
        conditions = self._conditions.get("", frozenset()) | self._conditions.get(actor.agency, frozenset())
        row: Row = replace(self._row, conditions=conditions)
        return decide(actor, row, grants, at=self._at)

    def _as_actor(self, agency: Agency) -> Actor:
        body = self._hierarchy.body_of(agency.pk)
        is_above = agency.pk in self._owner.above and self._category in supervised_categories()
        return Actor(
            officer="",
            agency=agency.pk,
            agency_kind=agency.kind,
            role="",
            purpose="",
            reads=frozenset({self._category}),
            supervises=frozenset({(self._owner.agency, self._category)}) if is_above else frozenset(),
            body=body,
            bodies={self._owner.agency: self._owner},
        )

    def _named(self, agencies: Iterable[str], among: Mapping[str, Reader] | None = None) -> tuple[Reader, ...]:
        readers = among if among is not None else self._readers
        return tuple(sorted((readers[agency] for agency in agencies), key=lambda one: one.agency.name))

    def _released(self, fields: Mapping[str, str]) -> tuple[Released, ...]:
        groups = field_groups().get(self._category, {})
        return tuple(Released(group, fields[name]) for name, group in groups.items() if name in fields)


def _on_duty(category: str) -> dict[str, Reader]:
    """Return the agencies in which somebody serves whose role reads the category."""
    reading = [role for role, may in role_table().items() if may.get(category, (False,))[0] and role != SYSTEM_ROLE]
    postings = Posting.objects.filter(
        ended_at__isnull=True, role__in=reading, officer__is_active=True, agency__is_active=True
    )
    roles: dict[str, set[str]] = defaultdict(set)
    for agency, role in postings.values_list("agency_id", "role"):
        roles[agency].add(role)
    agencies = Agency.objects.in_bulk(roles)
    return {
        pk: Reader(agencies[pk], tuple(str(ROLE_LABELS.get(role, role)) for role in sorted(of)))
        for pk, of in roles.items()
    }


def _conditions_met(record: UUID, at: datetime) -> dict[str, frozenset[str]]:
    """Return the conditions that stand for the record, by the agency they are towards; blank is any."""
    standing: dict[str, set[str]] = defaultdict(set)
    for receiver, condition in ConditionMet.objects.filter(_stands(at), record=record).values_list(
        "receiver_id", "condition"
    ):
        standing[receiver or ""].add(condition)
    return {receiver: frozenset(conditions) for receiver, conditions in standing.items()}


def _standing_grants(record: UUID, at: datetime) -> models.QuerySet[Grant]:
    return Grant.objects.filter(_stands(at), record=record).order_by("valid_from", "id")


def _stands(at: datetime) -> Any:
    return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
