"""Zones, office hours and holidays: midnight, the day that differs between zones, what is not settled."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.alerts.calendars import (
    Hours,
    holidays,
    holidays_of,
    hours_of_country,
    is_open,
    years_with_holidays,
    zone_at,
    zones,
)
from kentongan.kit.periods import DILI, WIB, WIT, WITA

OWN = ZoneInfo("Asia/Makassar")
ID, TL = hours_of_country("ID"), hours_of_country("TL")


def at(text: str, zone: ZoneInfo = WITA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(("when", "expected"), [
    ("2026-03-04T07:29:59", False), ("2026-03-04T07:30:00", True), ("2026-03-04T15:59:59", True), ("2026-03-04T16:00:00", False),
    ("2026-03-06T16:15:00", True),  # Friday
    ("2026-03-07T10:00:00", False),  # Saturday
    ("2026-03-19T10:00:00", False),  # Nyepi, a Thursday
    ("2026-03-20T10:00:00", False),  # joint leave
    ("2026-08-17T10:00:00", False), ("2026-12-24T10:00:00", False), ("2026-12-28T10:00:00", True),
])  # fmt: skip
def test_an_indonesian_office_is_open_in_its_hours_and_closed_on_holidays(when, expected):
    assert is_open(ID, holidays_of("ID"), zone=WITA, at=at(when)) is expected


def test_the_same_instant_is_office_time_in_one_zone_and_not_in_another():
    instant = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)  # 15:30 in Serang, 16:30 in Atambua, 17:30 in Dili

    assert is_open(ID, (), zone=WIB, at=instant)
    assert not is_open(ID, (), zone=WITA, at=instant)
    assert not is_open(TL, (), zone=DILI, at=instant)


def test_a_holiday_begins_an_hour_earlier_in_dili_than_in_kupang():
    all_week = [Hours(day, time(0), time(0)) for day in range(1, 8)]
    instant = datetime(2026, 5, 19, 15, 30, tzinfo=UTC)  # 00:30 on 20 May in Dili, 23:30 on 19 May in Kupang

    assert not is_open(all_week, holidays_of("TL"), zone=DILI, at=instant)
    assert is_open(all_week, holidays_of("TL"), zone=WITA, at=instant)


@pytest.mark.parametrize(("when", "expected"), [
    ("2026-03-04T21:59", False), ("2026-03-04T22:00", True), ("2026-03-05T00:00", True), ("2026-03-05T05:59", True),
    ("2026-03-05T06:00", False), ("2026-03-06T01:00", False),
])  # fmt: skip
def test_a_night_post_that_opens_on_wednesday_closes_on_thursday(when, expected):
    assert is_open([Hours(3, time(22), time(6))], (), zone=WITA, at=at(when)) is expected


def test_a_night_that_begins_on_a_holiday_is_closed_until_morning_and_the_one_before_stays_open():
    night = [Hours(day, time(22), time(6)) for day in range(1, 8)]
    closed = [date(2026, 3, 5)]

    assert is_open(night, closed, zone=WITA, at=at("2026-03-05T01:00"))
    assert not is_open(night, closed, zone=WITA, at=at("2026-03-05T23:00"))
    assert not is_open(night, closed, zone=WITA, at=at("2026-03-06T01:00"))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 47), st.integers(0, 47)), max_size=6),
    st.sets(st.integers(0, 13), max_size=4),
    st.integers(0, 14 * 48 - 1),
    st.sampled_from([WIB, WITA, WIT, DILI]),
)
def test_hours_agree_with_a_timetable_drawn_half_hour_by_half_hour(stretches, closed, slot, zone):
    hours = [Hours(day, _clock(opens), _clock(closes)) for day, opens, closes in stretches]
    first = date(2026, 3, 2)  # a Monday
    drawn = set()
    for day in range(-1, 14):
        for weekday, opens, closes in stretches:
            if (first + timedelta(days=day)).isoweekday() == weekday and day not in closed:
                drawn |= set(range(day * 48 + opens, day * 48 + (closes if closes > opens else closes + 48)))
    instant = (datetime.combine(first, time(0)) + timedelta(minutes=30 * slot)).replace(tzinfo=zone).astimezone(UTC)

    assert is_open(hours, [first + timedelta(days=day) for day in closed], zone=zone, at=instant) is (slot in drawn)


def _clock(half_hours: int) -> time:
    return time(half_hours // 2, 30 * (half_hours % 2))


@pytest.mark.parametrize(("country", "code", "zone"), [
    ("ID", "53.04", WITA), ("ID", "36.71", WIB), ("ID", "31.73.01", WIB), ("ID", "91", WIT), ("ID", "", OWN), ("TL", "TL-BO", DILI),
    ("TL", "", DILI), ("XX", "", OWN),
])  # fmt: skip
def test_an_office_keeps_the_time_of_its_seat(country, code, zone):
    assert zone_at(country, code, otherwise=OWN) == zone


def test_every_province_has_a_zone():
    from kentongan.places.gazetteer import load_gazetteer

    provinces = {unit.code for unit in load_gazetteer() if unit.level == "province" and unit.code[:2].isdigit()}

    assert provinces - set(zones()) == set()


def test_indonesia_has_seventeen_holidays_and_eight_days_of_joint_leave_in_2026():
    assert Counter(row.kind for row in holidays() if row.country == "ID") == {"national": 17, "joint_leave": 8}


def test_easter_and_what_follows_from_it_fall_as_reckoned():
    easter = _easter(2026)

    assert {easter, easter - timedelta(days=2), easter + timedelta(days=39)} <= set(holidays_of("ID"))
    assert {easter - timedelta(days=2), easter + timedelta(days=60)} <= set(holidays_of("TL"))


def test_every_holiday_names_its_source_and_what_is_not_settled_says_why():
    assert all(row.source and row.source_on for row in holidays())
    assert all(row.note for row in holidays() if row.verified != "seen")
    assert {row.name for row in holidays() if row.verified == "unknown"} == {
        "Jumat Agung", "Tubuh dan Darah Kristus", "Idulfitri", "Iduladha",
    }  # fmt: skip


def test_of_years_that_do_not_ship_no_holiday_is_known():
    assert years_with_holidays("ID") == years_with_holidays("TL") == {2026}


def _easter(year: int) -> date:
    """The Gregorian computus (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
