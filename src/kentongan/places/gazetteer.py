"""The gazetteer in memory: every unit of both countries, found by any code, by descent and by distance. No database."""

import csv
import gzip
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Literal, NamedTuple, cast, get_args
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import DILI, WIB, WIT, WITA
from kentongan.places.facilities import load_facilities
from kentongan.reading.knowledge import FacilityRow, PlaceLevel, PlaceRow

DATA = Path(__file__).parent / "data"
GAZETTEER = DATA / "gazetteer.csv.gz"
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""

Flag = Literal[
    "approximate_point",  # the point stands in for a whole district
    "doubtful_point",  # the point lies far from the other villages of its district
    "no_point",
    "single_source",  # only one of the two Indonesian lists has this village
    "not_in_newest_list",  # only the older Indonesian list has it: dissolved, or not recognised under its new name
    "reused_code",  # the digits meant a neighbour in the older list, so the point may be the neighbour's
    "parent_by_polygon",  # the source contradicts itself about the parent; the polygon decided
]
NameKind = Literal["former", "spelling", "short", "town", "local", "part", "english"]
CodeScheme = Literal["kemendagri", "tl-intl-2024", "tl-pnds", "iso-3166-1", "kentongan"]

LEVELS: tuple[PlaceLevel, ...] = get_args(PlaceLevel)
SMALLEST: tuple[PlaceLevel, ...] = ("village", "suco")
"""Where things happen: the level at which the two countries count alike."""


class UnknownPlaceError(KentonganError):
    """No unit has, or ever had, this code."""

    code = "places.unknown_code"


class GazetteerFileError(KentonganError):
    """The compiled gazetteer is missing or not readable."""

    code = "places.gazetteer_file"


@dataclass(frozen=True, slots=True)
class OtherName:
    """A name beside the official one: former, another spelling, short, or of the town that the unit holds."""

    name: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class FormerCode:
    """A code that the unit had before, or has in another scheme, and in one word why it changed."""

    scheme: CodeScheme
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the gazetteer under its current code. `id` stays when the code changes."""

    id: int
    code: str
    name: str
    level: PlaceLevel
    parent: str | None
    lat: float | None
    lon: float | None
    elevation_m: int | None
    other_names: tuple[OtherName, ...]
    former_codes: tuple[FormerCode, ...]
    sources: tuple[str, ...]
    flags: tuple[Flag, ...]

    @property
    def country(self) -> str:
        """The ISO code of the unit's state; XZ (international waters) for a sea."""
        if self.level == "sea":
            return "XZ"
        return "ID" if self.code[0].isdigit() else self.code[:2]

    @property
    def scheme(self) -> CodeScheme:
        """The scheme that the current code belongs to."""
        if self.level in ("country", "sea"):
            return "iso-3166-1" if self.level == "country" else "kentongan"
        return "kemendagri" if self.code[0].isdigit() else "tl-intl-2024"

    @property
    def is_approximate(self) -> bool:
        """Whether the point must not be drawn as if it were the unit's own."""
        return "approximate_point" in self.flags or "doubtful_point" in self.flags


class Near(NamedTuple):
    """A unit and how far away it is."""

    unit: Unit
    distance_m: float


class Columns(NamedTuple):
    """The compiled file by columns, as text."""

    id: tuple[str, ...]
    code: tuple[str, ...]
    name: tuple[str, ...]
    level: tuple[str, ...]
    parent: tuple[str, ...]
    lat: tuple[str, ...]
    lon: tuple[str, ...]
    elevation: tuple[str, ...]
    names: tuple[str, ...]
    former: tuple[str, ...]
    sources: tuple[str, ...]
    flags: tuple[str, ...]


class Gazetteer:
    """All units, rows in an order where parents come first. Rows become `Unit` only when asked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._row_of = dict(zip(columns.code, range(len(columns.code)), strict=True))
        rows_and_none = self._row_of | {"": -1}
        self.parents: NDArray[np.int32] = np.array([rows_and_none[p] for p in columns.parent], dtype=np.int32)
        numbers: dict[str, int] = {level: number for number, level in enumerate(LEVELS)}
        self.level_numbers: NDArray[np.int8] = np.array([numbers[level] for level in columns.level], dtype=np.int8)
        self.latitudes, self.longitudes = _degrees(columns.lat), _degrees(columns.lon)

    def __len__(self) -> int:
        return len(self.columns.code)

    def __iter__(self) -> Iterator[Unit]:
        return map(self.unit, range(len(self)))

    def __contains__(self, code: str) -> bool:
        return code in self._row_of

    def unit(self, row: int) -> Unit:
        """Return the unit of a row number."""
        c = self.columns
        return Unit(
            id=int(c.id[row]),
            code=c.code[row],
            name=c.name[row],
            level=cast("PlaceLevel", c.level[row]),
            parent=c.parent[row] or None,
            lat=_number(c.lat[row]),
            lon=_number(c.lon[row]),
            elevation_m=int(c.elevation[row]) if c.elevation[row] else None,
            other_names=self.other_names(row),
            former_codes=_former_codes(c.former[row]),
            sources=tuple(c.sources[row].split()),
            flags=cast("tuple[Flag, ...]", tuple(c.flags[row].split())),
        )

    def other_names(self, row: int) -> tuple[OtherName, ...]:
        """Return the other names of a row."""
        text = self.columns.names[row]
        if not text:
            return ()
        pairs = (entry.partition("=") for entry in text.split("|"))
        return tuple(OtherName(name, cast("NameKind", kind)) for kind, _, name in pairs)

    def names(self) -> tuple[str, ...]:
        """Return the official name of every row."""
        return self.columns.name

    # --- codes ---

    def row(self, code: str) -> int:
        """Return the row number of a current code; UnknownPlaceError when no unit has it now."""
        try:
            return self._row_of[code]
        except KeyError:
            raise UnknownPlaceError(
                f"Kode wilayah {code!r} tidak dikenal: tidak ada di daftar sekarang maupun sebelumnya. Periksa penulisannya, misalnya 53.04.02.2001 atau TL-050202."
            ) from None

    def current_code(self, code: str, scheme: CodeScheme | None = None) -> str | None:
        """Return the current code for any code that was ever valid; None when none was.

        Without a scheme only codes that cannot be mistaken are answered: a current code, or a former Kemendagri one.
        Codes of tl-pnds are bare digits and need their scheme.
        """
        if scheme in (None, "kemendagri", "tl-intl-2024", "iso-3166-1", "kentongan") and code in self._row_of:
            return code
        row = self._former_rows.get((scheme or "kemendagri", code))
        return None if row is None else self.columns.code[row]

    def at(self, code: str, scheme: CodeScheme | None = None) -> Unit:
        """Return the unit that the code means, or meant; UnknownPlaceError when it never meant one."""
        return self.unit(self.row(self.current_code(code, scheme) or code))

    @cached_property
    def _former_rows(self) -> dict[tuple[str, str], int]:
        return {
            (former.scheme, former.code): row
            for row, text in enumerate(self.columns.former)
            if text
            for former in _former_codes(text)
        }

    # --- descent ---

    def ancestors(self, code: str) -> tuple[Unit, ...]:
        """Return the units that contain this one, the nearest first."""
        return tuple(self.unit(row) for row in self.ancestor_rows(self.row(code)))

    def ancestor_rows(self, row: int) -> list[int]:
        """Return the rows of the units that contain this one, the nearest first."""
        rows = []
        while (row := int(self.parents[row])) >= 0:
            rows.append(row)
        return rows

    def children(self, code: str) -> tuple[Unit, ...]:
        """Return the units directly inside this one, by code."""
        return tuple(self.unit(int(row)) for row in np.flatnonzero(self.parents == self.row(code)))

    def descendants(self, code: str) -> tuple[Unit, ...]:
        """Return all units inside this one, larger units first."""
        return tuple(self.unit(int(row)) for row in self.descendant_rows(self.row(code)))

    def descendant_rows(self, row: int) -> NDArray[np.intp]:
        """Return the rows of all units inside this one, in ascending order."""
        first, last = self.spans[row]
        inside = (self.spans[:, 0] > first) & (self.spans[:, 0] <= last)
        return np.flatnonzero(inside)

    @cached_property
    def spans(self) -> NDArray[np.int32]:
        """For each row its number in a walk through the tree and the last number inside it: b is in a iff a0 <= b0 <= a1.

        Shapes: (rows, 2).
        """
        sizes = np.ones(len(self), dtype=np.int32)
        for row in range(len(self) - 1, -1, -1):  # children come after parents, so their sizes are complete here
            if (parent := self.parents[row]) >= 0:
                sizes[parent] += sizes[row]
        starts = np.empty(len(self), dtype=np.int32)
        next_free = np.empty(len(self), dtype=np.int32)
        next_root = 0
        for row, parent in enumerate(self.parents.tolist()):
            if parent < 0:
                starts[row], next_root = next_root, next_root + int(sizes[row])
            else:
                starts[row] = next_free[parent]
                next_free[parent] += sizes[row]
            next_free[row] = starts[row] + 1
        return np.stack((starts, starts + sizes - 1), axis=1)

    def is_inside(self, code: str, territory: str) -> bool:
        """Tell whether a unit is the territory itself or lies in it."""
        first, last = self.spans[self.row(territory)]
        return bool(first <= self.spans[self.row(code), 0] <= last)

    # --- distance ---

    def nearest(self, lat: float, lon: float, n: int = 1, levels: Collection[PlaceLevel] = SMALLEST) -> list[Near]:
        """Return the n units of these levels whose points lie nearest, the nearest first; equal distances by code."""
        rows = self._rows_with_point(levels)
        distances = self._distances_m(rows, lat, lon)
        if n < len(rows):
            near = distances <= np.partition(distances, n - 1)[n - 1] + 0.001
            rows, distances = rows[near], distances[near]
        return self._by_distance(rows, distances)[:n]

    def within_distance(
        self, lat: float, lon: float, radius_m: float, levels: Collection[PlaceLevel] = SMALLEST
    ) -> list[Near]:
        """Return the units of these levels whose points lie within the radius, the nearest first."""
        rows = self._rows_with_point(levels)
        distances = self._distances_m(rows, lat, lon)
        inside = distances <= radius_m
        return self._by_distance(rows[inside], distances[inside])

    def within_box(
        self, south: float, west: float, north: float, east: float, levels: Collection[PlaceLevel] = SMALLEST
    ) -> tuple[Unit, ...]:
        """Return the units of these levels whose points lie in the box, its edges included."""
        lats, lons = self.latitudes, self.longitudes
        inside = (lats >= south) & (lats <= north) & (lons >= west) & (lons <= east) & self._of_levels(levels)
        return tuple(self.unit(int(row)) for row in np.flatnonzero(inside))

    def _of_levels(self, levels: Collection[PlaceLevel]) -> NDArray[np.bool_]:
        return np.isin(self.level_numbers, [LEVELS.index(level) for level in levels])

    def _rows_with_point(self, levels: Collection[PlaceLevel]) -> NDArray[np.intp]:
        return np.flatnonzero(self._of_levels(levels) & ~np.isnan(self.latitudes))

    def _distances_m(self, rows: NDArray[np.intp], lat: float, lon: float) -> NDArray[np.float64]:
        here = _on_sphere(np.array([lat]), np.array([lon]))[0]
        chords = np.linalg.norm(self._points[rows] - here, axis=1)
        return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.minimum(chords / 2, 1.0)))

    @cached_property
    def _points(self) -> NDArray[np.float64]:
        return _on_sphere(self.latitudes, self.longitudes)

    def _by_distance(self, rows: NDArray[np.intp], distances: NDArray[np.float64]) -> list[Near]:
        order = np.lexsort((rows, np.round(distances, 3)))  # rows of one level are in the order of their codes
        return [Near(self.unit(int(rows[i])), float(distances[i])) for i in order]

    # --- words ---

    def written(self, code: str) -> str:
        """Return the full written name: "Desa Silawan, Kec. Tasifeto Timur, Kab. Belu, NTT"."""
        row = self.row(code)
        parts = [self.titled(row)]
        for ancestor in self.ancestor_rows(row):
            level = self.columns.level[ancestor]
            if level == "province":
                parts.append(self._short_name(ancestor))
            elif level != "country" or self.columns.code[ancestor] != "ID":
                parts.append(self.titled(ancestor))
        return ", ".join(parts)

    def titled(self, row: int) -> str:
        """Return the unit's name with the word for its level: "Kel. Aplasi", "Kab. Kupang", "Distrik Sentani"."""
        name = self.columns.name[row]
        word = level_word(self.columns.code[row], cast("PlaceLevel", self.columns.level[row]))
        return f"{word} {name}" if word else name

    def _short_name(self, row: int) -> str:
        short = (n.name for n in self.other_names(row) if n.kind == "short")
        return next(short, self.columns.name[row])

    def zone(self, code: str) -> ZoneInfo:
        """Return the zone whose civil day counts in the unit; WIB for a unit outside both countries."""
        unit = self.at(code)
        if unit.country == "TL":
            return DILI
        return ZONES.get(unit.code[:2], WIB)

    # --- what the reader is given ---

    def to_place_rows(self) -> tuple[PlaceRow, ...]:
        """Return every unit as the reader takes it."""
        c = self.columns
        return tuple(
            PlaceRow(
                c.code[row],
                c.name[row],
                cast("PlaceLevel", c.level[row]),
                c.parent[row] or None,
                _number(c.lat[row]),
                _number(c.lon[row]),
                tuple(n.name for n in self.other_names(row)) if c.names[row] else (),
            )
            for row in range(len(self))
        )

    def facility_rows(self) -> tuple[FacilityRow, ...]:
        """Return every shipped facility as the reader takes it, places under their current codes."""
        return tuple(
            FacilityRow(f.key, f.name, f.kind, f.aliases, tuple(self.at(code).code for code in f.candidates))
            for f in load_facilities()
        )


ZONES = {
    **dict.fromkeys(("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"), WITA),
    **dict.fromkeys(("81", "82", "91", "92", "93", "94", "95", "96"), WIT),
}
"""Zones of the Indonesian provinces outside WIB (Keppres 41/1987), by code."""


def level_word(code: str, level: PlaceLevel) -> str:
    """Return the Indonesian word, or its usual short form, that stands before the name of such a unit."""
    if level == "village":
        return {"1": "Kel.", "3": "Desa Adat"}.get(code[9:10], "Desa")
    if level == "district":
        return "Distrik" if code[:1] == "9" else "Kec."
    return WORDS[level]


WORDS: dict[PlaceLevel, str] = {
    "country": "",
    "sea": "",
    "province": "Prov.",
    "regency": "Kab.",
    "city": "Kota",
    "municipality": "Munisipio",
    "post": "Posto",
    "suco": "Suco",
    "aldeia": "Aldeia",
}


def _number(text: str) -> float | None:
    return float(text) if text else None


def _degrees(column: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([text or "nan" for text in column], dtype=np.float64)


def _former_codes(text: str) -> tuple[FormerCode, ...]:
    if not text:
        return ()
    parts = (entry.split("=") for entry in text.split("|"))
    return tuple(FormerCode(cast("CodeScheme", scheme), code, why) for scheme, code, why in parts)


def _on_sphere(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=1)


def read_gazetteer(path: Path = GAZETTEER, progress: Progress | None = None) -> Gazetteer:
    """Return the gazetteer in a compiled file; GazetteerFileError when the file cannot be used."""
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise GazetteerFileError(
            f"Daftar wilayah {path.name} tidak dapat dibaca ({error}). Pasang ulang Kentongan atau bangun kembali dengan scripts/build_gazetteer.py."
        ) from error
    rows = csv.reader(io.StringIO(text))
    if tuple(next(rows, ())) != Columns._fields:
        raise GazetteerFileError(f"Daftar wilayah {path.name} bukan berkas yang dimaksud: judul kolomnya lain.")
    # One flat list, not a list of rows: a hundred thousand small lists would keep the garbage collector busy.
    cells = list(chain.from_iterable(_counted(rows, text.count("\n") - 1, progress)))
    width = len(Columns._fields)
    return Gazetteer(Columns(*(tuple(cells[column::width]) for column in range(width))))


def _counted(rows: Iterator[list[str]], total: int, progress: Progress | None) -> Iterator[list[str]]:
    if progress is None:
        return rows
    return _reporting(rows, total, progress)


def _reporting(rows: Iterator[list[str]], total: int, progress: Progress) -> Iterator[list[str]]:
    for done, row in enumerate(rows, start=1):
        yield row
        if done % 5_000 == 0 or done == total:
            progress(done, total)


_shipped: list[Gazetteer] = []
_loading = Lock()


def load_gazetteer(progress: Progress | None = None) -> Gazetteer:
    """Return the shipped gazetteer, read once per process."""
    with _loading:
        if not _shipped:
            _shipped.append(read_gazetteer(progress=progress))
    return _shipped[0]
