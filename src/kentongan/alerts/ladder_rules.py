"""The ladder as pure rules: which steps, whom they tell, when they no longer come. No Django.

A step waits until its instant and is moot as soon as the alert has reached the state that the step awaits. The figures are
our own proposal; no statute sets them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from kentongan.kit.errors import KentonganError
from kentongan.kit.shipped_tables import TableLine, table_entries

from .rules import ACKNOWLEDGED, CLOSED, STATES, VERIFIED

ORDINARY, URGENT = "ordinary", "urgent"
CLASSES = (ORDINARY, URGENT)

NOTIFY, REMIND, ESCALATE, AGAIN = "notify", "remind", "escalate", "again"
KINDS = (NOTIFY, REMIND, ESCALATE, AGAIN)
"""What a step is; `again` is put when the same thing is raised once more while its alert is open."""

ADDRESSEE_DUTY, ADDRESSEE_LEADER, ADDRESSEE_PARENT = "addressee_duty", "addressee_leader", "addressee_parent"
OWNER_DUTY, OWNER_LEADER = "owner_duty", "owner_leader"
AUDIENCES = (ADDRESSEE_DUTY, ADDRESSEE_LEADER, ADDRESSEE_PARENT, OWNER_DUTY, OWNER_LEADER)

INAPP = "inapp"
CHANNELS = ("inapp", "push", "email", "sms", "whatsapp", "webhook")

OPEN_HOURS, ON_DUTY, LEADER_INSTEAD, EVERYBODY, LEADER, ALL_FOR_LEADER, NOBODY_THERE = (
    "open_hours", "on_duty", "leader_instead", "everybody", "leader", "all_for_leader", "nobody_there",
)  # fmt: skip
REASONS = (OPEN_HOURS, ON_DUTY, LEADER_INSTEAD, EVERYBODY, LEADER, ALL_FOR_LEADER, NOBODY_THERE)
"""Why somebody is told: kept with the step, said on the page."""

MOST_MINUTES = 7 * 24 * 60


class LadderFaulty(KentonganError):
    """The figures do not make a ladder."""

    code = "alerts.ladder_faulty"


def gettext_noop(text: str) -> str:
    """Return the text as it is: it is marked for the catalogue, and whoever shows it translates it."""
    return text


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the policy of a class of alerts."""

    number: int
    kind: str
    whom: tuple[str, ...]
    awaits: str
    after_minutes: int
    channels: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an agency has set for one step instead of the shipped figures."""

    number: int
    after_minutes: int
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """Whom an agency has at an instant, by key: on duty by the roster, acting on alerts by role, leading."""

    on_duty: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures beside the ladder."""

    snooze_ordinary: timedelta
    snooze_urgent: timedelta
    quiet_after_false: timedelta
    storm_more_than: int
    storm_within: timedelta
    link_lasts: timedelta

    def longest_snooze(self, alert_class: str) -> timedelta:
        """Return how long one snooze of an alert of this class may last."""
        return self.snooze_urgent if alert_class == URGENT else self.snooze_ordinary


def class_of(*, is_urgent: bool) -> str:
    """Return the class of an alert."""
    return URGENT if is_urgent else ORDINARY


@cache
def shipped_ladders() -> dict[str, tuple[PlannedStep, ...]]:
    """Return the shipped steps of each class in their order; ShippedTableError lists all faulty lines."""
    lines = table_entries("kentongan.alerts", "data/ladder.csv", _step)
    ladders = {name: tuple(step for of, step in lines if of == name) for name in CLASSES}
    for steps in ladders.values():
        demand_ladder(steps)
    return ladders


@cache
def limits() -> Limits:
    """Return the shipped figures beside the ladder; ShippedTableError lists all faulty lines."""
    found = dict(table_entries("kentongan.alerts", "data/limits.csv", _limit))
    return Limits(**found)  # type: ignore[arg-type]  # each name's unit says its type


def with_changes(steps: Iterable[PlannedStep], changes: Iterable[Change]) -> tuple[PlannedStep, ...]:
    """Return the steps with an agency's own figures in them; LadderFaulty where they make no ladder."""
    changed = {change.number: change for change in changes}
    found = tuple(
        replace(step, after_minutes=own.after_minutes, channels=own.channels)
        if (own := changed.get(step.number))
        else step
        for step in steps
    )
    demand_ladder(found)
    return found


def demand_ladder(steps: tuple[PlannedStep, ...]) -> None:
    """Raise LadderFaulty unless each step comes no earlier than the one before it and everybody is told in the application."""
    if not steps:
        raise LadderFaulty(gettext_noop("Tangga tanpa langkah. Isi sekurangnya satu langkah."))
    if any(not 0 <= step.after_minutes <= MOST_MINUTES for step in steps):
        raise LadderFaulty(
            gettext_noop("Menit sebuah langkah harus antara 0 dan 10080 (tujuh hari). Perbaiki angkanya.")
        )
    if any(after.after_minutes < before.after_minutes for before, after in pairwise(steps)):
        raise LadderFaulty(
            gettext_noop("Sebuah langkah tidak boleh datang sebelum langkah di atasnya. Perbaiki urutan menitnya.")
        )
    if any(INAPP not in step.channels for step in steps):
        raise LadderFaulty(
            gettext_noop("Pemberitahuan di dalam aplikasi tidak dapat dimatikan. Tambahkan kembali saluran itu.")
        )


def is_moot(state: str, awaits: str) -> bool:
    """Tell whether an alert in this state has reached what the step awaits."""
    return STATES.index(state) >= STATES.index(awaits)


def hearers(staff: Staff, *, is_open: bool) -> tuple[tuple[str, ...], str]:
    """Return who hears at the agency's desk, and why these.

    In office hours whoever is on duty and whoever acts on alerts; outside of them the duty officers, if there are none the
    leaders, if there are none everybody who acts on alerts.
    """
    if is_open and (staff.on_duty or staff.acting):
        return tuple(dict.fromkeys((*staff.on_duty, *staff.acting))), OPEN_HOURS
    for found, why in ((staff.on_duty, ON_DUTY), (staff.leaders, LEADER_INSTEAD), (staff.acting, EVERYBODY)):
        if found:
            return found, why
    return (), NOBODY_THERE


def leaders_or_all(staff: Staff) -> tuple[tuple[str, ...], str]:
    """Return the agency's leaders, and where it has none, everybody who acts on alerts or is on duty."""
    if staff.leaders:
        return staff.leaders, LEADER
    everybody = tuple(dict.fromkeys((*staff.on_duty, *staff.acting)))
    return (everybody, ALL_FOR_LEADER) if everybody else ((), NOBODY_THERE)


LEASE = timedelta(seconds=15)
"""Longer than acting on what one claim takes; a dead worker's steps are late by no more."""

LONGEST_REST = timedelta(hours=1)
"""A step that fails rests a lease, twice that, and so on up to this."""


def may_claim(state: str, *, lease_until: datetime | None, rests_until: datetime | None, at: datetime) -> bool:
    """Tell whether a step may be claimed at the instant: it waits and does not rest, or its claim is void.

    A claim is void once its lease is over, or where it reaches further than a lease can: then the clock went back since.
    A rest that reaches further than the longest is void for the same reason.
    """
    if state == "claimed":
        return lease_until is None or lease_until < at or lease_until > at + LEASE
    return state == "waiting" and (rests_until is None or rests_until <= at or rests_until > at + LONGEST_REST)


def rest_after(attempts: int) -> timedelta:
    """Return how long a step rests that has failed so often."""
    doublings: int = 2 ** min(attempts, 10)
    return min(LEASE * doublings, LONGEST_REST)


def is_storm(told_lately: int) -> bool:
    """Tell whether an officer was told so often lately that the next message is bundled."""
    return told_lately >= limits().storm_more_than


def _step(line: TableLine) -> tuple[str, PlannedStep]:
    whom, channels = line.parts("whom"), line.parts("channels")
    if not whom or not set(whom) <= set(AUDIENCES):
        raise ValueError(f"kolom whom berisi {whom}, seharusnya dari {AUDIENCES}")
    if not set(channels) <= set(CHANNELS):
        raise ValueError(f"kolom channels berisi {channels}, seharusnya dari {CHANNELS}")
    return line.one_of("class", frozenset(CLASSES)), PlannedStep(
        number=int(line.required("step")),
        kind=line.one_of("kind", frozenset(KINDS)),
        whom=whom,
        awaits=line.one_of("awaits", frozenset({ACKNOWLEDGED, VERIFIED, CLOSED})),
        after_minutes=int(line.required("after_minutes")),
        channels=channels,
        note=line.text("note"),
    )


def _limit(line: TableLine) -> tuple[str, int | timedelta]:
    number = int(line.required("value"))
    unit = line.one_of("unit", frozenset({"minutes", "days", "alerts"}))
    return line.required("name"), number if unit == "alerts" else timedelta(**{unit: number})
