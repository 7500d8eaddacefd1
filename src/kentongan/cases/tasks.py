"""What the worker does for this room: a consent withdrawn on any page takes the referral with it."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from kentongan.agreements.conditions import CONDITION_WITHDRAWN
from kentongan.audit import outbox
from kentongan.audit.models import OutboxRow

from .actions import revoke_where_consent_fell


def _consent_withdrawn(row: OutboxRow) -> None:
    model, _colon, key = row.ref.partition(":")
    if model == "referral":
        revoke_where_consent_fell(UUID(key), at=timezone.now())


CONSUMERS: dict[str, outbox.Consumer] = {CONDITION_WITHDRAWN: _consent_withdrawn}


def run_due(*, at: datetime) -> None:
    """Do what is due at that instant: nothing changes in this room because time passes; what is late is shown."""
