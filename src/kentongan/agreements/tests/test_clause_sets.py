"""The sets of clauses that lists use: never more tests than kinds, written out once, and gone when nobody can ask for them."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.apps import apps
from django.utils import timezone

from kentongan.agreements import access, tasks
from kentongan.agreements.models import Clause, ClauseReach, ClauseSet

from .sharing import AT, SIGNED, clause_between, event_of

Event = apps.get_model("events", "Event")  # an upper room, which this one does not import
KINDS = ("TPPO", "TPPM", "PMI.NP", "IM.CROSSER", "GDS.BBM", "RESP.RAKOR", "IM.REFUGEE", "PILK.UANG")
GIVEN = {"events": {"place": "full"}}


@pytest.fixture
def officer(gazetteer_rows, kinds, agency_of, officer_of):
    agency_of("kanim-atambua")
    return officer_of("polres-belu", kind="police")


def actor(officer):
    return access.actor_for(officer, purpose="prevention", at=AT)


def seen(officer):
    return set(Event.objects.visible_to(actor(officer), at=AT).values_list("pk", flat=True))


def number_of_tests(officer):
    """Return how many sets the list filter asks."""
    return str(Event.objects.visible_to(actor(officer), at=AT).query).count("agreements_clausereach")


def clauses_for_kinds(sets):
    first = clause_between("kanim-atambua", "polres-belu", GIVEN, kinds=list(sets[0]), roots=[5])
    common = {"giver_id": "kanim-atambua", "receiver_id": "polres-belu", "releases": GIVEN, "purposes": ["prevention"]}
    for number, kinds in enumerate(sets[1:], start=2):
        clause = Clause.objects.create(
            instrument=first.instrument, number=number, kinds=list(kinds), drafted_by="officer:1", drafted_at=SIGNED,
            approved_at=SIGNED, **common,
        )  # fmt: skip
        clause.roots.set([5 + number % 3])


def test_two_hundred_clauses_for_ever_other_kinds_are_no_more_tests_than_there_are_kinds(officer):
    every = [kinds for size in range(1, len(KINDS)) for kinds in combinations(KINDS, size)]
    clauses_for_kinds(every[:200])

    assert number_of_tests(officer) == len(KINDS)


def test_clauses_that_name_few_sets_of_kinds_are_one_test_a_set(officer):
    clauses_for_kinds([KINDS[:4], KINDS[2:6], KINDS[:4], ()])

    assert number_of_tests(officer) == 3


@pytest.mark.parametrize("sets", [
    [("TPPO", "TPPM"), ("TPPO", "GDS.BBM"), ("TPPM", "GDS.BBM"), ("TPPO",), ("TPPM",), ("TPPO", "TPPM", "GDS.BBM"), ()],
    [("TPPO", "TPPM"), ("TPPO", "GDS.BBM"), ("TPPM", "GDS.BBM"), ("TPPO",), ("TPPM",), ("TPPO", "TPPM", "GDS.BBM")],
    [("TPPO", "TPPM"), ("GDS.BBM",)],
])  # fmt: skip
def test_however_they_are_grouped_the_list_is_what_the_rule_says(sets, officer):
    clauses_for_kinds(sets)
    events = [
        event_of("kanim-atambua", place=place, kinds=kinds)
        for place in (5, 6, 7, 11)
        for kinds in ((), ("TPPO",), ("TPPM",), ("GDS.BBM",), ("TPPO", "GDS.BBM"), ("RESP.RAKOR",))
    ]

    decisions = access.judge_all(actor(officer), events, at=AT)

    assert seen(officer) == {pk for pk, decision in decisions.items() if decision.allowed}
    assert 0 < len(seen(officer)) < len(events)


# --- the life of a set ---


@pytest.fixture
def later(monkeypatch):
    """Let the clock of the machine show a later instant."""
    begin = timezone.now()

    def move(**by):
        monkeypatch.setattr(timezone, "now", lambda: begin + timedelta(**by))
        return timezone.now()

    return move


def test_a_set_is_written_out_once_and_stays_while_it_may_be_asked_for(officer, later):
    clause_between("kanim-atambua", "polres-belu", GIVEN)
    event = event_of("kanim-atambua")
    assert seen(officer) == seen(officer) == {event.pk}
    kept = ClauseSet.objects.get()

    assert tasks.run_due(at=later(days=59)) == 0

    assert ClauseSet.objects.get() == kept


def test_a_set_that_nobody_can_ask_for_any_more_goes_with_its_reach(officer, later):
    clause_between("kanim-atambua", "polres-belu", GIVEN)
    event = event_of("kanim-atambua")
    seen(officer)

    assert tasks.run_due(at=later(days=61)) == 1
    assert not ClauseSet.objects.exists()
    assert not ClauseReach.objects.exists()
    assert seen(officer) == {event.pk}


def test_a_set_is_never_asked_for_after_its_life_so_that_it_goes_from_under_nobody(officer, later):
    """Whenever a set goes, every name by which a list asks from then on is another one, and was when it still stood."""
    clause_between("kanim-atambua", "polres-belu", GIVEN)
    seen(officer)
    old = ClauseSet.objects.get()

    later(days=31)
    seen(officer)

    assert ClauseSet.objects.exclude(pk=old.pk).count() == 1
    assert str(old.pk) not in _keys_asked(officer)


def test_a_list_whose_set_is_gone_shows_fewer_rows_and_never_more(officer):
    clause_between("kanim-atambua", "polres-belu", GIVEN)
    event_of("kanim-atambua")
    list_in_hand = Event.objects.visible_to(actor(officer), at=AT)
    gone = ClauseSet.objects.get().pk

    ClauseSet.objects.all().delete()

    assert list(list_in_hand) == []
    seen(officer)
    assert ClauseSet.objects.get().pk != gone


def _keys_asked(officer):
    query = Event.objects.visible_to(actor(officer), at=AT).query
    _sql, parameters = query.sql_with_params()
    return {str(one) for one in parameters}
