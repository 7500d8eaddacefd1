"""Answers of other programs and of the literature, reproduced; the data are read where they are and nowhere copied."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kentongan.engine import (
    Cluster,
    Inference,
    Permutation,
    Poisson,
    Prospective,
    Retrospective,
    Scan,
    ScanOptions,
    Spatial,
    Sphere,
    ZoneLimits,
    indirectly_standardised,
    scan,
)
from kentongan.engine.scanning.likelihood import HIGH, POISSON, Statistic, log_likelihood_ratio
from kentongan.engine.tests.surveillance_series import reference_folder, rows_of

WITHIN = 1e-6
SPHERES = 6371.0088 / 6367
"""Our sphere and SaTScan's, whose radii are printed to four digits."""


def numbered(rows: Sequence[dict[str, str]], name: str) -> dict[str, int]:
    return {row[name]: number for number, row in enumerate(rows)}


def coordinates(rows: Sequence[dict[str, str]], latitude: str = "lat", longitude: str = "lon") -> Sphere:
    return Sphere([float(row[latitude]) for row in rows], [float(row[longitude]) for row in rows])


def names(cluster: Cluster, number_of: dict[str, int]) -> set[str]:
    by_number = {number: name for name, number in number_of.items()}
    return {by_number[member] for member in cluster.members}


def monte_carlo_error(p: float, replicas: int, others: int) -> float:
    """Four standard errors of the difference of two estimates of one p-value."""
    return 4 * math.sqrt(p * (1 - p) * (1 / replicas + 1 / others))


@pytest.mark.parametrize(("observed", "answer"), [(10, 14.060436), (2, 0.386720)])
def test_the_published_ratio_of_a_single_window_is_reproduced(observed: int, answer: float) -> None:
    of_new_mexico = Statistic(POISSON, HIGH, total=1175.0, individuals=1175.0, least_cases=1)

    assert log_likelihood_ratio(float(observed), 1.0, of_new_mexico) == pytest.approx(answer, abs=WITHIN)


@pytest.fixture(scope="module")
def new_york() -> tuple[Scan, dict[str, int]]:
    """SaTScan's sample of fever at New York's hospitals, scanned as its parameter file says."""
    folder = reference_folder() / "nyc_fever"
    places = rows_of(folder / "coords.csv")
    number_of = numbered(places, "zip")
    cases = np.zeros((len(places), 24), np.int64)
    for row in rows_of(folder / "cases.csv"):
        year, month, day = map(int, row["date"].split("/"))
        cases[number_of[row["zip"]], (date(year, month, day) - date(2001, 11, 1)).days] += int(row["cases"])
    options = ScanOptions(windows=Prospective(max_periods=7), zones=ZoneLimits(max_radius=3000.0))
    inference = Inference(replicas=9999, run_interval_days=1.0)
    return scan(cases, coordinates(places), Permutation(), options, inference), number_of


def test_the_fever_of_new_york_is_found_where_satscan_finds_it(new_york: tuple[Scan, dict[str, int]]) -> None:
    found, number_of = new_york
    first, second, third = found.clusters[:3]

    assert found.cases == 194
    assert names(first, number_of) == {"11418", "11415", "11419", "11435", "11416", "11421", "11451", "11375", "11417"}
    assert (first.first_period, first.last_period, first.observed) == (21, 23, 4)
    assert first.expected == pytest.approx(0.67, abs=0.005)
    assert first.radius == pytest.approx(2900 * SPHERES, abs=5)
    assert [names(one, number_of) for one in (second, third)] == [{"11372"}, {"10472"}]
    assert [one.llr for one in (first, second, third)] == pytest.approx([3.845418, 3.164201, 2.137259], abs=WITHIN)


def test_the_fever_of_new_york_is_as_likely_by_chance_as_satscan_says(new_york: tuple[Scan, dict[str, int]]) -> None:
    first = new_york[0].clusters[0]

    assert first.p_value == pytest.approx(0.2112, abs=monte_carlo_error(0.2112, 9999, 9999))
    assert first.recurrence_interval_days == pytest.approx(1 / first.p_value)


def population_on(day: date, census: NDArray[np.float64], years: Sequence[int]) -> NDArray[np.float64]:
    """The population at noon: linear between the censuses, each on the 1st of July, and constant outside."""
    at = [date(year, 7, 1).toordinal() for year in years]
    number = int(np.clip(np.searchsorted(at, day.toordinal(), side="right") - 1, 0, len(years) - 2))
    share = np.clip((day.toordinal() + 0.5 - at[number]) / (at[number + 1] - at[number]), 0.0, 1.0)
    return np.asarray((1 - share) * census[number] + share * census[number + 1])


def person_days(year: int, census: NDArray[np.float64], years: Sequence[int]) -> NDArray[np.float64]:
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    return np.sum([population_on(first + timedelta(days=day), census, years) for day in range(days)], axis=0)


@pytest.fixture(scope="module")
def new_mexico() -> tuple[Scan, dict[str, int]]:
    """Brain cancer in New Mexico's 32 counties, 1973 to 1991, adjusted for age and sex."""
    folder = reference_folder() / "new_mexico_brain"
    places = rows_of(folder / "coords.csv")
    number_of = numbered(places, "county")
    first_year, last_year, censuses = 1973, 1991, [1973, 1982, 1991]
    strata = (19, 3)
    cases = np.zeros((len(places), last_year - first_year + 1, *strata))
    for row in rows_of(folder / "cases.csv"):
        stratum = int(row["age_group"]), int(row["sex"])
        cases[number_of[row["county"]], int(row["year"]) - first_year, *stratum] += int(row["cases"])
    census = np.zeros((3, len(places), *strata))
    for row in rows_of(folder / "population.csv"):
        stratum = int(row["age_group"]), int(row["sex"])
        census[censuses.index(int(row["year"])), number_of[row["county"]], *stratum] += float(row["population"])
    population = np.stack([person_days(year, census, censuses) for year in range(first_year, last_year + 1)], axis=1)
    by_stratum = (len(places), last_year - first_year + 1, -1)
    expected = indirectly_standardised(cases.reshape(by_stratum), population.reshape(by_stratum))
    options = ScanOptions(windows=Retrospective(max_periods=9))
    return scan(
        cases.sum(axis=(2, 3)), coordinates(places), Poisson(expected), options, Inference(replicas=9999)
    ), number_of


def test_new_mexicos_brain_cancer_is_found_where_satscan_finds_it(new_mexico: tuple[Scan, dict[str, int]]) -> None:
    found, number_of = new_mexico
    first, second, third = found.clusters[:3]

    assert found.cases == 1175
    assert names(first, number_of) == {
        "Torrance",
        "Bernalillo",
        "Valencia",
        "SantaFe",
        "Guadelupe",
        "Socorro",
        "Sandoval",
        "SanMiguel",
        "LosAlamos",
    }
    assert (first.first_period, first.last_period, first.observed) == (1985 - 1973, 1989 - 1973, 236)
    assert first.expected == pytest.approx(176.22, abs=0.005)
    assert first.relative_risk == pytest.approx(1.42, abs=0.005)
    assert first.radius == pytest.approx(125_600 * SPHERES, abs=50)
    assert [(names(one, number_of), one.observed) for one in (second, third)] == [
        ({"Chaves"}, 16),
        ({"Curry", "Roosevelt"}, 13),
    ]
    assert [one.relative_risk for one in (second, third)] == pytest.approx([2.68, 2.44], abs=0.005)
    assert [one.llr for one in (first, second, third)] == pytest.approx([10.979758, 5.684828, 3.884186], abs=WITHIN)


def test_new_mexicos_brain_cancer_is_as_likely_by_chance_as_satscan_says(
    new_mexico: tuple[Scan, dict[str, int]],
) -> None:
    first, second, _ = new_mexico[0].clusters[:3]

    assert first.p_value == pytest.approx(0.0118, abs=monte_carlo_error(0.0118, 9999, 9999))
    assert second.p_value == pytest.approx(0.7146, abs=monte_carlo_error(0.7146, 9999, 9999))
    assert first.gumbel_p_value == pytest.approx(0.0118, abs=0.006)
    assert first.recurrence_interval_days is None


FIVE = {"Hoke", "Scotland", "Robeson", "Bladen", "Columbus"}


def north_carolina(years: Sequence[str], limits: ZoneLimits, replicas: int) -> tuple[Scan, dict[str, int]]:
    rows = rows_of(Path(reference_folder()) / "nc_sids" / "nc_sids_spData.csv")

    def column(*fields: str) -> Any:
        return np.array([[float(row[field]) for field in fields] for row in rows]).sum(axis=1)

    cases, births = column(*[f"SID{year}" for year in years]), column(*[f"BIR{year}" for year in years])
    options = ScanOptions(windows=Spatial(), zones=limits)
    found = scan(cases, coordinates(rows), Poisson(births), options, Inference(replicas=replicas))
    return found, numbered(rows, "county")


def test_sudden_infant_deaths_of_1974_to_1978_are_found_with_fifteen_neighbours() -> None:
    found, number_of = north_carolina(["74"], ZoneLimits(max_share=0.5, max_neighbours=15), 999)
    first = found.clusters[0]

    assert names(first, number_of) == FIVE
    assert (first.observed, first.p_value) == (69, 0.001)
    assert first.expected == pytest.approx(33.9, abs=0.05)
    assert first.relative_risk == pytest.approx((69 / first.expected) / ((667 - 69) / (667 - first.expected)))
    assert first.llr == pytest.approx(14.929611, abs=WITHIN)
    anson = next(one for one in found.clusters if names(one, number_of) == {"Anson"})
    assert (anson.observed, anson.llr) == (15, pytest.approx(11.577076, abs=WITHIN))


def test_sudden_infant_deaths_of_both_periods_are_found_with_half_of_the_births() -> None:
    found, number_of = north_carolina(["74", "79"], ZoneLimits(max_share=0.5), 999)
    first, second = found.clusters[:2]

    assert names(first, number_of) == FIVE
    assert (first.observed, second.observed) == (139, 59)
    assert [first.expected, second.expected] == pytest.approx([72.67, 28.74], abs=0.005)
    assert names(second, number_of) == {"Northampton", "Hertford", "Halifax"}
    assert [first.llr, second.llr] == pytest.approx([25.380685, 12.484724], abs=WITHIN)
    assert first.p_value == second.p_value == 0.001
