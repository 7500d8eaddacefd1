"""The result of a scan in the words of its files: ids, dates, kilometres."""

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.files.study import Study
from kentongan.engine.scanning.clusters import Overlap
from kentongan.engine.scanning.scan import Cluster, Scan, scan
from kentongan.engine.scanning.zones import Sphere

MANY = 1000
"""Clusters asked of the engine before those that share a place are left out here (own centres only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cluster. Dates are inclusive ISO dates, or generic numbers; `centre` is a place, or None for a grid's centre.

    The radius is in kilometres on the Earth, in the coordinates' unit on a plane, and None along lists of neighbours.
    """

    members: tuple[str, ...]
    centre: str | None
    position: tuple[float, float] | None
    radius: float | None
    window_from: str
    window_to: str
    is_high: bool
    observed: int
    expected: float
    relative_risk: float | None
    log_likelihood_ratio: float
    p_value: float | None
    gumbel_p_value: float | None
    recurrence_interval_days: float | None
    undone_by_places: tuple[str, ...]
    undone_by_windows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a study found, the most likely cluster first, and how it was asked."""

    study: Study
    clusters: tuple[Found, ...]
    total_cases: int
    replicas: int
    was_stopped: bool
    warnings: tuple[str, ...]


def run(
    study: Study,
    *,
    seed: int | None = None,
    replicas: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Return what the study finds. The seed and the number of replicas can be set otherwise than the study says.

    Shapes:  in the report.
    Units:   cases; kilometres; days.
    Errors:  EngineInputError from the scan.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    inference = replace(
        study.inference,
        seed=study.inference.seed if seed is None else seed,
        replicas=study.inference.replicas if replicas is None else replicas,
    )
    options, filters_here = study.options, study.has_own_centres and study.options.overlap is Overlap.NONE
    if filters_here:
        # A centre of the grid is no place: two clusters may share one and still have no place in common.
        options = replace(options, overlap=Overlap.ANY, max_clusters=MANY)
    answer = scan(
        study.cases,
        study.where,
        study.hypothesis,
        options,
        inference,
        executor=executor,
        workers=workers or study.design.workers,
        progress=progress,
    )
    clusters = [_found(study, cluster, answer) for cluster in answer.clusters]
    clusters = [one for one in clusters if one.members]
    if filters_here:
        clusters = _without_common_places(clusters)[: study.options.max_clusters]
    if study.has_own_centres:
        clusters = _without_repetition(clusters)
    return Report(
        study=study,
        clusters=tuple(clusters),
        total_cases=answer.cases,
        replicas=int(answer.maxima.size),
        was_stopped=answer.was_stopped,
        warnings=(*study.warnings, *_warnings(study, answer)),
    )


def _without_common_places(clusters: list[Found]) -> list[Found]:
    """Return the clusters that share no place with a more likely one."""
    kept: list[Found] = []
    taken: set[str] = set()
    for one in clusters:
        if taken.isdisjoint(one.members):
            kept.append(one)
            taken.update(one.members)
    return kept


def _without_repetition(clusters: list[Found]) -> list[Found]:
    """Return the clusters without those that an earlier centre gave with the same places and window."""
    first: dict[tuple[object, ...], Found] = {}
    for one in clusters:
        first.setdefault((frozenset(one.members), one.window_from, one.window_to, one.is_high), one)
    return list(first.values())


def _found(study: Study, cluster: Cluster, answer: Scan) -> Found:
    """Return a cluster in the words of the files."""
    ids, line = study.ids, study.timeline
    members = ids if study.is_merged else tuple(ids[one] for one in _by_distance(study, cluster) if one < len(ids))
    begins, ends = line.span(cluster.first_period, cluster.last_period)
    p_value = cluster.p_value if answer.maxima.size else None
    if study.design.prefers_gumbel and cluster.gumbel_p_value is not None:
        p_value = cluster.gumbel_p_value
    recurrence = None
    has_days = study.design.run_interval_days is not None or line.interval_days is not None
    if study.design.analysis.is_prospective and has_days and p_value:
        recurrence = study.inference.run_interval_days / p_value
    position = None
    if study.coordinates is not None:
        position = (float(study.coordinates[cluster.centre, 0]), float(study.coordinates[cluster.centre, 1]))
    has_centre = not study.is_merged and cluster.centre < len(ids)
    return Found(
        members=members,
        centre=ids[cluster.centre] if has_centre else None,
        position=position,
        radius=_radius(study, cluster),
        window_from=begins,
        window_to=ends,
        is_high=cluster.is_high,
        observed=cluster.observed,
        expected=cluster.expected,
        relative_risk=cluster.relative_risk if math.isfinite(cluster.relative_risk) else None,
        log_likelihood_ratio=cluster.llr,
        p_value=p_value,
        gumbel_p_value=cluster.gumbel_p_value,
        recurrence_interval_days=recurrence,
        undone_by_places=tuple(ids[one] for one in cluster.undone_by_places if one < len(ids) and not study.is_merged),
        undone_by_windows=tuple(line.span(period, period) for period in cluster.undone_by_periods),
    )


def _radius(study: Study, cluster: Cluster) -> float | None:
    """Return the radius in kilometres, to the millimetre, or in the plane's unit as its coordinates give it."""
    if cluster.radius is None or study.coordinates is None:
        return None
    if isinstance(study.where, Sphere):
        return round(cluster.radius / 1000, 6)
    away = study.coordinates[list(cluster.members)] - study.coordinates[cluster.centre]
    return float(np.hypot(*away.T).max())


def _by_distance(study: Study, cluster: Cluster) -> list[int]:
    """Return the members, the centre first and then by growing distance; by number where there are no coordinates."""
    members: NDArray[np.int64] = np.array(cluster.members, dtype=np.int64)
    if study.coordinates is None:
        return sorted(cluster.members, key=lambda one: (one != cluster.centre, one))
    positions, centre = study.coordinates[members], study.coordinates[cluster.centre]
    if isinstance(study.where, Sphere):
        latitude, longitude = np.radians(positions).T
        phi, lam = np.radians(centre)
        half = np.sin((latitude - phi) / 2) ** 2 + np.cos(latitude) * np.cos(phi) * np.sin((longitude - lam) / 2) ** 2
        distance = half
    else:
        distance = ((positions - centre) ** 2).sum(axis=1)
    order: list[int] = members[np.lexsort((members, members != cluster.centre, distance))].tolist()
    return order


def _warnings(study: Study, answer: Scan) -> list[str]:
    """Return what the reader of the result must know of how it was computed."""
    found = []
    if answer.was_stopped:
        found.append(
            f"Simulasi dihentikan lebih awal setelah {answer.maxima.size} ulangan: cukup banyak ulangan acak mencapai "
            "kelompok teratas."
        )
    if study.design.analysis.is_prospective and study.timeline.interval_days is None:
        found.append("Waktu generik tidak mengenal hari; selang perulangan tidak dihitung.")
    return found


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as plain values under documented keys.

    Shapes:  one entry for each cluster.
    Units:   kilometres, days; dates are inclusive.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    study = report.study
    return {
        "title": study.design.title,
        "source": study.source,
        "analysis": study.design.analysis.value,
        "model": study.design.model.value,
        "direction": study.design.direction,
        "study": dict(zip(("from", "to"), study.timeline.span(0, study.timeline.periods - 1), strict=True)),
        "time_unit": study.timeline.unit.value,
        "time_length": study.timeline.length,
        "total_cases": report.total_cases,
        "places": len(study.ids),
        "periods": study.timeline.periods,
        "replicas": report.replicas,
        "was_stopped": report.was_stopped,
        "clusters": [_cluster_json(rank, one, study) for rank, one in enumerate(report.clusters, start=1)],
        "options": {"honoured": list(study.honoured), "ignored": list(study.ignored)},
        "warnings": list(report.warnings),
    }


def _cluster_json(rank: int, one: Found, study: Study) -> dict[str, Any]:
    """Return one cluster as plain values."""
    names = ("latitude", "longitude") if isinstance(study.where, Sphere) else ("x", "y")
    centre: dict[str, Any] = {"id": one.centre}
    if one.position is not None:
        centre |= dict(zip(names, one.position, strict=True))
    return {
        "rank": rank,
        "members": list(one.members),
        "centre": centre,
        "radius_km" if isinstance(study.where, Sphere) else "radius": one.radius,
        "window": {"from": one.window_from, "to": one.window_to},
        "direction": "high" if one.is_high else "low",
        "observed": one.observed,
        "expected": one.expected,
        "relative_risk": one.relative_risk,
        "log_likelihood_ratio": one.log_likelihood_ratio,
        "p_value": one.p_value,
        "gumbel_p_value": one.gumbel_p_value,
        "recurrence_interval_days": one.recurrence_interval_days,
        "undone_by": {
            "places": list(one.undone_by_places),
            "windows": [{"from": begins, "to": ends} for begins, ends in one.undone_by_windows],
        },
    }
