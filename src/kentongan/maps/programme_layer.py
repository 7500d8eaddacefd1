"""Partner villages and corridors as layers of the map, through the gate."""

from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from kentongan.agreements.facts import Actor
from kentongan.programme.queries import partner_villages

from .features import Feature
from .queries import spot_of, written


def partner_features(actor: Actor, *, at: datetime) -> list[Feature]:
    """Return one feature for each partner village that the actor sees and that has a point; a district says that it is one."""
    found = ((village, spot_of(village.place)) for village in partner_villages(actor, at=at))
    return [_partner(village, spot.lon, spot.lat, spot) for village, spot in found if spot is not None]


def _partner(village: Any, lon: float, lat: float, spot: Any) -> Feature:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {
            "id": f"binaan-{village.pk}",
            "judul": village.place.name,
            "alamat": _page(village.place.code),
            "lapis": "binaan",
            "status": village.get_status_display(),
            "berlaku": village.status == "designated",
            "jenis": str(village.owner),
            "wilayah": written(village.place.parent),
            "ketelitian": "" if spot.precision == "village" else spot.precision_written,
        },
    }


def _page(code: str) -> str:
    try:
        return reverse("partner_detail", args=[code])
    except NoReverseMatch:
        return reverse("place_detail", args=[code])
