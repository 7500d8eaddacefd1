"""Known clusters and iteration written as their definitions read, cell by cell; nothing is shared with the engine."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kentongan.engine import Baseline, Bernoulli, KnownCluster, Permutation, Poisson, ScanOptions
from kentongan.engine.tests.plain_scan import PlainCluster, PlainScan

Counts = list[list[int]]
Cell = tuple[int, int]
ROUNDS = 5_000


def cells_of(one: KnownCluster, periods: int) -> set[Cell]:
    last = periods - 1 if one.last_period is None else one.last_period
    return {(place, period) for place in one.members for period in range(one.first_period, last + 1)}


def as_table(values: Any, periods: int) -> list[list[float]]:
    rows = np.asarray(values, dtype=float).tolist()
    return rows if isinstance(rows[0], list) else [[value] * periods for value in rows]


def all_cells(cases: Counts) -> list[Cell]:
    return [(place, period) for place in range(len(cases)) for period in range(len(cases[0]))]


def plain_missing(cases: Counts, out: set[Cell]) -> dict[Cell, float]:
    """Equation 9 as expectation and maximisation: fill, take the product of the sums, fill again, until it stays.

    None of the cells where that takes too long: this way is slow where much is missing.
    """
    places, periods = len(cases), len(cases[0])
    filled = [[0.0 if (place, period) in out else float(cases[place][period]) for period in range(periods)]
              for place in range(places)]  # fmt: skip
    if not out:
        return {}
    for _ in range(ROUNDS):
        of_place = [sum(row) for row in filled]
        of_period = [sum(row[period] for row in filled) for period in range(periods)]
        total = sum(of_place)
        change = 0.0
        for place, period in out:
            value = of_place[place] * of_period[period] / total
            change = max(change, abs(value - filled[place][period]))
            filled[place][period] = value
        if change < 1e-12:
            return {(place, period): filled[place][period] for place, period in out}
    return {}


def plain_filled(cases: Counts, out: set[Cell]) -> tuple[Counts, float]:
    """The cases with whole ones in the missing cells, and how near a running sum comes to where it would round over."""
    result = [list(row) for row in cases]
    missing = plain_missing(cases, out)
    if out and not missing:
        return result, 0.0
    running, given, nearest = 0.0, 0, 1.0
    for place, period in sorted(out):
        running += missing[place, period]
        nearest = min(nearest, abs(running % 1 - 0.5))
        result[place][period] = int(running + 0.5) - given
        given += result[place][period]
    return result, nearest


def plain_leads_everywhere(cases: Counts, out: set[Cell]) -> bool:
    """From every period with cases to every other: over a place with cases in the one that is known in the other."""
    left = {
        (place, period) for place, period in all_cells(cases) if cases[place][period] and (place, period) not in out
    }
    periods = {period for _, period in left}
    for start in periods:
        reached, grown = set[int](), {start}
        while grown != reached:
            reached = set(grown)
            places = {place for place, period in left if period in reached}
            grown |= {period for period in periods for place in places if (place, period) not in out}
        if reached != periods:
            return False
    return True


def plain_can_be_compared(cases: Counts, out: set[Cell], hypothesis: Any) -> bool:
    rest = [cell for cell in all_cells(cases) if cell not in out]
    if not sum(cases[place][period] for place, period in rest):
        return False
    if isinstance(hypothesis, Bernoulli):
        controls = as_table(hypothesis.controls, len(cases[0]))
        return sum(controls[place][period] for place, period in rest) > 0
    return not isinstance(hypothesis, Permutation) or plain_leads_everywhere(cases, out)


def plain_taken_out(cases: Counts, out: set[Cell], hypothesis: Any) -> tuple[Counts, Any, float]:
    """Without these cells: nobody there, neither ill nor at risk; filled for a permutation (with its nearness)."""
    if isinstance(hypothesis, Permutation):
        filled, nearest = plain_filled(cases, out)
        return filled, hypothesis, nearest
    left = [[0 if (place, period) in out else count for period, count in enumerate(row)]
            for place, row in enumerate(cases)]  # fmt: skip
    given = as_table(hypothesis.controls if isinstance(hypothesis, Bernoulli) else hypothesis.expected, len(cases[0]))
    for place, period in out:
        given[place][period] = 0.0
    if isinstance(hypothesis, Bernoulli):
        return left, Bernoulli(given), 1.0
    return left, replace(hypothesis, expected=given), 1.0


def plain_adjusted(known: Sequence[KnownCluster], cases: Counts, hypothesis: Any) -> tuple[Counts, Any, float]:
    """What `adjusted_for` is to return: equations 7 to 9."""
    periods = len(cases[0])
    if isinstance(hypothesis, Permutation | Bernoulli):
        return plain_taken_out(cases, set().union(*(cells_of(one, periods) for one in known)), hypothesis)
    expected = as_table(hypothesis.expected, periods)
    for one in known:
        for place, period in cells_of(one, periods):
            expected[place][period] *= 1.0 if one.relative_risk is None else one.relative_risk
    observed = [cells_of(one, periods) for one in known if one.relative_risk is None]
    rest = [cell for cell in all_cells(cases) if cell not in set().union(*observed)]
    usual = 1.0
    if isinstance(hypothesis, Poisson):
        ill = sum(cases[place][period] for place, period in rest)
        usual = sum(expected[place][period] for place, period in rest) / ill
    for cells in observed:
        there = sum(expected[place][period] for place, period in cells)
        ill = sum(cases[place][period] for place, period in cells)
        for place, period in cells:
            expected[place][period] *= usual * ill / there if there else 1.0
    if isinstance(hypothesis, Baseline):
        return cases, Baseline(expected, hypothesis.dispersion), 1.0
    return cases, Poisson(expected), 1.0


def plain_rounds(
    cases: Counts, where: Any, hypothesis: Any, options: ScanOptions, most: int
) -> Iterator[tuple[PlainCluster, tuple[int, ...], float]]:
    """Yield the most likely cluster of what the ones before left, those of its members that are told, and how near its
    data came to being rounded otherwise."""
    out: set[Cell] = set()
    left, expecting, nearest = cases, hypothesis, 1.0
    for _ in range(most):
        found = PlainScan(left, where, expecting, options).clusters()
        if not found:
            return
        cluster = found[0]
        periods = range(cluster.window[0], cluster.window[1] + 1)
        new = tuple(place for place in cluster.zone.members if any((place, period) not in out for period in periods))
        yield cluster, new or cluster.zone.members, nearest
        if not new:
            return
        out |= {(place, period) for place in cluster.zone.members for period in periods}
        if not plain_can_be_compared(cases, out, hypothesis):
            return
        left, expecting, nearest = plain_taken_out(cases, out, hypothesis)
