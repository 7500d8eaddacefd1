"""The gate over the database: the rule of rules.py for one row, and compiled to a filter for lists.

A row that comes through the gate holds only what is released: see masking.py. A question about a field (a filter, an
order, a list of values) is answered only from rows of which that field is released: see narrowing.py.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.query import ModelIterable
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import civil_day

from . import compiled, narrowing
from .facts import Actor, ClauseFacts, Decision, GrantFacts, Row
from .fields import every_group, everything, with_what_is_always_told
from .registry import KindLink, behind, category_of, kinds_of, protect, protected_models
from .rules import CLOSED_KINDS, UNKNOWN_ORIGIN, decide, united_origins

if TYPE_CHECKING:
    from kentongan.agencies.models import Agency, Officer

    from .models import ProtectedRow

__all__ = [
    "GatedQuerySet", "KindLink", "NoPosting", "NotVisible", "PersonDecides", "RoleMayNotAct", "actor_for", "category_of",
    "demand_act", "demand_person", "fetch", "judge", "not_visible", "protect", "protected_models", "role_table",
    "system_actor",
]  # fmt: skip

R = TypeVar("R", bound="ProtectedRow")

SYSTEM_ROLE = "system"

GRANTED = "granted because of "
"""How the rule's reason begins where a grant shows a row; the reference of the deed behind it follows."""

IN_NEED = f"{GRANTED}break_glass:"
"""How it begins where a glass was broken: such a row is in the trail wherever it is shown (R24)."""

_NO_PLACE = 0  # a key that the gazetteer does not give

JUDGED = ("owner", "place", "handling", "origins", "agreement_ref")
"""The columns of a row that the rule reads."""


class NotVisible(KentonganError):
    """Refused or absent: from outside the two look the same."""

    code = "access.not_visible"
    asked: tuple[type[models.Model], UUID | str] | None = None  # what the address named, whether or not it exists


def not_visible() -> NotVisible:
    """Return the one refusal, the same for what is absent and for what is closed."""
    return NotVisible(
        _(
            "Catatan ini tidak ada atau tidak terbuka bagi Anda. Periksa alamatnya, atau minta kepada instansi pemiliknya."
        )
    )


class NoPosting(KentonganError):
    """The officer serves no agency today."""

    code = "access.no_posting"


class RoleMayNotAct(KentonganError):
    """The officer's role may look, not do this."""

    code = "access.role_may_not_act"


class PersonDecides(KentonganError):
    """A machine proposes; it never decides (R05)."""

    code = "access.person_decides"


class AroundTheGate(KentonganError):
    """A gated list was asked in a way that the gate cannot judge."""

    code = "access.around_the_gate"


@dataclass(slots=True)
class _Passed:
    """Through whose eyes, and as of when, a list was filtered; the answer to one question is kept with it."""

    actor: Actor
    at: datetime
    _shows_parts: bool | None = None
    _was_told: bool = False

    def shows_parts(self, category: str) -> bool:
        """Return whether rows of which only some fields are shown may be in the list."""
        if self._shows_parts is None:
            self._shows_parts = compiled.shows_parts(self.actor, category, at=self.at)
        return self._shows_parts

    def note_told(self, model: type[models.Model], rows: Callable[[], int], *, are_whole: bool = False) -> None:
        """Note in the trail, once for a list, that values were read out of it under clauses, or while a glass was broken.

        Values do not tell what gave which row: every clause that serves the actor is named, with the rows of the whole
        list. Rows that are whole come by no clause.
        """
        if self._was_told:
            return
        category = category_of(model)
        giving = () if are_whole else compiled.giving(self.actor, category, at=self.at)
        in_need = compiled.opened_in_need(self.actor, category, at=self.at)
        if (giving or in_need) and (number := rows()):
            self._was_told = True
            under = {clause.ref: number for clause in giving}
            reasons = [f"{GRANTED}{because}" for because in in_need]
            note_shown(under, reasons, of=model, by=self.actor, at=self.at, facts={"as": "values"})


class GatedQuerySet(models.QuerySet[Any]):
    """Rows of a protected model. Doors use nothing of it but `visible_to`, and what follows it.

    What leaves a list of others' rows is in the trail: each row under the clauses that gave it, and values and figures
    under all clauses that serve. How many rows there are (`count`, `exists`) tells of none of them.
    """

    _passed: _Passed | None = None
    _is_out = False

    def visible_to(self, actor: Actor, *, at: datetime) -> Self:
        """Return the rows that the rule would show this actor at that instant, each as far as it is released.

        What is asked of the list from here on is answered from rows whose fields may answer it.
        """
        if self._passed is not None or not self._is_fresh():
            raise AroundTheGate(
                "visible_to() berdiri paling depan: yang disaring sebelum gerbang tidak dinilai olehnya."
            )
        visible: Self = self.filter(compiled.visible(actor, self.model, at=at))  # type: ignore[assignment]  # the stubs forget the class
        visible._passed = _Passed(actor, at)
        visible.query.passed_the_gate = True  # type: ignore[attr-defined]  # carried by Django's own clones
        if narrowing.groups_in_the_usual_order(self.model) and visible._passed.shows_parts(category_of(self.model)):
            return super(GatedQuerySet, visible).order_by("pk")  # the order would tell where a hidden field stands
        return visible

    def _is_fresh(self) -> bool:
        query = self.query
        asked = query.where.children or query.order_by or query.annotations or query.combinator or query.is_sliced
        return self._iterable_class is ModelIterable and not asked

    def showing(self, *groups: str) -> Self:
        """Return those of the visible rows of which these groups of fields are shown exactly as they stand."""
        return self._showing(frozenset(groups))

    def whole_for(self, actor: Actor, *, at: datetime) -> Self:
        """Return the rows of which the rule would show this actor every field."""
        return self.visible_to(actor, at=at)._showing(every_group(category_of(self.model)))

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # Django's own, not in its stubs
        clone._passed = self._passed
        return clone

    def _showing(self, groups: frozenset[str]) -> Self:
        if not groups or self._passed is None or not self._passed.shows_parts(category_of(self.model)):
            return self
        whole = compiled.visible_with(self._passed.actor, self.model, groups, at=self._passed.at)
        narrowed: Self = super()._filter_or_exclude(False, (whole,), {})  # type: ignore[misc]  # Django's own
        return narrowed

    def _filter_or_exclude(self, negate: bool, args: Any, kwargs: Any) -> Self:
        shown = self._asking(args, kwargs)
        return super(GatedQuerySet, shown)._filter_or_exclude(negate, args, kwargs)  # type: ignore[misc,no-any-return]

    def _asking(self, args: Iterable[Any], kwargs: Any, *, keys_are_fields: bool = True) -> Self:
        if self._passed is None:
            return self
        return self._showing(narrowing.groups_asked(self, args, list(kwargs.items()), keys_are_fields=keys_are_fields))

    def order_by(self, *names: Any) -> Self:
        """Order by fields that are released."""
        shown = self._showing(narrowing.groups_named(self, names)) if self._passed and names else self
        return super(GatedQuerySet, shown).order_by(*names)

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        shown = self._showing(narrowing.groups_named(self, fields or ())) if self._passed and not expressions else self
        shown = shown._asking(fields, expressions, keys_are_fields=False) if expressions else shown
        return super(GatedQuerySet, shown)._values(*fields, **expressions)  # type: ignore[misc,no-any-return]

    def _annotate(self, args: Any, kwargs: Any, select: bool = True) -> Self:
        shown = self._asking(args, kwargs, keys_are_fields=False)
        return super(GatedQuerySet, shown)._annotate(args, kwargs, select=select)  # type: ignore[misc,no-any-return]

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Count or sum over rows whose fields are released."""
        shown = self._asking(args, kwargs, keys_are_fields=False)
        if shown._passed is not None:
            shown._passed.note_told(self.model, shown.count)
        return super(GatedQuerySet, shown).aggregate(*args, **kwargs)

    def dates(self, field_name: str, *args: Any, **kwargs: Any) -> Any:
        """Return the dates of rows whose dates are released."""
        return super(GatedQuerySet, self._asking((), {field_name: None})).dates(field_name, *args, **kwargs)

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        """Iterate without keeping; as rows are not masked on this way, only whole ones come."""
        return super(GatedQuerySet, self._unkept()).iterator(*args, **kwargs)

    async def aiterator(self, *args: Any, **kwargs: Any) -> Any:
        """Iterate as `iterator` does."""
        unkept = await sync_to_async(self._unkept)()
        async for row in super(GatedQuerySet, unkept).aiterator(*args, **kwargs):
            yield row

    def _unkept(self) -> Self:
        if self._passed is None:
            return self
        are_rows = self._iterable_class is ModelIterable
        unkept = self._showing(everything(category_of(self.model))) if are_rows else self
        self._passed.note_told(self.model, unkept.count, are_whole=are_rows)
        return unkept

    def extra(self, *args: Any, **kwargs: Any) -> Self:
        """Refuse words that the gate cannot read, once the list has passed it."""
        if self._passed is not None:
            raise AroundTheGate("extra() tidak dapat dinilai oleh gerbang; pakai filter() atau annotate().")
        return super().extra(*args, **kwargs)  # type: ignore[return-value]  # the stubs forget the class

    def _earliest(self, *fields: str) -> Any:
        shown = self._showing(narrowing.groups_named(self, fields)) if self._passed and fields else self
        return super(GatedQuerySet, shown)._earliest(*fields)  # type: ignore[misc]  # Django's own

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse words that the gate cannot read, once the list has passed it."""
        if self._passed is not None:
            raise AroundTheGate("raw() tidak dapat dinilai oleh gerbang; pakai filter() atau annotate().")
        return super().raw(*args, **kwargs)

    def _demand_not_passed(self, what: str, *others: Any) -> None:
        if self._passed is not None or any(getattr(other, "_passed", None) is not None for other in others):
            raise AroundTheGate(f"{what} tidak dapat dinilai oleh gerbang; pakai filter() sesudah visible_to().")

    def __and__(self, other: Any) -> Self:
        self._demand_not_passed("&", other)
        return super().__and__(other)  # type: ignore[return-value]  # the stubs forget the class

    def __or__(self, other: Any) -> Self:
        self._demand_not_passed("|", other)
        return super().__or__(other)  # type: ignore[return-value]  # the stubs forget the class

    def __xor__(self, other: Any) -> Self:
        self._demand_not_passed("^", other)
        return super().__xor__(other)  # type: ignore[misc,no-any-return]  # Django's own, not in its stubs

    def complex_filter(self, filter_obj: Any) -> Any:
        """Filter as `filter` does."""
        return self.filter(filter_obj) if isinstance(filter_obj, Q) else self.filter(**filter_obj)

    def _combinator_query(self, combinator: str, *others: Any, all: bool = False) -> Any:  # noqa: A002 - Django's name
        self._demand_not_passed(combinator, *others)
        return super()._combinator_query(combinator, *others, all=all)  # type: ignore[misc]  # Django's own

    def update(self, **kwargs: Any) -> int:
        """Change rows, never through a list of what somebody may see."""
        self._demand_not_passed("update()")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete rows, never through a list of what somebody may see."""
        self._demand_not_passed("delete()")
        return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        """Store rows, none of which the gate masked."""
        rows = list(objs)
        for row in rows:
            row.demand_whole()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        """Store rows, none of which the gate masked."""
        rows = list(objs)
        for row in rows:
            row.demand_whole()
        return super().bulk_update(rows, *args, **kwargs)

    def _fetch_all(self) -> None:
        super()._fetch_all()  # type: ignore[misc]  # Django's own
        if self._passed is None or self._is_out:
            return
        self._is_out = True
        found = self._result_cache or []
        if self._iterable_class is not ModelIterable:
            if found:
                self._passed.note_told(self.model, lambda: len(found))
            return
        lookups = self._prefetch_related_lookups  # type: ignore[attr-defined]  # Django's own, not in its stubs
        release(found, self._passed.actor, at=self._passed.at, lookups=lookups)


def release(rows: Sequence[Any], actor: Actor, *, at: datetime, lookups: Iterable[Any] = ()) -> None:
    """Take out of the rows all that is not released to the actor, and note in the trail that others' rows were shown."""
    from .masking import mask  # noqa: PLC0415 - models must be loaded first

    others = [row for row in rows if not is_plainly_whole(row, actor)]
    if not others:
        return
    decisions = judge_all(actor, others, at=at)
    mask(others, decisions, actor, lookups, at=at)
    note_decisions(decisions.values(), of=type(others[0]), by=actor, at=at)


def note_decisions(
    decisions: Collection[Decision],
    *,
    of: type[models.Model],
    by: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Note in the trail that rows of others were shown: how many under each clause, and by which broken glass."""
    under = Counter(ref for decision in decisions for ref in decision.clauses)
    in_need = sorted({r for decision in decisions for r in decision.reasons if r.startswith(IN_NEED)})
    note_shown(under, in_need, of=of, by=by, at=at, facts=facts)


def note_shown(
    under: Mapping[str, int],
    in_need: Sequence[str],
    *,
    of: type[models.Model],
    by: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Note in the trail how many rows of a model were shown under each clause, and the reasons where it was in need."""
    name = of._meta.model_name or ""
    told = {"of": name, **(facts or {})}
    trail.note_listing(under, by=by, at=at, on=name, facts=told)
    if in_need:
        trail.note_look(Trail.RECORDS_LISTED, by=by, at=at, on=name, reasons=in_need, facts=told)


def is_plainly_whole(row: Any, actor: Actor) -> bool:
    """Return whether the row is the actor's agency's own, or of an agency below it whose rows of the category it oversees."""
    is_above = (row.owner_id, category_of(type(row))) in actor.supervises and actor.agency_kind not in CLOSED_KINDS
    return row.owner_id == actor.agency or is_above


def judge_all(actor: Actor, rows: Sequence[Any], *, at: datetime) -> dict[UUID, Decision]:
    """Return the rule's decision on each row of one model; the number of queries does not grow with the rows."""
    keys, category = [row.pk for row in rows], category_of(type(rows[0]))
    grants = defaultdict(list)
    standing = apps.get_model("agreements", "Grant").objects.filter(agency_id=actor.agency, category=category)
    for g in standing.filter(record__in=keys):
        grants[g.record].append(
            GrantFacts(
                g.record,
                g.agency_id,
                g.valid_from,
                g.valid_to,
                g.because,
                with_what_is_always_told(category, g.fields),
                frozenset(g.under),
            )
        )
    served = compiled.serving(actor, category, at=at)
    facts = facts_of(rows, actor, at=at, weighed_by=served)
    concerned = compiled.concerned(actor, served, {row.owner_id for row in rows})
    return {row.pk: decide(concerned[row.owner_id], facts[row.pk], tuple(grants[row.pk]), at=at) for row in rows}


def facts_of(
    rows: Sequence[Any], actor: Actor, *, at: datetime, weighed_by: Collection[ClauseFacts] | None = None
) -> dict[UUID, Row]:
    """Return what the rule needs to know of rows of one model, as far as it concerns this reader.

    If it is known which clauses weigh the rows, what none of them looks at is left out. Which these are depends on the
    reader alone: the steps are the same for every row.
    """
    model, keys = type(rows[0]), [row.pk for row in rows]
    is_limited = weighed_by is None or any(clause.kinds for clause in weighed_by)
    is_on_condition = weighed_by is None or any(clause.conditions for clause in weighed_by)
    within = _within(rows) if weighed_by is None or weighed_by else {}
    kinds = _kinds_of_rows(model, keys) if is_limited else {}
    standing = _conditions_met(keys, actor, at) if is_on_condition else {}
    about = _what_is_behind(model, rows)
    return {
        row.pk: Row(
            row.pk,
            category_of(model),
            row.owner_id,
            "protected" if row.pk in about else row.handling,
            owner_body=actor.bodies.get(row.owner_id),
            within=frozenset(within.get(row.place_id, ())),
            kinds=frozenset(kinds.get(row.pk, ())),
            conditions=frozenset(standing.get(row.pk, ())),
            origins=_origins_with(row, about.get(row.pk, frozenset())),
            came_under=row.agreement_ref,
        )
        for row in rows
    }


def _within(rows: Sequence[Any]) -> Mapping[int | None, set[int]]:
    """Return for the place of each row the place itself and all that it lies in."""
    from kentongan.places.models import PlaceAncestor  # noqa: PLC0415 - models must be loaded first

    found: dict[int | None, set[int]] = defaultdict(set)
    places = {row.place_id or _NO_PLACE for row in rows}  # asked for also when there is none: the steps are the same
    for place, unit in PlaceAncestor.objects.filter(descendant__in=places).values_list("descendant_id", "ancestor_id"):
        found[place].add(unit)
    return found


def _kinds_of_rows(model: type[models.Model], keys: list[UUID]) -> Mapping[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    if (link := kinds_of(model)) is not None:
        for key, kind in link.of_rows(keys):
            found[key].add(kind)
    return found


def _conditions_met(keys: list[UUID], actor: Actor, at: datetime) -> Mapping[UUID, set[str]]:
    """Return the conditions that stand for each row towards this reader."""
    found: dict[UUID, set[str]] = defaultdict(set)
    met = apps.get_model("agreements", "ConditionMet").objects.filter(record__in=keys, valid_from__lte=at)
    met = met.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    met = met.filter(Q(receiver__isnull=True) | Q(receiver_id=actor.agency))
    for key, condition in met.values_list("record", "condition"):
        found[key].add(condition)
    return found


def _origins_with(row: Any, of_what_is_behind: frozenset[str]) -> frozenset[str]:
    """Return all origins that a row speaks of, with those of the protected rows that it is about."""
    return united_origins((row.handling, row.origins), ("", of_what_is_behind))


def _what_is_behind(model: type[Any], rows: Sequence[Any]) -> dict[UUID, frozenset[str]]:
    """Return the origins of the protected rows that a row is about, for the rows that are about one."""
    found: dict[UUID, frozenset[str]] = {}
    if not (paths := behind(model)):
        return found
    columns = [f"{path}__{column}" for path in paths for column in ("handling", "origins")]
    about = model._base_manager.filter(pk__in=[row.pk for row in rows]).values_list("pk", *columns)
    for pk, *said in about:
        for handling, origins in zip(said[::2], said[1::2], strict=True):
            if handling == "protected":
                found[pk] = found.get(pk, frozenset()) | frozenset(origins or (UNKNOWN_ORIGIN,))
    return found


def judge(actor: Actor, row: ProtectedRow, *, at: datetime) -> Decision:
    """Return the rule's decision on one row as it is stored, with its reasons."""
    if row.release is not None:
        raise AroundTheGate(f"{row.ref} sudah disamarkan: yang dinilai adalah baris yang tersimpan.")
    return judge_all(actor, [row], at=at)[row.pk]


def judged_part(model: type[R], pk: UUID | str) -> R | None:
    """Return of the row, if there is one, only what the rule reads: how much else it holds costs a refusal no time."""
    return model._default_manager.filter(pk=pk).only(*JUDGED).first()


def fetch(model: type[R], pk: UUID | str, actor: Actor, *, at: datetime, never: frozenset[str] = frozenset()) -> R:
    """Return the row as far as it is released, with the look in the trail unless it is the agency's own and not personal.

    Raises NotVisible for what is refused and for what is absent, after the same steps: one row is looked for, judged and
    noted either way, so that from outside the two cannot be told apart. `never` names handlings that the door shows nobody.
    """
    from .masking import mask  # noqa: PLC0415 - models must be loaded first

    found = judged_part(model, pk)
    judged = found if found is not None else model(id=pk, owner_id="", handling="open")
    decision = judge(actor, judged, at=at)
    if decision.allowed and judged.handling in never:
        decision = Decision(False, (f"this door shows no {judged.handling} rows",))
    reasons = decision.reasons if found is not None else ("absent",)
    columns = [column.attname for column in model._meta.concrete_fields if column.name in JUDGED]
    as_judged = {column: getattr(judged, column) for column in columns}
    is_shown = found is not None and decision.allowed
    row = model._default_manager.filter(pk=pk, **as_judged).first() if is_shown else None
    if row is None:
        subject = f"{model._meta.model_name}:{pk}"
        trail.note_look(Trail.ACCESS_REFUSED, by=actor, at=at, on=subject, reasons=reasons)
        refusal = not_visible()
        refusal.asked = (model, pk)
        raise refusal
    if row.handling in ("personal", "protected") or row.owner_id != actor.agency:
        clause = next(iter(decision.clauses), "")  # of several the first; the reasons name them all
        trail.note_look(Trail.RECORD_READ, by=actor, at=at, on=row.ref, reasons=decision.reasons, clause=clause)
    mask([row], {row.pk: decision}, actor, at=at)
    return row


def demand_act(actor: Actor, category: str) -> None:
    """Raise RoleMayNotAct unless the actor's role may change rows of the category."""
    if category not in actor.acts:
        raise RoleMayNotAct(
            _(
                "Peran Anda tidak mencakup tindakan ini. Mintalah petugas yang berwenang, atau minta administrator mengubah peran Anda."
            )
        )


def demand_person(actor: Actor) -> None:
    """Raise PersonDecides unless an officer acts."""
    if actor.role == SYSTEM_ROLE:
        raise PersonDecides(_("Sistem hanya mengusulkan. Mintalah petugas yang memutuskan."))


def actor_for(officer: Officer, *, purpose: str, at: datetime) -> Actor:
    """Return the officer as an actor of the agency and role of the open posting."""
    posting = (
        officer.postings.select_related("agency").filter(started_at__lte=at, ended_at__isnull=True).first()
        if officer.is_active
        else None
    )
    if posting is None or not posting.agency.is_active:
        raise NoPosting(_("Akun Anda tidak sedang bertugas di instansi mana pun. Hubungi administrator instansi Anda."))
    return _actor(officer.ref, posting.agency, posting.role, purpose, at)


def system_actor(agency: Agency, *, name: str, purpose: str, at: datetime) -> Actor:
    """Return the system acting within one agency's view, e.g. a worker that reads that agency's reports."""
    return _actor(f"system:{name}", agency, SYSTEM_ROLE, purpose, at)


def _actor(ref: str, agency: Agency, role: str, purpose: str, at: datetime) -> Actor:
    from .recall import standing_of  # noqa: PLC0415 - models must be loaded first

    standing = standing_of(agency.pk, on=civil_day(at))
    hierarchy, agreed = standing.hierarchy, standing.agreed
    actor = Actor(
        officer=ref,
        agency=agency.pk,
        agency_kind=agency.kind,
        role=role,
        purpose=purpose,
        reads=frozenset(c for c, (reads, _acts) in role_table().get(role, {}).items() if reads),
        acts=frozenset(c for c, (_reads, acts) in role_table().get(role, {}).items() if acts),
        supervises=frozenset((a, c) for a in hierarchy.below(agency.pk) for c in supervised_categories()),
        decides_for=frozenset()
        if agency.kind in CLOSED_KINDS
        else hierarchy.next_below(agency.pk, of=kinds_decided_above()),
        body=standing.body,
        home=settings.HOME_STATE,
    )
    if not agreed.clauses:
        return actor
    return replace(actor, bodies=hierarchy.bodies, clauses=agreed.clauses, onward=agreed.onward_refs(at))


@cache
def role_table() -> dict[str, dict[str, tuple[bool, bool]]]:
    """Return role -> category -> (may read, may act), from data/roles.csv."""
    table: dict[str, dict[str, tuple[bool, bool]]] = {}
    for row in _rows("roles.csv"):
        table.setdefault(row["role"], {})[row["category"]] = (row["reads"] == "yes", row["acts"] == "yes")
    return table


@cache
def supervised_categories() -> frozenset[str]:
    """Return the categories that who answers to an agency is overseen in, from data/supervision.csv."""
    return frozenset(row["category"] for row in _rows("supervision.csv") if row["supervised"] == "yes")


@cache
def kinds_decided_above() -> frozenset[str]:
    """Return the kinds of agencies on whose events the agency next above decides, from data/supervision.csv."""
    return frozenset(kind for row in _rows("supervision.csv") for kind in row["decided_above"].split("|") if kind)


def _rows(name: str) -> list[dict[str, str]]:
    with resources.files("kentongan.agreements").joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
