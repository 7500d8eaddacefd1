"""A finding that counts what others gave is bound as that was: it carries under what it came, and goes no further (R10)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kentongan.agreements import access
from kentongan.agreements.models import Grant
from kentongan.agreements.onward import came_under
from kentongan.agreements.tests.sharing import clause_between
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event
from kentongan.kit.ids import new_id
from kentongan.watch import actions
from kentongan.watch.models import Finding, WatchRun

SUNDAY = date(2026, 3, 1)
US, GIVER, OTHER_GIVER, THIRD = "kanim-atambua", "polres-belu", "bc-atambua", "bp3mi-ntt"
SHOWN = {"events": {"place": "full", "time": "full"}}


@pytest.fixture
def by(actor_of):
    return actor_of(US, role="analyst")


@pytest.fixture
def world(villages, agency_of, quiet_year):
    """A year of scattered events of ours, and the agencies around."""
    for agency, kind in ((GIVER, "police"), (OTHER_GIVER, "customs"), (THIRD, "labour")):
        agency_of(agency, kind=kind)
    quiet_year(SUNDAY - timedelta(days=14))
    return villages


@pytest.fixture
def cluster(world, event_at):
    """Plant seven events in two villages, of these owners in turn."""

    def make(*owners):
        return [event_at(world[n % 2], SUNDAY - timedelta(days=1 + n), owner=owners[n % len(owners)]) for n in range(7)]

    return make


@pytest.fixture
def run(watch_of, by, now):
    watch = watch_of(US)

    def run_as_of(day=SUNDAY, *, at=now):
        return actions.run(watch=watch, as_of=day, by=by, clock=lambda: at)

    return run_as_of


def received(giver=GIVER, **more):
    """Return a clause by which we are given what the watch counts."""
    return clause_between(giver, US, SHOWN, **more)


def the_cluster():
    return Finding.objects.filter(type="cluster").earliest("first_as_of", "id")


def extended():
    """Return what the trail says of the cluster's going on, where it says under what."""
    looks = TrailRow.objects.filter(event="finding.extended", subject=the_cluster().ref)
    return [row.facts for row in looks if "under" in row.facts]


def carried(finding):
    return finding.agreement_ref, [tuple(one) for one in finding.counted_under]


def test_a_finding_on_own_events_carries_nothing(cluster, run):
    received()
    cluster(US)

    run()

    assert carried(the_cluster()) == ("", [])


def test_a_finding_that_counts_what_others_gave_carries_the_clause_and_from_whom(cluster, run):
    clause = received()
    cluster(US, GIVER)

    run()

    assert carried(the_cluster()) == (clause.ref, [(clause.ref, GIVER)])
    assert TrailRow.objects.get(event="finding.raised").facts["under"] == clause.ref


def test_of_several_clauses_it_carries_the_one_that_does_not_let_go_on(cluster, run):
    kept, free = received(), received(OTHER_GIVER, onward="allowed")
    cluster(GIVER, OTHER_GIVER)

    run()

    assert carried(the_cluster()) == (kept.ref, sorted([(kept.ref, GIVER), (free.ref, OTHER_GIVER)]))


def test_of_several_that_do_not_it_carries_the_one_that_lets_us_keep_the_least(cluster, run):
    received()
    brief = received(OTHER_GIVER, retention_days=30)
    cluster(GIVER, OTHER_GIVER)

    run()

    assert the_cluster().agreement_ref == brief.ref


def test_what_others_gave_elsewhere_or_of_another_kind_does_not_bind_it(world, cluster, event_at, run):
    received()
    cluster(US)
    event_at(world[-1], SUNDAY - timedelta(days=3), owner=GIVER)
    event_at(world[0], SUNDAY - timedelta(days=3), "GDS.BBM", owner=GIVER)

    run()

    assert carried(the_cluster()) == ("", [])


def test_what_others_gave_in_a_week_that_the_finding_tells_of_binds_it_though_it_is_long_ago(
    world, cluster, event_at, run
):
    clause = received()
    cluster(US)
    event_at(world[0], SUNDAY - timedelta(days=200), owner=GIVER)

    run()

    assert the_cluster().agreement_ref == clause.ref


def test_our_own_copy_of_what_others_gave_binds_it_as_it_is_bound(cluster, run):
    clause = received()
    copies = cluster(US)
    Event.objects.filter(pk=copies[0].pk).update(agreement_ref=clause.ref)

    run()

    assert carried(the_cluster()) == (clause.ref, [(clause.ref, "")])


def test_what_was_granted_binds_it_to_the_deed_that_granted_it(cluster, run, now):
    alert = f"alert:{new_id()}"
    for event in cluster(GIVER):
        Grant.objects.create(
            category="events", record=event.pk, agency_id=US, valid_from=now, cause="address", because=alert
        )

    run()

    assert carried(the_cluster()) == (alert, [(alert, GIVER)])


def test_what_agencies_below_us_have_is_ours(cluster, agency_of, watch_of, actor_of, now):
    agency_of(US, parent="kanwil-im-ntt")
    cluster(US)

    actions.run(watch=watch_of("kanwil-im-ntt"), as_of=SUNDAY, by=actor_of("kanwil-im-ntt"), clock=lambda: now)

    assert carried(the_cluster()) == ("", [])


def test_a_silence_among_villages_whose_reports_others_gave_is_bound_too(villages, report_from, agency_of, run):
    agency_of(GIVER, kind="police")
    clause = clause_between(GIVER, US, {"reports": {"place": "full", "source": "full"}})
    for village in villages[:6]:
        for week in range(40):
            if village != villages[0] or week >= 9:
                report_from(village, SUNDAY - timedelta(days=7 * week), is_nil=True, owner=GIVER)

    run()

    finding = Finding.objects.get(type="silence")
    assert finding.place_id == villages[0]
    assert carried(finding) == (clause.ref, [(clause.ref, GIVER)])


def test_the_trail_says_how_much_was_counted_under_each_clause(cluster, run):
    one, other = received(), received(OTHER_GIVER)
    cluster(US, GIVER, OTHER_GIVER)

    run()

    looks = TrailRow.objects.filter(event="records.listed")
    assert {(row.clause, row.subject, row.facts["as"], row.facts["rows"]) for row in looks} == {
        (one.ref, "event", "counted", 2),
        (other.ref, "event", "counted", 2),
    }


def test_a_run_that_counts_only_own_rows_leaves_no_look_in_the_trail(cluster, run):
    received()
    cluster(US)

    run()

    assert not TrailRow.objects.filter(event="records.listed").exists()


# --- a finding that goes on ---


def test_a_finding_that_later_counts_what_others_gave_is_bound_from_then_on(world, cluster, event_at, run, now):
    clause = received()
    cluster(US)
    run()
    assert carried(the_cluster()) == ("", [])

    event_at(world[0], SUNDAY + timedelta(days=2), owner=GIVER)
    run(SUNDAY + timedelta(days=7), at=now + timedelta(days=7))

    assert carried(the_cluster()) == (clause.ref, [(clause.ref, GIVER)])
    assert [facts["under"] for facts in extended()] == [clause.ref]


def test_what_bound_a_finding_once_binds_it_when_the_clause_is_over(world, cluster, event_at, run, now):
    clause = received()
    cluster(US, GIVER)
    run()
    later = now + timedelta(days=7)
    type(clause).objects.filter(pk=clause.pk).update(ended_at=later - timedelta(days=1), ended_why="uji")
    event_at(world[0], SUNDAY + timedelta(days=2))

    run(SUNDAY + timedelta(days=7), at=later)

    assert carried(the_cluster()) == (clause.ref, [(clause.ref, GIVER)])


def test_whom_it_was_shown_to_sees_it_no_longer_once_it_may_not_go_there(world, cluster, event_at, run, now, actor_of):
    received()
    cluster(US)
    run()
    finding = the_cluster()
    readers = {agency: actor_of(agency, kind=kind) for agency, kind in ((THIRD, "labour"), (GIVER, "police"))}
    for agency in readers:
        Grant.objects.create(
            category="findings", record=finding.pk, agency_id=agency, valid_from=now, cause="address",
            because=f"alert:{agency}",
        )  # fmt: skip
    later = now + timedelta(days=7)
    assert {a for a, r in readers.items() if Finding.objects.visible_to(r, at=later).exists()} == {THIRD, GIVER}

    event_at(world[0], SUNDAY + timedelta(days=2), owner=GIVER)
    run(SUNDAY + timedelta(days=7), at=later)

    assert {a for a, r in readers.items() if Finding.objects.visible_to(r, at=later).exists()} == {GIVER}
    assert [facts["closed_to"] for facts in extended()] == [[THIRD]]


# --- to whom a clause gives it on ---


@pytest.mark.parametrize(("onward", "is_seen"), [("none", False), ("allowed", True)])
def test_a_clause_gives_it_on_only_if_what_is_counted_in_it_may_go_on(onward, is_seen, cluster, run, actor_of, now):
    received(onward=onward)
    clause_between(US, THIRD, {"findings": {"place": "full", "figures": "full"}})
    cluster(GIVER)
    run()
    finding, reader = the_cluster(), actor_of(THIRD, kind="labour")

    assert Finding.objects.visible_to(reader, at=now).exists() == is_seen
    if is_seen:
        assert access.fetch(Finding, finding.pk, reader, at=now).observed == finding.observed
    else:
        with pytest.raises(access.NotVisible):
            access.fetch(Finding, finding.pk, reader, at=now)


def test_a_run_is_the_same_whoever_gave_what_it_counts(cluster, run):
    received()
    events = cluster(US)
    run()

    Event.objects.filter(pk__in=[event.pk for event in events]).update(owner=GIVER)
    run()

    first, second = WatchRun.objects.filter(state="done").order_by("started_at", "id").values_list("digest", flat=True)
    assert first == second


def test_asking_under_what_rows_came_takes_as_many_statements_for_many_as_for_few(world, event_at, now, watch_of):
    received()
    eyes = access.system_actor(watch_of(US).owner, name="watch", purpose="prevention", at=now)

    def statements():
        keys = list(Event.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as asked:
            came = came_under(Event, keys, eyes, at=now, facts={})
        return len(asked), len(came)

    event_at(world[0], SUNDAY, owner=GIVER)
    few, one = statements()
    for n in range(30):
        event_at(world[n % 9], SUNDAY - timedelta(days=n), owner=GIVER)
    many, all_of_them = statements()

    assert (one, all_of_them) == (1, 31)
    assert many == few
