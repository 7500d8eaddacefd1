"""What an alert is about: the competence by which it is addressed. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries
from kentongan.vocabulary.care import is_below

SOURCES = frozenset({"kind", "stream"})

STANDS_FOR: dict[str, tuple[str, ...]] = {
    "foreigners": ("foreigners", "partner_villages"),
    "migrant_workers": ("migrant_workers", "partner_villages"),
    "crime": ("crime",),
}
"""Competences that answer for a matter, the proper one first: an office that coaches a village also hears of it."""


INFORMED_OF: dict[str, str] = {
    "military": "border_guard",
    "foreign_military": "border_guard",
    "intelligence": "public_order",
}
"""Agencies that inform and hand over, by kind, and the one matter in which they are asked: none of them investigates."""


@dataclass(frozen=True, slots=True)
class MatterRow:
    """Which competence a kind or a stream falls under, and which other one may answer."""

    source: str
    code: str
    matter: str
    instead: str
    note: str


@cache
def matter_rows() -> tuple[MatterRow, ...]:
    """Return the shipped table in its order, which is the order of precedence; ShippedTableError lists all faults."""
    return table_entries("kentongan.alerts", "data/matters.csv", _row)


def matters_of_kinds(kinds: Iterable[str]) -> list[MatterRow]:
    """Return the rows that the kinds fall under, the first of the table first, each competence once."""
    codes = set(kinds)
    rows = [row for row in matter_rows() if row.source == "kind" and any(is_below(code, row.code) for code in codes)]
    return list({row.matter: row for row in reversed(rows)}.values())[::-1]


def matters_of_stream(stream: str) -> list[MatterRow]:
    """Return the rows of a stream of findings."""
    return [row for row in matter_rows() if row.source == "stream" and row.code == stream]


def competences_for(matter: str) -> tuple[str, ...]:
    """Return the competences that answer for the matter, the proper one first."""
    return STANDS_FOR.get(matter, (matter,))


def may_be_asked(kind: str, matter: str) -> bool:
    """Tell whether an agency of the kind may be asked to act in the matter; a military or intelligence one only in its own."""
    return INFORMED_OF.get(kind, matter) == matter


def matter_for(kind: str, matter: str) -> str:
    """Return the matter in which an agency of the kind is asked, where the thing itself falls under this one."""
    return INFORMED_OF.get(kind, matter)


def _row(line: TableLine) -> MatterRow:
    return MatterRow(
        line.one_of("source", SOURCES),
        line.required("code"),
        line.required("matter"),
        line.text("instead"),
        line.text("note"),
    )
