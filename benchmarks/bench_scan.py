"""How much processor time the scan engine needs, beside the sizing prototype and its loop in C, on the same work.

python benchmarks/bench_scan.py [--jobs ntt,ntt-permutation,10000,indonesia] [--repeats 3]

Villages and coordinates are the project's own; populations and cases are drawn (seeded). The prototype is read from
`KENTONGAN_REFERENCE/engine/prototype`; without it, or without a C compiler, its columns stay empty. Every engine runs in
a process of its own: two threads, compiled beforehand, so the memory is its own too. The first row of times, "geometry",
is not in the prototype's figures; ours are given with and without.
"""

import argparse
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from kentongan.engine import Inference, Permutation, Poisson, Prospective, ScanOptions, Sphere, ZoneLimits, scan
from kentongan.engine.scanning.preparing import Setup, set_up
from kentongan.engine.scanning.replicas import LANES, replica_maxima
from kentongan.places.gazetteer import load_gazetteer

PERIODS, WINDOWS, REPLICAS, WORKERS = 52, 13, 999, 2
PROTOTYPE = Path(os.environ.get("KENTONGAN_REFERENCE", "")) / "engine" / "prototype"
BANDWIDTH_PS = 12.0
"""Picoseconds for one count from the second-level cache at 64 bytes a cycle: what nothing that reads every count beats."""


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
    "ntt": Job("NTT, up to 10 % of the population, Poisson", "53.", None, 0.1, None, False),
    "ntt-permutation": Job("the same, permutation", "53.", None, 0.1, None, True),
    "10000": Job("10,000 villages, 50 neighbours, Poisson", "35.", 10_000, None, 50, False),
    "indonesia": Job("all of Indonesia, 500 neighbours, Poisson", "", None, None, 500, False),
}


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Villages with drawn populations and cases, and one planted cluster."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    population: NDArray[np.int64]
    cases: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one engine needed: medians of processor and wall seconds, of preparing the zones, and the peak memory."""

    cpu: float
    wall: float
    geometry: float
    memory_mib: float
    llr: float
    evaluations: int = 0


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


def run_ours(job: Job, repeats: int) -> Figures:
    """Scan with the engine."""
    world = draw(job)
    where = Sphere(world.latitude, world.longitude)
    hypothesis = Permutation() if job.is_permutation else Poisson(world.population)
    limits = ZoneLimits(max_share=job.share, max_neighbours=job.neighbours)
    options = ScanOptions(windows=Prospective(max_periods=WINDOWS), zones=limits)

    def setup() -> Setup:
        return set_up(world.cases, where, hypothesis, options.windows, limits, None, ((1, 2),))

    def whole() -> float:
        return (
            scan(world.cases, where, hypothesis, options, Inference(replicas=REPLICAS), workers=WORKERS).clusters[0].llr
        )

    replica_maxima(setup().problems(0)[0], np.arange(LANES), None)
    geometry = min(seconds_of(setup)[0] for _ in range(2))
    cpu, wall, llr = measured(whole, repeats)
    entries = setup().zones.places.size
    return Figures(cpu, wall, geometry, peak_mib(), llr, entries * WINDOWS * REPLICAS)


def run_prototype(job: Job, repeats: int) -> Figures:
    """Scan with the sizing prototype."""
    sys.path.insert(0, str(PROTOTYPE))
    scan2 = import_module("scan2")  # it lies outside of the project
    world = draw(job)
    points = np.stack((world.latitude, world.longitude), axis=1)
    size = {"popfrac": job.share} if job.share else {"K": job.neighbours}
    began = time.process_time()
    prepared = scan2.Scan(points, pop=world.population, W=WINDOWS, nth=WORKERS, **size)
    geometry = time.process_time() - began
    kind = "perm" if job.is_permutation else "poisson"

    def whole() -> float:
        prepared.model(world.cases, kind)
        llr = prepared.observed()["llr"]
        prepared.replicas2(REPLICAS)
        return float(llr)

    prepared.model(world.cases, kind)
    prepared.observed()
    prepared.replicas2(1)
    cpu, wall, llr = measured(whole, repeats)
    return Figures(cpu, wall, geometry, peak_mib(), llr, int(prepared.nk.sum()) * WINDOWS * REPLICAS)


def run_c(job: Job, repeats: int) -> Figures:
    """Run the prototype's loop in C over one batch of replicas of 128 and scale it: the bound of reading every count."""
    world = draw(job)
    setup = set_up(
        world.cases,
        Sphere(world.latitude, world.longitude),
        Permutation() if job.is_permutation else Poisson(world.population),
        Prospective(max_periods=WINDOWS),
        ZoneLimits(max_share=job.share, max_neighbours=job.neighbours),
        None,
        ((1, 2),),
    )
    library = compiled_loop()
    places, starts = setup.zones.places, setup.zones.starts
    lengths = np.diff(starts).astype(np.int32)
    widest = int(lengths.max())
    neighbours = np.zeros((lengths.size, widest), np.int32)
    neighbours[np.arange(widest) < lengths[:, None]] = places
    counts = np.zeros((setup.base.size, WINDOWS, LANES), np.int8)
    # No window reaches the threshold: the loop does nothing but add and compare.
    table = np.full(64 * 128, 32767, np.int16)
    index = np.zeros(neighbours.shape, np.int16)
    shift = np.zeros(WINDOWS, np.int64)
    best, tau = np.zeros(LANES), np.ones(WINDOWS)

    def pointer(array: NDArray[Any]) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    def whole() -> float:
        library.scan(
            *(pointer(array) for array in (counts, neighbours, lengths, index, shift, setup.base, tau)),
            ctypes.c_double(float(world.cases.sum())),
            pointer(table),
            ctypes.c_long(0),
            ctypes.c_long(lengths.size),
            ctypes.c_long(widest),
            ctypes.c_int16(2),
            pointer(best),
        )
        return 0.0

    whole()
    cpu, wall, _ = measured(whole, repeats)
    batches = REPLICAS / LANES
    return Figures(cpu * batches, wall * batches, 0.0, peak_mib(), 0.0, int(lengths.sum()) * WINDOWS * REPLICAS)


def compiled_loop() -> ctypes.CDLL:
    """Return the prototype's loop, compiled for this machine: 128 lanes of bytes."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise FileNotFoundError("no C compiler")
    target = Path(tempfile.mkdtemp()) / "loop.so"
    flags = ["-O3", "-march=native", "-shared", "-fPIC", "-DNV=4", "-DI8", "-lm"]
    subprocess.run([compiler, str(PROTOTYPE / "k.c"), "-o", str(target), *flags], check=True)  # noqa: S603 - our own words
    return ctypes.CDLL(str(target))


def seconds_of(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return processor and wall seconds of the work, and its answer."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = work()
    return time.process_time() - cpu, time.perf_counter() - wall, answer


def measured(work: Callable[[], float], repeats: int) -> tuple[float, float, float]:
    """Return the medians of processor and wall seconds, and the answer."""
    runs = [seconds_of(work) for _ in range(repeats)]
    return median(run[0] for run in runs), median(run[1] for run in runs), runs[0][2]


def peak_mib() -> float:
    """Return the largest memory that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


ENGINES = {"kentongan": run_ours, "prototype": run_prototype, "loop in C": run_c}


def in_own_process(job: str, engine: str, repeats: int) -> Figures | None:
    """Return the figures of an engine from a fresh process; None where it cannot run."""
    if engine != "kentongan" and not PROTOTYPE.is_dir():
        return None
    command = [sys.executable, __file__, "--one", job, engine, "--repeats", str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        Console(stderr=True).print(
            f"{engine}: {(done.stderr.strip().splitlines() or [f'ended with {done.returncode}'])[-1]}", markup=False
        )
        return None
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def show(rows: list[tuple[Job, dict[str, Figures | None]]]) -> None:
    """Print the table."""
    table = Table(title=f"{REPLICAS} replicas, windows to {WINDOWS} of {PERIODS} weeks, {WORKERS} threads")
    for column in (
        "job",
        "engine",
        "CPU s",
        "wall s",
        "geometry s",
        "MiB",
        "statistic",
        "of prototype",
        "ps",
        "of bound",
    ):
        table.add_column(column, justify="left" if column in ("job", "engine") else "right")
    for job, figures in rows:
        prototype = figures["prototype"]
        for engine, one in figures.items():
            if one is None:
                continue
            work = one.cpu - one.geometry if engine == "kentongan" else one.cpu
            ps = work / one.evaluations * 1e12
            table.add_row(
                job.title if engine == "kentongan" else "",
                engine,
                f"{one.cpu:.2f}",
                f"{one.wall:.2f}",
                f"{one.geometry:.2f}" if one.geometry else "",
                f"{one.memory_mib:.0f}",
                f"{one.llr:.6f}" if one.llr else "",
                f"{work / prototype.cpu:.2f}" if prototype else "",
                f"{ps:.1f}",
                f"{BANDWIDTH_PS / ps:.0%}",
            )
    console = Console(width=160)
    console.print(table)
    console.print(
        "CPU of kentongan with, of the prototype without geometry; 'of prototype' compares both without. 'ps': for each "
        f"window of each replica; the bound is {BANDWIDTH_PS:.0f} ps, one byte of the second-level cache. Load now: "
        + ", ".join(f"{load:.1f}" for load in os.getloadavg())
    )


def main() -> None:
    """Print the table, or the figures of one engine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=2)
    asked = parser.parse_args()
    if asked.one:
        job, engine = asked.one
        print(json.dumps(asdict(ENGINES[engine](JOBS[job], asked.repeats))))
        return
    names = asked.jobs.split(",")
    rows = []
    for name in track(names, "scans", console=Console(stderr=True)):
        repeats = 1 if name == "indonesia" else asked.repeats
        rows.append((JOBS[name], {engine: in_own_process(name, engine, repeats) for engine in ENGINES}))
    show(rows)


if __name__ == "__main__":
    main()
