"""How often chance alone would give a cluster like this: Monte Carlo, early stopping, Gumbel."""

import hashlib
import math
import os
from collections.abc import Callable, MutableMapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.scanning.likelihood import TIE
from kentongan.engine.scanning.replicas import (
    FAILING_SHARE,
    LANES,
    LOWEST_LEVEL,
    Problem,
    Scatter,
    level_of,
    replica_maxima,
)

LEVELS_DOWN = 6
"""How much lower replicas that missed a level are looked at again: few are as far from the usual."""

LARGEST_EXPONENT = 700.0
"""Of e, in a double: beyond it the p-value is 1 to the last digit."""

FRAMES_AN_OCTAVE = 4
"""Scans are similar when their numbers of cases and places fall into the same quarter of a doubling."""

Progress = Callable[[int, int], None]
"""Called with the replicas done and asked for."""

Nulls = MutableMapping[str, NDArray[np.float64]]
"""Null distributions kept between runs, by what they depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """How clusters are tested.

    `stop_after` ends the Monte Carlo once so many replicas reach the most likely cluster (Besag and Clifford; None:
    never). `run_interval_days` is the time between two runs, from which the recurrence interval follows.
    `significance` is the p-value above which a cluster counts as undone when a place or a period is taken away.
    `screen_above` is for permutation and Bernoulli scans with `nulls`: where the replicas of an earlier, similar scan
    give the most likely cluster a larger p-value than this, that answers; whatever lies below is tested exactly.
    """

    replicas: int = 999
    stop_after: int | None = None
    seed: int = 0
    run_interval_days: float = 7.0
    significance: float = 0.05
    screen_above: float | None = None


@dataclass(frozen=True, slots=True)
class NullDistribution:
    """The largest statistics of the replicas, in their order.

    Whether they were stopped early, and whether they are those of an earlier, similar scan.
    """

    maxima: NDArray[np.float64]
    was_stopped: bool = False
    was_screened: bool = False

    def p_value(self, llr: float) -> float:
        """Return the Monte Carlo p-value of a statistic."""
        if not self.maxima.size:
            return 1.0
        reaching = int(np.count_nonzero(self.maxima >= llr - TIE))
        return reaching / self.maxima.size if self.was_stopped else (reaching + 1) / (self.maxima.size + 1)


def simulate(
    problems: tuple[Problem, ...],
    inference: Inference,
    *,
    at_least: float,
    executor: Executor | None = None,
    workers: int | None = None,
    nulls: Nulls | None = None,
    progress: Progress | None = None,
) -> NullDistribution:
    """Return the null distribution of the largest statistic over these problems (one for each direction).

    The replicas are the same for any executor and number of workers. A null that does not depend on the cases
    themselves is taken from `nulls` and put there; one that does is put there for the scans after it to be screened by.

    Shapes:  scalars; results in `NullDistribution`.
    Units:   log-likelihood ratios.
    Errors:  EngineInputError when a place gets more cases than can be counted.
    Source:  docs/methods/scan-statistics.md, equation 4.
    """
    is_same_null = isinstance(problems[0].null, Scatter)
    key = None
    if nulls is not None and (is_same_null or inference.screen_above is not None):
        key = _key(problems, inference) if is_same_null else _frame(problems, inference)
        if key in nulls:
            kept = NullDistribution(nulls[key], was_screened=not is_same_null)
            if is_same_null or kept.p_value(at_least) > (inference.screen_above or 0.0):
                return kept
            key = None
    workers = workers or os.cpu_count() or 1
    maxima = np.empty(0)
    level: int | None = None
    with nullcontext(executor) if executor is not None else ThreadPoolExecutor(workers) as pool:
        while maxima.size < inference.replicas:
            ahead = inference.replicas - maxima.size
            if not maxima.size:
                ahead = min(ahead, LANES)
            elif inference.stop_after is not None and key is None:
                ahead = min(ahead, max(LANES * workers, maxima.size))
            numbers = np.arange(maxima.size, maxima.size + ahead)
            found = [_exact_maxima(pool, problem, numbers, level, workers) for problem in problems]
            maxima = np.append(maxima, np.max(found, axis=0))
            level = level_of(float(np.quantile(maxima, FAILING_SHARE)))
            if progress is not None:
                progress(maxima.size, inference.replicas)
            reaching = np.flatnonzero(maxima >= at_least - TIE)
            if inference.stop_after is not None and key is None and reaching.size >= inference.stop_after:
                return NullDistribution(maxima[: reaching[inference.stop_after - 1] + 1], was_stopped=True)
    if nulls is not None and key is not None:
        nulls[key] = maxima
    return NullDistribution(maxima)


def _exact_maxima(
    pool: Executor, problem: Problem, numbers: NDArray[np.int64], level: int | None, workers: int
) -> NDArray[np.float64]:
    """Return the largest statistic of each of these replicas; those below the level are looked at again."""
    maxima = np.zeros(numbers.size)
    waiting = np.arange(numbers.size)
    while waiting.size:
        # Whole batches for each worker: a lane without a replica costs as much as one with.
        batches = -(-waiting.size // LANES)
        edges = [LANES * (batches * worker // workers) for worker in range(1, workers)]
        shares = [share for share in np.split(waiting, edges) if share.size]
        is_exact = np.zeros(numbers.size, dtype=np.bool_)
        if len(shares) == 1:
            maxima[shares[0]], is_exact[shares[0]] = replica_maxima(problem, numbers[shares[0]], level)
        else:
            futures = [pool.submit(replica_maxima, problem, numbers[share], level) for share in shares]
            for share, future in zip(shares, futures, strict=True):
                maxima[share], is_exact[share] = future.result()
        if level is None:
            level = level_of(float(maxima[is_exact].min())) if is_exact.any() else LOWEST_LEVEL
        waiting = waiting[~is_exact[waiting]]
        level = _lower(level)
    return maxima


def _lower(level: int) -> int:
    """Return the level at which replicas that missed this one are looked at again; 0 is reached by all."""
    if level > LOWEST_LEVEL:
        return max(level - LEVELS_DOWN, LOWEST_LEVEL)
    return 0


def _key(problems: tuple[Problem, ...], inference: Inference) -> str:
    """Return what the null distribution depends on, as a digest."""
    digest = hashlib.blake2b(repr((inference.replicas, inference.seed)).encode(), digest_size=16)
    for problem in problems:
        null = problem.null
        assert isinstance(null, Scatter)  # noqa: S101 - the caller asked
        for array in (*problem.zones, problem.windows.lower, problem.windows.upper, problem.base, problem.shape):
            digest.update(np.ascontiguousarray(array).data)
        digest.update(np.ascontiguousarray(problem.expected).data)
        digest.update(null.table.data)
        digest.update(null.clumping.data)
        digest.update(repr((problem.statistic, null.total, null.share)).encode())
    return digest.hexdigest()


def _frame(problems: tuple[Problem, ...], inference: Inference) -> str:
    """Return what similar scans have in common: windows, statistic, and numbers of cases and places up to a fifth."""
    parts: list[object] = ["screen", inference.replicas]
    for problem in problems:
        numbers = (problem.statistic.total, problem.statistic.individuals, problem.base.size, problem.zones.places.size)
        about = [round(FRAMES_AN_OCTAVE * math.log2(1 + number)) for number in numbers]
        windows = (problem.windows.lower.tolist(), problem.windows.upper.tolist())
        kind = (problem.statistic.kind, problem.statistic.direction, problem.statistic.least_cases)
        parts += [type(problem.null).__name__, about, windows, kind]
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def gumbel_p_value(maxima: NDArray[np.float64], llr: float) -> float | None:
    """Return the p-value from a Gumbel distribution fitted to the replicas' maxima by moments.

    None with fewer than two replicas, or when they are all equal: there is nothing to fit.

    Shapes:  maxima (replicas,).
    Units:   log-likelihood ratios; result in [0, 1].
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 5.
    """
    spread = float(np.std(maxima, ddof=1)) if maxima.size > 1 else 0.0
    if spread < TIE:
        return None
    scale = spread * math.sqrt(6) / math.pi
    location = float(np.mean(maxima)) - np.euler_gamma * scale
    return -math.expm1(-math.exp(min((location - llr) / scale, LARGEST_EXPONENT)))
