"""Partner villages and corridors as layers of the map, each as far as the officer sees it."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kentongan.agreements.facts import Actor
from kentongan.programme.queries import partner_villages
from kentongan.routes.queries import corridor_features

from .features import Feature
from .queries import Spot, spot_of, written


def partner_features(actor: Actor, *, at: datetime) -> list[Feature]:
    """Return one feature for each partner village that the actor sees and that has a point; a district says that it is one."""
    found = ((village, spot_of(village.place)) for village in partner_villages(actor, at=at) if village.release is None)
    return [_partner(village, spot) for village, spot in found if spot is not None]


def _partner(village: Any, spot: Spot) -> Feature:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [spot.lon, spot.lat]},
        "properties": {
            "id": f"binaan-{village.pk}",
            "judul": village.place.name,
            "alamat": reverse("partner_detail", args=[village.place.code]),
            "lapis": "binaan",
            "keadaan_tertulis": village.get_status_display(),
            "berlaku": village.status == "designated",
            "jenis": str(village.owner),
            "wilayah": written(village.place.parent),
            "ketelitian": "" if spot.precision == "village" else spot.precision_written,
        },
    }


def corridors(actor: Actor, *, on: date) -> list[Feature]:
    """Return the corridors that stand on the day, in the words of the map."""
    return [_corridor(feature) for feature in corridor_features(actor, on=on)]


def _corridor(feature: Feature) -> Feature:
    about = feature["properties"]
    return {
        "type": "Feature",
        "geometry": feature["geometry"],
        "properties": {
            "id": f"koridor-{feature['id']}",
            "judul": about["name"],
            "alamat": reverse("corridor_detail", args=[feature["id"]]),
            "lapis": "jalur",
            "jenis": " – ".join(about["stops"]),
            "wilayah": about["owner"],
            "keadaan_tertulis": _("dipantau") if about["is_watched"] else _("tidak dipantau"),
            "ketelitian": _("ditarik lurus antarsinggahan"),
        },
    }
