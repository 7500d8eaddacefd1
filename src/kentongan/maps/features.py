"""Drawn rows as GeoJSON features. Properties are plain values that the page shows as text, never as markup."""

from collections.abc import Iterable
from typing import Any

from django.template.defaultfilters import date as written_date
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.watch.explain import decimal

from .geometry import Point
from .labels import alert_state, event_state, facility_kind, facility_status, finding_state, recurrence
from .queries import DrawnAlert, DrawnEvent, DrawnFinding, DrawnPost, Spot, hull_of

Feature = dict[str, Any]


def collection(features: Iterable[Feature], **facts: object) -> dict[str, Any]:
    """Return a FeatureCollection with facts about it beside the features."""
    return {"type": "FeatureCollection", "features": list(features), **facts}


def event_features(events: Iterable[DrawnEvent], *, layer: str) -> list[Feature]:
    """Return one feature for each event that can be drawn."""
    return [_event(event, event.spot, layer) for event in events if event.spot is not None]


def alert_features(alerts: Iterable[DrawnAlert]) -> list[Feature]:
    """Return one feature for each open alert that can be drawn."""
    return [_alert(alert, alert.spot) for alert in alerts if alert.spot is not None]


def finding_features(findings: Iterable[DrawnFinding]) -> list[Feature]:
    """Return for each finding its hull and its members."""
    features: list[Feature] = []
    for finding in findings:
        ring = hull_of(finding)
        if not ring:
            continue
        shared = _finding_facts(finding)
        features.append(
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [_rounded(ring)]}, "properties": shared}
        )
        features.extend(
            _point(
                member.spot, {**shared, "wilayah": member.place, "jumlah": member.observed, "pusat": member.is_centre}
            )
            for member in finding.members
        )
    return features


def post_features(posts: Iterable[DrawnPost]) -> list[Feature]:
    """Return one feature for each place where a facility lies or may lie."""
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [post.lon, post.lat]},
            "properties": {
                "judul": post.name,
                "jenis": facility_kind(post.kind),
                "status": facility_status(post.status),
                "aktif": post.status == "active",
                "wilayah": post.place
                if post.is_settled
                else _("%(place)s (letak belum pasti)") % {"place": post.place},
                "pasti": post.is_settled,
            },
        }
        for post in posts
    ]


def _event(event: DrawnEvent, spot: Spot, layer: str) -> Feature:
    return _point(
        spot,
        {
            "id": event.id,
            "judul": event.title,
            "alamat": event.address,
            "lapis": layer,
            "keadaan": event.state,
            "keadaan_tertulis": event_state(event.state),
            "kelas": event.kind_class,
            "jenis": "; ".join(event.kinds),
            "tanggal": day_of(event),
            "wilayah": event.place,
        },
    )


def _alert(alert: DrawnAlert, spot: Spot) -> Feature:
    due = written_date(timezone.localtime(alert.due_at), "j M Y H.i")
    return _point(
        spot,
        {
            "id": alert.id,
            "judul": alert.title,
            "alamat": alert.address,
            "lapis": "peringatan",
            "keadaan": alert.state,
            "keadaan_tertulis": alert_state(alert.state),
            "mendesak": alert.is_urgent,
            "lewat": alert.is_overdue,
            "jenis": alert.addressee,
            "tanggal": (_("lewat waktu sejak %(due)s") if alert.is_overdue else _("jawab sebelum %(due)s"))
            % {"due": due},
            "wilayah": alert.place,
        },
    )


def _finding_facts(finding: DrawnFinding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "judul": finding.title,
        "alamat": finding.address,
        "lapis": "temuan",
        "tipe": finding.type,
        "keadaan": finding.state,
        "keadaan_tertulis": finding_state(finding.state),
        "jenis": _("%(observed)d teramati, %(expected)s diperkirakan; bila kebetulan %(recurrence)s")
        % {
            "observed": finding.observed,
            "expected": decimal(finding.expected),
            "recurrence": recurrence(finding.recurrence_days),
        },
        "tanggal": f"{written_date(finding.window_from, 'j M Y')} – {written_date(finding.last_day, 'j M Y')}",
        "wilayah": _("%(n)d wilayah") % {"n": finding.places},
    }


def day_of(event: DrawnEvent) -> str:
    """Return the day of an event in words, no more exact than it is known."""
    if event.happened_from is None:
        return _("tanggal belum diketahui, dilaporkan %(day)s") % {"day": written_date(event.known_on, "j M Y")}
    if event.date_precision == "month":
        return written_date(event.happened_from, "F Y")
    if event.date_precision == "year":
        return written_date(event.happened_from, "Y")
    day = written_date(event.happened_from, "j M Y")
    return _("pekan %(day)s") % {"day": day} if event.date_precision == "week" else day


def _point(spot: Spot, properties: dict[str, Any]) -> Feature:
    shown = {
        **properties,
        "luas": spot.is_area,
        "ketelitian": "" if spot.precision == "village" else spot.precision_written,
    }
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [spot.lon, spot.lat]}, "properties": shown}


def _rounded(ring: list[Point]) -> list[list[float]]:
    return [[round(p.lon, 5), round(p.lat, 5)] for p in ring]
