"""Trafficking as act, means and purpose; smuggling as its own test; the law of the day of the act."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.cases import offences

LAST_OLD, FIRST_NEW = date(2026, 1, 1), date(2026, 1, 2)


@pytest.mark.parametrize(
    ("offence", "day", "named"),
    [("TPPM", LAST_OLD, "UU 6/2011 Pasal 120"), ("TPPM", FIRST_NEW, "Pasal 457"), ("TPPO", LAST_OLD, "UU 21/2007"), ("TPPO", FIRST_NEW, "Pasal 455")],
)  # fmt: skip
def test_the_day_of_the_act_decides_the_law(offence, day, named):
    assert named in offences.law_on(offence, day).basis


def test_what_was_not_compared_with_the_text_is_marked():
    assert all(law.is_unsure for law in offences.offence_laws() if law.valid_to is None)


def test_an_offence_without_a_row_has_no_law_and_no_test():
    assert offences.law_on("GDS.BBM", FIRST_NEW) is None
    assert offences.elements_open("GDS.BBM", [], is_child=False) == ()


@given(st.sets(st.sampled_from(["act", "means", "purpose"])), st.booleans())
def test_trafficking_asks_for_three_elements_and_of_a_child_for_two(stated, is_child):
    needed = ["act", "purpose"] if is_child else ["act", "means", "purpose"]

    assert offences.elements_open("TPPO", stated, is_child=is_child) == tuple(e for e in needed if e not in stated)


@given(st.booleans())
def test_smuggling_is_a_test_of_its_own_and_the_same_for_children(is_child):
    assert offences.elements_open("TPPM", ["act", "means"], is_child=is_child) == (
        "profit",
        "bringing",
        "without_right",
    )


def test_every_element_has_at_least_one_form_and_the_two_offences_share_none():
    for offence, elements in offences.ELEMENTS.items():
        assert {form.element for form in offences.forms_of(offence)} == set(elements)
    assert not set(offences.ELEMENTS["TPPO"]) & set(offences.ELEMENTS["TPPM"])
