"""The project's own documents, and the tests that they name."""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TEST_NAME = re.compile(r"`([\w./-]*test_\w+\.py)::(\w+)`")


def documents() -> list[Path]:
    """Return every Markdown document of the project."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def handwritten() -> list[Path]:
    """Return the documents that people write."""
    return [path for path in documents() if DOCS / "reference" not in path.parents]


def named(path: Path) -> str:
    """Return a document's address inside the project."""
    return path.relative_to(ROOT).as_posix()


def rows_of(name: str, first: str) -> Iterator[list[str]]:
    """Yield the cells of every table row of a document whose first cell begins so."""
    for line in (DOCS / name).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(first, cells[0]):
            yield cells


def named_tests(text: str) -> list[tuple[str, str]]:
    """Return the tests that a text names as `path/test_file.py::test_function`."""
    return TEST_NAME.findall(text)


@cache
def functions_in(path: Path) -> frozenset[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def missing_tests(text: str) -> list[str]:
    """Return the tests that a text names and that do not exist."""
    return [
        f"{file}::{name}"
        for file, name in named_tests(text)
        if not _exists(ROOT / file) or name not in functions_in(ROOT / file)
    ]


def _exists(path: Path) -> bool:
    return path.is_file()


@cache
def reference_script() -> ModuleType:
    """Return scripts/reference_pages.py as a module."""
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "scripts" / "reference_pages.py")
    if spec is None or spec.loader is None:
        raise ImportError("scripts/reference_pages.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
