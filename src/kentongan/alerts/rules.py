"""The steps of an alert and its clocks. No Django.

`raised → acknowledged → verified → closed`; an alert may be closed from every open state, because a duplicate or a
mistake needs no verification. Nothing leads back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries

RAISED, ACKNOWLEDGED, VERIFIED, CLOSED = "raised", "acknowledged", "verified", "closed"
STATES = (RAISED, ACKNOWLEDGED, VERIFIED, CLOSED)

ALLOWED: dict[str, frozenset[str]] = {
    RAISED: frozenset({ACKNOWLEDGED, CLOSED}),
    ACKNOWLEDGED: frozenset({VERIFIED, CLOSED}),
    VERIFIED: frozenset({CLOSED}),
    CLOSED: frozenset(),
}
"""From each state, the states that may follow."""

OUTCOMES_WITHOUT_VERIFICATION = frozenset({"duplicate", "handed_over", "no_result"})
"""How an alert may end that nobody verified; a true or false one was looked at."""

STEPS = ("acknowledge", "verify", "decide")

OPEN = (RAISED, ACKNOWLEDGED, VERIFIED)

ACKNOWLEDGE, VERIFY, ASSIGN, ESCALATE, ASK, MERGE, SNOOZE, CLOSE = (
    "acknowledge", "verify", "assign", "escalate", "ask", "merge", "snooze", "close",
)  # fmt: skip
DEEDS: dict[str, frozenset[str]] = {
    ACKNOWLEDGE: frozenset({RAISED}),
    VERIFY: frozenset({ACKNOWLEDGED}),
    ASSIGN: frozenset(OPEN),
    ESCALATE: frozenset(OPEN),
    ASK: frozenset(OPEN),
    MERGE: frozenset(OPEN),
    SNOOZE: frozenset(OPEN),
    CLOSE: frozenset(OPEN),
}
"""What an officer does at the desk, and in which states of the alert."""

OF_BOTH_SIDES = frozenset({ESCALATE, ASK, MERGE, CLOSE})
"""The deeds that the sender may do too; the others are the addressee's alone."""


@dataclass(frozen=True, slots=True)
class ClockRow:
    """How long a step may take. The figures are our own proposal; no statute sets them."""

    step: str
    is_urgent: bool
    minutes: int
    note: str


@dataclass(frozen=True, slots=True)
class DueTimes:
    """When each step is due."""

    acknowledge_by: datetime
    verify_by: datetime
    decide_by: datetime


def may_follow(now: str, then: str) -> bool:
    """Tell whether an alert in the first state may go to the second."""
    return then in ALLOWED[now]


def may_close_as(state: str, outcome: str) -> bool:
    """Tell whether an alert in this state may end with this outcome."""
    return may_follow(state, CLOSED) and (state == VERIFIED or outcome in OUTCOMES_WITHOUT_VERIFICATION)


@cache
def clock_rows() -> tuple[ClockRow, ...]:
    """Return the shipped clocks; ShippedTableError lists all faulty lines."""
    return table_entries("kentongan.alerts", "data/clocks.csv", _clock)


def due_times(raised_at: datetime, *, is_urgent: bool) -> DueTimes:
    """Return when each step of an alert raised at this instant is due."""
    minutes = {row.step: row.minutes for row in clock_rows() if row.is_urgent == is_urgent}
    return DueTimes(*(raised_at + timedelta(minutes=minutes[step]) for step in STEPS))


def next_due(state: str, due: DueTimes) -> datetime | None:
    """Return when the next step is due; None when there is no next one."""
    return {RAISED: due.acknowledge_by, ACKNOWLEDGED: due.verify_by, VERIFIED: due.decide_by}.get(state)


def is_overdue(state: str, due: DueTimes, *, at: datetime) -> bool:
    """Tell whether the step that is awaited should have been done by now."""
    awaited = next_due(state, due)
    return awaited is not None and at >= awaited


def deeds_in(state: str, *, is_addressee: bool, is_sender: bool) -> tuple[str, ...]:
    """Return what an officer of that side may do with an alert in this state, in the order of the desk."""
    return tuple(
        deed
        for deed, states in DEEDS.items()
        if state in states and (is_addressee or (is_sender and deed in OF_BOTH_SIDES))
    )


def next_deed(state: str) -> str:
    """Return the deed that the addressee's clock waits for; blank when there is none any more."""
    return {RAISED: ACKNOWLEDGE, ACKNOWLEDGED: VERIFY, VERIFIED: CLOSE}.get(state, "")


def _clock(line: TableLine) -> ClockRow:
    step = line.one_of("step", frozenset(STEPS))
    return ClockRow(
        step, line.one_of("urgent", frozenset({"yes", "no"})) == "yes", int(line.required("minutes")), line.text("note")
    )
