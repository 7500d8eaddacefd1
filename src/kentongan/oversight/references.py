"""References in the trail ("event:<uuid>") as keys that the database can look up, so that whose record a row is about costs
one look by primary key and no copy of the trail is kept."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kentongan.agencies.models import Posting
from kentongan.agreements.access import protected_models
from kentongan.agreements.models import BreakGlass, InstrumentParty
from kentongan.agreements.registry import on_refugees

from .models import LegalHold, OutsideRequest, RequestedPart, Treated


class KeyIn(models.Func):
    """The key in a reference of one kind, or null when the text is no such reference."""

    output_field = models.UUIDField()
    arity = 1

    def __init__(self, reference: Any, *, kind: str) -> None:
        super().__init__(reference)
        self.kind = kind

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the key as SQLite keeps one: 32 digits without lines between them."""
        ((column, given),) = (compiler.compile(expression) for expression in self.source_expressions)
        head = f"{self.kind}:"
        text = f"CASE WHEN substr({column}, 1, {len(head)}) = %s THEN replace(substr({column}, {len(head) + 1}), '-', '') END"
        return text, [*given, head, *given]

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # noqa: ARG002 - as Django calls it
        """Return the key as a uuid; what does not look like one is null and no error."""
        ((column, given),) = (compiler.compile(expression) for expression in self.source_expressions)
        shape = f"^{self.kind}:[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$"
        text = f"CASE WHEN {column} ~ %s THEN substr({column}, {len(self.kind) + 2})::uuid END"
        return text, [*given, shape, *given]


def _of(model: type[models.Model], kind: str, column: str, *which: Q, **only: Any) -> Q:
    return Q(Exists(model._default_manager.order_by().filter(*which, pk=KeyIn(OuterRef(column), kind=kind), **only)))


def about_records_of(agencies: frozenset[str]) -> Q:
    """Return the filter for trail rows whose subject is a record of one of these agencies, deleted ones too."""
    found = Q(Exists(Treated.objects.filter(ref=OuterRef("subject"), owner__in=agencies)))
    for model in protected_models():
        found |= _of(model, str(model._meta.model_name), "subject", owner__in=agencies)
    found |= _of(BreakGlass, "break_glass", "subject", owner__in=agencies)
    found |= _of(LegalHold, "hold", "subject", owner__in=agencies)
    found |= _of(OutsideRequest, "request", "subject", desk__in=agencies)
    asked = RequestedPart.objects.filter(request=KeyIn(OuterRef("subject"), kind="request"), owner__in=agencies)
    signed = InstrumentParty.objects.filter(
        instrument=KeyIn(OuterRef("subject"), kind="instrument"), agency__in=agencies
    )
    return found | Q(Exists(asked)) | Q(Exists(signed))


def about_officers_of(agencies: frozenset[str]) -> Q:
    """Return the filter for rows of no agency about, or by, an officer who serves or served in one of these: sign-ins."""
    serving = Posting.objects.order_by().filter(agency__in=agencies)
    by = Q(Exists(serving.filter(officer=KeyIn(OuterRef("actor"), kind="officer"))))
    on = Q(Exists(serving.filter(officer=KeyIn(OuterRef("subject"), kind="officer"))))
    return Q(agency="") & (by | on)


def about_protected() -> Q:
    """Return the filter for trail rows whose subject is, or was when it was deleted, a record on refugees (R11)."""
    found = Q(Exists(Treated.objects.filter(ref=OuterRef("subject"), was_protected=True)))
    for model in protected_models():
        found |= _of(model, str(model._meta.model_name), "subject", on_refugees(model))
    return found
