"""Which piece of land a point lies on, and which straight lines cross the land border, from the shipped shapes."""

import json
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kentongan.places.geometry import land_geojson

Floats = NDArray[np.float64]

NEAR_END_KM = 1.0
"""Points of places are known to about a kilometre: what happens this near to an end of a line is no crossing."""

KM_A_DEGREE = 111.2


@lru_cache(maxsize=1)
def pieces() -> tuple[Floats, ...]:
    """Return the outer outline of each piece of land, the largest first, as (points, 2) of latitude and longitude."""
    shapes = [feature["geometry"] for feature in json.loads(land_geojson())["features"]]
    polygons = [p for s in shapes for p in ([s["coordinates"]] if s["type"] == "Polygon" else s["coordinates"])]
    outlines = [np.array(polygon[0], dtype=np.float64)[:, ::-1] for polygon in polygons]
    return tuple(sorted(outlines, key=len, reverse=True))


def land_of(lat: Floats, lon: Floats) -> NDArray[np.intp]:
    """Return the number of the piece of land of each point; one in the sea belongs to the nearest outline."""
    found = np.full(lat.shape, -1, dtype=np.intp)
    for number, outline in enumerate(pieces()):
        low, high = outline.min(axis=0), outline.max(axis=0)
        near = (found < 0) & (lat >= low[0]) & (lat <= high[0]) & (lon >= low[1]) & (lon <= high[1])
        rows = np.flatnonzero(near)
        if rows.size:
            found[rows[_inside(lat[rows], lon[rows], outline)]] = number
    for row in np.flatnonzero(found < 0):
        gaps = [_gap(float(lat[row]), float(lon[row]), outline) for outline in pieces()]
        found[row] = int(np.argmin(gaps))
    return found


def crossing(start: Floats, end: Floats, lines: list[Floats]) -> NDArray[np.bool_]:
    """Tell which of the straight lines from start to end (each (n, 2)) cross one of the lines, away from their ends."""
    crosses = np.zeros(start.shape[0], dtype=bool)
    length = np.hypot(*(end - start).T) * KM_A_DEGREE
    share = np.minimum(0.5, NEAR_END_KM / np.maximum(length, 1e-9))[:, None]
    inner_start, inner_end = start + share * (end - start), end - share * (end - start)
    for row in np.flatnonzero(share[:, 0] < 0.5):
        a, b = inner_start[row], inner_end[row]
        crosses[row] = any(_meets(a, b, line[:-1], line[1:]) for line in lines)
    return crosses


def _inside(lat: Floats, lon: Floats, outline: Floats) -> NDArray[np.bool_]:
    """Tell which points lie inside the outline (a ray to the east crosses it an odd number of times)."""
    y1, x1 = outline[:-1].T
    y2, x2 = outline[1:].T
    spans = (y1 > lat[:, None]) != (y2 > lat[:, None])
    rise = np.where(y2 == y1, 1.0, y2 - y1)
    at = x1 + (lat[:, None] - y1) / rise * (x2 - x1)
    odd: NDArray[np.bool_] = ((spans & (lon[:, None] < at)).sum(axis=1) % 2).astype(bool)
    return odd


def _gap(lat: float, lon: float, outline: Floats) -> float:
    return float(np.min((outline[:, 0] - lat) ** 2 + (outline[:, 1] - lon) ** 2))


def _meets(a: Floats, b: Floats, starts: Floats, ends: Floats) -> bool:
    """Tell whether the line from a to b meets one of the pieces."""
    one = _side(a, b, starts) * _side(a, b, ends) < 0
    other = _side_of(starts, ends, a) * _side_of(starts, ends, b) < 0
    return bool((one & other).any())


def _side(a: Floats, b: Floats, points: Floats) -> Floats:
    side: Floats = (b[0] - a[0]) * (points[:, 1] - a[1]) - (b[1] - a[1]) * (points[:, 0] - a[0])
    return side


def _side_of(starts: Floats, ends: Floats, point: Floats) -> Floats:
    along, to = ends - starts, point - starts
    side: Floats = along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]
    return side
