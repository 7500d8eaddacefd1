"""What the worker does for the trail: seal what is new, and destroy search secrets that are old enough."""

import logging
from datetime import datetime

from kentongan.kit.errors import KentonganError

from . import sealing
from .search_keys import destroy_aged_keys

log = logging.getLogger(__name__)


def run_due(*, at: datetime) -> int:
    """Everything that waits is sealed and aged search secrets are gone; return how many rows were sealed.

    A node that cannot seal, because the key is on another machine or cannot be read, goes on with everything else and says so in the log.
    """
    destroy_aged_keys(at=at)
    try:
        return sealing.seal_all(clock=lambda: at)
    except KentonganError as refusal:
        log.error("audit.sealing_refused: %s", refusal.message, extra={"code": refusal.code})
        return 0
