"""What hangs on protected rows is as protected as they are: doors read it through rows that the gate showed."""

import pytest
from django.apps import apps

from kentongan.agreements.access import protected_models

from .test_doors_pass_the_gate import SOURCE, doors, reaches_around

REVIEWED = {
    (
        "events/views.py",
        "Merge",
    ): "finds the merge to undo by the event that it went into, which the gate showed before",
    ("cases/views.py", "CaseAgency"): "finds that the own agency joined a case which the gate showed before",
    ("vault/commands.py", "SealedIdentity"): "counts how many identities each key wraps; whose they are is not read",
}
"""(door, model) that reads what hangs on protected rows without one of them, and why that tells nothing of others' rows."""


def children() -> set[type]:
    """Return the models whose rows name a protected row, and those whose rows name such a one in turn."""
    above = set(protected_models())
    while more := {m for m in apps.get_models() if m not in above and _refers_to(m, above)}:
        above |= more
    return above - set(protected_models())


def _refers_to(model, to) -> bool:
    return any(column.related_model in to for column in model._meta.get_fields() if column.concrete)


def around(door) -> list[tuple[int, str]]:
    return reaches_around(door.read_text(encoding="utf-8"), {model.__name__ for model in children()})


@pytest.mark.parametrize("door", doors(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_door_reads_what_hangs_on_protected_rows_only_through_them(door):
    name = door.relative_to(SOURCE).as_posix()

    assert [f"{name}:{line} {model}" for line, model in around(door) if (name, model) not in REVIEWED] == []


def test_every_reviewed_exception_is_still_needed():
    standing = {(door.relative_to(SOURCE).as_posix(), model) for door in doors() for _line, model in around(door)}

    assert standing == set(REVIEWED)


def test_what_hangs_on_protected_rows_is_known():
    assert {model.__name__ for model in children()} >= {
        "EventVersion", "Classification", "EventReport", "JoinDoubt", "Merge", "FindingMember", "FindingSighting",
        "ExplainedSurge", "AlertStep",
    }  # fmt: skip


def test_no_open_row_leads_to_protected_ones_or_to_what_hangs_on_them():
    """Reference data, agencies, watches and runs are open to many: a manager of protected rows on them would be a door."""
    closed = set(protected_models()) | children()
    leads = {
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        if model not in closed
        for relation in model._meta.related_objects
        if relation.related_model in closed and (name := relation.get_accessor_name())
    }

    assert leads == set()
