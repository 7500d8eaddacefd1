"""Whole areas against their own past: what is said, what is not, and of what it is made."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from kentongan.engine.calibration import thresholds
from kentongan.engine.temporal.surge import RECENT_WEEKS
from kentongan.watch.features import Areas, Happening, series_table
from kentongan.watch.trends import HISTORY_WEEKS, SHORT_WEEKS, Cell, earlier_years, scan_trends

AS_OF = date(2026, 3, 1)
KINDS = frozenset({"TPPO"})
LIMITS = thresholds(streams=4, levels=2)
PROVINCES, REGENCIES, DISTRICTS, VILLAGES = 2, 5, 3, 4

AREAS: dict[int, Areas] = {}
for p in range(1, PROVINCES + 1):
    AREAS[p] = Areas(None, None, None, p)
    for r in range(10 * p, 10 * p + REGENCIES):
        AREAS[r] = Areas(None, None, r, p)
        for d in range(10 * r, 10 * r + DISTRICTS):
            AREAS[d] = Areas(None, d, r, p)
            AREAS |= {v: Areas(v, d, r, p) for v in range(10 * d, 10 * d + VILLAGES)}
VILLAGE_KEYS = [key for key, areas in AREAS.items() if areas.village]


def inside(area):
    return [
        key for key, areas in AREAS.items() if areas.village and area in (areas.district, areas.regency, areas.province)
    ]


def background(rng, *, a_week, weeks=60):
    """Events of quiet weeks up to the day, scattered over all villages."""
    days = rng.integers(7 * weeks, size=rng.poisson(a_week * weeks))
    return [
        _event(VILLAGE_KEYS[v], int(d))
        for d, v in zip(days, rng.integers(len(VILLAGE_KEYS), size=days.size), strict=True)
    ]


def planted(rng, places, number, *, weeks=3):
    """So many events in the last weeks, scattered over the places."""
    days = rng.integers(7 * weeks, size=number)
    return [_event(places[v], int(d)) for d, v in zip(days, rng.integers(len(places), size=number), strict=True)]


def _event(place, days_ago, *, late=0):
    day = AS_OF - timedelta(days=days_ago)
    return Happening(place, day, KINDS, day + timedelta(days=late))


def table_of(happenings, *, weeks=HISTORY_WEEKS):
    known = [h for h in happenings if h.known is None or h.known <= AS_OF]
    return series_table(known, AREAS, kinds=KINDS, as_of=AS_OF, weeks=weeks)


def trends_of(happenings, **more):
    return scan_trends(table_of(happenings, **more), stream="trafficking", limits=LIMITS, interval_days=7.0)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def test_a_surge_that_is_spread_over_a_whole_regency_is_said_once_with_its_figures(rng):
    happenings = background(rng, a_week=4) + planted(rng, inside(12), 12)

    (surge,) = trends_of(happenings).surges

    seen = surge.seen
    assert (seen.type, seen.level, seen.places, seen.centre) == ("surge", "regency", {12}, 12)
    assert AS_OF - timedelta(weeks=RECENT_WEEKS) < seen.window_from < seen.window_to == AS_OF + timedelta(days=1)
    assert seen.observed >= 10 > 3 > seen.expected
    assert seen.p_value <= LIMITS.trend_p_value
    assert seen.recurrence_days == pytest.approx(7 / seen.p_value)
    assert sum(w.observed for w in seen.weeks if w.starts_on >= seen.window_from) == seen.observed
    assert sum(w.expected for w in seen.weeks if w.starts_on >= seen.window_from) == pytest.approx(seen.expected)
    assert seen.baseline_events == sum(w.observed for w in seen.weeks)


def test_quiet_weeks_raise_nothing_and_tell_what_was_counted(rng):
    happenings = [*background(rng, a_week=4), _event(12, 3), _event(1, 5)]

    trends = trends_of(happenings)

    lines = {line.level: line for line in trends.scanned}
    assert trends.surges == ()
    assert [line.seen for line in trends.scanned] == [(), (), ()]
    assert {line.type for line in trends.scanned} == {"surge"}
    assert lines["district"].unseen.coarse == 2
    assert lines["regency"].unseen.coarse == 1
    assert lines["province"].cases == len(happenings)
    assert lines["regency"].best is not None
    assert lines["regency"].places == PROVINCES * REGENCIES


def test_events_that_are_known_only_to_their_regency_make_a_surge_of_it(rng):
    happenings = background(rng, a_week=4) + planted(rng, [12], 12)

    (surge,) = trends_of(happenings).surges

    assert (surge.seen.level, surge.seen.places) == ("regency", {12})


def test_the_order_of_the_events_does_not_matter(rng):
    happenings = background(rng, a_week=4) + planted(rng, inside(12), 12)

    one, other = trends_of(happenings), trends_of(happenings[::-1])

    assert one.scanned == other.scanned


def test_a_rise_through_a_whole_province_is_said_of_the_province_alone(rng):
    happenings = background(rng, a_week=12) + planted(rng, inside(1), 75)

    (surge,) = trends_of(happenings).surges

    assert (surge.seen.level, surge.seen.places) == ("province", {1})


def test_a_regency_that_explains_the_rise_of_its_province_is_said_alone(rng):
    happenings = background(rng, a_week=2) + planted(rng, [12], 25)

    trends = trends_of(happenings)

    assert {"regency", "province"} == {line.level for line in trends.scanned if line.seen}
    assert [surge.seen.level for surge in trends.surges] == ["regency"]


def test_a_district_and_a_province_are_never_both_said_of_the_same_events(rng):
    happenings = background(rng, a_week=4) + planted(rng, inside(121), 14)

    (surge,) = trends_of(happenings).surges

    assert (surge.seen.level, surge.seen.places) == ("district", {121})


def test_two_regencies_of_different_provinces_that_rise_are_two_surges(rng):
    happenings = background(rng, a_week=4) + planted(rng, inside(12), 12) + planted(rng, inside(21), 12)

    assert {key for surge in trends_of(happenings).surges for key in surge.seen.places} == {12, 21}


def test_two_districts_of_a_regency_that_rise_are_one_surge_of_the_regency(rng):
    happenings = background(rng, a_week=2) + planted(rng, inside(121), 12) + planted(rng, inside(122), 12)

    trends = trends_of(happenings)

    assert len(trends.scanned[0].seen) == 2
    assert [surge.seen.places for surge in trends.surges] == [{12}]


def test_a_surge_does_not_stand_without_the_events_of_a_cluster_that_makes_it(rng):
    villages = inside(12)[:2]
    happenings = background(rng, a_week=4) + planted(rng, villages, 7) + planted(rng, inside(12), 5)
    (surge,) = trends_of(happenings).surges
    first, end = AS_OF - timedelta(days=27), AS_OF + timedelta(days=1)

    whole = Cell(frozenset(villages), first, end)
    elsewhere = Cell(frozenset(inside(11)), first, end)
    earlier = Cell(frozenset(villages), first - timedelta(days=60), first)

    assert surge.events_in([whole]) >= 7
    assert not surge.stands_without([whole])
    assert surge.events_in([elsewhere, earlier]) == 0
    assert surge.stands_without([elsewhere, earlier])


def test_what_is_left_out_of_the_retest_is_what_was_never_there(rng):
    quiet, surging = background(rng, a_week=4), planted(rng, inside(12), 12)
    cell = Cell(frozenset(inside(12)), AS_OF - timedelta(days=27), AS_OF + timedelta(days=1))
    (surge,) = trends_of(quiet + surging).surges

    recent = [h for h in quiet if AREAS[h.place].regency == 12 and h.day >= cell.window_from]

    assert surge.events_in([cell]) == len(surging) + len(recent)


def test_a_surge_of_a_single_week_says_on_which_week_it_rests(rng):
    (surge,) = trends_of(background(rng, a_week=4) + planted(rng, inside(12), 10, weeks=1)).surges

    assert [week.starts_on for week in surge.seen.weeks if week.is_needed] == [AS_OF - timedelta(days=6)]


def late(happenings, rng):
    """The same events with the half of each week's reports a week and a half late."""
    return [_event(h.place, (AS_OF - h.day).days, late=10 if rng.random() < 0.5 else 0) for h in happenings]


def test_of_the_newest_weeks_only_what_is_usually_known_is_expected(rng):
    happenings = background(rng, a_week=30)

    at_once, delayed = (
        next(line.best for line in trends_of(events).scanned if line.level == "province")
        for events in (happenings, late(happenings, rng))
    )

    assert at_once.weeks[-1].expected == pytest.approx(at_once.weeks[0].expected, rel=0.01)
    assert delayed.weeks[-1].expected == pytest.approx(0.5 * delayed.weeks[0].expected, rel=0.15)
    assert delayed.weeks[-3].expected == pytest.approx(delayed.weeks[0].expected, rel=0.05)


def test_a_surge_whose_reports_are_half_on_their_way_is_seen(rng):
    happenings = late(background(rng, a_week=4) + planted(rng, inside(12), 18), rng)

    assert {key for surge in trends_of(happenings).surges for key in surge.seen.places} == {12}


def test_years_of_backlog_entered_on_one_day_do_not_make_reports_look_late(rng):
    happenings = background(rng, a_week=8)
    entered = AS_OF - timedelta(weeks=20)
    told = [Happening(h.place, h.day, h.kinds, max(h.day, entered)) for h in happenings]

    line = next(line for line in trends_of(told).scanned if line.level == "province")

    assert line.best.weeks[-1].expected == pytest.approx(line.best.weeks[0].expected, rel=0.05)


def test_the_week_that_opens_the_history_is_not_part_of_it(rng):
    happenings = background(rng, a_week=8, weeks=30)

    line = next(line for line in trends_of(happenings).scanned if line.level == "province")

    assert len(line.best.weeks) == 29
    assert line.best.history_weeks == 29 - RECENT_WEEKS


def test_a_history_of_a_few_weeks_is_not_judged(rng):
    trends = trends_of(background(rng, a_week=8, weeks=14) + planted(rng, inside(12), 30))

    assert [line.places for line in trends.scanned] == [0, 0, 0]
    assert [line.best for line in trends.scanned] == [None, None, None]


def test_nothing_at_all_is_no_fault():
    trends = trends_of([])

    assert trends.surges == ()
    assert [line.cases for line in trends.scanned] == [0, 0, 0]


def test_areas_with_hardly_an_event_are_not_judged(rng):
    happenings = [_event(VILLAGE_KEYS[0], 7 * n) for n in range(4)] + [_event(VILLAGE_KEYS[0], 300)]

    assert [line.places for line in trends_of([*happenings[:-1], _event(VILLAGE_KEYS[-1], 300)]).scanned] == [0, 0, 0]


def seasonal(rng, *, a_week, years):
    """Events of years with a strong season that peaks now."""
    found = []
    for week in range(52 * years + 20):
        number = rng.poisson(a_week * (1 + 0.7 * np.cos(2 * np.pi * week / 52.18)))
        found += [_event(VILLAGE_KEYS[int(v)], 7 * week + int(rng.integers(7))) for v in rng.integers(60, size=number)]
    return found


def test_with_years_of_history_a_season_that_returns_is_no_surge_and_a_surge_in_it_is_one(rng):
    history = seasonal(rng, a_week=24, years=4)
    a_year = [h for h in history if (AS_OF - h.day).days < 7 * SHORT_WEEKS]

    as_usual, risen = trends_of(history), trends_of(history + planted(rng, inside(1), 90))

    province, unaware = (
        next(line.best for line in trends.scanned if line.level == "province")
        for trends in (as_usual, trends_of(a_year))
    )
    assert province.history_weeks >= 4 * 52
    assert as_usual.surges == ()
    assert unaware.relative_risk > 1.4 > 1.2 > province.relative_risk
    assert [(surge.seen.level, surge.seen.centre) for surge in risen.surges] == [("province", 1)]


@pytest.mark.parametrize(
    ("history_weeks", "years"),
    [(0, 0), (55, 0), (56, 1), (159, 2), (160, 3), (HISTORY_WEEKS - RECENT_WEEKS, 5), (900, 5)],
)
def test_a_year_counts_with_half_a_window_and_a_week_before_it_and_five_at_most(history_weeks, years):
    assert earlier_years(history_weeks) == years


def test_an_area_with_years_of_a_few_events_is_compared_with_one_year(rng):
    trends = trends_of(seasonal(rng, a_week=3, years=4))

    regency = next(line.best for line in trends.scanned if line.level == "regency")
    assert regency.history_weeks == SHORT_WEEKS - RECENT_WEEKS


def test_a_table_of_series_holds_numbers_and_days_only(rng):
    table = table_of(background(rng, a_week=4))

    arrays = [*table.inside, table.day, table.week, table.delay]
    assert {array.dtype for array in arrays} == {np.dtype(np.int64)}
    assert {array.shape for array in arrays} == {(len(table.day),)}
    assert all(type(start) is date and not isinstance(start, datetime) for start in table.starts)
