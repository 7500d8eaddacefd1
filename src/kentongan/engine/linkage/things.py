"""Things in cases: vehicles by their plates, telephones and devices by their numbers, and the words in which they are described."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import log2

from rapidfuzz.fuzz import token_set_ratio

from kentongan.kit.shipped_tables import table_entries

from .identifiers import phone_keys, plate_keys
from .matching import Agreement, Pair, prior_of
from .model import DIFFERENT, SAME, SHARED, SIMILAR, UNKNOWN, Parameters, Weights, read_weights

SHORTEST_NUMBER = 8
SIMILAR_WORDS = 85

_NUMBER = re.compile(r"\b(?=[A-Z]*\d)[A-Z0-9]{8,20}\b")


@dataclass(frozen=True, slots=True, repr=False)
class Thing:
    """A thing as it is described in a case, by its marks and words."""

    ref: str
    plates: frozenset[str]
    numbers: frozenset[str]
    words: str

    def __repr__(self) -> str:
        return f"Thing({self.ref!r}, …)"


def thing_of(ref: str, written: str) -> Thing:
    """Return a thing with the marks in what is written of it: plates, telephones, numbers of frames and devices.

    Shapes:  one text; sets of marks, and its words in small letters.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Things".
    """
    phones = phone_keys(written)
    others = (one for one in _NUMBER.findall(written.upper()) if not any(phone in one for phone in phones))
    return Thing(
        ref, frozenset(plate_keys(written)), frozenset((*phones, *others)), " ".join(written.casefold().split())
    )


def thing_pairs(things: Sequence[Thing], parameters: Parameters, *, at_least: float) -> list[Pair]:
    """Return the pairs of things that share a mark, at or above the probability, the likeliest first.

    Words alone bring no two things together: one boat is described like another.

    Shapes:  (things,); one pair for each two that share a plate or a number.
    Units:   probabilities in [0, 1]; agreements in bits.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, equation 1.
    """
    prior = prior_of(len(things))
    found = []
    for left, right in _sharing(things):
        agreements = _agreements(left, right, parameters)
        odds = prior / (1 - prior) * 2 ** sum(one.bits for one in agreements)
        found.append(Pair(left.ref, right.ref, odds / (1 + odds), agreements))
    likely = (one for one in found if one.probability >= at_least)
    return sorted(likely, key=lambda one: (-one.probability, one.left, one.right))


@cache
def thing_parameters() -> Parameters:
    """Return the weights that ship for things.

    Shapes:  one pair (m, u) for each field and level.
    Units:   probabilities between 0 and 1, not 0.
    Errors:  ShippedTableError lists all faulty lines.
    Source:  docs/methods/record-linkage.md, section "Things".
    """
    lines = table_entries("kentongan.engine.linkage", "data/thing_weights.csv", read_weights)
    return Parameters(max(line[3] for line in lines), lines[0][4], {(name, level): found for name, level, found, _a, _s in lines})  # fmt: skip


def _sharing(things: Iterable[Thing]) -> list[tuple[Thing, Thing]]:
    boxes: dict[str, list[Thing]] = defaultdict(list)
    for one in things:
        for mark in one.plates | one.numbers:
            boxes[mark].append(one)
    pairs = {
        (a.ref, b.ref): (a, b) for box in boxes.values() for a, b in combinations(sorted(box, key=lambda t: t.ref), 2)
    }
    return [pairs[key] for key in sorted(pairs)]


def _agreements(left: Thing, right: Thing, parameters: Parameters) -> tuple[Agreement, ...]:
    likeness = token_set_ratio(left.words, right.words)
    levels = {
        "plate": _of_marks(left.plates, right.plates),
        "number": _of_marks(left.numbers, right.numbers),
        "words": SAME if left.words == right.words else SIMILAR if likeness >= SIMILAR_WORDS else DIFFERENT,
    }
    return tuple(Agreement(name, level, _bits(parameters.weights.get((name, level)))) for name, level in levels.items())


def _of_marks(left: frozenset[str], right: frozenset[str]) -> str:
    if not left or not right:
        return UNKNOWN
    return SHARED if left & right else DIFFERENT


def _bits(weights: Weights | None) -> float:
    return 0.0 if weights is None else round(log2(weights.m / weights.u), 2)
