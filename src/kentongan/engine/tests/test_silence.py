"""Silence against exact fractions, against simulated places, and against what nobody should be told."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.errors import EngineInputError
from kentongan.engine.silence import (
    LENGTHS,
    WEEKS_PER_YEAR,
    SilenceOptions,
    find_silences,
    known_shares,
    rarity_limit,
    silence_rates,
)


def beta(a: int, b: int) -> Fraction:
    return Fraction(math.factorial(a - 1) * math.factorial(b - 1), math.factorial(a + b - 1))


def history(pattern: str) -> list[int]:
    return [0 if mark == "." else int(mark) for mark in pattern]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 52), st.integers(0, 52), st.integers(1, 80))
def test_rates_equal_the_beta_integrals_exactly(reporting: int, silent: int, length: int) -> None:
    chance, rate = silence_rates(reporting, reporting + silent, [1.0] * length)

    a, b = reporting + 1, silent + 1
    for k in (0, 1, length):
        assert chance[k] == pytest.approx(float(beta(a, b + k) / beta(a, b)), rel=1e-9)
        assert rate[k] == pytest.approx(float(beta(a + 1, b + k) / beta(a, b)), rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.integers(4, 40), st.integers(0, 12), st.floats(0.0, 1.0))
def test_an_incomplete_week_says_less_than_a_complete_one(reporting: int, silent: int, share: float) -> None:
    complete, _ = silence_rates(reporting, reporting + silent, [1.0, 1.0, 1.0])
    incomplete, _ = silence_rates(reporting, reporting + silent, [share, 1.0, 1.0])

    assert incomplete[3] >= complete[3] - 1e-12
    assert silence_rates(reporting, reporting + silent, [0.0])[0][1] == pytest.approx(1.0)


def test_a_weekly_place_that_stops_is_named_with_its_last_week() -> None:
    steady, stopped = history("1" * 40), history("1" * 34 + "......")

    scan = find_silences([steady, stopped])

    (silence,) = scan.silences
    assert (silence.place, silence.last_week, silence.silent_weeks, silence.rhythm_weeks) == (1, 33, 6, 1)
    assert silence.expected_rate == pytest.approx(33 / 34)
    assert silence.p_value == pytest.approx(float(beta(33, 7) / beta(33, 1)))
    assert silence.false_alarms_per_year <= 0.2
    assert silence.recurrence_interval_days == pytest.approx(365.25 / silence.false_alarms_per_year)
    assert (scan.watched, scan.unwatched) == (2, ())


def test_a_place_that_often_misses_a_week_is_given_more_time() -> None:
    reliable, unreliable = history("1" * 40 + "...."), history("1101" * 10 + "....")

    assert [silence.place for silence in find_silences([reliable, unreliable]).silences] == [0]


def test_a_monthly_place_is_judged_in_months() -> None:
    monthly = history("1..." * 12 + "1")

    waiting = find_silences([monthly + [0] * 7])
    silent = find_silences([monthly + [0] * 24])

    assert waiting.silences == ()
    assert [(silence.rhythm_weeks, silence.silent_weeks) for silence in silent.silences] == [(4, 24)]


def test_two_reports_a_week_are_one_reporting_week() -> None:
    twice, once = history("2" * 30 + "....."), history("1" * 30 + ".....")

    first, second = find_silences([twice, once]).silences
    assert first.false_alarms_per_year == second.false_alarms_per_year


def test_late_reports_delay_the_judgement() -> None:
    stopped = history("1" * 40 + "...")

    assert find_silences([stopped]).silences
    assert not find_silences([stopped], options=SilenceOptions(known_shares=(0.0, 0.3, 0.8))).silences


@pytest.mark.parametrize(
    "pattern", ["." * 30, "1" * 8 + "." * 22, "1" + "." * 28 + "1", "11" + "." * 26 + "11"[:1] + "."]
)
def test_too_short_a_history_is_said_and_not_judged(pattern: str) -> None:
    scan = find_silences([history(pattern)])

    assert (scan.silences, scan.watched, scan.unwatched) == ((), 0, (0,))


def test_only_the_recent_history_counts() -> None:
    once_weekly_now_monthly = history("1" * 60 + "...1" * 14 + ".....")

    assert find_silences([once_weekly_now_monthly]).silences == ()


def test_a_silence_longer_than_all_tables_is_still_named() -> None:
    long = history("1" * 30 + "." * (LENGTHS + 10))

    (silence,) = find_silences([long]).silences

    assert silence.silent_weeks == LENGTHS + 10
    assert 0 < silence.p_value < 1e-20


def test_no_places_are_no_silences() -> None:
    assert find_silences(np.zeros((0, 10), dtype=np.int64)).silences == ()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(st.floats(1e-6, 50), min_size=3, max_size=8, unique=True), min_size=1, max_size=6),
    st.floats(0.05, 5.0),
)
def test_the_limit_spends_the_budget_and_not_more(rates: list[list[float]], budget: float) -> None:
    falling = [np.array([*sorted(place, reverse=True), 0.0]) for place in rates]

    def spent(limit: float) -> float:
        return sum(float(place[place <= limit].max()) for place in falling)

    limit = rarity_limit(falling, budget)

    assert spent(limit) <= budget * (1 + 1e-12)
    assert limit >= budget / len(falling)
    higher = [rate for place in falling for rate in place if rate > limit]
    assert not higher or spent(min(higher)) > budget


def test_forty_places_that_report_as_ever_are_called_silent_about_as_often_as_allowed() -> None:
    """Twelve years of forty places at 85 %, weekly runs, four alarms a year allowed: about half of it is used."""
    random = np.random.default_rng(5)
    named: set[tuple[int, int, int]] = set()
    for year in range(12):
        table = random.random((40, 104)) < 0.85
        for week in range(52, 104):
            scan = find_silences(table[:, : week + 1], options=SilenceOptions(false_alarms_per_year=4.0))
            named |= {(year, silence.place, silence.last_week) for silence in scan.silences}

    assert 0.25 < len(named) / 12 / 4.0 < 1.2


def test_known_shares_count_the_reports_that_arrive_in_time() -> None:
    assert known_shares([0, 3, 7, 8, 30], weeks=3) == (0.2, 0.6, 0.8)
    assert known_shares([]) == ()


def test_a_delay_that_is_no_number_is_refused() -> None:
    with pytest.raises(EngineInputError, match="keterlambatan"):
        known_shares([1.0, math.nan])


@pytest.mark.parametrize("table", [[1, 0, 1], [[1.0, 0.5]], [[1, -1]], [["1"]]])
def test_a_faulty_table_is_refused(table: Any) -> None:
    with pytest.raises(EngineInputError, match="Tabel laporan") as refusal:
        find_silences(table)

    assert refusal.value.code == "engine.input"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"false_alarms_per_year": 0.0}, "Anggaran"),
        ({"false_alarms_per_year": math.nan}, "Anggaran"),
        ({"known_shares": (0.5, 1.5)}, "antara 0 dan 1"),
        ({"known_shares": (math.nan,)}, "antara 0 dan 1"),
        ({"min_reports": 1}, "dua laporan"),
        ({"min_history_weeks": 0}, "Riwayat"),
        ({"min_history_weeks": 52}, "Riwayat"),
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(EngineInputError, match=says):
        find_silences([[1]], options=SilenceOptions(**wrong))


def test_a_year_has_its_weeks() -> None:
    assert pytest.approx(52.1786, abs=1e-4) == WEEKS_PER_YEAR
