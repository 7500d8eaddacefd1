"""What is hashed of a row of the trail: canonical JSON, the same on every database. No Django.

As RFC 8785: keys in the order of their UTF-16 units, no white space, numbers as ECMAScript writes them, text as it is (no
Unicode normalisation). Whole numbers beyond 2**53 are written out exactly. Instants are UTC with six decimals. `v` is the
version of the format; a head says which one its leaves have, so a later format leaves the older leaves valid.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from math import isfinite
from typing import Any, NoReturn

VERSION = 1
COLUMNS = (
    "id", "event", "at", "actor", "agency", "role", "purpose", "clause", "subject", "why", "reasons", "facts",
)  # fmt: skip
"""The columns that a leaf covers, in the order in which `leaf` takes them: all that a row has."""

Row = Sequence[Any]


def columns(vendor: str, table: str) -> str:
    """Return the columns as a statement reads them; on SQLite instants as the very text that is kept."""
    return ", ".join(instant_column(vendor, f"{table}.at") if name == "at" else f"{table}.{name}" for name in COLUMNS)


def instant_column(vendor: str, name: str) -> str:
    """Return an instant's column as a statement reads it: on SQLite the very text that is kept, NULL when it is none."""
    return f"CASE typeof({name}) WHEN 'text' THEN {name} END" if vendor == "sqlite" else name


class MalformedRow(ValueError):
    """A row that this program never wrote: a column has the wrong type or form."""


class _Unusual(Exception):
    """A turn of the way, not an error."""


def _fraction(text: str) -> float | int:
    """Return a number that Python's encoder writes as the standard does: whole ones as such, none with an exponent."""
    number = float(text)
    if "e" in repr(number):
        raise _Unusual
    return int(number) if number.is_integer() else number


def _unusual(_text: str) -> NoReturn:
    raise _Unusual


_read_quickly = json.JSONDecoder(parse_float=_fraction, parse_constant=_unusual).scan_once  # type: ignore[attr-defined]
_write_quickly = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False, check_circular=False
).encode


def canonical(value: object) -> str:
    """Return the one text of a JSON value."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{quoted(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    raise TypeError(f"{type(value).__name__} is no JSON")


def _number(value: float) -> str:
    """Return a number as ECMAScript's Number::toString writes it."""
    if not isfinite(value):
        raise ValueError(f"{value} is no JSON number")
    if value == 0:
        return "0"
    if "e" not in (usual := repr(value)):
        return usual.removesuffix(".0")
    _, shortest, exponent = Decimal(repr(abs(value))).as_tuple()
    written = "".join(map(str, shortest))
    digits = written.rstrip("0")
    point = len(written) + int(exponent)
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= 21:
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return f"{sign}{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}e{point - 1:+d}"


@lru_cache(4096)  # most rows have the reasons and facts of others
def canonical_json(text: str) -> str:
    """Return the canonical text of stored JSON."""
    if text in ("{}", "[]"):
        return text
    if text.isascii() and "\\u" not in text:  # then keys sort alike by UTF-16 units and by characters
        try:
            value, end = _read_quickly(text, 0)
        except (_Unusual, StopIteration):
            pass
        else:
            if end == len(text):
                return _write_quickly(value)
    return canonical(json.loads(text, parse_constant=_no_number))


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def instant(stored: str | datetime) -> str:
    """Return an instant in UTC with six decimals; text is what SQLite keeps of one."""
    if isinstance(stored, datetime):
        if stored.tzinfo is None:
            raise ValueError(f"{stored!r} is in no time zone")
        return stored.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    length = len(stored)
    if stored[10] != " " or not (length == 19 or (length == 26 and stored[19] == ".")):
        raise ValueError(f"{stored!r} is no stored instant")
    return f"{stored[:10]}T{stored[11:]}{'Z' if length == 26 else '.000000Z'}"


def leaf(row: Row) -> bytes:
    """Return what is hashed of a row with COLUMNS as the database keeps them; MalformedRow when it never wrote them so."""
    try:
        key, event, at, actor, agency, role, purpose, clause, subject, why, reasons, facts = row
        return (
            f'{{"actor":{quoted(actor)},"agency":{quoted(agency)},"at":"{instant(at)}","clause":{quoted(clause)},'
            f'"event":{quoted(event)},"facts":{canonical_json(facts)},"id":{key:d},"purpose":{quoted(purpose)},'
            f'"reasons":{canonical_json(reasons)},"role":{quoted(role)},"subject":{quoted(subject)},"v":{VERSION},'
            f'"why":{quoted(why)}}}'
        ).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, IndexError, AttributeError, RecursionError) as fault:
        raise MalformedRow(str(fault)) from fault


def leaf_hash(row: Row) -> bytes:
    """Return the hash of a row's leaf."""
    return sha256(b"\x00" + leaf(row)).digest()


def is_as_written(row: Row) -> bool:
    """Tell whether the JSON of a row stands as this program stores it: white space and order too, where they are kept."""
    return all(map(_is_as_stored, row[-2:]))


@lru_cache(4096)
def _is_as_stored(text: str) -> bool:
    try:
        return text in ("{}", "[]") or json.dumps(json.loads(text)) == text
    except (ValueError, TypeError):
        return False
