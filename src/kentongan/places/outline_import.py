"""Importing outlines of villages from an official file. All faults of a file are gathered, by feature."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import shape as shape_of

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import civil_day

from .gazetteer import SMALLEST, Gazetteer, Unit, load_gazetteer
from .models import Place, PlaceOutline

CODE_PROPERTIES = ("kode", "kode_desa", "kdepum", "kode_kemendagri", "kd_desa", "code")
"""Where a code is looked for when the caller names no property; capital letters do not matter."""

FARTHEST_KM = 10.0
"""How far a village's own point may lie outside its outline before the code, not the outline, is doubted."""

KM_PER_DEGREE = 110.6
DECIMALS = 5
TOLERANCE = 0.0001  # degrees, about 11 m
MOST_BYTES = 600_000_000
ROWS_AT_ONCE = 1_000


class OutlineFileError(KentonganError):
    """The file of outlines cannot be used; its faults are listed by feature."""

    code = "places.outline_file"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one feature of the file, numbered from 1."""

    feature: int
    what: str

    def __str__(self) -> str:
        return _("feature %(n)d: %(what)s") % {"n": self.feature, "what": self.what}


@dataclass(frozen=True, slots=True)
class ReadOutline:
    """An outline that may be kept."""

    place: int
    shape: Any


@dataclass(frozen=True, slots=True)
class OutlinesRead:
    """What a file holds: outlines that may be kept, and what is wrong with the others."""

    outlines: tuple[ReadOutline, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class OutlinesKept:
    """What an import added or replaced, and what it left because the database holds a younger one."""

    added: int
    replaced: int
    older: int


def read_outlines(content: bytes, *, code_property: str = "", gazetteer: Gazetteer | None = None) -> OutlinesRead:
    """Return the outlines of a GeoJSON file; OutlineFileError when it is no collection of features at all."""
    if len(content) > MOST_BYTES:
        raise OutlineFileError(
            _("Berkas garis luar lebih besar dari 600 MB. Bagi per provinsi, lalu impor satu per satu.")
        )
    try:
        collection = json.loads(content)
    except ValueError as error:
        raise OutlineFileError(
            _("Berkas garis luar bukan JSON: %(why)s. Berikan GeoJSON FeatureCollection dalam derajat WGS 84.")
            % {"why": error}
        ) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features:
        raise OutlineFileError(
            _("Berkas garis luar tidak memuat feature. Berikan GeoJSON FeatureCollection dalam derajat WGS 84.")
        )
    read, faults = [], []
    seen: dict[int, int] = {}
    for number, feature in enumerate(features, start=1):
        try:
            outline = _read(feature, code_property, gazetteer or load_gazetteer())
            if (first := seen.setdefault(outline.place, number)) != number:
                raise ValueError(_("desa yang sama sudah ada pada feature %(first)d") % {"first": first})
            read.append(outline)
        except ValueError as error:
            faults.append(Fault(number, str(error)))
    return OutlinesRead(tuple(read), tuple(faults))


@transaction.atomic
def keep_outlines(read: OutlinesRead, *, source: str, as_of: date, by: trail.Acting, at: datetime) -> OutlinesKept:
    """Leave the database with these outlines, their source and day; an outline of a younger day stays as it is."""
    if not source.strip():
        raise OutlineFileError(_("Sumber garis luar kosong. Sebutkan instansi dan nama berkasnya."))
    if as_of > civil_day(at):
        raise OutlineFileError(_("Tanggal garis luar di masa depan. Berikan tanggal data itu dibuat."))
    present = dict(PlaceOutline.objects.values_list("place_id", "as_of"))
    known = set(Place.objects.values_list("pk", flat=True))
    rows = [
        _row(outline, source.strip(), as_of)
        for outline in read.outlines
        if outline.place in known and present.get(outline.place, date.min) <= as_of
    ]
    PlaceOutline.objects.bulk_create(
        rows,
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["place"],
        update_fields=["shape", "west", "south", "east", "north", "source", "as_of"],
    )
    replaced = sum(row.place_id in present for row in rows)
    kept = OutlinesKept(len(rows) - replaced, replaced, len(read.outlines) - len(rows))
    facts = {"added": kept.added, "replaced": kept.replaced, "source": source.strip(), "as_of": as_of.isoformat()}
    trail.record(Trail.REFERENCE_LOADED, by=by, at=at, on="outlines", facts=facts)
    return kept


def _row(outline: ReadOutline, source: str, as_of: date) -> PlaceOutline:
    west, south, east, north = outline.shape.bounds
    return PlaceOutline(
        place_id=outline.place, shape=shapely.to_wkb(outline.shape), source=source, as_of=as_of,
        west=west, south=south, east=east, north=north,
    )  # fmt: skip


# --- one feature ---


def _read(feature: Any, code_property: str, gazetteer: Gazetteer) -> ReadOutline:
    """Return the outline of a feature; ValueError says what is wrong with it."""
    if not isinstance(feature, dict):
        raise ValueError(_("bukan objek"))
    unit = _unit(_code(feature.get("properties"), code_property), gazetteer)
    shape = _shape(feature.get("geometry"))
    if unit.lat is not None and unit.lon is not None and not unit.is_approximate:
        away = shapely.distance(shape, shapely.Point(unit.lon, unit.lat)) * KM_PER_DEGREE
        if away > FARTHEST_KM:
            raise ValueError(
                _(
                    "titik %(name)s (%(code)s) terletak %(km)d km di luar garis luarnya. Periksa kodenya, dan apakah "
                    "bujur dan lintang tertukar"
                )
                % {"name": unit.name, "code": unit.code, "km": away}
            )
    return ReadOutline(unit.id, shape)


def _code(properties: Any, code_property: str) -> str:
    if not isinstance(properties, dict):
        raise ValueError(_("tanpa properties"))
    if code_property:
        found = properties.get(code_property)
    else:
        lowered = {str(key).lower(): value for key, value in properties.items()}
        found = next((lowered[name] for name in CODE_PROPERTIES if lowered.get(name)), None)
    if not isinstance(found, str | int) or isinstance(found, bool) or not str(found).strip():
        raise ValueError(
            _("tanpa kode pada properti %(names)s") % {"names": code_property or ", ".join(CODE_PROPERTIES)}
        )
    return str(found).strip()


def _unit(code: str, gazetteer: Gazetteer) -> Unit:
    """Return the village or suco that has the code, or had it before."""
    dotted = _dotted(code)
    current = gazetteer.current_code(dotted)
    if current is None:
        hint = (
            _(". Angka ke-7-nya 0, seperti pada kode BPS: gunakan kode Kemendagri")
            if dotted != code and dotted[9] == "0"
            else ""
        )
        raise ValueError(
            _("kode %(code)s tidak dikenal sebagai kode Kemendagri%(hint)s") % {"code": code, "hint": hint}
        )
    unit = gazetteer.at(current)
    if unit.level not in SMALLEST:
        raise ValueError(_("kode %(code)s bukan kode desa, kelurahan, atau suco") % {"code": code})
    return unit


def _dotted(code: str) -> str:
    if len(code) == 10 and code.isdigit():
        return f"{code[:2]}.{code[2:4]}.{code[4:6]}.{code[6:]}"
    return code.upper()


def _shape(geometry: Any) -> Any:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError(_("geometri bukan Polygon atau MultiPolygon"))
    try:
        shape = shape_of(geometry)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as error:
        raise ValueError(_("koordinatnya tidak dapat dibaca")) from error
    west, south, east, north = shape.bounds if not shape.is_empty else (999.0,) * 4
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(_("koordinatnya bukan derajat bujur dan lintang"))
    try:
        straight = shapely.make_valid(shape.simplify(TOLERANCE))  # a line that crosses itself has no grid to be put on
        tidied = shapely.make_valid(shapely.set_precision(straight, 10.0**-DECIMALS))
    except shapely.errors.ShapelyError as error:
        raise ValueError(_("koordinatnya tidak dapat dibaca")) from error
    polygons = [part for part in _parts(tidied) if part.geom_type == "Polygon" and part.area > 0]
    if not polygons:
        raise ValueError(_("garis luarnya tidak memuat bidang"))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _parts(shape: Any) -> Iterator[Any]:
    if hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from _parts(part)
    else:
        yield shape
