"""The streams give the numbers that their authors' programs give, and do not repeat each other."""

import numpy as np

from kentongan.engine.randomness import GOLDEN, draw_below, mixed, next_word, start_stream


def test_mixing_gives_splitmix64s_published_numbers() -> None:
    with np.errstate(over="ignore"):
        counters = [np.uint64(1234567) + np.uint64(step) * GOLDEN for step in (1, 2, 3)]
        interpreted = [int(mixed.py_func(counter)) for counter in counters]

    assert interpreted == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [int(mixed(counter)) for counter in counters] == interpreted


def test_the_stream_gives_xoshiros_published_numbers() -> None:
    expected = [41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205, 9973669472204895162]

    for form in (next_word, next_word.py_func):
        state = np.array([1, 2, 3, 4], dtype=np.uint64)
        with np.errstate(over="ignore"):
            assert [int(form(state)) for _ in expected] == expected


def test_streams_of_one_seed_and_seeds_of_one_stream_differ() -> None:
    starts = set()
    for seed in range(40):
        for stream in range(40):
            state = np.empty(4, dtype=np.uint64)
            start_stream(np.uint64(seed), np.uint64(stream), state)
            starts.update(state.tolist())

    assert len(starts) == 40 * 40 * 4


def test_interpreted_streams_start_and_draw_as_compiled_ones() -> None:
    draws = []
    for start, draw in ((start_stream, draw_below), (start_stream.py_func, draw_below.py_func)):
        state = np.empty(4, dtype=np.uint64)
        with np.errstate(over="ignore"):
            start(np.uint64(7), np.uint64(3), state)
            draws.append([int(draw(np.uint64(10), state)) for _ in range(50)])

    assert draws[0] == draws[1]
    assert set(draws[0]) == set(range(10))


def test_draws_are_even() -> None:
    """Chi-squared over 20 cells, 40,000 draws: below its 99.9 % quantile (19 degrees of freedom: 43.8)."""
    state = np.empty(4, dtype=np.uint64)
    start_stream(np.uint64(99), np.uint64(0), state)
    counts = np.bincount([int(draw_below(np.uint64(20), state)) for _ in range(40_000)], minlength=20)

    assert ((counts - 2000) ** 2 / 2000).sum() < 43.8
