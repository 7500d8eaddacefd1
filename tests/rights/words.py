"""Which names of the product speak of ethnicity, religion or politics: by the product's own list of words."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kentongan.vocabulary.attributes import terms_in

HERE = Path(__file__).resolve().parent


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
def allowed() -> tuple[Allowed, ...]:
    """Return the reviewed exceptions."""
    with (HERE / "allowed_words.csv").open(encoding="utf-8") as file:
        return tuple(Allowed(row["where"], row["name"], row["why"]) for row in csv.DictReader(file))


def hits_in(names: Iterable[Named]) -> Iterator[Hit]:
    """Yield every name that holds a forbidden term, reviewed or not."""
    for named in names:
        for term in terms_in(named.name):
            yield Hit(named.where, named.name, term)


def unreviewed(hits: Iterable[Hit]) -> list[str]:
    """Return the hits that no reviewed exception covers, as sentences."""
    return sorted({str(hit) for hit in hits if not any(covers(rule, hit) for rule in allowed())})


def covers(rule: Allowed, hit: Hit) -> bool:
    """Tell whether an exception names this place and this name."""
    return hit.where.startswith(rule.where) and hit.name == rule.name
