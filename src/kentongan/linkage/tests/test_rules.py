"""Whom a machine may compare for whom, and which records hang together."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.rules import PURPOSES
from kentongan.linkage.models import CandidateLink
from kentongan.linkage.rules import LINK_STEPS, Compared, joined_with, may_be_compared

PROTECTION = ("protection_officer", "victim_protection")


@pytest.mark.parametrize(
    "somebody",
    [
        Compared(frozenset({"victim"}), "adult", False),
        Compared(frozenset({"suspect", "victim"}), "adult", False),
        Compared(frozenset({"reporter"}), "unknown", False),
        Compared(frozenset({"suspect"}), "child", False),
        Compared(frozenset({"witness"}), "adult", True),
    ],
    ids=["a victim", "a suspect who was a victim", "a reporter", "a child", "in a case on refugees"],
)
def test_victims_reporters_children_and_refugees_are_compared_for_protection_by_its_officer_alone(somebody):
    may = {(r, p) for r, p in product(ROLE_LABELS, PURPOSES) if may_be_compared(somebody, purpose=p, role=r)}

    assert may == {PROTECTION}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_other_adults_are_compared_for_investigation_and_protection(purpose):
    adult = Compared(frozenset({"suspect"}), "unknown", False)

    assert may_be_compared(adult, purpose=purpose, role="case_officer") == (
        purpose in ("investigation", "victim_protection")
    )


def test_the_steps_name_every_state():
    assert set(LINK_STEPS) == set(CandidateLink.State.values)


@given(st.sets(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=9))
def test_what_is_joined_with_one_is_joined_with_all_that_it_is_joined_with(edges):
    group = joined_with({"a"}, edges)

    assert "a" in group
    assert all((one in group) == (other in group) for one, other in edges)
    assert all(joined_with({one}, edges) <= group for one in group)
