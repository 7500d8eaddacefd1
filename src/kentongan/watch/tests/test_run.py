"""A run finds what is there, says it once, and leaves nothing half-done."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kentongan.audit.models import TrailRow
from kentongan.watch import actions
from kentongan.watch.models import Finding, FindingSighting, WatchRun

SUNDAY = date(2026, 3, 1)


@pytest.fixture
def by(actor_of):
    return actor_of("kanim-atambua", role="analyst")


@pytest.fixture
def planted(villages, event_at, quiet_year):
    """A quiet year, and seven events in two neighbouring villages in its last ten days."""
    quiet_year(SUNDAY - timedelta(days=14))
    return [event_at(villages[n % 2], SUNDAY - timedelta(days=1 + n)) for n in range(7)]


@pytest.fixture
def clock(now):
    return lambda: now


def test_a_planted_cluster_is_found_with_its_figures(planted, watch_of, by, clock, villages):
    watch = watch_of()

    run = actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)

    finding = Finding.objects.get(type="cluster")
    assert run.state == "done"
    assert finding.stream == "trafficking"
    assert set(villages[:2]) <= {m.place_id for m in finding.members.all()}
    assert finding.observed >= 7 > 2 > finding.expected
    assert finding.p_value <= run.parameters["thresholds"]["p_value"]
    assert sum(m.observed for m in finding.members.all()) == finding.observed
    assert sum(m.expected for m in finding.members.all()) == pytest.approx(finding.expected)
    assert (
        sum(observed for _day, observed, _expected in finding.weeks if _day >= finding.window_from.isoformat())
        == finding.observed
    )


def test_the_same_day_and_seed_give_the_same_digest_and_no_second_finding(planted, watch_of, by, clock):
    watch = watch_of()
    first = actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)
    raised = Finding.objects.count()

    again = actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)

    assert again.digest == first.digest
    assert Finding.objects.count() == raised == 1
    assert list(FindingSighting.objects.order_by("id").values_list("is_new", flat=True)) == [True, False]


def test_another_seed_gives_another_digest(planted, watch_of, by, clock):
    watch = watch_of()
    first = actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)
    type(watch).objects.update(seed=2)

    other = actions.run(watch=type(watch).objects.get(), as_of=SUNDAY, by=by, clock=clock)

    assert other.digest != first.digest


def test_a_cluster_that_goes_on_is_extended_not_raised_again(planted, watch_of, by, now, villages, event_at):
    watch = watch_of()
    actions.run(watch=watch, as_of=SUNDAY, by=by, clock=lambda: now)
    for n in range(4):
        event_at(villages[n % 2], SUNDAY + timedelta(days=1 + n))

    actions.run(watch=watch, as_of=SUNDAY + timedelta(days=7), by=by, clock=lambda: now + timedelta(days=7))

    finding = Finding.objects.get()
    assert finding.first_as_of == SUNDAY
    assert finding.last_as_of == SUNDAY + timedelta(days=7)
    assert finding.sightings.count() == 2


def test_a_run_as_of_an_earlier_day_leaves_a_later_finding_as_it_was(planted, watch_of, by, clock):
    watch = watch_of()
    actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)
    before = Finding.objects.values().get()

    actions.run(watch=watch, as_of=SUNDAY - timedelta(days=2), by=by, clock=clock)

    assert Finding.objects.values().get() == before


def test_what_became_known_later_does_not_count(planted, watch_of, by, clock, villages, event_at):
    watch = watch_of()
    first = actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)
    for n in range(9):
        event_at(villages[20], SUNDAY - timedelta(days=n), decided=datetime(2026, 3, 3, tzinfo=UTC))

    again = actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)

    assert again.digest == first.digest


def test_a_quiet_year_raises_nothing(quiet_year, watch_of, by, clock):
    quiet_year(SUNDAY)

    actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    assert not Finding.objects.exists()


def test_events_of_another_agency_are_not_counted(planted, watch_of, actor_of, clock):
    other = actor_of("polres-belu", kind="police")

    run = actions.run(watch=watch_of("polres-belu"), as_of=SUNDAY, by=other, clock=clock)

    assert {scan["cases"] for scan in run.result["scans"]} == {0}


def test_protected_events_are_not_counted(villages, event_at, watch_of, by, clock):
    for n in range(6):
        event_at(villages[0], SUNDAY - timedelta(days=n), "IM.REFUGEE", handling="protected")
        event_at(villages[1], SUNDAY - timedelta(days=n), "TPPO", handling="protected")

    run = actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    assert {scan["cases"] for scan in run.result["scans"]} == {0}


def test_an_event_known_to_its_district_counts_at_district_level_only(gazetteer_rows, event_at, watch_of, by, clock):
    event_at(4, SUNDAY)  # the district
    event_at(3, SUNDAY)  # the regency

    run = actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    scans = {s["level"]: s for s in run.result["scans"] if (s["stream"], s["type"]) == ("trafficking", "cluster")}
    assert scans["village"]["cases"] == 0
    assert scans["village"]["unseen"]["coarse"] == 2
    assert scans["district"]["cases"] == 1
    assert scans["district"]["unseen"]["coarse"] == 1


def test_an_event_known_to_its_regency_counts_in_the_series_of_regency_and_province(
    gazetteer_rows, event_at, watch_of, by, clock
):
    event_at(4, SUNDAY)  # the district
    event_at(3, SUNDAY)  # the regency

    run = actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    lines = [s for s in run.result["scans"] if (s["stream"], s["type"]) == ("trafficking", "surge")]
    counted = {line["level"]: (line["cases"], line["unseen"]["coarse"]) for line in lines}
    assert counted == {"district": (1, 1), "regency": (2, 0), "province": (2, 0)}


def test_only_places_below_the_roots_are_counted(villages, event_at, watch_of, by, clock):
    event_at(villages[0], SUNDAY)
    event_at(11, SUNDAY)

    run = actions.run(watch=watch_of(roots=[3]), as_of=SUNDAY, by=by, clock=clock)

    scan = run.result["scans"][0]
    assert (scan["cases"], scan["unseen"]["coarse"]) == (1, 0)


def test_a_village_that_stopped_reporting_is_a_finding(villages, report_from, watch_of, by, clock):
    for village in villages[:6]:
        for week in range(40):
            if village != villages[0] or week >= 9:
                report_from(village, SUNDAY - timedelta(days=7 * week), is_nil=True)

    actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    finding = Finding.objects.get()
    assert (finding.type, finding.place_id) == ("silence", villages[0])
    assert (finding.window_to - finding.window_from).days == 63


def test_a_silence_that_lasts_stays_one_finding(villages, report_from, watch_of, by, now):
    for village in villages[:6]:
        for week in range(-3, 40):
            if village != villages[0] or week >= 9:
                report_from(village, SUNDAY - timedelta(days=7 * week), is_nil=True)
    watch = watch_of()

    for week in range(3):
        actions.run(watch=watch, as_of=SUNDAY + timedelta(days=7 * week), by=by, clock=lambda: now + timedelta(days=30))

    assert Finding.objects.get().sightings.count() == 3


def test_a_run_that_breaks_keeps_no_finding_and_says_why(planted, watch_of, by, clock, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("listrik padam")

    monkeypatch.setattr(actions, "scan_silence", broken)

    with pytest.raises(RuntimeError, match="padam"):
        actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    assert not Finding.objects.exists()
    failed = WatchRun.objects.get()
    assert failed.state == "failed"
    assert "tidak terduga" in failed.error
    assert "padam" not in failed.error  # words of a program are for its log
    (logged,) = [record for record in caplog.records if record.getMessage() == "watch.run.failed"]
    assert "padam" in str(logged.exc_info[1])
    assert TrailRow.objects.filter(event="watch.run_failed").count() == 1


def test_findings_and_the_end_of_the_run_are_kept_together(planted, watch_of, by, clock, monkeypatch):
    def broken(*args, **kwargs):
        actions_record(*args, **kwargs)
        raise RuntimeError("diska penuh")

    actions_record = actions.record_seen
    monkeypatch.setattr(actions, "record_seen", broken)

    with pytest.raises(RuntimeError, match="penuh"):
        actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    assert not Finding.objects.exists()
    assert WatchRun.objects.get().state == "failed"
    assert not TrailRow.objects.filter(event="finding.raised").exists()


def test_a_run_longer_than_its_lease_renews_it_at_every_step(planted, watch_of, by, now):
    ticks = iter(range(1000))
    leases = []

    def slow_clock():
        return now + next(ticks) * actions.LEASE / 2

    def look(_progress):
        leases.append(WatchRun.objects.values_list("lease_until", flat=True).get())

    done = actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=slow_clock, progress=look)

    renewed = leases[: actions.STEPS]  # what comes after the last step is the end
    assert done.finished_at - done.started_at > actions.LEASE
    assert renewed == sorted(set(renewed))


def test_a_run_whose_process_was_killed_is_marked_abandoned_by_the_next(planted, watch_of, by, now, monkeypatch):
    class Killed(BaseException):
        """As a signal would: no handler of the run sees it."""

    def killed(*args, **kwargs):
        raise Killed

    watch = watch_of()
    with monkeypatch.context() as patch:
        patch.setattr(actions, "scan_silence", killed)
        with pytest.raises(Killed):
            actions.run(watch=watch, as_of=SUNDAY, by=by, clock=lambda: now)
    assert WatchRun.objects.get().state == "running"

    later = now + actions.LEASE + timedelta(minutes=1)
    done = actions.run(watch=watch, as_of=SUNDAY, by=by, clock=lambda: later)

    assert list(WatchRun.objects.order_by("id").values_list("state", flat=True)) == ["abandoned", "done"]
    assert Finding.objects.get().sightings.get().run == done


def test_progress_is_told_step_by_step(villages, watch_of, by, clock):
    told = []

    actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock, progress=told.append)

    assert [p.done for p in told] == list(range(actions.STEPS + 1))
    assert {p.total for p in told} == {actions.STEPS}


def test_a_day_that_has_not_begun_is_refused(watch_of, by, clock, now):
    with pytest.raises(actions.DayInFuture):
        actions.run(watch=watch_of(), as_of=now.date() + timedelta(days=2), by=by, clock=clock)


def test_a_watch_runs_for_its_owner_only(watch_of, actor_of, clock):
    stranger = actor_of("polres-belu", kind="police")

    with pytest.raises(actions.NotYourWatch):
        actions.run(watch=watch_of("kanim-atambua"), as_of=SUNDAY, by=stranger, clock=clock)

    assert not WatchRun.objects.exists()
