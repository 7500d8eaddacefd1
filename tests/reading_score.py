"""Score what the reader reads against annotated texts: pure functions, for the tests and for `benchmarks/`.

Two annotations use one rule (their README files say it): places as distinct pairs (code, in an organisation's name),
agencies by id (a unit of it or an agency above it is right too), event days, instruments, quantities, traps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kentongan.agencies.data import agency_rows
from kentongan.places.gazetteer import load_gazetteer
from kentongan.reading.knowledge import Knowledge
from kentongan.reading.model import EventProposal, PlaceMention, Quantity, Reading
from kentongan.reading.reader import Reader
from kentongan.vocabulary.data import kind_rows
from tests.held_out.scoring import Taken, TakenInstrument, TakenQuantity

Gold = Mapping[str, Any]

_UNITS = {"rupiah": "IDR"}  # the annotation's name for the reader's


@cache
def shipped_reader() -> Reader:
    """Return a reader with all that is shipped: both gazetteers, agencies, kinds."""
    gazetteer = load_gazetteer()
    return Reader(
        Knowledge(
            places=tuple(gazetteer.to_place_rows()),
            facilities=tuple(gazetteer.facility_rows()),
            agencies=tuple(agency_rows()),
            kinds=tuple(kind_rows()),
        )
    )


@cache
def agency_parents() -> Mapping[str, str]:
    """Return the agency above each agency."""
    return {row.id: row.parent for row in agency_rows() if row.parent}


@dataclass
class Part:
    """Right, wrong and missed answers of one part, with the wrong and missed ones by name."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        answers = 2 * self.right + len(self.wrong) + len(self.missed)
        return 2 * self.right / answers if answers else 1.0

    def add(self, other: Part) -> None:
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed


@dataclass
class ArticleScore:
    """What the rule of the articles' README asks of one text."""

    events: Part
    event_places: Part
    places: Part
    agencies: Part
    instruments: Part
    quantities: Part
    traps_asserted: list[str]


def taken_from(reading: Reading) -> Taken:
    """Return a reading in the form that the held-out texts are scored in, background and headline figures left out."""
    live = [event for event in reading.events if not event.background]
    return Taken(
        event_dates=frozenset(_day_of(event) for event in live),
        places=frozenset((mention.code or "unresolved", mention.role == "in_org_name") for mention in reading.places),
        agencies=frozenset(mention.agency_id for mention in reading.agencies if mention.agency_id),
        instruments=[
            TakenInstrument(item.type, item.day.isoformat() if item.day else None, frozenset(item.parties))
            for item in reading.instruments
        ],
        quantities=[
            TakenQuantity(item.value, _UNITS.get(item.unit, item.unit), item.evidence.start, item.evidence.end)
            for item in reading.quantities
            if item.scope == "live" and not _names_no_number(item)
        ],
        kinds=frozenset(mention.code for mention in reading.kinds if mention.polarity == "asserted"),
    )


def score_article(reading: Reading, gold: Gold, text: str, parents: Mapping[str, str]) -> ArticleScore:
    """Score one reading against one row of the articles' `gold.jsonl`."""
    return ArticleScore(
        events=_events(reading, gold),
        event_places=_event_places(reading, gold),
        places=_places(reading, gold),
        agencies=_agencies(reading, gold, parents),
        instruments=_instruments(reading, gold, parents),
        quantities=_quantities(reading, gold),
        traps_asserted=_traps(reading, gold, text),
    )


def _names_no_number(quantity: Quantity) -> bool:
    """Say whether the words only hint at a number ("puluhan orang"): the annotation gives such a figure no value."""
    words = quantity.evidence.text.lower()
    return quantity.approximate and any(word in words for word in ("belasan", "puluhan", "ratusan", "ribuan", "jutaan"))


def _day_of(event: EventProposal) -> str | None:
    return event.happened.day.isoformat() if event.happened and event.happened.day else None


def _events(reading: Reading, gold: Gold) -> Part:
    """Match days: a live event of the gold needs a live event of that day; an open day needs an open day with its bounds."""
    part = Part()
    for event in gold["events"]:
        found = [mine for mine in reading.events if mine.background == bool(event.get("background"))]
        if any(_same_day(mine, event) for mine in found):
            part.right += 1
        else:
            part.missed.append(f"{event['type']} {event['date']}")
    wanted = {event["date"] for event in gold["events"]}
    part.wrong = [f"{mine.kinds[:1]} {_day_of(mine)}" for mine in reading.events if _day_of(mine) not in wanted]
    return part


def _same_day(mine: EventProposal, event: Gold) -> bool:
    if event["date"] is not None:
        return _day_of(mine) == event["date"]
    constraint = event.get("date_constraint") or {}
    happened = mine.happened
    if happened is None or happened.day is not None:
        return happened is None and not constraint
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    weekday = names[happened.weekday] if happened.weekday is not None else None
    bound = happened.not_before.isoformat() if happened.not_before else None
    return constraint.get("weekday") == weekday and constraint.get("not_before") == bound


def _event_places(reading: Reading, gold: Gold) -> Part:
    """Match the places of live events: one of the gold's codes, or an accepted one, among the places of an event of that day."""
    part = Part()
    for event in gold["events"]:
        if event.get("background"):
            continue
        wanted = {code for place in event["places"] for code in (place["code"], *place.get("accept", []))}
        mine = {
            _code(reading.places[index])
            for found in reading.events
            if not found.background and _same_day(found, event)
            for index in found.places
        }
        if wanted & mine:
            part.right += 1
        else:
            part.missed.append(f"{event['type']}: {sorted(wanted)} not in {sorted(mine)}")
    return part


def _code(mention: PlaceMention) -> str:
    return mention.code or "unresolved"


def _places(reading: Reading, gold: Gold) -> Part:
    answered = {(_code(mention), mention.role == "in_org_name") for mention in reading.places}
    expected: dict[tuple[str, bool], set[tuple[str, bool]]] = {}
    neutral: set[tuple[str, bool]] = set()
    for row in gold["places"]:
        in_org = bool(row.get("in_org_name"))
        pairs = {(code, in_org) for code in (row["code"], *row.get("accept", []))}
        if row.get("boilerplate"):
            neutral |= pairs
        else:
            expected.setdefault((row["code"], in_org), set()).update(pairs)
    part = Part()
    for key, pairs in expected.items():
        if pairs & answered:
            part.right += 1
        else:
            part.missed.append(str(key))
    part.wrong = [str(pair) for pair in sorted(answered - neutral - set().union(*expected.values(), set()))]
    return part


def _with_ancestors(agency: str, parents: Mapping[str, str]) -> set[str]:
    line = {agency}
    while (above := parents.get(agency)) and above not in line:
        line.add(above)
        agency = above
    return line


def _agencies(reading: Reading, gold: Gold, parents: Mapping[str, str]) -> Part:
    answered = {mention.agency_id for mention in reading.agencies if mention.agency_id}
    expected: dict[str, set[str]] = {}
    neutral: set[str] = set()
    for row in gold["agencies"]:
        agency = row.get("agency_id")
        if not agency:
            continue
        if row.get("boilerplate"):
            neutral.add(agency)
        else:
            answers = {agency, *row.get("accept_ids", [])}
            if parents.get(agency):
                answers.add(parents[agency])
            expected.setdefault(agency, set()).update(answers)
    part = Part()
    for agency, answers in expected.items():
        if answers & answered:
            part.right += 1
        else:
            part.missed.append(agency)
    part.wrong = sorted(answered - neutral - set().union(*expected.values(), set()))
    return part


def _party_matches(name: str, found: Sequence[str], gold: Gold, parents: Mapping[str, str]) -> bool:
    """Say whether a party of the gold (a name) is among the found ones (ids), by the gold's own agency rows."""
    ids = {
        row["agency_id"]
        for row in gold["agencies"]
        if row.get("agency_id") and name in (row["canonical"], row["mention"])
    }
    return bool(ids & set(found)) or name in found


def _instruments(reading: Reading, gold: Gold, parents: Mapping[str, str]) -> Part:
    """An instrument is found when type, day (or its being open) and all parties agree."""
    part = Part()
    left = list(reading.instruments)
    for row in gold["instruments"]:
        match = next(
            (
                item
                for item in left
                if item.type == row["type"]
                and (item.day.isoformat() if item.day else None) == row["date"]
                and all(_party_matches(party, item.parties, gold, parents) for party in row["parties"])
            ),
            None,
        )
        if match:
            left.remove(match)
            part.right += 1
        else:
            part.missed.append(f"{row['type']} {row['date']} {row['parties']}")
    part.wrong = [f"{item.type} {item.day} {item.parties}" for item in left]
    return part


def _quantities(reading: Reading, gold: Gold) -> Part:
    answered = [(item.value, item.unit) for item in reading.quantities if item.scope == "live"]
    part = Part()
    for row in gold["quantities"]:
        if (float(row["value"]), row["unit"]) in answered:
            answered.remove((float(row["value"]), row["unit"]))
            part.right += 1
        else:
            part.missed.append(f"{row['value']} {row['unit']} {row['what']}")
    part.wrong = [f"{value} {unit}" for value, unit in answered]
    return part


def _traps(reading: Reading, gold: Gold, text: str) -> list[str]:
    asserted: list[str] = []
    for trap in gold["quantity_traps"]:
        words = str(trap["text"]).strip("'\"")
        start = text.find(words)
        while start >= 0:
            if any(
                item.scope == "live" and item.evidence.start < start + len(words) and start < item.evidence.end
                for item in reading.quantities
            ):
                asserted.append(words)
            start = text.find(words, start + 1)
    return asserted


def pooled(parts: Sequence[Part]) -> Part:
    """Return the sum of the parts of several texts."""
    total = Part()
    for part in parts:
        total.add(part)
    return total


def report(lines: Sequence[tuple[str, Part]], write: Callable[[str], object] = print) -> None:
    """Write one line a part: F1, then what is wrong and what is missed."""
    for name, part in lines:
        write(f"{name:14} F1 {part.f1:.3f}  right {part.right}  wrong {part.wrong}  missed {part.missed}")
