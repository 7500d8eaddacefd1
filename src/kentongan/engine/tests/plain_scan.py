"""The scan statistics written as their definitions read: every centre, every zone, every window, every direction.

Slow on purpose, in plain Python. It reads the engine's options and computes nothing with the engine's code: distances
come from the haversine formula, sums from going through all cells, the statistics from their formulas in the textbooks.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kentongan.engine import (
    Baseline,
    Bernoulli,
    NeighbourLists,
    Overlap,
    Permutation,
    Plane,
    Prospective,
    ScanOptions,
    Spatial,
    Sphere,
    ZoneLimits,
)

EARTH_RADIUS_M = 6_371_008.8
TIE = 1e-9
SLACK = 1e-9

Table = Sequence[Sequence[float]]
Window = tuple[int, int]
"""The first and the last period, both included."""


@dataclass(frozen=True)
class Zone:
    """All places up to a distance (or the beginning of a list); `size` orders zones of one or several centres."""

    size: float
    radius: float | None
    members: tuple[int, ...]


@dataclass(frozen=True)
class PlainCluster:
    llr: float
    is_high: bool
    centre: int | None
    zone: Zone
    window: Window
    observed: int
    expected: float


def haversine_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    phi, psi = math.radians(one[0]), math.radians(other[0])
    half_width = math.radians(other[1] - one[1]) / 2
    square = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(half_width) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(math.sqrt(square), 1.0))


def x_log(x: float, ratio: float) -> float:
    """x log ratio, with 0 log 0 = 0."""
    return x * math.log(ratio) if x > 0 else 0.0


def poisson_llr(observed: int, expected: float, total: int, is_high: bool) -> float:
    """Equation 1: n log(n / mu) + (C - n) log((C - n) / (C - mu)) on the side sought."""
    if (observed <= expected) if is_high else (observed >= expected):
        return 0.0
    inside = x_log(observed, observed / expected)
    outside = x_log(total - observed, (total - observed) / (total - expected)) if observed < total else 0.0
    return inside + outside


def bernoulli_llr(cases: int, individuals: int, all_cases: int, all_individuals: int, is_high: bool) -> float:
    """Equation 2 as Kulldorff (1997) writes it: cases and individuals inside, and all of them."""
    rest, others = all_cases - cases, all_individuals - individuals
    lead = cases * others - rest * individuals
    if (lead <= 0) if is_high else (lead >= 0):
        return 0.0

    def of_group(ill: int, everyone: int) -> float:
        healthy = everyone - ill
        return (x_log(ill, ill / everyone) + x_log(healthy, healthy / everyone)) if everyone else 0.0

    return of_group(cases, individuals) + of_group(rest, others) - of_group(all_cases, all_individuals)


def baseline_llr(observed: int, expected: float, is_high: bool) -> float:
    """Equation 3: n log(n / mu) - (n - mu) on the side sought."""
    if (observed <= expected) if is_high else (observed >= expected):
        return 0.0
    return x_log(observed, observed / expected) - (observed - expected)


def smoothed(totals: Sequence[float]) -> list[float]:
    """Equation 6: totals drawn towards their mean by empirical Bayes, with the same sum."""
    mean = math.fsum(totals) / len(totals)
    spread = math.fsum((total - mean) ** 2 - total for total in totals) / (len(totals) * mean**2)
    if spread <= 0.001:
        return [mean] * len(totals)
    drawn = [(total + 1 / spread) / (mean + 1 / spread) for total in totals]
    return [one * math.fsum(totals) / math.fsum(drawn) for one in drawn]


class PlainScan:
    """One scan problem; `clusters` answers it, `largest` is the statistic of other counts under the same hypothesis."""

    def __init__(self, cases: Iterable[Iterable[int]], where: Any, hypothesis: Any, options: ScanOptions) -> None:
        self.cases = [[int(count) for count in row] for row in cases]
        self.places, self.periods = len(self.cases), len(self.cases[0])
        self.total = sum(map(sum, self.cases))
        self.where, self.hypothesis, self.options = where, hypothesis, options
        self.expectation = self._expectation()
        chosen = range(self.places) if options.centres is None else sorted(set(options.centres))
        self.zones: dict[int | None, list[Zone]] = {centre: list(self._zones(centre)) for centre in chosen}
        if options.with_all_places:
            self.zones[None] = [Zone(math.inf, None, tuple(range(self.places)))]
        self.windows = list(self._windows())

    def _expectation(self) -> Table:
        if isinstance(self.hypothesis, Permutation):
            of_place = [float(sum(row)) for row in self.cases]
            if self.hypothesis.is_smoothed:
                of_place = smoothed(of_place)
            clumps = self.hypothesis.clumps
            counted = self.cases
            if clumps is not None:
                sources = self.cases if clumps.cases is None else np.asarray(clumps.cases).tolist()
                counted = [[int(count > 0) for count in row] for row in sources]
            of_period = [sum(row[period] for row in counted) for period in range(self.periods)]
            return [[place * week / sum(of_period) for week in of_period] for place in of_place]
        if isinstance(self.hypothesis, Bernoulli):
            self.individuals = [
                [ill + int(healthy) for ill, healthy in zip(*rows, strict=True)]
                for rows in zip(self.cases, self._table(self.hypothesis.controls), strict=True)
            ]
            everyone = sum(map(sum, self.individuals))
            return [[count * self.total / everyone for count in row] for row in self.individuals]
        given = self._table(self.hypothesis.expected)
        if isinstance(self.hypothesis, Baseline):
            return given
        all_given = math.fsum(value for row in given for value in row)
        return [[value * self.total / all_given for value in row] for row in given]

    def _table(self, values: Any) -> Table:
        rows = np.asarray(values, dtype=float).tolist()
        return rows if isinstance(rows[0], list) else [[value] * self.periods for value in rows]

    def _windows(self) -> Iterator[Window]:
        """Shorter windows first, of equally long ones the earlier."""
        windows = self.options.windows
        if isinstance(windows, Spatial):
            yield 0, self.periods - 1
            return
        for length in range(windows.min_periods, windows.max_periods + 1):
            for first in range(self.periods - length + 1):
                if first + length == self.periods or not isinstance(windows, Prospective):
                    yield first, first + length - 1
        if windows.with_all_time:
            yield 0, self.periods - 1

    def _weight(self, place: int) -> float:
        if self.options.zones.share_of_cases or isinstance(self.hypothesis, Permutation):
            return sum(self.cases[place])
        return math.fsum(self.expectation[place])

    def _zones(self, centre: int) -> Iterator[Zone]:
        """Every zone around this centre within the limits, the smallest first."""
        limits: ZoneLimits = self.options.zones
        all_weight = math.fsum(self._weight(place) for place in range(self.places))
        for size, radius, members in self._zones_without_limits(centre):
            weight = math.fsum(self._weight(place) for place in members)
            if limits.max_share is not None and weight > limits.max_share * all_weight * (1 + SLACK):
                return
            if limits.max_share_of is not None:
                sizes = np.asarray(limits.max_share_of.sizes, dtype=float).tolist()
                held = math.fsum(sizes[place] for place in members)
                if held > limits.max_share_of.most * math.fsum(sizes) * (1 + SLACK):
                    return
            if limits.max_neighbours is not None and len(members) > limits.max_neighbours:
                return
            if limits.max_radius is not None and radius is not None and radius > limits.max_radius * (1 + SLACK):
                return
            yield Zone(size, radius, tuple(sorted(members)))

    def _zones_without_limits(self, centre: int) -> Iterator[tuple[int, float | None, list[int]]]:
        if isinstance(self.where, NeighbourLists):
            neighbours = [int(place) for place in np.asarray(self.where.lists[centre])]
            for size in range(1, len(neighbours) + 1):
                yield size, None, neighbours[:size]
            return
        away = [self._distance(centre, place) for place in range(self.places)]
        comparable = [round(distance / self.resolution) for distance in away]
        for size in sorted(set(comparable)):
            members = [place for place in range(self.places) if comparable[place] <= size]
            yield size, max(away[place] for place in members), members

    def _axes(self) -> tuple[list[float], list[float]]:
        pair = (
            (self.where.latitude, self.where.longitude)
            if isinstance(self.where, Sphere)
            else (self.where.x, self.where.y)
        )
        return np.asarray(pair[0], dtype=float).tolist(), np.asarray(pair[1], dtype=float).tolist()

    @property
    def resolution(self) -> float:
        """Distances that differ by less are equal: a millimetre, or a 10^-9 part of a plane's extent."""
        if isinstance(self.where, Plane):
            return (max(max(axis) - min(axis) for axis in self._axes()) or 1.0) / 1e9
        return 0.001

    def _distance(self, one: int, other: int) -> float:
        first, second = self._axes()
        if isinstance(self.where, Sphere):
            return haversine_m((first[one], second[one]), (first[other], second[other]))
        return math.hypot(first[one] - first[other], second[one] - second[other])

    def expected(self, members: Iterable[int], window: Window) -> float:
        return math.fsum(
            self.expectation[place][period] for place in members for period in range(window[0], window[1] + 1)
        )

    def llr(self, observed: int, members: Iterable[int], window: Window, *, is_high: bool) -> float:
        """The statistic of one zone and window with this many cases; 0 with fewer than may be reported."""
        if observed < (self.options.min_cases if is_high else self.options.min_cases_low):
            return 0.0
        if isinstance(self.hypothesis, Bernoulli):
            inside = sum(
                self.individuals[place][period] for place in members for period in range(window[0], window[1] + 1)
            )
            return bernoulli_llr(observed, inside, self.total, sum(map(sum, self.individuals)), is_high)
        expected = self.expected(members, window)
        if isinstance(self.hypothesis, Baseline):
            return baseline_llr(observed, expected, is_high)
        return poisson_llr(observed, expected, self.total, is_high)

    def best_of(self, centre: int | None, counts: Sequence[Sequence[int]], *, is_high: bool) -> PlainCluster | None:
        """The most likely zone and window around a centre; of equal ones the smaller zone, then the shorter window."""
        leader = None
        for zone in self.zones[centre]:
            for window in self.windows:
                observed = sum(
                    counts[place][period] for place in zone.members for period in range(window[0], window[1] + 1)
                )
                llr = self.llr(observed, zone.members, window, is_high=is_high)
                if llr > (leader.llr if leader else 0.0) + TIE:
                    expected = self.expected(zone.members, window)
                    leader = PlainCluster(llr, is_high, centre, zone, window, observed, expected)
        return leader

    def largest(self, counts: Sequence[Sequence[int]], *, is_high: bool) -> float:
        """The largest statistic of these counts under the hypothesis of this problem; 0 where there is none."""
        found = (self.best_of(centre, counts, is_high=is_high) for centre in self.zones)
        return max((cluster.llr for cluster in found if cluster), default=0.0)

    def clusters(self) -> list[PlainCluster]:
        """The most likely clusters of all centres that the overlap rule allows beside each other, likeliest first."""
        directions = {"high": (True,), "low": (False,), "both": (True, False)}[self.options.direction]
        leaders = []
        for centre in self.zones:
            leader = None
            for is_high in directions:
                one = self.best_of(centre, self.cases, is_high=is_high)
                if one and one.llr > (leader.llr if leader else 0.0) + TIE:
                    leader = one
            if leader:
                leaders.append(leader)
        kept: list[PlainCluster] = []
        for cluster in self._by_likelihood(leaders):
            if len(kept) < self.options.max_clusters and not any(self._excludes(other, cluster) for other in kept):
                kept.append(cluster)
        return kept

    def _by_likelihood(self, leaders: list[PlainCluster]) -> list[PlainCluster]:
        """Of equally likely ones the smaller zone first, then the window's order, then the centre's coordinates."""
        rank, order = {}, sorted(leaders, key=lambda cluster: -cluster.llr)
        for before, cluster in zip([None, *order], order, strict=False):
            previous = rank[before.centre] if before else 0
            rank[cluster.centre] = previous + (before is not None and before.llr - cluster.llr > TIE)

        def key(cluster: PlainCluster) -> tuple[Any, ...]:
            place: tuple[float, ...] = ()
            if cluster.centre is not None and not isinstance(self.where, NeighbourLists):
                place = tuple(axis[cluster.centre] for axis in self._axes())
            window = self.windows.index(cluster.window)
            return rank[cluster.centre], cluster.zone.size, window, place, cluster.centre or 0

        return sorted(leaders, key=key)

    def _excludes(self, likelier: PlainCluster, cluster: PlainCluster) -> bool:
        if likelier.centre is None:
            return False
        if cluster.centre is None:
            tells_the_same = (cluster.window, cluster.observed) == (likelier.window, likelier.observed)
            return tells_the_same and math.isclose(cluster.expected, likelier.expected)
        holds = likelier.centre in cluster.zone.members
        is_held = cluster.centre in likelier.zone.members
        return {
            Overlap.NONE: not set(likelier.zone.members).isdisjoint(cluster.zone.members),
            Overlap.NO_CENTRE_IN_OTHER: holds or is_held,
            Overlap.CENTRE_NOT_IN_MORE_LIKELY: is_held,
            Overlap.CENTRE_NOT_IN_LESS_LIKELY: holds,
            Overlap.NO_PAIR_OF_CENTRES: holds and is_held,
            Overlap.ANY: False,
        }[self.options.overlap]
