"""The shipped facilities: border posts, ports, airports and offices, with dated status. No database."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kentongan.kit.shipped_tables import TableLine, table_entries

KINDS = frozenset(
    {
        "plbn",  # pos lintas batas negara: customs, immigration, quarantine, security under one roof
        "integrated_post",  # its counterpart in Timor-Leste (posto integrado)
        "traditional_crossing",  # crossing by border pass
        "immigration_post",
        "military_post",
        "airport",
        "seaport",
        "ferry_port",
    }
)
STATUSES = frozenset({"planned", "active", "inactive", "revitalising", "unknown"})
CONFIDENCES = frozenset({"high", "medium-high", "medium", "medium-low", "low"})


@dataclass(frozen=True, slots=True)
class Status:
    """What state a facility is in over a period; `valid_to` is excluded, None is open."""

    facility: str
    status: str
    valid_from: date | None
    valid_to: date | None
    source_note: str


@dataclass(frozen=True, slots=True)
class Facility:
    """A border post, port, airport or office. `candidates` are the units it may lie in: one when that is settled."""

    key: str
    name: str
    kind: str
    country: str
    aliases: tuple[str, ...]
    candidates: tuple[str, ...]
    lat: float | None
    lon: float | None
    counterpart: str
    confidence: str
    source_note: str

    @property
    def place(self) -> str | None:
        """The unit it lies in; None while there are several candidates."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@lru_cache(maxsize=1)
def load_facilities() -> tuple[Facility, ...]:
    """Return the shipped facilities."""
    return table_entries("kentongan.places", "data/facilities.csv", _facility)


@lru_cache(maxsize=1)
def load_statuses() -> tuple[Status, ...]:
    """Return the dated statuses of the shipped facilities."""
    return table_entries("kentongan.places", "data/facility_statuses.csv", _status)


def _facility(line: TableLine) -> Facility:
    return Facility(
        key=line.required("key"),
        name=line.required("name"),
        kind=line.one_of("kind", KINDS),
        country=line.required("country"),
        aliases=line.parts("aliases"),
        candidates=line.parts("candidates"),
        lat=_degree(line.text("lat")),
        lon=_degree(line.text("lon")),
        counterpart=line.text("counterpart"),
        confidence=line.one_of("confidence", CONFIDENCES),
        source_note=line.text("source_note"),
    )


def _status(line: TableLine) -> Status:
    return Status(
        facility=line.required("key"),
        status=line.one_of("status", STATUSES),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        source_note=line.text("source_note"),
    )


def _degree(text: str) -> float | None:
    return float(text) if text else None
