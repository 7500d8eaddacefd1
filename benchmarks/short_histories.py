"""Which detector keeps its rate of false alarms on short, sparse series, and what a surge must be to be seen?

python benchmarks/short_histories.py [--series 400]

Series of independent weekly counts with a year of history, every week of the next year judged as of its own end, nothing
happening: Poisson, clumped (variance twice the mean) and with a season of amplitude 0.4. An alarm within four weeks of one
before is the same. Then surges of the last three weeks, at the threshold that a regency among twenty has in the watch.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.calibration import thresholds
from kentongan.engine.temporal.cusum import CusumOptions, cusum
from kentongan.engine.temporal.ears import EarsOptions, ears
from kentongan.engine.temporal.glr import GlrOptions, glr_negative_binomial
from kentongan.engine.temporal.seasonal import SeasonalOptions
from kentongan.engine.temporal.surge import RECENT_WEEKS, pooled_dispersion, surges_from_history
from kentongan.watch.streams import AREA_LEVELS, streams
from kentongan.watch.trends import SEASON_CV2

HISTORY, JUDGED = 52, 52
NOMINAL = 0.001
MEANS = (0.1, 0.3, 1.0, 3.0, 10.0)
CLUMPING = 2.0
REGENCIES = 20
Alarms = NDArray[np.bool_]


def worlds(mean: float, series: int, rng: np.random.Generator) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Yield the names of the worlds with their counts (series, weeks)."""
    shape = (series, HISTORY + JUDGED)
    yield "Poisson", rng.poisson(mean, shape)
    yield "clumped", rng.negative_binomial(mean / (CLUMPING - 1), 1 / CLUMPING, shape)
    peak = rng.integers(52, size=(series, 1))
    wave = 1 + 0.4 * np.cos(2 * np.pi * (np.arange(shape[1]) - peak) / 52)
    yield "season", rng.poisson(mean * wave)


def by_surge(counts: NDArray[np.int64]) -> Alarms:
    """Return where the last weeks are rarer than the nominal p-value, nothing learnt from other series but dispersion."""
    alarms = np.zeros((len(counts), JUDGED), dtype=np.bool_)
    for week in range(JUDGED):
        seen = counts[:, week + 1 : week + 1 + HISTORY]
        weights = np.ones(seen.shape[1])
        spread = pooled_dispersion(seen[:, :-RECENT_WEEKS], weights[:-RECENT_WEEKS])
        alarms[:, week] = surges_from_history(seen, weights, dispersion=spread, level_cv2=SEASON_CV2).p_value <= NOMINAL
    return alarms


def by_ears(method: Literal["C1", "C2", "C3"], min_deviation: float = 0.0) -> Callable[[NDArray[np.int64]], Alarms]:
    """Return EARS at the nominal chance."""
    options = EarsOptions(method=method, alpha=NOMINAL, min_deviation=min_deviation)
    return lambda counts: ears(counts, weeks=np.arange(HISTORY, HISTORY + JUDGED), options=options).is_alarm


def by_cusum(counts: NDArray[np.int64]) -> Alarms:
    """Return the chart with its defaults, begun again after an alarm."""
    return cusum(
        counts, weeks=np.arange(HISTORY, HISTORY + JUDGED), options=CusumOptions(resets_after_alarm=True)
    ).is_alarm


def by_glr(counts: NDArray[np.int64]) -> Alarms:
    """Return the negative binomial chart with its default threshold and a constant expectation."""
    options = GlrOptions(model=SeasonalOptions(harmonics=0))
    return glr_negative_binomial(counts, weeks=np.arange(HISTORY, HISTORY + JUDGED), options=options).is_alarm


DETECTORS: dict[str, Callable[[NDArray[np.int64]], Alarms]] = {
    "EARS C2": by_ears("C2"),
    "EARS C2, deviation >= 0.5": by_ears("C2", 0.5),
    "EARS C3": by_ears("C3"),
    "CUSUM": by_cusum,
    "GLR, negative binomial": by_glr,
    "last weeks given all": by_surge,
}


def episodes(alarms: Alarms) -> float:
    """Return alarms per series and year, one within four weeks of another counted with it."""
    new = alarms.copy()
    for ago in range(1, RECENT_WEEKS + 1):
        new[:, ago:] &= ~alarms[:, :-ago]
    return float(new.sum() / len(alarms) * 52 / JUDGED)


def print_false_alarms(series: int) -> None:
    """Print alarms per series and year of every detector in every world."""
    print(f"alarms per series and year; nominal {NOMINAL} a week is {52 * NOMINAL:.3f} a year\n")
    print("| world | detector | " + " | ".join(f"mean {mean}" for mean in MEANS) + " |")
    print("|---|---|" + "---|" * len(MEANS))
    made = {mean: dict(worlds(mean, series, np.random.default_rng([7, number]))) for number, mean in enumerate(MEANS)}
    for world in made[MEANS[0]]:
        for name, detector in DETECTORS.items():
            rates = [f"{episodes(detector(made[mean][world])):.3f}" for mean in MEANS]
            print(f"| {world} | {name} | " + " | ".join(rates) + " |")


def print_power(series: int) -> None:
    """Print which share of surges of three weeks is seen at their end, all reports in, by mean and size."""
    limit = thresholds(streams=len(streams()), levels=2).trend_p_value / len(AREA_LEVELS) / REGENCIES
    print(f"\nsurges of three weeks seen at their end, p <= {limit:.2g} (one of {REGENCIES} regencies of a stream)\n")
    factors = (2, 3, 5, 10)
    means = (0.3, 1.0, 3.0, 10.0, 30.0)
    print("| mean a week | " + " | ".join(f"+{100 * (factor - 1)} %" for factor in factors) + " |")
    print("|---|" + "---|" * len(factors))
    for number, mean in enumerate(means):
        cells = []
        for factor in factors:
            rng = np.random.default_rng([11, number, factor])
            counts = rng.poisson(mean, (series, HISTORY + RECENT_WEEKS))
            counts[:, -3:] = rng.poisson(mean * factor, (series, 3))
            weights = np.ones(counts.shape[1])
            unsure = surges_from_history(counts, weights, level_cv2=SEASON_CV2)
            sure = surges_from_history(counts, weights, level_cv2=0.01)
            cells.append(f"{100 * (sure.p_value <= limit).mean():.0f} ({100 * (unsure.p_value <= limit).mean():.0f})")
        print(f"| {mean} | " + " | ".join(cells) + " |")
    print("\nper cent; the season known from many others of the stream (not known at all)")


def main() -> None:
    """Print both tables and how long they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=400)
    series = parser.parse_args().series
    began = time.process_time()
    print_false_alarms(series)
    print_power(series)
    print(f"\n{time.process_time() - began:.0f} CPU seconds")


if __name__ == "__main__":
    main()
