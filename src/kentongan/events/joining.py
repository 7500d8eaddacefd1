"""When two tellings are one happening: pure rules over kinds, place, time and numbers. No Django.

Each of the four is compared by itself, from 0 (contradicts) to 1 (agrees); the verdict is a table over the four, not a
learned weight, so that every join can be explained and challenged.

    same    kinds agree, same village (or the district that holds it) and day, and no number contradicts; where place
            or day is only near, the numbers must agree
    doubt   could be: an officer is asked
    apart   kinds, place or time contradict
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Literal

Verdict = Literal["same", "doubt", "apart"]

EARTH_RADIUS_KM = 6371.0088
PEOPLE_ON_THE_MOVE = frozenset({"TPPO", "TPPM", "PMI", "IM"})
"""Roots of kinds by which one and the same transport of people is told: police, immigration and press differ in them."""

SMALL = frozenset({"village", "suco", "aldeia"})
_CONTAINER = {
    "village": 0.9,
    "suco": 0.9,
    "district": 0.8,
    "post": 0.8,
    "regency": 0.5,
    "city": 0.5,
    "municipality": 0.5,
    "province": 0.2,
}
_SILENT_DAYS = 14


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as far as joining reads it; `above` are the keys of all that contain it."""

    key: int
    level: str
    above: frozenset[int] = frozenset()
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One telling. `happened_to` is excluded; `open_places` are the candidates while the place is ambiguous."""

    kinds: frozenset[str]
    spot: Spot | None
    happened_from: date | None
    happened_to: date | None
    known_on: date
    persons: int | None = None
    amounts: Mapping[str, frozenset[float]] = field(default_factory=dict)  # unit -> values, goods only
    open_places: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """How one of the four compares: its name, a stable code, and the share of agreement."""

    about: Literal["kinds", "place", "time", "numbers"]
    code: str
    share: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on two tellings with its reasons; `score` in [0, 1] only orders candidates."""

    verdict: Verdict
    score: float
    reasons: tuple[Reason, ...]


def compare(one: Happening, other: Happening) -> Comparison:
    """Return whether two tellings are one happening, may be, or are not."""
    kinds, place, time, numbers = reasons = (
        compare_kinds(one.kinds, other.kinds),
        compare_places(one, other),
        compare_times(one, other),
        compare_numbers(one, other),
    )
    score = kinds.share * place.share * time.share * (0.5 + numbers.share / 2)
    return Comparison(_verdict(kinds.share, place.share, time.share, numbers.share), round(score, 3), reasons)


def _verdict(kinds: float, place: float, time: float, numbers: float) -> Verdict:
    if 0 in (kinds, place, time):
        return "apart"
    is_here_and_then = place == 1 and time == 1
    if numbers == 0:
        return "doubt" if is_here_and_then else "apart"
    if numbers == 1 and kinds >= 0.7 and place >= 0.8 and time >= 0.7:
        return "same"
    if kinds >= 0.9 and is_here_and_then:
        return "same"
    return "doubt" if kinds * place * time >= (0.15 if numbers == 1 else 0.5) else "apart"


def compare_kinds(one: frozenset[str], other: frozenset[str]) -> Reason:
    """Compare what happened; responses count only where both tellings have nothing else."""
    mine, theirs = _matters(one), _matters(other)
    if not mine and not theirs:
        mine, theirs = one, other
    if mine & theirs:
        return Reason("kinds", "equal", 1.0)
    if any(_is_below(a, b) or _is_below(b, a) for a in mine for b in theirs):
        return Reason("kinds", "narrower", 0.9)
    if _roots(mine) & PEOPLE_ON_THE_MOVE and _roots(theirs) & PEOPLE_ON_THE_MOVE:
        return Reason("kinds", "both_people", 0.7)
    return Reason("kinds", "other", 0.0)


def compare_places(one: Happening, other: Happening) -> Reason:
    """Compare where: the same unit, one inside the other, or near; an unknown place neither agrees nor contradicts."""
    a, b = one.spot, other.spot
    if a is None or b is None:
        return _open_place(one, other)
    if a.key == b.key:
        return Reason("place", "same", 1.0 if a.level in SMALL else _CONTAINER.get(a.level, 0.1))
    if a.key in b.above or b.key in a.above:
        outer = a if a.key in b.above else b
        return Reason("place", "inside", _CONTAINER.get(outer.level, 0.1))
    km = distance_km(a, b)
    if km is None or a.level not in SMALL or b.level not in SMALL or km > 30:
        return Reason("place", "elsewhere", 0.0)
    return Reason("place", "near", 0.7 if km <= 3 else 0.5 if km <= 10 else 0.3)


def compare_times(one: Happening, other: Happening) -> Reason:
    """Compare when; an unknown day neither agrees nor contradicts while both became known at about the same time."""
    if one.happened_from is None or other.happened_from is None:
        gap = abs((one.known_on - other.known_on).days)
        return Reason("time", "unknown", 0.3 if gap <= _SILENT_DAYS else 0.0)
    (a_from, a_to), (b_from, b_to) = _span(one), _span(other)
    if a_from < b_to and b_from < a_to:
        is_exact = a_to - a_from <= 2 and b_to - b_from <= 2
        return Reason("time", "same_day" if is_exact else "overlaps", 1.0 if is_exact else 0.5)
    gap = max(a_from, b_from) - min(a_to, b_to) + 1
    for days, code, share in ((1, "next_day", 0.7), (3, "days_apart", 0.4), (7, "week_apart", 0.2)):
        if gap <= days:
            return Reason("time", code, share)
    return Reason("time", "long_apart", 0.0)


def compare_numbers(one: Happening, other: Happening) -> Reason:
    """Compare how many: persons first, then goods in the same unit; silence on one side neither agrees nor contradicts."""
    if one.persons is not None and other.persons is not None:
        if one.persons == other.persons:
            return Reason("numbers", "equal", 1.0)
        close = abs(one.persons - other.persons) <= 0.1 * max(one.persons, other.persons)
        return Reason("numbers", "close" if close else "contradict", 0.5 if close else 0.0)
    shared = set(one.amounts) & set(other.amounts)
    if not shared:
        return Reason("numbers", "silent", 0.5)
    if any(one.amounts[unit] & other.amounts[unit] for unit in shared):
        return Reason("numbers", "equal", 1.0)
    return Reason("numbers", "contradict", 0.0)


def distance_km(a: Spot, b: Spot) -> float | None:
    """Return the great-circle distance, None where a coordinate is missing."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    phi, psi = radians(a.lat), radians(b.lat)
    chord = sin((psi - phi) / 2) ** 2 + cos(phi) * cos(psi) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))


def _open_place(one: Happening, other: Happening) -> Reason:
    for open_one, settled in ((one, other), (other, one)):
        if open_one.open_places and settled.spot is not None:
            fits = bool(open_one.open_places & ({settled.spot.key} | settled.spot.above))
            return Reason("place", "candidate" if fits else "elsewhere", 0.5 if fits else 0.0)
    if one.open_places and other.open_places:
        fits = bool(one.open_places & other.open_places)
        return Reason("place", "candidate" if fits else "elsewhere", 0.5 if fits else 0.0)
    return Reason("place", "unknown", 0.3)


def _span(telling: Happening) -> tuple[int, int]:
    first = telling.happened_from
    if first is None:
        raise ValueError("the day is unknown")
    last = telling.happened_to
    return first.toordinal(), last.toordinal() if last else first.toordinal() + 1


def _matters(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(kind for kind in kinds if not kind.startswith("RESP"))


def _is_below(code: str, root: str) -> bool:
    return code.startswith(root + ".")


def _roots(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(kind.partition(".")[0] for kind in kinds)
