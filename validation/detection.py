"""How soon a growing outbreak is found in the province, and how well its villages are told from the others.

python -m validation.detection [--outbreaks 200] [--seed 1] [--workers 2] [--slopes 0.75,1.5,3] [--methods poisson]

An outbreak adds slope * week cases a week, spread by population over 12 neighbouring villages, to a world in which
rates are constant. Every method may raise one false alarm a year over the whole province: the scans by their
recurrence interval, the detectors of single series by a threshold on their p-values from weeks without outbreak.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from kentongan.engine.temporal.ears import EarsOptions, ears
from kentongan.engine.temporal.farrington import NOUFAILY, farrington
from validation.methods import SCREEN_QUANTILE, STUDY_WEEKS, THRESHOLD, WINDOW_WEEKS, Method, Scanner, methods_of
from validation.results import RESULTS, Json, gather, load
from validation.worlds import WORLDS, YEAR_WEEKS, Villages, ntt_villages

NEIGHBOURS = 200
OUTBREAK_VILLAGES = 12
OUTBREAK_WEEKS = 8
SLOPES = (0.75, 1.5, 3.0)
SCANNED_BY = ("poisson", "permutation", "village_weeks", "smoothed", "dealt_clumps")
SERIES = "series"
"""Stands for all detectors of single series, which run together."""

REPLICAS, STOP_AFTER = 259, 5
"""5 of 260 is exactly 1 / 52."""

FARRINGTON = replace(NOUFAILY, b=3)
HISTORY_WEEKS = FARRINGTON.b * YEAR_WEEKS + 8
"""Three years for Farrington's detector, and the half windows before the first."""

EARS = EarsOptions(method="C2", min_deviation=0.5)
NULL_HISTORIES = 40
PILOTS = 6
NULL_STREAM, PILOT_STREAM, OUTBREAK_STREAM = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Found:
    """When a method first saw an outbreak (week 1 is its first; None: not within eight), and how well its villages.

    The shares of the cluster's villages that belong to the outbreak, and of the outbreak's that are in the cluster;
    None for detectors of single series.
    """

    week: int | None
    predictive_value: float | None = None
    sensitivity: float | None = None


@cache
def scanner() -> Scanner:
    """Return this process's scanner of the whole province."""
    return Scanner(ntt_villages(neighbours=NEIGHBOURS), replicas=REPLICAS, stop_after=STOP_AFTER)


def units(villages: Villages) -> dict[str, NDArray[np.int64]]:
    """Return the number of each village's unit, by level."""
    return {"regency": villages.regency, "district": villages.district}


def by_unit(cases: NDArray[np.int64], unit: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the cases of the villages added up by unit."""
    table = np.zeros((int(unit.max()) + 1, cases.shape[1]), dtype=np.int64)
    np.add.at(table, unit, cases)
    return table


def series_p_values(series: NDArray[np.int64], weeks: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return the p-values of EARS C2 and Farrington flexible; 1 where a detector does not judge.

    Shapes:  series (series, weeks); weeks (judged,); results (series, judged).
    """
    c2 = ears(series, weeks=weeks, options=EARS).p_value
    flexible = farrington(series, weeks=weeks, options=FARRINGTON)
    judged = np.where(flexible.is_judged & ~np.isnan(flexible.p_value), flexible.p_value, 1.0)
    return {"ears": c2, "farrington": judged}


def null_minima(seed: int, history: int) -> dict[str, NDArray[np.float64]]:
    """Return the smallest p-value over the province in each of 52 weeks without outbreak, by detector and level."""
    villages = scanner().villages
    random = np.random.default_rng([seed, NULL_STREAM, history])
    cases = WORLDS[0].history(villages, HISTORY_WEEKS + YEAR_WEEKS, random).cases
    weeks = np.arange(HISTORY_WEEKS, HISTORY_WEEKS + YEAR_WEEKS)
    return {
        f"{detector}_{level}": p_values.min(axis=0)
        for level, unit in units(villages).items()
        for detector, p_values in series_p_values(by_unit(cases, unit), weeks).items()
    }


def threshold_of(minima: NDArray[np.float64]) -> float:
    """Return the largest threshold that at most one week in 52 reaches; negative when even the smallest value is more."""
    values, counts = np.unique(minima, return_counts=True)
    allowed = np.flatnonzero(np.cumsum(counts) <= THRESHOLD * minima.size)
    return float(values[allowed[-1]]) if allowed.size else -1.0


def screen(code: str, seed: int) -> float:
    """Return the statistic below which this scan is not tested."""
    scans = scanner()
    (method,) = methods_of([code])
    lowest = np.inf
    for pilot in range(PILOTS):
        random = np.random.default_rng([seed, PILOT_STREAM, pilot])
        cases = WORLDS[0].history(scans.villages, STUDY_WEEKS, random).cases
        lowest = min(lowest, scans.null_quantile(method.ask(scans.villages, cases), seed=pilot))
    return lowest


def run_outbreak(
    slope: float,
    outbreak: int,
    codes: Sequence[str],
    seed: int,
    limits: Mapping[str, float],
    thresholds: Mapping[str, float],
) -> dict[str, Found]:
    """Return when each of these methods first saw this outbreak, all on the same cases."""
    scans = scanner()
    villages = scans.villages
    random = np.random.default_rng([seed, OUTBREAK_STREAM, round(100 * slope), outbreak])
    struck = villages.neighbours[random.integers(len(villages.codes))][:OUTBREAK_VILLAGES]
    cases = WORLDS[0].history(villages, HISTORY_WEEKS + OUTBREAK_WEEKS, random).cases
    weights = villages.population[struck] / villages.population[struck].sum()
    growth = slope * np.arange(1, OUTBREAK_WEEKS + 1)
    cases[struck, HISTORY_WEEKS:] += random.poisson(np.multiply.outer(weights, growth))
    found = {
        method.code: _first_scan(scans, method, cases, struck, limits[method.code], seed=outbreak)
        for method in methods_of(codes)
    }
    if SERIES not in codes:
        return found
    weeks = np.arange(HISTORY_WEEKS, HISTORY_WEEKS + OUTBREAK_WEEKS)
    for level, unit in units(villages).items():
        own = by_unit(cases, unit)[np.unique(unit[struck])]
        for detector, p_values in series_p_values(own, weeks).items():
            code = f"{detector}_{level}"
            alarms = np.flatnonzero(p_values.min(axis=0) <= thresholds[code])
            found[code] = Found(int(alarms[0]) + 1 if alarms.size else None)
    return found


def _first_scan(
    scans: Scanner, method: Method, cases: NDArray[np.int64], struck: NDArray[np.int64], limit: float, *, seed: int
) -> Found:
    """Return the first week in which a cluster crosses the threshold and holds a village of the outbreak."""
    for week in range(OUTBREAK_WEEKS):
        question = method.ask(scans.villages, cases[:, : HISTORY_WEEKS + week + 1])
        if scans.largest_statistic(question) < limit:
            continue
        for seen in scans.raised(question, seed=OUTBREAK_WEEKS * seed + week):
            shared = np.intersect1d(seen.members, struck).size
            if shared:
                return Found(week + 1, shared / seen.members.size, shared / struck.size)
    return Found(None)


def study(
    slopes: Sequence[float], methods: Sequence[str] = SCANNED_BY, *, outbreaks: int, seed: int, workers: int, path: Path
) -> Json:
    """Leave in the file this many outbreaks of each slope; those that it already holds are kept."""
    results = load(path, settings_of(seed))
    cells = results["cells"]

    def keep(key: tuple[float, int], given: dict[str, Found]) -> None:
        slope, outbreak = key
        for code, one in given.items():
            row: Json = {"outbreak": outbreak, "week": one.week}
            if one.predictive_value is not None:
                row |= {"ppv": round(one.predictive_value, 4), "sensitivity": round(one.sensitivity or 0.0, 4)}
            cells.setdefault(str(slope), {}).setdefault(code, []).append(row)

    with ProcessPoolExecutor(workers) as pool:
        if not results.get("thresholds"):
            minima = list(pool.map(null_minima, [seed] * NULL_HISTORIES, range(NULL_HISTORIES)))
            results["thresholds"] = {
                code: threshold_of(np.concatenate([one[code] for one in minima])) for code in minima[0]
            }
        limits, thresholds = results.setdefault("screens", {}), results["thresholds"]
        unscreened = [code for code in methods if code not in limits]
        limits |= zip(unscreened, pool.map(screen, unscreened, [seed] * len(unscreened)), strict=True)
        tasks = {
            pool.submit(run_outbreak, slope, outbreak, lacking, seed, limits, thresholds): (slope, outbreak)
            for slope, outbreak, lacking in _missing(cells, slopes, methods, outbreaks)
        }
        gather(tasks, keep, title="outbreaks", path=path, results=results)
    return results


def _missing(
    cells: Json, slopes: Sequence[float], methods: Sequence[str], outbreaks: int
) -> Iterator[tuple[float, int, list[str]]]:
    """Yield the outbreaks to run, all slopes in turn, each with the methods that lack it."""
    asked = {code: code for code in methods} | {SERIES: "ears_regency"}
    held = {
        (slope, code): {one["outbreak"] for one in cells.get(str(slope), {}).get(kept_as, [])}
        for slope in slopes
        for code, kept_as in asked.items()
    }
    for outbreak in range(outbreaks):
        for slope in slopes:
            if lacking := [code for code in asked if outbreak not in held[slope, code]]:
                yield slope, outbreak, lacking


def settings_of(seed: int) -> Json:
    """Return what makes two runs of the study the same study."""
    return {
        "villages": len(scanner().villages.codes),
        "regencies": int(scanner().villages.regency.max()) + 1,
        "districts": int(scanner().villages.district.max()) + 1,
        "neighbours": NEIGHBOURS,
        "window_weeks": WINDOW_WEEKS,
        "study_weeks": STUDY_WEEKS,
        "history_weeks": HISTORY_WEEKS,
        "outbreak_villages": OUTBREAK_VILLAGES,
        "outbreak_weeks": OUTBREAK_WEEKS,
        "replicas": REPLICAS,
        "stop_after": STOP_AFTER,
        "screen_quantile": SCREEN_QUANTILE,
        "null_weeks": NULL_HISTORIES * YEAR_WEEKS,
        "seed": seed,
    }


def median_week(rows: Sequence[Json]) -> float:
    """Return the median week of first sight; infinite where half or more were not found."""
    return float(np.median([np.inf if one["week"] is None else one["week"] for one in rows]))


def print_table(results: Json) -> None:
    """Print what each method found, by slope."""
    table = Table("slope", "method", "found", "median week", "PPV", "sensitivity")
    for slope, cell in sorted(results["cells"].items(), key=lambda item: float(item[0])):
        for code, rows in cell.items():
            found = [one for one in rows if one["week"] is not None]
            members = [
                f"{np.mean([one[name] for one in found]):.3f}" if found and name in found[0] else ""
                for name in ("ppv", "sensitivity")
            ]
            table.add_row(slope, code, f"{len(found)} / {len(rows)}", f"{median_week(rows):g}", *members)
    Console().print(table)


def main() -> None:
    """Run the study and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outbreaks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--slopes", default=",".join(map(str, SLOPES)))
    parser.add_argument("--methods", default=",".join(SCANNED_BY), help="codes of scans, by commas")
    parser.add_argument("--out", type=Path, default=RESULTS / "detection.json")
    given = parser.parse_args()
    print_table(
        study(
            [float(slope) for slope in given.slopes.split(",")],
            given.methods.split(","),
            outbreaks=given.outbreaks,
            seed=given.seed,
            workers=given.workers,
            path=given.out,
        )
    )


if __name__ == "__main__":
    main()
