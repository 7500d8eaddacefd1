"""Plain reads of the trail's tables: what is kept, before any conversion, so that a changed byte shows."""

from typing import Any

from django.db import OperationalError, connection

from .leaves import instant_column


def rows_of(statement: str, *arguments: object) -> list[tuple[Any, ...]]:
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


def _fetched(statement: str, arguments: tuple[object, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()


def _broken_bytes_marked(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def number_of(statement: str, *arguments: object) -> int:
    """Return the one number of a statement."""
    return int(rows_of(statement, *arguments)[0][0])


def time_column(name: str) -> str:
    """Return an instant's column as a statement reads it."""
    return instant_column(connection.vendor, name)
