"""Reads over instruments and clauses: how they stand on a day, how they read, and the matrix of what is in force."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kentongan.agencies.labels import COUNTRIES, word
from kentongan.agencies.models import Agency, Officer
from kentongan.agencies.rules import OPERATOR_KIND
from kentongan.kit.periods import civil_day
from kentongan.places.gazetteer import level_word
from kentongan.places.models import Place
from kentongan.reading.knowledge import PlaceLevel
from kentongan.vocabulary.models import Kind

from .bodies import Hierarchy
from .facts import Actor, ClauseFacts, Period, Side
from .in_force import dates_of, facts_of, periods_with_parents
from .models import Clause, Instrument, InstrumentParty
from .parties import party_to_approve, side_of, sides_of
from .standing import status_at
from .wording import SpokenClause, SpokenSide

HELD = "held"

SPELT_OUT = {"Prov.": "Provinsi", "Kab.": "Kabupaten", "Kec.": "Kecamatan", "Kel.": "Kelurahan"}
"""Words for levels as a clause writes them: no abbreviation in what is approved."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An instrument with its status on a day."""

    instrument: Instrument
    status: str


def instruments_listed(
    actor: Actor, *, at: datetime, on: datetime, status: str = "", kind: str = "", words: str = ""
) -> list[Listed]:
    """Return the instruments that the actor may read, with how they stand at an instant, by the filters that are set."""
    found = Instrument.objects.visible_to(actor, at=at)
    if kind:
        found = found.filter(kind=kind)
    if words:
        by_party = Q(parties__agency__name__icontains=words) | Q(parties__agency__abbrev__icontains=words)
        found = found.filter(Q(title__icontains=words) | Q(number__icontains=words) | by_party)
    found = found.defer("document").prefetch_related("changes", "parties__agency")
    rows = list({instrument.pk: instrument for instrument in found}.values())
    listed = [Listed(instrument, standing) for instrument, standing in zip(rows, statuses_of(rows, on), strict=True)]
    return [one for one in listed if not status or one.status == status]


def statuses_of(instruments: Sequence[Instrument], at: datetime) -> list[str]:
    """Return how each instrument stands at an instant: its own status, or `held` where one above it is not in force."""
    own = [status_at(dates_of(instrument), at) for instrument in instruments]
    parents = {instrument.parent_id for instrument in instruments if instrument.parent_id is not None}
    above = periods_with_parents(parents) if parents else {}
    return [
        HELD if status == "in_force" and i.parent_id is not None and not _hold_at(above[i.parent_id], at) else status
        for i, status in zip(instruments, own, strict=True)
    ]


def _hold_at(periods: Iterable[Period], at: datetime) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in periods)


def possible_parents(actor: Actor, *, at: datetime) -> QuerySet[Instrument]:
    """Return the instruments that another can be recorded under, the latest first."""
    found: QuerySet[Instrument] = Instrument.objects.visible_to(actor, at=at).defer("document")
    return found


def possible_parties() -> QuerySet[Agency]:
    """Return the agencies and forums that can be a party."""
    return Agency.objects.filter(is_active=True).exclude(kind__in=("media", OPERATOR_KIND)).order_by("name")


def possible_readers(clause: Clause, *, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return, for the trial of a clause, the agencies on its receiving side and the others, as choices."""
    _giver, receiver = sides_of(clause)
    hierarchy = Hierarchy(on)
    groups: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for agency in possible_parties().filter(is_forum=False):
        groups[receiver.covers(hierarchy.body_of(agency.pk))].append((agency.pk, agency.name))
    named = ((_("Sisi penerima"), groups[True]), (_("Instansi lain"), groups[False]))
    return [(label, choices) for label, choices in named if choices]


def tree_of(instrument: Instrument, actor: Actor, *, at: datetime) -> tuple[list[Instrument], list[Instrument]]:
    """Return what lies above the instrument, the root first, and what lies directly below, as far as the actor may read."""
    visible = Instrument.objects.visible_to(actor, at=at).defer("document").prefetch_related("changes")
    above: list[Instrument] = []
    parent = instrument.parent_id
    while parent is not None and parent not in {i.pk for i in above} | {instrument.pk}:
        found = visible.filter(pk=parent).first()
        if found is None:
            break
        above.append(found)
        parent = found.parent_id
    return above[::-1], list(visible.filter(parent=instrument))


def clause_status(clause: Clause, at: datetime, *, is_instrument_in_force: bool) -> str:
    """Return draft, in_force, waiting (approved while the instrument is not in force) or ended."""
    if clause.ended_at is not None and clause.ended_at <= at:
        return "ended"
    if clause.approved_at is None or at < clause.approved_at:
        return "draft"
    return "in_force" if is_instrument_in_force else "waiting"


def agencies_beside(parties: Iterable[InstrumentParty], *, on: date) -> dict[int, list[Agency]]:
    """Return for each party the active agencies that stand on its side, the party itself first."""
    hierarchy, found = Hierarchy(on), defaultdict(list)
    among = list(parties)
    for agency in Agency.objects.filter(is_active=True).exclude(kind="media").order_by("name"):
        body = hierarchy.body_of(agency.pk)
        for party in among:
            if side_of(party).covers(body):
                found[party.pk].append(agency)
    return {p.pk: sorted(found[p.pk], key=lambda agency: agency.pk != p.agency_id) for p in among}


def spoken(clauses: Iterable[Clause]) -> dict[UUID, SpokenClause]:
    """Return the clauses with names instead of keys; the number of queries does not grow with the clauses."""
    found = list(clauses)
    kinds = dict(Kind.objects.filter(pk__in={k for c in found for k in c.kinds}).values_list("pk", "label_id"))
    return {clause.pk: _spoken(clause, kinds) for clause in found}


def _spoken(clause: Clause, kinds: dict[str, str]) -> SpokenClause:
    return SpokenClause(
        giver=_spoken_side(clause.giver, clause.giver_state, is_with_below=clause.giver_with_below),
        receiver=_spoken_side(clause.receiver, clause.receiver_state, is_with_below=clause.receiver_with_below),
        releases=clause.releases,
        purposes=clause.purposes,
        precision=clause.precision,
        is_everywhere=clause.is_everywhere,
        places=[place_in_words(place) for place in clause.roots.all()],
        exceptions=[place_in_words(place) for place in clause.exceptions.all()],
        kinds=[f"{kinds[code]} ({code})" if code in kinds else code for code in clause.kinds],
        min_cell=clause.min_cell,
        onward=clause.onward,
        retention_days=clause.retention_days,
        conditions=clause.conditions,
        transfer_basis=clause.transfer_basis,
        note=clause.note,
    )


def _spoken_side(agency: Agency | None, state: str, *, is_with_below: bool) -> SpokenSide:
    if agency is None:
        return SpokenSide(word(COUNTRIES, state), is_state=True)
    return SpokenSide(agency.name, is_with_below=is_with_below, is_forum=agency.is_forum)


def place_in_words(place: Place) -> str:
    """Return "Kabupaten Serang (36.04)": the name with the word for its level and the code, so that no two read alike."""
    short = level_word(place.code, cast("PlaceLevel", place.level))
    level = SPELT_OUT.get(short, short)
    return f"{level} {place.name} ({place.code})" if level else f"{place.name} ({place.code})"


def clauses_of(instrument: Instrument) -> QuerySet[Clause]:
    """Return the clauses of an instrument with all that their words need."""
    return instrument.clauses.select_related("giver", "receiver").prefetch_related(
        "roots", "exceptions", "approvals__party__agency"
    )


def names_of_officers(refs: Iterable[str]) -> dict[str, str]:
    """Return who stands behind the references of officers; the system stands for itself."""
    keys = {ref: ref.partition(":")[2] for ref in refs if ref.startswith("officer:")}
    names = {str(officer.pk): str(officer) for officer in Officer.objects.filter(pk__in=keys.values())}
    return {ref: names.get(pk, ref) for ref, pk in keys.items()}


# --- the matrix ---


@dataclass(frozen=True, slots=True)
class Flow:
    """What one clause in force lets one side see of another's records of a category."""

    clause: Clause
    giver: Side
    category: str
    purposes: tuple[str, ...]
    is_counts_only: bool


def matrix(
    actor: Actor, *, at: datetime, on: datetime, receiver: str = "", purpose: str = ""
) -> dict[Side, dict[str, list[Flow]]]:
    """Return receiving side -> category -> flows, from the clauses in force at the instant in instruments that the actor may read.

    With an agency only what it itself receives, with a purpose only what may be opened for that.
    """
    readable = Instrument.objects.visible_to(actor, at=at).order_by().values("pk")
    clauses = Clause.objects.filter(approved_at__isnull=False, instrument__in=readable)
    beside = clauses.select_related("instrument", "giver", "receiver").prefetch_related("roots", "exceptions")
    rows = {c.pk: c for c in beside.defer("instrument__document")}
    body = Hierarchy(civil_day(on)).body_of(receiver) if receiver else None
    found: dict[Side, dict[str, list[Flow]]] = defaultdict(lambda: defaultdict(list))
    for facts in facts_of(rows.values()):
        if not facts.is_in_force(on) or (body is not None and not facts.receiver.covers(body)):
            continue
        for flow in _flows(facts, rows[facts.clause]):
            if not purpose or purpose in flow.purposes:
                found[facts.receiver][flow.category].append(flow)
    return {side: dict(cells) for side, cells in found.items()}


def _flows(facts: ClauseFacts, clause: Clause) -> Iterable[Flow]:
    for category in sorted(facts.counts):
        yield Flow(clause, facts.giver, category, tuple(sorted(facts.purposes)), category not in facts.releases)


def names_of_sides(sides: Collection[Side]) -> dict[Side, SpokenSide]:
    """Return the sides by their names."""
    agencies = Agency.objects.in_bulk([side.agency for side in sides if side.agency])
    return {
        side: _spoken_side(agencies.get(side.agency), side.state, is_with_below=side.is_with_below) for side in sides
    }


def clauses_to_approve(actor: Actor, *, at: datetime) -> list[Clause]:
    """Return the drafted clauses, in instruments that the actor may read, for whose awaited party the actor may give the word."""
    if "instruments" not in actor.reads:
        return []
    readable = Instrument.objects.visible_to(actor, at=at).order_by().values("pk")
    drafts = Clause.objects.filter(approved_at__isnull=True, ended_at__isnull=True, instrument__in=readable)
    found = list(
        drafts.select_related("instrument", "giver", "receiver")
        .defer("instrument__document")
        .prefetch_related("roots", "exceptions", "approvals", "instrument__parties__signatories")
        .order_by("drafted_at", "pk")
    )
    if not found:
        return []
    hierarchy = Hierarchy(civil_day(at))
    mine = [
        clause
        for clause in found
        if party_to_approve(
            clause, list(clause.instrument.parties.all()), list(clause.approvals.all()), actor, hierarchy
        )
    ]
    standing = statuses_of([clause.instrument for clause in mine], at)
    return [clause for clause, status in zip(mine, standing, strict=True) if status != "withdrawn"]
