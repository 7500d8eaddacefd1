"""The space-time permutation scan written as its definition reads: every centre, every circle, every window.

Slow on purpose. It shares no code with the engine; distances come from the haversine formula.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

TIE = 1e-9
EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class PlainCluster:
    llr: float
    radius_mm: int
    length: int
    centre: int
    members: tuple[int, ...]
    observed: int
    expected: float


def distance_mm(one: tuple[float, float], other: tuple[float, float]) -> int:
    phi, psi = math.radians(one[0]), math.radians(other[0])
    half_width = math.radians(other[1] - one[1]) / 2
    square = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(half_width) ** 2
    return round(2000 * EARTH_RADIUS_M * math.asin(math.sqrt(square)))


def log_likelihood_ratio(observed: int, expected: float, total: int) -> float:
    """Equation 2 of docs/methods/space-time-permutation.md."""
    if observed <= expected * (1 + 1e-12):
        return 0.0
    inside = observed * math.log(observed / expected)
    outside = (total - observed) * math.log((total - observed) / (total - expected))
    return inside + outside


def plain_scan(
    cases: Sequence[tuple[int, int]],
    where: Sequence[tuple[float, float]],
    *,
    periods: int,
    max_periods: int,
    max_share: float = 0.5,
    max_radius_m: float = math.inf,
    all_centres: bool = False,
    min_cases: int = 2,
) -> list[PlainCluster]:
    """Return the most likely cluster and those without a common place, most likely first."""
    with_cases = {place for place, _ in cases}
    centres = sorted(range(len(where)) if all_centres else with_cases, key=lambda place: (where[place], place))
    best = []
    for centre in centres:
        away = [distance_mm(where[centre], place) for place in where]
        leader: PlainCluster | None = None
        radii = sorted({away[place] for place in with_cases if away[place] <= max_radius_m * 1000})
        for radius, length in product(radii, range(1, max_periods + 1)):
            members = tuple(place for place in range(len(where)) if away[place] <= radius)
            inside = sum(place in members for place, _ in cases)
            if inside > max_share * len(cases) + TIE:
                continue
            window = sum(period >= periods - length for _, period in cases)
            observed = sum(place in members and period >= periods - length for place, period in cases)
            expected = inside * window / len(cases)
            llr = log_likelihood_ratio(observed, expected, len(cases)) if observed >= min_cases else 0.0
            if llr > (leader.llr if leader else 0.0) + TIE:
                leader = PlainCluster(llr, radius, length, centre, members, observed, expected)
        if leader:
            best.append(leader)
    best.sort(key=lambda cluster: (-round(cluster.llr / TIE), cluster.radius_mm, cluster.length))
    kept: list[PlainCluster] = []
    for cluster in best:
        if not any(set(cluster.members) & set(other.members) for other in kept):
            kept.append(cluster)
    return kept
