"""Since some week not long ago, has the count been another multiple of what the season lets expect?

Generalised likelihood ratio charts for Poisson and negative binomial counts with a seasonal expectation (M. Höhle,
M. Paul, Computational Statistics & Data Analysis 52, 2008; M. Salmon, D. Schumacher, M. Höhle, Journal of Statistical
Software 70(10), 2016): neither the week of the change nor its size need be known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.temporal.charts import DIRECTIONS, Direction, chart_weeks, given_expectation
from kentongan.engine.temporal.detection import MAX_COUNT, Detection, counts_table, refuse
from kentongan.engine.temporal.seasonal import SeasonalOptions, fitted_model, seasonal_design

Bound = Literal["statistic", "cases"]
BOUNDS = ("statistic", "cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class GlrOptions:
    """How the chart compares.

    An alarm is raised when the statistic reaches `threshold`; the chart then begins anew with the next week. A change
    is looked for in the last `max_span` weeks (None: since the last alarm) and must be `min_span` weeks old.
    `upper_bound` of the result is the `statistic` of the week, or the `cases` that would have raised an alarm.
    `model` is the expectation without an outbreak; its dispersion None is estimated from the history.
    """

    threshold: float = 5.0
    direction: Direction = "increase"
    min_span: int = 1
    max_span: int | None = None
    bound: Bound = "statistic"
    model: SeasonalOptions = field(default_factory=SeasonalOptions)


def glr_negative_binomial(
    counts: ArrayLike,
    *,
    weeks: Sequence[int] | NDArray[np.integer],
    expected: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    options: GlrOptions = GlrOptions(),
) -> Detection:
    """Return for every series and monitored week how much better a change explains the counts, and the alarms.

    The expectation and the dispersion come from the seasonal model of the weeks before the first monitored one. A
    given expectation replaces the model, and needs a given dispersion. A series whose model cannot be fitted, or that
    expects nothing in some week, is not judged: its bounds are NaN.

    Shapes:  counts (series, weeks); weeks (judged weeks,), one after another; expected broadcast to (series, judged
             weeks); covariates (weeks, covariates); result arrays (series, judged weeks).
    Units:   events per series and week; statistic and threshold are log-likelihood ratios.
    Errors:  EngineInputError with all faults of counts, weeks, expectation, covariates and options.
    Source:  docs/methods/glr.md, equations 1 to 7.
    """
    faults = _option_faults(options)
    table = counts_table(counts, faults)
    positions = chart_weeks(weeks, table, history=0, faults=faults)
    first = int(positions[0]) if positions.size else 0
    design, given = np.ones((table.shape[1], 1)), None
    if expected is None:
        design = seasonal_design(table, history=first, covariates=covariates, options=options.model, faults=faults)
    else:
        if options.model.dispersion is None:
            faults.append("Dispersi harus diberikan bersama nilai harapan, karena tidak ada model untuk menaksirnya.")
        if covariates is not None:
            faults.append("Kovariat tidak dapat dipakai bersama nilai harapan yang sudah diberikan.")
        if table.size:
            given = given_expectation(expected, (len(table), positions.size), faults)
    refuse("Bagan GLR", faults)

    if given is None:
        model = fitted_model(table, design, history=first, dispersion=options.model.dispersion)
        mean, alpha = model.expected[:, positions], model.dispersion
    else:
        mean, alpha = np.array(given), np.full(len(table), options.model.dispersion, dtype=np.float64)
    observed = table[:, positions]
    bound, is_alarm = glr_charts(
        observed.astype(np.float64),
        np.ascontiguousarray(mean),
        alpha,
        options.threshold,
        options.direction == "increase",
        options.min_span,
        positions.size if options.max_span is None else options.max_span,
        options.bound == "cases",
    )
    return Detection(
        weeks=positions,
        observed=observed,
        expected=mean,
        upper_bound=bound,
        is_alarm=is_alarm,
        p_value=np.full(observed.shape, np.nan),
    )


def glr_poisson(
    counts: ArrayLike,
    *,
    weeks: Sequence[int] | NDArray[np.integer],
    expected: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    options: GlrOptions = GlrOptions(),
) -> Detection:
    """Return what `glr_negative_binomial` returns when the counts vary as Poisson's do; any given dispersion is left out.

    Shapes:  those of `glr_negative_binomial`.
    Units:   those of `glr_negative_binomial`.
    Errors:  those of `glr_negative_binomial`.
    Source:  docs/methods/glr.md, equations 4 to 6.
    """
    poisson = replace(options, model=replace(options.model, dispersion=0.0))
    return glr_negative_binomial(counts, weeks=weeks, expected=expected, covariates=covariates, options=poisson)


@compiled
def glr_charts(
    observed: NDArray[np.float64],
    mean: NDArray[np.float64],
    alpha: NDArray[np.float64],
    threshold: float,
    upwards: bool,
    min_span: int,
    max_span: int,
    asks_cases: bool,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the statistic (or the count that would raise an alarm) and the alarm of every series and week.

    Shapes:  observed and mean (series, weeks); alpha (series,); results (series, weeks).
    Units:   counts, expectations; NaN where an expectation is not above 0.
    Errors:  none; the input was checked.
    Source:  docs/methods/glr.md, equations 4 to 7.
    """
    bound = np.full(observed.shape, np.nan)
    is_alarm = np.zeros(observed.shape, dtype=np.bool_)
    for series in range(observed.shape[0]):
        if not (mean[series] > 0.0).all():
            continue
        start = 0
        for week in range(observed.shape[1]):
            begin = max(start, week + 1 - max_span)
            x = observed[series, begin : week + 1].copy()
            mu = mean[series, begin : week + 1]
            statistic = change_statistic(x, mu, alpha[series], upwards, min_span)
            if asks_cases:
                bound[series, week] = alarm_count(x, mu, alpha[series], upwards, min_span, threshold)
            else:
                bound[series, week] = statistic
            if statistic >= threshold:
                is_alarm[series, week] = True
                start = week + 1
    return bound, is_alarm


@compiled
def change_statistic(
    x: NDArray[np.float64], mu: NDArray[np.float64], alpha: float, upwards: bool, min_span: int
) -> float:
    """Return the largest log-likelihood ratio over the week since which the expectation may be another multiple.

    Shapes:  x and mu (weeks,).
    Units:   counts and expectations > 0.
    Errors:  none.
    Source:  docs/methods/glr.md, equations 4 to 6.
    """
    best = 0.0
    kappa = 0.0
    seen, awaited = 0.0, 0.0
    for begin in range(x.size - 1, -1, -1):
        seen += x[begin]
        awaited += mu[begin]
        if x.size - begin < min_span:
            continue
        if alpha == 0.0:
            if (seen > awaited) == upwards and seen != awaited:
                best = max(best, (seen * math.log(seen / awaited) if seen > 0.0 else 0.0) - (seen - awaited))
        elif slope(x, mu, alpha, 0.0, begin)[0] > 0.0 and upwards:
            kappa = likeliest_change(x, mu, alpha, begin, kappa)
            best = max(best, log_ratio(x, mu, alpha, kappa, begin))
        elif slope(x, mu, alpha, 0.0, begin)[0] < 0.0 and not upwards:
            if seen > 0.0:
                kappa = likeliest_change(x, mu, alpha, begin, kappa)
                best = max(best, log_ratio(x, mu, alpha, kappa, begin))
            else:
                best = max(best, log_ratio(x, mu, alpha, -math.inf, begin))
    return best


@compiled
def likeliest_change(x: NDArray[np.float64], mu: NDArray[np.float64], alpha: float, begin: int, guess: float) -> float:
    """Return the log of the multiple under which the counts from `begin` on are likeliest; there is an event in them.

    Shapes:  x and mu (weeks,).
    Units:   counts and expectations > 0; result a logarithm.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 5.
    """
    high = -math.inf
    seen, awaited = 0.0, 0.0
    for week in range(begin, x.size):
        if x[week] > 0.0:
            high = max(high, math.log(x[week] / mu[week]))
        seen += x[week]
        awaited += mu[week]
    # Below this multiple every count weighs at least 1 / (1 + alpha e^high mu), which leaves the slope above 0.
    low = math.log(seen / awaited) - math.log1p(alpha * math.exp(high) * mu[begin:].max())
    kappa = min(max(guess, low), high)
    moved, steps = math.inf, 0
    while moved > 1e-10 and steps < 200:
        rise, bend = slope(x, mu, alpha, kappa, begin)
        if rise > 0.0:
            low = kappa
        else:
            high = kappa
        after = kappa - rise / bend
        if not low <= after <= high:
            after = (low + high) / 2
        moved = abs(after - kappa)
        kappa = after
        steps += 1
    return kappa


@compiled
def slope(
    x: NDArray[np.float64], mu: NDArray[np.float64], alpha: float, kappa: float, begin: int
) -> tuple[float, float]:
    """Return the first and second derivative of the log-likelihood by the log of the multiple.

    Shapes:  x and mu (weeks,); results scalars.
    Units:   counts and expectations > 0.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 5.
    """
    multiple = math.exp(kappa)
    rise, bend = 0.0, 0.0
    for week in range(begin, x.size):
        raised = multiple * mu[week]
        spread = 1.0 + alpha * raised
        rise += (x[week] - raised) / spread
        bend -= raised * (1.0 + alpha * x[week]) / (spread * spread)
    return rise, bend


@compiled
def log_ratio(x: NDArray[np.float64], mu: NDArray[np.float64], alpha: float, kappa: float, begin: int) -> float:
    """Return the negative binomial log-likelihood ratio of a multiple e^kappa against none.

    Shapes:  x and mu (weeks,); result scalar.
    Units:   counts and expectations > 0; kappa may be -inf when there is no event from `begin` on.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 4.
    """
    multiple = math.exp(kappa)
    total = 0.0
    for week in range(begin, x.size):
        gain = x[week] * kappa if x[week] > 0.0 else 0.0
        total += gain - (x[week] + 1.0 / alpha) * (
            math.log1p(alpha * multiple * mu[week]) - math.log1p(alpha * mu[week])
        )
    return total


@compiled
def alarm_count(
    x: NDArray[np.float64], mu: NDArray[np.float64], alpha: float, upwards: bool, min_span: int, threshold: float
) -> float:
    """Return the count of the last week at which the chart just raises an alarm; NaN where no count would.

    Upwards the smallest such count, downwards the largest: the statistic never falls as the count moves that way.

    Shapes:  x and mu (weeks,); result scalar.
    Units:   counts and expectations > 0.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 7.
    """
    last = x.size - 1
    trial = x.copy()
    trial[last] = 0.0
    alarms_at_0 = change_statistic(trial, mu, alpha, upwards, min_span) >= threshold
    if alarms_at_0 == upwards:
        return 0.0 if upwards else math.nan
    quiet_side, step = 0.0, 1.0
    while True:
        trial[last] = quiet_side + step
        if (change_statistic(trial, mu, alpha, upwards, min_span) >= threshold) == upwards:
            break
        quiet_side += step
        step *= 2.0
        if quiet_side > MAX_COUNT:
            return math.nan if upwards else math.inf
    low, high = quiet_side, quiet_side + step
    while high - low > 1.0:
        trial[last] = low + (high - low) // 2.0
        if (change_statistic(trial, mu, alpha, upwards, min_span) >= threshold) == upwards:
            high = trial[last]
        else:
            low = trial[last]
    return high if upwards else low


def _option_faults(options: GlrOptions) -> list[str]:
    """Return what is wrong with the options of the chart; the model checks its own."""
    rules = (
        (not 0 < options.threshold < math.inf, "Ambang GLR harus lebih dari 0."),
        (options.direction not in DIRECTIONS, f"Arah harus salah satu dari {', '.join(DIRECTIONS)}."),
        (options.bound not in BOUNDS, f"Batas yang diminta harus salah satu dari {', '.join(BOUNDS)}."),
        (options.min_span < 1, "Rentang perubahan terpendek harus sedikitnya satu minggu."),
        (
            options.max_span is not None and options.max_span < options.min_span,
            "Rentang perubahan terpanjang tidak boleh lebih pendek daripada yang terpendek.",
        ),
    )
    return [text for is_wrong, text in rules if is_wrong]
