"""What an overseer may read of the trail, page by page, and in words.

An overseer reads what officers of the own agency and of those below it did, and what anybody did with their records.
Why the gate refused is told to whoever looks after the record: anybody else would read from it whether there is one.
A foreign overseer meets the wall of R11 here too: no row about a record on refugees; no refusal about another's record at
all; and of others' looks neither reasons nor facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, Officer
from kentongan.agencies.queries import descendants_on
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.facts import Actor
from kentongan.agreements.models import Clause
from kentongan.agreements.rules import is_foreign
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import SealedLeaf, TrailRow, TreeHead
from kentongan.kit.periods import end_of_day, start_of_day
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from .called import agencies_called, refs_called
from .labels import event_words, kind_words
from .reasons import reason_words
from .references import KeyIn, about_officers_of, about_protected, about_records_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the trail are asked for; what is blank does not narrow."""

    event: str = ""
    officer: str = ""  # the reference or the user name
    agency: str = ""  # the code or a name
    subject: str = ""  # the reference, the address of its page or its number
    clause: str = ""  # the reference of a clause
    purpose: str = ""
    first: date | None = None
    last: date | None = None

    def told(self) -> dict[str, str]:
        """Return what narrows, as the trail row of this very look tells it."""
        fields = ("event", "officer", "agency", "subject", "clause", "purpose", "first", "last")
        return {name: str(value) for name in fields if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, the newest first, and between which keys the neighbours lie."""

    rows: list[TrailRow]
    newer: int | None
    older: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the trail in words: who, what, which record by its reference alone, why, under which clauses."""

    key: int
    at: datetime
    event: str
    what: str
    who: str
    who_ref: str
    agency: str
    role: str
    purpose: str
    subject: str
    subject_words: str
    why: str
    reasons: tuple[str, ...]
    clauses: tuple["ToldClause", ...]
    facts: tuple[tuple[str, str], ...]
    is_whole: bool  # nothing of the row is kept from this reader


@dataclass(frozen=True, slots=True)
class ToldClause:
    """A clause that a row names."""

    ref: str
    words: str
    address: str


def reach_of(actor: Actor, *, at: datetime) -> frozenset[str]:
    """Return the agencies whose deeds and records the overseer looks after: the own one and those below it that day."""
    return frozenset({actor.agency, *descendants_on(actor.agency, timezone.localdate(at))})


def trail_for(actor: Actor, *, at: datetime) -> QuerySet[TrailRow]:
    """Return the rows of the trail that this overseer may read."""
    reach = reach_of(actor, at=at)
    ours = about_records_of(reach)
    rows = TrailRow.objects.filter(Q(agency__in=reach) | ours | about_officers_of(reach) | _under_clauses_of(reach))
    if not is_foreign(actor):
        return rows
    refusals_elsewhere = Q(event=Trail.ACCESS_REFUSED) & ~ours
    return rows.exclude(about_protected()).exclude(refusals_elsewhere)


def _under_clauses_of(reach: frozenset[str]) -> Q:
    """Return the filter for looks under a clause by which one of these agencies gives: lists and counts name no record."""
    given = Clause.objects.order_by().filter(giver__in=reach)
    return Q(Exists(given.filter(pk=KeyIn(OuterRef("clause"), kind="clause"))))


def narrowed(rows: QuerySet[TrailRow], wanted: Wanted, *, reach: frozenset[str] = frozenset()) -> QuerySet[TrailRow]:
    """Return the rows that fit what is asked for; a number finds records of the agencies in reach, and no other's."""
    plain = {"event": wanted.event, "purpose": wanted.purpose}
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if wanted.agency:
        rows = rows.filter(agency__in=agencies_called(wanted.agency))
    if wanted.subject:
        rows = rows.filter(subject__in=refs_called(wanted.subject, owners=reach))
    if wanted.officer:
        rows = rows.filter(actor=actor_ref(wanted.officer))
    if wanted.clause and not _key(wanted.clause, "clause"):
        return rows.none()  # any other word would ask what reasons say that are not told
    if wanted.clause:
        rows = rows.filter(
            Q(clause=wanted.clause) | Q(reasons__icontains=wanted.clause) | Q(facts__icontains=wanted.clause)
        )
    zone = timezone.get_default_timezone()
    if wanted.first:
        rows = rows.filter(at__gte=start_of_day(wanted.first, zone))  # type: ignore[arg-type]  # Django's own zone is one
    if wanted.last:
        rows = rows.filter(at__lt=end_of_day(wanted.last, zone))  # type: ignore[arg-type]  # Django's own zone is one
    return rows


def asked_of(actor: Actor, wanted: Wanted, *, at: datetime) -> QuerySet[TrailRow]:
    """Return the rows that the overseer asks for, of those that it may read."""
    return narrowed(trail_for(actor, at=at), wanted, reach=reach_of(actor, at=at))


def actor_ref(officer: str) -> str:
    """Return the reference of whoever is named by user name; a reference stays as it is."""
    if ":" in officer:
        return officer
    found = Officer.objects.filter(username=officer).values_list("pk", flat=True).first()
    return f"officer:{found}" if found else f"officer:{officer}"


def page_of(rows: QuerySet[TrailRow], *, before: int | None = None, after: int | None = None) -> Page:
    """Return the newest rows, those before a key, or those after one; a page costs the same however far back it lies."""
    if after is not None:
        found = list(reversed(rows.filter(pk__gt=after).order_by("pk")[: PAGE + 1]))
        is_more = len(found) > PAGE
        shown = found[-PAGE:]
        return Page(shown, shown[0].pk if shown and is_more else None, shown[-1].pk if shown else after + 1)
    found = list((rows.filter(pk__lt=before) if before is not None else rows).order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    newer = (shown[0].pk if shown else before - 1) if before is not None else None
    return Page(shown, newer, shown[-1].pk if len(found) > PAGE else None)


def told_all(rows: Iterable[TrailRow], actor: Actor, *, at: datetime) -> list[Told]:
    """Return the rows in words; the number of queries does not grow with them."""
    rows = list(rows)
    reach = reach_of(actor, at=at)
    names, closed = _Names.of(rows, reach), _refused_elsewhere(rows, reach)
    may_read_all = not is_foreign(actor)
    return [_told(row, names, is_whole=row.pk not in closed and (may_read_all or row.agency in reach)) for row in rows]


def _refused_elsewhere(rows: list[TrailRow], reach: frozenset[str]) -> set[int]:
    """Return the keys of refusals about no record in reach: the reasons would tell whether there is such a record."""
    refused = {row.pk for row in rows if row.event == Trail.ACCESS_REFUSED}
    ours = TrailRow.objects.filter(about_records_of(reach), pk__in=refused)
    return refused - set(ours.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class _Names:
    """Names behind references. Officers are named where they are in reach; of others only agency and reference."""

    officers: dict[str, str]
    agencies: dict[str, str]
    clauses: dict[str, ToldClause]

    @classmethod
    def of(cls, rows: list[TrailRow], reach: frozenset[str]) -> "_Names":
        refs = {ref for row in rows for ref in clause_refs(row)}
        clause_keys = [key for ref in refs if (key := _key(ref, "clause"))]
        clauses = Clause.objects.filter(pk__in=clause_keys).select_related("instrument")
        return cls(
            officer_names({row.actor for row in rows}, reach),
            {agency.pk: str(agency) for agency in Agency.objects.filter(pk__in={row.agency for row in rows})},
            {clause.ref: ToldClause(clause.ref, _clause_words(clause), _clause_address(clause)) for clause in clauses},
        )

    def words_of(self, named: str) -> str:
        """Return what a reference or the key of an agency names."""
        if named in self.clauses:
            return self.clauses[named].words
        return self.agencies.get(named) or subject_words(named)


def _told(row: TrailRow, names: _Names, *, is_whole: bool) -> Told:
    return Told(
        key=row.pk,
        at=row.at,
        event=row.event,
        what=event_words(row.event),
        who=names.officers.get(row.actor, "") or unnamed(row.actor),
        who_ref=row.actor,
        agency=names.agencies.get(row.agency, row.agency),
        role=str(ROLE_LABELS.get(row.role, row.role)),
        purpose=str(PURPOSE_LABELS.get(row.purpose, row.purpose)),
        subject=row.subject,
        subject_words=subject_words(row.subject),
        why=row.why if is_whole else "",
        reasons=tuple(reason_words(str(reason), names.words_of) for reason in row.reasons) if is_whole else (),
        clauses=tuple(names.clauses.get(ref, ToldClause(ref, ref, "")) for ref in clause_refs(row)),
        facts=tuple((str(name), _fact(value)) for name, value in sorted(row.facts.items())) if is_whole else (),
        is_whole=is_whole,
    )


def clause_refs(row: TrailRow) -> list[str]:
    """Return every clause that a row names: in its own column, among its reasons, or among its facts."""
    named = [row.clause] if row.clause else []
    named += [word for reason in row.reasons for word in str(reason).split() if word.startswith("clause:")]
    named += [str(ref) for ref in row.facts.get("clauses", ())]
    return list(dict.fromkeys(named))


def subject_words(subject: str) -> str:
    """Return "Kejadian …0190ab" for a reference: the kind of record, and enough of its key to tell it apart; no title."""
    kind, _colon, key = subject.partition(":")
    if not key:
        return subject
    return f"{kind_words(kind)} …{key[-6:]}" if _key(subject, kind) else f"{kind_words(kind)} {key}"


def unnamed(ref: str) -> str:
    """Return words for whoever is not named: enough of the reference to tell one from another."""
    kind, _colon, key = ref.partition(":")
    if kind == "system":
        return _("sistem (%(part)s)") % {"part": key}
    return _("petugas …%(key)s") % {"key": key[-6:]} if kind == "officer" else ref


def _fact(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {part}" for name, part in value.items())
    return str(value)


def officer_names(refs: Iterable[str], reach: frozenset[str]) -> dict[str, str]:
    """Return the names of the officers who serve or served in reach, by reference; others stay without a name."""
    keys = [key for ref in refs if (key := _key(ref, "officer"))]
    officers = Officer.objects.filter(pk__in=keys, postings__agency__in=reach).distinct()
    return {officer.ref: str(officer) for officer in officers}


def is_officer_ref(text: str) -> bool:
    """Tell whether the text is a reference of an officer, and so may stand in the trail."""
    key = _key(text, "officer")
    return key is not None and text == f"officer:{key}"


def _key(ref: str, kind: str) -> UUID | None:
    head, _colon, key = ref.partition(":")
    try:
        return UUID(key) if head == kind else None
    except ValueError:
        return None


def _clause_words(clause: Clause) -> str:
    return _("Ruang lingkup %(number)s, %(instrument)s") % {"number": clause.number, "instrument": clause.instrument}


def _clause_address(clause: Clause) -> str:
    for name, key in (("clause_detail", clause.pk), ("instrument_detail", clause.instrument_id)):
        try:
            return reverse(name, args=[key])
        except NoReverseMatch:
            continue
    return ""


@dataclass(frozen=True, slots=True)
class Seal:
    """Where a row stands in the tree, and the first signed head that covers it."""

    leaf: int
    head: TreeHead


def seal_of(row: TrailRow) -> Seal | None:
    """Return where the row is sealed; None while it waits."""
    leaf = SealedLeaf.objects.filter(trail_row=row.pk).values_list("position", flat=True).first()
    head = TreeHead.objects.filter(size__gt=leaf).order_by("size", "number").first() if leaf is not None else None
    return Seal(leaf, head) if leaf is not None and head is not None else None
