"""Which kinds need care: protected ones stay with their owner, election issues are read and not kept."""

from dataclasses import dataclass
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries

CARES = frozenset({"protected", "election"})


@dataclass(frozen=True, slots=True)
class CareRule:
    """A kind and everything below it that needs care, with the reason."""

    prefix: str
    care: str
    why: str


@cache
def care_rules() -> tuple[CareRule, ...]:
    """Return every shipped rule; ShippedTableError lists all faulty lines."""
    return table_entries("kentongan.vocabulary", "data/care.csv", _rule)


def needs(care: str, code: str) -> bool:
    """Tell whether a kind falls under a rule of this care."""
    return any(rule.care == care and is_below(code, rule.prefix) for rule in care_rules())


def is_below(code: str, prefix: str) -> bool:
    """Tell whether a code is the prefix itself or stands below it ("GDS.BBM" below "GDS", "GDSX" not)."""
    return code == prefix or code.startswith(f"{prefix}.")


def _rule(line: TableLine) -> CareRule:
    return CareRule(line.required("prefix"), line.one_of("care", CARES), line.required("why"))
