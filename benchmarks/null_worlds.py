"""Years in which nothing unusual happens, on the real villages of NTT and Banten: what a watch must stay quiet in.

Events are independent; villages differ in how much they report, seasons come and go, reports arrive late, and partner
villages send a weekly nil report most of the time. A planted outbreak turns a null world into a test of power.
"""

import csv
import gzip
from dataclasses import dataclass, replace
from importlib import resources

import numpy as np
from numpy.typing import NDArray

PROVINCES = ("53.", "36.")
HISTORY_WEEKS = 52
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Territory:
    """Villages and the districts that they lie in. `district` gives each village's district."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    district: NDArray[np.int64]
    district_latitude: NDArray[np.float64]
    district_longitude: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a null world behaves. Rates of villages are lognormal; a season is a sine over the year."""

    events_per_week: tuple[float, ...] = (2.0, 3.0, 4.5, 6.0)
    village_spread: float = 1.0
    season_amplitude: float = 0.5
    delay_days: float = 5.0
    partners: int = 40
    nil_share: float = 0.85


@dataclass(frozen=True, slots=True)
class Events:
    """One stream: where and on which day each event happened, and on which day it was known."""

    village: NDArray[np.int64]
    day: NDArray[np.int64]
    known_day: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class World:
    """All streams, and for each partner village and week the day its report was known (NEVER: none was sent)."""

    streams: tuple[Events, ...]
    nil_known_day: NDArray[np.int64]


def load_territory() -> Territory:
    """Return the villages of both provinces; a district lies at the mean of its villages."""
    with gzip.open(
        str(resources.files("kentongan.places") / "data" / "gazetteer.csv.gz"), "rt", encoding="utf-8"
    ) as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["level"] == "village" and row["code"].startswith(PROVINCES) and row["lat"]
        ]
    latitude = np.array([float(row["lat"]) for row in rows])
    longitude = np.array([float(row["lon"]) for row in rows])
    _, district = np.unique([row["parent"] for row in rows], return_inverse=True)
    size = np.bincount(district)
    return Territory(
        latitude=latitude,
        longitude=longitude,
        district=district,
        district_latitude=np.bincount(district, latitude) / size,
        district_longitude=np.bincount(district, longitude) / size,
    )


def null_world(territory: Territory, seed: int, *, years: int = 1, habits: Habits = Habits()) -> World:
    """Return a world of a year of history and these many years to watch, from this seed."""
    random = np.random.default_rng(seed)
    days = 7 * HISTORY_WEEKS + round(365.25 * years) + 7
    streams = tuple(_events(territory, random, mean / 7, days, habits) for mean in habits.events_per_week)
    weeks = days // 7
    ends = 7 * np.arange(1, weeks + 1) - 1
    arrival = ends + _delays(random, habits, (habits.partners, weeks))
    sent = random.random((habits.partners, weeks)) < habits.nil_share
    return World(streams=streams, nil_known_day=np.where(sent, arrival, NEVER))


def with_outbreak(
    world: World,
    territory: Territory,
    seed: int,
    *,
    stream: int,
    first_day: int,
    events: int,
    habits: Habits = Habits(),
) -> tuple[World, NDArray[np.int64]]:
    """Return the world with this many more events over 21 days in five neighbouring villages, and those villages."""
    random = np.random.default_rng([seed, 977])
    centre = random.integers(territory.latitude.size)
    away = np.hypot(
        territory.latitude - territory.latitude[centre],
        (territory.longitude - territory.longitude[centre]) * np.cos(np.radians(territory.latitude[centre])),
    )
    villages = np.argsort(away, kind="stable")[:5]
    old = world.streams[stream]
    day = first_day + np.sort(random.integers(0, 21, events))
    new = Events(
        village=np.concatenate((old.village, random.choice(villages, events))),
        day=np.concatenate((old.day, day)),
        known_day=np.concatenate((old.known_day, day + _delays(random, habits, events))),
    )
    streams = (*world.streams[:stream], new, *world.streams[stream + 1 :])
    return replace(world, streams=streams), villages


def _events(territory: Territory, random: np.random.Generator, mean: float, days: int, habits: Habits) -> Events:
    """Draw one stream with its own village rates and season."""
    rates = random.lognormal(0.0, habits.village_spread, territory.latitude.size)
    phase = random.random()
    season = 1 + habits.season_amplitude * np.sin(2 * np.pi * (np.arange(days) / 365.25 + phase))
    day = np.repeat(np.arange(days), random.poisson(mean * season))
    village = random.choice(rates.size, size=day.size, p=rates / rates.sum())
    return Events(village=village, day=day, known_day=day + _delays(random, habits, day.size))


def _delays(random: np.random.Generator, habits: Habits, shape: int | tuple[int, ...]) -> NDArray[np.int64]:
    """Draw whole days until a report is known."""
    return np.floor(random.exponential(habits.delay_days, shape) + 0.5).astype(np.int64)
