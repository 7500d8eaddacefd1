"""`kentongan read`: every text printed, every bad file named, all others read, and a file saved whole or not at all."""

import json

import pytest
import typer
from typer.testing import CliRunner

from kentongan.events import commands, knowledge
from kentongan.events.models import Event, ReadingRow
from kentongan.intake.models import Report
from kentongan.reading.reader import Reader

NEWS = "Atambua - Petugas menemukan 11 pelintas batas ilegal di Desa Silawan, Kabupaten Belu, pada 3 Maret 2026."


@pytest.fixture(scope="module")
def shipped_reader():
    return Reader(knowledge.shipped_knowledge())


@pytest.fixture
def kentongan(shipped_reader, monkeypatch):
    """Type the command: `kentongan("berkas.txt", "--json")`."""
    monkeypatch.setattr(commands, "shared_reader", lambda: shipped_reader)
    app = typer.Typer()
    app.command("read")(commands.read)

    def typed(*words, stdin=None):
        return CliRunner().invoke(app, [str(word) for word in words], input=stdin, catch_exceptions=False)

    return typed


@pytest.fixture
def news(tmp_path):
    path = tmp_path / "berita.txt"
    path.write_text(NEWS, encoding="utf-8")
    return path


def test_a_text_is_printed_as_a_table_with_event_day_place_kind_and_number(kentongan, news):
    done = kentongan(news)

    assert done.exit_code == 0
    for told in ("Kejadian 1", "2026-03-03", "53.04.02.2001", "IM.CROSSER", "11 orang"):
        assert told in done.stdout


def test_json_is_one_object_a_text_and_a_line(kentongan, news, tmp_path):
    (tmp_path / "lain.txt").write_text("Cuaca cerah.", encoding="utf-8")

    done = kentongan(tmp_path, "--json")

    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["events"][0]["place_codes"] == ["53.04.02.2001"]
    assert second["events"] == []


def test_nothing_of_the_database_is_needed(kentongan, news):
    """Without the database mark any query fails this test."""
    assert kentongan(news, "--json").exit_code == 0


def test_standard_input_is_a_text_too(kentongan):
    done = kentongan("-", "--json", stdin=NEWS)

    assert json.loads(done.stdout)["events"][0]["kinds"] == ["IM.CROSSER"]


def test_bad_files_are_named_with_their_reason_and_the_others_are_read(kentongan, news, tmp_path, pdf):
    bad = {
        "kosong.txt": b"",
        "acak.txt": bytes(range(256)) * 20_000,
        "gambar.txt": pdf(),
        "foto.txt": b"\xff\xd8\xff\xe0" + b"x" * 40,
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "latin.txt").write_bytes(
        "Informação de Batugadé: cinco pessoas não documentadas atravessaram a fronteira.".encode("latin-1")
    )

    done = kentongan(tmp_path, "--json")

    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 2
    told = " ".join(done.stderr.split())
    for name, why in {
        "kosong.txt": "kosong",
        "acak.txt": "biner",
        "gambar.txt": "OCR",
        "foto.txt": "JPEG",
        "latin.txt": "bukan UTF-8",
    }.items():
        assert why in told.split(name, 1)[1].split(".txt", 1)[0], name


def test_a_file_that_is_not_there_and_an_empty_folder_are_refused(kentongan, tmp_path):
    (tmp_path / "isi").mkdir()

    assert kentongan(tmp_path / "tidak-ada.txt").exit_code == 1
    assert kentongan(tmp_path / "isi").exit_code == 1


def test_square_brackets_in_a_text_do_not_disturb_the_table(kentongan, tmp_path):
    (tmp_path / "a.txt").write_text("[bold]Lima orang[/red] menyeberang di Desa Silawan, Belu.", encoding="utf-8")

    assert kentongan(tmp_path / "a.txt").exit_code == 0


# --- saving ---


def test_saving_keeps_report_reading_and_event_once(kentongan, news, gazetteer_rows, kinds, agency_of):
    agency_of("kanim-atambua")

    kentongan(news, "--json", "--save", "--agency", "kanim-atambua")
    again = kentongan(news, "--json", "--save", "--agency", "kanim-atambua")

    event = Event.objects.get()
    assert (event.place.code, event.persons, str(event.happened_from)) == ("53.04.02.2001", 11, "2026-03-03")
    assert (Report.objects.count(), ReadingRow.objects.count()) == (1, 1)
    assert "1 sudah ada" in again.stderr


def test_an_officer_saves_for_the_own_agency(kentongan, news, officer_of, gazetteer_rows, kinds):
    officer_of("kanim-atambua", username="ani")

    assert kentongan(news, "--json", "--save", "--user", "ani").exit_code == 0

    assert Report.objects.get().owner_id == "kanim-atambua"


def test_saving_without_an_owner_or_with_an_unknown_one_says_what_to_do(kentongan, news, agency_of):
    from kentongan.intake.command_actor import NobodyActs

    agency_of("kanim-atambua")

    with pytest.raises(NobodyActs, match="--agency"):
        kentongan(news, "--save")
    with pytest.raises(NobodyActs, match="kanim-atambua"):
        kentongan(news, "--save", "--agency", "kanim-atambu")
    with pytest.raises(NobodyActs, match="siapa"):
        kentongan(news, "--save", "--user", "siapa")
    assert not Report.objects.exists()


def test_a_file_of_which_one_report_fails_is_not_saved_at_all(
    kentongan, tmp_path, agency_of, gazetteer_rows, kinds, monkeypatch
):
    agency_of("kanim-atambua")
    (tmp_path / "obrolan.txt").write_text(
        "13/03/25 10.15 - Ani: Lima orang lewat Silawan\n13/03/25 12.00 - Ani: Sepuluh orang lewat Sadi\n",
        encoding="utf-8",
    )
    (tmp_path / "sesudahnya.txt").write_text(NEWS, encoding="utf-8")
    read_report, calls = commands.read_report, []

    def fails_at_the_second(**stated):
        calls.append(stated)
        if len(calls) == 2:
            raise commands.NoSuchFile("rusak di tengah")
        return read_report(**stated)

    monkeypatch.setattr(commands, "read_report", fails_at_the_second)

    done = kentongan(tmp_path, "--json", "--save", "--agency", "kanim-atambua")

    assert done.exit_code == 1
    assert list(Report.objects.values_list("filename", flat=True)) == ["sesudahnya.txt"]


def test_a_table_with_bad_rows_is_not_saved_and_its_rows_are_named(
    kentongan, tmp_path, agency_of, gazetteer_rows, kinds
):
    agency_of("kanim-atambua")
    (tmp_path / "a.csv").write_text(
        "teks,terbit\nLima orang lewat.,2026-03-03\nEnam orang lewat.,kapan-kapan\n", encoding="utf-8"
    )

    done = kentongan(tmp_path, "--json", "--save", "--agency", "kanim-atambua")

    assert done.exit_code == 1
    assert "Baris 3" in done.stderr
    assert not Report.objects.exists()
