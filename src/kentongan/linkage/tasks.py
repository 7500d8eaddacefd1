"""What the worker does for this room: candidate links do not outlive their day."""

from dataclasses import dataclass
from datetime import datetime

from .actions import erase_due


@dataclass(frozen=True, slots=True)
class Keeper:
    """This room's own housekeeping, for no agency."""

    ref: str = "system:linkage"
    agency: str = ""
    purpose: str = "oversight"
    role: str = ""


def run_due(*, at: datetime) -> None:
    """Erase what is due at that instant."""
    erase_due(by=Keeper(), at=at)
