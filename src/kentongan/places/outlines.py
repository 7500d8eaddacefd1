"""Outlines of the smallest units: sucos as they ship, villages as an official file was imported. Everybody may see them."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .gazetteer import load_gazetteer
from .models import PlaceOutline

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Outlines:
    """Outlines with the keys of their places, ascending.

    `shapes` are shapely polygons in degrees WGS 84.
    """

    places: NDArray[np.int64]
    shapes: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.places)


@lru_cache(maxsize=1)
def suco_outlines() -> dict[str, Any]:
    """Return the shipped outline of each suco by its code; suco Beduku is missing in the source."""
    collection = json.loads((DATA / "sucos_tl.geojson").read_text("utf-8"))
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in collection["features"]])
    codes = [feature["properties"]["code"] for feature in collection["features"]]
    return dict(zip(codes, shapes, strict=True))


def outlines_in_box(west: float, south: float, east: float, north: float) -> Outlines:
    """Return the outlines that touch the box; what an installation imported stands before what ships."""
    touching = PlaceOutline.objects.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    return _together(touching.values_list("place_id", "shape"), shapely.box(west, south, east, north))


def outlines_of(places: list[int]) -> Outlines:
    """Return the outlines of these places, of those that have one."""
    wanted = set(places)
    own = PlaceOutline.objects.filter(place__in=places) if len(places) < MOST_ASKED else PlaceOutline.objects.all()
    found = _together(own.values_list("place_id", "shape"), None)
    is_wanted = np.isin(found.places, np.fromiter(wanted, dtype=np.int64, count=len(wanted)))
    return Outlines(found.places[is_wanted], found.shapes[is_wanted])


MOST_ASKED = 500
"""More keys than this are not written into a query: then all outlines are read."""


def _together(imported: Any, box: Any) -> Outlines:
    shipped = _shipped()
    shapes: dict[int, Any] = {}
    hits = range(len(shipped)) if box is None else np.flatnonzero(shapely.intersects(shipped.shapes, box)).tolist()
    for row in hits:
        shapes[int(shipped.places[row])] = shipped.shapes[row]
    for place, packed in imported:
        shapes[place] = shapely.from_wkb(bytes(packed))
    keys = sorted(shapes)
    together = np.empty(len(keys), dtype=object)
    together[:] = [shapes[key] for key in keys]
    return Outlines(np.array(keys, dtype=np.int64), together)


@lru_cache(maxsize=1)
def _shipped() -> Outlines:
    gazetteer = load_gazetteer()
    by_place = sorted((gazetteer.at(code).id, shape) for code, shape in suco_outlines().items())
    shapes = np.empty(len(by_place), dtype=object)
    shapes[:] = [shape for _, shape in by_place]
    return Outlines(np.array([place for place, _ in by_place], dtype=np.int64), shapes)
