"""What the watch owes: the demonstration's clusters within three weeks, and few findings where nothing has a cause."""

from datetime import timedelta

import pytest

from benchmarks.null_years import ENDS, Told, Watching, areas, kinds_by_stream, located, null_year
from kentongan.demonstration.gazetteer import simulated_villages
from kentongan.demonstration.scenario import SILENT_PARTNERS, STREAMS, nearest_to, planted_clusters, simulate
from kentongan.engine.calibration import thresholds
from kentongan.watch.features import Happening
from kentongan.watch.streams import LEVELS, streams

VILLAGES = simulated_villages()
WHERE = located(VILLAGES)
LIMITS = thresholds(streams=len(streams()), levels=len(LEVELS))


@pytest.fixture(scope="module")
def world():
    return simulate(VILLAGES, seed=1, ends=ENDS, weeks=78, clusters=planted_clusters(), silent=SILENT_PARTNERS)


@pytest.mark.parametrize("cluster", planted_clusters(), ids=lambda cluster: cluster.name)
def test_a_planted_cluster_is_found_within_three_weeks_of_its_start(world, cluster):
    stream = dict(zip(STREAMS, streams(), strict=True))[cluster.stream]
    near = nearest_to(cluster.centre, VILLAGES, cluster.villages)
    target = {v.key for v in near} | {WHERE[v.key].district.key for v in near}
    watching = Watching(world, WHERE, LIMITS, kinds_by_stream())
    starts = ENDS - timedelta(weeks=cluster.weeks_before_end)

    runs = [watching.run(starts + timedelta(days=7 * week - 1), (stream,)) for week in (1, 2, 3)]

    assert any(seen.places & target for run in runs for seen in run)


@pytest.mark.parametrize("number", [2, 3, 4])
def test_six_events_of_one_village_in_one_week_which_scans_take_for_one_are_a_surge_of_its_district(number):
    quiet = simulate(VILLAGES, seed=number, ends=ENDS, weeks=104, clusters=())
    watching = Watching(quiet, WHERE, LIMITS, kinds_by_stream())
    stream, village, sunday = streams()[0], VILLAGES[1000 * number], ENDS - timedelta(days=1)
    kinds = frozenset(sorted(watching.kinds[stream.code])[:1])
    watching.areas |= areas([village])
    days = [sunday - timedelta(days=back) for back in range(6)]
    watching.events += [Told(day, Happening(village.key, day, kinds, day)) for day in days]

    raised = watching.sum_up(sunday, (stream,))

    assert [surge.seen.centre for surge in raised] == [WHERE[village.key].district.key]


@pytest.mark.nightly
def test_twenty_years_without_a_cause_raise_about_one_finding_a_year():
    years = [null_year(VILLAGES, seed, WHERE, LIMITS) for seed in range(1, 21)]

    assert 0.5 <= sum(year.total() for year in years) / len(years) <= 1.5
