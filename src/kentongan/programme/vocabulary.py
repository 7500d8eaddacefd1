"""The small dated lists of this room: topics, functions of people met, criteria, linked programmes; and the public facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import get_language

from kentongan.kit.shipped_tables import TableLine, table_entries

PACKAGE = "kentongan.programme"
TOPICS, FUNCTIONS, CRITERIA, PROGRAMMES = "topics", "functions", "criteria", "programmes"


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its labels, the days on which it may be chosen, and where it comes from."""

    code: str
    label_id: str
    label_en: str
    valid_from: date
    valid_to: date | None  # excluded
    source: str

    def is_in_use(self, on: date) -> bool:
        """Return whether the term may be chosen on the day; one that was chosen before keeps its label."""
        return self.valid_to is None or on < self.valid_to

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "id").startswith("en") else self.label_id


@dataclass(frozen=True, slots=True)
class PublicFact:
    """What a public source says of a partner village."""

    key: str
    place: str  # the code
    office: str
    partner_from: date | None
    criteria: tuple[str, ...]
    source: str
    source_on: date
    doubt: str


@cache
def terms(name: str) -> Mapping[str, Term]:
    """Return the terms of one list by code, in the order of the table."""
    return {term.code: term for term in table_entries(PACKAGE, f"data/{name}.csv", _term)}


def choices(name: str, *, on: date) -> list[tuple[str, str]]:
    """Return what a form offers of a list on that day."""
    return [(term.code, term.label) for term in terms(name).values() if term.is_in_use(on)]


def labels(name: str, codes: Iterable[str]) -> list[str]:
    """Return the labels of codes; one that the list does not know is shown as it is written."""
    known = terms(name)
    return [known[code].label if code in known else code for code in codes]


def unknown(name: str, codes: Iterable[str]) -> list[str]:
    """Return the codes that the list does not have, in order."""
    return sorted(set(codes) - set(terms(name)))


@cache
def public_facts() -> tuple[PublicFact, ...]:
    """Return what public sources say of partner villages, each with its source and day."""
    return table_entries(PACKAGE, "data/partner_villages.csv", _fact)


def _term(line: TableLine) -> Term:
    return Term(
        line.required("code"),
        line.required("label_id"),
        line.required("label_en"),
        _day(line, "valid_from"),
        line.day("valid_to"),
        line.required("source"),
    )


def _fact(line: TableLine) -> PublicFact:
    criteria = line.parts("criteria")
    if wrong := unknown(CRITERIA, criteria):
        raise ValueError(f"kriteria tidak dikenal: {', '.join(wrong)}")
    return PublicFact(
        line.required("key"),
        line.required("place"),
        line.required("office"),
        line.day("partner_from"),
        criteria,
        line.required("source"),
        _day(line, "source_on"),
        line.text("doubt"),
    )


def _day(line: TableLine, column: str) -> date:
    line.required(column)
    found = line.day(column)
    assert found is not None  # noqa: S101 - required() refused an empty one
    return found
