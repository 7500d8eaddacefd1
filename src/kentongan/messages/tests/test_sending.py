"""Sending what is due: claims with leases, pauses, giving up, trying again, what the provider tells."""

from datetime import timedelta

import pytest
from django.db.models import F

from conftest import NOW
from kentongan.agencies.rules import Console
from kentongan.audit.models import TrailRow
from kentongan.messages import actions, adapters, sending, tasks
from kentongan.messages.faults import NotSent
from kentongan.messages.models import Message, ReachableBy
from kentongan.messages.rules import FOLLOWS, MAX_ATTEMPTS, State
from kentongan.messages.sending import BREATHER, LEASE, claim, deliver_due, note_delivered, note_failed

pytestmark = pytest.mark.django_db


def deliver(clock, **more):
    return deliver_due(worker="w1", clock=clock, chance=lambda: 0.0, **more)


def fresh(message):
    return Message.objects.get(pk=message.pk)


def test_what_is_due_is_sent_once_and_recorded_with_what_it_is_about(message_in, receiver, clock):
    message = message_in("waiting")

    assert deliver(clock) == 1
    assert deliver(clock) == 0

    assert (fresh(message).state, fresh(message).sent_at, len(receiver.heard)) == ("sent", NOW, 1)
    row = TrailRow.objects.get(event="message.sent")
    assert (row.subject, row.actor) == ("alert:1", "system:messages")
    assert row.facts["to"] == f"webhook:{message.endpoint_id}"


def test_what_is_not_yet_due_waits(message_in, receiver, clock):
    message_in("waiting", next_at=NOW + timedelta(seconds=1))

    assert deliver(clock) == 0
    assert receiver.heard == []


def test_at_most_so_many_are_tried_in_one_go(message_in, clock):
    for _ in range(3):
        message_in("waiting")

    assert deliver(clock, most=2) == 2
    assert Message.objects.filter(state="waiting").count() == 1


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(message_in):
    message = message_in("waiting")

    assert claim(worker="w1", at=NOW) == message
    assert claim(worker="w2", at=NOW + LEASE) is None
    assert claim(worker="w2", at=NOW + LEASE + timedelta(seconds=1)) == message
    assert (fresh(message).claimed_by, fresh(message).attempts) == ("w2", 2)


def test_a_worker_whose_lease_ended_does_not_write_over_the_next_one(message_in, receiver, clock, monkeypatch):
    message = message_in("waiting")

    def slow(_message, *, at):
        assert claim(worker="w2", at=at + LEASE + timedelta(seconds=1)) is not None
        return "ref"

    monkeypatch.setattr(adapters, "send", slow)
    deliver(clock, most=1)

    assert (fresh(message).state, fresh(message).claimed_by) == ("claimed", "w2")
    assert not TrailRow.objects.filter(event="message.sent").exists()


def test_a_receiver_that_fails_is_tried_again_later_with_the_same_id(message_in, receiver, clock):
    message = message_in("waiting")
    receiver.prepared = [(500, {}, b""), None]

    deliver(clock)
    assert (fresh(message).state, fresh(message).next_at) == ("waiting", NOW + timedelta(seconds=30))
    clock.go(seconds=30)
    deliver(clock)
    assert fresh(message).next_at == clock.at + timedelta(seconds=60)
    clock.go(seconds=60)
    deliver(clock)

    assert fresh(message).state == "sent"
    assert {heard.headers["webhook-id"] for heard in receiver.heard} == {str(message.pk)}
    assert len({heard.body for heard in receiver.heard}) == 1


def test_a_receiver_that_asks_to_be_left_alone_is(message_in, receiver, clock):
    message = message_in("waiting")
    receiver.prepared = [(429, {"Retry-After": "600"}, b"")]

    deliver(clock)

    assert fresh(message).next_at == NOW + timedelta(seconds=600)


def test_a_message_is_given_up_after_its_last_attempt_with_the_reason(message_in, receiver, clock):
    message = message_in("waiting", attempts=MAX_ATTEMPTS - 1)
    receiver.prepared = [(503, {}, b"")]

    deliver(clock)

    assert (fresh(message).state, fresh(message).last_error) == ("dead", "127.0.0.1 menjawab 503.")
    assert TrailRow.objects.get(event="message.given_up").why == "127.0.0.1 menjawab 503."


def test_a_message_whose_workers_always_die_is_given_up(message_in, receiver, clock):
    message = message_in("claimed", attempts=MAX_ATTEMPTS, lease_until=NOW - timedelta(seconds=1))

    deliver(clock)

    assert fresh(message).state == "dead"
    assert receiver.heard == []


def test_a_way_on_which_nobody_answers_is_left_alone_for_a_while_and_the_others_lose_no_attempt(
    message_in, receiver, clock
):
    first, second = message_in("waiting"), message_in("waiting")
    receiver.prepared = [None]

    assert deliver(clock) == 1
    tried, spared = sorted((fresh(first), fresh(second)), key=lambda m: -m.attempts)
    assert (tried.attempts, spared.attempts, spared.next_at) == (1, 0, NOW + BREATHER)

    clock.go(seconds=30)
    assert deliver(clock) == 2
    assert {fresh(first).state, fresh(second).state} == {"sent"}


def test_an_hour_without_the_receiver_loses_nothing(message_in, receiver, clock):
    messages = [message_in("waiting") for _ in range(20)]
    receiver.reply = lambda _heard: None
    for _ in range(60):
        deliver(clock)
        clock.go(minutes=1)
    assert Message.objects.filter(state="waiting").count() == 20

    receiver.reply, receiver.heard[:] = lambda _heard: (200, {}, b""), []
    for _ in range(70):
        deliver(clock)
        clock.go(minutes=1)

    assert Message.objects.filter(state="sent").count() == 20
    assert sorted(h.headers["webhook-id"] for h in receiver.heard) == sorted(str(m.pk) for m in messages)


def test_an_unexpected_fault_of_an_adapter_costs_one_attempt_and_not_the_worker(message_in, clock, monkeypatch, caplog):
    message = message_in("waiting")
    monkeypatch.setattr(adapters, "send", lambda _message, *, at: 1 / 0)

    assert deliver(clock) == 1

    assert (fresh(message).state, "ZeroDivisionError" in fresh(message).last_error) == ("waiting", True)


def test_what_was_never_tried_goes_before_what_failed(message_in, receiver, clock):
    failed = message_in("waiting", attempts=3, next_at=NOW - timedelta(hours=1))
    new = message_in("waiting")

    deliver(clock)

    assert [h.headers["webhook-id"] for h in receiver.heard] == [str(new.pk), str(failed.pk)]


def test_an_officer_who_left_the_agency_is_not_told_any_more(put, reachable, officer, clock, mailoutbox):
    (message,) = put(channels=["email"])
    officer.postings.update(ended_at=NOW)

    deliver(clock)

    assert (fresh(message).state, mailoutbox) == ("cancelled", [])


@pytest.mark.parametrize(
    "change", [{"address": "lain@kanim.test"}, {"is_on": False}, {"verified_at": None}], ids=lambda c: next(iter(c))
)
def test_an_address_that_was_changed_or_switched_off_is_not_written_to(put, reachable, clock, mailoutbox, change):
    (message,) = put(channels=["email"])
    ReachableBy.objects.filter(channel="email").update(**change)

    deliver(clock)

    assert (fresh(message).state, mailoutbox) == ("cancelled", [])


def test_a_webhook_that_was_switched_off_is_not_called(message_in, webhook, receiver, clock):
    message = message_in("waiting")
    type(webhook).objects.update(is_active=False)

    deliver(clock)

    assert (fresh(message).state, receiver.heard) == ("cancelled", [])


def test_a_message_that_is_withdrawn_while_it_leaves_stays_cancelled_and_the_trail_knows_that_it_left(
    message_in, clock, monkeypatch
):
    message = message_in("waiting")

    def withdrawn_meanwhile(_message, *, at):
        actions.withdraw(about="alert:1", by=Console(), at=at, why="terlindungi")
        return ""

    monkeypatch.setattr(adapters, "send", withdrawn_meanwhile)
    deliver(clock)

    assert fresh(message).state == "cancelled"
    assert TrailRow.objects.filter(event="message.sent").count() == 1


def test_a_dead_message_is_tried_again_by_a_person_with_a_reason(message_in, clock, receiver):
    message = message_in("dead")

    actions.try_again(message=message, why="gerbang sudah pulih", by=Console(), at=NOW)
    deliver(clock)

    assert fresh(message).state == "sent"
    assert TrailRow.objects.get(event="message.retried").why == "gerbang sudah pulih"


def test_of_two_who_try_a_dead_message_again_one_is_told_that_it_is_done(message_in):
    message = message_in("dead")
    other = fresh(message)
    actions.try_again(message=message, why="pulih", by=Console(), at=NOW)

    with pytest.raises(actions.NotDead):
        actions.try_again(message=other, why="pulih", by=Console(), at=NOW)


# every pair of states: what each deed may change, and nothing else


def enter(state, message, at=NOW):
    """Do the deed that brings messages into the state."""
    match state:
        case State.CLAIMED:
            claim(worker="w9", at=at)
        case State.DELIVERED:
            note_delivered(message=message, at=at)
        case State.DEAD:
            Message.objects.filter(pk=message.pk).update(attempts=MAX_ATTEMPTS)
            message.refresh_from_db()
            note_failed(message=message, why="gagal", at=at)
        case State.WAITING:
            if message.state == State.DEAD:
                actions.try_again(message=message, why="pulih", by=Console(), at=at)
            else:
                note_failed(message=message, why="gagal", at=at)
        case State.CANCELLED:
            actions.withdraw(about="alert:1", by=Console(), at=at, why="ditarik")
        case State.SENT:
            sending._sent(message, "", at=at)
        case State.READ:
            actions.mark_read(officer=message.officer, at=at)


@pytest.mark.parametrize("after", State)
@pytest.mark.parametrize("before", State)
def test_every_pair_of_states_is_followed_or_refused_as_the_table_says(message_in, officer, before, after):
    message = message_in(before)
    if after == State.READ:  # only notices in the application are read
        Message.objects.filter(pk=message.pk).update(channel="inapp", officer=officer, endpoint=None)

    enter(after, fresh(message), at=NOW)

    if fresh(message).state != before:
        assert fresh(message).state == after
        assert after in FOLLOWS[before]
    elif before != after and after in FOLLOWS[before]:
        pytest.fail(f"{before} -> {after} is allowed and did not happen")


def test_two_reports_of_delivery_are_one(message_in):
    message = message_in("sent")
    rival = fresh(message)

    assert note_delivered(message=message, at=NOW)
    assert not note_delivered(message=rival, at=NOW)


def test_a_report_of_delivery_before_the_worker_has_written_that_it_sent_keeps_its_row_of_the_trail(
    message_in, clock, monkeypatch
):
    message = message_in("waiting")

    def reported_at_once(sent, *, at):
        note_delivered(message=fresh(sent), at=at)
        return ""

    monkeypatch.setattr(adapters, "send", reported_at_once)
    deliver(clock)

    assert fresh(message).state == "delivered"
    assert TrailRow.objects.filter(event="message.sent").count() == 1


def test_a_failure_that_the_provider_reports_sends_again_later_and_ends_in_a_dead_letter(message_in):
    message = message_in("sent")

    assert note_failed(message=message, why="gagal", at=NOW, chance=lambda: 0.0)
    assert (fresh(message).state, fresh(message).next_at) == ("waiting", NOW + timedelta(seconds=30))

    last = message_in("sent", attempts=MAX_ATTEMPTS)
    assert note_failed(message=last, why="gagal", at=NOW)
    assert fresh(last).state == "dead"


def test_messages_that_ended_long_ago_are_forgotten_and_waiting_ones_are_not(message_in):
    old = [message_in(state, put_at=NOW - tasks.KEPT_FOR - timedelta(days=1)) for state in ("sent", "dead", "waiting")]
    recent = message_in("sent")

    assert tasks.forget(at=NOW) == 2

    assert set(Message.objects.values_list("pk", flat=True)) == {old[2].pk, recent.pk}


def test_a_fault_says_whether_another_attempt_would_help():
    assert not NotSent("x").is_final
    assert NotSent("x").code == "messages.not_sent"


def test_attempts_are_counted_by_the_database(message_in):
    message = message_in("waiting")
    Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)

    assert fresh(message).attempts == 1
