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
    """The zones of some centres: places, where zones close, and how many places each centre has."""

    places: NDArray[np.int32]
    closes: NDArray[np.bool_]
    lengths: NDArray[np.int64]


NO_PLACE = -1
"""The number of a place that is in no zone."""


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
    centres: NDArray[np.int64],
    points: NDArray[np.float64],
    weights: NDArray[np.float64],
    limits: ZoneLimits,
    *,
    place_of: NDArray[np.int64],
    scale: float,
) -> Zones:
    """Return for every centre the places within the limits, by growing distance, under their numbers in `place_of`.

    The places that are not in `place_of`, at which nothing is expected, count as neighbours and with their sizes too.

    Shapes:  centres (centres,), places; points (places, dimensions); weights (places,); place_of (some places,).
    Units:   weights in what `limits.max_share` is a share of; scale is the extent of the plane.
    Errors:  EngineInputError when the zones do not fit into memory; the limits were checked.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    on_sphere = points.shape[1] == 3
    radius = FARTHEST
    if limits.max_radius is not None:
        as_given = limits.max_radius * 1000 if on_sphere else limits.max_radius * (1e9 / scale)
        radius = min(as_given * (1 + SLACK) + 0.5, FARTHEST)
    bounds = [] if limits.max_share is None else [(weights, _most(limits.max_share, weights[place_of]))]
    if limits.max_share_of is not None:
        sizes = np.asarray(limits.max_share_of.sizes, dtype=np.float64)
        bounds.append((sizes, _most(limits.max_share_of.most, sizes)))
    # Where only what is expected bounds a zone, the other places need not be asked for.
    counts_all = limits.max_neighbours is not None or limits.max_share_of is not None
    asked_for = np.arange(len(points)) if counts_all else place_of
    number = np.full(len(points), NO_PLACE, np.int32)
    number[place_of] = np.arange(place_of.size)
    search = _Search(
        tree=cKDTree(points[asked_for]),
        bounds=[(held[asked_for], most) for held, most in bounds],
        reach=math.floor(radius),
        number=number[asked_for],
        scale=scale,
    )
    parts, entries = [], 0
    largest = min(limits.max_neighbours or asked_for.size, asked_for.size)
    for part in _parts(points[centres], search, first_asked=limits.max_neighbours or FIRST_NEIGHBOURS, largest=largest):
        parts.append(part)
        entries += part.places.size
        if entries > MOST_ENTRIES:
            raise EngineInputError(
                f"Lingkaran-lingkarannya memuat lebih dari {MOST_ENTRIES:,} tempat dan tidak muat dalam memori. "
                "Perkecil bagian penduduk, jari-jari, atau jumlah tetangga."
            )
    lengths = np.concatenate([part.lengths for part in parts])
    places, closes = np.empty(entries, np.int32), np.empty(entries, np.bool_)
    start = entries
    while parts:  # each is let go once it is copied: all of them twice would be the most that a scan holds
        part = parts.pop()
        start -= part.places.size
        places[start : start + part.places.size] = part.places
        closes[start : start + part.places.size] = part.closes
    return Zones(places, closes, np.concatenate(([0], np.cumsum(lengths))).astype(np.int64))


def _most(share: float, weights: NDArray[np.float64]) -> float:
    """Return the largest weight of a zone that holds at most this share."""
    return share * float(weights.sum()) * (1 + SLACK)


class _Search(NamedTuple):
    """Where neighbours are looked for, and what bounds a zone: weights with their most, and how far it may reach.

    `number` is each place's in the zones, NO_PLACE for places that are in none.
    """

    tree: cKDTree
    bounds: list[tuple[NDArray[np.float64], float]]
    reach: int
    number: NDArray[np.int32]
    scale: float


def _parts(centres: NDArray[np.float64], search: _Search, *, first_asked: int, largest: int) -> Iterator[_Part]:
    """Yield the zones of some centres after the other; neighbours are asked for few first, more where they are few."""
    first, asked = 0, min(first_asked, largest)
    while first < len(centres):
        rows = slice(first, first + max(PAIRS_AT_ONCE // (asked + 1), 1))
        part = _zones_of(centres[rows], search, asked, asked == largest)
        if part is None:
            asked = min(4 * asked, largest)
            continue
        yield part
        first = rows.stop


def _zones_of(centres: NDArray[np.float64], search: _Search, asked: int, is_all: bool) -> _Part | None:
    """Return the zones of some centres from this many neighbours; None when they were too few."""
    # One more than asked tells whether the last place stands alone at its distance.
    straight, order = search.tree.query(centres, k=np.arange(1, min(asked + 1, search.tree.n) + 1))
    distance = comparable(straight, on_sphere=centres.shape[1] == 3, scale=search.scale)
    closing = np.ones(distance.shape, dtype=np.bool_)
    np.not_equal(distance[:, :-1], distance[:, 1:], out=closing[:, :-1])
    distance, order, closing = distance[:, :asked], order[:, :asked], closing[:, :asked]
    within = distance <= search.reach
    for held, most in search.bounds:
        within &= np.cumsum(held[order], axis=1) <= most
    if not is_all and within[:, -1].any():
        return None
    allowed = closing & within
    lengths = np.where(allowed.any(axis=1), asked - np.argmax(allowed[:, ::-1], axis=1), 0)
    kept = np.arange(asked) < lengths[:, None]
    places = search.number[order]
    if (search.number == NO_PLACE).any():
        kept &= places != NO_PLACE
        lengths = kept.sum(axis=1)
        closing = _closing_among(kept, distance)
    return _Part(places[kept], closing[kept], lengths)


def _closing_among(kept: NDArray[np.bool_], distance: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return after which of the kept places a zone ends: the next of them lies farther away, or there is none."""
    row, column = np.nonzero(kept)
    is_last = np.ones(row.size, dtype=np.bool_)
    is_last[:-1] = (row[1:] != row[:-1]) | (distance[row[1:], column[1:]] != distance[row[:-1], column[:-1]])
    closing = np.zeros(kept.shape, dtype=np.bool_)
    closing[row, column] = is_last
    return closing


def zones_of_lists(lists: Sequence[NDArray[np.int64]], weights: NDArray[np.float64], limits: ZoneLimits) -> Zones:
    """Return the zones that grow along the given lists, within the limits on share and number.

    Shapes:  one list for each centre; weights (places,).
    Units:   weights in what `limits.max_share` is a share of.
    Errors:  none; the lists were checked.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    bounds = [] if limits.max_share is None else [(weights, _most(limits.max_share, weights))]
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
