"""Where the assumptions of a scan do not hold: what was seen, what it does to the p-values, what to use instead."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.scanning.hypotheses import Baseline, Bernoulli, Expectation, Hypothesis, Permutation
from kentongan.engine.scanning.likelihood import TIE
from kentongan.engine.scanning.pairs import (
    MOST_POWERS,
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

SIGNIFICANCE = 0.001
"""Of every test of an assumption: a doubt that is told without a cause about once in a thousand scans."""

LONGEST_DELAY = 4
"""Periods at the end that are looked at for a fall; each length is one more test."""

FEWEST_FOR_GUMBEL = 99
FEW_VALUES = 0.5
"""Share of different values among the largest statistics below which the text says that they are few."""

STEPS = 100
"""Of Newton's method; it needs fewer than ten."""

OF_REPLICAS = frozenset({"gumbel", "grid"})
"""Codes of the doubts that concern the replicas and not the cases."""

LARGEST_EXPONENT = 700.0
SMALLEST_SHOWN = 1e-12


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason not to take the p-values at their word.

    `code` is stable: level, fall, season, uneven, clumps, gumbel or grid. `figure` is what was seen, in the unit that
    docs/methods/scan-statistics.md gives for the code; `statistic` and `p_value` are those of the test of the
    assumption, None where there was nothing to test. `text` says all of it in Indonesian.
    """

    code: str
    text: str
    figure: float
    statistic: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The cases that are looked at (places, periods), and what is expected of them, summed by place and by period.

    `places` are the rows' numbers in the expectation. For a baseline with dispersion the expectation's powers 1 to 6 are
    summed as well (powers, places) and (powers, periods), else they are the sums alone (1, ...).
    """

    hypothesis: Hypothesis
    expectation: Expectation
    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    place_powers: NDArray[np.float64]
    period_powers: NDArray[np.float64]

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return int(self.counts.sum())

    def expected(self, rows: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.float64]:
        """Return what is expected of these rows in every period."""
        return self.expectation.of(self.places[rows], 0, self.counts.shape[1] - 1)

    @property
    def by_period(self) -> NDArray[np.float64]:
        """What is expected of every period."""
        by_period: NDArray[np.float64] = self.period_powers[0]
        return by_period

    @property
    def clumping(self) -> float:
        """1 / r of a negative binomial baseline, else 0."""
        return _clumping(self.hypothesis)


def _clumping(hypothesis: Hypothesis) -> float:
    dispersion = hypothesis.dispersion if isinstance(hypothesis, Baseline) else None
    return 0.0 if dispersion is None else 1 / dispersion


def doubts_of(
    counts: NDArray[np.int64],
    hypothesis: Hypothesis,
    expectation: Expectation,
    maxima: NDArray[np.float64],
    *,
    significant: Sequence[Sequence[int]] = (),
    smallest_p_value: float = 1.0,
    has_time: bool = True,
) -> tuple[Doubt, ...]:
    """Return what speaks against the p-values of a scan.

    Places of significant clusters are left out of the tests, the most likely cluster first, as long as half of the
    cases remain: a real outbreak is no doubt. Without time only the sums of the places are tested.

    Shapes:  counts (places, periods); maxima (replicas,); significant: the members of each cluster.
    Units:   cases; log-likelihood ratios; p-values in [0, 1].
    Errors:  none; there is at least one case and the hypothesis was checked.
    Source:  docs/methods/scan-statistics.md, section "What the engine doubts".
    """
    # Expectations that are out of all measure overflow; then nothing is known, and nothing is told.
    with np.errstate(all="ignore"):
        table = _looked_at(counts, hypothesis, expectation, significant)
        found = [] if table is None else _doubts_of_table(table, has_time=has_time)
    return (*found, *_doubts_of_gumbel(maxima), *_doubts_of_grid(maxima.size, smallest_p_value))


def _looked_at(
    counts: NDArray[np.int64], hypothesis: Hypothesis, expectation: Expectation, significant: Sequence[Sequence[int]]
) -> _Table | None:
    """Return the table without the places of significant clusters; None where too little remains to look at."""
    of_place = counts.sum(axis=1)
    stays = np.ones(len(counts), dtype=np.bool_)
    for members in significant:
        without = stays.copy()
        without[np.asarray(members, dtype=np.int64)] = False
        if 2 * int(of_place[without].sum()) >= int(of_place.sum()):
            stays = without
    places = np.flatnonzero(stays & (expectation.base > 0))
    if places.size < 2 or of_place[places].sum() < 2:
        return None
    place_powers, period_powers = _powers(hypothesis, expectation, places, counts.shape[1])
    kept = counts if places.size == len(counts) else counts[places]
    return _Table(hypothesis, expectation, places, kept, place_powers, period_powers)


def _powers(
    hypothesis: Hypothesis, expectation: Expectation, places: NDArray[np.int64], periods: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the powers of what is expected, summed by place and by period; the first only where no dispersion needs more."""
    if not _clumping(hypothesis):
        by_place = expectation.base[places]
        by_period = (
            expectation.time * by_place.sum() if expectation.time.size else expectation.table[places].sum(axis=0)
        )
        return by_place[None], by_period[None]
    expected = expectation.of(places, 0, periods - 1)
    power, by_place_and_power, by_period_and_power = np.ones_like(expected), [], []
    for _ in range(MOST_POWERS):
        power *= expected
        by_place_and_power.append(power.sum(axis=1))
        by_period_and_power.append(power.sum(axis=0))
    return np.array(by_place_and_power), np.array(by_period_and_power)


def _doubts_of_table(table: _Table, *, has_time: bool) -> list[Doubt]:
    """Return the doubts about what the hypothesis expects."""
    if isinstance(table.hypothesis, Permutation):
        # Its replicas have the margins of the cases, and so their season, uneven places and delay; clumps that are
        # dealt out whole are in the replicas too.
        return [] if table.hypothesis.clumps is not None else _doubt_of_clumps(table)
    level = _doubt_of_level(table) if isinstance(table.hypothesis, Baseline) else []
    uneven = _doubt_of_places(table, has_time=has_time)
    if not has_time:
        return [*level, *uneven]
    falling, fall = _doubt_of_fall(table)
    shape = [*fall, *_doubt_of_season(table, falling), *uneven]
    # Against a given dispersion a wrong mean of a place or period cannot be told from clumps.
    clumps = [] if table.clumping and shape else _doubt_of_clumps(table)
    return [*level, *shape, *clumps]


def _doubt_of_level(table: _Table) -> list[Doubt]:
    """Doubt a baseline whose sum is not that of the cases."""
    cumulants = cumulants_of(table.period_powers, table.clumping)
    null = Moments(*(float(cumulant.sum()) for cumulant in cumulants[:3]))
    # Half a case: counts are whole, the gamma distribution is not.
    p_value = min(1.0, 2 * min(null.above(table.cases - 0.5), null.below(table.cases + 0.5)))
    if not p_value <= SIGNIFICANCE:
        return []
    is_low = table.cases > null.mean
    deviation = null.standardised(table.cases)
    text = (
        f"Seluruhnya {table.cases} kasus, sedangkan garis dasar mengharapkan {null.mean:.0f} "
        f"({_test(deviation, p_value)}): garis dasar terlalu {'rendah' if is_low else 'tinggi'}, atau kasus "
        f"{'naik' if is_low else 'turun'} di mana-mana. Nilai p setiap jendela terlalu {'kecil' if is_low else 'besar'}. "
        "Perkirakan kembali garis dasarnya, atau pakai permutasi atau Poisson, yang mengikuti jumlah kasus."
    )
    return [Doubt("level", text, table.cases / null.mean, deviation, p_value)]


def _doubt_of_fall(table: _Table) -> tuple[int, list[Doubt]]:
    """Doubt that the latest periods are complete; with how many of them hold too few cases."""
    by_period, observed = table.by_period, table.counts.sum(axis=0)
    lengths = range(1, min(LONGEST_DELAY, by_period.size // 2) + 1)
    scaled = table.cases / by_period.sum()
    cumulants = cumulants_of(table.period_powers, table.clumping, scaled)
    best = (1.0, 0, Moments(0.0, 0.0, 0.0), 0)
    for length in lengths:
        share = float(by_period[-length:].sum() / by_period.sum())
        early, late = cumulants[:, :-length].sum(axis=1), cumulants[:, -length:].sum(axis=1)
        null = Moments(
            share * table.cases,
            float((1 - share) ** 2 * late[1] + share**2 * early[1]),
            float((1 - share) ** 3 * late[2] - share**3 * early[2]),
        )
        cases = int(observed[-length:].sum())
        best = min(best, (len(lengths) * null.below(cases + 0.5), length, null, cases), key=lambda one: one[0])
    p_value, length, null, cases = best
    if not p_value <= SIGNIFICANCE:
        return 0, []
    deviation = null.standardised(cases)
    text = (
        f"{length} periode terakhir memuat {cases} kasus, sedangkan {null.mean:.0f} diharapkan "
        f"({_test(deviation, p_value)}). Bila laporannya belum lengkap, kelompok yang sedang berlangsung luput: nilai p "
        "terlalu besar. Pakai permutasi, atau kurangi harapan periode itu sebanyak laporan yang belum masuk."
    )
    return length, [Doubt("fall", text, cases / null.mean, deviation, p_value)]


def _doubt_of_season(table: _Table, falling: int) -> list[Doubt]:
    """Doubt the expectation over time, but for the latest periods whose fall is told by itself."""
    kept = slice(0, table.counts.shape[1] - falling)
    observed = table.counts.sum(axis=0)[kept]
    variation, deviation, p_value = _dispersion(table, observed, table.period_powers[:, kept])
    if not p_value <= SIGNIFICANCE:
        return []
    text = (
        f"Jumlah kasus tiap periode berubah sekitar {100 * variation:.0f} persen di luar harapan dan kebetulan "
        f"({_test(deviation, p_value)}): musim, tren, atau kenaikan di mana-mana yang tidak dimuat dalam harapan. Saat "
        "ramai nilai p terlalu kecil dan alarm palsu bertambah; saat sepi kelompok luput. Pakai permutasi, atau harapan "
        "tiap periode yang memuat musim."
    )
    return [Doubt("season", text, variation, deviation, p_value)]


def _doubt_of_places(table: _Table, *, has_time: bool) -> list[Doubt]:
    """Doubt the expectation in space."""
    variation, deviation, p_value = _dispersion(table, table.counts.sum(axis=1), table.place_powers)
    if not p_value <= SIGNIFICANCE:
        return []
    instead = "Pakai permutasi, atau harapan" if has_time else "Pakai kovariat, atau harapan"
    text = (
        f"Angka kasus antartempat berbeda sekitar {100 * variation:.0f} persen di luar harapan dan kebetulan "
        f"({_test(deviation, p_value)}). Tempat yang selalu tinggi tampak sebagai kelompok: nilai p terlalu kecil. "
        f"{instead} tiap tempat menurut masa sebelumnya."
    )
    return [Doubt("uneven", text, variation, deviation, p_value)]


def _doubt_of_clumps(table: _Table) -> list[Doubt]:
    """Doubt that the cases of one place and period came by themselves."""
    pairs = pairs_in(table.counts)
    if not pairs or table.counts.shape[1] < 2:
        return []
    value, null, expected = _pairs_beyond(table, pairs)
    # Half a pair: pairs are whole, the gamma distribution is not.
    p_value = null.above(value - 0.5)
    if not p_value <= SIGNIFICANCE:
        return []
    deviation = null.standardised(value)
    without, instead = (
        "dari kasus yang datang sendiri-sendiri",
        "pakai permutasi gumpalan utuh (--clumps) atau garis dasar binomial negatif",
    )
    if table.clumping:
        without, instead = "menurut dispersi garis dasar", "perkirakan kembali dispersinya: r terlalu besar"
    text = (
        f"{pairs} pasangan kasus jatuh di tempat dan periode yang sama, sedangkan {_number(expected)} diharapkan "
        f"{without} ({_test(deviation, p_value)}). Laporan yang bergumpal menyerupai kelompok: "
        f"nilai p terlalu kecil. Gabungkan laporan satu peristiwa, atau {instead}."
    )
    return [Doubt("clumps", text, pairs / expected, deviation, p_value)]


def _doubts_of_gumbel(maxima: NDArray[np.float64]) -> list[Doubt]:
    """Doubt the Gumbel p-value: too few replicas for a fit, or a fit that does not hold."""
    if maxima.size < 2 or float(np.ptp(maxima)) < TIE:
        return []
    if maxima.size < FEWEST_FOR_GUMBEL:
        text = (
            f"Hanya {maxima.size} ulangan acak: nilai p Gumbel kasar. Pakai nilai p Monte Carlo, atau sedikitnya "
            f"{FEWEST_FOR_GUMBEL} ulangan tanpa berhenti lebih awal."
        )
        return [Doubt("gumbel", text, float(maxima.size))]
    distance = gumbel_distance(maxima)
    p_value = gumbel_fit_p_value(distance)
    if not p_value <= SIGNIFICANCE:
        return []
    values = np.unique(maxima.round(9)).size
    few = f", yang hanya mengambil {values} nilai," if values < FEW_VALUES * maxima.size else ""
    text = (
        f"Statistik terbesar dari {maxima.size} ulangan{few} tidak mengikuti sebaran Gumbel (Anderson-Darling "
        f"{distance:.2f}, {_chance(p_value)}): nilai p Gumbel menyimpang, terutama yang kecil. Pakai nilai p Monte Carlo; "
        "untuk nilai yang lebih kecil tambah ulangan."
    )
    return [Doubt("gumbel", text, distance, distance, p_value)]


def _doubts_of_grid(replicas: int, smallest_p_value: float) -> list[Doubt]:
    """Say that a p-value is a bound: no replica reached the most likely cluster."""
    if not replicas or smallest_p_value * (replicas + 1) > 1 + TIE:
        return []
    text = (
        f"Tidak satu pun dari {replicas} ulangan mencapai kelompok teratas: nilai p-nya mungkin lebih kecil daripada "
        f"1/{replicas + 1}, dan selang perulangannya sedikitnya yang tertulis. Tambah ulangan bila harus lebih tepat."
    )
    return [Doubt("grid", text, smallest_p_value)]


def _test(deviation: float, p_value: float) -> str:
    return f"{deviation:.1f} simpangan baku, {_chance(p_value)}"


def _chance(p_value: float) -> str:
    return f"p {p_value:.1g}" if p_value >= SMALLEST_SHOWN else f"p < {SMALLEST_SHOWN:.0g}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _dispersion(table: _Table, observed: NDArray[np.int64], powers: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the coefficient of variation of the true rates, by moments, and the test that it is 0: deviation, p-value.

    `observed` are cases by place or by period (groups,), `powers` what is expected of them (powers, groups).
    """
    cases, expected = int(observed.sum()), powers[0]
    if observed.size < 2 or cases < 2:
        return 0.0, 0.0, 1.0
    shares = expected / expected.sum()
    value = float(excess_pairs(observed, shares))
    if table.clumping:
        # Against a negative binomial only what is beyond its own variance counts.
        scaled = cases / float(expected.sum())
        null = Moments(*(float(one.sum()) for one in moments_of_squares(*cumulants_of(powers, table.clumping, scaled))))
        value = float(((observed - expected * scaled) ** 2 - observed).sum()) / 2
    elif isinstance(table.hypothesis, Bernoulli):
        individuals = float(expected.sum()) * _individuals_per_expected(table.expectation, table.hypothesis)
        null = moments_of_draws(cases, individuals, power_sums(shares))
    else:
        null = Moments(0.0, *(float(one) for one in moments_given_total(np.array(float(cases)), power_sums(shares))))
    beyond = max(value - null.mean, 0.0)
    variation = math.sqrt(2 * beyond / (cases * (cases - 1) * float((shares**2).sum())))
    return variation, null.standardised(value), null.above(value - 0.5)


def _individuals_per_expected(expectation: Expectation, hypothesis: Bernoulli) -> float:
    """Return how many cases and controls stand behind one expected case."""
    cases = float(expectation.base.sum())
    return (cases + float(np.asarray(hypothesis.controls, dtype=np.float64).sum())) / cases


def _pairs_beyond(table: _Table, pairs: int) -> tuple[float, Moments, float]:
    """Return a statistic that grows with the pairs of cases in one place and period, its moments, the pairs expected."""
    if table.clumping:
        return _pairs_given_dispersion(table)
    if table.expectation.time.size:
        null = moments_given_margins(table.counts)
        return float(pairs), null, null.mean
    return _pairs_given_places(table)


def _pairs_given_places(table: _Table) -> tuple[float, Moments, float]:
    """Return the excess pairs within places, their moments given each place's cases, and how many pairs are expected.

    The cases of a place fall on periods by its own expectation, brought to the cases of each period.
    """
    by_period = table.by_period
    factor = np.divide(table.counts.sum(axis=0), by_period, out=np.zeros_like(by_period), where=by_period > 0)
    rows = np.flatnonzero(table.counts.sum(axis=1) > 1)
    counts, shares = table.counts[rows], table.expected(rows) * factor
    shares /= shares.sum(axis=1, keepdims=True)
    cases = counts.sum(axis=1).astype(np.float64)
    sums = power_sums(shares)
    variance, third = moments_given_total(cases, sums)
    null = Moments(0.0, float(variance.sum()), float(third.sum()))
    return float(excess_pairs(counts, shares).sum()), null, float((cases * (cases - 1) / 2 * sums[0]).sum())


def _pairs_given_dispersion(table: _Table) -> tuple[float, Moments, float]:
    """Return half the squared deviations beyond Poisson, their moments given the dispersion, and the pairs expected."""
    scaled = table.cases / float(table.by_period.sum())
    value = float(((table.counts - table.expected() * scaled) ** 2).sum() - table.cases) / 2
    sums = table.period_powers.sum(axis=1) * scaled ** np.arange(1, MOST_POWERS + 1)
    null = moments_of_entries(sums, table.clumping)
    return value, null, float(sums[1]) * (1 + table.clumping) / 2


def gumbel_distance(maxima: NDArray[np.float64]) -> float:
    """Return how far values lie from the Gumbel distribution that fits them best: Stephens' modified Anderson-Darling.

    Shapes:  maxima (replicas,), at least two different ones.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "What the engine doubts".
    """
    above = np.sort(maxima - maxima.min())
    scale = _gumbel_scale(above)
    location = -scale * math.log(float(np.exp(-above / scale).mean()))
    hazard = np.maximum(np.exp(np.minimum((location - above) / scale, LARGEST_EXPONENT)), math.exp(-LARGEST_EXPONENT))
    weights = 2 * np.arange(1, above.size + 1) - 1
    distance = -above.size - float((weights * (np.log(-np.expm1(-hazard[::-1])) - hazard)).mean())
    return distance * (1 + 0.2 / math.sqrt(above.size))


def _gumbel_scale(above: NDArray[np.float64]) -> float:
    """Return the most likely scale of a Gumbel distribution, by Newton's method from that of its moments."""
    mean = float(above.mean())
    scale = float(above.std()) * math.sqrt(6) / math.pi
    steps, step = 0, math.inf
    while abs(step) > TIE * scale and steps < STEPS:
        weights = np.exp(-above / scale)
        weights /= weights.sum()
        weighted = float(weights @ above)
        spread = float(weights @ (above - weighted) ** 2)
        step = (scale - mean + weighted) / (1 + spread / scale**2)
        scale, steps = max(scale - step, scale / 4), steps + 1
    return scale


def gumbel_fit_p_value(distance: float) -> float:
    """Return the probability of a distance as large when the values do follow a Gumbel distribution; 0.01 where larger.

    Stephens' 1 % point is 1.038; beyond it the probability falls by a factor e with each fifth.

    Shapes:  scalars.
    Units:   the distance of `gumbel_distance`; result in [0, 0.01].
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "What the engine doubts".
    """
    return 0.01 * math.exp(-5 * max(distance - 1.038, 0.0))
