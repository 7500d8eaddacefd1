"""The one-tap link: shows nothing, acknowledges by a press only, once, for who it was sent to."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kentongan.alerts import ack_links, ladder
from kentongan.alerts.models import AckLink, Alert, AlertStep
from kentongan.audit.models import TrailRow
from kentongan.messages.models import Message, ReachableBy

OFFICE_TIME = datetime(2026, 3, 4, 2, tzinfo=UTC)  # a Wednesday, 10:00 in Kupang


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def alert(raise_to_desk):
    return raise_to_desk()


@pytest.fixture
def token(alert, desk, now):
    made = ack_links.new_token()
    ack_links.keep(made, alert=alert, officer=desk["analyst"], at=now)
    return made


def test_opening_the_link_changes_nothing_and_shows_nothing(client, token, alert, desk):
    for _n in range(3):
        page = client.get(f"/t/{token}/")
        client.head(f"/t/{token}/")

    text = page.content.decode()
    assert page.status_code == 200
    assert [
        word
        for word in (
            alert.title,
            alert.message,
            alert.number,
            "Silawan",
            str(alert.pk),
            "Belu",
            desk["analyst"].full_name,
        )
        if word in text
    ] == []
    assert Alert.objects.get().state == "raised"
    assert AckLink.objects.get().used_at is None


def test_a_press_acknowledges_once_for_the_officer_it_was_sent_to(client, token, desk):
    answer = client.post(f"/t/{token}/")

    step = AlertStep.objects.get(state="acknowledged")
    assert (answer.status_code, step.by, step.agency) == (200, desk["analyst"].ref, "polres-belu")
    assert TrailRow.objects.get(event="alert.link_used").actor == desk["analyst"].ref
    assert client.post(f"/t/{token}/").status_code == 404
    assert AlertStep.objects.filter(state="acknowledged").count() == 1


def test_no_cookie_and_no_csrf_token_is_needed_and_nobody_is_signed_in_by_it(token):
    stranger = Client(enforce_csrf_checks=True)

    answer = stranger.post(f"/t/{token}/")

    assert answer.status_code == 200
    assert "sessionid" not in stranger.cookies
    assert stranger.get("/peringatan/").status_code == 302


def used(token, desk):
    ack_links.acknowledge(token=token, at=timezone.now())


def expired(token, desk):
    AckLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def answered_by_a_colleague(token, desk):
    Alert.objects.update(state="acknowledged")


def unknown(token, desk):
    AckLink.objects.all().delete()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("what", [used, expired, answered_by_a_colleague, unknown])
def test_used_expired_answered_and_unknown_links_look_the_same(what, method, client, token, desk):
    made_up = getattr(client, method)("/t/bukan-tautan/")
    what(token, desk)

    answer = getattr(client, method)(f"/t/{token}/")

    assert (answer.status_code, answer.content) == (made_up.status_code, made_up.content) == (404, made_up.content)


@pytest.mark.parametrize("changed", ["left", "elsewhere", "role", "inactive"])
def test_whoever_left_or_may_not_act_any_more_acknowledges_nothing(changed, client, token, desk, agency_of, now):
    officer = desk["analyst"]
    if changed == "inactive":
        officer.is_active = False
        officer.save()
    elif changed == "role":
        officer.postings.update(role="leader")
    else:
        officer.postings.update(ended_at=now)
        if changed == "elsewhere":
            officer.postings.create(agency=agency_of("polda-ntt"), role="analyst", started_at=now - timedelta(hours=1))

    assert client.post(f"/t/{token}/").status_code == 404
    assert Alert.objects.get().state == "raised"
    assert AckLink.objects.get().used_at is None


def test_a_made_up_signature_is_refused_without_a_look_at_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert not ack_links.is_valid("abc:def", at=timezone.now())


def test_only_the_hash_of_a_token_is_kept(token):
    assert token not in str(AckLink.objects.values().get())


def test_the_page_is_kept_by_nobody_and_says_nothing_to_the_next(client, token):
    answer = client.get(f"/t/{token}/")

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]


def test_messages_that_leave_the_house_carry_the_link_and_those_inside_the_page(raise_to_desk, desk, settings):
    settings.EMAIL_HOST, settings.ADDRESS = "mail.example", "https://kentongan.example"
    ReachableBy.objects.create(
        officer=desk["analyst"],
        channel="email",
        address="piket@belu.example",
        added_at=OFFICE_TIME,
        verified_at=OFFICE_TIME,
    )
    alert = raise_to_desk(at=OFFICE_TIME)

    ladder.act_due(worker="a", clock=lambda: OFFICE_TIME)

    links = dict(Message.objects.filter(officer=desk["analyst"]).values_list("channel", "link"))
    assert links["inapp"] == f"/peringatan/{alert.pk}/"
    assert links["email"].startswith("/t/")
    assert ack_links.is_valid(links["email"].removeprefix("/t/").removesuffix("/"), at=OFFICE_TIME)
    assert Message.objects.get(channel="email").subject == ""


def test_the_leader_who_cannot_acknowledge_gets_the_page(raise_to_desk, desk, settings):
    settings.EMAIL_HOST, settings.ADDRESS = "mail.example", "https://kentongan.example"
    ReachableBy.objects.create(
        officer=desk["leader"],
        channel="email",
        address="kapolres@belu.example",
        added_at=OFFICE_TIME,
        verified_at=OFFICE_TIME,
    )
    alert = raise_to_desk(at=OFFICE_TIME)

    ladder.act_due(worker="a", clock=lambda: OFFICE_TIME + timedelta(hours=1))

    assert Message.objects.get(channel="email").link == f"/peringatan/{alert.pk}/"
    assert not AckLink.objects.exists()
