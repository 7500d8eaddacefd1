"""When an instrument stands: periods from its dates and from what happened to it. No flag can be forgotten. No Django."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kentongan.kit.periods import WIB, start_of_day

from .facts import Period


@dataclass(frozen=True, slots=True)
class Change:
    """A renewal, a suspension, its end, or a withdrawal."""

    what: str
    effective_at: datetime
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """From when to when an instrument was signed for, and what happened since."""

    in_force_from: date | None
    in_force_to: date | None = None
    changes: tuple[Change, ...] = ()


def periods_of(dates: Dates) -> tuple[Period, ...]:
    """Return the periods in which the instrument itself is in force. Days begin at midnight in Jakarta.

    A renewal moves the end, or begins a new period where the old one had run out; a suspension takes out all until it is
    lifted; a withdrawal is the end.
    """
    if dates.in_force_from is None:
        return ()
    changes = sorted(dates.changes, key=lambda c: c.effective_at)
    periods = [(_start(dates.in_force_from), _end(dates.in_force_to))]
    for change in changes:
        if change.what == "renewed":
            since, until = periods[-1]
            if until is None or change.effective_at <= until:
                periods[-1] = (since, _end(change.until))
            else:
                periods.append((change.effective_at, _end(change.until)))
    return intersection(_nonempty(periods), _standing(changes))


def _standing(changes: Sequence[Change]) -> tuple[Period, ...]:
    since: datetime | None = _EVER
    periods: list[Period] = []
    for change in changes:
        if change.what in ("suspended", "withdrawn") and since is not None:
            periods.append((since, change.effective_at))
            since = None
        if change.what == "withdrawn":
            return _nonempty(periods)
        if change.what == "resumed" and since is None:
            since = change.effective_at
    return _nonempty([*periods, *([(since, None)] if since is not None else [])])


def intersection(*of: Iterable[Period]) -> tuple[Period, ...]:
    """Return the periods that all of them share."""
    shared: tuple[Period, ...] = ((_EVER, None),)
    for periods in of:
        given = tuple(periods)
        shared = _nonempty([(max(a, c), _earlier(b, d)) for a, b in shared for c, d in given])
    return shared


def status_at(dates: Dates, at: datetime) -> str:
    """Return draft, not_yet, in_force, suspended, withdrawn or ended."""
    if dates.in_force_from is None:
        return "draft"
    if any(since <= at and (until is None or at < until) for since, until in periods_of(dates)):
        return "in_force"
    past = [c.what for c in sorted(dates.changes, key=lambda c: c.effective_at) if c.effective_at <= at]
    if "withdrawn" in past:
        return "withdrawn"
    if at < _start(dates.in_force_from):
        return "not_yet"
    switches = [what for what in past if what in ("suspended", "resumed")]
    return "suspended" if switches and switches[-1] == "suspended" else "ended"


def ends_on(dates: Dates) -> date | None:
    """Return the day on which the term ends, excluded, as the last renewal set it; None is without an end."""
    renewals = [change for change in sorted(dates.changes, key=lambda c: c.effective_at) if change.what == "renewed"]
    return renewals[-1].until if renewals else dates.in_force_to


def withdrawn_at(dates: Dates) -> datetime | None:
    """Return from when on the instrument is withdrawn, or will be; None when nobody said so."""
    return min((change.effective_at for change in dates.changes if change.what == "withdrawn"), default=None)


_EVER = start_of_day(date(1900, 1, 1), WIB)


def _start(day: date) -> datetime:
    return start_of_day(day, WIB)


def _end(day: date | None) -> datetime | None:
    return None if day is None else start_of_day(day, WIB)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return other if one is None else one if other is None else min(one, other)


def _nonempty(periods: Iterable[Period]) -> tuple[Period, ...]:
    return tuple((since, until) for since, until in periods if until is None or since < until)
