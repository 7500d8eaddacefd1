"""How long Farrington's flexible detector takes for all villages of Indonesia, one week, beside what bounds it.

python benchmarks/bench_farrington.py
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.temporal.farrington import NOUFAILY, FarringtonDetection, farrington

SERIES = 83_449
THREADS = 2
REPEATS = 5
R_MILLISECONDS = (5.3, 11.1)
"""R surveillance 1.20.3, farringtonFlexible, for each series and week, as measured on the same kind of machine."""

MEANS = (0.02, 0.2, 2.0, 20.0)
"""Events per series and week: villages, districts, regencies, provinces."""


def drawn_series(mean: float, weeks: int) -> NDArray[np.int64]:
    """Return seeded series with a season, clumped weeks, and rates that differ from place to place."""
    random = np.random.default_rng(1)
    rate = random.lognormal(np.log(mean), 1.0, SERIES)[:, None] * (1 + 0.5 * np.sin(2 * np.pi * np.arange(weeks) / 52))
    counts = np.empty((SERIES, weeks), dtype=np.int64)
    for first in range(0, SERIES, 10_000):
        rows = slice(first, first + 10_000)
        counts[rows] = random.poisson(rate[rows] * random.gamma(2.0, 0.5, rate[rows].shape))
    return counts


def median_seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the median wall and CPU time of the work."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return float(np.median(walls)), float(np.median(cpus))


@compiled
def only_read(counts: NDArray[np.int64]) -> int:
    """Return the sum of the counts: the least that any method must do."""
    total = 0
    for row in range(counts.shape[0]):
        for week in range(counts.shape[1]):
            total += counts[row, week]
    return total


@compiled
def only_look(counts: NDArray[np.int64]) -> float:
    """Return a sum with one logarithm for each week with events: the least that a likelihood must do."""
    total = 0.0
    for row in range(counts.shape[0]):
        for week in range(counts.shape[1]):
            if counts[row, week]:
                total += np.log(counts[row, week])
    return total


def row(mean: float, years: int, counts: NDArray[np.int64], executor: Executor | None) -> str:
    """Return the timings of one problem as a line of the table."""
    options = replace(NOUFAILY, b=years)
    found: list[FarringtonDetection] = []

    def judge() -> None:
        found[:] = [farrington(counts, options=options, executor=executor)]

    wall, cpu = median_seconds(judge)
    _, read = median_seconds(lambda: only_read(counts))
    _, look = median_seconds(lambda: only_look(counts))
    ratios = " - ".join(f"{SERIES * ms / 1000 / cpu:,.0f}" for ms in R_MILLISECONDS)
    empty = float((counts == 0).mean())
    threads = THREADS if executor else 1
    return (
        f"{mean:6} {empty:6.2f} {years:5} {threads:7} {wall:8.2f} {cpu:8.2f} {SERIES / wall:10,.0f} {1e6 * cpu / SERIES:8.1f}"
        f" {ratios:>15} {read / cpu:7.1%} {look / cpu:7.1%} {int(found[0].is_alarm.sum()):7}"
    )


def main() -> None:
    """Print one row for each level of places, length of history and number of threads."""
    only_read(np.ones((2, 2), dtype=np.int64))
    only_look(np.ones((2, 2), dtype=np.int64))
    farrington(drawn_series(0.2, 162)[:50], options=replace(NOUFAILY, b=3))
    print(
        f"{SERIES:,} series, one week, 10 periods of the year, trend, reweighting, negative binomial bound; medians of {REPEATS}"
    )
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(
        "times faster: R surveillance 1.20.3 (5.3 to 11.1 ms a series) divided by our CPU time; read, look: share of our CPU time that reading all counts once, and a"
    )
    print("logarithm for each week with events, take on this machine")
    print(
        f"{'mean':>6} {'empty':>6} {'years':>5} {'threads':>7} {'wall s':>8} {'CPU s':>8} {'series/s':>10} {'us each':>8}"
        f" {'times faster':>15} {'read':>7} {'look':>7} {'alarms':>7}"
    )
    with ThreadPoolExecutor(THREADS) as executor:
        for mean in MEANS:
            for years in (3, 5):
                counts = drawn_series(mean, 52 * years + 4)
                for pool in (None, executor):
                    print(row(mean, years, counts, pool), flush=True)


if __name__ == "__main__":
    main()
