"""Keys of the API: bound to agency, role and purpose, narrowed to what they are for, and refused clearly."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from kentongan.agencies import staff
from kentongan.agencies.models import ApiToken, Officer, Posting
from kentongan.agencies.sessions import Oneself
from kentongan.audit.models import TrailRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_has_tried_yet")]
EVENTS, REPORTS, ALERTS = "/api/v1/events", "/api/v1/reports", "/api/v1/alerts"


@pytest.fixture
def officer(officer_of):
    return officer_of("kanim-atambua", role="analyst")


@pytest.fixture
def key(officer):
    """Make a key: `key(scopes=["events:read"], days=1)` returns a client that uses it."""

    def make(*, scopes=(), days=1):
        at = timezone.now()
        made = staff.issue_token(
            officer=officer, name="uji", purpose="prevention", scopes=scopes,
            expires_at=at + timedelta(days=days), by=Oneself(officer), at=at,
        )  # fmt: skip
        return Client(headers={"authorization": f"Bearer {made.secret}"})

    return make


def test_a_key_carries_the_agency_and_role_of_its_issue(key):
    key(scopes=["events:read", "events:read", "alerts:write"])

    token = ApiToken.objects.get()
    assert (token.agency_id, token.role) == ("kanim-atambua", "analyst")
    assert token.scopes == ["alerts:write", "events:read"]
    assert TrailRow.objects.get(event="token.issued").facts["scopes"] == token.scopes


@pytest.mark.parametrize("change", [{"role": "leader"}, {"agency_id": "polres-belu"}, {"ended_at": timezone.now()}])
def test_a_key_opens_nothing_once_its_officer_serves_elsewhere(change, key, agency_of):
    client = key()
    agency_of("polres-belu", kind="police")
    assert client.get(EVENTS).status_code == 200

    Posting.objects.update(**change)

    assert client.get(EVENTS).status_code == 401
    refused = TrailRow.objects.get(event="token.refused")
    assert refused.subject == f"token:{ApiToken.objects.get().pk}"


def test_a_key_without_scopes_opens_what_the_role_opens(key):
    client = key()

    assert [client.get(path).status_code for path in (EVENTS, REPORTS, ALERTS)] == [200, 200, 200]


def test_a_narrow_key_lists_nothing_else_and_changes_nothing(key, gazetteer_rows, kinds):
    from kentongan.intake.models import Report

    wide, narrow = key(), key(scopes=["events:read"])
    body = {"text": "Enam orang menyeberang di Silawan.", "channel": "api"}
    sent = wide.post(REPORTS, body, content_type="application/json")
    assert sent.status_code in (200, 201), sent.content

    assert wide.get(REPORTS).json()["count"] == 1
    assert narrow.get(EVENTS).status_code == 200
    assert narrow.get(REPORTS).json()["count"] == 0
    assert narrow.post(REPORTS, {**body, "text": "lain"}, content_type="application/json").status_code == 403
    assert Report.objects.count() == 1


def test_a_scope_beyond_the_role_opens_nothing_more(officer_of):
    leader = officer_of("kanwil-im-ntt", role="leader")
    at = timezone.now()
    made = staff.issue_token(
        officer=leader, name="uji", purpose="prevention", scopes=["reports:write"],
        expires_at=at + timedelta(days=1), by=Oneself(leader), at=at,
    )  # fmt: skip
    client = Client(headers={"authorization": f"Bearer {made.secret}"})

    assert client.post(REPORTS, {"text": "x"}, content_type="application/json").status_code == 403


@pytest.mark.parametrize("scope", ["events", "events:delete", "Events:read", "events:read "])
def test_a_scope_that_does_not_exist_is_refused(scope, key):
    with pytest.raises(staff.TokenRefused):
        key(scopes=[scope])


@pytest.mark.parametrize("days", [0, 366])
def test_a_key_lasts_a_year_at_most(days, key):
    with pytest.raises(staff.TokenRefused):
        key(days=days)


def test_the_last_day_of_use_is_known_and_written_once_a_day(key, django_assert_max_num_queries):
    client = key()
    client.get(EVENTS)

    assert ApiToken.objects.get().last_used_on == timezone.localdate()
    ApiToken.objects.update(last_used_on=None)
    client.get(EVENTS)
    assert ApiToken.objects.get().last_used_on == timezone.localdate()


def test_who_must_have_a_second_factor_and_has_none_is_told_so(key, settings):
    settings.MFA_OPTIONAL_ROLES = frozenset()
    client = key()

    answer = client.get(EVENTS)

    assert (answer.status_code, answer.json()["code"]) == (403, "agencies.second_factor_missing")
    assert "Keamanan akun" in answer.json()["detail"]
    Authenticator.objects.create(user=Officer.objects.get(), type="totp", data={})
    assert client.get(EVENTS).status_code == 200


def test_many_unknown_keys_from_one_address_are_answered_with_too_many(db, key):
    unknown = Client(headers={"authorization": "Bearer ktg_salah"}, REMOTE_ADDR="192.0.2.7")

    answers = [unknown.get(EVENTS) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert answers[-1].headers["Retry-After"] == "300"
    assert Client(headers={"authorization": "Bearer ktg_salah"}, REMOTE_ADDR="192.0.2.8").get(EVENTS).status_code == 401
    assert key().get(EVENTS, REMOTE_ADDR="192.0.2.7").status_code == 200  # a neighbour behind the same address


def test_a_refused_key_leaves_one_row_however_often_it_is_tried(key):
    client = key()
    ApiToken.objects.update(revoked_at=timezone.now())

    for _ in range(5):
        assert client.get(EVENTS).status_code == 401

    assert TrailRow.objects.filter(event="token.refused").count() == 1
