"""What the engine doubts: moments that are exact, doubts that speak where they should and hardly ever elsewhere."""

import itertools
import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from rich.console import Console
from scipy import stats

from kentongan.engine import (
    Baseline,
    Bernoulli,
    Clumps,
    Doubt,
    Inference,
    Permutation,
    Plane,
    Poisson,
    Prospective,
    ScanOptions,
    Spatial,
    ZoneLimits,
    scan,
)
from kentongan.engine.commands import show
from kentongan.engine.files import as_json, read_prm, run
from kentongan.engine.files.report import _doubts
from kentongan.engine.scanning import doubts as doubting
from kentongan.engine.scanning.doubts import SIGNIFICANCE, doubts_of, gumbel_distance, gumbel_fit_p_value
from kentongan.engine.scanning.hypotheses import Hypothesis, expectation_of
from kentongan.engine.scanning.pairs import (
    Moments,
    cumulants_of,
    excess_pairs,
    moments_given_margins,
    moments_given_total,
    moments_of_draws,
    moments_of_entries,
    moments_of_squares,
    pairs_in,
    power_sums,
)
from kentongan.engine.tests.satscan_study import study_on_disk

PLACES, WEEKS, A_PLACE_AND_WEEK = 1000, 52, 0.02
"""As in the validation."""

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


def moments_of(values: Any, chances: Any = None) -> tuple[float, float, float]:
    """Mean, variance and third central moment."""
    values = np.asarray(values, dtype=np.float64)
    mean = np.average(values, weights=chances)
    return mean, np.average((values - mean) ** 2, weights=chances), np.average((values - mean) ** 3, weights=chances)


def as_tuple(moments: Moments) -> tuple[float, float, float]:
    return moments.mean, moments.variance, moments.third


def told(counts: Counts, hypothesis: Hypothesis, **others: Any) -> dict[str, Doubt]:
    """The doubts about these cases, by code; without replicas."""
    found = doubts_of(counts, hypothesis, expectation_of(hypothesis, counts), np.empty(0), **others)
    assert len({one.code for one in found}) == len(found)
    return {one.code: one for one in found}


# Moments


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=6))
def test_the_moments_of_pairs_given_both_margins_are_those_of_all_permutations(cases: list[tuple[int, int]]) -> None:
    def table(periods: tuple[int, ...]) -> Counts:
        counts = np.zeros((3, 3), np.int64)
        np.add.at(counts, ([place for place, _ in cases], list(periods)), 1)
        return counts

    periods = tuple(period for _, period in cases)

    every = moments_of([pairs_in(table(order)) for order in itertools.permutations(periods)])

    assert as_tuple(moments_given_margins(table(periods))) == pytest.approx(every, abs=1e-12)


@pytest.mark.parametrize("shares", [[0.2, 0.5, 0.3], [0.01, 0.99], [0.25] * 4])
def test_the_moments_of_excess_pairs_given_the_total_are_those_of_all_tables(shares: list[float]) -> None:
    p, cases = np.array(shares), 5
    falls = list(itertools.product(range(p.size), repeat=cases))

    every = moments_of(
        [float(excess_pairs(np.bincount(fall, minlength=p.size), p)) for fall in falls],
        [math.prod(shares[group] for group in fall) for fall in falls],
    )

    variance, third = moments_given_total(np.array(5.0), power_sums(p))
    assert (0.0, float(variance), float(third)) == pytest.approx(every, abs=1e-12)


def test_the_moments_of_excess_pairs_of_drawn_individuals_are_those_of_all_draws() -> None:
    group = np.repeat(np.arange(3), [2, 5, 3])
    p = np.bincount(group) / group.size
    drawn = [group[list(chosen)] for chosen in itertools.combinations(range(group.size), 4)]

    mean, variance, third = moments_of([float(excess_pairs(np.bincount(one, minlength=3), p)) for one in drawn])

    found = moments_of_draws(4, 10.0, power_sums(p))
    assert (found.mean, found.variance) == pytest.approx((mean, variance))
    assert found.third == pytest.approx(third, rel=0.01)  # not exact, as the docstring says


def test_nothing_varies_when_every_individual_is_a_case() -> None:
    assert moments_of_draws(10, 10.0, power_sums(np.array([0.5, 0.5]))) == Moments(0.0, 0.0, 0.0)


@pytest.mark.parametrize("dispersion", [None, 0.5, 4.0])
def test_the_moments_of_squares_are_those_of_the_counts(dispersion: float | None) -> None:
    means, numbers = np.array([0.3, 2.0, 1.0]), np.arange(400)
    clumping = 0.0 if dispersion is None else 1 / dispersion
    powers = np.array([means**power for power in range(1, 7)])

    found = [
        float(part.sum()) for part in moments_of_squares(*cumulants_of(powers if clumping else powers[:1], clumping))
    ]

    every = np.zeros(3)
    for mean in means:
        chances = (
            stats.poisson.pmf(numbers, mean)
            if dispersion is None
            else stats.nbinom.pmf(numbers, dispersion, dispersion / (dispersion + mean))
        )
        every += moments_of(((numbers - mean) ** 2 - numbers) / 2, chances)
    assert found == pytest.approx(every.tolist(), rel=1e-9)
    if clumping:
        assert as_tuple(moments_of_entries(powers.sum(axis=1), clumping)) == pytest.approx(every.tolist(), rel=1e-9)


def test_the_cumulants_of_a_scaled_expectation_are_those_of_its_multiple() -> None:
    means = np.array([0.3, 2.0])

    def powers(of: Numbers) -> Numbers:
        return np.array([of**power for power in range(1, 7)])

    assert np.allclose(cumulants_of(powers(means), 2.0, 3.0), cumulants_of(powers(3 * means), 2.0))
    assert np.allclose(cumulants_of(means[None], 0.0, 3.0), 3 * means)


def test_tails_are_those_of_the_distributions_that_they_stand_for() -> None:
    gamma = Moments(3.0, 3.0, 6.0)  # of a gamma distribution with shape 3

    assert gamma.above(7.0) == pytest.approx(stats.gamma.sf(7.0, 3.0))
    assert gamma.below(1.0) == pytest.approx(stats.gamma.cdf(1.0, 3.0))
    assert Moments(-3.0, 3.0, -6.0).above(-1.0) == pytest.approx(stats.gamma.cdf(1.0, 3.0))
    assert Moments(-3.0, 3.0, -6.0).above(1.0) == 0.0
    assert Moments(0.0, 4.0, 0.0).above(5.0) == pytest.approx(stats.norm.sf(2.5))
    assert (Moments(1.0, 0.0, 0.0).above(2.0), Moments(1.0, 0.0, 0.0).below(0.0)) == (1.0, 1.0)


# Worlds of the validation's size


@pytest.fixture(scope="module")
def usual() -> Numbers:
    """What 1,000 places of unequal size expect in 52 weeks."""
    population = np.maximum(50, np.random.default_rng(1).lognormal(math.log(1500), 0.8, PLACES))
    return np.outer(A_PLACE_AND_WEEK * population / population.mean(), np.ones(WEEKS))


def season(_: np.random.Generator) -> Numbers:
    return 1 + 0.5 * np.cos(2 * np.pi * np.arange(WEEKS) / 52)[None]


def uneven(random: np.random.Generator) -> Numbers:
    return random.lognormal(-0.125, 0.5, (PLACES, 1))


def clumps(random: np.random.Generator) -> Numbers:
    return random.gamma(0.5, 2.0, (PLACES, WEEKS))


WORLDS = {"season": season, "uneven": uneven, "clumps": clumps}
DRAWN = 25


@pytest.mark.parametrize("code", WORLDS)
def test_a_doubt_speaks_in_its_world(code: str, usual: Numbers) -> None:
    random = np.random.default_rng(2)
    found: Counter[str] = Counter()
    by_clumps: Counter[str] = Counter()
    for _ in range(DRAWN):
        cases = random.poisson(usual * WORLDS[code](random))
        found.update(set(told(cases, Poisson(usual[:, 0]))))
        found.update(f"baseline {one}" for one in told(cases, Baseline(usual)))
        found.update(f"permutation {one}" for one in told(cases, Permutation()))
        by_clumps.update(set(told(cases, Permutation(clumps=Clumps()))))

    assert found[code] >= DRAWN - 1
    assert found[f"baseline {code}"] >= DRAWN - 1
    others = {f"{prefix}{other}" for prefix in ("", "baseline ") for other in WORLDS if other != code}
    assert max(found[other] for other in others) <= DRAWN / 4
    assert found["permutation season"] == found["permutation uneven"] == 0
    assert (found["permutation clumps"] >= DRAWN - 1) == (code == "clumps")
    assert not by_clumps


def test_a_dispersion_that_fits_is_not_doubted_and_one_that_does_not_is(usual: Numbers) -> None:
    random = np.random.default_rng(3)
    cases = random.poisson(usual * clumps(random))

    assert told(cases, Baseline(usual, dispersion=0.5)) == {}
    assert "dispersinya" in told(cases, Baseline(usual, dispersion=5.0))["clumps"].text


def test_a_season_is_told_with_its_size_and_its_remedy(usual: Numbers) -> None:
    random = np.random.default_rng(4)

    doubt = told(random.poisson(50 * usual * season(random)), Poisson(usual[:, 0]))["season"]

    assert doubt.figure == pytest.approx(math.sqrt(0.125), rel=0.05)
    assert doubt.p_value is not None
    assert doubt.p_value < 1e-12
    said = (
        f"sekitar {100 * doubt.figure:.0f} persen",
        f"{doubt.statistic:.1f} simpangan baku",
        "p < 1e-12",
        "permutasi",
    )
    assert [words for words in said if words not in doubt.text] == []


def test_the_figures_are_the_sizes_of_what_was_put_in(usual: Numbers) -> None:
    random = np.random.default_rng(5)

    places = told(random.poisson(50 * usual * uneven(random)), Poisson(usual[:, 0]))["uneven"]
    pairs = told(random.poisson(5 * usual * clumps(random)), Permutation())["clumps"]

    assert places.figure == pytest.approx(math.sqrt(math.expm1(0.25)), rel=0.2)
    assert pairs.figure == pytest.approx(3.0, rel=0.1)


@pytest.mark.parametrize("dispersion", [None, 0.5])
def test_a_fall_of_the_latest_weeks_is_told_and_is_no_season(dispersion: float | None, usual: Numbers) -> None:
    random = np.random.default_rng(6)
    complete = np.where(np.arange(WEEKS) < 50, 1.0, 0.4)

    found = told(random.poisson(5 * usual * complete), Baseline(5 * usual * complete.mean(), dispersion))

    assert set(found) == {"fall"}
    assert found["fall"].figure == pytest.approx(0.4, rel=0.2)
    assert found["fall"].text.startswith("2 periode terakhir")


@pytest.mark.parametrize(("factor", "direction"), [(0.8, "terlalu rendah"), (1.25, "terlalu tinggi")])
def test_a_baseline_at_another_level_than_the_cases_is_told(factor: float, direction: str, usual: Numbers) -> None:
    cases = np.random.default_rng(7).poisson(usual)

    found = told(cases, Baseline(factor * usual))

    assert set(found) == {"level"}
    assert direction in found["level"].text
    assert told(cases, Poisson(factor * usual)) == {}


def test_an_expectation_that_is_no_product_is_doubted_in_the_same_ways(usual: Numbers) -> None:
    random = np.random.default_rng(8)
    expected = usual * random.lognormal(0.0, 0.5, usual.shape)

    for code, factors in WORLDS.items():
        found = told(random.poisson(expected * factors(random)), Poisson(expected))
        assert code in found, code
    assert told(random.poisson(expected), Poisson(expected)) == {}


def test_controls_are_doubted_in_space_and_time() -> None:
    random = np.random.default_rng(9)
    individuals = random.poisson(4.0, (100, WEEKS))
    risks = {
        "season": 0.25 + 0.15 * np.cos(2 * np.pi * np.arange(WEEKS) / 52)[None] + np.zeros((100, 1)),
        "uneven": np.linspace(0.1, 0.4, 100)[:, None] + np.zeros(WEEKS),
        "clumps": random.choice([0.02, 0.6], individuals.shape, p=[0.6, 0.4]),
    }

    for code, risk in risks.items():
        cases = random.binomial(individuals, risk)
        assert code in told(cases, Bernoulli(individuals - cases))
        if code != "clumps":  # which are so many here that weeks and places differ too
            assert set(told(cases, Bernoulli(individuals - cases))) == {code}


# Where there is nothing to doubt


def flat(expected: Numbers) -> Callable[[np.random.Generator], tuple[Counts, Hypothesis]]:
    return lambda random: (random.poisson(expected), Poisson(expected))


def with_baseline(expected: Numbers, r: float | None) -> Callable[[np.random.Generator], tuple[Counts, Hypothesis]]:
    def draw(random: np.random.Generator) -> tuple[Counts, Hypothesis]:
        cases = random.poisson(expected) if r is None else random.negative_binomial(r, r / (r + expected))
        return cases, Baseline(expected, r)

    return draw


def with_controls(individuals: Counts) -> Callable[[np.random.Generator], tuple[Counts, Hypothesis]]:
    who = np.repeat(np.arange(individuals.size), individuals.ravel())

    def draw(random: np.random.Generator) -> tuple[Counts, Hypothesis]:
        ill = random.choice(who, who.size // 3, replace=False)
        cases = np.bincount(ill, minlength=individuals.size).reshape(individuals.shape)
        return cases, Bernoulli(individuals - cases)

    return draw


def expectation(places: int, periods: int, cases: float, spread: float, unlike: float = 0.0) -> Numbers:
    """An expectation of so many cases; `unlike` makes it no product of places and periods."""
    random = np.random.default_rng(places)
    table = np.outer(random.lognormal(0.0, spread, places), np.ones(periods))
    table *= random.lognormal(0.0, unlike, table.shape)
    scaled: Numbers = table * cases / table.sum()
    return scaled


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(flat(expectation(20, 52, 60, 0.8)), id="few cases in many weeks"),
        pytest.param(flat(expectation(300, 12, 300, 1.5, unlike=0.5)), id="an expectation that is no product"),
        pytest.param(with_baseline(expectation(32, 19, 1175, 1.0), None), id="a baseline"),
        pytest.param(with_baseline(expectation(50, 30, 200, 0.5), 0.5), id="a clumped baseline"),
        pytest.param(with_controls(np.random.default_rng(0).poisson(1.5, (40, 12))), id="controls"),
        pytest.param(lambda random: (random.poisson(expectation(100, 52, 300, 1.0)), Permutation()), id="permutation"),
    ],
)
def test_no_doubt_is_told_without_a_cause_more_often_than_it_may_be(
    draw: Callable[[np.random.Generator], tuple[Counts, Hypothesis]], monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds, often = 600, 0.02
    # A larger significance shows sooner whether a test keeps it; the one in use is counted from the p-values.
    monkeypatch.setattr(doubting, "SIGNIFICANCE", often)
    random = np.random.default_rng(10)
    p_values: dict[str, list[float]] = {}
    for _ in range(worlds):
        for code, doubt in told(*draw(random)).items():
            p_values.setdefault(code, []).append(doubt.p_value or 0.0)

    for level in (often, SIGNIFICANCE):
        most = stats.binom.isf(1e-4, worlds, level)
        found = {code: sum(one <= level for one in values) for code, values in p_values.items()}
        assert max(found.values(), default=0) <= most, (level, found)


def test_a_real_outbreak_is_no_doubt(usual: Numbers) -> None:
    random = np.random.default_rng(11)
    cases = random.poisson(usual)
    members = range(100, 112)
    cases[members, -4:] += random.poisson(3.0, (12, 4))

    assert set(told(cases, Poisson(usual[:, 0]))) >= {"uneven", "clumps"}
    assert told(cases, Poisson(usual[:, 0]), significant=[tuple(members)]) == {}


def test_clusters_are_left_out_only_while_half_of_the_cases_remain(usual: Numbers) -> None:
    random = np.random.default_rng(12)
    cases = random.poisson(usual * season(random))

    assert "season" in told(cases, Poisson(usual[:, 0]), significant=[tuple(range(10, 990))])
    assert "season" in told(cases, Poisson(usual[:, 0]), significant=[(0, 1), tuple(range(1000))])


def test_one_place_or_one_case_is_nothing_to_doubt() -> None:
    assert told(np.array([[50, 0, 0, 1]]), Poisson([1.0])) == {}
    assert told(np.array([[0, 0, 0, 1], [0, 0, 0, 0]]), Poisson([1.0, 1.0])) == {}


def test_one_period_is_asked_for_places_only() -> None:
    found = told(np.array([[90], [10], [50], [50]]), Poisson([1.0, 1.0, 1.0, 1.0]))

    assert set(found) == {"uneven"}


def test_a_scan_in_space_is_not_asked_about_time(usual: Numbers) -> None:
    random = np.random.default_rng(13)
    cases = random.poisson(usual * season(random) * uneven(random))

    found = told(cases, Baseline(usual), has_time=False)

    assert set(found) == {"uneven"}
    assert "kovariat" in found["uneven"].text
    assert "permutasi" not in found["uneven"].text


small_tables = arrays.arrays(
    np.int64, arrays.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.integers(0, 9)
)


@given(
    small_tables.filter(lambda counts: counts.any()),
    st.sampled_from(["permutation", "poisson", "table", "bernoulli", "baseline", "clumped"]),
    st.sampled_from([1.0, 1e-100, 1e100]),
    st.randoms(use_true_random=False),
)
def test_every_table_is_judged_without_a_fault_and_places_may_change_their_numbers(
    counts: Counts, kind: str, scale: float, random: Any
) -> None:
    expected = scale * (1 + np.arange(counts.size).reshape(counts.shape) % 3)
    order = np.array(random.sample(range(len(counts)), len(counts)))

    def hypothesis(rows: NDArray[np.int64]) -> Hypothesis:
        kinds: dict[str, Hypothesis] = {
            "permutation": Permutation(),
            "poisson": Poisson(expected[rows, 0]),
            "table": Poisson(expected[rows]),
            "bernoulli": Bernoulli(counts[rows] % 3),
            "baseline": Baseline(expected[rows]),
            "clumped": Baseline(expected[rows], dispersion=0.7),
        }
        return kinds[kind]

    found = told(counts, hypothesis(np.arange(len(counts))))
    again = told(counts[order], hypothesis(order))

    for doubt in found.values():
        assert math.isfinite(doubt.figure)
        assert doubt.p_value is not None
        assert 0 <= doubt.p_value <= SIGNIFICANCE
        assert again[doubt.code].figure == pytest.approx(doubt.figure)
    assert list(again) == list(found)


# Replicas


def test_fewer_replicas_than_a_fit_needs_are_told() -> None:
    random = np.random.default_rng(14)
    counts, nothing = np.array([[1, 0]]), Permutation()

    def found(maxima: Numbers) -> list[str]:
        return [one.code for one in doubts_of(counts, nothing, expectation_of(nothing, counts), maxima)]

    assert found(random.gumbel(size=98)) == ["gumbel"]
    assert found(random.gumbel(size=99)) == []
    assert found(random.gumbel(size=1)) == found(np.ones(999)) == found(np.empty(0)) == []


def test_largest_statistics_that_follow_no_gumbel_distribution_are_told() -> None:
    random = np.random.default_rng(15)
    counts, nothing = np.array([[1, 0]]), Permutation()
    expected = expectation_of(nothing, counts)

    (skewed,) = doubts_of(counts, nothing, expected, random.normal(8.0, 1.0, 999))
    (few,) = doubts_of(counts, nothing, expected, np.round(random.gumbel(8.0, 1.0, 999) * 2) / 2)

    assert skewed.code == few.code == "gumbel"
    assert "hanya mengambil" not in skewed.text
    assert "hanya mengambil" in few.text
    assert skewed.figure == pytest.approx(gumbel_distance(np.random.default_rng(15).normal(8.0, 1.0, 999)))


@pytest.mark.parametrize(("point", "chance"), [(0.637, 0.10), (0.757, 0.05), (1.038, 0.01)])
def test_the_distance_from_gumbel_has_the_percentage_points_of_stephens(point: float, chance: float) -> None:
    random = np.random.default_rng(16)
    distances = np.array([gumbel_distance(random.gumbel(3.0, 2.0, 99)) for _ in range(2000)])

    assert np.mean(distances > point) == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 2000))
    assert np.count_nonzero([gumbel_fit_p_value(one) <= SIGNIFICANCE for one in distances]) <= 8


def test_the_distance_is_that_of_scipy_at_the_most_likely_parameters() -> None:
    values = np.random.default_rng(17).normal(5.0, 2.0, 200)
    location, scale = stats.gumbel_r.fit(values)
    z = np.sort(stats.gumbel_r.cdf(values, location, scale))
    number = np.arange(1, 201)
    plain = -200 - np.mean((2 * number - 1) * (np.log(z) + np.log1p(-z[::-1])))

    assert gumbel_distance(values) == pytest.approx(plain * (1 + 0.2 / math.sqrt(200)), rel=1e-4)


@pytest.mark.parametrize("values", [[0.0] * 98 + [5.0], [0.0, 1e-8] * 50, [0.0] * 50 + [1e3] * 49])
def test_the_distance_of_a_few_values_is_large_and_finite(values: list[float]) -> None:
    assert 2.0 < gumbel_distance(np.array(values)) < math.inf


# In the scan and its reports


def scanned(counts: Counts, hypothesis: Hypothesis, **inference: Any) -> Any:
    side = np.arange(len(counts)) % 10, np.arange(len(counts)) // 10
    options = ScanOptions(
        windows=Prospective(max_periods=4), zones=ZoneLimits(max_share=None, max_neighbours=9), max_clusters=3
    )
    return scan(counts, Plane(*side), hypothesis, options, Inference(**inference), workers=1)


def test_a_scan_tells_its_doubts_and_asks_for_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def listening(*arguments: Any, **others: Any) -> tuple[Doubt, ...]:
        asked.append(others)
        return doubts_of(*arguments, **others)

    monkeypatch.setattr("kentongan.engine.scanning.scan.doubts_of", listening)
    rates = 0.3 * (1 + 0.9 * np.cos(2 * np.pi * np.arange(26) / 26))
    counts = np.random.default_rng(18).poisson(np.outer(np.ones(100), rates))
    counts[44, -1] += 12

    found = scanned(counts, Poisson(np.ones(100)), replicas=99)

    assert [one.code for one in found.doubts if one.code != "gumbel"] == ["season", "grid"]
    assert len(asked) == 1
    assert asked[0]["has_time"]
    assert 44 in asked[0]["significant"][0]
    assert "1/100" in found.doubts[-1].text
    assert found.doubts[-1].figure == found.clusters[0].p_value == 0.01


def test_a_scan_without_cases_has_no_doubts_and_one_without_replicas_only_those_about_its_cases() -> None:
    assert scanned(np.zeros((100, 26), np.int64), Poisson(np.ones(100))).doubts == ()
    rates = np.outer(np.ones(100), np.linspace(0.0, 1.0, 26))
    found = scanned(np.random.default_rng(19).poisson(rates), Poisson(np.ones(100)), replicas=0)
    assert [one.code for one in found.doubts] == ["season"]


def test_a_purely_spatial_scan_asks_for_no_season() -> None:
    counts = np.random.default_rng(20).poisson(np.outer(np.ones(20), [9.0, 1.0]))
    options = ScanOptions(windows=Spatial())

    assert scan(counts, Plane(range(20), range(20)), Poisson(np.ones(20)), options, Inference(replicas=0)).doubts == ()


def test_the_command_prints_doubts_and_writes_them_as_json(tmp_path: Path) -> None:
    report = run(read_prm(study_on_disk(tmp_path)))
    doubt = Doubt("season", "Musim [1].", 0.35, 12.0, 1e-9)
    printed = StringIO()

    show(replace(report, doubts=(doubt,)), Console(file=printed, width=200))

    assert "Perhatian: Musim [1]." in printed.getvalue()
    assert json.loads(json.dumps(as_json(replace(report, doubts=(doubt,)))["doubts"], allow_nan=False)) == [
        {"code": "season", "text": "Musim [1].", "figure": 0.35, "statistic": 12.0, "p_value": 1e-9}
    ]
    assert report.doubts[-2].code == "gumbel"
    assert "Hanya 9 ulangan acak" in report.doubts[-2].text


def test_an_iteration_tells_the_cases_of_its_last_scan_and_the_replicas_of_its_first() -> None:
    rates = np.ones((100, 26))
    first = scanned(
        np.random.default_rng(21).poisson(rates * np.linspace(0.5, 1.5, 26)), Poisson(np.ones(100)), replicas=9
    )
    last = scanned(np.random.default_rng(22).poisson(rates), Poisson(np.ones(100)), replicas=99)

    assert {one.code for one in first.doubts} >= {"season", "gumbel"}
    assert [one.code for one in _doubts([first, last])] == [one.code for one in first.doubts if one.code != "season"]
