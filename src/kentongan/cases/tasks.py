"""What the worker does for this room: a consent withdrawn on any page takes the referral with it, a protected event the notices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kentongan.agreements.access import system_actor
from kentongan.agreements.conditions import CONDITION_WITHDRAWN
from kentongan.agreements.registry import about
from kentongan.alerts.tasks import PROTECTED_SINCE
from kentongan.audit import outbox
from kentongan.audit.models import OutboxRow
from kentongan.events.actions import EVENT_PROTECTED
from kentongan.messages.actions import withdraw

from .actions import revoke_where_consent_fell
from .models import Case, Referral


def _consent_withdrawn(row: OutboxRow) -> None:
    model, _colon, key = row.ref.partition(":")
    if model == "referral":
        revoke_where_consent_fell(UUID(key), at=timezone.now())


@transaction.atomic
def _event_protected(row: OutboxRow) -> None:
    """Nothing of cases about an event that became its owner's alone, nor of their referrals, is sent or shown any more."""
    at, key = timezone.now(), UUID(row.ref.partition(":")[2])
    for model in (Case, Referral):
        closed: QuerySet[Any] = model.objects.filter(about(model, lambda path: Q(**{f"{path}pk": key})))
        for record in closed.select_related("owner").order_by("pk"):
            by = system_actor(record.owner, name="notices", purpose=record.purpose, at=at)
            withdraw(about=record.ref, by=by, at=at, why=PROTECTED_SINCE)


CONSUMERS: dict[str, outbox.Consumer] = {CONDITION_WITHDRAWN: _consent_withdrawn, EVENT_PROTECTED: _event_protected}


def run_due(*, at: datetime) -> None:
    """Do what is due at that instant: nothing changes in this room because time passes; what is late is shown."""
