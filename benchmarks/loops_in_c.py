"""Loops in C beside which the scan engine is measured, on its own replicas and zones.

`PrototypeLoop` is the sizing prototype's `k.c`, called as the prototype calls its own kernel: a pass over small zones gives
a threshold, the second pass goes over all. `OnlyRead` adds up the same rows in the same order and does nothing else.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.scanning.preparing import Setup
from kentongan.engine.scanning.replicas import LANES
from kentongan.engine.scanning.zones import Zones

HERE = Path(__file__).parent
VECTOR = 64
"""Bytes of a vector: both loops load whole ones, from addresses that are multiples of it."""

C_LANES = 32
"""Replicas side by side in the prototype's loop: of 32, 64 and 128 the fastest here, as fewer windows are evaluated."""

LEAST_CASES = 2
FIRST_THRESHOLD, THRESHOLD_BELOW, OUT_OF_REACH = 3.0, 1.5, 1000.0
"""Where the prototype's pre-pass begins, and how far below the smallest maximum so far it goes on; what no window reaches."""


def prototype_folder() -> Path | None:
    """Return where the prototype lies; None without reference material."""
    reference = os.environ.get("KENTONGAN_REFERENCE")
    folder = Path(reference).resolve() / "engine" / "prototype" if reference else None
    return folder if folder is not None and folder.is_dir() else None


def compiler() -> str | None:
    """Return the C compiler: the one that `CC` names, else the usual ones."""
    return next(
        (found for name in (os.environ.get("CC"), "gcc", "clang", "cc") if name and (found := shutil.which(name))), None
    )


def compiler_version() -> str:
    """Return the compiler's own name and version."""
    found = compiler()
    if found is None:
        return "no C compiler"
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return told.stdout.splitlines()[0]


def library(source: Path, *definitions: str) -> ctypes.CDLL:
    """Return the source compiled for this machine."""
    found = compiler()
    if found is None:
        raise FileNotFoundError("no C compiler")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "loop.so"
        flags = ["-O3", "-march=native", "-shared", "-fPIC", *definitions]
        subprocess.run([found, str(source), "-o", str(target), *flags, "-lm"], check=True)  # noqa: S603 - our own words
        return ctypes.CDLL(str(target))


def aligned(shape: tuple[int, ...]) -> NDArray[np.int8]:
    """Return bytes of zero that begin at a multiple of VECTOR; NumPy promises 16 only, and the loops' loads fault there."""
    size = int(np.prod(shape))
    room = np.zeros(size + VECTOR, np.int8)
    start = -room.ctypes.data % VECTOR
    return room[start : start + size].reshape(shape)


def pointer(array: NDArray[Any]) -> ctypes.c_void_p:
    """Return where the array begins; it must outlive the call."""
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


def halves(centres: int, threads: int) -> list[tuple[int, int]]:
    """Return the first and last centre (excluded) of each thread."""
    edges = [centres * part // threads for part in range(threads + 1)]
    return list(pairwise(edges))


class PrototypeLoop:
    """The prototype's loop over the zones of a scan."""

    def __init__(self, setup: Setup, folder: Path, threads: int) -> None:
        sys.path.insert(0, str(folder))
        self.prototype = import_module("scan")  # it lies outside of the project
        self.loop = library(folder / "k.c", f"-DNV={C_LANES // 32}", "-DI8")
        self.loop.scan.restype = ctypes.c_long
        self.threads = threads
        zones, total = setup.zones, setup.statistics[0].total
        self.total = total
        self.lengths = np.diff(zones.starts).astype(np.int32)
        widest = int(self.lengths.max())
        self.neighbours = np.zeros((self.lengths.size, widest), np.int32)
        self.neighbours[np.arange(widest) < self.lengths[:, None]] = zones.places
        self.first_lengths = np.minimum(self.lengths, max(8, min(widest // 16, 64))).astype(np.int32)
        # Indices of the table of thresholds: a sum of two logarithms, of the zone's share and of the window's.
        self.base, self.shape = setup.base / total, setup.shape
        self.of_zone = self.prototype.zone_index(self.neighbours, self.lengths, self.base, total)
        self.of_window = np.floor(np.log2(self.shape) * self.prototype.Q).astype(np.int64)
        self.counts = aligned((setup.base.size, self.shape.size, C_LANES))
        self.threshold, self.smallest = FIRST_THRESHOLD, np.inf

    def hold(self, counts: NDArray[np.int8]) -> None:
        """Hold the running sums of these replicas (places, windows, C_LANES)."""
        assert counts.dtype == np.int8
        self.counts[:] = counts

    def maxima(self) -> NDArray[np.float64]:
        """Return the largest statistic of each replica held."""
        bounds = self._scan(self.first_lengths, self.threshold)
        lowest = float(bounds.min())
        found = np.maximum(self._scan(self.lengths, lowest if lowest > 0 else self.threshold / 2), bounds)
        self.smallest = min(self.smallest, float(found.min()))
        self.threshold = max(FIRST_THRESHOLD, self.smallest - THRESHOLD_BELOW)
        return found

    def bare(self) -> None:
        """Add and compare only: no window reaches the threshold.

        To be called after `maxima`: in a fresh process GCC's code loads from a constant under an empty mask, and as long as
        no window has been evaluated the constant's page is not in memory; the processor then takes five times as long.
        """
        self._scan(self.lengths, OUT_OF_REACH)

    def _scan(self, lengths: NDArray[np.int32], threshold: float) -> NDArray[np.float64]:
        """Return the largest statistic of each replica in zones of these lengths; exact from the threshold on."""
        table = self.prototype.thr_table(threshold * (1 - 1e-12), self.total, 64 * self.prototype.Q)

        def part(first: int, last: int) -> NDArray[np.float64]:
            best = np.zeros(C_LANES)
            self.loop.scan(
                *map(
                    pointer,
                    (self.counts, self.neighbours, lengths, self.of_zone, self.of_window, self.base, self.shape),
                ),
                ctypes.c_double(self.total),
                pointer(table),
                *map(ctypes.c_long, (first, last, self.neighbours.shape[1])),
                ctypes.c_int16(LEAST_CASES),
                pointer(best),
            )
            return best

        with ThreadPoolExecutor(self.threads) as pool:
            parts = list(pool.map(lambda share: part(*share), halves(lengths.size, self.threads)))
        answer: NDArray[np.float64] = np.max(parts, axis=0)
        return answer


class OnlyRead:
    """The rows of all zones added up in registers: what nothing that reads every count of every zone can beat."""

    def __init__(self, zones: Zones, windows: int, threads: int) -> None:
        self.zones, self.threads = zones, threads
        self.loop = library(HERE / "read_counts.c", f"-DVECTORS={windows * LANES // VECTOR}")

    def read(self, counts: NDArray[np.int8]) -> None:
        """Read the counts (places, windows, LANES) of every zone; they were made by `aligned`."""
        arrays = pointer(counts), pointer(self.zones.places), pointer(self.zones.starts)

        def part(share: tuple[int, int]) -> None:
            self.loop.read_counts(*arrays, *map(ctypes.c_long, share))

        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(part, halves(self.zones.starts.size - 1, self.threads)))
