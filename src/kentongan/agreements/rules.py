"""THE GATE as a pure rule: may this actor see this row, which of its fields, and why. No Django.

The same rule is compiled to a queryset filter in access.py; generated cases compare the two, row for row, and both
with Cedar policies rendered from the same clauses.
"""

from collections.abc import Iterable
from datetime import datetime

from kentongan.agencies import rules as agencies

from .facts import FULL, Actor, Body, ClauseFacts, Decision, GrantFacts, Row, most_released

HANDLING_ORDER = ("open", "shared", "restricted", "personal", "protected")

CATEGORIES = (
    "reports", "readings", "events", "findings", "alerts", "cases", "referrals", "persons", "crossings",
    "protected_register", "programme", "vulnerability", "coordination", "instruments", "issues", "statistics",
)  # fmt: skip

PURPOSES = ("prevention", "border_management", "investigation", "victim_protection", "oversight", "coordination")

CLOSED_KINDS = agencies.CLOSED_KINDS
"""Agencies that see, of others' rows, only aggregates and alerts addressed to them (R27)."""

VAULT = frozenset({"persons"})
"""Categories that never leave their owner by the gate: the vault opens a row by a deed with a reason (R14)."""

RAW = frozenset({"reports", "readings"})
"""Categories that no foreign agency reads of others: a text may speak of a refugee before anybody has read it (R11)."""

UNKNOWN_ORIGIN = "unknown"
UNSETTLED_ORIGINS = frozenset({"stateless", "claimed", UNKNOWN_ORIGIN})
"""Origins that are no state: they protect from every state (R11)."""

NO_STATE = "XX"
"""The country of international organisations: they act for no state."""


def decide(actor: Actor, row: Row, grants: tuple[GrantFacts, ...], *, at: datetime) -> Decision:
    """Return what the actor may see of the row at that instant.

    Own and supervised rows are whole; then clauses in force and grants, together; the firewalls come last and nothing
    overrides them.
    """
    if row.category not in actor.reads:
        return _refused(f"role {actor.role} does not cover {row.category}")
    if wall := _firewall(actor, row):
        return _refused(wall)
    if row.owner == actor.agency:
        return Decision(True, ("owner",), is_whole=True)
    is_closed = actor.agency_kind in CLOSED_KINDS
    if not is_closed and (row.owner, row.category) in actor.supervises:
        return Decision(True, (f"supervises {row.owner}",), is_whole=True)
    granted = [g for g in grants if _holds(g, actor, row, at)]
    if any(not g.fields for g in granted):
        return Decision(True, tuple(f"granted because of {g.because}" for g in granted), is_whole=True)
    covering = [] if is_closed else [c for c in actor.clauses if covers(c, actor, row, at=at)]
    if not granted and not covering:
        return _refused("neither owner, nor supervisor, nor covered by a clause in force, nor granted")
    return _part(row, granted, covering)


def covers(clause: ClauseFacts, actor: Actor, row: Row, *, at: datetime) -> bool:
    """Return whether a clause lets this reader see something of this row at the instant, firewalls aside."""
    return (
        serves(clause, actor, row.category, at=at)
        and row.owner_body is not None
        and clause.giver.covers(row.owner_body)
        and may_cross(clause, row.owner_body, actor)
        and clause.territory.covers(row.within)
        and (not clause.kinds or bool(clause.kinds & row.kinds))
        and clause.conditions <= row.conditions
        and (not row.came_under or row.came_under in actor.onward)
    )


def serves(clause: ClauseFacts, actor: Actor, category: str, *, at: datetime) -> bool:
    """Return whether a clause serves this reader at all: in force, on the receiving side, for the stated purpose."""
    return (
        clause.is_in_force(at)
        and bool(clause.releases.get(category))
        and actor.purpose in clause.purposes
        and actor.body is not None
        and clause.receiver.covers(actor.body)
    )


def may_cross(clause: ClauseFacts, giver: Body, actor: Actor) -> bool:
    """Return whether the clause carries what crossing to another state or organisation needs (R21)."""
    return giver.state == actor.state or bool(clause.transfer_basis)


def _firewall(actor: Actor, row: Row) -> str:
    if row.handling == "protected" and row.owner != actor.agency:
        return "protected rows are visible to their owner only"
    speaks_of_refugees = row.handling == "protected" or bool(row.origins)
    if speaks_of_refugees and is_foreign(actor) and reveals_to_origin(row.origins, actor.state):
        return "rows on refugees and asylum-seekers are closed to the state of origin, and to every other state while the origin is not settled"
    if row.category in RAW and row.owner != actor.agency and is_foreign(actor):
        return "texts as they were sent, and what was read in them, do not leave the state"
    if row.category in VAULT and row.owner != actor.agency:
        return "the vault opens to its owner only"
    if actor.agency_kind in CLOSED_KINDS and row.owner != actor.agency and row.category != "alerts":
        return "military and intelligence agencies see of others only alerts addressed to them"
    return ""


def is_foreign(actor: Actor) -> bool:
    """Return whether the actor acts for another state than this installation's."""
    return actor.state not in (actor.home, NO_STATE)


def reveals_to_origin(origins: Iterable[str], state: str) -> bool:
    """Return whether a row with these origins could reach, at this state's reader, a state of origin (R11)."""
    known = frozenset(origins)
    return not known or state in known or bool(known & UNSETTLED_ORIGINS)


def united_origins(*tellings: tuple[str, Iterable[str]]) -> frozenset[str]:
    """Return all origins that tellings of one matter speak of, each given with its handling.

    What is unknown of a protected one stays so, whatever is known of the others.
    """
    told = [(handling, frozenset(origins)) for handling, origins in tellings]
    known = frozenset[str]().union(*(origins for _handling, origins in told))
    is_unknown = any(handling == "protected" and not origins for handling, origins in told)
    return known | {UNKNOWN_ORIGIN} if known and is_unknown else known


def _part(row: Row, granted: list[GrantFacts], covering: list[ClauseFacts]) -> Decision:
    releases = [c.releases[row.category] for c in covering] + [dict.fromkeys(g.fields, FULL) for g in granted]
    reasons = tuple(f"allowed by {c.ref}" for c in covering) + tuple(f"granted because of {g.because}" for g in granted)
    return Decision(
        True,
        reasons,
        fields=most_released(releases),
        clauses=tuple(c.ref for c in covering),
    )


def _refused(reason: str) -> Decision:
    return Decision(False, (reason,))


def _holds(grant: GrantFacts, actor: Actor, row: Row, at: datetime) -> bool:
    return (
        grant.record == row.record
        and grant.agency == actor.agency
        and grant.valid_from <= at
        and (grant.valid_to is None or at < grant.valid_to)
        and (
            not grant.under
            or any(c.ref in grant.under and serves(c, actor, row.category, at=at) for c in actor.clauses)
        )
    )


def raised_handling(old: str, new: str) -> str:
    """Return the stricter of two handlings: handling may only be raised."""
    return max(old, new, key=HANDLING_ORDER.index)
