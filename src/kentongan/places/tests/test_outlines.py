"""Outlines of sucos, and of villages from an official file."""

import json
from datetime import UTC, date, datetime

import numpy as np
import pytest
import shapely
import typer
from typer.testing import CliRunner

from conftest import NOW
from kentongan.audit import trail
from kentongan.audit.models import TrailRow
from kentongan.places.gazetteer import load_gazetteer
from kentongan.places.models import PlaceOutline
from kentongan.places.outline_command import outlines
from kentongan.places.outline_import import OutlineFileError, keep_outlines, read_outlines
from kentongan.places.outlines import outlines_in_box, outlines_of, suco_outlines

SILAWAN = "53.04.02.2001"
NEAR_SILAWAN = [[124.92, -9.0], [124.94, -9.0], [124.94, -8.98], [124.92, -8.98], [124.92, -9.0]]


def _feature(code=SILAWAN, ring=None, **properties):
    geometry = {"type": "Polygon", "coordinates": [ring or NEAR_SILAWAN]}
    return {"type": "Feature", "properties": {"kode": code, **properties}, "geometry": geometry}


def _file(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _keep(*features, as_of=date(2026, 1, 1), source="uji"):
    return keep_outlines(read_outlines(_file(*features)), source=source, as_of=as_of, by=trail.Keeper(), at=NOW)


@pytest.fixture
def silawan(gazetteer_rows):
    """Silawan under its key of the shipped gazetteer."""
    key = load_gazetteer().at(SILAWAN).id
    gazetteer_rows.filter(pk=5).update(code="~5")
    return gazetteer_rows.create(id=key, code=SILAWAN, name="Silawan", level="village", country="ID", parent_id=4)


def test_every_suco_but_beduku_has_an_outline():
    gazetteer = load_gazetteer()

    sucos = {unit.code for unit in gazetteer.descendants("TL") if unit.level == "suco"}
    without = [gazetteer.at(code).name for code in sucos - set(suco_outlines())]

    assert len(suco_outlines()) == 466
    assert without in ([], ["Beduku"])


def test_each_suco_holds_its_own_point():
    gazetteer = load_gazetteer()
    units = [gazetteer.at(code) for code in suco_outlines()]

    away = shapely.distance(np.array(list(suco_outlines().values())), shapely.points([(u.lon, u.lat) for u in units]))

    assert away.max() * 110.6 < 0.2  # km


def test_outlines_of_sucos_leave_no_gap_and_hardly_overlap():
    shapes = list(suco_outlines().values())

    together = shapely.union_all(shapes)
    covered = sum(shape.area for shape in shapes)

    assert all(shape.is_valid for shape in shapes)
    assert covered == pytest.approx(together.area, rel=2e-4)
    holes = [shapely.Polygon(ring) for part in together.geoms for ring in part.interiors]
    assert sum(hole.area for hole in holes) / together.area < 1e-3


@pytest.mark.django_db
def test_box_returns_the_sucos_that_touch_it():
    names = {load_gazetteer().unit(row).name for row in _rows(outlines_in_box(125.04, -8.98, 125.08, -8.94).places)}

    assert "Balibo Vila" in names
    assert len(names) < 12


def _rows(places):
    ids = [int(one) for one in load_gazetteer().columns.id]
    return [ids.index(int(place)) for place in places]


def test_imported_outline_is_found_with_its_source_and_day(silawan):
    kept = _keep(_feature())

    row = PlaceOutline.objects.get(place=silawan)
    assert (kept.added, kept.replaced, row.source, row.as_of) == (1, 0, "uji", date(2026, 1, 1))
    assert silawan.pk in outlines_in_box(124.9, -9.1, 125.0, -8.9).places
    assert outlines_of([silawan.pk]).places.tolist() == [silawan.pk]
    assert TrailRow.objects.get(subject="outlines").facts["added"] == 1


def test_younger_outline_replaces_and_an_older_one_does_not(silawan):
    _keep(_feature(), as_of=date(2026, 1, 1))

    older = _keep(_feature(), as_of=date(2020, 1, 1), source="lama")
    younger = _keep(_feature(), as_of=date(2026, 2, 1), source="baru")

    assert (older.older, younger.replaced) == (1, 1)
    assert PlaceOutline.objects.get().source == "baru"


def test_code_without_dots_is_understood():
    read = read_outlines(_file(_feature(code="5304022001")))

    assert (len(read.outlines), read.faults) == (1, ())


@pytest.mark.parametrize(
    ("feature", "says"),
    [
        (_feature(code="5306020011"), "BPS"),
        (_feature(code="99.99.99.9999"), "tidak dikenal"),
        (_feature(code="53.04.02"), "bukan kode desa"),
        (_feature(code=""), "tanpa kode"),
        (_feature(code=None), "tanpa kode"),
        (_feature(ring=[[106.0, -6.0], [106.1, -6.0], [106.1, -6.1], [106.0, -6.0]]), "di luar garis luarnya"),
        (_feature(ring=[[-9.0, 124.92], [-9.0, 124.94], [-8.98, 124.94], [-9.0, 124.92]]), "bukan derajat"),
        (_feature(ring=[[692000, 9e6], [693000, 9e6], [693000, 9.1e6], [692000, 9e6]]), "bukan derajat"),
        (_feature(ring=[[124.93, -8.99], [124.93, -8.99], [124.93, -8.99], [124.93, -8.99]]), "tidak memuat bidang"),
        (_feature(ring=[["a", "b"], [1, 2], [3, 4], ["a", "b"]]), "tidak dapat dibaca"),
        (_feature(ring=[[124.9, -9.0]]), "tidak dapat dibaca"),
        ({**_feature(), "geometry": {"type": "Point", "coordinates": [124.9, -9.0]}}, "bukan Polygon"),
        ({**_feature(), "geometry": None}, "bukan Polygon"),
        ({**_feature(), "properties": None}, "tanpa properties"),
        ("Silawan", "bukan objek"),
    ],
)
def test_faulty_feature_is_named_with_its_number(feature, says):
    read = read_outlines(_file(_feature(), feature))

    (fault,) = read.faults
    assert str(fault).startswith("feature 2: ")
    assert says in str(fault)
    assert len(read.outlines) == 1


LOOP = [[124.925, -8.995], [124.935, -8.985], [124.935, -8.995], [124.925, -8.985], [124.925, -8.995]]


def test_a_line_that_crosses_itself_is_straightened_and_ends_no_import():
    bow = [[124.92, -9.0], [124.94, -8.98], [124.94, -9.0], [124.92, -8.98], [124.92, -9.0]]
    feature = _feature()
    feature["geometry"]["coordinates"].append(LOOP)

    read = read_outlines(_file(feature, _feature(code="53.04.02.2002", ring=bow)))

    assert [fault.what for fault in read.faults if "dibaca" in fault.what] == []
    assert all(outline.shape.is_valid for outline in read.outlines)
    assert len(read.outlines) + len(read.faults) == 2


def test_what_the_geometry_library_cannot_tidy_is_a_fault_like_any_other(monkeypatch):
    def broken(_shape):
        raise shapely.errors.GEOSException("TopologyException")

    monkeypatch.setattr("kentongan.places.outline_import.shapely.make_valid", broken)

    (fault,) = read_outlines(_file(_feature())).faults

    assert "tidak dapat dibaca" in str(fault)


def test_an_outline_of_today_is_kept_though_greenwich_is_a_day_behind(silawan):
    morning = datetime(2026, 3, 4, 18, tzinfo=UTC)  # in Jakarta the fifth

    kept = keep_outlines(
        read_outlines(_file(_feature())), source="uji", as_of=date(2026, 3, 5), by=trail.Keeper(), at=morning
    )

    assert kept.added == 1


def test_village_that_occurs_twice_is_a_fault():
    read = read_outlines(_file(_feature(), _feature()))

    assert str(read.faults[0]) == "feature 2: desa yang sama sudah ada pada feature 1"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"features": []}', b'{"features": {}}', b"\xff\xfe"])
def test_file_that_is_no_collection_is_refused(content):
    with pytest.raises(OutlineFileError):
        read_outlines(content)


@pytest.mark.parametrize(("source", "day"), [(" ", date(2026, 1, 1)), ("uji", date(2027, 1, 1))])
def test_import_without_a_source_or_from_the_future_is_refused(silawan, source, day):
    with pytest.raises(OutlineFileError):
        _keep(_feature(), as_of=day, source=source)

    assert not PlaceOutline.objects.exists()


def test_command_keeps_nothing_of_a_faulty_file_unless_told_to(silawan, tmp_path):
    app = typer.Typer()
    app.command()(outlines)
    file = tmp_path / "desa.geojson"
    file.write_bytes(_file(_feature(), _feature(code="5306020011")))
    typed = [str(file), "--source", "uji", "--as-of", "2026-01-01"]

    refused = CliRunner().invoke(app, typed)
    assert isinstance(refused.exception, OutlineFileError)
    assert len(refused.exception.details) == 1
    assert not PlaceOutline.objects.exists()

    done = CliRunner().invoke(app, [*typed, "--skip-faults"])
    assert done.exit_code == 0, done.output
    assert PlaceOutline.objects.count() == 1
