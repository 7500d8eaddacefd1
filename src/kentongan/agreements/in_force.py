"""Clauses as facts: read from the database for one reader, with the periods in which they hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from .facts import BLURRED, FULL, Body, ClauseFacts, Period, Side, Territory
from .fields import field_groups
from .models import Clause, Instrument, InstrumentChange
from .standing import Change, Dates, intersection, periods_of

_ROOTS, _EXCEPTIONS = Clause.roots.through, Clause.exceptions.through


def clauses_for(body: Body) -> tuple[ClauseFacts, ...]:
    """Return the approved clauses on whose receiving side the agency stands, whenever they hold."""
    return facts_of(Clause.objects.filter(_received(body), approved_at__isnull=False))


@dataclass(frozen=True, slots=True)
class Agreed:
    """The clauses on whose receiving side an agency stands, and all clauses that let go on what was received."""

    clauses: tuple[ClauseFacts, ...]
    onward: tuple[ClauseFacts, ...]

    def onward_refs(self, at: datetime) -> frozenset[str]:
        """Return the refs of clauses in force under which what was received may be given on."""
        return _in_force(self.onward, at)


def agreed_with(body: Body) -> Agreed:
    """Return what `clauses_for` returns, read together with the clauses that let go on; nothing for whom no clause stands."""
    rows = Clause.objects.filter(_received(body) | Q(onward=Clause.Onward.ALLOWED), approved_at__isnull=False)
    are_onward = {clause.pk: clause.onward == Clause.Onward.ALLOWED for clause in rows}
    if not any(_receiver(clause).covers(body) for clause in rows):
        return Agreed((), ())
    known = facts_of(rows)
    return Agreed(
        tuple(clause for clause in known if clause.receiver.covers(body)),
        tuple(clause for clause in known if are_onward[clause.clause]),
    )


def _received(body: Body) -> Q:
    return (
        Q(receiver_id=body.agency)
        | Q(receiver_id__in=body.forums)
        | Q(receiver_id__in=body.above, receiver_with_below=True)
        | Q(receiver_state=body.state)
    )


def _receiver(clause: Clause) -> Side:
    return Side(clause.receiver_id or "", clause.receiver_with_below, clause.receiver_state)


def facts_of(clauses: Iterable[Clause], *, as_if_approved_at: datetime | None = None) -> tuple[ClauseFacts, ...]:
    """Return the clauses as the rule reads them, in order of their ids; drafts as if they were approved at an instant."""
    found = sorted(clauses, key=lambda clause: clause.pk)
    if not found:
        return ()
    instruments = _InstrumentPeriods()
    roots, exceptions = _places(_ROOTS, found), _places(_EXCEPTIONS, found)
    below = _kinds_below() if any(clause.kinds for clause in found) else {}
    return tuple(
        _facts(
            clause,
            roots[clause.pk],
            exceptions[clause.pk],
            below,
            instruments.of(clause, clause.approved_at or as_if_approved_at),
        )
        for clause in found
    )


def onward_refs(at: datetime) -> frozenset[str]:
    """Return the refs of clauses in force whose receivers may give on what they received."""
    return _in_force(facts_of(Clause.objects.filter(onward=Clause.Onward.ALLOWED, approved_at__isnull=False)), at)


def _in_force(clauses: Iterable[ClauseFacts], at: datetime) -> frozenset[str]:
    return frozenset(clause.ref for clause in clauses if clause.is_in_force(at))


def dates_of(instrument: Instrument) -> Dates:
    """Return the dates that an instrument's own status follows from."""
    changes = tuple(
        Change(c.what, c.effective_at, c.until) for c in instrument.changes.all() if c.taken_back_at is None
    )
    return Dates(instrument.in_force_from, instrument.in_force_to, changes)


def periods_with_parents(instruments: Iterable[UUID]) -> dict[UUID, tuple[Period, ...]]:
    """Return for each instrument the periods in which it and all above it are in force."""
    periods = _InstrumentPeriods()
    return {pk: periods.with_parents(pk) for pk in instruments}


class _InstrumentPeriods:
    """When each instrument is in force together with all above it."""

    def __init__(self) -> None:
        changes: dict[UUID, list[Change]] = defaultdict(list)
        standing = InstrumentChange.objects.filter(taken_back_at__isnull=True).order_by("effective_at", "id")
        for instrument, what, at, until in standing.values_list("instrument_id", "what", "effective_at", "until"):
            changes[instrument].append(Change(what, at, until))
        self._parents: dict[UUID, UUID | None] = {}
        self._dates: dict[UUID, Dates] = {}
        rows = Instrument.objects.order_by().values_list("pk", "parent_id", "in_force_from", "in_force_to")
        for pk, parent, since, until in rows:
            self._parents[pk] = parent
            self._dates[pk] = Dates(since, until, tuple(changes[pk]))
        self._known: dict[UUID, tuple[Period, ...]] = {}

    def of(self, clause: Clause, approved_at: datetime | None) -> tuple[Period, ...]:
        if approved_at is None:
            return ()
        return intersection(self.with_parents(clause.instrument_id), [(approved_at, clause.ended_at)])

    def with_parents(self, instrument: UUID) -> tuple[Period, ...]:
        if instrument not in self._known:
            self._known[instrument] = ()  # an instrument above itself, which no deed makes, would never be in force
            own = periods_of(self._dates[instrument])
            parent = self._parents[instrument]
            self._known[instrument] = own if parent is None else intersection(own, self.with_parents(parent))
        return self._known[instrument]


def _facts(
    clause: Clause,
    roots: frozenset[int],
    exceptions: frozenset[int],
    below: Mapping[str, frozenset[str]],
    periods: tuple[Period, ...],
) -> ClauseFacts:
    is_counts_only = clause.precision == Clause.Precision.AGGREGATE
    return ClauseFacts(
        clause=clause.pk,
        giver=Side(clause.giver_id or "", clause.giver_with_below, clause.giver_state),
        receiver=_receiver(clause),
        releases={} if is_counts_only else _releases(clause),
        purposes=frozenset(clause.purposes),
        territory=Territory(roots, exceptions, clause.is_everywhere),
        periods=periods,
        kinds=frozenset().union(*(below.get(code, frozenset({code})) for code in clause.kinds)),
        conditions=frozenset(clause.conditions) | ({"consent"} if clause.transfer_basis == "consent" else set()),
        transfer_basis=clause.transfer_basis,
        counts=frozenset(clause.releases),
        min_cell=clause.min_cell,
        retention_days=clause.retention_days,
    )


def _releases(clause: Clause) -> dict[str, dict[str, str]]:
    """Return what a clause releases: groups that are always told, and the place as exactly as the clause's precision."""
    releases: dict[str, dict[str, str]] = {}
    for category, named in clause.releases.items():
        groups = field_groups().get(category, {})
        given = {name: FULL for name, group in groups.items() if group.is_always_released}
        given |= {name: release for name, release in named.items() if name in groups}
        if clause.precision == Clause.Precision.DISTRICT and given.get("place") == FULL:
            given["place"] = BLURRED
        if category == "events" and not given.get("place") == given.get("persons") == FULL:
            given.pop("title", None)  # a title that the reader made names the village and how many they were
        releases[category] = given
    return releases


def _places(through: type, clauses: list[Clause]) -> dict[UUID, frozenset[int]]:
    found: dict[UUID, set[int]] = defaultdict(set)
    rows = through._default_manager.filter(clause__in=[c.pk for c in clauses])  # type: ignore[attr-defined]  # a through model
    for clause, place in rows.values_list("clause_id", "place_id"):
        found[clause].add(place)
    return defaultdict(frozenset, {clause: frozenset(places) for clause, places in found.items()})


def _kinds_below() -> dict[str, frozenset[str]]:
    """Return each kind's code with the codes below it: `TPPO` has `TPPO.ANAK` below."""
    from kentongan.vocabulary.models import Kind  # noqa: PLC0415 - models must be loaded first

    codes = list(Kind.objects.values_list("code", flat=True))
    return {code: frozenset(c for c in codes if c == code or c.startswith(f"{code}.")) for code in codes}
