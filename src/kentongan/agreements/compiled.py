"""The rule of rules.py as a filter over a table: own, supervised, covered by clauses, granted, minus the firewalls.

Clauses are not OR-ed. Those that serve a reader are written out once as a set: for each owner, the spans of place keys
that it reaches (`ClauseSet`, `ClauseReach`, found again by a digest of all that they follow from). For a row, the filter
asks with one key whether its place lies in a span of its owner.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, F, Func, Max, OuterRef, Q
from django.utils import timezone

from .facts import FULL, Actor, Body, ClauseFacts, Side
from .fields import what_is_always_told
from .registry import KindLink, about, category_of, kinds_of
from .rules import CLOSED_KINDS, RAW, UNSETTLED_ORIGINS, VAULT, is_foreign, may_cross, serves
from .spans import EVERY_PLACE, EVERYWHERE, UNKNOWN, Run, edges_of, runs_of, spans_of, union, without

Wanted = Callable[[ClauseFacts], bool]
Alike = tuple[frozenset[str], frozenset[str]]
"""The kinds and the conditions that some clauses have in common."""

Reach = Mapping[str, list[ClauseFacts]]
"""The clauses that give of each owner."""

_EVERY_KIND = ""
"""Stands for the kinds that a clause without any gives."""

SET_LIFE = timedelta(days=30)
"""How long a written-out set is asked for at most: then every set gets another name and is written out anew."""


def visible(actor: Actor, model: type[models.Model], *, at: datetime) -> Q:
    """Return the filter for the rows that the rule shows this actor at that instant, in part or whole."""
    return _behind_walls(
        actor, model, _routes(actor, model, lambda _clause: True, at=at) | _granted(actor, category_of(model), at)
    )


def visible_with(actor: Actor, model: type[models.Model], groups: frozenset[str], *, at: datetime) -> Q:
    """Return the filter for the rows of which the rule shows all these groups of fields exactly as they stand.

    One clause may give one group and a grant another; groups that the same clauses give are one test.
    """
    category = category_of(model)
    asked = sorted(groups - what_is_always_told(category))
    if not asked:
        return visible(actor, model, at=at)
    givers: dict[frozenset[UUID], list[str]] = defaultdict(list)
    for group in asked:
        gives = (c.clause for c in actor.clauses if c.releases.get(category, {}).get(group) == FULL)
        givers[frozenset(gives)].append(group)

    def test(of: frozenset[UUID], together: list[str]) -> Q:
        return _routes(actor, model, lambda clause: clause.clause in of, at=at) | _granted(
            actor, category, at, together
        )

    return _behind_walls(actor, model, reduce(and_, (test(of, together) for of, together in givers.items()), Q()))


def shows_parts(actor: Actor, category: str, *, at: datetime) -> bool:
    """Return whether this actor may meet rows of the category of which it sees only some fields."""
    if serving(actor, category, at=at):
        return True
    return _standing_grants(actor, category, at).exclude(fields=[]).exists()


def serving(actor: Actor, category: str, *, at: datetime) -> tuple[ClauseFacts, ...]:
    """Return the clauses that serve this actor for rows of the category."""
    return tuple(clause for clause in actor.clauses if serves(clause, actor, category, at=at))


def giving(actor: Actor, category: str, *, at: datetime) -> tuple[ClauseFacts, ...]:
    """Return the clauses by which rows of others may come to this actor at all, firewalls and its role weighed."""
    is_open = category in actor.reads and not _sees_own_only(actor, category) and actor.agency_kind not in CLOSED_KINDS
    return serving(actor, category, at=at) if is_open else ()


def opened_in_need(actor: Actor, category: str, *, at: datetime) -> list[str]:
    """Return the references of the broken glasses by which a row of the category is open to the actor's agency now."""
    in_need = _standing_grants(actor, category, at).filter(cause="break_glass").order_by("because")
    return list(in_need.values_list("because", flat=True).distinct())


def _sees_own_only(actor: Actor, category: str) -> bool:
    is_closed = actor.agency_kind in CLOSED_KINDS and category != "alerts"
    return is_closed or category in VAULT or (category in RAW and is_foreign(actor))


def _behind_walls(actor: Actor, model: type[models.Model], of_others: Q) -> Q:
    category = category_of(model)
    if category not in actor.reads:
        return Q(pk__in=[])
    own = Q(owner_id=actor.agency)
    if _sees_own_only(actor, category):
        found = own
    else:
        open_to_others = ~Q(handling="protected") & ~about(model, lambda path: Q(**{f"{path}handling": "protected"}))
        found = own | (open_to_others & of_others)
    return found & _settled(actor, model) if is_foreign(actor) else found


def _settled(actor: Actor, model: type[models.Model]) -> Q:
    """Return the filter for rows that speak of nobody from the reader's state: of no refugees, or of origins that are known."""
    told = [actor.state, *sorted(UNSETTLED_ORIGINS)]

    def speaks(path: str) -> Q:
        lacks = Q(_HoldsNone(F(f"{path}origins"), of=told))
        return Q(**{f"{path}handling": "protected"}) & (Q(**{f"{path}origins": []}) | ~lacks)

    itself = (~Q(handling="protected") & Q(origins=[])) | (Q(_HoldsNone(F("origins"), of=told)) & ~Q(origins=[]))
    return itself & ~about(model, speaks)


def _routes(actor: Actor, model: type[models.Model], is_wanted: Wanted, *, at: datetime) -> Q:
    """Return the filter for what supervision and clauses show."""
    if actor.agency_kind in CLOSED_KINDS:
        return Q(pk__in=[])
    category = category_of(model)
    supervised = [agency for agency, of in actor.supervises if of == category]
    found = Q(owner_id__in=supervised) if supervised else Q(pk__in=[])
    served = [c for c in serving(actor, category, at=at) if is_wanted(c)]
    reaches = {alike: reach for alike, clauses in _alike(served).items() if (reach := _reach(actor, clauses))}
    for (kinds, conditions), clause_set in _written_out(reaches).items():
        covered = Q(_Reached(F("owner_id"), F("place_id"), clause_set=clause_set))
        covered &= _on_conditions(actor, conditions, at) & _onward(actor)
        found |= covered & _of_kinds(kinds_of(model), kinds)
    return found


def _granted(actor: Actor, category: str, at: datetime, groups: Iterable[str] = ()) -> Q:
    """Return the filter for rows of which a grant shows anything, or these groups."""
    standing = _standing_grants(actor, category, at)
    for group in groups:
        standing = standing.filter(Q(fields=[]) | ~Q(_HoldsNone(F("fields"), of=[group])))
    return Q(pk__in=standing.values("record"))


def _standing_grants(actor: Actor, category: str, at: datetime) -> models.QuerySet[Any]:
    grants = apps.get_model("agreements", "Grant").objects.filter(agency_id=actor.agency, category=category)
    refs = [clause.ref for clause in serving(actor, category, at=at)]
    needs_none = Q(under=[])
    grants = grants.filter(needs_none | ~Q(_HoldsNone(F("under"), of=refs)) if refs else needs_none, valid_from__lte=at)
    return grants.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def _alike(clauses: Iterable[ClauseFacts]) -> Mapping[Alike, list[ClauseFacts]]:
    """Return the clauses that limit kinds alike and ask for the same conditions, together: each group is one test.

    Where clauses name the same few kinds in ever other sets, they are grouped by the kinds themselves, and a clause for
    two kinds stands in two groups: so there are never more groups than kinds, however many clauses there are.
    """
    by_set: dict[Alike, list[ClauseFacts]] = defaultdict(list)
    naming: dict[tuple[str, frozenset[str]], list[ClauseFacts]] = defaultdict(list)
    for clause in clauses:
        by_set[clause.kinds, clause.conditions].append(clause)
        for kind in clause.kinds or {_EVERY_KIND}:
            naming[kind, clause.conditions].append(clause)
    together: dict[tuple[frozenset[UUID], frozenset[str]], set[str]] = defaultdict(set)
    for (kind, conditions), named_by in naming.items():
        together[frozenset(c.clause for c in named_by), conditions].add(kind)
    if len(by_set) <= len(together):
        return by_set
    return {
        (frozenset(kinds - {_EVERY_KIND}), conditions): naming[min(kinds), conditions]
        for (_clauses, conditions), kinds in together.items()
    }


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


# --- the reach of clauses ---


def _reach(actor: Actor, clauses: Iterable[ClauseFacts], *, among: Iterable[str] | None = None) -> Reach:
    """Return which of the clauses give of which owners, of all or of these."""
    owners = actor.bodies if among is None else actor.bodies.keys() & set(among)
    standings = _Standings(actor.bodies[owner] for owner in owners)
    reach: dict[str, list[ClauseFacts]] = defaultdict(list)
    for clause in clauses:
        for owner in standings.on_side(clause.giver):
            if may_cross(clause, actor.bodies[owner], actor):
                reach[owner].append(clause)
    return reach


class _Standings:
    """The agencies that stand on a side, found without asking each of them: the same answer as `Side.covers`."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self._as_named: dict[str, set[str]] = defaultdict(set)
        self._below: dict[str, set[str]] = defaultdict(set)
        self._of_state: dict[str, set[str]] = defaultdict(set)
        for body in bodies:
            self._of_state[body.state].add(body.agency)
            for name in (body.agency, *body.forums):
                self._as_named[name].add(body.agency)
            for name in body.above:
                self._below[name].add(body.agency)

    def on_side(self, side: Side) -> set[str]:
        if not side.agency:
            return self._of_state.get(side.state, set()) if side.state else set()
        named = self._as_named.get(side.agency, set())
        return named | self._below.get(side.agency, set()) if side.is_with_below else named


def concerned(actor: Actor, clauses: Iterable[ClauseFacts], owners: Collection[str]) -> dict[str, Actor]:
    """Return for each owner the actor with only those of the clauses that could show something of that owner's rows."""
    reach = _reach(actor, clauses, among=owners)
    return {owner: replace(actor, clauses=tuple(reach.get(owner, ()))) for owner in owners}


def _written_out(reaches: Mapping[Alike, Reach]) -> dict[Alike, int]:
    """Return the keys of the sets that write these reaches out; each is written the first time that somebody needs it."""
    from kentongan.places.models import PlaceAncestor  # noqa: PLC0415 - models must be loaded first

    if not reaches:
        return {}
    newest = PlaceAncestor.objects.aggregate(newest=Max("pk"))["newest"]
    digests = {alike: _digest(reach, gazetteer=newest) for alike, reach in reaches.items()}
    clause_sets = apps.get_model("agreements", "ClauseSet").objects.filter(digest__in=digests.values())
    known = dict(clause_sets.values_list("digest", "pk"))
    return {
        alike: known[digest] if digest in known else _write_out(reaches[alike], digest)
        for alike, digest in digests.items()
    }


def _write_out(reach: Reach, digest: str) -> int:
    clause_sets = apps.get_model("agreements", "ClauseSet").objects
    territories = _territories(reach)
    edges = edges_of(territories.values())
    with transaction.atomic():
        defaults = {"made_at": timezone.now(), "edges": f"{{{','.join(map(str, edges))}}}"}
        clause_set, is_new = clause_sets.get_or_create(digest=digest, defaults=defaults)
        if is_new:
            rows = apps.get_model("agreements", "ClauseReach")
            rows.objects.bulk_create(
                rows(clause_set=clause_set, owner_id=owner, span=span, first=first, end=end)
                for owner, spans in spans_of(territories, edges).items()
                for span, first, end in spans
            )
    return int(clause_set.pk)


def forget_old_sets(*, at: datetime) -> int:
    """The sets that no list can ask for any more are gone; return how many there were.

    A set is asked for by a name that holds for one life only, so that one made two lives ago is in nobody's hands. Even
    if it were, a list that asks for a set that is gone shows fewer rows, never more: keys are not given twice.
    """
    old = apps.get_model("agreements", "ClauseSet").objects.filter(made_at__lt=at - 2 * SET_LIFE)
    if not old.exists():
        return 0
    with transaction.atomic():
        apps.get_model("agreements", "ClauseReach").objects.filter(clause_set__in=old).delete()
        return int(old.delete()[0])


def _digest(reach: Mapping[str, list[ClauseFacts]], *, gazetteer: int | None) -> str:
    """Return the name of a reach: its owners with the territories, and the closure of places that these were read from.

    The closure is rebuilt whole, with new keys, whenever a place is added or moved. The name holds for one life of sets,
    by the clock of the machine and not by the day that is asked about: so it is known when nobody uses the set any more.
    """
    life = timezone.now().timestamp() // SET_LIFE.total_seconds()
    numbers: dict[tuple[bool, frozenset[int], frozenset[int]], int] = {}
    owners = []
    for owner in sorted(reach):
        lies_in = ((c.territory.is_everywhere, c.territory.roots, c.territory.exceptions) for c in reach[owner])
        owners.append([owner, sorted({numbers.setdefault(one, len(numbers)) for one in lies_in})])
    territories = [[everywhere, sorted(roots), sorted(out)] for everywhere, roots, out in numbers]
    return hashlib.sha256(json.dumps([life, gazetteer, territories, owners]).encode()).hexdigest()


def _territories(reach: Mapping[str, list[ClauseFacts]]) -> dict[str, tuple[Run, ...]]:
    """Return for each owner the runs of place keys that some clause covers."""
    from kentongan.places.models import PlaceAncestor  # noqa: PLC0415 - models must be loaded first

    named = {unit for some in reach.values() for c in some for unit in c.territory.roots | c.territory.exceptions}
    below: dict[int, list[int]] = defaultdict(list)
    for unit, place in PlaceAncestor.objects.filter(ancestor__in=named).values_list("ancestor_id", "descendant_id"):
        below[unit].append(place)
    runs = {unit: runs_of(places) for unit, places in below.items()}

    def covered(clause: ClauseFacts) -> tuple[Run, ...]:
        territory = clause.territory
        out = [run for unit in territory.exceptions for run in runs.get(unit, ())]
        if territory.is_everywhere:
            return without(EVERY_PLACE, out) if territory.exceptions else EVERYWHERE
        return without((run for unit in territory.roots for run in runs.get(unit, ())), out)

    by_clause = {c.clause: covered(c) for some in reach.values() for c in some}
    return {owner: union(run for c in some for run in by_clause[c.clause]) for owner, some in reach.items()}


class _Reached(Func):
    """Whether a row's place lies in a span that a set of clauses gives of the row's owner.

    Both databases answer with one look for each row. SQLite seeks the owner's last span that begins at or before the
    place. PostgreSQL numbers the place among the set's edges and looks up (owner, number) in a hash table that it makes
    of the set once for a statement; a seek for each row would cost it four times as much.
    """

    output_field = models.BooleanField()
    arity = 2

    def __init__(self, *expressions: Any, clause_set: int) -> None:
        super().__init__(*expressions)
        self.clause_set = clause_set

    def _columns(self, compiler: Any) -> tuple[str, str]:
        (owner, _), (place, _) = (compiler.compile(expression) for expression in self.source_expressions)
        return owner, f"COALESCE({place}, {UNKNOWN})"  # plain columns: they carry no parameters

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """Return the test for SQLite."""
        owner, place = self._columns(compiler)
        end = (
            f"SELECT cr.{connection.ops.quote_name('end')} FROM agreements_clausereach cr"  # noqa: S608 - columns
            f" WHERE cr.clause_set_id = %s AND cr.owner_id = {owner} AND cr.first <= {place} ORDER BY cr.first DESC LIMIT 1"
        )
        return f"COALESCE({place} < ({end}), 0)", [self.clause_set]

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the test for PostgreSQL."""
        owner, place = self._columns(compiler)
        edges = "SELECT cs.edges::int[] FROM agreements_clauseset cs WHERE cs.id = %s"
        reach = "SELECT cr.owner_id, cr.span FROM agreements_clausereach cr WHERE cr.clause_set_id = %s"
        return f"({owner}, width_bucket({place}, ({edges}))) IN ({reach})", [self.clause_set, self.clause_set]


class _HoldsNone(Func):
    """Whether a JSON list holds none of the given texts."""

    output_field = models.BooleanField()
    arity = 1

    def __init__(self, *expressions: Any, of: list[str]) -> None:
        super().__init__(*expressions)
        self.of = of

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the test for SQLite, which unfolds the list."""
        ((column, _),) = (compiler.compile(expression) for expression in self.source_expressions)
        marks = ", ".join(["%s"] * len(self.of))
        return f"NOT EXISTS (SELECT 1 FROM json_each({column}) o WHERE o.value IN ({marks}))", list(self.of)  # noqa: S608 - a column and marks

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the test for PostgreSQL."""
        ((column, _),) = (compiler.compile(expression) for expression in self.source_expressions)
        return f"NOT ({column} ?| %s)", [list(self.of)]
