"""Secondary clusters by iteration: the most likely cluster is taken out, and what remains is scanned again."""

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.scanning.adjusting import can_be_compared, faults_of_clumps_left_out, taken_out
from kentongan.engine.scanning.checking import cases_and_faults, refuse
from kentongan.engine.scanning.hypotheses import Hypothesis, Permutation
from kentongan.engine.scanning.inference import Inference, Nulls, Progress
from kentongan.engine.scanning.scan import USUAL, Cluster, Scan, ScanOptions, faults_of_scan, scan
from kentongan.engine.scanning.zones import Where


def iterative_scan(
    cases: ArrayLike,
    where: Where,
    hypothesis: Hypothesis,
    options: ScanOptions,
    inference: Inference = USUAL,
    *,
    most: int = 10,
    up_to_p: float = 0.05,
    executor: Executor | None = None,
    workers: int | None = None,
    nulls: Nulls | None = None,
    progress: Progress | None = None,
) -> tuple[Scan, ...]:
    """Return one scan after the other, each with the most likely cluster of what the clusters before it left.

    It ends with the first cluster whose p-value exceeds `up_to_p` or that lies wholly in cells already taken out (that
    scan is the last, and is told), after `most` scans, or when nothing is left that could be compared. The first scan is
    that of `scan`; every p-value is that of a whole new scan. Members whose cells were all taken out before are not told
    again, unless all of the cluster's were.

    Shapes:  cases (places, periods), or (places,) when time plays no part.
    Units:   counts; periods as in `scan`.
    Errors:  EngineInputError with everything that is wrong, as for `scan`; without replicas nothing tells when to end.
    Source:  docs/methods/scan-statistics.md, section "Clusters one after the other".
    """
    counts, faults = cases_and_faults(cases)
    refuse(
        [
            *faults,
            *faults_of_scan(counts, where, hypothesis, options, inference, workers),
            *_faults_of_iteration(hypothesis, inference, most, up_to_p),
        ]
    )
    options = replace(options, max_clusters=1)
    rounds: list[Scan] = []
    is_out = np.zeros(counts.shape, dtype=np.bool_)
    left, expecting = counts, hypothesis
    while len(rounds) < most:
        found = scan(
            left,
            where,
            expecting,
            options,
            inference,
            executor=executor,
            workers=workers,
            nulls=nulls,
            progress=progress,
        )
        if rounds and not found.clusters:
            break
        rounds.append(replace(found, clusters=tuple(_without(is_out, one) for one in found.clusters)))
        if not found.clusters or found.clusters[0].p_value > up_to_p:
            break
        cluster = found.clusters[0]
        if is_out[list(cluster.members), cluster.first_period : cluster.last_period + 1].all():
            break  # nothing of it is left to take out: the next scan would be this one again
        is_out[list(cluster.members), cluster.first_period : cluster.last_period + 1] = True
        if not can_be_compared(is_out, counts, hypothesis):
            break
        left, expecting = taken_out(is_out, counts, hypothesis)
    return tuple(rounds)


def _faults_of_iteration(hypothesis: Hypothesis, inference: Inference, most: int, up_to_p: float) -> list[str]:
    """Return what is wrong with the bounds of the iteration."""
    faults = (
        (most < 1, "Jumlah pemindaian berulang harus sedikitnya 1."),
        (not 0 <= up_to_p <= 1, "Batas nilai p pemindaian berulang harus antara 0 dan 1."),
        (
            inference.replicas == 0,
            "Pemindaian berulang berakhir menurut nilai p dan memerlukan ulangan acak; mintalah sedikitnya satu.",
        ),
    )
    reasons = [text for is_wrong, text in faults if is_wrong]
    return reasons + (faults_of_clumps_left_out(hypothesis) if isinstance(hypothesis, Permutation) else [])


def _without(is_out: NDArray[np.bool_], cluster: Cluster) -> Cluster:
    """Return the cluster without the members of which nothing was left in its periods."""
    window = slice(cluster.first_period, cluster.last_period + 1)
    kept = tuple(place for place in cluster.members if not is_out[place, window].all())
    if not kept:
        return cluster
    needed = tuple(place for place in cluster.undone_by_places if place in kept)
    return replace(cluster, members=kept, undone_by_places=needed)
