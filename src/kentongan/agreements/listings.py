"""Listings: pages of the API, and the row that every list of protected rows leaves in the trail."""

from datetime import datetime

from ninja import Field
from ninja.pagination import LimitOffsetPagination

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from .facts import Actor

FARTHEST = 1_000_000_000
"""The largest offset that is looked at: past every register, and within what both databases can count."""


class Listing(LimitOffsetPagination):
    """Pages by limit and offset; an offset beyond the farthest is a fault of the request, not of the database."""

    class Input(LimitOffsetPagination.Input):
        """Which page."""

        offset: int = Field(0, ge=0, le=FARTHEST)


def note_list(category: str, *, words: str, found: int, by: Actor, at: datetime) -> None:
    """Write that a list was looked at, or searched: of the words only a digest is kept."""
    if words:
        trail.note_search(words.split(), by=by, at=at, found=found, facts={"category": category})
    else:
        trail.note_look(Trail.RECORDS_LISTED, by=by, at=at, facts={"category": category, "found": found})
