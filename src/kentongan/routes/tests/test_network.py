"""The land, the border and the network, with the shipped shapes and lines."""

from datetime import date

import numpy as np
import pytest

from kentongan.engine.routes import shortest_way
from kentongan.places.geometry import border_lines
from kentongan.routes.flows import areas_of
from kentongan.routes.lands import crossing, land_of
from kentongan.routes.networks import network_with

from .conftest import BALIKPAPAN, BOBONARO, MALAYSIA, SIKKA

DAY = date(2026, 3, 4)


def test_atambua_kefamenanu_and_dili_are_on_one_land_maumere_and_balikpapan_on_others() -> None:
    lands = land_of(
        np.array([-9.1, -9.44, -8.56, -8.62, -1.23]), np.array([124.9, 124.48, 125.58, 122.21, 116.85])
    ).tolist()

    assert lands[0] == lands[1] == lands[2]
    assert len(set(lands)) == 3


def test_a_point_in_the_sea_belongs_to_the_nearest_land() -> None:
    offshore, atambua = land_of(np.array([-8.90, -9.1]), np.array([124.80, 124.9]))

    assert offshore == atambua


def test_a_line_from_atambua_to_maliana_crosses_the_border_and_one_to_kefamenanu_does_not() -> None:
    atambua, maliana, kefamenanu = (-9.1, 124.9), (-8.99, 125.22), (-9.44, 124.48)

    crosses = crossing(np.array([atambua, atambua]), np.array([maliana, kefamenanu]), border_lines())

    assert crosses.tolist() == [True, False]


@pytest.mark.django_db
def test_from_sikka_to_balikpapan_the_way_leads_over_the_ports(region) -> None:
    laid = network_with((), on=DAY)

    way = shortest_way(laid.net, laid.of_place[SIKKA], laid.of_place[BALIKPAPAN])

    assert [laid.nodes[stop].facility for stop in way[1:-1]] == [
        "lorens-say",
        "makassar-pelabuhan",
        "balikpapan-semayang",
    ]


@pytest.mark.django_db
def test_over_the_land_border_leads_only_a_post_with_its_counterpart(region) -> None:
    laid = network_with((), on=DAY)

    way = shortest_way(laid.net, laid.of_place[3], laid.of_place[BOBONARO])

    assert [laid.nodes[stop].facility for stop in way] == ["", "motaain", "batugade", ""]


@pytest.mark.django_db
def test_a_state_stands_in_the_network_and_is_joined_to_nothing(region) -> None:
    laid = network_with(areas_of([MALAYSIA]).values(), on=DAY)

    assert shortest_way(laid.net, laid.of_place[SIKKA], laid.of_place[MALAYSIA]) == ()
