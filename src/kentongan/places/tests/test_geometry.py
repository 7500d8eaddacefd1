"""The lines under the map."""

import json
import math
from itertools import pairwise

import pytest

from kentongan.engine.geodesics import to_lines_m
from kentongan.places.facilities import load_facilities
from kentongan.places.gazetteer import Gazetteer
from kentongan.places.geometry import (
    BorderFileError,
    border_geojson,
    border_lines,
    land_geojson,
    municipalities_geojson,
)


def border() -> dict[str, dict]:
    return {f["id"]: f for f in json.loads(border_geojson())["features"]}


def lines(feature: dict) -> list[list[list[float]]]:
    shape = feature["geometry"]
    return [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]


def length_km(feature: dict) -> float:
    steps = ((a, b) for line in lines(feature) for a, b in pairwise(line))
    return sum(math.hypot((b[0] - a[0]) * 109.9, (b[1] - a[1]) * 110.6) for a, b in steps)


def km_to(feature: dict, lat: float, lon: float) -> float:
    return min(math.hypot((x - lon) * 109.9, (y - lat) * 110.6) for line in lines(feature) for x, y in line)


def test_the_border_is_about_as_long_as_the_states_say() -> None:
    features = border()
    west = sum(length_km(f) for key, f in features.items() if key != "sektor-timur")

    assert length_km(features["sektor-timur"]) == pytest.approx(149.1, rel=0.06)
    assert west == pytest.approx(119.7, rel=0.06)


def test_the_two_unresolved_parts_are_features_of_their_own_and_labelled() -> None:
    unresolved = {key: f for key, f in border().items() if f["properties"]["status"] == "unresolved"}

    assert set(unresolved) == {"noel-besi", "bijael-sunan-oben"}
    assert all("indikatif" in f["properties"]["label"] for f in border().values())
    assert km_to(unresolved["noel-besi"], -9.3362, 124.0451) < 0.5  # its mouth at Oepoli
    assert km_to(unresolved["bijael-sunan-oben"], -9.4856, 124.3497) < 1.0  # Haumeni Ana
    assert km_to(unresolved["bijael-sunan-oben"], -9.5102, 124.2892) < 2.0  # Manusasi


def test_the_parts_of_the_border_join_without_a_gap() -> None:
    ends = [tuple(end) for f in border().values() for line in lines(f) for end in (line[0], line[-1])]
    loose = [end for end in ends if ends.count(end) == 1]

    assert len(loose) == 4  # where the two sectors meet the sea


@pytest.mark.parametrize("key", ["motaain", "motamasin", "wini", "napan", "oepoli", "haumeni-ana"])
def test_the_gates_stand_on_the_line(key: str) -> None:
    gate = next(f for f in load_facilities() if f.key == key)
    assert gate.lat is not None
    assert gate.lon is not None

    assert min(km_to(f, gate.lat, gate.lon) for f in border().values()) < 1.0


def test_the_municipalities_carry_the_codes_of_the_gazetteer(gazetteer: Gazetteer) -> None:
    features = json.loads(municipalities_geojson())["features"]

    assert {f["id"] for f in features} == {u.code for u in gazetteer.children("TL")}


def test_the_land_fits_the_region_and_a_page() -> None:
    content = land_geojson()
    shape = json.loads(content)["features"][0]["geometry"]
    positions = [p for polygon in shape["coordinates"] for ring in polygon for p in ring]

    assert len(content) < 700_000
    assert all(94 <= lon <= 142 and -12 <= lat <= 8 for lon, lat in positions)


def test_an_official_border_replaces_ours(tmp_path) -> None:
    official = tmp_path / "batas.geojson"
    line = {"type": "LineString", "coordinates": [[124.95, -8.958], [124.96, -8.97]]}
    feature = {"type": "Feature", "properties": {"status": "settled"}, "geometry": line}
    official.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    assert border_geojson(official) == official.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "FeatureCollection", "features": [null]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString"}}]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": [[500000, 9000000]]}}]}',
    ],
)
def test_a_border_file_that_cannot_be_drawn_is_refused(tmp_path, content: str) -> None:
    path = tmp_path / "batas.geojson"
    path.write_text(content)

    with pytest.raises(BorderFileError, match=r"batas\.geojson"):
        border_geojson(path)


def test_a_missing_border_file_is_refused(tmp_path) -> None:
    with pytest.raises(BorderFileError):
        border_geojson(tmp_path / "tidak-ada.geojson")


def test_a_place_is_measured_to_the_settled_and_the_unresolved_parts_of_the_border() -> None:
    aplasi, haumeni_ana_post, jakarta = (-9.43674, 124.48829), (-9.4856, 124.3497), (-6.2, 106.8)
    lat, lon = zip(aplasi, haumeni_ana_post, jakarta, strict=True)

    metres = to_lines_m(lat, lon, border_lines())

    assert metres[0] == pytest.approx(12_700, abs=100)  # written down as about 12.7 km; our line is simplified to 65 m
    assert metres[1] < 100  # its point was put on the line
    assert metres[2] == pytest.approx(1_900_000, rel=0.02)
