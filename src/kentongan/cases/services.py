"""The directory of services for victims by place, from public facts; rows marked unsure are to be checked before referring. No Django."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries

SERVICES = (
    "complaint", "health", "shelter", "psychosocial", "rehabilitation", "legal_aid", "return", "reintegration", "work_rights",
    "witness_protection", "restitution", "other",
)  # fmt: skip
"""What a referral may ask for, in the order of PermenPPPA 8/2021: complaint, health, rehabilitation, legal aid, return,
reintegration; then what other bodies do."""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """That an agency offers a service in a place and all that lies in it."""

    agency: str
    service: str
    place: str
    takes_children: bool
    verified: str
    is_unsure: bool
    source: str
    note: str


@cache
def service_rows() -> tuple[ServiceRow, ...]:
    """Return the shipped directory; ShippedTableError lists all faulty lines."""
    return table_entries("kentongan.cases", "data/services.csv", _row)


def services_at(codes: Collection[str], *, service: str = "", is_child: bool = False) -> list[ServiceRow]:
    """Return what is offered at a place, given by its code and those of all that it lies in; the nearest first."""
    found = [
        row
        for row in service_rows()
        if row.place in codes and service in ("", row.service) and (row.takes_children or not is_child)
    ]
    return sorted(found, key=lambda row: (-len(row.place), row.agency, SERVICES.index(row.service)))


def _row(line: TableLine) -> ServiceRow:
    yes_or_no = frozenset({"yes", "no"})
    return ServiceRow(
        line.required("agency"),
        line.one_of("service", frozenset(SERVICES)),
        line.required("place"),
        line.one_of("for_child", yes_or_no) == "yes",
        line.one_of("verified", frozenset({"seen", "general"})),
        line.one_of("unsure", yes_or_no) == "yes",
        line.required("source"),
        line.text("note"),
    )
