"""The timers of an alert as rows: put up, moved, taken down. Each is one statement in the deed's own transaction."""

from datetime import datetime, timedelta

from django.db.models import F, Max, Q

from kentongan.agencies.models import Agency

from . import ladder_rules
from .ladder_rules import ADDRESSEE_DUTY, AGAIN, INAPP, Change, PlannedStep, class_of, is_moot
from .models import Alert, LadderChange, LadderStep

PENDING = (LadderStep.State.WAITING, LadderStep.State.CLAIMED)


def ladder_for(agency: Agency | str, alert_class: str, *, at: datetime) -> tuple[PlannedStep, ...]:
    """Return the steps that hold at the instant for alerts to the agency: the shipped ones with its own figures in them."""
    key = agency if isinstance(agency, str) else agency.pk
    changes = changes_in_force(key, alert_class, at=at)
    return ladder_rules.with_changes(ladder_rules.shipped_ladders()[alert_class], changes)


def changes_in_force(agency: str, alert_class: str, *, at: datetime) -> list[Change]:
    """Return the agency's own figures that hold at the instant."""
    in_force = Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    rows = LadderChange.objects.filter(in_force, agency_id=agency, alert_class=alert_class)
    return [Change(row.number, row.after_minutes, tuple(row.channels)) for row in rows]


def start(alert: Alert, *, at: datetime) -> list[LadderStep]:
    """The alert's ladder stands from this instant, beside none that still waits: an earlier one is taken down."""
    if before := alert.ladder.aggregate(last=Max("ladder"))["last"]:
        _take_down(Q(alert=alert), at=at)
    planned = ladder_for(alert.addressee_id, class_of(is_urgent=alert.is_urgent), at=at)
    rows = [
        LadderStep(
            alert=alert, ladder=(before or 0) + 1, number=step.number, kind=step.kind, whom=list(step.whom),
            channels=list(step.channels), awaits=step.awaits, planned_at=at + timedelta(minutes=step.after_minutes),
            due_at=at + timedelta(minutes=step.after_minutes),
        )
        for step in planned
        if not is_moot(alert.state, step.awaits)
    ]  # fmt: skip
    return LadderStep.objects.bulk_create(rows)


def cancel(alert: Alert, *, at: datetime) -> int:
    """The steps that awaited the state which the alert has reached no longer come; return how many."""
    moot = [state for state in Alert.State.values if is_moot(alert.state, state)]
    return _take_down(Q(alert=alert, awaits__in=moot), at=at)


def move(alert: Alert, *, by: timedelta) -> int:
    """Every step that has not acted comes later by the span; a worker that holds one acts on it no more."""
    return LadderStep.objects.filter(alert=alert, state__in=PENDING).update(
        state=LadderStep.State.WAITING,
        due_at=F("due_at") + by,
        lease_until=None,
        claimed_by="",
        version=F("version") + 1,
    )


def again(alert: Alert, *, at: datetime) -> LadderStep | None:
    """Whoever deals with the alert is told at once that it was raised again; None where that already waits to be told."""
    pending = alert.ladder.filter(state__in=PENDING)
    if pending.filter(kind=AGAIN).exists() or pending.filter(kind=ladder_rules.NOTIFY).exists():
        return None
    last = alert.ladder.order_by("-ladder", "-number").first()
    return LadderStep.objects.create(
        alert=alert, ladder=last.ladder if last else 1, number=last.number + 1 if last else 1, kind=AGAIN,
        whom=[ADDRESSEE_DUTY], channels=last.channels if last else [INAPP], awaits=Alert.State.CLOSED, planned_at=at, due_at=at,
    )  # fmt: skip


def bring_forward(alert: Alert, *, at: datetime) -> LadderStep | None:
    """The next rung of the ladder is due now; None where everybody above has been told. A worker that holds it acts on it no more."""
    rung = alert.ladder.filter(state__in=PENDING, kind=ladder_rules.ESCALATE).order_by("ladder", "number").first()
    if rung is not None and rung.due_at > at:
        LadderStep.objects.filter(pk=rung.pk, state__in=PENDING).update(
            state=LadderStep.State.WAITING, due_at=at, lease_until=None, claimed_by="", version=F("version") + 1
        )
        rung.refresh_from_db()
    return rung


def _take_down(which: Q, *, at: datetime) -> int:
    return LadderStep.objects.filter(which, state__in=PENDING).update(
        state=LadderStep.State.CANCELLED, ended_at=at, lease_until=None, claimed_by="", version=F("version") + 1
    )
