"""The zones of a scan: around every centre the places by growing distance, bounded by size, radius or number."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from kentongan.engine.errors import EngineInputError
from kentongan.engine.geometry import EARTH_RADIUS_M, unit_vectors

PAIRS_AT_ONCE = 2**21
"""How many distances are held at a time."""

MOST_ENTRIES = 2**29
"""Places in all zones together: about 2.5 GB."""

FARTHEST = 2.0**62
"""Beyond all distances, as whole numbers."""

FIRST_NEIGHBOURS = 64
SLACK = 1e-9
"""Relative; shares and radii are bounds that rounding must not cross."""


@dataclass(frozen=True, slots=True, eq=False)
class Sphere:
    """Places on the Earth, in degrees WGS 84; distances are great circles, in metres."""

    latitude: ArrayLike
    longitude: ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Places on a plane; distances are straight, in the unit of the coordinates."""

    x: ArrayLike
    y: ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourLists:
    """For each place its neighbours in the order in which a zone grows, itself first: along roads, by ferry, by hand."""

    lists: Sequence[ArrayLike]


Where = Sphere | Plane | NeighbourLists


@dataclass(frozen=True, slots=True, eq=False)
class ShareOf:
    """At most this share of sizes that the caller gives, one for each place: of any population but the one at risk."""

    most: float
    sizes: ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneLimits:
    """How far a zone grows.

    It holds at most `max_share` of what is at risk (Poisson: expected cases; Bernoulli: cases and controls;
    permutation: cases), or of the cases with `share_of_cases`, at most the share of given sizes that `max_share_of`
    names, at most `max_neighbours` places, centre included, and reaches at most `max_radius` (metres on the Earth).
    None: no bound.
    """

    max_share: float | None = 0.5
    share_of_cases: bool = False
    max_neighbours: int | None = None
    max_radius: float | None = None
    max_share_of: ShareOf | None = None


class Zones(NamedTuple):
    """For each centre the places by growing distance, one centre after the other in one flat array.

    Centre i owns the entries starts[i] to starts[i + 1] (excluded). An entry closes a zone when the next place lies
    farther away: places at the same distance, to the millimetre or a 10^-9 part, enter together.
    """

    places: NDArray[np.int32]
    closes: NDArray[np.bool_]
    starts: NDArray[np.int64]


class _Part(NamedTuple):
    """The zones of some centres: places, where zones close, how many places each centre has, how far its last lies.

    A centre without any zone reaches -1.
    """

    places: NDArray[np.int32]
    closes: NDArray[np.bool_]
    lengths: NDArray[np.int64]
    reach: NDArray[np.int64]


def points_of(where: Sphere | Plane) -> NDArray[np.float64]:
    """Return the places as points between which straight distances can be measured.

    Shapes:  result (places, 3) on a sphere of radius one, or (places, 2) on the plane.
    Units:   of the coordinates; none on the sphere.
    Errors:  none; coordinates were checked by the caller.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    if isinstance(where, Sphere):
        return unit_vectors(np.asarray(where.latitude, dtype=np.float64), np.asarray(where.longitude, dtype=np.float64))
    return np.stack((np.asarray(where.x, dtype=np.float64), np.asarray(where.y, dtype=np.float64)), axis=1)


def comparable(straight: NDArray[np.float64], *, on_sphere: bool, scale: float) -> NDArray[np.int64]:
    """Return distances as whole numbers, so that equal distances are equal whatever the rounding behind them.

    Shapes:  any; result the same.
    Units:   millimetres on the sphere, 10^-9 parts of the plane's extent (`scale`) on the plane.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    if on_sphere:
        return np.rint(2000.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(straight / 2, 1.0))).astype(np.int64)
    return np.rint(straight * (1e9 / scale)).astype(np.int64)


def along_a_curve(coordinates: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places in an order in which neighbours stand near each other (Morton), ties by coordinates.

    Shapes:  coordinates (places, 2); result (places,), a permutation.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    low = coordinates.min(axis=0)
    extent = max(float(np.ptp(coordinates, axis=0).max()), 1e-300)
    grid = ((coordinates - low) / extent * 65535).astype(np.uint64)
    code = _spread_bits(grid[:, 0]) | (_spread_bits(grid[:, 1]) << np.uint64(1))
    return np.lexsort((coordinates[:, 1], coordinates[:, 0], code))


def _spread_bits(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 16-bit numbers with a zero between any two bits."""
    for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F)):
        values = (values | (values << np.uint64(shift))) & np.uint64(mask)
    for shift, mask in ((2, 0x3333333333333333), (1, 0x5555555555555555)):
        values = (values | (values << np.uint64(shift))) & np.uint64(mask)
    return values


def zones_by_distance(
    centres: NDArray[np.float64],
    points: NDArray[np.float64],
    weights: NDArray[np.float64],
    limits: ZoneLimits,
    *,
    scale: float,
    everywhere: NDArray[np.float64],
) -> Zones:
    """Return for every centre the places within the limits, by growing distance.

    `everywhere` are all places, those at which nothing is expected included: they count as neighbours too.

    Shapes:  centres (centres, dimensions), points (places, dimensions), everywhere the same; weights (places,).
    Units:   weights in what `limits.max_share` is a share of; scale is the extent of the plane.
    Errors:  EngineInputError when the zones do not fit into memory; the limits were checked.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    on_sphere = points.shape[1] == 3
    most = _most(limits.max_share, weights)
    radius = math.floor(FARTHEST)
    if limits.max_radius is not None:
        as_given = limits.max_radius * 1000 if on_sphere else limits.max_radius * (1e9 / scale)
        radius = math.floor(min(as_given * (1 + SLACK) + 0.5, FARTHEST))
    reach = np.full(len(centres), radius)
    if limits.max_neighbours is not None and limits.max_neighbours < len(everywhere):
        reach = np.minimum(reach, _distance_before(centres, everywhere, limits.max_neighbours + 1, scale))
    if limits.max_share_of is not None:
        reach = np.minimum(reach, _distance_within(centres, everywhere, limits.max_share_of, scale))
    parts, entries = [], 0
    largest = min(limits.max_neighbours or len(points), len(points))
    first_asked = limits.max_neighbours or FIRST_NEIGHBOURS
    for part in _parts(centres, points, weights, most, reach, scale, first_asked=first_asked, largest=largest):
        parts.append(part)
        entries += part.places.size
        if entries > MOST_ENTRIES:
            raise EngineInputError(
                f"Lingkaran-lingkarannya memuat lebih dari {MOST_ENTRIES:,} tempat dan tidak muat dalam memori. "
                "Perkecil bagian penduduk, jari-jari, atau jumlah tetangga."
            )
    lengths = np.concatenate([part.lengths for part in parts])
    return Zones(
        places=np.concatenate([part.places for part in parts]),
        closes=np.concatenate([part.closes for part in parts]),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
    )


def _distance_before(
    centres: NDArray[np.float64], points: NDArray[np.float64], number: int, scale: float
) -> NDArray[np.int64]:
    """Return the largest distance that is smaller than that of each centre's neighbour of this number, from 1."""
    straight, _ = cKDTree(points).query(centres, k=[number])
    return comparable(straight[:, 0], on_sphere=points.shape[1] == 3, scale=scale) - 1


def _distance_within(
    centres: NDArray[np.float64], points: NDArray[np.float64], share: ShareOf, scale: float
) -> NDArray[np.int64]:
    """Return how far each centre's zone may reach to hold no more than this share of the sizes; -1: nowhere."""
    sizes = np.asarray(share.sizes, dtype=np.float64)
    reach = np.full(len(centres), math.floor(FARTHEST))
    most = _most(share.most, sizes)
    parts = _parts(centres, points, sizes, most, reach, scale, first_asked=FIRST_NEIGHBOURS, largest=len(points))
    return np.concatenate([part.reach for part in parts])


def _most(share: float | None, weights: NDArray[np.float64]) -> float:
    """Return the largest weight of a zone that holds at most this share."""
    return math.inf if share is None else share * float(weights.sum()) * (1 + SLACK)


def _parts(
    centres: NDArray[np.float64],
    points: NDArray[np.float64],
    weights: NDArray[np.float64],
    most: float,
    reach: NDArray[np.int64],
    scale: float,
    *,
    first_asked: int,
    largest: int,
) -> Iterator[_Part]:
    """Yield the zones of some centres after the other; neighbours are asked for few first, more where they are few."""
    tree = cKDTree(points)
    first, asked = 0, min(first_asked, largest)
    while first < len(centres):
        rows = slice(first, first + max(PAIRS_AT_ONCE // (asked + 1), 1))
        part = _zones_of(centres[rows], tree, weights, most, reach[rows], asked, asked == largest, scale)
        if part is None:
            asked = min(4 * asked, largest)
            continue
        yield part
        first = rows.stop


def _zones_of(
    centres: NDArray[np.float64],
    tree: cKDTree,
    weights: NDArray[np.float64],
    most: float,
    reach: NDArray[np.int64],
    asked: int,
    is_all: bool,
    scale: float,
) -> _Part | None:
    """Return the zones of some centres from this many neighbours; None when they were too few."""
    # One more than asked tells whether the last place stands alone at its distance.
    straight, order = tree.query(centres, k=np.arange(1, min(asked + 1, tree.n) + 1))
    distance = comparable(straight, on_sphere=centres.shape[1] == 3, scale=scale)
    closing = np.ones(distance.shape, dtype=np.bool_)
    closing[:, :-1] = distance[:, :-1] != distance[:, 1:]
    distance, order, closing = distance[:, :asked], order[:, :asked], closing[:, :asked]
    within = (np.cumsum(weights[order], axis=1) <= most) & (distance <= reach[:, None])
    if not is_all and within[:, -1].any():
        return None
    allowed = closing & within
    lengths = np.where(allowed.any(axis=1), asked - np.argmax(allowed[:, ::-1], axis=1), 0)
    kept = np.arange(asked) < lengths[:, None]
    farthest = np.where(lengths > 0, distance[np.arange(len(centres)), lengths - 1], -1)
    return _Part(order[kept].astype(np.int32), closing[kept], lengths, farthest)


def zones_of_lists(lists: Sequence[NDArray[np.int64]], weights: NDArray[np.float64], limits: ZoneLimits) -> Zones:
    """Return the zones that grow along the given lists, within the limits on share and number.

    Shapes:  one list for each centre; weights (places,).
    Units:   weights in what `limits.max_share` is a share of.
    Errors:  none; the lists were checked.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    bounds = [(weights, _most(limits.max_share, weights))]
    if limits.max_share_of is not None:
        sizes = np.asarray(limits.max_share_of.sizes, dtype=np.float64)
        bounds.append((sizes, _most(limits.max_share_of.most, sizes)))
    kept = []
    for one in lists:
        within = one[: limits.max_neighbours]
        for held, most in bounds:
            within = within[np.cumsum(held[within]) <= most]
        kept.append(within.astype(np.int32))
    places = np.concatenate(kept) if kept else np.empty(0, np.int32)
    return Zones(
        places=places,
        closes=np.ones(places.size, dtype=np.bool_),
        starts=np.concatenate(([0], np.cumsum([len(one) for one in kept]))).astype(np.int64),
    )


def with_all_places(zones: Zones, places: int) -> Zones:
    """Return the zones with one more, the last: all places together, around no centre.

    Shapes:  places: how many the zones know.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    closes = np.zeros(places, dtype=np.bool_)
    closes[-1:] = True
    return Zones(
        places=np.append(zones.places, np.arange(places, dtype=np.int32)),
        closes=np.append(zones.closes, closes),
        starts=np.append(zones.starts, zones.places.size + places),
    )
