"""Overdue visits and silent villages; the month and the quarter."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kentongan.agreements.access import actor_for
from kentongan.agreements.tests.sharing import clause_between
from kentongan.programme import actions, queries
from kentongan.programme.rules import (
    Month,
    Pace,
    is_overdue,
    is_silent,
    month_from,
    months_of_quarter,
    visit_due_on,
)

from .conftest import OFFICE, TODAY, TULAKADI

DAY = timedelta(days=1)
PACE = Pace(visit_every_days=90, silent_after_weeks=4)


@pytest.mark.parametrize(
    ("began", "last", "due"),
    [
        (date(2026, 1, 1), None, date(2026, 4, 1)),
        (date(2026, 1, 1), date(2026, 2, 1), date(2026, 5, 2)),
        (None, date(2026, 2, 1), date(2026, 5, 2)),
        (None, None, None),
    ],
)
def test_the_next_visit_is_due_after_the_last_or_after_the_beginning(began, last, due):
    assert visit_due_on(began, last, PACE) == due


def test_a_visit_is_overdue_the_day_after_it_was_due_and_only_while_the_partnership_stands():
    due = date(2026, 4, 1)

    assert not is_overdue("designated", due, on=due)
    assert is_overdue("designated", due, on=due + DAY)
    assert not is_overdue("suspended", due, on=due + DAY)
    assert is_overdue("designated", None, on=due)


def test_a_village_is_silent_after_so_many_weeks_without_report_and_without_nil():
    heard = date(2026, 2, 1)
    last = heard + timedelta(weeks=4)

    assert not is_silent("designated", None, heard, PACE, on=last)
    assert is_silent("designated", None, heard, PACE, on=last + DAY)
    assert is_silent("designated", None, None, PACE, on=last)
    assert not is_silent("designated", last, None, PACE, on=last + DAY)


def test_what_came_before_the_partnership_makes_no_new_partner_silent():
    began = date(2026, 2, 1)

    assert not is_silent("designated", began, began - timedelta(days=200), PACE, on=began + DAY)
    assert is_silent("designated", began, began - timedelta(days=200), PACE, on=began + timedelta(weeks=4) + DAY)


@pytest.mark.parametrize("code", ["2026-13", "2026-00", "26-01", "2026/01", "", "1026-01", "²026-01", "2026-1"])
def test_what_is_no_month_is_none(code):
    assert month_from(code) is None


def test_months_and_quarters():
    assert month_from("2026-12").after == date(2027, 1, 1)
    assert [one.code for one in months_of_quarter(2026, 4)] == ["2026-10", "2026-11", "2026-12"]
    assert Month(date(2026, 1, 1)).before.code == "2025-12"


def test_a_village_that_was_visited_with_a_nil_is_neither_overdue_nor_silent(partner, visited, analyst, now):
    partner()
    partner(TULAKADI)
    visited(is_nil=True, nil_from=TODAY)

    seen, not_seen = queries.partners_standing(analyst, at=now)

    assert (seen.is_overdue, seen.is_silent, seen.last_visit, seen.last_heard) == (False, False, TODAY, TODAY)
    assert (not_seen.is_overdue, not_seen.is_silent, not_seen.last_visit) == (True, True, None)


def test_a_visit_without_nil_is_no_report(partner, visited, analyst, now):
    partner()
    visited()

    (one,) = queries.partners_standing(analyst, at=now)

    assert (one.is_overdue, one.is_silent) == (False, True)


def test_the_pace_of_the_office_counts(partner, visited, analyst, now):
    partner()
    visited(done_on=TODAY - timedelta(days=40))
    before = queries.partners_standing(analyst, at=now)[0]

    actions.set_pace(visit_every_days=30, silent_after_weeks=4, why="ramai", by=analyst, at=now)
    after = queries.partners_standing(analyst, at=now)[0]

    assert (before.is_overdue, after.is_overdue, after.days_late) == (False, True, 10)


def test_who_reads_no_reports_is_not_told_who_is_silent(partner, actor_of, now):
    partner()

    (one,) = queries.partners_standing(actor_of(OFFICE, role="coordinator"), at=now)

    assert (one.is_heard_known, one.is_silent) == (False, False)


def test_whoever_is_shown_a_part_is_told_neither_late_nor_silent(partner, headman, now):
    partner()

    (one,) = queries.partners_standing(headman, at=now)

    assert (one.is_overdue, one.is_silent, one.is_heard_known, one.officers) == (False, False, False, ())


def test_the_region_counts_by_office(partner, region, actor_of, agency_of, place, now):
    partner()
    agency_of("kanim-kupang", parent="kanwil-im-ntt")
    partner(TULAKADI, by=actor_of("kanim-kupang", role="analyst"))
    seeing = actor_of("kanwil-im-ntt", role="analyst", username="kanwil-2")

    offices = queries.standing_by_office(queries.partners_standing(seeing, at=now), seeing)

    assert [(one.office, one.overdue, one.silent) for one in offices] == [(OFFICE, 1, 1), ("kanim-kupang", 1, 1)]


def test_the_month_counts_what_was_planned_done_and_heard(partner, planned, visited, analyst, now):
    partner()
    visited(is_nil=True, nil_from=TODAY, heads=7)
    cancelled = planned()
    actions.cancel_visit(visit=cancelled, version=1, why="hujan", by=analyst, at=now)
    planned(on=date(2026, 3, 20), kind="training")
    planned(on=date(2026, 4, 2))

    month = queries.monthly_report(OFFICE, Month(date(2026, 3, 1)), analyst, now)

    assert (month.planned, month.done, month.cancelled, month.nil, month.heads) == (2, 1, 1, 1, 7)
    assert (month.partners, month.began, month.nil_reports, month.reports) == (1, 0, 1, 0)
    assert [(t.code, t.visits) for t in month.topics] == [("reporting", 1)]
    assert [(m.code, m.visits, m.heads) for m in month.met] == [("village_head", 1, 1)]
    assert [len(month.visits), len(month.open_visits), month.as_of] == [1, 1, TODAY]
    assert (month.lines[0].planned, month.lines[0].done, month.lines[0].nil_reports) == (2, 1, 1)


def test_the_quarter_is_the_sum_of_its_months(partner, visited, analyst, now):
    partner()
    visited(heads=7)
    visited(done_on=date(2026, 2, 10), heads=5)

    quarter = queries.quarterly_report(OFFICE, 2026, 1, analyst, now)

    assert [one.done for one in quarter.months] == [0, 1, 1]
    assert (quarter.whole.done, quarter.whole.heads) == (2, 12)


def test_a_past_month_is_told_as_it_ended(partner, visited, analyst, now):
    partner(since=date(2025, 11, 1))
    visited()

    january = queries.monthly_report(OFFICE, Month(date(2026, 1, 1)), analyst, now)

    assert (january.done, january.as_of) == (0, date(2026, 1, 31))
    assert [one.village.place.name for one in january.overdue] == ["Silawan"]


def test_a_past_month_is_told_as_it_ended_also_after_the_partnership_did(partner, analyst, now):
    village = partner(since=date(2025, 9, 1))
    january = Month(date(2026, 1, 1))
    filed = queries.monthly_report(OFFICE, january, analyst, now)
    actions.change_status(village=village, version=1, to="ended", why="pindah", by=analyst, at=now)

    printed = queries.monthly_report(OFFICE, january, analyst, now)

    assert (len(filed.overdue), len(filed.silent), filed.partners) == (1, 1, 1)
    assert (len(printed.overdue), len(printed.silent), printed.partners) == (1, 1, 1)


def test_a_month_is_judged_by_the_suspensions_of_its_own_time(partner, analyst, now):
    village = partner(since=date(2025, 9, 1))
    february, april = datetime(2026, 2, 10, 3, tzinfo=UTC), datetime(2026, 4, 10, 3, tzinfo=UTC)
    for to, at in (("suspended", february), ("designated", now), ("suspended", april)):
        village.refresh_from_db()
        actions.change_status(village=village, version=village.version, to=to, why="uji", by=analyst, at=at)

    at = datetime(2026, 5, 3, 3, tzinfo=UTC)
    months = [queries.monthly_report(OFFICE, Month(date(2026, n, 1)), analyst, at) for n in (1, 2, 3, 4)]

    assert [(month.suspended, len(month.overdue)) for month in months] == [(0, 1), (1, 0), (0, 1), (1, 0)]


def test_a_proposal_that_was_turned_down_was_never_a_partner(analyst, place, now):
    village = actions.propose_village(place=place(), why="dekat jalur tikus", by=analyst, at=now)
    told = actions.Designation(decree_number="", decree_on=None, partner_from=date(2026, 1, 1))
    village = actions.describe(village=village, version=1, designation=told, by=analyst, at=now)
    actions.change_status(village=village, version=2, to="ended", why="ditolak", by=analyst, at=now)

    months = [queries.monthly_report(OFFICE, Month(date(2026, n, 1)), analyst, now) for n in (1, 3)]

    assert [(month.partners, month.ended, month.lines) for month in months] == [(0, 0, ())] * 2


def test_the_villages_of_a_month_stand_by_their_code_whatever_clause_serves_the_office(
    partner, analyst, officer_behind, agency_of, now
):
    for place in (7, 6, 5):
        partner(place)
    agency_of("kanim-lain")
    clause_between("kanim-lain", OFFICE, {"programme": {"kind": "full"}})
    served = actor_for(officer_behind(analyst), purpose="prevention", at=now)

    month = queries.monthly_report(OFFICE, Month(date(2026, 3, 1)), served, now)
    quarter = queries.quarterly_report(OFFICE, 2026, 1, served, now)

    for report in (month, quarter.whole, *quarter.months):
        assert [line.standing.village.place_id for line in report.lines] == [5, 6, 7]


def test_a_visit_done_before_the_month_it_was_planned_for_is_planned_there_alone(
    partner, planned, visited, analyst, now
):
    partner()
    visited(visit=planned(on=date(2026, 4, 2)))

    march, april = (queries.monthly_report(OFFICE, Month(date(2026, n, 1)), analyst, now) for n in (3, 4))

    assert (march.planned, march.lines[0].planned, march.lines[0].done) == (0, 0, 1)
    assert (april.planned, april.lines[0].planned, april.lines[0].done) == (1, 1, 0)


def test_a_month_to_come_is_not_judged_in_the_future(partner, visited, analyst, now):
    partner(since=date(2026, 1, 1))
    visited(is_nil=True, nil_from=TODAY)

    june = queries.monthly_report(OFFICE, Month(date(2026, 6, 1)), analyst, now)

    assert (june.as_of, june.has_begun, june.overdue, june.silent) == (TODAY, False, (), ())


def test_the_months_of_many_offices_cost_no_more_queries_than_those_of_one(
    partner, region, actor_of, agency_of, now, django_assert_max_num_queries
):
    partner()
    for number in range(3):
        agency_of(f"kanim-{number}", parent="kanwil-im-ntt")
        partner(TULAKADI, by=actor_of(f"kanim-{number}", role="analyst"))
    seeing = actor_of("kanwil-im-ntt", role="analyst", username="kanwil-2")

    with django_assert_max_num_queries(30):
        found = queries.month_of_offices(Month(date(2026, 3, 1)), seeing, at=now)

    assert [one.partners for one in found] == [1, 1, 1, 1]


def test_another_office_sees_an_empty_month(partner, visited, actor_of, now):
    partner()
    visited()
    other = actor_of("kanim-kupang", role="analyst")

    month = queries.monthly_report(OFFICE, Month(date(2026, 3, 1)), other, now)

    assert (month.partners, month.done, month.reports, month.lines) == (0, 0, 0, ())


def test_the_round_of_an_officer_holds_the_own_visits_of_the_month(planned, visited, analyst, officer_behind, now):
    visited()
    planned(on=date(2026, 3, 20))
    planned(on=date(2026, 4, 20))

    found = queries.round_of(officer_behind(analyst), Month(date(2026, 3, 1)), analyst, at=now)

    assert [one.state for one in found] == ["done", "planned"]


def test_the_number_of_queries_does_not_grow_with_the_villages(
    partner, visited, analyst, now, django_assert_max_num_queries
):
    partner()
    partner(TULAKADI)
    visited()
    visited(TULAKADI)
    at = datetime(2026, 3, 4, 3, tzinfo=UTC)

    with django_assert_max_num_queries(14):
        queries.partners_standing(analyst, at=at)
