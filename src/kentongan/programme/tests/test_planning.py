"""The plan of a month: computed from the index, edited with reasons, approved by the leader, carried out once."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import NotVisible, RoleMayNotAct
from kentongan.audit.models import TrailRow
from kentongan.places.models import Place
from kentongan.programme import planning_actions as plans
from kentongan.programme.actions import NotUsable, StepNotAllowed
from kentongan.programme.actions.common import ChangedMeanwhile, NotOurs, ReasonMissing
from kentongan.programme.models import PartnerVillage, Visit
from kentongan.programme.planning_computing import NoPlan, area_of, compute
from kentongan.programme.planning_models import Plan
from kentongan.programme.planning_queries import gaps_in_words, lines_in_words, plan_in_view, plans_in_view
from kentongan.programme.planning_rules import hazard_draws, visit_days
from kentongan.programme.rules import Month
from kentongan.vulnerability.index_models import IndexRun

from .conftest import OFFICE, SILAWAN, TULAKADI
from .planning_world import make_run, make_villages

SADI = 7
APRIL = Month(date(2026, 4, 1))


@pytest.fixture
def leader(analyst, actor_of):
    return actor_of(OFFICE, role="leader")


@pytest.fixture
def index(analyst, now):
    """Eight villages in the office's regency; Silawan is by far the most vulnerable."""
    Agency.objects.filter(pk=OFFICE).update(seat=3)
    far = make_villages(5)
    scores = {SILAWAN: 90.0, TULAKADI: 40.0, SADI: 30.0} | {key: 20.0 + n for n, key in enumerate(far)}
    return make_run(OFFICE, scores, at=now, as_of=date(2026, 3, 1), doubt=1)


@pytest.fixture
def drafted(index, analyst, now):
    """Compute a plan: `drafted(hours=20, designations=1)`."""

    def make(*, hours=20.0, designations=1, month=APRIL, by=None, index="tppm"):
        return plans.draft_plan(
            month=month, index=index, origin=Place.objects.get(pk=3), hours=hours, designations=designations,
            by=by or analyst, at=now,
        )  # fmt: skip

    return make


@pytest.fixture
def proposed(drafted, analyst, officer_behind, now):
    """A plan that waits for the leader, every line with its officer."""

    def make(**told):
        plan = drafted(**told)
        plan.lines.update(officer=officer_behind(analyst))
        return plans.propose_plan(plan=plan, version=plan.version, by=analyst, at=now)

    return make


def test_a_plan_is_computed_within_its_hours_and_says_what_it_rests_on(drafted, index):
    plan = drafted()

    first = plan.lines.first()
    assert first.place_id == SILAWAN
    assert first.visits >= 1
    assert sum(line.visits * line.hours + 8 * line.is_designation for line in plan.lines.all()) <= 20
    assert (plan.run, plan.run_as_of, plan.villages) == (index.pk, date(2026, 3, 1), 8)
    assert plan.state == Plan.State.DRAFT
    assert 0 <= plan.warned_before < plan.warned_after < 100
    assert plan.value <= plan.upper_bound
    assert plan.assumptions["visit_warns"] == 0.3
    assert TrailRow.objects.filter(event="plan.drafted").count() == 1


def test_a_plan_is_computed_before_anything_is_held_for_writing(drafted, monkeypatch):
    held = []
    monkeypatch.setattr(plans, "compute", lambda **told: held.append(len(connection.savepoint_ids)) or compute(**told))
    before = len(connection.savepoint_ids)

    drafted()

    assert held == [before]


def test_the_same_villages_give_the_same_plan(drafted, analyst, now):
    first = drafted()
    said = list(first.lines.values_list("place", "visits", "is_designation", "warnings"))
    plans.withdraw_plan(plan=first, version=1, why="dihitung ulang", by=analyst, at=now)

    assert list(drafted().lines.values_list("place", "visits", "is_designation", "warnings")) == said


def test_every_line_and_every_gap_says_why(drafted):
    plan = drafted(hours=9.0, designations=0)

    lines = lines_in_words(plan)
    gaps = gaps_in_words(plan, lines)
    assert all("dari setiap 100" in one.why[0] for one in lines)
    assert gaps
    assert all("jam" in one.why for one in gaps)
    assert {one.gap.place_id for one in gaps}.isdisjoint({one.line.place_id for one in lines})


def test_partner_villages_are_not_proposed_again_and_visits_that_stand_are_counted(drafted, partner, planned):
    partner(SILAWAN)
    for day in (3, 10):
        planned(SILAWAN, on=date(2026, 4, day))

    plan = drafted(designations=3, hours=40.0)

    lines = {line.place_id: line for line in plan.lines.all()}
    assert not any(line.is_designation and line.place_id == SILAWAN for line in lines.values())
    assert plan.warned_before > 0


def test_a_village_that_another_office_looks_after_is_not_proposed(drafted, partner, agency_of, actor_of):
    """As far as it is seen: the other office answers to this one here."""
    agency_of("pos-kupang", parent=OFFICE)
    PartnerVillage.objects.filter(pk=partner(SILAWAN).pk).update(owner="pos-kupang")

    plan = drafted(designations=1, hours=60.0, by=actor_of(OFFICE, role="coordinator"))

    assert not plan.lines.filter(place=SILAWAN, is_designation=True).exists()


def test_without_a_run_in_view_or_a_known_origin_there_is_no_plan(drafted, index, analyst, now):
    with pytest.raises(NoPlan, match="minta perhitungannya"):
        drafted(index="tppo")
    with pytest.raises(NoPlan, match="berangkat"):
        plans.draft_plan(
            month=APRIL, index="tppm", origin=Place.objects.get(pk=1), hours=10, designations=0, by=analyst, at=now
        )


def test_without_a_village_in_its_area_an_office_has_no_plan(drafted):
    Agency.objects.filter(pk=OFFICE).update(seat=10)  # Banten

    with pytest.raises(NoPlan, match="wilayah kerja"):
        drafted()


def test_the_area_is_that_of_the_competence_before_that_of_the_seat(index, now):
    agency = Agency.objects.get(pk=OFFICE)
    assert SILAWAN in area_of(OFFICE, on=now.date())

    told = agency.competences.create(matter="foreigners", valid_from=date(2020, 1, 1))
    told.roots.add(8)
    assert area_of(OFFICE, on=now.date()) == {8}


@pytest.mark.parametrize(
    ("told", "field"),
    [({"hours": 0.0}, "hours"), ({"hours": 5000.0}, "hours"), ({"designations": -1}, "designations"),
     ({"month": Month(date(2026, 1, 1))}, "month"), ({"index": "lain"}, "index")],
)  # fmt: skip
def test_a_month_that_is_over_and_capacities_without_sense_are_refused(drafted, told, field):
    with pytest.raises(NotUsable) as refusal:
        drafted(**told)

    assert refusal.value.field == field
    assert not Plan.objects.exists()


def test_one_plan_stands_for_a_month_until_it_is_withdrawn(drafted, analyst, now):
    plan = drafted()
    with pytest.raises(plans.PlanStands):
        drafted()

    with pytest.raises(ReasonMissing):
        plans.withdraw_plan(plan=plan, version=1, why=" ", by=analyst, at=now)
    plans.withdraw_plan(plan=plan, version=1, why="jam petugas berubah", by=analyst, at=now)
    assert drafted().state == Plan.State.DRAFT


def test_an_edited_line_says_who_why_and_what_had_been_computed(drafted, analyst, officer_behind, now):
    plan = drafted()
    line = plan.lines.first()

    plans.edit_line(
        line=line, version=1, visits=0, is_designation=False, officer=None, why="jembatan putus", by=analyst, at=now
    )

    (first, *_rest) = lines_in_words(plan)
    assert first.line.is_struck
    assert (first.line.edited_by, first.line.edited_why) == (analyst.ref, "jembatan putus")
    assert f"{line.computed_visits} kunjungan" in first.was
    with pytest.raises(ReasonMissing):
        plans.edit_line(line=line, version=2, visits=1, is_designation=False, officer=None, why="", by=analyst, at=now)


def test_whoever_comes_second_is_refused(drafted, analyst, now):
    line = drafted().lines.first()
    told = {"visits": 1, "is_designation": False, "officer": None, "why": "satu cukup", "by": analyst, "at": now}
    plans.edit_line(line=line, version=1, **told)

    with pytest.raises(ChangedMeanwhile):
        plans.edit_line(line=line, version=1, **told)


def test_a_village_can_be_added_with_a_reason_once(drafted, analyst, now):
    plan = drafted(hours=9.0, designations=0)
    missing = plan.gaps.last().place
    told = {"visits": 1, "is_designation": False, "officer": None, "why": "diminta kecamatan", "by": analyst, "at": now}

    line = plans.add_line(plan=plan, version=1, place=missing, **told)

    assert (line.computed_visits, line.edited_why, line.warnings) == (0, "diminta kecamatan", None)
    with pytest.raises(NotUsable, match="sudah ada"):
        plans.add_line(plan=plan, version=2, place=missing, **told)
    with pytest.raises(NotUsable, match="bukan desa"):
        plans.add_line(plan=plan, version=2, place=Place.objects.get(pk=4), **told)
    with pytest.raises(NotUsable, match="sedikitnya satu"):
        plans.add_line(plan=plan, version=2, place=missing, **(told | {"visits": 0}))
    with pytest.raises(NotUsable, match="antara 0 dan 8"):
        plans.add_line(plan=plan, version=2, place=missing, **(told | {"visits": 9}))


def test_a_plan_names_who_goes_before_it_is_proposed(drafted, analyst, now):
    plan = drafted()

    with pytest.raises(StepNotAllowed, match="siapa yang mengunjungi: Silawan"):
        plans.propose_plan(plan=plan, version=1, by=analyst, at=now)


def test_a_plan_that_wants_nothing_is_not_proposed(drafted, analyst, now):
    plan = drafted(hours=1.0, designations=0)

    assert not plan.lines.exists()
    with pytest.raises(StepNotAllowed, match="satu pun"):
        plans.propose_plan(plan=plan, version=1, by=analyst, at=now)


def test_the_leaders_word_plans_the_visits_and_proposes_the_designations_once(proposed, leader, now):
    plan = proposed(hours=40.0, designations=1)
    wanted = sum(line.visits for line in plan.lines.all())

    approved = plans.approve_plan(plan=plan, version=plan.version, by=leader, at=now)

    visits = Visit.objects.filter(state="planned")
    assert approved.state == Plan.State.APPROVED
    assert visits.count() == wanted > 1
    assert all(APRIL.holds(visit.planned_on) and visit.planned_on.weekday() != 6 for visit in visits)
    designated = set(plan.lines.filter(is_designation=True).values_list("place_id", flat=True))
    assert designated
    assert visits.filter(place__in=designated).exists()
    assert not visits.filter(place__in=designated, village=None).exists()
    assert set(PartnerVillage.objects.filter(status="proposed").values_list("place_id", flat=True)) == designated
    with pytest.raises(StepNotAllowed):
        plans.approve_plan(plan=approved, version=approved.version, by=leader, at=now)
    assert visits.count() == wanted


def test_only_the_leader_approves_and_not_what_the_leader_proposed(
    proposed, drafted, analyst, leader, officer_behind, now
):
    plan = proposed()
    with pytest.raises(RoleMayNotAct):
        plans.approve_plan(plan=plan, version=plan.version, by=analyst, at=now)

    Plan.objects.filter(pk=plan.pk).update(proposed_by=leader.ref)
    plan.refresh_from_db()
    with pytest.raises(StepNotAllowed, match="sendiri"):
        plans.approve_plan(plan=plan, version=plan.version, by=leader, at=now)
    assert not Visit.objects.exists()


def test_what_is_edited_after_it_was_proposed_is_a_draft_again(proposed, analyst, officer_behind, now):
    plan = proposed()
    line = plan.lines.first()

    after = plans.edit_line(
        line=line, version=plan.version, visits=1, is_designation=False, officer=officer_behind(analyst),
        why="satu dahulu", by=analyst, at=now,
    )  # fmt: skip

    assert (after.state, after.proposed_by) == (Plan.State.DRAFT, "")


def test_an_approved_plan_is_neither_edited_nor_withdrawn(proposed, leader, analyst, now):
    plan = proposed()
    plan = plans.approve_plan(plan=plan, version=plan.version, by=leader, at=now)

    with pytest.raises(StepNotAllowed):
        plans.withdraw_plan(plan=plan, version=plan.version, why="berubah", by=analyst, at=now)
    with pytest.raises(StepNotAllowed):
        plans.edit_line(
            line=plan.lines.first(), version=plan.version, visits=1, is_designation=False, officer=None, why="x",
            by=analyst, at=now,
        )  # fmt: skip


def test_another_offices_plan_is_seen_from_above_and_changed_by_nobody_else(drafted, region, headman, actor_of, now):
    plan = drafted()
    stranger = actor_of("polres-belu", role="analyst", kind="police")

    assert plan_in_view(region, plan.pk, at=now).pk == plan.pk
    with pytest.raises(NotOurs):
        plans.withdraw_plan(plan=plan, version=1, why="bukan milik saya", by=region, at=now)
    assert not plans_in_view(stranger, at=now).exists()
    assert not plans_in_view(headman, at=now).exists()
    with pytest.raises(NotVisible):
        plan_in_view(headman, plan.pk, at=now)


def test_a_plan_on_a_run_that_was_shared_with_the_office_alone_is_not_seen_from_above(
    drafted, index, region, analyst, agency_of, now
):
    plan = drafted()
    agency_of("polres-belu", kind="police")
    IndexRun.objects.filter(pk=index.pk).update(owner="polres-belu")

    assert not plans_in_view(region, at=now).exists()
    assert plan_in_view(analyst, plan.pk, at=now) == plan


def test_an_officer_who_does_not_serve_there_cannot_be_sent(drafted, analyst, actor_of, now):
    stranger = actor_of("polres-belu", role="analyst", kind="police")

    with pytest.raises(NotUsable, match="tidak sedang bertugas"):
        plans.edit_line(
            line=drafted().lines.first(), version=1, visits=1, is_designation=False,
            officer=Officer.objects.get(pk=stranger.ref.removeprefix("officer:")), why="bantuan", by=analyst, at=now,
        )  # fmt: skip


def test_visits_are_spread_over_what_is_left_of_the_month():
    whole = visit_days(APRIL, date(2026, 3, 4), 4)
    late = visit_days(APRIL, date(2026, 4, 29), 3)

    assert whole == sorted(set(whole))
    assert all(APRIL.holds(day) for day in whole)
    assert {day.day // 8 for day in whole} == {0, 1, 2, 3}
    assert late == [date(2026, 4, 29), date(2026, 4, 30), date(2026, 4, 30)]
    assert visit_days(APRIL, APRIL.after, 1) == []
    assert visit_days(APRIL, APRIL.after - timedelta(days=1), 1) == [date(2026, 4, 30)]


def test_hazard_adds_up_to_a_hundred_and_is_as_unsure_as_the_ranks():
    scores = np.array([80.0, 60.0, 40.0, 20.0])
    sure = hazard_draws(scores, np.arange(1, 5), np.arange(1, 5), scores)
    unsure = hazard_draws(scores, np.array([1, 1, 2, 3]), np.array([2, 3, 4, 4]), scores)

    assert sure.mean(axis=1).sum() == pytest.approx(100)
    assert sure.std(axis=1) == pytest.approx(0)
    assert sure[0, 0] == pytest.approx(40)
    assert (unsure.std(axis=1) > 0).all()
