"""Which of the most likely windows of all centres are reported beside each other."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.scanning.likelihood import TIE
from kentongan.engine.scanning.observed import BestWindows
from kentongan.engine.scanning.zones import Plane, Sphere, Zones, comparable

EVERYWHERE = -1
"""Stands for the centre of the zone of all places, which has none."""

SMALLEST_EXTENT = 1e-290
"""Of a plane, in its coordinates' unit; 10^-9 parts of it can still be told apart."""


class Overlap(Enum):
    """When a cluster is reported beside more likely ones."""

    NONE = "no place in common"
    NO_CENTRE_IN_OTHER = "neither holds the other's centre"
    CENTRE_NOT_IN_MORE_LIKELY = "its centre lies in no more likely cluster"
    CENTRE_NOT_IN_LESS_LIKELY = "it holds no more likely cluster's centre"
    NO_PAIR_OF_CENTRES = "they do not hold each other's centres"
    ANY = "always"


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Where the places lie, as far as clusters need it. `points` is None where zones grow along lists."""

    places: int
    points: NDArray[np.float64] | None
    coordinates: NDArray[np.float64]
    scale: float

    def distances(self, these: NDArray[np.int64], those: NDArray[np.int64] | np.int64) -> NDArray[np.int64]:
        """Return the distance of each of these from that place, in the whole numbers that zones compare."""
        assert self.points is not None  # noqa: S101 - the caller asked
        straight = np.linalg.norm(self.points[these] - self.points[those], axis=-1)
        return comparable(straight, on_sphere=self.is_sphere, scale=self.scale)

    def farthest(self, these: NDArray[np.int64], that: int) -> float:
        """Return how far the farthest of these lies from that place: in metres, or as a plane's coordinates give it."""
        assert self.points is not None  # noqa: S101 - the caller asked
        if self.is_sphere:
            return int(self.distances(these, np.int64(that)).max()) / 1000
        return float(np.hypot(*(self.points[these] - self.points[that]).T).max())

    @property
    def is_sphere(self) -> bool:
        """Whether the places lie on the Earth."""
        return self.points is not None and self.points.shape[1] == 3


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A zone and window that will be reported, before it is tested. Its centre is EVERYWHERE for all places."""

    llr: float
    direction: int
    centre: int
    members: NDArray[np.int64]
    radius: float | None
    window: int
    observed: int
    expected: float


def distinct_clusters(
    best: BestWindows,
    directions: NDArray[np.int64],
    zones: Zones,
    centres: NDArray[np.int64],
    place_of: NDArray[np.int64],
    space: Space,
    *,
    overlap: Overlap,
    at_most: int,
) -> list[Candidate]:
    """Return the most likely window of every centre, the most likely first, without those that the rule leaves out.

    Of equally likely ones the smaller zone comes first, then the shorter window, then the centre's coordinates. The
    cluster of all places has no part in the rule; it is left out where a more likely one says the same.

    Shapes:  best (centres,), directions and centres the same; place_of (places of the zones,).
    Units:   centres and place_of in numbers of the caller's places.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Further clusters".
    """
    found: list[Candidate] = []
    for number in _by_likelihood(best, zones, centres, place_of, space):
        if len(found) == at_most:
            break
        centre = int(centres[number])
        rivals = [one for one in found if one.centre != EVERYWHERE]
        if overlap is Overlap.CENTRE_NOT_IN_MORE_LIKELY and any(centre in one.members for one in rivals):
            continue
        inside = place_of[zones.places[zones.starts[number] : int(best.last_entry[number]) + 1]]
        members, radius = _extent(inside, centre, space)
        candidate = Candidate(
            llr=float(best.llr[number]),
            direction=int(directions[number]),
            centre=centre,
            members=members,
            radius=radius,
            window=int(best.window[number]),
            observed=int(best.observed[number]),
            expected=float(best.expected[number]),
        )
        if not any(_excludes(overlap, one, candidate) for one in rivals):
            found.append(candidate)
    return found


def _extent(inside: NDArray[np.int64], centre: int, space: Space) -> tuple[NDArray[np.int64], float | None]:
    """Return all places of a zone that ends with the last of these, and its radius; lists and all places have none."""
    if centre == EVERYWHERE:
        return np.arange(space.places), None
    if space.points is None:
        return np.sort(inside), None
    reach = space.distances(inside[-1:], np.int64(centre))[0]
    members = np.flatnonzero(space.distances(np.arange(space.places), np.int64(centre)) <= reach)
    return members, space.farthest(inside, centre)


def _by_likelihood(
    best: BestWindows, zones: Zones, centres: NDArray[np.int64], place_of: NDArray[np.int64], space: Space
) -> Iterator[int]:
    """Yield the centres that have a window, the most likely first, ties in their order."""
    able = np.flatnonzero(best.llr > 0)
    is_everywhere = centres[able] == EVERYWHERE
    size = best.last_entry[able] - zones.starts[able]
    if space.points is not None and able.size:
        size = space.distances(place_of[zones.places[best.last_entry[able]]], centres[able])
    size[is_everywhere] = np.iinfo(np.int64).max
    coordinates = space.coordinates[centres[able]]
    keys = (
        centres[able],
        coordinates[:, 1],
        coordinates[:, 0],
        best.window[able],
        size,
        _ranks(best.llr[able]),
    )
    yield from able[np.lexsort(keys)].tolist()


def _ranks(llr: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rank of each statistic, the largest first; those that differ by rounding only have the same."""
    order = np.argsort(-llr, kind="stable")
    ranks = np.zeros(llr.size, np.int64)
    ranks[order[1:]] = np.cumsum(np.diff(llr[order]) < -TIE)
    return ranks


def _excludes(overlap: Overlap, likelier: Candidate, one: Candidate) -> bool:
    """Return whether the more likely cluster keeps this one from being reported; all places only repeat it or not."""
    if one.centre == EVERYWHERE:
        tells_the_same = (one.window, one.observed) == (likelier.window, likelier.observed)
        return tells_the_same and math.isclose(one.expected, likelier.expected)
    holds_it, is_held = likelier.centre in one.members, one.centre in likelier.members
    match overlap:
        case Overlap.NONE:
            return bool(np.intersect1d(likelier.members, one.members, assume_unique=True).size)
        case Overlap.NO_CENTRE_IN_OTHER:
            return holds_it or is_held
        case Overlap.CENTRE_NOT_IN_MORE_LIKELY:
            return is_held
        case Overlap.CENTRE_NOT_IN_LESS_LIKELY:
            return holds_it
        case Overlap.NO_PAIR_OF_CENTRES:
            return holds_it and is_held
        case Overlap.ANY:
            return False


def space_of(where: Sphere | Plane | None, places: int, points: NDArray[np.float64] | None) -> Space:
    """Return the space of these places; None: there are no coordinates, only lists of neighbours.

    Shapes:  points (places, dimensions).
    Units:   of the coordinates.
    Errors:  none; coordinates were checked.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    if where is None or points is None:
        return Space(places, None, np.zeros((places, 2)), 1.0)
    axes = (where.latitude, where.longitude) if isinstance(where, Sphere) else (where.x, where.y)
    coordinates = np.stack([np.asarray(axis, dtype=np.float64) for axis in axes], axis=1)
    extent = float(np.ptp(coordinates, axis=0).max()) if places else 0.0
    # Places that all stand on one point have no extent, and no distance that it could measure.
    return Space(places, points, coordinates, extent if extent > SMALLEST_EXTENT else 1.0)
