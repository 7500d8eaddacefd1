"""Whatever deeds, workers, providers and clocks do, in any order, a message goes only where the table of states lets it."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)  # fmt: skip

from conftest import NOW
from kentongan.agencies.rules import Console
from kentongan.audit.models import TrailRow
from kentongan.messages import actions, adapters, sending
from kentongan.messages.faults import NotSent
from kentongan.messages.models import Message
from kentongan.messages.rules import FOLLOWS, MAX_ATTEMPTS, State
from kentongan.messages.sending import LEASE, Sender, claim, note_delivered, note_failed

pytestmark = pytest.mark.django_db

OUTCOMES = ["sent", "busy", "silent", "final"]


class MessagesInAnyOrder(RuleBasedStateMachine):
    """Two workers who may die or be slow, a provider, an administrator and a clock."""

    workers = Bundle("workers")
    webhook = None  # set by the test

    @initialize(target=workers)
    def begin(self):
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self.at = NOW
        self.held: dict[str, Message] = {}  # what each worker believes to have claimed
        self.before: dict[str, str] = {}
        self.left: dict[str, int] = {}  # how often a message left the house
        self.number = 0
        return multiple("w1", "w2")

    def teardown(self):
        if hasattr(self, "_undo"):
            transaction.set_rollback(True)
            self._undo.__exit__(None, None, None)

    @rule()
    def put(self):
        self.number += 1
        (message,) = actions.put(
            to=self.webhook.agency, channels=["webhook"], topic="alert.raised", subject="x", body="", link="/", about="alert:1",
            key=f"k{self.number}", handling="restricted", at=self.at,
        )  # fmt: skip
        self.before[str(message.pk)] = "waiting"
        self.left[str(message.pk)] = 0

    @rule(seconds=st.sampled_from([1, 29, 31, 299, 301, 3700]))
    def time_passes(self, seconds):
        self.at += timedelta(seconds=seconds)

    @rule(worker=workers)
    def a_worker_claims(self, worker):
        if worker in self.held:
            return  # it is busy, or it died with its claim
        if message := claim(worker=f"{worker}-{self.number}-{self.at.timestamp()}", at=self.at):
            self.held[worker] = message

    @rule(worker=workers)
    def a_worker_dies(self, worker):
        self.held.pop(worker, None)

    @rule(worker=workers, outcome=st.sampled_from(OUTCOMES), chance=st.floats(0, 1))
    def a_worker_sends(self, worker, outcome, chance):
        if (message := self.held.pop(worker, None)) is None:
            return

        def attempt(sent, *, at):
            if outcome == "sent":
                self.left[str(sent.pk)] += 1
                return ""
            raise NotSent("uji", is_silent=outcome == "silent", is_final=outcome == "final")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(adapters, "send", attempt)
            sending._deliver(message, clock=lambda: self.at, chance=lambda: chance)

    def _any(self, data, *states):
        found = list(Message.objects.filter(state__in=states).order_by("id")) if states else list(Message.objects.all())
        return data.draw(st.sampled_from(found)) if found else None

    @rule(data=st.data(), is_delivered=st.booleans())
    def the_provider_reports(self, data, is_delivered):
        if message := self._any(data):
            if self.left[str(message.pk)] == 0:
                return  # it cannot know of what never left
            if is_delivered:
                note_delivered(message=message, at=self.at)
            else:
                note_failed(message=message, why="uji", at=self.at)

    @precondition(lambda self: Message.objects.filter(state="dead").exists())
    @rule(data=st.data())
    def somebody_tries_again(self, data):
        message = self._any(data, "dead")
        actions.try_again(message=message, why="pulih", by=Console(), at=self.at)

    @rule()
    def the_record_is_withdrawn(self):
        actions.withdraw(about="alert:1", by=Sender(), at=self.at, why="uji")

    @invariant()
    def every_step_is_in_the_table(self):
        for pk, state in Message.objects.values_list("pk", "state"):
            before = self.before[str(pk)]
            assert state == before or state in FOLLOWS[State(before)], f"{before} -> {state}"
            self.before[str(pk)] = state

    @invariant()
    def what_waits_has_its_time_and_what_is_claimed_its_end(self):
        for message in Message.objects.all():
            assert (message.state == State.WAITING) == (message.next_at is not None)
            assert (message.state == State.CLAIMED) == (message.lease_until is not None)
            assert message.lease_until is None or message.lease_until <= self.at + LEASE
            assert message.attempts <= MAX_ATTEMPTS + 1

    @invariant()
    def what_counts_as_sent_has_left_and_is_in_the_trail(self):
        told = [row["message"] for row in TrailRow.objects.filter(event="message.sent").values_list("facts", flat=True)]
        for message in Message.objects.filter(state__in=[State.SENT, State.DELIVERED]):
            assert self.left[str(message.pk)] > 0
            assert str(message.pk) in told


def test_messages_go_only_where_the_table_lets_them(webhook):
    class Machine(MessagesInAnyOrder):
        pass

    Machine.webhook = webhook
    run_state_machine_as_test(
        Machine, settings=hypothesis_settings(max_examples=40, stateful_step_count=30, deadline=None)
    )
