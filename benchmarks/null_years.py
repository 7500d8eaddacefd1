"""How often the watch as a whole raises a finding in years without any cause, and how soon it finds a planted one.

python benchmarks/null_years.py [--seeds 1:21] [--outbreaks 100]
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from null_worlds import HISTORY_WEEKS, Events, Territory, World, load_territory, null_world, with_outbreak
from numpy.typing import NDArray

from kentongan.engine.calibration import Thresholds, thresholds
from kentongan.engine.permutation import Cluster, ScanOptions, scan_permutation
from kentongan.engine.silence import SilenceOptions, find_silences, known_shares
from kentongan.watch.rules import Extent, same_finding
from kentongan.watch.scanning import WINDOW_WEEKS
from kentongan.watch.streams import LEVELS

RADIUS_M = {level.code: level.max_radius_m for level in LEVELS}
DAY_ZERO = date(2024, 1, 1)


@dataclass
class Watching:
    """A watch over one world, run every week; it remembers its findings as the watch room does."""

    territory: Territory
    world: World
    limits: Thresholds
    seed: int
    findings: list[Extent] = field(default_factory=list)
    raised: Counter[str] = field(default_factory=Counter)
    crossings: Counter[str] = field(default_factory=Counter)

    def run(self, today: int, streams: range | None = None) -> list[tuple[Extent, Cluster]]:
        """Scan every stream at every level as of the end of this day, and return what was seen, new or not."""
        seen = []
        for stream in streams if streams is not None else range(len(self.world.streams)):
            for level in RADIUS_M:
                for cluster in self.clusters(self.world.streams[stream], level, today):
                    seen.append((self.extent(stream, level, cluster, today), cluster))
        seen.sort(key=lambda pair: -pair[1].recurrence_interval_days)
        for extent, _ in seen:
            self.crossings[f"{extent.stream} {extent.level}"] += 1
            self.keep(extent, f"{extent.stream} {extent.level}")
        return seen

    def clusters(self, events: Events, level: str, today: int) -> list[Cluster]:
        """Return the clusters of one stream at one level that are rarer than the threshold."""
        week = (events.day - (today + 1 - 7 * HISTORY_WEEKS)) // 7
        known = (events.known_day <= today) & (week >= 0) & (events.day <= today)
        is_village = level == "village"
        scan = scan_permutation(
            events.village[known] if is_village else self.territory.district[events.village[known]],
            week[known],
            latitude=self.territory.latitude if is_village else self.territory.district_latitude,
            longitude=self.territory.longitude if is_village else self.territory.district_longitude,
            periods=HISTORY_WEEKS,
            options=ScanOptions(max_periods=WINDOW_WEEKS, max_radius_m=RADIUS_M[level], replicas=self.limits.replicas),
            seed=self.seed * 100_000 + today,
        )
        with_events = set((events.village if is_village else self.territory.district[events.village])[known].tolist())
        self.with_events = with_events
        return [cluster for cluster in scan.clusters if cluster.p_value <= self.limits.p_value]

    def extent(self, stream: int, level: str, cluster: Cluster, today: int) -> Extent:
        """Return what the cluster covers: its places with events, and their districts."""
        members = frozenset(cluster.members) & self.with_events
        districts = frozenset(self.territory.district[list(members)].tolist()) if level == "village" else members
        weeks = cluster.last_period - cluster.first_period + 1
        end = DAY_ZERO + timedelta(days=today + 1)
        return Extent(
            stream=f"stream {stream + 1}",
            level=level,
            members=members,
            districts=districts,
            window_from=end - timedelta(weeks=weeks),
            window_to=end,
        )

    def keep(self, extent: Extent, name: str) -> None:
        """Extend the finding that this one continues, or raise it."""
        for number, known in enumerate(self.findings):
            if same_finding(known, extent):
                self.findings[number] = extent
                return
        self.findings.append(extent)
        self.raised[name] += 1

    def listen(self, today: int) -> None:
        """Look for partner villages that went silent."""
        weeks = (today + 1) // 7
        arrivals = self.world.nil_known_day[:, :weeks]
        ends = 7 * np.arange(1, weeks + 1) - 1
        known = arrivals <= today
        old = known & (ends < today - 60)
        scan = find_silences(
            known,
            options=SilenceOptions(
                false_alarms_per_year=self.limits.silence_false_alarms_per_year,
                known_shares=known_shares((arrivals - ends)[old]),
            ),
        )
        end = DAY_ZERO + timedelta(days=today + 1)
        for silence in scan.silences:
            partner = frozenset((silence.place,))
            since = end - timedelta(weeks=silence.silent_weeks)
            self.crossings["silence"] += 1
            self.keep(
                Extent(
                    stream="silence",
                    level="village",
                    members=partner,
                    districts=frozenset(),
                    window_from=since,
                    window_to=end,
                ),
                "silence",
            )


def weekly(years: int = 1) -> Iterator[int]:
    """The last days of the weeks to watch."""
    first = 7 * HISTORY_WEEKS + 6
    return iter(range(first, first + round(365.25 * years) - 6, 7))


def null_counts(territory: Territory, seeds: range, limits: Thresholds) -> tuple[list[Counter[str]], Counter[str]]:
    """Return what was raised in each year, and how often a threshold was crossed in all of them."""
    years, crossings = [], Counter[str]()
    for seed in seeds:
        watching = Watching(territory, null_world(territory, seed), limits, seed)
        for today in weekly():
            watching.run(today)
            watching.listen(today)
        years.append(watching.raised)
        crossings += watching.crossings
    return years, crossings


def mean_with_interval(counts: NDArray[np.int64]) -> str:
    """Return the mean and a 95 % interval for it (normal, from the counts' own spread)."""
    half = 1.96 * counts.std(ddof=1) / np.sqrt(counts.size)
    return f"{counts.mean():5.2f}  ({counts.mean() - half:.2f} to {counts.mean() + half:.2f})"


def print_null_years(years: list[Counter[str]], crossings: Counter[str]) -> None:
    """Print the findings a year, all together and by component."""
    print("findings a year     mean  (95 % interval)    crossings a year")
    total = np.array([year.total() for year in years])
    print(f"{'the watch':18} {mean_with_interval(total)}")
    for name in sorted({name for year in years for name in year} | set(crossings)):
        counts = np.array([year[name] for year in years])
        print(f"{name:18} {mean_with_interval(counts)}        {crossings[name] / len(years):.2f}")
    print("years with 0, 1, 2, ... findings:", np.bincount(total).tolist())


def detection_weeks(territory: Territory, seed: int, limits: Thresholds, *, starts_any_day: bool) -> int | None:
    """Return after how many weekly runs an outbreak is found, or None when not within three weeks of its start.

    It starts on the day after a run, so that the third run sees 21 days of it, or on any day of that week.
    """
    random = np.random.default_rng([seed, 31])
    stream, events, day = int(random.integers(4)), int(random.integers(8, 13)), int(random.integers(7))
    runs = list(weekly())[20:23]
    first_day = runs[0] - (day if starts_any_day else 6)
    world, villages = with_outbreak(
        null_world(territory, seed), territory, seed, stream=stream, first_day=first_day, events=events
    )
    watching = Watching(territory, world, limits, seed)
    targets = {"village": set(villages.tolist()), "district": set(territory.district[villages].tolist())}
    for week, today in enumerate(runs, start=1):
        for extent, _ in watching.run(today, range(stream, stream + 1)):
            if extent.members & targets[extent.level]:
                return week
    return None


def print_power(title: str, weeks: list[int | None]) -> None:
    """Print how many outbreaks were found after one, two and three weekly runs."""
    found = Counter(weeks)
    share = 1 - found[None] / len(weeks)
    half = 1.96 * np.sqrt(share * (1 - share) / len(weeks))
    print(f"  {title:26} {100 * share:.1f} % ± {100 * half:.1f};", end=" ")
    print("at the run of week 1, 2, 3:", [found[week] for week in (1, 2, 3)])


def main() -> None:
    """Print both tables and how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1:21", help="first:end (end excluded)")
    parser.add_argument("--outbreaks", type=int, default=100)
    arguments = parser.parse_args()
    first, end = map(int, arguments.seeds.split(":"))
    territory = load_territory()
    limits = thresholds(streams=4, levels=len(LEVELS))
    print(f"{territory.latitude.size} villages, {territory.district_latitude.size} districts; {limits}")
    began = time.process_time()
    print_null_years(*null_counts(territory, range(first, end), limits))
    print(f"{end - first} years: {time.process_time() - began:.0f} CPU seconds")
    began = time.process_time()
    print(f"\nplanted: 8 to 12 events over 3 weeks in 5 neighbouring villages, {arguments.outbreaks} outbreaks")
    print("found within 3 weeks of the start, when it starts")
    for title, starts_any_day in (("on the day after a run", False), ("on any day of the week", True)):
        seeds = range(500, 500 + arguments.outbreaks)
        print_power(title, [detection_weeks(territory, seed, limits, starts_any_day=starts_any_day) for seed in seeds])
    print(f"{time.process_time() - began:.0f} CPU seconds")


if __name__ == "__main__":
    main()
