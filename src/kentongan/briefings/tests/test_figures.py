"""Figures and days as Indonesian offices write them."""

from datetime import UTC, date, datetime

import pytest

from kentongan.briefings import figures


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1234567, 0, "1.234.567"),
        (12345.67, 1, "12.345,7"),
        (-3.14, 1, "−3,1"),
        (-0.04, 1, "0,0"),
        (0, 0, "0"),
        (None, 0, "–"),
        (float("nan"), 1, "–"),
    ],
)
def test_numbers_have_points_for_thousands_and_a_comma(value, decimals, written):
    assert figures.number(value, decimals) == written


def test_a_span_of_one_is_one_number():
    assert figures.span(1240, 3100) == "1.240–3.100"
    assert figures.span(7, 7) == "7"


def test_shares_are_percents():
    assert figures.percent(0.824) == "82 %"
    assert figures.percent(None) == "–"


def test_days_and_periods_are_written_out():
    assert figures.day(date(2026, 10, 5)) == "5 Oktober 2026"
    assert figures.day(None) == "tidak diketahui"
    assert figures.short_day(date(2026, 10, 5)) == "05-10-2026"
    assert figures.short_day(None) == "–"
    assert figures.month(date(2024, 9, 1)) == "September 2024"
    assert figures.quarter(2024, 3) == "Triwulan III 2024"


def test_an_instant_has_its_zone():
    assert figures.instant(datetime(2026, 11, 23, 4, 5, tzinfo=UTC)) == "23 November 2026 pukul 12.05 WITA"


@pytest.mark.parametrize(
    ("words", "written"), [([], ""), (["a"], "a"), (["a", "b"], "a dan b"), (["a", "b", "c"], "a, b, dan c")]
)
def test_lists_read_as_a_sentence(words, written):
    assert figures.listed(words) == written
