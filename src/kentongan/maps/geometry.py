"""Hulls around points, and where a point falls in the tile pyramid. No Django."""

from collections.abc import Iterable, Sequence
from math import asinh, atan, cos, degrees, pi, radians, sin, sinh, tan
from typing import NamedTuple

METRES_PER_DEGREE = 111_195.0
"""Length of one degree of latitude on a sphere of 6,371 km."""

CORNERS = 12
"""Corners of the circle drawn around each member, so that one or two members still have a hull."""


class Point(NamedTuple):
    """A point in degrees WGS 84."""

    lon: float
    lat: float


def padded_hull(points: Sequence[Point], *, margin_m: float) -> list[Point]:
    """Return the closed convex ring, counter-clockwise, that keeps every point at least about `margin_m` inside it."""
    ring = convex_hull(corner for point in points for corner in circle(point, radius_m=margin_m))
    return [*ring, ring[0]] if ring else []


def circle(centre: Point, *, radius_m: float) -> list[Point]:
    """Return the corners of a polygon around the point whose sides touch the circle of that radius."""
    reach = radius_m / cos(pi / CORNERS) / METRES_PER_DEGREE
    narrowing = max(cos(radians(centre.lat)), 0.01)
    turns = (2 * pi * step / CORNERS for step in range(CORNERS))
    return [Point(centre.lon + reach * cos(turn) / narrowing, centre.lat + reach * sin(turn)) for turn in turns]


def convex_hull(points: Iterable[Point]) -> list[Point]:
    """Return the corners of the smallest convex polygon around the points, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    lower, upper = _half(ordered), _half(ordered[::-1])
    return lower[:-1] + upper[:-1]


def _half(ordered: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) >= 2 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon)


def across(lon: float) -> float:
    """Return how far from west (0) to east (1) a longitude lies on the Mercator square."""
    return (lon + 180) / 360


def down(lat: float) -> float:
    """Return how far from north (0) to south (1) a latitude lies on the Mercator square."""
    return (1 - asinh(tan(radians(lat))) / pi) / 2


def latitude(share_down: float) -> float:
    """Return the latitude that lies at that share of the Mercator square, the inverse of `down`."""
    return degrees(atan(sinh(pi * (1 - 2 * share_down))))
