"""Whom a machine may compare for whom, and the states of a candidate link. No Django.

A candidate link: `proposed → accepted | refused`, and back: an accepted one is split, a refused one is taken up again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kentongan.vault.rules import may_compare

PERSONS = "persons"
"""The gate's category of what is compared: who links must be one who acts on persons."""

PROPOSED, ACCEPTED, REFUSED = "proposed", "accepted", "refused"
LINK_STEPS: Mapping[str, frozenset[str]] = {
    PROPOSED: frozenset({ACCEPTED, REFUSED}),
    ACCEPTED: frozenset({PROPOSED}),
    REFUSED: frozenset({PROPOSED}),
}

PERSON, THING = "person", "thing"
LEAST_PROBABILITY = 0.5
"""A pair that is less likely than not to be one is not put before an officer."""

VICTIM, REPORTER, CHILD, PROTECTED = "victim", "reporter", "child", "protected"


@dataclass(frozen=True, slots=True)
class Compared:
    """What decides whether somebody in a case may be compared."""

    roles: frozenset[str]  # those that the person has, had, or first had
    age: str
    is_in_protected_case: bool  # on refugees or asylum-seekers


def may_be_compared(somebody: Compared, *, purpose: str, role: str) -> bool:
    """Tell whether somebody may be compared: victims, reporters, children and refugees for protection alone (R14, R15, R11)."""
    kinds = somebody.roles & {VICTIM, REPORTER}
    if somebody.age == CHILD:
        kinds |= {CHILD}
    if somebody.is_in_protected_case:
        kinds |= {PROTECTED}
    return all(may_compare(kind, purpose=purpose, role=role) for kind in kinds or {PERSON})


def may_step(now: str, then: str) -> bool:
    """Tell whether an officer leads a link from the first state to the second."""
    return then in LINK_STEPS[now]


def joined_with(refs: Collection[str], edges: Collection[tuple[str, str]]) -> frozenset[str]:
    """Return the refs with everything that the edges join to them, directly or over others."""
    found, grows = set(refs), True
    while grows:
        reached = {one for edge in edges if found & set(edge) for one in edge}
        grows = not reached <= found
        found |= reached
    return frozenset(found)
