"""Do partner villages give more and earlier warnings than villages like them that are none?

Each partner is set beside villages that were like it on the day of its designation and no partners then. Both are
followed from that day on: what happened before counts for neither, so that nobody gains by having waited.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from kentongan.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Verdict = Literal["higher", "lower", "alike", "too_little"]

MONTH_DAYS = 365.25 / 12
FAR = 1e9
"""Costs as much as no pair of like villages can."""

POWER_Z = float(special.ndtri(0.8))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchOptions:
    """How like a village must be: the root mean square of the standardised differences, and how many to each partner."""

    likes: int = 3
    caliper: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureOptions:
    """What is told apart, and how surely.

    A ratio is called alike only when it lies between 1 / `telling_ratio` and `telling_ratio`, a difference of lead
    times when it is within `telling_days`; with detections in fewer than `least_sets` sets on either side nothing is told.
    `most_days` cuts lead times off. `before_days` is how far back both sides are compared on the time before, where they
    should not differ.
    """

    confidence: float = 0.95
    replicas: int = 2000
    telling_ratio: float = 2.0
    telling_days: float = 14.0
    least_sets: int = 5
    most_days: float = 180.0
    before_days: float = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """What is known of the villages and when: `measures` (days, villages, measures) as they stood from each of `days` on.

    `designated_on`, `ended_on` (villages,): NaN where never. Days are numbers on one axis; `observed_from` to
    `observed_to` is what detections are known for.
    """

    days: Floats
    measures: Floats
    designated_on: Floats
    ended_on: Floats
    observed_from: float
    observed_to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedSet:
    """A partner and its like villages. All count from `start` on, each to its own end: `partner_to`, `likes_to`."""

    partner: int
    likes: tuple[int, ...]
    start: float
    partner_to: float
    likes_to: tuple[float, ...]
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The sets; partners without a like village; and by measure how far partners stand above their likes.

    `imbalance` (measures,) is in standard deviations; above a tenth people look, above a quarter they do not trust it.
    """

    sets: tuple[MatchedSet, ...]
    unmatched: tuple[int, ...]
    imbalance: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRatio:
    """How many detections partners and likes had in how many village-months, and the ratio of their rates.

    `partner_rate`, `like_rate` are (rate, low, high). `ratio` is NaN where neither detected anything.
    `needed_months` are village-months of partners, with as many of likes, that would tell `telling_ratio` four times
    in five; None where nothing at all was detected.
    """

    partner_count: int
    like_count: int
    partner_months: float
    like_months: float
    partner_rate: tuple[float, float, float]
    like_rate: tuple[float, float, float]
    ratio: float
    low: float
    high: float
    verdict: Verdict
    needed_months: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """Mean lead times up to `most_days`, and their difference, partners less likes.

    NaN where there is nothing to average. `needed` is the number of detections in each group that would tell
    `telling_days` four times in five; None where not even the spread is known.
    """

    partner_count: int
    like_count: int
    partner_mean: float
    like_mean: float
    most_days: float
    difference: float
    low: float
    high: float
    verdict: Verdict
    needed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The comparison: after designation, in the time before it (where nothing should show), and lead times after it."""

    sets: int
    after: RateRatio
    before: RateRatio
    lead: LeadTimes


def match(histories: Histories, *, options: MatchOptions = MatchOptions()) -> Matching:
    """Return each partner with the villages most like it on the day of its designation, none of them used twice.

    A like village was no partner on that day; if it becomes one it counts up to then. All sets are chosen together so
    that their distances add up to the least. Partners designated before anything was measured, or after the end of
    what was observed, are unmatched, as are those whose measures are not known.

    Shapes:  as `Histories` says; indices are those of its villages.
    Units:   days; distances and imbalance in standard deviations over the villages of that day.
    Errors:  EngineInputError when arrays do not fit together, or an option makes no sense.
    Source:  docs/methods/lead-times.md, equations 1 to 2.
    """
    _check(histories, options)
    partners = [int(p) for p in np.flatnonzero(~np.isnan(histories.designated_on))]
    costs = np.full((len(partners) * options.likes, len(histories.designated_on)), FAR)
    for row, partner in enumerate(partners):
        costs[row * options.likes : (row + 1) * options.likes] = _distances(histories, partner, options)
    rows, columns = optimize.linear_sum_assignment(costs) if costs.size else ((), ())
    likes: dict[int, list[tuple[float, int]]] = {partner: [] for partner in partners}
    for row, column in zip(rows, columns, strict=True):
        if costs[row, column] < FAR:
            likes[partners[row // options.likes]].append((float(costs[row, column]), int(column)))
    sets = tuple(_set(histories, partner, sorted(found)) for partner, found in likes.items() if found)
    return Matching(
        sets=sets,
        unmatched=tuple(partner for partner, found in likes.items() if not found),
        imbalance=_imbalance(histories, sets),
    )


def measure(
    histories: Histories,
    matching: Matching,
    *,
    village: ArrayLike,
    reported_on: ArrayLike,
    ended_on: ArrayLike,
    rng: np.random.Generator,
    options: MeasureOptions = MeasureOptions(),
) -> Measure:
    """Return how many detections and how much lead time partners had beside villages like them.

    A detection belongs to the village whose report was the first about it, on the day of that report. A lead time runs
    from there to `ended_on`, the day of what it warned of (or of its confirmation); one that ended before it was
    reported is no lead, 0; one that has not ended is counted as far as it was seen.

    Shapes:  village, reported_on, ended_on (detections,); ended_on is NaN where it has not ended.
    Units:   days on the axis of the histories; rates per village-month of 30.4 days.
    Errors:  EngineInputError when the detections do not fit together, or an option makes no sense.
    Source:  docs/methods/lead-times.md, equations 3 to 7.
    """
    found = _detections(histories, village, reported_on, ended_on)
    _check_measure(options)
    resampled = rng.multinomial(
        len(matching.sets), np.full(max(len(matching.sets), 1), 1 / max(len(matching.sets), 1)), options.replicas
    ).astype(np.float64)
    after = _counts(matching.sets, found, histories, before_days=None)
    before = _counts(matching.sets, found, histories, before_days=options.before_days)
    return Measure(
        sets=len(matching.sets),
        after=_ratio(*after, resampled, options),
        before=_ratio(*before, resampled, options),
        lead=_lead(matching.sets, found, histories, resampled, options),
    )


def poisson_interval(count: int, time: float, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the rate with the exact interval of Garwood: the rates that the count does not contradict.

    Shapes:  scalars.
    Units:   events, any unit of time; rates per that unit. Without time the rate is NaN and the interval all of it.
    Errors:  EngineInputError when a count or a time is negative, or the confidence not between 0 and 1.
    Source:  docs/methods/lead-times.md, equation 3.
    """
    if count < 0 or time < 0 or not 0 < confidence < 1:
        raise EngineInputError(
            "Laju tidak dapat dihitung: jumlah dan waktu tidak boleh negatif, dan tingkat keyakinan antara 0 dan 1. "
            "Perbaiki masukan lalu jalankan kembali."
        )
    if time == 0:
        return math.nan, 0.0, math.inf
    tail = (1 - confidence) / 2
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    return count / time, low / time, float(special.gammaincinv(count + 1, 1 - tail)) / time


def exact_ratio(
    partner: ArrayLike, likes: ArrayLike, partner_time: ArrayLike, like_time: ArrayLike, *, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return the common ratio of two Poisson rates over sets, with its exact interval given each set's total.

    Shapes:  all (sets,).
    Units:   events and any one unit of time; the ratio has none. NaN and [0, inf] where nothing happened.
    Errors:  none; sets without time on either side say nothing and are passed over.
    Source:  docs/methods/lead-times.md, equation 4.
    """
    x1, x0 = np.asarray(partner, dtype=np.int64), np.asarray(likes, dtype=np.int64)
    t1, t0 = np.asarray(partner_time, dtype=np.float64), np.asarray(like_time, dtype=np.float64)
    total = x1 + x0
    tells = (total > 0) & (t1 > 0) & (t0 > 0)
    x1, total, odds = x1[tells], total[tells], t1[tells] / t0[tells]
    hits, of = int(x1.sum()), int(total.sum())
    if not of:
        return math.nan, 0.0, math.inf
    tail, sets = (1 - confidence) / 2, _grouped(total, odds)

    def solved(excess: float, *, upper: bool) -> float:
        """Return the ratio at which so many or more (so few or fewer) hits have the probability `excess`."""

        def difference(log_ratio: float) -> float:
            mass = _hits_mass(sets, math.exp(log_ratio))
            return float(mass[: hits + 1].sum() if upper else mass[hits:].sum()) - excess

        return math.exp(float(optimize.brentq(difference, -40, 40, xtol=1e-7)))

    def score(log_ratio: float) -> float:
        share = special.expit(log_ratio + np.log(odds))
        return float((total * share).sum()) - hits

    ratio = 0.0 if hits == 0 else math.inf if hits == of else math.exp(float(optimize.brentq(score, -40, 40)))
    low = 0.0 if hits == 0 else solved(tail, upper=False)
    return ratio, low, math.inf if hits == of else solved(tail, upper=True)


def _hits_mass(sets: Sequence[tuple[int, float, Floats]], ratio: float) -> Floats:
    """Return the distribution of the partners' detections of all sets, given each set's total, odds and coefficients."""
    mass = np.ones(1)
    for number, odd, log_choices in sets:
        hits = np.arange(number + 1)
        own = np.exp(log_choices + hits * math.log(ratio * odd) - number * math.log1p(ratio * odd))
        mass = np.convolve(mass, own)
    return mass


def _grouped(total: NDArray[np.int64], odds: Floats) -> list[tuple[int, float, Floats]]:
    """Return (total, odds, logarithms of the binomial coefficients), sets with the same odds added up: one binomial."""
    distinct, where = np.unique(odds, return_inverse=True)
    found = []
    for odd, number in zip(distinct, np.bincount(where, weights=total), strict=True):
        hits = np.arange(int(number) + 1)
        choices = special.gammaln(number + 1) - special.gammaln(hits + 1) - special.gammaln(number - hits + 1)
        found.append((int(number), float(odd), np.asarray(choices, dtype=np.float64)))
    return found


def _distances(histories: Histories, partner: int, options: MatchOptions) -> Floats:
    """Return how unlike each village was to the partner on its day; FAR for those that may not stand beside it."""
    day = float(histories.designated_on[partner])
    far = np.full(len(histories.designated_on), FAR)
    then = int(np.searchsorted(histories.days, day, side="right")) - 1
    if then < 0 or not histories.observed_from <= day < histories.observed_to:
        return far
    now = histories.measures[then]
    spread = np.nanstd(now, axis=0) if now.size else np.ones(now.shape[1])
    apart = (now - now[partner]) / np.where(spread > 0, spread, 1.0)
    distance = np.sqrt((apart**2).mean(axis=1)) if now.shape[1] else np.zeros(len(far))
    is_free = np.isnan(histories.designated_on) | (histories.designated_on > day)
    fits = is_free & (distance <= options.caliper)  # NaN fits nobody
    return np.where(fits, distance, FAR)


def _set(histories: Histories, partner: int, found: Sequence[tuple[float, int]]) -> MatchedSet:
    """Return the partner with its like villages and how long each counts."""
    end = histories.observed_to
    own_end = histories.ended_on[partner]
    likes = tuple(like for _distance, like in found)
    return MatchedSet(
        partner=partner,
        likes=likes,
        start=float(histories.designated_on[partner]),
        partner_to=float(end if np.isnan(own_end) else min(own_end, end)),
        likes_to=tuple(
            float(end if np.isnan(histories.designated_on[like]) else min(histories.designated_on[like], end))
            for like in likes
        ),
        distance=float(np.mean([distance for distance, _like in found])),
    )


def _imbalance(histories: Histories, sets: Sequence[MatchedSet]) -> Floats:
    """Return the mean standardised difference of each measure."""
    differences = []
    for one in sets:
        now = histories.measures[int(np.searchsorted(histories.days, one.start, side="right")) - 1]
        spread = np.nanstd(now, axis=0)
        differences.append((now[one.partner] - now[list(one.likes)].mean(axis=0)) / np.where(spread > 0, spread, 1.0))
    width = histories.measures.shape[2]
    return np.mean(differences, axis=0) if differences else np.full(width, math.nan)


@dataclass(frozen=True, slots=True)
class _Detections:
    """Detections in the order given: the village, the day of the first report, and the day of the end or NaN."""

    village: NDArray[np.int64]
    reported_on: Floats
    ended_on: Floats

    def of(self, village: int, start: float, end: float) -> NDArray[np.bool_]:
        """Return which began in the village within the days."""
        is_within: NDArray[np.bool_] = (
            (self.village == village) & (self.reported_on >= start) & (self.reported_on < end)
        )
        return is_within


def _spans(
    one: MatchedSet, histories: Histories, before_days: float | None
) -> tuple[tuple[int, float, float], list[tuple[int, float, float]]]:
    """Return (village, from, to) of the partner and of its likes: after the designation, or the days before it."""
    if before_days is not None:
        start = max(histories.observed_from, one.start - before_days)
        return (one.partner, start, one.start), [(like, start, one.start) for like in one.likes]
    likes = [(like, one.start, to) for like, to in zip(one.likes, one.likes_to, strict=True)]
    return (one.partner, one.start, one.partner_to), likes


def _counts(
    sets: Sequence[MatchedSet], found: _Detections, histories: Histories, *, before_days: float | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """Return the detections and the months of partners and likes, by set."""
    rows = []
    for one in sets:
        partner, likes = _spans(one, histories, before_days)
        rows.append(
            (
                int(found.of(*partner).sum()),
                sum(int(found.of(*like).sum()) for like in likes),
                (partner[2] - partner[1]) / MONTH_DAYS,
                sum(to - start for _like, start, to in likes) / MONTH_DAYS,
            )
        )
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], table[:, 3]


def _ratio(
    x1: NDArray[np.int64], x0: NDArray[np.int64], t1: Floats, t0: Floats, resampled: Floats, options: MeasureOptions
) -> RateRatio:
    """Return the comparison of rates. The interval holds both the exact one and that of resampled sets."""
    ratio, low, high = exact_ratio(x1, x0, t1, t0, confidence=options.confidence)
    counts = int(x1.sum()), int(x0.sum())
    unlikeness = 1.0
    telling = min(int((x1 > 0).sum()), int((x0 > 0).sum()))
    if len(x1) >= 2:
        whole = np.where(t1 + t0 > 0, t1 + t0, 1.0)
        above, below = resampled @ (x1 * t0 / whole), resampled @ (x0 * t1 / whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.log(above / below)
        low_log, high_log = _expanded(ratios[~np.isnan(ratios)], len(x1), options.confidence)
        low, high = min(low, math.exp(low_log)), max(high, math.exp(high_log))
        if math.isfinite(high_log - low_log):
            error = (high_log - low_log) / (2 * float(special.ndtri((1 + options.confidence) / 2)))
            unlikeness = max(1.0, error**2 / (1 / counts[0] + 1 / counts[1]))
    return RateRatio(
        partner_count=counts[0],
        like_count=counts[1],
        partner_months=float(t1.sum()),
        like_months=float(t0.sum()),
        partner_rate=poisson_interval(counts[0], float(t1.sum()), confidence=options.confidence),
        like_rate=poisson_interval(counts[1], float(t0.sum()), confidence=options.confidence),
        ratio=ratio,
        low=low,
        high=high,
        verdict=_verdict(
            math.log(low) if low else -math.inf, math.log(high), math.log(options.telling_ratio), telling, options
        ),
        needed_months=_needed_months(counts, float(t1.sum() + t0.sum()), unlikeness, options),
    )


def _expanded(replicas: Floats, sets: int, confidence: float) -> tuple[float, float]:
    """Return the percentile interval, widened as the t distribution asks for so few sets; all where nothing is known."""
    if not replicas.size:
        return -math.inf, math.inf
    reach = math.sqrt(sets / (sets - 1)) * float(stats.t.ppf((1 + confidence) / 2, sets - 1))
    tail = float(special.ndtr(-reach))
    low, high = np.quantile(replicas, [tail, 1 - tail], method="inverted_cdf")
    return float(low), float(high)


def _verdict(low: float, high: float, telling: float, sets: int, options: MeasureOptions) -> Verdict:
    """Return what an interval around no difference (0) says."""
    if sets < options.least_sets:
        return "too_little"
    if low > 0:
        return "higher"
    if high < 0:
        return "lower"
    return "alike" if -telling <= low and high <= telling else "too_little"


def _needed_months(counts: tuple[int, int], months: float, unlikeness: float, options: MeasureOptions) -> float | None:
    """Return the village-months on each side that tell the ratio four times in five (equation 7)."""
    if not sum(counts) or not months:
        return None
    base = sum(counts) / months
    z = float(special.ndtri((1 + options.confidence) / 2)) + POWER_Z
    return unlikeness * z**2 / 2 / (math.sqrt(base * options.telling_ratio) - math.sqrt(base)) ** 2


def _lead(
    sets: Sequence[MatchedSet], found: _Detections, histories: Histories, resampled: Floats, options: MeasureOptions
) -> LeadTimes:
    """Return the comparison of lead times, with an interval from resampled sets."""
    groups: list[list[tuple[float, bool, int]]] = [[], []]
    for number, one in enumerate(sets):
        partner, likes = _spans(one, histories, None)
        for group, spans in enumerate(([partner], likes)):
            for span in spans:
                for which in np.flatnonzero(found.of(*span)):
                    end = found.ended_on[which]
                    has_ended = bool(end < histories.observed_to)
                    length = (end if has_ended else histories.observed_to) - found.reported_on[which]
                    groups[group].append((max(0.0, float(length)), has_ended, number))
    tables = [np.array(sorted(group, key=lambda row: (row[0], not row[1])), dtype=np.float64) for group in groups]
    number1, number0 = len(groups[0]), len(groups[1])
    if not number1 or not number0:
        return _no_lead(number1, number0, options)
    most = min(options.most_days, *(float(table[-1, 0]) if not table[-1, 1] else math.inf for table in tables))
    once = np.ones((1, len(sets)))
    (mean1,), (mean0,) = (_restricted_means(table, once, most) for table in tables)
    differences = _restricted_means(tables[0], resampled, most) - _restricted_means(tables[1], resampled, most)
    telling = min(len(np.unique(table[:, 2])) for table in tables)
    ended = min(int(table[:, 1].sum()) for table in tables)
    low, high = (
        _expanded(differences[~np.isnan(differences)], telling, options.confidence)
        if telling >= 2
        else (-math.inf, math.inf)
    )
    lengths = np.concatenate([table[table[:, 1] == 1, 0] for table in tables])
    return LeadTimes(
        partner_count=number1,
        like_count=number0,
        partner_mean=float(mean1),
        like_mean=float(mean0),
        most_days=most,
        difference=float(mean1 - mean0),
        low=low,
        high=high,
        verdict=_verdict(low, high, options.telling_days, min(telling, ended), options),
        needed=_needed_detections(lengths, options),
    )


def _no_lead(number1: int, number0: int, options: MeasureOptions) -> LeadTimes:
    """Return that one side has nothing to compare."""
    return LeadTimes(
        partner_count=number1,
        like_count=number0,
        partner_mean=math.nan,
        like_mean=math.nan,
        most_days=options.most_days,
        difference=math.nan,
        low=-math.inf,
        high=math.inf,
        verdict="too_little",
        needed=None,
    )


def _restricted_means(table: Floats, weights: Floats, most: float) -> Floats:
    """Return the mean up to `most` days of the product-limit estimate, once for each row of the sets' weights.

    `table` (detections, 3): length, whether it ended, set; by length, at the same length the ended ones first. One by
    one the factors of a tie multiply to the usual one.
    """
    own = weights[:, table[:, 2].astype(np.int64)]
    at_risk = np.cumsum(own[:, ::-1], axis=1)[:, ::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        passed = np.where(at_risk > 0, 1 - own * table[:, 1] / at_risk, 1.0)
    longer = np.concatenate([np.ones((len(weights), 1)), np.cumprod(passed, axis=1)], axis=1)
    edges = np.concatenate([[0.0], np.minimum(table[:, 0], most), [most]])
    means = longer @ np.diff(edges)
    return np.where(own.sum(axis=1) > 0, means, math.nan)


def _needed_detections(lengths: Floats, options: MeasureOptions) -> int | None:
    """Return how many detections each group needs to tell `telling_days` four times in five."""
    cut = np.minimum(lengths, options.most_days)
    if cut.size < 2 or not cut.std():
        return None
    z = float(special.ndtri((1 + options.confidence) / 2)) + POWER_Z
    spread = float(cut.var(ddof=1))
    return math.ceil(2 * z**2 * spread / options.telling_days**2)


def _detections(histories: Histories, village: ArrayLike, reported_on: ArrayLike, ended_on: ArrayLike) -> _Detections:
    """Return the detections, or refuse them."""
    where = np.asarray(village)
    reported, ended = np.asarray(reported_on, dtype=np.float64), np.asarray(ended_on, dtype=np.float64)
    number = len(histories.designated_on)
    is_index = where.ndim == 1 and (where.size == 0 or np.issubdtype(where.dtype, np.integer))
    if (
        not is_index
        or not where.shape == reported.shape == ended.shape
        or (where.size and not 0 <= where.min() <= where.max() < number)
        or np.isnan(reported).any()
    ):
        raise EngineInputError(
            "Deteksi tidak dapat dibandingkan: setiap deteksi harus menunjuk satu desa dari daftar dan mempunyai hari "
            "laporan pertama. Perbaiki masukan lalu jalankan kembali."
        )
    return _Detections(where.astype(np.int64), reported, ended)


def _check_measure(options: MeasureOptions) -> None:
    """Refuse options that make no sense."""
    if (
        not 0 < options.confidence < 1
        or options.replicas < 1
        or options.telling_ratio <= 1
        or options.telling_days <= 0
        or options.most_days <= 0
        or options.least_sets < 2
        or options.before_days < 0
    ):
        raise EngineInputError(
            "Perbandingan tidak dapat dihitung: pilihannya tidak masuk akal (keyakinan antara 0 dan 1, rasio lebih "
            "dari 1, hari lebih dari 0, sedikitnya dua kelompok). Perbaiki masukan lalu jalankan kembali."
        )


def _check(histories: Histories, options: MatchOptions) -> None:
    """Refuse histories that do not fit together."""
    number = len(histories.designated_on)
    shape = histories.measures.shape
    both = histories.ended_on <= histories.designated_on  # NaN compares false
    if (
        len(shape) != 3
        or shape[:2] != (len(histories.days), number)
        or histories.ended_on.shape != (number,)
        or bool((np.diff(histories.days) <= 0).any())
        or bool(both.any())
        or not histories.observed_from < histories.observed_to
        or options.likes < 1
        or not 0 < options.caliper < math.inf
    ):
        raise EngineInputError(
            "Desa tidak dapat dipadankan: hari ukuran harus naik, setiap ukuran satu nilai per desa, akhir penetapan "
            "sesudah awalnya, dan masa pengamatan tidak kosong. Perbaiki masukan lalu jalankan kembali."
        )
