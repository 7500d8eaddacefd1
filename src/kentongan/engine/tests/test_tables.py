"""Own tables, CSV or Parquet, with forgiving columns and unforgiving numbers."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kentongan.engine import Bernoulli, Poisson, Prospective, Spatial
from kentongan.engine.errors import EngineInputError
from kentongan.engine.files import Analysis, Design, Model, Study
from kentongan.engine.files.moments import Unit
from kentongan.engine.files.tables import TableFiles, date_of, number_text, read_tables
from kentongan.engine.scanning.zones import NeighbourLists, Plane, ZoneLimits

CASES = "tempat,tanggal,jumlah\nA,2026-01-05,2\nB,2026-01-20,1\nA,2026-02-03,1\n"
PLACES = "tempat,lintang,bujur\nA,-9.0,124.0\nB,-9.1,124.1\n"


def design(**changes: object) -> Design:
    values: dict[str, object] = {
        "analysis": Analysis.PROSPECTIVE,
        "model": Model.PERMUTATION,
        "first": 0,
        "after": 1,
        "unit": Unit.WEEK,
    }
    return Design(**{**values, **changes})  # type: ignore[arg-type]


def files(folder: Path, **texts: str) -> TableFiles:
    for name, text in {"cases": CASES, "places": PLACES, **texts}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    others = {name: folder / f"{name}.csv" for name in texts if name in ("controls", "population", "neighbours")}
    return TableFiles(
        cases=folder / "cases.csv", places=None if "neighbours" in others else folder / "places.csv", **others
    )


def refusal(given: TableFiles, asked: Design, **period: str) -> str:
    with pytest.raises(EngineInputError) as refused:
        read_tables(given, asked, **period)
    return "\n".join(refused.value.details)


def test_weeks_are_counted_back_from_the_last_date_of_the_data(tmp_path: Path) -> None:
    study = read_tables(files(tmp_path), design())

    assert study.ids == ("A", "B")
    assert study.timeline.span(0, study.timeline.periods - 1) == ("2026-01-05", "2026-02-03")
    assert_array_equal(study.cases, [[2, 0, 0, 0, 1], [0, 0, 1, 0, 0]])
    assert study.options.windows == Prospective(max_periods=2)
    assert study.inference.run_interval_days == 7


def test_the_period_can_be_told_and_dates_outside_it_are_faults(tmp_path: Path) -> None:
    study = read_tables(files(tmp_path), design(), begins="2026-01-01", ends="2026-02-28")
    assert study.timeline.span(0, study.timeline.periods - 1) == ("2026-01-01", "2026-02-28")

    told = refusal(files(tmp_path), design(), begins="2026-01-15", ends="2026-02-28")

    assert told == "cases.csv, baris 2: waktu 2026-01-05 di luar rentang data."
    assert "dapat dibaca dua cara" in refusal(files(tmp_path), design(), begins="1/1/2026")


@pytest.mark.parametrize(
    ("unit", "span"), [(Unit.MONTH, ("2026-01-01", "2026-02-28")), (Unit.YEAR, ("2026-01-01", "2027-12-31"))]
)
def test_months_and_years_are_widened_to_whole_ones(tmp_path: Path, unit: Unit, span: tuple[str, str]) -> None:
    cases = CASES if unit is Unit.MONTH else CASES + "B,2027,1\n"

    study = read_tables(files(tmp_path, cases=cases), design(unit=unit, max_percent=50.0))

    assert study.timeline.span(0, 1) == span


def test_a_scan_in_space_takes_the_span_of_its_dates_or_has_none(tmp_path: Path) -> None:
    asked = design(analysis=Analysis.SPATIAL, model=Model.POISSON)

    dated = read_tables(files(tmp_path), asked)
    undated = read_tables(files(tmp_path, cases="tempat,jumlah\nA,2\nB,1\n"), asked)

    assert isinstance(dated.options.windows, Spatial)
    assert dated.timeline.span(0, 0) == ("2026-01-05", "2026-02-03")
    assert undated.timeline.span(0, 0) == ("", "")
    assert_array_equal(undated.cases, [[2], [1]])


def test_undated_cases_take_the_span_of_dated_populations(tmp_path: Path) -> None:
    given = files(
        tmp_path,
        cases="tempat,jumlah\nA,2\nB,1\n",
        population="tempat,tanggal,penduduk\nA,2024-01-01,100\nA,2024-12-31,300\nB,2024-06-01,200\n",
    )

    study = read_tables(given, design(analysis=Analysis.SPATIAL, model=Model.POISSON))

    assert isinstance(study.hypothesis, Poisson)
    expected = np.ravel(study.hypothesis.expected)
    assert_allclose(expected[0] / expected[1], 1, rtol=2e-3)


@pytest.mark.parametrize(
    "text",
    [
        "TEMPAT;Tanggal;Kasus\nA;2026-01-05;2\nB;2026-01-20;1\n;;\nA;2026-02-03;1\n",
        "date\tplace\tcount\n2026-01-05\tA\t2.0\n2026-01-20T10:00\tB\t1\n2026-02-03 08:00:00\tA\t1\n",
        "place,date\nA,2026-01-05\nA,2026/1/5\nB,2026-01-20\n\nA,2026-02-03\n",
    ],
)
def test_columns_separators_and_ways_to_count_are_forgiven(tmp_path: Path, text: str) -> None:
    study = read_tables(files(tmp_path, cases=text), design())

    assert_array_equal(study.cases, [[2, 0, 0, 0, 1], [0, 0, 1, 0, 0]])


def test_windows_1252_and_decimal_commas_are_understood(tmp_path: Path) -> None:
    given = files(tmp_path)
    (tmp_path / "places.csv").write_bytes("Tempat;Lintang;Bujur\nA;-9,0;124,0\nDésa;-9,1;124,15\n".encode("cp1252"))
    (tmp_path / "cases.csv").write_bytes(CASES.replace("B,", "Désa,").encode("cp1252"))

    study = read_tables(given, design())

    assert study.ids == ("A", "Désa")
    assert study.coordinates is not None
    assert_array_equal(study.coordinates, [[-9.0, 124.0], [-9.1, 124.15]])


def test_parquet_is_read_by_its_own_types(tmp_path: Path) -> None:
    given = files(tmp_path)
    frame = polars.DataFrame({"tempat": ["A", "B"], "tanggal": [date(2026, 1, 5), date(2026, 1, 20)], "jumlah": [2, 1]})
    frame.write_parquet(tmp_path / "cases.csv")
    places = polars.DataFrame({"place": ["A", "B"], "lat": [-9.0, -9.1], "lon": [124.0, 124.1]})
    places.write_parquet(tmp_path / "places.csv")

    study = read_tables(given, design())

    assert (study.cases.sum(), study.timeline.periods) == (3, 3)


def test_times_of_day_in_parquet_are_days(tmp_path: Path) -> None:
    given = files(tmp_path)
    moments = [datetime(2026, 1, 5, 23, 30), datetime(2026, 1, 20, 0, 5)]
    polars.DataFrame({"tempat": ["A", "B"], "tanggal": moments}).write_parquet(tmp_path / "cases.csv")

    assert read_tables(given, design()).timeline.span(0, 2) == ("2026-01-05", "2026-01-20")


def test_populations_hold_for_all_time_without_dates_and_have_covariates(tmp_path: Path) -> None:
    given = files(
        tmp_path,
        cases="tempat,tanggal,umur\nA,2026-01-05,tua\nB,2026-01-20,muda\nA,2026-02-03,tua\nB,2026-02-03,muda\n",
        population="tempat;penduduk;umur\nA;100,5;tua\nB;100,5;tua\nA;50;muda\nB;150;muda\n",
    )
    given = TableFiles(cases=given.cases, places=given.places, population=given.population, covariates=("Umur",))

    study = read_tables(given, design(model=Model.POISSON, unit=Unit.DAY))

    assert isinstance(study.hypothesis, Poisson)
    expected = np.asarray(study.hypothesis.expected)
    assert_allclose(expected / expected.sum(), np.array([1 + 0.5, 1 + 1.5]) / 4)


def test_populations_with_dates_are_interpolated(tmp_path: Path) -> None:
    population = "tempat,tanggal,penduduk\nA,2026,100\nB,2026,100\nB,2025,50\n"

    study = read_tables(files(tmp_path, population=population), design(model=Model.POISSON, unit=Unit.DAY))

    assert isinstance(study.hypothesis, Poisson)
    table = np.asarray(study.hypothesis.expected)
    assert_allclose(table[0] / table[0, 0], 1)
    assert (np.diff(table[1]) > 0).all()


def test_controls_are_read_like_cases(tmp_path: Path) -> None:
    controls = "tempat,tanggal,jumlah\nA,2026-01-06,5\nB,2026-01-21,4\n"

    study = read_tables(files(tmp_path, controls=controls), design(model=Model.BERNOULLI))

    assert isinstance(study.hypothesis, Bernoulli)
    assert np.asarray(study.hypothesis.controls).sum() == 9


def test_without_controls_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert "memerlukan berkas kontrol" in refusal(files(tmp_path), design(model=Model.BERNOULLI))


def test_places_on_a_plane_and_radii_in_kilometres_on_the_earth(tmp_path: Path) -> None:
    near = ZoneLimits(max_radius=3.0)

    assert read_tables(files(tmp_path), design(limits=near)).options.zones.max_radius == 3000
    study = read_tables(files(tmp_path, places="id,x,y\nA,1,2\nB,3,4\n"), design(limits=near))

    assert isinstance(study.where, Plane)
    assert study.options.zones.max_radius == 3


def test_lists_of_neighbours_take_the_place_of_coordinates(tmp_path: Path) -> None:
    given = files(tmp_path, neighbours="A B\nB A\n")

    assert isinstance(read_tables(given, design()).where, NeighbourLists)
    assert "Jari-jari" in refusal(given, design(limits=ZoneLimits(max_radius=1.0)))


def test_a_scan_in_time_needs_no_places(tmp_path: Path) -> None:
    given = TableFiles(cases=files(tmp_path).cases)

    study = read_tables(given, design(analysis=Analysis.TEMPORAL, model=Model.POISSON))

    assert (study.cases.shape, study.is_merged) == ((1, 5), True)


def test_a_scan_in_space_needs_places(tmp_path: Path) -> None:
    given = TableFiles(cases=files(tmp_path).cases)

    assert "Tidak ada satu tempat pun" in refusal(given, design(analysis=Analysis.SPATIAL, model=Model.POISSON))


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"cases": "a,b\n1,2\n"}, "cases.csv: tidak ada kolom “place” (atau tempat"),
        ({"cases": "place,tempat,date\nA,A,2026-01-05\n"}, "kolom place dan tempat bermakna sama"),
        ({"cases": "place,date,n\nA,5/1/2026,1\n"}, "baris 2: tanggal “5/1/2026” dapat dibaca dua cara"),
        ({"cases": "place,date,n\nA,26-01-05,1\n"}, "tanggal “26-01-05” tidak dikenal"),
        ({"cases": "place,date,n\nA,2026-01,1\n"}, "kurang teliti"),
        ({"cases": "place,date,n\n\n,2026-01-05,1\n"}, "baris 3: tempatnya kosong"),
        ({"cases": "place,date,n\nA,2026-01-05,\n"}, "jumlah “” bukan bilangan"),
        ({"cases": "place,date,n\nA,2026-01-05,1.234\n"}, "bukan bilangan bulat"),
        ({"cases": "place,date,n\nA,2026-01-05,1,9,9\n"}, "cases.csv, baris 2: 5 kolom; judulnya 3."),
        ({"cases": "place,date,Place\nA,2026-01-05,A\n"}, "dua kolom mempunyai nama yang sama"),
        ({"cases": "\n\n"}, "berkas tidak memuat satu baris pun"),
        ({"cases": "place,date,n\nA,2026\r-01-05,1\n"}, "baris 2: bukan baris tabel"),
        ({"cases": "PAR1 but no table"}, "bukan tabel yang dapat dibaca"),
        ({"places": "place,lat,lon\nA,,124\nB,1,2\n"}, "places.csv, baris 2: tempat “A” tidak mempunyai koordinat"),
        ({"places": "place,lat,lon\nA,x,124\n"}, "bukan dua bilangan"),
        ({"places": "place,lat,lon\n,1,124\n"}, "tempatnya kosong"),
        ({"places": "place,lat,lon\nA,1,2\nA,1,3\n"}, "sudah tertulis dengan koordinat lain"),
        ({"places": "place,lat\nA,1\n"}, "tidak ada kolom “longitude”"),
    ],
)
def test_faults_are_told_by_file_and_row(tmp_path: Path, texts: dict[str, str], told: str) -> None:
    assert told in refusal(files(tmp_path, **texts), design())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("place,population\nA,1.234\nB,5\n", "dapat dibaca dua cara"),
        ("place,population\nA,-1\n", "negatif"),
        ("place,population\n,1\n", "tempatnya kosong"),
        ("place,date,population\nA,later,1\n", "tanggal “later” tidak dikenal"),
        ("place,population\nA,1\nA,2\n", "sudah tertulis"),
        ("place,people\nA,1\n", "tidak ada kolom “population”"),
    ],
)
def test_faulty_populations_are_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(files(tmp_path, population=text), design(model=Model.POISSON))


def test_a_covariate_without_a_column_and_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    given = files(tmp_path)
    missing = tmp_path / "none.csv"
    told = refusal(
        TableFiles(cases=given.cases, places=missing, population=missing, covariates=("umur",)),
        design(model=Model.POISSON),
    )

    assert "cases.csv: tidak ada kolom kovariat “umur”." in told
    assert told.count("none.csv: berkas tidak ditemukan") == 2


def test_a_day_before_its_month_is_read_only_when_said() -> None:
    moment = date_of("5/1/2026", day_first=True)

    assert not isinstance(moment, str)
    assert date.fromordinal(moment.first) == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "told"), [("1,5", "1.5"), ("1,500", "1,500"), ("1.5", "1.5"), ("-9,12345", "-9.12345")]
)
def test_a_decimal_comma_is_told_from_a_sign_of_thousands(text: str, told: str) -> None:
    assert number_text(text) == told


def test_a_study_is_the_same_from_tables_and_from_parquet(tmp_path: Path) -> None:
    given = files(tmp_path)
    text = read_tables(given, design())
    polars.read_csv(given.cases).write_parquet(given.cases)

    again: Study = read_tables(given, design())

    assert_array_equal(again.cases, text.cases)
