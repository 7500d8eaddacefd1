"""From what files say to what a scan takes: places and intervals in tables, and every contradiction found on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.files.faults import Faults
from kentongan.engine.files.moments import Timeline, Unit, census_day, timeline, whole_study
from kentongan.engine.files.populations import person_time
from kentongan.engine.files.records import Adjustment, Counts, Places, Populations, Sizes, Stratum
from kentongan.engine.scanning.adjusting import KnownCluster, multiply_by_known_risks
from kentongan.engine.scanning.clusters import Overlap
from kentongan.engine.scanning.hypotheses import (
    Bernoulli,
    Clumps,
    Hypothesis,
    Permutation,
    Poisson,
    indirectly_standardised,
)
from kentongan.engine.scanning.inference import Inference
from kentongan.engine.scanning.scan import Direction, ScanOptions
from kentongan.engine.scanning.windows import Prospective, Retrospective, Spatial, Windows
from kentongan.engine.scanning.zones import NeighbourLists, Plane, ShareOf, Sphere, Where, ZoneLimits

SHOWN = 5


class Analysis(Enum):
    """What the windows span."""

    SPATIAL = "spatial"
    TEMPORAL = "temporal"
    RETROSPECTIVE = "retrospective"
    PROSPECTIVE = "prospective"
    PROSPECTIVE_TEMPORAL = "prospective-temporal"

    @property
    def has_space(self) -> bool:
        """Whether places are compared with each other."""
        return self not in (Analysis.TEMPORAL, Analysis.PROSPECTIVE_TEMPORAL)

    @property
    def has_time(self) -> bool:
        """Whether intervals are compared with each other."""
        return self is not Analysis.SPATIAL

    @property
    def is_prospective(self) -> bool:
        """Whether windows end with the study, and the scan is repeated."""
        return self in (Analysis.PROSPECTIVE, Analysis.PROSPECTIVE_TEMPORAL)


class Model(Enum):
    """What the cases are compared with."""

    POISSON = "poisson"
    BERNOULLI = "bernoulli"
    PERMUTATION = "permutation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration:
    """Clusters one after the other: at most so many scans, until one has a larger p-value than this."""

    most: int = 10
    up_to_p: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is to be scanned. The study runs from `first` until before `after`.

    Windows have at least `min_units` and at most `max_units` units of time, or `max_percent` of the study. `iteration`
    None: one scan. `by_clumps`: all cases of a place in one interval stay together. The other fields are those of the scan's own options.
    """

    analysis: Analysis
    model: Model
    first: int
    after: int
    unit: Unit
    length: int = 1
    min_units: int = 1
    max_units: int | None = None
    max_percent: float = 50.0
    only_alive: bool = False
    with_all_time: bool = False
    with_all_places: bool = False
    by_clumps: bool = False
    is_smoothed: bool = False
    on_earth: bool = True
    limits: ZoneLimits = ZoneLimits()  # noqa: RUF009 - frozen
    direction: Direction = "high"
    min_cases: int = 2
    min_cases_low: int = 0
    overlap: Overlap = Overlap.NONE
    max_clusters: int = 20
    iteration: Iteration | None = None
    replicas: int = 999
    stop_after: int | None = None
    seed: int = 0
    run_interval_days: float | None = None
    prefers_gumbel: bool = False
    workers: int | None = None
    skips_other_dates: bool = False
    skips_other_places: bool = False
    title: str = ""


@dataclass(slots=True, kw_only=True)
class Inputs:
    """The files of a study, read. `grid` holds centres that need not be places."""

    cases: Counts
    controls: Counts | None = None
    populations: Populations | None = None
    places: Places | None = None
    grid: list[tuple[float, float]] | None = None
    sizes: Sizes | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    adjustments_path: Path = Path()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """A scan ready to run, with what its result is told in.

    `ids` names the places; behind them in the tables stand the grid's own centres. A scan in time only has merged all
    places into one, whose `ids` are all of them.
    """

    design: Design
    source: str
    ids: tuple[str, ...]
    cases: NDArray[np.int64]
    where: Where
    coordinates: NDArray[np.float64] | None
    hypothesis: Hypothesis
    options: ScanOptions
    inference: Inference
    timeline: Timeline
    warnings: tuple[str, ...]
    honoured: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def is_merged(self) -> bool:
        """Whether space plays no part."""
        return not self.design.analysis.has_space

    @property
    def has_own_centres(self) -> bool:
        """Whether zones are centred on a grid."""
        return self.options.centres is not None and not isinstance(self.where, NeighbourLists)


@dataclass(slots=True)
class _Tables:
    """Where rows of files go: the number of each place by its name, and the intervals. Behind the places stand centres."""

    design: Design
    timeline: Timeline
    number: dict[str, int]
    centres: int
    faults: Faults
    warnings: list[str]

    @property
    def rows(self) -> int:
        """How many rows the tables of the scan have."""
        return len(self.number) + self.centres if self.design.analysis.has_space else 1

    def folded(self, by_place: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a table of places as the scan takes it: with the centres, or as one place where space plays no part."""
        if not self.design.analysis.has_space:
            merged: NDArray[np.float64] = by_place.sum(axis=0, keepdims=True)
            return merged
        return np.vstack((by_place, np.zeros((self.centres, by_place.shape[1]))))


def assemble(design: Design, inputs: Inputs, faults: Faults, *, source: str) -> Study:
    """Return the study of these files, or refuse with everything that is wrong with them.

    Shapes:  in the study: cases (places, periods).
    Units:   cases; expectations in person-time.
    Errors:  EngineInputError with all faults, those that were noted while the files were read among them.
    Source:  docs/methods/scan-files.md, section "Faults".
    """
    warnings: list[str] = []
    line = _timeline(design, faults)
    ids = _ids(design, inputs)
    where, coordinates, centres = _where(design, inputs, ids, faults)
    number = {name: row for row, name in enumerate(ids)}
    tables = _Tables(design, line, number, len(inputs.grid or []), faults, warnings)
    cases = _counted(tables, inputs.cases, "kasus")
    if not faults.found and not cases.sum():
        faults.about(inputs.cases.path, "tidak ada satu kasus pun.")
    hypothesis = _hypothesis(tables, inputs, cases)
    windows = _windows(design, line, faults)
    limits = _limits(tables, inputs.sizes)
    faults.refuse()
    if not line.is_even and design.analysis.has_time:
        begins, ends = line.span(0, 0)
        warnings.append(
            f"Rentang data bukan kelipatan selang waktunya; selang pertama ({begins} sampai {ends}) lebih pendek."
        )
    return Study(
        design=design,
        source=source,
        ids=ids,
        cases=cases,
        where=where,
        coordinates=coordinates,
        hypothesis=hypothesis,
        options=ScanOptions(
            windows=windows,
            zones=limits,
            direction=design.direction,
            min_cases=design.min_cases,
            min_cases_low=design.min_cases_low,
            overlap=design.overlap if design.analysis.has_space else Overlap.NONE,
            max_clusters=design.max_clusters,
            centres=centres,
            with_all_places=design.with_all_places,
        ),
        inference=Inference(
            replicas=design.replicas,
            stop_after=design.stop_after,
            seed=design.seed,
            run_interval_days=design.run_interval_days or line.interval_days or 1.0,
        ),
        timeline=line,
        warnings=tuple(warnings),
    )


def _timeline(design: Design, faults: Faults) -> Timeline:
    """Return the study's intervals; one interval when they cannot be cut or time plays no part."""
    if design.first >= design.after:
        faults.say("Awal rentang data terletak setelah akhirnya.")
        return whole_study(0, 1, design.unit)
    if design.analysis.has_time:
        try:
            return timeline(design.first, design.after, design.unit, design.length)
        except ValueError:
            faults.say("Rentang data memuat terlalu banyak selang waktu; perpendek rentangnya atau perbesar selangnya.")
    return whole_study(design.first, design.after, design.unit)


def _ids(design: Design, inputs: Inputs) -> tuple[str, ...]:
    """Return the places of the study: those that have a position, or in a scan in time only those that are counted."""
    if design.analysis.has_space:
        return tuple(inputs.places.ids) if inputs.places else ()
    rows: list[str] = [row.place for row in inputs.cases.rows]
    rows += [row.place for row in inputs.controls.rows] if inputs.controls else []
    rows += [row.place for row in inputs.populations.rows] if inputs.populations else []
    return tuple(dict.fromkeys(rows))


def _where(
    design: Design, inputs: Inputs, ids: Sequence[str], faults: Faults
) -> tuple[Where, NDArray[np.float64] | None, tuple[int, ...] | None]:
    """Return where the places lie, their coordinates, and the centres unless every place is one."""
    places = inputs.places
    if not design.analysis.has_space:
        return NeighbourLists([np.array([0])]), None, None
    if places is None or not ids:
        if not faults.found:
            faults.say("Tidak ada satu tempat pun; sebutkan berkas koordinat atau berkas tetangga.")
        return NeighbourLists([]), None, None
    if places.neighbours is not None:
        number = {name: row for row, name in enumerate(ids)}
        lists = [np.array([number[one] for one in places.neighbours.get(name, [name])]) for name in ids]
        return NeighbourLists(lists), None, tuple(number[name] for name in places.neighbours)
    coordinates = np.array([*places.coordinates, *(inputs.grid or [])], dtype=np.float64)
    first, second = coordinates.T
    where = Sphere(first, second) if design.on_earth else Plane(first, second)
    return where, coordinates, tuple(range(len(ids), len(coordinates))) if inputs.grid else None


def _counted(tables: _Tables, counts: Counts, what: str) -> NDArray[np.int64]:
    """Return the counts of each place and interval; what belongs nowhere is a fault, or left out where that is asked."""
    result = np.zeros((tables.rows, tables.timeline.periods), dtype=np.int64)
    moments = np.array([tables.design.first if row.moment is None else row.moment for row in counts.rows], np.int64)
    period = tables.timeline.period_of(moments)
    elsewhere = otherwhen = 0
    for row, moment, at in zip(counts.rows, moments.tolist(), period.tolist(), strict=True):
        place = tables.number.get(row.place)
        if place is None:
            elsewhere += row.counted
            if not tables.design.skips_other_places:
                tables.faults.at(counts.path, row.row, f"tempat “{row.place}” tidak ada dalam berkas tempat.")
        elif not 0 <= at < tables.timeline.periods:
            otherwhen += row.counted
            if not tables.design.skips_other_dates:
                told = _told(moment, tables.design.unit)
                tables.faults.at(counts.path, row.row, f"waktu {told} di luar rentang data.")
        else:
            result[place if tables.design.analysis.has_space else 0, at] += row.counted
    if elsewhere:
        tables.warnings.append(f"{elsewhere} {what} di tempat yang tidak dikenal dilewati.")
    if otherwhen:
        tables.warnings.append(f"{otherwhen} {what} di luar rentang data dilewati.")
    return result


def _told(moment: int, unit: Unit) -> str:
    """Return a moment as a date or a number."""
    return str(moment) if unit is Unit.GENERIC else date.fromordinal(moment).isoformat()


def _hypothesis(tables: _Tables, inputs: Inputs, cases: NDArray[np.int64]) -> Hypothesis:
    """Return what the cases are compared with."""
    if (tables.design.by_clumps or tables.design.is_smoothed) and tables.design.model is not Model.PERMUTATION:
        tables.faults.say("Gumpalan utuh dan penghalusan (--clumps, --smoothed) hanya ada pada permutasi.")
    match tables.design.model:
        case Model.PERMUTATION:
            if not (tables.design.analysis.has_time and tables.design.analysis.has_space):
                tables.faults.say("Permutasi memerlukan tempat dan waktu; pilih analisis ruang-waktu.")
            if len({row.stratum for row in inputs.cases.rows}) > 1:
                tables.faults.about(inputs.cases.path, "permutasi dengan kovariat belum didukung; hapus kolomnya.")
            clumps = Clumps() if tables.design.by_clumps else None
            return Permutation(clumps=clumps, is_smoothed=tables.design.is_smoothed)
        case Model.BERNOULLI:
            if inputs.controls is None:
                tables.faults.say("Model Bernoulli memerlukan berkas kontrol.")
                return Bernoulli(np.zeros_like(cases))
            return Bernoulli(_counted(tables, inputs.controls, "kontrol"))
    return Poisson(_expectation(tables, inputs, cases))


def _expectation(tables: _Tables, inputs: Inputs, cases: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what is expected of each place and interval: person-time at the rates of its strata, adjusted."""
    edges = _edges(tables, inputs.adjustments)
    if inputs.populations is None:
        expected = _without_population(tables, inputs, edges)
    else:
        expected = _standardised(tables, inputs, inputs.populations, edges)
    _adjust(tables, inputs, expected, edges)
    starts = np.searchsorted(edges, tables.timeline.edges[:-1])
    table = tables.folded(np.add.reduceat(expected, starts, axis=1))
    if not tables.faults.found:
        _demand_population(tables, inputs.cases.path, cases, table)
    return table[:, 0] if table.shape[1] > 1 and bool((table == table[:, :1]).all()) else table


def _edges(tables: _Tables, adjustments: Iterable[Adjustment]) -> NDArray[np.int64]:
    """Return the edges of the intervals and, between them, those at which an adjustment begins or ends."""
    study = tables.timeline.edges
    own = [edge for one in adjustments for edge in (one.first, one.after) if edge is not None]
    return np.union1d(study, [edge for edge in own if study[0] < edge < study[-1]]).astype(np.int64)


def _without_population(tables: _Tables, inputs: Inputs, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the same expectation for all places: nothing is known of their population."""
    if any(row.stratum for row in inputs.cases.rows):
        tables.faults.about(inputs.cases.path, "memuat kovariat, tetapi tidak ada berkas penduduk dengan kovariat itu.")
    tables.warnings.append("Tanpa berkas penduduk semua tempat dianggap berpenduduk sama.")
    return np.tile(np.diff(edges).astype(np.float64), (len(tables.number), 1))


def _standardised(
    tables: _Tables, inputs: Inputs, populations: Populations, edges: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the expected cases by indirect standardisation, one stratum after the other."""
    known: dict[Stratum, int] = {}
    censuses: dict[tuple[int, int], dict[int, float]] = {}
    width = len(populations.rows[0].stratum) if populations.rows else 0
    seen: set[tuple[str, int, int]] = set()
    for row in populations.rows:
        place = tables.number.get(row.place)
        day = census_day(row.moment)
        stratum = known.setdefault(row.stratum, len(known))
        if len(row.stratum) != width:
            tables.faults.at(populations.path, row.row, f"{len(row.stratum)} kovariat; baris pertama {width}.")
        elif (row.place, stratum, day) in seen:
            tables.faults.at(
                populations.path, row.row, f"penduduk “{row.place}” untuk waktu dan kovariat itu sudah tertulis."
            )
        elif place is None:
            if not tables.design.skips_other_places:
                tables.faults.at(populations.path, row.row, f"tempat “{row.place}” tidak ada dalam berkas tempat.")
        else:
            censuses.setdefault((place, stratum), {})[day] = row.population
        seen.add((row.place, stratum, day))
    strata = _cases_by_stratum(tables, inputs.cases, known, width)
    expected = np.zeros((len(tables.number), edges.size - 1))
    for stratum in known.values():
        at_risk = person_time(censuses, stratum, len(tables.number), edges)
        expected += indirectly_standardised(np.array([[[strata[stratum]]]]), at_risk[:, :, None])
    without = [name for name, place in tables.number.items() if not expected[place].any()]
    if without and strata.sum() and tables.design.analysis.has_space:
        names = ", ".join(without[:SHOWN]) + (", …" if len(without) > SHOWN else "")
        tables.warnings.append(f"{len(without)} tempat tidak berpenduduk dalam rentang data ({names}).")
    return expected


def _cases_by_stratum(tables: _Tables, counts: Counts, known: dict[Stratum, int], width: int) -> NDArray[np.int64]:
    """Return all cases of each stratum; one that no population has is a fault."""
    result = np.zeros(len(known), dtype=np.int64)
    edges = tables.timeline.edges
    for row in counts.rows:
        if len(row.stratum) != width:
            tables.faults.at(counts.path, row.row, f"{len(row.stratum)} kovariat; berkas penduduk {width}.")
        elif row.stratum not in known:
            tables.faults.at(counts.path, row.row, f"kovariat “{' '.join(row.stratum)}” tidak ada di berkas penduduk.")
        elif row.place in tables.number and (row.moment is None or edges[0] <= row.moment < edges[-1]):
            result[known[row.stratum]] += row.counted
    return result


def _limits(tables: _Tables, sizes: Sizes | None) -> ZoneLimits:
    """Return how far zones grow, with the share of the places' sizes where a file tells them."""
    if not tables.design.analysis.has_space:
        return ZoneLimits(max_share=None)
    if sizes is None:
        return tables.design.limits
    table = np.zeros(tables.rows)
    told = set[str]()
    for row in sizes.rows:
        place = tables.number.get(row.place)
        if place is not None:
            table[place] += row.size
            told.add(row.place)
        elif not tables.design.skips_other_places:
            tables.faults.at(sizes.path, row.row, f"tempat “{row.place}” tidak ada dalam berkas tempat.")
    if not tables.faults.found and not table.sum():
        tables.faults.about(sizes.path, "semua ukuran 0; lingkaran terbesar tidak dapat ditentukan.")
    untold = [name for name in tables.number if name not in told]
    if untold:
        names = ", ".join(untold[:SHOWN]) + (", …" if len(untold) > SHOWN else "")
        tables.warnings.append(
            f"{len(untold)} tempat tidak ada dalam {sizes.path.name} dan dihitung berukuran 0 ({names})."
        )
    return replace(tables.design.limits, max_share_of=ShareOf(sizes.most, table))


def _adjust(tables: _Tables, inputs: Inputs, expected: NDArray[np.float64], edges: NDArray[np.int64]) -> None:
    """Multiply the expectation by the known relative risks."""
    known = []
    for one in inputs.adjustments:
        place = tables.number.get(one.place) if one.place is not None else None
        if one.place is not None and place is None:
            tables.faults.at(inputs.adjustments_path, one.row, f"tempat “{one.place}” tidak ada dalam berkas tempat.")
            continue
        first = edges[0] if one.first is None else one.first
        after = edges[-1] if one.after is None else one.after
        columns = np.flatnonzero((edges[:-1] >= first) & (edges[1:] <= after))
        if columns.size:
            known.append(
                KnownCluster(
                    members=tuple(range(len(expected))) if place is None else (place,),
                    first_period=int(columns[0]),
                    last_period=int(columns[-1]),
                    relative_risk=one.risk,
                )
            )
    multiply_by_known_risks(expected, known)


def _demand_population(tables: _Tables, path: Path, cases: NDArray[np.int64], expected: NDArray[np.float64]) -> None:
    """Note cases where nobody is at risk."""
    names = list(tables.number)
    for place, period in np.argwhere((cases > 0) & (expected <= 0)).tolist():
        begins, ends = tables.timeline.span(period, period)
        name = names[place] if tables.design.analysis.has_space else "semua tempat"
        tables.faults.about(path, f"ada kasus di “{name}” ({begins} sampai {ends}), tetapi tidak ada penduduk.")


def _windows(design: Design, line: Timeline, faults: Faults) -> Windows:
    """Return the windows in time."""
    if not design.analysis.has_time:
        return Spatial()
    if design.max_units is None:
        longest = int(line.units * design.max_percent / 100 + 1e-9) // design.length
        said = f"{design.max_percent:g} % rentang data"
    else:
        longest = design.max_units // design.length
        said = f"{design.max_units} satuan waktu"
    shortest = -(-design.min_units // design.length)
    if line.periods < 2:
        if not faults.found:
            faults.say("Rentang data hanya memuat satu selang waktu; pemindaian waktu memerlukan sedikitnya dua.")
        return Spatial()
    if longest < 1:
        faults.say(f"Jendela waktu terpanjang ({said}) lebih pendek daripada satu selang waktu.")
    elif longest >= line.periods:
        faults.say(f"Jendela waktu terpanjang ({said}) harus lebih pendek daripada seluruh rentang data.")
    elif not 1 <= shortest <= longest:
        faults.say(f"Jendela waktu terpendek ({design.min_units} satuan) melebihi yang terpanjang ({said}).")
    if design.with_all_time and design.model is Model.PERMUTATION:
        faults.say("Permutasi tidak mengenal jendela seluruh waktu (kelompok ruang saja).")
    if design.with_all_places and design.model is Model.PERMUTATION:
        faults.say("Permutasi tidak mengenal kelompok waktu saja (semua tempat sekaligus).")
    kind = Prospective if design.analysis.is_prospective or design.only_alive else Retrospective
    return kind(max_periods=max(longest, 1), min_periods=max(shortest, 1), with_all_time=design.with_all_time)
