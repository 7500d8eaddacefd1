"""Quasi-Poisson regression on period of the year and trend, one series after the other, in compiled loops.

The design is the same for all series: one level per period, one straight line in time. Its information matrix has the
shape of an arrow (levels on the diagonal, the trend along one edge), so each step is solved in closed form; and since
weeks of a run differ by a constant factor in expectation, sums over a run are sums of powers that all runs share. A
step costs a few operations per run of weeks, and only weeks with events are looked at one by one.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.temporal.baseline import Baseline

MAX_STEPS = 25
"""After so many steps a fit is given up."""

DEVIANCE_TOLERANCE = 1e-8
"""A fit has converged when a step changes its deviance by less than this share (as is usual for such models)."""

ROUNDING = 1e-14
"""What of a deviance is only rounding, as a share of the sum of counts times their logarithm."""

START_OFFSET = 0.1
"""Expectations start at the counts plus this."""

MIN_FREE_LEVERAGE = 1e-10
"""A week that alone determines its own expectation has no residual."""

MAX_LOG = 300.0
"""Expectations that change by more than this factor's exponential mean that a fit runs away to infinity."""

TINY = 1e-200
"""Beyond this a product of factors is no longer trusted and its exponential is taken anew."""

SINGULAR = 1e-10
"""Below this share of its own variation left within periods, time cannot be told from the periods."""


class FitRule(NamedTuple):
    """How each series is fitted.

    `critical` (n + 1,) is how many standard errors the trend must lie from 0, by degrees of freedom, to be kept.
    `weight_above` is the residual from which a week counts less (infinite: never). `pearson` takes the error of the
    estimates from Pearson's dispersion, otherwise from that of the working residuals (equations 8 and 9).
    """

    has_trend: bool
    critical: NDArray[np.float64]
    weight_above: float
    pearson: bool


class Fits(NamedTuple):
    """What was fitted (series,): expectation in the judged week (NaN: none could be fitted), standard error of its
    logarithm, dispersion, trend per week (NaN: none kept), in how many weeks the series was seen, and how many scoring
    steps its fits took."""

    mean: NDArray[np.float64]
    log_error: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    trend: NDArray[np.float64]
    weeks_used: NDArray[np.int64]
    steps: NDArray[np.int64]


class Workspace(NamedTuple):
    """What the fit of one series needs, overwritten by the next.

    Per week: count, its logarithm, that of the starting expectation, and the weight (0: left out); `eventful` and
    `odd` list the weeks with events and those with a weight other than 1. Per period: level, level one step before,
    exponential of the level, sums of weights and of weighted times, weighted events, and weeks seen. `steps` (1,) counts the scoring steps
    of the series; `powers` are sums over a run.
    """

    cases: NDArray[np.float64]
    log_cases: NDArray[np.float64]
    log_start: NDArray[np.float64]
    weight: NDArray[np.float64]
    eventful: NDArray[np.int64]
    odd: NDArray[np.int64]
    level: NDArray[np.float64]
    before: NDArray[np.float64]
    rate: NDArray[np.float64]
    sum_0: NDArray[np.float64]
    sum_1: NDArray[np.float64]
    events: NDArray[np.float64]
    seen: NDArray[np.int64]
    steps: NDArray[np.int64]
    powers: NDArray[np.float64]


class Series(NamedTuple):
    """The series in the workspace: weeks with events, weeks with a weight other than 1, and weeks seen at all."""

    n_eventful: int
    n_odd: int
    n_seen: int


class Solution(NamedTuple):
    """A fitted model beside the levels in the workspace: the trend, and the trend one step before the last, whose
    weights the last step used; how far times lie apart within periods (0: no trend); the scale of the weights; the
    two dispersions (equation 8); degrees of freedom; and whether all of it is finite."""

    trend: float
    before: float
    within: float
    scale: float
    pearson: float
    working: float
    freedom: int
    is_fitted: bool


@compiled
def run_powers(powers: NDArray[np.float64], trend: float) -> NDArray[np.float64]:
    """Fill and return, for runs of 1, 2, ... weeks, the expectation relative to the first week: summed, summed times
    the weeks into the run and times their square, and that of the week after the run.

    Shapes:  powers (4, weeks of the longest run), overwritten.
    Units:   without unit.
    Errors:  none.
    Source:  docs/methods/farrington.md, section "How it is computed".
    """
    factor = math.exp(trend)
    power, p0, p1, p2 = 1.0, 0.0, 0.0, 0.0
    for j in range(powers.shape[1]):
        p0 += power
        p1 += power * j
        p2 += power * j * j
        power *= factor
        powers[0, j] = p0
        powers[1, j] = p1
        powers[2, j] = p2
        powers[3, j] = power
    return powers


@compiled
def run_sums(
    work: Workspace,
    base: Baseline,
    level: NDArray[np.float64],
    trend: float,
    n_odd: int,
    exposure: NDArray[np.float64],
) -> float:
    """Leave in sum_0 and sum_1 the expectations, and those times their time, summed by period; return those times
    time squared, summed over all.

    Shapes:  level (periods,); exposure (n,), or none when it is 1 throughout.
    Units:   events; weeks.
    Errors:  none.
    Source:  docs/methods/farrington.md, section "How it is computed".
    """
    sum_0, sum_1 = work.sum_0, work.sum_1
    sum_0[:] = 0.0
    sum_1[:] = 0.0
    sum_2 = 0.0
    if exposure.size:
        for i in range(base.time.size):
            time = base.time[i]
            mean = work.weight[i] * exposure[i] * math.exp(level[base.period[i]] + trend * time)
            sum_0[base.period[i]] += mean
            sum_1[base.period[i]] += mean * time
            sum_2 += mean * time * time
        return sum_2
    rate, powers = work.rate, run_powers(work.powers, trend)
    run_period, run_time, run_length = base.run_period, base.run_time, base.run_length
    for period in range(level.size):
        rate[period] = math.exp(level[period])
    growth, following = 0.0, math.nan
    for run in range(run_period.size):
        period, time, longest = run_period[run], run_time[run], run_length[run] - 1
        if time != following or not TINY < growth < 1.0 / TINY:
            growth = math.exp(trend * time)
        mean = rate[period] * growth
        p0, p1 = powers[0, longest], powers[1, longest]
        sum_0[period] += mean * p0
        sum_1[period] += mean * (time * p0 + p1)
        sum_2 += mean * (time * (time * p0 + 2.0 * p1) + powers[2, longest])
        growth *= powers[3, longest]
        following = time + longest + 1
    for k in range(n_odd):
        i = work.odd[k]
        period, time = base.period[i], base.time[i]
        lacking = (1.0 - work.weight[i]) * rate[period] * math.exp(trend * time)
        sum_0[period] -= lacking
        sum_1[period] -= lacking * time
        sum_2 -= lacking * time * time
    return sum_2


@compiled
def step(work: Workspace, has_trend: bool, sum_2: float, trend: float, score_1: float) -> tuple[float, float]:
    """Move the levels by one scoring step; return the new trend and how far times lie apart within periods.

    `work.before` holds each period's score (0 without a trend step) and receives the levels as they were.

    Shapes:  scalars; the workspace holds sum_0 and sum_1.
    Units:   logarithms of events; per week.
    Errors:  none.
    Source:  docs/methods/farrington.md, equation 5.
    """
    level, before, sum_0, sum_1, seen = work.level, work.before, work.sum_0, work.sum_1, work.seen
    within = 0.0
    change = 0.0
    for period in range(level.size):
        if seen[period] and not sum_0[period] > 0.0:
            return math.nan, within
    if has_trend:
        within = sum_2
        gain = score_1
        for period in range(level.size):
            if seen[period]:
                centre = sum_1[period] / sum_0[period]
                within -= centre * sum_1[period]
                gain -= centre * before[period]
        if within <= SINGULAR * sum_2:
            return math.nan, within
        change = gain / within
    for period in range(level.size):
        if seen[period]:
            moved = (before[period] - sum_1[period] * change) / sum_0[period]
            before[period] = level[period]
            level[period] += moved
    return trend + change, within


@compiled
def is_moderate(level: NDArray[np.float64], rise: float) -> bool:
    """Tell whether no level, and not the trend over half the baseline, lies beyond MAX_LOG; False for NaN.

    Shapes:  level (periods,).
    Units:   logarithms of events.
    Errors:  none.
    Source:  docs/methods/farrington.md, equation 9.
    """
    for period in range(level.size):
        if not abs(level[period]) < MAX_LOG:
            return False
    return abs(rise) < MAX_LOG


@compiled
def start(
    work: Workspace, base: Baseline, has_trend: bool, log_exposure: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Take the first step, from expectations equal to the counts plus START_OFFSET.

    Returns the trend, how far times lie apart within periods, and the deviance at the start without its scale.

    Shapes:  log_exposure (n,), or none.
    Units:   logarithms of events; per week.
    Errors:  none.
    Source:  docs/methods/farrington.md, equation 5.
    """
    sum_0, sum_1, before, events = work.sum_0, work.sum_1, work.before, work.events
    weights, cases, log_start, log_cases = work.weight, work.cases, work.log_start, work.log_cases
    times, periods = base.time, base.period
    sum_0[:] = 0.0
    sum_1[:] = 0.0
    events[:] = 0.0
    before[:] = 0.0
    work.level[:] = 0.0
    sum_2, score_1, deviance = 0.0, 0.0, 0.0
    for i in range(times.size):
        if weights[i] == 0.0:
            continue
        period, time, count = periods[i], times[i], cases[i]
        weight = weights[i] * (count + START_OFFSET)
        aim = log_start[i] - START_OFFSET / (count + START_OFFSET)
        if log_exposure.size:
            aim -= log_exposure[i]
        sum_0[period] += weight
        sum_1[period] += weight * time
        before[period] += weight * aim
        events[period] += weights[i] * count
        sum_2 += weight * time * time
        score_1 += weight * time * aim
        deviance += weights[i] * (count * (log_cases[i] - log_start[i]) + START_OFFSET)
    trend, within = step(work, has_trend, sum_2, 0.0, score_1)
    return trend, within, 2.0 * deviance


@compiled
def solve(
    work: Workspace,
    base: Baseline,
    series: Series,
    has_trend: bool,
    exposure: NDArray[np.float64],
    log_exposure: NDArray[np.float64],
) -> Solution:
    """Fit levels and trend to the weighted counts; the levels stay in the workspace.

    Shapes:  exposure and log_exposure (n,), or none.
    Units:   logarithms of events; trend per week.
    Errors:  none; `is_fitted` is False when the weeks do not determine a finite fit.
    Source:  docs/methods/farrington.md, equations 4 to 8.
    """
    level, before, sum_0, sum_1, seen, events = (
        work.level,
        work.before,
        work.sum_0,
        work.sum_1,
        work.seen,
        work.events,
    )
    weight, cases, log_cases, eventful = work.weight, work.cases, work.log_cases, work.eventful
    trend, within, deviance = start(work, base, has_trend, log_exposure)
    total_weight = 0.0
    for i in range(base.time.size):
        total_weight += weight[i]
    scale = series.n_seen / total_weight
    deviance *= scale
    saturated, events_1 = 0.0, 0.0
    for k in range(series.n_eventful):
        i = eventful[k]
        counted = weight[i] * cases[i]
        saturated += counted * (log_cases[i] - 1.0)
        if log_exposure.size:
            saturated -= counted * log_exposure[i]
        events_1 += counted * base.time[i]
    sum_2, trend_before = 0.0, trend
    work.steps[0] += 1
    for taken in range(1, MAX_STEPS + 1):
        if not is_moderate(level, trend * base.time[-1]):
            trend = math.nan
            break
        sum_2 = run_sums(work, base, level, trend, series.n_odd, exposure)
        last = deviance
        deviance = saturated - trend * events_1
        score_1 = events_1
        for period in range(level.size):
            if seen[period]:
                deviance += sum_0[period] - level[period] * events[period]
                score_1 -= sum_1[period]
        deviance *= 2.0 * scale
        tolerance = max(DEVIANCE_TOLERANCE * (abs(deviance) + 0.1), ROUNDING * abs(saturated) * scale)
        if taken > 1 and abs(deviance - last) < tolerance:
            break
        for period in range(level.size):
            before[period] = events[period] - sum_0[period]
        trend_before = trend
        trend, within = step(work, has_trend, sum_2, trend, score_1)
        work.steps[0] += 1
    else:
        trend = math.nan
    return spread(work, base, series, has_trend, exposure, trend, trend_before, within, scale)


@compiled
def spread(
    work: Workspace,
    base: Baseline,
    series: Series,
    has_trend: bool,
    exposure: NDArray[np.float64],
    trend: float,
    before: float,
    within: float,
    scale: float,
) -> Solution:
    """Return the fitted model with its dispersions, and leave in sum_0 and sum_1 the weights of its last step.

    Weeks without events are not visited: their residuals are known from the sums.

    Shapes:  exposure (n,), or none.
    Units:   without unit.
    Errors:  none.
    Source:  docs/methods/farrington.md, equation 8.
    """
    level, past_level, seen, weight, cases = work.level, work.before, work.seen, work.weight, work.cases
    eventful, periods, times = work.eventful, base.period, base.time
    parameters = 1 if has_trend else 0
    total = 0.0
    for period in range(level.size):
        if seen[period]:
            parameters += 1
    freedom = series.n_seen - parameters
    is_finite = math.isfinite(trend) and freedom > 0
    if not is_finite:
        return Solution(trend, before, within, scale, math.nan, math.nan, freedom, False)
    run_sums(work, base, past_level, before, series.n_odd, exposure)
    weights = 0.0
    for i in range(times.size):
        weights += weight[i]
    for period in range(level.size):
        if seen[period]:
            total += work.sum_0[period]
    pearson, working = total, weights
    for k in range(series.n_eventful):
        i = eventful[k]
        exposed = exposure[i] if exposure.size else 1.0
        mean = exposed * math.exp(level[periods[i]] + trend * times[i])
        past = exposed * math.exp(past_level[periods[i]] + before * times[i])
        square = (cases[i] / mean - 1.0) ** 2 - 1.0
        pearson += weight[i] * past * square
        working += weight[i] * square
    pearson = max(pearson, 0.0) * scale / freedom
    return Solution(trend, before, within, scale, pearson, max(working, 0.0) * scale / freedom, freedom, True)


@compiled
def reweight(
    work: Workspace, base: Baseline, series: Series, solution: Solution, above: float, exposure: NDArray[np.float64]
) -> int:
    """Give weeks far above their expectation the weight of equation 7; return how many weights are not 1 now.

    The Anscombe residual never exceeds Pearson's where the count is above its expectation, so most weeks need no
    powers. Weeks that were left out stay so.

    Shapes:  exposure (n,), or none.
    Units:   residuals in standard deviations.
    Errors:  none.
    Source:  docs/methods/farrington.md, equations 6 to 7.
    """
    n_odd = series.n_odd
    dispersion = max(solution.pearson, 1.0)
    for k in range(series.n_eventful):
        i = work.eventful[k]
        period, time, count = base.period[i], base.time[i], work.cases[i]
        exposed = exposure[i] if exposure.size else 1.0
        mean = exposed * math.exp(work.level[period] + solution.trend * time)
        if count <= mean or mean == 0.0:
            continue
        leverage = 1.0 / work.sum_0[period]
        if solution.within > 0.0:
            leverage += (time - work.sum_1[period] / work.sum_0[period]) ** 2 / solution.within
        leverage *= exposed * math.exp(work.before[period] + solution.before * time)
        free = dispersion * (1.0 - leverage)
        if free < MIN_FREE_LEVERAGE or (count - mean) ** 2 <= above * above * mean * free:
            continue
        residual = 1.5 * (count ** (2.0 / 3.0) * mean ** (-1.0 / 6.0) - math.sqrt(mean)) / math.sqrt(free)
        if residual > above:
            work.weight[i] = residual**-2.0
            work.odd[n_odd] = i
            n_odd += 1
    return n_odd


@compiled
def fit_robustly(
    work: Workspace,
    base: Baseline,
    series: Series,
    has_trend: bool,
    weight_above: float,
    exposure: NDArray[np.float64],
    log_exposure: NDArray[np.float64],
) -> Solution:
    """Fit, weigh down the weeks that look like past outbreaks, and fit again; weights are as they were afterwards.

    Shapes:  exposure and log_exposure (n,), or none.
    Units:   logarithms of events; trend per week.
    Errors:  none.
    Source:  docs/methods/farrington.md, equations 4 to 8.
    """
    solution = solve(work, base, series, has_trend, exposure, log_exposure)
    if not solution.is_fitted or not math.isfinite(weight_above):
        return solution
    n_odd = reweight(work, base, series, solution, weight_above, exposure)
    if n_odd == series.n_odd:
        return solution
    again = Series(series.n_eventful, n_odd, series.n_seen)
    solution = solve(work, base, again, has_trend, exposure, log_exposure)
    for k in range(series.n_odd, n_odd):
        work.weight[work.odd[k]] = 1.0
    return solution


@compiled
def read_series(work: Workspace, base: Baseline, counts: NDArray[np.int64], is_known: NDArray[np.bool_]) -> Series:
    """Leave the baseline of one series in the workspace.

    Shapes:  counts (weeks,); is_known (weeks,), True for weeks to leave out, or none.
    Units:   events.
    Errors:  none.
    Source:  docs/methods/farrington.md, equation 3.
    """
    n_eventful, n_odd, n_seen = 0, 0, 0
    cases, weight, seen, odd, eventful = work.cases, work.weight, work.seen, work.odd, work.eventful
    log_cases, log_start, positions, periods = work.log_cases, work.log_start, base.position, base.period
    log_zero = math.log(START_OFFSET)
    seen[:] = 0
    work.steps[0] = 0
    for i in range(positions.size):
        count = counts[positions[i]]
        cases[i] = count
        if is_known.size and is_known[positions[i]]:
            weight[i] = 0.0
            odd[n_odd] = i
            n_odd += 1
            continue
        weight[i] = 1.0
        n_seen += 1
        seen[periods[i]] += 1
        if count:
            eventful[n_eventful] = i
            n_eventful += 1
            log_cases[i] = math.log(count)
            log_start[i] = math.log(count + START_OFFSET)
        else:
            log_cases[i] = 0.0
            log_start[i] = log_zero
    return Series(n_eventful, n_odd, n_seen)


@compiled
def fit_one(
    fits: Fits,
    row: int,
    work: Workspace,
    base: Baseline,
    series: Series,
    rule: FitRule,
    exposure: NDArray[np.float64],
    log_exposure: NDArray[np.float64],
    exposed_now: float,
) -> None:
    """Leave in one row of `fits` what the series in the workspace says of the judged week.

    Shapes:  exposure and log_exposure (n,), or none.
    Units:   events; trend per week.
    Errors:  none.
    Source:  docs/methods/farrington.md, equations 3 to 9.
    """
    fits.weeks_used[row] = series.n_seen
    fits.mean[row], fits.log_error[row], fits.dispersion[row], fits.trend[row] = math.nan, math.nan, math.nan, math.nan
    if not work.seen[0]:
        return
    if not series.n_eventful:
        fits.mean[row], fits.dispersion[row] = 0.0, 1.0
        return
    largest = 0.0
    for k in range(series.n_eventful):
        largest = max(largest, work.cases[work.eventful[k]])
    keeps_trend = False
    solution = Solution(0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0, False)
    if rule.has_trend:
        solution = fit_robustly(work, base, series, True, rule.weight_above, exposure, log_exposure)
        if solution.is_fitted:
            dispersion = solution.pearson if rule.pearson else solution.working
            error = math.sqrt(dispersion / (solution.scale * solution.within))
            mean = exposed_now * math.exp(work.level[0] + solution.trend * base.now)
            keeps_trend = abs(solution.trend) > rule.critical[solution.freedom] * error and 0.0 < mean <= largest
    if not keeps_trend:
        solution = fit_robustly(work, base, series, False, rule.weight_above, exposure, log_exposure)
        if not solution.is_fitted:
            return
    variance = 1.0 / work.sum_0[0]
    if keeps_trend:
        variance += (base.now - work.sum_1[0] / work.sum_0[0]) ** 2 / solution.within
        fits.trend[row] = solution.trend
    dispersion = max(solution.pearson, 1.0)
    fits.mean[row] = exposed_now * math.exp(work.level[0] + solution.trend * base.now)
    fits.dispersion[row] = dispersion
    error_dispersion = dispersion if rule.pearson else solution.working
    fits.log_error[row] = math.sqrt(error_dispersion * variance / solution.scale)


@compiled
def fit_each(
    fits: Fits,
    counts: NDArray[np.int64],
    base: Baseline,
    rule: FitRule,
    n_periods: int,
    is_known: NDArray[np.bool_],
    population: NDArray[np.float64],
    week: int,
) -> None:
    """Leave in `fits` what the baseline of each series says of the judged week.

    Shapes:  fits (series,); counts (series, weeks); is_known and population (series or 1 or 0, weeks): one row for
             all, or none at all.
    Units:   events; trend per week.
    Errors:  none; the arrays were checked.
    Source:  docs/methods/farrington.md, equations 3 to 9.
    """
    n = base.position.size
    longest = 0
    for run in range(base.run_length.size):
        longest = max(longest, base.run_length[run])
    work = Workspace(
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n, np.int64),
        np.zeros(2 * n, np.int64),
        np.zeros(n_periods),
        np.zeros(n_periods),
        np.zeros(n_periods),
        np.zeros(n_periods),
        np.zeros(n_periods),
        np.zeros(n_periods),
        np.zeros(n_periods, np.int64),
        np.zeros(1, np.int64),
        np.zeros((4, longest)),
    )
    exposure = np.zeros(n if population.shape[0] else 0)
    log_exposure = np.zeros(exposure.size)
    nothing_known = np.zeros(0, np.bool_)
    exposed_now = 1.0
    for row in range(counts.shape[0]):
        known = is_known[min(row, is_known.shape[0] - 1)] if is_known.shape[0] else nothing_known
        if population.shape[0] and (row == 0 or population.shape[0] > 1):
            people = population[min(row, population.shape[0] - 1)]
            exposed_now = people[week]
            for i in range(n):
                exposure[i] = people[base.position[i]]
                log_exposure[i] = math.log(exposure[i])
        series = read_series(work, base, counts[row], known)
        fit_one(fits, row, work, base, series, rule, exposure, log_exposure, exposed_now)
        fits.steps[row] = work.steps[0]
