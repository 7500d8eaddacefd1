"""Webhooks: CloudEvents that a receiver can believe, secrets that are shown once, and the deeds of administrators."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW
from kentongan.agencies.actions import NotYoursToAdminister
from kentongan.agencies.rules import Console
from kentongan.audit.models import TrailRow
from kentongan.messages import adapters, sealing, signing, webhooks
from kentongan.messages.faults import NotSent, RecipientGone, RefusedAddress
from kentongan.messages.models import Message, WebhookEndpoint
from kentongan.messages.sending import deliver_due

from .conftest import SECRET


@pytest.fixture
def make(agency_of, officer):
    """Make a webhook as whoever sits at the machine: `make(url=…)`."""

    def make_one(**more):
        said = {"name": "SIM", "url": "https://sistem.test/masuk", "topics": [], "by": Console(), "at": NOW} | more
        return webhooks.make_webhook(agency=agency_of("kanim-atambua"), **said)

    return make_one


# the signature


def test_the_signature_is_that_of_the_published_example():
    """Source: the example of the reference libraries of Standard Webhooks."""
    secret = signing.read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)

    told = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}', secrets=[secret])

    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.text(max_size=50), st.uuids())
def test_another_implementation_believes_what_we_sign(secret, text, ident):
    body = json.dumps({"teks": text}).encode()

    told = signing.headers(str(ident), at=datetime.now(UTC), body=body, secrets=[secret])

    assert standardwebhooks.Webhook(base64.b64encode(secret).decode()).verify(body, told) == {"teks": text}


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=50), st.uuids())
def test_we_believe_what_we_sign_for_five_minutes_and_nothing_else(secret, body, ident):
    told = signing.headers(str(ident), at=NOW, body=body, secrets=[b"former", secret])

    def believed(told=told, body=body, secret=secret, now=NOW):
        return signing.is_genuine(told, body, secret=secret, now=now)

    assert believed()
    assert believed(now=NOW + signing.TOLERANCE)
    assert not believed(now=NOW + signing.TOLERANCE + timedelta(seconds=1))
    assert not believed(now=NOW - signing.TOLERANCE - timedelta(seconds=1))
    assert not believed(body=body + b" ")
    assert not believed(secret=secret + b"x")
    assert not believed(told=told | {"webhook-id": "lain"})
    assert not believed(told=told | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)})
    assert not believed(told={})


def test_a_secret_is_written_and_read_back():
    assert signing.read(signing.written(SECRET)) == SECRET


# what is sent


@pytest.mark.django_db
def test_a_message_leaves_as_a_cloud_event_that_its_receiver_can_verify(message_in, receiver):
    message = message_in("claimed")
    at = datetime.now(UTC)

    adapters.send(message, at=at)

    (heard,) = receiver.heard
    event = json.loads(heard.body)
    assert heard.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert event | {"data": None} == {
        "specversion": "1.0", "id": str(message.pk), "source": "https://kentongan.test", "type": "id.kentongan.alert.raised",
        "subject": "alert:1", "time": "2026-03-04T02:00:00Z", "datacontenttype": "application/json", "data": None,
    }  # fmt: skip
    assert event["data"]["link"] == "https://kentongan.test/peringatan/1/"
    assert event["data"]["body"] == "Isi uji"
    standardwebhooks.Webhook(base64.b64encode(SECRET).decode()).verify(heard.body, heard.headers)


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "is_final"), [(410, True), (400, False), (404, False), (500, False), (302, False)])
def test_only_a_receiver_that_says_it_is_gone_is_given_up_at_once(message_in, receiver, status, is_final):
    receiver.prepared = [(status, {}, b"")]

    with pytest.raises(NotSent) as refusal:
        adapters.send(message_in("claimed"), at=NOW)

    assert refusal.value.is_final is is_final
    assert isinstance(refusal.value, RecipientGone) is is_final


@pytest.mark.django_db
def test_what_comes_again_does_nothing_twice_at_a_receiver_that_looks_at_the_id(message_in, receiver, clock):
    done = Counter()

    def reply(heard):
        done[heard.headers["webhook-id"]] += 1
        return None if done[heard.headers["webhook-id"]] == 1 else (200, {}, b"")  # done, but nobody hears of it

    receiver.reply = reply
    messages = [message_in("waiting") for _ in range(5)]
    for _ in range(20):
        deliver_due(worker="w", clock=clock)
        clock.go(minutes=1)

    assert done == {str(message.pk): 2 for message in messages}
    assert {message.state for message in Message.objects.all()} == {"sent"}


@pytest.mark.django_db
def test_for_a_day_the_former_secret_signs_beside_the_new_one(webhook):
    made = webhooks.renew_secret(endpoint=webhook, by=Console(), at=NOW)
    new = signing.read(made.secret)

    assert adapters.secrets_of(made.endpoint, at=NOW) == [new, SECRET]
    assert adapters.secrets_of(made.endpoint, at=NOW + webhooks.FORMER_LASTS) == [new]


# secrets at rest


@pytest.mark.django_db
def test_the_secret_is_shown_once_and_lies_sealed(make):
    made = make()

    kept = bytes(WebhookEndpoint.objects.get().secret_sealed)
    assert made.secret.startswith("whsec_")
    assert signing.read(made.secret) not in kept
    assert sealing.opened(kept, of=made.endpoint.ref) == signing.read(made.secret)


def test_a_sealed_secret_opens_for_its_own_row_and_its_own_installation_only(settings):
    kept = sealing.sealed(SECRET, of="webhook:1")

    with pytest.raises(NotSent):
        sealing.opened(kept, of="webhook:2")
    settings.SECRET_KEY = "another"
    with pytest.raises(NotSent):
        sealing.opened(kept, of="webhook:1")
    settings.SECRET_KEY_FALLBACKS = ["only-for-tests"]
    assert sealing.opened(kept, of="webhook:1") == SECRET


# deeds


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["http://sistem.test/", "https://10.0.0.1/", "https://localhost@10.0.0.1/", "sistem.test"]
)
def test_a_webhook_into_a_closed_network_is_refused_when_it_is_made(make, url):
    with pytest.raises(RefusedAddress):
        make(url=url)


@pytest.mark.django_db
def test_an_agency_has_an_address_once_while_it_is_in_use(make):
    first = make().endpoint
    with pytest.raises(webhooks.WebhookExists):
        make()

    webhooks.switch_webhook(endpoint=first, is_active=False, why="diganti", by=Console(), at=NOW)
    make()
    with pytest.raises(webhooks.WebhookExists):
        webhooks.switch_webhook(endpoint=first, is_active=True, why="kembali", by=Console(), at=NOW)


@pytest.mark.django_db
def test_of_two_who_change_a_webhook_at_once_one_is_told(webhook):
    rival = WebhookEndpoint.objects.get(pk=webhook.pk)
    webhooks.switch_webhook(endpoint=webhook, is_active=False, why="pindah", by=Console(), at=NOW)

    with pytest.raises(webhooks.WebhookChanged):
        webhooks.renew_secret(endpoint=rival, by=Console(), at=NOW)


@pytest.mark.django_db
def test_an_administrator_of_another_agency_makes_none_and_the_trail_has_every_deed(make, actor_of):
    stranger = actor_of("polres-belu", role="administrator", kind="police")

    with pytest.raises(NotYoursToAdminister):
        make(by=stranger)
    endpoint = make().endpoint
    webhooks.renew_secret(endpoint=endpoint, by=Console(), at=NOW)
    webhooks.switch_webhook(endpoint=endpoint, is_active=False, why="selesai", by=Console(), at=NOW)

    assert list(TrailRow.objects.filter(event__startswith="webhook.").order_by("id").values_list("event", flat=True)) == [
        "webhook.made", "webhook.secret_renewed", "webhook.ended",
    ]  # fmt: skip
    assert Message.objects.count() == 0
