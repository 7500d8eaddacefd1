"""The validation studies in short: their building blocks always, a small study every night."""

import json

import numpy as np
import pytest

from kentongan.engine import Inference, scan
from validation import calibration, detection, report, results
from validation.methods import (
    METHODS,
    Raised,
    Scanner,
    dispersion_by_moments,
    mean_with_interval,
    seasonal_shares,
    shrunken_rates,
)
from validation.worlds import ntt_villages

WEEKS = 120
SCANNER = Scanner(ntt_villages(150, neighbours=20))
BY_CODE = {method.code: method for method in METHODS}


def history_of(code, seed=1, weeks=WEEKS):
    _, world = calibration.world_of(code)
    return world.history(SCANNER.villages, weeks, np.random.default_rng(seed))


def question_of(method, world="flat", seed=1):
    return BY_CODE[method].ask(SCANNER.villages, 8 * history_of(world, seed).known_at(WEEKS - 1))


def test_villages_are_chosen_evenly_and_each_is_its_own_first_neighbour():
    villages = ntt_villages(1000, neighbours=50)

    assert len(set(villages.codes)) == 1000
    assert villages.neighbours[:, 0].tolist() == list(range(1000))
    assert villages.regency.max() + 1 == 22


def test_late_cases_are_known_two_weeks_after_their_week_and_stay_known():
    history = history_of("late")

    early, later = history.known_at(100), history.known_at(102)

    assert (later[:, :101] == history.cases[:, :101]).all()
    assert (early[:, :99] == history.cases[:, :99]).all()
    assert (early[:, 99:] == (history.cases - history.late)[:, 99:101]).all()
    assert 0 < early[:, 99:].sum() < history.cases[:, 99:101].sum()


@pytest.mark.parametrize(
    ("code", "low", "high"), [("flat", 0.8, 1.2), ("clumps", 2.0, 4.0)], ids=["flat is Poisson", "clumps have CV² 2"]
)
def test_village_weeks_vary_as_their_world_says(code, low, high):
    villages, (_, world) = SCANNER.villages, calibration.world_of(code)
    one = type(world)(world.code, world.label, world.factors)
    base = 100 * villages.base[:, None]
    factors = one.factors(villages, 400, np.random.default_rng(3)) * np.ones((len(base), 400))
    cases = np.random.default_rng(4).poisson(base * factors)

    excess = ((cases - base) ** 2 - cases).sum() / (base**2).sum() / factors.shape[1]

    assert low <= 1 + excess <= high


@pytest.mark.parametrize("method", list(BY_CODE))
def test_the_quick_statistic_is_that_of_the_exact_scan(method):
    question = question_of(method)

    found = scan(
        question.cases, SCANNER.where, question.hypothesis, SCANNER.options, Inference(replicas=0), workers=1
    ).clusters[0]

    assert SCANNER.largest_statistic(question) == pytest.approx(found.llr, abs=1e-9)


@pytest.mark.parametrize("method", list(BY_CODE))
def test_a_planted_cluster_is_raised_with_its_villages_and_weeks(method):
    known = history_of("flat").known_at(WEEKS - 1)
    struck = SCANNER.villages.neighbours[70][:8]
    known[struck, -3:] += 1

    seen = SCANNER.raised(BY_CODE[method].ask(SCANNER.villages, known), seed=1)[0]

    assert np.intersect1d(seen.members, struck).size >= 6
    assert seen.members.size <= 12
    assert seen.latest_week == 0
    assert 2 <= seen.oldest_week <= 4


def test_a_season_is_learnt_from_earlier_weeks_and_not_from_the_windows():
    truth = 1 + 0.5 * np.cos(2 * np.pi * np.arange(156) / 52)
    known = np.random.default_rng(1).poisson(truth * np.full((100, 1), 3.0))
    known[:, -13:] = 0

    shares = seasonal_shares(known)

    assert np.corrcoef(shares, truth)[0, 1] > 0.99
    assert shares[-13:].sum() == pytest.approx((truth * shares.mean() / truth.mean())[-13:].sum(), rel=0.1)


def test_rates_are_drawn_to_one_fully_where_they_do_not_differ_and_keep_their_order_where_they_do():
    random = np.random.default_rng(1)
    exposure = np.full(2000, 5.0)
    true = random.lognormal(-0.125, 0.5, 2000)

    even = shrunken_rates(random.poisson(exposure), exposure)
    uneven = shrunken_rates(random.poisson(exposure * true), exposure)

    assert even.std() < 0.12
    assert ((uneven - true) ** 2).mean() < 0.75 * ((random.poisson(exposure * true) / 5 - true) ** 2).mean()


def test_dispersion_is_found_by_moments():
    random = np.random.default_rng(1)
    expected = np.full((300, 300), 0.5)

    assert dispersion_by_moments(random.poisson(expected * random.gamma(0.5, 2.0, expected.shape)), expected) == (
        pytest.approx(0.5, rel=0.15)
    )
    assert (dispersion_by_moments(random.poisson(expected), expected) or np.inf) > 20


def test_a_cluster_that_goes_on_is_one_finding_and_one_elsewhere_is_another():
    findings = calibration.Findings(SCANNER.villages)
    here, elsewhere = np.arange(8), np.arange(50, 58)

    findings.keep(Raised(here, 2, 0, 0.01), week=10)
    findings.keep(Raised(here[:6], 3, 0, 0.01), week=11)
    findings.keep(Raised(elsewhere, 2, 0, 0.01), week=11)
    findings.keep(Raised(here, 0, 0, 0.01), week=40)

    assert len(findings.known) == 3


def test_the_interval_of_a_mean_comes_from_the_spread_between_years():
    assert mean_with_interval(np.array([0, 2] * 50)) == pytest.approx((1.0, 0.803, 1.197), abs=1e-3)
    assert mean_with_interval(np.zeros(60, dtype=np.int64)) == (0.0, 0.0, 0.05)


def test_the_interval_of_a_share_is_wilsons():
    assert report.share_interval(200, 200) == pytest.approx((0.98115, 1.0), abs=1e-5)
    assert report.share_interval(10, 20) == pytest.approx((0.29930, 0.70070), abs=1e-4)


def test_a_threshold_on_p_values_is_reached_by_no_more_than_one_week_in_52():
    minima = np.array([0.001] * 3 + [0.01] * 5 + [0.5] * 200)

    assert detection.threshold_of(minima) == 0.001
    assert detection.threshold_of(np.full(520, 0.2)) < 0


def test_only_methods_that_lack_an_outbreak_run_again():
    row = {"outbreak": 0, "week": 3}
    cells = {"1.5": {"poisson": [row], "ears_regency": [row]}, "3.0": {}}

    missing = list(detection._missing(cells, [1.5, 3.0], ["poisson", "smoothed"], 1))

    assert missing == [(1.5, 0, ["smoothed"]), (3.0, 0, ["poisson", "smoothed", detection.SERIES])]


def test_results_are_read_back_as_they_were_written(tmp_path):
    path, settings = tmp_path / "results.json", {"seed": 1}
    kept = {"settings": settings, "stamp": {}, "cells": {"flat": {"poisson": [year(0, 1)], "é": []}}, "screens": {}}

    results.save(path, kept)

    assert results.load(path, settings) == kept
    assert results.load(path, {"seed": 2})["cells"] == {}


def test_a_study_goes_on_where_it_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(calibration, "PILOTS", 1)
    path = tmp_path / "calibration.json"
    asked = {"seed": 5, "workers": 1, "path": path}

    calibration.study(["flat"], ["poisson"], years=1, **asked)
    first = json.loads(path.read_text())["cells"]["flat"]["poisson"]
    calibration.study(["flat"], ["poisson"], years=2, **asked)
    both = json.loads(path.read_text())["cells"]["flat"]["poisson"]

    assert [one["year"] for one in both] == [0, 1]
    assert both[0] == first[0]


def year(number, findings):
    return {
        "year": number,
        "findings": findings,
        "crossings": findings,
        "tested": 4,
        "audited": 1,
        "missed": 0,
        "cpu_seconds": 0.5,
    }


def test_the_report_says_plainly_where_nothing_holds(tmp_path):
    stamp = {
        "ran_on": "2026-01-02",
        "kentongan": "0",
        "engine": "e",
        "python": "3",
        "processors": 2,
        "machine": "m",
        "load": 0.0,
    }
    many, one = [year(n, 3 + n % 2) for n in range(40)], [year(n, n % 3) for n in range(40)]
    cells = {"flat": {"poisson": one, "permutation": one}, "clumps": {"poisson": many, "permutation": many}}
    written = {"settings": calibration.settings_of(1), "stamp": stamp, "cells": cells}
    (tmp_path / "calibration.json").write_text(json.dumps(written))

    text = report.write_report(tmp_path).read_text()

    assert "gamma CV² 2: **none of the methods tried holds here.**" in text
    assert "rates constant: Poisson, constant, permutation" in text
    assert "In every world: no method." in text
    assert "no results of the study `detection`" in text
    assert (tmp_path / "calibration.svg").stat().st_size > 5000


def test_the_report_measures_detection_against_poisson_on_the_same_outbreaks(tmp_path):
    def rows(weeks, ppv):
        return [
            {"outbreak": n, "week": w} | ({"ppv": ppv, "sensitivity": 0.8} if w else {}) for n, w in enumerate(weeks)
        ]

    cell = {
        "poisson": rows([3] * 40, 0.9),
        "permutation": rows([3] * 20, 0.8),
        "dealt_clumps": rows([3] * 20, 0.87),
        "village_weeks": rows([4] * 18 + [None] * 2, 0.9),
    }

    told = report._bars("1.5", cell)

    assert "permutation: **short**: PPV 0.100 ± 0.000 below Poisson's" in told[0]
    assert "median week 4 where 3 was asked; 90.0% found where 95% was asked" in told[1]
    assert "smoothed (the watch): meets all bars" in told[2]


@pytest.mark.nightly
def test_the_permutation_raises_about_one_finding_a_year_in_calm_worlds_and_poisson_more_where_there_is_a_season(
    tmp_path,
):
    worlds, methods = ["flat", "season", "uneven"], ["poisson", "permutation"]

    given = calibration.study(worlds, methods, years=30, seed=7, workers=2, path=tmp_path / "calibration.json")

    cells = given["cells"]
    mean = {(w, m): np.mean([one["findings"] for one in cells[w][m]]) for w in worlds for m in methods}
    assert all(0.35 <= mean[world, "permutation"] <= 1.7 for world in worlds)
    assert mean["season", "poisson"] > 2
    untested = [one for cell in cells.values() for years in cell.values() for one in years]
    assert sum(one["missed"] for one in untested) <= 1


@pytest.mark.nightly
def test_steep_outbreaks_are_found_within_two_or_three_weeks(tmp_path):
    given = detection.study(
        [3.0], ["permutation", "poisson"], outbreaks=20, seed=7, workers=2, path=tmp_path / "detection.json"
    )

    rows = given["cells"]["3.0"]
    for method in ("permutation", "poisson"):
        assert sum(one["week"] is not None for one in rows[method]) >= 19
        assert detection.median_week(rows[method]) <= 3
