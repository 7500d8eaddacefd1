"""Counts of rows that an agency may count and not see: what a clause of counts gives, and what closed agencies get at all.

The rule is the gate's own. A clause of counts is read as one that releases a single field, "counted", of which the reader
gets nothing but how many; the same `decide` and the same compiled filter then say which rows are counted.

Only one layout is published: one line for each district and kind, over the months of a calendar year, with the line's
total. No other sums of persons exist, for any choice on the page, but for another purpose other clauses may count other
rows: a line that another purpose counts otherwise tells no persons, for neither, so no two tables can be subtracted from
each other. Rows whose number of persons the reader sees anyway, for this purpose or another, are left out: else it could
subtract what it knows from a cell.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import ExtractMonth
from django.utils.translation import gettext as _

from kentongan.agencies.labels import CATEGORIES as CATEGORY_WORDS
from kentongan.agencies.labels import word
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vocabulary.models import Kind

from . import compiled
from .access import RoleMayNotAct
from .cells import PARTNER_CELL, shown_line
from .facts import FULL, Actor, ClauseFacts
from .masking import DISTRICT_OR_COARSER
from .registry import KindLink, category_of, kinds_of, protected_models
from .rules import CLOSED_KINDS, VAULT, serves

MONTHS = 12

Address = tuple[int | None, str]
"""The district and the kind of a line."""

Cell = tuple[str, int | None, int, int, int | None]
"""Kind, district, month, how many rows, and how many persons these speak of."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of a category: on which day a row falls, how many persons it speaks of, which rows hold."""

    day: str
    persons: str = ""
    standing: Q = field(default_factory=Q)


COUNTED: Mapping[str, Counted] = {
    "reports": Counted("received_at"),
    "events": Counted("happened_from", "persons", Q(state="confirmed")),
    "findings": Counted("window_from"),
    "alerts": Counted("raised_at"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """How many rows of a kind fell in a district in each month, and how many persons; None is withheld (R16)."""

    district: Place | None
    kind: str  # blank: of no kind, or of a category without kinds
    rows: tuple[int, ...]
    persons: tuple[int | None, ...] = ()
    persons_total: int | None = None

    @property
    def rows_total(self) -> int:
        return sum(self.rows)


@dataclass(frozen=True, slots=True)
class Table:
    """The counts of one category and year, the least count of persons that is shown, and the clauses that give them."""

    category: str
    year: int
    lines: tuple[Line, ...]
    min_cell: int
    clauses: tuple[str, ...]
    undated: int  # rows of which no day is known: they are in no line
    has_persons: bool


def as_counting(actor: Actor, category: str) -> Actor:
    """Return the reader as one that only counts: each clause that counts the category releases "counted", no more.

    A clause that shows the reader rows counts none: the counts of rows that one sees would tell what it withholds of them.
    """
    sees_rows = category in actor.reads and actor.agency_kind not in CLOSED_KINDS
    counting = (c for c in actor.clauses if category in c.counts and not (sees_rows and c.releases.get(category)))
    clauses = tuple(replace(c, releases={category: {"counted": FULL}}) for c in counting)
    return replace(
        actor, agency_kind="", reads=actor.reads | {category}, supervises=frozenset(), clauses=clauses
    )  # closed kinds (R27) are kept from rows, not from their number


def counting_clauses(actor: Actor, category: str, *, at: datetime) -> tuple[ClauseFacts, ...]:
    """Return the clauses under which the reader may count rows of the category now, for the stated purpose."""
    if category in VAULT:
        return ()
    counting = as_counting(actor, category)
    return tuple(clause for clause in counting.clauses if serves(clause, counting, category, at=at))


def countable_categories(actor: Actor, *, at: datetime) -> tuple[str, ...]:
    """Return the categories of which some clause gives this reader counts now."""
    return tuple(category for category in COUNTED if counting_clauses(actor, category, at=at))


def demand_statistics(actor: Actor) -> None:
    """Raise RoleMayNotAct unless the actor's role reads statistics."""
    if "statistics" not in actor.reads:
        raise RoleMayNotAct(_("Peran Anda tidak mencakup statistik. Mintalah petugas yang berwenang."))


def counts_by(model: type[models.Model], actor: Actor, *, year: int, at: datetime) -> Table:
    """Return how many of others' rows fell in each district, of each kind, in each month of the year.

    Counted is what a clause gives the reader to count and no clause, grant or supervision lets it see for any purpose. Numbers
    of rows stand as they are; numbers of persons below the strictest cell of the clauses are withheld, with what would betray them.
    """
    demand_statistics(actor)
    category = category_of(model)
    of = COUNTED[category]
    clauses = counting_clauses(actor, category, at=at)
    rows = _counted_rows(model, actor, of, at) if clauses else model._default_manager.none()
    min_cell = max([PARTNER_CELL, *(clause.min_cell for clause in clauses)])
    cells = _cells(rows.filter(**{f"{of.day}__year": year}), of, _kinds(clauses))
    lines = frozenset((district, kind) for kind, district, *_counts in cells)
    silent = _counted_otherwise(rows, lines, actor, of, year=year, at=at) if clauses and of.persons else frozenset()
    return Table(
        category=category,
        year=year,
        lines=tuple(_assembled(cells, min_cell, silent, has_persons=bool(of.persons))),
        min_cell=min_cell,
        clauses=tuple(clause.ref for clause in clauses),
        undated=rows.filter(**{f"{of.day}__isnull": True}).count() if clauses else 0,
        has_persons=bool(of.persons),
    )


def model_of(category: str) -> type[models.Model]:
    """Return the protected model of a category that is counted."""
    return next(model for model, known in protected_models().items() if known == category)


def category_word(category: str) -> str:
    """Return what the category is called on the screen."""
    return word(CATEGORY_WORDS, category)


def _counted_rows(model: type[models.Model], actor: Actor, of: Counted, at: datetime) -> models.QuerySet[Any, Any]:
    counting = compiled.visible(as_counting(actor, category_of(model)), model, at=at)
    reader = _for_any_purpose(actor)
    known = (
        compiled.visible_with(reader, model, frozenset({"persons"}), at=at)
        if of.persons
        else compiled.visible(reader, model, at=at)
    )
    rows: models.QuerySet[Any, Any] = model._default_manager.filter(counting & ~known & of.standing)
    return rows.exclude(owner_id=actor.agency).order_by()


def _for_any_purpose(actor: Actor) -> Actor:
    """Return the reader with all that it sees for any purpose: it states another, and subtracts what it saw."""
    return replace(actor, clauses=tuple(replace(c, purposes=c.purposes | {actor.purpose}) for c in actor.clauses))


def _kinds(clauses: Iterable[ClauseFacts]) -> frozenset[str]:
    """Return the kinds that may be named; none named is every kind."""
    limits = [clause.kinds for clause in clauses]
    return frozenset() if not all(limits) else frozenset().union(*limits)


def _counted_otherwise(
    rows: models.QuerySet[Any, Any], lines: frozenset[Address], actor: Actor, of: Counted, *, year: int, at: datetime
) -> frozenset[Address]:
    """Return those of the lines that for another purpose stand too and count other rows: their difference would be a number of persons.

    Purposes under which the same clauses count, count the same rows: each set of clauses is asked once, the reader's own not at all.
    """
    category = category_of(rows.model)
    ways: dict[frozenset[str], tuple[Actor, tuple[ClauseFacts, ...]]] = {}
    for purpose in sorted({purpose for clause in actor.clauses for purpose in clause.purposes} | {actor.purpose}):
        other = replace(actor, purpose=purpose)
        clauses = counting_clauses(other, category, at=at)
        ways[frozenset(clause.ref for clause in clauses)] = other, clauses
    ways.pop(frozenset(), None)
    ways.pop(frozenset(clause.ref for clause in counting_clauses(actor, category, at=at)), None)
    found: set[Address] = set()
    for other, clauses in ways.values():
        if left := lines - found:
            theirs = _counted_rows(rows.model, other, of, at)
            found |= left & _differing(rows, theirs, left, of, _kinds(clauses), year)
    return frozenset(found)


def _differing(
    rows: models.QuerySet[Any, Any],
    theirs: models.QuerySet[Any, Any],
    lines: frozenset[Address],
    of: Counted,
    kinds: frozenset[str],
    year: int,
) -> set[Address]:
    """Return the lines of these rows that stand among the others too and differ there; of what stands there only, all are told."""
    found = set(_addresses(theirs.exclude(pk__in=rows.values("pk")), of, kinds, year))
    only_here = lines & set(_addresses(rows.exclude(pk__in=theirs.values("pk")), of, kinds, year))
    return found | (only_here & set(_addresses(theirs, of, kinds, year))) if only_here - found else found


def _addresses(rows: models.QuerySet[Any, Any], of: Counted, kinds: frozenset[str], year: int) -> Iterator[Address]:
    for kind, district, *_counted in _cells(rows.filter(**{f"{of.day}__year": year}), of, kinds):
        yield district, kind


def _cells(rows: models.QuerySet[Any, Any], of: Counted, kinds: frozenset[str]) -> list[Cell]:
    link = kinds_of(rows.model)
    counted = _by_kind(rows, link, of, kinds) if link else []
    if link is None or not kinds:
        without = ~Q(Exists(_of_link(link).filter(**{link.row: OuterRef("pk")}))) if link else Q()
        counted += [("", *cell) for cell in _summed(rows.filter(without), of, "")]
    return counted


def _by_kind(rows: models.QuerySet[Any, Any], link: KindLink, of: Counted, kinds: frozenset[str]) -> list[Cell]:
    """Return the cells of each kind; a row of two kinds is in both, one said twice counts once."""
    said = _of_link(link)
    again = said.filter(**{link.row: OuterRef(link.row), link.kind: OuterRef(link.kind), "pk__lt": OuterRef("pk")})
    said = said.filter(~Exists(again), **{f"{link.row}__in": rows.values("pk")})
    if kinds:
        said = said.filter(**{f"{link.kind}__in": sorted(kinds)})
    return list(_summed(said, of, f"{link.row}__", link.kind))


def _of_link(link: KindLink) -> models.QuerySet[Any, Any]:
    found: models.QuerySet[Any, Any] = apps.get_model(link.model)._default_manager.order_by()
    return found.filter(link.standing) if link.standing is not None else found


def _summed(rows: models.QuerySet[Any, Any], of: Counted, path: str, *also: str) -> Any:
    district = PlaceAncestor.objects.filter(
        descendant=OuterRef(f"{path}place_id"), ancestor__level__in=DISTRICT_OR_COARSER
    )
    dated = rows.annotate(
        of_district=Subquery(district.order_by("depth").values("ancestor_id")[:1]),
        of_month=ExtractMonth(f"{path}{of.day}"),
    )
    persons = Sum(f"{path}{of.persons}") if of.persons else Count("pk", filter=Q(pk__isnull=True))
    return (
        dated.values(*also, "of_district", "of_month")
        .annotate(number=Count("pk"), heads=persons)
        .values_list(*also, "of_district", "of_month", "number", "heads")
    )


def _assembled(
    counted: Iterable[Cell], min_cell: int, silent: frozenset[Address], *, has_persons: bool
) -> Iterable[Line]:
    rows: dict[Address, list[int]] = defaultdict(lambda: [0] * MONTHS)
    heads: dict[Address, list[int]] = defaultdict(lambda: [0] * MONTHS)
    for kind, district, month, number, persons in counted:
        rows[district, kind][month - 1] += number
        heads[district, kind][month - 1] += persons or 0
    places = Place.objects.select_related("parent").in_bulk([d for d, _kind in rows if d is not None])
    written = ((places.get(d) if d is not None else None, kind, d) for d, kind in rows)
    for place, kind, district in sorted(written, key=lambda line: (line[0].code if line[0] else "~", line[1])):
        shown, total = shown_line(heads[district, kind], k=min_cell) if has_persons else ((), None)
        if (district, kind) in silent:
            shown, total = (None,) * MONTHS, None
        yield Line(place, kind, tuple(rows[district, kind]), shown, total)


def kind_words(codes: Iterable[str], language: str) -> dict[str, str]:
    """Return what kinds are called in a language, Indonesian where that has no word."""
    kinds = Kind.objects.in_bulk([code for code in codes if code])
    return {
        code: {"en": kind.label_en, "tet": kind.label_tet, "pt": kind.label_pt}.get(language, "") or kind.label_id
        for code, kind in kinds.items()
    }
