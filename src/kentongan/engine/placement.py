"""Where do the next visits and designations help most, when hours are short and the map is uncertain?

A visit or a designation makes it likelier that what begins in a village, or near it, is heard of early; each further one
adds less. The plan is chosen greedily, lazily, with bounds on what any other plan could be worth.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from kentongan.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Kind = Literal["visit", "designation"]
Way = Literal["per_hour", "per_item"]

GUARANTEE = (1 - 1 / math.e) / 2
"""What the better of both greedy plans reaches of the best plan at least, whatever the villages."""

ROUNDING = 1e-12
KINDS: tuple[Kind, ...] = ("visit", "designation")
MOST_NEXT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The villages that a plan may choose from.

    `hazard` (villages, draws) is how much begins there in the period, once for each draw of the index. `visits`
    (villages,) are the visits that stand already in the period, `is_designated` (villages,) which are partner villages
    now. `hours` (villages,) is what one visit costs with its way, `designation_hours` what a designation costs;
    infinite where it may not be chosen. `unknown` (villages,) in [0, 1] is which part of the uncertainty nobody has
    looked into lately. `heard` (villages, villages), sparse, in [0, 1]: how much of what a visit to the row's village
    would bring is also heard about the column's village; 1 on the diagonal.
    """

    hazard: Floats
    hours: Floats
    designation_hours: Floats
    visits: Floats | None = None
    is_designated: NDArray[np.bool_] | None = None
    unknown: Floats | None = None
    heard: sparse.csr_array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What is believed of visits and designations, and how much learning is worth.

    `*_warns`: the chance that what begins in the village in the period is heard of early because of one visit, or
    because the village is a partner. `*_knows`: the part of the uncertainty that it takes away. `uncertain_weight`: how
    many early warnings a taken-away standard deviation of hazard is worth. `designation_periods`: for how many periods
    the warnings of a designation count, this one included; a visit is over with its period.
    """

    visit_warns: float = 0.3
    designation_warns: float = 0.25
    visit_knows: float = 0.5
    designation_knows: float = 0.3
    uncertain_weight: float = 0.1
    designation_periods: float = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What there is to spend: hours, new designations, and at most so many new visits to one village."""

    hours: float
    designations: int = 0
    visits_per_village: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One choice and what it added when it was made, after all before it; `near` of that is about other villages."""

    village: int
    kind: Kind
    hours: float
    warnings: float
    coverage: float
    near: float

    @property
    def gain(self) -> float:
        """What it added in all."""
        return self.warnings + self.coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A village of the plan: what is to be done, what that costs, what it adds, and what the plan loses without it.

    `near` is the part of what it adds that is heard there about other villages.
    """

    village: int
    visits: int
    is_designated: bool
    hours: float
    warnings: float
    coverage: float
    near: float
    loss_without: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A plan with what it is worth and what any plan could be worth at most.

    `warned` and `warned_before` (villages,) are the expected early warnings with and without the plan, `hazard`
    (villages,) the mean. `upper_bound` is worth at least as much as the best plan. `guarantee` is the share of the best
    plan that is reached for certain before anything is computed; None where the limit on designations held one back.
    `visit_gain` (villages,) is what one visit more to each would add, room or not.
    `next_steps` are the best that no longer found room, the best per hour first.
    """

    steps: tuple[Step, ...]
    chosen: tuple[Chosen, ...]
    way: Way
    value: float
    upper_bound: float
    guarantee: float | None
    hours: float
    hazard: Floats
    warned_before: Floats
    warned: Floats
    visit_gain: Floats
    next_steps: tuple[Step, ...]

    @property
    def share_of_bound(self) -> float:
        """Which share of the best plan's worth this plan has at least."""
        return self.value / self.upper_bound if self.upper_bound > 0 else 1.0

    @property
    def missed(self) -> Floats:
        """What begins in each village and is not heard of early with this plan."""
        return self.hazard - self.warned


@dataclass(slots=True)
class _World:
    """What stands: the chances that something is missed, and what is unknown, under the choices made so far."""

    hazard: Floats
    doubt: Floats
    miss: Floats
    unknown: Floats
    later: Floats
    heard: sparse.csr_array
    effects: Effects
    hours: dict[Kind, Floats]
    visits: NDArray[np.int64]
    designated: NDArray[np.bool_]

    def row(self, village: int) -> tuple[NDArray[np.int32], Floats]:
        """Return the villages that a visit here hears about, and how much."""
        start, end = self.heard.indptr[village], self.heard.indptr[village + 1]
        return self.heard.indices[start:end], self.heard.data[start:end]

    def gain(self, village: int, kind: Kind) -> tuple[float, float, float]:
        """Return the early warnings and the coverage that one more would add, and the part of both about others."""
        effects = self.effects
        own_warnings = float(self.hazard[village] * self.miss[village])
        own_coverage = float(effects.uncertain_weight * self.doubt[village] * self.unknown[village])
        if kind == "designation":
            warnings = effects.designation_warns * own_warnings + float(self.later[village])
            return warnings, effects.designation_knows * own_coverage, 0.0
        near, share = self.row(village)
        warnings = float(share @ (self.hazard[near] * self.miss[near]))
        coverage = float(effects.uncertain_weight * (share @ (self.doubt[near] * self.unknown[near])))
        warns, knows = effects.visit_warns, effects.visit_knows
        near_part = warns * (warnings - own_warnings) + knows * (coverage - own_coverage)
        return warns * warnings, knows * coverage, max(0.0, near_part)

    def add(self, village: int, kind: Kind) -> None:
        """Make the choice."""
        effects = self.effects
        if kind == "designation":
            self.miss[village] *= 1 - effects.designation_warns
            self.unknown[village] *= 1 - effects.designation_knows
            self.designated[village] = True
            return
        near, share = self.row(village)
        self.miss[near] *= 1 - effects.visit_warns * share
        self.unknown[near] *= 1 - effects.visit_knows * share
        self.visits[village] += 1

    def gains_of_visits(self, copies: int) -> list[Floats]:
        """Return what the first, second, ... further visit to each village would add now, all others unchanged."""
        effects, found = self.effects, []
        for number in range(copies):
            total = np.zeros(self.hazard.size)
            for chance, weight, what in (
                (effects.visit_warns, 1.0, self.hazard * self.miss),
                (effects.visit_knows, effects.uncertain_weight, self.doubt * self.unknown),
            ):
                reached = self.heard.copy()
                reached.data = chance * reached.data * (1 - chance * reached.data) ** number
                total += weight * (reached @ what)
            found.append(total)
        return found

    def gains_of_designations(self) -> Floats:
        """Return what the designation of each village would add now; 0 for those that are partners."""
        effects = self.effects
        gains = effects.designation_warns * self.hazard * self.miss + self.later
        gains = gains + effects.uncertain_weight * effects.designation_knows * self.doubt * self.unknown
        return np.where(self.designated, 0.0, gains)

    def without(self, village: int, visits: int, is_designated: bool) -> float:
        """Return what the plan loses when the village's choices are taken out of it and all others stay."""
        effects = self.effects
        near, share = self.row(village)
        own = (near == village).astype(np.float64) * is_designated
        loss = float(self.later[village]) * is_designated
        for visit, designation, weight, what in (
            (effects.visit_warns, effects.designation_warns, 1.0, self.hazard * self.miss),
            (
                effects.visit_knows,
                effects.designation_knows,
                effects.uncertain_weight,
                self.doubt * self.unknown,
            ),
        ):
            kept = (1 - visit * share) ** visits * (1 - designation * own)
            loss += weight * float((what[near] * (1 / kept - 1)).sum())
        return loss


@dataclass(slots=True)
class _Run:
    """What one greedy run left."""

    way: Way
    world: _World
    steps: list[Step] = field(default_factory=list)
    hours: float = 0.0
    value: float = 0.0
    upper_bound: float = math.inf
    was_held_back: bool = False


def place_visits(candidates: Candidates, *, capacity: Capacity, effects: Effects = Effects()) -> Placement:
    """Return the plan that greedily adds most, and how far it can be from the best one.

    The better of two plans: most for each hour first, and most first whatever it costs. The same input gives the same
    plan; of equals the village that stands first is taken, and a visit before a designation.

    Shapes:  as `Candidates` says; results (villages,) in the order of the candidates.
    Units:   hazard in events per period, any one scale; hours; chances in [0, 1).
    Errors:  EngineInputError when arrays do not fit together, or a chance, an hour or a capacity makes no sense.
    Source:  docs/methods/where-next.md, equations 1 to 5.
    """
    _check(candidates, capacity, effects)
    empty = _world(candidates, effects)
    runs = [_greedy(_world(candidates, effects), capacity, way) for way in ("per_hour", "per_item")]
    best = max(runs, key=lambda run: run.value)  # the first of equals
    was_held_back = any(run.was_held_back for run in runs)
    return Placement(
        steps=tuple(best.steps),
        chosen=tuple(_chosen(best)),
        way=best.way,
        value=best.value,
        upper_bound=max(best.value, min(run.upper_bound for run in runs)),
        guarantee=None if was_held_back else GUARANTEE,
        hours=best.hours,
        hazard=empty.hazard,
        warned_before=empty.hazard * (1 - empty.miss),
        warned=empty.hazard * (1 - best.world.miss),
        visit_gain=best.world.gains_of_visits(1)[0],
        next_steps=tuple(_next_steps(best, capacity)),
    )


def uncertainty_of(hazard: ArrayLike) -> Floats:
    """Return how uncertain the hazard of each village is: the standard deviation over its draws.

    Shapes:  hazard (villages, draws); result (villages,).
    Units:   those of the hazard.
    Errors:  none; a single draw says nothing of doubt and gives 0.
    Source:  docs/methods/where-next.md, equation 2.
    """
    draws = np.asarray(hazard, dtype=np.float64)
    return np.asarray(draws.std(axis=1), dtype=np.float64)


def nearby(x_km: ArrayLike, y_km: ArrayLike, *, share: float = 0.3, reach_km: float = 5.0) -> sparse.csr_array:
    """Return how much a visit to one village hears about another: falling with distance, nothing beyond three reaches.

    Shapes:  x_km, y_km (villages,); result (villages, villages), symmetric, 1 on the diagonal.
    Units:   kilometres on a plane; shares in [0, 1], `share` for a village at no distance.
    Errors:  EngineInputError when the arrays differ in length, or the share or the reach makes no sense.
    Source:  docs/methods/where-next.md, equation 1.
    """
    points = np.column_stack([np.asarray(x_km, dtype=np.float64).ravel(), np.asarray(y_km, dtype=np.float64).ravel()])
    if not np.isfinite(points).all() or not 0 <= share < 1 or not 0 < reach_km < math.inf:
        raise EngineInputError(
            "Jangkauan kunjungan tidak dapat dihitung: letak desa harus bilangan, bagian antara 0 dan 1, dan jangkauan "
            "lebih dari 0. Perbaiki masukan lalu jalankan kembali."
        )
    pairs = cKDTree(points).query_pairs(3 * reach_km, output_type="ndarray")
    apart = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    heard = share * np.exp(-apart / reach_km)
    one, other, own = pairs[:, 0], pairs[:, 1], np.arange(len(points))
    matrix = sparse.coo_array(
        (
            np.concatenate([heard, heard, np.ones(len(points))]),
            (np.concatenate([one, other, own]), np.concatenate([other, one, own])),
        ),
        shape=(len(points), len(points)),
    ).tocsr()
    matrix.sort_indices()
    return matrix


def _greedy(world: _World, capacity: Capacity, way: Way) -> _Run:
    """Add the best that still fits until nothing does. A gain computed earlier can only have fallen since (lazy)."""
    run = _Run(way=way, world=world)
    heap = [(-math.inf, village, order, -1) for village, order in _items(world, capacity)]
    heapq.heapify(heap)
    free = capacity.designations
    run.upper_bound = _bound(run, capacity)
    while heap:
        _key, village, order, seen = heapq.heappop(heap)
        kind = KINDS[order]
        hours = float(world.hours[kind][village])
        if hours > capacity.hours - run.hours + ROUNDING:
            continue
        if kind == "designation" and free == 0:
            run.was_held_back = run.was_held_back or sum(world.gain(village, kind)[:2]) > ROUNDING
            continue
        step = _step(world, village, kind)
        if step.gain <= ROUNDING:
            continue
        if seen != len(run.steps):
            heapq.heappush(heap, (-step.gain / (hours if way == "per_hour" else 1.0), village, order, len(run.steps)))
            continue
        world.add(village, kind)
        run.steps.append(step)
        run.hours += hours
        run.value += step.gain
        free -= kind == "designation"
        run.upper_bound = min(run.upper_bound, _bound(run, capacity))
        if kind == "visit" and world.visits[village] < capacity.visits_per_village:
            heapq.heappush(heap, (-math.inf, village, order, -1))
    return run


def _items(world: _World, capacity: Capacity) -> Iterator[tuple[int, int]]:
    """Yield what may be chosen at first: (village, 0) a visit, (village, 1) a designation."""
    for village in range(world.hazard.size):
        if capacity.visits_per_village > 0:
            yield village, 0
        if not world.designated[village] and capacity.designations > 0:
            yield village, 1


def _bound(run: _Run, capacity: Capacity) -> float:
    """Return what no plan can exceed, seen from the choices made so far (equation 5)."""
    world = run.world
    visits = world.gains_of_visits(capacity.visits_per_village)
    # A plan may make all visits of the capacity besides those made: more than it may in truth.
    gains = np.concatenate([*visits, world.gains_of_designations()])
    hours = np.concatenate([*[world.hours["visit"]] * len(visits), world.hours["designation"]])
    is_designation = np.zeros(gains.size, dtype=bool)
    is_designation[gains.size - world.hazard.size :] = True
    may = hours <= capacity.hours + ROUNDING
    gains, hours, is_designation = gains[may], hours[may], is_designation[may]
    designations = capacity.designations
    of_designations = np.sort(gains[is_designation])[::-1]
    price = float(of_designations[designations]) if designations < of_designations.size else 0.0
    return run.value + min(
        designations * asked + _fractional(np.where(is_designation, gains - asked, gains), hours, capacity.hours)
        for asked in (0.0, price)
    )


def _fractional(gains: Floats, hours: Floats, limit: float) -> float:
    """Return the most that fits into the hours when the last may be cut."""
    wanted = gains > 0
    gains, hours = gains[wanted], hours[wanted]
    order = np.argsort(-gains / hours, kind="stable")
    used = np.cumsum(hours[order])
    whole = int(np.searchsorted(used, limit + ROUNDING, side="right"))
    total = float(gains[order][:whole].sum())
    if whole < order.size:
        left = limit - (float(used[whole - 1]) if whole else 0.0)
        total += float(gains[order][whole] * max(left, 0.0) / hours[order][whole])
    return total


def _chosen(run: _Run) -> Iterator[Chosen]:
    """Yield the plan by village, in the order in which each was first chosen."""
    for village in dict.fromkeys(step.village for step in run.steps):
        own = [step for step in run.steps if step.village == village]
        visits = sum(step.kind == "visit" for step in own)
        yield Chosen(
            village=village,
            visits=visits,
            is_designated=visits < len(own),
            hours=sum(step.hours for step in own),
            warnings=sum(step.warnings for step in own),
            coverage=sum(step.coverage for step in own),
            near=sum(step.near for step in own),
            loss_without=run.world.without(village, visits, visits < len(own)),
        )


def _next_steps(run: _Run, capacity: Capacity) -> Iterator[Step]:
    """Yield the best that could still be added if there were room, the best per hour first."""
    world = run.world
    worth = [
        (-sum(world.gain(village, kind)[:2]) / world.hours[kind][village], village, order, kind)
        for order, kind in enumerate(KINDS)
        for village in range(world.hazard.size)
        if math.isfinite(world.hours[kind][village])
        and (world.visits[village] < capacity.visits_per_village if kind == "visit" else not world.designated[village])
    ]
    for key, village, _order, kind in heapq.nsmallest(MOST_NEXT, worth):
        if -key > ROUNDING:
            yield _step(world, village, kind)


def _step(world: _World, village: int, kind: Kind) -> Step:
    """Return the choice with what it would add now."""
    warnings, coverage, near = world.gain(village, kind)
    hours = float(world.hours[kind][village])
    return Step(village=village, kind=kind, hours=hours, warnings=warnings, coverage=coverage, near=near)


def _world(candidates: Candidates, effects: Effects) -> _World:
    """Return what stands before the plan."""
    number = len(candidates.hazard)
    hazard = np.asarray(candidates.hazard, dtype=np.float64)
    heard = candidates.heard if candidates.heard is not None else sparse.eye_array(number, format="csr")
    visits = np.zeros(number) if candidates.visits is None else np.asarray(candidates.visits, dtype=np.float64)
    designated = np.zeros(number, dtype=np.bool_) if candidates.is_designated is None else candidates.is_designated
    unknown = np.ones(number) if candidates.unknown is None else np.asarray(candidates.unknown, dtype=np.float64)
    heard = sparse.csr_array(heard, dtype=np.float64)

    def left(visit: float, designation: float) -> Floats:
        passed = heard.copy()
        passed.data = np.log1p(-visit * passed.data)
        return np.asarray(np.exp(passed.T @ visits) * np.where(designated, 1 - designation, 1.0), dtype=np.float64)

    mean, miss = hazard.mean(axis=1), left(effects.visit_warns, effects.designation_warns)
    return _World(
        hazard=mean,
        doubt=uncertainty_of(hazard),
        miss=miss.copy(),
        later=(effects.designation_periods - 1) * effects.designation_warns * mean * miss,
        unknown=unknown * left(effects.visit_knows, effects.designation_knows),
        heard=heard,
        effects=effects,
        hours={
            "visit": np.asarray(candidates.hours, dtype=np.float64),
            "designation": np.asarray(candidates.designation_hours, dtype=np.float64),
        },
        visits=np.zeros(number, dtype=np.int64),
        designated=np.array(designated, dtype=np.bool_),
    )


def _check(candidates: Candidates, capacity: Capacity, effects: Effects) -> None:
    """Refuse what cannot be planned on, with all reasons."""
    hazard = np.asarray(candidates.hazard, dtype=np.float64)
    number = len(hazard) if hazard.ndim == 2 else -1
    rows = (
        candidates.hours,
        candidates.designation_hours,
        candidates.visits,
        candidates.is_designated,
        candidates.unknown,
    )
    costs = np.concatenate([np.ravel(candidates.hours), np.ravel(candidates.designation_hours)])
    unknown = np.ravel(candidates.unknown) if candidates.unknown is not None else np.ones(1)
    visits = np.ravel(candidates.visits) if candidates.visits is not None else np.zeros(1)
    chances = (effects.visit_warns, effects.designation_warns, effects.visit_knows, effects.designation_knows)
    refusals = (
        (
            number < 0 or not np.isfinite(hazard).all() or bool((hazard < 0).any()) or not hazard.size,
            "Bahaya harus satu baris per desa dan satu kolom per undian, berupa bilangan yang tidak negatif.",
        ),
        (
            any(row is not None and np.shape(row) != (number,) for row in rows),
            "Setiap kolom lain harus berisi satu nilai per desa.",
        ),
        (bool(np.isnan(costs).any()) or bool((costs <= 0).any()), "Jam kunjungan dan penetapan harus lebih dari 0."),
        (not bool(((unknown >= 0) & (unknown <= 1)).all()), "Bagian yang belum diketahui harus antara 0 dan 1."),
        (not bool((np.isfinite(visits) & (visits >= 0)).all()), "Kunjungan yang sudah ada tidak boleh negatif."),
        (not all(0 <= chance < 1 for chance in chances), "Peluang harus antara 0 dan 1 (1 tidak termasuk)."),
        (not 0 <= effects.uncertain_weight < math.inf, "Bobot ketidakpastian tidak boleh negatif."),
        (not 1 <= effects.designation_periods < math.inf, "Masa penetapan sedikitnya satu periode."),
        (
            not 0 <= capacity.hours < math.inf or capacity.designations < 0 or capacity.visits_per_village < 0,
            "Kapasitas tidak boleh negatif.",
        ),
        (
            _hears_wrongly(candidates.heard, number),
            "Jangkauan kunjungan harus antara 0 dan 1 untuk setiap pasangan desa, dan 1 untuk desa itu sendiri.",
        ),
    )
    reasons = [text for is_wrong, text in refusals if is_wrong]
    if reasons:
        raise EngineInputError("Rencana tidak dapat disusun. " + " ".join(reasons), details=reasons)


def _hears_wrongly(heard: sparse.csr_array | None, number: int) -> bool:
    """Return whether the matrix is none of shares with 1 on the diagonal."""
    if heard is None:
        return False
    if heard.shape != (number, number):
        return True
    is_share = (heard.data >= 0) & (heard.data <= 1)  # NaN is none
    return bool(not is_share.all() or (heard.diagonal() != 1).any())
