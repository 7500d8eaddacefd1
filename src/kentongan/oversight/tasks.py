"""What the worker does for this room: once a civil day, everything whose retention is over."""

import logging
from datetime import datetime

from django.utils import timezone

from kentongan.kit.errors import KentonganError

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
