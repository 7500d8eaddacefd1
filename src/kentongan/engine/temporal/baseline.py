"""Which earlier weeks a week is compared with, and in which period of the year each of them lies."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WEEKS_PER_YEAR = 52


class Baseline(NamedTuple):
    """The weeks that one week is compared with, the same for all series.

    `position` (n,) of each in the counts, ascending; its `period` of the year, 0 being that of the judged week; and
    `time` (n,), weeks from the middle of the baseline, so that sums over it stay small. `now` is the judged week on
    that scale. Runs are stretches of successive weeks of one period: `run_period`, `run_time` of the first week
    and `run_length` in weeks (runs,).
    """

    position: NDArray[np.int64]
    period: NDArray[np.int64]
    time: NDArray[np.float64]
    now: float
    run_period: NDArray[np.int64]
    run_time: NDArray[np.float64]
    run_length: NDArray[np.int64]


def reference_weeks(week: int, years: int, week_starts: NDArray[np.datetime64] | None) -> NDArray[np.int64]:
    """Return the same week of each earlier year, the earliest year first; below 0 where the series had not begun.

    With the day on which each week starts: the week that starts nearest to the same date, 29 February being 1 March
    where there is none. Without: every 52 weeks.

    Shapes:  week a position; week_starts (weeks,) days, 7 apart, or None; result (years,).
    Units:   positions of weeks.
    Errors:  none; the arguments were checked.
    Source:  docs/methods/farrington.md, equation 1.
    """
    back = np.arange(years, 0, -1)
    if week_starts is None:
        return week - WEEKS_PER_YEAR * back
    month = week_starts[week].astype("datetime64[M]")
    day = (week_starts[week] - month.astype("datetime64[D]")).astype(np.int64)
    dates = (month - 12 * back.astype("timedelta64[M]")).astype("datetime64[D]") + day.astype("timedelta64[D]")
    weeks: NDArray[np.int64] = ((dates - week_starts[0]).astype(np.int64) + 3) // 7
    return weeks


def baseline_of(week: int, references: NDArray[np.int64], *, half_window: int, periods: int, left_out: int) -> Baseline:
    """Return the weeks to compare with: windows around the references and, with more periods, all weeks between.

    What lies between two windows is divided into `periods` - 1 nearly equal periods, the longer ones first. The
    last `left_out` weeks before the judged one are no part of the baseline.

    Shapes:  references (years,), the earliest first, not below `half_window`; a Baseline of n weeks.
    Units:   positions of weeks.
    Errors:  none; the arguments were checked.
    Source:  docs/methods/farrington.md, equations 1 to 2.
    """
    centres = np.append(references, week)
    position, period = [], []
    for centre, following in pairwise(centres):
        window = np.arange(centre - half_window, centre + half_window + 1)
        position.append(window)
        period.append(np.zeros_like(window))
        if periods > 1:
            between = np.arange(centre + half_window + 1, following - half_window)
            parts = np.array_split(between, periods - 1)
            position.append(between)
            period.append(np.repeat(np.arange(1, periods), [len(part) for part in parts]))
    weeks, labels = np.concatenate(position), np.concatenate(period)
    is_old_enough = weeks < week - left_out
    weeks, labels = weeks[is_old_enough], labels[is_old_enough]
    middle = (weeks[0] + weeks[-1]) / 2
    starts = np.flatnonzero(np.concatenate(([True], (np.diff(weeks) != 1) | (np.diff(labels) != 0))))
    return Baseline(
        position=weeks.astype(np.int64),
        period=labels.astype(np.int64),
        time=(weeks - middle).astype(np.float64),
        now=float(week - middle),
        run_period=labels[starts].astype(np.int64),
        run_time=(weeks[starts] - middle).astype(np.float64),
        run_length=np.diff(np.append(starts, len(weeks))).astype(np.int64),
    )
