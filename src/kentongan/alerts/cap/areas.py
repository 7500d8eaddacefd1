"""Where, as CAP says it: the place in words, its codes, and the outline or the point that the gazetteer has of it."""

import json
from functools import cache

from kentongan.places.gazetteer import SMALLEST
from kentongan.places.geometry import municipalities_geojson
from kentongan.places.models import Place
from kentongan.places.queries import ancestors, place_by_code

from .document import Area, Info, Named
from .values import Circle, Point

VALUE_NAMES = {
    "kemendagri": "Kemendagri",
    "tl-intl-2024": "TL-INTL-2024",
    "iso-3166-1": "ISO-3166-1",
    "kentongan": "Kentongan",
}
"""The `valueName` of our geocodes, by the scheme of the gazetteer. `Kentongan` is our own, for sea areas."""

_SCHEMES = {name.casefold(): scheme for scheme, name in VALUE_NAMES.items()}
_POINTS = (*SMALLEST, "aldeia")
"""Levels whose point stands for the whole: of a district it would say a middle that is none."""


def area_of(place: Place) -> Area:
    """Return the area of a place: its outline where the gazetteer has one, else the point of a village, else its codes alone.

    A village's point is a circle with a radius of nought: how far the village reaches is not known, and not invented.
    """
    names = [place.name, *(above.name for above in ancestors(place) if above.level != "country")]
    outlines = _outlines().get(place.code, ())
    point = _point(place)
    return Area(
        description=", ".join(names),
        polygons=outlines,
        circles=(Circle(point, 0.0),) if point and not outlines else (),
        geocodes=_geocodes(place),
    )


def place_of(info: Info) -> Place | None:
    """Return the one place that the geocodes of an info name in a scheme that we know; None where there is none or several."""
    named = [(_SCHEMES.get(code.name.casefold(), ""), code.value) for area in info.areas for code in area.geocodes]
    found = {place for scheme, code in named if scheme and (place := place_by_code(code, scheme))}
    return found.pop() if len(found) == 1 else None


def _geocodes(place: Place) -> tuple[Named, ...]:
    codes = place.codes.filter(valid_to__isnull=True, scheme__in=VALUE_NAMES).order_by("scheme", "code")
    return tuple(Named(VALUE_NAMES[scheme], code) for scheme, code in codes.values_list("scheme", "code"))


def _point(place: Place) -> Point | None:
    if place.level not in _POINTS or place.is_approximate or place.lat is None or place.lon is None:
        return None
    return Point(place.lat, place.lon)


@cache
def _outlines() -> dict[str, tuple[tuple[Point, ...], ...]]:
    """Return the outlines of the municipalities of Timor-Leste by code; other places have none in the gazetteer."""
    found = {}
    for feature in json.loads(municipalities_geojson())["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        found[feature["properties"]["code"]] = tuple(
            tuple(Point(float(lat), float(lon)) for lon, lat in part[0]) for part in parts
        )
    return found
