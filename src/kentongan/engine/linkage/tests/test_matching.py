"""Pairs found by the model, on records of the benchmark's synthetic population."""

from datetime import date

import pytest

from benchmarks.bench_linkage import by_a_clerk, pairs_within, scored, truth_of, world_of
from kentongan.engine.errors import EngineInputError
from kentongan.engine.linkage import matching
from kentongan.engine.linkage.clustering import clusters
from kentongan.engine.linkage.matching import (
    LEAST_TO_LEARN,
    LinkageNotInstalled,
    learnt,
    pairs_of,
    prior_of,
    weights_for,
)
from kentongan.engine.linkage.model import FIELDS, shipped_parameters
from kentongan.engine.linkage.records import PersonRecord, prepared

needs_extra = pytest.mark.skipif(
    not matching.is_available(), reason="the extra `linkage` (Splink and DuckDB) is not installed"
)


def person(ref, name="Maria Bere", born=date(1990, 3, 7), **more):
    return prepared(PersonRecord(ref, name, born, **more))


def levels_of(pair):
    return {one.field: one.level for one in pair.agreements}


@needs_extra
def test_two_thousand_records_are_linked_as_precisely_as_two_hundred_thousand():
    world = world_of(2_000, seed=5)
    rows, truth = [prepared(one) for one in world.records], truth_of(world)

    groups = clusters(rows, pairs_of(rows, shipped_parameters(), at_least=0.5), at_least=0.95)

    precision, recall = scored(pairs_within(groups), truth)
    assert precision >= 0.99
    assert recall >= 0.85
    assert recall > scored(by_a_clerk(world.records), truth)[1]


@needs_extra
def test_weights_are_learnt_from_many_records_and_say_when_and_from_where(monkeypatch):
    rows = [prepared(one) for one in world_of(2_000, seed=5).records]
    given, day = shipped_parameters(), date(2026, 3, 4)

    assert weights_for(rows, given, as_of=day) is given
    monkeypatch.setattr(matching, "LEAST_TO_LEARN", 2_000)
    found = weights_for(rows, given, as_of=day)

    assert (found.as_of, found.source) == (day, "learnt")
    assert found.weights["nik", "same"] != given.weights["nik", "same"]


@needs_extra
def test_a_pair_says_field_by_field_how_it_agrees():
    at_home = {"village": "Tulakadi", "sex": "P"}
    rows = [
        person("a", "Hj. Jusufina Bere", **at_home, aliases=("Mama Ina",)),
        person("b", "Yusufina Berre", date(1990, 7, 3), **at_home),
        person("c", "Mama Ina", None),
        person("z", "Domingos Soares", date(1970, 1, 1)),
    ]

    found = {(one.left, one.right): one for one in pairs_of(rows, shipped_parameters(), at_least=0.0)}

    assert levels_of(found["a", "b"]) == {
        "nik": "unknown", "name": "same", "alias": "different", "born": "swapped", "sex": "same", "village": "same", "parent": "unknown",
        "phone": "unknown",
    }  # fmt: skip
    assert levels_of(found["a", "c"])["alias"] == "shared"
    assert all("z" not in pair for pair in found)


@needs_extra
def test_the_probability_is_the_prior_and_the_sum_of_what_the_fields_say():
    rows = [person("a", sex="P"), person("b", sex="L")]

    pair = pairs_of(rows, shipped_parameters(), at_least=0.0)[0]

    prior = prior_of(2)
    odds = prior / (1 - prior) * 2 ** sum(one.bits for one in pair.agreements)
    assert pair.probability == pytest.approx(odds / (1 + odds), rel=0.02)


@needs_extra
def test_weights_are_not_learnt_from_few_records_and_every_level_has_one():
    with pytest.raises(EngineInputError, match=str(LEAST_TO_LEARN)):
        learnt([person("a")], shipped_parameters(), as_of=date(2026, 3, 4))
    assert set(shipped_parameters().weights) == {(one.name, level.code) for one in FIELDS for level in one.levels}


@needs_extra
def test_one_ref_twice_is_refused():
    with pytest.raises(EngineInputError):
        pairs_of([person("a"), person("a")], shipped_parameters(), at_least=0.5)


def test_nothing_is_compared_where_there_is_nothing_to_compare():
    assert pairs_of([person("a")], shipped_parameters(), at_least=0.5) == []


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(matching, "is_available", lambda: False)

    with pytest.raises(LinkageNotInstalled, match="linkage"):
        pairs_of([person("a"), person("b")], shipped_parameters(), at_least=0.5)
