"""The ladder against a slow plain model: whatever workers, officers and clocks do, each step acts once, in time, in order."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from kentongan.alerts import actions, ladder
from kentongan.alerts.ladder_rules import LEASE, shipped_ladders
from kentongan.alerts.models import Alert, LadderStep
from kentongan.audit.models import TrailRow

RANK = ["raised", "acknowledged", "verified", "closed"]


class Plain:
    """What should be true, step by step, without leases or versions: a list, and the instants."""

    def __init__(self, at):
        steps = shipped_ladders()["ordinary"]
        self.due = {step.number: at + timedelta(minutes=step.after_minutes) for step in steps}
        self.awaits = {step.number: step.awaits for step in steps}
        self.state = "raised"
        self.done, self.cancelled = [], set()

    def waiting(self):
        return [n for n in self.due if n not in self.done and n not in self.cancelled]

    def reach(self, state):
        self.state = state
        self.cancelled |= {n for n in self.waiting() if RANK.index(state) >= RANK.index(self.awaits[n])}

    def move(self, by):
        for n in self.waiting():
            self.due[n] += by


class Ladder(RuleBasedStateMachine):
    """One alert, two workers that may die with steps in hand, an officer, and a clock that may go anywhere."""

    held = Bundle("held")

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block._from_testcase = True
        self.block.__enter__()
        self.at = self.begin["now"]
        self.alert = self.begin["raise_alert"]()
        self.plain = Plain(self.at)

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @rule(minutes=st.integers(-200, 2000), seconds=st.integers(0, 59))
    def the_clock_goes_or_jumps(self, minutes, seconds):
        self.at += timedelta(minutes=minutes, seconds=seconds)

    @rule()
    def the_next_step_is_exactly_due(self):
        if waiting := self.plain.waiting():
            self.at = min(self.plain.due[n] for n in waiting)

    @rule(target=held, worker=st.sampled_from("ab"))
    def a_worker_claims_and_is_slow_or_dies(self, worker):
        claimed = ladder._claim(worker, self.at, 16)
        return claimed[0] if claimed else []

    @rule(steps=consumes(held))
    def a_slow_worker_comes_back(self, steps):
        if not steps:
            return
        before = set(self._acted())
        ladder._act(steps, at=self.at)
        self._take_over(before)

    @rule(worker=st.sampled_from("ab"))
    def a_worker_goes_round(self, worker):
        before = set(self._acted())
        ladder.act_due(worker=worker, clock=lambda: self.at)
        self._take_over(before)

    @rule(worker=st.sampled_from("ab"))
    def after_every_lease_a_worker_leaves_nothing_that_is_due(self, worker):
        self.at += LEASE + timedelta(seconds=1)
        self.a_worker_goes_round(worker)

        assert [n for n in self.plain.waiting() if self.plain.due[n] <= self.at] == []

    @rule()
    def the_officer_goes_on(self):
        alert = Alert.objects.get(pk=self.alert.pk)
        by, given = self.begin["by"], {"version": alert.version, "at": self.at}
        if alert.state == "raised":
            actions.acknowledge(alert=alert, by=by, **given)
        elif alert.state == "acknowledged":
            actions.verify(alert=alert, note="dilihat", by=by, **given)
        elif alert.state == "verified":
            actions.close(alert=alert, outcome="true", why="benar", by=by, **given)
        self.plain.reach(alert.state)

    @rule(minutes=st.integers(1, 800))
    def the_officer_snoozes(self, minutes):
        alert = Alert.objects.get(pk=self.alert.pk)
        rests_from = max(self.at, alert.snoozed_until or self.at)
        try:
            with transaction.atomic():
                actions.snooze(
                    alert=alert, version=alert.version, until=rests_from + timedelta(minutes=minutes), why="uji",
                    by=self.begin["by"], at=self.at,
                )  # fmt: skip
        except (actions.SnoozeNotAllowed, actions.StepNotAllowed):
            return
        self.plain.move(timedelta(minutes=minutes))

    def _acted(self):
        rows = TrailRow.objects.filter(event="alert.step_acted", subject=self.alert.ref).order_by("id")
        return [(row.facts["number"], row.at) for row in rows]

    def _take_over(self, before):
        new = [one for one in self._acted() if one not in before]
        for number, at in new:
            assert number in self.plain.waiting(), f"step {number} acted although it was over"
            assert at >= self.plain.due[number], f"step {number} acted early"
            self.plain.done.append(number)
        assert [number for number, _at in new] == sorted(number for number, _at in new)

    @invariant()
    def the_rows_say_what_the_model_says(self):
        rows = LadderStep.objects.filter(alert=self.alert)
        assert sorted(rows.filter(state="done").values_list("number", flat=True)) == sorted(self.plain.done)
        assert set(rows.filter(state="cancelled").values_list("number", flat=True)) == self.plain.cancelled
        pending = {row.number: row.due_at for row in rows.filter(state__in=["waiting", "claimed"])}
        assert pending == {n: self.plain.due[n] for n in self.plain.waiting()}

    @invariant()
    def each_step_that_acted_stands_once_in_the_trail(self):
        assert sorted(number for number, _at in self._acted()) == sorted(self.plain.done)


@pytest.mark.django_db(transaction=False)
def test_the_ladder_does_what_a_plain_model_does(raise_to_desk, belu, now):
    Ladder.begin = {"now": now, "raise_alert": raise_to_desk, "by": belu}

    run_state_machine_as_test(
        Ladder,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
