"""The permission table: every door of the installation, what it needs, and how it answers each role.

The table data/permissions.csv is written by hand and held true by tests/test_permissions.py: a door without a line, a line
without a door, and an answer that is another than the line says fail the build. docs/reference/permissions.md shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import typer
from django.urls import URLPattern, URLResolver, get_resolver

from kentongan.agencies.rules import ROLE_LABELS
from kentongan.kit.shipped_tables import TableLine, table_entries

NOBODY = "nobody"
"""Whoever has not signed in."""

WHO = (NOBODY, *ROLE_LABELS)
KINDS = frozenset({"page", "export", "api", "library", "command"})
CONSOLE = "console"
"""Who may give a command: whoever sits at the machine."""

SIGN_IN = "in"
"""The answer that leads to the entrance."""

REFUSED = frozenset({"401", "403", "404", "405", SIGN_IN})


@dataclass(frozen=True, slots=True)
class Door:
    """A way in: an address or a command."""

    door: str
    name: str
    is_command: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What the table says of a door: its answers to GET and POST, by role; a command's answers are not by role."""

    door: str
    kind: str
    category: str
    needs: str
    answers: dict[str, tuple[str, str]]

    def short(self, who: str) -> str:
        """Return whether somebody may look (R) and send (W) at this door, or neither (–)."""
        if self.kind == "command":
            return ""
        get, post = self.answers[who]
        return ("R" if get not in REFUSED else "") + ("W" if post not in REFUSED else "") or "–"


def doors() -> tuple[Door, ...]:
    """Return every door, addresses in the order in which they are tried; one that an earlier one hides is none."""
    seen: dict[str, Door] = {}
    for door in (*_addresses(get_resolver().url_patterns, "", ""), *_commands()):
        seen.setdefault(door.door, door)
    return tuple(seen.values())


@cache
def table() -> dict[str, Line]:
    """Return the lines of the table by their doors."""
    return {line.door: line for line in table_entries("kentongan.config", "data/permissions.csv", _line)}


def _line(line: TableLine) -> Line:
    kind = line.one_of("kind", KINDS)
    return Line(
        "" if line.text("door") == "/" else line.required("door"),
        kind,
        line.text("category"),
        line.required("needs"),
        {} if kind == "command" else {who: _answers(line, who) for who in WHO},
    )


def _answers(line: TableLine, who: str) -> tuple[str, str]:
    get, slash, post = line.required(who).partition("/")
    if not slash or not get or not post:
        raise ValueError(f"kolom {who} berisi {line.text(who)!r}, seharusnya jawaban GET/POST")
    return get, post


def _addresses(patterns: list[Any], before: str, space: str) -> Iterator[Door]:
    for pattern in patterns:
        path = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, path, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield Door(path, f"{space}{pattern.name or ''}")


def _commands() -> Iterator[Door]:
    from .command import build  # noqa: PLC0415 - the commands of all rooms, only where they are asked for

    group: Any = typer.main.get_command(build())
    for name, command in group.commands.items():
        inner = getattr(command, "commands", {})
        for door in [f"kentongan {name} {below}" for below in inner] or [f"kentongan {name}"]:
            yield Door(door, door, is_command=True)
