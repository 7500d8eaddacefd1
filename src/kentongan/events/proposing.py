"""From what was read to what is proposed: which happening, where, when, how many. No Django, no database.

A proposal never carries a sentence of the text: titles are made of kinds and places, so that no name of a person
travels with an event to where the report itself may not go.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kentongan.reading.model import DateMention, EventProposal, PlaceMention, Quantity, Reading

_LEADING = ("offence", "movement", "issue", "response", "status", "modus")
_WHOLE = ("scene", "mention", "dateline")


@dataclass(frozen=True, slots=True)
class KindFacts:
    """A code of the vocabulary as far as proposing reads it."""

    code: str
    kind_class: str
    label: str
    is_protected: bool
    is_election: bool


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A unit as far as proposing reads it."""

    key: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """What the sender stated beside the text: it goes before what is read from the text."""

    place: PlaceFacts | None = None
    happened_from: date | None = None
    happened_to: date | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """One happening ready to be compared and kept. `index` is its place in the reading's events."""

    index: int
    title: str
    kinds: tuple[str, ...]
    confidence: Mapping[str, float]
    place: PlaceFacts | None
    place_open: tuple[str, ...]
    happened_from: date | None
    happened_to: date | None
    precision: str
    persons: int | None
    amounts: Mapping[str, frozenset[float]]
    is_protected: bool
    origins: tuple[str, ...]
    source_grade: str
    details: Mapping[str, object]


def proposals(
    reading: Reading, *, kinds: Mapping[str, KindFacts], places: Mapping[str, PlaceFacts], given: Given, today: date
) -> list[Proposed]:
    """Return the happenings of a reading that are kept; background, bare statuses and election issues are only shown."""
    kept = []
    for index, proposal in enumerate(reading.events):
        codes = tuple(code for code in dict.fromkeys(proposal.kinds) if _is_kept(kinds.get(code)))
        if codes and not proposal.background:
            kept.append(_proposed(reading, index, proposal, [kinds[code] for code in codes], places, given, today))
    return kept


def place_codes(reading: Reading) -> frozenset[str]:
    """Return every code that a proposal of the reading may need."""
    return frozenset(
        code
        for mention in reading.places
        for code in (mention.code, *(candidate.code for candidate in mention.candidates))
        if code
    )


def tells_what_happened(kind: KindFacts) -> bool:
    """A status alone says how sure, not what happened; the protected ones (refugees, detainees) do say it."""
    return kind.kind_class != "status" or kind.is_protected


def _is_kept(kind: KindFacts | None) -> bool:
    return kind is not None and not kind.is_election and tells_what_happened(kind)


def _proposed(
    reading: Reading,
    index: int,
    proposal: EventProposal,
    kinds: Sequence[KindFacts],
    places: Mapping[str, PlaceFacts],
    given: Given,
    today: date,
) -> Proposed:
    place, place_open = _place(reading, proposal, places, given)
    happened_from, happened_to, precision, open_day = _day(proposal.happened, given, today)
    quantities = [reading.quantities[i] for i in proposal.quantities]
    persons, open_count = _persons(quantities)
    is_protected = any(kind.is_protected for kind in kinds)
    return Proposed(
        index=index,
        title=title_of(kinds, place, persons),
        kinds=tuple(kind.code for kind in kinds),
        confidence=_confidence(reading, proposal),
        place=place,
        place_open=place_open,
        happened_from=happened_from,
        happened_to=happened_to,
        precision=precision,
        persons=persons,
        amounts=_amounts(quantities),
        is_protected=is_protected,
        origins=tuple(sorted(_origin_states(reading))) if is_protected else (),
        source_grade=f"{reading.grade.reliability}{reading.grade.credibility}",
        details={
            "quantities": [_quantity(quantity) for quantity in quantities],
            "agencies": [reading.agencies[i].agency_id or reading.agencies[i].name for i in proposal.agencies],
            "origin": _codes_in_role(reading, "origin"),
            "destination": _codes_in_role(reading, "destination"),
            "other_places": [code for code in _settled(reading, proposal) if place is None or code != place.code],
            "open": [question for question in (open_day, open_count) if question],
        },
    )


def title_of(kinds: Sequence[KindFacts], place: PlaceFacts | None, persons: int | None) -> str:
    """Return what an event is called until an officer words it: the leading kind, where, and how many."""
    leading = min(kinds, key=lambda kind: _LEADING.index(kind.kind_class))
    where = f" di {place.name}" if place else ""
    count = f", {persons} orang" if persons else ""
    return f"{leading.label}{where}{count}"[:300]


def _place(
    reading: Reading, proposal: EventProposal, places: Mapping[str, PlaceFacts], given: Given
) -> tuple[PlaceFacts | None, tuple[str, ...]]:
    """Return the scene, or the candidates while it is ambiguous; a scene goes before a mention, a mention before a dateline."""
    if given.place is not None:
        return given.place, ()
    mentions = [reading.places[i] for i in proposal.places]
    for mention in sorted(mentions, key=_how_near_to_a_scene):
        if mention.code and mention.code in places:
            return places[mention.code], ()
        candidates = tuple(candidate.code for candidate in mention.candidates if candidate.code in places)
        if candidates:
            return None, candidates
    return None, ()


def _how_near_to_a_scene(mention: PlaceMention) -> int:
    return _WHOLE.index(mention.role) if mention.role in _WHOLE else len(_WHOLE)


def _settled(reading: Reading, proposal: EventProposal) -> list[str]:
    return list(dict.fromkeys(code for i in proposal.places if (code := reading.places[i].code)))


def _day(mention: DateMention | None, given: Given, today: date) -> tuple[date | None, date | None, str, str]:
    """Return from, to (excluded), precision, and a question where the text leaves the day open or names one to come."""
    if given.happened_from and given.happened_to:
        days = (given.happened_to - given.happened_from).days
        return given.happened_from, given.happened_to, "day" if days == 1 else "week" if days <= 7 else "month", ""
    if mention is None:
        return None, None, "unknown", "day_not_told"
    first, last, precision = _span(mention)
    if first is None or last is None:
        return None, None, "unknown", "day_open"
    if first > today:
        return None, None, "unknown", "day_to_come"
    return first, last, precision, "day_contradicts" if mention.contradiction else ""


def _span(mention: DateMention) -> tuple[date | None, date | None, str]:
    day = mention.day
    if mention.precision == "month" and day:
        return day.replace(day=1), (day.replace(day=1) + timedelta(days=32)).replace(day=1), "month"
    if mention.precision == "year" and day:
        return date(day.year, 1, 1), date(day.year + 1, 1, 1), "year"
    if day:
        return day, day + timedelta(days=1), "day"
    if mention.not_before and mention.not_after and mention.not_before <= mention.not_after:
        days = (mention.not_after - mention.not_before).days + 1
        precision = (
            "day"
            if days == 1
            else "week"
            if days <= 7
            else "month"
            if days <= 31
            else "year"
            if days <= 366
            else "unknown"
        )
        if precision != "unknown":
            return mention.not_before, mention.not_after + timedelta(days=1), precision
    return None, None, "unknown"


def _persons(quantities: Sequence[Quantity]) -> tuple[int | None, str]:
    """Return the live count of persons; the largest where several stand, with the question which one counts."""
    live = [
        q for q in quantities if q.family == "persons" and q.scope == "live" and not q.part and 0 <= q.value < 2**31
    ]
    counts = sorted({int(q.value) for q in live})
    return (counts[-1] if counts else None), "several_counts" if len(counts) > 1 else ""


def _amounts(quantities: Sequence[Quantity]) -> dict[str, frozenset[float]]:
    amounts: dict[str, set[float]] = {}
    for quantity in quantities:
        if quantity.family in ("goods", "vehicles", "money") and quantity.scope == "live":
            amounts.setdefault(f"{quantity.unit} {quantity.what}".strip(), set()).add(quantity.value)
    return {unit: frozenset(values) for unit, values in amounts.items()}


def _quantity(quantity: Quantity) -> dict[str, object]:
    return {
        "value": quantity.value,
        "unit": quantity.unit,
        "what": quantity.what,
        "family": quantity.family,
        "scope": quantity.scope,
        "approximate": quantity.approximate,
        "part": quantity.part,
    }


def _confidence(reading: Reading, proposal: EventProposal) -> dict[str, float]:
    found: dict[str, float] = {}
    for mention in reading.kinds:
        if mention.code in proposal.kinds and mention.polarity == "asserted":
            found[mention.code] = max(found.get(mention.code, 0.0), mention.evidence.confidence)
    return {code: found.get(code, proposal.evidence.confidence) for code in proposal.kinds}


def _codes_in_role(reading: Reading, role: str) -> list[str]:
    return list(dict.fromkeys(m.code for m in reading.places if m.role == role and m.code))


def _origin_states(reading: Reading) -> Iterable[str]:
    """Return the states that a text names as origin or nationality; none means unknown, which protects most."""
    for mention in reading.places:
        if mention.role in ("origin", "nationality") and mention.code:
            yield "ID" if mention.code[0].isdigit() else mention.code[:2]
