"""A row as far as it is released: what is not released is not in the object that a page or the API gets."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from kentongan.places.models import Place, PlaceAncestor

from .access import is_plainly_whole
from .facts import BLURRED, FULL, PSEUDONYM, Actor, Decision
from .fields import ALWAYS_SHOWN, field_groups, group_of
from .narrowing import columns_asked
from .registry import category_of, protected_models

DISTRICT_OR_COARSER = ("country", "province", "municipality", "regency", "city", "district", "post", "sea")


def mask(
    rows: Sequence[Any],
    decisions: Mapping[Any, Decision],
    actor: Actor,
    lookups: Iterable[Any] = (),
    *,
    at: datetime,
    of: frozenset[str] | None = None,
) -> None:
    """Take out of the rows, in place, all that their decisions do not release. A masked row cannot be saved.

    `of` names the fields that were just read; what was masked before is not masked twice. Protected rows that others'
    rows refer to come through the gate too, each by its own decision.
    """
    partial = [row for row in rows if not decisions[row.pk].is_whole]
    districts = _districts_of({row.place_id for row in partial if decisions[row.pk].release_of("place") == BLURRED})
    for row in partial:
        row.release = decisions[row.pk]
        _mask_fields(row, decisions[row.pk], actor, districts, of)
    for row in rows:
        if not decisions[row.pk].is_whole or not is_plainly_whole(row, actor):
            _close_relations(row, decisions[row.pk], lookups)
    others = [row for row in rows if row.owner_id != actor.agency]
    for row in others:
        row.passed = (actor, at)
    if others:
        _gate_references(others, actor, at)


def mask_again(row: Any, fields: frozenset[str] | None) -> None:
    """Take out again what a row of others has just read anew from the database: these fields, or all."""
    if row.passed is not None:
        actor, at = row.passed
        decision = row.release if row.release is not None else Decision(True, is_whole=True)
        mask([row], {row.pk: decision}, actor, at=at, of=fields)


def _gate_references(rows: Sequence[Any], actor: Actor, at: datetime) -> None:
    """Put in the place of each protected row that these refer to what the gate shows of it, or nothing."""
    for column in rows[0]._meta.concrete_fields:
        if column.related_model not in protected_models():
            continue
        keys = {getattr(row, column.attname) for row in rows} - {None}
        shown = {}
        if keys:
            seen = column.related_model._default_manager.visible_to(actor, at=at).filter(pk__in=keys)
            shown = {target.pk: target for target in seen.select_related("place")}
        for row in rows:
            if (key := getattr(row, column.attname)) is not None:
                row._state.fields_cache[column.name] = shown.get(key)


def _mask_fields(
    row: Any, decision: Decision, actor: Actor, districts: dict[int, Place], of: frozenset[str] | None
) -> None:
    category = category_of(type(row))
    for column in row._meta.concrete_fields:
        was_read = of is None or bool({column.name, column.attname} & of)
        if column.name in ALWAYS_SHOWN or not was_read:
            continue
        group = group_of(category, column.name)
        release = decision.release_of(group) if group else ""
        if release == FULL:
            continue
        if release == BLURRED and column.name == "place":
            row.place = districts.get(row.place_id)
        elif release == BLURRED and isinstance(column, models.DateField):
            setattr(row, column.attname, _month_of(getattr(row, column.attname), is_end=column.name.endswith("_to")))
        elif release == BLURRED and column.name == "precision":
            row.precision = "month" if row.precision in ("instant", "day", "week") else row.precision
        elif release == PSEUDONYM and isinstance(column, models.CharField | models.TextField):
            setattr(row, column.attname, stand_in(getattr(row, column.attname), actor.agency))
        else:
            _blank(row, column)


def _blank(row: Any, column: Any) -> None:
    if column.is_relation:
        row._state.fields_cache.pop(column.name, None)
    if column.name == "title":
        row.title = _("Judul tidak dibagikan")
    elif column.null:
        setattr(row, column.attname, None)
    elif column.has_default():
        setattr(row, column.attname, column.get_default())
    else:
        setattr(row, column.attname, "" if isinstance(column, models.CharField | models.TextField) else None)


def _close_relations(row: Any, decision: Decision, lookups: Iterable[Any]) -> None:
    """Leave nothing behind the related names that are not released: their managers answer with no rows.

    Nor, of a row that is shown whole, behind those that lead on to other protected rows: these come through the gate by
    lists of their own.
    """
    category = category_of(type(row))
    whole = frozenset(group for group, release in decision.fields.items() if release == FULL)
    closed = _closed(cast(type[models.Model], type(row)), None if decision.is_whole else whole)
    if closed and not hasattr(row, "_prefetched_objects_cache"):
        row._prefetched_objects_cache = {}
    for name, related in closed.items():
        row._prefetched_objects_cache[name] = _no_rows(related)
    for lookup in lookups:
        if isinstance(lookup, Prefetch) and lookup.to_attr and lookup.prefetch_through.split("__")[0] in closed:
            setattr(row, lookup.to_attr, [])
    withheld = _withheld(category, None if decision.is_whole else whole)
    for name in withheld.keys() - closed.keys():
        _withhold(row, name, withheld[name], lookups)


@cache
def _no_rows(model: type[models.Model]) -> models.QuerySet[Any]:
    return model._default_manager.none()


@cache
def _leads_on(relation: Any) -> bool:
    """Return whether the rows behind a related name are protected, or name other protected rows than the one they hang on."""
    protected, hanging = protected_models(), relation.related_model
    named = {column.related_model for column in hanging._meta.concrete_fields if column is not relation.field}
    return hanging in protected or not named.isdisjoint(protected)


@lru_cache(maxsize=1024)
def _closed(model: type[models.Model], whole: frozenset[str] | None) -> Mapping[str, type[models.Model]]:
    """Return the related names that are not shown where these groups are released as they stand; None is every group."""
    category = category_of(model)
    closed = {}
    for relation in model._meta.related_objects:
        name = relation.get_accessor_name()
        group = group_of(category, name) if name else None
        is_released = whole is None or (group is not None and group in whole)
        if name and not (is_released and not _leads_on(relation)):
            closed[name] = relation.related_model
    return closed


@lru_cache(maxsize=1024)
def _withheld(category: str, whole: frozenset[str] | None) -> Mapping[str, frozenset[str]]:
    """Return the columns of related rows that are not released, by the related name."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in field_groups().get(category, {}).values():
        if whole is not None and group.name not in whole:
            for written in group.related_columns:
                name, _dot, column = written.partition(".")
                found[name].add(column)
    return {name: frozenset(columns) for name, columns in found.items()}


def _withhold(row: Any, name: str, columns: frozenset[str], lookups: Iterable[Any]) -> None:
    """Leave the rows behind a related name without the columns: those at hand, and those still to be read.

    Rows that were picked by such a column are not shown: which they are would tell it.
    """
    rows = getattr(row, name).all()
    if isinstance(rows, RowsToGoThrough):
        return
    asked = [x for x in lookups if isinstance(x, Prefetch) and x.prefetch_through == name]
    is_told = any(columns & columns_asked(x.queryset.query, rows.model) for x in asked if x.queryset is not None)
    if not hasattr(row, "_prefetched_objects_cache"):
        row._prefetched_objects_cache = {}
    row._prefetched_objects_cache[name] = RowsToGoThrough(rows.none() if is_told else rows, columns)
    for lookup in asked:
        if lookup.to_attr:
            found = [] if is_told else getattr(row, lookup.to_attr)
            setattr(row, lookup.to_attr, list(RowsToGoThrough(found, columns)))


class RowsToGoThrough:
    """Related rows without some of their columns, in the place of a queryset.

    They can be gone through and counted, not filtered, ordered or read by column: no question finds out what was taken out.
    """

    def __init__(self, rows: Iterable[Any], columns: frozenset[str]) -> None:
        self._behind, self._columns = rows, columns

    @cached_property
    def _rows(self) -> list[Any]:
        rows = list(self._behind)
        for row in rows:
            for column in self._columns:
                _take_out(row, row._meta.get_field(column))
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _take_out(row: Any, column: Any) -> None:
    """Blank a column of a related row; of a reference to who acted, what kind of actor it was stays: `officer:`."""
    if column.name == "by" or column.name.endswith("_by"):
        actor, colon, _key = getattr(row, column.attname).partition(":")
        setattr(row, column.attname, actor + colon)
    else:
        _blank(row, column)


def _districts_of(places: set[int | None]) -> dict[int, Place]:
    """Return for each place its district, or the place itself where it is no finer than that."""
    if not places:
        return {}
    found: dict[int, Place] = {}
    rows = PlaceAncestor.objects.filter(
        descendant__in=[place for place in places if place is not None], ancestor__level__in=DISTRICT_OR_COARSER
    )
    for row in rows.select_related("ancestor").order_by("descendant_id", "depth"):
        found.setdefault(row.descendant_id, row.ancestor)
    return found


def _month_of(day: date | None, *, is_end: bool) -> date | None:
    """Return the first day of the month; of an end (excluded), the first day of the month after the last day."""
    if day is None:
        return None
    if not is_end:
        return day.replace(day=1)
    last = day - timedelta(days=1)
    return (last.replace(day=1) + timedelta(days=32)).replace(day=1)


def stand_in(text: str | None, receiver: str) -> str:
    """Return a name that stands for the text towards one receiver: the same for the same text, another elsewhere."""
    if not text:
        return ""
    key = hmac.digest(settings.SECRET_KEY.encode(), b"stand-in", "sha256")
    mark = hmac.new(key, f"{receiver}\0{text}".encode(), hashlib.sha256).hexdigest()[:8].upper()
    return _("Samaran %(mark)s") % {"mark": mark}
