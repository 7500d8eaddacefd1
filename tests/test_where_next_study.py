"""The study of "where next" in short: paired worlds are the same for all plans, and the page says who wins and who loses."""

from dataclasses import replace

import numpy as np
import pytest

from validation import where_next as study

SEVERAL, RULE_RIGHT = study.KINDS[0], study.KINDS[-1]


def year_of(world, plan, seed=3):
    year = study.start_of(world)
    random = np.random.default_rng(seed)
    for month in range(study.MONTHS):
        plan(world, year, month, random)
    return year


def test_a_world_is_the_same_for_the_same_seed_and_another_for_another():
    one, same, other = study.draw_world(SEVERAL, 1, 0), study.draw_world(SEVERAL, 1, 0), study.draw_world(SEVERAL, 1, 1)

    assert np.array_equal(one.hazard, same.hazard)
    assert np.array_equal(one.believed, same.believed)
    assert not np.array_equal(one.hazard, other.hazard)
    assert one.hazard.sum() == pytest.approx(study.EVENTS_A_YEAR / study.MONTHS)


def test_where_the_rule_is_right_hazard_follows_migrant_workers_and_all_is_as_near():
    world = study.draw_world(RULE_RIGHT, 1, 0)

    assert np.corrcoef(np.log(world.hazard), np.log(world.migrants))[0, 1] == pytest.approx(1.0)
    assert np.ptp(world.hours) == 0


@pytest.mark.parametrize("plan", list(study.PLANS.values()), ids=list(study.PLANS))
def test_every_plan_keeps_to_the_hours_and_to_one_designation_a_month(plan):
    world = study.draw_world(SEVERAL, 1, 0)

    year = year_of(world, plan)

    for month in range(study.MONTHS):
        designated = int((year.partner_from == month).sum()) - (study.PARTNERS_AT_FIRST if month == 0 else 0)
        spent = float(year.visits[month] @ world.hours) + designated * study.DESIGNATION_HOURS
        assert spent <= study.HOURS_A_MONTH + 1e-9
        assert designated <= study.DESIGNATIONS_A_MONTH


def test_more_visits_never_make_the_lead_shorter_on_the_same_events():
    world = study.draw_world(SEVERAL, 1, 0)
    nothing, much = study.start_of(world), study.start_of(world)
    much.visits[:] = 1

    less, more = study.lead_days(world, nothing, 1, 0), study.lead_days(world, much, 1, 0)

    assert (more >= less).all()
    assert more.mean() > less.mean() > 0


def test_villages_that_hear_nothing_leave_visits_without_effect():
    deaf = study.draw_world(SEVERAL, 1, 0)
    deaf = replace(deaf, kind=replace(deaf.kind, ears=1e-9))
    nothing, much = study.start_of(deaf), study.start_of(deaf)
    much.visits[:] = 1

    assert study.lead_days(deaf, much, 1, 0).mean() == pytest.approx(study.lead_days(deaf, nothing, 1, 0).mean())


def test_the_page_says_who_wins_and_who_loses():
    def rows(gain):
        return [
            {study.RULE: 10.0, study.INDEX: 11.0, study.PLANNED: 10.0 + gain + n / 10, "share of bound": 0.9}
            for n in range(4)
        ]

    gains = [3.0, 3.0, 3.0, -0.15, 3.0, -3.0]
    made = {"ran_on": "2026-11-23", "kentongan": "0", "engine": "e", "python": "3", "processors": 2, "machine": "m"}
    page = study.written({kind.code: rows(gain) for kind, gain in zip(study.KINDS, gains, strict=True)}, 1, 12.0, made)

    assert page.count("where next wins") == 4
    assert "where next **loses** (-2.85 days" in page
    assert "**cannot be told from the rule** (" in page
