"""Clusters already known are passed over and hide nothing; what is expected then is what the definitions say."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from kentongan.engine import (
    Baseline,
    Bernoulli,
    Clumps,
    Cluster,
    Inference,
    KnownCluster,
    Permutation,
    Plane,
    Poisson,
    Prospective,
    Retrospective,
    ScanOptions,
    ZoneLimits,
    adjusted_for,
    scan,
)
from kentongan.engine.errors import EngineInputError
from kentongan.engine.scanning import adjusting
from kentongan.engine.scanning.adjusting import missing_expectation
from kentongan.engine.tests.plain_adjusting import plain_adjusted, plain_can_be_compared, plain_missing
from kentongan.engine.tests.plain_scan import PlainScan
from kentongan.engine.tests.scan_problems import ScanProblem, examples, scan_problems

relaxed = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
UNTESTED = Inference(replicas=0)


@st.composite
def known_clusters(draw: st.DrawFn, places: int, periods: int, *, has_risks: bool) -> list[KnownCluster]:
    """Draw one or two; where two overlap, both tell their risk."""
    found = []
    for _ in range(draw(st.integers(1, 2))):
        members = draw(st.lists(st.integers(0, places - 1), min_size=1, max_size=min(places, 4), unique=True))
        first = draw(st.integers(0, periods - 1))
        last = draw(st.none() | st.integers(first, periods - 1))
        risk = draw(st.none() | st.sampled_from([0.25, 2.0, 7.5])) if has_risks else None
        found.append(KnownCluster(members=tuple(members), first_period=first, last_period=last, relative_risk=risk))
    held = [cells(one, (places, periods)) for one in found if one.relative_risk is None]
    assume(not has_risks or len(held) < 2 or not (held[0] & held[1]).any())
    return found


def cells(one: KnownCluster, shape: tuple[int, int]) -> NDArray[np.bool_]:
    table = np.zeros(shape, dtype=np.bool_)
    table[list(one.members), one.periods] = True
    return table


def drawn_known(problem: ScanProblem, data: st.DataObject) -> list[KnownCluster]:
    has_risks = isinstance(problem.hypothesis, Poisson | Baseline)
    cases = problem.cases.reshape(len(problem.cases), -1)
    return data.draw(known_clusters(*cases.shape, has_risks=has_risks))


def without_clumps(problem: ScanProblem) -> ScanProblem:
    if isinstance(problem.hypothesis, Permutation):
        return replace(problem, hypothesis=replace(problem.hypothesis, clumps=None))
    return problem


@settings(max_examples=examples(120), deadline=None, suppress_health_check=relaxed)
@given(scan_problems(), st.data())
def test_a_scan_past_known_clusters_finds_what_the_plain_one_finds(problem: ScanProblem, data: st.DataObject) -> None:
    problem = without_clumps(problem)
    known = drawn_known(problem, data)
    cases = problem.cases.reshape(len(problem.cases), -1)
    note(repr((problem, known)))
    held = np.any([cells(one, cases.shape) for one in known if one.relative_risk is None] or [cases < 0], axis=0)
    out = set(map(tuple, np.argwhere(held).tolist()))
    is_baseline = isinstance(problem.hypothesis, Baseline)
    if not (is_baseline or not out or plain_can_be_compared(cases.tolist(), out, problem.hypothesis)):
        with pytest.raises(EngineInputError, match="tidak tersisa cukup"):
            adjusted_for(known, problem.cases, problem.hypothesis)
        event("nothing left to compare with")
        return

    adjusted, hypothesis = adjusted_for(known, problem.cases, problem.hypothesis)
    expected_cases, expected_hypothesis, nearest = plain_adjusted(known, cases.tolist(), problem.hypothesis)

    # Where a running sum lies on the edge between two whole numbers, either is right.
    assume(nearest > 1e-6)
    event(type(problem.hypothesis).__name__)
    assert_array_equal(adjusted, expected_cases)
    found = scan(adjusted, problem.where, hypothesis, problem.options, UNTESTED, workers=1)
    slow = (
        PlainScan(expected_cases, problem.where, expected_hypothesis, problem.options).clusters()
        if adjusted.any()
        else []
    )
    assert [(one.centre, one.members, one.first_period, one.last_period, one.observed) for one in found.clusters] == [
        (one.centre, one.zone.members, *one.window, one.observed) for one in slow
    ]
    assert [one.llr for one in found.clusters] == pytest.approx([one.llr for one in slow], rel=1e-9, abs=1e-9)


@settings(max_examples=examples(100), deadline=None)
@given(
    cases=st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=3, max_size=7),
    out=st.sets(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=8),
)
def test_missing_cells_expect_what_expectation_and_maximisation_arrive_at(
    cases: list[list[int]], out: set[tuple[int, int]]
) -> None:
    assume(plain_can_be_compared(cases, out, Permutation()))
    is_out = np.zeros((len(cases), 4), dtype=np.bool_)
    for cell in out:
        is_out[cell] = True

    fitted = missing_expectation(np.array(cases), is_out)

    slow = plain_missing(cases, out)
    assume(slow or not out)
    assert_allclose([fitted[cell] for cell in out], [slow[cell] for cell in out], atol=1e-6)
    assert not fitted[~is_out].any()


def test_a_fit_ends_after_so_many_rounds_at_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    is_out = np.zeros((3, 4), dtype=np.bool_)
    is_out[0, :2] = True
    cases = np.array([[0, 0, 3, 1], [2, 5, 1, 0], [4, 0, 0, 6]])
    settled = missing_expectation(cases, is_out)

    monkeypatch.setattr(adjusting, "MOST_ROUNDS", 1)

    assert missing_expectation(cases, is_out)[0, :2] == pytest.approx(settled[0, :2], rel=0.5)
    assert (missing_expectation(cases, is_out) != settled).any()


# --- two outbreaks, of which one is known -----------------------------------------------------------------------------

WEEKS = 20
LINE = Plane(np.arange(30.0), np.zeros(30))
OPTIONS = ScanOptions(windows=Prospective(max_periods=4), zones=ZoneLimits(max_neighbours=6))


def two_outbreaks() -> NDArray[np.int64]:
    """Steady places in a row; in the last weeks a large outbreak, and beside it a smaller one."""
    cases = np.random.default_rng(8).poisson(1.0, (30, WEEKS))
    cases[5:9, 17:] += 9
    cases[9:11, 18:] += 4
    return cases


LARGE = KnownCluster(members=(5, 6, 7, 8), first_period=17)
SMALL = (9, 10)
HYPOTHESES = {
    "poisson": Poisson(np.ones(30)),
    "baseline": Baseline(np.ones(30)),
    "bernoulli": Bernoulli(np.full((30, WEEKS), 12)),
    "permutation": Permutation(),
}


def most_likely(cases: Any, hypothesis: Any) -> Cluster:
    return scan(cases, LINE, hypothesis, OPTIONS, Inference(replicas=199, seed=5), workers=1).clusters[0]


@pytest.mark.parametrize("hypothesis", HYPOTHESES.values(), ids=HYPOTHESES)
def test_an_outbreak_beside_a_known_one_is_found_with_the_statistic_of_the_plain_scan(hypothesis: Any) -> None:
    cases = two_outbreaks()
    hiding = scan(cases, LINE, hypothesis, OPTIONS, UNTESTED).clusters
    assert set(LARGE.members) <= set(hiding[0].members)
    assert not any(set(SMALL) <= set(one.members) for one in hiding)

    found = most_likely(*adjusted_for([LARGE], cases, hypothesis))

    assert set(SMALL) <= set(found.members)
    assert len(set(found.members) - set(SMALL)) <= 1
    assert found.p_value <= 0.05
    slow_cases, slow_hypothesis, _ = plain_adjusted([LARGE], cases.tolist(), hypothesis)
    plain = PlainScan(slow_cases, LINE, slow_hypothesis, OPTIONS)
    window = found.first_period, found.last_period
    assert found.llr == pytest.approx(plain.llr(found.observed, found.members, window, is_high=True), abs=1e-9)
    assert found.llr == pytest.approx(plain.clusters()[0].llr, abs=1e-9)


@pytest.mark.parametrize("hypothesis", HYPOTHESES.values(), ids=HYPOTHESES)
def test_a_known_outbreak_alone_raises_no_alarm_any_more(hypothesis: Any) -> None:
    cases = np.random.default_rng(3).poisson(1.0, (30, WEEKS))
    cases[5:9, 17:] += 9
    alarm = most_likely(cases, hypothesis)
    assert ({5, 6, 7, 8} <= set(alarm.members), alarm.p_value) == (True, 0.005)

    quiet = most_likely(*adjusted_for([LARGE], cases, hypothesis))

    assert quiet.p_value > 0.05


def test_the_relative_risk_that_a_scan_tells_is_the_one_as_observed() -> None:
    cases = two_outbreaks()
    found = most_likely(cases, HYPOTHESES["poisson"])
    told = KnownCluster(
        members=found.members,
        first_period=found.first_period,
        last_period=found.last_period,
        relative_risk=found.relative_risk,
    )

    (_, by_risk), (_, as_observed) = (
        adjusted_for([one], cases, Poisson(np.ones(30))) for one in (told, replace(told, relative_risk=None))
    )

    assert isinstance(by_risk, Poisson)
    assert isinstance(as_observed, Poisson)
    one, other = np.asarray(by_risk.expected), np.asarray(as_observed.expected)
    assert_allclose(one / one.sum(), other / other.sum())
    # Exactly what was observed is expected, inside and outside.
    assert other[list(found.members), found.first_period :].sum() * cases.sum() / other.sum() == pytest.approx(
        found.observed
    )


def test_without_a_known_cluster_nothing_changes() -> None:
    cases = two_outbreaks()

    for hypothesis in HYPOTHESES.values():
        same, adjusted = adjusted_for([], cases, hypothesis)
        assert_array_equal(same, cases)
        found, again = most_likely(cases, hypothesis), most_likely(same, adjusted)
        assert again.members == found.members
        assert again.llr == pytest.approx(found.llr)


def test_a_filled_cluster_keeps_within_a_case_of_what_is_expected_of_each_place_and_half_a_case_of_all() -> None:
    cases = two_outbreaks()
    is_out = cells(LARGE, cases.shape)

    filled, _ = adjusted_for([LARGE], cases, Permutation())

    expected = missing_expectation(cases, is_out)
    assert_array_equal(filled[~is_out], cases[~is_out])
    assert np.abs((filled - expected)[is_out]).max() < 1
    assert np.abs(np.where(is_out, filled - expected, 0).sum(axis=1)).max() < 1
    assert abs(np.where(is_out, filled - expected, 0).sum()) <= 0.5
    # 48 cells of these places and weeks are known of each: about one case is expected of each that is not.
    assert 0.5 < expected[is_out].mean() < 1.6


def test_p_values_past_a_known_cluster_are_about_uniform_in_worlds_with_nothing_else() -> None:
    rng, p_values = np.random.default_rng(6), []
    for world in range(200):
        cases = rng.poisson(0.4, (30, WEEKS))
        cases[5:9, 17:] += rng.poisson(3.0, (4, 3))
        adjusted, hypothesis = adjusted_for([LARGE], cases, Permutation())
        found = scan(adjusted, LINE, hypothesis, OPTIONS, Inference(replicas=99, seed=world), workers=1)
        p_values.append(found.clusters[0].p_value)

    # Of 200 worlds 10 are expected at 0.05; more than 20 would be chance once in a thousand times.
    assert sum(p <= 0.05 for p in p_values) <= 20
    assert 0.35 < float(np.mean(p_values)) < 0.7


# --- faults -----------------------------------------------------------------------------------------------------------


def refusal(known: Any, cases: Any = None, hypothesis: Any = None) -> str:
    with pytest.raises(EngineInputError) as refused:
        adjusted_for(
            known,
            two_outbreaks() if cases is None else cases,
            HYPOTHESES["poisson"] if hypothesis is None else hypothesis,
        )
    return "\n".join(refused.value.details)


def of_members(*members: Any) -> KnownCluster:
    """Return a known cluster of whatever a caller whose types nobody checked gives for places."""
    return KnownCluster(members=members)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (KnownCluster(members=()), "tidak menyebut satu tempat pun"),
        (KnownCluster(members=(1, 1, 2)), "satu tempat lebih dari sekali"),
        (KnownCluster(members=(30,)), "tempat yang tidak dikenal; ada 30 tempat"),
        (KnownCluster(members=(-1,)), "tempat yang tidak dikenal"),
        (of_members(1.5), "tempat yang tidak dikenal"),
        (of_members("Oelbima"), "tidak menyebut satu tempat pun"),
        (KnownCluster(members=(1,), first_period=20), "ada 20 periode"),
        (KnownCluster(members=(1,), first_period=-1), "ada 20 periode"),
        (KnownCluster(members=(1,), first_period=5, last_period=4), "harus berurutan"),
        (KnownCluster(members=(1,), last_period=20), "ada 20 periode"),
        (KnownCluster(members=(1,), relative_risk=0.0), "bilangan di atas 0"),
        (KnownCluster(members=(1,), relative_risk=math.inf), "bilangan di atas 0"),
        (KnownCluster(members=(1,), relative_risk=math.nan), "bilangan di atas 0"),
        (KnownCluster(members=tuple(range(30))), "tidak tersisa cukup kasus"),
    ],
)
def test_a_known_cluster_that_makes_no_sense_is_refused(known: KnownCluster, told: str) -> None:
    assert told in refusal([known])


def test_all_faults_of_known_clusters_and_of_the_data_are_told_at_once() -> None:
    known = [KnownCluster(members=(99,), first_period=50), KnownCluster(members=(1,), relative_risk=-1.0)]

    told = refusal(known, hypothesis=Poisson(-np.ones(30)))

    assert "nomor 0: memuat tempat" in told
    assert "nomor 0: periodenya" in told
    assert "nomor 1: risiko relatifnya" in told
    assert "tidak boleh negatif" in told


@pytest.mark.parametrize("name", ["permutation", "bernoulli"])
def test_a_relative_risk_where_there_is_none_is_refused(name: str) -> None:
    assert "tidak mengenal risiko relatif" in refusal([replace(LARGE, relative_risk=2.0)], hypothesis=HYPOTHESES[name])


def test_two_known_clusters_as_observed_must_not_share_a_cell() -> None:
    assert "tempat dan periode yang sama" in refusal([LARGE, KnownCluster(members=(8, 9), first_period=19)])
    assert "tempat dan periode yang sama" in refusal([LARGE, LARGE], hypothesis=HYPOTHESES["baseline"])


def test_known_clusters_of_cells_may_overlap_where_they_are_only_left_out() -> None:
    cases = two_outbreaks()

    once, _ = adjusted_for([LARGE], cases, Permutation())
    twice, _ = adjusted_for([LARGE, replace(LARGE, members=(6, 7))], cases, Permutation())

    assert_array_equal(once, twice)


def test_clumps_cannot_be_left_out() -> None:
    assert "Permutasi gumpalan" in refusal([LARGE], hypothesis=Permutation(clumps=Clumps()))


def test_places_that_share_no_period_with_any_other_cannot_be_filled() -> None:
    cases = np.array([[3, 4, 0, 0], [0, 0, 5, 2]])
    known = [KnownCluster(members=(0,), first_period=2), KnownCluster(members=(1,), last_period=1)]

    assert "tidak tersisa cukup kasus" in refusal(known, cases, Permutation())


def test_a_place_known_for_all_its_periods_drops_out_of_a_permutation() -> None:
    filled, _ = adjusted_for([KnownCluster(members=(6,))], two_outbreaks(), Permutation())

    assert not filled[6].any()


def test_without_any_case_there_is_nothing_to_adjust() -> None:
    none = np.zeros((30, WEEKS), np.int64)

    for hypothesis in HYPOTHESES.values():
        cases, _ = adjusted_for([LARGE], none, hypothesis)
        assert not cases.any()


def test_a_known_cluster_where_nobody_lives_changes_nothing_of_the_rest() -> None:
    expected = np.where(np.arange(30) == 3, 0.0, 1.0)
    cases = np.where(expected[:, None] > 0, two_outbreaks(), 0)

    _, adjusted = adjusted_for([KnownCluster(members=(3,))], cases, Poisson(expected))

    assert isinstance(adjusted, Poisson)
    assert_array_equal(np.asarray(adjusted.expected), np.tile(expected[:, None], WEEKS))


def test_a_retrospective_scan_passes_over_a_cluster_in_the_middle() -> None:
    cases = np.random.default_rng(1).poisson(1.0, (30, WEEKS))
    cases[5:9, 8:10] += 9
    options = ScanOptions(windows=Retrospective(max_periods=4), zones=ZoneLimits(max_neighbours=6))
    known = KnownCluster(members=(5, 6, 7, 8), first_period=8, last_period=9)

    for hypothesis in HYPOTHESES.values():
        adjusted = adjusted_for([known], cases, hypothesis)
        assert scan(cases, LINE, hypothesis, options, UNTESTED).clusters[0].first_period == 8
        found = scan(adjusted[0], LINE, adjusted[1], options, Inference(replicas=99)).clusters[0]
        assert found.p_value > 0.05
