"""The units above villages, as columns of a table: district, regency, province, in both countries."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from kentongan.places.models import Place, PlaceAncestor

TIER_OF = {"district": 0, "post": 0, "regency": 1, "city": 1, "municipality": 1, "province": 2}
"""In which of the three columns a level stands; Timor-Leste has no province."""

Tiers = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A place with what a table needs of it."""

    code: str
    name: str
    level: str
    country: str
    parent: int | None


def units(within: Place | None = None) -> dict[int, Unit]:
    """Return the places by their keys, in one query: all, or those in the place and those that it lies in."""
    found = Place.objects.all()
    if within is not None:
        below = PlaceAncestor.objects.filter(ancestor=within).values("descendant")
        above = PlaceAncestor.objects.filter(descendant=within).values("ancestor")
        found = found.filter(Q(pk__in=below) | Q(pk__in=above))
    rows = found.values_list("id", "code", "name", "level", "country", "parent_id")
    return {key: Unit(code, name, level, country, parent) for key, code, name, level, country, parent in rows}


def tiers_of(unit: Unit, among: dict[int, Unit]) -> Tiers:
    """Return district, regency and province that the unit lies in, each empty where there is none."""
    found = ["", "", ""]
    above = among.get(unit.parent) if unit.parent else None
    while above is not None:
        if above.level in TIER_OF:
            found[TIER_OF[above.level]] = above.name
        above = among.get(above.parent) if above.parent else None
    return found[0], found[1], found[2]


def tiers_by_place(places: Collection[int]) -> dict[int, Tiers]:
    """Return the same for some places, each itself included, in one query."""
    found: dict[int, list[str]] = {place: ["", "", ""] for place in places}
    rows = PlaceAncestor.objects.filter(descendant__in=list(places), ancestor__level__in=TIER_OF)
    for place, level, name in rows.values_list("descendant_id", "ancestor__level", "ancestor__name"):
        found[place][TIER_OF[level]] = name
    return {place: (names[0], names[1], names[2]) for place, names in found.items()}
