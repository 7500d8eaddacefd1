"""Tables: text stays text in every program, the tags stand below the headings, the second sheet says what it is."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from kentongan.briefings.tables import Column, Table, csv_lines, xlsx_bytes

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FORMULAS = ["=1+1", "+62 811", "-1 orang", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x";"y")', "\r=1", "  =1+1"]


def table(*rows, about=(("Sumber", "uji"),)):
    columns = [
        Column("Desa", "#adm4+name"),
        Column("Skor", "#indicator+score", "number"),
        Column("Hari", "#date", "day"),
    ]
    return Table(title="Uji", columns=columns, rows=rows, about=about)


def lines(one):
    return list(csv.reader(io.StringIO("".join(csv_lines(one)))))


def cells(one):
    book = load_workbook(io.BytesIO(xlsx_bytes(one, at=AT)))
    return book, [list(row) for row in book.worksheets[0].iter_rows()]


def test_the_second_row_has_the_tags():
    assert lines(table())[:2] == [["Desa", "Skor", "Hari"], ["#adm4+name", "#indicator+score", "#date"]]


def test_figures_and_days_are_for_programs_in_a_csv():
    assert lines(table(("Silawan", -2.5, date(2026, 3, 4)), ("Sadi", None, None)))[2:] == [
        ["Silawan", "-2.5", "2026-03-04"],
        ["Sadi", "", ""],
    ]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_held_back_in_a_csv(formula):
    (row,) = lines(table((formula, 1, None)))[2:]

    assert row[0].replace("\r", "\n") == f"'{formula}".replace("\r", "\n")


def test_what_is_no_formula_is_left_alone():
    assert lines(table(("Oe-Poli = Oepoli", 1, None)))[2][0] == "Oe-Poli = Oepoli"


@pytest.mark.parametrize("formula", [*FORMULAS[:4], FORMULAS[5], "http://contoh.id", "123"])
def test_text_is_text_in_the_file_for_excel(formula):
    _book, rows = cells(table((formula, 1, None)))

    assert (rows[2][0].value, rows[2][0].data_type) == (formula, "s")
    assert rows[2][0].hyperlink is None


def test_numbers_and_days_keep_their_kind_and_the_head_stays():
    book, rows = cells(table(("Silawan", 61.25, date(2026, 3, 4))))

    assert rows[2][1].value == 61.25
    assert rows[2][2].value.date() == date(2026, 3, 4)
    assert book.worksheets[0].freeze_panes == "A3"


def test_the_second_sheet_says_what_the_table_is():
    book, _rows = cells(table(about=[("Sumber", "=bukan rumus"), ("Pemilik", "Kanim")]))

    said = [[cell.value for cell in row] for row in book["Tentang"].iter_rows()]
    assert said == [["Tabel", "Uji"], ["Sumber", "=bukan rumus"], ["Pemilik", "Kanim"]]


def test_the_same_table_makes_the_same_bytes():
    assert xlsx_bytes(table(("Sadi", 1, None)), at=AT) == xlsx_bytes(table(("Sadi", 1, None)), at=AT)
