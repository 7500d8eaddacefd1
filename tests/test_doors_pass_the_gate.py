"""Doors reach a protected row only through the gate: `.visible_to` for lists, `access.fetch` for one."""

import ast
from pathlib import Path

import pytest

import kentongan
from kentongan.agreements.access import protected_models

SOURCE = Path(kentongan.__file__).parent
DOORS = ("*views.py", "api.py", "tasks.py", "commands.py", "context.py", "middleware.py")
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
PASSES_THE_GATE = frozenset({"visible_to", "whole_for", "none"})

REVIEWED = {
    (
        "events/tasks.py",
        "Report",
    ): "the worker reads every agency's report, each within the view of the agency that owns it",
    **dict.fromkeys(
        (("alerts/tasks.py", "Event"), ("alerts/tasks.py", "Alert")),
        "the worker takes back what was told of an event that has become its owner's alone; it shows nothing",
    ),
    (
        "alerts/tasks.py",
        "Report",
    ): "the worker looks up whose report came in, to say that this agency's desk has changed",
    (
        "vulnerability/tasks.py",
        "IndexRun",
    ): "the worker carries out each agency's run within the view of the agency that owns it; it shows nothing",
    (
        "oversight/tasks.py",
        "IndexRun",
    ): "the worker looks up the run that a newer one replaces, to clear what no hold keeps of it; it shows nothing",
    (
        "demonstration/commands.py",
        "Report",
    ): "counts the simulated rows that this very command has made, for its summary",
    (
        "demonstration/commands.py",
        "Event",
    ): "counts the simulated rows that this very command has made, for its summary",
}


def doors() -> list[Path]:
    named = (path for name in DOORS for path in SOURCE.rglob(name))
    tags = (path for path in SOURCE.rglob("templatetags/*.py") if path.name != "__init__.py")
    no_doors = {"tests", "migrations", "actions"}  # a deed may be called as a door is
    return sorted({path for path in (*named, *tags) if no_doors.isdisjoint(path.parts)})


def reaches_around(code: str, models: set[str]) -> list[tuple[int, str]]:
    """Return (line, model) of every manager of a protected model on which anything but the gate is called."""
    tree = ast.parse(code)
    real_name = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    gated = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in PASSES_THE_GATE
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and id(node) not in gated:
            owner = node.value
            written = (
                owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            )
            model = real_name.get(written, written)
            if model in models:
                found.append((node.lineno, model))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("get_object_or_404", "get_list_or_404"):
            model = real_name.get(getattr(node.args[0], "id", ""), getattr(node.args[0], "id", ""))
            if model in models:
                found.append((node.lineno, model))
    return found


def names_of_protected_models() -> set[str]:
    return {model.__name__ for model in protected_models()}


@pytest.mark.parametrize("door", doors(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_door_reaches_protected_rows_only_through_the_gate(door):
    name = door.relative_to(SOURCE).as_posix()

    around = reaches_around(door.read_text(encoding="utf-8"), names_of_protected_models())

    assert [f"{name}:{line} {model}" for line, model in around if (name, model) not in REVIEWED] == []


def test_every_reviewed_exception_is_still_needed():
    standing = {
        (door.relative_to(SOURCE).as_posix(), model)
        for door in doors()
        for _line, model in reaches_around(door.read_text(encoding="utf-8"), names_of_protected_models())
    }

    assert standing == set(REVIEWED)


def test_every_room_with_doors_is_walked_and_every_protected_model_known():
    assert {"events/views.py", "events/api.py", "events/tasks.py", "events/commands.py"} <= {
        door.relative_to(SOURCE).as_posix() for door in doors()
    }
    assert {"Report", "ReadingRow", "Event", "Finding", "Alert"} <= names_of_protected_models()


def test_no_row_that_is_not_protected_leads_to_protected_ones_by_a_name():
    ways = {
        f"{column.related_model.__name__}.{column.remote_field.get_accessor_name()}"
        for model in protected_models()
        for column in model._meta.concrete_fields
        if column.is_relation and not column.remote_field.hidden and column.related_model not in protected_models()
    }

    assert ways == set()


@pytest.mark.parametrize(
    "code",
    [
        "Event.objects.get(pk=1)",
        "Event.objects.filter(pk=1).visible_to(actor, at=at)",
        "Event._default_manager.all()",
        "models.Event.objects.first()",
        "from .models import Event as E\nE.objects.all()",
        "every = Event.objects",
        "get_object_or_404(Event, pk=1)",
    ],
)
def test_a_way_around_the_gate_is_noticed(code):
    assert [model for _line, model in reaches_around(code, {"Event"})] == ["Event"]


@pytest.mark.parametrize(
    "code", ["Event.objects.visible_to(actor, at=at).filter(pk=1)", "Kind.objects.get(pk=1)", "Event.objects.none()"]
)
def test_the_gate_itself_and_open_reference_data_are_let_pass(code):
    assert reaches_around(code, {"Event"}) == []
