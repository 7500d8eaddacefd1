"""Which thresholds each stream of a watch has: the even part of its budget, or the share that an officer gave it."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from kentongan.engine.calibration import SILENCE_SHARE, Thresholds, for_share, thresholds

from .models import StreamShare, Watch
from .streams import LEVELS, streams


def even_limits(watch: Watch) -> Thresholds:
    """Return the thresholds of a stream that has the even part of the watch's budget."""
    return thresholds(
        streams=len(streams()),
        levels=len(LEVELS),
        run_interval_days=watch.every_days,
        false_alarms_per_year=watch.false_alarms_per_year,
    )


def shares_in_force(watch: Watch, *, at: datetime) -> dict[str, float]:
    """Return the shares that are not even and hold at the instant, by stream."""
    holds = Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    known = {stream.code for stream in streams()}
    rows = StreamShare.objects.filter(holds, watch=watch, stream__in=known)
    return dict(rows.values_list("stream", "share"))


def limits_by_stream(even: Thresholds, shares: Mapping[str, float]) -> dict[str, Thresholds]:
    """Return the thresholds of every stream."""
    return {
        stream.code: for_share(even, shares[stream.code]) if stream.code in shares else even for stream in streams()
    }


def whole_budget(watch: Watch, shares: Mapping[str, float]) -> float:
    """Return how many findings a year the watch as a whole raises without cause, with these shares (equation 6)."""
    mean = sum(shares.get(stream.code, 1.0) for stream in streams()) / len(streams())
    return watch.false_alarms_per_year * (SILENCE_SHARE + (1 - SILENCE_SHARE) * mean)
