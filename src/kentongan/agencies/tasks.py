"""What the worker does for this room: sessions that nobody uses any more go, and with them address and browser."""

from datetime import datetime

from . import sessions


def run_due(*, at: datetime) -> int:
    """Return how many sessions were forgotten; on most calls there are none."""
    return sessions.forget_old(at=at)
