"""Ways of movement on a network of places: land between neighbours, lines over sea and by air, and what lies between."""

import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import EngineInputError
from .geodesics import distance_m
from .proportions import share_of

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
Verdict = Literal["up", "down", "unclear", "too_few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Places 0 to `nodes` - 1 and what joins them, both ways; costs are whole metres, so that equal ways are equal."""

    nodes: int
    ends: Positions  # (edges, 2)
    costs: NDArray[np.int64]  # (edges,), all > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """By how much a share of the movements changed from one period to the next, and whether that says anything.

    `low` and `high` enclose the difference of the shares; both are None where there is too little to tell.
    """

    before: int
    of_before: int
    after: int
    of_after: int
    low: float | None
    high: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Reach:
    """Everything from one place: the distances, how many shortest ways, what comes before, and the order of arrival."""

    cost: NDArray[np.int64]  # -1 where no way leads
    ways: Floats
    before: list[list[int]]
    order: list[int]


def network(nodes: int, ends: ArrayLike, costs: ArrayLike) -> Network:
    """Return the network; of several edges between two places the cheapest one counts.

    Shapes:  ends (edges, 2); costs (edges,).
    Units:   ends are positions of places; costs in metres, or in any unit of effort, rounded to whole ones of at least 1.
    Errors:  EngineInputError when an edge ends at no place or at its own beginning, or a cost is not above zero.
    Source:  docs/methods/routes.md, section "The network".
    """
    pairs = np.asarray(ends, dtype=np.intp).reshape(-1, 2)
    metres = np.asarray(costs, dtype=np.float64)
    if metres.shape != (pairs.shape[0],) or not (metres > 0).all() or not np.isfinite(metres).all():
        raise EngineInputError("Setiap ruas jaringan harus mempunyai satu panjang yang lebih besar dari nol.")
    if pairs.size and (pairs.min() < 0 or pairs.max() >= nodes or (pairs[:, 0] == pairs[:, 1]).any()):
        raise EngineInputError("Setiap ruas jaringan harus menghubungkan dua tempat yang berbeda dan dikenal.")
    whole = np.maximum(1, np.rint(metres)).astype(np.int64)
    pairs = np.sort(pairs, axis=1)
    order = np.lexsort((whole, pairs[:, 1], pairs[:, 0]))
    pairs, whole = pairs[order], whole[order]
    first = np.ones(pairs.shape[0], dtype=bool)
    first[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return Network(nodes=nodes, ends=pairs[first], costs=whole[first])


def neighbours_over_land(lat: ArrayLike, lon: ArrayLike, land: ArrayLike) -> tuple[Positions, Floats]:
    """Return which places of one land are neighbours, and how far apart: no third one lies in the circle between them.

    All places of one land hang together by such pairs. Roads are not known: the pairs are straight lines.

    Shapes:  lat, lon, land (places,); results (pairs, 2) and (pairs,).
    Units:   degrees WGS 84; `land` is a number for each piece of land; metres.
    Errors:  EngineInputError when a coordinate is missing or no degree of the Earth.
    Source:  docs/methods/routes.md, equation 1.
    """
    latitude, longitude = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    on = np.asarray(land)
    pairs: list[Positions] = [np.empty((0, 2), dtype=np.intp)]
    metres: list[Floats] = [np.empty(0)]
    for piece in np.unique(on):
        here = np.flatnonzero(on == piece)
        table = distance_m(latitude[here, None], longitude[here, None], latitude[here], longitude[here])
        square = table**2
        one, other = np.triu_indices(here.size, 1)
        between = np.empty(one.size, dtype=bool)
        for start in range(0, one.size, 20_000):
            a, b = one[start : start + 20_000], other[start : start + 20_000]
            inside = square[a] + square[b] < square[a, b][:, None]
            inside[np.arange(a.size), a] = False
            inside[np.arange(a.size), b] = False
            between[start : start + 20_000] = inside.any(axis=1)
        one, other = one[~between], other[~between]
        pairs.append(np.stack((here[one], here[other]), axis=1))
        metres.append(table[one, other])
    return np.concatenate(pairs), np.maximum(1.0, np.concatenate(metres))


def shortest_way(net: Network, start: int, end: int) -> tuple[int, ...]:
    """Return the places of a shortest way, both ends among them; of equals always the same, none where no way leads.

    Shapes:  scalars; result (stops,).
    Units:   positions of places.
    Errors:  EngineInputError when a place is not one of the network's.
    Source:  docs/methods/routes.md, section "Shortest ways".
    """
    _demand_place(net, start, end)
    reach = _reach(_neighbours(net), start)
    if reach.cost[end] < 0:
        return ()
    way = [end]
    while way[-1] != start:
        way.append(min(reach.before[way[-1]]))
    return tuple(reversed(way))


def betweenness(net: Network, demand: Sequence[tuple[int, int, float]] | None = None) -> Floats:
    """Return how much of what moves passes through each place on its shortest way, beginnings and ends not counted.

    Without a demand every pair of places counts one: Freeman's betweenness. With one, each movement (from, to, weight)
    counts its weight; over equal ways it is divided. What no way joins passes through nothing.

    Shapes:  demand (movements) of (from, to, weight); result (places,).
    Units:   positions of places and weights; pairs, or the unit of the weights.
    Errors:  EngineInputError when a place is not one of the network's, or a weight is below zero.
    Source:  docs/methods/routes.md, equations 2 to 3.
    """
    wanted: dict[int, Floats] = {}
    if demand is None:
        wanted = {start: np.ones(net.nodes) for start in range(net.nodes)}
    else:
        for start, end, weight in demand:
            _demand_place(net, start, end)
            if not weight >= 0:
                raise EngineInputError("Bobot perpindahan tidak boleh kurang dari nol.")
            wanted.setdefault(start, np.zeros(net.nodes))[end] += weight
    neighbours = _neighbours(net)
    through = np.zeros(net.nodes)
    for start, weights in wanted.items():
        reach = _reach(neighbours, start)
        depends = np.zeros(net.nodes)
        for place in reversed(reach.order):
            for earlier in reach.before[place]:
                depends[earlier] += reach.ways[earlier] / reach.ways[place] * (weights[place] + depends[place])
        depends[start] = 0.0
        through += depends
    return through / 2 if demand is None else through


def passing(net: Network, movements: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Return which places lie on a shortest way of each movement, from stop to stop, its own stops among them.

    Shapes:  movements (movements) of stops in order; result (movements, places).
    Units:   positions of places.
    Errors:  EngineInputError when a stop is not one of the network's places.
    Source:  docs/methods/routes.md, section "Shortest ways".
    """
    neighbours = _neighbours(net)
    known: dict[int, _Reach] = {}
    lies = np.zeros((len(movements), net.nodes), dtype=bool)
    for row, stops in enumerate(movements):
        _demand_place(net, *stops)
        lies[row, list(stops)] = True
        for start, end in itertools.pairwise(stops):
            for stop in (start, end):
                if stop not in known:
                    known[stop] = _reach(neighbours, stop)
            whole = known[start].cost[end]
            if whole >= 0:
                joined = (known[start].cost >= 0) & (known[end].cost >= 0)
                lies[row] |= joined & (known[start].cost + known[end].cost == whole)
    return lies


def change_of_share(
    before: int, of_before: int, after: int, of_after: int, *, confidence: float = 0.95, least: int = 5
) -> Change:
    """Return how the share of the movements that pass a place changed, with an interval, or that it cannot be told.

    Shapes:  scalars.
    Units:   counts; `confidence` in (0, 1); below `least` movements in either period nothing is told.
    Errors:  EngineInputError when the counts are no part of a whole, or the confidence is not between 0 and 1.
    Source:  docs/methods/routes.md, equation 4.
    """
    one = share_of(before, of_before, confidence=confidence)
    other = share_of(after, of_after, confidence=confidence)
    counts = {"before": before, "of_before": of_before, "after": after, "of_after": of_after}
    if one.value is None or other.value is None or min(of_before, of_after) < least:
        return Change(**counts, low=None, high=None, verdict="too_few")
    difference = other.value - one.value
    low = difference - math.hypot(other.value - other.low, one.high - one.value)
    high = difference + math.hypot(other.high - other.value, one.value - one.low)
    verdict: Verdict = "up" if low > 0 else "down" if high < 0 else "unclear"
    return Change(**counts, low=max(-1.0, low), high=min(1.0, high), verdict=verdict)


def _demand_place(net: Network, *places: int) -> None:
    if not all(0 <= place < net.nodes for place in places):
        raise EngineInputError("Perpindahan menyebut tempat yang tidak ada di jaringan.")


def _neighbours(net: Network) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = [[] for _ in range(net.nodes)]
    for (one, other), cost in zip(net.ends.tolist(), net.costs.tolist(), strict=True):
        found[one].append((other, cost))
        found[other].append((one, cost))
    return found


def _reach(neighbours: list[list[tuple[int, int]]], start: int) -> _Reach:
    """Return all shortest ways from a place (Dijkstra), counted as Brandes does."""
    cost = np.full(len(neighbours), -1, dtype=np.int64)
    ways = [0.0] * len(neighbours)
    ways[start] = 1.0
    before: list[list[int]] = [[] for _ in neighbours]
    best: dict[int, int] = {start: 0}
    order: list[int] = []
    heap = [(0, start)]
    while heap:
        so_far, place = heapq.heappop(heap)
        if cost[place] >= 0:
            continue
        cost[place] = so_far
        order.append(place)
        for other, length in neighbours[place]:
            arrival = so_far + length
            known = best.get(other)
            if known is None or arrival < known:
                best[other] = arrival
                ways[other] = ways[place]
                before[other] = [place]
                heapq.heappush(heap, (arrival, other))
            elif arrival == known and cost[other] < 0:
                ways[other] += ways[place]
                before[other].append(place)
    return _Reach(cost, np.array(ways), before, order)
