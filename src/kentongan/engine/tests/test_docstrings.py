"""Every public function of the engine tells shapes, units, errors and its source, and the source is there."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kentongan.engine

ROOT = Path(__file__).parents[4]
NOT_NUMBERS = {"tests", "commands"}
HEADINGS = ("Shapes:", "Units:", "Errors:", "Source:")


def public_functions() -> Iterator[Any]:
    for module_info in pkgutil.walk_packages(kentongan.engine.__path__, "kentongan.engine."):
        if module_info.ispkg or NOT_NUMBERS & set(module_info.name.split(".")):
            continue
        module = importlib.import_module(module_info.name)
        for name, member in vars(module).items():
            function = getattr(member, "py_func", member)
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_"):
                yield pytest.param(function, id=f"{module.__name__.rsplit('.')[-1]}.{name}")


@pytest.mark.parametrize("function", list(public_functions()))
def test_a_public_function_documents_itself(function: Any) -> None:
    text = inspect.getdoc(function) or ""

    assert [heading for heading in HEADINGS if f"\n{heading}" not in text] == []
    source = re.search(r"Source:\s+(docs/methods/\S+\.md), (.+?)\.$", text.replace("\n", " "))
    assert source, text
    page = (ROOT / source[1]).read_text(encoding="utf-8")
    for part in cited_parts(source[2]):
        assert part in page, f"{source[1]} has no {part}"


def cited_parts(citation: str) -> list[str]:
    section = re.fullmatch(r'section "(.+)"', citation)
    if section:
        return [f"\n## {section[1]}\n"]
    span = re.fullmatch(r"equations? (\d+)(?: to (\d+))?", citation)
    assert span, citation
    return [f"**Equation {number}**" for number in range(int(span[1]), int(span[2] or span[1]) + 1)]


def test_a_source_that_is_not_there_would_be_noticed() -> None:
    assert cited_parts("equations 2 to 3") == ["**Equation 2**", "**Equation 3**"]
    assert cited_parts('section "Circles"') == ["\n## Circles\n"]
    with pytest.raises(AssertionError):
        cited_parts("somewhere")
