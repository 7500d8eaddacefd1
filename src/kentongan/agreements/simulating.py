"""What somebody would see of one's own record, without and with a clause that is not yet in force. Nothing is written."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from kentongan.agencies.models import Agency
from kentongan.kit.periods import WIB, civil_day

from .access import category_of, judge_all, protected_models, role_table, system_actor
from .access import facts_of as row_facts
from .bodies import Hierarchy
from .facts import Actor, ClauseFacts, Decision, Row
from .fields import FieldGroup, field_groups
from .in_force import facts_of
from .masking import mask
from .models import Clause
from .rules import CLOSED_KINDS, VAULT, may_cross

if TYPE_CHECKING:
    from .models import ProtectedRow

OWN_RECORDS = 25
"""How many of one's own latest records of each category are offered."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Through whose eyes: an agency, a role in it, the purpose that is stated, and the day."""

    agency: Agency
    role: str
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What would be seen of a record, with the decision behind it."""

    decision: Decision
    row: Any = None  # a masked copy; None when nothing of it is visible


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A group of fields as it would be seen without and with the clause."""

    group: FieldGroup
    before: str
    before_values: tuple[str, ...]
    after: str
    after_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The same record through the same eyes, without and with the clause."""

    without: Seen
    with_clause: Seen
    groups: tuple[GroupSeen, ...]
    hindrances: tuple[str, ...] = ()
    """What keeps the clause from opening the record to this reader, as codes of labels.HINDRANCES; empty when it does."""


def instant_of(day: date, *, now: datetime) -> datetime:
    """Return the instant that stands for a day: now for today, noon in Jakarta for any other."""
    if day == timezone.localdate(now):
        return now
    return datetime.combine(day, time(12), tzinfo=WIB).astimezone(UTC)


def own_records(actor: Actor, categories: Mapping[str, object], *, at: datetime) -> dict[str, list["ProtectedRow"]]:
    """Return the latest records of the actor's own agency and of those below it, by the categories of a clause."""
    return {
        category: list(_own(actor, model, category, at=at).order_by("-id")[:OWN_RECORDS])
        for model, category in protected_models().items()
        if category in categories
    }


def own_record(actor: Actor, pk: UUID, *, at: datetime) -> "ProtectedRow | None":
    """Return a record of the actor's own agency or of one below it, as far as it is whole to the actor; else None."""
    for model, category in protected_models().items():
        row: ProtectedRow | None = _own(actor, model, category, at=at).filter(pk=pk).first()
        if row is not None:
            return row
    return None


def _own(actor: Actor, model: type[models.Model], category: str, *, at: datetime) -> models.QuerySet[Any]:
    owners = {actor.agency} | {agency for agency, of in actor.supervises if of == category}
    visible: models.QuerySet[Any] = model._default_manager.visible_to(actor, at=at)  # type: ignore[attr-defined]  # a gated manager
    return visible.filter(owner_id__in=owners)


def simulate(clause: Clause, row: "ProtectedRow", reader: Reader) -> Simulation:
    """Return what the reader would see of the record without the clause, and with it as if it were approved."""
    actor = _actor(reader)
    others = tuple(c for c in actor.clauses if c.clause != clause.pk)
    drafted = facts_of([clause], as_if_approved_at=reader.at)
    without = _seen(replace(actor, clauses=others), row, reader.at)
    with_clause = _seen(replace(actor, clauses=(*others, *drafted)), row, reader.at)
    facts = row_facts([row], actor, at=reader.at)[row.pk]
    hindrances = hindrances_of(drafted[0], actor, facts, at=reader.at)
    return Simulation(without, with_clause, _groups(row, without, with_clause), hindrances)


def hindrances_of(clause: ClauseFacts, actor: Actor, row: Row, *, at: datetime) -> tuple[str, ...]:
    """Return everything that keeps a clause from showing this row to this reader, part by part of the rule."""
    giver, reader = row.owner_body, actor.body
    holds = {
        "not_in_force": clause.is_in_force(at),
        "role": row.category in actor.reads,
        "category": bool(clause.releases.get(row.category)),
        "purpose": actor.purpose in clause.purposes,
        "receiver": reader is not None and clause.receiver.covers(reader),
        "giver": giver is not None and clause.giver.covers(giver),
        "crossing": giver is None or may_cross(clause, giver, actor),
        "territory": clause.territory.covers(row.within),
        "kind": not clause.kinds or bool(clause.kinds & row.kinds),
        "condition": clause.conditions <= row.conditions,
        "onward": not row.came_under or row.came_under in actor.onward,
        "protected": row.handling != "protected",
        "vault": row.category not in VAULT,
        "closed": actor.agency_kind not in CLOSED_KINDS,
    }
    return tuple(name for name, is_met in holds.items() if not is_met)


def _actor(reader: Reader) -> Actor:
    actor = system_actor(reader.agency, name="simulator", purpose=reader.purpose, at=reader.at)
    rights = role_table().get(reader.role, {})
    hierarchy = Hierarchy(civil_day(reader.at))
    return replace(
        actor,
        role=reader.role,
        reads=frozenset(category for category, (reads, _acts) in rights.items() if reads),
        acts=frozenset(),
        bodies=hierarchy.bodies,
    )


def _seen(actor: Actor, row: "ProtectedRow", at: datetime) -> Seen:
    decision = judge_all(actor, [row], at=at)[row.pk]
    if not decision.allowed:
        return Seen(decision)
    shown = copy(row)
    mask([shown], {row.pk: decision}, actor, at=at)
    return Seen(decision, shown)


def _groups(row: "ProtectedRow", without: Seen, with_clause: Seen) -> tuple[GroupSeen, ...]:
    groups = field_groups().get(category_of(type(row)), {}).values()
    return tuple(
        GroupSeen(
            group,
            _release(without, group),
            _values(without, group),
            _release(with_clause, group),
            _values(with_clause, group),
        )
        for group in groups
    )


def _release(seen: Seen, group: FieldGroup) -> str:
    return seen.decision.release_of(group.name) if seen.decision.allowed else ""


def _values(seen: Seen, group: FieldGroup) -> tuple[str, ...]:
    """Return what stands in the fields of a group, as a person reads it; nothing where nothing is seen."""
    if not _release(seen, group):
        return ()
    model: type[models.Model] = type(seen.row)
    shown = []
    for column in model._meta.concrete_fields:
        value = getattr(seen.row, column.name, None) if column.name in group.attributes else None
        if value not in (None, "", [], {}) and not isinstance(column, models.BinaryField):
            shown.append(_said(seen.row, column, value))
    related = sum(len(getattr(seen.row, name).all()) for name in group.related)
    more = ngettext("%(n)d catatan terkait", "%(n)d catatan terkait", related) % {"n": related}
    return (*shown, *((more,) if related else ()))


def _said(row: Any, column: Any, value: Any) -> str:
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y H.i")
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return str(value)
