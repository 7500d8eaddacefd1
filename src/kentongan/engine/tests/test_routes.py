"""Betweenness agrees with networkx, neighbours with their definition, and the interval with its author's table."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.errors import EngineInputError
from kentongan.engine.geodesics import distance_m
from kentongan.engine.routes import (
    Network,
    betweenness,
    change_of_share,
    neighbours_over_land,
    network,
    passing,
    shortest_way,
)


def some_network(seed: int, nodes: int = 12) -> Network:
    """A sparse network with costs of 1 to 3, so that many ways are equally long; parts of it may not hang together."""
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(rng.random((nodes, nodes)) < 0.25, 1))
    return network(nodes, pairs, rng.integers(1, 4, len(pairs)))


def as_graph(net: Network) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(net.nodes))
    graph.add_weighted_edges_from((*ends, cost) for ends, cost in zip(net.ends, net.costs, strict=True))
    return graph


@given(st.integers(0, 10_000))
def test_betweenness_is_that_of_an_independent_library(seed: int) -> None:
    net = some_network(seed)

    expected = nx.betweenness_centrality(as_graph(net), normalized=False, weight="weight")

    assert betweenness(net) == pytest.approx([expected[node] for node in range(net.nodes)])


@given(st.integers(0, 10_000))
def test_betweenness_of_movements_adds_up_all_their_shortest_ways(seed: int) -> None:
    net = some_network(seed)
    rng = np.random.default_rng(seed + 1)
    demand = [(int(a), int(b), float(w)) for a, b, w in rng.integers([0, 0, 1], [12, 12, 5], (8, 3))]
    graph, expected = as_graph(net), np.zeros(net.nodes)
    for start, end, weight in demand:
        if start != end and nx.has_path(graph, start, end):
            ways = list(nx.all_shortest_paths(graph, start, end, weight="weight"))
            for way in ways:
                expected[way[1:-1]] += weight / len(ways)

    assert betweenness(net, demand) == pytest.approx(expected)


@given(st.integers(0, 10_000))
def test_what_a_movement_passes_lies_on_one_of_its_shortest_ways(seed: int) -> None:
    net = some_network(seed)
    stops = [int(stop) for stop in np.random.default_rng(seed).integers(0, 12, 3)]
    graph, expected = as_graph(net), set(stops)
    for start, end in ((stops[0], stops[1]), (stops[1], stops[2])):
        if nx.has_path(graph, start, end):
            expected.update(*nx.all_shortest_paths(graph, start, end, weight="weight"))

    lies = passing(net, [stops])

    assert set(np.flatnonzero(lies[0]).tolist()) == expected


@given(st.integers(0, 10_000))
def test_a_shortest_way_is_as_short_as_any_and_none_where_nothing_leads(seed: int) -> None:
    net = some_network(seed)
    graph = as_graph(net)

    way = shortest_way(net, 0, 11)

    if not nx.has_path(graph, 0, 11):
        assert way == ()
    else:
        assert (way[0], way[-1]) == (0, 11)
        assert nx.path_weight(graph, way, "weight") == nx.shortest_path_length(graph, 0, 11, "weight")


def test_of_two_edges_the_cheaper_counts() -> None:
    net = network(2, [[0, 1], [1, 0]], [500.0, 200.0])

    assert (net.ends.tolist(), net.costs.tolist()) == ([[0, 1]], [200])


def test_neighbours_have_no_third_place_in_the_circle_between_them_and_hold_their_land_together() -> None:
    rng = np.random.default_rng(5)
    lat, lon, land = rng.uniform(-10, -8, 40), rng.uniform(123, 126, 40), np.repeat([0, 1], 20)

    pairs, metres = neighbours_over_land(lat, lon, land)

    d2 = distance_m(lat[:, None], lon[:, None], lat, lon) ** 2
    by_definition = {
        (i, j)
        for i in range(40)
        for j in range(i + 1, 40)
        if land[i] == land[j]
        and not any(d2[i, k] + d2[j, k] < d2[i, j] for k in range(40) if k not in (i, j) and land[k] == land[i])
    }
    assert {(int(i), int(j)) for i, j in pairs} == by_definition
    assert metres == pytest.approx(np.sqrt(d2[pairs[:, 0], pairs[:, 1]]))
    assert nx.number_connected_components(nx.Graph(pairs.tolist())) == 2


def test_places_at_one_point_are_a_metre_apart() -> None:
    _pairs, metres = neighbours_over_land([-9.0, -9.0], [124.0, 124.0], [0, 0])

    assert metres.tolist() == [1.0]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((48, 80, 56, 70), 0.0524, 0.3339), ((3, 10, 9, 10), 0.1705, 0.8090)],
)
def test_the_interval_of_a_change_is_its_authors(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    change = change_of_share(*counts)

    assert (change.low, change.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert change.verdict == "up"


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((30, 40, 5, 40), "down"),
        ((4, 8, 5, 8), "unclear"),
        ((4, 4, 0, 40), "too_few"),
        ((0, 0, 3, 10), "too_few"),
    ],
)
def test_a_change_that_chance_may_have_made_is_not_called_one(counts: tuple[int, int, int, int], verdict: str) -> None:
    change = change_of_share(*counts)

    assert change.verdict == verdict
    assert (change.low is None) is (verdict == "too_few")


@pytest.mark.parametrize(
    "deed",
    [
        lambda: network(2, [[0, 2]], [1.0]),
        lambda: network(2, [[1, 1]], [1.0]),
        lambda: network(2, [[0, 1]], [0.0]),
        lambda: network(2, [[0, 1]], [float("nan")]),
        lambda: network(2, [[0, 1]], [1.0, 2.0]),
        lambda: shortest_way(network(2, [[0, 1]], [1.0]), 0, 2),
        lambda: passing(network(2, [[0, 1]], [1.0]), [[-1, 0]]),
        lambda: betweenness(network(2, [[0, 1]], [1.0]), [(0, 1, -1.0)]),
        lambda: betweenness(network(2, [[0, 1]], [1.0]), [(0, 5, 1.0)]),
        lambda: change_of_share(3, 2, 0, 5),
    ],
)
def test_what_is_no_network_or_no_movement_is_refused(deed: Callable[[], object]) -> None:
    with pytest.raises(EngineInputError):
        deed()
