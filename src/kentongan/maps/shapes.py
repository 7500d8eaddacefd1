"""Reference shapes under the data: coasts, the border line, the municipalities of Timor-Leste."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from kentongan.places.gazetteer import DATA


@lru_cache(maxsize=8)
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def land() -> bytes:
    """Return the coasts of the region as GeoJSON."""
    return _bytes(DATA / "land.geojson")


def border() -> bytes:
    """Return the border line as GeoJSON: the installation's own official one where KENTONGAN_BORDER_GEOJSON names it."""
    return _bytes(settings.BORDER_GEOJSON or DATA / "border.geojson")


def municipalities() -> bytes:
    """Return the municipalities of Timor-Leste as GeoJSON."""
    return _bytes(DATA / "municipalities_tl.geojson")
