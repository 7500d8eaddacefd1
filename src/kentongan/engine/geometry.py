"""Circles on the sphere: for each centre, the other places by growing distance."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

ROWS_AT_ONCE = 512


class Circles(NamedTuple):
    """For each centre the places by growing distance, one centre after the other in one flat array.

    Centre i owns the entries starts[i] to starts[i + 1] (excluded). An entry closes a circle when the next place lies
    farther away; places at the same distance, to the millimetre, enter a circle together.
    """

    places: NDArray[np.int32]
    distance_mm: NDArray[np.int64]
    closes: NDArray[np.bool_]
    starts: NDArray[np.int64]


def unit_vectors(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places as points on a sphere of radius one.

    Shapes:  latitude (places,), longitude the same; result (places, 3).
    Units:   degrees WGS 84; result without unit.
    Errors:  none; coordinates were checked by the caller.
    Source:  docs/methods/space-time-permutation.md, section "Circles".
    """
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=1)


def distances_mm(these: NDArray[np.float64], those: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the great-circle distance of each of these to each of those places.

    Shapes:  these (m, 3), those (n, 3), unit vectors; result (m, n).
    Units:   whole millimetres, so that equal distances are equal whatever the order of the sums behind them.
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, section "Circles".
    """
    half_chord: NDArray[np.float64] = np.minimum(cdist(these, those) / 2, 1.0)
    millimetres: NDArray[np.int64] = np.rint(2000.0 * EARTH_RADIUS_M * np.arcsin(half_chord)).astype(np.int64)
    return millimetres


def circles(
    centres: NDArray[np.float64],
    points: NDArray[np.float64],
    weights: NDArray[np.int64],
    *,
    max_weight: int,
    max_radius_mm: int | None,
) -> Circles:
    """Return for every centre all circles around it that hold at most this weight within at most this radius.

    Shapes:  centres (centres, 3), points (places, 3), unit vectors; weights (places,).
    Units:   weights in cases; max_radius_mm in millimetres, None for no bound.
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, section "Circles".
    """
    places, distances, closes, lengths = [], [], [], []
    for first in range(0, len(centres), ROWS_AT_ONCE):
        distance = distances_mm(centres[first : first + ROWS_AT_ONCE], points)
        order = np.argsort(distance, axis=1, kind="stable")
        distance = np.take_along_axis(distance, order, axis=1)
        closing = np.ones(distance.shape, dtype=np.bool_)
        closing[:, :-1] = distance[:, :-1] != distance[:, 1:]
        allowed = closing & (np.cumsum(weights[order], axis=1) <= max_weight)
        if max_radius_mm is not None:
            allowed &= distance <= max_radius_mm
        length = np.where(allowed.any(axis=1), allowed.shape[1] - np.argmax(allowed[:, ::-1], axis=1), 0)
        kept = np.arange(allowed.shape[1]) < length[:, None]
        places.append(order[kept].astype(np.int32))
        distances.append(distance[kept])
        closes.append(closing[kept])
        lengths.append(length)
    return Circles(
        places=np.concatenate(places),
        distance_mm=np.concatenate(distances),
        closes=np.concatenate(closes),
        starts=np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype(np.int64),
    )
