"""What a file is follows from its content; what cannot be read is refused by its real name."""

import random
import zipfile
from io import BytesIO

import docx
import pytest

from kentongan.intake.formats import Form, documents_in
from kentongan.intake.formats import documents as paper
from kentongan.intake.formats.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    NoTextLayer,
    TooLargeFile,
    UnreadableKind,
)


def test_an_empty_file_is_refused():
    for nothing in (b"", b" \n\t\r\n", b"\xef\xbb\xbf\n"):
        with pytest.raises(EmptyFile, match="kosong"):
            documents_in(nothing)


def test_a_pdf_is_read_whatever_its_name_says(pdf):
    contents = documents_in(pdf("Lima orang menyeberang di Silawan."))

    assert contents.form is Form.PDF
    assert contents.documents[0].text == "Lima orang menyeberang di Silawan."


def test_a_pdf_of_pictures_is_refused_with_the_advice_to_recognise_its_letters(pdf):
    with pytest.raises(NoTextLayer, match="OCR"):
        documents_in(pdf())


@pytest.mark.parametrize("cut", [20, 60, 300])
def test_a_pdf_that_breaks_off_is_refused(pdf, cut):
    whole = pdf("Lima orang menyeberang di Silawan.")

    with pytest.raises((DamagedFile, NoTextLayer)):
        documents_in(whole[:cut])


def test_lines_that_the_layout_broke_are_joined_and_paragraphs_are_kept():
    page = "Petugas menemukan lima orang di jalan tikus\ndekat Silawan pada malam hari.\nMereka diserahkan.\nLaporan selesai"

    assert paper.joined_lines(page) == (
        "Petugas menemukan lima orang di jalan tikus dekat Silawan pada malam hari.\nMereka diserahkan.\nLaporan selesai"
    )


def test_five_megabytes_of_random_bytes_are_refused_as_no_text():
    noise = random.Random(7).randbytes(5_000_000)

    with pytest.raises(UnreadableKind):
        documents_in(noise)


def test_random_bytes_without_a_zero_are_still_no_text():
    noise = random.Random(8).randbytes(20_000).replace(b"\x00", b"\x01")

    with pytest.raises(UnreadableKind, match="biner"):
        documents_in(noise)


@pytest.mark.parametrize(("encoding", "letter"), [("latin-1", "ã"), ("cp1252", "“")])
def test_western_text_is_read_and_said_so(encoding, letter):
    text = (
        f"Suai, Covalima: {letter} cinco pessoas atravessaram a fronteira perto de Salele; a polícia não as encontrou."
    )

    contents = documents_in(text.encode(encoding))

    assert contents.documents[0].text == text
    assert "bukan UTF-8" in contents.notes[0]


def test_utf16_with_its_mark_is_text():
    contents = documents_in("Nihil dari Silawan – aman".encode("utf-16"))

    assert contents.documents[0].text == "Nihil dari Silawan – aman"
    assert contents.notes == ()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 30, "PNG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 30, "Office lama"),
        (b"{\\rtf1\\ansi Nihil}", "RTF"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 30, "GZIP"),
        (b"<!DOCTYPE html><html><body>Nihil</body></html>", "HTML"),
    ],
)
def test_a_kind_that_is_not_read_is_named(content, name):
    with pytest.raises(UnreadableKind, match=name):
        documents_in(content)


def test_a_spreadsheet_is_named_and_not_taken_for_a_document(archive):
    with pytest.raises(UnreadableKind, match="XLSX"):
        documents_in(archive(**{"xl/workbook.xml": "<x/>"}))


def test_a_docx_gives_paragraphs_and_tables_in_order():
    document, out = docx.Document(), BytesIO()
    document.add_paragraph("Laporan pos Turiskain.")
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "Pelintas", "5"
    document.add_paragraph("Selesai.")
    document.save(out)

    contents = documents_in(out.getvalue())

    assert contents.form is Form.DOCX
    assert contents.documents[0].text == "Laporan pos Turiskain.\n\nPelintas | 5\n\nSelesai."


def test_a_docx_with_a_broken_part_is_damaged(archive):
    with pytest.raises(DamagedFile):
        documents_in(archive(**{"word/document.xml": "<w:document>", "[Content_Types].xml": "<oops"}))


def test_an_archive_that_swells_is_not_opened(archive):
    bomb = archive(**{"_chat.txt": b"0" * 50_000_000})

    assert len(bomb) < 100_000
    with pytest.raises(TooLargeFile):
        documents_in(bomb)


def test_a_locked_archive_is_refused(archive):
    content = bytearray(archive(**{"_chat.txt": "nihil"}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # the flag "encrypted" in the directory

    with pytest.raises(EncryptedFile):
        documents_in(bytes(content))


def test_an_archive_whose_entry_is_damaged_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("_chat.txt", "03/03/26 10.15 - Ani: aman\n" * 20)
    content = out.getvalue().replace(b"Ani: aman", b"Ani: amaX", 1)

    with pytest.raises(DamagedFile, match=r"_chat\.txt"):
        documents_in(content)


def test_a_file_above_the_limit_is_refused(settings):
    settings.MAX_UPLOAD_BYTES = 1_000_000

    with pytest.raises(TooLargeFile, match="1 MB"):
        documents_in(b"a" * 1_000_001)
