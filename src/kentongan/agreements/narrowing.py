"""Which fields of a gated model a filter, an order or a list of values looks at.

Whoever may not see a field must not find it by asking either: a filter on a field keeps only the rows of which the field
is released. What cannot be told counts as every field.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Value, Window
from django.db.models.expressions import Col, RawSQL, ResolvedOuterRef, Star, Subquery
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.db.models.query import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.where import ExtraWhere

from .fields import ALWAYS_SHOWN, UNGROUPED, everything, group_of, groups_of_column, what_is_always_told
from .registry import category_of, protected_models

UNREADABLE = "?"
"""Stands for what the gate cannot read in an expression: it counts as every field."""


def groups_asked(
    queryset: QuerySet[Any, Any],
    args: Iterable[Any],
    kwargs: Iterable[tuple[str, Any]],
    *,
    keys_are_fields: bool = True,
) -> frozenset[str]:
    """Return the groups of fields that these arguments look at, without those that are always released.

    The keys of a filter are fields; those of an annotation are names that the caller gives.
    """
    names: set[str] = set()
    for argument in args:
        if isinstance(argument, str):
            names.add(argument)
        else:
            _names_in(argument, queryset.model, names)
    for key, value in kwargs:
        if keys_are_fields:
            names.add(key)
        _names_in(value, queryset.model, names)
    category = category_of(queryset.model)
    asked: set[str] = set()
    for name in names:
        asked |= _groups_of(name, queryset, category)
    return frozenset(asked) - what_is_always_told(category)


def groups_named(queryset: QuerySet[Any, Any], fields: Iterable[Any]) -> frozenset[str]:
    """Return the groups behind names as `order_by` and `values` take them; no name is every field."""
    given = list(fields)
    if not given:
        return everything(category_of(queryset.model))
    named = [field.lstrip("-+") if isinstance(field, str) else field for field in given]
    texts = [name for name in named if isinstance(name, str) and name != "?"]
    return groups_asked(queryset, [n for n in named if not isinstance(n, str)], [(name, None) for name in texts])


def groups_in_the_usual_order(model: type[models.Model]) -> frozenset[str]:
    """Return the groups that a list of the model is ordered by where nobody orders it."""
    return groups_named(model._default_manager.all(), model._meta.ordering or ())


def _groups_of(path: str, queryset: QuerySet[Any, Any], category: str) -> frozenset[str]:
    if path == UNREADABLE:
        return everything(category)
    root = path.split("__", maxsplit=1)[0]
    if root in queryset.query.annotations:
        return frozenset()  # was looked at when it was annotated
    model = queryset.model
    try:
        known = model._meta.pk if root == "pk" else model._meta.get_field(root)
    except FieldDoesNotExist:
        known = next((c for c in model._meta.concrete_fields if c.attname == root), None)
    name = getattr(known, "get_accessor_name", lambda: None)() or getattr(known, "name", None)
    if _crosses_into_protected(path, model):
        return everything(category)
    if name in ALWAYS_SHOWN:
        return frozenset()
    column = path.split("__")[1] if "__" in path else ""
    of = (group_of(category, name) if name else None) or UNGROUPED
    return groups_of_column(category, name or "", column) | {of}


def _crosses_into_protected(path: str, model: type[models.Model]) -> bool:
    """Return whether a path looks into another protected model, whose own rows the gate was not asked for."""
    parts = path.split("__")
    for part, following in pairwise(parts):
        try:
            related = model._meta.get_field(part).related_model
        except FieldDoesNotExist:
            return False
        if not isinstance(related, type) or not _is_field(following, related):
            return related is not None and not isinstance(related, type)  # the rest is a lookup
        if related in protected_models():
            return True
        model = related
    return False


def _is_field(name: str, model: type[models.Model]) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return any(name in (column.attname, "pk") for column in model._meta.concrete_fields)
    return True


def _names_in(value: Any, model: type[models.Model], names: set[str]) -> None:
    """Collect the names of fields of the model that an argument mentions."""
    if isinstance(value, Q):
        for child in value.children:
            if isinstance(child, tuple):
                names.add(child[0])
                _names_in(child[1], model, names)
            else:
                _names_in(child, model, names)
    elif isinstance(value, OuterRef | ResolvedOuterRef):
        pass  # speaks of a query around this one
    elif isinstance(value, F):
        names.add(_name_of(value))
    elif isinstance(value, Col) and value.target.model is model:
        names.add(value.target.name)
    elif isinstance(value, Subquery | QuerySet):
        _names_in_subquery(value.query, model, names)
    elif hasattr(value, "get_source_expressions"):
        parts = [part for part in value.get_source_expressions() if part is not None]
        if not parts and not isinstance(value, Value | Star | Func | Window):
            names.add(UNREADABLE)
        for part in parts:
            _names_in(part, model, names)
    elif hasattr(value, "resolve_expression") or hasattr(value, "as_sql"):
        names.add(UNREADABLE)


def _names_in_subquery(query: Query, model: type[models.Model], names: set[str]) -> None:
    """Collect what a query inside asks of the rows outside, and what it reads of the rows related to them.

    A query over protected rows that did not come through the gate itself may answer for any field; so may one over rows
    that are related to these by no name.
    """
    related = [one for one in model._meta.get_fields(include_hidden=True) if isinstance(one, ForeignObjectRel)]
    named = {one.related_model: one.name for one in related if one.related_model is not model and not one.hidden}
    unnamed = {one.related_model for one in related if one.hidden} - named.keys()
    for part in _parts_of(query):
        if isinstance(part, RawSQL | ExtraWhere) or (isinstance(part, Query) and _is_around_the_gate(part)):
            names.add(UNREADABLE)
        if isinstance(part, Query) and part.model in unnamed:
            names.add(UNREADABLE)
        if isinstance(part, Query) and part.model in named:
            names.add(named[part.model])
    for of, way in named.items():
        names.update(f"{way}__{column}" for column in columns_asked(query, of))
    for part in (query.where, *query.annotations.values(), *query.select, *query.order_by):
        _outer_names_of(part, names)
    for combined in query.combined_queries:
        _names_in_subquery(combined, model, names)


def columns_asked(query: Query, model: type[models.Model]) -> frozenset[str]:
    """Return the columns of a model that a query, or one inside it, filters, orders, annotates or selects by."""
    asked: set[str] = set()
    for part in _parts_of(query):
        if isinstance(part, Col) and part.target.model is model:
            asked.add(part.target.name)
        if isinstance(part, Query) and part.model is model:
            asked.update(name.lstrip("-").split("__")[0] for name in part.order_by if isinstance(name, str))
    return frozenset(asked)


def _parts_of(node: Any) -> Iterator[Any]:
    """Yield a part of a query and all parts inside it; what came through the gate is the gate's own affair."""
    yield node
    if isinstance(node, Query):
        if getattr(node, "passed_the_gate", False):
            return
        inside = (node.where, *node.annotations.values(), *node.select, *node.order_by, *node.combined_queries)
    else:
        inside = getattr(node, "children", None) or getattr(node, "get_source_expressions", tuple)()
    for part in inside:
        if part is not None:
            yield from _parts_of(part)


def _is_around_the_gate(query: Query) -> bool:
    """Return whether a query reads protected rows and did not come through the gate."""
    joined = {join.table_name for alias, join in query.alias_map.items() if query.alias_refcount[alias]}
    protected = any(model is query.model or model._meta.db_table in joined for model in protected_models())
    return protected and not getattr(query, "passed_the_gate", False)


def _outer_names_of(part: Any, names: set[str]) -> None:
    if isinstance(part, ResolvedOuterRef | OuterRef):
        names.add(_name_of(part))
    elif not isinstance(part, str):
        _outer_names(part, names)


def _outer_names(node: Any, names: set[str]) -> None:
    if hasattr(node, "query"):
        _outer_names(node.query.where, names)
    for child in getattr(node, "children", None) or getattr(node, "get_source_expressions", list)() or []:
        if isinstance(child, ResolvedOuterRef | OuterRef):
            names.add(_name_of(child))
        elif hasattr(child, "rhs"):
            for side in (child.lhs, child.rhs):
                if isinstance(side, ResolvedOuterRef | OuterRef):
                    names.add(_name_of(side))
                elif hasattr(side, "where"):
                    _outer_names(side.where, names)
                else:
                    _outer_names(side, names)
        elif child is not None:
            _outer_names(child, names)


def _name_of(reference: Any) -> str:
    return str(reference.name)  # which the stubs of Django do not know
