"""The scoring rule of the held-out texts (README.md), as code that knows nothing of the reader.

The caller turns what the reader found in one text into a `Taken`; nothing here imports the reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PARTS = ("event_dates", "places", "agencies", "instruments", "quantities", "traps")

Gold = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class TakenQuantity:
    """A number the reader asserts of the happening itself; background totals are left out by the caller."""

    value: float
    unit: str
    start: int
    end: int


@dataclass(frozen=True)
class TakenInstrument:
    type: str
    date: str | None
    party_ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Taken:
    """What a reader took from one text, boilerplate and background left out."""

    event_dates: frozenset[str | None] = frozenset()  # None: an event whose date is kept open
    places: frozenset[tuple[str, bool]] = frozenset()  # (code or "unresolved", in_org_name)
    agencies: frozenset[str] = frozenset()
    instruments: Sequence[TakenInstrument] = ()
    quantities: Sequence[TakenQuantity] = ()
    kinds: frozenset[str] = frozenset()


@dataclass
class Tally:
    """Right answers over the answers that count; `None` where a text says nothing about a part."""

    right: float = 0.0
    of: float = 0.0

    def add(self, other: Tally) -> None:
        self.right += other.right
        self.of += other.of

    @property
    def share(self) -> float | None:
        return self.right / self.of if self.of else None


@dataclass
class Score:
    tallies: dict[str, Tally] = field(default_factory=lambda: {part: Tally() for part in PARTS})

    def add(self, other: Score) -> None:
        for part in PARTS:
            self.tallies[part].add(other.tallies[part])

    @property
    def overall(self) -> float:
        """The mean of the parts that the texts say something about."""
        shares = [share for tally in self.tallies.values() if (share := tally.share) is not None]
        return sum(shares) / len(shares)


def gold_annotations() -> list[Gold]:
    """One annotation per text, in the order of the file."""
    return [json.loads(line) for line in (FOLDER / "gold.jsonl").read_text(encoding="utf-8").splitlines()]


def text_of(gold: Gold) -> str:
    return (FOLDER / str(gold["file"])).read_text(encoding="utf-8")


def score_text(gold: Gold, taken: Taken, parents: Mapping[str, str]) -> Score:
    """Score one text; `parents` maps an agency id to the id above it."""
    return Score(
        {
            "event_dates": _event_dates(gold, taken),
            "places": _places(gold, taken),
            "agencies": _agencies(gold, taken, parents),
            "instruments": _instruments(gold, taken),
            "quantities": _quantities(gold, taken),
            "traps": _traps(gold, taken),
        }
    )


def score_all(golds: Iterable[Gold], taken: Mapping[str, Taken], parents: Mapping[str, str]) -> Score:
    """Pool the tallies of every text; a text without an answer counts as nothing found."""
    total = Score()
    for gold in golds:
        total.add(score_text(gold, taken.get(str(gold["file"]), Taken()), parents))
    return total


def _f1(found: int, expected: int, wrong: int) -> Tally:
    """F1 = 2·found / (expected + answered), as a tally that can be pooled over texts."""
    return Tally(2.0 * found, float(expected + found + wrong))


def _event_dates(gold: Gold, taken: Taken) -> Tally:
    live = [event for event in gold["events"] if not event["background"]]
    accepted = [{event["date"], *event.get("accept_dates", [])} for event in live]
    slots = {event["date"]: answers for event, answers in zip(live, accepted, strict=True)}
    neutral = {event["date"] for event in gold["events"] if event["background"]}
    found = sum(bool(answers & taken.event_dates) for answers in slots.values())
    wrong = taken.event_dates - neutral - set().union(*slots.values())
    return _f1(found, len(slots), len(wrong))


def _set_aside(row: Row) -> bool:
    return bool(row.get("boilerplate") or row.get("optional"))


def _place_answer(code: str) -> str:
    """Answers inside Timor-Leste count at their municipality."""
    return code[:5] if code.startswith("TL-") else code


def _place_pairs(row: Row) -> frozenset[tuple[str, bool]]:
    return frozenset((_place_answer(code), bool(row["in_org_name"])) for code in [row["code"], *row["accept"]])


def _places(gold: Gold, taken: Taken) -> Tally:
    counted = [row for row in gold["places"] if not _set_aside(row)]
    neutral = frozenset().union(*(_place_pairs(row) for row in gold["places"] if _set_aside(row)))
    expected: dict[tuple[str, bool], frozenset[tuple[str, bool]]] = {}
    for row in counted:
        key = (str(row["code"]), bool(row["in_org_name"]))
        expected[key] = expected.get(key, frozenset()) | _place_pairs(row)
    answered = {(_place_answer(code), in_org) for code, in_org in taken.places}
    found = sum(bool(pairs & answered) for pairs in expected.values())
    wrong = answered - neutral - frozenset().union(*expected.values())
    return _f1(found, len(expected), len(wrong))


def _with_ancestors(agency: str, parents: Mapping[str, str]) -> set[str]:
    line = {agency}
    while (above := parents.get(agency)) and above not in line:
        line.add(above)
        agency = above
    return line


def _agencies(gold: Gold, taken: Taken, parents: Mapping[str, str]) -> Tally:
    known = [row for row in gold["agencies"] if row["agency_id"]]
    neutral = {str(row["agency_id"]) for row in known if _set_aside(row)}
    expected: dict[str, set[str]] = {}
    for row in known:
        if not _set_aside(row):
            answers = _with_ancestors(str(row["agency_id"]), parents) | set(row["accept_ids"])
            expected[str(row["agency_id"])] = expected.get(str(row["agency_id"]), set()) | answers
    found = sum(bool(answers & taken.agencies) for answers in expected.values())
    wrong = taken.agencies - neutral - set().union(*expected.values())
    return _f1(found, len(expected), len(wrong))


def _instrument_share(gold: Row, taken: TakenInstrument) -> float:
    """A third each for the type, for the date (or for rightly keeping it open) and for the parties."""
    if gold["type"] != taken.type:
        return 0.0
    parties = set(gold["party_ids"])
    named = len(parties & taken.party_ids) / len(parties) if parties else 1.0
    return (1.0 + float(gold["date"] == taken.date) + named) / 3


def _instruments(gold: Gold, taken: Taken) -> Tally:
    left = list(taken.instruments)
    tally = Tally(of=float(len(gold["instruments"])))
    for row in gold["instruments"]:
        best = max(left, key=lambda answer: _instrument_share(row, answer), default=None)
        if best is not None and (share := _instrument_share(row, best)):
            tally.right += share
            left.remove(best)
    tally.of += len(left)
    return tally


def _quantities(gold: Gold, taken: Taken) -> Tally:
    rows = [row for row in gold["quantities"] if not _set_aside(row) and not row.get("background")]
    answered = {(quantity.value, quantity.unit.casefold()) for quantity in taken.quantities}
    found = sum(bool(_quantity_answers(row) & answered) for row in rows)
    return Tally(float(found), float(len(rows)))


def _quantity_answers(row: Row) -> set[tuple[float, str]]:
    values = [row["value"], *row.get("accept_values", [])]
    units = [row["unit"], *row.get("accept_units", [])]
    return {(float(value), str(unit).casefold()) for value in values for unit in units}


def _traps(gold: Gold, taken: Taken) -> Tally:
    text = text_of(gold)
    numbers = sum(_asserts(text, str(trap["text"]), taken.quantities) for trap in gold["quantity_traps"])
    kinds = len(set(gold["not_kinds"]) & taken.kinds)
    laid = len(gold["quantity_traps"]) + len(gold["not_kinds"])
    return Tally(float(laid - numbers - kinds), float(laid))


def _asserts(text: str, trap: str, quantities: Sequence[TakenQuantity]) -> bool:
    start = text.find(trap)
    while start >= 0:
        if any(q.start < start + len(trap) and start < q.end for q in quantities):
            return True
        start = text.find(trap, start + 1)
    return False
