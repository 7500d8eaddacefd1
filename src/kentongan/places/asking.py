"""Asking where: a place is written as people write it; what is clear is taken, what is ambiguous is asked."""

from dataclasses import dataclass

from .gazetteer import SMALLEST, load_gazetteer
from .models import Place
from .search import Hit, search

MOST_CHOICES = 6
CLEAR_SCORE = 95.0
CLEAR_LEAD = 3.0  # two names with one letter between them differ by more


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place that the written name may mean."""

    place: Place
    written: str
    why: str

    @property
    def code(self) -> str:
        return self.place.code


@dataclass(frozen=True, slots=True)
class Answer:
    """The place if it is clear, else what it may be; both empty when nothing fits."""

    settled: PlaceChoice | None
    choices: tuple[PlaceChoice, ...]


def ask(written: str, *, only_smallest: bool = False) -> Answer:
    """Return what the written name means in the gazetteer of the database."""
    hits = search(written, limit=30 if only_smallest else MOST_CHOICES * 2)
    if only_smallest:
        hits = [hit for hit in hits if hit.unit.level in SMALLEST]
    places = {place.code: place for place in Place.objects.filter(code__in=[hit.unit.code for hit in hits])}
    found = [hit for hit in _one_a_unit(hits) if hit.unit.code in places][:MOST_CHOICES]
    choices = tuple(
        PlaceChoice(places[hit.unit.code], load_gazetteer().written(hit.unit.code), hit.explained()) for hit in found
    )
    lead = found[0].score - found[1].score if len(found) > 1 else 100.0
    is_clear = bool(found) and found[0].score >= CLEAR_SCORE and lead >= CLEAR_LEAD
    return Answer(choices[0] if is_clear else None, choices)


def _one_a_unit(hits: list[Hit]) -> list[Hit]:
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.unit.code, hit)
    return list(first.values())
