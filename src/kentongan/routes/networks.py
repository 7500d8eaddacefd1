"""The network that movements are laid on: areas that are neighbours over land, and facilities from which lines lead.

A facility hangs on its own area: who passes a town by land passes no airport.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np
from django.conf import settings
from django.db.models import Q

from kentongan.engine.geodesics import distance_m
from kentongan.engine.routes import Network, neighbours_over_land, network
from kentongan.places.geometry import border_lines
from kentongan.places.models import Facility, Place

from .flows import AREA_LEVELS, areas_of, name_of
from .lands import crossing, land_of
from .lines import Line, lines
from .rules import BOARDING_KM, Area


@dataclass(frozen=True, slots=True)
class Node:
    """A place or a facility of the network. `place` is None for a facility, `facility` empty for a place.

    `areas` are those in which a facility lies, or may lie.
    """

    place: int | None
    facility: str
    label: str
    country: str
    lat: float
    lon: float
    counterpart: str = ""
    areas: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """The network with its nodes, and where a place or a facility stands in it."""

    net: Network
    nodes: tuple[Node, ...]
    of_place: dict[int, int]
    of_facility: dict[str, int]


def network_with(areas: Iterable[Area], *, on: date) -> Laid:
    """Return the network of all regencies, cities and municipalities, the facilities that lead over land or sea, and these areas.

    An area without a point, or a state as a whole, stands in it and is joined to nothing.
    """
    units = Place.objects.filter(level__in=AREA_LEVELS, lat__isnull=False).order_by("code")
    places = {p.pk: Node(p.pk, "", name_of(p), p.country, p.lat or 0.0, p.lon or 0.0) for p in units}
    apart = {a.id: Node(a.id, "", a.name, a.country, a.lat or 0.0, a.lon or 0.0) for a in areas if a.id not in places}
    running = tuple(line for line in lines() if line.runs_on(on))
    ends = {stop for line in running for stop in line.stops}
    return _laid(tuple(places.values()), _facilities(ends), tuple(apart[key] for key in sorted(apart)), running)


def _facilities(ends: Collection[str]) -> tuple[Node, ...]:
    """Return the facilities that lead somewhere: the ends of lines, and posts with a counterpart."""
    leading = Q(key__in=ends) | ~Q(counterpart="")
    rows = list(Facility.objects.filter(leading, lat__isnull=False).order_by("key").prefetch_related("candidates"))
    areas = areas_of({place.pk for row in rows for place in row.candidates.all()})
    return tuple(
        Node(
            place=None,
            facility=row.key,
            label=row.name,
            country=row.country,
            lat=row.lat or 0.0,
            lon=row.lon or 0.0,
            counterpart=row.counterpart,
            areas=tuple(sorted({areas[place.pk].id for place in row.candidates.all() if place.pk in areas})),
        )
        for row in rows
    )


@lru_cache(maxsize=8)
def _laid(
    places: tuple[Node, ...], facilities: tuple[Node, ...], apart: tuple[Node, ...], running: tuple[Line, ...]
) -> Laid:
    joined = (*places, *facilities)
    nodes = (*joined, *apart)
    of_facility = {node.facility: i for i, node in enumerate(joined) if node.facility}
    of_place = {node.place: i for i, node in enumerate(nodes) if node.place is not None}
    pairs, costs = _over_land(places)
    for here, node in enumerate(facilities, start=len(places)):
        for area in (of_place[key] for key in node.areas if key in of_place):
            pairs.append((area, here))
            costs.append(max(1.0, _metres(node, nodes[area])))
        there = of_facility.get(node.counterpart, -1)
        if there > here:
            pairs.append((here, there))
            costs.append(max(1.0, _metres(node, joined[there])))
    for line in running:
        stops = [of_facility[stop] for stop in line.stops if stop in of_facility]
        for one, other in pairwise(stops):
            pairs.append((one, other))
            costs.append(_metres(joined[one], joined[other]) + 1000 * BOARDING_KM[line.mode])
    return Laid(
        net=network(len(nodes), np.array(pairs, dtype=np.intp).reshape(-1, 2), costs),
        nodes=nodes,
        of_place=of_place,
        of_facility=of_facility,
    )


def _over_land(nodes: Sequence[Node]) -> tuple[list[tuple[int, int]], list[float]]:
    """Return the neighbours over land of one state and one piece of land; a line over the border is none."""
    if not nodes:
        return [], []
    points = np.array([(node.lat, node.lon) for node in nodes])
    states = sorted({node.country for node in nodes})
    land = land_of(points[:, 0], points[:, 1]) * len(states) + [states.index(node.country) for node in nodes]
    pairs, metres = neighbours_over_land(points[:, 0], points[:, 1], land)
    kept = ~crossing(points[pairs[:, 0]], points[pairs[:, 1]], border_lines(settings.BORDER_GEOJSON))
    return [(int(a), int(b)) for a, b in pairs[kept]], metres[kept].tolist()


def _metres(one: Node, other: Node) -> float:
    return float(distance_m(one.lat, one.lon, other.lat, other.lon))
