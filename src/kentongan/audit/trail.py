"""Writing the trail: every deed in the transaction of the deed itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from django.db import transaction

from kentongan.kit.errors import KentonganError

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
) -> None:
    """Write the row of a deed; it stands or falls with the transaction that is open."""
    if not transaction.get_connection().in_atomic_block:
        raise DeedOutsideTransaction(
            f"{event} dicatat di luar transaksi; bungkus perbuatannya dengan transaction.atomic."
        )
    _write(event, by=by, at=at, on=on, why=why, reasons=reasons, facts=facts)


def note_look(
    event: Trail,
    *,
    by: Acting,
    at: datetime,
    on: str = "",
    reasons: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write the row of a look, a search, an export or a refusal, which changes no state."""
    _write(event, by=by, at=at, on=on, why="", reasons=reasons, facts=facts)


def _write(
    event: Trail,
    *,
    by: Acting,
    at: datetime,
    on: str,
    why: str,
    reasons: Iterable[str],
    facts: Mapping[str, object] | None,
) -> None:
    TrailRow.objects.create(
        event=Trail(event).value,
        at=at,
        actor=by.ref,
        agency=by.agency,
        purpose=by.purpose,
        subject=on,
        why=why,
        reasons=list(reasons),
        facts=dict(facts or {}),
    )
