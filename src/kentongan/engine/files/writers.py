"""A report as files: result.json, clusters.csv, members.csv, clusters.geojson and a picture, map.png."""

import csv
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.files.report import Found, Report, as_json
from kentongan.engine.geometry import EARTH_RADIUS_M
from kentongan.engine.scanning.zones import Sphere

CORNERS = 64
CLUSTER_COLUMNS = (
    "rank", "direction", "places", "centre", "latitude", "longitude", "radius_km", "from", "to", "observed", "expected",
    "relative_risk", "log_likelihood_ratio", "p_value", "gumbel_p_value", "recurrence_interval_days",
)  # fmt: skip
PLANE_COLUMNS = {"latitude": "x", "longitude": "y", "radius_km": "radius"}
MEMBER_COLUMNS = ("rank", "place", "is_centre", "is_needed")
INK, HIGH_COLOUR, LOW_COLOUR = "#6b7280", "#c2410c", "#1d4ed8"
"""Grey, orange and blue are told apart by colour-blind readers; rank numbers and line styles say the same again."""


def write_report(report: Report, folder: Path) -> list[Path]:
    """Write all files of a report into a folder, which is made if need be, and return those written.

    Without coordinates on the Earth there is no GeoJSON, and without any coordinates no picture.

    Shapes:  none.
    Units:   kilometres, days.
    Errors:  OSError when the folder cannot be written.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "result.json", folder / "clusters.csv", folder / "members.csv"]
    answer = as_json(report)
    written[0].write_text(json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    is_plane = not isinstance(report.study.where, Sphere)
    header = [PLANE_COLUMNS.get(name, name) if is_plane else name for name in CLUSTER_COLUMNS]
    _write_csv(written[1], header, cluster_rows(report))
    _write_csv(written[2], MEMBER_COLUMNS, member_rows(report))
    if isinstance(report.study.where, Sphere):
        written.append(folder / "clusters.geojson")
        written[-1].write_text(json.dumps(as_geojson(report), ensure_ascii=False, allow_nan=False), encoding="utf-8")
    if report.study.coordinates is not None:
        written.append(folder / "map.png")
        draw_map(report, written[-1])
    return written


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table that spreadsheets open: UTF-8, commas, points."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def cluster_rows(report: Report) -> list[list[Any]]:
    """Return one row for each cluster.

    Shapes:  one entry for each of CLUSTER_COLUMNS.
    Units:   kilometres, days; dates are inclusive.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    return [
        [
            rank,
            "high" if one.is_high else "low",
            len(one.members),
            one.centre,
            *(one.position or (None, None)),
            one.radius,
            one.window_from,
            one.window_to,
            one.observed,
            one.expected,
            one.relative_risk,
            one.log_likelihood_ratio,
            one.p_value,
            one.gumbel_p_value,
            one.recurrence_interval_days,
        ]
        for rank, one in enumerate(report.clusters, start=1)
    ]


def member_rows(report: Report) -> list[list[Any]]:
    """Return one row for each member of each cluster; `is_needed` says that without it the cluster would be undone.

    Shapes:  one entry for each of MEMBER_COLUMNS.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    return [
        [rank, place, int(place == one.centre), int(place in one.undone_by_places)]
        for rank, one in enumerate(report.clusters, start=1)
        for place in one.members
    ]


def circle(latitude: float, longitude: float, radius_km: float) -> list[list[float]]:
    """Return the ring of places at this distance of great circles, counter-clockwise and closed.

    Longitudes run on past 180 degrees where the circle crosses the date line, so that the ring does not tear.

    Shapes:  (CORNERS + 1, 2): longitude, latitude.
    Units:   degrees WGS 84; radius in kilometres.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    angle = radius_km * 1000 / EARTH_RADIUS_M
    phi, lam = math.radians(latitude), math.radians(longitude)
    bearings = -2 * np.pi * np.arange(CORNERS + 1) / CORNERS
    corner_phi = np.arcsin(np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(bearings))
    across = np.sin(bearings) * np.sin(angle) * np.cos(phi)
    corner_lam = lam + np.arctan2(across, np.cos(angle) - np.sin(phi) * np.sin(corner_phi))
    ring: NDArray[np.float64] = np.round(np.degrees(np.stack((corner_lam, corner_phi), axis=1)), 7)
    ring[-1] = ring[0]
    corners: list[list[float]] = ring.tolist()
    return corners


def as_geojson(report: Report) -> dict[str, Any]:
    """Return circles and members as GeoJSON features; a cluster of one point is a point.

    Shapes:  one feature for each cluster, and one for each member of each.
    Units:   degrees WGS 84.
    Errors:  none; the places lie on the Earth.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    coordinates = report.study.coordinates
    assert coordinates is not None  # noqa: S101 - the caller asked
    positions = dict(zip(report.study.ids, coordinates.tolist(), strict=False))
    features = []
    for entry, one in zip(as_json(report)["clusters"], report.clusters, strict=True):
        told = {name: value for name, value in entry.items() if name not in ("centre", "undone_by")}
        features.append({"type": "Feature", "geometry": _shape(one), "properties": {"role": "cluster", **told}})
        features += [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": positions[place][::-1]},
                "properties": {"role": "member", "rank": entry["rank"], "place": place},
            }
            for place in one.members
        ]
    return {"type": "FeatureCollection", "features": features}


def _shape(one: Found) -> dict[str, Any] | None:
    """Return a cluster's circle, its centre when it has no extent, or nothing when it is that of all places."""
    if one.position is None:
        return None
    latitude, longitude = one.position
    if not one.radius:
        return {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Polygon", "coordinates": [circle(latitude, longitude, one.radius)]}


def draw_map(report: Report, path: Path) -> None:
    """Draw the places and the clusters' circles; high ones orange and solid, low ones blue and dashed.

    Shapes:  none.
    Units:   degrees WGS 84, or those of the plane.
    Errors:  OSError when the picture cannot be written.
    Source:  docs/methods/scan-files.md, section "Result".
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - a second, needed for the picture only
    from matplotlib.figure import Figure  # noqa: PLC0415

    study, on_earth = report.study, isinstance(report.study.where, Sphere)
    coordinates = study.coordinates
    assert coordinates is not None  # noqa: S101 - the caller asked
    places = coordinates[: len(study.ids)]
    across, up = (places[:, 1], places[:, 0]) if on_earth else (places[:, 0], places[:, 1])
    figure = Figure(figsize=(8, 8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.scatter(across, up, s=6, color=INK, linewidths=0, label="tempat")
    for rank, one in enumerate(report.clusters, start=1):
        _draw_cluster(axes, report, rank, one, on_earth=on_earth)
    # Nearer to a pole a degree of longitude is shorter; stretched, circles look round.
    axes.set_aspect(1 / max(math.cos(math.radians(float(np.mean(up)))), 0.05) if on_earth else "equal")
    axes.set_xlabel("bujur" if on_earth else "x")
    axes.set_ylabel("lintang" if on_earth else "y")
    axes.set_title(study.design.title or f"{study.source}: {len(report.clusters)} kelompok", loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def _draw_cluster(axes: Any, report: Report, rank: int, one: Found, *, on_earth: bool) -> None:
    """Draw one cluster: its circle, its members, its rank; one of all places has nothing to be drawn."""
    if one.position is None:
        return
    colour, style = (HIGH_COLOUR, "-") if one.is_high else (LOW_COLOUR, "--")
    across, up = (one.position[1], one.position[0]) if on_earth else one.position
    if one.radius:
        if on_earth:
            ring = np.array(circle(*one.position, one.radius))
        else:
            turn = np.linspace(0, 2 * np.pi, CORNERS + 1)
            ring = np.stack((across + one.radius * np.cos(turn), up + one.radius * np.sin(turn)), axis=1)
        axes.plot(ring[:, 0], ring[:, 1], style, color=colour, linewidth=1.6 if rank == 1 else 0.9)
    assert report.study.coordinates is not None  # noqa: S101 - there are coordinates
    number = {name: row for row, name in enumerate(report.study.ids)}
    members = report.study.coordinates[[number[place] for place in one.members]]
    if on_earth:
        members = members[:, ::-1]
    axes.scatter(members[:, 0], members[:, 1], s=14, color=colour, linewidths=0)
    axes.annotate(str(rank), (across, up), xytext=(4, 4), textcoords="offset points", color=colour, weight="bold")
