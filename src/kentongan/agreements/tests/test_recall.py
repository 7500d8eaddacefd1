"""What a process remembers of agencies and agreements holds until anything of it changes, and no longer."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kentongan.agencies.models import Agency, AgencyParent, Membership
from kentongan.agreements import recall
from kentongan.agreements.bodies import Hierarchy
from kentongan.agreements.in_force import agreed_with
from kentongan.agreements.models import Clause, Instrument, InstrumentChange, RulesStamp
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind

from .sharing import AT, clause_between

TODAY = AT.date()
EARLIER = AT - timedelta(days=9)
GIVER, READER, OTHER, FORUM = "kanim-atambua", "polres-belu", "kodim-belu", "satgas-tppo"


class Undone(Exception):
    """Takes back what a test changed."""


@pytest.fixture
def world(gazetteer_rows, kinds, agency_of):
    """Leave a row in every table that is remembered."""
    for agency in (GIVER, READER, OTHER):
        agency_of(agency)
    Agency.objects.create(id=FORUM, name=FORUM, kind="taskforce", country="ID", level="province", is_forum=True)
    AgencyParent.objects.create(agency_id=OTHER, parent_id=READER)
    Membership.objects.create(agency_id=OTHER, forum_id=FORUM)
    clause = clause_between(GIVER, READER, {"events": {"title": "full"}}, roots=[5], kinds=["TPPO"], onward="allowed")
    clause.exceptions.set([6])
    InstrumentChange.objects.create(
        instrument=clause.instrument,
        what="suspended",
        effective_at=AT,
        why="uji",
        agency_id=GIVER,
        by="officer:1",
        at=AT,
    )
    return clause


def stamp():
    return RulesStamp.objects.get().stamp


@pytest.mark.parametrize("model", recall.STAMPED, ids=lambda model: model._meta.db_table)
def test_no_row_is_added_changed_or_deleted_without_another_stamp(model, world):
    before = stamp()

    with pytest.raises(Undone):
        _change_a_row_of(model, seen := [])

    assert len({before, *seen}) == 4
    assert stamp() == before, "a change that is taken back takes its stamp with it"


@transaction.atomic
def _change_a_row_of(model, stamps):
    """Change, delete and add a row past all models, as somebody at the database's own prompt; then take it back."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        later = "PRAGMA defer_foreign_keys = ON" if connection.vendor == "sqlite" else "SET CONSTRAINTS ALL DEFERRED"
        cursor.execute(later)
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")  # noqa: S608 - a table's name
        row = cursor.fetchone()
        chosen = row[[column[0] for column in cursor.description].index(key)]
        for statement, values in (
            (f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", [chosen]),  # noqa: S608 - a table's name
            (f"DELETE FROM {table} WHERE {key} = %s", [chosen]),  # noqa: S608 - a table's name
            (f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", [_stored(one) for one in row]),  # noqa: S608
        ):
            cursor.execute(statement, values)
            stamps.append(stamp())
    raise Undone


def _stored(value):
    return json.dumps(value) if isinstance(value, dict | list) else value


def test_nothing_is_remembered_of_a_table_without_a_stamp(world):
    read = {one["sql"] for one in _asked(lambda: recall.standing_of(READER, on=TODAY))}

    tables = {name for sql in read for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)}
    assert tables == {model._meta.db_table for model in (*recall.STAMPED, RulesStamp)}


def test_what_is_remembered_costs_one_look_at_the_stamp(world, django_assert_num_queries):
    first = recall.standing_of(READER, on=TODAY)

    with django_assert_num_queries(1):
        again = recall.standing_of(READER, on=TODAY)

    assert again.agreed is first.agreed
    assert [clause.clause for clause in again.agreed.clauses] == [world.pk]


def test_a_database_without_a_stamp_is_read_each_time(world):
    RulesStamp.objects.all().delete()
    before = recall.standing_of(READER, on=TODAY)
    Clause.objects.update(ended_at=EARLIER, ended_why="uji")

    after = recall.standing_of(READER, on=TODAY)

    assert after.agreed != before.agreed


def test_what_changed_while_it_was_read_is_not_remembered(world, monkeypatch):
    def read_and_change(body):
        found = agreed_with(body)
        if not Clause.objects.filter(note="terlambat").exists():
            Clause.objects.update(note="terlambat", ended_at=EARLIER, ended_why="uji")
        return found

    monkeypatch.setattr(recall, "agreed_with", read_and_change)
    early = recall.standing_of(READER, on=TODAY)

    assert early.agreed.clauses[0].is_in_force(AT - timedelta(days=1))
    assert recall.standing_of(READER, on=TODAY).agreed == agreed_with(early.body) != early.agreed


def test_few_days_and_agencies_are_remembered(world, monkeypatch):
    monkeypatch.setattr(recall, "AGENCIES", 2)
    for days in range(3 * recall.DAYS):
        for agency in (GIVER, READER, OTHER, FORUM):
            recall.standing_of(agency, on=TODAY - timedelta(days=days))
            assert len(recall._kept.hierarchies) <= recall.DAYS
            assert len(recall._kept.agreed) <= 2

    assert recall.standing_of(READER, on=TODAY).agreed.clauses


def _asked(what):
    with CaptureQueriesContext(connection) as queries:
        what()
    return queries.captured_queries


# --- the law ---

AGENCIES = (GIVER, READER, OTHER)
agencies = st.sampled_from(AGENCIES)
changes = st.one_of(
    st.tuples(st.just("clause"), agencies, agencies, st.booleans()),
    st.tuples(st.just("end"), st.integers(0, 9)),
    st.tuples(st.just("suspend"), st.integers(0, 9)),
    st.tuples(st.just("roots"), st.integers(0, 9)),
    st.tuples(st.just("parent"), agencies, agencies),
    st.tuples(st.just("member"), agencies),
    st.tuples(st.just("rename"), agencies),
    st.tuples(st.just("kind"), st.integers(0, 99)),
)
steps = st.lists(st.tuples(st.booleans(), st.lists(changes, min_size=1, max_size=3)), min_size=1, max_size=5)


class TestWhateverChanges(TestCase):
    @given(steps)
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_what_is_remembered_is_what_reading_anew_would_find(self, steps):
        for agency in AGENCIES:
            Agency.objects.create(id=agency, name=agency, kind="police", country="ID", level="regency")
        Agency.objects.create(id=FORUM, name=FORUM, kind="taskforce", country="ID", level="province", is_forum=True)
        Place.objects.create(id=1, code="53", name="NTT", level="province", country="ID")
        for is_kept, some in steps:
            try:
                with transaction.atomic():
                    for what, *values in some:
                        _change(what, *values)
                    _compare()
                    if not is_kept:
                        raise Undone
            except Undone:
                pass
            _compare()


def _compare():
    for agency in AGENCIES:
        found, fresh = recall.standing_of(agency, on=TODAY), Hierarchy(TODAY)
        assert found.body == fresh.body_of(agency)
        assert found.hierarchy.bodies == fresh.bodies
        assert found.agreed == agreed_with(found.body)


def _change(what, *values):
    clauses = list(Clause.objects.order_by("pk"))
    chosen = clauses[values[0] % len(clauses)] if clauses and isinstance(values[0], int) else None
    if what == "clause":
        giver, receiver, is_onward = values
        clause_between(giver, receiver, {"events": {}}, onward="allowed" if is_onward else "none", kinds=["TPPO"])
    elif what == "parent":
        agency, parent = values
        AgencyParent.objects.filter(agency_id=agency).delete()
        if agency != parent:
            AgencyParent.objects.create(agency_id=agency, parent_id=parent)
    elif what == "member":
        if Membership.objects.filter(agency_id=values[0]).delete()[0] == 0:
            Membership.objects.create(agency_id=values[0], forum_id=FORUM)
    elif what == "rename":
        Agency.objects.filter(pk=values[0]).update(country="TL")
    elif what == "kind":
        Kind.objects.get_or_create(code=f"TPPO.{values[0]}", defaults={"kind_class": "offence", "label_id": "uji"})
    elif chosen and what == "end":
        Clause.objects.filter(pk=chosen.pk).update(ended_at=AT, ended_why="uji")
    elif chosen and what == "suspend":
        Instrument.objects.filter(pk=chosen.instrument_id).update(in_force_to=AT.date())
    elif chosen and what == "roots":
        chosen.roots.set([] if chosen.roots.exists() else [1])
