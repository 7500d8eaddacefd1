"""The permission table knows every door, names none that is gone, and is true: each door answers each role as it says.

A new door: give it a line in src/kentongan/config/data/permissions.csv (the failing test prints how the door answers),
say in permission_world.py what stands behind it, and run `make docs`.
"""

import re
from collections.abc import Iterator, Sequence

import pytest
from django.conf import settings as django_settings

from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.rules import CATEGORIES
from kentongan.config.api import api
from kentongan.config.permissions import CONSOLE, NOBODY, WHO, Door, Line, doors, table

from .permission_world import World, build, undone

ADDRESSES = [door for door in doors() if not door.is_command]
METHODS = ("get", "post")
CLOSED = "405"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """The world of all doors of this worker, gone with its last one."""
    home = tmp_path_factory.mktemp("permissions")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), undone():
        patch.setattr(django_settings, "HOME", home)
        patch.setattr(django_settings, "VAULT_KEYS", home / "keys", raising=False)
        yield build()


def test_every_door_has_a_line():
    assert [door.door for door in doors() if door.door not in table()] == []


def test_every_line_has_a_door():
    assert [line for line in table() if line not in {door.door for door in doors()}] == []


def test_every_operation_of_the_api_is_a_door():
    described = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    told = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{line}") for line in table()}

    assert {path for path in described if path not in told} == set()


def test_commands_are_given_at_the_machine():
    assert all(CONSOLE in line.needs for line in table().values() if line.kind == "command")


def test_the_table_names_categories_of_the_gate_and_all_roles():
    assert {line.category for line in table().values()} <= {"", *CATEGORIES}
    assert (NOBODY, *ROLE_LABELS) == WHO


IN_EVERY_RUN = (NOBODY, "analyst", "coordinator", "overseer", "administrator")
"""One role for each way of being let in; all of them ask at night."""


@pytest.mark.django_db
@pytest.mark.parametrize("who", [IN_EVERY_RUN, pytest.param(WHO, marks=pytest.mark.nightly)], ids=["some", "all"])
@pytest.mark.parametrize("door", ADDRESSES, ids=lambda door: door.door or "/")
def test_the_door_answers_each_role_as_the_table_says(world: World, door: Door, who: Sequence[str]):
    line = table().get(door.door)
    found = answers(world, door, who)

    assert line is not None, f"no line for this door; it answers {','.join(answers(world, door, WHO).values())}"
    assert found == {one: "/".join(line.answers[one]) for one in who}


def answers(world: World, door: Door, who: Sequence[str]) -> dict[str, str]:
    """Return how the door answers GET and POST, by role."""
    by_method = {method: answers_to(world, door, method, who) for method in METHODS}
    return {one: "/".join(by_method[method][one] for method in METHODS) for one in who}


def answers_to(world: World, door: Door, method: str, who: Sequence[str]) -> dict[str, str]:
    """Return how the door answers. A method that is closed before anybody is asked who they are is closed for all."""
    found = {one: world.answer(door, one, method) for one in (NOBODY, "analyst")}
    if set(found.values()) == {CLOSED}:
        return dict.fromkeys(who, CLOSED)
    return found | {one: world.answer(door, one, method) for one in who if one not in found}


@pytest.mark.parametrize("line", table().values(), ids=lambda line: line.door or "/")
def test_no_line_is_a_way_in_for_nobody_but_the_entrance_and_descriptions(line: Line):
    if line.kind in ("command", "library") or line.door in ("bahasa/", "api/v1/docs", "api/v1/openapi.json"):
        return
    if line.door == "cap/umpan.xml":  # alerts that were raised as open, for everybody; the world of this table has none
        return
    if (
        line.door == "kerawanan/desa/<str:code>/"
    ):  # which offices serve a village: for everybody, without any level (R36)
        return

    assert line.short(NOBODY) == "–"


@pytest.mark.parametrize("role", ["overseer", "administrator"])
def test_who_oversees_or_configures_changes_no_record(role: str):
    deciding = [
        line for line in table().values() if line.category in ("events", "findings", "alerts", "reports", "persons")
    ]

    assert len(deciding) > 40
    assert [line.door for line in deciding if line.kind != "export" and "W" in line.short(role)] == []


def test_the_table_is_sorted_by_no_accident():
    """The lines stand in the order in which the doors are tried, so that a reader finds a new one beside its neighbours."""
    order = [door.door for door in doors()]

    assert [line for line in table() if line in order] == order


def test_the_world_knows_no_door_that_is_gone():
    from .permission_world import BEHIND

    assert set(BEHIND) <= {door.name for door in doors()}


def test_a_new_door_without_a_line_is_noticed():
    from django.http import HttpResponse
    from django.urls import path

    from kentongan.config import permissions

    new = path("baru-sekali/", lambda _request: HttpResponse(), name="brand_new")
    found = list(permissions._addresses([new], "", ""))

    assert [door.door for door in found if door.door not in table()] == ["baru-sekali/"]
