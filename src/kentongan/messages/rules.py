"""Which state of a message may follow which, when to try again, what may leave the house. No Django models here."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Channel(StrEnum):
    """The ways in which somebody is told."""

    INAPP = "inapp"
    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"
    SMS = "sms"
    WHATSAPP = "whatsapp"


OUTSIDE = frozenset(Channel) - {Channel.INAPP}
"""Channels that leave the house: what travels by them is read by others on the way."""

GATEWAY = (Channel.SMS, Channel.WHATSAPP)
BY_ADDRESS = (Channel.EMAIL, *GATEWAY)
"""Channels whose address an officer types in and proves with a code."""


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    DEAD = "dead"
    CANCELLED = "cancelled"


FOLLOWS: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.CLAIMED, State.CANCELLED}),
    # back to waiting: the attempt failed; delivered: the gateway told us before the worker wrote that it had sent
    State.CLAIMED: frozenset({State.CLAIMED, State.WAITING, State.SENT, State.DELIVERED, State.DEAD, State.CANCELLED}),
    State.SENT: frozenset({State.DELIVERED, State.WAITING, State.DEAD}),  # as the provider tells
    State.DELIVERED: frozenset({State.READ}),
    State.READ: frozenset(),
    State.DEAD: frozenset({State.WAITING, State.DELIVERED}),  # tried again; or the gateway delivered it after all
    State.CANCELLED: frozenset(),
}
ENDED = frozenset({State.SENT, State.DELIVERED, State.READ, State.DEAD, State.CANCELLED})

OPEN = "open"
TITLED_INSIDE = frozenset({OPEN, "shared", "restricted"})
"""Handlings whose subject is shown in the house; of a personal or protected record even the title stays behind the gate."""

MAX_ATTEMPTS = 14
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
"""Half a minute, doubled each time up to an hour: fourteen attempts last between three and a half and seven hours. Our own defaults."""


def may_follow(before: str, after: str) -> bool:
    """Tell whether a message in the first state may come into the second."""
    return State(after) in FOLLOWS[State(before)]


def before(after: State) -> list[State]:
    """Return the states from which a message may come into this one."""
    return [state for state in State if after in FOLLOWS[state]]


def pause_after(attempts: int, *, chance: Callable[[], float], asked: timedelta | None = None) -> timedelta:
    """Return how long to wait after so many attempts: doubled, up to half of it taken off by chance, never less than asked for.

    The chance spreads messages that failed together; what a receiver asks for counts as far as the longest pause.
    """
    doubled = min(FIRST_PAUSE * (1 << min(max(attempts, 1) - 1, 16)), LONGEST_PAUSE)
    pause = timedelta(seconds=doubled.total_seconds() * (1 - chance() / 2))
    return max(pause, min(asked, LONGEST_PAUSE)) if asked else pause


def carries_body(handling: str) -> bool:
    """Tell whether a message may repeat what a record of this handling says."""
    return handling == OPEN


def carries_subject(channel: str, handling: str) -> bool:
    """Tell whether the subject may go by the channel; where it may not, the neutral words stand for it."""
    return handling in (TITLED_INSIDE if channel == Channel.INAPP else {OPEN})


NEVER_HELD = ("alert.", "break_glass.", "address.", "duty.received")
"""Topics that no quiet hour holds back: somebody has to act, or is waiting at the screen for the code."""


def is_held_by_quiet(topic: str) -> bool:
    """Tell whether messages on the topic wait for the end of the quiet hours."""
    return not topic.startswith(NEVER_HELD)


def after_quiet(at: datetime, *, quiet_from: time, quiet_to: time, zone: ZoneInfo) -> datetime:
    """Return the instant itself, or the end of the quiet hours where it falls into them; they may pass midnight."""
    local = at.astimezone(zone)
    now = local.time()
    crosses = quiet_from > quiet_to
    is_quiet = (now >= quiet_from or now < quiet_to) if crosses else quiet_from <= now < quiet_to
    if not is_quiet:
        return at
    day = local.date() + timedelta(days=1 if crosses and now >= quiet_from else 0)
    return datetime.combine(day, quiet_to, tzinfo=zone).astimezone(at.tzinfo)
