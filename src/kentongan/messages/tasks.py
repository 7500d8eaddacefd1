"""What the worker does for this room beside sending (`sending.deliver_due`): forgets messages that ended long ago."""

from datetime import datetime, timedelta

from kentongan.audit import outbox

from .models import Message
from .rules import ENDED

CONSUMERS: dict[str, outbox.Consumer] = {}

KEPT_FOR = timedelta(days=90)
"""How long a message stays readable after it was put; the trail keeps that it was sent. Our own default."""


def forget(*, at: datetime) -> int:
    """Messages that ended and are older than KEPT_FOR are gone; return how many."""
    _number, by_model = Message.objects.filter(put_at__lt=at - KEPT_FOR, state__in=ENDED).delete()
    return by_model.get("notices.Message", 0)
