"""When an office is open: its zone, its hours, the public holidays. No Django models, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from kentongan.kit.shipped_tables import TableLine, table_entries

PACKAGE = "kentongan.alerts"
VERIFICATIONS = frozenset({"seen", "general", "unknown"})
"""`seen`: stood in a page or a text; `general`: common knowledge, not looked up; `unknown`: not settled."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of a week in which an office is open; where it closes no later than it opens, it closes the next day."""

    weekday: int  # 1 is Monday
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class CountryHours:
    """The hours of a country's offices that have set none of their own."""

    country: str
    hours: Hours
    verified: str
    note: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which a country's offices are closed."""

    country: str
    day: date
    name: str
    kind: str  # national, joint_leave
    source: str
    source_on: date | None
    verified: str
    note: str


@cache
def country_hours() -> tuple[CountryHours, ...]:
    """Return the shipped hours; ShippedTableError lists all faulty lines."""
    return table_entries(PACKAGE, "data/office_hours.csv", _hours)


@cache
def holidays() -> tuple[Holiday, ...]:
    """Return the shipped holidays in their order; ShippedTableError lists all faulty lines."""
    return table_entries(PACKAGE, "data/holidays.csv", _holiday)


@cache
def holidays_of(country: str) -> dict[date, Holiday]:
    """Return the shipped holidays of a country by their day."""
    return {row.day: row for row in holidays() if row.country == country}


@cache
def years_with_holidays(country: str) -> frozenset[int]:
    """Return the years whose holidays ship for the country; of any other year no holiday is known."""
    return frozenset(day.year for day in holidays_of(country))


@cache
def zones() -> dict[str, ZoneInfo]:
    """Return the zone of each province of Indonesia, and of Timor-Leste, by code."""
    return dict(
        table_entries(PACKAGE, "data/zones.csv", lambda row: (row.required("code"), ZoneInfo(row.required("zone"))))
    )


def zone_at(country: str, place_code: str, *, otherwise: ZoneInfo) -> ZoneInfo:
    """Return the zone of a place of the country; `otherwise` where the place does not say it."""
    return zones().get(country) or zones().get(place_code[:2], otherwise)


def hours_of_country(country: str) -> tuple[Hours, ...]:
    """Return the shipped hours of a country's offices."""
    return tuple(row.hours for row in country_hours() if row.country == country)


def is_open(hours: Iterable[Hours], closed_on: Iterable[date], *, zone: ZoneInfo, at: datetime) -> bool:
    """Tell whether an office with these hours is open at the instant, in its own zone.

    A stretch past midnight belongs to the day on which it began; a holiday closes the stretches that begin on it.
    """
    local = at.astimezone(zone)
    closed = frozenset(closed_on)
    return any(
        _covers(row, local, began, closed)
        for row in hours
        for began in (local.date(), local.date() - timedelta(days=1))
    )


def _covers(row: Hours, local: datetime, began: date, closed: frozenset[date]) -> bool:
    if began.isoweekday() != row.weekday or began in closed:
        return False
    ends = began + timedelta(days=1) if row.closes <= row.opens else began
    now = local.replace(tzinfo=None)
    return datetime.combine(began, row.opens) <= now < datetime.combine(ends, row.closes)


def _hours(line: TableLine) -> CountryHours:
    return CountryHours(
        line.required("country"),
        Hours(int(line.required("weekday")), time.fromisoformat(line.required("opens")), time.fromisoformat(line.required("closes"))),
        line.one_of("verified", VERIFICATIONS),
        line.text("note"),
    )  # fmt: skip


def _holiday(line: TableLine) -> Holiday:
    day = line.day("day")
    if day is None:
        raise ValueError("kolom day kosong")
    return Holiday(
        line.required("country"), day, line.required("name"), line.one_of("kind", frozenset({"national", "joint_leave"})),
        line.required("source"), line.day("source_on"), line.one_of("verified", VERIFICATIONS), line.text("note"),
    )  # fmt: skip
