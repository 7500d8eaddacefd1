"""The protected models: each with the gate's category, and where its kinds are written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from .models import ProtectedRow


@dataclass(frozen=True, slots=True)
class KindLink:
    """The table that says of which kinds a row is: `KindLink("events.Classification", row="event")`."""

    model: str
    row: str
    kind: str = "kind_id"
    standing: Q | None = None  # which of its rows hold

    def _rows(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = apps.get_model(self.model)._default_manager.order_by()
        return rows.filter(self.standing) if self.standing is not None else rows

    def of_any(self, codes: frozenset[str]) -> Q:
        """Return the filter for rows that are of at least one of the kinds.

        A value for each row, not EXISTS: for that PostgreSQL would read the kinds of all rows before it shows a page.
        """
        of_row = self._rows().filter(**{self.row: OuterRef("pk"), f"{self.kind}__in": sorted(codes)})
        return Q(Coalesce(Subquery(of_row.values(is_one=Value(True))[:1]), False))

    def of_rows(self, keys: list[Any]) -> models.QuerySet[Any, Any]:
        """Return (row, kind) of the rows."""
        return self._rows().filter(**{f"{self.row}__in": keys}).values_list(f"{self.row}_id", self.kind)


@dataclass(frozen=True, slots=True)
class Protected:
    """How the gate knows a model."""

    category: str
    kinds: KindLink | None = None
    behind: tuple[str, ...] = ()  # the paths to what a row is about: once one of that is protected, so is the row


_PROTECTED: dict[type[models.Model], Protected] = {}


def protect(
    model: "type[ProtectedRow]", *, category: str, kinds: KindLink | None = None, behind: tuple[str, ...] = ()
) -> None:
    """Register a model whose rows only the gate may show."""
    _PROTECTED[model] = Protected(category, kinds, behind)


def protected_models() -> dict[type[models.Model], str]:
    """Return every registered model with its category."""
    return {model: known.category for model, known in _PROTECTED.items()}


def category_of(model: type[models.Model]) -> str:
    """Return the gate's category of a protected model."""
    return _PROTECTED[model].category


def kinds_of(model: type[models.Model]) -> KindLink | None:
    """Return where the kinds of a model's rows are written, if they have any."""
    return _PROTECTED[model].kinds


def behind(model: type[models.Model]) -> tuple[str, ...]:
    """Return the paths to all that a model's rows are about: at once, or through what they are about."""
    paths: list[str] = []
    for path in _PROTECTED[model].behind:
        about: Any = model
        for name in path.split("__"):
            about = about._meta.get_field(name).related_model
        paths += [path, *(f"{path}__{farther}" for farther in behind(about))]
    return tuple(paths)


def on_refugees(model: type[models.Model]) -> Q:
    """Return the filter for rows on refugees or asylum-seekers, and for rows about one that is protected (R11)."""
    return _protected(model) | ~Q(origins=[])


def handling_of(row: "ProtectedRow") -> str:
    """Return how a row is handled together with what it is about: as protected once it, or one of that, is stored so (R11)."""
    model = type(row)
    is_protected = model._base_manager.filter(_protected(model), pk=row.pk).exists()
    return "protected" if is_protected else row.handling


def _protected(model: type[models.Model]) -> Q:
    return Q(handling="protected") | about(model, lambda path: Q(**{f"{path}handling": "protected"}))


def about(model: type[models.Model], said: Callable[[str], Q]) -> Q:
    """Return the filter for rows of which something behind them is as said of its path."""
    if not (paths := behind(model)):
        return Q(pk__in=[])
    rows = model._base_manager.filter(reduce(or_, (said(f"{path}__") for path in paths)), pk=OuterRef("pk"))
    rows.query.passed_the_gate = True  # type: ignore[attr-defined]  # the gate's own mark, not in the stubs
    return Q(Exists(rows))
