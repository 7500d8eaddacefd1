"""Own tables as CSV or Parquet, with named columns, read into a study."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kentongan.engine.files.faults import Faults
from kentongan.engine.files.moments import UNDATED, YEAR_LAST, Moment, Unit, moment_of, months_later
from kentongan.engine.files.records import (
    Clock,
    Counted,
    Counts,
    Places,
    Populated,
    Populations,
    count_of,
    measure_of,
    position_of,
)
from kentongan.engine.files.rows import text_of, unreadable
from kentongan.engine.files.satscan_files import read_neighbours
from kentongan.engine.files.study import Design, Inputs, Model, Study, assemble

NAMES = {
    "place": ("place", "tempat", "lokasi", "location", "id", "kode", "code", "desa"),
    "date": ("date", "tanggal", "tgl", "waktu", "time"),
    "count": ("count", "jumlah", "kasus", "cases", "controls", "kontrol", "n"),
    "population": ("population", "penduduk", "jumlah_penduduk", "pop"),
    "latitude": ("latitude", "lintang", "lat"),
    "longitude": ("longitude", "bujur", "lon", "lng", "long"),
    "x": ("x",),
    "y": ("y",),
}
"""What a column may be called, in any case."""

SEPARATORS = (";", "\t", ",", "|")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(\1\d{3})*")
PARQUET = b"PAR1"
NEAR = 2000


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns as text, without blank rows, and the number of each row in the file."""

    path: Path
    columns: dict[str, list[str]]
    numbers: list[int]

    def rows(self, *names: str) -> Iterator[tuple[int, list[str]]]:
        """Yield each row: its number, and its cells in these columns."""
        chosen = [self.columns[name] for name in names]
        for row, number in enumerate(self.numbers):
            yield number, [column[row] for column in chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFiles:
    """The files of a study: `places` with coordinates, or `neighbours` with each place's neighbours in their order.

    Dates with the year last are refused as ambiguous unless `day_first`.
    """

    cases: Path
    controls: Path | None = None
    population: Path | None = None
    places: Path | None = None
    neighbours: Path | None = None
    covariates: tuple[str, ...] = ()
    day_first: bool = False


def table_of(path: Path, faults: Faults) -> Table | None:
    """Return a CSV or Parquet file as text; None, with a fault noted, when it is neither.

    Rows of a CSV file are numbered by lines, those of a Parquet file from 1.

    Shapes:  every column (rows,).
    Units:   none.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    try:
        with path.open("rb") as file:
            is_parquet = file.read(4) == PARQUET
    except OSError as fault:
        faults.about(path, unreadable(fault))
        return None
    found = _parquet_rows(path, faults) if is_parquet else _csv_rows(path, faults)
    if not found:
        return None
    header, *rows = found
    names = [name.strip().casefold() for name in header[1]]
    if len(set(names)) < len(names):
        faults.about(path, "dua kolom mempunyai nama yang sama.")
        return None
    rows = [(number, cells) for number, cells in rows if any(cells)]
    for number, cells in rows:
        if len(cells) != len(names):
            faults.at(path, number, f"{len(cells)} kolom; judulnya {len(names)}.")
    rows = [(number, cells) for number, cells in rows if len(cells) == len(names)]
    columns = {name: [cells[at] for _, cells in rows] for at, name in enumerate(names)}
    return Table(path, columns, [number for number, _ in rows])


def _csv_rows(path: Path, faults: Faults) -> list[tuple[int, list[str]]]:
    """Return the lines of a CSV file with their numbers, the first of them the header; empty cells may be missing."""
    text = text_of(path, faults) or ""
    reader = csv.reader(io.StringIO(text), delimiter=separator_of(text))
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as fault:
        faults.at(path, reader.line_num, f"bukan baris tabel yang dapat dibaca ({fault}).")
        return []
    if not rows:
        faults.about(path, "berkas tidak memuat satu baris pun.")
    return rows


def _parquet_rows(path: Path, faults: Faults) -> list[tuple[int, list[str]]]:
    """Return the rows of a Parquet file as text, its names first."""
    import polars  # noqa: PLC0415 - a third of a second, needed for Parquet only

    try:
        frame = polars.read_parquet(path).cast(polars.String)
    except polars.exceptions.PolarsError as fault:
        faults.about(path, f"bukan tabel yang dapat dibaca ({str(fault).splitlines()[0]}).")
        return []
    body = [(number, [(cell or "").strip() for cell in row]) for number, row in enumerate(frame.rows(), start=1)]
    return [(0, list(frame.columns)), *body]


def separator_of(text: str) -> str:
    """Return the sign that stands most often between the names of the columns.

    Shapes:  none.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    header = next((line for line in text.splitlines() if line.strip()), "")
    cells = {sign: len(next(csv.reader([header], delimiter=sign), [])) for sign in SEPARATORS}
    return max(SEPARATORS, key=lambda sign: cells[sign])


def column_of(table: Table, role: str, faults: Faults, *, is_needed: bool = True) -> str | None:
    """Return the column that plays a role; none or several are a fault.

    Shapes:  none.
    Units:   none.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    found = [name for name in NAMES[role] if name in table.columns]
    if len(found) > 1:
        faults.about(table.path, f"kolom {' dan '.join(found)} bermakna sama; sisakan satu.")
    elif not found and is_needed:
        faults.about(table.path, f"tidak ada kolom “{role}” (atau {', '.join(NAMES[role][1:]) or '-'}).")
    return found[0] if found else None


def number_text(text: str) -> str:
    """Return a number as a computer writes it: a decimal comma becomes a point, but signs of thousands stay a fault.

    Shapes:  scalar.
    Units:   of the text.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    if DECIMAL_COMMA.fullmatch(text) and not THOUSANDS.fullmatch(text):
        return text.replace(",", ".")
    return text


def date_of(text: str, *, day_first: bool) -> Moment | str:
    """Return the date of a cell, or what is wrong with it.

    Shapes:  scalar.
    Units:   days as proleptic ordinals.
    Errors:  none; the fault is returned as text.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    told = re.split(r"[T ]", text, maxsplit=1)[0]
    year_last = YEAR_LAST.fullmatch(told)
    if year_last and not day_first:
        return f"tanggal “{text}” dapat dibaca dua cara; tulis tahun-bulan-hari, atau pakai --day-first."
    if year_last:
        told = f"{year_last[3]}/{year_last[2]}/{year_last[1]}"
    moment = moment_of(told, near=NEAR) if told[:4].isdigit() else None
    return moment or f"tanggal “{text}” tidak dikenal; tulis tahun-bulan-hari, mis. 2026-03-31."


def read_counts_table(
    path: Path,
    clock: Clock,
    faults: Faults,
    *,
    needs_dates: bool = True,
    covariates: Sequence[str] = (),
    day_first: bool = False,
) -> tuple[Counts, list[Moment]]:
    """Return a table of cases or controls, and their dates. Without a column of counts every row is one.

    Shapes:  one entry for each row.
    Units:   cases or controls.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    counts, moments = Counts(path), list[Moment]()
    table = table_of(path, faults)
    if table is None:
        return counts, moments
    place = column_of(table, "place", faults)
    when = column_of(table, "date", faults, is_needed=needs_dates)
    count = column_of(table, "count", faults, is_needed=False)
    strata = _covariates(table, covariates, faults)
    if place is None or (when is None and needs_dates) or len(strata) < len(covariates):
        return counts, moments
    for row, cells in table.rows(place, count or place, when or place, *strata):
        number = count_of(number_text(cells[1])) if count else 1
        moment = date_of(cells[2], day_first=day_first) if when else None
        fault = next((one for one in (number, moment) if isinstance(one, str)), None)
        if isinstance(moment, Moment) and fault is None:
            fault = clock.fault_of(cells[2], moment)
        if not cells[0]:
            faults.at(path, row, "tempatnya kosong.")
        elif fault or isinstance(number, str) or isinstance(moment, str):
            faults.at(path, row, fault or "")
        else:
            counts.rows.append(Counted(row, cells[0], number, moment.first if moment else None, tuple(cells[3:])))
            moments += [moment] if moment else []
    return counts, moments


def _covariates(table: Table, covariates: Sequence[str], faults: Faults) -> list[str]:
    """Return the columns of the covariates that the table has; a missing one is a fault."""
    found = [name.casefold() for name in covariates if name.casefold() in table.columns]
    for name in covariates:
        if name.casefold() not in table.columns:
            faults.about(table.path, f"tidak ada kolom kovariat “{name}”.")
    return found


def read_population_table(
    path: Path, faults: Faults, *, covariates: Sequence[str] = (), day_first: bool = False
) -> Populations:
    """Return a table of populations; without a column of dates they hold for the whole study.

    Shapes:  one entry for each row.
    Units:   persons.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    populations = Populations(path)
    table = table_of(path, faults)
    if table is None:
        return populations
    place, people = column_of(table, "place", faults), column_of(table, "population", faults)
    when = column_of(table, "date", faults, is_needed=False)
    strata = _covariates(table, covariates, faults)
    if place is None or people is None or len(strata) < len(covariates):
        return populations
    for row, cells in table.rows(place, people, when or place, *strata):
        told = number_text(cells[1])
        number: float | str = measure_of(told, "penduduk")
        if THOUSANDS.fullmatch(told):
            number = f"penduduk “{told}” dapat dibaca dua cara; tulis tanpa tanda ribuan."
        moment = date_of(cells[2], day_first=day_first) if when else Moment(*UNDATED, Unit.DAY)
        if not cells[0]:
            faults.at(path, row, "tempatnya kosong.")
        elif isinstance(number, str) or isinstance(moment, str):
            faults.at(path, row, number if isinstance(number, str) else str(moment))
        else:
            populations.rows.append(Populated(row, cells[0], moment, number, tuple(cells[3:])))
    return populations


def read_places_table(path: Path, faults: Faults) -> tuple[Places, bool]:
    """Return a table of places, and whether they lie on the Earth (latitude, longitude) or on a plane (x, y).

    Shapes:  one entry for each place.
    Units:   degrees WGS 84, or those of the plane.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    places = Places(path)
    table = table_of(path, faults)
    if table is None:
        return places, True
    on_earth = not {"x", "y"} <= set(table.columns)
    roles = ("place", "latitude", "longitude") if on_earth else ("place", "x", "y")
    columns = [column_of(table, role, faults) for role in roles]
    if None in columns:
        return places, on_earth
    seen: dict[str, tuple[float, float]] = {}
    for row, cells in table.rows(*(name for name in columns if name)):
        position = position_of((number_text(cells[1]), number_text(cells[2])), on_earth=on_earth)
        if not cells[0]:
            faults.at(path, row, "tempatnya kosong.")
        elif not cells[1] or not cells[2]:
            faults.at(path, row, f"tempat “{cells[0]}” tidak mempunyai koordinat.")
        elif isinstance(position, str):
            faults.at(path, row, position)
        elif seen.setdefault(cells[0], position) != position:
            faults.at(path, row, f"tempat “{cells[0]}” sudah tertulis dengan koordinat lain.")
    places.ids, places.coordinates = list(seen), list(seen.values())
    return places, on_earth


def read_tables(files: TableFiles, design: Design, *, begins: str = "", ends: str = "") -> Study:
    """Return the study of own tables. Its design's dates and geometry are replaced by those of the data.

    On the Earth the design's largest radius is meant in kilometres.

    Without `begins` and `ends` the study runs from the first to the last date of the data, widened to whole months or
    years where these are the unit.

    Shapes:  in the study: cases (places, periods).
    Units:   those of the study.
    Errors:  EngineInputError with all faults.
    Source:  docs/methods/scan-files.md, section "Tables".
    """
    faults = Faults()
    coarse = design.unit if design.unit in (Unit.YEAR, Unit.MONTH) else Unit.DAY
    clock, needs_dates = Clock(coarse, NEAR), design.analysis.has_time
    cases, moments = read_counts_table(
        files.cases,
        clock,
        faults,
        needs_dates=needs_dates,
        covariates=files.covariates,
        day_first=files.day_first,
    )
    controls = None
    if files.controls is not None and design.model is Model.BERNOULLI:
        controls, others = read_counts_table(
            files.controls, clock, faults, needs_dates=needs_dates, day_first=files.day_first
        )
        moments += others
    populations = None
    if files.population is not None and design.model is Model.POISSON:
        populations = read_population_table(
            files.population, faults, covariates=files.covariates, day_first=files.day_first
        )
    places, on_earth = None, True
    if files.neighbours is not None:
        places = read_neighbours(files.neighbours, faults)
    elif files.places is not None:
        places, on_earth = read_places_table(files.places, faults)
    if populations is not None and not moments:
        moments = [row.moment for row in populations.rows]
    first, after = _period(moments, design.unit, begins, ends, faults)
    limits = design.limits
    if limits.max_radius is not None and on_earth:
        limits = replace(limits, max_radius=1000 * limits.max_radius)
    if limits.max_radius is not None and files.neighbours is not None:
        faults.say("Jari-jari tidak berlaku pada daftar tetangga.")
    return assemble(
        replace(design, first=first, after=after, on_earth=on_earth, limits=limits),
        Inputs(cases=cases, controls=controls, populations=populations, places=places),
        faults,
        source=files.cases.name,
    )


def _period(moments: list[Moment], unit: Unit, begins: str, ends: str, faults: Faults) -> tuple[int, int]:
    """Return the study period that was asked for, or else the one that the data span."""
    asked = [date_of(text, day_first=False) if text else None for text in (begins, ends)]
    for one in asked:
        if isinstance(one, str):
            faults.say(one)
    first = min((moment.first for moment in moments), default=UNDATED[0])
    after = max((moment.after for moment in moments), default=UNDATED[1])
    if unit in (Unit.MONTH, Unit.YEAR) and (first, after) != UNDATED:
        begin, end = date.fromordinal(first), date.fromordinal(after - 1)
        months = (1, 12)[unit is Unit.YEAR]
        first = begin.replace(day=1, month=begin.month if months == 1 else 1).toordinal()
        after = months_later(end.replace(day=1, month=end.month if months == 1 else 1), months).toordinal()
    start, stop = asked
    return (
        start.first if isinstance(start, Moment) else first,
        stop.after if isinstance(stop, Moment) else after,
    )
