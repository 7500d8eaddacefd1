"""What the gate's rule reads: who reads, what the row is, what the clauses and grants say. Plain values, no Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

FULL, BLURRED, PSEUDONYM = "full", "blurred", "pseudonym"
RELEASES = (PSEUDONYM, BLURRED, FULL)
"""How a field may be released, the least first: under a stand-in name, blurred (a place to its district, a day to its
month), or as it stands. What is not named is absent."""

Period = tuple[datetime, datetime | None]
"""From an instant until another (excluded; None is open)."""


@dataclass(frozen=True, slots=True)
class Body:
    """Where an agency stands on a day: whom it answers to, which forums it sits in, which state it belongs to."""

    agency: str
    above: frozenset[str] = frozenset()
    forums: frozenset[str] = frozenset()
    state: str = "ID"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a clause: an agency (with those that answer to it or not), a forum's members, or a state's agencies.

    A side that names nobody covers nobody.
    """

    agency: str = ""
    is_with_below: bool = False
    state: str = ""

    def covers(self, body: Body) -> bool:
        """Return whether the agency stands on this side."""
        if self.agency:
            return (
                self.agency == body.agency
                or self.agency in body.forums
                or (self.is_with_below and self.agency in body.above)
            )
        return bool(self.state) and self.state == body.state


@dataclass(frozen=True, slots=True)
class Territory:
    """Roots of the gazetteer with what lies below, minus exceptions; or everywhere, unknown places included."""

    roots: frozenset[int] = frozenset()
    exceptions: frozenset[int] = frozenset()
    is_everywhere: bool = False

    def covers(self, within: frozenset[int]) -> bool:
        """Return whether a place lies inside; `within` holds the place and all that it lies in, nothing if unknown."""
        if self.exceptions and (not within or self.exceptions & within):
            return False
        return self.is_everywhere or bool(self.roots & within)


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """A clause that both sides approved, with the periods in which it and all instruments above it are in force."""

    clause: UUID
    giver: Side
    receiver: Side
    releases: Mapping[str, Mapping[str, str]]  # category -> group of fields -> full, blurred, pseudonym
    purposes: frozenset[str]
    territory: Territory
    periods: tuple[Period, ...]
    kinds: frozenset[str] = frozenset()  # empty: of every kind
    conditions: frozenset[str] = frozenset()  # consent, court_order: each must stand for the record
    transfer_basis: str = ""  # UU 27/2022 art. 56: without one nothing crosses to another state
    counts: frozenset[str] = frozenset()  # categories of which only counts may be seen
    min_cell: int = 5  # counts of persons below this are not shown
    retention_days: int | None = None

    @property
    def ref(self) -> str:
        return f"clause:{self.clause}"

    def is_in_force(self, at: datetime) -> bool:
        """Return whether the clause is in force at the instant."""
        return any(since <= at and (until is None or at < until) for since, until in self.periods)


class Owned(Protocol):
    """A protected row, as far as who decides on it depends on it."""

    owner_id: str
    handling: str


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
    decides_for: frozenset[str] = frozenset()  # agencies next below, as villages, where nobody decides on events
    body: Body | None = None
    bodies: Mapping[str, Body] = field(default_factory=dict)  # where every agency stands, on the day of acting
    clauses: tuple[ClauseFacts, ...] = ()  # those whose receiving side the agency stands on
    onward: frozenset[str] = frozenset()  # refs of clauses under which what was received may be given on
    home: str = "ID"  # the state of this installation; any other state is foreign

    @property
    def ref(self) -> str:
        return self.officer

    @property
    def state(self) -> str:
        """The state that the officer acts for."""
        return self.body.state if self.body else self.home

    def decides_on(self, row: "Owned") -> bool:
        """Return whether an event, or the event in a report, is decided on at the actor's agency; a protected one at its owner's."""
        return row.owner_id == self.agency or (row.owner_id in self.decides_for and row.handling != "protected")


@dataclass(frozen=True, slots=True)
class Row:
    """What the gate needs to know of a protected row."""

    record: UUID
    category: str
    owner: str
    handling: str
    owner_body: Body | None = None
    within: frozenset[int] = frozenset()  # its place and all that the place lies in
    kinds: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()  # that stand for this record and this reader
    origins: frozenset[str] = frozenset()  # states, on rows about refugees or asylum-seekers; empty is unknown
    came_under: str = ""  # the clause under which it was received; blank: the owner's own


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A grant as far as the rule reads it."""

    record: UUID
    agency: str
    valid_from: datetime
    valid_to: datetime | None
    because: str
    fields: frozenset[str] = frozenset()  # empty: every group
    under: frozenset[str] = frozenset()  # refs of clauses, one of which must serve; empty: needs none


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the row is visible, which of its fields, by which clauses, with every reason that was weighed."""

    allowed: bool
    reasons: tuple[str, ...] = ()
    is_whole: bool = False  # every field, exactly as it stands
    fields: Mapping[str, str] = field(default_factory=dict)  # group -> full, blurred, pseudonym; unless whole
    clauses: tuple[str, ...] = ()  # refs of the clauses that allowed

    def __bool__(self) -> bool:
        raise TypeError("a decision is not a boolean: read .allowed and keep .reasons")

    def release_of(self, group: str) -> str:
        """Return how a group of fields is released: full, blurred, pseudonym, or nothing."""
        return FULL if self.is_whole else self.fields.get(group, "")


def most_released(fields: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return for each group the fullest of several releases."""
    best: dict[str, str] = {}
    for one in fields:
        for group, release in one.items():
            best[group] = max(best.get(group, release), release, key=RELEASES.index)
    return best
