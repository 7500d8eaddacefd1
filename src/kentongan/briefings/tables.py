"""Tables that leave as Excel files and as CSV: the same columns, with their words, their tags and where they come from.

The first row of a CSV has the words, the second the tags of the Humanitarian Exchange Language (HXL), so that programs of
others know what a column holds. A text is always written as text: what begins like a formula stays what it is and is never
reckoned by the program that opens the file.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter

from kentongan.agreements.facts import Actor
from kentongan.kit.spreadsheets import as_text

from . import figures

Cell = str | int | float | date | None
Kind = Literal["text", "whole", "number", "share", "day", "degrees"]

MOST_SHEET_NAME = 31
MOST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading in Indonesian, its HXL tag, and what stands in it."""

    heading: str
    tag: str
    kind: Kind = "text"
    width: float = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its columns, its rows, and what a reader must know about it."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    about: Sequence[tuple[str, str]]  # source, day, owner, notes: the second sheet


ABOUT_TAGS = ("Tanda HXL", "Baris kedua memuat tanda HXL (hxlstandard.org) agar kolom dapat dibaca program lain.")


def exported_by(actor: Actor, *, at: datetime) -> tuple[str, str]:
    """Return the line of the second sheet that says who took the table out, when and for what."""
    return "Diekspor", f"{figures.instant(at)}, oleh {actor.agency}, untuk tujuan {actor.purpose}"


def csv_lines(table: Table) -> Iterator[str]:
    """Yield the lines of the CSV: headings, tags, rows. Figures have a decimal point and days are ISO, for programs."""
    yield _line([column.heading for column in table.columns])
    yield _line([column.tag for column in table.columns])
    for row in table.rows:
        yield _line([_plain(cell) for cell in row])


def xlsx_bytes(table: Table, *, at: datetime) -> bytes:
    """Return the Excel file: a sheet with the table under a heading that stays, and a sheet that says what it is."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "dd-mm-yyyy",
        },
    )
    book.set_properties({"title": table.title, "created": at.replace(tzinfo=None)})
    _table_sheet(book, table)
    _about_sheet(book, table)
    book.close()
    return buffer.getvalue()


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return as_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return repr(cell)


FORMATS: dict[Kind, str] = {
    "text": "@",
    "whole": "#,##0",
    "number": "#,##0.0",
    "share": "0 %",
    "day": "dd-mm-yyyy",
    "degrees": "0.00000",
}


def _table_sheet(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.title[:MOST_SHEET_NAME])
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": "#E3F1F7"})
    tags = book.add_format({"italic": True, "font_color": "#4D5A67", "bottom": 1})
    formats = {kind: book.add_format({"num_format": form, "valign": "top"}) for kind, form in FORMATS.items()}
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RHalaman &P dari &N")
    for number, column in enumerate(table.columns):
        sheet.write_string(0, number, column.heading, head)
    for number, column in enumerate(table.columns):
        sheet.write_string(1, number, column.tag, tags)
    last = 1
    for last, row in enumerate(table.rows, start=2):
        for number, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, last, number, cell, formats[column.kind])
    sheet.autofilter(1, 0, last, len(table.columns) - 1)


def _about_sheet(book: Any, table: Table) -> None:
    sheet = book.add_worksheet("Tentang")
    strong = book.add_format({"bold": True, "valign": "top"})
    words = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for number, (label, said) in enumerate([("Tabel", table.title), *table.about]):
        sheet.write_string(number, 0, label, strong)
        sheet.write_string(number, 1, said[:MOST_CELL], words)


def _write(sheet: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:MOST_CELL], form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, form)
    else:
        sheet.write_number(row, column, cell, form)
