"""An officer's own channels: an address is used once it is proven, a browser is one officer's, quiet hours have two ends."""

import re
from datetime import time, timedelta

import pytest
from django.core.management import call_command

from conftest import NOW
from kentongan.agencies.limits import TooManyAttempts
from kentongan.audit.models import TrailRow
from kentongan.messages import addresses
from kentongan.messages.faults import RefusedAddress
from kentongan.messages.models import Message, NoticeSettings, PushSubscription, ReachableBy
from kentongan.messages.rules import Channel
from kentongan.messages.sending import deliver_due, note_failed

from .test_web_push import AUTH, BROWSER_PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_has_tried_yet")]
EMAIL = "petugas@kanim.test"


def add(officer, channel="email", address=EMAIL, at=NOW):
    return addresses.add_address(officer=officer, channel=channel, address=address, at=at)


def prove(officer, code, channel="email", at=NOW):
    return addresses.prove_address(officer=officer, channel=channel, code=code, at=at)


def code_in(mailoutbox):
    return re.search(r"\b\d{6}\b", mailoutbox[-1].body).group()


@pytest.fixture
def code(officer, clock, mailoutbox):
    add(officer)
    deliver_due(worker="w", clock=clock)
    return code_in(mailoutbox)


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_an_address_is_used_once_its_code_was_told_back(officer, code, put):
    assert put(channels=["email"]) == []

    prove(officer, code)

    assert [m.address for m in put(channels=["email"])] == [EMAIL]
    assert list(TrailRow.objects.filter(event__startswith="officer.address").values_list("event", flat=True)) == [
        "officer.address_added", "officer.address_proved",
    ]  # fmt: skip


def test_a_code_proves_once_and_lies_nowhere_after_it_was_sent(officer, code):
    assert code not in Message.objects.get().body
    prove(officer, code)

    with pytest.raises(addresses.CodeRefused):
        prove(officer, code)


def test_a_wrong_or_late_code_proves_nothing(officer, code):
    with pytest.raises(addresses.CodeRefused):
        prove(officer, wrong(code))
    with pytest.raises(addresses.CodeRefused):
        prove(officer, code, at=NOW + addresses.CODE_LASTS)
    assert ReachableBy.objects.get().verified_at is None


def test_after_too_many_wrong_codes_not_even_the_right_one_proves(officer, code):
    for _ in range(addresses.TRIES.most):
        with pytest.raises(addresses.CodeRefused):
            prove(officer, wrong(code))

    with pytest.raises(addresses.CodeRefused):
        prove(officer, code)


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_are_counted_in_the_database_though_each_is_refused(officer, clock, mailoutbox, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"},
    }
    call_command("createcachetable", verbosity=0)
    add(officer)
    deliver_due(worker="w", clock=clock)
    code = code_in(mailoutbox)

    for attempt in [wrong(code)] * addresses.TRIES.most + [code]:
        with pytest.raises(addresses.CodeRefused):
            prove(officer, attempt)


def test_a_new_address_must_be_proven_again_and_its_code_is_another(officer, code, mailoutbox, clock):
    prove(officer, code)
    add(officer, address="baru@kanim.test")

    assert ReachableBy.objects.get().verified_at is None
    with pytest.raises(addresses.CodeRefused):
        prove(officer, code)
    deliver_due(worker="w", clock=clock)
    assert prove(officer, code_in(mailoutbox)).address == "baru@kanim.test"


def test_nobody_asks_for_codes_without_end(officer):
    for _ in range(addresses.CODES.most):
        add(officer)

    with pytest.raises(TooManyAttempts):
        add(officer)


def test_a_channel_that_is_not_set_up_takes_no_address(officer, settings):
    settings.GATEWAYS = {}

    with pytest.raises(addresses.ChannelOff):
        add(officer, channel="sms", address="+9990001111")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "bukan surel"),
        ("email", "a@b.test\nBcc: c@d.test"),
        ("sms", "0001"),
        ("sms", "+0001"),
        ("sms", "+1" * 20),
    ],
)
def test_what_is_no_address_of_the_channel_is_refused(officer, channel, address):
    with pytest.raises(addresses.WrongAddress):
        add(officer, channel=channel, address=address)


def test_a_number_is_kept_without_the_signs_between():
    assert addresses.normal_address(Channel.SMS, "+999 (000) 11-11") == "+9990001111"


def test_an_officer_switches_a_channel_and_takes_it_back(officer, reachable, put):
    addresses.switch_address(officer=officer, channel="email", is_on=False, at=NOW)
    addresses.switch_address(officer=officer, channel="email", is_on=False, at=NOW)
    assert put(channels=["email"]) == []
    assert TrailRow.objects.filter(event="officer.address_switched").count() == 1

    addresses.remove_address(officer=officer, channel="email", at=NOW)
    assert not ReachableBy.objects.filter(channel="email").exists()


def subscribe(officer, endpoint="https://push.test/1", **more):
    said = {"p256dh": BROWSER_PUBLIC, "auth": AUTH, "device": "Firefox"} | more
    return addresses.subscribe_browser(officer=officer, endpoint=endpoint, at=NOW, **said)


def test_a_browser_is_subscribed_once_and_belongs_to_the_last_who_asked(officer, officer_of):
    colleague = officer_of("kanim-atambua", username="rekan")

    assert subscribe(officer) == subscribe(officer)
    subscribe(colleague)

    assert [s.officer for s in PushSubscription.objects.filter(ended_at__isnull=True)] == [colleague]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"endpoint": "http://push.test/"}, RefusedAddress), ({"endpoint": "https://10.0.0.1/"}, RefusedAddress),
        ({"p256dh": "x"}, addresses.BrowserRefused), ({"endpoint": "https://push.test/" + "a" * 2000}, addresses.BrowserRefused),
    ],
)  # fmt: skip
def test_a_subscription_that_leads_into_a_closed_network_or_has_no_keys_is_refused(officer, more, fault):
    with pytest.raises(fault):
        subscribe(officer, **more)


def test_the_oldest_browser_gives_way_to_one_too_many(officer):
    for number in range(addresses.MOST_BROWSERS + 2):
        subscribe(officer, endpoint=f"https://push.test/{number}")

    assert PushSubscription.objects.filter(ended_at__isnull=True).count() == addresses.MOST_BROWSERS
    assert PushSubscription.objects.filter(end_reason="too_many").count() == 2


def test_a_browser_is_let_go_by_its_own_officer_only(officer, officer_of):
    row = subscribe(officer)
    colleague = officer_of("kanim-atambua", username="rekan")

    assert not addresses.unsubscribe_browser(officer=colleague, subscription=row.pk, at=NOW)
    assert addresses.unsubscribe_browser(officer=officer, subscription=row.pk, at=NOW)
    assert not addresses.unsubscribe_browser(officer=officer, subscription=row.pk, at=NOW)


@pytest.mark.parametrize(("start", "end"), [(time(22), None), (None, time(6)), (time(6), time(6))])
def test_quiet_hours_have_two_different_ends(officer, start, end):
    with pytest.raises(addresses.QuietHoursRefused):
        addresses.set_quiet_hours(officer=officer, quiet_from=start, quiet_to=end, zone="Asia/Makassar", at=NOW)


def test_quiet_hours_are_set_and_taken_back(officer):
    for start, end in ((time(22), time(6)), (None, None)):
        addresses.set_quiet_hours(officer=officer, quiet_from=start, quiet_to=end, zone="Asia/Dili", at=NOW)

    assert NoticeSettings.objects.get().quiet_from is None


def test_a_code_that_waits_too_long_still_goes_only_to_the_address_it_is_for(officer, clock, mailoutbox):
    add(officer)
    add(officer, address="baru@kanim.test")
    clock.go(seconds=timedelta(minutes=1).total_seconds())

    deliver_due(worker="w", clock=clock)

    assert [email.to for email in mailoutbox] == [["baru@kanim.test"]]


def test_a_code_that_its_gateway_could_not_deliver_is_not_sent_again_without_its_words(officer, clock, receiver):
    add(officer, channel="sms", address="+9990001111")
    deliver_due(worker="w", clock=clock)

    note_failed(message=Message.objects.get(), why="gagal", at=NOW)

    assert Message.objects.get().state == "dead"
