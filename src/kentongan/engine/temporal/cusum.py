"""Do small excesses of the count, week after week, add up to more than chance explains?

The CUSUM chart for counts (E. S. Page, Biometrika 41, 1954) after a transformation that makes counts nearly normal
(G. Rossi, L. Lampugnani, M. Marchi, Statistics in Medicine 18, 1999).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.temporal.charts import DIRECTIONS, Direction, chart_weeks, given_expectation
from kentongan.engine.temporal.detection import Detection, counts_table, refuse

Transform = Literal["rossi", "anscombe", "standard"]

MIN_HISTORY_WEEKS = 8
"""From fewer weeks the mean count is too uncertain to add up deviations from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CusumOptions:
    """How the chart adds up and when it raises an alarm.

    Each week the sum takes the transformed count beyond `reference_value`; at `decision_interval` it is an alarm.
    After an alarm the sum runs on, unless `resets_after_alarm` lets it begin again at 0.
    """

    reference_value: float = 1.04
    decision_interval: float = 2.26
    transform: Transform = "rossi"
    direction: Direction = "increase"
    resets_after_alarm: bool = False


class _Scale(NamedTuple):
    """A transformation of counts with mean m to about N(0, 1), and its inverse (no count below 0)."""

    normal: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    original: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def cusum(
    counts: ArrayLike,
    *,
    weeks: Sequence[int] | NDArray[np.integer],
    expected: ArrayLike | None = None,
    options: CusumOptions = CusumOptions(),
) -> Detection:
    """Return for every series and monitored week the count that would raise an alarm, and whether it did.

    The expectation is the mean of the weeks before the first monitored one, unless it is given (for instance by
    `seasonal.seasonal_model`). A series that expects nothing is not judged: its bounds are NaN. For decreases the
    bound is the largest count that raises an alarm, NaN where even 0 would not.

    Shapes:  counts (series, weeks); weeks (judged weeks,), one after another; expected broadcast to (series, judged
             weeks); result arrays (series, judged weeks).
    Units:   events per series and week; decision_interval and reference_value in standard deviations.
    Errors:  EngineInputError with all faults of counts, weeks, expectation and options.
    Source:  docs/methods/cusum.md, equations 1 to 5.
    """
    faults = _option_faults(options)
    table = counts_table(counts, faults)
    positions = chart_weeks(weeks, table, history=MIN_HISTORY_WEEKS if expected is None else 0, faults=faults)
    shape = (len(table), positions.size)
    given = None if expected is None or not table.size else given_expectation(expected, shape, faults)
    refuse("CUSUM", faults)

    mean = (
        np.repeat(table[:, : positions[0]].mean(axis=1)[:, np.newaxis], positions.size, axis=1)
        if given is None
        else given
    )
    observed = table[:, positions]
    bound, is_alarm = _chart(observed.astype(np.float64), mean, options)
    return Detection(
        weeks=positions,
        observed=observed,
        expected=np.array(mean),
        upper_bound=bound,
        is_alarm=is_alarm,
        p_value=np.full(shape, np.nan),
    )


def transformed_counts(counts: ArrayLike, mean: ArrayLike, transform: Transform = "rossi") -> NDArray[np.float64]:
    """Return the counts on a scale on which they are about standard normal when their mean is as expected.

    Shapes:  counts and mean broadcast against each other; result their common shape.
    Units:   counts >= 0 and mean > 0 in events; result in standard deviations.
    Errors:  none; `cusum` checks.
    Source:  docs/methods/cusum.md, equations 1 to 2.
    """
    return _SCALES[transform].normal(np.asarray(counts, dtype=np.float64), np.asarray(mean, dtype=np.float64))


def _chart(
    observed: NDArray[np.float64], mean: NDArray[np.float64], options: CusumOptions
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the bound and the alarm of every series and week.

    A decrease is an increase of the negated deviation, so one sum serves both.
    """
    scale = _SCALES[options.transform]
    sign = 1.0 if options.direction == "increase" else -1.0
    total = np.zeros(len(observed))
    bound = np.full(observed.shape, np.nan)
    is_alarm = np.zeros(observed.shape, dtype=np.bool_)
    for week in range(observed.shape[1]):
        judged = mean[:, week] > 0
        m, x, before = mean[judged, week], observed[judged, week], total[judged]
        missing = sign * (options.decision_interval + options.reference_value - before)
        bound[judged, week] = scale.original(missing, m)
        if options.direction == "decrease":
            bound[judged, week] = np.where(missing < scale.normal(np.zeros_like(m), m), np.nan, bound[judged, week])
        after = np.maximum(0.0, before + sign * scale.normal(x, m) - options.reference_value)
        is_alarm[judged, week] = after >= options.decision_interval
        total[judged] = np.where(options.resets_after_alarm & is_alarm[judged, week], 0.0, after)
    return bound, is_alarm


def _rossi(x: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation: NDArray[np.float64] = (x - 3 * m + 2 * np.sqrt(x * m)) / (2 * np.sqrt(m))
    return deviation


def _rossi_count(z: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    root = np.sqrt(m)
    count: NDArray[np.float64] = np.maximum(0.0, np.sqrt(np.maximum(0.0, 4 * m + 2 * root * z)) - root) ** 2
    return count


def _anscombe(x: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation: NDArray[np.float64] = 1.5 * (np.cbrt(x) ** 2 - np.cbrt(m) ** 2) / m ** (1 / 6)
    return deviation


def _anscombe_count(z: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    count: NDArray[np.float64] = np.maximum(0.0, np.cbrt(m) ** 2 + z * m ** (1 / 6) / 1.5) ** 1.5
    return count


def _standard(x: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation: NDArray[np.float64] = (x - m) / np.sqrt(m)
    return deviation


def _standard_count(z: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    count: NDArray[np.float64] = np.maximum(0.0, m + z * np.sqrt(m))
    return count


_SCALES: dict[Transform, _Scale] = {
    "rossi": _Scale(_rossi, _rossi_count),
    "anscombe": _Scale(_anscombe, _anscombe_count),
    "standard": _Scale(_standard, _standard_count),
}


def _option_faults(options: CusumOptions) -> list[str]:
    """Return what is wrong with the options."""
    rules = (
        (not 0 <= options.reference_value < math.inf, "Nilai acuan CUSUM tidak boleh negatif."),
        (not 0 < options.decision_interval < math.inf, "Batas keputusan CUSUM harus lebih dari 0."),
        (options.transform not in get_args(Transform), f"Transformasi harus salah satu dari {', '.join(_SCALES)}."),
        (options.direction not in DIRECTIONS, f"Arah harus salah satu dari {', '.join(DIRECTIONS)}."),
    )
    return [text for is_wrong, text in rules if is_wrong]
