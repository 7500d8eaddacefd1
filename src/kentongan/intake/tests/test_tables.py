"""CSV and JSON Lines: every fault by its row, forbidden columns dropped, nothing guessed."""

import pytest

from kentongan.agencies.models import AgencyName
from kentongan.intake.batches import batch_of
from kentongan.intake.formats import Form, documents_in
from kentongan.intake.formats.tables import bad_rows_csv, is_forbidden, read_table


def batch(text):
    content = text.encode()
    return batch_of(documents_in(content), content, "laporan.csv", channel="upload")


@pytest.fixture
def reference(gazetteer_rows, agency_of):
    AgencyName.objects.create(agency=agency_of("kanim-atambua"), name="Imigrasi Atambua")


def test_rows_become_drafts_with_their_numbers_as_a_spreadsheet_shows_them(reference):
    found = batch("teks,judul,terbit,wilayah\nLima orang,A,2026-03-03,53.04.02.2001\nTiga orang,,03/03/2026,\n")

    assert [(d.row, d.draft.text, d.draft.place_id) for d in found.drafts] == [
        (2, "Lima orang", 5),
        (3, "Tiga orang", None),
    ]
    assert {str(d.draft.published_on) for d in found.drafts} == {"2026-03-03"}
    assert found.faults == ()


def test_every_fault_of_every_row_is_found_in_one_pass(reference):
    found = batch('teks,terbit,wilayah\nA,kemarin,99.99\nB,2026-03-03,\n"C",31/02/2026,,lebih\n')

    assert [(fault.row, fault.field) for fault in found.faults] == [
        (4, "baris"),
        (2, "wilayah"),
        (2, "terbit"),
        (4, "terbit"),
    ]
    assert [d.row for d in found.drafts] == [3]


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_separators_of_spreadsheets_are_recognised(reference, separator):
    found = batch(f"teks{separator}judul\nLima orang{separator}A\n")

    assert found.drafts[0].draft.title == "A"


def test_a_quote_that_never_closes_is_a_fault_and_no_silent_loss(reference):
    found = batch('teks,judul\nA,B\n"C,D\nE,F\n')

    assert "kutip" in found.faults[0].message


def test_a_table_without_a_column_of_texts_says_so(db):
    table = read_table("judul,sumber\nA,B\n", Form.CSV)

    assert "teks" in table.faults[0].message


def test_json_lines_keep_their_line_numbers_and_faults(reference):
    found = batch(
        '{"text": "Lima orang", "kunci": "a"}\n\n{"text": 5\n["x"]\n{"text": "Tiga", "judul": {"a": 1}}\n{"text": "Dua", "kunci": "a"}\n'
    )

    assert found.drafts[0].row == 1
    assert [fault.row for fault in found.faults] == [3, 4, 5, 6]


@pytest.mark.parametrize(
    "heading",
    [
        "Suku",
        "agama",
        "Afiliasi_Politik",
        "Partai",
        "ethnicity",
        "Religion",
        "political party",
        "raça",
        "religião",
        "partido",
        "Relijiaun",
        "partidu",
        "Etnia",
        "religiao",
        "ethnicGroup",
    ],
)
def test_columns_on_ethnicity_religion_and_politics_are_forbidden_in_four_languages(heading):
    assert is_forbidden(heading)


@pytest.mark.parametrize("heading", ["suco", "teks", "wilayah", "jarak", "partisipan", "sumber", "kelurahan"])
def test_other_columns_are_not_forbidden(heading):
    assert not is_forbidden(heading)


@pytest.mark.parametrize(
    "text",
    [
        "teks,agama\nLima orang,Rahasia\n",
        '{"text": "Lima orang", "agama": "Rahasia"}\n',
        '{"text": "Lima orang", "agama": ["Rahasia"]}\n',
    ],
)
def test_a_forbidden_column_is_dropped_and_said_so_and_is_nowhere_in_what_is_kept(reference, text):
    found = batch(text)

    assert found.faults == ()
    assert any("agama" in note for note in found.notes)
    assert "Rahasia" not in repr(found.drafts)
    assert "Rahasia" not in repr(found.table)


def test_a_column_that_is_not_known_is_said_not_to_be_read(reference):
    assert any("warna" in note for note in batch("teks,warna\nA,merah\n").notes)


def test_a_known_agency_gives_its_name_and_an_unknown_one_is_kept_as_written(reference):
    found = batch("teks,instansi\nA,imigrasi atambua\nB,Dinas Karangan\n")

    assert [d.draft.source for d in found.drafts] == ["Kanim Atambua", "Dinas Karangan"]
    assert any("Dinas Karangan" in note and "Baris 3" in note for note in found.notes)


def test_bad_rows_are_handed_back_with_their_faults_and_can_be_read_again(reference):
    found = batch("teks,terbit,agama\nA,kemarin,X\nB,2026-03-03,Y\n")

    back = bad_rows_csv(found.table, found.faults)

    assert back.splitlines()[0] == "teks,terbit,kesalahan"
    assert "X" not in back
    again = read_table(back, Form.CSV)
    assert [row.columns["text"] for row in again.rows] == ["A"]
    assert again.notes == ()


@pytest.mark.parametrize("cell", ["=cmd|calc!A1", "+62 menyeberang", "-", "@SUM(A1)", " =1+1"])
def test_a_bad_row_that_is_handed_back_calculates_nothing_and_comes_in_again_as_it_was_written(reference, cell):
    contents = documents_in(f'teks,judul,terbit\nLima orang,"{cell}",kemarin\n'.encode())
    found = batch_of(contents, b"", "laporan.csv", channel="upload")

    handed_back = bad_rows_csv(found.table, found.faults)

    assert f",'{cell}," in handed_back
    again = read_table(handed_back, Form.CSV)
    assert again.rows[0].cells["judul"] == cell


def test_a_long_text_without_line_breaks_is_a_text(db):
    contents = documents_in(b"Petugas menemukan tiga orang di Silawan, lalu melapor. " * 4_000)

    assert contents.form is Form.TEXT


@pytest.mark.parametrize(
    "line", ['{"text": "a\\ud800b"}', '{"text": "a", "wilayah": "\\u0000"}', '{"text": %s}' % ("1" * 5_000)]
)
def test_what_json_can_write_and_no_database_can_keep_is_a_fault_of_its_row(reference, line):
    found = batch('{"text": "Lima orang"}\n' + line + "\n")

    assert [(fault.row, fault.field) for fault in found.faults] == [(2, "baris")]
    assert "limit" not in found.faults[0].message
