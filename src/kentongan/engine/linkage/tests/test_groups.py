"""Groups under rules: two NIK are two people, and two children of one parent are two children."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.linkage.clustering import are_siblings, clusters, may_be_one
from kentongan.engine.linkage.matching import Pair
from kentongan.engine.linkage.records import PersonRecord, prepared

A_NIK, B_NIK = ("00" + "0101450190" + tail for tail in ("0001", "0002"))
AT_HOME = {"village": "Tulakadi", "parent": "Yosef Bere"}


def person(ref="a", name="Maria Bere", born=date(1990, 3, 7), **more):
    return prepared(PersonRecord(ref, name, born, **more))


@pytest.mark.parametrize(
    ("name", "born"),
    [("Marta Bere", date(1993, 1, 2)), ("Yohanes Bere", date(1990, 3, 7))],
    ids=["a sister", "a twin"],
)
def test_children_of_one_parent_and_village_are_two(name, born):
    assert are_siblings(person(**AT_HOME), person("b", name, born, **AT_HOME))


@pytest.mark.parametrize(
    ("name", "born"),
    [("Maria Bere", date(1990, 7, 3)), ("Maria", date(1990, 3, 7)), ("Marria Berre", date(1990, 3, 7)), ("Bere Maria", date(1990, 3, 8)), ("Maria Bere", date(1994, 5, 9))],
    ids=["day and month swapped", "one word of the name", "doubled letters", "one digit off", "one name with another birth"],
)  # fmt: skip
def test_one_child_written_twice_is_one(name, born):
    assert not are_siblings(person(**AT_HOME), person("b", name, born, **AT_HOME))


def test_two_nik_are_two_people_and_one_nik_is_one():
    assert not may_be_one(person(nik=A_NIK), person("b", nik=B_NIK))
    assert may_be_one(person(nik=A_NIK, **AT_HOME), person("b", "Marta", date(1980, 1, 1), nik=A_NIK, **AT_HOME))


def test_two_nik_are_not_joined_by_a_third_record_between_them():
    rows = [person("a", nik=A_NIK), person("b"), person("c", nik=B_NIK)]
    pairs = [Pair("a", "b", 0.99, ()), Pair("b", "c", 0.98, ())]

    assert clusters(rows, pairs, at_least=0.9) == [("a", "b")]


REFS = "abcdefgh"


@settings(max_examples=60, deadline=None)
@given(
    niks=st.lists(st.sampled_from(["", A_NIK, B_NIK]), min_size=8, max_size=8),
    edges=st.lists(st.tuples(st.sampled_from(REFS), st.sampled_from(REFS), st.floats(0, 1)), max_size=20),
)
def test_no_group_breaks_a_rule_and_none_falls_below_the_threshold(niks, edges):
    rows = {ref: person(ref, nik=nik) for ref, nik in zip(REFS, niks, strict=True)}
    pairs = [Pair(left, right, probability, ()) for left, right, probability in edges if left != right]

    groups = clusters(list(rows.values()), pairs, at_least=0.5)

    joined = {ref for pair in pairs if pair.probability >= 0.5 for ref in (pair.left, pair.right)}
    assert all(len({rows[ref].nik for ref in group} - {None}) <= 1 for group in groups)
    assert {ref for group in groups for ref in group} <= joined
    assert sum(len(group) for group in groups) == len({ref for group in groups for ref in group})
