"""The engine is given places, days and kinds, and nothing that could name a person (R02)."""

import inspect
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import scan
from kentongan.watch import features
from kentongan.watch.features import Happening, Heard, Located, Unit, delays_days, report_table, scan_table, week_starts
from kentongan.watch.gathering import gather

AS_OF = date(2026, 3, 1)
WEEKS = 12
KINDS = frozenset({"TPPO", "PMI.NP"})
ALLOWED = (int, float, date, bool, type(None))

villages = {n: Located(Unit(n, -9.0 - n / 100, 124.5), Unit(100 + n // 3, -9.1, 124.6 + n // 3)) for n in range(9)}
coarse = {50: Located(None, Unit(105, -9.2, 124.7)), 60: Located(None, None), 70: Located(Unit(70, None, None), None)}
located = villages | coarse
ground = {
    "village": tuple(Unit(n, -9.0 - n / 100, 124.5) for n in range(12)),
    "district": tuple(Unit(100 + n, -9.1, 124.6 + n) for n in range(4)),
}

happenings = st.lists(
    st.builds(
        Happening,
        place=st.sampled_from([*located, 999]),
        day=st.dates(AS_OF - timedelta(days=120), AS_OF + timedelta(days=30)),
        kinds=st.frozensets(st.sampled_from(["TPPO", "PMI.NP", "GDS.BBM"]), max_size=2),
    ),
    max_size=40,
)


def plain_values(value):
    """Yield everything that a table consists of."""
    if isinstance(value, np.ndarray):
        assert value.dtype == np.int64
        yield from value.tolist()
    elif is_dataclass(value):
        for field in fields(value):
            yield from plain_values(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from plain_values(item)
    else:
        yield value


@given(happenings, st.sampled_from(["village", "district"]))
def test_a_table_holds_numbers_days_and_coordinates_only(happenings, level):
    table = scan_table(happenings, located, kinds=KINDS, level=level, ground=ground[level], as_of=AS_OF, weeks=WEEKS)

    for value in plain_values(table):
        assert isinstance(value, ALLOWED)
        assert not isinstance(value, datetime)


def test_what_goes_in_has_no_field_for_a_person_or_a_text():
    assert [f.name for f in fields(Happening)] == ["place", "day", "kinds", "known"]
    assert [f.name for f in fields(Heard)] == ["village", "about", "received"]
    assert [f.name for f in fields(Unit)] == ["key", "lat", "lon"]


def test_the_engine_takes_arrays_and_the_gathering_reads_no_person():
    taken = set(inspect.signature(scan).parameters)
    source = inspect.getsource(inspect.getmodule(gather))

    assert taken == {
        "cases",
        "where",
        "hypothesis",
        "options",
        "inference",
        "executor",
        "workers",
        "nulls",
        "progress",
    }
    for word in ("persons", "author", "title", "text", "received_by", "details", "address"):
        assert f'"{word}"' not in source
        assert f".{word}" not in source


@given(happenings, st.sampled_from(["village", "district"]))
def test_every_case_is_counted_once_or_said_to_be_unusable(happenings, level):
    table = scan_table(happenings, located, kinds=KINDS, level=level, ground=ground[level], as_of=AS_OF, weeks=WEEKS)

    first = week_starts(AS_OF, WEEKS)[0]
    meant = [h for h in happenings if h.kinds & KINDS and first <= h.day <= AS_OF]
    assert len(table.place) + table.unseen.coarse + table.unseen.without_coordinates == len(meant)
    assert table.counts().sum() == len(table.place)


@given(happenings, st.sampled_from(["village", "district"]))
def test_units_without_a_case_are_listened_to_as_well(happenings, level):
    table = scan_table(happenings, located, kinds=KINDS, level=level, ground=ground[level], as_of=AS_OF, weeks=WEEKS)

    keys = [unit.key for unit in table.units]
    assert set(keys) >= {unit.key for unit in ground[level]}
    assert keys == sorted(set(keys))


@given(happenings, st.sampled_from(["village", "district"]))
def test_the_sources_of_a_places_cases_are_the_villages_in_it_and_add_up_to_them(happenings, level):
    table = scan_table(happenings, located, kinds=KINDS, level=level, ground=ground[level], as_of=AS_OF, weeks=WEEKS)

    cases, place = table.counts_by_source()

    added = np.zeros_like(table.counts())
    np.add.at(added, place, cases)
    assert (added == table.counts()).all()
    assert len(cases) == len(set(table.source.tolist()))


def test_two_villages_of_a_district_are_two_sources_and_what_is_known_to_the_district_only_a_third():
    told = [Happening(place, AS_OF, KINDS) for place in (0, 1, 1, 50)]
    coarse_district = {50: Located(None, villages[0].district)}

    table = scan_table(
        told, villages | coarse_district, kinds=KINDS, level="district", ground=(), as_of=AS_OF, weeks=WEEKS
    )

    assert sorted(table.counts_by_source()[0][:, -1].tolist()) == [1, 1, 2]
    assert table.counts()[:, -1].tolist() == [4]


@given(happenings)
def test_the_order_of_the_events_does_not_matter(happenings):
    one = scan_table(
        happenings, located, kinds=KINDS, level="village", ground=ground["village"], as_of=AS_OF, weeks=WEEKS
    )
    other = scan_table(
        happenings[::-1], located, kinds=KINDS, level="village", ground=ground["village"], as_of=AS_OF, weeks=WEEKS
    )

    assert one.units == other.units
    assert (one.counts() == other.counts()).all()


@pytest.mark.parametrize(("place", "village", "district"), [(0, 1, 1), (50, 0, 1), (60, 0, 0), (999, 0, 0)])
def test_an_event_counts_as_precisely_as_it_is_known(place, village, district):
    happening = [Happening(place, AS_OF, KINDS)]

    for level, cases in (("village", village), ("district", district)):
        table = scan_table(happening, located, kinds=KINDS, level=level, ground=ground[level], as_of=AS_OF, weeks=WEEKS)
        assert (len(table.place), table.unseen.coarse) == (cases, 1 - cases)


def test_a_village_without_coordinates_is_said_so():
    table = scan_table(
        [Happening(70, AS_OF, KINDS)],
        located,
        kinds=KINDS,
        level="village",
        ground=ground["village"],
        as_of=AS_OF,
        weeks=WEEKS,
    )

    assert table.unseen.without_coordinates == 1


def test_weeks_end_with_the_day_and_are_iso_weeks_on_a_sunday():
    starts = week_starts(AS_OF, WEEKS)

    assert starts[-1] == date(2026, 2, 23)
    assert all(start.isoweekday() == 1 for start in starts)
    assert len(starts) == WEEKS


def test_reports_count_in_the_week_they_speak_of_once_they_have_come():
    heard = [
        Heard(1, about=AS_OF - timedelta(days=9), received=AS_OF - timedelta(days=1)),
        Heard(1, about=AS_OF, received=AS_OF + timedelta(days=1)),
        Heard(2, about=AS_OF, received=AS_OF),
    ]

    keys, table = report_table(heard, as_of=AS_OF, weeks=3)

    assert keys == (1, 2)
    assert table.tolist() == [[0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(("received", "delay"), [(-1, -1), (0, 0), (1, 1), (9, 9)])
def test_a_delay_is_counted_from_the_last_day_of_the_week(received, delay):
    last_day = AS_OF - timedelta(days=7 * 8)
    heard = [Heard(1, about=last_day - timedelta(days=3), received=last_day + timedelta(days=received))]

    assert delays_days(heard, as_of=AS_OF, weeks=20).tolist() == [delay]


def test_delays_of_weeks_that_are_still_filling_up_are_left_out():
    assert delays_days([Heard(1, about=AS_OF, received=AS_OF)], as_of=AS_OF, weeks=20).size == 0


def test_the_room_gives_the_engine_nothing_else():
    assert "persons" not in inspect.getsource(features)
