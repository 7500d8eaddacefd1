"""The next visits, beside all plans tried one by one and beside a greedy that is not lazy."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from kentongan.engine.errors import EngineInputError
from kentongan.engine.placement import (
    GUARANTEE,
    Candidates,
    Capacity,
    Effects,
    Placement,
    nearby,
    place_visits,
    uncertainty_of,
)

EFFECTS = Effects()


def villages(seed: int, number: int, *, draws: int = 20, near: bool = True) -> Candidates:
    """Villages drawn at random."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, 12, (2, number))
    return Candidates(
        hazard=random.lognormal(random.normal(0, 1, (number, 1)), random.uniform(0.1, 1, (number, 1)), (number, draws)),
        hours=random.uniform(1, 8, number),
        designation_hours=random.uniform(4, 12, number),
        visits=random.integers(0, 2, number).astype(np.float64),
        is_designated=random.random(number) < 0.3,
        unknown=random.uniform(0.2, 1, number),
        heard=nearby(x, y) if near else None,
    )


def plain_value(
    candidates: Candidates, effects: Effects, visits: tuple[int, ...], designated: tuple[int, ...]
) -> float:
    """What a plan is worth by the definition, village by village and visit by visit."""
    number = len(visits)
    heard = np.eye(number) if candidates.heard is None else candidates.heard.toarray()
    standing = np.zeros(number) if candidates.visits is None else candidates.visits
    partners = np.zeros(number, dtype=bool) if candidates.is_designated is None else candidates.is_designated
    unknown = np.ones(number) if candidates.unknown is None else candidates.unknown

    def worth(new: tuple[int, ...], made: tuple[int, ...]) -> float:
        total = 0.0
        for j in range(number):
            miss, dark = 1.0, float(unknown[j])
            for i in range(number):
                miss *= (1 - effects.visit_warns * heard[i, j]) ** (standing[i] + new[i])
                dark *= (1 - effects.visit_knows * heard[i, j]) ** (standing[i] + new[i])
            if partners[j] or made[j]:
                miss *= 1 - effects.designation_warns
                dark *= 1 - effects.designation_knows
            if made[j]:
                standing_miss = math.prod((1 - effects.visit_warns * heard[i, j]) ** standing[i] for i in range(number))
                later = (effects.designation_periods - 1) * effects.designation_warns * standing_miss
                total += later * float(candidates.hazard[j].mean())
            doubt = float(np.std(candidates.hazard[j]))
            total += float(candidates.hazard[j].mean()) * (1 - miss) + effects.uncertain_weight * doubt * (1 - dark)
        return total

    nothing = (0,) * number
    return worth(visits, designated) - worth(nothing, nothing)


def best_of_all(candidates: Candidates, capacity: Capacity, effects: Effects) -> float:
    """The worth of the best plan, by trying all of them."""
    number = len(candidates.hazard)
    best = 0.0
    for visits in itertools.product(range(capacity.visits_per_village + 1), repeat=number):
        for made in itertools.product((0, 1), repeat=number):
            hours = float(np.dot(visits, candidates.hours) + np.dot(made, candidates.designation_hours))
            doubly = candidates.is_designated is not None and bool(
                (np.array(made, bool) & candidates.is_designated).any()
            )
            if hours <= capacity.hours and sum(made) <= capacity.designations and not doubly:
                best = max(best, plain_value(candidates, effects, visits, made))
    return best


def as_counts(plan: Placement, number: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The plan as visits and designations by village."""
    visits, made = [0] * number, [0] * number
    for one in plan.chosen:
        visits[one.village], made[one.village] = one.visits, int(one.is_designated)
    return tuple(visits), tuple(made)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(3, 25), st.integers(0, 2))
def test_no_plan_is_worth_more_than_the_bound_nor_this_one_less_than_its_share(
    seed: int, hours: float, free: int
) -> None:
    candidates = villages(seed, 4)
    capacity = Capacity(hours=hours, designations=free, visits_per_village=2)

    plan = place_visits(candidates, capacity=capacity)

    best = best_of_all(candidates, capacity, EFFECTS)
    assert plan.value <= best + 1e-9 <= plan.upper_bound + 2e-9
    assert plan.value >= GUARANTEE * best - 1e-9
    assert plan.hours <= hours + 1e-9
    assert sum(one.is_designated for one in plan.chosen) <= free


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_worth_of_a_plan_is_that_of_its_definition(seed: int) -> None:
    candidates = villages(seed, 7)

    plan = place_visits(candidates, capacity=Capacity(hours=20, designations=1))

    visits, made = as_counts(plan, 7)
    assert plan.value == pytest.approx(plain_value(candidates, EFFECTS, visits, made))
    assert plan.value == pytest.approx(sum(step.gain for step in plan.steps))
    for one in plan.chosen:
        rest = [0 if i == one.village else n for i, n in enumerate(visits)]
        others = [0 if i == one.village else n for i, n in enumerate(made)]
        without = plain_value(candidates, EFFECTS, tuple(rest), tuple(others))
        assert one.loss_without == pytest.approx(plan.value - without)


def plain_greedy(candidates: Candidates, capacity: Capacity, *, per_hour: bool) -> float:
    """The worth of the greedy plan when every gain is computed anew at every step, from the definition."""
    number = len(candidates.hazard)
    visits, made, hours, value = [0] * number, [0] * number, 0.0, 0.0
    while True:
        options = []
        for village in range(number):
            partner = candidates.is_designated is not None and candidates.is_designated[village]
            for what, cost, may in (
                (visits, candidates.hours[village], visits[village] < capacity.visits_per_village),
                (
                    made,
                    candidates.designation_hours[village],
                    not partner and not made[village] and sum(made) < capacity.designations,
                ),
            ):
                if may and hours + cost <= capacity.hours:
                    what[village] += 1
                    gain = plain_value(candidates, EFFECTS, tuple(visits), tuple(made)) - value
                    what[village] -= 1
                    options.append((gain / (cost if per_hour else 1), -village, what is visits, cost, gain))
        if not options:
            return value
        _worth, village, is_visit, cost, gain = max(options)
        (visits if is_visit else made)[-village] += 1
        hours, value = hours + float(cost), value + gain


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_laziness_changes_nothing(seed: int) -> None:
    candidates = villages(seed, 8)
    capacity = Capacity(hours=18, designations=2)

    plan = place_visits(candidates, capacity=capacity)

    plain = [plain_greedy(candidates, capacity, per_hour=per_hour) for per_hour in (True, False)]
    assert plan.value == pytest.approx(max(plain))


def test_two_plans_from_the_same_villages_are_the_same() -> None:
    one, other = (place_visits(villages(3, 60), capacity=Capacity(hours=40, designations=3)) for _ in range(2))

    assert one.steps == other.steps
    assert one.upper_bound == other.upper_bound
    assert np.array_equal(one.warned, other.warned)


def test_of_equal_villages_the_first_is_taken() -> None:
    alike = Candidates(hazard=np.ones((5, 3)), hours=np.full(5, 2.0), designation_hours=np.full(5, 9.0))

    plan = place_visits(alike, capacity=Capacity(hours=4, visits_per_village=1))

    assert [one.village for one in plan.chosen] == [0, 1]


def test_a_second_visit_adds_less_than_the_first() -> None:
    one_village = Candidates(hazard=np.full((1, 2), 8.0), hours=np.ones(1), designation_hours=np.ones(1))

    plan = place_visits(one_village, capacity=Capacity(hours=3, visits_per_village=3))

    gains = [step.warnings for step in plan.steps]
    assert gains == pytest.approx([2.4, 1.68, 1.176])


def test_of_two_villages_alike_in_the_mean_the_less_known_is_visited() -> None:
    hazard = np.array([[1.0, 1.0, 1.0], [0.1, 1.0, 1.9]])
    pair = Candidates(hazard=hazard, hours=np.ones(2), designation_hours=np.ones(2))

    plan = place_visits(pair, capacity=Capacity(hours=1, visits_per_village=1))
    seen_lately = replace(pair, unknown=np.array([1.0, 0.0]))
    later = place_visits(seen_lately, capacity=Capacity(hours=1, visits_per_village=1))
    blind = place_visits(pair, capacity=Capacity(hours=1), effects=replace(EFFECTS, uncertain_weight=0.0))

    assert [one.village for one in plan.chosen] == [1]
    assert plan.chosen[0].coverage == pytest.approx(0.1 * 0.5 * uncertainty_of(hazard)[1])
    assert [one.village for one in later.chosen] == [0]
    assert blind.chosen[0].coverage == 0


def test_a_village_from_where_others_are_heard_is_preferred_and_its_part_told() -> None:
    heard = nearby([0, 1, 2, 30], [0, 0, 0, 0], share=0.5, reach_km=4)
    four = Candidates(hazard=np.ones((4, 2)), hours=np.ones(4), designation_hours=np.ones(4), heard=heard)

    plan = place_visits(four, capacity=Capacity(hours=1, visits_per_village=1))

    (one,) = plan.chosen
    assert one.village == 1
    assert one.near == pytest.approx(0.3 * 2 * 0.5 * math.exp(-1 / 4))
    assert heard[0, 3] == 0
    assert heard[1, 0] == heard[0, 1]


def test_what_stands_already_is_not_counted_twice() -> None:
    bare = villages(5, 6)
    visited = replace(bare, visits=np.array([3.0, 0, 0, 0, 0, 0]), heard=None)

    plan = place_visits(visited, capacity=Capacity(hours=0))

    assert plan.value == 0
    assert plan.steps == ()
    assert plan.warned_before[0] > 0
    assert np.array_equal(plan.warned, plan.warned_before)
    assert plan.missed == pytest.approx(plan.hazard - plan.warned)
    assert {step.village for step in plan.next_steps} == set(range(6))
    assert plan.share_of_bound == 1.0


def test_a_village_that_may_not_be_chosen_is_never_chosen() -> None:
    closed = replace(villages(8, 6), hours=np.array([math.inf, 1, 1, 1, 1, 1]), designation_hours=np.full(6, math.inf))

    plan = place_visits(closed, capacity=Capacity(hours=50, designations=6))

    assert {one.village for one in plan.chosen} == {1, 2, 3, 4, 5}
    assert not any(one.is_designated for one in plan.chosen)


def test_the_guarantee_is_not_claimed_where_the_limit_on_designations_held_one_back() -> None:
    many = replace(villages(9, 6), is_designated=np.zeros(6, dtype=bool))

    bound_by_hours = place_visits(many, capacity=Capacity(hours=60, designations=6))
    held_back = place_visits(many, capacity=Capacity(hours=200, designations=1))

    assert bound_by_hours.guarantee == pytest.approx(0.316, abs=1e-3)
    assert held_back.guarantee is None
    assert held_back.value <= held_back.upper_bound


def test_the_best_that_found_no_room_are_named_with_what_they_would_add() -> None:
    plan = place_visits(villages(11, 30), capacity=Capacity(hours=10))

    worths = [step.gain / step.hours for step in plan.next_steps]
    assert len(worths) == 10
    assert worths == sorted(worths, reverse=True)
    of_visits = [step for step in plan.next_steps if step.kind == "visit"]
    assert [plan.visit_gain[step.village] for step in of_visits] == pytest.approx([step.gain for step in of_visits])


def test_a_costly_village_that_alone_is_worth_more_is_not_lost_to_a_cheap_one() -> None:
    hazard: NDArray[np.float64] = np.array([[1.0], [20.0]])
    pair = Candidates(hazard=hazard, hours=np.array([0.4, 10.0]), designation_hours=np.full(2, math.inf))

    plan = place_visits(pair, capacity=Capacity(hours=10, visits_per_village=1))

    assert plan.way == "per_item"
    assert [one.village for one in plan.chosen] == [1]


def test_more_hours_never_make_the_bound_smaller() -> None:
    bounds = [place_visits(villages(2, 25), capacity=Capacity(hours=h)).upper_bound for h in (5, 10, 20, 40)]

    assert bounds == sorted(bounds)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"hazard": np.full((3, 2), -1.0)}, "Bahaya"),
        ({"hazard": np.array([[np.nan], [1.0], [1.0]])}, "Bahaya"),
        ({"hazard": np.ones(3)}, "Bahaya"),
        ({"hours": np.ones(2)}, "satu nilai per desa"),
        ({"hours": np.array([0.0, 1, 1])}, "Jam"),
        ({"unknown": np.array([0.0, 1, 2])}, "belum diketahui"),
        ({"visits": np.array([-1.0, 1, 2])}, "Kunjungan"),
        ({"heard": sparse.csr_array(np.full((3, 3), 0.5))}, "Jangkauan"),
        ({"heard": sparse.eye_array(2, format="csr")}, "Jangkauan"),
    ],
)
def test_what_cannot_be_planned_on_is_refused_with_its_reason(wrong: dict[str, object], word: str) -> None:
    three = Candidates(hazard=np.ones((3, 2)), hours=np.ones(3), designation_hours=np.ones(3))

    with pytest.raises(EngineInputError, match=word):
        place_visits(replace(three, **wrong), capacity=Capacity(hours=3))  # type: ignore[arg-type]


def test_senseless_capacities_chances_and_reaches_are_refused() -> None:
    three = Candidates(hazard=np.ones((3, 2)), hours=np.ones(3), designation_hours=np.ones(3))

    with pytest.raises(EngineInputError, match="Kapasitas"):
        place_visits(three, capacity=Capacity(hours=-1))
    with pytest.raises(EngineInputError, match=r"Peluang.*Bobot"):
        place_visits(three, capacity=Capacity(hours=1), effects=Effects(visit_warns=1.0, uncertain_weight=-1))
    with pytest.raises(EngineInputError, match="Jangkauan"):
        nearby([0, 1], [0, 1], reach_km=0)
