"""Shares with their intervals, beside published values and the test that they turn round."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.errors import EngineInputError
from kentongan.engine.proportions import share_of

Z = 1.959963984540054

counts = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_intervals_are_those_of_newcombes_table(hits: int, of: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3: to four places."""
    share = share_of(hits, of)

    assert (share.low, share.high) == pytest.approx((low, high), abs=5e-5)


def is_contradicted(hits: int, of: int, share: float) -> bool:
    """The score test, as it is defined."""
    return abs(hits / of - share) > Z * math.sqrt(share * (1 - share) / of)


@given(counts)
def test_the_interval_holds_what_the_counts_do_not_contradict_and_nothing_else(pair: tuple[int, int]) -> None:
    found = share_of(*pair)

    grid = [n / 500 for n in range(501)]
    kept = [s for s in grid if found.low + 1e-9 < s < found.high - 1e-9]
    left_out = [s for s in grid if s < found.low - 1e-9 or s > found.high + 1e-9]
    assert not any(is_contradicted(*pair, s) for s in kept)
    assert all(is_contradicted(*pair, s) for s in left_out)


@given(counts)
def test_the_share_lies_in_its_interval_and_the_rest_in_the_mirrored_one(pair: tuple[int, int]) -> None:
    hits, of = pair
    share, rest = share_of(hits, of), share_of(of - hits, of)

    assert 0 <= share.low <= hits / of <= share.high <= 1
    assert (rest.low, rest.high) == pytest.approx((1 - share.high, 1 - share.low))


@given(counts, st.integers(2, 20))
def test_the_same_share_of_more_is_surer(pair: tuple[int, int], times: int) -> None:
    few, many = share_of(*pair), share_of(pair[0] * times, pair[1] * times)

    assert many.high - many.low < few.high - few.low


def test_of_nothing_nothing_is_known() -> None:
    share = share_of(0, 0)

    assert (share.value, share.low, share.high) == (None, 0.0, 1.0)


@pytest.mark.parametrize("wrong", [(-1, 5), (6, 5), (0, -1)])
def test_what_is_no_part_of_a_whole_is_refused(wrong: tuple[int, int]) -> None:
    with pytest.raises(EngineInputError):
        share_of(*wrong)


@pytest.mark.parametrize("confidence", [0.0, 1.0, math.nan])
def test_a_confidence_is_between_nothing_and_certainty(confidence: float) -> None:
    with pytest.raises(EngineInputError):
        share_of(1, 2, confidence=confidence)
