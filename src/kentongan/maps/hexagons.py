"""Hexagons of equal size over the villages (H3). No Django."""

from functools import lru_cache

import h3.api.numpy_int as h3
import numpy as np
from numpy.typing import NDArray

RESOLUTIONS = ((5.5, 3), (7.0, 4), (8.5, 5), (99.0, 6))
"""Up to which zoom which size: about 12,000, 1,800, 250 and 36 km²."""


def resolution_at(zoom: float) -> int:
    """Return how fine the hexagons are at a zoom of the map."""
    return next(resolution for until, resolution in RESOLUTIONS if zoom < until)


def cells_of(lat: NDArray[np.float64], lon: NDArray[np.float64], resolution: int) -> NDArray[np.uint64]:
    """Return the hexagon of each point; what was computed for the same points is kept at hand."""
    return _cells(lat.astype(np.float64).tobytes(), lon.astype(np.float64).tobytes(), resolution)


@lru_cache(maxsize=8)
def _cells(lat: bytes, lon: bytes, resolution: int) -> NDArray[np.uint64]:
    pairs = zip(np.frombuffer(lat).tolist(), np.frombuffer(lon).tolist(), strict=True)
    return np.array([h3.latlng_to_cell(*pair, resolution) for pair in pairs], dtype=np.uint64)


def ring_of(cell: int) -> list[list[float]]:
    """Return the closed outline of a hexagon as positions of GeoJSON."""
    corners = [[round(lon, 4), round(lat, 4)] for lat, lon in h3.cell_to_boundary(cell)]
    return [*corners, corners[0]]
