"""The rule of rules.py as a filter over a table: own, supervised, covered by clauses, granted, minus the firewalls.

Clauses are not OR-ed. Those that serve a reader are written out once as a set: the owners that each reaches and the
roots of its territory (`ClauseSet`, `ClauseReach`, found again by a digest of all that they follow from). The filter asks
with one key whether a row's owner and one of the units that its place lies in are written there.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q

from .facts import FULL, Actor, Body, ClauseFacts
from .registry import KindLink, category_of, kinds_of
from .rules import CLOSED_KINDS, UNSETTLED_ORIGINS, VAULT, is_foreign, may_cross, serves

Wanted = Callable[[ClauseFacts], bool]


def visible(actor: Actor, model: type[models.Model], *, at: datetime) -> Q:
    """Return the filter for the rows that the rule shows this actor at that instant, in part or whole."""
    return _behind_walls(actor, model, _routes(actor, model, lambda _clause: True, at=at) | _granted(actor, at))


def visible_with(actor: Actor, model: type[models.Model], groups: frozenset[str], *, at: datetime) -> Q:
    """Return the filter for the rows of which the rule shows all these groups of fields exactly as they stand."""
    category = category_of(model)

    def is_wanted(clause: ClauseFacts) -> bool:
        return all(clause.releases[category].get(group) == FULL for group in groups)

    return _behind_walls(actor, model, _routes(actor, model, is_wanted, at=at) | _granted(actor, at, fields=[]))


def shows_parts(actor: Actor, category: str, *, at: datetime) -> bool:
    """Return whether this actor may meet rows of the category of which it sees only some fields."""
    fielded = _standing_grants(actor, at).filter(category=category).exclude(fields=[])
    return any(serves(clause, actor, category, at=at) for clause in actor.clauses) or fielded.exists()


def _behind_walls(actor: Actor, model: type[models.Model], of_others: Q) -> Q:
    category = category_of(model)
    if category not in actor.reads:
        return Q(pk__in=[])
    own = Q(owner_id=actor.agency)
    if is_foreign(actor):
        settled = Q(_LacksAny(F("origins"), states=[actor.state, *sorted(UNSETTLED_ORIGINS)])) & ~Q(origins=[])
        own &= ~Q(handling="protected") | settled
    if actor.agency_kind in CLOSED_KINDS and category != "alerts":
        return own
    return own if category in VAULT else own | (of_others & ~Q(handling="protected"))


def _routes(actor: Actor, model: type[models.Model], is_wanted: Wanted, *, at: datetime) -> Q:
    """Return the filter for what supervision and clauses show."""
    if actor.agency_kind in CLOSED_KINDS:
        return Q(pk__in=[])
    category = category_of(model)
    supervised = [agency for agency, of in actor.supervises if of == category]
    found = Q(owner_id__in=supervised) if supervised else Q(pk__in=[])
    served = [c for c in actor.clauses if serves(c, actor, category, at=at) and is_wanted(c)]
    for (kinds, conditions), clauses in _alike(served).items():
        covered = _covered(actor, clauses, at=at) & _on_conditions(actor, conditions, at) & _onward(actor)
        found |= covered & _of_kinds(kinds_of(model), kinds)
    return found


def _granted(actor: Actor, at: datetime, **only: Any) -> Q:
    return Q(Exists(_standing_grants(actor, at).filter(record=OuterRef("pk"), **only)))


def _standing_grants(actor: Actor, at: datetime) -> models.QuerySet[Any]:
    grants = apps.get_model("agreements", "Grant").objects.filter(agency_id=actor.agency, valid_from__lte=at)
    return grants.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def _alike(clauses: Iterable[ClauseFacts]) -> dict[tuple[frozenset[str], frozenset[str]], list[ClauseFacts]]:
    """Return the clauses that limit kinds alike and ask for the same conditions, together: each group is one test."""
    groups: dict[tuple[frozenset[str], frozenset[str]], list[ClauseFacts]] = defaultdict(list)
    for clause in clauses:
        groups[clause.kinds, clause.conditions].append(clause)
    return groups


def _of_kinds(link: KindLink | None, kinds: frozenset[str]) -> Q:
    if not kinds:
        return Q()
    return link.of_any(kinds) if link else Q(pk__in=[])


def _on_conditions(actor: Actor, conditions: frozenset[str], at: datetime) -> Q:
    found = Q()
    for condition in sorted(conditions):
        standing = apps.get_model("agreements", "ConditionMet").objects.filter(
            record=OuterRef("pk"), condition=condition, valid_from__lte=at
        )
        standing = standing.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))
        found &= Q(Exists(standing.filter(Q(receiver__isnull=True) | Q(receiver_id=actor.agency))))
    return found


def _onward(actor: Actor) -> Q:
    return Q(agreement_ref="") | Q(agreement_ref__in=sorted(actor.onward)) if actor.onward else Q(agreement_ref="")


def _covered(actor: Actor, clauses: list[ClauseFacts], *, at: datetime) -> Q:
    reach = [
        (clause, body.agency) for body in actor.bodies.values() for clause in clauses if _gives(clause, body, actor)
    ]
    if not reach:
        return Q(pk__in=[])
    has_exceptions = any(clause.territory.exceptions for clause in clauses)
    return Q(_Reached(F("owner_id"), F("place_id"), clause_set=_written_out(reach, at), has_exceptions=has_exceptions))


def _gives(clause: ClauseFacts, body: Body, actor: Actor) -> bool:
    return clause.giver.covers(body) and may_cross(clause, body, actor)


def _written_out(reach: list[tuple[ClauseFacts, str]], at: datetime) -> int:
    """Return the key of the set that writes this reach out; it is written the first time that somebody needs it."""
    clause_sets = apps.get_model("agreements", "ClauseSet").objects
    digest = _digest(reach)
    known = clause_sets.filter(digest=digest).values_list("pk", flat=True).first()
    if known is not None:
        return int(known)
    with transaction.atomic():
        clause_set, is_new = clause_sets.get_or_create(digest=digest, defaults={"made_at": at})
        if is_new:
            rows = apps.get_model("agreements", "ClauseReach")
            rows.objects.bulk_create(
                rows(clause_set=clause_set, owner_id=owner, root_id=root, clause_id=clause.clause)
                for clause, owner in reach
                for root in ([None] if clause.territory.is_everywhere else sorted(clause.territory.roots))
            )
    return int(clause_set.pk)


def _digest(reach: list[tuple[ClauseFacts, str]]) -> str:
    facts = sorted(
        [
            clause.clause.hex,
            owner,
            clause.territory.is_everywhere,
            sorted(clause.territory.roots),
            sorted(clause.territory.exceptions),
        ]
        for clause, owner in reach
    )
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class _Reached(Func):
    """Whether a row's owner, and a unit that its place lies in, are written in a set of clauses."""

    output_field = models.BooleanField()
    arity = 2
    _TEST = (
        "EXISTS (SELECT 1 FROM agreements_clausereach cr WHERE cr.clause_set_id = %s"
        " AND cr.owner_id = {owner} AND (cr.root_id IS NULL OR {inside}){excepted})"
    )
    _INSIDE = (
        "EXISTS (SELECT 1 FROM places_placeancestor pa WHERE pa.descendant_id = %(place)s AND pa.ancestor_id = {root})"
    )
    _EXCEPTED = (
        " AND NOT EXISTS (SELECT 1 FROM agreements_clause_exceptions ex WHERE ex.clause_id = cr.clause_id"
        " AND (%(place)s IS NULL OR EXISTS (SELECT 1 FROM places_placeancestor xa"
        " WHERE xa.descendant_id = %(place)s AND xa.ancestor_id = ex.place_id)))"
    )

    def __init__(self, *expressions: Any, clause_set: int, has_exceptions: bool) -> None:
        super().__init__(*expressions)
        self.clause_set = clause_set
        self.has_exceptions = has_exceptions

    def as_sql(self, compiler: Any, connection: Any, *_more: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the correlated test; both columns are plain, so they carry no parameters."""
        (owner, _), (place, _) = (compiler.compile(expression) for expression in self.source_expressions)
        inside = self._INSIDE.format(root="cr.root_id") % {"place": place}
        excepted = self._EXCEPTED % {"place": place} if self.has_exceptions else ""
        return self._TEST.format(owner=owner, inside=inside, excepted=excepted), [self.clause_set]


class _LacksAny(Func):
    """Whether a JSON list holds none of the given texts."""

    output_field = models.BooleanField()
    arity = 1

    def __init__(self, *expressions: Any, states: list[str]) -> None:
        super().__init__(*expressions)
        self.states = states

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the test for SQLite, which unfolds the list."""
        ((column, _),) = (compiler.compile(expression) for expression in self.source_expressions)
        marks = ", ".join(["%s"] * len(self.states))
        return f"NOT EXISTS (SELECT 1 FROM json_each({column}) o WHERE o.value IN ({marks}))", list(self.states)  # noqa: S608 - a column and marks

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the test for PostgreSQL."""
        ((column, _),) = (compiler.compile(expression) for expression in self.source_expressions)
        return f"NOT ({column} ?| %s)", [list(self.states)]
