"""The sketch of where a village lies: coast, land border, neighbours and facilities, as SVG for the sheet.

It is a sketch: points stand for villages, lines are indicative, and no village is shown with its level. Names are placed
where they do not cover each other; what finds no room stays a mark without a name.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from math import ceil, cos, hypot, radians
from xml.sax.saxutils import escape

from django.conf import settings

from kentongan.places.geometry import border_geojson, land_geojson

METRES_PER_DEGREE = 111_195.0
WIDTH, HEIGHT = 330.0, 290.0  # of the drawing, in its own units; a letter is 9 of them high
LEAST_REACH_M, MOST_REACH_M = 3_000.0, 60_000.0
FONT = "Libertinus Serif"
SEA, LAND, INK, SOFT, PAPER = "#e6eef2", "#f7f5ee", "#17212b", "#6b7782", "#ffffff"

LonLat = tuple[float, float]
XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something with a name at a point; `shape` is a key of SHAPES."""

    name: str
    lon: float
    lat: float
    shape: str


@dataclass(frozen=True, slots=True)
class Window:
    """What part of the Earth is drawn: a centre, and how many metres a unit of the drawing stands for."""

    lon: float
    lat: float
    metres_per_unit: float

    def place(self, lon: float, lat: float) -> XY:
        """Return where a point falls in the drawing, from its upper left corner."""
        east = (lon - self.lon) * METRES_PER_DEGREE * cos(radians(self.lat))
        north = (lat - self.lat) * METRES_PER_DEGREE
        return WIDTH / 2 + east / self.metres_per_unit, HEIGHT / 2 - north / self.metres_per_unit

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the drawing, in degrees."""
        half_lat = HEIGHT / 2 * self.metres_per_unit / METRES_PER_DEGREE
        half_lon = WIDTH / 2 * self.metres_per_unit / (METRES_PER_DEGREE * cos(radians(self.lat)))
        return self.lon - half_lon, self.lat - half_lat, self.lon + half_lon, self.lat + half_lat


def window_around(lon: float, lat: float, *, reach_m: float) -> Window:
    """Return the window that shows everything within the reach, within what a sketch can bear."""
    reach = min(max(reach_m, LEAST_REACH_M), MOST_REACH_M)
    return Window(lon, lat, reach / (HEIGHT / 2 - 14))


def sketch(window: Window, village: Mark, neighbours: Sequence[Mark], facilities: Sequence[Mark]) -> str:
    """Return the SVG of the window with the village in its middle; the same input gives the same text."""
    names = _Names()
    drawn = [f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{SEA}"/>', *_land(window), *_border(window, names)]
    marks: list[str] = []
    named: list[tuple[Mark, XY, bool]] = [(village, window.place(village.lon, village.lat), True)]
    for mark in (*facilities, *neighbours):
        x, y = window.place(mark.lon, mark.lat)
        if 4 <= x <= WIDTH - 4 and 4 <= y <= HEIGHT - 4:
            named.append((mark, (x, y), False))
    for mark, (x, y), _is_bold in named:
        names.keep_free(x - 5, y - 5, 10, 10)
        marks.append(SHAPES[mark.shape](x, y))
    written = [text for mark, (x, y), is_bold in named if (text := names.beside(mark.name, x, y, is_bold=is_bold))]
    body = "".join([*drawn, *reversed(marks), *written, _scale(window), _north()])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" '
        f'height="{HEIGHT:g}" font-family="{FONT}" font-size="9">{body}'
        f'<rect x="0.25" y="0.25" width="{WIDTH - 0.5:g}" height="{HEIGHT - 0.5:g}" fill="none" stroke="{SOFT}" stroke-width="0.5"/>'
        "</svg>"
    )


def shape_svg(shape: str) -> str:
    """Return one mark alone, for the legend."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12" width="12" height="12">{SHAPES[shape](6, 6)}</svg>'


class _Names:
    """Where names stand already, so that the next one keeps off."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float, float, float]] = [(0, HEIGHT - 26, 110, 26), (WIDTH - 22, 0, 22, 30)]

    def keep_free(self, x: float, y: float, width: float, height: float) -> None:
        self._taken.append((x, y, width, height))

    def beside(self, name: str, x: float, y: float, *, is_bold: bool = False) -> str:
        """Return the name as SVG at the first free side of the point; nothing when there is none."""
        size = 12.0 if is_bold else 9.0
        width, height = len(name) * size * (0.56 if is_bold else 0.5) + 2, size * 1.15
        for left, top in (
            (x + (9 if is_bold else 7), y - height / 2), (x - 6 - width, y - height / 2), (x - width / 2, y - 6 - height),
            (x - width / 2, y + 6), (x + 5, y - height - 3), (x + 5, y + 3), (x - 5 - width, y - height - 3),
            (x - 5 - width, y + 3),
        ):  # fmt: skip
            if self._is_free(left, top, width, height) or (is_bold and self._is_inside(left, top, width, height)):
                self.keep_free(left, top, width, height)
                weight = ' font-weight="bold"' if is_bold else ""
                text = f'x="{left + 1:.1f}" y="{top + height * 0.78:.1f}" font-size="{size:g}"{weight}'
                halo = f'<text {text} fill="{PAPER}" stroke="{PAPER}" stroke-width="2.4" stroke-linejoin="round"'
                return f'{halo}>{escape(name)}</text><text {text} fill="{INK}">{escape(name)}</text>'
        return ""

    def _is_free(self, x: float, y: float, width: float, height: float) -> bool:
        return self._is_inside(x, y, width, height) and not any(
            x < left + w and left < x + width and y < top + h and top < y + height for left, top, w, h in self._taken
        )

    @staticmethod
    def _is_inside(x: float, y: float, width: float, height: float) -> bool:
        return x >= 2 and y >= 2 and x + width <= WIDTH - 2 and y + height <= HEIGHT - 2


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{SOFT}"/>'


def _target(x: float, y: float) -> str:
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{PAPER}" stroke="{INK}" stroke-width="1.6"/>'
    return f'{ring}<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{INK}"/>'


def _square(x: float, y: float, fill: str = INK) -> str:
    return f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{fill}" stroke="{INK}"/>'


def _diamond(x: float, y: float, fill: str = INK) -> str:
    return f'<path d="M{x:.1f} {y - 4.2:.1f}l4.2 4.2l-4.2 4.2l-4.2 -4.2z" fill="{fill}" stroke="{INK}"/>'


def _triangle(x: float, y: float, fill: str = INK) -> str:
    return f'<path d="M{x:.1f} {y - 4:.1f}l4 7h-8z" fill="{fill}" stroke="{INK}"/>'


def _anchor(x: float, y: float, fill: str = INK) -> str:
    """Return an anchor on a disc, light on dark where the others are filled."""
    line = PAPER if fill == INK else INK
    disc = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.6" fill="{fill}" stroke="{INK}"/>'
    anchor = (
        f'<path d="M{x:.1f} {y - 3:.1f}v6m-1.6 -4.2h3.2m-4.4 1.7a2.8 2.8 0 0 0 5.6 0" fill="none" stroke="{line}"/>'
    )
    return disc + anchor


FACILITIES = {"post": _square, "crossing": _diamond, "airport": _triangle, "port": _anchor}
SHAPES: dict[str, Callable[[float, float], str]] = {
    "village": _target,
    "neighbour": _dot,
    **FACILITIES,
    **{f"{name}_not_working": partial(draw, fill=PAPER) for name, draw in FACILITIES.items()},  # hollow
}


def _land(window: Window) -> Iterator[str]:
    west, south, east, north = window.box
    paths = []
    for ring, (x0, y0, x1, y1) in _land_rings():
        if x0 <= east and west <= x1 and y0 <= north and south <= y1:
            corners = [window.place(lon, lat) for lon, lat in ring]
            inside = clipped(corners, -5, -5, WIDTH + 5, HEIGHT + 5)
            if inside:
                paths.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in inside) + "Z")
    if paths:
        yield f'<path d="{"".join(paths)}" fill="{LAND}" fill-rule="evenodd" stroke="{SOFT}" stroke-width="0.7"/>'


def _border(window: Window, names: _Names) -> Iterator[str]:
    for status, line in _border_lines():
        for piece in pieces([window.place(lon, lat) for lon, lat in line]):
            points = "L".join(f"{x:.1f} {y:.1f}" for x, y in piece)
            dashes = "7 2.5 1.5 2.5" if status == "settled" else "2 2.5"
            yield f'<path d="M{points}" fill="none" stroke="{PAPER}" stroke-width="3.4"/>'
            yield f'<path d="M{points}" fill="none" stroke="{INK}" stroke-width="1.5" stroke-dasharray="{dashes}"/>'
            for x, y in piece:
                names.keep_free(x - 1, y - 1, 2, 2)


def has_border(window: Window) -> bool:
    """Return whether a piece of the land border is drawn in the window."""
    return any(
        any(pieces([window.place(lon, lat) for lon, lat in line])) for _status, line in _border_lines()
    )  # fmt: skip


def is_on_land(lon: float, lat: float) -> bool:
    """Return whether the point lies on the land that is drawn; the coast is coarse and leaves small islands out."""
    crossed = 0
    for ring, (west, south, east, north) in _land_rings():
        if west <= lon <= east and south <= lat <= north:
            for (x0, y0), (x1, y1) in pairwise((*ring, ring[0])):
                crossed += (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0)
    return crossed % 2 == 1


def clipped(ring: Sequence[XY], left: float, top: float, right: float, bottom: float) -> list[XY]:
    """Return the part of a ring inside a rectangle (Sutherland and Hodgman); along its edges pieces may touch."""
    kept = list(ring)
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        corners, kept = kept, []
        for before, corner in zip(corners[-1:] + corners[:-1], corners, strict=True):
            was_in, is_in = sign * (before[axis] - limit) >= 0, sign * (corner[axis] - limit) >= 0
            if was_in != is_in:
                share = (limit - before[axis]) / (corner[axis] - before[axis])
                kept.append((before[0] + share * (corner[0] - before[0]), before[1] + share * (corner[1] - before[1])))
            if is_in:
                kept.append(corner)
    return kept


def pieces(line: Sequence[XY]) -> Iterator[list[XY]]:
    """Yield the runs of a line that may be seen in the drawing; the drawing's edge cuts the rest."""
    run: list[XY] = []
    for before, point in pairwise(line):
        xs, ys = sorted((before[0], point[0])), sorted((before[1], point[1]))
        if xs[1] < 0 or xs[0] > WIDTH or ys[1] < 0 or ys[0] > HEIGHT:
            if run:
                yield run
            run = []
            continue
        run = [*run, point] if run else [before, point]
    if run:
        yield run


def _scale(window: Window) -> str:
    """Return a bar of a round length, about a quarter of the drawing."""
    longest = WIDTH / 4 * window.metres_per_unit
    metres = max((m for m in (500, 1000, 2000, 5000, 10000, 20000) if m <= longest), default=500)
    length = metres / window.metres_per_unit
    words = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    y = HEIGHT - 8
    return (
        f'<path d="M8 {y - 4:g}v4h{length:.1f}v-4" fill="none" stroke="{INK}" stroke-width="1.2"/>'
        f'<text x="10" y="{y - 3:g}" font-size="8.5" fill="{INK}">{words}</text>'
    )


def _north() -> str:
    x = WIDTH - 12
    return (
        f'<path d="M{x:g} 6l4 10l-4 -2.6l-4 2.6z" fill="{INK}"/>'
        f'<text x="{x:g}" y="26" font-size="9" text-anchor="middle" fill="{INK}">U</text>'
    )


@lru_cache(maxsize=1)
def _land_rings() -> tuple[tuple[tuple[LonLat, ...], tuple[float, float, float, float]], ...]:
    found = []
    for feature in json.loads(land_geojson())["features"]:
        for ring in _rings(feature["geometry"]):
            lons, lats = [p[0] for p in ring], [p[1] for p in ring]
            found.append((ring, (min(lons), min(lats), max(lons), max(lats))))
    return tuple(found)


@lru_cache(maxsize=1)
def _border_lines() -> tuple[tuple[str, tuple[LonLat, ...]], ...]:
    found = []
    for feature in json.loads(border_geojson(settings.BORDER_GEOJSON))["features"]:
        shape = feature["geometry"]
        lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        status = feature.get("properties", {}).get("status", "settled")
        found += [(status, tuple((p[0], p[1]) for p in line)) for line in lines]
    return tuple(found)


def _rings(geometry: dict[str, object]) -> Iterable[tuple[LonLat, ...]]:
    coordinates: object = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return (tuple((p[0], p[1]) for p in ring) for polygon in polygons for ring in polygon)  # type: ignore[attr-defined]  # GeoJSON


def reach_to(lon: float, lat: float, points: Sequence[LonLat], *, nearest: int) -> float:
    """Return the metres within which that many of the points lie, rounded up to the half kilometre."""
    narrowing = cos(radians(lat))
    distances = sorted(
        hypot((x - lon) * narrowing, y - lat) * METRES_PER_DEGREE for x, y in points if (x, y) != (lon, lat)
    )
    if not distances:
        return LEAST_REACH_M
    return ceil(distances[min(nearest, len(distances)) - 1] / 500) * 500.0
