"""Plain reads of the trail's tables: what is kept, before any conversion, so that a changed byte shows."""

from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection

from .leaves import Row, columns, instant_column

Value = int | str | bytes | datetime | timedelta


def rows_of(statement: str, *arguments: Value) -> list[tuple[Any, ...]]:
    """Return the rows of a statement; text that is no UTF-8 any more comes with its broken bytes marked."""
    try:
        return _fetched(statement, arguments)
    except OperationalError as fault:
        if connection.vendor != "sqlite" or "decode" not in str(fault):
            raise
    usual = connection.connection.text_factory
    connection.connection.text_factory = _broken_bytes_marked
    try:
        return _fetched(statement, arguments)
    finally:
        connection.connection.text_factory = usual


def _fetched(statement: str, arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())


def _broken_bytes_marked(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def trail_rows(condition: str, *arguments: Value) -> list[Row]:
    """Return rows of the trail as leaves take them; the condition is on `t`."""
    chosen = columns(connection.vendor, "t")
    return list(rows_of(f"SELECT {chosen} FROM audit_trailrow AS t WHERE {condition}", *arguments))  # noqa: S608 - our own names


def leaves_with_rows(first: int, after: int) -> list[tuple[Any, ...]]:
    """Return leaves by place: place, row, kept hash, and the row as it is now (or nothing but NULL)."""
    chosen = columns(connection.vendor, "t")
    return rows_of(
        f"SELECT l.position, l.trail_row, l.hash, {chosen} FROM audit_sealedleaf AS l "  # noqa: S608 - our own names
        "LEFT JOIN audit_trailrow AS t ON t.id = l.trail_row "
        "WHERE l.position >= %s AND l.position < %s ORDER BY l.position",
        first,
        after,
    )


def number_of(statement: str, *arguments: Value) -> int:
    """Return the one number of a statement."""
    return int(rows_of(statement, *arguments)[0][0])


def keys_in_order() -> list[tuple[Any, ...]]:
    """Return number, instant, public key and statement of each key of the sealer."""
    made_at = instant_column(connection.vendor, "made_at")
    return rows_of(f"SELECT number, {made_at}, vkey, statement FROM audit_sealingkey ORDER BY number")  # noqa: S608 - our own names


def heads_in_order() -> list[tuple[Any, ...]]:
    """Return number, origin, instant, size, root, key and note of each head."""
    at = instant_column(connection.vendor, "at")
    return rows_of(f"SELECT number, origin, {at}, size, root, key, note FROM audit_treehead ORDER BY number")  # noqa: S608 - our own names
