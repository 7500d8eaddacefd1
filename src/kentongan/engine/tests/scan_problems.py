"""Small random scan problems for Hypothesis: coarse grids with many equal distances, co-located and empty places."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from kentongan.engine import (
    Baseline,
    Bernoulli,
    Clumps,
    NeighbourLists,
    Overlap,
    Permutation,
    Plane,
    Poisson,
    Prospective,
    Retrospective,
    ScanOptions,
    ShareOf,
    Spatial,
    Sphere,
    ZoneLimits,
)
from kentongan.engine.scanning.checking import cases_and_faults
from kentongan.engine.scanning.preparing import Setup
from kentongan.engine.scanning.replicas import (
    LANES,
    UNUSED,
    Deal,
    Problem,
    Shuffle,
    draws_of,
    fill_dealt,
    fill_scattered,
    fill_shuffled,
)
from kentongan.engine.scanning.scan import setup_of

MOST_PLACES = 19
"""More than are added to a zone at once, twice."""


def examples(number: int) -> int:
    """Return how many examples a test compares: so many, or a hundred times as many in the thorough profile."""
    return number * (100 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1)


@dataclass(frozen=True)
class ScanProblem:
    cases: NDArray[np.int64]
    where: Any
    hypothesis: Any
    options: ScanOptions

    def set_up(self) -> Setup:
        return setup_of(cases_and_faults(self.cases)[0], self.where, self.hypothesis, self.options)


@st.composite
def wheres(draw: st.DrawFn, places: int) -> Any:
    """Draw a grid on the Earth (also across the date line), one on a plane, or lists of neighbours."""
    kind = draw(st.sampled_from(["sphere", "plane", "lists"]))
    if kind == "lists":
        return NeighbourLists([draw(neighbours_of(place, places)) for place in range(places)])
    grid = st.lists(st.integers(0, 6), min_size=places, max_size=places)
    first, second = np.array(draw(grid)), np.array(draw(grid))
    if kind == "plane":
        return Plane(first * draw(st.sampled_from([1.0, 0.1, 1e6])), second * 1.0 - 3)
    east = draw(st.sampled_from([121.0, 178.5]))
    longitude = east + second / 2
    return Sphere(
        first / 2 - draw(st.sampled_from([10.0, -60.0])), np.where(longitude > 180, longitude - 360, longitude)
    )


@st.composite
def neighbours_of(draw: st.DrawFn, place: int, places: int) -> NDArray[np.int64]:
    others = draw(st.permutations([other for other in range(places) if other != place]))
    return np.array([place, *others[: draw(st.integers(0, len(others)))]])


@st.composite
def windows_over(draw: st.DrawFn, periods: int) -> Any:
    kind = draw(st.sampled_from([Prospective, Retrospective]))
    longest = draw(st.integers(1, periods - 1))
    shortest = draw(st.integers(1, longest))
    return kind(max_periods=longest, min_periods=shortest, with_all_time=draw(st.booleans()))


@st.composite
def tables(draw: st.DrawFn, shape: tuple[int, ...], values: st.SearchStrategy[Any], dtype: Any) -> NDArray[Any]:
    size = int(np.prod(shape))
    return np.array(draw(st.lists(values, min_size=size, max_size=size)), dtype=dtype).reshape(shape)


@st.composite
def some_cases(draw: st.DrawFn, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Mostly none or few in a cell, sometimes many, at least one in all."""
    cases = draw(tables(shape, st.sampled_from([0, 0, 0, 0, 1, 1, 1, 2, 3, 5, 20, 150]), np.int64))
    cases.flat[draw(st.integers(0, cases.size - 1))] += 1
    return cases


@st.composite
def expectations(draw: st.DrawFn, cases: NDArray[np.int64]) -> NDArray[np.float64]:
    """Draw positive numbers for places with cases, none for some of the others: constant, or by period."""
    by_place = draw(st.booleans()) or cases.ndim == 1
    shape = cases.shape[:1] if by_place else cases.shape
    given = draw(tables(shape, st.sampled_from([0.0, 0.0, 1.0, 1.0, 2.0, 3.5, 0.05, 40.0, 1 / 3]), np.float64))
    observed = cases.reshape(len(cases), -1).sum(axis=1) if by_place else cases
    return np.where((given == 0) & (observed > 0), 1.0, given)


@st.composite
def hypotheses(draw: st.DrawFn, cases: NDArray[np.int64], *, has_permutation: bool) -> Any:
    kinds = ["poisson", "bernoulli", "baseline", "clumped"] + (["permutation"] if has_permutation else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "permutation":
        return draw(permutations_of(cases))
    if kind == "bernoulli":
        controls = draw(tables(cases.shape, st.sampled_from([0, 0, 1, 1, 2, 5, 30]), np.int64))
        return Bernoulli(controls if controls.any() else controls + 1)
    expected = draw(expectations(cases))
    if kind == "poisson":
        return Poisson(expected)
    expected = expected * draw(st.sampled_from([1.0, 0.1, 4.0]))
    return Baseline(expected, draw(st.sampled_from([0.2, 1.0, 6.0])) if kind == "clumped" else None)


@st.composite
def permutations_of(draw: st.DrawFn, cases: NDArray[np.int64]) -> Permutation:
    """Draw one by cases, one by the clumps of places, or one by those of one to three sources in each place."""
    kind = draw(st.sampled_from(["cases", "clumps", "sources"]))
    clumps = {"cases": None, "clumps": Clumps()}.get(kind)
    if kind == "sources":
        place = draw(st.permutations([row for row in range(len(cases)) for _ in range(draw(st.integers(1, 3)))]))
        left, rows = cases.copy(), np.zeros((len(place), cases.shape[1]), np.int64)
        for source, row in enumerate(place):
            is_last = row not in place[source + 1 :]
            taken = left[row] if is_last else draw(tables(left[row].shape, st.integers(0, 2), np.int64))
            rows[source] = np.minimum(taken, left[row])
            left[row] -= rows[source]
        clumps = Clumps(cases=rows, place=place)
    return Permutation(clumps=clumps, is_smoothed=draw(st.booleans()))


RADII = {Sphere: [None, None, 0.0, 61_000.0, 150_000.0], Plane: [None, None, 0.0, 1.2, 3.3], NeighbourLists: [None]}


def shares_of(places: int) -> st.SearchStrategy[ShareOf]:
    """Draw a largest share of sizes, some of which are 0 and one of which is not."""
    sizes = st.lists(st.sampled_from([0.0, 1.0, 1.0, 2.5, 100.0]), min_size=places, max_size=places)
    return st.builds(ShareOf, st.sampled_from([0.1, 0.34, 0.5, 1.0]), sizes.filter(any))


def limits_in(where: Any, places: int) -> st.SearchStrategy[ZoneLimits]:
    return st.builds(
        ZoneLimits,
        max_share=st.sampled_from([0.5, 0.5, 1.0, 1.0, None, 0.2]),
        share_of_cases=st.booleans(),
        max_neighbours=st.sampled_from([None, None, None, 1, 3, 6]),
        max_radius=st.sampled_from(RADII[type(where)]),
        max_share_of=st.none() | st.none() | shares_of(places),
    )


@st.composite
def scan_problems(draw: st.DrawFn) -> ScanProblem:
    places = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 8, 12, MOST_PLACES]))
    periods = draw(st.sampled_from([1, 2, 3, 4, 5, 6]))
    is_spatial = periods == 1 or draw(st.sampled_from([False, False, False, True]))
    shape = (places,) if periods == 1 and draw(st.booleans()) else (places, periods)
    cases = draw(some_cases(shape))
    hypothesis = draw(hypotheses(cases, has_permutation=not is_spatial))
    windows = Spatial() if is_spatial else draw(windows_over(periods))
    if isinstance(hypothesis, Permutation) and not is_spatial:
        windows = type(windows)(max_periods=windows.max_periods, min_periods=windows.min_periods)
    where = draw(wheres(places))
    centres = draw(st.none() | st.lists(st.integers(0, places - 1), min_size=1, max_size=places).map(tuple))
    options = ScanOptions(
        windows=windows,
        zones=draw(limits_in(where, places)),
        direction=draw(st.sampled_from(["high", "low", "both"])),
        min_cases=draw(st.sampled_from([1, 2, 2, 4])),
        min_cases_low=draw(st.integers(0, 2)),
        overlap=draw(st.sampled_from(list(Overlap))),
        max_clusters=draw(st.sampled_from([1, 3, 99])),
        centres=centres,
        with_all_places=not isinstance(hypothesis, Permutation) and draw(st.booleans()),
    )
    return ScanProblem(cases, where, hypothesis, options)


def drawn(problem: Problem, numbers: list[int], *, first_lane: int = 0) -> NDArray[np.int64]:
    """Return these replicas' cases (places, columns, replicas) by inner number of the place; at most LANES of them."""
    columns = problem.shape.size or problem.expected.shape[1]
    sums = np.zeros((problem.base.size + 1, columns, LANES), np.int16)
    lanes = np.full(LANES, UNUSED)
    held = slice(first_lane, first_lane + len(numbers))
    lanes[held] = numbers
    if isinstance(problem.null, Shuffle):
        largest, _ = fill_shuffled(sums, problem.null, lanes, problem.seed)
    elif isinstance(problem.null, Deal):
        largest, _ = fill_dealt(sums, problem.null, lanes, problem.seed)
    else:
        draws = draws_of(problem.null, lanes, problem.seed)
        largest, _ = fill_scattered(sums, problem.null, draws, lanes, problem.seed)
    assert largest == sums.max()
    assert not sums[:, :, lanes == UNUSED].any()
    return np.diff(sums[:-1, :, held].astype(np.int64), axis=1, prepend=0)


def replica_counts(setup: Setup, problem: Problem, number: int, *, lane: int = 0) -> list[list[int]]:
    """Return one replica as a table of the caller's places and periods; cases in no window are left out."""
    columns = setup.columns
    # Nested windows grow into the past: what a column adds stands in its oldest period.
    periods = columns.first if columns.is_nested else columns.last
    counts = np.zeros(setup.counts.shape, np.int64)
    counts[np.ix_(setup.place_of, periods)] = drawn(problem, [number], first_lane=lane)[:, :, 0]
    return [[int(count) for count in row] for row in counts]
