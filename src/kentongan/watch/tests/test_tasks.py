"""Runs that are asked for and runs that are due."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kentongan.audit import outbox
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.engine.calibration import thresholds
from kentongan.watch import actions, tasks
from kentongan.watch.models import WatchRun

SUNDAY = date(2026, 3, 1)


@pytest.fixture
def by(actor_of):
    return actor_of("kanim-atambua", role="analyst")


def drain(at):
    return outbox.drain(tasks.CONSUMERS, worker="uji", clock=lambda: at)


def test_a_run_that_was_asked_for_is_carried_out_by_the_worker(gazetteer_rows, kinds, watch_of, by, now):
    run = actions.request_run(watch=watch_of(), as_of=SUNDAY, by=by, at=now)

    drain(now)

    run.refresh_from_db()
    assert (run.state, run.steps_done) == ("done", actions.STEPS)
    assert run.requested_by == by.ref
    assert OutboxRow.objects.get().state == "done"


def test_a_run_that_waits_when_its_watch_is_stopped_is_not_carried_out(gazetteer_rows, kinds, watch_of, by, now):
    watch = watch_of()
    run = actions.request_run(watch=watch, as_of=SUNDAY, by=by, at=now)

    actions.stop_watch(watch=watch, why="wilayahnya digabung", by=by, at=now)
    drain(now)

    run.refresh_from_db()
    assert (run.state, run.started_at, OutboxRow.objects.get().state) == ("abandoned", None, "done")
    assert TrailRow.objects.get(event=Trail.WATCH_RUN_ABANDONED).subject == f"watchrun:{run.pk}"
    with pytest.raises(actions.WatchStopped):
        actions.run_requested(run=run, by=by, clock=lambda: now)


@pytest.mark.parametrize("state", ["failed", "running"])
def test_a_run_that_failed_or_died_is_not_taken_up_again_once_its_watch_is_stopped(
    gazetteer_rows, kinds, watch_of, by, now, state
):
    watch = watch_of()
    actions.request_run(watch=watch, as_of=SUNDAY, by=by, at=now)
    WatchRun.objects.update(state=state, lease_until=now - timedelta(seconds=1))

    actions.stop_watch(watch=watch, why="wilayahnya digabung", by=by, at=now)
    drain(now)

    assert (WatchRun.objects.get().state, OutboxRow.objects.get().state) == (state, "done")


def test_asking_twice_for_the_same_day_makes_one_run(watch_of, by, now):
    watch = watch_of()

    assert actions.request_run(watch=watch, as_of=SUNDAY, by=by, at=now) == actions.request_run(
        watch=watch, as_of=SUNDAY, by=by, at=now
    )
    assert OutboxRow.objects.count() == 1


def test_news_that_comes_twice_runs_once(gazetteer_rows, kinds, watch_of, by, now):
    actions.request_run(watch=watch_of(), as_of=SUNDAY, by=by, at=now)
    drain(now)
    digest = WatchRun.objects.get().digest
    OutboxRow.objects.update(state="waiting")

    drain(now)

    assert WatchRun.objects.get().digest == digest
    assert OutboxRow.objects.get().state == "done"


def test_a_run_whose_worker_died_is_taken_up_again_after_its_lease(gazetteer_rows, kinds, watch_of, by, now):
    run = actions.request_run(watch=watch_of(), as_of=SUNDAY, by=by, at=now)
    WatchRun.objects.update(state="running", lease_until=now + actions.LEASE)

    with pytest.raises(actions.RunNotWaiting):
        actions.run_requested(run=run, by=by, clock=lambda: now)
    done = actions.run_requested(run=run, by=by, clock=lambda: now + actions.LEASE + timedelta(seconds=1))

    assert done.state == "done"


def test_a_daily_watch_is_due_for_every_whole_day_and_for_a_week_that_a_resting_worker_missed(watch_of, now):
    watch_of("kanim-atambua", every_days=1)

    asked = [tasks.run_due(at=now + timedelta(days=n)) for n in (0, 0, 1, 8)]

    assert timezone.localdate(now) == date(2026, 3, 4)  # a Wednesday
    assert asked == [2, 0, 1, 2]
    days = WatchRun.objects.order_by("as_of").values_list("as_of", flat=True)
    assert list(days) == [SUNDAY, *(date(2026, 3, day) for day in (3, 4, 8, 11))]


def test_a_daily_watch_looks_for_surges_and_silences_at_the_end_of_the_week_only(
    gazetteer_rows, kinds, watch_of, by, now
):
    watch = watch_of("kanim-atambua", every_days=1)
    days = [SUNDAY - timedelta(days=n) for n in range(3)]

    runs = [actions.run(watch=watch, as_of=day, by=by, clock=lambda: now) for day in days]

    looked_for = [{line["type"] for line in run.result["scans"]} for run in runs]
    assert looked_for == [{"cluster", "surge", "silence"}, {"cluster"}, {"cluster"}]
    assert runs[0].parameters["thresholds"]["p_value"] < thresholds(streams=4, levels=2).p_value


def test_a_run_that_came_before_the_day_was_over_does_not_stand_for_it(watch_of, now):
    watch = watch_of("kanim-atambua", every_days=1)
    today = timezone.localdate(now)
    WatchRun.objects.create(
        watch=watch, as_of=today, state="done", started_at=now, requested_by="x", purpose="prevention"
    )

    tasks.run_due(at=now + timedelta(days=1))

    assert sorted(watch.runs.filter(as_of=today).values_list("state", flat=True)) == ["done", "queued"]


@pytest.mark.parametrize(
    ("state", "number", "asked"), [("running", 1, 1), ("failed", 2, 1), ("failed", 3, 0), ("abandoned", 5, 1)]
)
def test_a_run_that_died_or_failed_is_asked_for_again_but_not_for_ever(watch_of, now, state, number, asked):
    watch = watch_of("kanim-atambua")
    for _ in range(number):
        WatchRun.objects.create(
            watch=watch, as_of=tasks.last_sunday(timezone.localdate(now)), state=state, started_at=now,
            lease_until=now - timedelta(minutes=1), requested_by="x", purpose="prevention",
        )  # fmt: skip

    assert tasks.run_due(at=now) == asked


def test_each_active_watch_is_due_once_a_week(watch_of, now):
    watch_of("kanim-atambua")
    watch_of("polres-belu", is_active=False)

    asked = [tasks.run_due(at=now + timedelta(days=n)) for n in (0, 1, 4, 5, 6)]

    assert asked == [1, 0, 0, 1, 0]
    assert list(WatchRun.objects.order_by("as_of").values_list("as_of", flat=True)) == [
        SUNDAY,
        SUNDAY + timedelta(days=7),
    ]


@pytest.mark.parametrize(
    ("today", "sunday"), [(date(2026, 3, 2), SUNDAY), (date(2026, 3, 7), SUNDAY), (date(2026, 3, 8), SUNDAY)]
)
def test_the_last_whole_week_ends_on_the_sunday_before(today, sunday):
    assert tasks.last_sunday(today) == sunday
