"""How the simple elements of CAP are written and read. No Django.

Source: Common Alerting Protocol 1.2, OASIS Standard of 1 July 2010, section 3.2 and 3.3; where the prose asks for more than
the schema (no spaces in identifiers, closed polygons), the prose holds.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

LONGEST_OFFSET = timedelta(hours=14)
"""What XML Schema allows between a local time and UTC."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NAME = re.compile(r"[^\s,<&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\[\]]+")
_REFERENCE = re.compile(r"[^\s<>\"{}|\\^`\[\]]+")
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,15})?")
_WHOLE = re.compile(r"[-+]?\d{1,18}")
_LISTED = re.compile(r'"([^"]*)"|([^\s"]+)')


class WrongValue(ValueError):
    """What an element says is not what it may say: a stable code, and what is expected instead."""

    def __init__(self, code: str, expected: str = "") -> None:
        super().__init__(code)
        self.code, self.expected = code, expected


class Point(NamedTuple):
    """A point in degrees WGS 84, in the order in which CAP writes it."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Circle:
    """All within a distance of a point; a radius of nought is the point alone."""

    centre: Point
    radius_km: float


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, as its followers name it."""

    sender: str
    identifier: str
    sent: datetime

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{written_instant(self.sent)}"


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One way of writing: `read` returns the value or raises WrongValue, `write` is its inverse."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def one_of(*allowed: str) -> ValueKind:
    """Return the kind whose values are these words."""

    def read(text: str) -> str:
        if text.strip() not in allowed:
            raise WrongValue("not_one_of", ", ".join(allowed))
        return text.strip()

    return ValueKind(read, str)


def written_instant(instant: datetime) -> str:
    """Return an instant with seconds and its offset; CAP has no "Z", and writes UTC as "-00:00"."""
    offset = instant.utcoffset()
    if offset is None or abs(offset) > LONGEST_OFFSET or offset % timedelta(minutes=1):
        raise ValueError("CAP needs an offset of whole minutes, fourteen hours at most")
    written = instant.replace(microsecond=0).isoformat()
    return written.replace("+00:00", "-00:00") if not offset else written


def _instant(text: str) -> datetime:
    expected = "2026-03-04T10:00:00+08:00"
    if not _INSTANT.fullmatch(text.strip()):
        raise WrongValue("not_an_instant", expected)
    try:
        instant = datetime.fromisoformat(text.strip())
        instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WrongValue("not_an_instant", expected) from error
    if abs(instant.utcoffset() or timedelta()) > LONGEST_OFFSET:
        raise WrongValue("not_an_instant", expected)
    return instant


def _matching(pattern: re.Pattern[str], code: str, expected: str = "") -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text.strip()):
            raise WrongValue(code, expected)
        return text.strip()

    return read


def _text(text: str) -> str:
    if not text.strip():
        raise WrongValue("empty")
    return text


def _number(text: str, *, code: str, least: float, most: float) -> float:
    if not _NUMBER.fullmatch(text) or not least <= float(text) <= most:
        raise WrongValue(code)
    return float(text) + 0.0  # no negative nought


def _point(text: str, code: str) -> Point:
    lat, comma, lon = text.partition(",")
    if not comma:
        raise WrongValue(code)
    return Point(_number(lat, code=code, least=-90, most=90), _number(lon, code=code, least=-180, most=180))


def _polygon(text: str) -> tuple[Point, ...]:
    expected = "-9.00,124.90 -9.00,125.00 -9.10,125.00 -9.00,124.90"
    try:
        points = tuple(_point(pair, "not_a_polygon") for pair in text.split())
    except WrongValue as wrong:
        raise WrongValue(wrong.code, expected) from wrong
    if len(points) < 4 or points[0] != points[-1]:
        raise WrongValue("not_closed", expected)
    return points


def _circle(text: str) -> Circle:
    try:
        centre, radius = text.split()
        return Circle(_point(centre, ""), _number(radius, code="", least=0, most=40_100))
    except ValueError as error:
        raise WrongValue("not_a_circle", "-9.00,124.90 5.0") from error


def _decimal(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text.strip()):
        raise WrongValue("not_a_number", "120.5")
    return Decimal(text.strip())


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        raise WrongValue("not_a_number", "1024")
    return int(text)


def _listing(text: str) -> tuple[str, ...]:
    if _LISTED.sub("", text).strip():
        raise WrongValue("not_a_list", 'satu dua "tiga empat"')
    found = tuple(quoted or bare for quoted, bare in _LISTED.findall(text))
    if not any(found):
        raise WrongValue("empty")
    return tuple(filter(None, found))


def _references(text: str) -> tuple[Reference, ...]:
    if not text.split():
        raise WrongValue("empty")
    return tuple(_reference(written) for written in text.split())


def _reference(text: str) -> Reference:
    parts = text.split(",")
    if len(parts) != 3 or not all(_NAME.fullmatch(part) for part in parts[:2]):
        raise WrongValue("not_a_reference", "pengirim,nomor,2026-03-04T10:00:00+08:00")
    try:
        return Reference(parts[0], parts[1], _instant(parts[2]))
    except WrongValue as wrong:
        raise WrongValue("not_a_reference", "pengirim,nomor,2026-03-04T10:00:00+08:00") from wrong


def _written_number(number: float) -> str:
    return f"{Decimal(repr(number)):f}"


def _written_point(point: Point) -> str:
    return f"{_written_number(point.lat)},{_written_number(point.lon)}"


def _written_list(listed: Iterable[str]) -> str:
    return " ".join(f'"{one}"' if " " in one else one for one in listed)


TEXT = ValueKind(_text, str)
ANYTHING = ValueKind(lambda text: text, str)
NAME = ValueKind(_matching(_NAME, "forbidden_sign"), str)
INSTANT = ValueKind(_instant, written_instant)
LANGUAGE = ValueKind(_matching(_LANGUAGE, "not_a_language", "id, en, tet, pt"), str)
URI = ValueKind(_matching(_URI, "not_a_uri", "https://contoh.id/…"), str)
RELATIVE_URI = ValueKind(_matching(_REFERENCE, "not_a_uri", "https://contoh.id/…"), str)
WHOLE = ValueKind(_whole, str)
DECIMAL = ValueKind(_decimal, lambda number: f"{number:f}")
POLYGON = ValueKind(_polygon, lambda points: " ".join(map(_written_point, points)))
CIRCLE = ValueKind(_circle, lambda c: f"{_written_point(c.centre)} {_written_number(c.radius_km)}")
LISTING = ValueKind(_listing, _written_list)
REFERENCES = ValueKind(_references, lambda references: " ".join(map(str, references)))
