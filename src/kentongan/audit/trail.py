"""Writing the trail: every deed in the transaction of the deed itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from django.db import transaction

from kentongan.kit.errors import KentonganError

from . import search_terms
from .catalogue import Trail
from .models import TrailRow


class Acting(Protocol):
    """Whoever acts, as plain references."""

    @property
    def ref(self) -> str: ...
    @property
    def agency(self) -> str: ...
    @property
    def purpose(self) -> str: ...


@runtime_checkable
class InRole(Protocol):
    """Whoever acts in a role that is known."""

    @property
    def role(self) -> str: ...


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
    TrailRow.objects.create(
        event=Trail(event).value,
        at=at,
        actor=by.ref,
        agency=by.agency,
        role=by.role if isinstance(by, InRole) else "",
        purpose=by.purpose,
        clause=clause,
        subject=on,
        why=why,
        reasons=list(reasons),
        facts=dict(facts or {}),
    )
