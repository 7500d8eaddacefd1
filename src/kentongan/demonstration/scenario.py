"""Eighteen simulated months: happenings, and the reports that tell of them. Pure; one seed, one world.

Real villages, invented happenings and no people. Rates are uneven between villages, rise and fall with the season, and
reports come late, twice, or say that there is nothing to report. Planted clusters are rows of data/planted.csv.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import cos, pi, radians
from zoneinfo import ZoneInfo

import numpy as np

from kentongan.kit.periods import WIB, WITA, monday_of
from kentongan.kit.shipped_tables import TableLine, table_entries

from . import texts

STREAMS = ("trafficking", "crossing", "goods", "narcotics")
EVENTS_PER_WEEK = {"trafficking": 3.5, "crossing": 4.0, "goods": 3.5, "narcotics": 2.5}
SEASON = {"trafficking": (0.3, 2), "crossing": (0.2, 12), "goods": (0.4, 8), "narcotics": (0.0, 1)}
"""Amplitude and month of the peak."""

KINDS = {
    "trafficking": (("PMI.NP", 0.5), ("TPPO", 0.3), ("PMI.AKAD_NP", 0.2)),
    "crossing": (("IM.CROSSER", 0.65), ("TPPM", 0.35)),
    "goods": (("GDS.BBM", 0.4), ("GDS.ROKOK", 0.25), ("GDS.PAKAIAN", 0.15), ("GDS.TERNAK", 0.2)),
    "narcotics": (("NARK.SABU", 0.75), ("NARK.GANJA", 0.25)),
}
RATE_SPREAD = 0.7
"""Standard deviation of the logarithm of the villages' rates."""

SECOND_TELLING = 0.12
"""Share of happenings that a second text tells of, in other words."""

NIL_SHARE = 0.85
"""Share of weeks in which a partner village sends its weekly report."""

SILENT_WEEKS = 7
SILENT_PARTNERS = ("53.14.01.2005", "36.02.01.2002")
"""Partner villages planted as silent: nothing is heard of them in the last weeks."""


@dataclass(frozen=True, slots=True)
class Village:
    """A village of the simulation with the names that its reports use."""

    key: int
    code: str
    name: str
    district: str
    regency: str
    regency_code: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Region:
    """A regency: which office hears its villages, and how often what happens there, relative to others."""

    code: str
    office: str
    weights: dict[str, float]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Planted:
    """A cluster put into the world on purpose."""

    name: str
    stream: str
    centre: str
    villages: int
    weeks_before_end: int
    weeks: int
    events: int


@dataclass(frozen=True, slots=True)
class Happening:
    """What is true in the simulated world."""

    number: int
    stream: str
    kind: str
    village: Village
    day: date
    persons: int
    planted: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedReport:
    """A text as some office receives it; `happening` is None for a report that there is nothing to report."""

    key: str
    office: str
    village: Village
    received_at: datetime
    text: str
    title: str
    source: str
    happening: Happening | None
    covers_from: date | None = None
    is_second: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """Everything that the simulation knows, in the order in which it is received."""

    seed: int
    begins: date
    ends: date
    happenings: tuple[Happening, ...]
    reports: tuple[SimulatedReport, ...]


def simulate(
    villages: Sequence[Village],
    *,
    seed: int,
    ends: date,
    weeks: int = 78,
    clusters: Sequence[Planted],
    silent: Sequence[str] = (),
) -> World:
    """Return a world of whole weeks that ends before the Monday of `ends`; without clusters nothing in it has a cause."""
    rng = np.random.default_rng([seed, 20261122])
    last = monday_of(ends)
    begins = last - timedelta(weeks=weeks)
    happenings = list(_background(villages, rng, begins, weeks))
    for cluster in clusters:
        happenings += _cluster(cluster, villages, rng, last)
    happenings = [
        replace(h, number=n) for n, h in enumerate(sorted(happenings, key=lambda h: (h.day, h.village.code, h.kind)))
    ]
    told = [report for h in happenings for report in _tellings(h, rng)]
    nil = _nil_reports(villages, rng, begins, weeks, silent=silent)
    known = [report for report in (*told, *nil) if report.received_at.date() < last]
    return World(seed, begins, last, tuple(happenings), tuple(sorted(known, key=lambda r: (r.received_at, r.key))))


@cache
def regions() -> dict[str, Region]:
    """Return the simulated regencies by code."""

    def one(line: TableLine) -> Region:
        zone = WIB if line.required("zone") == "WIB" else WITA
        return Region(
            line.required("code"), line.required("office"), {s: float(line.required(s)) for s in STREAMS}, zone
        )

    return {region.code: region for region in table_entries("kentongan.demonstration", "data/regencies.csv", one)}


@cache
def planted_clusters() -> tuple[Planted, ...]:
    """Return the clusters of data/planted.csv."""

    def one(line: TableLine) -> Planted:
        numbers = [int(line.required(c)) for c in ("villages", "weeks_before_end", "weeks", "events")]
        return Planted(line.required("name"), line.required("stream"), line.required("centre"), *numbers)

    return tuple(table_entries("kentongan.demonstration", "data/planted.csv", one))


@cache
def partner_offices() -> dict[str, str]:
    """Return the code of each partner village with the office that it reports to."""
    rows = table_entries(
        "kentongan.demonstration", "data/partners.csv", lambda line: (line.required("code"), line.required("office"))
    )
    return dict(rows)


def season(stream: str, day: date) -> float:
    """Return the factor by which the season raises or lowers a stream's rate on a day."""
    amplitude, peak = SEASON[stream]
    return 1 + amplitude * cos(2 * pi * (day.month - peak) / 12)


def _background(villages: Sequence[Village], rng: np.random.Generator, begins: date, weeks: int) -> Iterator[Happening]:
    spread = rng.lognormal(0, RATE_SPREAD, len(villages))
    for stream in STREAMS:
        weights = np.array([regions()[v.regency_code].weights[stream] for v in villages]) * spread
        shares = weights / weights.sum()
        for week in range(weeks):
            monday = begins + timedelta(weeks=week)
            count = rng.poisson(EVENTS_PER_WEEK[stream] * season(stream, monday))
            for index in rng.choice(len(villages), size=count, p=shares):
                yield _happening(stream, villages[index], monday + timedelta(days=int(rng.integers(7))), rng)


def _cluster(cluster: Planted, villages: Sequence[Village], rng: np.random.Generator, last: date) -> list[Happening]:
    near = nearest_to(cluster.centre, villages, cluster.villages)
    start = last - timedelta(weeks=cluster.weeks_before_end)
    days = rng.integers(7 * cluster.weeks, size=cluster.events)
    chosen = rng.integers(len(near), size=cluster.events)
    return [
        replace(_happening(cluster.stream, near[v], start + timedelta(days=int(d)), rng), planted=cluster.name)
        for v, d in zip(chosen, days, strict=True)
    ]


def nearest_to(code: str, villages: Sequence[Village], count: int) -> list[Village]:
    """Return the village of the code and its nearest others, `count` in all."""
    centre = next(v for v in villages if v.code == code)
    narrow = cos(radians(centre.lat))
    return sorted(villages, key=lambda v: (v.lat - centre.lat) ** 2 + ((v.lon - centre.lon) * narrow) ** 2)[:count]


def _happening(stream: str, village: Village, day: date, rng: np.random.Generator) -> Happening:
    codes, shares = zip(*KINDS[stream], strict=True)
    kind = str(rng.choice(codes, p=shares))
    persons = int(rng.integers(2, 15)) if stream in ("trafficking", "crossing") else int(rng.integers(1, 4))
    return Happening(0, stream, kind, village, day, persons)


def _tellings(happening: Happening, rng: np.random.Generator) -> Iterator[SimulatedReport]:
    region = regions()[happening.village.regency_code]
    delay = timedelta(hours=float(np.clip(rng.lognormal(3.3, 1.0), 2, 24 * 28)))
    happened = datetime.combine(
        happening.day, time(int(rng.integers(5, 23)), int(rng.integers(60))), tzinfo=region.zone
    )
    first = texts.field_report(happening, happened, rng)
    received = (happened + delay).astimezone(UTC)
    key = f"sim-{happening.number}"
    yield SimulatedReport(
        key, region.office, happening.village, received, first.text, first.title, first.source, happening
    )
    if rng.random() < SECOND_TELLING:
        second = texts.news_report(happening, happened, rng)
        later = received + timedelta(hours=float(rng.uniform(6, 72)))
        yield SimulatedReport(
            f"{key}-b",
            region.office,
            happening.village,
            later,
            second.text,
            second.title,
            second.source,
            happening,
            is_second=True,
        )


def _nil_reports(
    villages: Sequence[Village], rng: np.random.Generator, begins: date, weeks: int, *, silent: Sequence[str]
) -> Iterator[SimulatedReport]:
    by_code = {v.code: v for v in villages}
    for code, office in partner_offices().items():
        village = by_code[code]
        zone = regions()[village.regency_code].zone
        for week in range(weeks):
            heard = rng.random() < NIL_SHARE
            hour = int(rng.integers(8, 18))
            late = int(rng.integers(0, 3))
            if not heard or (code in silent and week >= weeks - SILENT_WEEKS):
                continue
            monday = begins + timedelta(weeks=week)
            at = datetime.combine(monday + timedelta(days=7 + late), time(hour), tzinfo=zone).astimezone(UTC)
            told = texts.nil_report(village, monday)
            yield SimulatedReport(
                f"nihil-{code}-{monday}", office, village, at, told.text, told.title, told.source, None, monday
            )
