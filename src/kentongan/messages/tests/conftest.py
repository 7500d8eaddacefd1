"""An officer with every way of being told, a receiver on this machine, and messages in any state."""

import itertools
from datetime import timedelta

import pytest
from django.db import transaction

from conftest import NOW
from kentongan.messages import actions, sealing
from kentongan.messages.models import Message, PushSubscription, ReachableBy, WebhookEndpoint
from kentongan.messages.rules import Channel, State
from kentongan.messages.sending import LEASE

from .receiver import Receiver

SECRET = b"0123456789abcdef0123456789abcdef"
GATEWAY = {
    "url": "", "method": "POST", "content_type": "urlencoded", "body": "id={{id}}&text={{text}}&to={{to}}&from={{from}}",
    "from": "+99900", "expect": "", "authorization": "", "callback_secret": "rahasia-gerbang-yang-panjang",
}  # fmt: skip


@pytest.fixture
def receiver():
    with Receiver() as open_receiver:
        yield open_receiver


@pytest.fixture(autouse=True)
def channels_in_use(settings, tmp_path, receiver):
    """Every channel is set up, and leads to the receiver on this machine."""
    settings.ADDRESS = "https://kentongan.test"
    settings.EMAIL_HOST = "surel.test"
    settings.PUSH_CONTACT = "mailto:admin@kentongan.test"
    settings.PUSH_KEY = tmp_path / "push.pem"
    settings.OUTGOING_INSIDE = frozenset({"127.0.0.1"})
    settings.GATEWAYS = {name: GATEWAY | {"url": receiver.url(f"/{name}")} for name in ("sms", "whatsapp")}


@pytest.fixture
def officer(officer_of):
    return officer_of("kanim-atambua")


@pytest.fixture
def webhook(officer, receiver, agency_of):
    """A webhook of Kanim Atambua at the receiver."""
    endpoint = WebhookEndpoint(
        agency=agency_of("kanim-atambua"), name="SIM", url=receiver.url(), made_at=NOW, made_by="system:command"
    )
    endpoint.secret_sealed = sealing.sealed(SECRET, of=endpoint.ref)
    endpoint.save()
    return endpoint


@pytest.fixture
def browser(officer, receiver):
    """A subscribed browser: the user agent of RFC 8291, appendix A."""
    return PushSubscription.objects.create(
        officer=officer, endpoint=receiver.url("/push/abc"), fingerprint="a" * 64, made_at=NOW,
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
    )  # fmt: skip


@pytest.fixture
def reachable(officer):
    """Proven addresses of the officer on every channel that has one."""
    addresses = {"email": "petugas@kanim.test", "sms": "+9990001111", "whatsapp": "+9990001111"}
    for channel, address in addresses.items():
        ReachableBy.objects.create(officer=officer, channel=channel, address=address, added_at=NOW, verified_at=NOW)
    return addresses


@pytest.fixture
def put(officer):
    """Put a message: `put(channels=["inapp"], handling="restricted")`; every call has a key of its own."""
    keys = itertools.count()

    def make(*, to=None, at=NOW, **more):
        said = {
            "channels": list(Channel), "topic": "alert.raised", "subject": "Peringatan uji", "body": "Isi uji",
            "link": "/peringatan/1/", "about": "alert:1", "handling": "open", "key": f"uji:{next(keys)}",
        } | more  # fmt: skip
        with transaction.atomic():
            return actions.put(to=to or officer, at=at, **said)

    return make


@pytest.fixture
def message_in(put, webhook):
    """Make a webhook message in a state: `message_in("dead")`."""

    def make(state, **more):
        (message,) = put(to=webhook.agency, channels=["webhook"])
        changes = {
            State.WAITING: {"next_at": NOW},
            State.CLAIMED: {"lease_until": NOW + LEASE, "claimed_by": "w", "attempts": 1, "next_at": None},
            State.SENT: {"sent_at": NOW, "attempts": 1, "next_at": None},
            State.DELIVERED: {"delivered_at": NOW, "attempts": 1, "next_at": None},
            State.READ: {"read_at": NOW, "next_at": None},
            State.DEAD: {"last_error": "uji", "attempts": 12, "next_at": None},
            State.CANCELLED: {"next_at": None},
        }[State(state)]
        Message.objects.filter(pk=message.pk).update(state=state, **(changes | more))
        message.refresh_from_db()
        return message

    return make


@pytest.fixture
def clock():
    """A clock that stands until it is moved: `clock.at += timedelta(hours=1)`."""

    class Clock:
        at = NOW

        def __call__(self):
            return self.at

        def go(self, **more):
            self.at += timedelta(**more)

    return Clock()
