"""Which names speak of ethnicity, religion or politics, in the four languages of the interface."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
WHOLE_WORD_UP_TO = 4
"""Terms this short must stand as a word of their own ("ras" is not in "berasal"); longer ones also count inside a word."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Named:
    """A name that the product gives to something: where it stands and how it reads."""

    where: str
    name: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A name that holds a forbidden term."""

    where: str
    name: str
    term: str

    def __str__(self) -> str:
        return f"{self.where}: {self.name!r} speaks of {self.term!r}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A reviewed exception: the name may stand where the prefix of the place says so."""

    where: str
    name: str
    why: str


@cache
def terms() -> tuple[str, ...]:
    """Return every forbidden term without accents."""
    with (HERE / "forbidden_words.csv").open(encoding="utf-8") as file:
        return tuple(plain(row["term"]) for row in csv.DictReader(file))


@cache
def allowed() -> tuple[Allowed, ...]:
    """Return the reviewed exceptions."""
    with (HERE / "allowed_words.csv").open(encoding="utf-8") as file:
        return tuple(Allowed(row["where"], row["name"], row["why"]) for row in csv.DictReader(file))


def plain(text: str) -> str:
    """Return the text in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def words_of(name: str) -> list[str]:
    """Return the words of an identifier or a label: `ethnicGroup`, `ethnic_group` and "Ethnic group" have the same two."""
    return [word for word in re.split(r"[^a-z]+", plain(_HUMP.sub(" ", name))) if word]


def forbidden_terms_in(name: str) -> list[str]:
    """Return the forbidden terms that a name holds, plural forms and longer words included."""
    return [term for term in terms() if any(_holds(word, term) for word in words_of(name))]


def hits_in(names: Iterable[Named]) -> Iterator[Hit]:
    """Yield every name that holds a forbidden term, reviewed or not."""
    for named in names:
        for term in forbidden_terms_in(named.name):
            yield Hit(named.where, named.name, term)


def unreviewed(hits: Iterable[Hit]) -> list[str]:
    """Return the hits that no reviewed exception covers, as sentences."""
    return sorted({str(hit) for hit in hits if not any(covers(rule, hit) for rule in allowed())})


def covers(rule: Allowed, hit: Hit) -> bool:
    """Tell whether an exception names this place and this name."""
    return hit.where.startswith(rule.where) and hit.name == rule.name


def _holds(word: str, term: str) -> bool:
    if len(term) > WHOLE_WORD_UP_TO:
        return term in word or (term.endswith("y") and f"{term[:-1]}ies" in word)
    return word in (term, f"{term}s", f"{term}nya")
