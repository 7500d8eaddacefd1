"""How many findings a year each way to scan raises where nothing has a cause.

python -m validation.calibration [--years 200] [--seed 1] [--workers 2] [--worlds flat,season] [--methods poisson]

Weekly runs over a year, each on the latest 52 weeks as known then; findings are told apart by the watch's own rule. A
run is tested exactly only when its statistic passes a screen that the null distributions of a few pilot runs set; one
untested run of each year, drawn at random, is tested all the same, and the report says how many of those had crossed.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from kentongan.watch.rules import Extent, same_finding
from validation.methods import (
    METHODS,
    REPLICAS,
    SCREEN_QUANTILE,
    STOP_AFTER,
    STUDY_WEEKS,
    WINDOW_WEEKS,
    Method,
    Raised,
    Scanner,
    mean_with_interval,
    methods_of,
)
from validation.results import RESULTS, Json, gather, load
from validation.worlds import WORLDS, YEAR_WEEKS, Villages, World, ntt_villages

VILLAGES, NEIGHBOURS = 1000, 50
HISTORY_WEEKS = 2 * YEAR_WEEKS
"""Weeks before the first run's week: a year to scan and one more to learn a season from."""

PILOTS = 6
PILOT_WEEKS = (HISTORY_WEEKS, HISTORY_WEEKS + YEAR_WEEKS // 2)
PILOT_STREAM, YEAR_STREAM = 0, 1
FIRST_DAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Year:
    """What one year of weekly runs gave: new findings, runs that crossed, runs tested, the untested one looked at."""

    findings: int
    crossings: int
    tested: int
    audited: int
    missed: int
    cpu_seconds: float


class Findings:
    """The findings of a year, as the watch remembers them."""

    def __init__(self, villages: Villages) -> None:
        self.villages = villages
        self.known: list[Extent] = []

    def keep(self, seen: Raised, week: int) -> None:
        """Extend the finding that this one continues, or raise it."""
        extent = Extent(
            stream="",
            level="village",
            members=frozenset(seen.members.tolist()),
            districts=frozenset(self.villages.district[seen.members].tolist()),
            window_from=FIRST_DAY + timedelta(weeks=week - seen.oldest_week),
            window_to=FIRST_DAY + timedelta(weeks=week - seen.latest_week + 1),
        )
        for number, known in enumerate(self.known):
            if same_finding(known, extent):
                self.known[number] = extent
                return
        self.known.append(extent)


@cache
def scanner() -> Scanner:
    """Return this process's scanner of the study's villages."""
    return Scanner(ntt_villages(VILLAGES, neighbours=NEIGHBOURS))


def chosen(codes: str | None, among: Sequence[World] | Sequence[Method]) -> list[str]:
    """Return the codes asked for, or all; an unknown one ends the run."""
    known = [one.code for one in among]
    asked = codes.split(",") if codes else known
    if unknown := set(asked) - set(known):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    return asked


def world_of(code: str) -> tuple[int, World]:
    """Return the world and its number."""
    return next((number, world) for number, world in enumerate(WORLDS) if world.code == code)


def screens(world_code: str, methods: Sequence[str], seed: int) -> dict[str, float]:
    """Return for each method the statistic below which runs of this world are not tested."""
    number, world = world_of(world_code)
    scans = scanner()
    lowest = dict.fromkeys(methods, np.inf)
    for pilot in range(PILOTS):
        random = np.random.default_rng([seed, number, PILOT_STREAM, pilot])
        history = world.history(scans.villages, HISTORY_WEEKS + YEAR_WEEKS, random)
        for week in PILOT_WEEKS:
            for method in methods_of(methods):
                question = method.ask(scans.villages, history.known_at(week))
                lowest[method.code] = min(lowest[method.code], scans.null_quantile(question, seed=pilot))
    return lowest


def run_year(
    world_code: str, year: int, methods: Sequence[str], seed: int, limits: Mapping[str, float]
) -> dict[str, Year]:
    """Return what a year of this world gave by each method; all see the same cases."""
    number, world = world_of(world_code)
    scans = scanner()
    random = np.random.default_rng([seed, number, YEAR_STREAM, year])
    history = world.history(scans.villages, HISTORY_WEEKS + YEAR_WEEKS, random)
    given: dict[str, Year] = {}
    for method in methods_of(methods):
        began = time.process_time()
        findings = Findings(scans.villages)
        untested: list[int] = []
        crossings = tested = missed = 0
        for week in range(HISTORY_WEEKS, HISTORY_WEEKS + YEAR_WEEKS):
            question = method.ask(scans.villages, history.known_at(week))
            if scans.largest_statistic(question) < limits[method.code]:
                untested.append(week)
                continue
            tested += 1
            raised = scans.raised(question, seed_of(seed, number, year, week))
            crossings += bool(raised)
            for seen in raised:
                findings.keep(seen, week)
        looked_at = random.choice(untested, 1).tolist() if untested else []
        for week in looked_at:
            question = method.ask(scans.villages, history.known_at(week))
            missed += bool(scans.raised(question, seed_of(seed, number, year, week)))
        spent = time.process_time() - began
        given[method.code] = Year(len(findings.known), crossings, tested, len(looked_at), missed, round(spent, 3))
    return given


def seed_of(seed: int, world: int, year: int, week: int) -> int:
    """Return the seed of one exact test."""
    return int(np.random.SeedSequence([seed, world, year, week]).generate_state(1)[0])


def settings_of(seed: int) -> Json:
    """Return what makes two runs of the study the same study."""
    return {
        "villages": VILLAGES,
        "neighbours": NEIGHBOURS,
        "window_weeks": WINDOW_WEEKS,
        "study_weeks": STUDY_WEEKS,
        "history_weeks": HISTORY_WEEKS,
        "replicas": REPLICAS,
        "stop_after": STOP_AFTER,
        "screen_quantile": SCREEN_QUANTILE,
        "seed": seed,
    }


def study(worlds: Sequence[str], methods: Sequence[str], *, years: int, seed: int, workers: int, path: Path) -> Json:
    """Leave in the file this many years of each world by each method; years that it already holds are kept."""
    results = load(path, settings_of(seed))
    cells = results["cells"]
    for code in worlds:
        for method in methods:
            cells.setdefault(code, {}).setdefault(method, [])

    def keep(key: tuple[str, int], given: dict[str, Year]) -> None:
        code, year = key
        for method, one in given.items():
            cells[code][method].append({"year": year, **asdict(one)})

    with ProcessPoolExecutor(workers) as pool:
        limits = dict(
            zip(worlds, pool.map(screens, worlds, [methods] * len(worlds), [seed] * len(worlds)), strict=True)
        )
        tasks = {
            pool.submit(run_year, code, year, lacking, seed, limits[code]): (code, year)
            for code, year, lacking in _missing(cells, worlds, methods, years)
        }
        gather(tasks, keep, title="years", path=path, results=results)
    return results


def _missing(
    cells: Json, worlds: Sequence[str], methods: Sequence[str], years: int
) -> Iterator[tuple[str, int, list[str]]]:
    """Yield the years to run, all worlds in turn, each with the methods that lack it."""
    held = {(code, m): {one["year"] for one in cells[code][m]} for code in worlds for m in methods}
    for year in range(years):
        for code in worlds:
            if lacking := [method for method in methods if year not in held[code, method]]:
                yield code, year, lacking


def print_table(results: Json) -> None:
    """Print findings a year with 95 % intervals, worlds by methods."""
    methods = [m for m in METHODS if any(m.code in cell for cell in results["cells"].values())]
    table = Table("findings a year", *(method.label for method in methods))
    for world in WORLDS:
        if world.code in results["cells"]:
            cell = results["cells"][world.code]
            table.add_row(world.label, *(_told(cell.get(method.code, [])) for method in methods))
    Console().print(table)


def _told(years: Sequence[Json]) -> str:
    if not years:
        return "-"
    mean, low, high = mean_with_interval(np.array([one["findings"] for one in years]))
    return f"{mean:.2f} ({low:.2f} to {high:.2f}), {len(years)} years"


def main() -> None:
    """Run the study and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--worlds", help="codes, by commas; all by default")
    parser.add_argument("--methods", help="codes, by commas; all by default")
    parser.add_argument("--out", type=Path, default=RESULTS / "calibration.json")
    given = parser.parse_args()
    results = study(
        chosen(given.worlds, WORLDS),
        chosen(given.methods, METHODS),
        years=given.years,
        seed=given.seed,
        workers=given.workers,
        path=given.out,
    )
    print_table(results)


if __name__ == "__main__":
    main()
