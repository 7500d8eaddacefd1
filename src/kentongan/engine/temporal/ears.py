"""EARS C1, C2 and C3: is a count more than the few weeks (or days) just before explain?

For streams whose history is too short for `farrington`: a week of baseline is enough.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from kentongan.engine.temporal.detection import Detection, counts_table, judged_weeks, refuse

GUARD = 2
"""How many weeks C2 and C3 leave between baseline and count, so that an outbreak does not hide itself."""

LOOKBACK = 2
"""How many earlier weeks C3 adds up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarsOptions:
    """How EARS judges.

    `baseline` is how many weeks the mean and the standard deviation are taken from, `alpha` the chance of a false
    alarm for independent normal counts. A standard deviation below `min_deviation` counts as that (0: as computed,
    so that after an empty baseline one single event is an alarm).
    """

    method: Literal["C1", "C2", "C3"] = "C1"
    baseline: int = 7
    alpha: float = 0.001
    min_deviation: float = 0.0


def ears(
    counts: ArrayLike,
    *,
    weeks: int | Sequence[int] | NDArray[np.integer] | None = None,
    options: EarsOptions = EarsOptions(),
) -> Detection:
    """Return whether the count of each judged week (the last, by default) exceeds what its own recent past explains.

    C1 and C2 give a p-value, C3 none: it adds up two earlier weeks instead of judging its own.

    Shapes:  counts (series, weeks) or one series (weeks,); weeks one or (judged weeks,) positions; results (series,
             judged weeks), a single series as one row.
    Units:   events per series and week (or day: nothing depends on the length of a period).
    Errors:  EngineInputError, all faults gathered: counts that are negative, missing or not whole, weeks outside the
             series or with too short a history, options that make no sense.
    Source:  docs/methods/ears.md, equations 1 to 4.
    """
    faults = _option_faults(options)
    table = counts_table(counts, faults)
    history = options.baseline + {"C1": 0, "C2": GUARD}.get(options.method, GUARD + LOOKBACK)
    judged = judged_weeks(weeks, table, history=history, faults=faults)
    refuse("EARS", faults)
    observed = table[:, judged]
    quantile = -float(special.ndtri(options.alpha))
    mean, deviation = _baseline(table, judged, options)
    if options.method == "C3":
        upper = _third_bound(table, judged, deviation, quantile, options)
        p_value = np.full(observed.shape, math.nan)
    else:
        upper = mean + quantile * deviation
        p_value = special.ndtr(-_standardised(observed, mean, deviation))
    return Detection(
        weeks=judged,
        observed=observed,
        expected=mean,
        upper_bound=upper,
        is_alarm=observed > upper,
        p_value=p_value,
    )


def _baseline(
    table: NDArray[np.int64], judged: NDArray[np.int64], options: EarsOptions
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation of the weeks before each judged week (equation 1)."""
    guard = 0 if options.method == "C1" else GUARD
    before = judged[:, None] - guard - options.baseline + np.arange(options.baseline)
    weeks = table[:, before].astype(np.float64)
    deviation = np.maximum(weeks.std(axis=2, ddof=1), options.min_deviation)
    return weeks.mean(axis=2), deviation


def _standardised(
    observed: NDArray[np.int64], mean: NDArray[np.float64], deviation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return by how many standard deviations each count exceeds the mean; without deviation all or nothing."""
    excess = observed - mean
    is_flat = deviation == 0
    scores = excess / np.where(is_flat, 1.0, deviation)
    certain: NDArray[np.float64] = np.where(is_flat, np.where(excess > 0, math.inf, -math.inf), scores)
    return certain


def _third_bound(
    table: NDArray[np.int64],
    judged: NDArray[np.int64],
    deviation: NDArray[np.float64],
    quantile: float,
    options: EarsOptions,
) -> NDArray[np.float64]:
    """Return the bound of C3 (equation 4): its count exceeds it when the two weeks before stood out together."""
    added = np.zeros(deviation.shape)
    for ago in range(1, LOOKBACK + 1):
        earlier = judged - ago
        added += np.maximum(_standardised(table[:, earlier], *_baseline(table, earlier, options)) - 1, 0)
    with np.errstate(invalid="ignore"):
        upper = table[:, judged] + deviation * (quantile - added)
    return np.where(np.isposinf(added), 0.0, np.maximum(upper, 0.0))


def _option_faults(options: EarsOptions) -> list[str]:
    """Return what makes no sense in the options."""
    checks = (
        (
            options.method not in ("C1", "C2", "C3"),
            f"Cara EARS {options.method!r} tidak dikenal: pilih C1, C2 atau C3.",
        ),
        (options.baseline < 2, "Riwayat pembanding harus sedikitnya 2 minggu."),
        (not 0 < options.alpha < 0.5, "Alpha harus antara 0 dan 0,5."),
        (
            not 0 <= options.min_deviation < math.inf,
            "Simpangan baku terkecil harus bilangan yang tidak negatif.",
        ),
    )
    return [text for is_wrong, text in checks if is_wrong]
