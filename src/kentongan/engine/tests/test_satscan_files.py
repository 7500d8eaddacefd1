"""SaTScan's files are read as they are, and everything that is wrong with them is said at once."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from kentongan.engine import Poisson
from kentongan.engine.errors import EngineInputError
from kentongan.engine.files import read_prm
from kentongan.engine.files.faults import MOST_SHOWN, Faults
from kentongan.engine.files.moments import (
    Moment,
    Unit,
    census_day,
    generic_moment_of,
    moment_of,
    months_later,
    timeline,
)
from kentongan.engine.files.populations import census_weights, person_time
from kentongan.engine.files.records import Clock
from kentongan.engine.files.rows import rows_of
from kentongan.engine.files.satscan_files import (
    read_adjustments,
    read_counts,
    read_grid,
    read_neighbours,
    read_places,
    read_populations,
)
from kentongan.engine.tests.satscan_study import CAS, GEO, POP, study_on_disk

DAILY = Clock(Unit.DAY, 2020)
POISSON = {"ModelType": "0", "PopulationFile": "study.pop"}


def day(year: int, month: int, number: int) -> int:
    return date(year, month, number).toordinal()


def refusal(path: Path) -> str:
    with pytest.raises(EngineInputError) as refused:
        read_prm(path)
    return "\n".join(refused.value.details)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2001/11/01", Moment(day(2001, 11, 1), day(2001, 11, 2), Unit.DAY)),
        ("2001-11-1", Moment(day(2001, 11, 1), day(2001, 11, 2), Unit.DAY)),
        ("1973", Moment(day(1973, 1, 1), day(1974, 1, 1), Unit.YEAR)),
        ("73", Moment(day(1973, 1, 1), day(1974, 1, 1), Unit.YEAR)),
        ("05/2/3", Moment(day(2005, 2, 3), day(2005, 2, 4), Unit.DAY)),
        ("1973/5", Moment(day(1973, 5, 1), day(1973, 6, 1), Unit.MONTH)),
        ("5/1973", Moment(day(1973, 5, 1), day(1973, 6, 1), Unit.MONTH)),
        ("1973/12", Moment(day(1973, 12, 1), day(1974, 1, 1), Unit.MONTH)),
        ("2001/2/30", None),
        ("2001/13", None),
        ("2001/11-1", None),
        ("3/4/2001", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_understood_or_refused(text: str, moment: Moment | None) -> None:
    assert moment_of(text, near=1995) == moment


def test_generic_time_is_a_whole_number() -> None:
    assert generic_moment_of("-3") == Moment(-3, -2, Unit.GENERIC)
    assert generic_moment_of("3.5") is None


def test_a_census_of_a_year_is_taken_in_july_and_of_a_month_in_its_middle() -> None:
    moments = [moment_of(text, near=2000) for text in ("1973", "1973/5", "1973/5/9")]

    assert [census_day(one) for one in moments if one] == [day(1973, 7, 1), day(1973, 5, 15), day(1973, 5, 9)]


def test_a_month_before_the_last_of_march_is_the_last_of_february() -> None:
    assert months_later(date(2023, 3, 31), -1) == date(2023, 2, 28)
    assert months_later(date(2024, 2, 29), -12) == date(2023, 2, 28)


def test_intervals_of_months_end_where_the_study_ends() -> None:
    cut = timeline(day(2020, 1, 10), day(2020, 7, 1), Unit.MONTH, 2)

    assert [cut.span(period, period) for period in range(cut.periods)] == [
        ("2020-01-10", "2020-02-29"),
        ("2020-03-01", "2020-04-30"),
        ("2020-05-01", "2020-06-30"),
    ]
    assert (cut.is_even, cut.interval_days) == (True, 60.875)


@given(
    first=st.integers(700_000, 730_000),
    days=st.integers(1, 4_000),
    unit=st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR]),
    length=st.integers(1, 7),
)
def test_intervals_cover_the_study_once_and_only_the_first_is_short(
    first: int, days: int, unit: Unit, length: int
) -> None:
    cut = timeline(first, first + days, unit, length)

    assert (cut.edges[0], cut.edges[-1]) == (first, first + days)
    widths = np.diff(cut.edges)
    assert (widths > 0).all()
    if unit in (Unit.DAY, Unit.WEEK):
        assert set(widths[1:].tolist()) <= {length * (1 if unit is Unit.DAY else 7)}
    assert cut.periods == -(-cut.units // length)
    assert_array_equal(cut.period_of(cut.edges), np.arange(cut.periods + 1))


# --- population -------------------------------------------------------------------------------------------------------


@given(
    censuses=st.dictionaries(st.integers(0, 60), st.integers(0, 1000), min_size=1, max_size=6),
    edges=st.lists(st.integers(-20, 80), min_size=2, max_size=8, unique=True),
)
def test_person_time_is_the_population_at_mid_day_summed_over_the_days(
    censuses: dict[int, int], edges: list[int]
) -> None:
    edges = sorted(edges)
    days = sorted(censuses)

    found = person_time({(0, 0): dict(censuses)}, 0, 1, np.array(edges))

    plain = [
        sum(np.interp(one + 0.5, days, [censuses[known] for known in days]) for one in range(begins, ends))
        for begins, ends in pairwise(edges)
    ]
    assert_allclose(found[0], plain, atol=1e-6)


def test_one_census_holds_for_all_time() -> None:
    assert_array_equal(census_weights(np.array([5]), np.array([0, 3, 10])), [[3.0], [7.0]])


def test_covariates_are_standardised_indirectly(tmp_path: Path) -> None:
    pop = "A 2020 100 old\nA 2020 300 young\nB 2020 300 old\nB 2020 100 young\n"
    options = {**POISSON, "AnalysisType": "1", "PrecisionCaseTimes": "3"}
    cas = "A 6 2020/1/1 old\nB 2 2020/1/2 old\nA 3 2020/1/3 young\nB 1 2020/1/4 young\n"

    found = read_prm(study_on_disk(tmp_path, options, cas=cas, pop=pop, geo="A 1 1\nB 2 2\n"))

    assert isinstance(found.hypothesis, Poisson)
    assert_allclose(np.ravel(found.hypothesis.expected), [8 * 100 / 400 + 4 * 300 / 400, 8 * 300 / 400 + 4 * 100 / 400])


def test_populations_of_merged_places_are_each_interpolated_before_they_are_added(tmp_path: Path) -> None:
    pop = "A 2020/1/1 100\nA 2020/1/11 200\nB 2020/1/6 50\n"
    options = {**POISSON, "AnalysisType": "2"}

    found = read_prm(study_on_disk(tmp_path, options, pop=pop, cas="A 1 2020/1/2\nB 1 2020/1/3\n"))

    assert isinstance(found.hypothesis, Poisson)
    assert_allclose(np.asarray(found.hypothesis.expected)[0] / 2 * 2000, 105 + 10 * np.arange(10) + 50)


def test_a_place_without_population_is_said_and_a_case_in_it_refused(tmp_path: Path) -> None:
    without_e = POP.replace("E 2020 1000", "")
    found = read_prm(study_on_disk(tmp_path, POISSON, pop=without_e, cas="A 1 2020/1/2\nB 2 2020/1/4\n"))
    assert any("1 tempat tidak berpenduduk" in note and "(E)" in note for note in found.warnings)

    told = refusal(study_on_disk(tmp_path, POISSON, pop=without_e))

    assert "study.cas: ada kasus di “E” (2020-01-06 sampai 2020-01-06), tetapi tidak ada penduduk." in told


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'A 1 2020/1/2\n"B C" 2 2020/1/3\n',
        "A\t1\t2020/1/2\n'B C'\t2\t2020/1/3\n",
        "A,1,2020/1/2,\nB C, 2, 2020/1/3\n",
        'A;1;2020/1/2\n\n"B C";2;2020/1/3;\n',
        '; a comment\n# another\n\nA 1 2020/1/2\r\n"B C" 2 2020/1/3\r\n',
        "\ufeffA 1 2020/1/2\n'B C' 2 2020/1/3",
    ],
)
def test_words_stand_apart_in_several_ways(tmp_path: Path, text: str) -> None:
    faults = Faults()

    counts = read_counts(written(tmp_path, text), DAILY, faults, with_covariates=True)

    assert faults.found == []
    assert [(row.place, row.counted, row.moment, row.stratum) for row in counts.rows] == [
        ("A", 1, day(2020, 1, 2), ()),
        ("B C", 2, day(2020, 1, 3), ()),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_usual_encodings_are_understood(tmp_path: Path, encoding: str) -> None:
    faults = Faults()

    rows = rows_of(written(tmp_path, "Désa 1\n".encode(encoding)), faults, least=2)

    assert [row.words for row in rows] == [["Désa", "1"]]


def test_a_semicolon_is_no_comment_where_it_separates(tmp_path: Path) -> None:
    faults = Faults()

    rows_of(written(tmp_path, "A;1\n;2\n"), faults, least=2)

    assert faults.found == ["a.txt, baris 2: hanya memuat 1 kolom; diperlukan sedikitnya 2."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A", "baris 1: hanya memuat 1 kolom"),
        ("A -1 2020/1/2", "jumlah “-1” negatif"),
        ("A 1.5 2020/1/2", "jumlah “1.5” bukan bilangan bulat"),
        ("A x 2020/1/2", "jumlah “x” bukan bilangan"),
        ("A nan 2020/1/2", "jumlah “nan” bukan bilangan"),
        ("A 1_000 2020/1/2", "bukan bilangan"),
        ("A 1 2/1/2020", "tanggal “2/1/2020” tidak dikenal"),
        ("A 1 2020", "kurang teliti"),
        ("", "tidak memuat satu baris pun"),
    ],
)
def test_a_faulty_case_is_told_with_its_row(tmp_path: Path, text: str, told: str) -> None:
    faults = Faults()

    read_counts(written(tmp_path, text), DAILY, faults, with_covariates=True)

    assert told in faults.found[0]


def test_cases_may_be_dated_more_precisely_than_the_study(tmp_path: Path) -> None:
    faults = Faults()

    counts = read_counts(written(tmp_path, "A 1 2020/3/4"), Clock(Unit.YEAR, 2020), faults, with_covariates=False)

    assert (faults.found, counts.rows[0].moment) == ([], day(2020, 3, 4))


@pytest.mark.parametrize(
    ("text", "told"), [("A 2020 -5", "penduduk “-5” negatif"), ("A 2020 x", "bukan bilangan"), ("A when 5", "when")]
)
def test_a_faulty_population_is_told(tmp_path: Path, text: str, told: str) -> None:
    faults = Faults()

    read_populations(written(tmp_path, text), DAILY, faults)

    assert told in faults.found[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A 1 2 3", "lebih dari dua koordinat"),
        ("A x 2", "bukan dua bilangan"),
        ("A 124 -9", "di luar bumi"),
        ("A 1 2\nA 1 3", "baris 2: tempat “A” sudah tertulis dengan koordinat lain"),
    ],
)
def test_a_faulty_place_is_told(tmp_path: Path, text: str, told: str) -> None:
    faults = Faults()

    read_places(written(tmp_path, text), faults, on_earth=True)

    assert told in faults.found[0]


def test_a_place_told_twice_alike_and_places_at_one_position_are_no_fault(tmp_path: Path) -> None:
    faults = Faults()

    places = read_places(written(tmp_path, "A 1 2\nB 1 2\nA 1.0 2.0"), faults, on_earth=True)

    assert (faults.found, places.ids, places.coordinates) == ([], ["A", "B"], [(1.0, 2.0), (1.0, 2.0)])


def test_a_grid_holds_distinct_centres(tmp_path: Path) -> None:
    faults = Faults()

    assert read_grid(written(tmp_path, "1 2\n3 4\n1 2"), faults, on_earth=False) == [(1.0, 2.0), (3.0, 4.0)]
    assert read_grid(written(tmp_path, "1 2 3\n9 9"), faults, on_earth=False) == [(9.0, 9.0)]
    assert "lebih dari dua koordinat" in faults.found[0]


@pytest.mark.parametrize(
    ("text", "told"), [("A B\nA C", "sudah mempunyai daftar"), ("A B B", "dua kali"), ("A B A", "dua kali")]
)
def test_a_faulty_list_of_neighbours_is_told(tmp_path: Path, text: str, told: str) -> None:
    faults = Faults()

    read_neighbours(written(tmp_path, text), faults)

    assert told in faults.found[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A x", "risiko relatif “x”"),
        ("A -1", "negatif"),
        ("A 2 2020/1/1", "tanggal awal dan tanggal akhir"),
        ("A 2 2020/1/2 2020/1/1", "setelah tanggal akhir"),
        ("A 2 when then", "when"),
    ],
)
def test_a_faulty_known_risk_is_told(tmp_path: Path, text: str, told: str) -> None:
    faults = Faults()

    read_adjustments(written(tmp_path, text), DAILY, faults)

    assert told in faults.found[0]


def test_a_known_risk_of_an_unknown_place_is_told(tmp_path: Path) -> None:
    options = {**POISSON, "UseAdjustmentsByRRFile": "y", "AdjustmentsByKnownRelativeRisksFilename": "study.adj"}

    assert "study.adj, baris 1: tempat “Z”" in refusal(study_on_disk(tmp_path, options, pop=POP, adj="Z 2"))


# --- faults together --------------------------------------------------------------------------------------------------


def test_all_faults_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    path = study_on_disk(
        tmp_path,
        POISSON,
        cas=CAS + "Z 1 2020/1/2\nA -1 2020/1/2\nA 1 2021/1/2\n",
        geo=GEO + "\nA 0 0\n",
        pop=POP + "\nA 2020 7\nY 2020 1\nA 2021 x\n",
    )

    told = refusal(path).splitlines()

    assert told == [
        "study.geo, baris 6: tempat “A” sudah tertulis dengan koordinat lain.",
        "study.cas, baris 9: jumlah “-1” negatif.",
        "study.pop, baris 8: penduduk “x” bukan bilangan.",
        "study.cas, baris 8: tempat “Z” tidak ada dalam berkas tempat.",
        "study.cas, baris 10: waktu 2021-01-02 di luar rentang data.",
        "study.pop, baris 6: penduduk “A” untuk waktu dan kovariat itu sudah tertulis.",
        "study.pop, baris 7: tempat “Y” tidak ada dalam berkas tempat.",
    ]


def test_covariates_that_do_not_fit_are_told_by_row(tmp_path: Path) -> None:
    path = study_on_disk(
        tmp_path,
        POISSON,
        cas="A 1 2020/1/2 old\nA 1 2020/1/2 new\nA 1 2020/1/2\n",
        pop="A 2020 10 old\nB 2020 10\n",
    )

    told = refusal(path)

    assert "study.cas, baris 2: kovariat “new” tidak ada" in told
    assert "study.cas, baris 3: 0 kovariat; berkas penduduk 1." in told
    assert "study.pop, baris 2: 0 kovariat; baris pertama 1." in told


def test_covariates_without_a_population_or_with_permutation_are_refused(tmp_path: Path) -> None:
    cas = "A 1 2020/1/2 old\nB 1 2020/1/3 new\n"

    assert "tidak ada berkas penduduk" in refusal(study_on_disk(tmp_path, {"ModelType": "0"}, cas=cas))
    assert "permutasi dengan kovariat" in refusal(study_on_disk(tmp_path, cas=cas))


def test_files_that_are_not_there_are_told_and_no_case_at_all_is_a_fault(tmp_path: Path) -> None:
    assert "nowhere.cas: berkas tidak ditemukan" in refusal(study_on_disk(tmp_path, {"CaseFile": "nowhere.cas"}))
    assert "study.cas: tidak ada satu kasus pun." in refusal(study_on_disk(tmp_path, cas="A 0 2020/1/2"))


def test_a_file_that_may_not_be_read_or_is_a_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults()

    rows_of(tmp_path, faults, least=1)
    monkeypatch.setattr(Path, "read_bytes", lambda _: (_ for _ in ()).throw(PermissionError("no")))
    rows_of(tmp_path / "a.cas", faults, least=1)

    assert "berkas tidak dapat dibaca" in faults.found[0]
    assert faults.found[1] == "a.cas: berkas tidak boleh dibaca. Periksa izinnya."


def test_generic_time_that_is_no_number_is_told(tmp_path: Path) -> None:
    faults = Faults()

    read_counts(written(tmp_path, "A 1 2020/1/2"), Clock(Unit.GENERIC, 2000), faults, with_covariates=False)

    assert faults.found == ["a.txt, baris 1: waktu “2020/1/2” bukan bilangan bulat."]


def test_very_many_faults_are_counted(tmp_path: Path) -> None:
    path = study_on_disk(tmp_path, cas="A -1 2020/1/2\n" * (MOST_SHOWN + 7))

    told = refusal(path).splitlines()

    assert len(told) == MOST_SHOWN + 1
    assert told[-1] == "… dan 7 kesalahan lagi."
