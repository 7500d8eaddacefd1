"""A report as JSON, CSV, GeoJSON and a picture."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from kentongan.engine.files import Report, as_json, read_prm, run
from kentongan.engine.files.writers import as_geojson, circle, write_report
from kentongan.engine.geometry import EARTH_RADIUS_M
from kentongan.engine.tests.satscan_study import study_on_disk


def report_of(folder: Path, options: dict[str, str] | None = None, **files: str) -> Report:
    return run(read_prm(study_on_disk(folder, {"MonteCarloReps": "99", **(options or {})}, **files)))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_are_written_and_tell_the_same(tmp_path: Path) -> None:
    report = report_of(tmp_path)

    written = write_report(report, tmp_path / "a" / "b")

    assert [path.name for path in written] == [
        "result.json", "clusters.csv", "members.csv", "clusters.geojson", "map.png",
    ]  # fmt: skip
    answer = json.loads(written[0].read_text(encoding="utf-8"))
    assert answer == as_json(report)
    rows = rows_of(written[1])
    assert [int(row["observed"]) for row in rows] == [one["observed"] for one in answer["clusters"]]
    assert float(rows[0]["p_value"]) == answer["clusters"][0]["p_value"]
    members = [row["place"] for row in rows_of(written[2]) if row["rank"] == "1"]
    assert members == answer["clusters"][0]["members"]
    assert written[4].read_bytes().startswith(b"\x89PNG")


def test_the_json_has_its_documented_keys(tmp_path: Path) -> None:
    answer = as_json(report_of(tmp_path))
    page = (Path(__file__).parents[4] / "docs" / "methods" / "scan-files.md").read_text(encoding="utf-8")
    documented = page[page.index("## Result") :]

    keys = set(answer) - {"title", "source", "analysis", "model", "direction"}
    missing = [key for key in {*keys, *answer["clusters"][0]} if f"{key}" not in documented]
    assert missing == []
    assert answer["clusters"][0]["undone_by"].keys() == {"places", "windows"}


def test_a_cluster_of_all_places_is_told_without_a_shape(tmp_path: Path) -> None:
    cas = "".join(f"{name} 3 2020/1/9\n{name} 3 2020/1/10\n{name} 1 2020/1/2\n" for name in "ABCDE")
    options = {"ModelType": "0", "IncludePurelyTemporal": "y"}
    report = report_of(tmp_path, options, cas=cas)

    written = write_report(report, tmp_path / "out")

    features = as_geojson(report)["features"]
    (shape,) = [one["geometry"] for one in features if one["properties"].get("has_all_places")]
    assert shape is None
    assert rows_of(written[1])[0]["places"] == "5"
    assert rows_of(written[1])[0]["latitude"] == ""
    assert written[4].read_bytes().startswith(b"\x89PNG")


def test_what_would_undo_a_cluster_is_told_by_id_and_date(tmp_path: Path) -> None:
    cas = "".join(f"{name} 1 2020/1/{day}\n" for name in "ABCDE" for day in range(1, 10)) + "D 9 2020/1/10\n"

    first = as_json(report_of(tmp_path, cas=cas))["clusters"][0]

    assert first["undone_by"] == {"places": ["D"], "windows": [{"from": "2020-01-10", "to": "2020-01-10"}]}
    assert first["p_value"] < 0.05


def test_the_shapes_are_circles_and_points_of_members(tmp_path: Path) -> None:
    report = report_of(tmp_path)

    features = as_geojson(report)["features"]

    first = features[0]
    assert (first["properties"]["role"], first["geometry"]["type"]) == ("cluster", "Polygon")
    points = [one for one in features if one["properties"]["role"] == "member" and one["properties"]["rank"] == 1]
    assert {one["properties"]["place"] for one in points} == {"D", "E"}
    assert [124.5, -9.6] in [one["geometry"]["coordinates"] for one in points]


def test_a_cluster_of_one_place_is_a_point(tmp_path: Path) -> None:
    cas = "A 2 2020/1/2\nB 2 2020/1/3\nC 9 2020/1/4\nD 3 2020/1/10\n"

    features = as_geojson(report_of(tmp_path, cas=cas))["features"]

    assert features[0]["geometry"] == {"type": "Point", "coordinates": [124.5, -9.5]}


@pytest.mark.parametrize(("latitude", "longitude"), [(-9.0, 124.0), (60.0, 179.9), (0.0, -180.0), (89.0, 10.0)])
def test_a_circle_is_everywhere_at_its_radius_closed_and_counter_clockwise(latitude: float, longitude: float) -> None:
    ring = np.array(circle(latitude, longitude, 80.0))

    lam, phi = np.radians(ring.T)
    centre = np.radians([latitude, longitude])
    half = np.sin((phi - centre[0]) / 2) ** 2 + np.cos(phi) * np.cos(centre[0]) * np.sin((lam - centre[1]) / 2) ** 2
    away_km = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half)) / 1000
    assert np.abs(away_km - 80).max() < 1e-4
    assert (ring[0] == ring[-1]).all()
    steps = ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]
    assert steps.sum() > 0


def test_a_plane_has_no_geojson_and_columns_of_its_own(tmp_path: Path) -> None:
    report = report_of(tmp_path, {"CoordinatesType": "0", "ScanAreas": "3"})

    written = write_report(report, tmp_path / "out")

    assert [path.name for path in written] == ["result.json", "clusters.csv", "members.csv", "map.png"]
    assert {"x", "y", "radius"} <= set(rows_of(written[1])[0])
    assert "radius" in as_json(report)["clusters"][0]


def test_without_coordinates_there_is_no_picture(tmp_path: Path) -> None:
    options = {"UseNeighborsFile": "y", "NeighborsFilename": "study.nbr"}
    report = report_of(tmp_path, options, nbr="D E A\nA B C\nB C\n")

    written = write_report(report, tmp_path / "out")

    assert [path.name for path in written] == ["result.json", "clusters.csv", "members.csv"]


def test_a_relative_risk_without_bound_is_null(tmp_path: Path) -> None:
    options = {"AnalysisType": "1", "ModelType": "0", "PopulationFile": "study.pop"}
    pop = "A 2020 10\nB 2020 10\nC 2020 10\nD 2020 10\nE 2020 10\n"

    report = report_of(tmp_path, options, cas="A 9 2020/1/2\n", pop=pop)

    assert as_json(report)["clusters"][0]["relative_risk"] is None
    write_report(report, tmp_path / "out")
