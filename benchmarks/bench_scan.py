"""How long a scan takes, beside the plain one that the tests compare it with.

python benchmarks/bench_scan.py
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kentongan.demonstration.gazetteer import simulated_villages
from kentongan.demonstration.scenario import Village
from kentongan.engine.permutation import PermutationScan, ScanOptions, scan_permutation
from kentongan.engine.tests.reference_scan import plain_scan

HISTORY_WEEKS = 52
WEEKS = 6
SIZES = (60, 150, 300, 500, 1000)
PLAIN_UP_TO = 150


@dataclass(frozen=True, slots=True)
class Problem:
    """Cases at random in villages and weeks: nothing to find."""

    place: NDArray[np.int64]
    week: NDArray[np.int64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]

    def scan(self, replicas: int, stop_after: int | None = None, radius_m: float | None = None) -> PermutationScan:
        """Scan it fast."""
        options = ScanOptions(max_periods=WEEKS, replicas=replicas, stop_after=stop_after, max_radius_m=radius_m)
        return scan_permutation(
            self.place,
            self.week,
            latitude=self.latitude,
            longitude=self.longitude,
            periods=HISTORY_WEEKS,
            options=options,
            seed=1,
        )

    def scan_plainly(self) -> object:
        """Scan the observed cases as the definition reads."""
        cases = list(zip(self.place.tolist(), self.week.tolist(), strict=True))
        where = list(zip(self.latitude.tolist(), self.longitude.tolist(), strict=True))
        return plain_scan(cases, where, periods=HISTORY_WEEKS, max_periods=WEEKS)


def draw_problem(villages: Sequence[Village], cases: int) -> Problem:
    """Draw cases in equally likely villages and weeks."""
    random = np.random.default_rng(cases)
    used, place = np.unique(random.choice(len(villages), cases), return_inverse=True)
    week = random.integers(0, HISTORY_WEEKS, cases)
    points = np.array([(villages[i].lat, villages[i].lon) for i in used])
    return Problem(place, week, points[:, 0], points[:, 1])


def median_seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the median CPU time of the work."""
    times = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return float(np.median(times))


def row(problem: Problem) -> str:
    """Return the timings of one problem as a line of the table."""
    cases = problem.place.size
    seconds = [
        median_seconds(lambda: problem.scan(999)),
        median_seconds(lambda: problem.scan(9999), 3),
        median_seconds(lambda: problem.scan(9999, radius_m=50_000.0), 3),
        median_seconds(lambda: problem.scan(9999, stop_after=20)),
    ]
    done = problem.scan(9999, stop_after=20).replicas_done
    plain = f"{1000 * median_seconds(problem.scan_plainly, 1):,.0f}" if cases <= PLAIN_UP_TO else ""
    return f"{cases:6} {problem.latitude.size:7}" + "".join(f"{s:14.4f}" for s in seconds) + f"{done:8} {plain:>14}"


def main() -> None:
    """Print one row a size."""
    villages = simulated_villages()
    draw_problem(villages, 50).scan(9)
    print(
        f"{HISTORY_WEEKS} weeks, windows to {WEEKS} weeks, circles to half of the cases; median CPU seconds, one thread"
    )
    columns = ("999 replicas", "9,999", "within 50 km", "stopped early")
    print(f"{'cases':>6} {'places':>7}" + "".join(f"{c:>14}" for c in columns) + f"{'after':>8} {'plain x 1,000':>14}")
    for cases in SIZES:
        print(row(draw_problem(villages, cases)), flush=True)


if __name__ == "__main__":
    main()
