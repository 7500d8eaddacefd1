"""Lines and areas under the map, as GeoJSON: land, land border, municipalities. An official border may replace ours."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kentongan.kit.errors import KentonganError

DATA = Path(__file__).parent / "data"
LINES = frozenset({"LineString", "MultiLineString"})


class BorderFileError(KentonganError):
    """The border file of this installation cannot be drawn."""

    code = "places.border_file"


def land_geojson() -> bytes:
    """Return the land of the region: 94 to 142 degrees east, 12 south to 8 north."""
    return (DATA / "land.geojson").read_bytes()


def municipalities_geojson() -> bytes:
    """Return the outlines of the municipalities of Timor-Leste, with their codes."""
    return (DATA / "municipalities_tl.geojson").read_bytes()


def border_geojson(path: Path | None = None) -> bytes:
    """Return the land border: the official file at `path` when an installation has one, else the indicative one.

    Features carry `status`: "settled" or "unresolved", and a `label`. BorderFileError when the file is not
    GeoJSON lines in degrees; a map without its border must not pass unnoticed.
    """
    if path is None:
        return (DATA / "border.geojson").read_bytes()
    try:
        content = path.read_bytes()
        _check_lines(json.loads(content))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BorderFileError(
            f"Berkas garis batas {path} tidak dapat dipakai: {error}. "
            "Berikan GeoJSON FeatureCollection berisi LineString atau MultiLineString dalam derajat WGS 84."
        ) from error
    return content


def border_lines(path: Path | None = None) -> list[NDArray[np.float64]]:
    """Return the land border as lines of (latitude, longitude), settled and unresolved parts alike, to measure to."""
    features = json.loads(border_geojson(path))["features"]
    shapes = [feature["geometry"] for feature in features]
    parts = [[s["coordinates"]] if s["type"] == "LineString" else s["coordinates"] for s in shapes]
    return [np.array([[p[1], p[0]] for p in line], dtype=np.float64) for lines in parts for line in lines if line]


def _check_lines(collection: Any) -> None:
    """Raise ValueError unless this is a FeatureCollection of lines within the degrees of the Earth."""
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise ValueError("bukan FeatureCollection")
    if not (features := collection.get("features")):
        raise ValueError("tidak ada feature di dalamnya")
    for number, feature in enumerate(features, start=1):
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(shape, dict) or shape.get("type") not in LINES:
            raise ValueError(f"feature ke-{number} bukan garis")
        lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        if not all(_is_position(p) for line in lines for p in line):
            raise ValueError(f"feature ke-{number} memuat koordinat yang bukan [bujur, lintang]")


def _is_position(position: Any) -> bool:
    if not isinstance(position, list) or len(position) < 2:
        return False
    lon, lat = position[:2]
    return all(isinstance(v, int | float) for v in (lon, lat)) and abs(lon) <= 180 and abs(lat) <= 90
