"""What the pages of instruments show, prepared: templates run no query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kentongan.agencies.labels import CATEGORIES, COUNTRIES, word
from kentongan.kit.periods import civil_day
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from . import queries
from .access import category_of
from .actions import CATEGORY, suspension_at
from .bodies import Hierarchy
from .facts import Actor, Side
from .forms import (
    STATE,
    ApproveForm,
    DocumentForm,
    PartyForm,
    ReasonForm,
    RenewForm,
    SignatoryForm,
    TakeBackForm,
)
from .in_force import dates_of
from .labels import CLAUSE_CHIPS, CLAUSE_STATUSES, COMING, HINDRANCES, RELEASES, STATUS_CHIPS, STATUSES
from .models import Approval, Clause, Instrument, InstrumentChange, InstrumentParty
from .parties import parties_awaited, party_spoken_for, party_to_approve, stands_on_a_side
from .simulating import GroupSeen, Simulation
from .standing import Dates, ends_on, withdrawn_at
from .wording import SpokenClause, SpokenSide, in_words, left_out

if TYPE_CHECKING:
    from .models import ProtectedRow

Words = str | Promise


@dataclass(frozen=True, slots=True)
class ClauseShown:
    """A clause as a page shows it."""

    clause: Clause
    status: str
    label: Words
    chip: str
    words: str
    left_out: str
    approvals: Sequence[tuple[Approval, str]] = ()
    awaited: Sequence[InstrumentParty] = ()
    for_party: InstrumentParty | None = None  # whose word the officer may give
    approve: Form | None = None
    end: Form | None = None
    may_change: bool = False


def clause_shown(clause: Clause, *, at: datetime, is_instrument_in_force: bool) -> ClauseShown:
    """Return a clause with its status and its words."""
    return _shown(clause, queries.spoken([clause])[clause.pk], at, is_instrument_in_force=is_instrument_in_force)


def _shown(
    clause: Clause, spoken: SpokenClause, at: datetime, *, is_instrument_in_force: bool, **more: Any
) -> ClauseShown:
    status = queries.clause_status(clause, at, is_instrument_in_force=is_instrument_in_force)
    return ClauseShown(
        clause, status, CLAUSE_STATUSES[status], CLAUSE_CHIPS[status], in_words(spoken), left_out(spoken), **more
    )


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """What happened to an instrument, or is to happen, as its page shows it."""

    change: InstrumentChange
    announced: str = ""  # while its day has not come
    take_back: Form | None = None


def _announced(change: InstrumentChange, status: str, at: datetime) -> str:
    """Return what is to happen from a later day on, in words; blank for what was not said yet, has begun, was taken back
    or comes after the instrument was withdrawn."""
    is_coming = change.at <= at < change.effective_at and change.taken_back_at is None
    if not is_coming or status == "withdrawn" or change.what not in COMING:
        return ""
    return str(COMING[change.what]) % {"day": date_format(localtime(change.effective_at), "j M Y")}


def _coming(listed: queries.Listed, at: datetime) -> list[str]:
    changes = listed.instrument.changes.all()
    return [words for change in changes if (words := _announced(change, listed.status, at))]


@dataclass(frozen=True, slots=True)
class _May:
    """What the officer may do with an instrument."""

    side: bool  # of a party, or the recorder: whoever stands there puts a draft away
    draft: bool
    keep: bool
    decide: bool

    @classmethod
    def of(cls, actor: Actor, instrument: Instrument, *, at: datetime, is_withdrawn: bool) -> "_May":
        if CATEGORY not in actor.acts:
            return cls(side=False, draft=False, keep=False, decide=False)
        speaks = party_spoken_for(actor, instrument, at=at) is not None
        side = stands_on_a_side(actor, instrument, at=at)
        return cls(
            side=side,
            draft=side and not is_withdrawn,
            keep=speaks or instrument.recorded_by_id == actor.agency,
            decide=speaks,
        )


def instrument_page(
    instrument: Instrument, actor: Actor, *, at: datetime, faulty: Mapping[str, Form]
) -> dict[str, Any]:
    """Return all that the page of an instrument shows."""
    above, below = queries.tree_of(instrument, actor, at=at)
    (status,) = queries.statuses_of([instrument], at)
    dates = dates_of(instrument)
    may = _May.of(actor, instrument, at=at, is_withdrawn=status == "withdrawn")
    parties = list(instrument.parties.select_related("agency").prefetch_related("signatories__officer"))
    clauses = _clauses(instrument, parties, actor, may, at=at, status=status, faulty=faulty)
    has_approved = any(one.clause.approved_at for one in clauses)
    changes = _changes(instrument, status, actor, may, at=at, faulty=faulty)
    return {
        "instrument": instrument,
        "status": STATUSES[status],
        "chip": STATUS_CHIPS[status],
        "above": list(zip(above, _labels(above, at), strict=True)),
        "below": list(zip(below, _labels(below, at), strict=True)),
        "parties": [(party, _party_name(party)) for party in parties],
        "clauses": clauses,
        "changes": changes,
        "coming": [one for one in changes if one.announced],
        "open_words": list(instrument.renewal_words.filter(change=None).select_related("party__agency")),
        "may": may,
        "may_correct": may.keep and not has_approved,
        "term_ends_on": ends_on(dates),
        "withdrawn_at": withdrawn_at(dates) if status == "withdrawn" else None,
        "forms": _forms(instrument, dates, status, actor, may, at=at, faulty=faulty, has_approved=has_approved),
    }


def _changes(
    instrument: Instrument, status: str, actor: Actor, may: _May, *, at: datetime, faulty: Mapping[str, Form]
) -> list[ChangeShown]:
    found = []
    for change in instrument.changes.select_related("agency"):
        announced = _announced(change, status, at)
        is_ours = bool(announced) and may.decide and change.agency_id == actor.agency
        form = _form(faulty, f"take-back-{change.pk}", TakeBackForm, instrument.version) if is_ours else None
        found.append(ChangeShown(change, announced, form))
    return found


def _clauses(
    instrument: Instrument,
    parties: Sequence[InstrumentParty],
    actor: Actor,
    may: _May,
    *,
    at: datetime,
    status: str,
    faulty: Mapping[str, Form],
) -> list[ClauseShown]:
    clauses = list(queries.clauses_of(instrument))
    spoken, hierarchy = queries.spoken(clauses), Hierarchy(civil_day(at))
    names = queries.names_of_officers(a.officer for clause in clauses for a in clause.approvals.all())
    found = []
    for clause in clauses:
        approvals = list(clause.approvals.all())
        is_draft = clause.approved_at is None and clause.ended_at is None
        waits = is_draft and status != "withdrawn"
        party = party_to_approve(clause, parties, approvals, actor, hierarchy) if waits else None
        ends = may.side if is_draft else may.decide or actor.agency in (clause.giver_id, clause.receiver_id)
        found.append(
            _shown(
                clause,
                spoken[clause.pk],
                at,
                is_instrument_in_force=status == "in_force",
                approvals=[(approval, names.get(approval.officer, approval.officer)) for approval in approvals],
                awaited=parties_awaited(clause, parties, approvals, hierarchy) if waits else (),
                for_party=party,
                approve=_form(faulty, f"approve-{clause.pk}", ApproveForm, clause.version) if party else None,
                end=_form(faulty, f"end-{clause.pk}", ReasonForm, clause.version)
                if ends and CATEGORY in actor.acts and clause.ended_at is None
                else None,
                may_change=is_draft and may.draft,
            )
        )
    return found


def _forms(
    instrument: Instrument,
    dates: Dates,
    status: str,
    actor: Actor,
    may: _May,
    *,
    at: datetime,
    faulty: Mapping[str, Form],
    has_approved: bool,
) -> dict[str, Form | None]:
    """Return the forms of the deeds that the officer may do now."""
    version = instrument.version
    suspension = suspension_at(instrument, at) if status == "suspended" else None
    may_lift = may.decide and suspension is not None and suspension.agency_id == actor.agency
    may_last_longer = (
        instrument.in_force_from is not None and ends_on(dates) is not None and withdrawn_at(dates) is None
    )
    stands = status in ("in_force", "held")
    wanted: dict[str, tuple[bool, type[Form], dict[str, Any]]] = {
        "document": (may.keep and not (has_approved and bool(instrument.document_checksum)), DocumentForm, {}),
        "party": (may.keep and not has_approved, PartyForm, {"agencies": queries.possible_parties()}),
        "signatory": (may.keep, SignatoryForm, {"parties": instrument.parties.all()}),
        "suspend": (may.decide and stands, ReasonForm, {}),
        "resume": (may_lift, ReasonForm, {}),
        "withdraw": (may.decide and status != "withdrawn", ReasonForm, {}),
        "renew": (may.decide and may_last_longer, RenewForm, {}),
    }
    return {
        name: _form(faulty, name, kind, version, **more) if is_offered else None
        for name, (is_offered, kind, more) in wanted.items()
    }


def _form(faulty: Mapping[str, Form], name: str, kind: type[Form], version: int, **more: Any) -> Form:
    return faulty.get(name) or kind(initial={"version": version}, auto_id=f"{name}-%s", **more)


def _labels(instruments: Sequence[Instrument], at: datetime) -> list[tuple[Words, str]]:
    return [(STATUSES[status], STATUS_CHIPS[status]) for status in queries.statuses_of(instruments, at)]


def _party_name(party: InstrumentParty) -> str:
    return party.agency.name if party.agency else word(COUNTRIES, party.state)


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """An instrument as the list shows it."""

    instrument: Instrument
    status: Words
    chip: str
    parties: str
    coming: Sequence[str] = ()
    ends_on: date | None = None  # excluded; the day of a withdrawal where that comes first


def instrument_rows(listed: Iterable[queries.Listed], *, at: datetime) -> list[InstrumentRow]:
    """Return the lines of the list, with what was announced by that instant for a later day."""
    return [
        InstrumentRow(
            one.instrument,
            STATUSES[one.status],
            STATUS_CHIPS[one.status],
            ", ".join(str(p.agency) if p.agency else word(COUNTRIES, p.state) for p in one.instrument.parties.all()),
            _coming(one, at),
            _last_day(one.instrument),
        )
        for one in listed
    ]


def _last_day(instrument: Instrument) -> date | None:
    dates = dates_of(instrument)
    withdrawn, ends = withdrawn_at(dates), ends_on(dates)
    days = [day for day in (ends, civil_day(withdrawn) if withdrawn else None) if day is not None]
    return min(days, default=None)


def side_choices(instrument: Instrument, *, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return who can be a side of a clause: each party, with the agencies that stand on its side."""
    parties = list(instrument.parties.select_related("agency"))
    beside = queries.agencies_beside(parties, on=on)
    groups = []
    for party in parties:
        whole = (
            []
            if party.agency
            else [(f"{STATE}{party.state}", _("semua instansi %(state)s") % {"state": _party_name(party)})]
        )
        groups.append((_party_name(party), [*whole, *((agency.pk, agency.name) for agency in beside[party.pk])]))
    return groups


def record_choices(records: Mapping[str, Iterable["ProtectedRow"]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return one's own records as choices, by category."""
    return [(word(CATEGORIES, c), [(str(row.pk), record_name(row)) for row in rows]) for c, rows in records.items()]


def record_name(row: Any) -> str:
    """Return how a record is called in a list: its number and title as far as it has them."""
    said = [str(getattr(row, name, "") or "") for name in ("number", "title")]
    return " · ".join(filter(None, said))[:110] or f"{word(CATEGORIES, category_of(type(row)))} {row.pk}"


def simulation_shown(simulation: Simulation) -> dict[str, Any]:
    """Return a simulation as the page shows it."""
    return {
        "without": simulation.without.decision,
        "with_clause": simulation.with_clause.decision,
        "rows": [_group_row(seen) for seen in simulation.groups],
        "hindrances": [HINDRANCES[code] for code in simulation.hindrances],
        "is_changed": any(g.before != g.after for g in simulation.groups)
        or simulation.without.decision.allowed != simulation.with_clause.decision.allowed,
    }


def _group_row(seen: GroupSeen) -> dict[str, Any]:
    return {
        "label": seen.group.label,
        "before": RELEASES[seen.before],
        "before_values": seen.before_values,
        "after": RELEASES[seen.after],
        "after_values": seen.after_values,
        "is_opened": seen.before != seen.after,
    }


@dataclass(frozen=True, slots=True)
class MatrixEntry:
    """One clause in a cell of the matrix."""

    clause: Clause
    giver: str
    purposes: tuple[Words, ...]
    is_counts_only: bool
    kinds: Sequence[str]  # none is every kind
    places: Sequence[str]  # none is everywhere
    exceptions: Sequence[str]


def matrix_rows(
    flows: Mapping[Side, Mapping[str, Sequence[queries.Flow]]], categories: Sequence[str]
) -> list[tuple[str, list[tuple[str, list[MatrixEntry]]]]]:
    """Return the receiving sides by name, each with its cells in the order of the columns."""
    givers = {flow.giver for cells in flows.values() for found in cells.values() for flow in found}
    names = queries.names_of_sides(givers | set(flows))
    spoken = queries.spoken(
        {flow.clause.pk: flow.clause for cells in flows.values() for found in cells.values() for flow in found}.values()
    )
    rows = [
        (
            side_name(names[side]),
            [
                (word(CATEGORIES, c), [_entry(flow, names, spoken[flow.clause.pk]) for flow in cells.get(c, ())])
                for c in categories
            ],
        )
        for side, cells in flows.items()
    ]
    return sorted(rows, key=lambda row: row[0])


def _entry(flow: queries.Flow, names: Mapping[Side, SpokenSide], spoken: SpokenClause) -> MatrixEntry:
    return MatrixEntry(
        clause=flow.clause,
        giver=side_name(names[flow.giver]),
        purposes=tuple(PURPOSE_LABELS[p] for p in flow.purposes),
        is_counts_only=flow.is_counts_only,
        kinds=sorted(spoken.kinds),
        places=() if spoken.is_everywhere else sorted(spoken.places),
        exceptions=sorted(spoken.exceptions),
    )


def side_name(side: SpokenSide) -> str:
    """Return a side as a row or an entry of the matrix names it."""
    if side.is_state:
        return _("semua instansi %(state)s") % {"state": side.name}
    if side.is_forum:
        return _("anggota %(forum)s") % {"forum": side.name}
    return _("%(agency)s beserta jajarannya") % {"agency": side.name} if side.is_with_below else side.name
