"""False-discovery control against plain rules, in laws, and in worlds without and with something to find."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal.hierarchy import (
    ROOT,
    adjusted_p_values,
    benjamini_hochberg,
    benjamini_yekutieli,
    simes_p_values,
    tree_test,
    upper_tail_p,
)

RULES = ["yekutieli", "selective"]
p_lists = st.lists(st.sampled_from([0.0, 0.001, 0.004, 0.01, 0.02, 0.03, 0.05, 0.2, 0.7, 1.0]), max_size=12)
rates = st.sampled_from([0.01, 0.05, 0.2])


def plain_rejections(p: list[float], rate: float) -> list[bool]:
    """Benjamini-Hochberg as published: the largest k whose k-th smallest p-value is at most k / m of the rate."""
    ordered = sorted(p)
    most = max((k for k in range(1, len(p) + 1) if ordered[k - 1] <= k / len(p) * rate), default=0)
    return [most > 0 and value <= ordered[most - 1] for value in p]


def plain_tree(p: list[float], parents: list[int], rate: float, rule: str) -> tuple[list[bool], list[bool], int]:
    """Family by family, from the roots down."""
    tested, rejected, families = [False] * len(p), [False] * len(p), 0

    def visit(parent: int, allowed: float) -> None:
        nonlocal families
        family = [place for place, above in enumerate(parents) if above == parent]
        if not family:
            return
        families += 1
        found = plain_rejections([p[place] for place in family], allowed)
        share = sum(found) / len(family) if rule == "selective" else 1.0
        for place, stands_out in zip(family, found, strict=True):
            tested[place], rejected[place] = True, stands_out
            if stands_out:
                visit(place, allowed * share)

    visit(ROOT, rate)
    return tested, rejected, families


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[float], list[int]]:
    """Places in any order: parents are drawn for a numbering from the roots down, which is then shuffled."""
    p = draw(p_lists)
    ordered = [draw(st.integers(ROOT, place - 1)) for place in range(len(p))]
    new = draw(st.permutations(range(len(p))))
    parents = [ROOT] * len(p)
    for place, above in enumerate(ordered):
        parents[new[place]] = ROOT if above == ROOT else new[above]
    return p, parents


@settings(max_examples=300, deadline=None)
@given(p_lists, rates)
def test_one_family_equals_the_published_rule(p: list[float], rate: float) -> None:
    assert benjamini_hochberg(p, rate).tolist() == plain_rejections(p, rate)
    harmonic = sum(1 / k for k in range(1, len(p) + 1))
    assert benjamini_yekutieli(p, rate).tolist() == plain_rejections(p, rate / max(harmonic, 1))


@settings(max_examples=100, deadline=None)
@given(p_lists, rates, st.booleans())
def test_an_adjusted_p_value_is_the_smallest_rate_that_rejects(p: list[float], rate: float, by: bool) -> None:
    adjusted = adjusted_p_values(p, any_dependence=by)

    rejected = (benjamini_yekutieli if by else benjamini_hochberg)(p, rate)
    is_clear = np.abs(adjusted - rate) > 1e-12
    assert ((adjusted <= rate) == rejected)[is_clear].all()
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= 1).all()


@settings(max_examples=300, deadline=None)
@given(trees(), rates, st.sampled_from(RULES))
def test_a_tree_is_tested_family_by_family(tree: tuple[list[float], list[int]], rate: float, rule: Any) -> None:
    p, parents = tree

    result = tree_test(p, parents, rate=rate, rule=rule)

    tested, rejected, families = plain_tree(p, parents, rate, rule)
    assert result.is_tested.tolist() == tested
    assert result.is_rejected.tolist() == rejected
    assert result.families == families
    assert result.estimated_rate == pytest.approx(min(1.0, rate * (sum(rejected) + families) / (sum(rejected) + 1)))


@settings(max_examples=150, deadline=None)
@given(trees(), rates, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_a_smaller_p_value_and_another_order_lose_no_discovery(
    tree: tuple[list[float], list[int]], rate: float, rule: Any, random: Any
) -> None:
    p, parents = tree
    before = tree_test(p, parents, rate=rate, rule=rule).is_rejected

    smaller = [value / 2 for value in p]
    new = list(range(len(p)))
    random.shuffle(new)
    moved_p, moved_parents = [0.0] * len(p), [ROOT] * len(p)
    for place, above in enumerate(parents):
        moved_p[new[place]], moved_parents[new[place]] = p[place], ROOT if above == ROOT else new[above]

    assert not (before & ~tree_test(smaller, parents, rate=rate, rule=rule).is_rejected).any()
    moved = tree_test(moved_p, moved_parents, rate=rate, rule=rule).is_rejected
    assert [bool(moved[place]) for place in new] == before.tolist()


@settings(max_examples=150, deadline=None)
@given(trees())
def test_simes_combines_the_places_below(tree: tuple[list[float], list[int]]) -> None:
    p, parents = tree

    def simes(place: int) -> float:
        below = sorted(simes(child) for child, above in enumerate(parents) if above == place)
        return min((len(below) * value / k for k, value in enumerate(below, 1)), default=p[place])

    np.testing.assert_allclose(simes_p_values(p, parents), [simes(place) for place in range(len(p))])


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 60), st.floats(0.01, 40), st.sampled_from([0.0, 0.1, 2.0]))
def test_upper_tails_equal_the_distributions(count: int, mean: float, alpha: float) -> None:
    p = upper_tail_p(count, mean, dispersion=alpha)[0, 0]

    law = stats.nbinom(1 / alpha, 1 / (1 + alpha * mean)) if alpha else stats.poisson(mean)
    assert p == pytest.approx(law.sf(count - 1), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("mean", [0.05, 0.7, 4.0])
def test_discrete_p_values_are_valid_and_mid_p_values_would_not_be(mean: float) -> None:
    counts = np.arange(60)
    chance = stats.poisson(mean).pmf(counts)
    p = upper_tail_p(counts, mean)[0]
    mid_p = p - chance / 2

    assert all(chance[p <= t].sum() <= t * (1 + 1e-12) for t in p)
    assert any(chance[mid_p <= t].sum() > t for t in mid_p)


def country(sizes: tuple[int, ...]) -> list[NDArray[Any]]:
    """The places of every level; those of one level are numbered one after another, children of one parent together."""
    totals = np.cumprod(sizes)
    starts = np.concatenate(([0], np.cumsum(totals)))
    return [np.arange(starts[level], starts[level + 1]) for level in range(len(sizes))]


def simulated_rates(rule: Any, *, hot_villages: int, worlds: int) -> tuple[float, float]:
    """The mean share of false discoveries, and of hot villages found, when counts add up from the villages."""
    levels = country((4, 4, 5, 6))
    parents = np.full(levels[-1][-1] + 1, ROOT)
    for upper, lower in itertools.pairwise(levels):
        parents[lower] = np.repeat(upper, lower.size // upper.size)
    generator = np.random.default_rng(77)
    false_shares, found = [], []
    for _ in range(worlds):
        expected, hot = np.zeros(parents.size), np.zeros(parents.size, dtype=bool)
        expected[levels[-1]] = 0.7
        hot[generator.choice(levels[-1], hot_villages, replace=False)] = True
        counts = np.zeros(parents.size, dtype=np.int64)
        counts[levels[-1]] = generator.poisson(0.7 + 8.0 * hot[levels[-1]])
        villages = hot.copy()
        for level in reversed(levels[1:]):
            for table in (counts, expected, hot):
                np.add.at(table, parents[level], table[level])
        rejected = tree_test(upper_tail_p(counts, expected)[0], parents, rule=rule).is_rejected
        false_shares.append((rejected & ~hot).sum() / max(1, rejected.sum()))
        found.append(rejected[villages].sum())
    return float(np.mean(false_shares)), float(np.sum(found)) / max(1, worlds * hot_villages)


@pytest.mark.parametrize("rule", RULES)
def test_where_there_is_nothing_to_find_at_most_the_rate_is_found(rule: Any) -> None:
    false_share, _ = simulated_rates(rule, hot_villages=0, worlds=600)

    assert false_share <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 600)


@pytest.mark.parametrize(("rule", "limit"), [("yekutieli", 2 * 1.44 * 0.05), ("selective", 0.05)])
def test_among_outbreaks_few_discoveries_are_false(rule: Any, limit: float) -> None:
    false_share, found = simulated_rates(rule, hot_villages=12, worlds=200)

    assert false_share <= limit
    assert found > 0.1


def test_independent_tests_without_effect_keep_the_rate_exactly() -> None:
    p = np.random.default_rng(6).random((4000, 50))

    found = np.mean([benjamini_hochberg(row, 0.1).any() for row in p])

    assert found == pytest.approx(0.1, abs=3 * math.sqrt(0.09 / 4000))


def test_a_country_is_tested_at_once() -> None:
    levels = country((38, 14, 14, 11))
    parents = np.full(levels[-1][-1] + 1, ROOT)
    for upper, lower in itertools.pairwise(levels):
        parents[lower] = np.repeat(upper, lower.size // upper.size)

    result = tree_test(np.zeros(parents.size), parents)

    assert result.is_rejected.all()
    assert [int((result.depth == depth).sum()) for depth in range(4)] == [level.size for level in levels]
    assert result.families == 1 + sum(level.size for level in levels[:-1])


@pytest.mark.parametrize(
    ("p", "parents", "rate", "rule", "reasons"),
    [
        ([0.1, math.nan], [-1, -1], 0.05, "yekutieli", ["bukan NaN; lihat urutan 1"]),
        ([0.1, 1.2, -0.1], [-1, -1, -1], 1.0, "bonferroni", ["urutan 1, 2", "palsu yang", "Aturan"]),
        ([[0.1], [0.2]], [-1, 0], 0.05, "yekutieli", ["satu deret"]),
        ("p", [-1], 0.05, "yekutieli", ["urutan 0"]),
        ([0.1, 0.2], [-1], 0.05, "yekutieli", ["2 nomor urut"]),
        ([0.1, 0.2], [-1, 0.5], 0.05, "yekutieli", ["2 nomor urut"]),
        ([0.1, 0.2], [-1, 2], 0.05, "yekutieli", ["wilayah 1 tidak ada"]),
        ([0.1, 0.2], [-2, 0], 0.05, "yekutieli", ["wilayah 0 tidak ada"]),
        ([0.1], [0], 0.05, "yekutieli", ["wilayah 0 berputar"]),
        ([0.1] * 4, [-1, 3, 1, 2], 0.05, "yekutieli", ["wilayah 1, 2, 3 berputar"]),
        ([0.1] * 7, [1, 2, 3, 4, 5, 6, 5], 0.05, "yekutieli", ["0, 1, 2, 3, 4 dan 2 lainnya berputar"]),
    ],
)
def test_faulty_input_is_refused_with_all_reasons(
    p: Any, parents: Any, rate: float, rule: Any, reasons: list[str]
) -> None:
    with pytest.raises(EngineInputError) as refusal:
        tree_test(p, parents, rate=rate, rule=rule)

    assert len(refusal.value.details) == len(reasons)
    assert all(reason in refusal.value.message for reason in reasons)


@pytest.mark.parametrize(
    ("observed", "expected", "dispersion", "reason"),
    [
        ([[-1]], 1.0, 0.0, "negatif"),
        ([[1]], 0.0, 0.0, "lebih dari 0"),
        ([[1]], 1.0, -1.0, "Dispersi"),
        ([[1, 2]], [1.0, 2.0, 3.0], 0.0, "tidak cocok"),
    ],
)
def test_counts_without_a_p_value_are_refused(observed: Any, expected: Any, dispersion: float, reason: str) -> None:
    with pytest.raises(EngineInputError, match=reason):
        upper_tail_p(observed, expected, dispersion=dispersion)
