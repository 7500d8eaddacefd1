"""The rules on people, in full tables."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.cases import people
from kentongan.cases.people import GuardianFacts


@pytest.mark.parametrize(("now", "then", "was_victim"), list(product(people.ROLES, people.ROLES, [True, False])))
def test_whoever_is_or_was_a_victim_becomes_a_suspect_by_two_words_only(now, then, was_victim):
    assert people.needs_second_word(now, then, was_victim=was_victim) == (
        then == "suspect" and (was_victim or now == "victim")
    )


@pytest.mark.parametrize("offence", sorted(people.offences_alleged()))
def test_no_victim_becomes_a_suspect_without_a_legal_reason_whatever_the_offence(offence):
    def why(legal):
        return people.why_role_may_not_change(
            "victim", "suspect", was_victim=True, offence=offence, reason="ya", legal_reason=legal
        )

    assert (why("  "), why("Pasal 18 tidak berlaku karena …")) == ("no_legal_reason", "")


def test_the_shipped_table_knows_acts_that_follow_from_being_a_victim_and_acts_that_do_not():
    assert {one.is_status for one in people.offences_alleged().values()} == {True, False}


@pytest.mark.parametrize(
    ("asked_by", "by", "role", "is_same", "may"),
    [
        ("officer:1", "officer:2", "leader", True, True),
        ("officer:1", "officer:1", "leader", True, False),
        ("officer:1", "officer:2", "leader", False, False),
        ("officer:1", "officer:2", "case_officer", True, False),
        ("officer:1", "officer:2", "system", True, False),
        ("officer:1", "officer:2", "administrator", True, False),
    ],
)
def test_the_second_word_is_a_supervisors_and_anothers(asked_by, by, role, is_same, may):
    assert people.may_give_second_word(asked_by=asked_by, by=by, role=role, is_same_agency=is_same) == may


GUARDIAN = GuardianFacts("parent", is_in_conflict=False, best_interest_recorded=True)


@pytest.mark.parametrize(
    ("giver", "age", "guardian", "why"),
    [
        ("subject", "adult", None, ""),
        ("subject", "unknown", None, ""),
        ("guardian", "adult", GUARDIAN, "adult_speaks"),
        ("subject", "child", GUARDIAN, "child_needs_guardian"),
        ("guardian", "child", None, "no_best_interest"),
        ("guardian", "child", GUARDIAN, ""),
        ("guardian", "child", GuardianFacts("nobody", False, True), "no_guardian"),
        ("guardian", "child", GuardianFacts("parent", True, True), "guardian_in_conflict"),
        ("guardian", "child", GuardianFacts("agency", False, True), ""),
        ("nobody", "adult", None, "no_giver"),
    ],
)
def test_who_consents_for_whom(giver, age, guardian, why):
    assert people.why_consent_does_not_stand(giver, age=age, guardian=guardian, reason="") == why


@pytest.mark.parametrize("age", people.AGES)
def test_help_that_cannot_wait_needs_a_reason_and_nobodys_consent(age):
    assert people.why_consent_does_not_stand("vital", age=age, guardian=None, reason=" ") == "no_reason"
    assert people.why_consent_does_not_stand("vital", age=age, guardian=None, reason="luka berat") == ""


@given(st.integers(1, 20_000))
def test_pseudonyms_count_like_columns_of_a_sheet(number):
    assert people.number_of(people.letters(number)) == number


def test_the_first_pseudonyms_are_the_letters_in_order():
    assert [people.letters(n) for n in (1, 2, 26, 27, 52, 53, 702, 703)] == ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]  # fmt: skip
