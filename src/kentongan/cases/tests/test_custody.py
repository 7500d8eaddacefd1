"""The chain of custody against a plain walk, and its gaps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kentongan.cases.custody import SIDES, Gap, Handing, gaps, holder_of

AT = datetime(2026, 3, 4, tzinfo=UTC)
BOTH = frozenset(SIDES)


def chain(*holders):
    return [
        Handing(a, b, AT + timedelta(hours=n), Decimal(100), BOTH)
        for n, (a, b) in enumerate(pairwise(holders), start=1)
    ]


@given(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=8))
def test_a_chain_in_which_each_gives_what_it_got_has_no_gap(holders):
    made = chain(*holders)

    assert gaps(holders[0], AT, Decimal(100), made) == []
    assert holder_of(holders[0], made) == holders[-1]


def test_each_kind_of_gap_is_named_with_its_hand_over():
    made = [
        Handing("satgas", "bea cukai", AT, Decimal(100), BOTH),
        Handing("polres", "rupbasan", AT - timedelta(hours=1), Decimal(90), frozenset({"giver"})),
    ]

    assert gaps("satgas", AT - timedelta(hours=2), Decimal(100), made) == [
        Gap(2, "holder", "bea cukai", "polres"),
        Gap(2, "time", AT.isoformat(), (AT - timedelta(hours=1)).isoformat()),
        Gap(2, "quantity", "100", "90"),
        Gap(2, "receiver"),
    ]


@given(st.sets(st.sampled_from(SIDES)))
def test_a_side_that_has_not_given_its_word_is_a_gap(confirmed):
    made = [Handing("a", "b", AT, Decimal(1), frozenset(confirmed))]

    assert {gap.what for gap in gaps("a", AT, Decimal(1), made)} == set(SIDES) - confirmed
