"""What holds for every scan: laws of the statistics, and answers that depend on data, options and seed only."""

from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kentongan.engine import (
    Baseline,
    Bernoulli,
    Clumps,
    Inference,
    NeighbourLists,
    Overlap,
    Permutation,
    Plane,
    Poisson,
    Prospective,
    Retrospective,
    Scan,
    ScanOptions,
    ShareOf,
    Sphere,
    ZoneLimits,
    scan,
)
from kentongan.engine.scanning.clusters import _ranks
from kentongan.engine.scanning.replicas import _WorkSpace, level_of, replica_maxima
from kentongan.engine.tests.plain_scan import PlainScan
from kentongan.engine.tests.scan_problems import ScanProblem, examples, scan_problems

UNTESTED = Inference(replicas=0)
relaxed = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def scanned(problem: ScanProblem, inference: Inference = UNTESTED, **more: Any) -> Scan:
    workers = more.pop("workers", 1)
    return scan(problem.cases, problem.where, problem.hypothesis, problem.options, inference, workers=workers, **more)


def assert_same(one: Scan, other: Scan) -> None:
    """Equal to the last bit."""
    assert one.clusters == other.clusters
    assert np.array_equal(one.maxima, other.maxima)
    assert [getattr(one, field.name) for field in fields(one) if field.name not in ("clusters", "maxima")] == [
        getattr(other, field.name) for field in fields(other) if field.name not in ("clusters", "maxima")
    ]


def plain(problem: ScanProblem) -> PlainScan:
    cases = problem.cases.reshape(len(problem.cases), -1)
    return PlainScan(cases.tolist(), problem.where, problem.hypothesis, problem.options)


def with_one_more(problem: ScanProblem, place: int, period: int) -> ScanProblem:
    cases = problem.cases.copy().reshape(len(problem.cases), -1)
    cases[place, period] += 1
    return replace(problem, cases=cases.reshape(problem.cases.shape))


@settings(max_examples=examples(60), deadline=None, suppress_health_check=relaxed)
@given(scan_problems(), st.data())
def test_one_more_case_inside_the_cluster_never_lowers_its_statistic(problem: ScanProblem, data: st.DataObject) -> None:
    problem = replace(problem, options=replace(problem.options, direction="high", max_clusters=1))
    if isinstance(problem.hypothesis, Permutation):
        # Only cases dealt one by one obey it: smoothing learns from the new case how much places differ, and the case may
        # open a clump that weighs more than itself. Either way the expectation may grow faster than the cases.
        problem = replace(problem, hypothesis=Permutation())
    found = scanned(problem)
    assume(found.clusters)
    (cluster,) = found.clusters
    place = data.draw(st.sampled_from(cluster.members))
    period = data.draw(st.integers(cluster.first_period, cluster.last_period))

    more = with_one_more(problem, place, period)
    assume(isinstance(more.hypothesis, Bernoulli) or plain(problem).expected([place], (period, period)) > 0)
    raised = plain(more).llr(
        cluster.observed + 1, cluster.members, (cluster.first_period, cluster.last_period), is_high=True
    )

    assert raised >= cluster.llr - 1e-9


def renamed(problem: ScanProblem, order: np.ndarray[Any, Any]) -> ScanProblem:
    """The same problem with place order[i] given as place i."""

    def moved(values: Any) -> Any:
        return np.asarray(values)[order]

    where, hypothesis = problem.where, problem.hypothesis
    if isinstance(where, Sphere):
        where = Sphere(moved(where.latitude), moved(where.longitude))
    else:
        where = Plane(moved(where.x), moved(where.y))
    if isinstance(hypothesis, Bernoulli):
        hypothesis = Bernoulli(moved(hypothesis.controls))
    elif not isinstance(hypothesis, Permutation):
        hypothesis = replace(hypothesis, expected=moved(hypothesis.expected))
    elif hypothesis.clumps is not None and hypothesis.clumps.place is not None:
        place = np.argsort(order)[np.asarray(hypothesis.clumps.place)]
        hypothesis = replace(hypothesis, clumps=replace(hypothesis.clumps, place=place))
    centres, zones = problem.options.centres, problem.options.zones
    if centres is not None:
        number = np.argsort(order)
        centres = tuple(int(number[centre]) for centre in centres)
    if zones.max_share_of is not None:
        zones = replace(zones, max_share_of=ShareOf(zones.max_share_of.most, moved(zones.max_share_of.sizes)))
    return ScanProblem(moved(problem.cases), where, hypothesis, replace(problem.options, centres=centres, zones=zones))


@settings(max_examples=examples(60), deadline=None, suppress_health_check=relaxed)
@given(scan_problems(), st.randoms(use_true_random=False))
def test_new_numbers_for_the_places_change_neither_statistics_nor_members(problem: ScanProblem, random: Any) -> None:
    assume(not isinstance(problem.where, NeighbourLists))
    order = np.array(random.sample(range(len(problem.cases)), len(problem.cases)))

    found, again = scanned(problem).clusters, scanned(renamed(problem, order)).clusters

    assert [one.llr for one in again] == pytest.approx([one.llr for one in found], abs=1e-9)
    assert [(one.first_period, one.last_period, one.is_high, one.observed) for one in again] == [
        (one.first_period, one.last_period, one.is_high, one.observed) for one in found
    ]
    assert [{int(order[member]) for member in one.members} for one in again] == [set(one.members) for one in found]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=relaxed)
@given(scan_problems(), st.integers(-20, 20))
def test_turning_the_earth_changes_neither_statistics_nor_members(problem: ScanProblem, degrees: int) -> None:
    assume(isinstance(problem.where, Sphere))
    # Ties are broken by longitude: the date line stays outside.
    longitude = np.mod(problem.where.longitude, 360.0) - 100.0
    here = replace(problem, where=Sphere(problem.where.latitude, longitude))
    there = replace(problem, where=Sphere(problem.where.latitude, longitude + degrees))

    found, again = scanned(here).clusters, scanned(there).clusters

    assert [(one.members, one.centre, one.first_period, one.last_period) for one in again] == [
        (one.members, one.centre, one.first_period, one.last_period) for one in found
    ]
    assert [one.llr for one in again] == pytest.approx([one.llr for one in found], abs=1e-9)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=relaxed)
@given(scan_problems())
def test_the_cluster_of_all_places_is_that_of_their_sum(problem: ScanProblem) -> None:
    assume(not isinstance(problem.hypothesis, Permutation) and problem.cases.ndim == 2)
    options = replace(problem.options, with_all_places=True, overlap=Overlap.ANY, max_clusters=99, centres=None)
    merged = replace(options, zones=ZoneLimits(max_share=None), with_all_places=False)
    hypothesis: Any = problem.hypothesis
    given_to = hypothesis.controls if isinstance(hypothesis, Bernoulli) else hypothesis.expected
    summed = np.asarray(given_to).sum(axis=0, keepdims=True)
    summed = replace(hypothesis, **{"controls" if isinstance(hypothesis, Bernoulli) else "expected": summed})

    found = [one for one in scanned(replace(problem, options=options)).clusters if one.centre is None]
    alone = scan(
        problem.cases.sum(axis=0, keepdims=True), NeighbourLists([[0]]), summed, merged, UNTESTED, workers=1
    ).clusters

    assert len(found) <= len(alone)
    for one, other in zip(found, alone, strict=False):
        assert one.members == tuple(range(len(problem.cases)))
        assert (one.radius, one.first_period, one.last_period) == (None, other.first_period, other.last_period)
        assert (one.observed, one.is_high) == (other.observed, other.is_high)
        assert (one.expected, one.llr) == pytest.approx((other.expected, other.llr), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("overlap", list(Overlap))
def test_the_cluster_of_all_places_neither_excludes_others_nor_is_excluded(overlap: Overlap) -> None:
    cases = np.ones((12, 10), np.int64)
    cases[:, 8:] += 2
    cases[2, 8:] += 5
    where = Plane(np.arange(12.0), np.zeros(12))
    options = ScanOptions(windows=Prospective(max_periods=3), zones=ZoneLimits(max_radius=1.0), overlap=overlap)

    without = scan(cases, where, Poisson(np.ones(12)), options, UNTESTED).clusters
    found = scan(cases, where, Poisson(np.ones(12)), replace(options, with_all_places=True), UNTESTED).clusters

    (everywhere,) = [one for one in found if one.centre is None]
    assert (everywhere.members, everywhere.first_period, everywhere.observed) == (tuple(range(12)), 8, 82)
    assert tuple(one for one in found if one.centre is not None) == without[: len(found) - 1]


def test_a_circle_of_all_places_is_told_once() -> None:
    cases = np.ones((3, 10), np.int64)
    cases[:, 9] += 3
    where = Plane([0.0, 1.0, 2.0], [0.0] * 3)
    options = ScanOptions(
        windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=None), overlap=Overlap.ANY, with_all_places=True
    )

    found = scan(cases, where, Poisson(np.ones(3)), options, UNTESTED).clusters

    assert [(one.centre, len(one.members)) for one in found] == [(1, 3), (0, 3), (2, 3)]


def test_a_radius_on_a_plane_is_the_distance_of_its_coordinates() -> None:
    cases = np.zeros((4, 3), np.int64)
    cases[[0, 1], 2] = 5
    cases[:, 0] = 2
    where = Plane([0.0, 1.0, 70.0, 83.7], [0.0, 0.0, 3.1, 9.9])

    options = ScanOptions(windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=None))
    first = scan(cases, where, Permutation(), options, UNTESTED).clusters[0]

    assert (first.members, first.radius) == ((0, 1), 1.0)


def test_of_equal_clusters_the_one_of_smaller_coordinates_comes_first() -> None:
    cases = np.zeros((4, 3), np.int64)
    cases[:, 0], cases[:, 2] = 1, 3
    corners = Sphere([-8.0, -9.0, -9.0, -8.0], [121.0, 122.0, 121.0, 122.0])
    options = ScanOptions(windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=0.3))

    found = scan(cases, corners, Poisson(np.ones(4)), options, UNTESTED)

    assert [cluster.centre for cluster in found.clusters] == [2, 1, 0, 3]
    assert len({cluster.llr for cluster in found.clusters}) == 1


def test_of_equal_clusters_the_high_one_comes_first_whatever_the_rounding() -> None:
    # With all places in the zone a high week and its low complement are equally likely, up to the order of the sums.
    rng = np.random.default_rng(4)
    options = ScanOptions(windows=Retrospective(max_periods=5), zones=ZoneLimits(max_share=None), direction="both")
    compared = 0
    for _ in range(60):
        cases, expected = rng.poisson(5.0, (1, 6)), rng.random((1, 6)) + 0.1
        problem = ScanProblem(cases, Plane([0.0], [0.0]), Poisson(expected), options)
        (cluster,) = scanned(problem).clusters
        high, low = (plain(problem).largest(cases.tolist(), is_high=is_high) for is_high in (True, False))
        if abs(high - low) < 1e-12:
            compared += 1
            assert cluster.is_high

    assert compared > 10


def test_of_equal_clusters_the_smaller_zone_comes_first() -> None:
    # The pair around place 0 and the pair around place 3 hold the same; the second is narrower.
    cases = np.array([[0, 4], [0, 4], [1, 0], [0, 4], [0, 4]])
    line = Plane([0.0, 2.0, 10.0, 20.0, 21.0], np.zeros(5))
    options = ScanOptions(windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=0.4))

    first, second = scan(cases, line, Poisson(np.ones(5)), options, UNTESTED).clusters[:2]

    assert (first.members, second.members) == ((3, 4), (0, 1))
    assert first.llr == pytest.approx(second.llr)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=relaxed)
@given(scan_problems())
def test_twice_the_population_everywhere_changes_nothing(problem: ScanProblem) -> None:
    assume(isinstance(problem.hypothesis, Poisson))
    doubled = replace(problem, hypothesis=Poisson(2 * np.asarray(problem.hypothesis.expected)))

    assert_same(scanned(doubled, Inference(replicas=20)), scanned(problem, Inference(replicas=20)))


def outbreak(hypothesis: str = "poisson", places: int = 40, periods: int = 8, *, scale: float = 1.0) -> ScanProblem:
    """Return a world with a cluster in its last weeks."""
    rng = np.random.default_rng(5)
    where = Sphere(rng.uniform(-10, -8, places), rng.uniform(119, 125, places))
    expected = scale * rng.gamma(2.0, 0.5, (places, periods))
    cases = rng.poisson(expected)
    cases[:4, -2:] += rng.poisson(2 * scale, (4, 2))
    options = ScanOptions(windows=Prospective(max_periods=3), zones=ZoneLimits(max_share=0.25), overlap=Overlap.ANY)
    chosen: Any = {
        "poisson": Poisson(expected),
        "by place": Poisson(expected.sum(axis=1)),
        "permutation": Permutation(),
        "dealt": Permutation(clumps=Clumps(), is_smoothed=True),
        "bernoulli": Bernoulli(rng.poisson(3 * expected)),
        "clumped": Baseline(expected, 2.0),
    }[hypothesis]
    return ScanProblem(cases, where, chosen, options)


ALL = ("poisson", "by place", "permutation", "dealt", "bernoulli", "clumped")
TESTED = Inference(replicas=299, seed=8)


@pytest.mark.parametrize("hypothesis", ALL)
@pytest.mark.parametrize("direction", ["high", "both"])
def test_the_answer_does_not_depend_on_the_number_of_workers(hypothesis: str, direction: Any) -> None:
    problem = outbreak(hypothesis)
    problem = replace(problem, options=replace(problem.options, direction=direction))
    alone = scanned(problem, TESTED)

    assert alone.clusters
    for workers in (2, 3, 7):
        assert_same(scanned(problem, TESTED, workers=workers), alone)


@pytest.mark.parametrize("hypothesis", ALL)
def test_a_replica_does_not_depend_on_those_computed_beside_it(hypothesis: str) -> None:
    (problem,) = outbreak(hypothesis).set_up().problems(seed=3)
    numbers = np.arange(150)
    together, _ = replica_maxima(problem, numbers, 0)

    alone = np.array([replica_maxima(problem, np.array([number]), 0)[0][0] for number in (0, 1, 77, 149)])
    shuffled = np.random.default_rng(1).permutation(numbers)
    in_other_order, _ = replica_maxima(problem, shuffled, 0)

    assert np.array_equal(alone, together[[0, 1, 77, 149]])
    assert np.array_equal(in_other_order, together[shuffled])
    for level in (None, 8, 12, 200):
        maxima, is_exact = replica_maxima(problem, numbers, level)
        assert np.array_equal(maxima[is_exact], together[is_exact])
        assert (maxima <= together).all()


@pytest.mark.parametrize("hypothesis", ALL)
@pytest.mark.parametrize(("scale", "narrow"), [(1.0, "bytes together"), (6.0, "bytes"), (30.0, "words")], ids=str)
@pytest.mark.parametrize("direction", ["high", "low"])
def test_counts_give_the_same_in_every_width(hypothesis: str, scale: float, narrow: str, direction: Any) -> None:
    problem = outbreak(hypothesis, places=12, scale=scale)
    problem = replace(problem, options=replace(problem.options, direction=direction))
    (fast,) = problem.set_up().problems(seed=3)
    numbers = np.arange(9)
    usual, wide = _WorkSpace(fast), _WorkSpace(fast)
    wide.counts = wide.counts.astype(np.int16)

    usual.draw(numbers)
    wide.draw(numbers)

    assert usual.largest == wide.largest
    assert np.array_equal(usual.scan(0), wide.scan(0))
    if narrow == "bytes together":
        assert usual.counts.dtype == np.int8
    if narrow == "words":
        assert usual.counts.dtype == np.int16


@pytest.mark.parametrize("by_period", [False, True])
@pytest.mark.parametrize("places", range(2, 20))
def test_no_neighbour_is_lost_among_those_added_together(by_period: bool, places: int) -> None:
    periods = 12
    cases = np.zeros((places, periods), np.int64)
    cases[:, 0] = 1
    expected = np.full((places, periods), 0.4) if by_period else np.full(places, 1.2)
    options = ScanOptions(windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=None), centres=(0,))
    problem = ScanProblem(cases, Plane(np.arange(float(places)), np.zeros(places)), Poisson(expected), options)
    (fast,) = problem.set_up().problems(seed=0)
    work, slow = _WorkSpace(fast), plain(problem)
    work.draw(np.arange(1))

    # All cases of the replica stand in one place; the level lies as close below its statistic as levels come.
    for place, count in product(range(places), range(2, places + 1)):
        work.counts[:] = 0
        work.counts[fast.zones.places[place], :, 0] = count
        work.largest = work.total = count
        alone = np.zeros((places, periods), np.int64)
        alone[place, -1] = count
        largest = slow.largest(alone.tolist(), is_high=True)
        assert largest > 0
        assert work.scan(level_of(largest))[0] == pytest.approx(largest, rel=1e-12)


def test_statistics_that_differ_by_rounding_have_the_same_rank() -> None:
    assert _ranks(np.array([1.0, 3.0, 1.0 + 1e-12, 2.0, 3.0 - 1e-13])).tolist() == [2, 0, 2, 1, 0]


def test_more_cases_in_all_than_fit_two_bytes_are_counted_right() -> None:
    many = np.full((900, 3), 20)
    options = ScanOptions(windows=Prospective(max_periods=2), zones=ZoneLimits(max_share=1.0))
    (fast,) = (
        ScanProblem(many, Plane(np.arange(900.0), np.zeros(900)), Poisson(many), options).set_up().problems(seed=3)
    )
    usual, wide = _WorkSpace(fast), _WorkSpace(fast)
    wide.counts = wide.counts.astype(np.int16)

    usual.draw(np.arange(2))
    wide.draw(np.arange(2))

    assert usual.counts.dtype == np.int8
    assert usual.total > 32767
    assert np.array_equal(usual.scan(0), wide.scan(0))


@pytest.mark.parametrize("workers", [1, 3])
def test_stopping_early_changes_none_of_the_replicas_before(workers: int) -> None:
    problem = replace(outbreak("permutation"), cases=np.random.default_rng(2).poisson(0.7, (40, 8)))
    full = scanned(problem, Inference(replicas=999, seed=1))
    level = full.clusters[0].llr - 1e-9

    stopped = scanned(problem, Inference(replicas=999, seed=1, stop_after=5), workers=workers)

    assert stopped.was_stopped
    assert not full.was_stopped
    assert np.array_equal(stopped.maxima, full.maxima[: stopped.maxima.size])
    assert stopped.maxima[-1] >= level
    assert np.count_nonzero(stopped.maxima >= level) == 5
    assert stopped.clusters[0].p_value == 5 / stopped.maxima.size


def test_a_scan_that_is_significant_is_never_stopped() -> None:
    problem = outbreak("clumped", scale=4.0)
    full, patient = scanned(problem, TESTED), scanned(problem, replace(TESTED, stop_after=50))

    assert full.clusters[0].p_value < 50 / 300
    assert_same(patient, full)


def test_one_seed_gives_one_answer_and_another_seed_other_replicas() -> None:
    problem = outbreak("poisson")

    assert_same(scanned(problem, TESTED), scanned(problem, TESTED))
    assert not np.array_equal(scanned(problem, replace(TESTED, seed=9)).maxima, scanned(problem, TESTED).maxima)


def test_more_replicas_begin_with_the_same_ones() -> None:
    problem = outbreak("bernoulli")
    few, many = scanned(problem, TESTED), scanned(problem, replace(TESTED, replicas=700))

    assert np.array_equal(many.maxima[:299], few.maxima)


@pytest.mark.parametrize("hypothesis", ["poisson", "clumped"])
def test_a_null_distribution_that_was_kept_gives_the_same_answer(hypothesis: str) -> None:
    problem, nulls = outbreak(hypothesis), {}
    first = scanned(problem, TESTED, nulls=nulls)
    calls: list[tuple[int, int]] = []

    second = scanned(problem, TESTED, nulls=nulls, progress=lambda done, asked: calls.append((done, asked)))

    assert_same(first, scanned(problem, TESTED))
    assert_same(second, first)
    assert len(nulls) == 1
    assert not calls


def test_a_null_distribution_is_kept_for_its_expectation_seed_and_options_only() -> None:
    problem, nulls = outbreak("clumped"), {}
    assert isinstance(problem.hypothesis, Baseline)
    others = [
        (problem, replace(TESTED, seed=1)),
        (problem, replace(TESTED, replicas=99)),
        (replace(problem, hypothesis=replace(problem.hypothesis, dispersion=1.0)), TESTED),
        (replace(problem, hypothesis=Baseline(2 * np.asarray(problem.hypothesis.expected), 2.0)), TESTED),
        (replace(problem, options=replace(problem.options, min_cases=3)), TESTED),
        (replace(problem, options=replace(problem.options, windows=Prospective(max_periods=2))), TESTED),
        (replace(problem, options=replace(problem.options, zones=ZoneLimits(max_share=0.2))), TESTED),
    ]

    for other, inference in [(problem, TESTED), *others]:
        assert_same(scanned(other, inference, nulls=nulls), scanned(other, inference))

    assert len(nulls) == 1 + len(others)


def test_a_permutation_is_never_answered_from_another_day() -> None:
    nulls: dict[str, Any] = {}

    scanned(outbreak("permutation"), TESTED, nulls=nulls)
    scanned(outbreak("bernoulli"), TESTED, nulls=nulls)

    assert not nulls


SCREENED = replace(TESTED, screen_above=0.2, stop_after=5)


@pytest.mark.parametrize("hypothesis", ["permutation", "bernoulli", "dealt"])
def test_a_scan_far_from_any_alarm_is_answered_by_an_earlier_one_when_asked_to(hypothesis: str) -> None:
    nulls: dict[str, Any] = {}
    problem = outbreak(hypothesis)
    kept = scanned(problem, SCREENED, nulls=nulls).maxima
    quiet = without_clusters(problem)

    screened = scanned(quiet, SCREENED, nulls=nulls)

    assert kept.size == 299
    assert screened.was_screened
    assert screened.maxima is kept
    assert screened.clusters[0].p_value > 0.2
    assert abs(screened.clusters[0].p_value - scanned(quiet, TESTED).clusters[0].p_value) < 0.15


@pytest.mark.parametrize("hypothesis", ["permutation", "bernoulli", "dealt"])
def test_what_a_screen_lets_through_is_tested_exactly(hypothesis: str) -> None:
    nulls: dict[str, Any] = {}
    problem = outbreak(hypothesis)
    scanned(without_clusters(problem), SCREENED, nulls=nulls)

    found = scanned(problem, SCREENED, nulls=nulls)

    assert not found.was_screened
    assert_same(found, scanned(problem, replace(TESTED, stop_after=5)))
    assert len(nulls) == 1


def test_a_screen_is_not_used_for_scans_of_another_kind() -> None:
    nulls: dict[str, Any] = {}
    problem = outbreak("permutation")
    others = [
        outbreak("dealt"),
        replace(problem, cases=4 * problem.cases),
        replace(problem, options=replace(problem.options, min_cases=3)),
        replace(problem, options=replace(problem.options, windows=Prospective(max_periods=2))),
    ]

    for other in [problem, *others]:
        assert not scanned(without_clusters(other), SCREENED, nulls=nulls).was_screened

    assert len(nulls) == 1 + len(others)


def without_clusters(problem: ScanProblem) -> ScanProblem:
    """The same number of cases in every place and nearly so in every period, in other weeks."""
    cases = np.stack([np.roll(row, 3 * number) for number, row in enumerate(problem.cases)])
    hypothesis: Any = problem.hypothesis
    if isinstance(hypothesis, Bernoulli):
        controls = np.asarray(hypothesis.controls)
        hypothesis = Bernoulli(np.stack([np.roll(row, 3 * number) for number, row in enumerate(controls)]))
    return replace(problem, cases=cases, hypothesis=hypothesis)


def test_progress_tells_how_many_replicas_are_done() -> None:
    calls: list[tuple[int, int]] = []

    scanned(outbreak(), TESTED, progress=lambda done, asked: calls.append((done, asked)))

    assert calls[-1] == (299, 299)
    assert calls == sorted(calls)


def test_what_would_undo_a_cluster_is_told() -> None:
    # One place and one week carry it: without either it would be nothing.
    cases = np.ones((6, 5), np.int64)
    cases[2, 3] += 15
    line = Plane(np.arange(6.0), np.zeros(6))
    options = ScanOptions(windows=Prospective(max_periods=3))

    (first, *_) = scan(cases, line, Poisson(np.ones(6)), options, Inference(replicas=199)).clusters

    assert first.p_value <= 0.05
    assert first.members == (2,)
    assert first.undone_by_places == (2,)
    assert first.undone_by_periods == (3,)


def test_a_cluster_that_many_carry_is_undone_by_none() -> None:
    cases = np.ones((12, 5), np.int64)
    cases[:4, -2:] += 8
    line = Plane(np.arange(12.0) ** 1.1, np.zeros(12))
    options = ScanOptions(windows=Prospective(max_periods=3))

    (first, *_) = scan(cases, line, Poisson(np.ones(12)), options, Inference(replicas=199)).clusters

    assert first.members == (0, 1, 2, 3)
    assert (first.undone_by_places, first.undone_by_periods) == ((), ())


def test_the_relative_risk_of_a_baseline_is_what_was_observed_over_what_was_expected() -> None:
    cases = np.array([[0, 9], [1, 0], [0, 1]])
    options = ScanOptions(windows=Prospective(max_periods=1), direction="both", min_cases_low=0)
    line = Plane([0.0, 1.0, 5.0], np.zeros(3))

    found = scan(cases, line, Baseline(np.full((3, 2), 3.0)), options, UNTESTED)

    for cluster in found.clusters:
        assert cluster.relative_risk == pytest.approx(cluster.observed / cluster.expected)
