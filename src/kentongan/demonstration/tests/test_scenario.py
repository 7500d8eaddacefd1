"""The simulated world is the same for the same seed, and its clusters and silences are where the data say."""

from collections import Counter
from datetime import date

import pytest

from kentongan.demonstration.gazetteer import simulated_villages
from kentongan.demonstration.loading import samples
from kentongan.demonstration.scenario import (
    SILENT_PARTNERS,
    SILENT_WEEKS,
    nearest_to,
    partner_offices,
    planted_clusters,
    simulate,
)

ENDS = date(2026, 11, 16)


@pytest.fixture(scope="module")
def villages():
    return simulated_villages()


@pytest.fixture(scope="module")
def world(villages):
    return simulate(villages, seed=1, ends=ENDS, weeks=78, clusters=planted_clusters(), silent=SILENT_PARTNERS)


def test_one_seed_makes_one_world(villages, world):
    again = simulate(villages, seed=1, ends=ENDS, weeks=78, clusters=planted_clusters(), silent=SILENT_PARTNERS)
    other = simulate(villages, seed=2, ends=ENDS, weeks=78, clusters=planted_clusters(), silent=SILENT_PARTNERS)

    assert again == world
    assert other.reports != world.reports


def test_each_planted_cluster_lies_in_its_villages_and_weeks(villages, world):
    for cluster in planted_clusters():
        inside = [h for h in world.happenings if h.planted == cluster.name]

        assert len(inside) == cluster.events
        assert {h.village for h in inside} <= set(nearest_to(cluster.centre, villages, cluster.villages))
        assert max(h.day for h in inside) < ENDS
        assert (max(h.day for h in inside) - min(h.day for h in inside)).days < 7 * cluster.weeks


def test_nothing_is_heard_of_the_silent_partners_at_the_end(world):
    heard = Counter(
        r.village.code for r in world.reports if r.happening is None and (ENDS - r.covers_from).days <= 7 * SILENT_WEEKS
    )

    assert not set(SILENT_PARTNERS) & set(heard)
    assert set(heard) == set(partner_offices()) - set(SILENT_PARTNERS)


def test_reports_come_after_what_they_tell_and_before_the_end(world):
    told = [r for r in world.reports if r.happening is not None]

    assert all(r.received_at.date() >= r.happening.day for r in told)
    assert all(r.received_at.date() < ENDS for r in world.reports)
    assert any((r.received_at.date() - r.happening.day).days > 7 for r in told)
    assert any(r.is_second for r in told)


def test_every_sample_text_is_dated_in_the_days_before_the_end():
    texts = list(samples(ENDS))

    assert len(texts) >= 6
    assert all("{" not in text for _name, _office, text in texts)
    assert any("2026" in text for _name, _office, text in texts)
