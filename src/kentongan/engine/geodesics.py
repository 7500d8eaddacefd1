"""Distances along the surface of the Earth: between points, to the nearest of many, to a line. Ellipsoid WGS 84."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from .errors import EngineInputError

EQUATOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
POLE_M = EQUATOR_M * (1 - FLATTENING)
FLATTEST_RADIUS_M = EQUATOR_M**2 / POLE_M
ROUNDEST_RADIUS_M = POLE_M**2 / EQUATOR_M
"""The largest and the smallest radius of curvature that any direction at any place has."""

_ROUNDS = 60
_CANDIDATES = 4
_STEP_M = 1_000.0

Floats = NDArray[np.float64]


def distance_m(lat: ArrayLike, lon: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike) -> Floats:
    """Return how far it is from each place to the other one, straight over the ellipsoid.

    Shapes:  any four shapes that broadcast together; result the broadcast shape.
    Units:   degrees WGS 84; result in metres.
    Errors:  EngineInputError when a coordinate is missing or no degree of the Earth.
    Source:  docs/methods/geodesics.md, equations 1 to 3.
    """
    here, there = _checked(lat, lon), _checked(to_lat, to_lon)
    arrays = np.broadcast_arrays(*here, *there)
    flat = [np.ascontiguousarray(array, dtype=np.float64).ravel() for array in arrays]
    metres, settled = _vincenty(*flat)
    if not settled.all():
        far = ~settled
        metres[far] = _nearly_opposite(*(array[far] for array in flat))
    return metres.reshape(arrays[0].shape)


def nearest_m(lat: ArrayLike, lon: ArrayLike, to_lat: ArrayLike, to_lon: ArrayLike) -> tuple[Floats, NDArray[np.intp]]:
    """Return how far the nearest of the targets is from each place, and which one that is (the first of equals).

    Shapes:  lat, lon (places,); to_lat, to_lon (targets,); results (places,) and (places,).
    Units:   degrees WGS 84; metres, and positions among the targets.
    Errors:  EngineInputError without targets, or when a coordinate is missing or no degree of the Earth.
    Source:  docs/methods/geodesics.md, section "The nearest of many".
    """
    here, there = _checked(lat, lon), _checked(to_lat, to_lon)
    if not there[0].size:
        raise EngineInputError("Tidak ada titik tujuan. Berikan sekurangnya satu titik.")
    tree = cKDTree(_positions(*there))
    metres = np.full(here[0].shape, np.inf)
    index = np.zeros(here[0].shape, dtype=np.intp)
    open_rows = np.arange(here[0].size)
    tried = min(_CANDIDATES, there[0].size)
    while open_rows.size:
        lat_, lon_ = here[0][open_rows], here[1][open_rows]
        chords, found = tree.query(_positions(lat_, lon_), k=range(1, tried + 1))
        order = np.argsort(found, axis=1, kind="stable")
        chords, found = np.take_along_axis(chords, order, axis=1), np.take_along_axis(found, order, axis=1)
        can_win = _arc(chords, FLATTEST_RADIUS_M) <= _arc(chords.min(axis=1), ROUNDEST_RADIUS_M)[:, None]
        row, column = np.nonzero(can_win)
        table = np.full(found.shape, np.inf)
        table[row, column] = distance_m(
            lat_[row], lon_[row], there[0][found[row, column]], there[1][found[row, column]]
        )
        best = table.argmin(axis=1)
        metres[open_rows] = np.take_along_axis(table, best[:, None], axis=1)[:, 0]
        index[open_rows] = np.take_along_axis(found, best[:, None], axis=1)[:, 0]
        if tried == there[0].size:
            break
        open_rows = open_rows[can_win.all(axis=1)]
        tried = min(tried * 4, there[0].size)
    return metres, index


def to_line_m(lat: ArrayLike, lon: ArrayLike, line_points: ArrayLike) -> Floats:
    """Return how far each place is from the nearest point of the line, which need not be one of its corners.

    Shapes:  lat, lon (places,); line_points (points, 2) with latitude, longitude; result (places,).
    Units:   degrees WGS 84; metres.
    Errors:  EngineInputError when the line has no point, or a coordinate is missing or no degree of the Earth.
    Source:  docs/methods/geodesics.md, section "To a line".
    """
    return to_lines_m(lat, lon, [np.asarray(line_points, dtype=np.float64)])


def to_lines_m(lat: ArrayLike, lon: ArrayLike, lines: Sequence[Floats]) -> Floats:
    """Return how far each place is from the nearest point of any of the lines; a border has several parts.

    Shapes:  lat, lon (places,); each line (points, 2) with latitude, longitude; result (places,).
    Units:   degrees WGS 84; metres.
    Errors:  EngineInputError when a line has no point, or a coordinate is missing or no degree of the Earth.
    Source:  docs/methods/geodesics.md, section "To a line".
    """
    here = _checked(lat, lon)
    parts = [_corners(line) for line in lines]
    corners = np.concatenate([np.empty((0, 3)), *parts])
    if not corners.size:
        raise EngineInputError("Tidak ada garis. Berikan sekurangnya satu garis dengan satu titik.")
    breaks = np.cumsum([part.shape[0] for part in parts])
    joined = np.ones(corners.shape[0], dtype=bool)
    joined[breaks - 1] = False
    place = _positions(*here)
    _, nearest = cKDTree(corners).query(place)
    after = np.where(joined[nearest], nearest + 1, nearest)
    before = np.where(joined[nearest - 1] & (nearest > 0), nearest - 1, nearest)
    feet = np.stack([_foot(place, corners[nearest], corners[other]) for other in (after, before)])
    chosen = np.square(feet - place).sum(axis=2).argmin(axis=0)
    foot_lat, foot_lon = _degrees(feet[chosen, np.arange(place.shape[0])])
    return distance_m(*here, foot_lat, foot_lon)


def along_m(line_points: ArrayLike) -> Floats:
    """Return the length of the line from its beginning to each of its points.

    Shapes:  line_points (points, 2) with latitude, longitude; result (points,), the first 0.
    Units:   degrees WGS 84; metres.
    Errors:  EngineInputError when the line has no point, or a coordinate is missing or no degree of the Earth.
    Source:  docs/methods/geodesics.md, equations 1 to 3.
    """
    lat, lon = _line(line_points)
    return np.concatenate([[0.0], np.cumsum(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]))])


def _checked(lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
    """Return both as numbers; EngineInputError unless all of them are degrees of the Earth."""
    latitude, longitude = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    if not (np.abs(latitude) <= 90).all():
        raise EngineInputError("Lintang harus angka dari -90 sampai 90 derajat; ada yang kosong atau di luar itu.")
    if not (np.abs(longitude) <= 180).all():
        raise EngineInputError("Bujur harus angka dari -180 sampai 180 derajat; ada yang kosong atau di luar itu.")
    return latitude, longitude


def _line(line_points: ArrayLike) -> tuple[Floats, Floats]:
    points = np.asarray(line_points, dtype=np.float64)
    if points.ndim != 2 or points.shape[1:] != (2,) or not points.shape[0]:
        raise EngineInputError("Garis harus berupa daftar titik [lintang, bujur] dengan sekurangnya satu titik.")
    return _checked(points[:, 0], points[:, 1])


def _vincenty(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the metres, and for which pairs the iteration has settled: for all but nearly opposite points."""
    first = np.arctan((1 - FLATTENING) * np.tan(np.radians(lat)))
    second = np.arctan((1 - FLATTENING) * np.tan(np.radians(to_lat)))
    apart = np.radians((to_lon - lon + 180) % 360 - 180)
    sin1, cos1, sin2, cos2 = np.sin(first), np.cos(first), np.sin(second), np.cos(second)
    angle, todo = apart.copy(), np.arange(lat.size)
    metres, settled = np.zeros(lat.size), np.zeros(lat.size, dtype=bool)
    for _ in range(_ROUNDS):
        s1, c1, s2, c2, lam = sin1[todo], cos1[todo], sin2[todo], cos2[todo], angle[todo]
        sin_lam, cos_lam = np.sin(lam), np.cos(lam)
        sin_arc = np.hypot(c2 * sin_lam, c1 * s2 - s1 * c2 * cos_lam)
        cos_arc = s1 * s2 + c1 * c2 * cos_lam
        arc = np.arctan2(sin_arc, cos_arc)
        sin_az = np.divide(c1 * c2 * sin_lam, sin_arc, out=np.zeros_like(arc), where=sin_arc > 0)
        cos2_az = 1 - sin_az**2
        middle = cos_arc - np.divide(2 * s1 * s2, cos2_az, out=cos_arc.copy(), where=cos2_az > 1e-15)
        c = FLATTENING / 16 * cos2_az * (4 + FLATTENING * (4 - 3 * cos2_az))
        bend = arc + c * sin_arc * (middle + c * cos_arc * (2 * middle**2 - 1))
        new = apart[todo] + (1 - c) * FLATTENING * sin_az * bend
        done = (np.abs(new - lam) < 1e-12) & (np.abs(new) <= np.pi)
        metres[todo[done]] = _length(arc[done], sin_arc[done], cos_arc[done], middle[done], cos2_az[done])
        settled[todo[done]] = True
        angle[todo] = new
        todo = todo[~done]
        if not todo.size:
            break
    return metres, settled


def _length(arc: Floats, sin_arc: Floats, cos_arc: Floats, middle: Floats, cos2_az: Floats) -> Floats:
    """Return the length of an arc of the auxiliary sphere on the ellipsoid (equation 2)."""
    u2 = cos2_az * (EQUATOR_M**2 - POLE_M**2) / POLE_M**2
    a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    last = b / 6 * middle * (4 * sin_arc**2 - 3) * (4 * middle**2 - 3)
    turn = b * sin_arc * (middle + b / 4 * (cos_arc * (2 * middle**2 - 1) - last))
    return POLE_M * a * (arc - turn)


def _nearly_opposite(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Return the metres between nearly opposite points: the shortest way over a ring halfway (equation 3)."""
    azimuth = np.radians(np.arange(0.0, 360.0, 0.5))
    phi, lam = np.radians(lat)[:, None], np.radians(lon)[:, None]
    ring_lat = np.arcsin(np.cos(phi) * np.cos(azimuth))
    ring_lon = lam + np.arctan2(np.sin(azimuth) * np.cos(phi), -np.sin(phi) * np.sin(ring_lat))
    ring_lat, ring_lon = np.degrees(ring_lat), np.degrees(ring_lon)
    shape = ring_lat.shape
    ends = [np.broadcast_to(array[:, None], shape).ravel() for array in (lat, lon, to_lat, to_lon)]
    out, _ = _vincenty(ends[0], ends[1], ring_lat.ravel(), ring_lon.ravel())
    back, _ = _vincenty(ring_lat.ravel(), ring_lon.ravel(), ends[2], ends[3])
    shortest: Floats = (out + back).reshape(shape).min(axis=1)
    return shortest


def _positions(lat: Floats, lon: Floats) -> Floats:
    """Return places as (places, 3) metres from the middle of the Earth: straight lines between them are chords."""
    phi, lam = np.radians(lat), np.radians(lon)
    e2 = FLATTENING * (2 - FLATTENING)
    across = EQUATOR_M / np.sqrt(1 - e2 * np.sin(phi) ** 2)
    x, y = across * np.cos(phi) * np.cos(lam), across * np.cos(phi) * np.sin(lam)
    return np.stack((x, y, across * (1 - e2) * np.sin(phi)), axis=-1)


def _degrees(positions: Floats) -> tuple[Floats, Floats]:
    """Return latitude and longitude of the places on the surface above or below these points."""
    x, y, z = positions[..., 0], positions[..., 1], positions[..., 2]
    lat = np.arctan2(z, (1 - FLATTENING) ** 2 * np.hypot(x, y))
    return np.degrees(lat), np.degrees(np.arctan2(y, x))


def _arc(chord: Floats, radius: float) -> Floats:
    """Return how long the arc over this chord is on a circle of this radius."""
    return 2 * radius * np.arcsin(np.minimum(chord / (2 * radius), 1.0))


def _corners(line: ArrayLike) -> Floats:
    """Return the line as positions at most a kilometre apart, its own corners among them."""
    corners = _positions(*_line(line))
    pieces = [corners[:1]]
    for start, end in pairwise(corners):
        count = max(1, int(np.ceil(np.linalg.norm(end - start) / _STEP_M)))
        inner = start + np.linspace(0, 1, count + 1)[1:, None] * (end - start)
        pieces.append(np.concatenate([_positions(*_degrees(inner[:-1])), [end]]))
    return np.concatenate(pieces)


def _foot(place: Floats, start: Floats, end: Floats) -> Floats:
    """Return the point of each straight piece that is nearest to its place."""
    along = end - start
    length = np.square(along).sum(axis=1)
    share = np.divide(((place - start) * along).sum(axis=1), length, out=np.zeros_like(length), where=length > 0)
    foot: Floats = start + np.clip(share, 0.0, 1.0)[:, None] * along
    return foot
