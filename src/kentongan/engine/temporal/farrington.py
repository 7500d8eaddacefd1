"""Farrington's detector: is a week's count more than the same season of earlier years, and their trend, explain?

Both forms are here: the original of 1996 and the flexible one with all weeks of the year (Noufaily and others, 2013).
"""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from kentongan.engine.temporal.baseline import WEEKS_PER_YEAR, Baseline, baseline_of, reference_weeks
from kentongan.engine.temporal.detection import MAX_COUNT, Detection, counts_table, judged_weeks, listed, refuse
from kentongan.engine.temporal.quasipoisson import FitRule, Fits, fit_each

Scalar = TypeVar("Scalar", np.bool_, np.float64)

POWERS = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}
"""Powers under which counts are nearly normal: 2/3 removes skewness, 1/2 evens out the variance."""

TREND_MIN_YEARS = 3
"""From fewer years a trend cannot be told from chance."""

SERIES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class FarringtonOptions:
    """How Farrington's detector judges; the defaults are those of Noufaily and others (2013).

    Names follow the literature: `b` years of baseline; windows of `w` weeks to either side; `no_periods` periods of
    the year (1: only the windows, with more all weeks of the year); weeks whose residual exceeds `weights_threshold`
    count less (`reweight`); the last `past_weeks_not_included` weeks are no baseline (None: `w`); the trend is kept
    when its p-value is below `p_threshold_trend`, b is at least 3 and the expectation does not exceed all earlier
    counts. `threshold_method` is how the bound is found (flexible only); `alpha` the chance of a false alarm, to
    both sides together in the original form. `limit54` = (cases, weeks): weeks are judged only when there were
    that many cases in that many weeks, the judged one included.
    """

    method: Literal["flexible", "1996"] = "flexible"
    b: int = 5
    w: int = 3
    no_periods: int = 10
    reweight: bool = True
    weights_threshold: float = 2.58
    past_weeks_not_included: int | None = 26
    trend: bool = True
    p_threshold_trend: float = 1.0
    threshold_method: Literal["delta", "nbPlugin", "muan"] = "nbPlugin"
    power_transform: Literal["2/3", "1/2", "none"] = "2/3"
    alpha: float = 0.01
    limit54: tuple[int, int] = (5, 4)


NOUFAILY = FarringtonOptions()
"""The flexible form as recommended by Noufaily and others (2013)."""

ORIGINAL = FarringtonOptions(
    method="1996",
    no_periods=1,
    weights_threshold=1.0,
    past_weeks_not_included=None,
    p_threshold_trend=0.05,
    threshold_method="delta",
    alpha=0.05,
)
"""The form of Farrington and others (1996)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarringtonDetection(Detection):
    """What Farrington's detector says; beside the common fields (series, judged weeks) those of the fitted model.

    `is_judged` where there were enough cases for a judgement (`limit54`); elsewhere `expected` and `upper_bound` are
    NaN (the bound 0 in the original form) and there is no alarm. `fitted` is the expectation in either case (NaN:
    nothing could be fitted), `mu0` the expectation that the bound was computed with, `phi` the dispersion (at least
    1), `trend` the change of the logarithm of the expectation per week (NaN: no trend).
    """

    is_judged: NDArray[np.bool_]
    fitted: NDArray[np.float64]
    mu0: NDArray[np.float64]
    phi: NDArray[np.float64]
    trend: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Input:
    """The checked input: no row in `known` or `population` where none was given, one row where it holds for all."""

    table: NDArray[np.int64]
    weeks: NDArray[np.int64]
    week_starts: NDArray[np.datetime64] | None
    known: NDArray[np.bool_]
    population: NDArray[np.float64]


def farrington(
    counts: ArrayLike,
    *,
    weeks: int | Sequence[int] | NDArray[np.integer] | None = None,
    options: FarringtonOptions = NOUFAILY,
    week_starts: ArrayLike | None = None,
    known: ArrayLike | None = None,
    population: ArrayLike | None = None,
    executor: Executor | None = None,
) -> FarringtonDetection:
    """Return whether the count of each judged week (the last, by default) exceeds what earlier years explain.

    `week_starts` finds the same week of earlier years by its date; without it a year has 52 weeks. Weeks marked as
    `known` (holidays, events that are explained) are left out of every baseline. With a `population` rates are
    modelled. Series are independent of each other; an `executor` computes them side by side with the same result.

    Shapes:  counts (series, weeks) or one series (weeks,); weeks one or (judged weeks,) positions; week_starts
             (weeks,) days; known and population (weeks,) or (series, weeks); results (series, judged weeks).
    Units:   events per series and week; people; trend per week.
    Errors:  EngineInputError, all faults gathered: counts that are negative, missing or not whole, weeks outside the
             series or with too short a history, week starts that are not 7 days apart, a population that is not
             positive, options that make no sense.
    Source:  docs/methods/farrington.md, equations 1 to 14.
    """
    given = _checked(counts, weeks, week_starts, known, population, options)
    fits = [_fits(given, int(week), options, executor) for week in given.weeks]
    fitted = Fits(*(np.stack(column, axis=1) for column in zip(*fits, strict=True)))
    observed = given.table[:, given.weeks]
    is_judged = _enough_cases(given.table, given.weeks, options.limit54)
    mu0, upper, p_value = _judgement(observed, fitted, is_judged, options)
    return FarringtonDetection(
        weeks=given.weeks,
        observed=observed,
        expected=np.where(is_judged, fitted.mean, math.nan),
        upper_bound=np.where(is_judged, upper, 0.0 if options.method == "1996" else math.nan),
        is_alarm=is_judged & (observed > upper),
        p_value=p_value,
        is_judged=is_judged,
        fitted=fitted.mean,
        mu0=mu0,
        phi=fitted.dispersion,
        trend=fitted.trend,
    )


def _fits(given: _Input, week: int, options: FarringtonOptions, executor: Executor | None) -> Fits:
    """Return what the baseline of each series says of one week."""
    base = _baseline(week, given.week_starts, options)
    rule = _fit_rule(len(base.position), options)
    parts = (
        (
            given.table[rows],
            base,
            rule,
            options.no_periods,
            _rows(given.known, rows),
            _rows(given.population, rows),
            week,
        )
        for rows in _chunks(len(given.table))
    )
    done = (
        [_fit_part(*part) for part in parts]
        if executor is None
        else [future.result() for future in [executor.submit(_fit_part, *part) for part in parts]]
    )
    return Fits(*(np.concatenate(column) for column in zip(*done, strict=True)))


def _fit_part(
    table: NDArray[np.int64],
    base: Baseline,
    rule: FitRule,
    periods: int,
    known: NDArray[np.bool_],
    population: NDArray[np.float64],
    week: int,
) -> Fits:
    """Return what the baselines of some of the series say of one week."""
    series = len(table)
    numbers, tallies = np.empty((4, series)), np.empty((2, series), dtype=np.int64)
    fits = Fits(*numbers, *tallies)
    fit_each(fits, table, base, rule, periods, known, population, week)
    return fits


def _chunks(series: int) -> Iterator[slice]:
    """Yield the series in parts, small enough to be shared out evenly."""
    for first in range(0, series, SERIES_AT_ONCE):
        yield slice(first, first + SERIES_AT_ONCE)


def _rows(table: NDArray[Scalar], rows: slice) -> NDArray[Scalar]:
    """Return the rows of these series; a row for all, or none at all, as it is."""
    return table if len(table) <= 1 else table[rows]


def _baseline(week: int, week_starts: NDArray[np.datetime64] | None, options: FarringtonOptions) -> Baseline:
    """Return what a week is compared with."""
    left_out = options.w if options.past_weeks_not_included is None else options.past_weeks_not_included
    return baseline_of(
        week,
        reference_weeks(week, options.b, week_starts),
        half_window=options.w,
        periods=options.no_periods,
        left_out=left_out,
    )


def _fit_rule(weeks: int, options: FarringtonOptions) -> FitRule:
    """Return how each series is fitted."""
    freedom = np.maximum(np.arange(weeks + 1), 1)
    critical = -special.stdtrit(freedom, options.p_threshold_trend / 2)
    if options.p_threshold_trend >= 1:
        critical = np.full(weeks + 1, -1.0)
    return FitRule(
        has_trend=options.trend and options.b >= TREND_MIN_YEARS,
        critical=critical,
        weight_above=options.weights_threshold if options.reweight else math.inf,
        pearson=options.method == "1996",
    )


def _enough_cases(table: NDArray[np.int64], weeks: NDArray[np.int64], limit54: tuple[int, int]) -> NDArray[np.bool_]:
    """Return where there were enough cases in the last weeks (equation 14)."""
    cases, last = limit54
    recent = np.maximum(weeks[:, None] - np.arange(last), 0)
    within = weeks[:, None] >= np.arange(last)
    enough: NDArray[np.bool_] = (table[:, recent] * within).sum(axis=2) >= cases
    return enough


def _judgement(
    observed: NDArray[np.int64], fits: Fits, is_judged: NDArray[np.bool_], options: FarringtonOptions
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the expectation that the bound is computed with, the bound (where it is asked for), and the p-value."""
    alpha = options.alpha / 2 if options.method == "1996" else options.alpha
    method = "delta" if options.method == "1996" else options.threshold_method
    quantile = -float(special.ndtri(alpha))
    error = fits.mean * fits.log_error
    if method == "delta":
        with np.errstate(over="ignore"):
            mu0 = np.exp(fits.mean + quantile * error)
        upper, p_value = _transformed(observed, fits.mean, fits.dispersion, error, quantile, options.power_transform)
    else:
        with np.errstate(over="ignore"):
            mu0 = fits.mean * np.exp(quantile * fits.log_error) if method == "muan" else fits.mean.copy()
        upper, p_value = _counted(observed, mu0, fits.dispersion, alpha, is_judged)
    return _after_nothing(observed, fits, (mu0, upper, p_value), alpha, method)


def _transformed(
    observed: NDArray[np.int64],
    mean: NDArray[np.float64],
    dispersion: NDArray[np.float64],
    error: NDArray[np.float64],
    quantile: float,
    transform: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bound and p-value from a normal distribution of a power of the counts (equations 10 to 11)."""
    power = POWERS[transform]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = power * np.sqrt(dispersion * mean + error**2) / mean
        upper = mean * (1 + quantile * spread) ** (1 / power)
        p_value = special.ndtr(-((observed / mean) ** power - 1) / spread)
    return upper, p_value


def _counted(
    observed: NDArray[np.int64],
    mean: NDArray[np.float64],
    dispersion: NDArray[np.float64],
    alpha: float,
    is_judged: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bound and p-value from the negative binomial distribution of the counts (equations 12 to 13).

    An expectation beyond all counts, as after a season without any event under `muan`, excludes nothing.
    """
    is_counted = (mean > 0) & (mean <= MAX_COUNT)
    p_value = np.where(np.isnan(mean), math.nan, 1.0)
    is_some = is_counted & (observed > 0)
    p_value[is_some] = count_tail(observed[is_some].astype(np.float64), mean[is_some], dispersion[is_some])
    upper = np.where(mean > MAX_COUNT, math.inf, math.nan)
    asked = is_counted & is_judged
    upper[asked] = count_quantile(alpha, mean[asked], dispersion[asked])
    return upper, p_value


def count_tail(
    count: NDArray[np.float64], mean: NDArray[np.float64], dispersion: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the chance of this count or more: negative binomial, or Poisson where the dispersion is 1.

    Shapes:  count, mean and dispersion (n,); result the same.
    Units:   events, count > 0, mean > 0; dispersion (variance / mean) at least 1; result in [0, 1].
    Errors:  none; the arguments were checked.
    Source:  docs/methods/farrington.md, equation 13.
    """
    is_poisson = dispersion == 1.0
    tail = np.empty(mean.shape)
    tail[is_poisson] = special.gammainc(count[is_poisson], mean[is_poisson])
    clumped = ~is_poisson
    size = mean[clumped] / (dispersion[clumped] - 1)
    tail[clumped] = special.betainc(count[clumped], size, 1 - 1 / dispersion[clumped])
    return tail


def count_quantile(alpha: float, mean: NDArray[np.float64], dispersion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest count that is exceeded with a chance of at most alpha.

    Shapes:  mean and dispersion (n,); result the same.
    Units:   events; mean > 0 and countable; dispersion (variance / mean) at least 1.
    Errors:  none; the arguments were checked.
    Source:  docs/methods/farrington.md, equation 12.
    """
    low = np.full(mean.shape, -1.0)  # exceeded too often
    high = np.zeros(mean.shape)
    step = np.ceil(mean + 4 * np.sqrt(mean * dispersion))
    while (is_low := count_tail(high + 1, mean, dispersion) > alpha).any():
        low = np.where(is_low, high, low)
        high = np.where(is_low, high + step, high)
        step = 2 * step
    while (high - low > 1).any():
        middle = np.maximum(np.floor((low + high) / 2), 0)
        is_low = count_tail(middle + 1, mean, dispersion) > alpha
        low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
    return high


def _after_nothing(
    observed: NDArray[np.int64],
    fits: Fits,
    judgement: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    alpha: float,
    method: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the judgement, with its own rule where the baseline has no event at all (equation 15)."""
    is_empty = fits.mean == 0
    if not is_empty.any():
        return judgement
    mu0, upper, p_value = judgement
    log_weeks = np.log1p(fits.weeks_used[is_empty])
    p_value[is_empty] = np.exp(-observed[is_empty] * log_weeks)
    upper[is_empty] = np.maximum(np.ceil(-math.log(alpha) / log_weeks) - 1, 0)
    empty_mu0 = {"nbPlugin": np.zeros(log_weeks.shape), "muan": -math.log(alpha) / fits.weeks_used[is_empty]}
    mu0[is_empty] = empty_mu0.get(method, np.full(log_weeks.shape, math.nan))
    return mu0, upper, p_value


def _checked(
    counts: ArrayLike,
    weeks: int | Sequence[int] | NDArray[np.integer] | None,
    week_starts: ArrayLike | None,
    known: ArrayLike | None,
    population: ArrayLike | None,
    options: FarringtonOptions,
) -> _Input:
    """Return the input, or refuse it with everything that is wrong with it."""
    faults = _option_faults(options)
    are_options_right = not faults
    table = counts_table(counts, faults)
    judged = judged_weeks(weeks, table, history=0, faults=faults)
    starts = _checked_starts(week_starts, table, faults)
    if are_options_right and table.size and not faults:
        _check_history(judged, starts, options, faults)
    given = _Input(
        table, judged, starts, _checked_known(known, table, faults), _checked_population(population, table, faults)
    )
    refuse("Cara Farrington", faults)
    return given


def _check_history(
    judged: NDArray[np.int64],
    starts: NDArray[np.datetime64] | None,
    options: FarringtonOptions,
    faults: list[str],
) -> None:
    """Add weeks to the faults whose baseline would begin before the series."""
    first = np.array([reference_weeks(int(week), options.b, starts)[0] for week in judged])
    short = judged[first < options.w]
    if short.size:
        needed = options.b * WEEKS_PER_YEAR + options.w
        faults.append(
            f"Riwayat sebelum minggu {listed(short)} terlalu pendek: {options.b} tahun dengan jendela {options.w} "
            f"minggu memerlukan sedikitnya {needed} minggu sebelumnya."
        )


def _checked_starts(
    week_starts: ArrayLike | None, table: NDArray[np.int64], faults: list[str]
) -> NDArray[np.datetime64] | None:
    """Return the day on which each week starts, None when it is not given; faults are added."""
    if week_starts is None:
        return None
    try:
        starts = np.asarray(week_starts, dtype="datetime64[D]")
    except ValueError:
        faults.append("Awal minggu harus berupa tanggal.")
        return None
    if table.size and starts.shape != (table.shape[1],):
        faults.append(f"Awal minggu harus satu tanggal untuk masing-masing dari {table.shape[1]} minggu.")
        return None
    if np.isnat(starts).any() or (np.diff(starts) != np.timedelta64(7, "D")).any():
        faults.append("Awal minggu harus berurutan, masing-masing 7 hari setelah yang sebelumnya.")
        return None
    return starts


def _checked_known(known: ArrayLike | None, table: NDArray[np.int64], faults: list[str]) -> NDArray[np.bool_]:
    """Return which weeks are known events, no row when none are; faults are added."""
    nothing = np.zeros((0, table.shape[1]), dtype=np.bool_)
    if known is None:
        return nothing
    marked = np.atleast_2d(np.asarray(known))
    if marked.dtype != np.bool_ or not _fits_table(marked, table):
        faults.append(
            "Minggu peristiwa yang sudah diketahui harus berupa ya/tidak per minggu, atau per deret dan minggu."
        )
        return nothing
    return np.ascontiguousarray(marked)


def _checked_population(
    population: ArrayLike | None, table: NDArray[np.int64], faults: list[str]
) -> NDArray[np.float64]:
    """Return the population of each week, no row when none is given; faults are added."""
    nothing = np.zeros((0, table.shape[1]))
    if population is None:
        return nothing
    people = np.atleast_2d(np.asarray(population))
    if not np.issubdtype(people.dtype, np.number) or np.iscomplexobj(people) or not _fits_table(people, table):
        faults.append("Jumlah penduduk harus berupa bilangan per minggu, atau per deret dan minggu.")
        return nothing
    if not (np.isfinite(people) & (people > 0)).all():
        faults.append("Jumlah penduduk harus lebih dari 0 pada setiap minggu.")
        return nothing
    return np.ascontiguousarray(people, dtype=np.float64)


def _fits_table(given: NDArray[np.generic], table: NDArray[np.int64]) -> bool:
    """Tell whether there is a row for all series or one for each, with a cell for each week."""
    return not table.size or given.shape in (table.shape, (1, table.shape[1]))


def _option_faults(options: FarringtonOptions) -> list[str]:
    """Return what makes no sense in the options."""
    left_out = options.past_weeks_not_included
    window = 2 * options.w + 1
    checks = (
        (
            options.method not in ("flexible", "1996"),
            f"Cara {options.method!r} tidak dikenal: pilih flexible atau 1996.",
        ),
        (
            options.threshold_method not in ("delta", "nbPlugin", "muan"),
            f"Cara ambang {options.threshold_method!r} tidak dikenal: pilih delta, nbPlugin atau muan.",
        ),
        (
            options.power_transform not in POWERS,
            f"Transformasi {options.power_transform!r} tidak dikenal: pilih 2/3, 1/2 atau none.",
        ),
        (options.b < 1, "Riwayat (b) harus sedikitnya 1 tahun."),
        (options.w < 0, "Jendela (w) tidak boleh negatif."),
        (options.no_periods < 1, "Jumlah periode dalam setahun harus sedikitnya 1."),
        (
            window + options.no_periods - 1 > WEEKS_PER_YEAR - 1,
            "Jendela dan periode bersama-sama harus muat dalam satu tahun: 2w + 1 minggu dan satu minggu per periode.",
        ),
        (options.method == "1996" and options.no_periods != 1, "Cara 1996 hanya mengenal satu periode."),
        (
            left_out is not None and not 0 <= left_out < WEEKS_PER_YEAR - options.w,
            "Minggu terakhir yang tidak dipakai harus antara 0 dan kurang dari satu tahun dikurangi jendela.",
        ),
        (not options.weights_threshold > 0, "Ambang bobot harus lebih dari 0."),
        (not 0 <= options.p_threshold_trend <= 1, "Ambang nilai p tren harus antara 0 dan 1."),
        (not 0 < options.alpha < 0.5, "Alpha harus antara 0 dan 0,5."),
        (
            options.limit54[0] < 0 or options.limit54[1] < 1,
            "Batas jumlah kasus (limit54) harus tidak negatif, dalam sedikitnya 1 minggu.",
        ),
    )
    return [text for is_wrong, text in checks if is_wrong]
