"""Pure rules of a plan: its steps, what a visit costs, how uncertain a village's hazard is, on which days visits fall."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from kentongan.kit.shipped_tables import TableLine, table_entries

from .rules import Month

DRAFT, PROPOSED, APPROVED, WITHDRAWN = "draft", "proposed", "approved", "withdrawn"
STANDING = (DRAFT, PROPOSED, APPROVED)
MAY_EDIT = (DRAFT, PROPOSED)
APPROVES = "leader"
"""The role whose word a plan needs."""

ERASED = "dihapus oleh retensi"
"""What stands where a reason or a name must stand."""

DRAWS = 41
MOST_HOURS, MOST_DESIGNATIONS, MOST_VISITS = 2000, 50, 8
PER = 100.0
"""Figures of a plan are for this many happenings in the office's area."""

NORMAL = NormalDist()
Z80 = NORMAL.inv_cdf(0.9)
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that a plan rests on, and who says so."""

    code: str
    value: float
    unit: str
    label_id: str
    label_en: str
    source: str


@cache
def assumptions() -> Mapping[str, Assumption]:
    """Return what plans rest on, as data/planning_assumptions.csv says, by code."""
    rows = table_entries("kentongan.programme", "data/planning_assumptions.csv", _assumption)
    return {row.code: row for row in rows}


def _assumption(line: TableLine) -> Assumption:
    return Assumption(
        line.required("code"),
        float(line.required("value")),
        line.required("unit"),
        line.required("label_id"),
        line.required("label_en"),
        line.required("source"),
    )


def hours_of_visits(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the hours of one visit with its way there and back, from the straight distance; infinite where unknown."""
    said = {code: one.value for code, one in assumptions().items()}
    hours = said["hours_there"] + 2 * said["way_factor"] * metres / 1000 / said["km_per_hour"]
    return np.where(np.isnan(hours), np.inf, hours)


def hazard_draws(
    score: NDArray[np.float64], low80: NDArray[np.int64], high80: NDArray[np.int64], every_score: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the hazard of each village in draws, the mean of all villages adding up to 100.

    Hazard is taken in proportion to the score. What the score could as well be are the scores that stand at the ends of
    the village's 80 % interval of ranks, among all villages of the run; between them a normal distribution, cut at 0.
    """
    falling = np.sort(every_score)[::-1]
    ends = [falling[np.clip(rank - 1, 0, falling.size - 1)] for rank in (low80, high80)]
    spread = np.maximum(ends[0] - ends[1], 0.0) / (2 * Z80)
    steps = np.array([NORMAL.inv_cdf((number + 0.5) / DRAWS) for number in range(DRAWS)])
    draws = np.maximum(0.0, score[:, None] + spread[:, None] * steps)
    total = float(draws.mean(axis=1).sum())
    return np.asarray(draws * (PER / total) if total > 0 else draws, dtype=np.float64)


def visit_days(month: Month, today: date, number: int) -> list[date]:
    """Return days for so many visits, spread evenly over what is left of the month; no Sunday where others are left."""
    first = max(month.first, today)
    left = [first + timedelta(days=n) for n in range((month.after - first).days)]
    working = [day for day in left if day.weekday() != SUNDAY] or left
    if not working:
        return []
    return [working[(2 * n + 1) * len(working) // (2 * number)] for n in range(number)]


def unknown_part(days_since_visit: float | None) -> float:
    """Return which part of the doubt about a village nobody has looked into, by the days since the last visit."""
    if days_since_visit is None:
        return 1.0
    return min(1.0, max(0.0, days_since_visit) / assumptions()["known_for_days"].value)
