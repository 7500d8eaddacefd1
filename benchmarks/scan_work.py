"""The work on which scan engines are measured: which villages, drawn cases, and the engine's own preparation of them."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kentongan.engine import Permutation, Poisson, Prospective, ShareOf, Sphere, ZoneLimits
from kentongan.engine.scanning.hypotheses import Hypothesis
from kentongan.engine.scanning.preparing import Setup, set_up
from kentongan.places.gazetteer import load_gazetteer

PERIODS, WINDOWS, REPLICAS, WORKERS = 52, 13, 999, 2
SEED = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: which villages, how far circles reach, and what is expected."""

    title: str
    prefix: str
    villages: int | None
    share: float | None
    neighbours: int | None
    is_permutation: bool


JOBS = {
    "ntt": Job("NTT, 10 % of the population, Poisson", "53.", None, 0.1, None, False),
    "ntt-permutation": Job("NTT, 10 % of the population, permutation", "53.", None, 0.1, None, True),
    "10000": Job("10,000 villages, 50 neighbours, Poisson", "35.", 10_000, None, 50, False),
    "indonesia": Job("Indonesia, 500 neighbours, Poisson", "", None, None, 500, False),
}


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Villages with drawn populations and cases, and one planted cluster."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    population: NDArray[np.int64]
    cases: NDArray[np.int64]


def first_of(world: World, villages: int) -> World:
    """Return the world's first villages alone."""
    few = slice(villages)
    return World(world.latitude[few], world.longitude[few], world.population[few], world.cases[few])


def villages_of(job: Job) -> NDArray[np.float64]:
    """Return the coordinates of the villages, jittered by a metre so that none coincide."""
    rows = [row for row in load_gazetteer() if row.level == "village" and row.lat is not None]
    chosen = [row for row in rows if row.code.startswith(job.prefix)] if job.villages is None else rows
    if job.villages is not None:
        first = [row for row in rows if row.code.startswith(job.prefix)]
        chosen = (first + [row for row in rows if row.code.startswith(("51.", "52."))])[: job.villages]
    points = np.array([(row.lat, row.lon) for row in chosen], dtype=np.float64)
    return points + np.random.default_rng(1).uniform(-1e-5, 1e-5, points.shape)


def draw(job: Job) -> World:
    """Draw the work: 0.02 cases a village and week in proportion to the population, and 15 more around one village."""
    points = villages_of(job)
    random = np.random.default_rng(20_261_121)
    count = len(points)
    population = np.maximum(50, random.lognormal(np.log(1500), 0.8, count)).astype(np.int64)
    cases = random.poisson(0.02 * np.outer(population / population.mean(), np.ones(PERIODS)))
    near = np.argsort(((points - points[random.integers(count)]) ** 2).sum(axis=1))[:12]
    for village, week in zip(random.choice(near, 15), random.integers(PERIODS - 4, PERIODS, 15), strict=True):
        cases[village, week] += 1
    return World(points[:, 0], points[:, 1], population, cases)


def save(world: World, path: Path) -> None:
    """Leave the world in a file, so that a process that reads it holds nothing else."""
    np.savez(path, **asdict(world))


def load(path: Path) -> World:
    """Return the world of a file."""
    with np.load(path) as arrays:
        return World(**arrays)


def hypothesis_of(job: Job, world: World) -> Hypothesis:
    """Return what is expected of this world."""
    return Permutation() if job.is_permutation else Poisson(world.population)


def limits_of(job: Job, world: World) -> ZoneLimits:
    """Return how far the circles reach; a permutation knows no population, so its sizes are given."""
    if job.is_permutation and job.share is not None:
        return ZoneLimits(max_share=None, max_share_of=ShareOf(job.share, world.population))
    return ZoneLimits(max_share=job.share, max_neighbours=job.neighbours)


def set_up_of(job: Job, world: World) -> Setup:
    """Return the engine's own preparation of the job."""
    where = Sphere(world.latitude, world.longitude)
    return set_up(
        world.cases,
        where,
        hypothesis_of(job, world),
        Prospective(max_periods=WINDOWS),
        limits_of(job, world),
        None,
        ((1, 2),),
    )
