"""Who stands where and what was agreed, kept in memory by each process for as long as none of it changes.

Every request asks for its actor, and with hundreds of agreements reading them anew takes longer than the page itself.
The database says whether what is kept still holds: triggers give the one row of `RulesStamp` another random stamp with
every change of the tables below, whoever makes it and by whatever way. One look at the stamp, in the reader's own
transaction, comes before everything that is taken from memory; a change that is rolled back takes its stamp with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import uuid4

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kentongan.agencies.models import Agency, AgencyParent, Membership
from kentongan.vocabulary.models import Kind

from .bodies import Hierarchy
from .facts import Body
from .in_force import Agreed, agreed_with
from .models import Clause, Instrument, InstrumentChange, RulesStamp

K = TypeVar("K")
V = TypeVar("V")

STAMPED: tuple[type[models.Model], ...] = (
    Agency, AgencyParent, Membership, Kind, Instrument, InstrumentChange, Clause, Clause.roots.through, Clause.exceptions.through,
)  # fmt: skip
"""What `Hierarchy` and `agreed_with` read; a test holds them to it."""

DAYS = 4
"""The hierarchy of so many days is kept: today's, and some that somebody looks back to."""

AGENCIES = 100
"""What clauses give to so many agencies is kept: with 200 clauses for each that is some 56 MB."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an agency stands on a day among all others, and what clauses give it."""

    hierarchy: Hierarchy
    body: Body
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read while this stamp stood."""

    stamp: str
    hierarchies: dict[date, Hierarchy] = field(default_factory=dict)
    agreed: dict[Body, Agreed] = field(default_factory=dict)


_kept = _Kept("")


def standing_of(agency: str, *, on: date) -> Standing:
    """Return where the agency stands on the day and what clauses give it, as the database has it now."""
    global _kept  # noqa: PLW0603 - one memory for a process, replaced whole
    stamp = _stamp()
    kept = _kept if stamp and _kept.stamp == stamp else _Kept(stamp)
    hierarchy = kept.hierarchies.get(on) or Hierarchy(on)
    body = hierarchy.body_of(agency)
    agreed = kept.agreed.get(body) or agreed_with(body)
    is_new = on not in kept.hierarchies or body not in kept.agreed
    if is_new and stamp and _stamp() == stamp:  # else somebody changed it while it was read: it belongs to no one stamp
        _keep(kept.hierarchies, on, hierarchy, at_most=DAYS)
        _keep(kept.agreed, body, agreed, at_most=AGENCIES)
        _kept = kept
    return Standing(hierarchy, body, agreed)


def _keep(known: dict[K, V], key: K, value: V, *, at_most: int) -> None:
    if key not in known and len(known) >= at_most:
        known.clear()
    known[key] = value


def _stamp() -> str:
    """Return the stamp that stands; blank in a database that nobody prepared: nothing tells of changes, nothing is kept."""
    return RulesStamp.objects.values_list("stamp", flat=True).first() or ""


# --- the database's part ---


def stamp_changes(connection: BaseDatabaseWrapper) -> None:
    """Every change of what is kept gives another stamp, from now on, in this database.

    Done after each run of migrations: a migration that lays a table of SQLite anew takes the table's triggers away.
    """
    tables = [model._meta.db_table for model in STAMPED]
    if not {RulesStamp._meta.db_table, *tables} <= set(connection.introspection.table_names()):
        return  # migrated to somewhere before these tables
    with connection.cursor() as cursor:
        for statement in _on_sqlite(tables) if connection.vendor == "sqlite" else _on_postgresql(tables):
            cursor.execute(statement)
    RulesStamp.objects.using(connection.alias).update_or_create(pk=1, defaults={"stamp": uuid4().hex})


def _on_sqlite(tables: Iterable[str]) -> Iterator[str]:
    anew = f"UPDATE {RulesStamp._meta.db_table} SET stamp = lower(hex(randomblob(16)))"  # noqa: S608 - a table's name
    for table in tables:
        for what in ("insert", "update", "delete"):
            yield f"CREATE TRIGGER IF NOT EXISTS {table}_{what}_is_stamped AFTER {what} ON {table} BEGIN {anew}; END"


def _on_postgresql(tables: Iterable[str]) -> Iterator[str]:
    stamp = RulesStamp._meta.db_table
    anew = f"UPDATE {stamp} SET stamp = replace(gen_random_uuid()::text, '-', '')"  # noqa: S608 - a table's name
    yield (
        f"CREATE OR REPLACE FUNCTION {stamp}_anew() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN {anew}; RETURN NULL; END $$"
    )
    for table in tables:
        yield f"DROP TRIGGER IF EXISTS {table}_is_stamped ON {table}"
        yield (
            f"CREATE TRIGGER {table}_is_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {stamp}_anew()"
        )
