"""From the weekly series of districts, regencies and provinces to surges: whole areas that have more than is usual. No Django.

The scan looks for circles that stand out from their surroundings. A rise that is spread thinly over a whole regency, or
that goes through everything at once, stands out from nothing but its own past: it is looked for here, in the sums, where
events count whose place is known only to the regency.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import special

from kentongan.engine.calibration import Thresholds
from kentongan.engine.temporal.farrington import FarringtonOptions, farrington
from kentongan.engine.temporal.hierarchy import adjusted_p_values
from kentongan.engine.temporal.nowcast import delay_profile, reporting_triangle, shares_by_age
from kentongan.engine.temporal.surge import (
    RECENT_WEEKS,
    Surges,
    level_of_others,
    pooled_dispersion,
    surges_from_expectation,
    surges_from_history,
)

from .features import NOWHERE, WEEK_DAYS, SeriesTable, Unseen
from .scanning import Member, Scanned, Seen, Week
from .streams import AREA_LEVELS

SHORT_WEEKS = 52 + RECENT_WEEKS
"""A series without years of history is compared with at most one year: each season once."""

MOST_YEARS = 5
"""As many earlier years Farrington's detector looks at, if there are."""

HALF_WINDOW, LEFT_OUT, QUANTILE = 3, 26, 0.05

HISTORY_WEEKS = MOST_YEARS * 52 + HALF_WINDOW + 2 + RECENT_WEEKS
"""No series is read further back than Farrington's detector does: its years, half a window, a week for the calendar, and
the first week, which may be half unwatched."""

MIN_WEEKS = 12 + RECENT_WEEKS
"""With a shorter history an area is not judged."""

MIN_EVENTS = 5
"""An area with fewer events in its history and now together is not judged: nothing about it could be surprising enough."""

SEASON_CV2 = 0.08
"""Squared variation of the level of a month about the year's: a wave of amplitude 0.4. Larger waves are surges."""

MAX_DELAY_WEEKS = 8
"""What comes later was caught up on, and says nothing of how late reports usually are."""

SEASONAL_YEARS = 3
"""From so many years on, the same weeks of earlier years can be told from chance."""

SEASONAL_EVENTS_A_WEEK = 1.0
"""With fewer events some season has none in all years, and one event would be expected never to come."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Places and days whose events are explained otherwise. `window_to` is excluded."""

    places: frozenset[int]
    window_from: date
    window_to: date


@dataclass(frozen=True, slots=True)
class _Series:
    """The series of one area with all that its judgement needs.

    `awaited` (RECENT_WEEKS,) is what earlier years let expect; where it is None the expectation comes from the counts
    (weeks,) themselves with the weights (weeks,).
    """

    key: int
    level: str
    counts: NDArray[np.int64]
    weights: NDArray[np.float64]
    dispersion: float
    season: float
    season_cv2: float
    awaited: NDArray[np.float64] | None
    history_weeks: int

    def judged(self, removed: NDArray[np.int64] | None = None) -> Surges:
        """Return how surprising the last weeks are, some of their events (RECENT_WEEKS,) left out."""
        counts = self.counts.copy()
        if removed is not None:
            counts[-RECENT_WEEKS:] -= removed
        if self.awaited is not None:
            return surges_from_expectation(
                counts[-RECENT_WEEKS:], self.awaited, dispersion=self.dispersion, level_cv2=self.season_cv2
            )
        return surges_from_history(
            counts, self.weights, dispersion=self.dispersion, level=self.season, level_cv2=self.season_cv2
        )

    def expected_weeks(self) -> NDArray[np.float64]:
        """Return what each week was compared with (weeks,)."""
        mean: NDArray[np.float64] = self.counts.sum() * self.weights / self.weights.sum()
        mean[-RECENT_WEEKS:] = self.season * mean[-RECENT_WEEKS:] if self.awaited is None else self.awaited
        return mean


@dataclass(frozen=True, slots=True)
class Surge:
    """An area that has more events than is usual, and what it takes to ask whether something inside explains it.

    `days` and `inside` are of its events of the last weeks: (events,) days of the proleptic calendar, and (4, events) the
    keys of the areas that each lies in, as in the table. `cutoff` is the p-value of the series at which it stands out among all.
    """

    seen: Seen
    series: _Series
    cutoff: float
    first_day: int
    days: NDArray[np.int64]
    inside: NDArray[np.int64]

    def events_in(self, cells: Iterable[Cell]) -> int:
        """Return how many of its events of the last weeks lie in the cells."""
        return int(self._are_in(cells).sum())

    def stands_without(self, cells: Iterable[Cell]) -> bool:
        """Whether it would stand out without the events that lie in the cells."""
        week = (self.days[self._are_in(cells)] - self.first_day) // WEEK_DAYS
        removed = np.bincount(week, minlength=RECENT_WEEKS)
        return bool(self.series.judged(removed).p_value[0] <= self.cutoff)

    def _are_in(self, cells: Iterable[Cell]) -> NDArray[np.bool_]:
        found = np.zeros(self.days.size, dtype=np.bool_)
        for cell in cells:
            places = np.array(sorted(cell.places), dtype=np.int64)
            is_then = (self.days >= cell.window_from.toordinal()) & (self.days < cell.window_to.toordinal())
            found |= is_then & np.isin(self.inside, places).any(axis=0)
        return found


@dataclass(frozen=True, slots=True)
class Trends:
    """The series of a stream: a line for each level of areas, and the surges, each said once."""

    scanned: tuple[Scanned, ...]
    surges: tuple[Surge, ...]


def scan_trends(table: SeriesTable, *, stream: str, limits: Thresholds, interval_days: float) -> Trends:
    """Return the areas of a stream whose last weeks are rarer than the threshold, false ones among all held down.

    Every level is one family and has an even part of the threshold. Of areas that lie in each other one surge is said:
    an inner one when the outer does not stand out without it alone, else the outer.
    """
    begins = _begin_of_history(table)
    weights = _weights(table, begins)
    surges: list[Surge] = []
    lines = []
    for level in AREA_LEVELS:
        judged = _judged_series(table, level, weights, begins=begins)
        found = _stand_out(judged, table, stream=stream, limits=limits, interval_days=interval_days)
        crossing = [surge for surge in found if surge.seen.p_value <= limits.trend_p_value]
        surges = _joined(surges, crossing)
        is_coarse = table.at(level) == NOWHERE
        lines.append(
            Scanned(
                stream=stream,
                level=level,
                cases=int((~is_coarse).sum()),
                places=len(judged),
                unseen=Unseen(coarse=int(is_coarse.sum())),
                replicas=0,
                best=found[0].seen if found else None,
                seen=tuple(surge.seen for surge in crossing),
                type="surge",
            )
        )
    ordered = sorted(
        surges, key=lambda surge: (surge.seen.p_value, AREA_LEVELS.index(surge.seen.level), surge.series.key)
    )
    return Trends(scanned=tuple(lines), surges=tuple(ordered))


def earlier_years(history_weeks: int) -> int:
    """Return in how many earlier years the same weeks were watched; `history_weeks` are those before the last ones."""
    # Half a window more, and a week because years are longer than 52 weeks.
    return min(max(history_weeks - HALF_WINDOW - 1, 0) // 52, MOST_YEARS)


def _begin_of_history(table: SeriesTable) -> int:
    """Return the first week after the stream's first event: that one opens the history and is reported by definition."""
    return int(table.week.min()) + 1 if table.week.size else table.weeks


def _weights(table: SeriesTable, begins: int) -> NDArray[np.float64]:
    """Return the share of each week's events that is known by now (weeks,), learnt since events were first counted."""
    weights = np.ones(table.weeks)
    since = table.week * WEEK_DAYS + WEEK_DAYS - 1 + table.delay  # the day since which each counts
    first = int(since.min()) // WEEK_DAYS if since.size else table.weeks
    is_told = (table.week >= max(first, begins)) & (table.delay <= MAX_DELAY_WEEKS * WEEK_DAYS)
    length = table.weeks - max(first, begins)
    if length > MAX_DELAY_WEEKS and is_told.any():
        triangle = reporting_triangle(
            table.week[is_told] - (table.weeks - length),
            table.delay[is_told],
            weeks=length,
            max_delay=MAX_DELAY_WEEKS,
        )
        by_age = shares_by_age(delay_profile(triangle)[0])
        weights[-by_age.size :] = np.maximum(by_age[::-1], 1e-3)
    return weights


def _judged_series(table: SeriesTable, level: str, weights: NDArray[np.float64], *, begins: int) -> list[_Series]:
    """Return the series of a level that have enough events and weeks to be judged, in the order of their keys."""
    length = min(table.weeks - begins, SHORT_WEEKS)
    if length < MIN_WEEKS:
        return []
    keys, counts = table.series(level)
    short, share = counts[:, -length:], weights[-length:]
    dispersion = pooled_dispersion(short[:, :-RECENT_WEEKS], share[:-RECENT_WEEKS]) if keys.size else 1.0
    season, season_cv2 = _seasons(table, level, short, share, dispersion)
    found = [
        _Series(
            key=int(key),
            level=level,
            counts=short[row],
            weights=share,
            dispersion=dispersion,
            season=float(season[row]),
            season_cv2=float(season_cv2[row]),
            awaited=None,
            history_weeks=length - RECENT_WEEKS,
        )
        for row, key in enumerate(keys)
        if short[row].sum() >= MIN_EVENTS
    ]
    return _with_earlier_years(found, keys, counts, weights, table=table, begins=begins)


def _seasons(
    table: SeriesTable, level: str, short: NDArray[np.int64], share: NDArray[np.float64], dispersion: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each area the level of the last weeks beside the year's, and how unsure it is.

    Districts and regencies learn it from the stream outside of them. A province has its own: compared with others, a
    rise that goes through everything would be taken for a season.
    """
    areas, weeks = short.shape
    if level == AREA_LEVELS[-1]:
        return np.ones(areas), np.full(areas, SEASON_CV2)
    everything = np.bincount(table.week, minlength=table.weeks)[-weeks:]
    others = everything - short
    recent, earlier = others[:, -RECENT_WEEKS:].sum(axis=1), others[:, :-RECENT_WEEKS].sum(axis=1)
    ratio = share[-RECENT_WEEKS:].sum() / share[:-RECENT_WEEKS].sum()
    return level_of_others(recent, earlier * ratio, earlier, dispersion=dispersion, prior_cv2=SEASON_CV2)


def _with_earlier_years(
    found: list[_Series],
    keys: NDArray[np.int64],
    counts: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    table: SeriesTable,
    begins: int,
) -> list[_Series]:
    """Return the series; those with years of history and enough events are compared with the same weeks of earlier years."""
    length = table.weeks - begins
    years = earlier_years(length - RECENT_WEEKS)
    if years < SEASONAL_YEARS:
        return found
    long = counts[:, begins:]
    is_dense = long[:, :-RECENT_WEEKS].mean(axis=1) >= SEASONAL_EVENTS_A_WEEK
    chosen = [one for one in found if is_dense[np.searchsorted(keys, one.key)]]
    if not chosen:
        return found
    rows = np.searchsorted(keys, [one.key for one in chosen])
    awaited, dispersion, error2 = _fitted_to_earlier_years(long[rows], table.starts[begins:], weights[begins:], years)
    seasonal = {
        one.key: replace(
            one,
            dispersion=float(dispersion[row]),
            season_cv2=float(error2[row]),
            awaited=awaited[row],
            history_weeks=length - RECENT_WEEKS,
        )
        for row, one in enumerate(chosen)
        if np.isfinite(error2[row]) and (awaited[row] > 0).all()
    }
    return [seasonal.get(one.key, one) for one in found]


def _fitted_to_earlier_years(
    counts: NDArray[np.int64], starts: Sequence[date], weights: NDArray[np.float64], years: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what the same weeks of earlier years let expect of the last ones, the dispersion and the squared error.

    Past outbreaks weigh less in the expectation and fully in the dispersion. Shapes: (series, RECENT_WEEKS), (series,)
    and (series,).
    """
    length = counts.shape[1]
    options = FarringtonOptions(
        b=years, w=HALF_WINDOW, past_weeks_not_included=LEFT_OUT, threshold_method="muan", alpha=QUANTILE
    )
    fitted, as_counted = (
        farrington(
            counts,
            weeks=range(length - RECENT_WEEKS, length),
            options=replace(options, reweight=reweight),
            week_starts=np.array(starts, dtype="datetime64[D]"),
            population=weights,
        )
        for reweight in (True, False)
    )
    dispersion = as_counted.phi.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        convention = ((np.log(fitted.mu0 / fitted.fitted) / special.ndtri(QUANTILE)) ** 2).mean(axis=1)
        from_dispersion = dispersion / fitted.fitted.mean(axis=1) * _weeks_unknown(years, length)
    return fitted.fitted, dispersion, np.maximum(convention, from_dispersion)


def _weeks_unknown(years: int, length: int) -> float:
    """Return the squared error of the fitted level in dispersions, times the events of a week (equation 6)."""
    fitted = length - RECENT_WEEKS - LEFT_OUT
    ahead = fitted / 2 + LEFT_OUT + RECENT_WEEKS / 2
    return 1 / ((2 * HALF_WINDOW + 1) * years) + 12 * ahead**2 / fitted**3


def _stand_out(
    judged: Sequence[_Series], table: SeriesTable, *, stream: str, limits: Thresholds, interval_days: float
) -> list[Surge]:
    """Return every judged series as a surge, the rarest first; its p-value is that of the stream's whole tree."""
    if not judged:
        return []
    results = [one.judged() for one in judged]
    own = np.array([result.p_value[0] for result in results])
    of_stream = np.minimum(adjusted_p_values(own) * len(AREA_LEVELS), 1.0)
    rank = max(int((of_stream <= limits.trend_p_value).sum()), 1)
    cutoff = limits.trend_p_value / len(AREA_LEVELS) * rank / len(judged)
    order = sorted(range(len(judged)), key=lambda n: (own[n], judged[n].key))
    return [
        _surge(
            judged[n],
            results[n],
            table,
            stream=stream,
            p_value=float(of_stream[n]),
            cutoff=cutoff,
            interval_days=interval_days,
        )
        for n in order
        if n == order[0] or of_stream[n] <= limits.trend_p_value
    ]


def _joined(inner: Sequence[Surge], outer: Sequence[Surge]) -> list[Surge]:
    """Return the surges of smaller areas with those of larger ones, where they lie in each other only one of them."""
    kept = list(inner)
    for surge in outer:
        inside = [one for one in kept if _lies_in(one, surge)]
        if any(not surge.stands_without([_cell(one)]) for one in inside):
            continue
        kept = [one for one in kept if one not in inside]
        kept.append(surge)
    return kept


def _lies_in(inner: Surge, outer: Surge) -> bool:
    return bool((inner.inside == outer.series.key).any())


def _cell(surge: Surge) -> Cell:
    return Cell(surge.seen.places, date.fromordinal(surge.first_day), surge.seen.window_to)


def _surge(
    one: _Series,
    result: Surges,
    table: SeriesTable,
    *,
    stream: str,
    p_value: float,
    cutoff: float,
    interval_days: float,
) -> Surge:
    """Return a series as what a run sees."""
    weeks, observed, expected = int(result.weeks[0]), int(result.observed[0]), float(result.expected[0])
    starts = table.starts[-one.counts.size :]
    recent = table.starts[-RECENT_WEEKS]
    is_its = (table.at(one.level) == one.key) & (table.day >= recent.toordinal())
    needed = _needed_weeks(one, cutoff) if p_value < 1 and result.p_value[0] <= cutoff else frozenset()
    awaited = one.expected_weeks()
    seen = Seen(
        type="surge",
        stream=stream,
        level=one.level,
        members=(Member(place=one.key, observed=observed, expected=expected, is_centre=True),),
        window_from=table.starts[-weeks],
        window_to=table.starts[-1] + timedelta(days=WEEK_DAYS),
        observed=observed,
        expected=expected,
        relative_risk=observed / expected,
        llr=_log_ratio(observed, expected),
        p_value=p_value,
        recurrence_days=interval_days / p_value,
        radius_m=None,
        weeks=tuple(
            Week(
                starts_on=start,
                observed=int(one.counts[n]),
                expected=float(awaited[n]),
                is_needed=len(starts) - n in needed,
            )
            for n, start in enumerate(starts)
        ),
        baseline_events=int(one.counts.sum()),
        history_weeks=one.history_weeks,
    )
    return Surge(
        seen=seen,
        series=one,
        cutoff=cutoff,
        first_day=recent.toordinal(),
        days=table.day[is_its],
        inside=table.inside[:, is_its],
    )


def _needed_weeks(one: _Series, cutoff: float) -> frozenset[int]:
    """Return the ages (1: the week that ends now) of the weeks without whose events alone it would not stand out."""
    needed = set()
    for age in range(1, RECENT_WEEKS + 1):
        removed = np.zeros(RECENT_WEEKS, dtype=np.int64)
        removed[-age] = one.counts[-age]
        if removed.any() and one.judged(removed).p_value[0] > cutoff:
            needed.add(age)
    return frozenset(needed)


def _log_ratio(observed: int, expected: float) -> float:
    """Return the Poisson log-likelihood ratio of the window."""
    return observed * math.log(observed / expected) - (observed - expected) if observed > expected else 0.0
