"""The ladder as its page shows it: who was told when and by which way, what comes next and when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kentongan.agencies.models import Posting
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.facts import Actor
from kentongan.messages.labels import CHANNELS
from kentongan.messages.labels import CHIPS as MESSAGE_CHIPS
from kentongan.messages.labels import STATES as MESSAGE_STATES
from kentongan.messages.models import Message
from kentongan.messages.rules import Channel

from . import labels
from .ladder_rules import PlannedStep
from .models import Alert, LadderStep, StepTold
from .queries import names_of_actors, names_of_agencies


@dataclass(frozen=True, slots=True)
class Way:
    """One message to somebody: its channel, where it stands, and when it was put, sent, delivered and read."""

    channel: str
    state: str
    chip: str
    marks: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told, or an agency in which nobody was there."""

    who: str
    role: str
    agency: str
    why: str
    is_bundled: bool
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder in words."""

    step: LadderStep
    kind: str
    whom: str
    channels: str
    state: str
    chip: str
    is_next: bool
    told: tuple[Told, ...]

    @property
    def is_moved(self) -> bool:
        """Tell whether a snooze put it off."""
        return self.step.due_at != self.step.planned_at


def rungs_of(alert: Alert, actor: Actor) -> list[Rung]:
    """Return the alert's steps in their order. Who sees a part of the alert only, reads of the own agency's people only."""
    steps = list(alert.ladder.all())
    rows = StepTold.objects.filter(step__in=steps)
    if alert.release is not None:
        rows = rows.filter(agency=actor.agency)
    told = _told(alert, list(rows))
    pending = [step for step in steps if step.state in (LadderStep.State.WAITING, LadderStep.State.CLAIMED)]
    first = min(pending, key=lambda step: (step.due_at, step.number), default=None)
    return [
        Rung(
            step=step, kind=labels.word(labels.RUNG_KINDS, step.kind), whom=audience_words(step.whom),
            channels=channel_words(step.channels), state=labels.word(labels.RUNG_STATES, step.state),
            chip=labels.RUNG_CHIPS[step.state], is_next=step is first, told=tuple(told[step.pk]),
        )
        for step in steps
    ]  # fmt: skip


def audience_words(whom: list[str] | tuple[str, ...]) -> str:
    """Return the audiences in words."""
    return ", ".join(labels.word(labels.AUDIENCES, one) for one in whom)


def channel_words(channels: list[str] | tuple[str, ...]) -> str:
    """Return the channels in words."""
    return ", ".join(labels.word(CHANNELS, one) for one in channels)


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One step of a policy in words, beside the shipped figures where the agency has its own."""

    step: PlannedStep
    shipped: PlannedStep
    kind: str
    whom: str
    awaits: str
    channels: str

    @property
    def is_own(self) -> bool:
        """Tell whether the agency has its own figures here."""
        return (self.step.after_minutes, self.step.channels) != (self.shipped.after_minutes, self.shipped.channels)


def policy_lines(steps: tuple[PlannedStep, ...], shipped: tuple[PlannedStep, ...]) -> list[PolicyLine]:
    """Return a policy in words, step by step."""
    return [
        PolicyLine(
            step=step, shipped=before, kind=labels.word(labels.RUNG_KINDS, step.kind), whom=audience_words(step.whom),
            awaits=str(labels.STATES[step.awaits]), channels=channel_words(step.channels),
        )
        for step, before in zip(steps, shipped, strict=True)
    ]  # fmt: skip


def way_of(message: Message) -> Way:
    """Return a message in words. In the application it is there at once: sent and delivered say nothing more than put."""
    marks = [(_("ditulis"), message.put_at), (pgettext("pesan", "dibaca"), message.read_at)]
    if message.channel != Channel.INAPP:
        marks[1:1] = [
            (pgettext("pesan", "terkirim"), message.sent_at),
            (pgettext("pesan", "sampai"), message.delivered_at),
        ]
    return Way(
        channel=labels.word(CHANNELS, message.channel),
        state=labels.word(MESSAGE_STATES, message.state),
        chip=MESSAGE_CHIPS[message.state],
        marks=tuple((word, at) for word, at in marks if at is not None),
    )


def roles_of(refs: Iterable[str]) -> dict[str, str]:
    """Return in which role the officers behind the references serve, in words; who serves no more has none."""
    keys = {UUID(key) for ref in refs if (key := ref.removeprefix("officer:")) != ref}
    serving = Posting.objects.filter(officer__in=keys, ended_at__isnull=True).values_list("officer_id", "role")
    return {f"officer:{officer}": str(ROLE_LABELS.get(role, role)) for officer, role in serving}


def _told(alert: Alert, rows: list[StepTold]) -> Mapping[int, list[Told]]:
    names = names_of_actors(row.officer for row in rows)
    roles = roles_of(row.officer for row in rows)
    agencies = names_of_agencies(row.agency for row in rows)
    ways = _ways(alert, rows)
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for row in rows:
        found[row.step_id].append(
            Told(
                who=names.get(row.officer, row.officer) if row.officer else "", role=roles.get(row.officer, ""),
                agency=agencies.get(row.agency, row.agency), why=labels.word(labels.TOLD_WHY, row.why),
                is_bundled=row.is_bundled, ways=tuple(ways[row.key]),
            )
        )  # fmt: skip
    return found


def _ways(alert: Alert, rows: list[StepTold]) -> Mapping[str, list[Way]]:
    storms = [f"{row.key}:inapp" for row in rows if row.key.startswith("storm:")]
    found: defaultdict[str, list[Way]] = defaultdict(list)
    for message in Message.objects.filter(Q(about=alert.ref) | Q(key__in=storms)).order_by("put_at", "id"):
        found[":".join(message.key.split(":")[:3])].append(way_of(message))
    return found
