"""Which fields of a gated model a filter, an order or a list of values looks at.

Whoever may not see a field must not find it by asking either: a filter on a field keeps only the rows of which the field
is released. What cannot be told counts as every field.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.expressions import ResolvedOuterRef, Subquery
from django.db.models.query import QuerySet

from .fields import ALWAYS_SHOWN, UNGROUPED, everything, group_of, what_is_always_told
from .registry import category_of


def groups_asked(
    queryset: QuerySet[Any, Any], args: Iterable[Any], kwargs: Iterable[tuple[str, Any]]
) -> frozenset[str]:
    """Return the groups of fields that these arguments look at, without those that are always released."""
    names: set[str] = set()
    for argument in args:
        _names_in(argument, queryset.model, names)
    for key, value in kwargs:
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


def _groups_of(path: str, queryset: QuerySet[Any, Any], category: str) -> frozenset[str]:
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
    return frozenset({(group_of(category, name) if name else None) or UNGROUPED})


def _crosses_into_protected(path: str, model: type[models.Model]) -> bool:
    """Return whether a path looks into another protected model, whose own rows the gate was not asked for."""
    from .registry import protected_models  # noqa: PLC0415 - the registry is complete once models are loaded

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
    elif isinstance(value, Subquery | QuerySet):
        _names_in_subquery(value.query, model, names)
    elif hasattr(value, "get_source_expressions"):
        for part in value.get_source_expressions():
            if part is not None:
                _names_in(part, model, names)


def _names_in_subquery(query: Any, model: type[models.Model], names: set[str]) -> None:
    """Collect what a query inside asks of the rows outside, and the relation that it reads of them."""
    for relation in model._meta.related_objects:
        if relation.related_model is query.model and (name := relation.get_accessor_name()):
            names.add(relation.name if relation.name else name)
    _outer_names(query.where, names)


def _outer_names(node: Any, names: set[str]) -> None:
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
