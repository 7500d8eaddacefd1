"""What the engines needed for each job, as tables in the terminal."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from loops_in_c import compiler_version
from rich.console import Console
from rich.table import Table
from scan_work import PERIODS, REPLICAS, WINDOWS, WORKERS, Job

OURS, PROTOTYPE, LOOP = "kentongan", "prototype", "loop in C"
ROUNDING = 1e-9
"""Relative; statistics that differ by less are equal."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one engine needed: medians of processor and wall seconds, and its answers.

    `whole` includes `geometry` (neighbours and zones). Of the loop in C it is the loop alone; its `bare` run (adding and
    comparing), `drawing` and `reading` are measured beside it, for all replicas. `again` is a second scan under the same
    expectation.
    """

    whole: float
    wall: float
    geometry: float
    memory_mib: float
    llr: float
    maxima: list[float]
    places: int
    entries: int
    load: float
    again: float | None = None
    bare: float = 0.0
    drawing: float = 0.0
    reading: float = 0.0

    @property
    def scanning(self) -> float:
        """Processor seconds without the geometry."""
        return self.whole - self.geometry

    def picoseconds(self, seconds: float) -> str:
        """Return these seconds by window and replica."""
        return f"{seconds * 1e12 / (self.entries * WINDOWS * REPLICAS):.1f}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One job's figures by engine, and of the engines that did not run the reasons."""

    job: Job
    figures: dict[str, Figures] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


Engines = dict[str, Figures]
Row = tuple[str, Callable[[Engines], str]]


def seconds(value: float | None) -> str:
    """Return seconds, or a ratio of seconds, as text."""
    return "" if value is None else f"{value:.2f}"


def equal_maxima(one: Engines) -> str:
    """Return how many of the replicas have the same largest statistic in our scan and in the loop in C."""
    equal = np.isclose(one[OURS].maxima, one[LOOP].maxima, rtol=ROUNDING, atol=ROUNDING)
    return f"{int(equal.sum())} of {equal.size}"


SECONDS: tuple[Row, ...] = (
    ("ours", lambda one: seconds(one[OURS].whole)),
    ("  of it geometry: neighbours and zones", lambda one: seconds(one[OURS].geometry)),
    ("  of it drawing replicas", lambda one: seconds(one[LOOP].drawing)),
    ("ours, a second scan, its null distribution kept", lambda one: seconds(one[OURS].again)),
    ("prototype", lambda one: seconds(one[PROTOTYPE].whole)),
    ("  of it geometry", lambda one: seconds(one[PROTOTYPE].geometry)),
    ("ours by prototype", lambda one: seconds(one[OURS].whole / one[PROTOTYPE].whole)),
    ("  ours with, prototype without geometry", lambda one: seconds(one[OURS].whole / one[PROTOTYPE].scanning)),
    ("  both without geometry", lambda one: seconds(one[OURS].scanning / one[PROTOTYPE].scanning)),
    ("prototype's loop in C (1)", lambda one: seconds(one[LOOP].whole)),
    (
        "  ours without geometry and drawing, by it",
        lambda one: seconds((one[OURS].scanning - one[LOOP].drawing) / one[LOOP].whole),
    ),
    ("bound: reading every count (2)", lambda one: seconds(one[LOOP].reading)),
    ("  share of it reached, without geometry", lambda one: f"{one[LOOP].reading / one[OURS].scanning:.0%}"),
)
PICOSECONDS: tuple[Row, ...] = (
    ("ours", lambda one: one[OURS].picoseconds(one[OURS].scanning)),
    ("prototype", lambda one: one[PROTOTYPE].picoseconds(one[PROTOTYPE].scanning)),
    ("prototype's loop in C", lambda one: one[LOOP].picoseconds(one[LOOP].whole)),
    ("  adding and comparing only (3)", lambda one: one[LOOP].picoseconds(one[LOOP].bare)),
    ("reading every count", lambda one: one[LOOP].picoseconds(one[LOOP].reading)),
)
OTHERS: tuple[Row, ...] = (
    ("places", lambda one: f"{one[OURS].places:,}"),
    ("places in all zones, millions, ours (4)", lambda one: f"{one[OURS].entries / 1e6:.2f}"),
    ("  prototype", lambda one: f"{one[PROTOTYPE].entries / 1e6:.2f}"),
    ("replicas", lambda one: f"{len(one[OURS].maxima)}"),
    ("wall seconds, ours", lambda one: seconds(one[OURS].wall)),
    ("peak MiB, ours", lambda one: f"{one[OURS].memory_mib:.0f}"),
    ("peak MiB, prototype", lambda one: f"{one[PROTOTYPE].memory_mib:.0f}"),
    ("load average after ours", lambda one: f"{one[OURS].load:.1f}"),
)
ANSWERS: tuple[Row, ...] = (
    ("statistic of the most likely cluster, ours", lambda one: f"{one[OURS].llr:.6f}"),
    ("  prototype", lambda one: f"{one[PROTOTYPE].llr:.6f}"),
    ("replicas' maxima equal to the loop's in C", equal_maxima),
    ("median of the replicas' maxima, ours", lambda one: f"{median(one[OURS].maxima):.2f}"),
    ("  prototype, its own replicas", lambda one: f"{median(one[PROTOTYPE].maxima):.2f}"),
)
PARTS = (
    ("CPU seconds", SECONDS),
    ("CPU ps by window and replica, without geometry", PICOSECONDS),
    ("Size", OTHERS),
    ("The same answers", ANSWERS),
)
NOTES = """(1) The prototype's k.c over our zones and our replicas, in two passes as the prototype makes them. It draws nothing.
(2) Each count of each zone read once and added up in registers, in C, in the order of the zones, both cores at once:
    nothing that reads every count of every zone is faster. What ours does beyond it: it draws the replicas, compares every
    window with its critical count, and adds places one by one where eight together could matter.
(3) No window reaches the threshold, none is evaluated.
(4) A permutation leaves out places without cases: they change no window. The prototype keeps them."""


def cell(one: Measured, of: Callable[[Engines], str]) -> str:
    """Return a cell of the table; empty where an engine that it needs did not run."""
    try:
        return of(one.figures)
    except KeyError:
        return ""


def table_of_jobs(measured: list[Measured]) -> Table:
    """Return a column of figures for each job."""
    title = f"{REPLICAS} replicas, windows to {WINDOWS} of {PERIODS} weeks, {WORKERS} threads"
    table = Table("", *(one.job.title for one in measured), title=title, title_justify="left")
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for heading, rows in PARTS:
        table.add_row(f"[bold]{heading}[/bold]")
        for label, of in rows:
            table.add_row(label, *(cell(one, of) for one in measured))
        table.add_section()
    return table


def table_of_fresh_processes(fresh: dict[str, list[tuple[float, float]]]) -> Table:
    """Return how long a fresh process needed."""
    table = Table("a fresh process, from its start to its end; medians", "CPU seconds", "wall seconds")
    for work, runs in fresh.items():
        table.add_row(work, *(seconds(median(one)) for one in zip(*runs, strict=True)))
    return table


def show(measured: list[Measured], fresh: dict[str, list[tuple[float, float]]]) -> None:
    """Print the tables."""
    console = Console(width=150)
    console.print(table_of_jobs(measured))
    console.print(NOTES, markup=False, highlight=False)
    for one in measured:
        for engine, reason in one.reasons.items():
            console.print(f"{one.job.title}: {engine} not run: {reason}", markup=False)
    console.print(table_of_fresh_processes(fresh))
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    console.print(
        f"C compiler: {compiler_version()}. Load averages at the end: {loads}.", markup=False, highlight=False
    )
