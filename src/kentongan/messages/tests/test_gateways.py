"""Gateways of short messages: orders filled in as their content type demands, and what they report afterwards."""

import json
import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.messages import gateways
from kentongan.messages.models import Message
from kentongan.messages.sending import deliver_due

from .conftest import GATEWAY

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80)
TO = "+9990001111"


def order(text="Halo", link="", **more):
    gateway = GATEWAY | {"url": "https://gerbang.test/kirim"} | more
    return gateways.order(gateway, ident="7", to=TO, text=text, link=link, channel="sms")


@given(ANY_TEXT)
def test_a_form_says_exactly_what_was_meant_whatever_the_text(text):
    made = order(text)

    assert parse_qs(made.body.decode(), keep_blank_values=True, strict_parsing=True) == {
        "id": ["7"], "text": [text], "to": [TO], "from": ["+99900"],
    }  # fmt: skip
    assert made.headers == {"Content-Type": "application/x-www-form-urlencoded"}


@given(ANY_TEXT)
@pytest.mark.parametrize("content_type", ["json", "application/json"])
@pytest.mark.parametrize("body", ['{"pesan": {{text}}, "id": "{{id}}"}', '{"pesan": "{{text}}", "id": {{id}}}'])
def test_a_json_body_says_exactly_what_was_meant_with_or_without_quotes(content_type, body, text):
    made = order(text, content_type=content_type, body=body)

    assert json.loads(made.body) == {"pesan": text, "id": "7"}
    assert made.headers["Content-Type"] == "application/json"


@given(ANY_TEXT)
def test_an_xml_body_says_exactly_what_was_meant(text):
    made = order(text, content_type="xml", body="<kirim><isi>{{text}}</isi></kirim>")

    assert (ElementTree.fromstring(made.body).findtext("isi") or "") == text  # noqa: S314 - our own


@given(ANY_TEXT)
def test_an_address_with_variables_is_filled_in_and_needs_no_body(text):
    made = order(text, method="GET", url="https://gerbang.test/k?ke={{to_no_plus}}&isi={{text}}&dari={{from_no_plus}}")

    assert parse_qs(urlsplit(made.url).query, keep_blank_values=True) == {
        "ke": ["9990001111"], "isi": [text], "dari": ["99900"],
    }  # fmt: skip
    assert (made.method, made.body, made.headers) == ("GET", b"", {})


def test_a_text_that_looks_like_a_variable_is_a_text():
    assert parse_qs(order("{{from}} {{id}}").body.decode())["text"] == ["{{from}} {{id}}"]


def test_a_variable_that_is_not_known_stays():
    assert order(body="{{lain}}").body == b"{{lain}}"


def test_a_long_text_is_cut_before_its_link():
    made = order("panjang " * 200, link="https://kentongan.test/t/abc/")

    (text,) = parse_qs(made.body.decode())["text"]
    assert len(text) <= gateways.MOST_CHARACTERS
    assert text.endswith("\nhttps://kentongan.test/t/abc/")


def test_the_gateways_own_authorization_is_shown_to_it():
    assert order(authorization="Token abc").headers["Authorization"] == "Token abc"


@pytest.mark.parametrize(
    ("answer", "reference"),
    [(b'{"id": "x1"}', "x1"), (b'{"id": 5}', "5"), (b"OK", ""), (b"[]", ""), (b'{"id": {}}', ""), (b"\xff", "")],
)
def test_the_gateways_own_number_is_kept_where_it_gives_one(answer, reference):
    assert gateways.reference_in(answer) == reference


# through the worker


@pytest.mark.django_db
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_a_message_is_handed_to_the_gateway_under_its_own_id(put, reachable, receiver, clock, channel):
    (message,) = put(channels=[channel], handling="restricted")
    receiver.prepared = [(200, {}, b'{"id": "abc-1"}')]

    deliver_due(worker="w", clock=clock)

    (heard,) = receiver.heard
    told = parse_qs(heard.body.decode())
    assert (heard.path, told["id"], told["to"]) == (f"/{channel}", [str(message.pk)], [reachable[channel]])
    assert told["text"] == ["Ada peringatan yang menunggu Anda di Kentongan\nhttps://kentongan.test/peringatan/1/"]
    assert (Message.objects.get().state, Message.objects.get().provider_ref) == ("sent", "abc-1")


@pytest.mark.django_db
def test_an_answer_without_the_expected_sign_is_a_failure(put, reachable, receiver, clock, settings):
    settings.GATEWAYS["sms"]["expect"] = "DITERIMA"
    put(channels=["sms"])
    receiver.prepared = [(200, {}, b"saldo habis")]

    deliver_due(worker="w", clock=clock, chance=lambda: 0.0)

    assert Message.objects.get().state == "waiting"


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "state"), [(422, "dead"), (401, "waiting"), (500, "waiting")])
def test_an_order_that_the_gateway_cannot_understand_is_given_up_and_a_refused_key_is_not(
    put, reachable, receiver, clock, status, state
):
    put(channels=["sms"])
    receiver.prepared = [(status, {}, b"")]

    deliver_due(worker="w", clock=clock)

    assert Message.objects.get().state == state


# what the gateway reports

SHOWN = {"authorization": f"Bearer {GATEWAY['callback_secret']}"}


@pytest.fixture
def sent(put, reachable, clock):
    (message,) = put(channels=["sms"])
    deliver_due(worker="w", clock=clock)
    return message


def report(client, message, what="delivered", *, channel="sms", method="post", headers=SHOWN, **more):
    return getattr(client, method)(f"/pesan/gerbang/{channel}/{what}/", {"id": str(message.pk)} | more, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_report_of_delivery_is_kept_and_its_repetition_changes_nothing(client, sent, method):
    assert report(client, sent, method=method).status_code == 200
    first = Message.objects.get()
    assert report(client, sent, method=method).status_code == 200

    assert first.state == "delivered"
    assert Message.objects.get().delivered_at == first.delivered_at


@pytest.mark.django_db
def test_a_report_of_failure_sends_again_later(client, sent):
    assert report(client, sent, "failed").status_code == 200

    assert Message.objects.get().state == "waiting"
    assert Message.objects.get().next_at is not None


@pytest.mark.django_db
def test_a_report_that_it_was_sent_tells_nothing_new(client, sent):
    assert report(client, sent, "sent").status_code == 200
    assert Message.objects.get().state == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [
        {"headers": {}}, {"headers": {"authorization": "Bearer salah"}}, {"channel": "whatsapp"}, {"channel": "merpati"},
        {"what": "dihapus"}, {"id": "bukan-id"}, {"id": "0190aaaa-0000-7000-8000-00000000000a"},
    ],
    ids=["no secret", "wrong secret", "other channel", "no channel", "no such word", "no id", "unknown id"],
)  # fmt: skip
def test_a_report_without_the_secret_or_about_another_message_finds_nothing(client, sent, more):
    assert report(client, sent, **more).status_code == 404
    assert Message.objects.get().state == "sent"


@pytest.mark.django_db
def test_the_secret_may_stand_among_the_parameters_for_gateways_that_send_no_headers(client, sent):
    assert report(client, sent, headers={}, secret=GATEWAY["callback_secret"]).status_code == 200


@pytest.mark.django_db
def test_without_a_secret_in_the_settings_no_gateway_comes_in(client, sent, settings):
    settings.GATEWAYS["sms"]["callback_secret"] = ""

    assert report(client, sent, headers={"authorization": "Bearer "}).status_code == 404


def test_the_shipped_order_is_that_of_an_external_api_channel():
    assert re.findall(r"\{\{(\w+)\}\}", GATEWAY["body"]) == ["id", "text", "to", "from"]
