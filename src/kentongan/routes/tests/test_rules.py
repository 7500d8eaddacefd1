"""What counts as a way, and the periods."""

from datetime import date, timedelta

from kentongan.routes.rules import Area, two_periods, ways_named


def area(key: int, *above: int) -> Area:
    return Area(key, str(key), f"Wilayah {key}", "regency", "ID", -9.0, 124.0, frozenset(above))


SIKKA, PORT, BALIKPAPAN, PROVINCE = area(1, 9), area(2, 9), area(3), area(9)


def test_a_way_goes_from_the_origin_over_the_scene_to_the_destination() -> None:
    assert ways_named([SIKKA], PORT, [BALIKPAPAN]) == [(SIKKA, PORT, BALIKPAPAN)]


def test_what_is_not_named_is_left_out_and_one_place_is_no_way() -> None:
    assert ways_named([], SIKKA, [BALIKPAPAN]) == [(SIKKA, BALIKPAPAN)]
    assert ways_named([SIKKA], BALIKPAPAN, []) == [(SIKKA, BALIKPAPAN)]
    assert ways_named([SIKKA], None, []) == ways_named([SIKKA], SIKKA, []) == ways_named([], None, []) == []


def test_a_place_and_what_contains_it_are_one_stop_the_smaller() -> None:
    assert ways_named([PROVINCE], SIKKA, [BALIKPAPAN]) == [(SIKKA, BALIKPAPAN)]
    assert ways_named([SIKKA], PROVINCE, [BALIKPAPAN]) == [(SIKKA, BALIKPAPAN)]


def test_of_two_destinations_of_which_one_contains_the_other_the_smaller_counts() -> None:
    east_kalimantan, balikpapan = area(20), area(21, 20)

    assert ways_named([SIKKA], None, [balikpapan, east_kalimantan]) == [(SIKKA, balikpapan)]


def test_every_origin_is_joined_with_every_destination_once() -> None:
    found = ways_named([SIKKA, PORT, SIKKA], None, [BALIKPAPAN])

    assert found == [(SIKKA, BALIKPAPAN), (PORT, BALIKPAPAN)]


def test_two_periods_are_equally_long_and_meet_without_a_gap() -> None:
    now, earlier = two_periods(date(2026, 3, 4), 90)

    assert (now.last - now.first).days == (earlier.last - earlier.first).days == 89
    assert earlier.last + timedelta(days=1) == now.first
    assert now.holds(date(2026, 3, 4))
    assert not now.holds(earlier.last)
