"""Putting a message: in the caller's transaction, once a key, to whoever may be told, with no more than the channel may carry."""

from datetime import time

import pytest
from django.db import IntegrityError, transaction

from conftest import NOW
from kentongan.audit.trail import DeedOutsideTransaction
from kentongan.messages import actions
from kentongan.messages.models import Message, NoticeSettings, PushSubscription, ReachableBy
from kentongan.messages.wording import words_of

pytestmark = pytest.mark.django_db

OUTSIDE_CHANNELS = ["email", "push", "sms", "whatsapp"]


def by_channel(messages):
    return {message.channel: message for message in messages}


@pytest.mark.django_db(transaction=True)
def test_a_message_outside_a_transaction_is_refused(officer):
    with pytest.raises(DeedOutsideTransaction):
        actions.put(
            to=officer, channels=["inapp"], topic="alert.raised", subject="x", body="", link="", about="", key="k",
            handling="open", at=NOW,
        )  # fmt: skip


def test_an_officer_is_told_by_every_proven_way_that_is_asked_for(put, reachable, browser):
    told = by_channel(put())

    assert set(told) == {"inapp", *OUTSIDE_CHANNELS}
    assert told["email"].address == reachable["email"]
    assert told["push"].subscription == browser
    assert {m.state for c, m in told.items() if c != "inapp"} == {"waiting"}
    assert told["inapp"].state == "delivered"


def test_an_unproven_or_switched_off_address_gives_no_message(put, reachable):
    ReachableBy.objects.filter(channel="email").update(verified_at=None)
    ReachableBy.objects.filter(channel="sms").update(is_on=False)

    assert set(by_channel(put(channels=["email", "sms", "whatsapp"]))) == {"whatsapp"}


def test_an_officer_off_duty_is_told_nothing(put, officer):
    officer.postings.update(ended_at=NOW)

    assert put() == []


def test_an_agency_is_told_at_the_webhooks_that_take_the_topic(put, webhook):
    assert [m.endpoint for m in put(to=webhook.agency)] == [webhook]
    webhook.topics = ["break_glass.opened"]
    webhook.save()

    assert put(to=webhook.agency) == []
    assert len(put(to=webhook.agency, topic="break_glass.opened")) == 1


def test_putting_the_same_again_changes_nothing_and_returns_what_is_there(put, reachable):
    first = put(key="ladder:1")
    again = put(key="ladder:1", subject="Lain", body="Lain")

    assert [m.pk for m in again] == [m.pk for m in first]
    assert Message.objects.count() == len(first)
    assert {m.subject for m in again} == {"Peringatan uji"}


@pytest.mark.parametrize("handling", ["shared", "restricted", "personal", "protected"])
def test_no_content_of_a_record_that_is_not_open_leaves_the_house(put, reachable, browser, webhook, handling):
    told = by_channel([*put(handling=handling), *put(to=webhook.agency, handling=handling)])

    for channel in (*OUTSIDE_CHANNELS, "webhook"):
        words = words_of(told[channel])
        assert (told[channel].subject, told[channel].body) == ("", "")
        assert words.whole == "Ada peringatan yang menunggu Anda di Kentongan\nhttps://kentongan.test/peringatan/1/"
    assert told["inapp"].subject == ("Peringatan uji" if handling in ("shared", "restricted") else "")
    assert told["inapp"].body == ""


@pytest.mark.parametrize("channel", ["inapp", "email"])
@pytest.mark.parametrize("field", ["subject", "body"])
def test_the_database_itself_refuses_content_of_a_protected_record(put, reachable, channel, field):
    (message,) = put(channels=[channel], handling="protected")

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**{field: "Nama korban"})


@pytest.mark.parametrize("link", ["https://lain.test/", "//lain.test/", "javascript:alert(1)", "peringatan/1/"])
def test_a_message_leads_nowhere_else(put, link):
    with pytest.raises(actions.LinkOutside):
        put(link=link)


def test_a_subject_of_several_lines_becomes_one(put):
    (message,) = put(channels=["inapp"], subject="Satu\r\nBcc: lain@lain.test\n dua")

    assert message.subject == "Satu Bcc: lain@lain.test dua"


def test_an_unknown_channel_is_refused(put):
    with pytest.raises(actions.UnknownChannel):
        put(channels=["merpati"])


@pytest.mark.parametrize(
    ("channel", "setting", "empty"),
    [("email", "EMAIL_HOST", ""), ("push", "PUSH_CONTACT", ""), ("sms", "GATEWAYS", {}), ("whatsapp", "ADDRESS", "")],
)
def test_a_channel_that_is_not_set_up_says_so(put, reachable, browser, settings, channel, setting, empty):
    setattr(settings, setting, empty)

    (message,) = put(channels=[channel])

    assert message.state == "cancelled"
    assert "KENTONGAN_" in message.last_error


def test_quiet_hours_hold_back_what_can_wait_and_never_an_alert(put, officer, reachable):
    NoticeSettings.objects.create(officer=officer, quiet_from=time(9), quiet_to=time(11), zone="Asia/Makassar")

    (held,) = put(channels=["email"], topic="task.due")
    (alert,) = put(channels=["email"], topic="alert.raised")

    assert held.next_at == NOW.replace(hour=3)  # 11:00 in Kupang
    assert alert.next_at == NOW


def test_every_browser_of_an_officer_is_told_for_itself(put, officer, browser):
    PushSubscription.objects.create(
        officer=officer, endpoint="https://push.test/2", fingerprint="b" * 64, p256dh="x", auth="y", made_at=NOW
    )

    assert len({m.key for m in put(channels=["push"])}) == 2


def test_a_withdrawn_record_is_sent_to_nobody_and_shown_to_nobody(put, reachable, actor_of):
    told = by_channel(put(handling="shared"))

    actions.withdraw(
        about="alert:1", by=actor_of("kanim-atambua", role="coordinator"), at=NOW, why="menjadi terlindungi"
    )

    rows = by_channel(Message.objects.filter(pk__in=[m.pk for m in told.values()]))
    assert rows["inapp"].subject == ""
    assert {rows[c].state for c in ("email", "sms", "whatsapp")} == {"cancelled"}


def test_notices_are_read_once_and_only_ones_own(put, officer, officer_of):
    other = officer_of("polres-belu", kind="police")
    put(channels=["inapp"])
    put(channels=["inapp"], to=other)

    assert actions.mark_read(officer=officer, at=NOW) == 1
    assert actions.mark_read(officer=officer, at=NOW) == 0
    assert Message.objects.get(officer=other).state == "delivered"
