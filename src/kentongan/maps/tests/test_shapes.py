"""The shapes under the data."""

import json

import pytest

from kentongan.places.models import Facility


@pytest.fixture
def signed_in(client, officer_of):
    client.force_login(officer_of())
    return client


def test_unresolved_segments_of_the_border_say_so(signed_in):
    border = json.loads(signed_in.get("/peta/batas.geojson").content)

    unresolved = [f["properties"] for f in border["features"] if f["properties"]["status"] == "unresolved"]
    assert len(unresolved) == 2
    assert all("indikatif" in segment["label"] for segment in unresolved)


def test_official_border_line_replaces_the_shipped_one(signed_in, settings, tmp_path):
    settings.BORDER_GEOJSON = tmp_path / "resmi.geojson"
    settings.BORDER_GEOJSON.write_text('{"type": "FeatureCollection", "features": []}')

    assert json.loads(signed_in.get("/peta/batas.geojson").content)["features"] == []


def test_municipalities_and_land_are_served_compressed(signed_in):
    for address in ("/peta/munisipio.geojson", "/peta/daratan.geojson"):
        answer = signed_in.get(address, headers={"Accept-Encoding": "gzip"})

        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.content) < 150_000


def test_post_whose_place_is_unresolved_is_drawn_at_both_candidates(signed_in, gazetteer_rows):
    post = Facility.objects.create(key="aplasi", name="Aplasi", kind="traditional_crossing", country="ID")
    post.candidates.set([5, 6])

    posts = signed_in.get("/peta/pos.geojson").json()["features"]

    assert [p["geometry"]["coordinates"] for p in posts] == [[124.9314, -8.9915], [124.95, -9.02]]
    assert all(p["properties"]["pasti"] is False for p in posts)
    assert all("letak belum pasti" in p["properties"]["wilayah"] for p in posts)


def test_status_of_a_post_is_the_one_of_today(signed_in, gazetteer_rows):
    from datetime import date

    post = Facility.objects.create(key="napan", name="Napan", kind="plbn", country="ID", place_id=5)
    post.statuses.create(status="planned", valid_to=date(2024, 10, 2))
    post.statuses.create(status="active", valid_from=date(2024, 10, 2))

    (drawn,) = signed_in.get("/peta/pos.geojson").json()["features"]

    assert drawn["properties"]["status"] == "beroperasi"
