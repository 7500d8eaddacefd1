"""The shipped ferry, ship and air lines, with what each rests on. No database."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kentongan.kit.shipped_tables import TableLine, table_entries
from kentongan.places.facilities import CONFIDENCES

MODES = frozenset({"ferry", "ship", "air"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line over sea or by air with its stops, keys of facilities. `valid_to` is excluded; `as_of` is the day of the source."""

    key: str
    mode: str
    name: str
    stops: tuple[str, ...]
    as_of: date
    valid_from: date | None
    valid_to: date | None
    confidence: str
    source: str

    def runs_on(self, day: date) -> bool:
        """Tell whether the line is held to run on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """Return the shipped lines; ShippedTableError lists all faulty ones."""
    return table_entries("kentongan.routes", "data/lines.csv", _line)


def _line(row: TableLine) -> Line:
    stops, as_of = row.parts("stops"), row.day("as_of")
    if len(stops) < 2 or len(set(stops)) != len(stops):
        raise ValueError("kolom stops memerlukan sekurangnya dua sarana yang berbeda")
    if as_of is None:
        raise ValueError("kolom as_of kosong")
    return Line(
        key=row.required("key"),
        mode=row.one_of("mode", MODES),
        name=row.required("name"),
        stops=stops,
        as_of=as_of,
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        confidence=row.one_of("confidence", CONFIDENCES),
        source=row.required("source"),
    )
