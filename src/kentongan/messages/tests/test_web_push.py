"""Web push: the published vectors, what a local push service hears, and what the browser reads of it."""

import json
from datetime import timedelta

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from conftest import NOW
from kentongan.messages import adapters, web_push
from kentongan.messages.faults import NotSent, RecipientGone
from kentongan.messages.models import Message, PushSubscription
from kentongan.messages.sending import deliver_due

# RFC 8291, section 5 and appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95b"
    "Qpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private_key(text):
    return ec.derive_private_key(int.from_bytes(web_push.decoded(text), "big"), ec.SECP256R1())


def read_by_the_browser(body):
    return http_ece.decrypt(
        body, private_key=private_key(BROWSER_PRIVATE), auth_secret=web_push.decoded(AUTH), version="aes128gcm"
    )


def test_the_message_of_the_standard_is_made_byte_for_byte():
    made = web_push.encrypted(
        PLAIN, p256dh=BROWSER_PUBLIC, auth=AUTH, salt=web_push.decoded(SALT), sender=private_key(SENDER_PRIVATE)
    )

    assert made == web_push.decoded(MESSAGE)


def test_the_message_of_the_standard_is_read_with_the_browsers_key():
    assert read_by_the_browser(web_push.decoded(MESSAGE)) == PLAIN
    assert web_push.decoded(MESSAGE)[21:86] == web_push.decoded(SENDER_PUBLIC)


def test_every_message_has_a_salt_and_a_sender_of_its_own():
    first, second = (web_push.encrypted(PLAIN, p256dh=BROWSER_PUBLIC, auth=AUTH) for _ in range(2))

    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
    assert read_by_the_browser(first) == read_by_the_browser(second) == PLAIN


@pytest.mark.django_db
def test_a_local_push_service_hears_who_sends_and_only_the_browser_reads_what(put, browser, receiver, clock):
    (message,) = put(channels=["push"], body="Isi terbuka")

    assert deliver_due(worker="w", clock=clock) == 1

    (heard,) = receiver.heard
    assert Message.objects.get().state == "sent"
    assert (heard.path, heard.headers["content-encoding"], heard.headers["topic"]) == (
        "/push/abc", "aes128gcm", message.pk.hex,
    )  # fmt: skip
    assert int(heard.headers["ttl"]) > 0
    assert b"Isi terbuka" not in heard.body
    assert json.loads(read_by_the_browser(heard.body)) == {
        "title": "Peringatan uji", "body": "Isi terbuka", "link": "/peringatan/1/", "tag": message.pk.hex,
    }  # fmt: skip


def test_the_sender_names_itself_with_a_key_that_stays(receiver):
    told = web_push.headers(receiver.url("/push/abc"), topic="t", at=NOW)["Authorization"]
    token, key = told.removeprefix("vapid t=").split(", k=")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), web_push.decoded(key))

    claims = jwt.decode(
        token, public, algorithms=["ES256"], audience=f"http://127.0.0.1:{receiver.port}", options={"verify_exp": False}
    )

    assert claims["sub"] == "mailto:admin@kentongan.test"
    assert claims["exp"] == int((NOW + timedelta(hours=12)).timestamp())  # the standard allows at most 24 hours
    assert key == web_push.public_key()


def test_the_key_of_the_sender_is_a_file_that_its_owner_alone_reads(settings):
    first = web_push.public_key()
    assert settings.PUSH_KEY.stat().st_mode & 0o777 == 0o600

    web_push._own_key.cache_clear()
    assert web_push.public_key() == first


def test_a_file_that_is_no_key_is_refused(settings, tmp_path):
    settings.PUSH_KEY = tmp_path / "rusak.pem"
    settings.PUSH_KEY.write_text("bukan kunci")

    with pytest.raises(web_push.KeyUnusable):
        web_push.public_key()


@pytest.mark.django_db
@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_not_told_again(put, browser, receiver, clock, status):
    put(channels=["push"])
    receiver.prepared = [(status, {}, b"")]

    deliver_due(worker="w", clock=clock)

    assert Message.objects.get().state == "dead"
    assert PushSubscription.objects.get().end_reason == "gone"
    assert put(channels=["push"]) == []


@pytest.mark.django_db
def test_a_subscription_that_became_a_name_in_a_closed_network_is_not_sent_to(put, browser, monkeypatch, clock):
    PushSubscription.objects.update(endpoint="https://push.test/1")
    monkeypatch.setattr("kentongan.messages.outgoing.addresses_of", lambda *_: ["10.0.0.9"])
    put(channels=["push"])

    deliver_due(worker="w", clock=clock)

    assert Message.objects.get().state == "dead"
    assert "jaringan tertutup" in Message.objects.get().last_error


@pytest.mark.django_db
def test_a_push_service_that_is_busy_is_asked_again(put, browser, receiver):
    (message,) = put(channels=["push"])
    receiver.prepared = [(429, {"Retry-After": "60"}, b"")]

    with pytest.raises(NotSent) as refusal:
        adapters.send(message, at=NOW)

    assert (refusal.value.is_final, refusal.value.wait) == (False, timedelta(seconds=60))


def test_a_long_body_is_cut_so_that_push_services_take_it():
    body = web_push.payload(title="t" * 200, body="é" * 9000, link="/x/", tag="a" * 32)

    assert len(body) <= web_push.MOST_BYTES
    assert len(web_push.encrypted(body, p256dh=BROWSER_PUBLIC, auth=AUTH)) <= 4096
    assert json.loads(body)["body"].startswith("éé")


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), (BROWSER_PUBLIC, "pendek"), ("B" * 87, AUTH), (BROWSER_PUBLIC[:-4], AUTH), ("é", AUTH)],
)
def test_keys_that_are_no_keys_are_noticed(p256dh, auth):
    assert not web_push.is_browser_key(p256dh, auth)
    assert web_push.is_browser_key(BROWSER_PUBLIC, AUTH)


def test_a_subscription_with_broken_keys_ends():
    with pytest.raises(RecipientGone):
        web_push.encrypted(PLAIN, p256dh="AAAA", auth=AUTH)
