"""What lies around a village: its neighbours and the facilities of the day, read for the sketch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, radians
from typing import Any

from kentongan.places.models import Place
from kentongan.places.queries import facilities_on, within_box

from .naming import titled
from .sketch import Mark, Window, has_border, reach_to, shape_svg, sketch, window_around

NEAREST = 10
"""How many neighbours the sketch reaches to."""

MOST_NEIGHBOURS = 80
SEARCHED_DEGREES = (0.05, 0.1, 0.25, 0.6)

MARK_OF = {
    "plbn": "post",
    "integrated_post": "post",
    "immigration_post": "post",
    "military_post": "post",
    "traditional_crossing": "crossing",
    "airport": "airport",
    "seaport": "port",
    "ferry_port": "port",
}
NOT_WORKING = "belum atau tidak bekerja, atau tidak diketahui"
WORDS = {
    "village": "desa ini",
    "neighbour": "desa atau suco tetangga",
    "post": "pos yang bekerja",
    "post_not_working": f"pos yang {NOT_WORKING}",
    "crossing": "perlintasan tradisional",
    "crossing_not_working": "perlintasan tradisional yang belum atau tidak dibuka, atau tidak diketahui",
    "airport": "bandar udara",
    "airport_not_working": f"bandar udara yang {NOT_WORKING}",
    "port": "pelabuhan",
    "port_not_working": f"pelabuhan yang {NOT_WORKING}",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The sketch, its legend of the marks that occur in it, and what it shows in words."""

    svg: str
    legend: tuple[tuple[str, str], ...]  # mark as SVG, words
    alt: str
    has_border: bool  # a piece of the land border is drawn


def surroundings_of(place: Place, *, on: date) -> Surroundings | None:
    """Return the sketch around the village as of the day; None where nobody knows where it lies."""
    if place.lat is None or place.lon is None:
        return None
    lon, lat = place.lon, place.lat
    near = _neighbours(place, lon, lat)
    window = window_around(lon, lat, reach_m=reach_to(lon, lat, [(n.lon, n.lat) for n in near], nearest=NEAREST))
    facilities = list(_facilities(window, on))
    seen = [mark for mark in near if _is_in(window, mark)]
    shapes = dict.fromkeys(["village", *(mark.shape for mark in (*seen, *facilities))])
    drawing = sketch(window, Mark(place.name, lon, lat, "village"), seen, facilities)
    names = ", ".join(_in_words(mark) for mark in facilities) or "tidak ada pos, pelabuhan, atau bandar udara"
    return Surroundings(
        drawing,
        tuple((shape_svg(shape), WORDS[shape]) for shape in WORDS if shape in shapes),
        f"Sketsa letak {titled(place)} dengan {len(seen)} desa di sekitarnya; {names}.",
        has_border(window),
    )


def _neighbours(place: Place, lon: float, lat: float) -> list[Mark]:
    """Return the villages around, the nearest first, from a search that widens until there are enough."""
    found: list[Mark] = []
    for reach in SEARCHED_DEGREES:
        rows = within_box(lat - reach, lon - reach, lat + reach, lon + reach).exclude(pk=place.pk)
        marks = [
            Mark(name, east, north, "neighbour")
            for name, east, north in rows.order_by("code").values_list("name", "lon", "lat")
            if east is not None and north is not None
        ]
        narrowing = cos(radians(lat))
        marks.sort(key=lambda mark: hypot((mark.lon - lon) * narrowing, mark.lat - lat))
        found = marks[:MOST_NEIGHBOURS]
        if len(found) >= 2 * NEAREST:
            break
    return found


def _facilities(window: Window, on: date) -> Iterator[Mark]:
    west, south, east, north = window.box
    there: Any = facilities_on(on).filter(lat__range=(south, north), lon__range=(west, east))
    for name, kind, status, lon, lat in there.values_list("name", "kind", "status", "lon", "lat"):
        shape = MARK_OF[kind]
        yield Mark(name, lon, lat, shape if status == "active" else f"{shape}_not_working")


def _in_words(facility: Mark) -> str:
    return f"{facility.name} ({NOT_WORKING})" if facility.shape.endswith("_not_working") else facility.name


def _is_in(window: Window, mark: Mark) -> bool:
    west, south, east, north = window.box
    return west <= mark.lon <= east and south <= mark.lat <= north
