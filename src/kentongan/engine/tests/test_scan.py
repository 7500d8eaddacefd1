"""The fast scan against the plain one: observed clusters, every replica's largest statistic, p-values."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from kentongan.engine import Inference, scan
from kentongan.engine.scanning import zones
from kentongan.engine.scanning.likelihood import (
    BERNOULLI,
    BIN_SHIFT,
    EXPECTATION,
    FIRST_BIN,
    HIGH,
    LOW,
    POISSON,
    SMALLEST_EXPECTATION,
    Statistic,
    bins_up_to,
    critical_counts,
    log_likelihood_ratio,
)
from kentongan.engine.scanning.replicas import LEVEL_STEP, replica_maxima
from kentongan.engine.tests.plain_scan import PlainScan
from kentongan.engine.tests.scan_problems import ScanProblem, examples, replica_counts, scan_problems

SEED = 20
UNTESTED = Inference(replicas=0)
relaxed = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


def plain(problem: ScanProblem) -> PlainScan:
    cases = problem.cases.reshape(len(problem.cases), -1)
    return PlainScan(cases.tolist(), problem.where, problem.hypothesis, problem.options)


def assert_same_clusters(found: Any, slow: PlainScan) -> None:
    expected = slow.clusters()
    assert [(one.centre, one.members, one.is_high, (one.first_period, one.last_period)) for one in found] == [
        (one.centre, one.zone.members, one.is_high, one.window) for one in expected
    ]
    assert [one.observed for one in found] == [one.observed for one in expected]
    assert [one.expected for one in found] == pytest.approx([one.expected for one in expected], rel=1e-9)
    assert [one.llr for one in found] == pytest.approx([one.llr for one in expected], rel=1e-9, abs=1e-9)
    radii = [(one.radius, other.zone.radius) for one, other in zip(found, expected, strict=True)]
    assert all((one is None) == (other is None) for one, other in radii)
    assert all(abs(one - other) <= slow.resolution for one, other in radii if other is not None)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=relaxed)
@given(scan_problems())
def test_the_scan_finds_what_the_plain_scan_finds(problem: ScanProblem) -> None:
    found = scan(problem.cases, problem.where, problem.hypothesis, problem.options, UNTESTED, workers=1)

    note(repr(problem))
    event(f"{type(problem.hypothesis).__name__}, {type(problem.options.windows).__name__}")
    event(f"{min(len(found.clusters), 3)} clusters or more")
    assert_same_clusters(found.clusters, plain(problem))


@settings(max_examples=examples(40), deadline=None, suppress_health_check=relaxed)
@given(scan_problems())
def test_the_scan_finds_the_same_when_neighbours_are_asked_for_few_at_a_time(problem: ScanProblem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zones, "FIRST_NEIGHBOURS", 1)
        patch.setattr(zones, "PAIRS_AT_ONCE", 5)
        found = scan(problem.cases, problem.where, problem.hypothesis, problem.options, UNTESTED, workers=2)

    assert_same_clusters(found.clusters, plain(problem))


@settings(max_examples=examples(80), deadline=None, suppress_health_check=relaxed)
@given(scan_problems(), st.lists(st.integers(0, 400), min_size=1, max_size=4, unique=True), st.sampled_from([0, 8, 20]))
def test_a_replicas_largest_statistic_is_what_the_plain_scan_finds_in_its_cases(
    problem: ScanProblem, numbers: list[int], level: int
) -> None:
    note(repr((problem, numbers)))
    setup, slow = problem.set_up(), plain(problem)
    for fast in setup.problems(SEED):
        maxima, is_exact = replica_maxima(fast, np.array(numbers), level)

        counts = [replica_counts(setup, fast, number, lane=number % 5) for number in numbers]
        expected = [slow.largest(one, is_high=fast.statistic.direction > 0) for one in counts]
        event(f"{type(problem.hypothesis).__name__}, {fast.statistic.direction}")
        assert maxima[is_exact] == pytest.approx(np.array(expected)[is_exact], rel=1e-9, abs=1e-9)
        assert (maxima[~is_exact] < level * LEVEL_STEP).all()
        assert level or is_exact.all()


@settings(max_examples=examples(25), deadline=None, suppress_health_check=relaxed)
@given(scan_problems(), st.integers(0, 5))
def test_the_p_value_counts_the_replicas_that_reach_the_cluster(problem: ScanProblem, seed: int) -> None:
    replicas = 12
    found = scan(
        problem.cases,
        problem.where,
        problem.hypothesis,
        problem.options,
        Inference(replicas=replicas, seed=seed),
        workers=1,
    )

    setup, slow = problem.set_up(), plain(problem)
    largest = [
        max(
            slow.largest(replica_counts(setup, fast, number), is_high=fast.statistic.direction > 0)
            for fast in setup.problems(seed)
        )
        for number in range(replicas if found.clusters else 0)
    ]
    assert found.maxima == pytest.approx(largest, rel=1e-9, abs=1e-9)
    for cluster in found.clusters:
        reaching = sum(one >= cluster.llr - 1e-9 for one in largest)
        assert cluster.p_value == (reaching + 1) / (replicas + 1)


@settings(max_examples=examples(300), deadline=None)
@given(
    kind=st.sampled_from([POISSON, BERNOULLI, EXPECTATION]),
    direction=st.sampled_from([HIGH, LOW]),
    total=st.integers(1, 300),
    controls=st.integers(1, 300),
    share=st.floats(1e-9, 1.0) | st.floats(0.0, 0.05).map(lambda rest: 1 - rest),
    level=st.sampled_from([0.0, 0.25, 1.0, 2.0, 5.5, 20.0]),
    least=st.integers(0, 3),
)
def test_no_count_that_reaches_a_level_is_passed_over(
    kind: int, direction: int, total: int, controls: int, share: float, level: float, least: int
) -> None:
    statistic = Statistic(kind, direction, float(total), float(total + controls), least)
    expected = max(share * (2.5 if kind == EXPECTATION else 1.0) * total, SMALLEST_EXPECTATION)
    critical = critical_counts(level, statistic, bins_up_to(2.5 * total))
    limit = critical[(int(np.float64(expected).view(np.int64)) >> BIN_SHIFT) - FIRST_BIN]

    for count in range(least, 3 * total if kind == EXPECTATION else total + 1):
        if log_likelihood_ratio(float(count), expected, statistic) >= max(level, 1e-8):
            assert (count - limit) * direction >= 0
