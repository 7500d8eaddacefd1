"""Writes docs/validation/README.md and its pictures from what the studies left, and nothing else.

python -m validation.report
"""

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from validation.detection import median_week
from validation.methods import METHODS, mean_with_interval
from validation.results import RESULTS, Json
from validation.worlds import WORLDS

HOLDS = (0.5, 1.5)
"""Findings a year that count as one."""

FEWEST_YEARS = 30
"""With fewer run-years a mean is shown, but no method is said to hold by it."""

BARS = {"0.75": 5, "1.5": 3, "3.0": 2}
"""The median week by which an outbreak of each slope is to be found."""

FOUND_BAR, MEMBERS_BAR = 0.95, 0.05
WATCH = "dealt_clumps"
"""The method that the watch uses."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f")
MARKERS = "osD^vPX*"
SERIES_LABELS = {
    "ears_regency": "EARS C2 by regency",
    "ears_district": "EARS C2 by district",
    "farrington_regency": "Farrington flexible by regency",
    "farrington_district": "Farrington flexible by district",
}
LABELS = {method.code: method.label for method in METHODS} | SERIES_LABELS
HEADING = """# Validation

Written by `make validate` from the results in `calibration.json` and `detection.json` beside it; do not edit. Both
studies use the real villages of Nusa Tenggara Timur with synthetic populations and synthetic cases: nothing in them
happened.
"""


def stamp_line(results: Json) -> str:
    """Return when and with what a study ran."""
    stamp = results["stamp"]
    return (
        f"Last run on {stamp['ran_on']}, Kentongan {stamp['kentongan']}, engine source `{stamp['engine']}`, "
        f"Python {stamp['python']}, {stamp['processors']} processors ({stamp['machine']}), seed "
        f"{results['settings']['seed']}."
    )


def findings(years: Sequence[Json]) -> NDArray[np.int64]:
    """Return the findings of each year."""
    return np.array([one["findings"] for one in years], dtype=np.int64)


def does_hold(years: Sequence[Json]) -> bool:
    """Whether the mean number of findings a year counts as one."""
    return len(years) >= FEWEST_YEARS and HOLDS[0] <= mean_with_interval(findings(years))[0] <= HOLDS[1]


def studied(results: Json) -> list[str]:
    """Return the methods of which at least one cell has years, in the order of the methods."""
    return [m.code for m in METHODS if any(cell.get(m.code) for cell in results["cells"].values())]


def calibration_section(results: Json) -> list[str]:
    """Return what the study of findings without a cause showed."""
    settings, cells = results["settings"], results["cells"]
    methods = studied(results)
    worlds = [world for world in WORLDS if any(cells.get(world.code, {}).values())]
    every = [one for cell in cells.values() for years in cell.values() for one in years]
    minutes = sum(one["cpu_seconds"] for one in every) / 60
    audited, missed = sum(one["audited"] for one in every), sum(one["missed"] for one in every)
    lines = [
        "## Calibration: findings where nothing has a cause",
        "",
        stamp_line(results),
        "",
        f"{settings['villages']:,} villages, every third or fourth of the province's list; "
        f"circles of up to {settings['neighbours']} villages, windows of up to {settings['window_weeks']} weeks that "
        f"end now, {settings['study_weeks']} weeks of cases; 0.02 cases a village and week in the mean. Each run-year "
        f"is 52 weekly runs on sliding weeks, after {settings['history_weeks']} weeks of history from which seasons, "
        "rates and dispersions may be learnt. A cluster is raised when its p-value is at most 1 / 52: once a year for "
        "independent runs. Counted are **findings**, as the watch counts them: a cluster that extends a known one "
        "(windows that touch, villages that overlap by half) is not new.",
        "",
        "Runs whose statistic lies below the "
        f"{settings['screen_quantile']:.0%} quantile of every one of twelve pilot nulls of their world are not "
        f"tested; all others are tested exactly with up to {settings['replicas']} replicas, stopped after "
        f"{settings['stop_after']} that reach the cluster. Of {audited:,} untested runs that were tested all the same, "
        f"{missed} had crossed the threshold.",
        "",
        "Findings a year, mean and 95 % interval (from the spread between years); runs that crossed the threshold a "
        "year, which an exact method lets do so once; and run-years. **Bold**: 0.5 to 1.5 findings, from at least "
        f"{FEWEST_YEARS} years.",
        "",
        "| world | " + " | ".join(LABELS[code] for code in methods) + " |",
        "|---" * (len(methods) + 1) + "|",
    ]
    for world in worlds:
        row = [_calibration_cell(cells[world.code].get(code, [])) for code in methods]
        lines.append(f"| {world.label} | " + " | ".join(row) + " |")
    lines += ["", "![Findings a year by world and method](calibration.svg)", "", "Which methods hold:", ""]
    for world in worlds:
        lines.append(f"- {world.label}: {_which_hold(cells[world.code], methods)}")
    everywhere = [c for c in methods if all(does_hold(cells[world.code].get(c, [])) for world in worlds)]
    lines += [
        "",
        "In every world: " + (", ".join(LABELS[code] for code in everywhere) or "no method") + ".",
        "",
        f"The watch uses: {LABELS[WATCH]} (with windows of up to four weeks and circles of up to 20 or 40 km; its own "
        "threshold shares one finding a year among all streams, see "
        "[the budget of false alarms](../methods/false-alarm-budget.md)).",
        "",
        f"CPU time of all runs together: {minutes:.0f} minutes, pilots not counted.",
        "",
        "The methods:",
        "",
        *(f"- **{method.label}**: {method.text}" for method in METHODS if method.code in methods),
        "",
    ]
    return lines


def _calibration_cell(years: Sequence[Json]) -> str:
    if not years:
        return "not run"
    mean, low, high = mean_with_interval(findings(years))
    crossings = sum(one["crossings"] for one in years) / len(years)
    told = f"{mean:.2f} ({low:.2f} to {high:.2f})"
    return f"{f'**{told}**' if does_hold(years) else told}, {crossings:.2f}, n = {len(years)}"


def _which_hold(cell: Json, methods: Sequence[str]) -> str:
    """Return which methods give one finding a year in a world, and of which the data do not say so for sure."""
    holding = []
    for code in methods:
        if does_hold(cell.get(code, [])):
            _, low, high = mean_with_interval(findings(cell[code]))
            is_sure = HOLDS[0] <= low and high <= HOLDS[1]
            holding.append(LABELS[code] + ("" if is_sure else " (its interval reaches beyond)"))
    return ", ".join(holding) + "." if holding else "**none of the methods tried holds here.**"


def detection_section(results: Json) -> list[str]:
    """Return what the study of growing outbreaks showed."""
    settings = results["settings"]
    lines = [
        "## Detection: how soon a growing outbreak is found",
        "",
        stamp_line(results),
        "",
        f"All {settings['villages']:,} villages, {settings['districts']} districts, {settings['regencies']} regencies; "
        f"circles of up to {settings['neighbours']} villages, windows of up to {settings['window_weeks']} weeks. An "
        "outbreak adds slope * week cases a week, by population, to "
        f"{settings['outbreak_villages']} neighbouring villages; each method runs weekly for "
        f"{settings['outbreak_weeks']} weeks and may raise one false alarm a year over the province: the scans by a "
        f"p-value of at most 1 / 52 ({settings['replicas']} replicas), EARS C2 (seven weeks, standard deviation at "
        "least 0.5) and Farrington flexible (three years) by the threshold on their p-values that one week in 52 of "
        f"{settings['null_weeks']:,} weeks without outbreak reached. Found: an alarm that holds one of the outbreak's "
        "villages. PPV and sensitivity are the means, at first sight, of the share of the cluster's villages that "
        "belong to the outbreak and of the outbreak's villages in the cluster (95 % intervals).",
        "",
        "| slope | method | outbreaks | found within 8 weeks | median week | PPV | sensitivity |",
        "|---|---|---|---|---|---|---|",
    ]
    slopes = sorted(results["cells"], key=float)
    for slope in slopes:
        for code in _in_order(results["cells"][slope]):
            lines.append(_detection_row(slope, code, results["cells"][slope][code]))
    lines += [
        "",
        "![Share of outbreaks found by week](detection.svg)",
        "",
        "Against what was asked of the watch, on the same outbreaks as Poisson:",
        "",
    ]
    for slope in slopes:
        lines += _bars(slope, results["cells"][slope])
    return [*lines, ""]


def _in_order(cell: Json) -> list[str]:
    return [code for code in LABELS if code in cell]


def _detection_row(slope: str, code: str, rows: Sequence[Json]) -> str:
    found = [one for one in rows if one["week"] is not None]
    low, high = share_interval(len(found), len(rows))
    week = median_week(rows)
    members = [_members(found, name) for name in ("ppv", "sensitivity")]
    told = f"{week:g}" if np.isfinite(week) else "not within 8"
    return (
        f"| {slope} | {LABELS[code]} | {len(rows)} | {len(found) / len(rows):.1%} ({low:.1%} to {high:.1%}) | {told} "
        f"| {members[0]} | {members[1]} |"
    )


def share_interval(found: int, among: int) -> tuple[float, float]:
    """Return a 95 % interval for a share (Wilson)."""
    z = 1.96
    middle = (found + z * z / 2) / (among + z * z)
    half = z * math.sqrt(found * (among - found) / among + z * z / 4) / (among + z * z)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _members(found: Sequence[Json], name: str) -> str:
    values = np.array([one[name] for one in found if name in one])
    if values.size < 2:
        return ""
    return f"{values.mean():.3f} ± {1.96 * values.std(ddof=1) / np.sqrt(values.size):.3f}"


def _bars(slope: str, cell: Json) -> list[str]:
    """Return for each scan without populations whether it is soon, sure and precise enough at this slope."""
    lines = []
    for code in _in_order(cell):
        if code in SERIES_LABELS or code == "poisson":
            continue
        found = [one for one in cell[code] if one["week"] is not None]
        share, week = len(found) / len(cell[code]), median_week(cell[code])
        short = []
        if week > BARS.get(slope, np.inf):
            short.append(f"median week {week:g} where {BARS[slope]} was asked")
        if share < FOUND_BAR:
            short.append(f"{share:.1%} found where {FOUND_BAR:.0%} was asked")
        for name, label in (("ppv", "PPV"), ("sensitivity", "sensitivity")):
            less, half = _less_than_poisson(cell["poisson"], found, name)
            if less > MEMBERS_BAR:
                short.append(f"{label} {less:.3f} ± {half:.3f} below Poisson's where {MEMBERS_BAR} was allowed")
        told = "**short**: " + "; ".join(short) if short else "meets all bars"
        lines.append(f"- slope {slope}, {LABELS[code]}{' (the watch)' if code == WATCH else ''}: {told}.")
    return lines


def _less_than_poisson(poisson: Sequence[Json], found: Sequence[Json], name: str) -> tuple[float, float]:
    """Return by how much a share of villages is less than Poisson's on the same outbreaks, with half its interval."""
    known = {one["outbreak"]: one[name] for one in poisson if one["week"] is not None}
    less = np.array([known[one["outbreak"]] - one[name] for one in found if one["outbreak"] in known])
    if less.size < 2:
        return math.nan, math.nan
    return float(less.mean()), 1.96 * float(less.std(ddof=1)) / math.sqrt(less.size)


def draw_calibration(results: Json, path: Path) -> None:
    """Leave a picture of the findings a year: one row a world, one mark a method, the asked range shaded."""
    methods = studied(results)
    worlds = [world for world in WORLDS if any(results["cells"].get(world.code, {}).values())]
    figure = Figure(figsize=(8.5, 1.0 + 0.85 * len(worlds)), layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan(*HOLDS, color="#dddddd", zorder=0)
    for number, code in enumerate(methods):
        for row, world in enumerate(worlds):
            years = results["cells"][world.code].get(code, [])
            if not years:
                continue
            mean, low, high = mean_with_interval(findings(years))
            axes.errorbar(
                mean,
                row + (number - (len(methods) - 1) / 2) * 0.8 / len(methods),
                xerr=[[mean - low], [high - mean]],
                fmt=MARKERS[number],
                color=COLOURS[number],
                markersize=4,
                label=LABELS[code] if row == 0 else None,
            )
    axes.set_yticks(range(len(worlds)), [world.label for world in worlds])
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel("findings a year (95 % interval); shaded: 0.5 to 1.5")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    _write(figure, path)


def draw_detection(results: Json, path: Path) -> None:
    """Leave a picture of the share of outbreaks found by each week: one panel a slope, one line a method."""
    slopes = sorted(results["cells"], key=float)
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    panels = figure.subplots(1, len(slopes), sharey=True, squeeze=False)[0]
    weeks = np.arange(results["settings"]["outbreak_weeks"] + 1)
    for slope, axes in zip(slopes, panels, strict=True):
        for number, code in enumerate(_in_order(results["cells"][slope])):
            rows = results["cells"][slope][code]
            first = np.array([np.inf if one["week"] is None else one["week"] for one in rows])
            axes.plot(
                weeks,
                [(first <= week).mean() for week in weeks],
                marker=MARKERS[number % len(MARKERS)],
                color=COLOURS[number % len(COLOURS)],
                linestyle="--" if code in SERIES_LABELS else "-",
                markersize=4,
                label=LABELS[code] if axes is panels[0] else None,
            )
        axes.set_title(f"slope {slope}", fontsize=10)
        axes.set_xlabel("weeks since its start")
        axes.grid(color="#eeeeee")
    panels[0].set_ylabel("share of outbreaks found")
    figure.legend(loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    """Write a picture that is the same for the same results."""
    with mpl.rc_context({"svg.hashsalt": "kentongan", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None})


LIMITS = """## Limits

- Populations and cases are drawn; villages differ in size as a lognormal of spread 0.8 does, and the Poisson scans are
  given the true populations. Real ones are known less well: what is said here for Poisson is the best case.
- One stream at one level. How several streams and levels share one budget is in
  [the budget of false alarms](../methods/false-alarm-budget.md).
- Shocks strike 25 villages that follow each other in the list of codes: mostly, not always, one connected area.
- A year starts without a memory of findings: a cluster already known before it counts once more.
- Outbreaks are round, grow evenly and strike where rates are flat.
"""


def write_report(folder: Path) -> Path:
    """Leave the page and its pictures beside the results that the folder holds; return the page."""
    lines = [HEADING]
    calibration, detection = folder / "calibration.json", folder / "detection.json"
    for path, section, draw in (
        (calibration, calibration_section, draw_calibration),
        (detection, detection_section, draw_detection),
    ):
        if path.exists():
            results: Json = json.loads(path.read_text(encoding="utf-8"))
            lines += section(results)
            draw(results, path.with_suffix(".svg"))
        else:
            lines += [f"There are no results of the study `{path.stem}` yet.", ""]
    page = folder / "README.md"
    page.write_text("\n".join([*lines, LIMITS]), encoding="utf-8")
    return page


def main() -> None:
    """Write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    write_report(parser.parse_args().folder)


if __name__ == "__main__":
    main()
