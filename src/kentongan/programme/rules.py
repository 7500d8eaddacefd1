"""Pure rules of the programme: how a partnership and a visit may step, when a visit is overdue and a village silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

CATEGORY = "programme"

PROPOSED, DESIGNATED, SUSPENDED, ENDED = "proposed", "designated", "suspended", "ended"
STANDING = (PROPOSED, DESIGNATED, SUSPENDED)

STEPS: Mapping[str, frozenset[str]] = {
    PROPOSED: frozenset({DESIGNATED, ENDED}),
    DESIGNATED: frozenset({SUSPENDED, ENDED}),
    SUSPENDED: frozenset({DESIGNATED, ENDED}),
    ENDED: frozenset(),
}
"""What a partnership may become; one that ended stays ended, and a new decree makes a new one."""

PLANNED, DONE, CANCELLED = "planned", "done", "cancelled"

VISIT_EVERY_DAYS = 90
"""Within how many days a partner village is visited unless its office set another number: our own default, no rule read sets one."""

SILENT_AFTER_WEEKS = 4
"""After how many weeks without report or nil report a partner village is shown as silent unless its office set another number: our own default."""

NIL_LOOKS_BACK_DAYS = 90
"""The longest period that a nil report of one visit may speak for: our own bound."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often an office wants its partner villages visited and heard, and whether it said so itself."""

    visit_every_days: int = VISIT_EVERY_DAYS
    silent_after_weeks: int = SILENT_AFTER_WEEKS
    is_own: bool = False  # false: our default


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month: its first day, and the first day after it."""

    first: date

    @property
    def after(self) -> date:
        return next_month(self.first)

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def following(self) -> "Month":
        return Month(self.after)

    def holds(self, day: date | None) -> bool:
        """Return whether the day lies in the month."""
        return day is not None and self.first <= day < self.after


def month_of(day: date) -> Month:
    """Return the month that holds the day."""
    return Month(day.replace(day=1))


def month_from(code: str) -> Month | None:
    """Return the month that `yyyy-mm` names, None where it names none between 1900 and 2999."""
    year, dash, month = code.partition("-")
    if not (dash and year.isascii() and year.isdigit() and month.isascii() and month.isdigit() and len(code) == 7):
        return None
    if not (1900 <= int(year) <= 2999 and 1 <= int(month) <= 12):
        return None
    return Month(date(int(year), int(month), 1))


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def months_of_quarter(year: int, quarter: int) -> tuple[Month, Month, Month]:
    """Return the three months of a quarter, 1 to 4."""
    first = Month(date(year, 3 * quarter - 2, 1))
    return first, first.following, first.following.following


def may_step(now: str, to: str) -> bool:
    """Return whether a partnership may become that."""
    return to in STEPS[now]


def visit_due_on(began: date | None, last_visit: date | None, pace: Pace) -> date | None:
    """Return the day by which the next visit is wanted; None where not even the beginning of the partnership is known."""
    since = max((day for day in (began, last_visit) if day is not None), default=None)
    return since + timedelta(days=pace.visit_every_days) if since is not None else None


def is_overdue(status: str, due_on: date | None, *, on: date) -> bool:
    """Return whether a visit is overdue: the partnership stands, and the day by which it was wanted has passed.

    Where neither a visit nor the beginning is known, nobody knows of a visit: it is overdue.
    """
    return status == DESIGNATED and (due_on is None or due_on < on)


def is_silent(status: str, began: date | None, last_heard: date | None, pace: Pace, *, on: date) -> bool:
    """Return whether a standing partner village has given neither report nor nil report for too long.

    The time runs from the last report or from the beginning of the partnership, whichever came later. A village that has
    never been heard is silent also when nobody knows since when it is a partner.
    """
    since = max((day for day in (began, last_heard) if day is not None), default=None)
    return status == DESIGNATED and (since is None or on - since > timedelta(weeks=pace.silent_after_weeks))


def status_on(status: str, partner_from: date | None, partner_to: date | None, day: date, *, is_suspended: bool) -> str:
    """Return what a partnership was on the day, whatever became of it since; blank where it did not hold then.

    `is_suspended` tells of the day too.
    """
    if status == PROPOSED or not is_partner_on(partner_from, partner_to, day):
        return ""
    return SUSPENDED if is_suspended else DESIGNATED


def is_partner_on(partner_from: date | None, partner_to: date | None, day: date) -> bool:
    """Return whether a partnership holds on the day; one of which the beginning is not known holds until its end."""
    return (partner_from is None or partner_from <= day) and (partner_to is None or day < partner_to)
