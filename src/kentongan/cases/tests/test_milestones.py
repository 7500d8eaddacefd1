"""Milestones as dated data: which law, what is due, what is odd."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.cases import milestones
from kentongan.cases.milestones import Oddity, Reached, deadlines, kind_on, milestone_kinds, oddities

NEW_LAW = date(2026, 1, 2)
days = st.dates(date(2017, 2, 1), date(2027, 12, 31))


def test_every_row_names_its_source_and_no_two_rows_of_a_milestone_hold_on_one_day():
    for kind in milestone_kinds():
        assert kind.source
        others = [o for o in milestone_kinds() if o.code == kind.code and o is not kind]
        assert not any(o.holds_on(kind.valid_from or date(1990, 1, 1)) for o in others), kind


def test_what_comes_before_and_what_a_term_runs_from_are_milestones_of_the_table():
    known = set(milestones.codes())

    assert all(set(kind.after) <= known and {kind.due_from} - {""} <= known for kind in milestone_kinds())


@pytest.mark.parametrize("code", ["PENYIDIKAN", "SPDP", "P21", "SP3", "TAHAP_II"])
def test_the_law_changes_on_the_second_of_january_2026(code):
    before, since = kind_on(code, NEW_LAW - timedelta(days=1)), kind_on(code, NEW_LAW)

    assert "UU 8/1981" in before.source
    assert "UU 20/2025" in since.source
    assert since.is_unsure


@given(days, st.integers(0, 30))
def test_the_notice_to_the_prosecutor_is_due_within_seven_days_before_and_since(began, taken):
    given_on = began + timedelta(days=taken)
    reached = [Reached("LP_B", began), Reached("PENYIDIKAN", began), Reached("SPDP", given_on)]

    (due,) = [one for one in deadlines(reached) if one.kind.code == "SPDP"]

    assert (due.since, due.by) == (began, began + timedelta(days=7))
    assert due.is_late(given_on) == (taken > 7)


def test_a_notice_that_has_not_come_is_late_once_its_last_day_is_over():
    (due,) = deadlines([Reached("PENYIDIKAN", date(2026, 3, 1))])

    assert not due.is_late(date(2026, 3, 8))
    assert due.is_late(date(2026, 3, 9))


def test_a_complete_file_answers_what_an_incomplete_one_would():
    reached = [Reached("TAHAP_I", date(2025, 3, 1)), Reached("P21", date(2025, 3, 5))]

    assert [(one.kind.code, one.reached_on) for one in deadlines(reached)] == [("P18", date(2025, 3, 5))]


def test_an_orderly_process_is_not_odd():
    days_of = {"LP_B": 1, "PENYELIDIKAN": 2, "PENYIDIKAN": 4, "SPDP": 5, "TAHAP_I": 20, "P21": 25, "TAHAP_II": 27}

    assert oddities([Reached(code, date(2026, 3, day)) for code, day in days_of.items()]) == []


def test_what_is_skipped_what_comes_too_early_and_what_follows_the_end_is_said():
    reached = [
        Reached("SPDP", date(2026, 3, 1)), Reached("PENYIDIKAN", date(2026, 3, 2)), Reached("SP3", date(2026, 3, 3)),
        Reached("P21", date(2026, 3, 9)),
    ]  # fmt: skip

    assert oddities(reached) == [
        Oddity("PENYIDIKAN", "skips", ("LP_A", "LP_B")),
        Oddity("SPDP", "precedes", ("PENYIDIKAN",)),
        Oddity("P21", "skips", ("TAHAP_I",)),
        Oddity("P21", "after_end", ("SP3",)),
    ]


@given(st.lists(st.builds(Reached, st.sampled_from(milestones.codes()), days), max_size=12))
def test_whatever_is_recorded_is_looked_at_and_nothing_is_forbidden(reached):
    known = {one.code for one in reached}

    assert {odd.code for odd in oddities(reached)} <= known
    assert all(due.since in {one.on for one in reached} for due in deadlines(reached))
