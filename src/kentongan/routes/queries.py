"""Reads of corridors: which the actor sees, what lies along them, how the map draws them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kentongan.agreements.access import NotVisible
from kentongan.agreements.facts import Actor
from kentongan.engine.geodesics import along_m, to_line_m
from kentongan.places.models import Place
from kentongan.places.queries import within_box
from kentongan.watch.queries import owners_in_view

from .models import Corridor, CorridorStop

VILLAGE_LEVELS = ("village", "suco")
KM_A_DEGREE = 110.0
"""A little less than a degree of latitude has: a box made with it is rather too large."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight line from one stop to the next."""

    start: CorridorStop
    end: CorridorStop
    km: float


@dataclass(frozen=True, slots=True)
class Along:
    """A village and how far it is from the corridor's line."""

    place: Place
    km: float


def corridors_in_view(actor: Actor) -> QuerySet[Corridor]:
    """Return the corridors that the actor sees, those that stand first: own ones and, unless military or intelligence, of agencies below."""
    seen = Corridor.objects.filter(owner__in=owners_in_view(actor)).select_related("owner", "watch")
    return seen.prefetch_related("stops").order_by(F("ended_at").desc(nulls_first=True), "name", "id")


def corridor_in_view(actor: Actor, pk: UUID) -> Corridor:
    """Return the corridor, or raise NotVisible."""
    corridor = corridors_in_view(actor).filter(pk=pk).first()
    if corridor is None:
        raise NotVisible(_("Koridor ini tidak ada atau tidak terbuka bagi Anda."))
    return corridor


def standing_on(corridors: QuerySet[Corridor], day: date) -> QuerySet[Corridor]:
    """Return those of the corridors that hold on the day."""
    return corridors.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


def legs(corridor: Corridor) -> list[Leg]:
    """Return the straight lines of the corridor with their lengths."""
    stops = list(corridor.stops.all())
    so_far = along_m([(stop.lat, stop.lon) for stop in stops])
    return [Leg(stops[i], stops[i + 1], float(so_far[i + 1] - so_far[i]) / 1000) for i in range(len(stops) - 1)]


def villages_along(points: Sequence[tuple[float, float]], reach_km: float) -> list[Along]:
    """Return the villages and sucos whose point lies within so many kilometres of the line, the nearest first."""
    line = np.array(points, dtype=np.float64)
    margin = reach_km / KM_A_DEGREE
    wide = margin / np.cos(np.radians(min(85.0, float(np.abs(line[:, 0]).max()) + margin)))
    south, north = line[:, 0].min() - margin, line[:, 0].max() + margin
    west, east = line[:, 1].min() - wide, line[:, 1].max() + wide
    box = within_box(float(south), float(west), float(north), float(east), VILLAGE_LEVELS)  # type: ignore[arg-type]
    rows = list(box.values_list("pk", "lat", "lon"))
    if not rows:
        return []
    keys, lat, lon = zip(*rows, strict=True)
    km = to_line_m(lat, lon, line) / 1000
    near = {keys[i]: float(km[i]) for i in np.flatnonzero(km <= reach_km)}
    places = Place.objects.filter(pk__in=near).select_related("parent__parent")
    return sorted((Along(place, near[place.pk]) for place in places), key=lambda one: (one.km, one.place.code))


def points_of(corridor: Corridor) -> list[tuple[float, float]]:
    """Return latitude and longitude of the stops in their order."""
    return [(stop.lat, stop.lon) for stop in corridor.stops.all()]


def corridor_features(actor: Actor, *, on: date) -> list[dict[str, Any]]:
    """Return the corridors that hold on the day as GeoJSON features, as far as the actor sees them."""
    return [_feature(corridor) for corridor in standing_on(corridors_in_view(actor), on)]


def _feature(corridor: Corridor) -> dict[str, Any]:
    points = points_of(corridor)
    return {
        "type": "Feature",
        "id": str(corridor.pk),
        "properties": {
            "name": corridor.name,
            "owner": str(corridor.owner),
            "stops": [stop.label for stop in corridor.stops.all()],
            "since": corridor.valid_from.isoformat(),
            "is_watched": corridor.watch is not None and corridor.watch.is_active,
            "is_straight": True,
            "is_simulated": corridor.is_simulated,
        },
        "geometry": {"type": "LineString", "coordinates": [[lon, lat] for lat, lon in points]},
    }


def districts_of(along: Iterable[Along]) -> list[Place]:
    """Return the units directly above these villages, each once."""
    return sorted({one.place.parent for one in along if one.place.parent}, key=lambda place: place.code)
