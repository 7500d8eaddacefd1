"""How often the watch as a whole raises a finding in years without any cause, and how soon it finds a planted one.

python benchmarks/null_years.py [--seeds 1:21] [--outbreaks 100] [--parts scans,silence,trends] [--surges 100] [--every-days 7]

The worlds are those of the demonstration without its planted clusters (season, uneven villages, late and doubled reports,
weekly nil reports); the scans, the surges, the silence and the rules of "the same finding" are those of the watch room, on
the same tables. Only the database is left out.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from kentongan.demonstration.gazetteer import simulated_villages
from kentongan.demonstration.scenario import (
    EVENTS_PER_WEEK,
    STREAMS,
    Planted,
    SimulatedReport,
    Village,
    World,
    nearest_to,
    regions,
    simulate,
)
from kentongan.engine.calibration import Thresholds, thresholds
from kentongan.kit.periods import WITA
from kentongan.places.gazetteer import load_gazetteer
from kentongan.vocabulary.data import kind_rows
from kentongan.watch.features import Areas, Happening, Heard, Located, Unit, scan_table, series_table
from kentongan.watch.rules import Extent, same_finding
from kentongan.watch.scanning import Seen, scan_silence, scan_stream, seed_of
from kentongan.watch.streams import LEVELS, Stream, kinds_of, streams
from kentongan.watch.trends import HISTORY_WEEKS, Cell, Surge, scan_trends

BASELINE_WEEKS = 52
WATCHED_WEEKS = 52
ENDS = date(2026, 11, 16)
CONFIRMED_AFTER = timedelta(hours=18)
PARTS = ("scans", "silence", "trends")
THIN_VILLAGES = 150
"""A regency with so many villages is wider than any circle of the scans."""


@dataclass(frozen=True)
class Told:
    """An event as the watch may know it: the day on which it was confirmed, and what it counts."""

    known_on: date
    happening: Happening


@dataclass
class Watching:
    """A watch over one world, run every day or week; it remembers its findings as the watch room does.

    `explained` counts the surges that a cluster inside explains, by stream and level: no findings of their own.
    """

    world: World
    located: dict[int, Located]
    limits: Thresholds
    kinds: dict[str, frozenset[str]]
    every_days: int = 7
    events: list[Told] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    findings: list[Extent] = field(default_factory=list)
    surges: list[Extent] = field(default_factory=list)
    raised: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.ground = {level.code: units_of(self.located, level.code) for level in LEVELS}
        for report in self.world.reports:
            self.heard.append(_heard(report))
            if report.happening is not None and not report.is_second:
                known = (report.received_at + CONFIRMED_AFTER).astimezone(WITA).date()
                what = report.happening
                self.events.append(Told(known, Happening(what.village.key, what.day, frozenset({what.kind}), known)))
        self.areas = areas({what.village for what in self.world.happenings})

    def run(self, as_of: date, watched: Sequence[Stream]) -> list[Seen]:
        """Scan these streams as of the day, and keep what was seen as findings."""
        known = [told.happening for told in self.events if told.known_on <= as_of]
        seen: list[Seen] = []
        for stream in watched:
            for level in LEVELS:
                table = scan_table(
                    known,
                    self.located,
                    kinds=self.kinds[stream.code],
                    level=level.code,
                    ground=self.ground[level.code],
                    as_of=as_of,
                    weeks=BASELINE_WEEKS,
                )
                seed = seed_of(self.world.seed, as_of=as_of, stream=stream.code, level=level.code)
                scanned = scan_stream(
                    table,
                    stream=stream.code,
                    level=level,
                    limits=self.limits,
                    replicas=999,
                    interval_days=float(self.every_days),
                    seed=seed,
                )
                seen += scanned.seen
        for one in seen:
            self.keep(one)
        return seen

    def sum_up(self, as_of: date, watched: Sequence[Stream]) -> list[Surge]:
        """Look for surges of whole areas as of the day; return those that no cluster seen before explains."""
        known = [told.happening for told in self.events if told.known_on <= as_of]
        standing = []
        for stream in watched:
            table = series_table(known, self.areas, kinds=self.kinds[stream.code], as_of=as_of, weeks=HISTORY_WEEKS)
            for surge in scan_trends(table, stream=stream.code, limits=self.limits, interval_days=7.0).surges:
                if self.keep_surge(surge):
                    standing.append(surge)
        return standing

    def keep_surge(self, surge: Surge) -> bool:
        """Extend the surge that this one continues, or raise it unless clusters explain it; tell whether it stands."""
        seen = surge.seen
        extent = Extent(
            stream=seen.stream,
            level=seen.level,
            members=seen.places,
            districts=frozenset(),
            window_from=seen.window_from,
            window_to=seen.window_to,
            observed=seen.observed,
            around=self.around(seen.centre),
        )
        for number, known in enumerate(self.surges):
            if same_finding(known, extent):
                self.surges[number] = extent
                return True
        cells = [Cell(f.members, f.window_from, f.window_to) for f in self.findings if f.stream == seen.stream]
        if not surge.stands_without(cells):
            self.explained[f"{seen.stream} {seen.level}"] += 1
            return False
        self.surges.append(extent)
        self.raised[f"surge: {seen.stream} {seen.level}"] += 1
        return True

    def around(self, key: int) -> frozenset[int]:
        """Return the areas that an area lies in, itself among them."""
        chains = ((a.district, a.regency, a.province) for a in self.areas.values())
        chain = next(chain for chain in chains if key in chain)
        return frozenset(above for above in chain[chain.index(key) :] if above is not None)

    def listen(self, as_of: date) -> None:
        """Look for partner villages that went silent."""
        heard = [one for one in self.heard if one.received <= as_of]
        for one in scan_silence(heard, as_of=as_of, weeks=BASELINE_WEEKS, limits=self.limits).seen:
            self.keep(one)

    def keep(self, seen: Seen) -> None:
        """Extend the finding that this one continues, or raise it."""
        districts = frozenset(d.key for place in seen.places if (d := self.located[place].district) is not None)
        extent = Extent(
            stream=seen.stream,
            level=seen.level,
            members=seen.places,
            districts=districts,
            window_from=seen.window_from,
            window_to=seen.window_to,
        )
        for number, known in enumerate(self.findings):
            if same_finding(known, extent):
                self.findings[number] = extent
                return
        self.findings.append(extent)
        self.raised[f"{seen.stream} {seen.level}"] += 1


def _heard(report: SimulatedReport) -> Heard:
    received = report.received_at.astimezone(WITA).date()
    return Heard(report.village.key, report.covers_from or received, received)


def located(villages: Sequence[Village]) -> dict[int, Located]:
    """Return each village and each district with where it lies."""
    gazetteer = load_gazetteer()
    found: dict[int, Located] = {}
    for village in villages:
        above = gazetteer.at(village.code[:8])
        district = Unit(above.id, above.lat, above.lon)
        found[village.key] = Located(Unit(village.key, village.lat, village.lon), district)
        found[above.id] = Located(None, district)
    return found


def units_of(where: dict[int, Located], level: str) -> tuple[Unit, ...]:
    """Return all units of a level."""
    units = {unit for one in where.values() if (unit := one.at(level)) is not None}
    return tuple(sorted(units, key=lambda unit: unit.key))


def areas(villages: Iterable[Village]) -> dict[int, Areas]:
    """Return the district, regency and province of each village."""
    gazetteer = load_gazetteer()
    return {v.key: Areas(v.key, *(gazetteer.at(v.code[:digits]).id for digits in (8, 5, 2))) for v in villages}


def run_days(weeks: int = WATCHED_WEEKS, every_days: int = 7) -> Iterator[date]:
    """Yield the days as of which the watch runs; weekly ones are Sundays."""
    return iter(ENDS - timedelta(days=1 + back) for back in reversed(range(0, 7 * weeks, every_days)))


def null_year(
    villages: Sequence[Village],
    seed: int,
    where: dict[int, Located],
    limits: Thresholds,
    parts: Sequence[str] = PARTS,
    every_days: int = 7,
) -> Counter[str]:
    """Return what a year without any cause raised, by stream and level."""
    world = simulate(villages, seed=seed, ends=ENDS, weeks=BASELINE_WEEKS + WATCHED_WEEKS, clusters=())
    watching = Watching(world, where, limits, kinds_by_stream(), every_days)
    for as_of in run_days(every_days=every_days):
        if "scans" in parts:
            watching.run(as_of, streams())
        if "trends" in parts and as_of.isoweekday() == 7:
            watching.sum_up(as_of, streams())
        if "silence" in parts and as_of.isoweekday() == 7:
            watching.listen(as_of)
    return watching.raised


def kinds_by_stream() -> dict[str, frozenset[str]]:
    """Return the kinds that each stream counts."""
    vocabulary = [(row.code, row.kind_class) for row in kind_rows()]
    return {stream.code: kinds_of(stream, vocabulary) for stream in streams()}


def mean_with_interval(counts: NDArray[np.int64]) -> str:
    """Return the mean and a 95 % interval for it (normal, from the counts' own spread)."""
    half = 1.96 * counts.std(ddof=1) / np.sqrt(counts.size)
    return f"{counts.mean():5.2f}  ({counts.mean() - half:.2f} to {counts.mean() + half:.2f})"


def print_null_years(years: Sequence[Counter[str]]) -> None:
    """Print the findings a year, all together and by component."""
    print(f"{'findings a year':24} mean  (95 % interval)")
    total = np.array([year.total() for year in years])
    print(f"{'the watch as a whole':24} {mean_with_interval(total)}")
    surges = np.array([sum(n for name, n in year.items() if name.startswith("surge")) for year in years])
    print(f"{'of it surges of areas':24} {mean_with_interval(surges)}")
    for name in sorted({name for year in years for name in year}):
        print(f"{name:24} {mean_with_interval(np.array([year[name] for year in years]))}")
    print("years with 0, 1, 2, ... findings:", np.bincount(total).tolist())


def detection_day(
    villages: Sequence[Village], seed: int, where: dict[int, Located], limits: Thresholds, every_days: int = 7
) -> int | None:
    """Return how many days after its start a planted cluster is found, None when not within three weeks.

    Eight to twelve events fall into three weeks and five neighbouring villages of a stream, starting on a Monday.
    """
    rng = np.random.default_rng([seed, 31])
    name, stream = (pair := list(zip(STREAMS, streams(), strict=True)))[int(rng.integers(len(pair)))]
    centre = villages[int(rng.integers(len(villages)))].code
    planted = Planted("planted", name, centre, 5, 3, 3, int(rng.integers(8, 13)))
    world = simulate(villages, seed=seed, ends=ENDS, weeks=BASELINE_WEEKS + 3, clusters=(planted,))
    near = nearest_to(centre, villages, 5)
    target = {v.key for v in near} | {d.key for v in near if (d := where[v.key].district) is not None}
    watching = Watching(world, where, limits, kinds_by_stream(), every_days)
    starts = ENDS - timedelta(weeks=3)
    for as_of in run_days(3, every_days):
        if any(seen.places & target for seen in watching.run(as_of, (stream,))):
            return (as_of - starts).days + 1
    return None


def thin_surge(
    villages: Sequence[Village], seed: int, where: dict[int, Located], limits: Thresholds, extra: int | None
) -> tuple[bool, bool]:
    """Return whether scans and trends find a surge that is spread over all villages of a large regency within four runs.

    `extra` more events fall into three weeks; None: as many more as the regency has anyway, which is a doubling.
    """
    rng = np.random.default_rng([seed, 37])
    name, stream = (pair := list(zip(STREAMS, streams(), strict=True)))[int(rng.integers(len(pair)))]
    weight: dict[str, float] = defaultdict(float)
    for village in villages:
        weight[village.regency_code] += regions()[village.regency_code].weights[name]
    number = Counter(village.regency_code for village in villages)
    large = sorted(code for code, size in number.items() if size >= THIN_VILLAGES)
    regency = large[int(rng.integers(len(large)))]
    usual = 3 * EVENTS_PER_WEEK[name] * weight[regency] / sum(weight.values())
    inside = [village for village in villages if village.regency_code == regency]
    chosen = rng.integers(len(inside), size=rng.poisson(usual) if extra is None else extra)
    planted = [Planted("planted", name, inside[v].code, 1, 4, 3, 1) for v in chosen]
    world = simulate(villages, seed=seed, ends=ENDS, weeks=BASELINE_WEEKS + 4, clusters=planted)
    watching = Watching(world, where, limits, kinds_by_stream())
    target = {v.key for v in inside} | {d.key for v in inside if (d := where[v.key].district) is not None}
    area = next(iter(areas(inside[:1]).values())).regency
    by_scan, by_trend = False, False
    for as_of in run_days(4):
        by_trend |= any(area in watching.around(surge.seen.centre) for surge in watching.sum_up(as_of, (stream,)))
        by_scan |= any(seen.places & target for seen in watching.run(as_of, (stream,)))
    return by_scan, by_trend


def print_thin_surges(villages: Sequence[Village], where: dict[int, Located], limits: Thresholds, surges: int) -> None:
    """Print how many surges of a whole regency the scans and the trends find."""
    print(
        f"\nplanted: surges of three weeks over all villages of a regency with {THIN_VILLAGES} or more, in four weekly runs"
    )
    for extra in (None, 6, 9, 12):
        seeds = track(range(900, 900 + surges), "surges")
        found = np.array([thin_surge(villages, seed, where, limits, extra) for seed in seeds])
        scans, trends = 100 * found.mean(axis=0)
        either = 100 * found.any(axis=1).mean()
        what = "doubled" if extra is None else f"{extra} more"
        print(f"{what:10} by the scans {scans:.0f} %, as a surge {trends:.0f} %, by either {either:.0f} % of {surges}")


def print_power(days: Sequence[int | None]) -> None:
    """Print how many outbreaks were found, by the week after their start, and after how many days in the median."""
    found = [day for day in days if day is not None]
    share = len(found) / len(days)
    half = 1.96 * np.sqrt(share * (1 - share) / len(days))
    weeks = Counter(-(-day // 7) for day in found)
    print(
        f"found within 3 weeks: {100 * share:.1f} % ± {100 * half:.1f}; in week 1, 2, 3: {[weeks[w] for w in (1, 2, 3)]}; "
        f"after {np.median(found):g} days in the median"
    )


def main() -> None:
    """Print both tables and how long they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1:21", help="first:end (end excluded)")
    parser.add_argument("--outbreaks", type=int, default=100)
    parser.add_argument("--surges", type=int, default=50)
    parser.add_argument("--every-days", type=int, default=7, choices=(1, 7), help="between two scans")
    parser.add_argument("--parts", default=",".join(PARTS), help="what runs in the null years")
    arguments = parser.parse_args()
    first, end = map(int, arguments.seeds.split(":"))
    villages = simulated_villages()
    where = located(villages)
    every_days = arguments.every_days
    limits = thresholds(streams=len(streams()), levels=len(LEVELS), run_interval_days=every_days)
    print(
        f"{len(villages)} villages; circles to {[f'{level.code} {level.max_radius_m / 1000:.0f} km' for level in LEVELS]}; {limits}"
    )
    began = time.process_time()
    parts = arguments.parts.split(",")
    seeds = track(range(first, end), "null years")
    print_null_years([null_year(villages, seed, where, limits, parts, every_days) for seed in seeds])
    print(f"{end - first} years: {time.process_time() - began:.0f} CPU seconds")
    if arguments.outbreaks:
        began = time.process_time()
        seeds = track(range(500, 500 + arguments.outbreaks), "outbreaks")
        print(
            "\nplanted: 8 to 12 events over 3 weeks in 5 neighbouring villages, starting on a Monday, reports late as ever"
        )
        print_power([detection_day(villages, seed, where, limits, every_days) for seed in seeds])
        print(f"{arguments.outbreaks} outbreaks: {time.process_time() - began:.0f} CPU seconds")
    if arguments.surges:
        began = time.process_time()
        print_thin_surges(villages, where, thresholds(streams=len(streams()), levels=len(LEVELS)), arguments.surges)
        print(f"{4 * arguments.surges} surges: {time.process_time() - began:.0f} CPU seconds")


if __name__ == "__main__":
    main()
