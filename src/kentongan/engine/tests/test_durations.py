"""How long it takes when some have not ended, beside a plain computation and published times."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.durations import Waiting, waiting
from kentongan.engine.errors import EngineInputError

Seen = list[tuple[int, bool]]
items = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=30)


def found(seen: Seen) -> Waiting:
    return waiting([length for length, _ended in seen], [ended for _length, ended in seen])


def plain_longer(seen: Seen, time: int) -> Fraction:
    """The share that takes longer than a time, item by item and in exact fractions."""
    longer = Fraction(1)
    for end in sorted({length for length, ended in seen if ended and length <= time}):
        still_there = sum(length >= end for length, _ended in seen)
        ending = sum(length == end and ended for length, ended in seen)
        longer *= 1 - Fraction(ending, still_there)
    return longer


@given(items)
def test_it_is_the_plain_product(seen: Seen) -> None:
    result = found(seen)

    assert result.times.tolist() == sorted({length for length, ended in seen if ended})
    assert result.longer.tolist() == pytest.approx([float(plain_longer(seen, int(t))) for t in result.times])
    assert (result.ended, result.open) == (sum(e for _t, e in seen), sum(not e for _t, e in seen))


@given(items, st.sampled_from([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(1)]))
def test_a_quantile_is_the_first_time_at_which_so_many_have_ended(seen: Seen, share: Fraction) -> None:
    reached = [t for t in range(13) if plain_longer(seen, t) <= 1 - share]

    assert found(seen).quantile(float(share)) == (reached[0] if reached else None)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_when_all_have_ended_the_median_is_that_of_the_sorted_list(lengths: list[int]) -> None:
    median = found([(length, True) for length in lengths]).quantile(0.5)

    assert median == sorted(lengths)[(len(lengths) - 1) // 2]


@given(items, st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_the_unit_goes_through(seen: Seen, random) -> None:
    shuffled = random.sample(seen, len(seen))
    slower = found([(60 * length, ended) for length, ended in shuffled])

    assert slower.longer.tolist() == found(seen).longer.tolist()
    assert slower.times.tolist() == (60 * found(seen).times).tolist()


@given(items)
def test_leaving_out_what_is_open_makes_everything_look_quicker(seen: Seen) -> None:
    ended = [(length, True) for length, has_ended in seen if has_ended]
    if not ended:
        return
    honest, flattering = found(seen), found(ended)

    assert (honest.longer >= flattering.longer - 1e-12).all()


def test_the_remissions_of_freireichs_patients_last_23_weeks_in_the_median() -> None:
    """Freireich et al., Blood 21 (1963): 6-MP; a plus is still in remission. S(6) = 0.857, S(23) = 0.448."""
    text = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
    result = found([(int(word.rstrip("+")), not word.endswith("+")) for word in text.split()])

    assert result.longer[[0, -1]].tolist() == pytest.approx([0.857, 0.448], abs=5e-4)
    assert (result.quantile(0.5), result.quantile(0.9)) == (23.0, None)
    assert (result.ended, result.open) == (9, 12)


def test_of_nothing_and_of_what_never_ended_there_is_no_median() -> None:
    assert waiting([], []).quantile(0.5) is None
    assert found([(5, False), (9, False)]).quantile(0.5) is None
    assert found([(5, False)]).open == 1


@pytest.mark.parametrize(
    ("lengths", "ends"), [([1, 2], [True]), ([-1], [True]), ([math.nan], [True]), ([math.inf], [False])]
)
def test_what_is_no_length_is_refused(lengths: list[float], ends: list[bool]) -> None:
    with pytest.raises(EngineInputError):
        waiting(np.array(lengths), np.array(ends))
