"""A CAP message as plain data. What is absent is None, an empty text or an empty tuple. No Django."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .values import Circle, Point, Reference

DEFAULT_LANGUAGE = "en-US"
"""What an `info` without a language is written in, by the standard."""


@dataclass(frozen=True, slots=True)
class Named:
    """A value with the name of the list or measure that it comes from: eventCode, parameter, geocode."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A file beside the words."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    content: str = ""  # base64, where there is no way to fetch it
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """Where: in words, and as far as known as polygons, circles and codes, all of which together are the area."""

    description: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """What is said in one language."""

    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = DEFAULT_LANGUAGE
    response_types: tuple[str, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A whole CAP message, the `alert` of the standard; here an alert is what our house calls so."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """The message as its followers name it."""
        return Reference(self.sender, self.identifier, self.sent)
