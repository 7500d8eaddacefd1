"""How often the watch as a whole raises a finding in years without any cause, and how soon it finds a planted one.

python benchmarks/null_years.py [--seeds 1:21] [--outbreaks 100]

The worlds are those of the demonstration without its planted clusters (season, uneven villages, late and doubled reports,
weekly nil reports); the scans, the silence and the rule of "the same finding" are those of the watch room, on the same
tables. Only the database is left out.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from kentongan.demonstration.gazetteer import simulated_villages
from kentongan.demonstration.scenario import STREAMS, Planted, SimulatedReport, Village, World, nearest_to, simulate
from kentongan.engine.calibration import Thresholds, thresholds
from kentongan.kit.periods import WITA
from kentongan.places.gazetteer import load_gazetteer
from kentongan.vocabulary.data import kind_rows
from kentongan.watch.features import Happening, Heard, Located, Unit, scan_table
from kentongan.watch.rules import Extent, same_finding
from kentongan.watch.scanning import Seen, scan_silence, scan_stream, seed_of
from kentongan.watch.streams import LEVELS, Stream, kinds_of, streams

BASELINE_WEEKS = 52
WATCHED_WEEKS = 52
ENDS = date(2026, 11, 16)
CONFIRMED_AFTER = timedelta(hours=18)


@dataclass(frozen=True)
class Told:
    """An event as the watch may know it: the day on which it was confirmed, and what it counts."""

    known_on: date
    happening: Happening


@dataclass
class Watching:
    """A watch over one world, run every week; it remembers its findings as the watch room does."""

    world: World
    located: dict[int, Located]
    limits: Thresholds
    kinds: dict[str, frozenset[str]]
    events: list[Told] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    findings: list[Extent] = field(default_factory=list)
    raised: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for report in self.world.reports:
            self.heard.append(_heard(report))
            if report.happening is not None and not report.is_second:
                known = (report.received_at + CONFIRMED_AFTER).astimezone(WITA).date()
                what = report.happening
                self.events.append(Told(known, Happening(what.village.key, what.day, frozenset({what.kind}))))

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
                    interval_days=7.0,
                    seed=seed,
                )
                seen += scanned.seen
        for one in seen:
            self.keep(one)
        return seen

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


def run_days(weeks: int = WATCHED_WEEKS) -> Iterator[date]:
    """Yield the Sundays as of which the watch runs."""
    return iter(ENDS - timedelta(days=1 + 7 * back) for back in range(weeks - 1, -1, -1))


def null_year(villages: Sequence[Village], seed: int, where: dict[int, Located], limits: Thresholds) -> Counter[str]:
    """Return what a year without any cause raised, by stream and level."""
    world = simulate(villages, seed=seed, ends=ENDS, weeks=BASELINE_WEEKS + WATCHED_WEEKS, clusters=())
    watching = Watching(world, where, limits, kinds_by_stream())
    for as_of in run_days():
        watching.run(as_of, streams())
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
    for name in sorted({name for year in years for name in year}):
        print(f"{name:24} {mean_with_interval(np.array([year[name] for year in years]))}")
    print("years with 0, 1, 2, ... findings:", np.bincount(total).tolist())


def detection_week(villages: Sequence[Village], seed: int, where: dict[int, Located], limits: Thresholds) -> int | None:
    """Return the week after its start in which a planted cluster is found by a weekly run, None when not within three.

    Eight to twelve events fall into three weeks and five neighbouring villages of a stream, starting on a Monday.
    """
    rng = np.random.default_rng([seed, 31])
    name, stream = (pair := list(zip(STREAMS, streams(), strict=True)))[int(rng.integers(len(pair)))]
    centre = villages[int(rng.integers(len(villages)))].code
    planted = Planted("planted", name, centre, 5, 3, 3, int(rng.integers(8, 13)))
    world = simulate(villages, seed=seed, ends=ENDS, weeks=BASELINE_WEEKS + 3, clusters=(planted,))
    near = nearest_to(centre, villages, 5)
    target = {v.key for v in near} | {d.key for v in near if (d := where[v.key].district) is not None}
    watching = Watching(world, where, limits, kinds_by_stream())
    for week, as_of in enumerate(run_days(3), start=1):
        if any(seen.places & target for seen in watching.run(as_of, (stream,))):
            return week
    return None


def print_power(weeks: Sequence[int | None]) -> None:
    """Print how many outbreaks were found by the first, second and third weekly run after their start."""
    found = Counter(weeks)
    share = 1 - found[None] / len(weeks)
    half = 1.96 * np.sqrt(share * (1 - share) / len(weeks))
    print(
        f"found within 3 weeks: {100 * share:.1f} % ± {100 * half:.1f}; in week 1, 2, 3: {[found[w] for w in (1, 2, 3)]}"
    )


def main() -> None:
    """Print both tables and how long they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1:21", help="first:end (end excluded)")
    parser.add_argument("--outbreaks", type=int, default=100)
    arguments = parser.parse_args()
    first, end = map(int, arguments.seeds.split(":"))
    villages = simulated_villages()
    where = located(villages)
    limits = thresholds(streams=len(streams()), levels=len(LEVELS))
    print(
        f"{len(villages)} villages; circles to {[f'{level.code} {level.max_radius_m / 1000:.0f} km' for level in LEVELS]}; {limits}"
    )
    began = time.process_time()
    print_null_years([null_year(villages, seed, where, limits) for seed in track(range(first, end), "null years")])
    print(f"{end - first} years: {time.process_time() - began:.0f} CPU seconds")
    if arguments.outbreaks:
        began = time.process_time()
        seeds = track(range(500, 500 + arguments.outbreaks), "outbreaks")
        print(
            "\nplanted: 8 to 12 events over 3 weeks in 5 neighbouring villages, starting on a Monday, reports late as ever"
        )
        print_power([detection_week(villages, seed, where, limits) for seed in seeds])
        print(f"{arguments.outbreaks} outbreaks: {time.process_time() - began:.0f} CPU seconds")


if __name__ == "__main__":
    main()
