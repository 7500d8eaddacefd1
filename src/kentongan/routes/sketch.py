"""A sketch of ways on the land of the region, as figures that a template draws. No Django."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .lands import pieces
from .rules import Area

WIDTH = 720
HEIGHT_AT_MOST, HEIGHT_AT_LEAST = 560, 240
REGION = (-12.0, 94.0, 8.0, 142.0)  # south, west, north, east: what the shipped land covers
MARGIN = 0.12
SMALLEST_SPAN = 1.2  # degrees
WIDEST = 9.0
MOST_LABELS = 14
LETTER, LETTER_HEIGHT, BESIDE = 7, 14, 8
"""How wide a letter is at most, how high a line, how far a label stands from its dot."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight line between two stops and how many events name it."""

    x1: int
    y1: int
    x2: int
    y2: int
    width: float
    events: int
    title: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A stop; only the most named have a label."""

    x: int
    y: int
    name: str
    is_labelled: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Way:
    """A corridor: its line and its name."""

    points: str
    name: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """Everything that the template draws, in whole figures of its own units; `left_out` ways name a state only."""

    width: int
    height: int
    land: str
    legs: tuple[Leg, ...]
    dots: tuple[Dot, ...]
    corridors: tuple[Way, ...]
    left_out: int


def sketch(
    ways: Iterable[tuple[Sequence[Area], int]],
    corridors: Sequence[tuple[str, Sequence[tuple[float, float]]]],
    stops: Sequence[tuple[str, float, float]] = (),
) -> Sketch | None:
    """Return the picture of the ways with their numbers of events, of the corridors, and of stops to be marked by name.

    None where there is nothing to draw. Labels that would lie on one another are left out, the least named first.
    """
    counted: dict[tuple[Area, Area], int] = {}
    left_out = 0
    for way, events in ways:
        shown = [area for area in way if _is_drawn(area)]
        left_out += len(shown) < len(way)
        for one, other in pairwise(shown):
            counted[one, other] = counted.get((one, other), 0) + events
    areas = {area.id: area for leg in counted for area in leg}
    points = [_point(area) for area in areas.values()] + [p for _name, line in corridors for p in line]
    if not points:
        return None
    frame = _Frame(points)
    most = max(counted.values(), default=1)
    weight = dict.fromkeys(areas, 0)
    for leg, events in counted.items():
        for area in leg:
            weight[area.id] += events
    most_named = sorted(areas.values(), key=lambda area: (-weight[area.id], area.code))
    marks = [*stops, *((area.name, *_point(area)) for area in most_named)]
    return Sketch(
        width=WIDTH,
        height=frame.height,
        land=frame.land(),
        legs=tuple(
            Leg(
                *frame.xy(_point(one)),
                *frame.xy(_point(other)),
                width=round(1 + (WIDEST - 1) * (events / most) ** 0.5, 1),
                events=events,
                title=f"{one.name} → {other.name}",
            )
            for (one, other), events in sorted(counted.items(), key=lambda item: item[1])
        ),
        dots=_dots(marks, frame),
        corridors=tuple(
            Way(" ".join("{},{}".format(*frame.xy(point)) for point in line), name) for name, line in corridors
        ),
        left_out=left_out,
    )


def _is_drawn(area: Area) -> bool:
    """A point in the middle of a state says nothing; what lies outside the region has no land to stand on."""
    if area.level == "country" or area.lat is None or area.lon is None:
        return False
    south, west, north, east = REGION
    return south <= area.lat <= north and west <= area.lon <= east


def _point(area: Area) -> tuple[float, float]:
    return area.lat or 0.0, area.lon or 0.0


def _dots(marks: Iterable[tuple[str, float, float]], frame: "_Frame") -> tuple[Dot, ...]:
    """Return the dots, labelled as long as there is room: what comes first has its label first."""
    taken: list[tuple[int, int, int]] = []  # left, right, height of each label
    dots: list[Dot] = []
    for name, lat, lon in marks:
        x, y = frame.xy((lat, lon))
        anchor = "end" if x > WIDTH * 0.8 else "start"
        reach = BESIDE + LETTER * len(name)
        left, right = (x - reach, x) if anchor == "end" else (x, x + reach)
        is_free = all(right < a or left > b or abs(y - c) >= LETTER_HEIGHT for a, b, c in taken)
        is_labelled = is_free and len(taken) < MOST_LABELS
        if is_labelled:
            taken.append((left, right, y))
        dots.append(Dot(x, y, name, is_labelled, anchor))
    return tuple(dots)


class _Frame:
    """The window on the region: all points with a margin, degrees of longitude shortened as in its middle."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        spots = np.array(points)
        low, high = spots.min(axis=0), spots.max(axis=0)
        grow = np.maximum((high - low) * MARGIN, (SMALLEST_SPAN - (high - low)) / 2)
        self.south, self.west = low - grow
        self.north, self.east = high + grow
        self.squeeze = float(np.cos(np.radians((self.south + self.north) / 2)))
        wide, tall = (self.east - self.west) * self.squeeze, self.north - self.south
        self.height = int(np.clip(WIDTH * tall / wide, HEIGHT_AT_LEAST, HEIGHT_AT_MOST))
        self.scale = min(WIDTH / wide, self.height / tall)
        self.x0 = (WIDTH - wide * self.scale) / 2
        self.y0 = (self.height - tall * self.scale) / 2

    def xy(self, point: tuple[float, float]) -> tuple[int, int]:
        """Return where a point of latitude and longitude is drawn."""
        x, y = self._scaled(np.array([point]))[0]
        return int(x), int(y)

    def land(self) -> str:
        """Return the outlines of the land that is seen, as the path of one figure."""
        parts: list[str] = []
        for outline in pieces():
            drawn = self._scaled(outline)
            x, y = drawn.T
            if x.max() < 0 or y.max() < 0 or x.min() > WIDTH or y.min() > self.height:
                continue
            drawn = np.clip(drawn, -WIDTH, 2 * WIDTH) // 2 * 2
            moved = np.ones(len(drawn), dtype=bool)
            moved[1:] = (drawn[1:] != drawn[:-1]).any(axis=1)
            if moved.sum() > 3:
                parts.append("M" + "L".join(f"{x} {y}" for x, y in drawn[moved].tolist()) + "Z")
        return "".join(parts)

    def _scaled(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        x = self.x0 + (points[:, 1] - self.west) * self.squeeze * self.scale
        y = self.y0 + (self.north - points[:, 0]) * self.scale
        whole: NDArray[np.int64] = np.rint(np.stack((x, y), axis=1)).astype(np.int64)
        return whole
