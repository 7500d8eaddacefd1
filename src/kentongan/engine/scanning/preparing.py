"""From the caller's tables to what the inner loops need: zones, running sums, and the null hypothesis as draws."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.scanning.checking import refuse
from kentongan.engine.scanning.clusters import Space, space_of
from kentongan.engine.scanning.hypotheses import (
    Baseline,
    Bernoulli,
    Clumps,
    Expectation,
    Hypothesis,
    Permutation,
    expectation_of,
    shaped,
    sources_of,
)
from kentongan.engine.scanning.likelihood import BERNOULLI, EXPECTATION, HIGH, POISSON, TIE, Statistic
from kentongan.engine.scanning.observed import BestWindows, best_windows
from kentongan.engine.scanning.replicas import (
    LANES,
    Deal,
    Null,
    Problem,
    Scatter,
    Shuffle,
    WindowPairs,
    alias_table,
    common_start,
)
from kentongan.engine.scanning.windows import Columns, Windows, column_sums, columns_of
from kentongan.engine.scanning.zones import (
    NeighbourLists,
    Where,
    ZoneLimits,
    Zones,
    along_a_curve,
    points_of,
    zones_by_distance,
    zones_of_lists,
)

MOST_LANE_BYTES = 2**32

PLACES_A_THREAD = 100_000
"""Entries of zones below which another thread costs more than it saves."""


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """A checked scan. Inside, places stand in an order in which neighbours are near each other (`place_of`).

    counts and expectation are the caller's, by the caller's numbers; `sums` are running sums by inner numbers.
    """

    hypothesis: Hypothesis
    counts: NDArray[np.int64]
    expectation: Expectation
    space: Space
    columns: Columns
    zones: Zones
    centres: NDArray[np.int64]
    place_of: NDArray[np.int64]
    sums: NDArray[np.int64]
    base: NDArray[np.float64]
    shape: NDArray[np.float64]
    table: NDArray[np.float64]
    statistics: tuple[Statistic, ...]

    def best(self, workers: int) -> tuple[BestWindows, NDArray[np.int64]]:
        """Return every centre's most likely zone and window, and its direction."""
        by_direction = [self._best(statistic, workers) for statistic in self.statistics]
        best, directions = by_direction[0], np.full(self.centres.size, self.statistics[0].direction)
        for statistic, other in zip(self.statistics[1:], by_direction[1:], strict=True):
            is_better = other.llr > best.llr + TIE
            directions[is_better] = statistic.direction
            best = BestWindows(*(np.where(is_better, one, two) for one, two in zip(other, best, strict=True)))
        return best, directions

    def _best(self, statistic: Statistic, workers: int) -> BestWindows:
        """Return every centre's best window in one direction; the centres are shared among threads."""
        expected = self.table if self.table.size else np.multiply.outer(self.base, self.shape)
        workers = max(1, min(workers, self.zones.places.size // PLACES_A_THREAD))
        edges = np.linspace(0, self.centres.size, workers + 1).astype(np.int64)
        with ThreadPoolExecutor(workers) as pool:
            parts = list(
                pool.map(
                    lambda first, last: best_windows(
                        self.zones, self.sums, expected, self.columns.lower, self.columns.upper, statistic, first, last
                    ),
                    edges[:-1],
                    edges[1:],
                )
            )
        return BestWindows(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def problems(self, seed: int) -> tuple[Problem, ...]:
        """Return what the replicas need, once for each direction."""
        null = _null(self, np.uint64(seed % 2**64))
        lower = self.columns.lower[:0] if self.columns.is_nested else self.columns.lower
        pairs = WindowPairs(lower, self.columns.upper)
        return tuple(
            Problem(self.zones, pairs, self.base, self.shape, self.table, statistic, null, np.uint64(seed % 2**64))
            for statistic in self.statistics
        )


def set_up(
    counts: NDArray[np.int64],
    where: Where,
    hypothesis: Hypothesis,
    windows: Windows,
    limits: ZoneLimits,
    centres: tuple[int, ...] | None,
    statistics: tuple[tuple[int, int], ...],
) -> Setup:
    """Return the scan of checked input, ready to run; there is at least one case.

    Shapes:  counts (places, periods); statistics: direction and smallest count of each direction.
    Units:   cases.
    Errors:  EngineInputError when zones or replicas would not fit into memory.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    places, periods = counts.shape
    expectation = expectation_of(hypothesis, counts)
    columns = columns_of(windows, periods)
    weights = _weights(hypothesis, counts, expectation, limits)
    # Places at which nothing can be expected change no window; along lists they keep their turn.
    points = None if isinstance(where, NeighbourLists) else points_of(where)
    matters = np.arange(places) if points is None else np.flatnonzero(expectation.base > 0)
    space = space_of(None if isinstance(where, NeighbourLists) else where, places, points)
    place_of = matters[along_a_curve(space.coordinates[matters])] if points is not None else matters
    _demand_memory(place_of.size, columns)
    chosen = np.arange(places) if centres is None else np.unique(np.asarray(centres, dtype=np.int64))
    if points is not None:
        chosen = chosen[along_a_curve(space.coordinates[chosen])]
        zones = zones_by_distance(chosen, points, weights, limits, place_of=place_of, scale=space.scale)
    else:
        assert isinstance(where, NeighbourLists)  # noqa: S101 - the only kind without points
        zones = zones_of_lists([np.asarray(where.lists[centre], dtype=np.int64) for centre in chosen], weights, limits)
    total = float(counts.sum())
    kind = POISSON
    individuals = total
    if isinstance(hypothesis, Bernoulli):
        kind, individuals = BERNOULLI, total + float(np.asarray(hypothesis.controls).sum())
    elif isinstance(hypothesis, Baseline):
        kind = EXPECTATION
    shape, table = np.empty(0), np.empty((0, 0))
    if expectation.time.size:
        shape = column_sums(expectation.time[None], columns)[0]
    else:
        table = column_sums(expectation.table[place_of], columns)
    return Setup(
        hypothesis=hypothesis,
        counts=counts,
        expectation=expectation,
        space=space,
        columns=columns,
        zones=zones,
        centres=chosen,
        place_of=place_of,
        sums=column_sums(counts[place_of], columns),
        base=expectation.base[place_of],
        shape=shape,
        table=table,
        statistics=tuple(Statistic(kind, direction, total, individuals, least) for direction, least in statistics),
    )


def _weights(
    hypothesis: Hypothesis, counts: NDArray[np.int64], expectation: Expectation, limits: ZoneLimits
) -> NDArray[np.float64]:
    """Return what the largest share of a zone is a share of."""
    if limits.share_of_cases or isinstance(hypothesis, Permutation):
        cases: NDArray[np.float64] = counts.sum(axis=1).astype(np.float64)
        return cases
    return expectation.base


def _demand_memory(places: int, columns: Columns) -> None:
    """Refuse a scan whose replicas would not fit into memory."""
    lane_bytes = places * columns.last.size * LANES
    if lane_bytes > MOST_LANE_BYTES:
        refuse(
            [f"Ulangan acak memerlukan {lane_bytes / 2**30:.1f} GiB; perpendek jendela waktu atau gabungkan periode."]
        )


def _null(setup: Setup, seed: np.uint64) -> Null:
    """Return how replicas are drawn."""
    column_of = column_of_period(setup.columns, setup.counts.shape[1])
    columns = setup.columns.last.size
    counts = setup.counts[setup.place_of]
    if isinstance(setup.hypothesis, Permutation):
        if setup.hypothesis.clumps is not None:
            return _deal(setup, setup.hypothesis.clumps, column_of, seed)
        drawn = np.repeat(column_of, counts.sum(axis=0))
        drawn = np.sort(drawn[drawn < columns])
        balls = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
        return Shuffle(balls.astype(np.int32), drawn.astype(np.int32), drawn.size)
    if isinstance(setup.hypothesis, Bernoulli):
        periods = counts.shape[1]
        individuals = counts + shaped(setup.hypothesis.controls, periods)[setup.place_of].astype(np.int64)
        cell = np.where(
            column_of < columns, np.arange(len(counts))[:, None] * columns + column_of, len(counts) * columns
        )
        balls = np.repeat(cell.ravel(), individuals.ravel())
        return Shuffle(balls.astype(np.int32), np.empty(0, np.int32), int(counts.sum()))
    return _scatter(setup, column_of, columns)


def _deal(setup: Setup, clumps: Clumps, column_of: NDArray[np.int64], seed: np.uint64) -> Deal:
    """Return the clumps of the cases, ready to change their periods."""
    cases, place_of_source = sources_of(clumps, setup.counts)
    source, period = np.nonzero(cases)
    inner = np.zeros(len(setup.counts), np.int32)
    inner[setup.place_of] = np.arange(setup.place_of.size)
    numbered = np.unique(source, return_inverse=True)[1].astype(np.int32)
    return Deal(
        place=inner[place_of_source[source]],
        source=numbered,
        size=cases[source, period].astype(np.int32),
        period=common_start(numbered, period.astype(np.int32), column_of.size, seed),
        column=column_of.astype(np.int32),
    )


def _scatter(setup: Setup, column_of: NDArray[np.int64], columns: int) -> Scatter:
    """Return independent draws on the cells of places and columns."""
    periods = np.flatnonzero(column_of < columns)
    by_period = setup.expectation.of(setup.place_of, 0, column_of.size - 1)[:, periods]
    by_column = np.zeros((len(by_period), columns))
    np.add.at(by_column.T, column_of[periods], by_period.T)
    if isinstance(setup.hypothesis, Baseline):
        dispersion = setup.hypothesis.dispersion
        if dispersion is None:
            return Scatter(alias_table(by_column.ravel()), np.empty(0), float(by_column.sum()), 0.0)
        # A negative binomial is a Poisson number of clumps whose sizes follow a logarithmic series. Where a column sums
        # several periods its mean and variance are theirs.
        beyond = np.zeros_like(by_column)
        np.add.at(beyond.T, column_of[periods], by_period.T**2 / dispersion)
        ratio = np.divide(beyond, by_column, out=np.zeros_like(beyond), where=by_column > 0)
        clumps = np.divide(by_column, ratio, out=np.zeros_like(beyond), where=ratio > 0) * np.log1p(ratio)
        return Scatter(alias_table(clumps.ravel()), (ratio / (1 + ratio)).ravel(), float(clumps.sum()), 0.0)
    total = float(setup.counts.sum())
    inside = float(by_column.sum())
    return Scatter(alias_table(by_column.ravel()), np.empty(0), total if inside else 0.0, min(inside / total, 1.0))


def column_of_period(columns: Columns, periods: int) -> NDArray[np.int64]:
    """Return to which column a case of each period is added first; the number of columns where to none.

    Shapes:  result (periods,).
    Units:   periods from 0.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Windows".
    """
    if not columns.is_nested:
        return np.arange(periods)
    ages = periods - 1 - np.arange(periods)
    lengths = columns.last - columns.first + 1
    return np.searchsorted(lengths, ages + 1)


def directions_of(direction: str, min_cases: int, min_cases_low: int) -> tuple[tuple[int, int], ...]:
    """Return the directions asked for, each with the smallest count that is reported.

    Shapes:  scalars.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equations 1 to 3.
    """
    high, low = (HIGH, min_cases), (-HIGH, min_cases_low)
    return {"high": (high,), "low": (low,), "both": (high, low)}[direction]


def room_for(replicas: int) -> bool:
    """Return whether so many largest statistics can be kept.

    Shapes:  scalar.
    Units:   replicas.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    return replicas <= math.floor(2**27)
