"""No door tells what is not released: no page, no operation of the API, no layer of the map, no export, whatever it is asked.

A receiver walks through every door twice. Between the two walks everything that was not released is changed: texts, numbers,
places, days, what hangs on the rows. Every answer must be the same, to the letter. A filter, a search, a sorting, a count or
a refusal that let something through would differ.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models.sql.compiler import SQLCompiler

from kentongan.agreements.access import protected_models
from kentongan.agreements.fields import field_groups
from kentongan.agreements.models import Grant
from kentongan.agreements.tests.sharing import clause_between

from .door_world import (
    CHANGES,
    MODELS,
    NEVER_RELEASED,
    NOW,
    OWNER,
    QUERIES,
    READER,
    WITHIN_THE_BLUR,
    Visitor,
    differences,
    frozen_clock,
    knocks,
    reader,
    rows_of_owner,
    walk,
)

GROUPS = [(c, g) for c, groups in field_groups().items() for g, group in groups.items() if not group.is_always_released]
HALF = GROUPS[::2]
SCENARIOS = {
    "only what is always told": [],
    "every other group": HALF,
    "the other groups": [group for group in GROUPS if group not in HALF],
    "all groups": GROUPS,
}


@pytest.fixture
def rows(gazetteer_rows, kinds, monkeypatch) -> dict[str, Any]:
    frozen_clock(monkeypatch)
    return rows_of_owner()


@pytest.fixture
def visitor(rows) -> Visitor:
    return Visitor(reader())


def released(groups: list[tuple[str, str]], how: str = "full") -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = {category: {} for category in MODELS if category != "persons"}
    for category, group in groups:
        given[category][group] = how
    return given


def change_all_but(groups: list[tuple[str, str]], rows: dict[str, Any]) -> None:
    for key, change in CHANGES.items():
        if key not in groups:
            change(rows)
    NEVER_RELEASED(rows)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_a_clause_does_not_release_changes_no_answer(scenario, rows, visitor):
    groups = SCENARIOS[scenario]
    clause_between(OWNER, READER, released(groups), precision="exact")
    asked = list(knocks(rows))

    before = walk(visitor, asked)
    change_all_but(groups, rows)
    after = walk(visitor, asked)

    assert differences(before, after) == []
    assert broken(before) == broken(after) == []
    assert Counter(knock.method for knock in asked)["GET"] > 100


@pytest.mark.nightly
@pytest.mark.parametrize("group", GROUPS, ids="-".join)
def test_one_group_alone_tells_nothing_of_the_others(group, rows, visitor):
    clause_between(OWNER, READER, released([group]), precision="exact")
    asked = list(knocks(rows))

    before = walk(visitor, asked)
    change_all_but([group], rows)
    after = walk(visitor, asked)

    assert differences(before, after) == []


def test_a_blurred_value_tells_nothing_of_what_it_stands_for(rows, visitor):
    clause_between(OWNER, READER, released(list(WITHIN_THE_BLUR), "blurred"), precision="exact")
    asked = list(knocks(rows))

    before = walk(visitor, asked)
    for change in WITHIN_THE_BLUR.values():
        change(rows)
    after = walk(visitor, asked)

    assert differences(before, after) == []


def test_a_grant_of_some_fields_tells_nothing_of_the_others(rows, visitor):
    for category in ("reports", "events", "findings", "alerts"):
        name = category.removesuffix("s")
        Grant.objects.create(
            category=category, record=rows[name].pk, agency_id=READER, fields=["place"], valid_from=NOW, cause="address", because="alert:1"
        )  # fmt: skip
    asked = list(knocks(rows))

    before = walk(visitor, asked)
    change_all_but([(category, "place") for category in ("reports", "events", "findings", "alerts")], rows)
    after = walk(visitor, asked)

    assert differences(before, after) == []
    assert broken(before) == []


def test_without_a_clause_no_answer_depends_on_any_row(rows, visitor):
    asked = list(knocks(rows))

    before = walk(visitor, asked)
    change_all_but([], rows)
    after = walk(visitor, asked)

    assert differences(before, after) == []


def test_the_walk_would_notice(rows, visitor):
    clause_between(
        OWNER, READER, released([("events", "place"), ("events", "persons"), ("events", "title")]), precision="exact"
    )
    asked = [knock for knock in knocks(rows, ["GET"]) if knock.door in ("event_list", "event_detail", "api:get_event")]

    before = walk(visitor, asked)
    CHANGES["events", "title"](rows)
    after = walk(visitor, asked)

    noticed = {knock.door for knock in asked if before[knock] != after[knock]}
    assert noticed == {"event_list", "event_detail", "api:get_event"}


def test_every_group_that_may_be_withheld_is_changed():
    assert set(CHANGES) == set(GROUPS)


def test_every_parameter_of_a_list_is_asked():
    from kentongan.alerts.forms import AlertFilterForm
    from kentongan.events.forms import EventFilterForm
    from kentongan.intake.forms import ReportFilterForm
    from kentongan.maps.forms import MapFilter
    from kentongan.watch.forms import FindingFilterForm

    for door, form in {
        "event_list": EventFilterForm, "report_list": ReportFilterForm, "finding_list": FindingFilterForm, "alert_list": AlertFilterForm,
        "map_events": MapFilter,
    }.items():  # fmt: skip
        assert set(form.base_fields) <= {name for query in QUERIES[door] for name in query}, door


def broken(answers: dict[Any, Any]) -> list[str]:
    """Return the requests at which a door failed."""
    return [str(knock) for knock, answer in answers.items() if answer[0] >= 500]


# --- nothing is read around the gate ---

OF_THE_GATE = ("/agreements/access.py", "/agreements/masking.py", "/agreements/compiled.py")
REVIEWED: dict[tuple[str, str], str] = {}
"""(model, function) that reads a protected table without the gate, with the reason."""


class Watched:
    """Notes every statement on a protected table that did not come through the gate, with the function that asked."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.around: Counter[tuple[str, str]] = Counter()
        self.seen = 0
        self._protected = {model._meta.db_table: model._meta.label for model in protected_models()}
        watched, execute = self, SQLCompiler.execute_sql

        def execute_sql(compiler: Any, *args: Any, **kwargs: Any) -> Any:
            answer = execute(compiler, *args, **kwargs)
            watched.look_at(compiler.query)  # afterwards, when all that is joined is known
            return answer

        patch.setattr(SQLCompiler, "execute_sql", execute_sql)

    def look_at(self, query: Any) -> None:
        import sys

        tables = {
            table for one in queries_in(query) if not getattr(one, "passed_the_gate", False) for table in tables_of(one)
        }
        found = [self._protected[table] for table in tables if table in self._protected]
        self.seen += 1
        if not found:
            return
        frame, asker = sys._getframe(2), ""
        while frame is not None:
            name = frame.f_code.co_filename
            if any(name.endswith(end) for end in OF_THE_GATE) or "/actions" in name.partition("/kentongan/")[2]:
                return
            if "/src/kentongan/" in name and not asker:
                asker = f"{name.partition('/src/kentongan/')[2]}:{frame.f_code.co_name}"
            frame = frame.f_back
        for model in found:
            self.around[model, asker] += 1


def queries_in(query: Any) -> Iterator[Any]:
    """Yield the query and every one inside it."""
    yield query
    inner = getattr(query, "inner_query", None)
    if inner is not None:
        yield from queries_in(inner)
    for node in (query.where, *query.annotations.values()):
        for one in expressions_in(node):
            below = getattr(one, "query", None)
            if below is not None and hasattr(below, "where"):
                yield from queries_in(below)


def expressions_in(node: Any) -> Iterator[Any]:
    if hasattr(node, "where") and not hasattr(node, "get_source_expressions"):
        return
    yield node
    for child in (*getattr(node, "children", ()), *(getattr(node, name, None) for name in ("lhs", "rhs"))):
        if child is not None and (hasattr(child, "as_sql") or hasattr(child, "children")):
            if hasattr(child, "where"):
                yield _Holder(child)
            else:
                yield from expressions_in(child)
    for child in getattr(node, "get_source_expressions", list)():
        if child is not None and not hasattr(child, "where"):
            yield from expressions_in(child)


class _Holder:
    def __init__(self, query: Any) -> None:
        self.query = query


def tables_of(query: Any) -> set[str]:
    return {join.table_name for alias, join in query.alias_map.items() if query.alias_refcount.get(alias, 1)}


@pytest.mark.parametrize("who", ["the owner's analyst", "the receiver's analyst"])
def test_no_door_reads_a_protected_table_around_the_gate(who, rows, monkeypatch):
    clause_between(OWNER, READER, released(GROUPS), precision="exact")
    visitor = Visitor(reader() if who.startswith("the receiver") else reader(OWNER, kind="immigration"))
    asked = list(knocks(rows))
    watched = Watched(monkeypatch)

    for knock in asked:
        visitor.answer(knock)

    assert {key: number for key, number in watched.around.items() if key not in REVIEWED} == {}
    assert watched.seen > 1000


@pytest.mark.django_db
def test_a_read_around_the_gate_is_noticed(rows, monkeypatch):
    from kentongan.events.models import Event, EventReport

    watched = Watched(monkeypatch)
    list(Event.objects.all())
    list(EventReport.objects.select_related("report"))
    list(EventReport.objects.filter(event__in=Event.objects.filter(persons=7).values("pk")))

    assert {model for model, _asker in watched.around} == {"events.Event", "intake.Report"}
    assert sum(watched.around.values()) == 3
