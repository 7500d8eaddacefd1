"""The three state machines of this room and what is late. No Django.

A case: `open → working ⇄ waiting → closed`; a closed one may be taken up again. A task: `open → accepted → done`, or declined
by whom it was given to, or withdrawn by who gave it. A referral: `sent → accepted → in_progress → done`, or declined by the
receiver, or revoked by the sender or by the person whom it is about. What has ended has ended: only a case opens again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

MODULE = "cases"
CASES, REFERRALS = "cases", "referrals"
LEADER = "leader"
"""The role of a supervisor: it looks at everything of its agency and changes nothing, except by the second word (R13)."""

OPEN, WORKING, WAITING, CLOSED = "open", "working", "waiting", "closed"
CASE_STEPS: Mapping[str, frozenset[str]] = {
    OPEN: frozenset({WORKING, WAITING, CLOSED}),
    WORKING: frozenset({WAITING, CLOSED}),
    WAITING: frozenset({WORKING, CLOSED}),
    CLOSED: frozenset({WORKING}),
}

ACCEPTED, DONE, DECLINED, WITHDRAWN = "accepted", "done", "declined", "withdrawn"
TASK_STEPS: Mapping[str, frozenset[str]] = {
    OPEN: frozenset({ACCEPTED, DECLINED, WITHDRAWN}),
    ACCEPTED: frozenset({DONE, DECLINED, WITHDRAWN}),
    DONE: frozenset(),
    DECLINED: frozenset(),
    WITHDRAWN: frozenset(),
}

SENT, IN_PROGRESS, REVOKED = "sent", "in_progress", "revoked"
REFERRAL_STEPS: Mapping[str, frozenset[str]] = {
    SENT: frozenset({ACCEPTED, DECLINED, REVOKED}),
    ACCEPTED: frozenset({IN_PROGRESS, DECLINED, REVOKED}),
    IN_PROGRESS: frozenset({DONE, REVOKED}),
    DONE: frozenset(),
    DECLINED: frozenset(),
    REVOKED: frozenset(),
}

BY_THE_OTHER_SIDE = frozenset({ACCEPTED, DECLINED, IN_PROGRESS, DONE})
"""Steps of a task or a referral that belong to whom it was given to; the others belong to who gave it."""

NEEDS_REASON = frozenset({DECLINED, WITHDRAWN, REVOKED, CLOSED})
"""States that nothing enters without a reason."""

ANSWER_WITHIN = timedelta(hours=24)
"""How long a receiver has to answer a referral: our own proposal, no statute sets it."""


def may_step(steps: Mapping[str, frozenset[str]], now: str, then: str) -> bool:
    """Tell whether the machine leads from the first state to the second in one step."""
    return then in steps[now]


def has_ended(steps: Mapping[str, frozenset[str]], state: str) -> bool:
    """Tell whether nothing is awaited any more in this state."""
    return state == CLOSED or not steps[state]


def needs_reason(now: str, then: str) -> bool:
    """Tell whether the step must say why: every ending that is not a fulfilment, every waiting, every taking up again."""
    return then in NEEDS_REASON or then == WAITING or (now, then) == (CLOSED, WORKING)


def is_task_overdue(state: str, due: datetime | None, *, at: datetime) -> bool:
    """Tell whether a task that has not ended should have been done by now."""
    return due is not None and not has_ended(TASK_STEPS, state) and at >= due


def referral_due(state: str, *, answer_by: datetime, finish_by: datetime | None) -> datetime | None:
    """Return by when the next step of a referral is due; None where none is, or no day was agreed."""
    if state == SENT:
        return answer_by
    return None if has_ended(REFERRAL_STEPS, state) else finish_by


def is_referral_overdue(state: str, *, answer_by: datetime, finish_by: datetime | None, at: datetime) -> bool:
    """Tell whether the step that a referral awaits should have been done by now."""
    due = referral_due(state, answer_by=answer_by, finish_by=finish_by)
    return due is not None and at >= due
