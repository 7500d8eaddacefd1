"""News for higher rooms: put in the deed's transaction, claimed by workers with a lease, acted on at least once."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from .models import OutboxRow
from .trail import DeedOutsideTransaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 5

Consumer = Callable[[OutboxRow], None]


def put(topic: str, *, ref: str, at: datetime, facts: Mapping[str, object] | None = None) -> OutboxRow:
    """Leave news that will be acted on once this transaction is durable."""
    if not transaction.get_connection().in_atomic_block:
        raise DeedOutsideTransaction(
            f"{topic} ditaruh di luar transaksi; bungkus perbuatannya dengan transaction.atomic."
        )
    return OutboxRow.objects.create(topic=topic, ref=ref, facts=dict(facts or {}), put_at=at)


def claim(topics: list[str], *, worker: str, at: datetime) -> OutboxRow | None:
    """Return one row that is now this worker's until its lease ends, or None."""
    may_claim = Q(state=OutboxRow.State.WAITING) | Q(state=OutboxRow.State.CLAIMED, lease_until__lt=at)
    for row in OutboxRow.objects.filter(may_claim, topic__in=topics).order_by("id")[:8]:
        won = (
            OutboxRow.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts)
            .filter(may_claim)
            .update(
                state=OutboxRow.State.CLAIMED, claimed_by=worker, lease_until=at + LEASE, attempts=F("attempts") + 1
            )
        )
        if won:
            row.refresh_from_db()
            return row
    return None


def drain(
    consumers: Mapping[str, Consumer], *, worker: str, clock: Callable[[], datetime], most: int | None = None
) -> int:
    """Act on waiting news until there is none (or `most` rows); return how many were acted on. A row's act must be idempotent."""
    acted = 0
    while (most is None or acted < most) and (row := claim(list(consumers), worker=worker, at=clock())):
        _act(row, consumers[row.topic], clock())
        acted += 1
    return acted


def _act(row: OutboxRow, consumer: Consumer, at: datetime) -> None:
    try:
        consumer(row)
    except Exception as fault:
        log.exception("outbox.failed", extra={"topic": row.topic, "row": row.pk})
        state = OutboxRow.State.FAILED if row.attempts >= MAX_ATTEMPTS else OutboxRow.State.WAITING
        OutboxRow.objects.filter(pk=row.pk).update(state=state, lease_until=None, last_error=repr(fault)[:1000])
    else:
        OutboxRow.objects.filter(pk=row.pk).update(
            state=OutboxRow.State.DONE, lease_until=None, done_at=at, last_error=""
        )
