"""Writing the trail: every deed in the transaction of the deed itself."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction

from kentongan.kit.errors import KentonganError

from . import search_terms
from .catalogue import Trail

COLUMNS = ("event", "at", "actor", "agency", "role", "purpose", "clause", "subject", "why", "reasons", "facts")
INSERT = f"INSERT INTO audit_trailrow ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608 - our own names
"""Written out: a model's `create` takes three times as long, and every deed waits for its row."""


class Acting(Protocol):
    """Whoever acts, as plain references; if a `role` is among them, it is kept too."""

    @property
    def ref(self) -> str: ...
    @property
    def agency(self) -> str: ...
    @property
    def purpose(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Keeper:
    """The trail's own housekeeping: it turns keys, for no agency."""

    ref: str = "system:trail"
    agency: str = ""
    purpose: str = "oversight"
    role: str = ""


class DeedOutsideTransaction(KentonganError):
    """A deed must change state and write its row together."""

    code = "audit.deed_outside_transaction"


def record(
    event: Trail,
    *,
    by: Acting,
    at: datetime,
    on: str = "",
    why: str = "",
    reasons: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
    clause: str = "",
) -> None:
    """Write the row of a deed; it stands or falls with the transaction that is open."""
    if not transaction.get_connection().in_atomic_block:
        raise DeedOutsideTransaction(
            f"{event} dicatat di luar transaksi; bungkus perbuatannya dengan transaction.atomic."
        )
    _write(event, by=by, at=at, on=on, why=why, reasons=reasons, facts=facts, clause=clause)


def note_look(
    event: Trail,
    *,
    by: Acting,
    at: datetime,
    on: str = "",
    reasons: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
    clause: str = "",
) -> None:
    """Write the row of a look, a search, an export or a refusal, which changes no state."""
    _write(event, by=by, at=at, on=on, why="", reasons=reasons, facts=facts, clause=clause)


def note_listing(
    rows_by_clause: Mapping[str, int], *, by: Acting, at: datetime, on: str, facts: Mapping[str, object] | None = None
) -> None:
    """Write, in one statement, a row for each clause under which rows of others were listed, with how many there were."""
    looks = [
        _row(
            Trail.RECORDS_LISTED,
            by=by,
            at=at,
            on=on,
            why="",
            reasons=(),
            facts={**(facts or {}), "rows": rows},
            clause=clause,
        )
        for clause, rows in sorted(rows_by_clause.items())
    ]
    if not looks:
        return
    with connection.cursor() as cursor:
        cursor.execute(INSERT + f", ({', '.join(['%s'] * len(COLUMNS))})" * (len(looks) - 1), sum(looks, ()))


def note_search(
    terms: Iterable[str],
    *,
    by: Acting,
    at: datetime,
    found: int,
    on: str = "",
    reasons: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
    clause: str = "",
) -> None:
    """Write the row of a search: how much was found, and a digest of each term that tells nothing once its key is gone."""
    digests = search_terms.digests(terms, at=at)
    told = {**(facts or {}), "found": found, "key": digests.key, "terms": list(digests.terms)}
    _write(Trail.RECORDS_SEARCHED, by=by, at=at, on=on, why="", reasons=reasons, facts=told, clause=clause)


def note_export(
    *,
    by: Acting,
    at: datetime,
    rows: int,
    on: str = "",
    reasons: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
    clause: str = "",
) -> None:
    """Write the row of an export: how many rows left."""
    told = {**(facts or {}), "rows": rows}
    _write(Trail.RECORDS_EXPORTED, by=by, at=at, on=on, why="", reasons=reasons, facts=told, clause=clause)


def note_file(
    *, by: Acting, at: datetime, rows: int, category: str, form: str, written_as: str, place: str, on: str = "", **more: object
) -> None:  # fmt: skip
    """Write the row of a paper or table that left: what it holds, of which place (blank: of all in view), and how it is written."""
    facts = {"category": category, "form": form, "as": written_as, "place": place, **more}
    note_export(by=by, at=at, rows=rows, on=on, facts=facts)


def _write(
    event: Trail,
    *,
    by: Acting,
    at: datetime,
    on: str,
    why: str,
    reasons: Iterable[str],
    facts: Mapping[str, object] | None,
    clause: str,
) -> None:
    values = _row(event, by=by, at=at, on=on, why=why, reasons=reasons, facts=facts, clause=clause)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)


def _row(
    event: Trail,
    *,
    by: Acting,
    at: datetime,
    on: str,
    why: str,
    reasons: Iterable[str],
    facts: Mapping[str, object] | None,
    clause: str,
) -> tuple[Any, ...]:
    """Return the values of a row, in the order of its columns."""
    return (
        Trail(event).value,
        connection.ops.adapt_datetimefield_value(at),
        by.ref,
        by.agency,
        _role(by),
        by.purpose,
        clause,
        on,
        str(why),  # may be a translation that is not yet made
        json.dumps(list(reasons)),
        json.dumps(dict(facts or {})),
    )


def _role(by: Acting) -> str:
    """Return the role in which somebody acts, as far as one is known."""
    match by:
        case object(role=str(role)):
            return role
        case _:
            return ""
