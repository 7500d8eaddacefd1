"""Reading the comma-separated tables that ship inside the package."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from io import StringIO
from typing import TypeVar

from kentongan.kit.errors import KentonganError

Entry = TypeVar("Entry")


class ShippedTableError(KentonganError):
    """A table inside the package cannot be used; all its faults are listed with their lines."""

    code = "kit.shipped_table.faulty"


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of a table: where it stands and what its columns say, stripped."""

    number: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """Return the column's text, empty where the table has none."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """Return the column's text; ValueError when it is empty."""
        if not (written := self.text(column)):
            raise ValueError(f"kolom {column} kosong")
        return written

    def one_of(self, column: str, allowed: frozenset[str]) -> str:
        """Return the column's text; ValueError when it is none of the allowed ones."""
        if (written := self.text(column)) not in allowed:
            raise ValueError(f"kolom {column} berisi {written!r}, seharusnya salah satu dari {sorted(allowed)}")
        return written

    def parts(self, column: str) -> tuple[str, ...]:
        """Return the parts of a column that are divided by upright bars, in order and without empty ones."""
        return tuple(part.strip() for part in self.text(column).split("|") if part.strip())

    def day(self, column: str) -> date | None:
        """Return the column's ISO day, None where it is empty; ValueError when it is not a day."""
        written = self.text(column)
        return date.fromisoformat(written) if written else None


def table_lines(package: str, path: str) -> tuple[TableLine, ...]:
    """Return the lines of a shipped table; the first after the heading is number 2, as an editor shows it."""
    text = files(package).joinpath(path).read_text(encoding="utf-8")
    return tuple(
        TableLine(number, {(key or "").strip(): (value or "").strip() for key, value in cells.items()})
        for number, cells in enumerate(csv.DictReader(StringIO(text, newline="")), start=2)
    )


def table_entries(package: str, path: str, build: Callable[[TableLine], Entry]) -> tuple[Entry, ...]:
    """Return what `build` makes of every line; ShippedTableError lists all lines that it refused by ValueError."""
    entries: list[Entry] = []
    faults: list[str] = []
    for line in table_lines(package, path):
        try:
            entries.append(build(line))
        except ValueError as error:
            faults.append(f"baris {line.number}: {error}")
    if faults:
        message = (
            f"Tabel {path} tidak dapat dipakai: {len(faults)} baris salah. Perbaiki baris yang disebut lalu ulangi."
        )
        raise ShippedTableError(message, details=faults)
    return tuple(entries)
