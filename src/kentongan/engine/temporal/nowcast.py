"""How many events of the last weeks will there be once every report on them has arrived?

The share of a week's reports that is known already comes from how late earlier reports came, weeks that are not over
yet included (J. F. Lawless, Canadian Journal of Statistics 22, 1994); what is still missing is drawn from what such a
share leaves open.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal.detection import MAX_COUNT, counts_table, refuse

NODES = 48
"""Equally likely values that stand for the uncertain share known; their mean is its mean to three digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NowcastOptions:
    """How much is believed before the reports are seen, and how wide the interval is.

    `level` is the probability of the interval. `prior_reports` weigh an even delay profile, `pooling_reports` the
    profile of all series together against that of one. `prior_weeks` weigh the series' usual count against the week's
    own. `clumping` lets delays vary from week to week beyond chance, as much as the history shows.
    """

    level: float = 0.9
    prior_reports: float = 1.0
    pooling_reports: float = 20.0
    prior_weeks: float = 0.1
    clumping: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """What the counts of every series and week will be when all reports are in; all arrays (series, weeks).

    `known` now, `expected` finally, `lower` and `upper` of the final count's interval, and the `share_known` now.
    """

    known: NDArray[np.int64]
    expected: NDArray[np.float64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    share_known: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Shares:
    """The share known of a week by its age: mean (series, ages), and equally likely values (series, ages, nodes)."""

    mean: NDArray[np.float64]
    nodes: NDArray[np.float64]


def nowcast(triangle: ArrayLike, *, options: NowcastOptions = NowcastOptions()) -> Nowcast:
    """Return the final counts to expect, with intervals, from when the reports on each week became known.

    Shapes:  triangle (series, weeks, delays) or (weeks, delays): events of a week that became known with a delay of
             so many weeks; the last week is the one that ends now, so week w has no cell beyond delay weeks - 1 - w.
    Units:   events; the last delay stands for itself and all longer ones.
    Errors:  EngineInputError with all faults of the triangle and the options.
    Source:  docs/methods/nowcast.md, equations 1 to 6.
    """
    faults = _option_faults(options)
    table = _checked_triangle(triangle, faults)
    refuse("Perkiraan jumlah akhir", faults)
    return _nowcast(table.sum(axis=2), _learnt_shares(table, options), options)


def nowcast_with_shares(counts: ArrayLike, shares: ArrayLike, *, options: NowcastOptions = NowcastOptions()) -> Nowcast:
    """Return the final counts to expect, with intervals, when the share known by age is given and taken as certain.

    Shapes:  counts (series, weeks) known now; shares (ages,): of a week that ends now, of the one before, and so on,
             as `silence.known_shares` returns them; older weeks are complete.
    Units:   events; shares in [0, 1].
    Errors:  EngineInputError with all faults of counts, shares and options.
    Source:  docs/methods/nowcast.md, equations 5 to 6.
    """
    faults = _option_faults(options)
    table = counts_table(counts, faults)
    given = np.atleast_1d(np.asarray(shares, dtype=np.float64))
    if given.ndim != 1 or not ((given >= 0) & (given <= 1)).all():
        faults.append("Bagian laporan yang sudah diketahui harus berupa deret bilangan antara 0 dan 1.")
    refuse("Perkiraan jumlah akhir", faults)
    mean = np.broadcast_to(np.append(given, 1.0), (len(table), given.size + 1))
    return _nowcast(table, _Shares(mean, mean[:, :, np.newaxis]), options)


def delay_profile(triangle: ArrayLike, *, options: NowcastOptions = NowcastOptions()) -> NDArray[np.float64]:
    """Return which share of a week's events becomes known with a delay of 0, 1, 2, ... weeks.

    Shapes:  triangle as for `nowcast`; result (series, delays), rows adding up to 1.
    Units:   shares in [0, 1].
    Errors:  EngineInputError with all faults of the triangle and the options.
    Source:  docs/methods/nowcast.md, equations 1 to 3.
    """
    faults = _option_faults(options)
    table = _checked_triangle(triangle, faults)
    refuse("Sebaran keterlambatan", faults)
    shares = _learnt_shares(table, options).mean
    return np.diff(shares, axis=1, prepend=0.0)


def shares_by_age(profile: ArrayLike) -> NDArray[np.float64]:
    """Return which share of a week's events is known when the week is 0, 1, 2, ... weeks old.

    Shapes:  profile (..., delays); result the same.
    Units:   profile: shares >= 0 adding up to at most 1; result in [0, 1].
    Errors:  EngineInputError when the profile is no such thing.
    Source:  docs/methods/nowcast.md, equation 1.
    """
    table = np.asarray(profile, dtype=np.float64)
    known = np.cumsum(table, axis=-1) if table.ndim else table
    if not table.ndim or not (table >= 0).all() or (known > 1 + 1e-9).any():
        raise EngineInputError(
            "Sebaran keterlambatan harus berupa bagian yang tidak negatif dan berjumlah paling banyak 1. Perbaiki "
            "masukan lalu jalankan kembali."
        )
    return np.minimum(known, 1.0)


def reporting_triangle(
    happened: ArrayLike,
    delays_days: ArrayLike,
    *,
    weeks: int,
    max_delay: int,
    series: ArrayLike | None = None,
    number_of_series: int = 1,
) -> NDArray[np.int64]:
    """Return how many events of each week became known with which delay, as far as it is known when the last week ends.

    What becomes known later is left out, so that a past state can be rebuilt.

    Shapes:  happened, delays_days and series (events,); result (number_of_series, weeks, max_delay + 1).
    Units:   happened and series are positions from 0; delays in days from the end of the week to the arrival (before
             it: negative), as for `silence.known_shares`; in the result whole weeks, longer ones in the last cell.
    Errors:  EngineInputError when the arrays differ in length, a position is out of range or a delay is no number.
    Source:  docs/methods/nowcast.md, section "The reporting triangle".
    """
    week, days = np.asarray(happened), np.asarray(delays_days, dtype=np.float64)
    of = np.zeros(week.shape, dtype=np.int64) if series is None else np.asarray(series)
    rules = (
        (
            weeks < 1 or max_delay < 0 or number_of_series < 1,
            "Banyaknya minggu, keterlambatan dan deret harus positif.",
        ),
        (
            week.ndim != 1 or not week.shape == days.shape == of.shape,
            "Minggu, keterlambatan dan deret harus sama panjang.",
        ),
        (not _are_positions(week, weeks), f"Minggu kejadian harus nomor urut dari 0 sampai {weeks - 1}."),
        (not _are_positions(of, number_of_series), f"Deret harus nomor urut dari 0 sampai {number_of_series - 1}."),
        (not np.isfinite(days).all(), "Ada keterlambatan laporan yang bukan bilangan."),
    )
    refuse("Tabel keterlambatan", [text for is_wrong, text in rules if is_wrong])
    delay = np.maximum(0.0, np.ceil(days / 7))
    is_known = week + delay <= weeks - 1
    cells = np.minimum(delay[is_known], max_delay).astype(np.int64)
    triangle = np.zeros((number_of_series, weeks, max_delay + 1), dtype=np.int64)
    np.add.at(triangle, (of[is_known].astype(np.int64), week[is_known].astype(np.int64), cells), 1)
    return triangle


def _learnt_shares(triangle: NDArray[np.int64], options: NowcastOptions) -> _Shares:
    """Return the shares known by age that the triangle teaches, series by series, drawn towards all together."""
    arrived, at_risk = _arrivals(triangle)
    delays = triangle.shape[2]
    even = np.full((1, delays), options.prior_reports / delays)
    together = _hazards(arrived.sum(axis=0, keepdims=True), at_risk.sum(axis=0, keepdims=True), even)
    clumping = _clumping(triangle, arrived.sum(axis=0), at_risk.sum(axis=0)) if options.clumping else 0.0
    if len(triangle) == 1:
        return _shares(*together, clumping)
    profile = np.diff(_shares(*together, 0.0).mean, axis=1, prepend=0.0)
    return _shares(*_hazards(arrived, at_risk, options.pooling_reports * profile), clumping)


def _arrivals(triangle: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the events that became known with each delay, and those known with at most it, over weeks old enough.

    Shapes: both (series, delays).
    """
    weeks, delays = triangle.shape[1:]
    is_over = (np.arange(weeks)[:, np.newaxis] + np.arange(delays)) < weeks
    arrived: NDArray[np.int64] = triangle.sum(axis=1)
    at_risk: NDArray[np.int64] = (np.cumsum(triangle, axis=2) * is_over).sum(axis=1)
    return arrived, at_risk


def _hazards(
    arrived: NDArray[np.int64], at_risk: NDArray[np.int64], prior: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two parameters of the beta posterior of every reverse-time hazard but that of delay 0, which is 1."""
    a = prior + arrived
    b = np.cumsum(prior, axis=1) - prior + (at_risk - arrived)
    return a[:, 1:], b[:, 1:]


def _shares(a: NDArray[np.float64], b: NDArray[np.float64], clumping: float) -> _Shares:
    """Return the mean share known by age, and values that stand for its distribution, a beta with the same variance."""
    total = a + b
    mean = _tail_products(b / total)
    square = _tail_products((b * (b + 1) + clumping * a * b) / (total * (total + 1)))
    spread = mean * (1 - mean)
    variance = np.clip(square - mean**2, 1e-14, None)
    is_open = spread > variance
    precision = np.where(is_open, spread / variance - 1, 1.0)
    quantile = (np.arange(NODES) + 0.5) / NODES
    nodes = special.betaincinv(
        (mean * precision)[:, :, np.newaxis], ((1 - mean) * precision)[:, :, np.newaxis], quantile
    )
    return _Shares(mean, np.where(is_open[:, :, np.newaxis], nodes, mean[:, :, np.newaxis]))


def _tail_products(factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each age the product of the factors of all longer delays; 1 for the oldest."""
    ages = np.ones((len(factors), factors.shape[1] + 1))
    ages[:, :-1] = np.cumprod(factors[:, ::-1], axis=1)[:, ::-1]
    return ages


def _clumping(triangle: NDArray[np.int64], arrived: NDArray[np.int64], at_risk: NDArray[np.int64]) -> float:
    """Return the correlation between the delays of two events of one week, by moments; 0 where there is none."""
    weeks, delays = triangle.shape[1:]
    is_over = (np.arange(weeks)[:, np.newaxis] + np.arange(delays)) < weeks
    known = np.cumsum(triangle, axis=2) * is_over
    hazard = arrived / np.maximum(at_risk, 1)
    spread = hazard * (1 - hazard)
    surplus = (((triangle - known * hazard) ** 2 - known * spread) * is_over)[:, :, 1:].sum()
    pairs = (known * (known - 1) * spread)[:, :, 1:].sum()
    return float(np.clip(surplus / pairs, 0.0, 0.9)) if pairs > 0 else 0.0


def _nowcast(known: NDArray[np.int64], shares: _Shares, options: NowcastOptions) -> Nowcast:
    """Return the final counts that the known ones and the shares known by age lead to expect."""
    series, weeks = known.shape
    age = np.minimum(np.arange(weeks)[::-1], shares.mean.shape[1] - 1)
    share = shares.mean[:, age]
    usual = (known.sum(axis=1) + 0.5) / np.maximum(share.sum(axis=1), 0.5)
    size = known + options.prior_weeks * usual[:, np.newaxis]

    expected = known.astype(np.float64)
    lower, upper = known.copy(), known.copy()
    recent = np.flatnonzero(age < shares.mean.shape[1] - 1)
    if recent.size and series:
        nodes = shares.nodes[:, age[recent]]
        missing = size[:, recent, np.newaxis] * (1 - nodes) / (nodes + options.prior_weeks)
        expected[:, recent] += missing.mean(axis=2)
        chance = (nodes + options.prior_weeks) / (1 + options.prior_weeks)
        lower[:, recent] += _quantile(size[:, recent], chance, (1 - options.level) / 2)
        upper[:, recent] += _quantile(size[:, recent], chance, (1 + options.level) / 2)
    return Nowcast(known=known, expected=expected, lower=lower, upper=upper, share_known=share)


def _quantile(size: NDArray[np.float64], chance: NDArray[np.float64], probability: float) -> NDArray[np.int64]:
    """Return the smallest number that the mixed negative binomial count does not exceed with this probability.

    Shapes: size (series, weeks); chance (series, weeks, nodes); result (series, weeks).
    """

    def reaches(number: NDArray[np.int64]) -> NDArray[np.bool_]:
        below = special.betainc(size[:, :, np.newaxis], number[:, :, np.newaxis] + 1.0, chance).mean(axis=2)
        return np.asarray(below >= probability)

    low = np.full(size.shape, -1, dtype=np.int64)
    high = np.zeros(size.shape, dtype=np.int64)
    while not (enough := reaches(high)).all():
        low = np.where(enough, low, high)
        high = np.where(enough, high, 2 * high + 1)
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = reaches(np.maximum(middle, 0)) & (middle >= 0)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _checked_triangle(triangle: ArrayLike, faults: list[str]) -> NDArray[np.int64]:
    """Return the triangle with its series; what is wrong with it is added to the faults."""
    nothing = np.zeros((0, 0, 1), dtype=np.int64)
    try:
        table = np.asarray(triangle, dtype=np.float64)
    except (TypeError, ValueError):
        table = np.zeros(0)
    table = table[np.newaxis] if table.ndim == 2 else table
    if table.ndim != 3 or not table.size:
        faults.append("Tabel keterlambatan harus berupa bilangan menurut deret, minggu kejadian dan keterlambatan.")
        return nothing
    weeks, delays = table.shape[1:]
    is_future = (np.arange(weeks)[:, np.newaxis] + np.arange(delays)) >= weeks
    is_number = np.isfinite(table)
    counts = np.where(is_number, table, 0.0)
    rules = (
        (~is_number, "bukan bilangan (NaN atau tak hingga)"),
        (counts < 0, "negatif"),
        (counts != np.floor(counts), "tidak bulat"),
        (counts > MAX_COUNT, f"lebih besar daripada {MAX_COUNT}"),
        ((counts != 0) & is_future, "baru akan diketahui setelah minggu terakhir"),
    )
    wrong = [f"Ada {np.count_nonzero(is_wrong)} sel yang {text}." for is_wrong, text in rules if is_wrong.any()]
    if delays > weeks:
        wrong.append(f"Riwayat {weeks} minggu terlalu pendek untuk keterlambatan sampai {delays - 1} minggu.")
    faults.extend(wrong)
    return nothing if wrong else counts.astype(np.int64)


def _are_positions(values: NDArray[np.generic], below: int) -> bool:
    """Tell whether all are whole numbers from 0 to below the limit."""
    if not values.size:
        return True
    return bool(np.issubdtype(values.dtype, np.integer) and ((values >= 0) & (values < below)).all())  # type: ignore[operator]


def _option_faults(options: NowcastOptions) -> list[str]:
    """Return what is wrong with the options."""
    weights = (options.prior_reports, options.pooling_reports, options.prior_weeks)
    rules = (
        (not 0 < options.level < 1, "Peluang selang harus antara 0 dan 1."),
        (not all(0 < weight < math.inf for weight in weights), "Bobot pengetahuan awal harus lebih dari 0."),
    )
    return [text for is_wrong, text in rules if is_wrong]
