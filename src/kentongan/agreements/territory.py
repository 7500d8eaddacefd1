"""Asking for places, one a line: a code or a clear name is taken, an ambiguous name is asked about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kentongan.places.models import Place
from kentongan.places.queries import place_by_code
from kentongan.places.search import search

from .queries import place_in_words

MOST_LINES = 60
MOST_CHOICES = 6
CLEAR_SCORE = 95.0
CLEAR_LEAD = 3.0
"""As in other forms: names with one letter between them differ by more."""

_CODE = re.compile(r"(?:^|\()([A-Z0-9][A-Z0-9.-]*)\)?\s*$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that fits several places, or none."""

    line: str
    choices: tuple[Place, ...]

    @property
    def named_choices(self) -> list[tuple[str, str]]:
        """The places with their codes, each as it is written on the page."""
        return [(place.code, place_in_words(place)) for place in self.choices]


@dataclass(frozen=True, slots=True)
class Territories:
    """The places that were understood, and the lines that were not."""

    places: tuple[Place, ...]
    asked: tuple[Asked, ...]

    def written(self) -> str:
        """Return the lines anew: understood places with their codes, the others as they were typed."""
        return "\n".join([place_in_words(place) for place in self.places] + [one.line for one in self.asked])


def understood(text: str, chosen: Mapping[str, str]) -> Territories:
    """Return what the lines mean; `chosen` holds, for lines that were asked about, the code that was picked."""
    places: dict[int, Place] = {}
    asked = []
    for line in dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()[:MOST_LINES]))):
        found = _by_code(chosen.get(line, "")) or _by_code(line)
        choices = () if found else _by_name(line)
        if found is None and choices and choices[0][1]:
            found = choices[0][0]
        if found is None:
            asked.append(Asked(line, tuple(place for place, _is_clear in choices)))
        else:
            places[found.pk] = found
    return Territories(tuple(places.values()), tuple(asked))


def _by_code(line: str) -> Place | None:
    match = _CODE.search(line.upper())
    return place_by_code(match[1]) if match else None


def _by_name(line: str) -> tuple[tuple[Place, bool], ...]:
    """Return the places that a name may mean, the likeliest first, with whether it is clear that it is meant."""
    best: dict[str, float] = {}
    for hit in search(line, limit=MOST_CHOICES * 2):
        best.setdefault(hit.unit.code, hit.score)
    places = {place.code: place for place in Place.objects.filter(code__in=best)}
    found = [(places[code], score) for code, score in best.items() if code in places][:MOST_CHOICES]
    lead = found[0][1] - found[1][1] if len(found) > 1 else 100.0
    return tuple(
        (place, number == 0 and score >= CLEAR_SCORE and lead >= CLEAR_LEAD)
        for number, (place, score) in enumerate(found)
    )
