"""Which of thousands of series stand out when so many are looked at, from the province down to the village?

Control of the false-discovery rate over one family of tests (Y. Benjamini, Y. Hochberg, JRSS B 57, 1995; Y. Benjamini,
D. Yekutieli, Annals of Statistics 29, 2001), and down a tree in which a place is tested only where the place above it
stood out (D. Yekutieli, JASA 103, 2008; Y. Benjamini, M. Bogomolov, JRSS B 76, 2014).
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from kentongan.engine.temporal.detection import counts_table, listed, refuse

Rule = Literal["yekutieli", "selective"]

ROOT = -1
"""The parent of a place without a place above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeTest:
    """What a test down the tree found; arrays (places,).

    `is_tested`: the place above stood out, or there is none. `is_rejected`: the place stands out itself. `depth` is 0
    for roots. `families` is how many families of siblings were tested, and `estimated_rate` about what share of all
    discoveries of the tree is expected to be false under independence (equation 5).
    """

    is_tested: NDArray[np.bool_]
    is_rejected: NDArray[np.bool_]
    depth: NDArray[np.int64]
    families: int
    estimated_rate: float


def upper_tail_p(observed: ArrayLike, expected: ArrayLike, *, dispersion: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Return the probability of at least so many events: the plain p-value of a count, valid though counts are whole.

    Shapes:  observed, expected and dispersion broadcast against each other after `observed` is made a table (series,
             weeks); result of that shape.
    Units:   events; expected > 0; dispersion alpha >= 0 (variance mu + alpha mu^2).
    Errors:  EngineInputError with all faults of the counts, the expectations and the dispersions.
    Source:  docs/methods/hierarchy.md, equation 1.
    """
    faults: list[str] = []
    counts = counts_table(observed, faults)
    mean, alpha = np.asarray(expected, dtype=np.float64), np.asarray(dispersion, dtype=np.float64)
    if not (np.isfinite(mean) & (mean > 0)).all():
        faults.append("Nilai harapan harus lebih dari 0.")
    if not (np.isfinite(alpha) & (alpha >= 0)).all():
        faults.append("Dispersi tidak boleh negatif.")
    try:
        counts, mean, alpha = np.broadcast_arrays(counts, mean, alpha)
    except ValueError:
        faults.append("Jumlah kejadian, nilai harapan dan dispersi tidak cocok ukurannya.")
    refuse("Nilai p", faults)
    size = 1 / np.where(alpha > 0, alpha, 1.0)
    x = np.maximum(counts, 1).astype(np.float64)
    tail = np.where(alpha > 0, special.betainc(x, size, mean / (mean + size)), special.gammainc(x, mean))
    p_values: NDArray[np.float64] = np.where(counts > 0, tail, 1.0)
    return p_values


def benjamini_hochberg(p_values: ArrayLike, rate: float = 0.05) -> NDArray[np.bool_]:
    """Return which tests stand out when at most this share of those that do may be false, on average.

    Valid for independent tests, and for tests that are positively dependent as counts of a common season are.

    Shapes:  p_values (tests,); result the same.
    Units:   p-values that are valid: at most t with a probability of at most t (no mid-p-values).
    Errors:  EngineInputError when a p-value is not in [0, 1] or the rate not in (0, 1).
    Source:  docs/methods/hierarchy.md, equation 2.
    """
    p, _ = _checked(p_values, None, rate)
    return _stands_out(p, rate)


def benjamini_yekutieli(p_values: ArrayLike, rate: float = 0.05) -> NDArray[np.bool_]:
    """Return which tests stand out when at most this share of them may be false, however the tests depend.

    Shapes:  p_values (tests,); result the same.
    Units:   valid p-values, as for `benjamini_hochberg`.
    Errors:  EngineInputError when a p-value is not in [0, 1] or the rate not in (0, 1).
    Source:  docs/methods/hierarchy.md, equation 3.
    """
    p, _ = _checked(p_values, None, rate)
    return _stands_out(p, rate / _harmonic(p.size))


def adjusted_p_values(p_values: ArrayLike, *, any_dependence: bool = False) -> NDArray[np.float64]:
    """Return for each test the smallest rate at which it stands out (Benjamini-Hochberg, or -Yekutieli).

    Shapes:  p_values (tests,); result the same.
    Units:   valid p-values, as for `benjamini_hochberg`; result in [0, 1].
    Errors:  EngineInputError when a p-value is not in [0, 1].
    Source:  docs/methods/hierarchy.md, equations 2 to 3.
    """
    p, _ = _checked(p_values, None, 0.5)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * (p.size / np.arange(1, p.size + 1))
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(1.0, (_harmonic(p.size) if any_dependence else 1.0) * adjusted)


def simes_p_values(p_values: ArrayLike, parents: ArrayLike) -> NDArray[np.float64]:
    """Return a p-value for every place from its leaves: small when at least one place below it stands out.

    Shapes:  p_values and parents (places,); p-values of places with places below them are not read; result (places,).
    Units:   valid p-values; parents are positions, ROOT where there is none.
    Errors:  EngineInputError when a p-value is not in [0, 1] or the parents are no tree.
    Source:  docs/methods/hierarchy.md, equation 6.
    """
    p, above = _checked(p_values, parents, 0.5)
    depth = _depths(above)
    result = p.copy()
    for level in range(int(depth.max(initial=0)), 0, -1):
        children = np.flatnonzero(depth == level)
        order, rank, size = _ranks(result[children], above[children])
        sorted_children = children[order]
        value = result[sorted_children] * size / rank
        inner = np.unique(above[children])
        result[inner] = 1.0
        np.minimum.at(result, above[sorted_children], value)
    return result


def tree_test(p_values: ArrayLike, parents: ArrayLike, *, rate: float = 0.05, rule: Rule = "yekutieli") -> TreeTest:
    """Return which places stand out when those below a place are tested only where it stands out itself.

    Siblings are one family, and the roots are one. "yekutieli" tests each family at the rate; "selective" at the rate
    times the share of its parent's family that stood out, and so on upwards, which stays right on average over the
    families looked at though a place's count is the sum of those below it.

    Shapes:  p_values and parents (places,), in any order; result arrays (places,).
    Units:   valid p-values, as for `benjamini_hochberg`; parents are positions, ROOT where there is none.
    Errors:  EngineInputError with all faults: lengths, a p-value not in [0, 1], a parent that is not there, a cycle,
             the rate, the rule.
    Source:  docs/methods/hierarchy.md, equations 4 to 5.
    """
    p, above = _checked(
        p_values,
        parents,
        rate,
        [] if rule in get_args(Rule) else [f"Aturan harus salah satu dari {', '.join(get_args(Rule))}."],
    )
    depth = _depths(above)
    is_tested = depth == 0
    is_rejected = np.zeros(p.size, dtype=np.bool_)
    allowed = np.full(p.size, rate)
    families = 0
    for level in range(int(depth.max(initial=-1)) + 1):
        tested = np.flatnonzero(is_tested & (depth == level))
        if not tested.size:
            break
        order, rank, size = _ranks(p[tested], above[tested])
        tested = tested[order]
        _, family, members = np.unique(above[tested], return_inverse=True, return_counts=True)
        passes = p[tested] <= rank / size * allowed[tested]
        last = np.zeros(members.size, dtype=np.int64)
        np.maximum.at(last, family, np.where(passes, rank, 0))
        is_rejected[tested] = rank <= last[family]
        families += members.size
        below = np.flatnonzero(depth == level + 1)
        is_tested[below] = is_rejected[above[below]]
        if rule == "selective":
            share = np.zeros(p.size)
            share[tested] = (last / members)[family]
            allowed[below] = allowed[above[below]] * share[above[below]]
    discoveries = int(is_rejected.sum())
    return TreeTest(
        is_tested=is_tested,
        is_rejected=is_rejected,
        depth=depth,
        families=families,
        estimated_rate=min(1.0, rate * (discoveries + families) / (discoveries + 1)),
    )


def _ranks(
    p: NDArray[np.float64], family: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the order by family and p-value, and in that order the rank (from 1) within the family and its size."""
    order = np.lexsort((p, family))
    _, first, inverse, size = np.unique(family[order], return_index=True, return_inverse=True, return_counts=True)
    return order, np.arange(p.size) - first[inverse] + 1, size[inverse]


def _stands_out(p: NDArray[np.float64], rate: float) -> NDArray[np.bool_]:
    """Return which p-values are among the k smallest, k the largest with the k-th smallest at most k / m of the rate."""
    smallest = np.sort(p)
    passes = np.flatnonzero(smallest <= np.arange(1, p.size + 1) / max(p.size, 1) * rate)
    return p <= smallest[passes[-1]] if passes.size else np.zeros(p.size, dtype=np.bool_)


def _harmonic(tests: int) -> float:
    """Return 1 + 1/2 + ... + 1/tests, and 1 without a test."""
    return float((1 / np.arange(1, max(tests, 1) + 1)).sum())


def _depths(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many places lie above each; as many as there are places where the way up ends in a cycle.

    By doubling: after k rounds every place knows its ancestor 2^k steps up.
    """
    depth: NDArray[np.int64] = (parents != ROOT).astype(np.int64)
    ancestor = parents.copy()
    for _ in range(int(parents.size).bit_length()):
        is_below = ancestor != ROOT
        if not is_below.any():
            break
        up = ancestor[is_below]
        depth[is_below] += depth[up]
        ancestor[is_below] = ancestor[up]
    depth[ancestor != ROOT] = parents.size
    return depth


def _checked(
    p_values: ArrayLike, parents: ArrayLike | None, rate: float, faults: list[str] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return p-values and parents, or refuse them with all that is wrong."""
    faults = faults or []
    try:
        p = np.asarray(p_values, dtype=np.float64)
    except (TypeError, ValueError):
        p = np.full(1, np.nan)
    if p.ndim != 1:
        faults.append("Nilai p harus berupa satu deret.")
        p = p.ravel()
    wrong = np.flatnonzero(~((p >= 0) & (p <= 1)))
    if wrong.size:
        faults.append(f"Nilai p harus antara 0 dan 1 dan bukan NaN; lihat urutan {listed(wrong)}.")
    if not 0 < rate < 1:
        faults.append("Bagian temuan palsu yang diperbolehkan harus antara 0 dan 1.")
    above = np.full(p.size, ROOT) if parents is None else _checked_parents(np.asarray(parents), p.size, faults)
    refuse("Kendali temuan palsu", faults)
    return p, above


def _checked_parents(parents: NDArray[np.generic], places: int, faults: list[str]) -> NDArray[np.int64]:
    """Return the parents; what is wrong with them is added to the faults."""
    nothing = np.full(places, ROOT, dtype=np.int64)
    if parents.shape != (places,) or (places and not np.issubdtype(parents.dtype, np.integer)):
        faults.append(f"Induk harus berupa {places} nomor urut, satu untuk tiap wilayah ({ROOT}: tanpa induk).")
        return nothing
    above = parents.astype(np.int64)
    absent = np.flatnonzero((above < ROOT) | (above >= places))
    if absent.size:
        faults.append(f"Induk dari wilayah {listed(absent)} tidak ada.")
        return nothing
    circling = np.flatnonzero(_depths(above) == places) if places else above
    if circling.size:
        faults.append(f"Induk wilayah {listed(circling)} berputar: tidak ada yang berpangkal pada wilayah teratas.")
        return nothing
    return above
