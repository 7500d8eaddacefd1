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


@pytest.mark.parametrize("path", ["reports", "events", "findings", "alerts"])
def test_a_page_farther_than_any_register_is_a_fault_of_the_request(path, client_of, db):
    client = client_of()

    answer = client.get(f"/api/v1/{path}?offset={'9' * 23}")

    assert (answer.status_code, answer["content-type"]) == (422, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == ["query.offset"]
    assert client.get(f"/api/v1/{path}?offset=1000000000").json()["items"] == []


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


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "nope", 404, "api.no_such_address"),
        ("delete", "reports", 405, "api.method_not_allowed"),
        ("get", "reports?limit=1000000", 422, "api.invalid"),
        ("get", "reports?received_from=0001-01-01T00:00:00%2B08:00", 422, "api.invalid"),
    ],
)
def test_whatever_refuses_answers_with_problem_details(client_of, gazetteer_rows, method, path, status, code):
    answer = getattr(client_of(), method)(f"/api/v1/{path}")

    assert (answer.status_code, answer["content-type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code


def test_a_fault_of_ours_answers_with_problem_details_and_tells_nothing_of_itself(
    client_of, gazetteer_rows, monkeypatch
):
    def fail(*_args, **_more):
        raise RuntimeError("rahasia")

    monkeypatch.setattr("kentongan.intake.api.receive", fail)
    client = client_of()
    client.raise_request_exception = False

    answer = client.post("/api/v1/reports", {"text": "Lima orang"}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (500, "api.failed")
    assert "rahasia" not in answer.content.decode()


def test_a_body_that_is_too_big_is_said_to_be(client_of, gazetteer_rows, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = client_of().post("/api/v1/reports", {"text": "x" * 200}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (413, "api.too_big")


@pytest.mark.parametrize(
    "body", ['{"text": "a\\ud800b"}', '{"text": "a\\u0000b"}', '{"text": "a", "title": "\\udfff"}']
)
def test_signs_that_are_no_text_are_refused_and_nothing_is_kept(client_of, gazetteer_rows, body):
    answer = client_of().post("/api/v1/reports", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (422, "intake.draft_refused")
    assert not Report.objects.exists()


@pytest.mark.parametrize("code", ["\\ud800", "\\u0000", "53.99"])
def test_a_place_code_of_any_signs_is_only_unknown(client_of, gazetteer_rows, code):
    body = f'{{"text": "a", "place": "{code}"}}'

    answer = client_of().post("/api/v1/reports", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "intake.unknown_place")
