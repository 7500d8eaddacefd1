"""What the page of a place says of the programme and of its vulnerability, as far as the officer may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from kentongan.agreements.facts import Actor
from kentongan.places.gazetteer import SMALLEST
from kentongan.places.models import Place, Population
from kentongan.programme.queries import partner_at
from kentongan.vulnerability.index_rules import INDICES, looks_at_all
from kentongan.vulnerability.queries import VillageLevel, level_of


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """Partnership, levels of both indices, and residents; what is not known or not shown is None or empty."""

    partner: Any | None
    partner_address: str
    levels: tuple[VillageLevel, ...]
    sheet_address: str  # for every role that reads the index: a village's office finds what it was told
    map_address: str
    population: Population | None


def village_facts(place: Place, actor: Actor, *, at: datetime) -> VillageFacts:
    """Return what is to be said of the place; ranks only to roles that look at every village (R36)."""
    is_village = place.level in SMALLEST
    looks = looks_at_all(actor.reads)
    partner = partner_at(place, actor, at=at) if "programme" in actor.reads else None
    levels = (
        [level_of(place, actor, index=index, at=at, with_change=False) for index in INDICES]
        if looks and is_village
        else []
    )
    return VillageFacts(
        partner=partner,
        partner_address=reverse("partner_detail", args=[place.code]) if partner else "",
        levels=tuple(level for level in levels if level is not None),
        sheet_address=reverse("village_level", args=[place.code])
        if is_village and "vulnerability" in actor.reads
        else "",
        map_address=f"{reverse('vulnerability_map')}?wilayah={place.code}" if looks and place.lat is not None else "",
        population=Population.objects.filter(place=place).order_by("-as_of").first(),
    )
