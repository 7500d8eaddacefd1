"""Climbing the ladder: due steps are claimed with a lease and act exactly once, whoever dies and whatever the clock does.

Safety hangs on one thing only: a step becomes done where the version that was claimed still stands, in the transaction that
puts its messages and its row of the trail. The lease merely keeps workers from doing the same work at the same time, so it
may be wrong (a worker that was thought dead, a clock that jumped) without anything being told twice.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from . import news, telling
from .ladder_rules import LEASE, LONGEST_REST, rest_after
from .models import Alert, LadderStep
from .steps import again, cancel, ladder_for, move, start

__all__ = ["act_due", "again", "cancel", "due_steps", "ladder_for", "move", "start"]

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Alerts in one claim."""


@dataclass(frozen=True, slots=True)
class System:
    """The ladder itself acts: it follows the alert that an officer raised, for the agency that owns it."""

    agency: str
    purpose: str
    ref: str = "system:ladder"
    role: str = "system"


def act_due(*, worker: str, clock: Callable[[], datetime], most: int | None = None) -> int:
    """Every step that is due has acted, those of one alert together and in their order; return how many alerts were served."""
    served = 0
    while most is None or served < most:
        room = AT_ONCE if most is None else min(AT_ONCE, most - served)
        claimed = _claim(worker, clock(), room)
        if not claimed:
            break
        for steps in claimed:
            _act_safely(steps, clock)
        served += len(claimed)
    return served


def due_steps(*, at: datetime) -> QuerySet[LadderStep]:
    """Return the steps that may be claimed at the instant, by nobody else and none beside a claim on the same alert."""
    held = LadderStep.objects.filter(alert=OuterRef("alert"), state=LadderStep.State.CLAIMED).exclude(_is_void(at))
    return LadderStep.objects.filter(_may_claim(at), ~Exists(held), due_at__lte=at)


def _may_claim(at: datetime) -> Q:
    """`ladder_rules.may_claim` for the database."""
    is_awake = Q(rests_until__isnull=True) | Q(rests_until__lte=at) | Q(rests_until__gt=at + LONGEST_REST)
    return (Q(state=LadderStep.State.WAITING) & is_awake) | (Q(state=LadderStep.State.CLAIMED) & _is_void(at))


def _is_void(at: datetime) -> Q:
    return Q(lease_until__lt=at) | Q(lease_until__gt=at + LEASE)


def _claim(worker: str, at: datetime, room: int) -> list[list[LadderStep]]:
    """Return, for up to so many alerts, the due steps that are now this worker's, in their order."""
    waiting = due_steps(at=at).order_by("due_at", "id").values_list("alert_id", flat=True)
    alerts = list(dict.fromkeys(waiting[: room * 4]))[:room]
    if not alerts:
        return []
    mine = {"claimed_by": worker[:120], "lease_until": at + LEASE}
    with transaction.atomic():
        if not _demand_rows(due_steps(at=at).filter(alert__in=alerts)).update(
            state=LadderStep.State.CLAIMED, version=F("version") + 1, attempts=F("attempts") + 1, **mine
        ):
            return []
    by_alert: defaultdict[object, list[LadderStep]] = defaultdict(list)
    for step in LadderStep.objects.filter(state=LadderStep.State.CLAIMED, alert__in=alerts, **mine).order_by(
        "ladder", "number"
    ):
        by_alert[step.alert_id].append(step)
    return [by_alert[alert] for alert in alerts if alert in by_alert]


def _demand_rows(steps: QuerySet[LadderStep]) -> QuerySet[LadderStep]:
    """Return the same steps, locked one after the other where the database can: two claims never wait for each other."""
    if not connection.features.has_select_for_update_skip_locked:
        return steps
    locked = steps.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    return LadderStep.objects.filter(pk__in=list(locked))


def _act_safely(steps: list[LadderStep], clock: Callable[[], datetime]) -> None:
    """Act on an alert's steps; a fault other than the database's is kept with them, and they rest for a while."""
    try:
        _act(steps, at=clock())
    except DatabaseError:
        raise  # the worker waits; the claim ends by itself
    except Exception as fault:
        log.exception("alerts.ladder_step_failed", extra={"steps": [step.pk for step in steps]})
        for step in steps:
            rest = {"rests_until": clock() + rest_after(step.attempts), "last_error": repr(fault)[:300]}
            _still_held(step).update(state=LadderStep.State.WAITING, **_FREED, **rest)


@transaction.atomic
def _act(steps: list[LadderStep], *, at: datetime) -> None:
    """The steps that are still this worker's are done, and who had to be told of them has their messages."""
    alert = _locked(steps[0])  # first the alert, then its steps: the order of every deed on it
    if any(step.due_at > at for step in steps):  # the clock went back since they were claimed: they wait again
        for step in steps:
            _still_held(step).update(state=LadderStep.State.WAITING, **_FREED)
        return
    done = {"state": LadderStep.State.DONE, "ended_at": at, "rests_until": None, "last_error": ""}
    won = [step for step in steps if _still_held(step).update(**done, **_FREED)]
    if not won:
        return
    by = System(agency=alert.owner_id, purpose=alert.purpose)
    told = telling.tell(alert, won, by=by, at=at)
    for step in won:
        facts = {
            "ladder": step.ladder, "number": step.number, "kind": step.kind, "whom": step.whom, "told": told[step.pk],
            "due_at": step.due_at.isoformat(),
        }  # fmt: skip
        trail.record(Trail.LADDER_STEP_ACTED, by=by, at=at, on=alert.ref, facts=facts)
    news.desks_changed(alert, at=at)


_FREED: dict[str, Any] = {"lease_until": None, "claimed_by": "", "version": F("version") + 1}


def _still_held(step: LadderStep) -> QuerySet[LadderStep]:
    return LadderStep.objects.filter(pk=step.pk, state=LadderStep.State.CLAIMED, version=step.version)


def _locked(step: LadderStep) -> Alert:
    beside = ("owner__seat", "addressee__seat", "event", "finding")
    alert: Alert = (
        Alert.objects.select_for_update(of=("self",), no_key=True).select_related(*beside).get(pk=step.alert_id)
    )
    return alert
