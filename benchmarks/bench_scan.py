"""How much processor time the scan engine needs, beside the sizing prototype, its loop in C and a bound, on the same work.

python benchmarks/bench_scan.py [--jobs ntt,ntt-permutation,10000,indonesia] [--repeats 3]

Villages and coordinates are the project's own; populations and cases are drawn (seeded). The prototype is read from
`KENTONGAN_REFERENCE/engine/prototype`; what cannot run is named with its reason. Every engine runs in a process of its
own, compiled beforehand, so its memory is its own too.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from loops_in_c import C_LANES, OnlyRead, PrototypeLoop, aligned, compiler, prototype_folder
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from scan_tables import LOOP, OURS, PROTOTYPE, Figures, Measured, show
from scan_work import (
    JOBS,
    PERIODS,
    REPLICAS,
    SEED,
    WINDOWS,
    WORKERS,
    Job,
    World,
    draw,
    first_of,
    hypothesis_of,
    limits_of,
    load,
    save,
    set_up_of,
)

from kentongan.engine import Inference, Prospective, Scan, ScanOptions, Sphere, scan
from kentongan.engine.scanning.replicas import LANES, _WorkSpace

FEW, PROBE_STRIDE = 300, 1000
"""So many villages, or every so manieth centre, are enough for having everything compiled and loaded."""

QUIET = {"OMP_WAIT_POLICY": "PASSIVE"}
"""The prototype's threads sleep while they wait; else, on a shared machine, their waiting counts twice as much as their work."""


def options_of(job: Job, world: World) -> ScanOptions:
    """Return what is scanned."""
    return ScanOptions(windows=Prospective(max_periods=WINDOWS), zones=limits_of(job, world))


def run_ours(job: Job, world: World, repeats: int) -> Figures:
    """Scan with the engine."""
    where, hypothesis = Sphere(world.latitude, world.longitude), hypothesis_of(job, world)
    options = options_of(job, world)
    nulls: dict[str, NDArray[np.float64]] = {}

    def whole() -> Scan:
        nulls.clear()
        return again()

    def again() -> Scan:
        return scan(
            world.cases,
            where,
            hypothesis,
            options,
            Inference(replicas=REPLICAS, seed=SEED),
            workers=WORKERS,
            nulls=nulls,
        )

    few = first_of(world, FEW)
    scan(
        few.cases,
        Sphere(few.latitude, few.longitude),
        hypothesis_of(job, few),
        options_of(job, few),
        Inference(replicas=9),
    )
    geometry, _, setup = measured(partial(set_up_of, job, world), repeats)
    probe = _WorkSpace(setup.problems(SEED)[0])
    probe.draw(np.arange(LANES))
    probe.scan(0, stride=PROBE_STRIDE)
    entries = setup.zones.places.size
    del probe, setup
    cpu, wall, found = measured(whole, repeats)
    repeated = seconds_of(again)[0] if nulls else None
    return Figures(
        whole=cpu,
        wall=wall,
        geometry=geometry,
        memory_mib=peak_mib(),
        llr=found.clusters[0].llr,
        maxima=found.maxima.tolist(),
        places=len(world.cases),
        entries=entries,
        load=os.getloadavg()[0],
        again=repeated,
    )


def run_prototype(job: Job, world: World, repeats: int) -> Figures:
    """Scan with the sizing prototype."""
    sys.path.insert(0, str(prototype_folder()))
    scan2 = import_module("scan2")  # it lies outside of the project
    points = np.stack((world.latitude, world.longitude), axis=1)
    size = {"popfrac": job.share} if job.share else {"K": job.neighbours}
    prepare = partial(scan2.Scan, points, pop=world.population, W=WINDOWS, nth=WORKERS, **size)
    geometry, _, prepared = measured(prepare, repeats)
    kind = "perm" if job.is_permutation else "poisson"

    def whole() -> tuple[float, NDArray[np.float64]]:
        prepared.model(world.cases, kind)
        return prepared.observed()["llr"], prepared.replicas2(REPLICAS)

    prepared.model(world.cases, kind)
    prepared.observed()
    sizes = prepared.nk.copy()
    prepared.nk[:] = np.minimum(prepared.nk, 1)
    prepared.replicas2(1)
    prepared.nk[:] = sizes
    cpu, wall, (llr, maxima) = measured(whole, repeats)
    return Figures(
        whole=cpu + geometry,
        wall=wall,
        geometry=geometry,
        memory_mib=peak_mib(),
        llr=float(llr),
        maxima=maxima.tolist(),
        places=len(world.cases),
        entries=int(prepared.nk.sum()),
        load=os.getloadavg()[0],
    )


def run_c(job: Job, world: World, repeats: int) -> Figures:
    """Run the prototype's loop in C, and the bound, over the engine's zones and replicas; once, batch by batch."""
    del repeats
    folder = prototype_folder()
    assert folder is not None
    setup = set_up_of(job, world)
    loop, bound = PrototypeLoop(setup, folder, WORKERS), OnlyRead(setup.zones, WINDOWS, WORKERS)
    work = _WorkSpace(setup.problems(SEED)[0])
    work.draw(np.arange(1))
    counts = aligned((setup.base.size, WINDOWS, LANES))
    cpu = wall = drawing = reading = 0.0
    maxima: list[float] = []
    for first in range(0, REPLICAS, LANES):
        drawing += seconds_of(partial(work.draw, np.arange(first, first + LANES)))[0]
        counts[:] = work.counts[:-1]
        reading += seconds_of(partial(bound.read, counts))[0]
        for lane in range(0, LANES, C_LANES):
            loop.hold(counts[:, :, lane : lane + C_LANES])
            seconds, waited, found = seconds_of(loop.maxima)
            cpu, wall = cpu + seconds, wall + waited
            maxima += found.tolist()
    loops = -(-REPLICAS // C_LANES)
    return Figures(
        whole=cpu,
        wall=wall,
        geometry=0.0,
        memory_mib=peak_mib(),
        llr=0.0,
        maxima=maxima[:REPLICAS],
        places=len(world.cases),
        entries=setup.zones.places.size,
        load=os.getloadavg()[0],
        bare=loops * seconds_of(loop.bare)[0],
        drawing=drawing,
        reading=reading,
    )


def seconds_of(work: Callable[[], Any], *, of: Callable[[], float] = time.process_time) -> tuple[float, float, Any]:
    """Return processor and wall seconds of the work, and its answer."""
    cpu, wall = of(), time.perf_counter()
    answer = work()
    return of() - cpu, time.perf_counter() - wall, answer


def measured(work: Callable[[], Any], repeats: int) -> tuple[float, float, Any]:
    """Return the medians of processor and wall seconds, and the answer; no two answers are held at a time."""
    cpu, wall, answer = [], [], None
    for _ in range(repeats):
        answer = None
        processor, waited, answer = seconds_of(work)
        cpu.append(processor)
        wall.append(waited)
    return median(cpu), median(wall), answer


def peak_mib() -> float:
    """Return the largest memory that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


FRESH = """
import numpy as np
from kentongan.engine import Inference, Permutation, Poisson, Prospective, ScanOptions, Sphere, scan
random = np.random.default_rng(1)
cases = random.poisson(0.2, ({places}, {periods}))
where = Sphere(random.uniform(-10, -8, {places}), random.uniform(123, 125, {places}))
options = ScanOptions(windows=Prospective(max_periods={windows}))
scan(cases, where, {hypothesis}, options, Inference(replicas={replicas}), workers={workers})
"""
FRESH_WORK = {"places": 300, "periods": PERIODS, "windows": WINDOWS, "replicas": REPLICAS, "workers": WORKERS}


def seconds_of_process(program: str, repeats: int) -> list[tuple[float, float]]:
    """Return the processor and wall seconds that a fresh Python needed for the program, from its start to its end."""
    return [
        seconds_of(partial(subprocess.run, [sys.executable, "-c", program], check=True), of=cpu_of_children)[:2]
        for _ in range(repeats)
    ]


def cpu_of_children() -> float:
    """Return the processor seconds of the processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fresh_programs() -> dict[str, str]:
    """Return what a fresh process is asked to do."""
    scans = {"Poisson": "Poisson(np.ones(len(cases)))", "permutation": "Permutation()"}
    return {"import kentongan.engine": "import kentongan.engine"} | {
        f"first scan answered, {title}": FRESH.format(hypothesis=text, **FRESH_WORK) for title, text in scans.items()
    }


def in_own_process(job: str, world: Path, engine: str, repeats: int) -> Figures | str:
    """Return the figures of an engine from a fresh process, or why there are none."""
    if engine != OURS and prototype_folder() is None:
        return "KENTONGAN_REFERENCE holds no prototype"
    if engine == LOOP and compiler() is None:
        return "no C compiler"
    command = [sys.executable, __file__, "--one", job, str(world), engine, "--repeats", str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | QUIET)  # noqa: S603 - our own words
    if done.returncode < 0:
        return f"ended by {signal.Signals(-done.returncode).name}"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print the tables, or the figures of one engine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("JOB", "FILE", "ENGINE"), help="print one engine's figures")
    asked = parser.parse_args()
    if asked.one:
        job, path, engine = asked.one
        print(json.dumps(asdict(ENGINES[engine](JOBS[job], load(Path(path)), asked.repeats))))
        return
    errors = Console(stderr=True)
    rows = []
    for name in track(asked.jobs.split(","), "scans", console=errors):
        row = Measured(JOBS[name])
        rows.append(row)
        with TemporaryDirectory() as folder:
            world = Path(folder) / "world.npz"
            save(draw(row.job), world)
            for engine in ENGINES:
                found = in_own_process(name, world, engine, 1 if name == "indonesia" else asked.repeats)
                if isinstance(found, Figures):
                    row.figures[engine] = found
                else:
                    row.reasons[engine] = found
    programs = fresh_programs()
    for program in programs.values():
        seconds_of_process(program, 1)
    fresh = {work: seconds_of_process(program, asked.repeats) for work, program in programs.items()}
    show(rows, fresh)


ENGINES = {OURS: run_ours, PROTOTYPE: run_prototype, LOOP: run_c}

if __name__ == "__main__":
    main()
