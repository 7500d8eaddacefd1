"""What must not happen at the API's door."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from kentongan.agreements.models import Handling
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event
from kentongan.intake.models import Report


@pytest.fixture
def event(gazetteer_rows, agency_of, now):
    return Event.objects.create(
        owner=agency_of("kanim-atambua"), place_id=5, handling=Handling.RESTRICTED, purpose="prevention", legal_basis="uji",
        retain_until=now.date(), title="Enam pelintas", precision="day", happened_from=now.date(), known_at=now,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["reports", "events", "findings", "alerts", "places?q=Silawan"])
def test_nothing_is_answered_without_a_token(db, path):
    answer = Client().get(f"/api/v1/{path}")

    assert answer.status_code == 401
    assert answer["content-type"] == "application/problem+json"


def test_a_withdrawn_token_opens_nothing(client_of, db):
    from kentongan.agencies.models import ApiToken

    client = client_of()
    ApiToken.objects.update(revoked_at=timezone.now())

    assert client.get("/api/v1/events").status_code == 401


def test_refused_and_absent_look_the_same(event, client_of):
    stranger = client_of("polres-belu")

    refused = stranger.get(f"/api/v1/events/{event.pk}")
    absent = stranger.get("/api/v1/events/01900000-0000-7000-8000-000000000000")

    assert (refused.status_code, refused.content) == (absent.status_code, absent.content)
    assert TrailRow.objects.filter(event="access.refused").count() == 2


def test_protected_events_never_leave_by_the_api_not_even_to_their_owner(event, client_of):
    Event.objects.update(handling=Handling.PROTECTED)
    owner = client_of("kanim-atambua")

    assert owner.get("/api/v1/events").json()["items"] == []
    assert owner.get("/api/v1/events/geojson").json()["features"] == []
    assert owner.get(f"/api/v1/events/{event.pk}").status_code == 404


def test_a_role_that_only_looks_cannot_send(client_of, db):
    leader = client_of("kanim-atambua", role="leader")

    answer = leader.post("/api/v1/reports", {"text": "Laporan."}, content_type="application/json")

    assert answer.status_code == 403
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "Ada.", "published_on": "2099-01-01"}, "published_on"),
        ({"text": "Nihil.", "is_nil": True}, "place"),
        ({"text": "Ada.\x00"}, "text"),
        ({}, "body.report.text"),
    ],
)
def test_a_bad_report_is_refused_whole_and_says_which_field(client_of, db, body, field):
    answer = client_of().post("/api/v1/reports", body, content_type="application/json")

    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert Report.objects.count() == 0


def test_a_body_that_is_not_json_is_a_clear_problem(client_of, db):
    answer = client_of().generic("POST", "/api/v1/reports", "{bukan json", content_type="application/json")

    assert answer.status_code == 400
    assert answer["content-type"] == "application/problem+json"


def test_the_description_is_openapi_3_1_and_names_the_problem_answers(db):
    described = json.loads(Client().get("/api/v1/openapi.json").content)

    assert described["openapi"].startswith("3.1")
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert all({"401", "404", "422"} <= set(op["responses"]) for op in operations)
