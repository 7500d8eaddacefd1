"""The fast scan against the plain one, against a published answer, and against the laws of the method."""

import csv
import math
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kentongan.engine import permutation
from kentongan.engine.errors import EngineInputError
from kentongan.engine.permutation import Cluster, PermutationScan, ScanOptions, gumbel_p_value, scan_permutation
from kentongan.engine.tests.reference_scan import PlainCluster, log_likelihood_ratio, plain_scan

PERIODS = 6

degrees = st.integers(0, 8).map(lambda half: half / 2)
places = st.lists(st.tuples(degrees.map(lambda d: d - 10.0), degrees.map(lambda d: d + 120.0)), min_size=1, max_size=7)
few_replicas = ScanOptions(max_periods=3, replicas=19, stop_after=None, max_clusters=99)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[tuple[float, float]], ScanOptions]:
    """Draw places on a coarse grid (many equal distances and co-located places), cases, and options."""
    where = draw(places)
    case = st.tuples(st.integers(0, len(where) - 1), st.integers(0, PERIODS - 1))
    cases = draw(st.lists(case, min_size=1, max_size=25))
    options = ScanOptions(
        max_periods=draw(st.integers(1, PERIODS - 1)),
        max_share=draw(st.sampled_from([0.3, 0.5, 1.0])),
        max_radius_m=draw(st.sampled_from([None, 0.0, 80_000.0, 200_000.0])),
        all_centres=draw(st.booleans()),
        min_cases=draw(st.integers(1, 3)),
        replicas=9,
        max_clusters=99,
    )
    return cases, where, options


def scan(
    cases: list[tuple[int, int]],
    where: list[tuple[float, float]],
    options: ScanOptions = few_replicas,
    *,
    periods: int = PERIODS,
    seed: int = 1,
) -> PermutationScan:
    return scan_permutation(
        [place for place, _ in cases],
        [period for _, period in cases],
        latitude=[lat for lat, _ in where],
        longitude=[lon for _, lon in where],
        periods=periods,
        options=options,
        seed=seed,
    )


def plain(cases: Any, where: Any, options: ScanOptions) -> list[PlainCluster]:
    return plain_scan(
        cases,
        where,
        periods=PERIODS,
        max_periods=options.max_periods,
        max_share=options.max_share,
        max_radius_m=math.inf if options.max_radius_m is None else options.max_radius_m,
        all_centres=options.all_centres,
        min_cases=options.min_cases,
    )


def outbreak() -> tuple[list[tuple[int, int]], list[tuple[float, float]]]:
    """Twelve places in a row, ever farther apart, with two cases each, and seven more in two neighbours in the last week."""
    where = [(-9.0, 124.0 + number**1.5 / 20) for number in range(12)]
    background = [(number, (number + week) % PERIODS) for number in range(12) for week in (0, 3)]
    return background + [(4, 5)] * 4 + [(5, 5)] * 3, where


@settings(max_examples=400, deadline=None)
@given(problems())
def test_fast_scan_finds_what_the_definition_finds(problem: Any) -> None:
    cases, where, options = problem

    fast, slow = scan(cases, where, options).clusters, plain(cases, where, options)

    assert [cluster.members for cluster in fast] == [cluster.members for cluster in slow]
    for one, other in zip(fast, slow, strict=True):
        assert one.llr == pytest.approx(other.llr, abs=1e-9)
        assert one.expected == pytest.approx(other.expected, rel=1e-12)
        assert one.observed == other.observed
        assert one.first_period == PERIODS - other.length
        assert one.last_period == PERIODS - 1
        assert one.radius_m == other.radius_mm / 1000
        assert where[one.centre] == where[other.centre]


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 2**64 - 1))
def test_every_replica_has_the_maximum_of_its_shuffled_cases(problem: Any, seed: int) -> None:
    cases, where, options = problem
    prepared = prepare(cases, where, options)
    shuffled = np.empty((len(prepared.located), options.max_periods, 3), dtype=np.int16)
    permutation.shuffle_times(shuffled, prepared.case_place, prepared.recent_window, np.uint64(seed), 0)

    maxima, _ = permutation.simulate(prepared, replace(options, replicas=3), seed, at_least=math.inf)

    for replica in range(3):
        assert maxima[replica] == pytest.approx(
            plain_maximum(shuffled[:, :, replica], prepared, where, options), abs=1e-9
        )


def prepare(
    cases: list[tuple[int, int]], where: list[tuple[float, float]], options: ScanOptions
) -> permutation.Problem:
    place, period = np.array(cases, dtype=np.int64).T
    return permutation.prepare(place, period, np.array(where), PERIODS, options)


def plain_maximum(cumulative: Any, prepared: permutation.Problem, where: Any, options: ScanOptions) -> float:
    """Write the replica's recent counts back as cases, the rest as old ones, and scan them plainly."""
    recent = np.diff(cumulative, axis=1, prepend=0)
    cases = []
    for number, place in enumerate(prepared.located):
        in_window = [PERIODS - 1 - window for window in range(recent.shape[1]) for _ in range(recent[number, window])]
        old = int(prepared.model.place_cases[number]) - len(in_window)
        cases += [(int(place), period) for period in in_window] + [(int(place), 0)] * old
    clusters = plain(cases, where, options)
    return clusters[0].llr if clusters else 0.0


@settings(max_examples=100, deadline=None)
@given(problems(), st.integers(0, 2**64 - 1))
def test_a_shuffle_keeps_the_cases_of_every_window_and_never_overfills_a_place(problem: Any, seed: int) -> None:
    cases, where, options = problem
    prepared = prepare(cases, where, options)
    shuffled = np.empty((len(prepared.located), options.max_periods, 5), dtype=np.int16)

    permutation.shuffle_times(shuffled, prepared.case_place, prepared.recent_window, np.uint64(seed), 7)

    assert (shuffled.sum(axis=0) == prepared.model.window_cases[:, None]).all()
    assert (shuffled[:, -1, :] <= prepared.model.place_cases[:, None]).all()


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_renumbering_places_and_reordering_cases_changes_nothing(problem: Any, random: Any) -> None:
    cases, where, options = problem
    assume(len(set(where)) == len(where))
    number = list(range(len(where)))
    random.shuffle(number)
    moved = [where[number.index(place)] for place in range(len(where))]
    renamed = [(number[place], period) for place, period in cases]
    random.shuffle(renamed)

    before, after = scan(cases, where, options), scan(renamed, moved, options)

    translated = [tuple(sorted(number[place] for place in cluster.members)) for cluster in before.clusters]
    assert [cluster.members for cluster in after.clusters] == translated
    assert [cluster.llr for cluster in after.clusters] == [cluster.llr for cluster in before.clusters]
    assert [cluster.p_value for cluster in after.clusters] == [cluster.p_value for cluster in before.clusters]


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(1, 50))
def test_shifting_time_only_shifts_the_windows(problem: Any, shift: int) -> None:
    cases, where, options = problem

    before = scan(cases, where, options)
    after = scan([(place, period + shift) for place, period in cases], where, options, periods=PERIODS + shift)

    shifted = [
        replace(cluster, first_period=cluster.first_period + shift, last_period=cluster.last_period + shift)
        for cluster in before.clusters
    ]
    assert list(after.clusters) == shifted


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 2**64 - 1))
def test_one_seed_gives_one_answer(problem: Any, seed: int) -> None:
    cases, where, options = problem

    assert scan(cases, where, options, seed=seed) == scan(cases, where, options, seed=seed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, PERIODS - 1)), max_size=30))
def test_exchanging_times_so_that_the_cluster_gains_a_case_raises_the_statistic(more: list[tuple[int, int]]) -> None:
    cases, where = outbreak()
    cases += more
    first = scan(cases, where).clusters[0]
    old = [case for case in cases if case[0] in first.members and case[1] < first.first_period]
    recent = [case for case in cases if case[0] not in first.members and case[1] >= first.first_period]
    assume(old and recent)
    exchanged = list(cases)
    exchanged[cases.index(old[0])] = (old[0][0], recent[0][1])
    exchanged[cases.index(recent[0])] = (recent[0][0], old[0][1])

    assert scan(exchanged, where).clusters[0].llr > first.llr


def test_the_batch_of_replicas_does_not_change_their_maxima() -> None:
    prepared = prepare(*outbreak(), few_replicas)
    options = replace(few_replicas, replicas=70)

    narrow, _ = permutation.simulate(prepared, options, 5, at_least=math.inf, lanes=3)
    wide, _ = permutation.simulate(prepared, options, 5, at_least=math.inf, lanes=64)

    assert narrow.size == 70
    assert (narrow == wide).all()


def test_early_stopping_ends_with_the_replica_that_completes_the_count_whatever_the_batch() -> None:
    prepared = prepare(*outbreak(), few_replicas)
    options = replace(few_replicas, replicas=500, stop_after=4)
    every, _ = permutation.simulate(prepared, replace(options, stop_after=None), 5, at_least=2.0)

    for lanes in (1, 7, 64):
        maxima, stopped = permutation.simulate(prepared, options, 5, at_least=2.0, lanes=lanes)

        assert stopped
        assert maxima.size == np.flatnonzero(every >= 2.0)[3] + 1
        assert (maxima == every[: maxima.size]).all()


def test_a_stopped_scan_states_the_share_of_replicas_that_reached_it() -> None:
    cases, where = outbreak()
    quiet = [(place, period) for place, period in cases if (place, period) not in ((4, 5), (5, 5))]

    result = scan(quiet, where, ScanOptions(max_periods=3, replicas=999, stop_after=10))

    assert result.replicas_done < 999
    assert result.clusters[0].p_value == 10 / result.replicas_done
    assert result.clusters[0].recurrence_interval_days == pytest.approx(7 / result.clusters[0].p_value)


def test_a_planted_outbreak_is_explained_by_its_numbers() -> None:
    result = scan(*outbreak(), ScanOptions(max_periods=3, replicas=999, gumbel=True))

    first = result.clusters[0]
    assert (first.members, first.first_period, first.last_period) == ((4, 5), 5, 5)
    assert (first.observed, result.cases, result.places_with_cases) == (8, 31, 12)
    assert first.expected == pytest.approx(11 * 11 / 31)
    assert first.relative_risk == pytest.approx((8 / (121 / 31)) / (23 / (31 - 121 / 31)))
    assert first.gumbel_p_value is not None
    assert first.gumbel_p_value == pytest.approx(first.p_value, abs=0.1)


def test_the_most_clusters_reported_are_as_many_as_asked() -> None:
    cases, where = outbreak()

    assert len(scan(cases, where, few_replicas).clusters) > 1
    assert len(scan(cases, where, replace(few_replicas, max_clusters=1)).clusters) == 1


@pytest.mark.parametrize(("observed", "published"), [(10, 14.060436), (2, 0.386720)])
def test_single_windows_have_the_published_ratio(observed: int, published: float) -> None:
    """SaTScan 10.3.2 on 1,175 cases, one expected (47 cases of the circle x 25 of the window / 1,175)."""
    model = permutation._model(np.array([47, 1128]), np.array([25]), 47, 1)

    ratio = permutation.likelihood_ratio(observed, 47, 0, model)

    assert ratio == pytest.approx(log_likelihood_ratio(observed, 1.0, 1175), abs=1e-9)
    assert ratio == pytest.approx(published, abs=1e-6)


@pytest.mark.parametrize(
    "cases",
    [
        [],
        [(2, week) for week in range(PERIODS)],
        [(place, 5) for place in range(12)],
        [(place, 0) for place in range(12)],
    ],
    ids=["no-cases", "all-in-one-place", "all-in-the-last-week", "all-in-an-old-week"],
)
def test_cases_that_a_shuffle_cannot_change_give_no_cluster(cases: list[tuple[int, int]]) -> None:
    result = scan(cases, outbreak()[1])

    assert (result.clusters, result.cases, result.replicas_done) == ((), len(cases), 0)


def test_places_too_heavy_for_any_circle_give_no_cluster() -> None:
    result = scan([(0, 5), (0, 5), (0, 1), (1, 1)], [(0.0, 0.0), (1.0, 1.0)], replace(few_replicas, max_share=0.1))

    assert result.clusters == ()


good: dict[str, Any] = {
    "place": [0, 1],
    "period": [1, 2],
    "latitude": [0.0, 1.0],
    "longitude": [0.0, 1.0],
    "periods": 6,
}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"place": [0]}, "tepat satu tempat"),
        ({"place": [[0, 1]], "period": [[1, 2]]}, "tepat satu tempat"),
        ({"place": [0, 2]}, "tidak dikenal"),
        ({"place": [0, -1]}, "tidak dikenal"),
        ({"place": [0.0, math.nan]}, "Nomor tempat harus bilangan bulat"),
        ({"period": [0.5, 1.0]}, "Nomor periode harus bilangan bulat"),
        ({"period": [1, 6]}, "di luar rentang waktu"),
        ({"period": [-1, 2]}, "di luar rentang waktu"),
        ({"latitude": [0.0]}, "satu lintang"),
        ({"latitude": [0.0, math.nan]}, "Ada koordinat"),
        ({"latitude": [0.0, 90.5]}, "Ada koordinat"),
        ({"longitude": [0.0, 181.0]}, "Ada koordinat"),
        ({"longitude": [0.0, math.inf]}, "Ada koordinat"),
        ({"periods": 1}, "dua periode"),
        ({"place": [0] * 32_767, "period": [0] * 32_767}, "Paling banyak"),
    ],
)
def test_faulty_input_is_refused_in_the_users_language(wrong: dict[str, Any], says: str) -> None:
    options = ScanOptions(max_periods=1 if "periods" in wrong else 4)

    with pytest.raises(EngineInputError, match=says) as refusal:
        scan_permutation(**(good | wrong), options=options)

    assert refusal.value.code == "engine.input"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"max_periods": 0}, "Jendela waktu"),
        ({"max_periods": 6}, "Jendela waktu"),
        ({"max_share": 0.0}, "Bagian kasus"),
        ({"max_share": math.nan}, "Bagian kasus"),
        ({"max_radius_m": -1.0}, "Jari-jari"),
        ({"max_radius_m": math.inf}, "Jari-jari"),
        ({"min_cases": 0}, "Jumlah kasus terkecil"),
        ({"replicas": 0}, "ulangan"),
        ({"stop_after": 0}, "penghentian dini"),
        ({"max_clusters": 0}, "kelompok yang dilaporkan"),
        ({"run_interval_days": 0.0}, "Selang"),
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(EngineInputError, match=says):
        scan_permutation(**good, options=ScanOptions(**wrong))


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(EngineInputError) as refusal:
        scan_permutation([0, 9], [0, 9], latitude=[0.0], longitude=[200.0], periods=6)

    assert len(refusal.value.details) == 3


def test_gumbel_needs_something_to_fit() -> None:
    assert gumbel_p_value(np.array([1.0]), 2.0) is None
    assert gumbel_p_value(np.array([1.0, 1.0, 1.0]), 2.0) is None


def test_gumbel_gives_back_the_tail_of_a_gumbel_sample() -> None:
    sample = np.random.default_rng(1).gumbel(3.0, 1.5, 20_000)

    assert gumbel_p_value(sample, 12.0) == pytest.approx(-math.expm1(-math.exp(-(12.0 - 3.0) / 1.5)), rel=0.1)


def test_p_values_of_cases_without_a_cluster_are_uniform_enough() -> None:
    """At 0.05 a null world is significant in at most 5 % of the runs, with room for chance (400 runs: 3 deviations)."""
    random = np.random.default_rng(11)
    where = [(float(lat), float(lon)) for lat, lon in random.uniform((-11, 118), (-8, 125), (40, 2))]
    p_values = []
    for run in range(400):
        cases = list(zip(random.integers(0, 40, 80).tolist(), random.integers(0, 26, 80).tolist(), strict=True))
        found = scan(cases, where, ScanOptions(replicas=99, stop_after=10), periods=26, seed=run).clusters
        p_values.append(found[0].p_value if found else 1.0)

    assert np.mean(np.array(p_values) <= 0.05) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)
    assert np.mean(np.array(p_values) <= 0.5) > 0.5 - 3 * math.sqrt(0.25 / 400) - 0.03


def test_interpreted_loops_give_what_the_compiled_ones_give() -> None:
    cases, _ = outbreak()
    evenly_spaced = [(-9.0, 124.0 + number / 10) for number in range(12)]
    prepared = prepare(cases * 2, evenly_spaced, replace(few_replicas, max_radius_m=60_000.0))
    circles, model = prepared.circles, prepared.model
    shape = (permutation.LEVELS, *model.log_expected.shape)

    results = []
    for form in ("__call__", "py_func"):
        shuffled = np.empty((len(prepared.located), shape[1], 2), dtype=np.int16)
        least, filled = np.full(shape, -1, dtype=np.int16), np.zeros(permutation.LEVELS, dtype=np.bool_)
        getattr(permutation.shuffle_times, form)(shuffled, prepared.case_place, prepared.recent_window, np.uint64(3), 0)
        maxima = [getattr(permutation.shuffled_maxima, form)(shuffled, circles, model, least, filled) for _ in "12"]
        getattr(permutation.fill_least, form)(least, 5, model)
        best = getattr(permutation.best_windows, form)(circles, model, prepared.recent)
        ratio = getattr(permutation.likelihood_ratio, form)(6, 10, 0, model)
        results.append((shuffled, *maxima, least[filled], least[5], *best, ratio))

    assert filled.sum() > 1
    assert not circles.closes.all()
    for compiled, interpreted in zip(*results, strict=True):
        assert np.allclose(compiled, interpreted, rtol=0, atol=1e-12)


# --- the published answer -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nyc_fever() -> tuple[list[str], dict[str, Any]]:
    reference = os.environ.get("KENTONGAN_REFERENCE")
    if not reference:
        pytest.skip(
            "KENTONGAN_REFERENCE is not set: the New York fever data are not here, the answer is not reproduced"
        )
    folder = Path(reference) / "engine" / "data" / "nyc_fever"
    with (folder / "coords.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (folder / "cases.csv").open() as file:
        cases = [case for case in csv.DictReader(file) for _ in range(int(case["cases"]))]
    zips = [row["zip"] for row in rows]
    days = [date(*map(int, case["date"].split("/"))) - date(2001, 11, 1) for case in cases]
    return zips, {
        "place": [zips.index(case["zip"]) for case in cases],
        "period": [day.days for day in days],
        "latitude": [float(row["lat"]) for row in rows],
        "longitude": [float(row["lon"]) for row in rows],
        "periods": 24,
    }


def described(cluster: Cluster, zips: list[str]) -> tuple[set[str], int, int, int]:
    return (
        {zips[place] for place in cluster.members},
        cluster.first_period + 1,
        cluster.last_period + 1,
        cluster.observed,
    )


def test_the_new_york_fever_clusters_are_reproduced(nyc_fever: tuple[list[str], dict[str, Any]]) -> None:
    """SaTScan 10.3.2: prospective space-time permutation, at most 3 km and 7 days, at least 2 cases, 9,999 replicas."""
    zips, data = nyc_fever
    options = ScanOptions(
        max_periods=7, max_radius_m=3000, all_centres=True, replicas=9999, stop_after=None, run_interval_days=1
    )

    result = scan_permutation(**data, options=options, seed=1)

    first, second, third = result.clusters[:3]
    queens = {"11418", "11415", "11419", "11435", "11416", "11421", "11451", "11375", "11417"}
    assert described(first, zips) == (queens, 22, 24, 4)
    assert described(second, zips) == ({"11372"}, 24, 24, 2)
    assert described(third, zips) == ({"10472"}, 23, 24, 2)
    assert [cluster.llr for cluster in result.clusters[:3]] == pytest.approx([3.845418, 3.164201, 2.137259], abs=1e-6)
    assert round(first.expected, 2) == 0.67
    assert round(first.radius_m / 1000, 2) == 2.90
    assert [cluster.p_value for cluster in result.clusters[:3]] == pytest.approx([0.2112, 0.4944, 0.9590], abs=0.02)
    assert first.recurrence_interval_days == pytest.approx(1 / first.p_value)
