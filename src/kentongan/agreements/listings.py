"""Pages of the API's listings."""

from ninja import Field
from ninja.pagination import LimitOffsetPagination

FARTHEST = 1_000_000_000
"""The largest offset that is looked at: past every register, and within what both databases can count."""


class Listing(LimitOffsetPagination):
    """Pages by limit and offset; an offset beyond the farthest is a fault of the request, not of the database."""

    class Input(LimitOffsetPagination.Input):
        """Which page."""

        offset: int = Field(0, ge=0, le=FARTHEST)
