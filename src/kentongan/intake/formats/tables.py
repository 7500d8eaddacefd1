"""CSV and JSON Lines: rows of reports, with every fault gathered by row.

Columns (Indonesian or English heading, any order; only `teks` is required):

    teks, text            what is reported
    judul, title          heading
    sumber, source        outlet, office or "pelapor"
    instansi, agency      id or name of an agency; an unknown one is kept as the source, as written
    penulis, author       who wrote it
    alamat, address, url  web address
    terbit, published_on  2026-03-04 or 04/03/2026
    wilayah, place        a code of the gazetteer that is or was valid
    kunci, key            the sender's own key: the same key again is the same report
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO

from django.conf import settings
from django.utils.translation import gettext as _

from kentongan.intake.drafts import RowFault
from kentongan.kit.spreadsheets import as_text, as_written
from kentongan.vocabulary.attributes import plain, terms

from .contents import Form

MAX_ROWS = 20_000
LONGEST_HEADING = 4_000  # a longer first line is a text without line breaks, not headings
_COLUMNS = {
    "text": ("text", "teks", "isi", "laporan"),
    "title": ("title", "judul"),
    "source": ("source", "sumber"),
    "agency": ("agency", "instansi"),
    "author": ("author", "penulis"),
    "address": ("address", "alamat", "url", "tautan"),
    "published_on": ("published_on", "terbit", "tanggal", "tanggal_terbit"),
    "place": ("place", "wilayah", "kode_wilayah"),
    "key": ("key", "kunci"),
}
_COLUMN_OF = {name: column for column, names in _COLUMNS.items() for name in names}
FAULT_HEADING = "kesalahan"
_NEVER_TEXT = re.compile(r"[\x00\ud800-\udfff]")  # JSON can write them, no database can keep them
_CAMEL = re.compile(r"([a-z0-9])([A-Z])")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as a spreadsheet shows it, the columns that are read, and the cells as they came."""

    number: int
    columns: Mapping[str, str]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table's rows, what is wrong with it, and notes on columns that were dropped."""

    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    faults: tuple[RowFault, ...]
    notes: tuple[str, ...]


def form_of(text: str) -> Form | None:
    """Return CSV or JSON Lines when the text is one of them with a column of texts, else None."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    if first.lstrip().startswith("{"):
        return Form.JSON_LINES
    if len(first) > LONGEST_HEADING:
        return None
    cells = next(csv.reader([first], delimiter=_delimiter(first)), [])
    return Form.CSV if len(cells) > 1 and any(_column(cell) == "text" for cell in cells) else None


def read_table(text: str, form: Form) -> ReadTable:
    """Return all rows and all faults of a table; a fault in one row hides no other."""
    headings, numbered, faults = _csv_rows(text) if form is Form.CSV else _json_rows(text)
    dropped = [heading for heading in headings if is_forbidden(heading)]
    kept = tuple(heading for heading in headings if heading not in dropped)
    if not any(_column(heading) == "text" for heading in kept):
        faults.append(RowFault(1, "teks", _("kolom teks tidak ada. Beri judul “teks” pada kolom isi laporan.")))
        return ReadTable(kept, (), tuple(faults), tuple(_notes(dropped, kept)))
    rows = tuple(_row(number, cells, kept) for number, cells in numbered)
    faults += _repeated_keys(rows)
    return ReadTable(kept, rows, tuple(faults), tuple(_notes(dropped, kept)))


def is_forbidden(heading: str) -> bool:
    """Tell whether a column speaks of ethnicity, religion or politics, in any of the four languages (R01)."""
    words = re.split(r"[\W_]+", _CAMEL.sub(r"\1 \2", heading))
    return any(plain(word) in terms() for word in words)


def day_written(written: str) -> date:
    """Return the day; ValueError unless it is written 2026-03-04, 04/03/2026 or 04-03-2026."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(written, pattern).date()  # noqa: DTZ007 - a civil day has no zone
        except ValueError:
            continue
    raise ValueError(written)


def bad_rows_csv(table: ReadTable, faults: Sequence[RowFault]) -> str:
    """Return the rows that have faults as CSV, each with what is wrong, to be mended and sent again."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    headings = [heading for heading in table.headings if heading != FAULT_HEADING]
    writer.writerow([*map(as_text, headings), FAULT_HEADING])
    row_of = {row.number: row for row in table.rows}
    for number in sorted({fault.row for fault in faults}):
        cells = row_of[number].cells if number in row_of else {}
        why = "; ".join(f"{fault.field}: {fault.message}" for fault in faults if fault.row == number)
        writer.writerow([*(as_text(cells.get(heading, "")) for heading in headings), why])
    return out.getvalue()


Numbered = Iterable[tuple[int, Mapping[str, str]]]


def _csv_rows(text: str) -> tuple[tuple[str, ...], Numbered, list[RowFault]]:
    csv.field_size_limit(settings.MAX_UPLOAD_BYTES)  # the length of a text is judged with the draft
    first = next((line for line in text.split("\n") if line.strip()), "")
    reader = csv.reader(StringIO(text.lstrip("\n"), newline=""), delimiter=_delimiter(first), strict=True)
    faults: list[RowFault] = []
    rows: list[tuple[int, Mapping[str, str]]] = []
    headings: tuple[str, ...] = ()
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1:
                headings = tuple(as_written(cell.strip()) for cell in cells)
            elif any(cell.strip() for cell in cells):
                faults += _shape_faults(number, cells, headings)
                rows.append((number, dict(zip(headings, map(as_written, cells), strict=False))))
            if number > MAX_ROWS:
                faults.append(_too_many(number))
                break
    except csv.Error:
        faults.append(
            RowFault(number + 1, "baris", _("tanda kutip tidak ditutup. Baris ini dan sesudahnya tidak terbaca."))
        )
    return headings, rows, faults


def _shape_faults(number: int, cells: Sequence[str], headings: Sequence[str]) -> list[RowFault]:
    if len(cells) <= len(headings):
        return []
    message = _(
        "ada %(cells)s sel, padahal judul kolom hanya %(headings)s. Beri tanda kutip pada isi yang memuat pemisah."
    )
    return [RowFault(number, "baris", message % {"cells": len(cells), "headings": len(headings)})]


def _json_rows(text: str) -> tuple[tuple[str, ...], Numbered, list[RowFault]]:
    faults: list[RowFault] = []
    rows: list[tuple[int, Mapping[str, str]]] = []
    headings: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(rows) >= MAX_ROWS:
            faults.append(_too_many(number))
            break
        try:
            row = _json_row(line)
        except ValueError as error:
            faults.append(RowFault(number, "baris", str(error)))
        else:
            headings |= dict.fromkeys(row)
            rows.append((number, row))
    return tuple(headings), rows, faults


def _json_row(line: str) -> Mapping[str, str]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):  # a ValueError too: a number of thousands of digits
        raise ValueError(_("bukan objek JSON yang utuh. Tulis satu objek per baris.")) from None
    if not isinstance(row, dict):
        raise ValueError(_("bukan objek JSON. Tulis satu objek per baris."))
    cells = {}
    if _NEVER_TEXT.search("".join(str(part) for pair in row.items() for part in pair)):
        raise ValueError(_("ada tanda yang bukan huruf di dalamnya. Ketik ulang baris ini."))
    for key, value in row.items():
        if isinstance(value, (dict, list, bool)) and not is_forbidden(key):
            raise ValueError(_("isi “%(key)s” harus teks.") % {"key": key})
        cells[key] = "" if value is None or is_forbidden(key) else str(value)  # a forbidden column is dropped below
    return cells


def _row(number: int, cells: Mapping[str, str], kept: Sequence[str]) -> TableRow:
    columns: dict[str, str] = {}
    for heading in kept:
        if (column := _column(heading)) and (written := cells.get(heading, "").strip()):
            columns.setdefault(column, written)
    return TableRow(number, columns, {heading: cells.get(heading, "") for heading in kept})


def _repeated_keys(rows: Sequence[TableRow]) -> Iterator[RowFault]:
    first: dict[str, int] = {}
    for row in rows:
        key = row.columns.get("key")
        if key and (earlier := first.setdefault(key, row.number)) != row.number:
            yield RowFault(
                row.number, "key", _("kunci “%(key)s” sudah dipakai di baris %(row)s.") % {"key": key, "row": earlier}
            )


def _notes(dropped: Sequence[str], kept: Sequence[str]) -> Iterator[str]:
    for heading in dropped:
        note = _(
            "Kolom “%(heading)s” dibuang dan tidak disimpan: sistem ini tidak menerima data suku, agama, atau politik."
        )
        yield note % {"heading": heading}
        if _plain(heading) == "suku":
            yield _("Bila “suku” berarti desa di Timor-Leste, beri judul “wilayah” dan isi kodenya.")
    for heading in kept:
        if _column(heading) is None and heading and heading != FAULT_HEADING:
            yield _("Kolom “%(heading)s” tidak dikenal dan tidak dibaca.") % {"heading": heading}


def _too_many(number: int) -> RowFault:
    return RowFault(number, "baris", _("lebih dari %(most)s baris. Bagi menjadi beberapa berkas.") % {"most": MAX_ROWS})


def _column(heading: str) -> str | None:
    return _COLUMN_OF.get(_plain(heading).replace(" ", "_"))


def _plain(heading: str) -> str:
    return " ".join(unicodedata.normalize("NFC", heading).strip(" \ufeff").casefold().split())


def _delimiter(heading: str) -> str:
    return max(",;\t", key=heading.count)
