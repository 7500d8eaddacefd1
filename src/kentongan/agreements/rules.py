"""THE GATE as a pure rule: may this actor see this row, and why. No Django.

The same rule is compiled to a queryset filter in access.py; tests compare the two, row for row.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

HANDLING_ORDER = ("open", "shared", "restricted", "personal", "protected")

CATEGORIES = (
    "reports", "readings", "events", "findings", "alerts", "cases", "referrals", "persons", "crossings",
    "protected_register", "programme", "vulnerability", "coordination", "instruments", "issues", "statistics",
)  # fmt: skip

PURPOSES = ("prevention", "border_management", "investigation", "victim_protection", "oversight", "coordination")

CLOSED_KINDS = frozenset({"military", "foreign_military", "intelligence"})
"""Agencies that see, of others' rows, only alerts addressed to them (R27)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An officer acting for one agency in one role with one stated purpose, or the system itself."""

    officer: str  # "officer:<uuid>", "system:worker"
    agency: str
    agency_kind: str
    role: str
    purpose: str
    reads: frozenset[str] = frozenset()  # categories that the role may read
    acts: frozenset[str] = frozenset()  # categories that the role may change
    supervises: frozenset[tuple[str, str]] = frozenset()  # (agency, category), as of the day of acting

    @property
    def ref(self) -> str:
        return self.officer


@dataclass(frozen=True, slots=True)
class Row:
    """What the gate needs to know of a protected row."""

    record: UUID
    category: str
    owner: str
    handling: str


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A grant as far as the rule reads it."""

    record: UUID
    agency: str
    valid_from: datetime
    valid_to: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the row is visible, with every reason that was weighed."""

    allowed: bool
    reasons: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        raise TypeError("a decision is not a boolean: read .allowed and keep .reasons")


def decide(actor: Actor, row: Row, grants: tuple[GrantFacts, ...], *, at: datetime) -> Decision:
    """Return whether the actor may see the row at that instant: own, supervised or granted, then the firewalls."""
    if row.category not in actor.reads:
        return Decision(False, (f"role {actor.role} does not cover {row.category}",))
    if row.owner == actor.agency:
        return Decision(True, ("owner",))
    if row.handling == "protected":
        return Decision(False, ("protected rows are visible to their owner only",))
    granted = [g for g in grants if _holds(g, actor, row, at)]
    if actor.agency_kind in CLOSED_KINDS and row.category != "alerts":
        return Decision(False, ("military and intelligence agencies see of others only alerts addressed to them",))
    if granted:
        return Decision(True, tuple(f"granted because of {g.because}" for g in granted))
    if actor.agency_kind not in CLOSED_KINDS and (row.owner, row.category) in actor.supervises:
        return Decision(True, (f"supervises {row.owner}",))
    return Decision(False, ("neither owner, nor supervisor, nor granted",))


def _holds(grant: GrantFacts, actor: Actor, row: Row, at: datetime) -> bool:
    return (
        grant.record == row.record
        and grant.agency == actor.agency
        and grant.valid_from <= at
        and (grant.valid_to is None or at < grant.valid_to)
    )


def raised_handling(old: str, new: str) -> str:
    """Return the stricter of two handlings: handling may only be raised."""
    return max(old, new, key=HANDLING_ORDER.index)
