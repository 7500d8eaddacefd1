"""Faulty input ends in one clear error with all reasons, or in a documented answer; never in a wrong number."""

import math
from typing import Any

import numpy as np
import pytest

from kentongan.engine import (
    Baseline,
    Bernoulli,
    Clumps,
    Inference,
    NeighbourLists,
    Permutation,
    Plane,
    Poisson,
    Prospective,
    Retrospective,
    Scan,
    ScanOptions,
    ShareOf,
    Spatial,
    Sphere,
    ZoneLimits,
    indirectly_standardised,
    scan,
)
from kentongan.engine.errors import EngineInputError
from kentongan.engine.scanning import preparing, zones
from kentongan.engine.scanning.inference import gumbel_p_value

PLACES, PERIODS = 5, 4
CASES = np.array([[1, 0, 2, 3], [0, 1, 0, 0], [2, 0, 0, 4], [0, 0, 0, 0], [1, 1, 0, 0]])
HERE = Sphere([-8.0, -8.2, -9.0, -9.5, -10.0], [121.0, 121.5, 122.0, 123.0, 124.0])
RECENT = ScanOptions(windows=Prospective(max_periods=2))
FEW = Inference(replicas=9)


def scanned(
    cases: Any = CASES,
    where: Any = HERE,
    hypothesis: Any = Permutation(),  # noqa: B008 - frozen
    options: ScanOptions = RECENT,
    inference: Inference = FEW,
    **more: Any,
) -> Scan:
    return scan(cases, where, hypothesis, options, inference, **{"workers": 1, **more})


def refusal(**faulty: Any) -> EngineInputError:
    with pytest.raises(EngineInputError) as refused:
        scanned(**faulty)
    return refused.value


def with_cell(value: Any) -> Any:
    table = CASES.astype(np.float64)
    table[2, 1] = value
    return table


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (with_cell(-1), "tidak boleh negatif (tempat 2)"),
        (with_cell(math.nan), "kosong atau tak hingga (tempat 2)"),
        (with_cell(math.inf), "kosong atau tak hingga (tempat 2)"),
        (with_cell(0.5), "harus bilangan bulat (tempat 2)"),
        (with_cell(2**40), "terlalu besar"),
        ([[1, None, 0, 0]] * PLACES, "kosong atau tak hingga (tempat 0, 1, 2, 3, 4)"),
        ([["banyak"] * PERIODS] * PLACES, "tabel bilangan"),
        ([[1, 2], [1]], "tabel bilangan"),
        (np.ones((2, 2, 2)), "tabel bilangan"),
        (np.empty((PLACES, 0)), "tabel bilangan"),
        (7, "tabel bilangan"),
        (np.full((PLACES, PERIODS), 2**62), "terlalu besar"),
    ],
)
def test_cases_that_are_no_counts_are_refused(cases: Any, said: str) -> None:
    assert said in str(refusal(cases=cases))


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Sphere([-8.0] * 4, [121.0] * 4), "tepat satu pasang koordinat; ada 5 tempat"),
        (Sphere([-8.0] * 5, [121.0] * 4), "tepat satu pasang koordinat"),
        (Sphere([-8.0] * 4 + [math.nan], [121.0] * 5), "tanpa koordinat (tempat 4)"),
        (Sphere([-8.0] * 5, [121.0, None, 121.0, 121.0, None]), "tanpa koordinat (tempat 1, 4)"),
        (Sphere([-8.0] * 4 + [91.0], [121.0] * 5), "di luar bumi"),
        (Sphere([-8.0] * 5, [121.0] * 4 + [181.0]), "di luar bumi"),
        (Sphere(["selatan"] * 5, [121.0] * 5), "tepat satu pasang koordinat"),
        (Plane([0.0] * 4 + [math.inf], [0.0] * 5), "tanpa koordinat (tempat 4)"),
        (Plane([0.0] * 4 + [1e200], [0.0] * 5), "terlalu besar (tempat 4)"),
        (NeighbourLists([[0], [1], [2], [3]]), "5 tempat, 4 daftar"),
        (NeighbourLists([[0], [1], [2], [3], [3, 4]]), "mulai dengan tempatnya sendiri"),
        (NeighbourLists([[0, 5], [1], [2], [3], [4]]), "(daftar 0)"),
        (NeighbourLists([[0, -1], [1], [2], [3], [4]]), "(daftar 0)"),
        (NeighbourLists([[0], [1, 2, 2], [2], [3], []]), "(daftar 1, 4)"),
        (NeighbourLists([["a"], [1], [2], [3], [4]]), "(daftar 0)"),
        (NeighbourLists([[0, math.nan], [1.5], [2], [3], [4]]), "(daftar 0, 1)"),
        (NeighbourLists([[1]] * 5), "(daftar 0, 2, 3, 4)"),
    ],
)
def test_places_that_cannot_be_placed_are_refused(where: Any, said: str) -> None:
    assert said in str(refusal(where=where))


def test_only_the_first_few_of_many_faulty_places_are_named() -> None:
    error = refusal(cases=np.full((9, 4), -1), where=NeighbourLists([[1]] * 9))

    assert "(tempat 0, 1, 2, 3, 4, …)" in str(error)
    assert "(daftar 0, 2, 3, 4, 5, …)" in str(error)


POPULATION = np.array([10.0, 5.0, 8.0, 0.0, 2.0])


@pytest.mark.parametrize(
    ("hypothesis", "said"),
    [
        (Permutation(clumps=Clumps(cases=CASES)), "nomor tempatnya, keduanya"),
        (Permutation(clumps=Clumps(cases=CASES[:, :3], place=range(5))), "(sumber, periode)"),
        (Permutation(clumps=Clumps(cases=CASES, place=range(4))), "satu nomor tempat untuk setiap sumber"),
        (Permutation(clumps=Clumps(cases=CASES / 2, place=range(5))), "bilangan bulat"),
        (Permutation(clumps=Clumps(cases=with_cell(math.nan), place=range(5))), "bilangan bulat"),
        (Permutation(clumps=Clumps(cases=CASES, place=[0, 1, 2, 3, 5])), "tempat yang tidak dikenal (sumber 4)"),
        (Permutation(clumps=Clumps(cases=CASES, place=[1, 0, 2, 3, 4])), "tidak berjumlah sama"),
        (Poisson(POPULATION[:4]), "berukuran (tempat,) atau (tempat, periode)"),
        (Poisson(np.ones((PERIODS, PLACES))), "berukuran (tempat,) atau (tempat, periode)"),
        (Poisson(["banyak"] * 5), "berukuran (tempat,) atau (tempat, periode)"),
        (Poisson([10.0, math.nan, 8.0, 0.0, 2.0]), "kosong (tempat 1)"),
        (Poisson([10.0, 5.0, 8.0, -1.0, 2.0]), "tidak boleh negatif (tempat 3)"),
        (Poisson([10.0, 0.0, 8.0, 0.0, 2.0]), "tidak berpenduduk (tempat 1)"),
        (Poisson(np.where(CASES == 3, 0.0, 1.0)), "tidak berpenduduk (tempat 0)"),
        (Poisson(np.zeros(5)), "tidak berpenduduk (tempat 0, 1, 2, 4)"),
        (Poisson(POPULATION * 1e300), "nyatakan dalam satuan lain"),
        (Poisson(POPULATION * 1e-300), "nyatakan dalam satuan lain"),
        (Baseline([10.0, 0.0, 8.0, 0.0, 2.0]), "tidak berpenduduk (tempat 1)"),
        (Baseline(POPULATION, 0.0), "penggumpalan"),
        (Baseline(POPULATION, math.nan), "penggumpalan"),
        (Baseline(POPULATION, math.inf), "penggumpalan"),
        (Baseline(POPULATION * 1e9), "diharapkan terlalu besar"),
        (Baseline(np.full((PLACES, PERIODS), 1e9)), "diharapkan terlalu besar"),
        (Bernoulli(np.ones(PLACES)), "Kontrol harus berukuran sama"),
        (Bernoulli(np.full((PLACES, PERIODS), math.nan)), "kontrol yang kosong"),
        (Bernoulli(np.full((PLACES, PERIODS), 0.5)), "bilangan bulat yang tidak negatif (tempat 0, 1, 2, 3, 4)"),
        (Bernoulli(-np.ones((PLACES, PERIODS))), "bilangan bulat yang tidak negatif"),
        (Bernoulli(np.zeros((PLACES, PERIODS))), "Tidak ada kontrol sama sekali"),
        (Bernoulli(np.full((PLACES, PERIODS), 1e8)), "pakailah penduduk"),
    ],
)
def test_expectations_that_cannot_be_expected_are_refused(hypothesis: Any, said: str) -> None:
    assert said in str(refusal(hypothesis=hypothesis))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"windows": Prospective(max_periods=4)}, "lebih pendek daripada seluruh rentang"),
        ({"windows": Retrospective(max_periods=9)}, "lebih pendek daripada seluruh rentang"),
        ({"windows": Prospective(max_periods=0)}, "terpendek harus sedikitnya satu"),
        ({"windows": Prospective(max_periods=1, min_periods=2)}, "tidak melebihi yang terpanjang"),
        ({"windows": Retrospective(max_periods=2, min_periods=0)}, "terpendek harus sedikitnya satu"),
        ({"windows": Prospective(max_periods=2, with_all_time=True)}, "Permutasi tidak mengenal"),
        ({"windows": Spatial()}, "pemindaian ruang saja memerlukan penduduk atau kontrol"),
        ({"zones": ZoneLimits(max_share=0.0)}, "di atas 0 dan paling besar 1"),
        ({"zones": ZoneLimits(max_share=50.0)}, "di atas 0 dan paling besar 1"),
        ({"zones": ZoneLimits(max_share=math.nan)}, "di atas 0 dan paling besar 1"),
        ({"zones": ZoneLimits(max_neighbours=0)}, "Jumlah tempat terbanyak"),
        ({"zones": ZoneLimits(max_radius=-1.0)}, "Jari-jari terbesar"),
        ({"zones": ZoneLimits(max_radius=math.nan)}, "Jari-jari terbesar"),
        ({"zones": ZoneLimits(max_share_of=ShareOf(0.5, [1.0] * 4))}, "satu bilangan per tempat; ada 5 tempat"),
        ({"zones": ZoneLimits(max_share_of=ShareOf(0.5, ["besar"] * 5))}, "satu bilangan per tempat"),
        ({"zones": ZoneLimits(max_share_of=ShareOf(0.5, [1, 2, -1, 3, math.nan]))}, "negatif (tempat 2, 4)"),
        ({"zones": ZoneLimits(max_share_of=ShareOf(0.5, [0.0] * 5))}, "berjumlah 0"),
        ({"zones": ZoneLimits(max_share_of=ShareOf(0.0, [1.0] * 5))}, "Bagian terbanyak dari ukuran tempat"),
        ({"with_all_places": True}, "Permutasi tidak mengenal kelompok waktu saja"),
        ({"direction": "sideways"}, "Arah harus"),
        ({"min_cases": 0}, "kasus terkecil dalam satu kelompok"),
        ({"min_cases_low": -1}, "kasus terkecil dalam kelompok rendah"),
        ({"max_clusters": 0}, "Jumlah kelompok yang dilaporkan"),
        ({"centres": (5,)}, "titik pusat yang bukan tempat"),
        ({"centres": (-1,)}, "titik pusat yang bukan tempat"),
        ({"centres": ()}, "Tidak ada satu pun titik pusat"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], said: str) -> None:
    assert said in str(refusal(options=ScanOptions(**{"windows": RECENT.windows, **options})))


@pytest.mark.parametrize(
    ("inference", "said"),
    [
        (Inference(replicas=-1), "tidak boleh negatif"),
        (Inference(replicas=10**12), "terlalu banyak untuk memori"),
        (Inference(stop_after=0), "penghentian dini"),
        (Inference(run_interval_days=0.0), "Selang antarpemindaian"),
        (Inference(run_interval_days=math.nan), "Selang antarpemindaian"),
        (Inference(significance=0.0), "Taraf nyata"),
        (Inference(significance=1.0), "Taraf nyata"),
        (Inference(screen_above=1.0), "Batas penyaringan"),
        (Inference(screen_above=-0.1), "Batas penyaringan"),
    ],
)
def test_tests_that_make_no_sense_are_refused(inference: Inference, said: str) -> None:
    assert said in str(refusal(inference=inference))


def test_no_workers_cannot_work() -> None:
    assert "Jumlah pekerja" in str(refusal(workers=-1))


def test_a_radius_does_not_apply_to_lists_of_neighbours() -> None:
    options = ScanOptions(windows=RECENT.windows, zones=ZoneLimits(max_radius=10.0))

    assert "Jari-jari tidak berlaku" in str(
        refusal(where=NeighbourLists([[place] for place in range(5)]), options=options)
    )


def test_one_period_cannot_be_scanned_in_time() -> None:
    error = refusal(cases=CASES[:, :1])

    assert "sedikitnya dua periode" in str(error)
    assert "Permutasi memerlukan sedikitnya dua periode." in error.details


def test_everything_that_is_wrong_is_said_at_once() -> None:
    error = refusal(
        cases=with_cell(math.nan) - 1,
        where=Sphere([99.0] * PLACES, [121.0] * PLACES),
        hypothesis=Baseline(-np.ones(PLACES), -1.0),
        options=ScanOptions(windows=Prospective(max_periods=7), zones=ZoneLimits(max_share=2.0), direction="up"),  # type: ignore[arg-type]
        inference=Inference(replicas=-1, significance=2.0),
        workers=-2,
    )

    assert error.code == "engine.input"
    assert len(error.details) == 11
    assert all(reason in str(error) for reason in error.details)
    assert str(error).startswith("Data tidak dapat dipindai. ")
    assert str(error).endswith("Perbaiki masukan lalu jalankan kembali.")


def test_zones_beyond_the_memory_are_refused_before_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "MOST_ENTRIES", 5)
    monkeypatch.setattr(zones, "PAIRS_AT_ONCE", 1)

    assert "tidak muat dalam memori" in str(
        refusal(options=ScanOptions(windows=RECENT.windows, zones=ZoneLimits(max_share=None)))
    )


def test_replicas_beyond_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MOST_LANE_BYTES", 100)

    assert "Ulangan acak memerlukan" in str(refusal())


def test_a_place_with_more_cases_than_replicas_can_count_is_refused() -> None:
    cases = np.array([[0, 200_000], [0, 1], [1, 1]])
    options = ScanOptions(windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=1.0))

    with pytest.raises(EngineInputError, match=r"32\.767"):
        scan(cases, Plane([0, 1, 2], [0, 0, 0]), Poisson([1.0, 1.0, 1.0]), options, FEW, workers=1)


def test_without_cases_there_is_no_cluster() -> None:
    for hypothesis in (Permutation(), Poisson(POPULATION), Poisson(np.zeros(5)), Baseline(POPULATION)):
        found = scanned(np.zeros((PLACES, PERIODS)), hypothesis=hypothesis)

        assert (found.clusters, found.cases, found.places, found.maxima.size) == ((), 0, PLACES, 0)
        assert not found.was_stopped


def test_without_places_there_is_no_cluster() -> None:
    found = scanned(np.empty((0, PERIODS)), where=Sphere([], []))

    assert (found.clusters, found.places) == ((), 0)


def test_too_few_cases_are_no_cluster_and_nothing_is_drawn() -> None:
    found = scanned(options=ScanOptions(windows=Prospective(max_periods=2), min_cases=100))

    assert (found.clusters, found.maxima.size, found.cases) == ((), 0, int(CASES.sum()))


def test_weeks_without_cases_are_weeks_like_others() -> None:
    cases = CASES.copy()
    cases[:, 1] = 0
    cases[:, 3] = 0
    options = ScanOptions(windows=Retrospective(max_periods=2), min_cases=1)

    for hypothesis in (Permutation(), Poisson(POPULATION), Baseline(POPULATION), Bernoulli(CASES + 1)):
        for cluster in scanned(cases, hypothesis=hypothesis, options=options).clusters:
            assert (
                cluster.observed
                == cases[list(cluster.members)][:, cluster.first_period : cluster.last_period + 1].sum()
            )


def test_all_cases_in_one_place_are_no_cluster_to_a_permutation() -> None:
    cases = np.zeros_like(CASES)
    cases[1] = [2, 0, 3, 7]

    assert scanned(cases, options=ScanOptions(windows=RECENT.windows, zones=ZoneLimits(max_share=1.0))).clusters == ()


def test_all_cases_in_one_place_are_a_cluster_against_a_population() -> None:
    cases = np.zeros_like(CASES)
    cases[0, :2] = 4
    cases[0, 2:] = 6
    whole = ScanOptions(windows=Prospective(max_periods=2), zones=ZoneLimits(max_share=1.0))

    (cluster,) = scanned(cases, hypothesis=Poisson(POPULATION), options=whole).clusters

    assert (cluster.members, cluster.observed, cluster.p_value) == ((0,), 12, 0.1)


def test_all_cases_in_one_period_are_no_cluster_to_a_permutation() -> None:
    cases = np.zeros_like(CASES)
    cases[:, 3] = [4, 1, 0, 2, 5]

    assert scanned(cases).clusters == ()


def test_all_cases_in_one_cluster_have_an_infinite_relative_risk() -> None:
    cases = np.zeros_like(CASES)
    cases[2, 3] = 9

    (cluster,) = scanned(cases, hypothesis=Poisson(POPULATION)).clusters

    assert math.isinf(cluster.relative_risk)
    assert cluster.observed == 9


def test_places_that_all_stand_on_one_point_are_one_zone() -> None:
    cases = np.array([[1, 5], [1, 6], [2, 0]])
    whole = ScanOptions(windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=None, max_radius=1e300))

    for where in (Plane([3.0] * 3, [1.0] * 3), Sphere([3.0] * 3, [1.0] * 3)):
        (cluster,) = scan(cases, where, Poisson([1.0, 1.0, 1.0]), whole, FEW).clusters

        assert (cluster.members, cluster.radius) == ((0, 1, 2), 0.0)


def test_without_replicas_a_cluster_is_reported_untested() -> None:
    (first, *_) = scanned(inference=Inference(replicas=0)).clusters

    assert (first.p_value, first.gumbel_p_value, first.recurrence_interval_days) == (1.0, None, 7.0)
    assert (first.undone_by_places, first.undone_by_periods) == ((), ())


def test_there_is_no_gumbel_distribution_of_one_or_of_equal_maxima() -> None:
    assert gumbel_p_value(np.array([2.0]), 1.0) is None
    assert gumbel_p_value(np.array([2.0, 2.0]), 1.0) is None
    assert gumbel_p_value(np.array([2.0, 2.0 + 1e-15]), 1.0) is None
    assert gumbel_p_value(np.array([2.0, 2.0, 2.001]), 0.1) == 1.0
    assert gumbel_p_value(np.array([2.0, 2.5, 3.0]), 2.4) == pytest.approx(0.52, abs=0.1)


def test_a_place_where_nothing_is_expected_is_a_member_but_changes_nothing() -> None:
    cases = np.array([[0, 4], [0, 0], [0, 5], [9, 1], [8, 2]])
    line = Plane([0.0, 1.0, 2.5, 9.0, 20.0], [0.0] * 5)
    options = ScanOptions(windows=Prospective(max_periods=1))

    (with_empty, *_) = scan(cases, line, Permutation(), options, FEW).clusters
    (without, *_) = scan(
        cases[[0, 2, 3, 4]], Plane([0.0, 2.5, 9.0, 20.0], [0.0] * 4), Permutation(), options, FEW
    ).clusters

    assert (with_empty.members, without.members) == ((0, 1, 2), (0, 1))
    assert (with_empty.llr, with_empty.p_value) == (without.llr, without.p_value)


def test_a_place_where_nothing_is_expected_counts_as_a_neighbour() -> None:
    cases = np.array([[0, 4], [0, 0], [0, 5], [9, 1], [8, 2]])
    limits = ZoneLimits(max_share=None, max_neighbours=2)
    options = ScanOptions(windows=Prospective(max_periods=1), zones=limits)
    near = [[0, 1, 2], [1, 0, 2], [2, 1, 0], [3, 4], [4, 3]]

    for where in (Plane([0.0, 1.0, 2.5, 9.0, 20.0], [0.0] * 5), NeighbourLists(near)):
        clusters = scan(cases, where, Permutation(), options, FEW).clusters

        assert max(len(cluster.members) for cluster in clusters) <= 2


def test_what_is_hardly_expected_does_not_divide_by_nothing() -> None:
    table = np.array([[1.0, 1e-30], [1.0, 1.0], [1.0, 1.0]])
    cases = np.array([[0, 1], [1, 1], [2, 1]])
    line = Plane([0.0, 1.0, 2.0], [0.0] * 3)
    options = ScanOptions(windows=Retrospective(max_periods=1), min_cases=1)

    (first, *_) = scan(cases, line, Poisson(table), options, Inference(replicas=99)).clusters

    assert (first.members, first.first_period, first.observed) == ((0,), 1, 1)
    assert math.isfinite(first.llr)
    assert first.p_value == 0.01


def test_strata_without_population_expect_nothing() -> None:
    cases = np.zeros((2, 3, 2))
    cases[0, 1, 0] = 4
    population = np.zeros((2, 3, 2))
    population[:, :, 0] = [[1, 1, 2], [4, 0, 0]]

    expected = indirectly_standardised(cases, population)

    assert expected == pytest.approx(np.array([[0.5, 0.5, 1.0], [2.0, 0.0, 0.0]]))
