"""The engine's inner loops, compiled before anybody waits for them."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np

from kentongan.engine.scanning.hypotheses import Baseline, Bernoulli, Clumps, Hypothesis, Permutation, Poisson
from kentongan.engine.scanning.inference import Inference
from kentongan.engine.scanning.scan import ScanOptions, scan
from kentongan.engine.scanning.windows import Prospective, Retrospective, Windows
from kentongan.engine.scanning.zones import Sphere
from kentongan.engine.temporal.farrington import farrington
from kentongan.engine.temporal.glr import glr_negative_binomial
from kentongan.engine.temporal.surge import surges_from_history
from kentongan.engine.vulnerability import Factor, index, neighbours_of, one_village, smooth

PLACES, PERIODS = 24, 12

PROCESSES = 2
"""So many works are done at a time: scans take as long to compile as all the rest."""

Progress = Callable[[int, int], None]
"""Called with works done and works in all."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A scan whose loops are compiled for types of their own: so many cases a place, this hypothesis, these windows."""

    cases_a_place: int
    hypothesis: Hypothesis
    windows: Windows


def compile_loops(progress: Progress | None = None) -> None:
    """Leave the inner loops of scans, detectors and index compiled in `NUMBA_CACHE_DIR`; a later process only loads them.

    Shapes:  none.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    works = (_scan, _detect, _rank)  # the longest first; they have hardly a loop in common
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done, work in enumerate(as_completed([pool.submit(work) for work in works]), start=1):
            work.result()
            if progress is not None:
                progress(done, len(works))


def _scan() -> None:
    """Scan a little made-up data of every kind."""
    ones = np.ones((PLACES, PERIODS))
    now = Prospective(max_periods=3)
    kinds = (
        _Kind(1, Permutation(), now),
        _Kind(40, Permutation(), now),  # counts that no byte sums eight of
        _Kind(400, Permutation(), now),  # counts that fit no byte
        _Kind(1, Permutation(clumps=Clumps(), is_smoothed=True), now),
        _Kind(1, Poisson(ones), Retrospective(max_periods=3)),
        _Kind(1, Bernoulli(ones), now),
        _Kind(1, Baseline(ones, dispersion=1.0), now),
    )
    for kind in kinds:
        _scan_one(kind)


def _scan_one(kind: _Kind) -> None:
    """Scan a little made-up data of one kind."""
    random = np.random.default_rng(1)
    cases = random.poisson(kind.cases_a_place / PERIODS, (PLACES, PERIODS))
    cases[0, -1] += 3 + kind.cases_a_place
    where = Sphere(random.uniform(-10, -8, PLACES), random.uniform(123, 125, PLACES))
    scan(cases, where, kind.hypothesis, ScanOptions(windows=kind.windows, direction="both"), Inference(replicas=9))


def _detect() -> None:
    """Judge a little made-up series."""
    counts = np.random.default_rng(1).poisson(3.0, (2, 330))
    farrington(counts, weeks=range(328, 330))
    glr_negative_binomial(counts, weeks=range(278, 330))
    surges_from_history(counts, np.ones(330))


def _rank() -> None:
    """Rank a few made-up villages."""
    random = np.random.default_rng(1)
    links = neighbours_of(random.uniform(-10, -8, PLACES), random.uniform(123, 125, PLACES), k=4)
    rates = smooth(random.poisson(3.0, PLACES), np.ones(PLACES), links)
    values = random.normal(size=PLACES)
    values[0] = np.nan
    factors = [
        Factor(code="rates", values=rates.mean, dimension=0, weight=0.5, draws=rates),
        Factor(code="others", values=values, dimension=1, weight=0.5, sd=np.ones(PLACES)),
    ]
    one_village(index(factors, draws=70).state, 1, "others", 2.0)


if __name__ == "__main__":
    compile_loops()
