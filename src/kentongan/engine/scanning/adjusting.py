"""Clusters that are already known: what is to be expected so that a scan passes over them and finds what they hide."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

from kentongan.engine.scanning.checking import cases_and_faults, faults_of_hypothesis, numbers_in, refuse
from kentongan.engine.scanning.hypotheses import Baseline, Bernoulli, Hypothesis, Permutation, Poisson, shaped

MOST_ROUNDS = 10_000
"""Of the fit of places and periods; a handful is usual."""

CLOSE_ENOUGH = 1e-10
"""Cases by which the fit may still change when it ends; and what rounding may lack of a half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCluster:
    """Places and periods, both ends included, that are known to differ; `last_period` None: until now.

    `relative_risk` is their risk over everybody else's, as it became known; None: as observed.
    """

    members: tuple[int, ...]
    first_period: int = 0
    last_period: int | None = None
    relative_risk: float | None = None

    @property
    def periods(self) -> slice:
        """Its periods, as columns of a table."""
        return slice(self.first_period, None if self.last_period is None else self.last_period + 1)


def adjusted_for(
    known: Sequence[KnownCluster], cases: ArrayLike, hypothesis: Hypothesis
) -> tuple[NDArray[np.int64], Hypothesis]:
    """Return the cases and the hypothesis with which a scan passes over these clusters, and what they hide is found.

    Poisson and baseline: the expectation is multiplied by the relative risk; as observed, by the one with which exactly
    what was observed is expected. Bernoulli: their individuals are taken out. Permutation: their cells count as
    missing, and are filled with what the others let expect.

    Shapes:  cases (places, periods) or (places,); the result (places, periods).
    Units:   counts; periods from 0.
    Errors:  EngineInputError with everything that is wrong: unknown places and periods, a relative risk where there is
             none, nothing left to compare with.
    Source:  docs/methods/scan-statistics.md, equations 7 to 9.
    """
    counts, faults = cases_and_faults(cases)
    faults = [*faults, *faults_of_hypothesis(hypothesis, counts)]
    refuse([*faults, *_faults_of_known(known, counts, hypothesis, is_sound=not faults)])
    if isinstance(hypothesis, Permutation | Bernoulli):
        return taken_out(_cells_of(known, counts), counts, hypothesis) if known else (counts, hypothesis)
    expected = _table(hypothesis, counts)
    multiply_by_known_risks(expected, known)
    _expect_as_observed(expected, [one for one in known if one.relative_risk is None], counts, hypothesis)
    return counts, replace(hypothesis, expected=expected)


def multiply_by_known_risks(expected: NDArray[np.float64], known: Sequence[KnownCluster]) -> None:
    """Leave in `expected` what is expected under the relative risks that are told; those that overlap multiply.

    Shapes:  expected (places, periods), changed.
    Units:   of the expectation, or of a population.
    Errors:  none; the clusters were checked.
    Source:  docs/methods/scan-statistics.md, equation 7.
    """
    for one in known:
        if one.relative_risk is not None:
            expected[list(one.members), one.periods] *= one.relative_risk


def taken_out(
    is_out: NDArray[np.bool_], counts: NDArray[np.int64], hypothesis: Hypothesis
) -> tuple[NDArray[np.int64], Hypothesis]:
    """Return the cases and the hypothesis without these cells: no cases, nobody at risk; a permutation fills them.

    Shapes:  is_out and counts (places, periods).
    Units:   cases.
    Errors:  none; the cells were checked (`can_be_compared`).
    Source:  docs/methods/scan-statistics.md, section "Clusters one after the other".
    """
    if isinstance(hypothesis, Permutation):
        return _filled(counts, is_out), hypothesis
    left = np.where(is_out, 0, counts)
    if isinstance(hypothesis, Bernoulli):
        return left, Bernoulli(np.where(is_out, 0.0, shaped(hypothesis.controls, counts.shape[1])))
    return left, replace(hypothesis, expected=np.where(is_out, 0.0, _table(hypothesis, counts)))


def can_be_compared(is_out: NDArray[np.bool_], counts: NDArray[np.int64], hypothesis: Hypothesis) -> bool:
    """Return whether a scan without these cells has cases left, and something to compare them with.

    A permutation must still tell how any place compares with any other, over periods that they share or by way of
    others: else nothing tells what the missing cells would hold.

    Shapes:  is_out and counts (places, periods).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 9.
    """
    left = np.where(is_out, 0, counts)
    if not left.any():
        return False
    if isinstance(hypothesis, Bernoulli):
        return bool(shaped(hypothesis.controls, counts.shape[1])[~is_out].any())
    return not isinstance(hypothesis, Permutation) or _has_a_fit(left, is_out)


def _has_a_fit(left: NDArray[np.int64], is_out: NDArray[np.bool_]) -> bool:
    """Return whether one product of places and periods, with no zero and no infinity, fits the cells that are left best.

    It does when cases can be moved, keeping all sums, so that no cell is empty: when each period leads to each other
    one, from a period to those that are known of the places with cases in it.
    """
    places, periods = left.any(axis=1), left.any(axis=0)
    has_cases = left[np.ix_(places, periods)] > 0
    is_known = ~is_out[np.ix_(places, periods)]
    leads_to = has_cases.T.astype(np.float32) @ is_known.astype(np.float32) > 0
    groups, _ = connected_components(leads_to, connection="strong")
    return bool(groups == 1)


def _filled(counts: NDArray[np.int64], is_out: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the cases with those of the missing cells replaced by what the others let expect, in whole cases."""
    place, period = np.nonzero(is_out)
    until = np.cumsum(missing_expectation(counts, is_out)[place, period])
    # Rounding the running sum keeps the total and each place's own within one case, and spreads what falls to them.
    whole = np.floor(until + 0.5 + CLOSE_ENOUGH).astype(np.int64)
    result = counts.copy()
    result[place, period] = np.diff(whole, prepend=0)
    return result


def missing_expectation(counts: NDArray[np.int64], is_out: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what the other cells let expect in each of these, if places and periods are independent; 0 elsewhere.

    Shapes:  counts, is_out and the result (places, periods).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equation 9.
    """
    left = np.where(is_out, 0, counts)
    of_place, of_period = left.sum(axis=1).astype(np.float64), left.sum(axis=0).astype(np.float64)
    place, period = np.nonzero(is_out)
    level, time = of_place, of_period / max(of_period.sum(), 1.0)
    fitted = np.zeros(place.size)
    for _ in range(MOST_ROUNDS):
        level = _shared(of_place, time.sum() - np.bincount(place, time[period], of_place.size))
        time = _shared(of_period, level.sum() - np.bincount(period, level[place], of_period.size))
        before, fitted = fitted, level[place] * time[period]
        if place.size == 0 or np.abs(fitted - before).max() < CLOSE_ENOUGH:
            break
    result = np.zeros(counts.shape)
    result[place, period] = fitted
    return result


def _shared(cases: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return cases for each unit of what they are shared among; none where there are none."""
    return np.divide(cases, among, out=np.zeros_like(cases), where=cases > 0)


def _table(hypothesis: Poisson | Baseline, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what is expected of each place and period, as a table of its own."""
    given = np.asarray(hypothesis.expected, dtype=np.float64)
    return np.repeat(given[:, None], counts.shape[1], axis=1) if given.ndim == 1 else given.copy()


def _cells_of(known: Sequence[KnownCluster], counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where these clusters are."""
    cells = np.zeros(counts.shape, dtype=np.bool_)
    for one in known:
        cells[list(one.members), one.periods] = True
    return cells


def _expect_as_observed(
    expected: NDArray[np.float64],
    known: Sequence[KnownCluster],
    counts: NDArray[np.int64],
    hypothesis: Poisson | Baseline,
) -> None:
    """Leave in `expected` so much more (or less) in each of these clusters that it expects what was observed in it."""
    is_rest = ~_cells_of(known, counts)
    common = 1.0
    if isinstance(hypothesis, Poisson) and counts.any():
        # The expectation is scaled to the cases afterwards; the rest keeps what was observed in it.
        common = float(expected[is_rest].sum() / counts[is_rest].sum())
    for one in known:
        cells = (list(one.members), one.periods)
        if expected[cells].any():
            expected[cells] *= counts[cells].sum() * common / expected[cells].sum()


def _faults_of_known(
    known: Sequence[KnownCluster], counts: NDArray[np.int64], hypothesis: Hypothesis, *, is_sound: bool
) -> list[str]:
    """Return what is wrong with the known clusters; with `is_sound` also what they leave of sound data."""
    reasons = [
        f"Kelompok yang sudah diketahui nomor {number}: {why}"
        for number, one in enumerate(known)
        for why in _faults_of_one(one, counts.shape, hypothesis)
    ]
    if isinstance(hypothesis, Permutation) and known:
        reasons += faults_of_clumps_left_out(hypothesis)
    if reasons or not known or not is_sound:
        return reasons
    as_observed = [one for one in known if one.relative_risk is None]
    held = sum((_cells_of([one], counts).astype(np.int64) for one in as_observed), np.zeros(counts.shape, np.int64))
    if isinstance(hypothesis, Poisson | Baseline) and (held > 1).any():
        reasons.append(
            "Dua kelompok yang sudah diketahui dan tanpa risiko relatif memuat tempat dan periode yang sama; gabungkan "
            "keduanya atau sebutkan risikonya."
        )
    # A baseline is compared with itself alone, and needs nothing beside the clusters.
    needs_others = bool(as_observed) and not isinstance(hypothesis, Baseline) and bool(counts.any())
    if needs_others and not can_be_compared(held > 0, counts, hypothesis):
        reasons.append(
            "Di luar kelompok yang sudah diketahui tidak tersisa cukup kasus dan pembanding; kurangi kelompoknya."
        )
    return reasons


def faults_of_clumps_left_out(hypothesis: Permutation) -> list[str]:
    """Return why cells cannot be taken out of a permutation of clumps.

    Shapes:  none.
    Units:   none.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-statistics.md, section "Clusters already known".
    """
    if hypothesis.clumps is None:
        return []
    return [
        "Permutasi gumpalan tidak dapat melewati kelompok: yang diharapkan di dalamnya tidak dapat dinyatakan sebagai "
        "gumpalan. Keluarkan tempatnya dari tabel, atau pakailah permutasi kasus."
    ]


def _faults_of_one(one: KnownCluster, shape: tuple[int, ...], hypothesis: Hypothesis) -> list[str]:
    """Return what is wrong with one known cluster."""
    places, periods = shape
    last = periods - 1 if one.last_period is None else one.last_period
    members = numbers_in(one.members)
    is_risky = isinstance(hypothesis, Poisson | Baseline)
    faults = (
        (members.ndim != 1 or not members.size, "tidak menyebut satu tempat pun; sebutkan nomor tempatnya."),
        (
            members.ndim == 1 and not ((members == np.floor(members)) & (members >= 0) & (members < places)).all(),
            f"memuat tempat yang tidak dikenal; ada {places} tempat, dihitung dari 0.",
        ),
        (
            members.ndim == 1 and np.unique(members).size != members.size,
            "menyebut satu tempat lebih dari sekali.",
        ),
        (
            not 0 <= one.first_period <= last < periods,
            f"periodenya harus berurutan dan di dalam data; ada {periods} periode, dihitung dari 0.",
        ),
        (
            one.relative_risk is not None and is_risky and not 0 < one.relative_risk < math.inf,
            "risiko relatifnya harus bilangan di atas 0.",
        ),
        (
            one.relative_risk is not None and not is_risky,
            "permutasi dan Bernoulli tidak mengenal risiko relatif; kosongkan, dan kelompoknya dilewati.",
        ),
    )
    return [text for is_wrong, text in faults if is_wrong]
