"""From tables to what a run sees: clusters and silences with their figures. No Django, no clock."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from kentongan.engine import (
    Clumps,
    Cluster,
    Expectation,
    Inference,
    Permutation,
    Prospective,
    ScanOptions,
    Sphere,
    ZoneLimits,
    expectation_of,
    scan,
)
from kentongan.engine.calibration import Thresholds
from kentongan.engine.silence import Silence, SilenceOptions, SilenceScan, find_silences, known_shares

from .features import WEEK_DAYS, Heard, Table, Unseen, delays_days, report_table, week_starts
from .streams import SILENCE, Level

WINDOW_WEEKS = 4
"""A cluster is alive now and began at most this many weeks ago."""

MAX_CLUSTERS = 5
STOP_AFTER = 20
"""Monte Carlo ends once so many replicas reach the most likely cluster: it is then far from any threshold."""

FIGURES = 9
"""Significant digits that a digest compares: below lies rounding, which may differ between processors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week of the chart; `is_needed`: without this week alone the cluster would not have crossed the threshold."""

    starts_on: date
    observed: int
    expected: float
    is_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A place inside with its own count in the window and in every week of the baseline.

    `is_needed`: without this place alone the cluster would not have crossed the threshold.
    """

    place: int
    observed: int
    expected: float
    is_centre: bool
    is_needed: bool = False
    weeks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A cluster, a surge or a silence as one run sees it. `window_to` is excluded."""

    type: str
    stream: str
    level: str
    members: tuple[Member, ...]
    window_from: date
    window_to: date
    observed: int
    expected: float
    relative_risk: float | None
    llr: float | None
    p_value: float
    recurrence_days: float
    radius_m: float | None
    weeks: tuple[Week, ...]
    baseline_events: int
    history_weeks: int = 0  # that a surge was compared with

    @property
    def places(self) -> frozenset[int]:
        """The keys of the members."""
        return frozenset(member.place for member in self.members)

    @property
    def centre(self) -> int:
        """The key of the place that it is centred on."""
        return next(member.place for member in self.members if member.is_centre)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One stream at one level, or silence: what was counted, the most likely candidate, what crossed the threshold.

    `type` is that of the findings that were looked for.
    """

    stream: str
    level: str
    cases: int
    places: int
    unseen: Unseen
    replicas: int
    best: Seen | None
    seen: tuple[Seen, ...]
    type: str = "cluster"


def seed_of(watch_seed: int, *, as_of: date, stream: str, level: str) -> int:
    """Return the seed of one scan: each day, stream and level draws numbers of its own, the same at every repetition."""
    text = f"{watch_seed}:{as_of.isoformat()}:{stream}:{level}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def scan_stream(
    table: Table, *, stream: str, level: Level, limits: Thresholds, replicas: int, interval_days: float, seed: int
) -> Scanned:
    """Return the clusters of a stream that are alive in the last week and rarer than the threshold.

    Cases of one source in one week count as told together (docs/methods/scan-statistics.md, section "Clumps"). Circles
    are centred where there was a case; what is expected of a place rests on all that were listened to.
    """
    counts = table.counts()
    sources, place_of_source = table.counts_by_source()
    hypothesis = Permutation(clumps=Clumps(cases=sources, place=place_of_source), is_smoothed=True)
    result = scan(
        counts,
        Sphere(
            latitude=np.array([unit.lat for unit in table.units], dtype=np.float64),
            longitude=np.array([unit.lon for unit in table.units], dtype=np.float64),
        ),
        hypothesis,
        ScanOptions(
            windows=Prospective(max_periods=min(WINDOW_WEEKS, table.weeks - 1)),
            zones=ZoneLimits(max_share=None, max_radius=level.max_radius_m),
            max_clusters=MAX_CLUSTERS,
            centres=tuple(np.unique(table.place).tolist()) or None,
        ),
        Inference(
            replicas=max(replicas, limits.replicas),
            stop_after=STOP_AFTER,
            seed=seed,
            run_interval_days=interval_days,
            significance=limits.p_value,
        ),
    )
    expectation = expectation_of(hypothesis, counts) if result.clusters else None
    seen = [
        _cluster(cluster, table, counts, expectation, stream=stream, level=level.code)
        for cluster in result.clusters
        if expectation is not None
    ]
    return Scanned(
        stream=stream,
        level=level.code,
        cases=result.cases,
        places=result.places,
        unseen=table.unseen,
        replicas=result.maxima.size,
        best=seen[0] if seen else None,
        seen=tuple(s for s in seen if s.p_value <= limits.p_value),
    )


def _cluster(
    cluster: Cluster,
    table: Table,
    counts: NDArray[np.int64],
    expectation: Expectation,
    *,
    stream: str,
    level: str,
) -> Seen:
    inside = np.array(cluster.members)
    expected = expectation.of(inside, 0, table.weeks - 1)
    window = slice(cluster.first_period, cluster.last_period + 1)
    return Seen(
        type="cluster",
        stream=stream,
        level=level,
        members=tuple(
            Member(
                place=table.units[place].key,
                observed=int(counts[place, window].sum()),
                expected=float(by_week[window].sum()),
                is_centre=place == cluster.centre,
                is_needed=place in cluster.undone_by_places,
                weeks=tuple(counts[place].tolist()),
            )
            for place, by_week in zip(cluster.members, expected, strict=True)
        ),
        window_from=table.starts[cluster.first_period],
        window_to=table.starts[cluster.last_period] + timedelta(days=WEEK_DAYS),
        observed=cluster.observed,
        expected=cluster.expected,
        relative_risk=cluster.relative_risk if np.isfinite(cluster.relative_risk) else None,
        llr=cluster.llr,
        p_value=cluster.p_value,
        recurrence_days=cluster.recurrence_interval_days or math.inf,
        radius_m=cluster.radius,
        weeks=tuple(
            Week(
                starts_on=start,
                observed=int(counts[inside, w].sum()),
                expected=float(expected[:, w].sum()),
                is_needed=w in cluster.undone_by_periods,
            )
            for w, start in enumerate(table.starts)
        ),
        baseline_events=int(counts.sum()),
    )


def scan_silence(heard: Sequence[Heard], *, as_of: date, weeks: int, limits: Thresholds) -> Scanned:
    """Return the villages that have been silent for longer than their habit explains, all as known on the day."""
    villages, table = report_table(heard, as_of=as_of, weeks=weeks)
    scan = SilenceScan(silences=(), watched=0, unwatched=())
    if villages and limits.silence_false_alarms_per_year > 0:
        options = SilenceOptions(
            false_alarms_per_year=limits.silence_false_alarms_per_year,
            known_shares=known_shares(delays_days(heard, as_of=as_of, weeks=weeks)),
            max_history_weeks=weeks,
        )
        scan = find_silences(table, options=options)
    seen = tuple(_silence(s, villages, table, as_of=as_of) for s in scan.silences)
    return Scanned(
        stream=SILENCE,
        level="village",
        cases=int(table.sum()),
        places=scan.watched,
        unseen=Unseen(coarse=len(scan.unwatched)),
        replicas=0,
        best=seen[0] if seen else None,
        seen=seen,
        type="silence",
    )


def _silence(silence: Silence, villages: Sequence[int], table: NDArray[np.int64], *, as_of: date) -> Seen:
    starts = week_starts(as_of, table.shape[1])
    per_week = silence.expected_rate / silence.rhythm_weeks
    expected = per_week * silence.silent_weeks
    village = villages[silence.place]
    return Seen(
        type="silence",
        stream=SILENCE,
        level="village",
        members=(Member(place=village, observed=0, expected=expected, is_centre=True),),
        window_from=starts[silence.last_week] + timedelta(days=WEEK_DAYS),
        window_to=as_of + timedelta(days=1),
        observed=0,
        expected=expected,
        relative_risk=None,
        llr=None,
        p_value=silence.p_value,
        recurrence_days=silence.recurrence_interval_days,
        radius_m=None,
        weeks=tuple(
            Week(starts_on=start, observed=int(table[silence.place, w]), expected=per_week)
            for w, start in enumerate(starts)
        ),
        baseline_events=int(table[silence.place].sum()),
    )


def outcome_of(scanned: Sequence[Scanned], *, code_of: dict[int, str]) -> list[dict[str, object]]:
    """Return what a run saw, in plain values: the same for the same data, parameters and seed."""
    return [
        {
            "type": s.type,
            "stream": s.stream,
            "level": s.level,
            "cases": s.cases,
            "places": s.places,
            "unseen": asdict(s.unseen),
            "replicas": s.replicas,
            "best": _plain(s.best, code_of) if s.best else None,
            "seen": [_plain(one, code_of) for one in s.seen],
        }
        for s in scanned
    ]


def digest_of(outcome: object, parameters: object) -> str:
    """Return the fingerprint of an answer with the parameters that it was asked with."""
    text = json.dumps({"outcome": outcome, "parameters": parameters}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(seen: Seen, code_of: dict[int, str]) -> dict[str, object]:
    return {
        "type": seen.type,
        "members": sorted(code_of[place] for place in seen.places),
        "from": seen.window_from.isoformat(),
        "to": seen.window_to.isoformat(),
        "observed": seen.observed,
        "expected": _rounded(seen.expected),
        "llr": _rounded(seen.llr),
        "p": _rounded(seen.p_value),
        "recurrence_days": _rounded(seen.recurrence_days),
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.{FIGURES}g}")
