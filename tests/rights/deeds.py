"""Every deed of the product, read from its source: which function records which row of the trail."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .surfaces import SOURCE, product_files

JUDGING_ROOMS = ("events", "watch", "alerts")


@dataclass(frozen=True, slots=True)
class Deed:
    """A public function of a room's actions."""

    room: str
    name: str
    positional: tuple[str, ...]
    required: frozenset[str]  # keyword-only parameters without a default
    optional: frozenset[str]
    records: frozenset[str]  # constants of the trail's catalogue, through private helpers too

    def __str__(self) -> str:
        return f"{self.room}.{self.name}"


@cache
def deeds() -> tuple[Deed, ...]:
    """Return the public functions of all `actions` modules."""
    return tuple(deed for room, files in _action_files().items() for deed in _deeds_of(room, files))


def _action_files() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in product_files(".py"):
        room, *inside = path.relative_to(SOURCE).parts
        if inside and inside[0] in ("actions.py", "actions"):
            found.setdefault(room, []).append(path)
    return found


def _deeds_of(room: str, files: list[Path]) -> Iterator[Deed]:
    functions: dict[str, ast.FunctionDef] = {}
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions |= {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name, node in functions.items():
        if not name.startswith("_"):
            defaults = dict(zip((a.arg for a in node.args.kwonlyargs), node.args.kw_defaults, strict=True))
            yield Deed(
                room,
                name,
                tuple(a.arg for a in node.args.args),
                frozenset(n for n, default in defaults.items() if default is None),
                frozenset(n for n, default in defaults.items() if default is not None),
                frozenset(_records(node, functions, set())),
            )


def _records(node: ast.FunctionDef, functions: dict[str, ast.FunctionDef], seen: set[str]) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "Trail":
            yield inner.attr
        called = inner.func.id if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) else ""
        if called.startswith("_") and called in functions and called not in seen:
            yield from _records(functions[called], functions, seen | {called})
