"""A visit from plan to record, and the nil report that it files."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError

from kentongan.agreements.access import RoleMayNotAct
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.intake.models import Report
from kentongan.programme import actions, queries
from kentongan.programme.actions import VisitDone
from kentongan.programme.models import Visit

from .conftest import DISTRICT, OFFICE, SILAWAN, TODAY, TULAKADI

NIL = {"is_nil": True, "nil_from": date(2026, 2, 1)}


def test_a_planned_visit_belongs_to_the_partner_village(partner, planned):
    made = partner()

    visit = planned()

    assert (visit.village, visit.state, visit.planned_on) == (made, "planned", TODAY)


def test_a_visit_may_go_to_a_village_that_is_no_partner(planned):
    assert planned(TULAKADI).village is None


def test_a_visit_planned_before_the_designation_counts_for_the_partner_village(planned, visited, partner, analyst, now):
    visit = planned()
    made = partner()

    visited(visit=visit)

    (standing,) = queries.partners_standing(analyst, at=now)
    assert (standing.village, standing.last_visit) == (made, TODAY)


def test_the_same_form_plans_once(planned):
    key = uuid4()

    assert planned(key=key) == planned(key=key)
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("on", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_a_plan_lies_between_today_and_a_year_ahead(planned, on):
    with pytest.raises(actions.NotUsable) as refusal:
        planned(on=on)

    assert refusal.value.field == "planned_on"


def test_a_visit_is_recorded_with_functions_topics_and_heads(partner, visited):
    partner()

    visit = visited(met={"village_head": 1, "hamlet_head": 4}, topics=("trafficking", "reporting"), heads=23)

    assert (visit.state, visit.heads, visit.topics) == ("done", 23, ["reporting", "trafficking"])
    assert visit.met == [["hamlet_head", 4], ["village_head", 1]]
    assert not Report.objects.exists()


def test_a_nil_visit_files_a_nil_report_of_the_village(partner, visited):
    partner()

    visit = visited(**NIL)

    report = Report.objects.get()
    assert visit.report == report
    assert (report.is_nil, report.place_id, report.owner_id) == (True, SILAWAN, OFFICE)
    assert (report.covers_from, report.covers_to) == (date(2026, 2, 1), TODAY + timedelta(days=1))
    assert OutboxRow.objects.filter(topic="report.received").count() == 1


def test_two_nil_visits_of_one_village_are_two_reports(visited, planned, now):
    visited(**NIL)
    visited(visit=planned(), **NIL)

    assert Report.objects.count() == 2


def test_visit_and_nil_report_stand_or_fall_together(planned, visited, monkeypatch):
    visit = planned()

    def broken(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr("kentongan.programme.actions.visits.let_village_see", broken)
    with pytest.raises(DatabaseError):
        visited(visit=visit, **NIL)

    visit.refresh_from_db()
    assert (visit.state, Report.objects.count()) == ("planned", 0)


def test_the_same_form_records_once(visited, planned):
    visit, key = planned(), uuid4()

    visited(visit=visit, key=key, **NIL)
    again = visited(visit=visit, key=key, **NIL)

    assert again.version == 2
    assert Report.objects.count() == 1
    assert TrailRow.objects.filter(event="visit.recorded").count() == 1


def test_the_second_of_two_officers_is_told_and_nothing_is_stored(visited, planned):
    visit = planned()
    visited(visit=visit, heads=12)

    with pytest.raises(actions.ChangedMeanwhile):
        visited(visit=visit, heads=99, **NIL)

    visit.refresh_from_db()
    assert (visit.heads, Report.objects.count()) == (12, 0)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"done_on": TODAY + timedelta(days=2)}, "done_on"),
        ({"topics": ()}, "topics"),
        ({"topics": ("gossip",)}, "topics"),
        ({"met": {"neighbour": 1}}, "met"),
        ({"met": {"resident": 0}}, "met"),
        ({"heads": -1}, "heads"),
        ({"notes": "x" * 2001}, "notes"),
        ({"notes": "pengungsi Rohingya dengan kartu UNHCR"}, "notes"),
        ({"is_nil": True}, "nil_from"),
        ({"is_nil": True, "nil_from": TODAY - timedelta(days=200)}, "nil_from"),
        ({"is_nil": True, "nil_from": TODAY + timedelta(days=1)}, "nil_from"),
    ],
)
def test_what_cannot_be_recorded_says_which_field(visited, planned, told, field):
    visit = planned()

    with pytest.raises(actions.NotUsable) as refusal:
        visited(visit=visit, **told)

    visit.refresh_from_db()
    assert (refusal.value.field, visit.state) == (field, "planned")


def test_a_whole_district_is_never_reported_nil(visited, planned):
    with pytest.raises(actions.NotUsable) as refusal:
        visited(visit=planned(DISTRICT), **NIL)

    assert refusal.value.field == "is_nil"


def test_who_files_no_reports_records_no_nil_visit(actor_of, visited, planned):
    leader = actor_of(OFFICE, role="coordinator")
    visit = planned(by=leader)

    with pytest.raises(RoleMayNotAct):
        visited(visit=visit, by=leader, **NIL)
    assert visited(visit=visit, by=leader).state == "done"


def test_a_role_that_only_reads_plans_nothing(planned, actor_of, analyst):
    with pytest.raises(RoleMayNotAct):
        planned(by=actor_of(OFFICE, role="case_officer"))


def test_another_office_records_nothing_of_ours(planned, visited, actor_of):
    visit = planned()

    with pytest.raises(actions.NotOurs):
        visited(visit=visit, by=actor_of("kanim-kupang", role="analyst"))


def test_an_unplanned_visit_is_recorded_once_a_form(analyst, officer_behind, place, partner, now):
    partner()
    done = VisitDone(done_on=TODAY, topics=("passport",), is_nil=True, nil_from=TODAY)
    told = {"place": place(), "kind": "outreach", "officer": officer_behind(analyst), "done": done, "key": uuid4()}

    first = actions.record_unplanned_visit(**told, by=analyst, at=now)
    again = actions.record_unplanned_visit(**told, by=analyst, at=now)

    assert first == again
    assert (first.state, first.planned_on, first.report.is_nil) == ("done", None, True)
    assert Report.objects.count() == 1


def test_a_visit_is_cancelled_for_a_reason_and_then_stays_so(planned, visited, analyst, now):
    visit = planned()
    with pytest.raises(actions.ReasonMissing):
        actions.cancel_visit(visit=visit, version=1, why="", by=analyst, at=now)

    gone = actions.cancel_visit(visit=visit, version=1, why="jalan putus", by=analyst, at=now)

    assert (gone.state, gone.cancelled_why) == ("cancelled", "jalan putus")
    with pytest.raises(actions.StepNotAllowed):
        visited(visit=visit, version=2)


def test_the_village_sees_when_it_was_visited_on_what_and_not_the_notes(partner, visited, place, headman, now):
    partner()
    visited(notes="kepala dusun gelisah")

    (shown,) = queries.visits_at(place(), headman, at=now)

    assert (shown.done_on, shown.topics, shown.heads) == (TODAY, ["reporting"], 12)
    assert (shown.notes, shown.officer_id) == ("", None)


def test_a_planned_visit_is_not_shown_to_the_village_yet(partner, planned, place, headman, now):
    partner()
    planned()

    assert queries.visits_at(place(), headman, at=now).count() == 0


def test_visits_of_an_office_stay_with_it_and_those_above(visited, place, region, actor_of, now):
    visited()

    assert queries.visits_at(place(), region, at=now).count() == 1
    assert queries.visits_at(place(), actor_of("kanim-kupang", role="analyst"), at=now).count() == 0
