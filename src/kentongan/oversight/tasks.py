"""What the worker does for this room: once a civil day, everything whose retention is over, and what a newer index replaces."""

import logging
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from kentongan.audit.models import OutboxRow
from kentongan.audit.outbox import Consumer
from kentongan.kit.errors import KentonganError
from kentongan.vulnerability.index_actions import RUN_REPLACES
from kentongan.vulnerability.index_models import IndexRun

from . import retention
from .models import RetentionRun

log = logging.getLogger(__name__)

NOT_BEFORE_HOUR = 3
"""By then the day has begun in every zone of the country, whichever of them the installation counts in."""


def run_due(*, at: datetime) -> int:
    """Today's run is done; return how many records it treated. A table that is wrong is said in the log and stops nothing else."""
    now = timezone.localtime(at)
    if now.hour < NOT_BEFORE_HOUR or RetentionRun.objects.filter(as_of=now.date(), finished_at__isnull=False).exists():
        return 0
    try:
        night = retention.run(as_of=now.date(), at=at)
    except KentonganError as refusal:
        log.error("oversight.retention_refused", extra={"code": refusal.code})
        return 0
    return sum(sum(of.values()) for of in night.counts.values())


def on_run_replaces(row: OutboxRow) -> None:
    """Of the runs before this one only those that are held keep what the latest needs."""
    run = IndexRun.objects.filter(pk=UUID(row.ref.partition(":")[2])).first()
    if run is not None:
        retention.forget_replaced(run)


CONSUMERS: dict[str, Consumer] = {RUN_REPLACES: on_run_replaces}
