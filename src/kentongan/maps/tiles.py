"""Tiles of all villages of both countries: points when near, counts by cell when far. From the shipped gazetteer."""

from functools import lru_cache
from typing import NamedTuple

import mapbox_vector_tile
import numpy as np
from numpy.typing import NDArray

from kentongan.places.gazetteer import LEVELS, SMALLEST, load_gazetteer

from .geometry import across, down

POINTS_FROM_ZOOM = 10
"""From here on every village is a point; further out a cell holds how many there are."""

MAX_ZOOM = 12
"""Nearer tiles are drawn by the browser from these."""

CELLS = 4
"""Cells along one side of a tile."""

EXTENT = 4096
LAYER = "desa"


class Villages(NamedTuple):
    """Every village with a point, ordered from west to east. Coordinates are shares of the Mercator square."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    rows: NDArray[np.intp]  # in the gazetteer
    is_approximate: NDArray[np.bool_]


@lru_cache(maxsize=1)
def villages() -> Villages:
    """Return the villages, sucos of the shipped gazetteer, prepared once per process."""
    gazetteer = load_gazetteer()
    is_smallest = np.isin(gazetteer.level_numbers, [LEVELS.index(level) for level in SMALLEST])
    rows = np.flatnonzero(is_smallest & ~np.isnan(gazetteer.latitudes))
    x = np.array([across(lon) for lon in gazetteer.longitudes[rows]])
    y = np.array([down(lat) for lat in gazetteer.latitudes[rows]])
    order = np.argsort(x, kind="stable")
    is_approximate = np.array([gazetteer.unit(int(row)).is_approximate for row in rows[order]])
    return Villages(x[order], y[order], rows[order], is_approximate)


@lru_cache(maxsize=512)
def village_tile(z: int, x: int, y: int) -> bytes:
    """Return the vector tile; empty bytes where no village lies. The layer is `desa`; features carry `nama`, `kode` or `jumlah`."""
    inside = _inside(z, x, y)
    if not len(inside):
        return b""
    features = _points(inside, z, x, y) if z >= POINTS_FROM_ZOOM else _counts(inside, z, x, y)
    layer = {"name": LAYER, "features": features}
    encoded: bytes = mapbox_vector_tile.encode([layer], default_options={"extents": EXTENT, "y_coord_down": True})
    return encoded


def _inside(z: int, x: int, y: int) -> NDArray[np.intp]:
    all_of = villages()
    side = 1 / 2**z
    first, last = np.searchsorted(all_of.x, [x * side, (x + 1) * side])
    column: NDArray[np.intp] = np.arange(first, last)
    is_here: NDArray[np.bool_] = (all_of.y[column] >= y * side) & (all_of.y[column] < (y + 1) * side)
    return column[is_here]


def _points(inside: NDArray[np.intp], z: int, x: int, y: int) -> list[dict[str, object]]:
    gazetteer, all_of = load_gazetteer(), villages()
    names = gazetteer.names()
    features: list[dict[str, object]] = []
    for index in inside:
        row = int(all_of.rows[index])
        at = [_in_tile(float(all_of.x[index]), z, x), _in_tile(float(all_of.y[index]), z, y)]
        known = {"nama": names[row], "kode": gazetteer.unit(row).code, "perkiraan": bool(all_of.is_approximate[index])}
        features.append({"geometry": {"type": "Point", "coordinates": at}, "properties": known})
    return features


def _counts(inside: NDArray[np.intp], z: int, x: int, y: int) -> list[dict[str, object]]:
    all_of = villages()
    xs, ys = all_of.x[inside] * 2**z - x, all_of.y[inside] * 2**z - y
    cells = (xs * CELLS).astype(int) + CELLS * (ys * CELLS).astype(int)
    features: list[dict[str, object]] = []
    for cell in np.unique(cells):
        of_cell = cells == cell
        at = [round(float(xs[of_cell].mean()) * EXTENT), round(float(ys[of_cell].mean()) * EXTENT)]
        features.append(
            {"geometry": {"type": "Point", "coordinates": at}, "properties": {"jumlah": int(of_cell.sum())}}
        )
    return features


def _in_tile(share: float, z: int, number: int) -> int:
    units: float = (share * 2**z - number) * EXTENT
    return round(units)
