"""SaTScan's parameter files run unchanged: every option is honoured, idle, ignored as output, or refused by name."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kentongan.engine import Bernoulli, Overlap, Poisson, Prospective, Retrospective, Spatial
from kentongan.engine.errors import EngineInputError
from kentongan.engine.files import Report, Study, read_prm, run
from kentongan.engine.files.options import OPTIONS, Fate
from kentongan.engine.files.study import Analysis, Iteration
from kentongan.engine.geometry import EARTH_RADIUS_M
from kentongan.engine.scanning.zones import NeighbourLists, Plane, Sphere
from kentongan.engine.tests.satscan_study import CAS, POP, reference_data, study_on_disk

POISSON = {"ModelType": "0", "PopulationFile": "study.pop"}
NINE_COUNTIES = {
    "Torrance", "Bernalillo", "Valencia", "SantaFe", "Guadelupe", "Socorro", "Sandoval", "SanMiguel", "LosAlamos",
}  # fmt: skip
TIMELESS_CAS = "A 1\nB 2\nC 1\nD 6\nE 4\n"


def refusal(path: Path) -> str:
    with pytest.raises(EngineInputError) as refused:
        read_prm(path)
    return "\n".join(refused.value.details)


def study(folder: Path, options: dict[str, str] | None = None, **files: str) -> Study:
    return read_prm(study_on_disk(folder, options, **files))


# --- golden -----------------------------------------------------------------------------------------------------------


def test_the_fever_study_of_new_york_gives_satscans_cluster() -> None:
    report = run(read_prm(reference_data("nyc_fever", "NYCSpaceTimePermutation.prm")))

    first, second, third = report.clusters[:3]
    assert first.members == ("11418", "11415", "11419", "11435", "11416", "11421", "11451", "11375", "11417")
    assert (first.window_from, first.window_to) == ("2001-11-22", "2001-11-24")
    assert (first.observed, round(first.expected, 2), round(first.radius or 0, 1)) == (4, 0.67, 2.9)
    assert first.log_likelihood_ratio == pytest.approx(3.845418, abs=1e-6)
    assert (second.members, third.members) == (("11372",), ("10472",))
    assert second.log_likelihood_ratio == pytest.approx(3.164201, abs=1e-6)
    assert third.log_likelihood_ratio == pytest.approx(2.137259, abs=1e-6)
    assert (report.total_cases, len(report.study.ids)) == (194, 192)
    # SaTScan stopped at its fiftieth replica above the cluster, at p 0.242; 0.2112 with 9,999.
    assert report.was_stopped
    assert first.p_value == pytest.approx(0.2112, abs=4 * np.sqrt(0.2112**2 * 0.79 / 50))
    assert first.recurrence_interval_days == pytest.approx(1 / (first.p_value or 0))


def test_the_brain_cancer_study_of_new_mexico_gives_satscans_clusters() -> None:
    report = run(read_prm(reference_data("new_mexico_brain", "NewMexicoSpaceTimePoisson.prm")), replicas=99)

    first, second, third = report.clusters[:3]
    assert set(first.members) == NINE_COUNTIES
    assert (first.window_from, first.window_to, first.observed) == ("1985-01-01", "1989-12-31", 236)
    assert first.expected == pytest.approx(176.22, abs=0.005)
    assert first.relative_risk == pytest.approx(1.42, abs=0.005)
    assert_allclose(
        [one.log_likelihood_ratio for one in (first, second, third)], [10.979758, 5.684828, 3.884186], atol=1e-6
    )
    assert (second.members, second.observed, set(third.members), third.observed) == (
        ("Chaves",),
        16,
        {"Curry", "Roosevelt"},
        13,
    )
    assert (second.window_from, third.window_from) == ("1988-01-01", "1982-01-01")
    assert first.p_value is not None
    assert first.p_value <= 0.08
    assert report.total_cases == 1175


@pytest.mark.parametrize(
    "name", ["nyc_fever/NYCSpaceTimePermutation.prm", "new_mexico_brain/NewMexicoSpaceTimePoisson.prm"]
)
def test_every_option_of_satscans_template_is_in_the_table(name: str) -> None:
    text = reference_data(*name.split("/")).read_text()

    named = re.findall(r"^([A-Za-z][^=]*)=", text, flags=re.MULTILINE)

    assert len(named) > 140
    assert [name for name in named if name.casefold() not in OPTIONS] == []


# --- the table of options ---------------------------------------------------------------------------------------------


def test_every_fate_is_taken_by_options() -> None:
    assert set(Counter(option.fate for option in OPTIONS.values())) == set(Fate)


@pytest.mark.parametrize(
    ("name", "value", "further"),
    [
        (option.name, "n" if option.default == "y" else "y" if option.default == "n" else "1", {})
        if not option.analyses or "4" in option.analyses
        else (option.name, "y", {"AnalysisType": "1"})
        for option in OPTIONS.values()
        if option.fate is Fate.ONLY
    ],
)
def test_an_option_that_is_not_built_is_refused_by_name(
    tmp_path: Path, name: str, value: str, further: dict[str, str]
) -> None:
    options = {name: value, **further}
    if OPTIONS[name.casefold()].models:
        options |= POISSON

    assert f"{name}={value}" in refusal(study_on_disk(tmp_path, options, pop=POP))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"AnalysisType": "5"}, "AnalysisType=5"),
        ({"AnalysisType": "7"}, "AnalysisType=7"),
        ({"ModelType": "3"}, "ModelType=3"),
        ({"ModelType": "10"}, "ModelType=10"),
        ({"IncludeClusters": "2"}, "IncludeClusters=2"),
        ({"CaseFile2": "more.cas"}, "CaseFile2=more.cas"),
        ({"CaseFile-SourceType": "0"}, "CaseFile-SourceType=0"),
        ({"Whatever": "1"}, "Whatever=1"),
        ({"MonteCarloReps": "many"}, "MonteCarloReps=many"),
        ({"UseDistanceFromCenterOption": "maybe"}, "UseDistanceFromCenterOption=maybe"),
        ({"MaxSpatialSizeInPopulationAtRisk": "60"}, "MaxSpatialSizeInPopulationAtRisk=60"),
        ({"MaxTemporalSize": "long"}, "MaxTemporalSize=long"),
        ({"MaxTemporalSize": "95"}, "MaxTemporalSize=95"),
        ({"StartDate": "soon"}, "StartDate=soon"),
        ({"PrecisionCaseTimes": "1"}, "EndDate=2020/1/10"),
        ({"PrecisionCaseTimes": "0"}, "PrecisionCaseTimes=0"),
        ({"PrecisionCaseTimes": "2", "EndDate": "2020/1/31"}, "TimeAggregationUnits=3"),
        ({"TimeAggregationUnits": "0"}, "TimeAggregationUnits=0"),
        ({"AnalysisType": ""}, "AnalysisType tidak tertulis"),
        ({"ModelType": "1"}, "ControlFile tidak tertulis"),
        ({"UseGridFile": "y"}, "GridFile tidak tertulis"),
        ({"UseAdjustmentsByRRFile": "y"}, "UseAdjustmentsByRRFile=y"),
        ({"IncludePurelySpatial": "y"}, "Permutasi tidak mengenal jendela seluruh waktu"),
        ({"IncludePurelyTemporal": "y"}, "Permutasi tidak mengenal kelompok waktu saja"),
        ({"UseMaxCirclePopulationFileOption": "y"}, "MaxCirclePopulationFile tidak tertulis"),
        (
            {
                "UseMaxCirclePopulationFileOption": "y",
                "MaxCirclePopulationFile": "study.geo",
                "MaxSpatialSizeInMaxCirclePopulationFile": "60",
            },
            "MaxSpatialSizeInMaxCirclePopulationFile=60",
        ),
        ({"IterativeScan": "maybe"}, "IterativeScan=maybe"),
        ({"IterativeScan": "y", "IterativeScanMaxIterations": "0"}, "IterativeScanMaxIterations=0"),
        ({"IterativeScan": "y", "IterativeScanMaxPValue": "1.5"}, "IterativeScanMaxPValue=1.5"),
        ({"IterativeScan": "y", "MonteCarloReps": "0"}, "IterativeScan=y: memerlukan ulangan acak"),
        ({"AnalysisType": "1"}, "Permutasi memerlukan tempat dan waktu"),
        ({"EndDate": "2019/12/1"}, "setelah akhirnya"),
        ({"MaxTemporalSize": "5"}, "lebih pendek daripada satu selang"),
        ({"MaxTemporalSizeInterpretation": "1", "MaxTemporalSize": "10"}, "lebih pendek daripada seluruh rentang"),
        ({"MinimumTemporalClusterSize": "9"}, "melebihi yang terpanjang"),
        ({"StartDate": "1000/1/1"}, "terlalu banyak selang"),
    ],
)
def test_a_value_that_cannot_be_honoured_is_refused_by_name(tmp_path: Path, options: dict[str, str], told: str) -> None:
    assert told in refusal(study_on_disk(tmp_path, options))


def test_one_interval_is_too_few_for_a_scan_in_time(tmp_path: Path) -> None:
    assert "hanya memuat satu selang" in refusal(study_on_disk(tmp_path, {"EndDate": "2020/1/1"}, cas="A 1 2020/1/1"))


def test_a_distance_beside_a_file_of_neighbours_is_refused(tmp_path: Path) -> None:
    options = {"UseNeighborsFile": "y", "NeighborsFilename": "study.nbr", "UseDistanceFromCenterOption": "y"}

    assert "UseDistanceFromCenterOption=y" in refusal(study_on_disk(tmp_path, options, nbr="A B"))


def test_faults_of_the_parameter_file_itself_are_told_by_line(tmp_path: Path) -> None:
    path = study_on_disk(tmp_path)
    path.write_text(path.read_text() + "no equals sign\nMonteCarloReps=99\n")

    told = refusal(path)

    assert "study.prm, baris 14: “no equals sign”" in told
    assert "MonteCarloReps tertulis dua kali" in told


def test_an_option_without_meaning_in_the_analysis_is_idle(tmp_path: Path) -> None:
    options = {"AnalysisType": "1", "IncludePurelyTemporal": "y", "AdjustForEarlierAnalyses": "y", **POISSON}

    found = study(tmp_path, options, pop=POP)

    assert isinstance(found.options.windows, Spatial)
    assert not found.options.with_all_places


def test_output_options_are_reported_as_ignored_and_the_rest_as_honoured(tmp_path: Path) -> None:
    found = study(tmp_path, {"OutputShapefiles": "y", "OutputGoogleMaps": "n", "resultsfile": "a.txt"})

    assert found.ignored == ("OutputShapefiles=y", "ResultsFile=a.txt")
    assert "AnalysisType=4" in found.honoured


def test_a_further_data_set_without_a_file_is_none(tmp_path: Path) -> None:
    assert study(tmp_path, {"CaseFile2": ""}).ids == tuple("ABCDE")


def test_gini_clusters_are_ignored_with_a_note(tmp_path: Path) -> None:
    found = study(tmp_path, {"AnalysisType": "1", "ReportGiniClusters": "y", **POISSON}, pop=POP)

    assert any("ReportGiniClusters" in note for note in found.warnings)


# --- options that are honoured ----------------------------------------------------------------------------------------


def test_the_cases_stand_in_the_places_and_days_of_the_file(tmp_path: Path) -> None:
    found = study(tmp_path)

    assert found.ids == tuple("ABCDE")
    assert found.cases.shape == (5, 10)
    assert (found.cases[3, 9], found.cases[4, 9], found.cases[0, 2], found.cases.sum()) == (4, 3, 3, 21)
    assert isinstance(found.where, Sphere)


def test_the_cluster_is_told_by_ids_and_dates(tmp_path: Path) -> None:
    first = run(study(tmp_path)).clusters[0]

    assert set(first.members) == {"D", "E"}
    assert first.centre == first.members[0]
    assert (first.window_from, first.window_to, first.observed) == ("2020-01-10", "2020-01-10", 7)


@pytest.mark.parametrize(
    ("kind", "windows"),
    [
        ("1", Spatial()),
        ("2", Retrospective(max_periods=5)),
        ("3", Retrospective(max_periods=5)),
        ("4", Prospective(max_periods=5)),
        ("6", Prospective(max_periods=5)),
    ],
)
def test_the_type_of_analysis_chooses_the_windows(tmp_path: Path, kind: str, windows: object) -> None:
    assert study(tmp_path, {"AnalysisType": kind, **POISSON}, pop=POP).options.windows == windows


@pytest.mark.parametrize("kind", ["2", "6"])
def test_a_scan_in_time_merges_all_places_and_needs_no_coordinates(tmp_path: Path, kind: str) -> None:
    options = {"AnalysisType": kind, "CoordinatesFile": "", "CoordinatesType": "", **POISSON}

    first = run(study(tmp_path, options, pop=POP)).clusters[0]

    assert set(first.members) == set("ABCDE")
    assert (first.window_from, first.observed, first.expected) == ("2020-01-09", 11, pytest.approx(21 * 2 / 10))
    assert (first.recurrence_interval_days is None) == (kind == "2")


def test_living_clusters_only_end_with_the_study_and_have_no_recurrence_interval(tmp_path: Path) -> None:
    found = study(tmp_path, {"AnalysisType": "3", "IncludeClusters": "1"})

    assert found.options.windows == Prospective(max_periods=5)
    assert run(found).clusters[0].recurrence_interval_days is None


def test_purely_spatial_clusters_are_one_more_window(tmp_path: Path) -> None:
    found = study(tmp_path, {"AnalysisType": "3", "IncludePurelySpatial": "y", **POISSON}, pop=POP)

    assert found.options.windows == Retrospective(max_periods=5, with_all_time=True)


@pytest.mark.parametrize("kind", ["3", "4"])
def test_purely_temporal_clusters_are_those_of_all_places(tmp_path: Path, kind: str) -> None:
    options = {"AnalysisType": kind, "IncludePurelyTemporal": "y", **POISSON}
    cas = "".join(f"{name} 3 2020/1/9\n{name} 3 2020/1/10\n{name} 1 2020/1/2\n" for name in "ABCDE")

    report = run(study(tmp_path, options, pop=POP, cas=cas))

    first = report.clusters[0]
    assert report.study.options.with_all_places
    assert (first.members, first.has_all_places) == (tuple("ABCDE"), True)
    assert (first.centre, first.position, first.radius) == (None, None, None)
    assert (first.window_from, first.window_to, first.observed) == ("2020-01-09", "2020-01-10", 30)
    # It takes no place from the clusters beside it.
    assert any(not one.has_all_places for one in report.clusters)


def test_a_scan_in_time_only_finds_the_cluster_that_all_places_have_beside_others(tmp_path: Path) -> None:
    cas = "".join(f"{name} 3 2020/1/9\n{name} 3 2020/1/10\n{name} 1 2020/1/2\n" for name in "ABCDE")
    in_time = run(study(tmp_path, {"AnalysisType": "2", **POISSON}, pop=POP, cas=cas)).clusters[0]
    options = {"AnalysisType": "3", "IncludePurelyTemporal": "y", **POISSON}

    beside = next(one for one in run(study(tmp_path, options, pop=POP, cas=cas)).clusters if one.has_all_places)

    assert beside.members == in_time.members
    assert (beside.window_from, beside.observed) == (in_time.window_from, in_time.observed)
    assert (beside.expected, beside.log_likelihood_ratio) == pytest.approx(
        (in_time.expected, in_time.log_likelihood_ratio)
    )


def test_bernoulli_takes_controls_and_no_dates_are_needed_in_space(tmp_path: Path) -> None:
    options = {"ModelType": "1", "AnalysisType": "1", "PrecisionCaseTimes": "0", "ControlFile": "study.ctl"}
    found = study(tmp_path, options, cas=TIMELESS_CAS, ctl="A 9\nB 8\nC 9\nD 2\nE 1\n")

    assert isinstance(found.hypothesis, Bernoulli)
    assert_array_equal(found.hypothesis.controls, [[9], [8], [9], [2], [1]])
    assert set(run(found).clusters[0].members) == {"D", "E"}


def test_a_plane_takes_x_before_y_and_radii_in_its_own_unit(tmp_path: Path) -> None:
    options = {
        "CoordinatesType": "0",
        "UseDistanceFromCenterOption": "y",
        "MaxSpatialSizeInDistanceFromCenter": "2.5",
    }
    found = study(tmp_path, options, geo="A 0 0\nB 1 0\nC 0 1\nD 50 9\nE 50 10\n")

    assert isinstance(found.where, Plane)
    assert found.options.zones.max_radius == 2.5
    assert_array_equal(found.where.x, [0, 1, 0, 50, 50])
    assert run(found).clusters[0].radius == 1.0


def test_a_distance_on_the_earth_is_in_kilometres_of_satscans_sphere(tmp_path: Path) -> None:
    options = {"UseDistanceFromCenterOption": "y", "MaxSpatialSizeInDistanceFromCenter": "3"}

    assert study(tmp_path, options).options.zones.max_radius == pytest.approx(3000 * EARTH_RADIUS_M / 6_367_000)


@pytest.mark.parametrize(("value", "direction"), [("1", "high"), ("2", "low"), ("3", "both")])
def test_the_areas_scanned_are_the_direction(tmp_path: Path, value: str, direction: str) -> None:
    assert study(tmp_path, {"ScanAreas": value}).options.direction == direction


@pytest.mark.parametrize(("value", "overlap"), list(enumerate(Overlap)))
def test_the_criterion_of_secondary_clusters_is_the_overlap(tmp_path: Path, value: int, overlap: Overlap) -> None:
    assert study(tmp_path, {"CriteriaForReportingSecondaryClusters": str(value)}).options.overlap is overlap


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"PValueReportType": "0"}, (50, False)),
        ({"PValueReportType": "1"}, (None, False)),
        ({"PValueReportType": "2", "EarlyTerminationThreshold": "20"}, (20, False)),
        ({"PValueReportType": "3"}, (None, True)),
    ],
)
def test_the_report_of_p_values_decides_on_early_stopping(
    tmp_path: Path, options: dict[str, str], expected: tuple[int | None, bool]
) -> None:
    found = study(tmp_path, options)

    assert (found.inference.stop_after, found.design.prefers_gumbel) == expected


def test_gumbel_p_values_are_reported_as_the_p_value_where_they_are_asked_for(tmp_path: Path) -> None:
    first = run(study(tmp_path, {"PValueReportType": "3", "MonteCarloReps": "99"})).clusters[0]

    assert first.p_value == first.gumbel_p_value
    assert first.recurrence_interval_days == pytest.approx(1 / (first.p_value or 0))


@pytest.mark.parametrize(
    ("kind", "frequency", "days"),
    [("0", "5", 1.0), ("1", "2", 2.0), ("2", "1", 7.0), ("3", "1", 30.4375), ("4", "1", 91.3125), ("5", "2", 730.5)],
)
def test_the_frequency_of_analyses_gives_the_recurrence_interval(
    tmp_path: Path, kind: str, frequency: str, days: float
) -> None:
    found = study(tmp_path, {"ProspectiveFrequencyType": kind, "ProspectiveFrequency": frequency})

    assert found.inference.run_interval_days == days


ITERATIVE = {
    "IterativeScan": "y", "IterativeScanMaxIterations": "3", "IterativeScanMaxPValue": "0.9", "MonteCarloReps": "99",
    "PValueReportType": "1",
}  # fmt: skip


@pytest.mark.parametrize("model", [POISSON, {}], ids=["poisson", "permutation"])
def test_an_iterative_scan_takes_out_one_cluster_after_the_other(tmp_path: Path, model: dict[str, str]) -> None:
    found = study(tmp_path, {**ITERATIVE, **model}, pop=POP)
    report = run(found)

    assert found.design.iteration == Iteration(most=3, up_to_p=0.9)
    once = run(study(tmp_path, {**ITERATIVE, **model, "IterativeScan": "n"}, pop=POP))
    assert report.scans == len(report.clusters) > 1
    assert report.clusters[0] == once.clusters[0]
    assert (once.scans, report.total_cases) == (1, 21)
    assert all((one.p_value or 0) <= 0.9 for one in report.clusters[:-1])
    assert any("Pemindaian berulang" in note for note in report.warnings)
    assert any("Permutasi: sel kelompok" in note for note in report.warnings) == (not model)


def test_an_iterative_scan_of_bernoulli_and_around_a_grid_is_made(tmp_path: Path) -> None:
    controls = "".join(f"{name} 3 2020/1/{day}\n" for name in "ABCDE" for day in range(1, 11))
    options = {**ITERATIVE, "ModelType": "1", "ControlFile": "study.ctl", "UseGridFile": "y", "GridFile": "study.grd"}
    report = run(study(tmp_path, options, ctl=controls, grd="-9.55 124.5\n-9 124\n"))

    assert set(report.clusters[0].members) == {"D", "E"}
    assert report.scans == len(report.clusters)
    assert all(one.members for one in report.clusters)


def test_largest_circles_hold_a_share_of_the_sizes_that_a_file_tells(tmp_path: Path) -> None:
    options = {
        **POISSON,
        "UseMaxCirclePopulationFileOption": "y",
        "MaxCirclePopulationFile": "study.max",
        "MaxSpatialSizeInMaxCirclePopulationFile": "25",
    }
    sizes = "A 10\nB 10\nC 5\nC 5\nD 5\n"
    found = study(tmp_path, options, pop=POP, max=sizes)

    share = found.options.zones.max_share_of
    assert share is not None
    assert (share.most, found.options.zones.max_share) == (0.25, 0.5)
    assert_array_equal(share.sizes, [10, 10, 10, 5, 0])
    # D and E hold 5 of 35, less than a quarter; A, B and C no circle.
    assert [set(one.members) for one in run(found).clusters] == [{"D", "E"}]
    assert "1 tempat tidak ada dalam study.max dan dihitung berukuran 0 (E)." in found.warnings


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ("A 10\nZ 5\n", "study.max, baris 2: tempat “Z” tidak ada"),
        ("A 0\nB 0\n", "semua ukuran 0"),
        ("A -3\nB many\n", "study.max, baris 1: ukuran “-3” negatif"),
        ("A\n", "hanya memuat 1 kolom"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(tmp_path: Path, sizes: str, told: str) -> None:
    options = {"UseMaxCirclePopulationFileOption": "y", "MaxCirclePopulationFile": "study.max"}

    assert told in refusal(study_on_disk(tmp_path, options, max=sizes))


def test_a_size_of_an_unknown_place_is_left_out_where_the_check_is_relaxed(tmp_path: Path) -> None:
    options = {
        "UseMaxCirclePopulationFileOption": "y",
        "MaxCirclePopulationFile": "study.max",
        "GeographicalCoordinatesCheckType": "1",
    }
    found = study(tmp_path, options, max="Z 100\n" + "".join(f"{name} 1\n" for name in "ABCDE"))

    assert found.options.zones.max_share_of is not None
    assert_array_equal(found.options.zones.max_share_of.sizes, np.ones(5))


def test_a_scan_in_time_takes_no_sizes(tmp_path: Path) -> None:
    options = {
        "AnalysisType": "2", "UseMaxCirclePopulationFileOption": "y", "MaxCirclePopulationFile": "none.max", **POISSON,
    }  # fmt: skip

    assert study(tmp_path, options, pop=POP).options.zones.max_share_of is None


def test_smallest_counts_replicas_title_threads_and_seed_are_taken(tmp_path: Path) -> None:
    found = study(
        tmp_path,
        {
            "MinimumCasesInHighRateClusters": "3",
            "MinimumCasesInLowRateClusters": "1",
            "MonteCarloReps": "99",
            "ResultsTitle": "Uji",
            "NumberParallelProcesses": "1",
            "RandomizationSeed": "7",
        },
    )

    assert (found.options.min_cases, found.options.min_cases_low, found.inference.replicas) == (3, 1, 99)
    assert (found.design.title, found.design.workers, found.inference.seed) == ("Uji", 1, 7)


def test_without_replicas_there_are_no_p_values(tmp_path: Path) -> None:
    first = run(study(tmp_path, {"MonteCarloReps": "0"})).clusters[0]

    assert (first.p_value, first.gumbel_p_value, first.recurrence_interval_days) == (None, None, None)


def test_intervals_are_cut_backwards_and_a_short_first_one_is_said(tmp_path: Path) -> None:
    found = study(tmp_path, {"TimeAggregationLength": "3"})

    assert [found.timeline.span(period, period) for period in range(4)] == [
        ("2020-01-01", "2020-01-01"),
        ("2020-01-02", "2020-01-04"),
        ("2020-01-05", "2020-01-07"),
        ("2020-01-08", "2020-01-10"),
    ]
    assert found.options.windows == Prospective(max_periods=1)
    assert any("selang pertama" in note for note in found.warnings)


def test_window_lengths_are_in_units_of_time(tmp_path: Path) -> None:
    found = study(
        tmp_path,
        {
            "TimeAggregationLength": "2",
            "MaxTemporalSizeInterpretation": "1",
            "MaxTemporalSize": "7",
            "MinimumTemporalClusterSize": "3",
        },
    )

    assert found.options.windows == Prospective(max_periods=3, min_periods=2)


def test_generic_time_is_counted_in_whole_numbers(tmp_path: Path) -> None:
    options = {"PrecisionCaseTimes": "4", "TimeAggregationUnits": "4", "StartDate": "-2", "EndDate": "7"}
    report = run(study(tmp_path, options, cas="A 3 -2\nB 3 0\nC 3 3\nD 4 7\nE 3 7\n"))

    first = report.clusters[0]
    assert (set(first.members), first.window_from, first.window_to) == ({"D", "E"}, "7", "7")
    assert first.recurrence_interval_days is None
    assert any("generik" in note for note in report.warnings)


def test_what_lies_outside_is_left_out_where_the_checks_are_relaxed(tmp_path: Path) -> None:
    options = {"StudyPeriodCheckType": "1", "GeographicalCoordinatesCheckType": "1", **POISSON}
    found = study(tmp_path, options, cas=CAS + "Z 3 2020/1/2\nA 2 2021/1/2\n", pop=POP + "\nZ 2020 5\n")

    assert found.cases.sum() == 21
    assert {"3 kasus di tempat yang tidak dikenal dilewati.", "2 kasus di luar rentang data dilewati."} <= set(
        found.warnings
    )


# --- grid, neighbours, risks ------------------------------------------------------------------------------------------


def gridded(folder: Path, criterion: str, grid: str) -> Report:
    options = {
        "UseGridFile": "y",
        "GridFile": "study.grd",
        "CoordinatesType": "0",
        "CriteriaForReportingSecondaryClusters": criterion,
    }
    return run(study(folder, options, geo="A 0 0\nB 2 0\nC 0 2\nD 50 0\nE 52 0\n", grd=grid))


def test_zones_of_a_grid_are_centred_on_points_that_are_no_places(tmp_path: Path) -> None:
    report = gridded(tmp_path, "0", "51 0\n1 1\n")

    first = report.clusters[0]
    assert (set(first.members), first.centre, first.position, first.radius) == ({"D", "E"}, None, (51.0, 0.0), 1.0)
    assert len(report.study.ids) == 5


def test_clusters_of_a_grid_share_no_place_even_if_a_circle_holds_another_centre(tmp_path: Path) -> None:
    report = gridded(tmp_path, "0", "51 0\n50.5 0\n1 1\n0 1\n")

    members = [place for one in report.clusters for place in one.members]
    assert len(members) == len(set(members))
    assert set(members) <= set("ABCDE")


def test_the_cluster_of_all_places_stands_beside_those_of_a_grid(tmp_path: Path) -> None:
    cas = "".join(f"{name} 3 2020/1/9\n{name} 3 2020/1/10\n{name} 1 2020/1/2\n" for name in "ABCDE")
    options = {
        **POISSON, "UseGridFile": "y", "GridFile": "study.grd", "CoordinatesType": "0", "IncludePurelyTemporal": "y",
    }  # fmt: skip
    geo = "A 0 0\nB 2 0\nC 0 2\nD 50 0\nE 52 0\n"
    report = run(study(tmp_path, options, geo=geo, grd="51 0\n1 1\n", pop=POP, cas=cas))

    assert [set(one.members) for one in report.clusters] == [set("ABCDE"), {"D", "E"}]


def test_the_same_places_around_two_centres_are_told_once(tmp_path: Path) -> None:
    report = gridded(tmp_path, "5", "51 0\n51 1\n1 1\n")

    assert sum(set(one.members) == {"D", "E"} for one in report.clusters) == 1


def test_a_file_of_neighbours_takes_the_place_of_coordinates(tmp_path: Path) -> None:
    options = {"UseNeighborsFile": "y", "NeighborsFilename": "study.nbr"}
    report = run(study(tmp_path, options, nbr="D E A\nA A B C\nB C\n"))

    assert isinstance(report.study.where, NeighbourLists)
    assert report.study.options.centres is not None
    assert [report.study.ids[one] for one in report.study.options.centres] == ["D", "A", "B"]
    first = report.clusters[0]
    assert (first.members, first.radius, first.position) == (("D", "E"), None, None)
    assert "Berkas tetangga dipakai; berkas koordinat dilewati." in report.warnings


def test_known_relative_risks_multiply_the_expectation_of_their_place_and_days(tmp_path: Path) -> None:
    options = {
        **POISSON,
        "UseAdjustmentsByRRFile": "y",
        "AdjustmentsByKnownRelativeRisksFilename": "study.adj",
        "TimeAggregationLength": "5",
        "MaxTemporalSize": "50",
    }
    # The last line lies outside of the study.
    found = study(tmp_path, options, pop=POP, adj="D 3\nAll 2 2020/1/4 2020/1/6\nA 9 2019/1/1 2019/2/1\n")

    assert isinstance(found.hypothesis, Poisson)
    by_day = np.ones((5, 10))
    by_day[3] *= 3
    by_day[:, 3:6] *= 2
    expected = np.asarray(found.hypothesis.expected)
    assert_allclose(expected / expected.sum(), by_day.reshape(5, 2, 5).sum(axis=2) / by_day.sum())


def test_without_a_population_all_places_are_alike(tmp_path: Path) -> None:
    found = study(tmp_path, {"ModelType": "0"})

    assert isinstance(found.hypothesis, Poisson)
    assert_array_equal(found.hypothesis.expected, np.ones(5))
    assert any("berpenduduk sama" in note for note in found.warnings)


def test_a_path_of_another_computer_is_looked_for_beside_the_parameter_file(tmp_path: Path) -> None:
    assert study(tmp_path, {"CaseFile": r"C:\My Data\study.cas", "CoordinatesFile": "/nowhere/study.geo"}).ids


def test_the_answer_depends_on_the_seed_and_not_on_the_threads(tmp_path: Path) -> None:
    found = study(tmp_path, {"MonteCarloReps": "99", "PValueReportType": "1"})

    assert run(found, workers=1).clusters == run(found, workers=2).clusters
    assert run(found, seed=1).clusters[0].gumbel_p_value != run(found, seed=2).clusters[0].gumbel_p_value


def test_the_kinds_of_analysis_know_what_they_span() -> None:
    assert {one for one in Analysis if one.is_prospective} == {Analysis.PROSPECTIVE, Analysis.PROSPECTIVE_TEMPORAL}
