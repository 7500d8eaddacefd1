"""The words of our CAP messages in four languages, and the levels of CAP that our alerts stand for, as shipped tables.

No Django. What no speaker of a language has read is marked in the table, and in each message that uses it.
"""

from dataclasses import dataclass
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries

PACKAGE = "kentongan.alerts"
LANGUAGES = ("id", "en", "tet", "pt")
ELEMENTS = frozenset({"msgType", "urgency", "severity", "certainty", "responseType"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase in four languages; `review` names those that no speaker has read yet."""

    code: str
    texts: dict[str, str]
    review: frozenset[str]


@cache
def phrases() -> dict[str, Phrase]:
    """Return the shipped phrases by code; ShippedTableError lists all faulty lines."""
    return {phrase.code: phrase for phrase in table_entries(PACKAGE, "data/cap_words.csv", _phrase)}


@cache
def levels() -> dict[tuple[str, str], str]:
    """Return the value of an element of CAP by (element, when); the table says why."""
    return dict(table_entries(PACKAGE, "data/cap_levels.csv", _level))


def level(element: str, *whens: str) -> str:
    """Return the value of the element in the first of these cases that the table has; blank where it has none."""
    return next((levels()[element, when] for when in whens if (element, when) in levels()), "")


def said(code: str, language: str) -> str:
    """Return a phrase in a language."""
    return phrases()[code].texts[language]


def is_reviewed(language: str, codes: tuple[str, ...]) -> bool:
    """Tell whether a speaker of the language has read all of these phrases."""
    return all(language not in phrases()[code].review for code in codes)


def _phrase(line: TableLine) -> Phrase:
    texts = {language: line.required(f"label_{language}") for language in LANGUAGES}
    if unknown := set(line.parts("review")) - set(LANGUAGES):
        raise ValueError(f"kolom review menyebut bahasa yang tidak dikenal: {sorted(unknown)}")
    return Phrase(line.required("code"), texts, frozenset(line.parts("review")))


def _level(line: TableLine) -> tuple[tuple[str, str], str]:
    line.required("why")
    return (line.one_of("element", ELEMENTS), line.text("when")), line.required("value")
