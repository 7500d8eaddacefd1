"""Of which months and quarters an office can print a report: from its first partner village or visit until today."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.programme.models import Visit
from kentongan.programme.queries import partner_villages
from kentongan.programme.rules import Month, month_of

from .figures import QUARTERS

MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class MonthEntry:
    """A month with how many visits were done in it."""

    month: Month
    done: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class QuarterEntry:
    """A quarter with how many visits were done in it."""

    year: int
    quarter: int
    done: int
    is_running: bool

    @property
    def roman(self) -> str:
        """The number as offices write it: III."""
        return QUARTERS[self.quarter - 1]


@dataclass(frozen=True, slots=True)
class Reports:
    """What can be printed, the latest first."""

    months: tuple[MonthEntry, ...]
    quarters: tuple[QuarterEntry, ...]


def reports_of(office: Agency, actor: Actor, *, at: datetime) -> Reports:
    """Return the months and quarters of an office, at most the last two years; the running ones are marked."""
    today = timezone.localdate(at)
    visits = Visit.objects.visible_to(actor, at=at).filter(owner=office, state=Visit.State.DONE)
    done = Counter(month_of(day) for day in visits.order_by().values_list("done_on", flat=True) if day is not None)
    began = partner_villages(actor, at=at, office=office.pk).order_by().values_list("partner_from", flat=True)
    first = min([*(month.first for month in done), *(day for day in began if day is not None), today])
    months = _months(first, today)
    entries = tuple(MonthEntry(one, done[one], one.holds(today)) for one in months)
    quarters = dict.fromkeys((one.first.year, (one.first.month + 2) // 3) for one in months)
    return Reports(entries, tuple(_quarter(year, number, done, today) for year, number in quarters))


def _months(first: date, today: date) -> list[Month]:
    found: list[Month] = []
    month = month_of(today)
    while month.after > first and len(found) < MOST_MONTHS:
        found.append(month)
        month = month.before
    return found


def _quarter(year: int, number: int, done: Counter[Month], today: date) -> QuarterEntry:
    months = [Month(date(year, 3 * number - back, 1)) for back in (2, 1, 0)]
    return QuarterEntry(year, number, sum(done[one] for one in months), any(one.holds(today) for one in months))
