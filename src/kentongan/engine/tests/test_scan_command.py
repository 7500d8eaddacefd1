"""`kentongan scan`: what it prints, what it writes, with which code it ends."""

import json
from io import StringIO
from pathlib import Path

import pytest
import typer
from click.testing import Result
from rich.console import Console
from typer.testing import CliRunner

from kentongan.engine import commands
from kentongan.engine.commands import scan_command
from kentongan.engine.errors import EngineInputError
from kentongan.engine.tests.satscan_study import study_on_disk

CASES = "tempat,tanggal\n" + "".join(
    f"{place},2026-01-{day:02d}\n" for day in range(1, 29) for place in ("ABCD"[day % 4], "ABCD"[day % 3])
)
CASES += "D,2026-01-27\nD,2026-01-28\nD,2026-01-28\nD,2026-01-28\n"
PLACES = "tempat,lintang,bujur\nA,-9.0,124.0\nB,-9.1,124.1\nC,-9.2,124.3\nD,-9.6,124.5\n"


def invoked(*words: object) -> Result:
    app = typer.Typer()
    app.command("scan")(scan_command)
    return CliRunner().invoke(app, [str(word) for word in words])


def tables(folder: Path) -> tuple[object, ...]:
    (folder / "cases.csv").write_text(CASES)
    (folder / "places.csv").write_text(PLACES)
    return "--cases", folder / "cases.csv", "--places", folder / "places.csv", "--replicas", 99


def test_a_parameter_file_is_run_and_printed_as_a_table(tmp_path: Path) -> None:
    result = invoked("--prm", study_on_disk(tmp_path, {"ResultsFile": "a.txt", "ResultsTitle": "Uji [1]"}))

    assert result.exit_code == 0
    assert "Uji [1]: 21 kasus, 5 tempat, 2020-01-01 sampai 2020-01-10, 9 ulangan acak." in result.stdout
    assert "2020-01-10 … 2020-01-10" in result.stdout
    assert "Diabaikan, hanya mengatur keluaran: ResultsFile." in result.stdout


def test_json_is_the_only_thing_on_standard_output(tmp_path: Path) -> None:
    result = invoked("--prm", study_on_disk(tmp_path), "--json", "--seed", 3, "--out", tmp_path / "out")

    answer = json.loads(result.stdout)
    assert (answer["source"], answer["total_cases"], answer["replicas"]) == ("study.prm", 21, 9)
    assert "map.png" in result.stderr
    assert json.loads((tmp_path / "out" / "result.json").read_text()) == answer


def test_own_tables_are_scanned(tmp_path: Path) -> None:
    result = invoked(*tables(tmp_path), "--unit", "day", "--max-window", 7, "--json")

    answer = json.loads(result.stdout)
    assert (answer["model"], answer["analysis"], answer["time_unit"]) == ("permutation", "prospective", "day")
    assert answer["clusters"][0]["members"] == ["D"]
    assert answer["clusters"][0]["window"]["to"] == "2026-01-28"


def test_no_cluster_is_said(tmp_path: Path) -> None:
    result = invoked(*tables(tmp_path), "--min-cases", 500)

    assert result.exit_code == 0
    assert "Tidak ada kelompok." in result.stdout


def test_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    words = (*tables(tmp_path), "--json", "--seed", 5)

    assert invoked(*words).stdout == invoked(*words).stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Sebutkan salah satu"),
        (("--cases", "a.csv", "--prm", "a.prm"), "Sebutkan salah satu"),
        (("--cases", "a.csv"), "--neighbours"),
        (("--cases", "a.csv", "--places", "b.csv", "--model", "bernoulli"), "--controls"),
        (("--model", "wrong"), "wrong"),
    ],
)
def test_wrong_use_ends_with_two(words: tuple[str, ...], told: str) -> None:
    result = invoked(*words)

    assert (result.exit_code, told in result.stderr) == (2, True)


def test_own_tables_are_scanned_again_and_again(tmp_path: Path) -> None:
    words = (*tables(tmp_path), "--iterate", "--max-scans", 2, "--up-to-p", 1, "--json")

    answer = json.loads(invoked(*words).stdout)

    assert answer["scans"] == len(answer["clusters"]) == 2
    assert any("Pemindaian berulang, 2 putaran" in note for note in answer["warnings"])


def test_own_tables_are_permuted_by_clumps_with_smoothed_expectations(tmp_path: Path) -> None:
    plain = json.loads(invoked(*tables(tmp_path), "--json").stdout)
    answer = json.loads(invoked(*tables(tmp_path), "--clumps", "--smoothed", "--json").stdout)

    assert answer["clusters"][0]["expected"] != plain["clusters"][0]["expected"]
    refused = invoked(*tables(tmp_path), "--clumps", "--model", "poisson").exception
    assert isinstance(refused, EngineInputError)
    assert any("hanya ada pada permutasi" in fault for fault in refused.details)


def test_own_tables_can_have_clusters_in_time_only(tmp_path: Path) -> None:
    words = (*tables(tmp_path), "--model", "poisson", "--all-places", "--max-window", 7, "--json")

    answer = json.loads(invoked(*words).stdout)

    (everywhere,) = [one for one in answer["clusters"] if one["has_all_places"]]
    assert (everywhere["members"], everywhere["centre"], everywhere["radius_km"]) == (list("ABCD"), {"id": None}, None)
    refused = invoked(*tables(tmp_path), "--all-places").exception
    assert isinstance(refused, EngineInputError)
    assert "Permutasi tidak mengenal kelompok waktu saja (semua tempat sekaligus)." in refused.details


def test_faulty_input_is_refused_with_all_its_faults(tmp_path: Path) -> None:
    result = invoked("--prm", study_on_disk(tmp_path, {"ModelType": "3", "IsotonicScan": "1"}))

    assert isinstance(result.exception, EngineInputError)
    assert len(result.exception.details) == 2
    assert result.stdout == ""


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    result = invoked("--prm", study_on_disk(tmp_path), "--out", tmp_path / "out")

    assert isinstance(result.exception, EngineInputError)
    assert "tidak dapat ditulis" in result.exception.message


def test_the_command_is_one_of_kentongans() -> None:
    assert commands.COMMANDS["scan"] is scan_command
    assert "Tidak memerlukan basis data" in invoked("--help").stdout


def test_progress_is_shown_on_a_terminal_once_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = StringIO()
    monkeypatch.setattr(commands, "Console", lambda **_: Console(file=shown, force_terminal=True, width=80))
    monkeypatch.setattr(commands, "PATIENCE_S", 0.0)

    with commands.shown_progress() as progress:
        assert progress is not None
        progress(10, 99)
        progress(99, 99)

    assert "Ulangan acak" in shown.getvalue()
    assert "99/99" in shown.getvalue()


def test_no_progress_is_shown_where_nobody_watches_or_it_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    with commands.shown_progress() as progress:
        assert progress is None
    shown = StringIO()
    monkeypatch.setattr(commands, "Console", lambda **_: Console(file=shown, force_terminal=True))

    with commands.shown_progress() as progress:
        assert progress is not None
        progress(1, 2)

    assert shown.getvalue() == ""


@pytest.mark.parametrize(("days", "told"), [(None, ""), (4.6, "5 hari"), (1000.0, "2.7 tahun")])
def test_a_recurrence_interval_is_told_in_days_or_years(days: float | None, told: str) -> None:
    assert commands._days(days) == told
