"""The elements of trafficking and of smuggling, kept apart, with the law of the day of the act. No Django.

Nothing here says that somebody did it: an officer alleges, names for each element what it rests on, and the rule tells which
elements nobody has spoken to yet. Of children no means are needed, and no victim's consent is asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries

TPPO, TPPM = "TPPO", "TPPM"
ACT, MEANS, PURPOSE = "act", "means", "purpose"
PROFIT, BRINGING, WITHOUT_RIGHT = "profit", "bringing", "without_right"
ELEMENTS = {TPPO: (ACT, MEANS, PURPOSE), TPPM: (PROFIT, BRINGING, WITHOUT_RIGHT)}
"""The elements of each offence in the order of its test. Other offences are alleged without a test of ours."""

YES_OR_NO = frozenset({"yes", "no"})


@dataclass(frozen=True, slots=True)
class OffenceLaw:
    """What an offence rests on over a period; `valid_to` is excluded."""

    offence: str
    basis: str
    valid_from: date | None
    valid_to: date | None
    source: str
    is_unsure: bool
    note: str


@dataclass(frozen=True, slots=True)
class ElementForm:
    """One way in which an element is fulfilled."""

    offence: str
    element: str
    code: str
    label_id: str
    label_en: str
    source: str


@cache
def offence_laws() -> tuple[OffenceLaw, ...]:
    """Return the shipped table of laws; ShippedTableError lists all faulty lines."""
    return table_entries("kentongan.cases", "data/offences.csv", _law)


@cache
def element_forms() -> tuple[ElementForm, ...]:
    """Return the shipped table of elements; ShippedTableError lists all faulty lines."""
    return table_entries("kentongan.cases", "data/elements.csv", _form)


def law_on(offence: str, day: date) -> OffenceLaw | None:
    """Return what the offence rests on for an act of that day; None for an offence without a row."""
    of = (law for law in offence_laws() if law.offence == offence)
    return next(
        (
            law
            for law in of
            if (law.valid_from is None or law.valid_from <= day) and (law.valid_to is None or day < law.valid_to)
        ),
        None,
    )


def forms_of(offence: str) -> tuple[ElementForm, ...]:
    """Return the ways in which the elements of the offence are fulfilled, in the order of the test."""
    return tuple(form for element in ELEMENTS.get(offence, ()) for form in element_forms() if (form.offence, form.element) == (offence, element))  # fmt: skip


def elements_needed(offence: str, *, is_child: bool) -> tuple[str, ...]:
    """Return the elements that the offence asks for; trafficking of a child asks for no means."""
    return tuple(one for one in ELEMENTS.get(offence, ()) if not (is_child and one == MEANS))


def elements_open(offence: str, stated: Iterable[str], *, is_child: bool) -> tuple[str, ...]:
    """Return the elements that nobody has spoken to yet."""
    said = frozenset(stated)
    return tuple(one for one in elements_needed(offence, is_child=is_child) if one not in said)


def _law(line: TableLine) -> OffenceLaw:
    return OffenceLaw(
        line.required("offence"),
        line.required("basis"),
        line.day("valid_from"),
        line.day("valid_to"),
        line.required("source"),
        line.one_of("unsure", YES_OR_NO) == "yes",
        line.text("note"),
    )


def _form(line: TableLine) -> ElementForm:
    offence = line.one_of("offence", frozenset(ELEMENTS))
    return ElementForm(
        offence,
        line.one_of("element", frozenset(ELEMENTS[offence])),
        line.required("code"),
        line.required("label_id"),
        line.required("label_en"),
        line.required("source"),
    )
