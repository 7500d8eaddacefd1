"""Replicas for cases that come in clumps: whole village-weeks change their weeks, whatever they hold.

A village-week with cases is a clump. Without a cluster the clumps of all villages are exchangeable in time, so every
replica deals the clumps' weeks out anew, each village and each week keeping its number of clumps. No village gets two
clumps in one week: what collides is exchanged with clumps drawn at random until nothing does, which is nearly, not
exactly, uniform over such tables.
"""

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.randomness import draw_below, start_stream
from kentongan.engine.scanning.replicas import (
    LANES,
    LEVEL_STEP,
    LOWEST_LEVEL,
    MOST_NARROW,
    UNUSED,
    Counts,
    Problem,
    _WorkSpace,
    accumulate,
)

MOST_TRIES = 1000
LEVELS_DOWN = 6


@compiled
def deal_weeks(
    place: NDArray[np.int64],
    week: NDArray[np.int64],
    dealt: NDArray[np.int64],
    is_taken: NDArray[np.bool_],
    state: NDArray[np.uint64],
) -> None:
    """Leave in `dealt` the weeks of the clumps, dealt out anew so that no village has two clumps in a week.

    Shapes:  place, week and dealt (clumps,); is_taken (villages, weeks), overwritten; state (4,), moved on.
    """
    clumps = place.size
    dealt[:] = week
    for last in range(clumps - 1, 0, -1):
        other = np.int64(draw_below(np.uint64(last + 1), state))
        dealt[last], dealt[other] = dealt[other], dealt[last]
    is_taken[:] = False
    is_waiting = np.zeros(clumps, np.bool_)
    for clump in range(clumps):
        is_waiting[clump] = is_taken[place[clump], dealt[clump]]
        is_taken[place[clump], dealt[clump]] = True
    for clump in range(clumps):
        tries = 0
        while is_waiting[clump] and tries < MOST_TRIES:
            tries += 1
            other = np.int64(draw_below(np.uint64(clumps), state))
            mine, yours = dealt[clump], dealt[other]
            if is_waiting[other] or is_taken[place[clump], yours] or is_taken[place[other], mine]:
                continue
            is_taken[place[other], yours] = False
            is_taken[place[clump], yours] = True
            is_taken[place[other], mine] = True
            dealt[clump], dealt[other] = yours, mine
            is_waiting[clump] = False


@compiled
def fill_dealt(
    counts: Counts, cases: NDArray[np.int64], numbers: NDArray[np.int64], seed: np.uint64
) -> tuple[int, int]:
    """Leave in `counts` the running sums of replicas with the clumps' weeks dealt out; return the largest.

    Column j of `counts` sums the latest j + 1 weeks.

    Shapes:  counts (villages + 1, columns, LANES), overwritten; cases (villages, weeks); numbers (LANES,).
    """
    columns, weeks = counts.shape[1], cases.shape[1]
    place, week = np.nonzero(cases)
    dealt = np.empty_like(week)
    is_taken = np.zeros(cases.shape, np.bool_)
    state = np.empty(4, np.uint64)
    most = 127 if counts.itemsize == 1 else MOST_NARROW
    counts[:] = 0
    for lane in range(LANES):
        if numbers[lane] == UNUSED:
            continue
        start_stream(seed, np.uint64(numbers[lane]), state)
        deal_weeks(place, week, dealt, is_taken, state)
        for clump in range(place.size):
            age = weeks - 1 - dealt[clump]
            if age >= columns:
                continue
            size = cases[place[clump], week[clump]]
            if counts[place[clump], age, lane] > most - size:
                return -1, -1
            counts[place[clump], age, lane] += size
    return accumulate(counts)


class _Dealt(_WorkSpace):
    """A batch of replicas whose village-weeks were dealt out anew."""

    def __init__(self, problem: Problem, cases: NDArray[np.int64]) -> None:
        super().__init__(problem)
        self.cases = cases

    def _fill(self, lanes: NDArray[np.int64]) -> tuple[int, int]:
        return fill_dealt(self.counts, self.cases, lanes, np.uint64(self.problem.seed))


def dealt_maxima(problem: Problem, cases: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the largest statistics of these replicas.

    Shapes:  cases (villages, weeks), villages in the problem's order; numbers (replicas,), from 0.
    """
    work = _Dealt(problem, cases)
    maxima = np.zeros(numbers.size)
    for first in range(0, numbers.size, LANES):
        batch = slice(first, min(first + LANES, numbers.size))
        work.draw(numbers[batch])
        level = max(work.pilot_level() - LEVELS_DOWN, LOWEST_LEVEL)
        maxima[batch] = work.scan(level)[: numbers[batch].size]
        while level and (maxima[batch] < level * LEVEL_STEP).any():
            level = max(level - LEVELS_DOWN, LOWEST_LEVEL) if level > LOWEST_LEVEL else 0
            maxima[batch] = work.scan(level)[: numbers[batch].size]
    return maxima
