"""What the reader must be given: places, agencies, kinds. Plain rows, no database."""

from dataclasses import dataclass
from typing import Literal

PlaceLevel = Literal[
    "country", "province", "regency", "city", "district", "village", "municipality", "post", "suco", "aldeia", "sea"
]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One unit of the gazetteer. `code` is the current code of its scheme ("53.04.02.2001", "TL-07", "ID")."""

    code: str
    name: str
    level: PlaceLevel
    parent: str | None
    lat: float | None
    lon: float | None
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A border post, port, airport or office building; `candidates` are the place codes it may lie in (one when settled)."""

    key: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency or forum with all the names it is written by."""

    id: str
    name: str
    abbrev: str
    aliases: tuple[str, ...]
    kind: str
    country: str
    parent: str | None
    level: str
    area_code: str | None


@dataclass(frozen=True, slots=True)
class KindRow:
    """One code of the vocabulary of events with the words that point to it, by language."""

    code: str
    label: str
    kind_class: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything a reading may rest on."""

    places: tuple[PlaceRow, ...]
    facilities: tuple[FacilityRow, ...]
    agencies: tuple[AgencyRow, ...]
    kinds: tuple[KindRow, ...]
