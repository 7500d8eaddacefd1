"""What the worker does for the watch: runs that were asked for, and the daily or weekly run that is due."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from kentongan.agreements.access import system_actor
from kentongan.audit.models import OutboxRow
from kentongan.audit.outbox import Consumer

from . import actions
from .models import Watch, WatchRun

PURPOSE = "prevention"


def on_watch_requested(row: OutboxRow) -> None:
    """Carry out the run that was asked for; one that is over stays as it is."""
    run = WatchRun.objects.select_related("watch__owner").get(pk=UUID(row.ref.partition(":")[2]))
    if run.state == WatchRun.State.DONE:
        return
    by = system_actor(run.watch.owner, name="worker", purpose=run.purpose, at=timezone.now())
    actions.run_requested(run=run, by=by, clock=timezone.now)


def run_due(*, at: datetime) -> int:
    """Ask for the runs of every active watch that are due and were not tried yet; return how many were asked for.

    Due is the last whole week; and the last whole day where the watch runs daily. Days that a resting worker missed are
    not made up for: a later run sees all that they would have seen.
    """
    today = timezone.localdate(at)
    asked = 0
    for watch in Watch.objects.filter(is_active=True).select_related("owner"):
        days = {last_sunday(today)} | ({today - timedelta(days=1)} if watch.every_days == 1 else set())
        tried = watch.runs.filter(as_of__in=days).exclude(state=WatchRun.State.ABANDONED)
        for as_of in sorted(days - set(tried.values_list("as_of", flat=True))):
            by = system_actor(watch.owner, name="worker", purpose=PURPOSE, at=at)
            actions.request_run(watch=watch, as_of=as_of, by=by, at=at)
            asked += 1
    return asked


def last_sunday(today: date) -> date:
    """Return the last day of the last ISO week that is over."""
    return today - timedelta(days=today.isoweekday())


CONSUMERS: dict[str, Consumer] = {actions.WATCH_REQUESTED: on_watch_requested}
