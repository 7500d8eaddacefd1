"""Values and figures leave a list of others' rows as noted as rows do."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.db import connection
from django.db.models import Count, Max
from django.test.utils import CaptureQueriesContext

from kentongan.agreements import access, need
from kentongan.audit.models import TrailRow

from .sharing import AT, clause_between, event_of

Event = apps.get_model("events", "Event")  # an upper room, which this one does not import
GIVEN = {
    "events": {"place": "full", "time": "full", "title": "full", "persons": "full", "details": "full", "source": "full"}
}


@pytest.fixture
def officer(gazetteer_rows, kinds, agency_of, officer_of):
    agency_of("kanim-atambua")
    return officer_of("polres-belu", kind="police")


@pytest.fixture
def events(officer):
    return [event_of("kanim-atambua") for _n in range(3)]


@pytest.fixture
def clauses(events):
    """Two clauses of events, and one that is of another category."""
    clause_between("kanim-atambua", "polres-belu", {"findings": {"place": "full"}})
    return [clause_between("kanim-atambua", "polres-belu", GIVEN, number=n) for n in (1, 2)]


def seen(officer, *, purpose="prevention", at=AT):
    return Event.objects.visible_to(access.actor_for(officer, purpose=purpose, at=at), at=at)


def noted():
    looks = TrailRow.objects.filter(event="records.listed").order_by("clause")
    return [(row.clause, row.subject, row.facts) for row in looks]


async def _all_of(rows):
    return [row async for row in rows]


WAYS = {
    "values": lambda rows: list(rows.values("place")),
    "a list of values": lambda rows: list(rows.values_list("place", "happened_from")),
    "one column": lambda rows: list(rows.values_list("place", flat=True)),
    "dates": lambda rows: list(rows.dates("happened_from", "month")),
    "figures": lambda rows: [rows.aggregate(last=Max("happened_from"))],
    "values that are not kept": lambda rows: list(rows.values("place").iterator()),
    "values that are waited for": lambda rows: async_to_sync(_all_of)(rows.values("place").aiterator()),
    "one row of values": lambda rows: [rows.values("place").first()],
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_clause_that_serves_is_named_once_for_a_list(way, officer, clauses):
    told = way(seen(officer))

    rows = noted()
    assert [clause for clause, _on, _facts in rows] == sorted(clause.ref for clause in clauses)
    assert {on for _clause, on, _facts in rows} == {"event"}
    assert [(f["of"], f["as"]) for _clause, _on, f in rows] == [("event", "values")] * 2
    assert all(0 < facts["rows"] <= 3 for _clause, _on, facts in rows)
    assert told


def test_a_list_that_is_gone_through_twice_is_one_look(officer, clauses):
    rows = seen(officer).values_list("pk", flat=True)

    assert list(rows) == list(rows)
    list(rows.filter(place=5))

    assert len(noted()) == 2


def test_a_purpose_that_no_clause_serves_leaves_nothing(officer, clauses):
    assert list(seen(officer, purpose="oversight").values_list("pk")) == []
    assert noted() == []


def test_rows_that_are_not_kept_are_whole_and_come_by_no_clause(officer, clauses):
    event_of("polres-belu")

    assert [row.owner_id for row in seen(officer).iterator()] == ["polres-belu"]
    assert noted() == []


def test_an_empty_list_leaves_nothing(officer, clauses):
    assert list(seen(officer).filter(place=11).values_list("pk")) == []
    assert noted() == []


def test_how_many_there_are_leaves_nothing(officer, clauses):
    assert (seen(officer).count(), seen(officer).exists()) == (3, True)
    assert noted() == []


def test_a_list_inside_another_question_leaves_nothing(officer, clauses):
    assert Event.objects.filter(pk__in=seen(officer).values("pk")).count() == 3
    assert noted() == []


def test_the_owner_and_whoever_has_no_clause_leave_nothing(events, officer_of):
    assert len(list(seen(officer_of("kanim-atambua")).values_list("pk"))) == 3
    assert list(seen(officer_of("bc-atambua", kind="customs")).values_list("pk")) == []
    assert noted() == []


def test_a_closed_agency_to_which_no_clause_gives_rows_leaves_nothing(events, officer_of):
    soldier = officer_of("kodim-belu", kind="military")
    clause_between("kanim-atambua", "kodim-belu", GIVEN)
    event_of("kodim-belu")

    assert len(list(seen(soldier).values_list("pk"))) == 1
    assert noted() == []


def test_values_out_of_a_list_are_noted_while_a_glass_is_broken(events, officer):
    actor = access.actor_for(officer, purpose="prevention", at=AT)
    glass = need.break_glass(
        model=Event, pk=events[0].pk, reason="Calon korban akan diseberangkan malam ini juga", by=actor, at=AT
    )

    for at in (AT + timedelta(hours=1), AT + timedelta(hours=4)):
        list(seen(officer, at=at).values_list("pk"))

    row = TrailRow.objects.get(event="records.listed")
    assert row.reasons == [f"granted because of {glass.ref}"]
    assert row.facts == {"of": "event", "as": "values"}


def test_the_look_costs_as_many_statements_for_many_rows_as_for_few(officer, clauses):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            list(seen(officer).values("place").annotate(n=Count("pk")))
        return len(asked)

    statements()  # writes the clauses out
    few = statements()
    for _n in range(20):
        event_of("kanim-atambua")

    assert statements() == few
