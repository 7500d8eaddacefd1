"""Asking for places, one a line: a code or a clear name is taken, an ambiguous name is asked about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kentongan.places.asking import Answer, ask
from kentongan.places.models import Place
from kentongan.places.queries import place_by_code

from .queries import place_in_words

MOST_LINES = 60

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
        answer = Answer(None, ())
        if (found := _by_code(chosen.get(line, "")) or _by_code(line)) is None:
            answer = ask(line)
            found = answer.settled.place if answer.settled else None
        if found is None:
            asked.append(Asked(line, tuple(choice.place for choice in answer.choices)))
        else:
            places[found.pk] = found
    return Territories(tuple(places.values()), tuple(asked))


def _by_code(line: str) -> Place | None:
    match = _CODE.search(line.upper())
    return place_by_code(match[1]) if match else None
