"""Where and when do more (or fewer) cases meet than expected? The scan statistics of Kulldorff, exact and fast."""

import os
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.scanning.checking import (
    cases_and_faults,
    faults_of_hypothesis,
    faults_of_inference,
    faults_of_limits,
    faults_of_where,
    faults_of_windows,
    refuse,
)
from kentongan.engine.scanning.clusters import EVERYWHERE, Candidate, Overlap, distinct_clusters
from kentongan.engine.scanning.doubts import Doubt, doubts_of
from kentongan.engine.scanning.hypotheses import Hypothesis, Permutation
from kentongan.engine.scanning.inference import (
    Inference,
    NullDistribution,
    Nulls,
    Progress,
    gumbel_p_value,
    simulate,
)
from kentongan.engine.scanning.likelihood import EXPECTATION, HIGH, SMALLEST_EXPECTATION, log_likelihood_ratio
from kentongan.engine.scanning.preparing import Setup, directions_of, room_for, set_up
from kentongan.engine.scanning.windows import Prospective, Spatial, Windows, window_periods
from kentongan.engine.scanning.zones import Where, ZoneLimits, with_all_places

Direction = Literal["high", "low", "both"]
HALF = ZoneLimits()
USUAL = Inference()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """What is scanned and reported.

    Zones are centred on every place, or on `centres` only; `with_all_places` adds all places together as one more zone,
    so that clusters in time only are found too. High rates need `min_cases` in their window; low rates at least
    `min_cases_low`. `overlap` says which further clusters are reported beside a more likely one.
    """

    windows: Windows
    zones: ZoneLimits = HALF
    direction: Direction = "high"
    min_cases: int = 2
    min_cases_low: int = 0
    overlap: Overlap = Overlap.NONE
    max_clusters: int = 10
    centres: tuple[int, ...] | None = None
    with_all_places: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A zone and window with more (or fewer) cases than expected. Periods are inclusive, members ascending.

    A cluster of all places (`with_all_places`) has neither centre nor radius; lists of neighbours give no radius.
    `undone_by_places` and `undone_by_periods` are the members and periods without which, one at a time, the cluster
    would no longer be significant. The recurrence interval is given for prospective scans only.
    """

    members: tuple[int, ...]
    centre: int | None
    radius: float | None
    first_period: int
    last_period: int
    observed: int
    expected: float
    relative_risk: float
    is_high: bool
    llr: float
    p_value: float
    gumbel_p_value: float | None
    recurrence_interval_days: float | None
    undone_by_places: tuple[int, ...]
    undone_by_periods: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The most likely cluster first; the largest statistics of the replicas, from which the p-values come; and doubts.

    `doubts` are what speaks against the p-values: assumptions that the cases contradict. A scan that `was_screened` was
    answered by the replicas of an earlier, similar one.
    """

    clusters: tuple[Cluster, ...]
    cases: int
    places: int
    maxima: NDArray[np.float64]
    was_stopped: bool
    was_screened: bool
    doubts: tuple[Doubt, ...]


def scan(
    cases: ArrayLike,
    where: Where,
    hypothesis: Hypothesis,
    options: ScanOptions,
    inference: Inference = USUAL,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    nulls: Nulls | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Return the clusters of these cases, each with its p-value and with what would undo it.

    The answer depends on data, options and seed only, not on executor, workers or progress. No cases, or no window in
    which more can be observed than expected: no clusters.

    Shapes:  cases (places, periods), or (places,) when time plays no part.
    Units:   counts; periods are days, weeks, months or years, whichever the caller counts in; the last one is now.
    Errors:  EngineInputError with everything that is wrong: shapes, negative or missing numbers, places without
             coordinates, cases where none is expected, options that contradict each other.
    Source:  docs/methods/scan-statistics.md, equations 1 to 5.
    """
    counts, faults = cases_and_faults(cases)
    refuse([*faults, *faults_of_scan(counts, where, hypothesis, options, inference, workers)])
    if not counts.sum():
        return Scan(
            clusters=(),
            cases=0,
            places=len(counts),
            maxima=np.empty(0),
            was_stopped=False,
            was_screened=False,
            doubts=(),
        )
    workers = workers or os.cpu_count() or 1
    setup = setup_of(counts, where, hypothesis, options)
    best, directions = setup.best(workers)
    found = distinct_clusters(
        best,
        directions,
        setup.zones,
        setup.centres,
        setup.place_of,
        setup.space,
        overlap=options.overlap,
        at_most=options.max_clusters,
    )
    null = NullDistribution(np.empty(0))
    if found and inference.replicas:
        null = simulate(
            setup.problems(inference.seed),
            inference,
            at_least=found[0].llr,
            executor=executor,
            workers=workers,
            nulls=nulls,
            progress=progress,
        )
    is_prospective = isinstance(options.windows, Prospective)
    clusters = tuple(_judged(setup, candidate, null, inference, is_prospective) for candidate in found)
    return Scan(
        clusters=clusters,
        cases=int(counts.sum()),
        places=len(counts),
        maxima=null.maxima,
        was_stopped=null.was_stopped,
        was_screened=null.was_screened,
        doubts=doubts_of(
            counts,
            hypothesis,
            setup.expectation,
            null.maxima,
            significant=[one.members for one in clusters if one.p_value <= inference.significance],
            smallest_p_value=min((one.p_value for one in clusters), default=1.0),
            has_time=not isinstance(options.windows, Spatial),
        ),
    )


def faults_of_scan(
    counts: NDArray[np.int64],
    where: Where,
    hypothesis: Hypothesis,
    options: ScanOptions,
    inference: Inference,
    workers: int | None,
) -> list[str]:
    """Return everything that is wrong with what a scan of these counts was asked.

    Shapes:  counts (places, periods).
    Units:   cases.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    return [
        *faults_of_where(where, len(counts)),
        *faults_of_hypothesis(hypothesis, counts),
        *faults_of_windows(options.windows, counts.shape[1], hypothesis),
        *faults_of_limits(options.zones, where, len(counts)),
        *faults_of_inference(inference),
        *_faults_of_options(options, len(counts), hypothesis),
        *([] if room_for(inference.replicas) else ["Ulangan acaknya terlalu banyak untuk memori."]),
        *([] if workers is None or workers > 0 else ["Jumlah pekerja harus sedikitnya 1."]),
    ]


def setup_of(counts: NDArray[np.int64], where: Where, hypothesis: Hypothesis, options: ScanOptions) -> Setup:
    """Return the scan of checked input, ready to run; there is at least one case.

    Shapes:  counts (places, periods).
    Units:   cases.
    Errors:  EngineInputError when zones or replicas would not fit into memory.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    setup = set_up(
        counts,
        where,
        hypothesis,
        options.windows,
        options.zones,
        options.centres,
        directions_of(options.direction, options.min_cases, options.min_cases_low),
    )
    if not options.with_all_places:
        return setup
    zones = with_all_places(setup.zones, setup.place_of.size)
    return replace(setup, zones=zones, centres=np.append(setup.centres, EVERYWHERE))


def _faults_of_options(options: ScanOptions, places: int, hypothesis: Hypothesis) -> list[str]:
    """Return what is wrong with the options that concern nothing else."""
    faults = (
        (options.direction not in ("high", "low", "both"), "Arah harus high, low, atau both."),
        (options.min_cases < 1, "Jumlah kasus terkecil dalam satu kelompok harus sedikitnya 1."),
        (options.min_cases_low < 0, "Jumlah kasus terkecil dalam kelompok rendah tidak boleh negatif."),
        (options.max_clusters < 1, "Jumlah kelompok yang dilaporkan harus sedikitnya 1."),
        (
            options.centres is not None and not all(0 <= centre < places for centre in options.centres),
            "Ada titik pusat yang bukan tempat yang dikenal.",
        ),
        (options.centres == (), "Tidak ada satu pun titik pusat."),
        (
            options.with_all_places and isinstance(hypothesis, Permutation),
            "Permutasi tidak mengenal kelompok waktu saja: jumlah kasus setiap periode tetap pada setiap ulangan acak.",
        ),
    )
    return [text for is_wrong, text in faults if is_wrong]


def _judged(
    setup: Setup, candidate: Candidate, null: NullDistribution, inference: Inference, is_prospective: bool
) -> Cluster:
    """Return the candidate with its p-value (equation 4), its recurrence interval and what would undo it."""
    total = setup.statistics[0].total
    first, last = window_periods(setup.columns, candidate.window)
    p_value = null.p_value(candidate.llr)
    places, periods = _undoing(setup, candidate, null, inference.significance, first, last)
    outside_expected = total - candidate.expected
    outside = (total - candidate.observed) / outside_expected if outside_expected > 0 else 0.0
    if setup.statistics[0].kind == EXPECTATION:
        outside = 1.0
    inside = candidate.observed / candidate.expected
    return Cluster(
        members=tuple(candidate.members.tolist()),
        centre=None if candidate.centre == EVERYWHERE else candidate.centre,
        radius=candidate.radius,
        first_period=first,
        last_period=last,
        observed=candidate.observed,
        expected=candidate.expected,
        relative_risk=inside / outside if outside > 0 else float("inf"),
        is_high=candidate.direction == HIGH,
        llr=candidate.llr,
        p_value=p_value,
        gumbel_p_value=gumbel_p_value(null.maxima, candidate.llr),
        recurrence_interval_days=inference.run_interval_days / p_value if is_prospective else None,
        undone_by_places=places,
        undone_by_periods=periods,
    )


def _undoing(
    setup: Setup, candidate: Candidate, null: NullDistribution, significance: float, first: int, last: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the members, and the periods, without which the cluster would not be significant; none if it is not."""
    if null.p_value(candidate.llr) > significance:
        return (), ()
    statistic = next(one for one in setup.statistics if one.direction == candidate.direction)
    observed = setup.counts[candidate.members, first : last + 1]
    expected = setup.expectation.of(candidate.members, first, last)

    def is_undone(less_observed: int, less_expected: float) -> bool:
        mean = max(candidate.expected - less_expected, SMALLEST_EXPECTATION)
        return (
            null.p_value(log_likelihood_ratio(float(candidate.observed - less_observed), mean, statistic))
            > significance
        )

    by_place = zip(
        candidate.members.tolist(), observed.sum(axis=1).tolist(), expected.sum(axis=1).tolist(), strict=True
    )
    by_period = zip(range(first, last + 1), observed.sum(axis=0).tolist(), expected.sum(axis=0).tolist(), strict=True)
    places = tuple(place for place, cases, mean in by_place if is_undone(cases, mean))
    return places, tuple(period for period, cases, mean in by_period if is_undone(cases, mean))
