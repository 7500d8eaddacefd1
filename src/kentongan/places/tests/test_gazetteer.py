"""What the shipped gazetteer holds, and how it is asked."""

import math
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.places.gazetteer import (
    EARTH_RADIUS_M,
    LEVELS,
    SMALLEST,
    Gazetteer,
    GazetteerFileError,
    UnknownPlaceError,
    load_gazetteer,
    read_gazetteer,
)

AROUND_TIMOR = {"lat": st.floats(-11.0, -8.0), "lon": st.floats(122.0, 127.5)}


def haversine_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_dlat, half_dlon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    a = math.sin(half_dlat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_dlon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(a))


@cache
def points_around_timor() -> list[tuple[float, float]]:
    units = (u for u in load_gazetteer() if u.level in SMALLEST)
    points = [(u.lat, u.lon) for u in units if u.lat is not None and u.lon is not None]
    return [(lat, lon) for lat, lon in points if -14 < lat < -5 and 119 < lon < 130.5]


# --- what is in it ---


def test_it_holds_both_countries_whole(gazetteer: Gazetteer) -> None:
    counts = {level: sum(1 for unit in gazetteer if unit.level == level) for level in LEVELS}

    assert counts["province"] == 38
    assert (counts["regency"], counts["city"]) == (416, 98)
    assert counts["village"] >= 83_762
    assert (counts["municipality"], counts["post"], counts["suco"], counts["aldeia"]) == (14, 70, 466, 2_238)


def test_every_parent_exists_and_stands_before_its_children(gazetteer: Gazetteer) -> None:
    for row, unit in enumerate(gazetteer):
        assert unit.parent is None or gazetteer.row(unit.parent) < row
    assert {u.level for u in gazetteer if u.parent is None} == {"country", "sea"}


def test_every_parent_is_of_the_level_above(gazetteer: Gazetteer) -> None:
    above = {
        "province": {"country"},
        "regency": {"province"},
        "city": {"province"},
        "district": {"regency", "city"},
        "village": {"district"},
        "municipality": {"country"},
        "post": {"municipality"},
        "suco": {"post"},
        "aldeia": {"suco"},
    }

    wrong = [u.code for u in gazetteer if u.parent and gazetteer.at(u.parent).level not in above[u.level]]

    assert wrong == []


def test_every_former_code_answers_a_current_one(gazetteer: Gazetteer) -> None:
    for unit in gazetteer:
        for former in unit.former_codes:
            assert gazetteer.current_code(former.code, former.scheme) == unit.code


def test_codes_and_keys_are_unique(gazetteer: Gazetteer) -> None:
    units = list(gazetteer)

    assert len({u.code for u in units}) == len({u.id for u in units}) == len(units)


def test_villages_that_one_list_has_alone_are_kept_and_marked(gazetteer: Gazetteer) -> None:
    marked = [u for u in gazetteer if "single_source" in u.flags]

    assert all(len(u.sources) == 1 for u in marked)
    assert gazetteer.at("35.15.04.2014").name == "Renokenongo"  # under the mud of Sidoarjo, gone from the newest list
    assert "not_in_newest_list" in gazetteer.at("35.15.04.2014").flags


def test_a_village_without_a_point_of_its_own_stands_at_its_district_and_says_so(gazetteer: Gazetteer) -> None:
    mukuvoka = gazetteer.at("53.09.06.2032")
    district = gazetteer.at("53.09.06")

    assert (mukuvoka.lat, mukuvoka.lon) == (district.lat, district.lon)
    assert mukuvoka.is_approximate
    assert mukuvoka.name == "Mukuvoka"


def test_points_lie_in_the_region_and_come_in_pairs(gazetteer: Gazetteer) -> None:
    for unit in gazetteer:
        assert (unit.lat is None) == (unit.lon is None) == ("no_point" in unit.flags)
        if unit.country in ("ID", "TL") and unit.lat is not None and unit.lon is not None:
            assert -11.5 < unit.lat < 6.5
            assert 94.5 < unit.lon < 141.5


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("53.04.02.2001", "Desa Silawan, Kec. Tasifeto Timur, Kab. Belu, NTT"),
        ("53.04.02.2002", "Desa Tulakadi, Kec. Tasifeto Timur, Kab. Belu, NTT"),
        ("53.04.02.2003", "Desa Sadi, Kec. Tasifeto Timur, Kab. Belu, NTT"),
        ("53.03.05.1002", "Kel. Aplasi, Kec. Kota Kefamenanu, Kab. Timor Tengah Utara, NTT"),
        ("53.71", "Kota Kupang, NTT"),
        ("91.03.01", "Distrik Sentani, Kab. Jayapura, Papua"),
        ("TL-050202", "Suco Batugade, Posto Balibo, Munisipio Bobonaro, Timor-Leste"),
        ("TL-07", "Munisipio Dili, Timor-Leste"),
        ("MM", "Myanmar"),
        ("SEA-SAWU", "Laut Sawu"),
    ],
)
def test_a_unit_is_written_with_what_it_lies_in(gazetteer: Gazetteer, code: str, written: str) -> None:
    assert gazetteer.written(code) == written


# --- codes ---


def test_the_ward_of_plbn_wini_became_a_village(gazetteer: Gazetteer) -> None:
    wini = gazetteer.at("53.03.09.1010")

    assert (wini.code, wini.name) == ("53.03.09.2010", "Humusu Wini")
    assert "Humusu C" in {other.name for other in wini.other_names}
    assert wini.former_codes[0].why == "ward_to_village+renamed"


@pytest.mark.parametrize(
    ("old", "new"), [("91.01", "93.01"), ("92.71", "96.71"), ("91.09", "94.04"), ("91.02.01.1001", "95.01.01.1001")]
)
def test_codes_of_the_old_papua_provinces_answer_the_new_ones(gazetteer: Gazetteer, old: str, new: str) -> None:
    assert gazetteer.at(old).code == new


def test_an_older_timorese_code_needs_its_scheme(gazetteer: Gazetteer) -> None:
    assert gazetteer.at("40306", "tl-pnds").code == "TL-050202"
    assert gazetteer.current_code("40306") is None
    assert gazetteer.at("12").name == "Sumatera Utara"
    assert gazetteer.at("12", "tl-pnds").code == "TL-13"


@pytest.mark.parametrize("code", ["", "53.99", "5304022001", "53.04.02.9999", "TL-99", "xx"])
def test_a_code_that_never_was_valid_is_refused(gazetteer: Gazetteer, code: str) -> None:
    with pytest.raises(UnknownPlaceError) as refusal:
        gazetteer.at(code)

    assert refusal.value.code == "places.unknown_code"


# --- descent ---


def test_ancestors_come_nearest_first(gazetteer: Gazetteer) -> None:
    assert [u.code for u in gazetteer.ancestors("53.04.02.2001")] == ["53.04.02", "53.04", "53", "ID"]
    assert [u.code for u in gazetteer.ancestors("TL-05020201")] == ["TL-050202", "TL-0502", "TL-05", "TL"]


def test_children_are_the_units_directly_inside(gazetteer: Gazetteer) -> None:
    children = gazetteer.children("53.04")

    assert len(children) == 12
    assert {u.level for u in children} == {"district"}


def test_descendants_and_ancestors_agree(gazetteer: Gazetteer) -> None:
    inside_belu = {u.code for u in gazetteer.descendants("53.04")}

    assert inside_belu == {u.code for u in gazetteer if any(a.code == "53.04" for a in gazetteer.ancestors(u.code))}


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_unit_lies_inside_exactly_its_ancestors_and_itself(data: st.DataObject) -> None:
    gazetteer = load_gazetteer()
    unit = gazetteer.unit(data.draw(st.integers(0, len(gazetteer) - 1)))
    other = gazetteer.unit(data.draw(st.integers(0, len(gazetteer) - 1)))
    lineage = {unit.code, *(a.code for a in gazetteer.ancestors(unit.code))}

    assert all(gazetteer.is_inside(unit.code, code) for code in lineage)
    assert gazetteer.is_inside(unit.code, other.code) == (other.code in lineage)


# --- distance ---


@given(**AROUND_TIMOR, n=st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_nearest_equals_a_search_through_all(lat: float, lon: float, n: int) -> None:
    gazetteer = load_gazetteer()
    near = gazetteer.nearest(lat, lon, n)
    distances = sorted(haversine_m(lat, lon, *point) for point in points_around_timor())

    assert [x.distance_m for x in near] == pytest.approx(distances[:n], abs=0.01)


@given(**AROUND_TIMOR, radius_m=st.floats(0, 60_000))
@settings(max_examples=25, deadline=None)
def test_within_distance_is_nearest_cut_at_the_radius(lat: float, lon: float, radius_m: float) -> None:
    gazetteer = load_gazetteer()

    within = gazetteer.within_distance(lat, lon, radius_m)

    assert all(x.distance_m <= radius_m for x in within)
    beyond = gazetteer.nearest(lat, lon, len(within) + 1)
    assert [x.unit.code for x in beyond[:-1]] == [x.unit.code for x in within]
    assert beyond[-1].distance_m > radius_m


def test_a_box_includes_its_edges(gazetteer: Gazetteer) -> None:
    silawan = gazetteer.at("53.04.02.2001")
    assert silawan.lat is not None
    assert silawan.lon is not None

    found = gazetteer.within_box(silawan.lat, silawan.lon, silawan.lat, silawan.lon)

    assert [u.code for u in found] == ["53.04.02.2001"]


def test_the_nearest_villages_to_the_gate_of_motaain_lie_on_both_sides(gazetteer: Gazetteer) -> None:
    near = gazetteer.nearest(-8.9580, 124.9503, 2)

    assert {x.unit.code for x in near} == {"TL-050202", "53.04.02.2001"}


# --- zones, the reader, the file ---


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("53.04.02.2001", "Asia/Makassar"),
        ("36.73", "Asia/Jakarta"),
        ("95.01", "Asia/Jayapura"),
        ("TL-13", "Asia/Dili"),
        ("61", "Asia/Jakarta"),
        ("64", "Asia/Makassar"),
    ],
)
def test_the_civil_day_is_that_of_the_place(gazetteer: Gazetteer, code: str, zone: str) -> None:
    assert gazetteer.zone(code) == ZoneInfo(zone)


def test_the_reader_is_given_every_unit_with_its_other_names(gazetteer: Gazetteer) -> None:
    rows = {row.code: row for row in gazetteer.to_place_rows()}

    assert len(rows) == len(gazetteer)
    assert rows["53.04.12"].other_names == ("Atambua",)
    assert rows["53.04.02.2001"].parent == "53.04.02"


def test_loading_reports_its_progress_to_the_end() -> None:
    seen: list[tuple[int, int]] = []

    gazetteer = read_gazetteer(progress=lambda done, total: seen.append((done, total)))

    assert seen[-1] == (len(gazetteer), len(gazetteer))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_broken_file_is_refused_with_what_to_do(tmp_path) -> None:
    path = tmp_path / "gazetteer.csv.gz"
    path.write_bytes(b"not gzip")

    with pytest.raises(GazetteerFileError, match="build_gazetteer"):
        read_gazetteer(path)
