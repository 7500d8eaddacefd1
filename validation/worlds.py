"""Simulated worlds in which nothing has a cause: real villages, synthetic populations and synthetic cases."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from kentongan.engine.geometry import unit_vectors
from kentongan.places.gazetteer import load_gazetteer

PROVINCE = "53"
"""Nusa Tenggara Timur."""

YEAR_WEEKS = 52
CASES_PER_VILLAGE_WEEK = 0.02
POPULATION_MEDIAN, POPULATION_SPREAD, SMALLEST_POPULATION = 1500.0, 0.8, 50.0
POPULATION_SEED = 20261121
TIE_BREAKER_DEGREES = 1e-5
LATE_WEEKS = 2
SHOCKED_TOGETHER = 25


@dataclass(frozen=True, slots=True, eq=False)
class Villages:
    """Villages in the order of their codes, each with its neighbours by distance, itself first.

    `population` is synthetic; `district` and `regency` number the units that hold each village.
    """

    codes: tuple[str, ...]
    points: NDArray[np.float64]
    population: NDArray[np.float64]
    neighbours: NDArray[np.int64]
    district: NDArray[np.int64]
    regency: NDArray[np.int64]

    @property
    def base(self) -> NDArray[np.float64]:
        """The mean number of cases of each village in a week."""
        mean: NDArray[np.float64] = CASES_PER_VILLAGE_WEEK * self.population / self.population.mean()
        return mean


@cache
def ntt_villages(count: int | None = None, *, neighbours: int) -> Villages:
    """Return every n-th village of the province (None: all), so that `count` are spread evenly over the list.

    Taken are the villages that both lists of the gazetteer's sources, or the older one alone, give a point; the rest
    stand on their district's point.
    """
    gazetteer = load_gazetteer()
    listed = sorted(
        (u for u in gazetteer.descendants(PROVINCE) if u.level == "village" and "geografis" in u.sources),
        key=lambda u: u.code,
    )
    chosen = [listed[i] for i in np.linspace(0, len(listed) - 1, count or len(listed)).round().astype(int)]
    # Villages on one point would enter a zone together; a metre apart they have an order.
    random = np.random.default_rng(POPULATION_SEED)
    degrees = np.array([(u.lat, u.lon) for u in chosen], dtype=np.float64)
    degrees += random.uniform(-TIE_BREAKER_DEGREES, TIE_BREAKER_DEGREES, degrees.shape)
    points = unit_vectors(degrees[:, 0], degrees[:, 1])
    drawn = random.lognormal(np.log(POPULATION_MEDIAN), POPULATION_SPREAD, len(chosen))
    return Villages(
        codes=tuple(u.code for u in chosen),
        points=points,
        population=np.maximum(SMALLEST_POPULATION, drawn),
        neighbours=cKDTree(points).query(points, k=min(neighbours, len(chosen)))[1],
        district=_numbered([u.code[:8] for u in chosen]),
        regency=_numbered([u.code[:5] for u in chosen]),
    )


def _numbered(names: list[str]) -> NDArray[np.int64]:
    """Return a number from 0 for each name, the same for the same name."""
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The cases of a world by village and week, and those among them that become known two weeks late."""

    cases: NDArray[np.int64]
    late: NDArray[np.int64]

    def known_at(self, week: int) -> NDArray[np.int64]:
        """Return the cases of the weeks up to this one, as they are known at its end."""
        known = self.cases[:, : week + 1].copy()
        known[:, -LATE_WEEKS:] -= self.late[:, week + 1 - LATE_WEEKS : week + 1]
        return known


Rates = Callable[[Villages, int, np.random.Generator], NDArray[np.float64]]
"""From villages and weeks to factors (villages, weeks), or what broadcasts to it, on the rate of each."""


@dataclass(frozen=True, slots=True)
class World:
    """A way in which cases come about without any outbreak."""

    code: str
    label: str
    factors: Rates
    late_share: float = 0.0

    def history(self, villages: Villages, weeks: int, random: np.random.Generator) -> History:
        """Return the cases of this many weeks, drawn anew."""
        rates = villages.base[:, None] * np.ones(weeks)
        cases = random.poisson(rates * self.factors(villages, weeks, random))
        return History(cases, random.binomial(cases, self.late_share))


def _flat(_villages: Villages, _weeks: int, _random: np.random.Generator) -> NDArray[np.float64]:
    return np.ones((1, 1))


def _season(_villages: Villages, weeks: int, _random: np.random.Generator) -> NDArray[np.float64]:
    return 1 + 0.5 * np.cos(2 * np.pi * np.arange(weeks) / YEAR_WEEKS)[None]


def _uneven(villages: Villages, _weeks: int, random: np.random.Generator) -> NDArray[np.float64]:
    return random.lognormal(-0.125, 0.5, (len(villages.codes), 1))


def _clumps(villages: Villages, weeks: int, random: np.random.Generator) -> NDArray[np.float64]:
    return random.gamma(0.5, 2.0, (len(villages.codes), weeks))


def _shocks(villages: Villages, weeks: int, random: np.random.Generator) -> NDArray[np.float64]:
    group = np.arange(len(villages.codes)) // SHOCKED_TOGETHER
    return random.gamma(4.0, 0.25, (group[-1] + 1, weeks))[group]


WORLDS = (
    World("flat", "rates constant", _flat),
    World("season", "yearly season, amplitude 0.5", _season),
    World("late", "40 % of the last two weeks not yet reported", _flat, late_share=0.4),
    World("uneven", "village rates lognormal, sd 0.5", _uneven),
    World("clumps", "village-weeks clump, gamma CV² 2", _clumps),
    World("shocks", "25 neighbouring villages share weekly shocks, CV 0.5", _shocks),
)
