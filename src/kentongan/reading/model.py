"""What a reading is made of. Every field has offsets into the text, a confidence in [0, 1], and why."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Polarity = Literal["asserted", "negated", "planned", "hypothetical", "background"]
PlaceRole = Literal[
    "scene", "in_org_name", "dateline", "origin", "destination", "court_seat", "home", "nationality", "mention"
]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the original text a field comes from; `end` is excluded."""

    start: int
    end: int
    text: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Lead:
    """A related headline or caption cut out of the body, kept to be followed."""

    evidence: Evidence
    kind: Literal["related", "caption", "footer", "boilerplate"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day, or what is known of one. `day` is None where the text leaves it open."""

    evidence: Evidence
    day: date | None
    precision: Literal["day", "month", "year", "weekday", "unknown"]
    role: Literal["event", "publication", "statement", "instrument", "background", "deadline"]
    inferred: bool = False
    weekday: int | None = None  # Monday is 0
    not_before: date | None = None
    not_after: date | None = None
    contradiction: str = ""  # e.g. weekday and number disagree
    time_of_day: str = ""  # "14:30 WITA" when the text gives a clock time beside the date


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    code: str
    name: str
    level: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """`code` is None while more than one candidate stands; then `candidates` has two or more."""

    evidence: Evidence
    code: str | None
    level: str | None
    role: PlaceRole
    candidates: tuple[PlaceCandidate, ...]
    facility: str | None = None  # key of the facility, when it is one


@dataclass(frozen=True, slots=True)
class AgencyMention:
    """`agency_id` is None for an agency that the list does not have: then `name` and `kind` are by pattern."""

    evidence: Evidence
    agency_id: str | None
    name: str
    kind: str
    place_code: str | None = None


@dataclass(frozen=True, slots=True)
class KindMention:
    evidence: Evidence
    code: str
    polarity: Polarity
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count with its unit ("orang", "karton", "liter", "rupiah"); `scope` tells this happening's figures from yearly totals."""

    evidence: Evidence
    value: float  # of a vague figure ("puluhan orang") the least that it can mean
    unit: str
    what: str
    family: Literal["persons", "goods", "money", "cases", "vehicles", "documents", "other"]
    scope: Literal["live", "background", "headline"] = "live"
    approximate: bool = False
    part: bool = False  # a share of a total named beside it ("30 orang, 12 di antaranya perempuan"): do not add it up


@dataclass(frozen=True, slots=True)
class Instrument:
    evidence: Evidence
    type: Literal["PKS", "MoU", "surat_dukungan", "SK", "other"]
    title: str
    parties: tuple[str, ...]  # agency ids where known, else names as written
    day: date | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    evidence: Evidence
    action: str
    by: tuple[str, ...]
    due: date | None
    kind: Literal["plan", "request", "commitment", "in_progress", "agreed", "proposal"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person named in the text: a mention, never a person record. One entry a person, whatever the variants."""

    evidence: Evidence
    name: str
    variants: tuple[str, ...]
    rank: str
    degrees: tuple[str, ...]
    position: str
    agency_id: str | None
    role: Literal["speaker", "reporter", "editor", "mentioned"]
    quotes: tuple[Evidence, ...] = ()  # what is set in quotation marks and attributed to this person


@dataclass(frozen=True, slots=True)
class SourceGrade:
    """Admiralty-style: reliability A-F of the source as far as the text shows it, credibility 1-6 of the statement."""

    reliability: str
    credibility: int
    why: str


@dataclass(frozen=True, slots=True)
class EventProposal:
    """One happening that the text tells. Indices point into the reading's own lists."""

    kinds: tuple[str, ...]
    happened: DateMention | None
    places: tuple[int, ...]
    agencies: tuple[int, ...]
    quantities: tuple[int, ...]
    background: bool
    summary: str  # a sentence of the text itself
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's structured proposal from one text."""

    reader_version: str
    language: str
    title: str
    outlet: str
    published: DateMention | None
    leads: tuple[Lead, ...]
    dates: tuple[DateMention, ...]
    places: tuple[PlaceMention, ...]
    agencies: tuple[AgencyMention, ...]
    kinds: tuple[KindMention, ...]
    quantities: tuple[Quantity, ...]
    instruments: tuple[Instrument, ...]
    follow_ups: tuple[FollowUp, ...]
    speakers: tuple[Speaker, ...]
    grade: SourceGrade
    events: tuple[EventProposal, ...]
    warnings: tuple[str, ...]
