"""Distances agree with an independent library, with measuring everything, and with what is written down elsewhere."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kentongan.engine.errors import EngineInputError
from kentongan.engine.geodesics import along_m, distance_m, nearest_m, to_line_m, to_lines_m

Floats = NDArray[np.float64]

TASINIFU, APLAL = (-9.45758, 124.24391), (-9.4347, 124.2746)
HAUMENI_ANA, HAUMENI_ANA_POST = (-9.50247, 124.34802), (-9.4856, 124.3497)


def by_library(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    pairs = zip(lat, lon, to_lat, to_lon, strict=True)
    return np.array([Geodesic.WGS84.Inverse(*pair)["s12"] for pair in pairs])


def anywhere(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    return np.degrees(np.arcsin(rng.uniform(-1, 1, n))), rng.uniform(-180, 180, n)


def test_pairs_anywhere_differ_from_the_library_by_less_than_a_millimetre() -> None:
    rng = np.random.default_rng(1)
    here, there = anywhere(rng, 1000), anywhere(rng, 1000)

    metres = distance_m(*here, *there)

    assert np.abs(metres - by_library(*here, *there)).max() < 0.001


def test_nearly_opposite_pairs_differ_by_less_than_two_metres() -> None:
    rng = np.random.default_rng(2)
    lat, lon = anywhere(rng, 300)
    to_lat = np.clip(-lat + rng.uniform(-0.5, 0.5, 300), -90, 90)
    to_lon = (lon + rng.uniform(-0.7, 0.7, 300)) % 360 - 180

    metres = distance_m(lat, lon, to_lat, to_lon)

    assert np.abs(metres - by_library(lat, lon, to_lat, to_lon)).max() < 2


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ((0.0, 0.0), (0.0, 180.0)),
        ((0.0, 0.0), (0.0, 179.7)),
        ((90.0, 0.0), (-90.0, 0.0)),
        ((90.0, 10.0), (90.0, 77.0)),
        ((12.0, 179.9), (12.0, -179.9)),
        ((-9.0, 124.0), (-9.0, 124.0)),
        ((0.3, 0.0), (-0.1, 180.0)),
        ((0.0, 10.0), (0.0, 40.0)),
    ],
)
def test_poles_the_equator_and_the_date_line_are_no_exception(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    assert distance_m(*here, *there) == pytest.approx(Geodesic.WGS84.Inverse(*here, *there)["s12"], abs=2, rel=1e-9)


def test_shapes_broadcast() -> None:
    table = distance_m(np.zeros((3, 1)), np.array([[1.0], [2.0], [3.0]]), np.zeros(2), np.array([1.0, 5.0]))

    assert table.shape == (3, 2)
    assert table[0, 0] == 0
    assert distance_m(0.0, 0.0, 0.0, 1.0).shape == ()


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_the_nearest_is_the_one_that_measuring_all_pairs_finds(seed: int, targets: int) -> None:
    rng = np.random.default_rng(seed)
    here, there = anywhere(rng, 20), anywhere(rng, targets)

    metres, index = nearest_m(*here, *there)

    table = distance_m(here[0][:, None], here[1][:, None], *there)
    assert index.tolist() == table.argmin(axis=1).tolist()
    assert metres.tolist() == table.min(axis=1).tolist()


def test_of_equally_near_targets_the_first_is_named() -> None:
    _, index = nearest_m([0.0], [0.0], [1.0, -1.0, 1.0], [0.0, 0.0, 0.0])

    assert index.tolist() == [0]


def test_a_ring_of_targets_about_equally_far_is_searched_to_the_end() -> None:
    circle = np.radians(np.arange(0, 360, 3))
    to_lat, to_lon = 5 * np.sin(circle), 5 * np.cos(circle)

    metres, index = nearest_m([0.0], [0.0], to_lat, to_lon)

    everything = distance_m(0.0, 0.0, to_lat, to_lon)
    assert index[0] == everything.argmin()
    assert metres[0] == everything.min()


def test_the_distance_to_a_line_is_that_to_its_nearest_point() -> None:
    line = np.array([[-9.0, 124.0], [-9.1, 124.3], [-9.5, 124.35], [-9.5, 125.0]])
    lat, lon = np.random.default_rng(3).uniform([[-10.0], [123.0]], [[-8.0], [126.0]], (2, 40))

    metres = to_line_m(lat, lon, line)

    share = np.linspace(0, 1, 8001)[:, None]
    fine = np.concatenate([a + share * (b - a) for a, b in pairwise(line)])
    slow = distance_m(lat[:, None], lon[:, None], fine[:, 0], fine[:, 1]).min(axis=1)
    assert np.abs(metres - slow).max() < 30  # straight on the map and straight over the ground part by metres


def test_a_border_in_parts_has_no_line_across_its_gaps() -> None:
    parts = [np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 3.0], [0.0, 4.0]])]

    metres = to_lines_m([0.0, 0.1], [2.0, 0.5], parts)

    assert metres[0] == pytest.approx(distance_m(0.0, 2.0, 0.0, 1.0), rel=1e-9)
    assert metres[1] == pytest.approx(distance_m(0.1, 0.5, 0.0, 0.5), rel=1e-6)


def test_a_line_of_one_point_is_a_point() -> None:
    assert to_line_m([1.0], [0.0], [[0.0, 0.0]])[0] == pytest.approx(distance_m(1.0, 0.0, 0.0, 0.0), rel=1e-9)


def test_a_line_is_as_long_as_its_pieces() -> None:
    line = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]

    lengths = along_m(line)

    assert lengths[0] == 0
    assert lengths[2] == pytest.approx(distance_m(0, 0, 0, 1) + distance_m(0, 1, 1, 1), rel=1e-12)


def test_distances_written_down_elsewhere_are_met() -> None:
    assert round(float(distance_m(*TASINIFU, *APLAL)) / 1000, 1) == 4.2
    assert round(float(distance_m(*HAUMENI_ANA, *HAUMENI_ANA_POST)) / 1000, 1) == 1.9


@pytest.mark.parametrize(
    "deed",
    [
        lambda: distance_m(float("nan"), 0.0, 0.0, 0.0),
        lambda: distance_m(91.0, 0.0, 0.0, 0.0),
        lambda: distance_m(0.0, 181.0, 0.0, 0.0),
        lambda: distance_m(0.0, 0.0, 0.0, float("nan")),
        lambda: nearest_m([0.0], [0.0], [], []),
        lambda: to_lines_m([0.0], [0.0], []),
        lambda: to_line_m([0.0], [0.0], np.empty((0, 2))),
        lambda: to_line_m([0.0], [0.0], [0.0, 1.0]),
        lambda: along_m([[0.0, 0.0, 0.0]]),
    ],
)
def test_what_cannot_be_measured_is_refused(deed: Callable[[], object]) -> None:
    with pytest.raises(EngineInputError):
        deed()
