"""Tiles of villages: every village once, points when near and counts when far."""

import mapbox_vector_tile
import numpy as np
import pytest

from kentongan.maps import tiles
from kentongan.maps.geometry import across, down
from kentongan.places.gazetteer import load_gazetteer

SILAWAN = "53.04.02.2001"


def _tile_of(lon, lat, z):
    return z, int(across(lon) * 2**z), int(down(lat) * 2**z)


def _features(z, x, y):
    return mapbox_vector_tile.decode(tiles.village_tile(z, x, y))["desa"]["features"]


def test_near_tile_holds_the_village_with_name_and_code():
    unit = load_gazetteer().at(SILAWAN)

    found = {f["properties"]["kode"]: f["properties"]["nama"] for f in _features(*_tile_of(unit.lon, unit.lat, 12))}

    assert found[SILAWAN] == "Silawan"


def test_village_is_drawn_where_it_lies():
    unit = load_gazetteer().at(SILAWAN)
    z, x, y = _tile_of(unit.lon, unit.lat, 12)

    (feature,) = [f for f in _features(z, x, y) if f["properties"]["kode"] == SILAWAN]

    column, row_from_below = feature["geometry"]["coordinates"]
    assert abs((x + column / tiles.EXTENT) / 2**z - across(unit.lon)) < 1 / 2**z / 1000
    assert abs((y + 1 - row_from_below / tiles.EXTENT) / 2**z - down(unit.lat)) < 1 / 2**z / 1000


def test_counts_of_all_far_tiles_add_up_to_all_villages():
    z = 5
    total = 0
    for x in range(2**z):
        for y in range(2**z):
            if tile := tiles.village_tile(z, x, y):
                total += sum(f["properties"]["jumlah"] for f in mapbox_vector_tile.decode(tile)["desa"]["features"])

    assert total == len(tiles.villages().x)


def test_near_tiles_under_a_far_one_hold_as_many_villages_as_it_counts():
    unit = load_gazetteer().at(SILAWAN)
    z, x, y = _tile_of(unit.lon, unit.lat, 9)
    counted = sum(f["properties"]["jumlah"] for f in _features(z, x, y))

    points = 0
    for below_x in (2 * x, 2 * x + 1):
        for below_y in (2 * y, 2 * y + 1):
            if tiles.village_tile(10, below_x, below_y):
                points += len(_features(10, below_x, below_y))

    assert points == counted


def test_villages_are_sorted_and_none_is_without_a_point():
    found = tiles.villages()

    assert np.all(np.diff(found.x) >= 0)
    assert not np.isnan(found.y).any()


def test_tile_in_the_ocean_has_no_content(client, officer_of):
    client.force_login(officer_of())

    assert client.get("/peta/desa/10/0/0.mvt").status_code == 204


@pytest.mark.parametrize("address", ["/peta/desa/13/0/0.mvt", "/peta/desa/3/8/0.mvt"])
def test_tile_outside_the_pyramid_is_absent(client, officer_of, address):
    client.force_login(officer_of())

    assert client.get(address).status_code == 404


def test_browser_that_has_the_tile_is_told_so(client, officer_of):
    client.force_login(officer_of())
    unit = load_gazetteer().at(SILAWAN)
    z, x, y = _tile_of(unit.lon, unit.lat, 11)
    first = client.get(f"/peta/desa/{z}/{x}/{y}.mvt")

    again = client.get(f"/peta/desa/{z}/{x}/{y}.mvt", headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert again.status_code == 304
    assert "private" in first.headers["Cache-Control"]
