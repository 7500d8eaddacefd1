"""The shipped facilities and their dated status."""

import csv
import os
import re
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from kentongan.places.facilities import load_facilities, load_statuses
from kentongan.places.gazetteer import Gazetteer


def test_every_facility_lies_in_units_of_the_gazetteer(gazetteer: Gazetteer) -> None:
    for facility in load_facilities():
        assert facility.candidates, facility.key
        assert all(gazetteer.at(code).country == facility.country for code in facility.candidates)


def test_aplasi_stays_unresolved_with_both_candidates(gazetteer: Gazetteer) -> None:
    row = next(f for f in gazetteer.facility_rows() if f.key == "aplasi")
    aplasi = next(f for f in load_facilities() if f.key == "aplasi")

    assert row.candidates == ("53.03.05.1002", "53.03.13.2001")
    assert aplasi.place is None


def test_counterparts_across_the_border_name_each_other() -> None:
    by_key = {f.key: f for f in load_facilities()}

    for facility in by_key.values():
        if facility.counterpart:
            other = by_key[facility.counterpart]
            assert other.counterpart == facility.key
            assert other.country != facility.country


def test_the_points_of_facilities_lie_near_their_place(gazetteer: Gazetteer) -> None:
    for facility in load_facilities():
        if facility.place and facility.lat is not None and facility.lon is not None:
            unit = gazetteer.at(facility.place)
            near = gazetteer.within_distance(facility.lat, facility.lon, 12_000, levels=(unit.level,))
            assert unit.code in {x.unit.code for x in near}, facility.key


def test_every_facility_has_a_status_and_its_periods_do_not_overlap() -> None:
    periods = defaultdict(list)
    for s in load_statuses():
        periods[s.facility].append((s.valid_from or date.min, s.valid_to or date.max))

    assert set(periods) == {f.key for f in load_facilities()}
    for of_one in periods.values():
        of_one.sort()
        assert all(start < end for start, end in of_one)
        assert all(a[1] <= b[0] for a, b in pairwise(of_one))


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2024, 8, 31), "active"),
        (date(2024, 9, 1), "inactive"),
        (date(2024, 9, 11), "inactive"),
        (date(2024, 9, 12), "active"),
    ],
)
def test_salele_was_closed_for_eleven_days(day: date, status: str) -> None:
    holding = [
        s.status
        for s in load_statuses()
        if s.facility == "salele" and (s.valid_from or date.min) <= day < (s.valid_to or date.max)
    ]

    assert holding == [status]


def test_the_facilities_are_those_of_the_reference() -> None:
    folder = os.environ.get("KENTONGAN_REFERENCE")
    if not folder:
        pytest.skip("KENTONGAN_REFERENCE is not set: posts.csv is not here to compare with")
    with (Path(folder) / "domain" / "posts.csv").open(encoding="utf-8", newline="") as file:
        posts = {row["id"]: row for row in csv.DictReader(file)}

    shipped = {f.key: f for f in load_facilities()}

    assert set(posts) <= set(shipped)
    for key, post in posts.items():
        named = set(re.findall(r"\d\d(?:\.\d\d)+(?:\.\d{4})", post["village/suco"].partition("formerly")[0]))
        assert named <= set(shipped[key].candidates), key
        if post["approx_lat"] and key != "aplasi":  # an unresolved post has no point of its own
            assert (shipped[key].lat, shipped[key].lon) == (float(post["approx_lat"]), float(post["approx_lon"]))


def test_what_rests_on_common_knowledge_says_so_and_since_when() -> None:
    known_by_all = [f for f in load_facilities() if "Pengetahuan umum" in f.source_note]

    assert {"atambua-bere-tallo", "balikpapan-semayang", "dili-nicolau-lobato"} <= {f.key for f in known_by_all}
    assert all("November 2026" in f.source_note for f in known_by_all)
    assert {f.confidence for f in known_by_all} <= {"medium", "medium-low", "low"}
