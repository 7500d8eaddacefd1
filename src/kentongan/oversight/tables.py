"""The tables of this room, and the few rows by which an installation says otherwise.

A file of the same name and form in the installation's own folder replaces single rows of the shipped table, by their
first column; it can name no row that the shipped table does not have.
"""

from collections.abc import Callable
from csv import DictReader
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError
from kentongan.kit.shipped_tables import TableLine, table_entries

Entry = TypeVar("Entry")


class OwnTableFaulty(KentonganError):
    """The installation's own table cannot be used."""

    code = "oversight.own_table_faulty"


def table_in_use(name: str, build: Callable[[TableLine], Entry], key: Callable[[Entry], str]) -> dict[str, Entry]:
    """Return the rows in use by their key: the shipped ones, replaced where the installation's own file says otherwise."""
    rows = {key(entry): entry for entry in table_entries("kentongan.oversight", f"data/{name}", build)}
    own = Path(settings.HOME) / name
    if not own.exists():
        return rows
    faults: list[str] = []
    for line in _lines(own):
        try:
            entry = build(line)
        except ValueError as fault:
            faults.append(_("baris %(line)s: %(fault)s") % {"line": line.number, "fault": fault})
            continue
        if key(entry) not in rows:
            faults.append(_("baris %(line)s: %(key)s tidak dikenal") % {"line": line.number, "key": key(entry)})
        rows[key(entry)] = entry
    if faults:
        raise OwnTableFaulty(
            _("%(file)s tidak dapat dipakai: %(count)s baris salah. Perbaiki baris yang disebut.")
            % {"file": own, "count": len(faults)},
            details=faults,
        )
    return rows


def day_of(line: TableLine, column: str) -> date:
    """Return a day that must be there; ValueError otherwise."""
    return date.fromisoformat(line.required(column))


def _lines(own: Path) -> list[TableLine]:
    text = own.read_text(encoding="utf-8-sig")
    return [
        TableLine(number, {(name or "").strip(): (value or "").strip() for name, value in cells.items() if name})
        for number, cells in enumerate(DictReader(StringIO(text, newline="")), start=2)
    ]
