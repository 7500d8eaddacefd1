"""Alleged kinds of an event: side by side, by whom and why; none is overwritten."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kentongan.agreements.facts import Actor
from kentongan.agreements.rules import raised_handling
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Classification, Event
from kentongan.kit.errors import KentonganError
from kentongan.vocabulary.models import Kind

from .protecting import EVENT_PROTECTED, protect_absorbed
from .versions import OPEN_STATES, change, demand_decision, demand_reason, protect_source


class KindNotSaved(KentonganError):
    """Election issues are shown in readings and not saved until the issue board exists."""

    code = "events.kind_not_saved"


def demand_saved(kind: Kind) -> None:
    """Raise KindNotSaved for a kind that is shown in readings only."""
    if kind.is_election:
        raise KindNotSaved(_("Isu pemilihan tidak disimpan sebagai kejadian. Catat di papan isu bila sudah tersedia."))


@transaction.atomic
def classify(*, event: Event, version: int, kind: Kind, by: Actor, at: datetime, why: str) -> Classification:
    """Let the officer's allegation stand beside the others, or return it when it stands already.

    One of refugees or asylum-seekers closes the event, the reports behind it and all that was merged into it.
    """
    demand_decision(event, by)
    why = demand_reason(why)
    demand_saved(kind)
    standing = event.classifications.filter(kind=kind, alleged_by=by.ref, withdrawn_at__isnull=True).first()
    if standing is not None:
        return standing
    made = Classification.objects.create(event=event, kind=kind, alleged_by=by.ref, alleged_at=at, why=why)
    columns: dict[str, object] = {"handling": raised_handling(event.handling, "protected")} if kind.is_protected else {}
    was_protected = event.handling == "protected"
    change(event, version=version, states=OPEN_STATES, by=by, at=at, reason=why, **columns)
    facts: dict[str, object] = {"kind": kind.pk}
    if kind.is_protected:
        if closed := protect_absorbed(event, at=at):
            facts["absorbed"] = closed
        _protect_what_is_behind(event, by, at)
        if not was_protected:
            outbox.put(EVENT_PROTECTED, ref=event.ref, at=at)
    trail.record(Trail.EVENT_CLASSIFIED, by=by, at=at, on=event.ref, why=why, facts=facts)
    return made


@transaction.atomic
def withdraw_classification(
    *, classification: Classification, version: int, by: Actor, at: datetime, why: str
) -> Event:
    """Let an allegation no longer stand; its row, and why it fell, stay. What was protected because of it stays protected.

    The machine's falls with the same of every other reading behind the event: on the page they are one.
    """
    event = classification.event
    demand_decision(event, by)
    why = demand_reason(why)
    said = Q(pk=classification.pk)
    if classification.is_machine:
        said = Q(event=event, kind=classification.kind_id, alleged_by__startswith=Classification.MACHINE)
    standing = Classification.objects.filter(said, withdrawn_at__isnull=True)
    if standing.update(withdrawn_at=at, withdrawn_by=by.ref, withdrawn_why=why):
        change(event, version=version, states=OPEN_STATES, by=by, at=at, reason=why)
        facts = {"kind": classification.kind_id}
        trail.record(Trail.CLASSIFICATION_WITHDRAWN, by=by, at=at, on=event.ref, why=why, facts=facts)
    return event


def _protect_what_is_behind(event: Event, by: Actor, at: datetime) -> None:
    for link in event.evidence.filter(unlinked_at__isnull=True).select_related("report"):
        protect_source(link.report, by=by, at=at)
