"""The result of a scan in the words of its files: ids, dates, kilometres."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.files.study import Model, Study
from kentongan.engine.scanning.clusters import Overlap
from kentongan.engine.scanning.doubts import OF_REPLICAS, Doubt
from kentongan.engine.scanning.iteration import iterative_scan
from kentongan.engine.scanning.scan import Cluster, Scan, ScanOptions, scan
from kentongan.engine.scanning.zones import Sphere

MANY = 1000
"""Clusters asked of the engine before those that share a place are left out here (own centres only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cluster. Dates are inclusive ISO dates, or generic numbers; `centre` is a place, or None for a grid's centre.

    `has_all_places`: it is one in time only, and has no centre.

    The radius is in kilometres on the Earth, in the coordinates' unit on a plane, and None along lists of neighbours.
    """

    members: tuple[str, ...]
    centre: str | None
    has_all_places: bool
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
    """What a study found, the most likely cluster first, and how it was asked.

    `scans` is how many were made one after the other; with an iteration each gave one of the clusters.
    """

    study: Study
    clusters: tuple[Found, ...]
    scans: int
    total_cases: int
    replicas: int
    was_stopped: bool
    doubts: tuple[Doubt, ...]
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
    how: dict[str, Any] = {"executor": executor, "workers": workers or study.design.workers, "progress": progress}
    asked = (study.cases, study.where, study.hypothesis)
    iteration = study.design.iteration
    if iteration is not None:
        most, up_to_p = iteration.most, iteration.up_to_p
        scans = iterative_scan(*asked, study.options, inference, most=most, up_to_p=up_to_p, **how)
        clusters = [_found(study, one, answer) for answer in scans for one in answer.clusters]
    else:
        scans = (scan(*asked, _asked_of_engine(study), inference, **how),)
        clusters = _beside_each_other(study, [_found(study, one, scans[0]) for one in scans[0].clusters])
    return Report(
        study=study,
        clusters=tuple(clusters),
        scans=len(scans),
        total_cases=scans[0].cases,
        replicas=int(scans[0].maxima.size),
        was_stopped=scans[0].was_stopped,
        doubts=_doubts(scans),
        warnings=(*study.warnings, *_warnings(study, scans)),
    )


def _doubts(scans: Sequence[Scan]) -> tuple[Doubt, ...]:
    """Return what speaks against the p-values: in the cases that the last scan was left, in the replicas of the first."""
    cases = [one for one in scans[-1].doubts if one.code not in OF_REPLICAS]
    return (*cases, *(one for one in scans[0].doubts if one.code in OF_REPLICAS))


def _filters_here(study: Study) -> bool:
    """Return whether clusters with a common place are left out here: a centre of the grid is no place."""
    return study.has_own_centres and study.options.overlap is Overlap.NONE


def _asked_of_engine(study: Study) -> ScanOptions:
    """Return the options of the scan; more clusters where some are left out afterwards."""
    if _filters_here(study):
        return replace(study.options, overlap=Overlap.ANY, max_clusters=MANY)
    return study.options


def _beside_each_other(study: Study, clusters: list[Found]) -> list[Found]:
    """Return the clusters that are told beside each other."""
    clusters = [one for one in clusters if one.members]
    if _filters_here(study):
        clusters = _without_common_places(clusters)[: study.options.max_clusters]
    return _without_repetition(clusters) if study.has_own_centres else clusters


def _without_common_places(clusters: list[Found]) -> list[Found]:
    """Return the clusters that share no place with a more likely one; that of all places is beside the rule."""
    kept: list[Found] = []
    taken: set[str] = set()
    for one in clusters:
        if one.has_all_places:
            kept.append(one)
        elif taken.isdisjoint(one.members):
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
    if study.coordinates is not None and cluster.centre is not None:
        position = (float(study.coordinates[cluster.centre, 0]), float(study.coordinates[cluster.centre, 1]))
    centre = None if study.is_merged else cluster.centre
    return Found(
        members=members,
        centre=ids[centre] if centre is not None and centre < len(ids) else None,
        has_all_places=study.is_merged or cluster.centre is None,
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
    if cluster.radius is not None and isinstance(study.where, Sphere):
        return round(cluster.radius / 1000, 6)
    return cluster.radius


def _by_distance(study: Study, cluster: Cluster) -> list[int]:
    """Return the members, the centre first and then by growing distance; by number where there are no coordinates."""
    members: NDArray[np.int64] = np.array(cluster.members, dtype=np.int64)
    if study.coordinates is None or cluster.centre is None:
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


def _warnings(study: Study, scans: Sequence[Scan]) -> list[str]:
    """Return what the reader of the result must know of how it was computed."""
    found = []
    stopped = [answer.maxima.size for answer in scans if answer.was_stopped]
    if stopped:
        found.append(
            f"Simulasi dihentikan lebih awal setelah {', '.join(map(str, stopped))} ulangan: cukup banyak ulangan acak "
            "mencapai kelompok teratas."
        )
    if study.design.iteration is not None:
        found.append(
            f"Pemindaian berulang, {len(scans)} putaran: setiap kelompok diuji terhadap apa yang tersisa setelah semua "
            "kelompok sebelumnya dikeluarkan."
        )
    if study.design.iteration is not None and study.design.model is Model.PERMUTATION:
        found.append(
            "Permutasi: sel kelompok yang dikeluarkan diisi dengan yang diharapkan menurut sel lainnya, dibulatkan ke "
            "kasus utuh; program lain dapat berbeda."
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
        "scans": report.scans,
        "replicas": report.replicas,
        "was_stopped": report.was_stopped,
        "clusters": [_cluster_json(rank, one, study) for rank, one in enumerate(report.clusters, start=1)],
        "options": {"honoured": list(study.honoured), "ignored": list(study.ignored)},
        "doubts": [asdict(one) for one in report.doubts],
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
        "has_all_places": one.has_all_places,
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
