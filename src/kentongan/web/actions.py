"""The deed of the web room: remembering when an officer last looked at the home page."""

from datetime import datetime
from uuid import UUID

from kentongan.agencies.models import Officer


def note_home_visit(*, officer: UUID, at: datetime) -> None:
    """The officer's last look at the home page is now at that instant; it never moves back."""
    Officer.objects.filter(pk=officer).exclude(last_home_at__gt=at).update(last_home_at=at)
