"""What is compiled beforehand is all that the watch and the index ask for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

WORK = """
import numpy as np
from kentongan.engine import Clumps, Inference, Permutation, Prospective, ScanOptions, Sphere, ZoneLimits, scan
from kentongan.engine.temporal.surge import surges_from_history
from kentongan.engine.vulnerability import neighbours_of, smooth

random = np.random.default_rng(7)
latitude, longitude = random.uniform(-10, -8, 300), random.uniform(123, 125, 300)
cases = random.poisson(0.1, (300, 30))
cases[:4, -1] += 5
scan(
    cases,
    Sphere(latitude, longitude),
    Permutation(clumps=Clumps(cases=cases, place=np.arange(300)), is_smoothed=True),
    ScanOptions(
        windows=Prospective(max_periods=6),
        zones=ZoneLimits(max_share=None, max_radius=30_000.0),
        max_clusters=3,
        centres=tuple(range(200)),
    ),
    Inference(replicas=199, stop_after=20),
)
surges_from_history(random.poisson(3.0, (5, 340)), np.ones(340))
smooth(random.poisson(3.0, 300), np.ones(300), neighbours_of(latitude, longitude, k=6))
"""


@pytest.mark.nightly
def test_after_warming_a_process_compiles_no_loop_of_scans_surges_and_smoothing(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    for command in (["-m", "kentongan.engine.warming"], ["-c", WORK]):
        before = compiled(tmp_path)
        subprocess.run([sys.executable, *command], env=environment, check=True)  # noqa: S603 - our own code

    assert before
    assert compiled(tmp_path) == before


def compiled(cache: Path) -> set[str]:
    """Return the names of the loops and types that were compiled into the cache."""
    return {file.name for file in cache.rglob("*.nbc")}
