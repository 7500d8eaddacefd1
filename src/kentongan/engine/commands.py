"""`kentongan scan`: find clusters in own tables, or run a SaTScan parameter file unchanged."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kentongan.engine.errors import EngineInputError
from kentongan.engine.files import Analysis, Design, Found, Model, Report, Study, as_json, read_prm, run
from kentongan.engine.files.moments import Unit
from kentongan.engine.files.study import SHOWN, Iteration
from kentongan.engine.files.tables import TableFiles, read_tables
from kentongan.engine.files.writers import write_report
from kentongan.engine.scanning.zones import ZoneLimits
from kentongan.kit.given import why_refused

PATIENCE_S = 2.0
WIDTH_WITHOUT_TERMINAL = 160


class Interval(Enum):
    """The unit of time of own tables."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Rates(Enum):
    """Which clusters are looked for."""

    HIGH = "high"
    LOW = "low"
    BOTH = "both"


def scan_command(
    prm: Annotated[
        Path | None, typer.Option(help="Berkas parameter SaTScan (.prm), dijalankan apa adanya.", show_default=False)
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(help="Tabel kasus, CSV atau Parquet: tempat, tanggal, jumlah.", show_default=False),
    ] = None,
    places: Annotated[
        Path | None, typer.Option(help="Tabel tempat: tempat, lintang, bujur (atau x, y).", show_default=False)
    ] = None,
    neighbours: Annotated[
        Path | None,
        typer.Option(help="Daftar tetangga sebagai ganti koordinat: pusat, lalu tetangganya.", show_default=False),
    ] = None,
    population: Annotated[
        Path | None, typer.Option(help="Tabel penduduk: tempat, tanggal, penduduk.", show_default=False)
    ] = None,
    controls: Annotated[
        Path | None, typer.Option(help="Tabel kontrol: tempat, tanggal, jumlah.", show_default=False)
    ] = None,
    covariate: Annotated[
        list[str] | None,
        typer.Option(help="Kolom kovariat dalam tabel kasus dan penduduk; boleh diulang.", show_default=False),
    ] = None,
    model: Annotated[Model, typer.Option(help="Pembanding kasus.")] = Model.PERMUTATION,
    analysis: Annotated[Analysis, typer.Option(help="Jendela yang dipindai.")] = Analysis.PROSPECTIVE,
    unit: Annotated[Interval, typer.Option(help="Satuan selang waktu.")] = Interval.DAY,
    length: Annotated[int, typer.Option(min=1, help="Panjang satu selang, dalam satuan itu.")] = 1,
    begins: Annotated[str, typer.Option("--from", help="Hari pertama; baku: yang pertama dalam data.")] = "",
    ends: Annotated[str, typer.Option("--to", help="Hari terakhir; baku: yang terakhir dalam data.")] = "",
    max_window: Annotated[
        int | None,
        typer.Option(min=1, help="Jendela terpanjang, dalam satuan; baku: separuh rentang.", show_default=False),
    ] = None,
    min_window: Annotated[int, typer.Option(min=1, help="Jendela terpendek, dalam satuan.")] = 1,
    max_share: Annotated[
        float, typer.Option(min=0.01, max=100, help="Bagian terbanyak dalam satu lingkaran, dalam persen.")
    ] = 50.0,
    max_radius: Annotated[
        float | None,
        typer.Option(min=0, help="Jari-jari terbesar, dalam km (bidang datar: satuan x).", show_default=False),
    ] = None,
    max_neighbours: Annotated[
        int | None, typer.Option(min=1, help="Jumlah tempat terbanyak dalam satu lingkaran.", show_default=False)
    ] = None,
    direction: Annotated[Rates, typer.Option(help="Lebih banyak, lebih sedikit, atau keduanya.")] = Rates.HIGH,
    min_cases: Annotated[int, typer.Option(min=1, help="Kasus paling sedikit dalam satu kelompok.")] = 2,
    all_places: Annotated[
        bool, typer.Option("--all-places", help="Cari juga kelompok waktu saja, semua tempat sekaligus.")
    ] = False,
    clumps: Annotated[
        bool,
        typer.Option("--clumps", help="Permutasi: semua kasus satu tempat dalam satu selang tetap bersama."),
    ] = False,
    smoothed: Annotated[
        bool,
        typer.Option("--smoothed", help="Permutasi: harapan tempat ditarik ke rata-rata; lingkaran tidak melebar."),
    ] = False,
    iterate: Annotated[
        bool, typer.Option("--iterate", help="Cari satu per satu: kelompok dikeluarkan, sisanya dipindai lagi.")
    ] = False,
    max_scans: Annotated[int, typer.Option(min=1, help="Dengan --iterate: pemindaian terbanyak.")] = 10,
    up_to_p: Annotated[
        float, typer.Option(min=0, max=1, help="Dengan --iterate: berakhir bila nilai p melebihinya.")
    ] = 0.05,
    day_first: Annotated[bool, typer.Option("--day-first", help="Tanggal tertulis hari/bulan/tahun.")] = False,
    replicas: Annotated[
        int | None, typer.Option(min=0, help="Jumlah ulangan acak; baku: 999 atau menurut .prm.", show_default=False)
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Benih ulangan acak; baku: 0.", show_default=False)] = None,
    as_json_text: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder untuk hasil: JSON, GeoJSON, CSV, gambar peta.", show_default=False)
    ] = None,
) -> None:
    """Cari kelompok kasus dalam ruang dan waktu. Tidak memerlukan basis data."""
    if (prm is None) == (cases is None):
        raise typer.BadParameter("Sebutkan salah satu: --prm BERKAS.prm, atau --cases BERKAS.", param_hint="--prm")
    if prm is not None:
        study = read_prm(prm)
    else:
        study = _study_of_tables(
            TableFiles(
                cases=cases or Path(),
                controls=controls,
                population=population,
                places=places,
                neighbours=neighbours,
                covariates=tuple(covariate or ()),
                day_first=day_first,
            ),
            Design(
                analysis=analysis,
                model=model,
                first=0,
                after=1,
                unit=Unit(unit.value),
                length=length,
                min_units=min_window,
                max_units=max_window,
                limits=ZoneLimits(max_share=max_share / 100, max_neighbours=max_neighbours, max_radius=max_radius),
                direction=direction.value,
                min_cases=min_cases,
                with_all_places=all_places,
                by_clumps=clumps,
                is_smoothed=smoothed,
                iteration=Iteration(most=max_scans, up_to_p=up_to_p) if iterate else None,
            ),
            begins=begins,
            ends=ends,
        )
    with shown_progress() as progress:
        report = run(study, seed=seed, replicas=replicas, progress=progress)
    if as_json_text:
        print(json.dumps(as_json(report), ensure_ascii=False, indent=2, allow_nan=False))  # noqa: T201 - the answer
    else:
        show(report, Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL))
    if out is not None:
        _write(report, out)


def _study_of_tables(files: TableFiles, design: Design, *, begins: str, ends: str) -> Study:
    """Return the study of own tables, once what it needs is named."""
    if design.analysis.has_space and (files.places is None) == (files.neighbours is None):
        raise typer.BadParameter("Sebutkan salah satu: --places atau --neighbours.", param_hint="--places")
    if design.model is Model.BERNOULLI and files.controls is None:
        raise typer.BadParameter("Model bernoulli memerlukan --controls.", param_hint="--controls")
    return read_tables(files, design, begins=begins, ends=ends)


def _write(report: Report, folder: Path) -> None:
    """Write the report's files and say which."""
    try:
        written = write_report(report, folder)
    except OSError as fault:
        raise EngineInputError(
            f"Hasil tidak dapat ditulis ke {folder}: {why_refused(fault)}. Pilih folder lain atau perbaiki izinnya."
        ) from fault
    typer.echo(f"Ditulis ke {folder}: {', '.join(path.name for path in written)}", err=True)


@dataclass(slots=True)
class _Bar:
    """A progress bar that appears once the work has taken longer than anybody likes to wait without a sign."""

    console: Console
    stack: ExitStack
    begun: float = field(default_factory=time.monotonic)
    shown: Progress | None = None
    task: TaskID | None = None

    def tell(self, done: int, total: int) -> None:
        """Show how many replicas are done."""
        if self.shown is None and time.monotonic() - self.begun > PATIENCE_S:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self.shown = self.stack.enter_context(Progress(*columns, console=self.console, transient=True))
            self.task = self.shown.add_task("Ulangan acak", total=total)
        if self.shown is not None and self.task is not None:
            self.shown.update(self.task, completed=done, total=total)


@contextmanager
def shown_progress() -> Iterator[Callable[[int, int], None] | None]:
    """Give what tells progress on standard error, or None where nobody is watching."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with ExitStack() as stack:
        yield _Bar(console, stack).tell


def show(report: Report, console: Console) -> None:
    """Print the clusters as a table, and what the reader must know of how they were found."""
    study = report.study
    begins, ends = study.timeline.span(0, study.timeline.periods - 1)
    console.print(
        Text(
            f"{study.design.title or study.source}: {report.total_cases} kasus, {len(study.ids)} tempat, {begins} sampai "
            f"{ends}, {report.replicas} ulangan acak."
        )
    )
    if report.clusters:
        console.print(_table(report))
    else:
        console.print("Tidak ada kelompok.")
    for doubt in report.doubts:
        console.print(Text(f"Perhatian: {doubt.text}"))
    notes = list(report.warnings)
    if study.ignored:
        notes.append(f"Diabaikan, hanya mengatur keluaran: {', '.join(one.split('=')[0] for one in study.ignored)}.")
    for note in notes:
        console.print(Text(f"Catatan: {note}"))


def _table(report: Report) -> Table:
    """Return the clusters as a table; columns without any content are left out."""
    columns: list[tuple[str, Callable[[Found], str]]] = [
        ("arah", lambda one: "tinggi" if one.is_high else "rendah"),
        ("tempat", _members),
        ("radius", lambda one: "" if one.radius is None else f"{one.radius:.2f}"),
        ("jendela", lambda one: f"{one.window_from} … {one.window_to}"),
        ("kasus", lambda one: str(one.observed)),
        ("harapan", lambda one: f"{one.expected:.2f}"),
        ("risiko relatif", lambda one: "∞" if one.relative_risk is None else f"{one.relative_risk:.2f}"),
        ("statistik", lambda one: f"{one.log_likelihood_ratio:.6f}"),
        ("p", lambda one: "" if one.p_value is None else f"{one.p_value:.4f}"),
        ("p Gumbel", lambda one: "" if one.gumbel_p_value is None else f"{one.gumbel_p_value:.4f}"),
        ("perulangan", lambda one: _days(one.recurrence_interval_days)),
    ]
    table = Table()
    table.add_column("no", justify="right")
    shown = [(name, told) for name, told in columns if any(told(one) for one in report.clusters)]
    for name, _ in shown:
        is_number = name in ("radius", "kasus", "harapan", "risiko relatif", "statistik", "p", "p Gumbel", "perulangan")
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for rank, one in enumerate(report.clusters, start=1):
        table.add_row(str(rank), *(Text(told(one)) for _, told in shown))
    return table


def _members(one: Found) -> str:
    """Return the first members by name, and how many more there are."""
    told = ", ".join(one.members[:SHOWN])
    return told if len(one.members) <= SHOWN else f"{told} … ({len(one.members)} tempat)"


def _days(days: float | None) -> str:
    """Return a recurrence interval in days or years."""
    if days is None:
        return ""
    return f"{days:.0f} hari" if days < 730 else f"{days / 365.25:.1f} tahun"


COMMANDS = {"scan": scan_command}
