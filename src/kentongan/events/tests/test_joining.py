"""The rules for one happening, case by case and as laws."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.events.joining import Happening, Spot, compare, distance_km

SILAWAN = Spot(5, "village", frozenset({4, 3, 2, 1}), -8.9915, 124.9314)
NEAR_SILAWAN = Spot(6, "village", frozenset({4, 3, 2, 1}), -9.0000, 124.9400)
TASTIM = Spot(4, "district", frozenset({3, 2, 1}), -9.0, 124.95)
BELU = Spot(3, "regency", frozenset({2, 1}), -9.1, 124.9)
SERANG = Spot(11, "city", frozenset({10, 1}), -6.12, 106.15)
DAY = date(2026, 3, 3)
FIVE = Happening(frozenset({"IM.CROSSER"}), SILAWAN, DAY, DAY + timedelta(days=1), DAY, persons=5)


def on(day, **other):
    return replace(FIVE, happened_from=day, happened_to=day + timedelta(days=1), **other)


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (FIVE, "same"),
        (replace(FIVE, persons=None), "same"),
        (replace(FIVE, persons=12), "doubt"),
        (replace(FIVE, spot=TASTIM), "same"),
        (replace(FIVE, spot=TASTIM, persons=None), "doubt"),
        (replace(FIVE, spot=NEAR_SILAWAN), "doubt"),
        (replace(FIVE, spot=NEAR_SILAWAN, persons=None), "doubt"),
        (replace(FIVE, spot=NEAR_SILAWAN, persons=12), "apart"),
        (replace(FIVE, spot=BELU), "doubt"),
        (replace(FIVE, spot=SERANG), "apart"),
        (replace(FIVE, spot=None, open_places=frozenset({3, 10})), "doubt"),
        (replace(FIVE, spot=None, open_places=frozenset({10, 11})), "apart"),
        (on(DAY + timedelta(days=1)), "same"),
        (on(DAY + timedelta(days=1), persons=None), "doubt"),
        (on(DAY + timedelta(days=5), persons=None), "apart"),
        (on(DAY + timedelta(days=30)), "apart"),
        (replace(FIVE, happened_from=None, happened_to=None), "doubt"),
        (replace(FIVE, happened_from=None, happened_to=None, known_on=DAY + timedelta(days=60)), "apart"),
        (replace(FIVE, happened_from=date(2026, 3, 1), happened_to=date(2026, 4, 1)), "doubt"),
        (replace(FIVE, kinds=frozenset({"TPPM", "RESP.ARREST"})), "same"),
        (replace(FIVE, kinds=frozenset({"TPPM"}), persons=None), "doubt"),
        (replace(FIVE, kinds=frozenset({"GDS.BBM"})), "apart"),
    ],
)
def test_verdicts(other, verdict):
    assert compare(FIVE, other).verdict == verdict


def test_two_arrests_for_different_offences_are_not_one():
    one = replace(FIVE, kinds=frozenset({"NARK.SABU", "RESP.ARREST"}))
    other = replace(FIVE, kinds=frozenset({"TPPO", "RESP.ARREST"}))

    assert compare(one, other).verdict == "apart"


def test_goods_in_one_unit_agree_or_contradict():
    drums = replace(FIVE, persons=None, kinds=frozenset({"GDS.BBM"}), amounts={"liter": frozenset({500.0})})

    assert compare(drums, replace(drums, amounts={"liter": frozenset({500.0, 30.0})})).verdict == "same"
    assert compare(drums, replace(drums, amounts={"liter": frozenset({900.0})})).verdict == "doubt"


def test_each_comparison_says_why():
    reasons = {reason.about: reason.code for reason in compare(FIVE, replace(FIVE, spot=BELU)).reasons}

    assert reasons == {"kinds": "equal", "place": "inside", "time": "same_day", "numbers": "equal"}


def test_a_degree_of_latitude_is_about_111_km():
    assert distance_km(
        Spot(1, "village", lat=-9.0, lon=124.0), Spot(2, "village", lat=-10.0, lon=124.0)
    ) == pytest.approx(111.195, abs=0.01)


tellings = st.builds(
    lambda kinds, spot, day, days, persons, opened: Happening(
        frozenset(kinds),
        None if opened else spot,
        day,
        day and day + timedelta(days=days),
        DAY,
        persons,
        {},
        frozenset(opened),
    ),
    st.sets(st.sampled_from(["IM.CROSSER", "TPPO", "TPPM", "GDS", "GDS.BBM", "NARK", "RESP.ARREST"]), min_size=1),
    st.sampled_from([None, SILAWAN, NEAR_SILAWAN, TASTIM, BELU, SERANG]),
    st.none() | st.dates(date(2026, 2, 20), date(2026, 3, 12)),
    st.integers(1, 40),
    st.none() | st.integers(0, 40),
    st.sets(st.sampled_from([3, 5, 11])),
)


@given(tellings, tellings)
def test_the_order_of_the_two_does_not_matter(one, other):
    there, back = compare(one, other), compare(other, one)

    assert (there.verdict, there.score) == (back.verdict, back.score)


@given(tellings, tellings)
def test_a_contradiction_of_kinds_place_or_time_always_keeps_apart(one, other):
    result = compare(one, other)

    if any(reason.share == 0 and reason.about != "numbers" for reason in result.reasons):
        assert result.verdict == "apart"
