"""Consents and court orders that a clause asks for (R14): recorded with their paper, withdrawn with effect at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.kit.errors import KentonganError

from .access import category_of, demand_act, demand_person, not_visible
from .explaining import agencies_reading
from .facts import Actor
from .models import ConditionMet, ProtectedRow

CONDITION_WITHDRAWN = "condition.withdrawn"
"""The outbox topic by which receivers are told that they may no longer hold what they received."""

UNTIL_ITS_DAY = "sampai hari yang disebut"  # kept in the row, so in one language


class PaperMissing(KentonganError):
    """A condition stands on a paper, and names it."""

    code = "agreements.paper_missing"


class ReasonMissing(KentonganError):
    """A withdrawal says why."""

    code = "agreements.withdrawal_reason_missing"


class EndsBeforeItBegins(KentonganError):
    """The condition would end before it begins."""

    code = "agreements.condition_ends_before_it_begins"


class AlreadyWithdrawn(KentonganError):
    """The condition stands no longer."""

    code = "agreements.condition_already_withdrawn"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Who could see the record under what was withdrawn and no longer can, and who of them opened it, last when."""

    could_see: tuple[str, ...]
    opened: dict[str, datetime]


def record_consent(
    *,
    row: ProtectedRow,
    document: str,
    by: Actor,
    at: datetime,
    receiver: Agency | None = None,
    valid_to: datetime | None = None,
) -> ConditionMet:
    """The consent stands for this record, towards one agency or any, until its day or its withdrawal."""
    return _record(ConditionMet.Condition.CONSENT, row, document, receiver, valid_to, by=by, at=at)


def record_court_order(
    *,
    row: ProtectedRow,
    document: str,
    by: Actor,
    at: datetime,
    receiver: Agency | None = None,
    valid_to: datetime | None = None,
) -> ConditionMet:
    """The court's order stands for this record, towards one agency or any, until its day or its withdrawal."""
    return _record(ConditionMet.Condition.COURT_ORDER, row, document, receiver, valid_to, by=by, at=at)


@transaction.atomic
def withdraw(*, row: ProtectedRow, condition: ConditionMet, why: str, by: Actor, at: datetime) -> Withdrawn:
    """The condition stands no longer, from this instant; who could see the record by it, and did, is in the trail."""
    _demand_owner(row, by)
    if condition.record != row.pk:
        raise not_visible()
    if not why.strip():
        raise ReasonMissing(_("Tuliskan mengapa ditarik; alasannya ikut tercatat."))
    before = agencies_reading(row, at=at)
    standing = ConditionMet.objects.filter(_stands(at), pk=condition.pk)
    if not standing.update(valid_to=at, ended_why=why.strip()[:300]):
        raise AlreadyWithdrawn(_("Yang ini sudah ditarik atau sudah habis masanya. Muat ulang halamannya."))
    lost = before - agencies_reading(row, at=at)
    outcome = Withdrawn(tuple(sorted(lost)), _openings(row, lost))
    facts = {
        "condition": condition.condition,
        "could_see": list(outcome.could_see),
        "opened": {agency: last.isoformat() for agency, last in sorted(outcome.opened.items())},
    }
    trail.record(
        Trail.CONDITION_WITHDRAWN, by=by, at=at, on=row.ref, why=why.strip(), reasons=(_ref(condition),), facts=facts
    )
    outbox.put(CONDITION_WITHDRAWN, ref=row.ref, at=at, facts=facts)
    return outcome


def conditions_of(row: ProtectedRow) -> models.QuerySet[ConditionMet]:
    """Return what stands or stood for the record, the newest first."""
    return ConditionMet.objects.filter(record=row.pk).select_related("receiver").order_by("-valid_from", "-id")


def withdrawals_of(row: ProtectedRow) -> dict[str, TrailRow]:
    """Return the trail's rows of what was withdrawn for the record, by the condition's id."""
    rows = TrailRow.objects.filter(subject=row.ref, event=Trail.CONDITION_WITHDRAWN.value)
    return {reason.partition(":")[2]: one for one in rows for reason in one.reasons}


def may_keep_conditions(actor: Actor, row: ProtectedRow) -> bool:
    """Return whether this officer records and withdraws conditions of the record: of its owner, in a role that changes it."""
    return row.owner_id == actor.agency and category_of(type(row)) in actor.acts


@transaction.atomic
def _record(
    condition: ConditionMet.Condition,
    row: ProtectedRow,
    document: str,
    receiver: Agency | None,
    valid_to: datetime | None,
    *,
    by: Actor,
    at: datetime,
) -> ConditionMet:
    _demand_owner(row, by)
    if not document.strip():
        raise PaperMissing(_("Sebutkan nomor atau rujukan suratnya. Isi suratnya sendiri tidak dicatat di sini."))
    if valid_to is not None and valid_to <= at:
        raise EndsBeforeItBegins(_("Hari berakhirnya sudah lewat. Periksa tanggalnya."))
    met = ConditionMet.objects.create(
        category=category_of(type(row)),
        record=row.pk,
        condition=condition,
        receiver=receiver,
        document=document.strip()[:200],
        valid_from=at,
        valid_to=valid_to,
        ended_why=UNTIL_ITS_DAY if valid_to else "",
        recorded_by=by.ref,
    )
    facts = {"condition": condition.value, "towards": receiver.pk if receiver else ""}
    trail.record(Trail.CONDITION_RECORDED, by=by, at=at, on=row.ref, reasons=(_ref(met),), facts=facts)
    return met


def _demand_owner(row: ProtectedRow, by: Actor) -> None:
    demand_person(by)
    demand_act(by, category_of(type(row)))
    if row.owner_id != by.agency:
        raise not_visible()


def _openings(row: ProtectedRow, agencies: Iterable[str]) -> dict[str, datetime]:
    looks = TrailRow.objects.filter(subject=row.ref, event=Trail.RECORD_READ.value, agency__in=agencies).order_by()
    return dict(looks.values_list("agency").annotate(last=Max("at")))


def _stands(at: datetime) -> Any:
    return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def _ref(condition: ConditionMet) -> str:
    return f"condition:{condition.pk}"
