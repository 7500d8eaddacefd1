"""Days, weeks and zones. A day is the civil day in the place's zone; periods are half-open."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")
WITA = ZoneInfo("Asia/Makassar")
WIT = ZoneInfo("Asia/Jayapura")
DILI = ZoneInfo("Asia/Dili")

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""The days that a person may mean: within them every zone and every "day after" can be reckoned."""


def monday_of(day: date) -> date:
    """Return the Monday of the ISO week that holds the day."""
    return day - timedelta(days=day.weekday())


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the civil day begins in the zone, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant after the civil day in the zone, in UTC."""
    return start_of_day(day + timedelta(days=1), zone)


def civil_day(at: datetime, zone: ZoneInfo = WIB) -> date:
    """Return the civil day of an instant; of what holds for the whole country, the day in Jakarta."""
    return at.astimezone(zone).date()
