"""The instruments that public sources tell of, as data: recorded as reconstructed, their clauses as drafts only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kentongan.agencies.models import Agency
from kentongan.agencies.queries import place_by_code
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.shipped_tables import TableLine, table_entries
from kentongan.places.models import Place

from .fields import field_groups
from .models import Clause, Instrument, InstrumentParty, Signatory
from .rules import PURPOSES

PACKAGE = "kentongan.agreements"
KINDS = frozenset(Instrument.Kind.values)
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class InstrumentEntry:
    """An instrument as public sources describe it."""

    key: str
    parent: str
    kind: str
    number: str
    title: str
    signed_on: date | None
    signed_at_place: str
    in_force_from: date | None
    in_force_to: date | None
    scope: str
    programme: str
    source_note: str


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A party, and the post of who signed for it. Nobody's name is in the data."""

    instrument: str
    agency: str
    state: str
    position: str


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """A clause that the published scope suggests. Its text is not public, so it is a proposal."""

    instrument: str
    number: int
    giver: str
    receiver: str
    releases: dict[str, dict[str, str]]
    purposes: tuple[str, ...]
    roots: tuple[str, ...]
    kinds: tuple[str, ...]
    precision: str
    note: str


@dataclass(frozen=True, slots=True)
class InstrumentsLoaded:
    """What a load added."""

    instruments: int
    clauses: int


def instrument_entries() -> tuple[InstrumentEntry, ...]:
    """Return the shipped instruments, each after the one above it."""
    return table_entries(PACKAGE, "data/instruments.csv", _instrument_entry)


def party_entries() -> tuple[PartyEntry, ...]:
    """Return the parties of the shipped instruments."""
    return table_entries(PACKAGE, "data/instrument_parties.csv", _party_entry)


def clause_entries() -> tuple[ClauseEntry, ...]:
    """Return the drafts that come with the shipped instruments."""
    return table_entries(PACKAGE, "data/instrument_clauses.csv", _clause_entry)


@transaction.atomic
def load_instruments(*, by: trail.Acting, at: datetime) -> InstrumentsLoaded:
    """Add every shipped instrument that is not there yet, with its parties and drafts; change and delete nothing."""
    there = {key: pk for key, pk in Instrument.objects.exclude(key=None).values_list("key", "pk") if key}
    made: dict[str, Instrument] = {}
    for entry in instrument_entries():
        if entry.key not in there:
            made[entry.key] = _add(entry, there.get(entry.parent), at)
            there[entry.key] = made[entry.key].pk
    _add_parties(made)
    clauses = _add_clauses(made, by, at)
    loaded = InstrumentsLoaded(len(made), clauses)
    facts = {"instruments": loaded.instruments, "clauses": loaded.clauses}
    trail.record(Trail.REFERENCE_LOADED, by=by, at=at, on="instruments", facts=facts)
    return loaded


def _add(entry: InstrumentEntry, parent: UUID | None, at: datetime) -> Instrument:
    return Instrument.objects.create(
        key=entry.key,
        kind=entry.kind,
        number=entry.number,
        title=entry.title,
        parent_id=parent,
        recorded_at=at,
        signed_on=entry.signed_on,
        signed_at_place=entry.signed_at_place,
        in_force_from=entry.in_force_from,
        in_force_to=entry.in_force_to,
        scope=entry.scope,
        programme=entry.programme,
        is_reconstructed=True,
        source_note=entry.source_note,
    )


def _add_parties(made: dict[str, Instrument]) -> None:
    known = set(Agency.objects.values_list("pk", flat=True))
    for entry in party_entries():
        if entry.instrument not in made or (entry.agency and entry.agency not in known):
            continue
        party = InstrumentParty.objects.create(
            instrument=made[entry.instrument], agency_id=entry.agency or None, state=entry.state
        )
        if entry.position:
            Signatory.objects.create(party=party, name="", position=entry.position)


def _add_clauses(made: dict[str, Instrument], by: trail.Acting, at: datetime) -> int:
    count = 0
    parties = _agencies_by_instrument(made)
    for entry in clause_entries():
        if entry.instrument not in made or not {entry.giver, entry.receiver} <= parties[entry.instrument]:
            continue
        clause = Clause.objects.create(
            instrument=made[entry.instrument],
            number=entry.number,
            giver_id=entry.giver,
            giver_with_below=True,
            receiver_id=entry.receiver,
            receiver_with_below=True,
            releases=entry.releases,
            purposes=sorted(entry.purposes),
            is_everywhere=EVERYWHERE in entry.roots,
            kinds=sorted(entry.kinds),
            precision=entry.precision,
            note=entry.note,
            drafted_by=by.ref,
            drafted_at=at,
            is_reconstructed=True,
        )
        clause.roots.set(_places(entry.roots))
        count += 1
    return count


def _agencies_by_instrument(made: dict[str, Instrument]) -> dict[str, set[str]]:
    keys = {instrument.pk: key for key, instrument in made.items()}
    found: dict[str, set[str]] = defaultdict(set)
    rows = InstrumentParty.objects.filter(instrument__in=keys, agency__isnull=False)
    for instrument, agency in rows.values_list("instrument_id", "agency_id"):
        found[keys[instrument]].add(str(agency))
    return found


def _places(codes: tuple[str, ...]) -> list[Place]:
    return [place for code in codes if code != EVERYWHERE and (place := place_by_code(code))]


def _instrument_entry(line: TableLine) -> InstrumentEntry:
    return InstrumentEntry(
        key=line.required("key"),
        parent=line.text("parent"),
        kind=line.one_of("kind", KINDS),
        number=line.text("number"),
        title=line.required("title"),
        signed_on=line.day("signed_on"),
        signed_at_place=line.text("signed_at_place"),
        in_force_from=line.day("in_force_from"),
        in_force_to=line.day("in_force_to"),
        scope="\n".join(line.parts("scope")),
        programme=line.text("programme"),
        source_note=line.required("source_note"),
    )


def _party_entry(line: TableLine) -> PartyEntry:
    agency, state = line.text("agency"), line.text("state")
    if bool(agency) == bool(state):
        raise ValueError("isi kolom agency atau state, salah satu")
    return PartyEntry(line.required("instrument"), agency, state, line.text("position"))


def _clause_entry(line: TableLine) -> ClauseEntry:
    category = line.one_of("category", frozenset(field_groups()))
    groups = dict(part.split(":", 1) for part in line.parts("releases"))
    if unknown := set(groups) - set(field_groups()[category]):
        raise ValueError(f"kelompok isian {sorted(unknown)} tidak ada pada {category}")
    if unknown := set(line.parts("purposes")) - set(PURPOSES):
        raise ValueError(f"tujuan {sorted(unknown)} tidak dikenal")
    return ClauseEntry(
        instrument=line.required("instrument"),
        number=int(line.required("number")),
        giver=line.required("giver"),
        receiver=line.required("receiver"),
        releases={category: groups},
        purposes=line.parts("purposes"),
        roots=line.parts("roots"),
        kinds=line.parts("kinds"),
        precision=line.one_of("precision", frozenset(Clause.Precision.values)),
        note=line.required("note"),
    )
