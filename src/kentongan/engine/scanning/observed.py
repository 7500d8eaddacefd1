"""The scan of the observed cases: for each centre its most likely zone and window, exactly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.scanning.likelihood import HIGH, SMALLEST_EXPECTATION, TIE, Statistic, log_likelihood_ratio
from kentongan.engine.scanning.zones import Zones


class BestWindows(NamedTuple):
    """For each centre its most likely zone (the entry of its last place), window, statistic and counts; 0 where none."""

    llr: NDArray[np.float64]
    last_entry: NDArray[np.int64]
    window: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]


@compiled
def best_windows(
    zones: Zones,
    counts: NDArray[np.int64],
    expected: NDArray[np.float64],
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    statistic: Statistic,
    first_centre: int,
    last_centre: int,
) -> BestWindows:
    """Return each centre's most likely zone and window; of equal ones the smallest zone, then the shortest window.

    Shapes:  counts (places, columns) and expected the same, running sums; lower and upper (windows,);
             results (last_centre - first_centre,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, equations 1 to 3.
    """
    centres, columns = last_centre - first_centre, counts.shape[1]
    llr, mean = np.zeros(centres), np.zeros(centres)
    entry_of, window_of = np.zeros(centres, np.int64), np.zeros(centres, np.int64)
    count_of = np.zeros(centres, np.int64)
    sums, means = np.zeros(columns, np.int64), np.zeros(columns)
    for centre in range(centres):
        sums[:] = 0
        means[:] = 0
        has_changed = False
        for entry in range(zones.starts[first_centre + centre], zones.starts[first_centre + centre + 1]):
            place = zones.places[entry]
            has_cases = False
            for column in range(columns):
                means[column] += expected[place, column]
                sums[column] += counts[place, column]
                has_cases |= counts[place, column] > 0
            # A place without cases only raises the expectation: for high rates nothing better can end there.
            has_changed |= has_cases or statistic.direction != HIGH
            if not (zones.closes[entry] and has_changed):
                continue
            has_changed = False
            for window in range(upper.size):
                count, mu = sums[upper[window]], means[upper[window]]
                if lower[window] >= 0:
                    count -= sums[lower[window]]
                    mu -= means[lower[window]]
                mu = max(mu, SMALLEST_EXPECTATION)
                if count < statistic.least_cases or (count - mu) * statistic.direction <= 0:
                    continue
                ratio = log_likelihood_ratio(float(count), mu, statistic)
                if ratio > llr[centre] + TIE:
                    llr[centre], entry_of[centre], window_of[centre] = ratio, entry, window
                    count_of[centre], mean[centre] = count, mu
    return BestWindows(llr, entry_of, window_of, count_of, mean)
