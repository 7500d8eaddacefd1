"""What somebody says a clause or an instrument shall be, as plain values, and the content of a clause that is approved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from kentongan.kit.checksums import sha256_hex

from .facts import Side

if TYPE_CHECKING:
    from .models import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentDraft:
    """A signed paper as somebody records it."""

    kind: str
    title: str
    number: str = ""
    parent: UUID | None = None
    signed_on: date | None = None
    signed_at_place: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None
    scope: str = ""
    programme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseDraft:
    """A clause as somebody drafts it."""

    giver: Side
    receiver: Side
    releases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    purposes: frozenset[str] = frozenset()
    is_everywhere: bool = False
    roots: frozenset[int] = frozenset()
    exceptions: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    precision: str = "village"
    min_cell: int = 5
    onward: str = "none"
    retention_days: int | None = None
    conditions: frozenset[str] = frozenset()
    transfer_basis: str = ""
    note: str = ""


def draft_of(clause: "Clause") -> ClauseDraft:
    """Return a clause as the draft that it was made from."""
    return ClauseDraft(
        giver=Side(clause.giver_id or "", clause.giver_with_below, clause.giver_state),
        receiver=Side(clause.receiver_id or "", clause.receiver_with_below, clause.receiver_state),
        releases={category: dict(groups) for category, groups in clause.releases.items()},
        purposes=frozenset(clause.purposes),
        is_everywhere=clause.is_everywhere,
        roots=frozenset(place.pk for place in clause.roots.all()),
        exceptions=frozenset(place.pk for place in clause.exceptions.all()),
        kinds=frozenset(clause.kinds),
        precision=clause.precision,
        min_cell=clause.min_cell,
        onward=clause.onward,
        retention_days=clause.retention_days,
        conditions=frozenset(clause.conditions),
        transfer_basis=clause.transfer_basis,
        note=clause.note,
    )


def canonical(draft: ClauseDraft) -> dict[str, object]:
    """Return the content of a clause in the one form that its checksum is taken of."""
    return {
        "giver": _side(draft.giver),
        "receiver": _side(draft.receiver),
        "releases": {category: dict(groups) for category, groups in draft.releases.items()},
        "purposes": sorted(draft.purposes),
        "is_everywhere": draft.is_everywhere,
        "roots": sorted(draft.roots),
        "exceptions": sorted(draft.exceptions),
        "kinds": sorted(draft.kinds),
        "precision": draft.precision,
        "min_cell": draft.min_cell,
        "onward": draft.onward,
        "retention_days": draft.retention_days,
        "conditions": sorted(draft.conditions),
        "transfer_basis": draft.transfer_basis,
        "note": draft.note,
    }


def checksum_of(draft: ClauseDraft) -> str:
    """Return the SHA-256 of a clause's content: what an approval is given to."""
    return sha256_hex(json.dumps(canonical(draft), sort_keys=True, ensure_ascii=False).encode())


def _side(side: Side) -> list[object]:
    return [side.agency, side.is_with_below, side.state]
