"""The shipped agencies and forums: dated names, classes, competences and memberships. Nobody's name is in them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries
from kentongan.reading.knowledge import AgencyRow

PACKAGE = "kentongan.agencies"
AGENCIES_TABLE = "data/agencies.csv"
NAMES_TABLE = "data/names.csv"
CLASSES_TABLE = "data/classes.csv"
COMPETENCES_TABLE = "data/competences.csv"
MEMBERSHIPS_TABLE = "data/memberships.csv"

NAME_KINDS = frozenset({"official", "abbreviation", "alias", "position", "former"})
VERIFICATIONS = frozenset({"seen", "general", "unknown"})
"""`seen`: stood in a page or a text; `general`: common knowledge, not looked up; `unknown`: left open on purpose."""
HOLDER_KIND = "kind:"
OWN_AREA = "area"


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """One agency or forum. `area_code` is its seat or the area in its name, not its competence."""

    id: str
    name_id: str
    name_en: str
    abbrev: str
    kind: str
    country: str
    parent_id: str | None
    level: str
    area_code: str | None
    valid_from: date | None
    valid_to: date | None
    verified: str
    source_note: str


@dataclass(frozen=True, slots=True)
class AgencyName:
    """A name an agency is or was written by, in use from `valid_from` until before `valid_to`."""

    agency_id: str
    name: str
    kind: str
    lang: str
    valid_from: date | None
    valid_to: date | None
    verified: str
    note: str


@dataclass(frozen=True, slots=True)
class AgencyClass:
    """A dated attribute of an agency, such as its class (Kelas II) or its checkpoint status (TPI)."""

    agency_id: str
    attribute: str
    value: str
    valid_from: date | None
    valid_to: date | None
    verified: str
    note: str


@dataclass(frozen=True, slots=True)
class Competence:
    """What an agency, or every agency of a kind, answers for: kinds of events within roots minus exceptions.

    `holder` is an agency's id, or "kind:police" for every agency of that kind that has no row of its own for the
    competence. `roots` are place codes; "area" stands for the holder's own `area_code`.
    """

    holder: str
    competence: str
    kinds: tuple[str, ...]
    roots: tuple[str, ...]
    exceptions: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    verified: str
    note: str


@dataclass(frozen=True, slots=True)
class Membership:
    """An agency's part in a forum."""

    forum_id: str
    member_id: str
    role: str
    valid_from: date | None
    valid_to: date | None
    verified: str
    note: str


@cache
def agency_entries() -> tuple[AgencyEntry, ...]:
    """Return every shipped agency in the order of the table; ShippedTableError lists all faulty lines."""
    seen: set[str] = set()
    return table_entries(PACKAGE, AGENCIES_TABLE, lambda line: _agency(line, seen))


@cache
def agency_names() -> tuple[AgencyName, ...]:
    """Return every shipped name; ShippedTableError lists all faulty lines."""
    return table_entries(PACKAGE, NAMES_TABLE, _name)


@cache
def agency_classes() -> tuple[AgencyClass, ...]:
    """Return every shipped attribute; ShippedTableError lists all faulty lines."""
    return table_entries(PACKAGE, CLASSES_TABLE, _class)


@cache
def competences() -> tuple[Competence, ...]:
    """Return every shipped competence; ShippedTableError lists all faulty lines."""
    return table_entries(PACKAGE, COMPETENCES_TABLE, _competence)


@cache
def memberships() -> tuple[Membership, ...]:
    """Return every shipped membership of a forum; ShippedTableError lists all faulty lines."""
    return table_entries(PACKAGE, MEMBERSHIPS_TABLE, _membership)


def agency_rows() -> tuple[AgencyRow, ...]:
    """Return the agencies as the reader takes them, with the names of every period (an old text uses the old name)."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name in agency_names():
        names[name.agency_id].append(name.name)
    return tuple(
        AgencyRow(
            id=entry.id,
            name=entry.name_id,
            abbrev=entry.abbrev,
            aliases=tuple(n for n in names[entry.id] if n not in (entry.name_id, entry.abbrev)),
            kind=entry.kind,
            country=entry.country,
            parent=entry.parent_id,
            level=entry.level,
            area_code=entry.area_code,
        )
        for entry in agency_entries()
    )


def _known() -> frozenset[str]:
    return frozenset(entry.id for entry in agency_entries())


def _agency(line: TableLine, seen: set[str]) -> AgencyEntry:
    agency_id = line.required("id")
    if agency_id in seen:
        raise ValueError(f"instansi {agency_id} sudah ada di baris sebelumnya")
    seen.add(agency_id)
    return AgencyEntry(
        id=agency_id,
        name_id=line.required("name_id"),
        name_en=line.required("name_en"),
        abbrev=line.text("abbrev"),
        kind=line.required("kind"),
        country=line.required("country"),
        parent_id=line.text("parent_id") or None,
        level=line.required("level"),
        area_code=line.text("area_code") or None,
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        verified=line.one_of("verified", VERIFICATIONS),
        source_note=line.text("source_note"),
    )


def _name(line: TableLine) -> AgencyName:
    return AgencyName(
        agency_id=line.one_of("agency_id", _known()),
        name=line.required("name"),
        kind=line.one_of("kind", NAME_KINDS),
        lang=line.required("lang"),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        verified=line.one_of("verified", VERIFICATIONS),
        note=line.text("note"),
    )


def _class(line: TableLine) -> AgencyClass:
    return AgencyClass(
        agency_id=line.one_of("agency_id", _known()),
        attribute=line.required("attribute"),
        value=line.text("value"),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        verified=line.one_of("verified", VERIFICATIONS),
        note=line.text("note"),
    )


def _competence(line: TableLine) -> Competence:
    holder = line.required("holder")
    if not holder.startswith(HOLDER_KIND) and holder not in _known():
        raise ValueError(f"pemegang {holder!r} tidak ada di daftar instansi")
    return Competence(
        holder=holder,
        competence=line.required("competence"),
        kinds=line.parts("kinds"),
        roots=line.parts("roots"),
        exceptions=line.parts("exceptions"),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        verified=line.one_of("verified", VERIFICATIONS),
        note=line.text("note"),
    )


def _membership(line: TableLine) -> Membership:
    return Membership(
        forum_id=line.one_of("forum_id", _known()),
        member_id=line.one_of("member_id", _known()),
        role=line.required("role"),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        verified=line.one_of("verified", VERIFICATIONS),
        note=line.text("note"),
    )
