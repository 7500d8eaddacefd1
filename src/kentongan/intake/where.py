"""How places are written on pages and in titles."""

from typing import cast

from kentongan.places.gazetteer import level_word, load_gazetteer
from kentongan.places.models import Place
from kentongan.reading.knowledge import PlaceLevel


def titled(place: Place) -> str:
    """Return the name with the word for its level: "Desa Silawan", "Kota Kupang"."""
    word = level_word(place.code, cast("PlaceLevel", place.level))
    return f"{word} {place.name}" if word else place.name


def written(place: Place) -> str:
    """Return the full name with all it lies in, or the bare one where the shipped gazetteer does not have its code."""
    gazetteer = load_gazetteer()
    return gazetteer.written(place.code) if place.code in gazetteer else titled(place)
