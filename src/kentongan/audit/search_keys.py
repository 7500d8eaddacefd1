"""The end of search secrets: after it, the digests of that month can be matched with no term by anybody."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from . import trail
from .catalogue import Trail
from .models import SearchKey
from .search_terms import month_of


def destroy_aged_keys(*, at: datetime) -> list[str]:
    """Secrets of months that ended so long ago are gone, each with its row in the trail; return their months."""
    kept = settings.SEARCH_KEY_MONTHS
    aged = SearchKey.objects.filter(month__lt=month_of(at, months_before=kept))
    if not aged.exists():
        return []
    if connection.vendor == "sqlite":
        _run("PRAGMA secure_delete = ON")  # what is deleted is overwritten, not only unlinked
    destroyed = _destroy(list(aged.order_by("month").values_list("month", flat=True)), at=at)
    if not connection.in_atomic_block:
        # the old state would stay in the write-ahead log, or as a dead row, for as long as nothing else happens
        _run("PRAGMA wal_checkpoint(TRUNCATE)" if connection.vendor == "sqlite" else "VACUUM audit_searchkey")
    return destroyed


@transaction.atomic
def _destroy(months: list[str], *, at: datetime) -> list[str]:
    destroyed = [month for month in months if SearchKey.objects.filter(month=month).delete()[0]]
    for month in destroyed:
        trail.record(Trail.SEARCH_KEY_DESTROYED, by=trail.Keeper(), at=at, on=f"searchkey:{month}")
    return destroyed


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
