"""Links lead somewhere, named files, commands, settings and nouns exist, and every decision has its four parts."""

import re
import tomllib
from pathlib import Path

import pytest
import typer
from django.apps import apps

from kentongan.config.command import build
from kentongan.demonstration.accounts import ACCOUNTS

from .pages import DOCS, ROOT, documents, handwritten, named, reference_script, rows_of

LINK = re.compile(r"\]\(([^)\s]+)\)")
ADR_PARTS = ("**Context.**", "**Decision.**", "**Consequences.**", "**Would change our mind.**")
SOURCE_PATH = re.compile(r"`((?:src|tests|scripts|benchmarks|docs)/[\w./-]+)`")
SETTING = re.compile(r"\bKENTONGAN_[A-Z_]+\b")
COMMAND = re.compile(r"(?:^|[`/ ])kentongan ([a-z][a-z-]+)\b")
ONLY_IN_TESTS = {"KENTONGAN_REFERENCE", "KENTONGAN_REQUIRE_BROWSER"}
decisions = sorted((DOCS / "adr").glob("0*.md"))


@pytest.mark.parametrize("document", documents(), ids=named)
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(document.read_text(encoding="utf-8"))]
    inside = [target for target in targets if target and "://" not in target and not target.startswith("mailto:")]

    assert [target for target in inside if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", handwritten(), ids=named)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    paths = SOURCE_PATH.findall(document.read_text(encoding="utf-8"))

    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", handwritten(), ids=named)
def test_every_setting_that_a_document_names_is_read_by_the_code(document: Path) -> None:
    settings = set(SETTING.findall(document.read_text(encoding="utf-8")))

    assert settings <= set(reference_script().MEANINGS) | ONLY_IN_TESTS


@pytest.mark.parametrize("document", handwritten(), ids=named)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    commands = set(typer.main.get_command(build()).commands)
    text = document.read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ {4,}(.+)$", text, re.MULTILINE) + _fenced(text)

    assert {name for span in spans for name in COMMAND.findall(span)} <= commands


@pytest.mark.parametrize("decision", decisions, ids=lambda path: path.stem)
def test_a_decision_has_its_four_parts_in_order_on_one_page(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    positions = [text.find(part) for part in ADR_PARTS]

    assert -1 not in positions
    assert positions == sorted(positions)
    assert len(text.splitlines()) <= 45


def test_every_decision_is_in_the_index() -> None:
    index = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in decisions if f"({path.name})" not in index] == []


def test_every_noun_of_the_glossary_is_in_the_code() -> None:
    classes = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"^ *class (\w+)", path.read_text(), re.MULTILINE)
    }
    nouns = [cells[0].strip("`") for cells in rows_of("glossary.md", r"`\w+`")]

    assert len(nouns) > 30
    assert [noun for noun in nouns if noun not in classes] == []


def test_every_model_is_in_the_glossary() -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    models = [model.__name__ for model in apps.get_models() if model.__module__.startswith("kentongan.")]

    assert [name for name in models if f"`{name}`" not in text] == []


def test_picture_and_table_of_the_house_have_every_room() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {
        name.strip() for contract in contracts for floor in contract.get("layers", []) for name in floor.split("|")
    }
    rooms = {name for name in layers if (ROOT / "src" / "kentongan" / name).is_dir()}
    picture = (DOCS / "images" / "house.svg").read_text(encoding="utf-8")
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")

    assert len(rooms) > 10
    assert {room for room in rooms if f">{room}</text>" not in picture} == set()
    assert {room for room in rooms if f"| `{room}` |" not in page} == set()


def test_the_tutorial_signs_in_with_accounts_that_the_demonstration_has() -> None:
    text = (DOCS / "tutorial" / "hari-pertama.md").read_text(encoding="utf-8")
    accounts = set(re.findall(r"akun `([\w.]+)`", text))

    assert accounts
    assert accounts <= {account.username for account in ACCOUNTS}


def _fenced(text: str) -> list[str]:
    return [line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
