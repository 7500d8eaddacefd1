"""No door tells what is not released: no page, no operation of the API, no layer of the map, no export, whatever it is asked.

A receiver walks through every door twice. Between the two walks everything that was not released is changed: texts, numbers,
places, days, what hangs on the rows. Every answer must be the same, to the letter. A filter, a search, a sorting, a count or
a refusal that let something through would differ.
"""

import sys
from collections import Counter
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
    walk_twice,
)

GROUPS = [(c, g) for c, groups in field_groups().items() for g, group in groups.items() if not group.is_always_released]
HALF = GROUPS[::2]
AT_NIGHT = pytest.mark.nightly
SCENARIOS = [
    pytest.param(HALF, id="every other group"),
    pytest.param([group for group in GROUPS if group not in HALF], id="the other groups"),
    pytest.param([], id="only what is always told", marks=AT_NIGHT),
    pytest.param(GROUPS, id="all groups", marks=AT_NIGHT),
    *(pytest.param([group], id="-".join(group), marks=AT_NIGHT) for group in GROUPS),
]
"""The groups that a clause releases: each is released in one of the first two, and withheld in the other."""


@pytest.fixture
def rows(gazetteer_rows, kinds, monkeypatch) -> dict[str, Any]:
    frozen_clock(monkeypatch)
    return rows_of_owner()


@pytest.fixture
def visitor(rows) -> Visitor:
    return Visitor(reader(role="case_officer"))  # the role that reads every category


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


@pytest.mark.parametrize("groups", SCENARIOS)
def test_what_a_clause_does_not_release_changes_no_answer(groups, rows, visitor, monkeypatch):
    clause_between(OWNER, READER, released(groups), precision="exact")
    asked = list(knocks(rows))
    watched = Watched(monkeypatch)

    before, after = walk_twice(visitor, asked, lambda: change_all_but(groups, rows))

    demand_none(differences(before, after))
    assert broken(before) == broken(after) == []
    demand_none(watched.unreviewed())
    assert Counter(knock.method for knock in asked)["GET"] > 100


@AT_NIGHT
def test_a_blurred_value_tells_nothing_of_what_it_stands_for(rows, visitor):
    clause_between(OWNER, READER, released(list(WITHIN_THE_BLUR), "blurred"), precision="exact")

    def change() -> None:
        for change in WITHIN_THE_BLUR.values():
            change(rows)

    before, after = walk_twice(visitor, knocks(rows), change)

    demand_none(differences(before, after))
    assert broken(before) == []


SOME = [(category, "place") for category in ("reports", "events", "findings", "alerts")]


def grant(rows: dict[str, Any], category: str, fields: list[str]) -> None:
    Grant.objects.create(
        category=category, record=rows[category.removesuffix("s")].pk, agency_id=READER, fields=fields, valid_from=NOW,
        cause="address", because="alert:1",
    )  # fmt: skip


@AT_NIGHT
def test_a_grant_of_some_fields_tells_nothing_of_the_others(rows, visitor):
    for category, group in SOME:
        grant(rows, category, [group])

    before, after = walk_twice(visitor, knocks(rows), lambda: change_all_but(SOME, rows))

    demand_none(differences(before, after))
    assert broken(before) == []


def test_a_whole_event_tells_nothing_of_the_reports_and_events_behind_it(rows, visitor):
    grant(rows, "events", [])
    clause_between(OWNER, READER, {"reports": {}}, precision="exact")
    asked = [
        knock
        for knock in knocks(rows)
        if knock.door.startswith(("event", "classification", "merge", "doubt", "api:get"))
    ]

    def change() -> None:
        for (category, _group), change in CHANGES.items():
            if category in ("reports", "readings"):
                change(rows)
        for name in ("absorbed", "similar"):
            type(rows[name]).objects.filter(pk=rows[name].pk).update(title="Rahasia", number=f"lain-{name}", persons=93)

    before, after = walk_twice(visitor, asked, change)

    demand_none(differences(before, after))
    assert broken(before) == []
    assert any("Dugaan perekrutan" in answer[2] for answer in before.values())


def test_an_alert_of_which_the_addressee_was_sent_a_part_tells_no_more(rows, visitor):
    type(rows["alert"]).objects.update(addressee=READER)
    grant(rows, "alerts", ["message"])
    asked = [knock for knock in knocks(rows) if "alert" in knock.door or knock.door == "home"]

    before, after = walk_twice(visitor, asked, lambda: change_all_but([("alerts", "message")], rows))

    demand_none(differences(before, after))
    assert broken(before) == []
    assert any("Isi peringatan" in answer[2] for answer in before.values())


@AT_NIGHT
def test_without_a_clause_no_answer_depends_on_any_row(rows, visitor):
    before, after = walk_twice(visitor, knocks(rows), lambda: change_all_but([], rows))

    demand_none(differences(before, after))


def test_the_walk_would_notice(rows, visitor):
    clause_between(
        OWNER, READER, released([("events", "place"), ("events", "persons"), ("events", "title")]), precision="exact"
    )
    asked = [knock for knock in knocks(rows, ["GET"]) if knock.door in ("event_list", "event_detail", "api:get_event")]

    before, after = walk_twice(visitor, asked, lambda: CHANGES["events", "title"](rows))

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


def demand_none(found: list[str]) -> None:
    """Fail with all that was found, each on its line."""
    assert not found, "\n".join(found)


def broken(answers: dict[Any, Any]) -> list[str]:
    """Return the requests at which a door failed."""
    return [str(knock) for knock, answer in answers.items() if answer[0] >= 500]


# --- nothing is read around the gate ---

OF_THE_GATE = ("/agreements/masking.py", "/agreements/compiled.py")
GATE_FOR_ONE = ("fetch", "judged_part", "judge_all", "facts_of")
"""What of access.py judges one row; the methods of its lists ask for whoever calls them."""

COUNTING = "counts under a clause that gives counts: its own gate, with least cells"
PUBLIC = "the one list without a reader: alerts that were raised as open, about nothing that is closed"
REVIEWED = (
    {
        (model, f"agreements/counting.py:{function}"): COUNTING
        for model in ("events.Event", "intake.Report", "watch.Finding")
        for function in ("_by_kind", "_lines", "counts_by")
    }
    | {
        (model, f"alerts/cap/publishing.py:{function}"): PUBLIC
        for model in ("alerts.Alert", "events.Event", "watch.Finding")
        for function in ("newest_messages", "public_message", "versions")
    }
    | {
        ("alerts.Alert", "alerts/queries.py:mark_of"): "a mark, asked of an alert that the gate showed whole",
        (
            "intake.Report",
            "alerts/reporters.py:word_to",
        ): "who sent a report of the own agency finds what was said to its sender",
        (
            "cases.Case",
            "linkage/subjects.py:_on_refugees",
        ): "of cases that the gate showed, those on refugees: only ever to compare less",
        **{
            (model, "web/desk.py:mark_of"): "a mark of the agency's own rows, from which nothing can be read"
            for model in ("events.Event", "intake.Report", "watch.Finding")
        },
    }
)
"""(model, function) that reads a protected table without the gate, with the reason."""


class Watched:
    """Notes every statement on a protected table that did not come through the gate, with the function that asked."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.around: Counter[tuple[str, str]] = Counter()
        self.seen = 0
        self._protected = {model._meta.db_table: model._meta.label for model in protected_models()}
        watched, joined = self, SQLCompiler.get_from_clause

        def get_from_clause(compiler: Any) -> Any:
            clause = joined(compiler)  # of every query, those inside others too
            watched.look_at(compiler.query)
            return clause

        patch.setattr(SQLCompiler, "get_from_clause", get_from_clause)

    def look_at(self, query: Any) -> None:
        self.seen += 1
        if getattr(query, "passed_the_gate", False) or query.is_empty():
            return  # what is joined to it is the gate's affair: it narrows, and takes out what rows refer to
        tables = {join.table_name for alias, join in query.alias_map.items() if query.alias_refcount[alias]}
        models = [self._protected[table] for table in tables if table in self._protected]
        asker = self._asker() if models else ""
        for model in models if asker else ():
            self.around[model, asker] += 1

    def unreviewed(self) -> list[str]:
        """Return which functions read which models around the gate without a reason that stands above."""
        return [f"{model} {asker}" for model, asker in sorted(self.around) if (model, asker) not in REVIEWED]

    def _asker(self) -> str:
        """Return the function of the product that asked; nothing where the gate or a deed did."""
        frame, asker = sys._getframe(3), ""  # past this class, in Django
        while frame is not None:
            name = frame.f_code.co_filename
            judges = name.endswith("/agreements/access.py") and frame.f_code.co_name in GATE_FOR_ONE
            if judges or name.endswith(OF_THE_GATE) or "/actions" in name.partition("/kentongan/")[2]:
                return ""
            if ("/src/kentongan/" in name or "/tests/" in name) and "/agreements/access.py" not in name and not asker:
                asker = f"{name.partition('/src/kentongan/')[2]}:{frame.f_code.co_name}"
            frame = frame.f_back
        return asker


def test_to_the_owner_no_door_shows_a_row_around_the_gate(rows, monkeypatch):
    visitor = Visitor(reader(OWNER, kind="immigration"))
    watched = Watched(monkeypatch)

    for knock in knocks(rows):
        visitor.answer(knock)

    demand_none(watched.unreviewed())
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
