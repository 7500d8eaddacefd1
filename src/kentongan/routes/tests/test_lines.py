"""The shipped lines."""

from datetime import date

from kentongan.places.facilities import load_facilities
from kentongan.routes.lines import Line, lines
from kentongan.routes.rules import BOARDING_KM


def test_every_line_calls_at_facilities_that_have_a_point() -> None:
    known = {facility.key for facility in load_facilities() if facility.lat is not None}

    assert {stop for line in lines() for stop in line.stops} <= known


def test_every_line_says_what_it_rests_on_and_how_surely() -> None:
    assert all(line.source and line.confidence and line.as_of <= date(2026, 11, 30) for line in lines())
    assert len({line.key for line in lines()}) == len(lines())
    assert {line.mode for line in lines()} <= set(BOARDING_KM)


def test_the_ship_of_the_sikka_case_goes_over_makassar_to_balikpapan() -> None:
    ship = next(line for line in lines() if line.key == "km-lambelu")

    assert ship.stops == ("lorens-say", "makassar-pelabuhan", "balikpapan-semayang")
    assert ship.as_of == date(2025, 11, 4)


def test_a_line_runs_from_its_first_day_until_before_its_last() -> None:
    line = Line("x", "ferry", "x", ("a", "b"), date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1), "low", "uji")

    assert [line.runs_on(date(2025, 12, 31)), line.runs_on(date(2026, 1, 31)), line.runs_on(date(2026, 2, 1))] == [
        False,
        True,
        False,
    ]
