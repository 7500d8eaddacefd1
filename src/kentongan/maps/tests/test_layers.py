"""What the map's layers show, to whom, and how precisely."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kentongan.agreements.models import Grant
from kentongan.alerts.models import Alert
from kentongan.audit.models import TrailRow

EVENTS, OPERATIONS, FINDINGS = "/peta/kejadian.geojson", "/peta/operasi.geojson", "/peta/temuan.geojson"


def test_owner_sees_its_event_at_its_village(seen_by, event_of):
    event_of(place=5)

    (feature,) = seen_by()(EVENTS)

    assert feature["geometry"] == {"type": "Point", "coordinates": [124.9314, -8.9915]}
    assert feature["properties"]["wilayah"] == "Silawan, Tasifeto Timur, Belu"
    assert feature["properties"]["luas"] is False


@pytest.mark.parametrize("layer", [EVENTS, OPERATIONS, FINDINGS])
def test_another_agency_sees_nothing_of_any_layer(seen_by, event_of, finding_of, alert_of, layer):
    event_of(kind="RESP.RAKOR")
    finding_of()
    alert_of(event_of(), to="polres-belu")

    assert seen_by("bais", kind="police")(layer) == []


@pytest.mark.parametrize("layer", [EVENTS, OPERATIONS, FINDINGS])
def test_supervisor_sees_what_its_agency_owns(seen_by, agency_of, event_of, finding_of, layer):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    event_of()
    event_of(kind="RESP.RAKOR")
    finding_of()

    assert seen_by("kanwil-im-ntt", level="province")(layer)


@pytest.mark.parametrize("role", ["administrator", "overseer", "village_official"])
def test_roles_without_events_see_no_event(seen_by, event_of, role):
    event_of()

    assert seen_by(role=role)(EVENTS) == []


def test_protected_event_is_drawn_for_nobody_not_even_its_owner(seen_by, event_of):
    event_of(handling="protected")

    assert seen_by()(EVENTS) == []


def test_event_on_refugees_is_never_drawn_even_when_its_handling_was_missed(seen_by, event_of):
    event_of(kind="IM.REFUGEE")

    assert seen_by()(EVENTS) == []


def test_event_once_called_one_on_refugees_stays_off_the_map(seen_by, event_of, now):
    event = event_of(kind="IM.REFUGEE")
    event.classifications.update(withdrawn_at=now, withdrawn_by="officer:x", withdrawn_why="keliru")

    assert seen_by()(EVENTS) == []


def test_alert_about_a_protected_event_is_not_drawn_for_its_addressee(seen_by, event_of, alert_of):
    alert_of(event_of(handling="protected"))

    assert seen_by("polres-belu", kind="police")(OPERATIONS) == []


def test_protected_finding_is_not_drawn(seen_by, finding_of):
    finding_of(handling="protected")

    assert seen_by()(FINDINGS) == []


@pytest.mark.parametrize("state", ["dismissed", "merged"])
def test_what_no_longer_stands_is_not_drawn(seen_by, event_of, state):
    into = event_of(day=None, place=None)
    event_of(state=state, merged_into=into if state == "merged" else None)

    assert [f["properties"]["keadaan"] for f in seen_by()(EVENTS)] == []


def test_event_known_only_to_the_regency_is_an_area_and_says_so(seen_by, event_of):
    event_of(place=3)

    (feature,) = seen_by()(EVENTS)

    assert feature["properties"]["luas"] is True
    assert feature["properties"]["ketelitian"] == "hanya kabupaten yang diketahui"


def test_village_with_a_stand_in_point_is_an_area_and_says_so(seen_by, event_of, gazetteer_rows):
    gazetteer_rows.filter(pk=6).update(is_approximate=True)
    event_of(place=6)

    (feature,) = seen_by()(EVENTS)

    assert feature["properties"]["ketelitian"] == "titik perkiraan"


@pytest.mark.parametrize("place", [None, 1, 12])
def test_event_without_place_or_only_in_a_state_has_no_point(seen_by, event_of, place):
    event_of(place=place)

    assert seen_by()(EVENTS) == []


def test_response_is_an_operation_and_not_a_happening(seen_by, event_of):
    event_of(kind="RESP.RAKOR", title="Rapat")
    get = seen_by()

    assert get(EVENTS) == []
    assert [f["properties"]["judul"] for f in get(OPERATIONS)] == ["Rapat"]


def test_happening_with_a_response_stands_on_both_layers(seen_by, event_of, now):
    from kentongan.events.models import Classification

    event = event_of(kind="TPPO")
    Classification.objects.create(event=event, kind_id="RESP.RAKOR", alleged_by="reading:x", alleged_at=now, why="uji")
    get = seen_by()

    assert len(get(EVENTS)) == len(get(OPERATIONS)) == 1


def test_addressee_sees_the_open_alert_with_its_clock_and_not_the_event(seen_by, event_of, alert_of):
    alert_of(event_of(), to="polres-belu")
    get = seen_by("polres-belu", kind="police")

    (alert,) = get(OPERATIONS)

    assert alert["properties"]["lewat"] is True
    assert get(EVENTS) == []


def test_closed_alert_is_not_drawn(seen_by, event_of, alert_of):
    alert_of(event_of(), to="polres-belu", state="closed", outcome="true", outcome_why="benar")

    assert seen_by("polres-belu", kind="police")(OPERATIONS) == []


def test_finding_is_its_members_and_a_hull_around_them(seen_by, finding_of):
    finding_of(places=(5, 6, 7))

    hull, *members = seen_by()(FINDINGS)

    assert hull["geometry"]["type"] == "Polygon"
    assert hull["geometry"]["coordinates"][0][0] == hull["geometry"]["coordinates"][0][-1]
    assert [m["properties"]["jumlah"] for m in members] == [2, 2, 2]


def test_dismissed_finding_is_not_drawn(seen_by, finding_of):
    finding_of(state="dismissed")

    assert seen_by()(FINDINGS) == []


@pytest.mark.parametrize(
    ("query", "drawn"), [("dari=2026-03-01&sampai=2026-03-02", 1), ("dari=2026-03-03", 0), ("sampai=2026-03-01", 0)]
)
def test_range_of_days_includes_both_ends(seen_by, event_of, query, drawn):
    event_of()

    assert len(seen_by()(f"{EVENTS}?{query}")) == drawn


def test_event_without_a_date_counts_on_the_day_it_became_known(seen_by, event_of):
    event_of(day=None)
    get = seen_by()

    assert len(get(f"{EVENTS}?dari=2026-03-03&sampai=2026-03-03")) == 1
    assert get(f"{EVENTS}?dari=2026-03-04") == []


def test_kinds_narrow_the_layer(seen_by, event_of):
    event_of(kind="TPPO", title="orang")
    event_of(kind="GDS.BBM", title="barang")

    shown = [f["properties"]["judul"] for f in seen_by()(f"{EVENTS}?jenis=GDS.BBM")]

    assert shown == ["barang"]


@pytest.mark.parametrize("query", ["dari=kemarin", "dari=2026-03-02&sampai=2026-03-01", "dari=2001-01-01"])
def test_filter_that_cannot_be_drawn_is_refused_with_a_reason(client, officer_of, event_of, query):
    client.force_login(officer_of())

    answer = client.get(f"{EVENTS}?{query}")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "layer", [EVENTS, OPERATIONS, FINDINGS, "/peta/pos.geojson", "/peta/batas.geojson", "/peta/desa/10/868/537.mvt"]
)
@pytest.mark.django_db
def test_nobody_sees_the_map_without_signing_in(client, layer):
    assert client.get(layer).status_code == 302


@pytest.mark.parametrize("layer", [EVENTS, OPERATIONS, FINDINGS])
def test_number_of_queries_does_not_grow_with_the_rows(client, officer_of, event_of, finding_of, alert_of, layer):
    client.force_login(officer_of())

    def queries_with_one_more():
        alert_of(event_of(kind="RESP.RAKOR"))
        event_of()
        finding_of()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(layer)
        return len(captured)

    queries_with_one_more()  # the first look fills caches
    few = queries_with_one_more()
    for _ in range(4):
        many = queries_with_one_more()

    assert many == few


def test_drawing_personal_rows_is_in_the_trail_and_others_are_not(client, officer_of, event_of):
    client.force_login(officer_of())
    event_of()
    client.get(EVENTS)
    assert not TrailRow.objects.filter(event="records.listed").exists()

    event_of(handling="personal")
    client.get(EVENTS)

    assert TrailRow.objects.get(event="records.listed").facts == {"rows": 2, "personal": 1}


def test_layers_are_not_kept_by_browsers(client, officer_of, event_of):
    client.force_login(officer_of())

    assert "no-store" in client.get(EVENTS).headers["Cache-Control"]


@pytest.mark.parametrize("days", ["sampai=9999-12-31", "dari=0001-01-01", "dari=kemarin"])
def test_days_that_nobody_can_mean_are_refused(client, officer_of, gazetteer_rows, days):
    client.force_login(officer_of("kanim-atambua"))

    answer = client.get(f"/peta/kejadian.geojson?{days}")

    assert (answer.status_code, answer.json()["title"]) == (400, "maps.wrong_filter")


def test_an_alert_without_a_place_is_drawn_in_the_middle_of_its_finding_for_who_sees_that(
    seen_by, event_of, finding_of, alert_of, agency_of
):
    agency_of("polres-belu", kind="police")
    finding = finding_of(places=(5, 6, 7))
    alert = alert_of(event_of(), to="polres-belu")
    Alert.objects.update(place=None, event=None, finding=finding)
    Grant.objects.create(
        category="findings", record=finding.pk, agency_id="polres-belu", valid_from=alert.raised_at, cause="address",
        because=alert.ref,
    )  # fmt: skip

    assert [one["properties"]["wilayah"] for one in seen_by("polres-belu", kind="police")(OPERATIONS)] == [
        "Silawan, Tasifeto Timur, Belu"
    ]
    Grant.objects.filter(category="findings").delete()
    assert seen_by("polres-belu", kind="police", role="coordinator")(OPERATIONS) == []
