"""What the watch counts: streams of kinds, and the levels of places at which each is scanned. No Django.

Counted are offences, modus, movements and issues; never what an agency did about it (responses), never a status, never
kinds that are protected, never election issues.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries
from kentongan.vocabulary.care import is_below, needs

COUNTED_CLASSES = frozenset({"offence", "modus", "movement", "issue"})
SILENCE = "silence"
"""The stream of findings about places that stopped reporting."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One series of events: the kinds it names and everything below them."""

    code: str
    label_id: str
    label_en: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A level of places that is scanned. Circles reach no farther than one local recruiter or crossing does (docs/methods/false-alarm-budget.md)."""

    code: str
    max_radius_m: float


LEVELS = (Level("village", 20_000.0), Level("district", 40_000.0))

AREA_LEVELS = ("district", "regency", "province")
"""The levels at which the series of whole areas are watched, from the smallest up."""


@cache
def streams() -> tuple[Stream, ...]:
    """Return the shipped streams in the order of the table; ShippedTableError lists all faulty lines."""
    return table_entries("kentongan.watch", "data/streams.csv", _stream)


def label_of(stream: str, language: str = "id") -> str:
    """Return the label of a stream in Indonesian or English, silence included."""
    for known in streams():
        if known.code == stream:
            return known.label_en if language.startswith("en") else known.label_id
    return "Villages that stopped reporting" if language.startswith("en") else "Desa yang berhenti melapor"


def is_counted(code: str, kind_class: str) -> bool:
    """Tell whether the watch may count a kind at all."""
    return kind_class in COUNTED_CLASSES and not needs("protected", code) and not needs("election", code)


def kinds_of(stream: Stream, vocabulary: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the kinds of the vocabulary (code, class) that the stream counts."""
    return frozenset(
        code
        for code, kind_class in vocabulary
        if is_counted(code, kind_class) and any(is_below(code, prefix) for prefix in stream.kinds)
    )


def _stream(line: TableLine) -> Stream:
    return Stream(line.required("code"), line.required("label_id"), line.required("label_en"), line.parts("kinds"))
