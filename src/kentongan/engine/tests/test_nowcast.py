"""Nowcasts against plain integrals, against simulated delays, and against what nobody can know yet."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from kentongan.engine.errors import EngineInputError
from kentongan.engine.silence import known_shares
from kentongan.engine.temporal.nowcast import (
    NowcastOptions,
    delay_profile,
    nowcast,
    nowcast_with_shares,
    reporting_triangle,
    shares_by_age,
)

PROFILE = np.array([0.3, 0.3, 0.2, 0.1, 0.07, 0.03])


def simulated(
    generator: np.random.Generator, *, series: int, weeks: int, rate: float, clumps: float = 0.0
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Final counts and what is known of them now; `clumps` makes the profile differ from week to week."""
    final = generator.poisson(rate, (series, weeks))
    triangle = np.zeros((series, weeks, PROFILE.size), dtype=np.int64)
    for place, week in np.ndindex(series, weeks):
        profile = generator.dirichlet(PROFILE * clumps) if clumps else PROFILE
        triangle[place, week] = generator.multinomial(final[place, week], profile)
    is_over = (np.arange(weeks)[:, np.newaxis] + np.arange(PROFILE.size)) < weeks
    return final, triangle * is_over


def plain_shares(triangle: NDArray[Any], prior: float) -> list[float]:
    """Equations 1 to 3 for one series, cell by cell."""
    weeks, delays = triangle.shape
    shares = [1.0]
    for delay in range(delays - 1, 0, -1):
        arrived = at_risk = 0
        for week in range(weeks - delay):
            arrived += triangle[week, delay]
            at_risk += triangle[week, : delay + 1].sum()
        a = prior / delays + arrived
        b = delay * prior / delays + at_risk - arrived
        shares.insert(0, shares[0] * b / (a + b))
    return shares


triangles = st.tuples(st.integers(3, 7), st.integers(1, 3)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 9), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


def until_now(cells: list[list[int]]) -> NDArray[Any]:
    table = np.array(cells)
    return np.where((np.arange(len(table))[:, np.newaxis] + np.arange(table.shape[1])) < len(table), table, 0)


@settings(max_examples=100, deadline=None)
@given(triangles, st.sampled_from([0.5, 1.0, 4.0]))
def test_the_share_known_equals_the_plain_product_of_hazards(cells: list[list[int]], prior: float) -> None:
    triangle = until_now(cells)

    result = nowcast(triangle, options=NowcastOptions(prior_reports=prior))

    shares = plain_shares(triangle, prior)
    by_age = result.share_known[0, ::-1]
    np.testing.assert_allclose(by_age[: len(shares)], shares[: len(by_age)], rtol=1e-12)
    assert (by_age[len(shares) :] == 1).all()


@settings(max_examples=100, deadline=None)
@given(triangles)
def test_nothing_that_is_known_is_taken_back(cells: list[list[int]]) -> None:
    result = nowcast(until_now(cells))

    assert (result.known <= result.lower).all()
    assert (result.lower <= result.upper).all()
    assert (result.expected >= result.known).all()
    complete = slice(0, max(0, len(cells) - len(cells[0]) + 1))
    np.testing.assert_array_equal(result.upper[:, complete], result.known[:, complete])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=8), st.floats(0.05, 0.95), st.sampled_from([0.5, 0.8, 0.95]))
def test_with_given_shares_the_missing_are_negative_binomial(counts: list[int], share: float, level: float) -> None:
    options = NowcastOptions(level=level, prior_weeks=0.5)

    result = nowcast_with_shares(counts, [share], options=options)

    usual = (sum(counts) + 0.5) / (len(counts) - 1 + share)
    missing = stats.nbinom(counts[-1] + 0.5 * usual, (share + 0.5) / 1.5)
    assert result.expected[0, -1] == pytest.approx(counts[-1] + missing.mean())
    assert result.lower[0, -1] == counts[-1] + missing.ppf((1 - level) / 2)
    assert result.upper[0, -1] == counts[-1] + missing.ppf((1 + level) / 2)
    assert result.expected[0, :-1].tolist() == counts[:-1]


def test_many_reports_leave_the_multiplicative_estimate() -> None:
    triangle = np.tile(1_000_000 * np.array([5, 3, 2]), (30, 1))
    triangle[-2:, 2], triangle[-1:, 1] = 0, 0

    result = nowcast(triangle)

    np.testing.assert_allclose(result.expected[0], 1e7, rtol=1e-3)
    np.testing.assert_allclose(delay_profile(triangle)[0], [0.5, 0.3, 0.2], rtol=1e-6)


def test_without_any_report_the_profile_is_even_and_little_is_expected() -> None:
    nothing = np.zeros((20, 4), dtype=int)

    result = nowcast(nothing)

    np.testing.assert_allclose(delay_profile(nothing)[0], 0.25)
    assert 0 < result.expected[0, -1] < 0.2
    assert result.upper[0].max() <= 1


@pytest.mark.parametrize(("rate", "clumps"), [(1.0, 0.0), (8.0, 0.0), (8.0, 5.0), (40.0, 5.0)])
def test_intervals_hold_the_final_count_as_often_as_they_say(rate: float, clumps: float) -> None:
    generator = np.random.default_rng(2024)
    inside, surplus = [], []
    for _ in range(20):
        final, triangle = simulated(generator, series=8, weeks=40, rate=rate, clumps=clumps)
        result = nowcast(triangle)
        inside.append(((result.lower <= final) & (final <= result.upper))[:, -5:])
        surplus.append((result.expected - final)[:, -5:])

    assert 0.86 <= np.mean(inside) <= 0.98
    assert abs(np.mean(surplus)) < 0.12 * rate


def test_delays_that_clump_widen_the_interval() -> None:
    _, triangle = simulated(np.random.default_rng(3), series=1, weeks=60, rate=40, clumps=4.0)

    cautious, bold = nowcast(triangle), nowcast(triangle, options=NowcastOptions(clumping=False))

    assert (cautious.upper - cautious.lower)[0, -1] > 1.5 * (bold.upper - bold.lower)[0, -1]


def test_a_series_with_few_reports_borrows_the_profile_of_all() -> None:
    _, many = simulated(np.random.default_rng(8), series=3, weeks=40, rate=30)
    few = np.zeros((1, *many.shape[1:]), dtype=np.int64)
    few[0, 10, 5] = 1

    profile = delay_profile(np.concatenate((many, few)))[3]

    np.testing.assert_allclose(profile, PROFILE, atol=0.07)
    alone = delay_profile(few)[0]
    assert alone[5] > 0.5 > profile[5]


def test_a_profile_adds_up_to_the_shares_that_silence_uses() -> None:
    generator = np.random.default_rng(12)
    happened = generator.integers(0, 30, 400)
    delays = generator.integers(-3, 28, 400)

    triangle = reporting_triangle(happened, delays, weeks=40, max_delay=4)

    assert triangle.sum() == 400
    shares = shares_by_age(triangle.sum(axis=(0, 1)) / 400)
    np.testing.assert_allclose(shares, known_shares(delays, weeks=5))


def test_the_triangle_holds_what_is_known_when_the_last_week_ends() -> None:
    triangle = reporting_triangle(
        [0, 0, 2, 2, 1], [-2, 30, 7, 8, 0.5], weeks=4, max_delay=2, series=[0, 0, 1, 1, 1], number_of_series=2
    )

    assert np.argwhere(triangle).tolist() == [[0, 0, 0], [1, 1, 1], [1, 2, 1]]
    later = reporting_triangle([0, 0, 2, 2], [-2, 30, 7, 8], weeks=6, max_delay=2)
    assert later[0].tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert not reporting_triangle([], [], weeks=3, max_delay=1).any()


@pytest.mark.parametrize(
    ("triangle", "reasons"),
    [
        ([[1, -1], [1, 0]], ["negatif"]),
        ([[1, math.nan], [0.5, 0]], ["NaN", "tidak bulat"]),
        ([[1, 1], [1, 1]], ["setelah minggu terakhir"]),
        ([[1, 0, 0], [1, 0, 0]], ["terlalu pendek"]),
        ([[1e12, 0], [1, 0]], ["lebih besar"]),
        ([1, 2], ["menurut deret"]),
        ([["a"]], ["menurut deret"]),
        (np.zeros((0, 3, 2)), ["menurut deret"]),
    ],
)
def test_a_faulty_triangle_is_refused_with_all_reasons(triangle: Any, reasons: list[str]) -> None:
    for function in (nowcast, delay_profile):
        with pytest.raises(EngineInputError) as refusal:
            function(triangle, options=NowcastOptions(level=1.0, prior_weeks=0.0))

        assert len(refusal.value.details) == len(reasons) + 2
        assert all(reason in refusal.value.message for reason in reasons)


@pytest.mark.parametrize("shares", [[1.5], [math.nan], [[0.5]]])
def test_faulty_shares_are_refused(shares: Any) -> None:
    with pytest.raises(EngineInputError, match="antara 0 dan 1"):
        nowcast_with_shares([[1, 2]], shares)


@pytest.mark.parametrize("profile", [[0.7, 0.7], [-0.1, 0.5], [math.nan], 0.4])
def test_a_faulty_profile_is_refused(profile: Any) -> None:
    with pytest.raises(EngineInputError, match="Sebaran keterlambatan"):
        shares_by_age(profile)


@pytest.mark.parametrize(
    ("happened", "delays", "options", "reason"),
    [
        ([0, 5], [1, 1], {}, "Minggu kejadian"),
        ([0.5], [1], {}, "Minggu kejadian"),
        ([0], [math.nan], {}, "bukan bilangan"),
        ([0], [1, 2], {}, "sama panjang"),
        ([0], [1], {"series": [1]}, "Deret harus"),
        ([0], [1], {"number_of_series": 0}, "positif"),
    ],
)
def test_faulty_events_are_refused(happened: Any, delays: Any, options: Any, reason: str) -> None:
    with pytest.raises(EngineInputError, match=reason):
        reporting_triangle(happened, delays, weeks=4, max_delay=2, **options)
