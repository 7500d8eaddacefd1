"""What the worker does for the watch: runs that were asked for, and the daily or weekly run that is due."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from kentongan.agreements.access import system_actor
from kentongan.audit.models import OutboxRow
from kentongan.audit.outbox import Consumer
from kentongan.kit.periods import end_of_day

from . import actions
from .models import Watch, WatchRun

PURPOSE = "prevention"
MOST_FAILURES = 3
"""A day whose runs failed so often waits for a person."""


def on_watch_requested(row: OutboxRow) -> None:
    """Carry out the run that was asked for; one that is over, or whose watch was stopped, stays as it is."""
    run = WatchRun.objects.select_related("watch__owner").get(pk=UUID(row.ref.partition(":")[2]))
    if run.state == WatchRun.State.DONE or not run.watch.is_active:
        return
    by = system_actor(run.watch.owner, name="worker", purpose=run.purpose, at=timezone.now())
    actions.run_requested(run=run, by=by, clock=timezone.now)


def run_due(*, at: datetime) -> int:
    """Ask for the runs of every active watch that are due and were not tried yet; return how many were asked for.

    Due is the last whole week; and the last whole day where the watch runs daily. Other days that a resting worker missed
    are not made up for: windows reach four weeks back.
    """
    today = timezone.localdate(at)
    asked = 0
    for watch in Watch.objects.filter(is_active=True).select_related("owner"):
        days = {last_sunday(today)} | ({today - timedelta(days=1)} if watch.every_days == 1 else set())
        for as_of in sorted(day for day in days if not _was_tried(watch, day, at=at)):
            by = system_actor(watch.owner, name="worker", purpose=PURPOSE, at=at)
            actions.request_run(watch=watch, as_of=as_of, by=by, at=at)
            asked += 1
    return asked


def _was_tried(watch: Watch, day: date, *, at: datetime) -> bool:
    """Whether a run of the whole day waits, is under way, ended, or failed too often; one that died or came too soon counts not."""
    runs = list(watch.runs.filter(as_of=day))
    is_over = end_of_day(day, timezone.get_default_timezone())
    return (
        any(run.state == WatchRun.State.QUEUED for run in runs)
        or any(run.state == WatchRun.State.RUNNING and run.lease_until and run.lease_until >= at for run in runs)
        or any(run.state == WatchRun.State.DONE and run.started_at and run.started_at >= is_over for run in runs)
        or sum(run.state == WatchRun.State.FAILED for run in runs) >= MOST_FAILURES
    )


def last_sunday(today: date) -> date:
    """Return the last day of the last ISO week that is over."""
    return today - timedelta(days=today.isoweekday())


CONSUMERS: dict[str, Consumer] = {actions.WATCH_REQUESTED: on_watch_requested}
