"""SaTScan's parameter files (.prm), read unchanged into a study."""

import math
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from kentongan.engine.files import options
from kentongan.engine.files.faults import Faults
from kentongan.engine.files.moments import COARSENESS, DAYS_OF_UNIT, Moment, Unit, generic_moment_of, moment_of
from kentongan.engine.files.records import Clock, Places, Sizes
from kentongan.engine.files.rows import text_of
from kentongan.engine.files.satscan_files import (
    read_adjustments,
    read_counts,
    read_grid,
    read_neighbours,
    read_places,
    read_populations,
    read_sizes,
)
from kentongan.engine.files.study import Analysis, Design, Inputs, Iteration, Model, Study, assemble
from kentongan.engine.geometry import EARTH_RADIUS_M
from kentongan.engine.scanning.clusters import Overlap
from kentongan.engine.scanning.scan import Direction
from kentongan.engine.scanning.zones import ZoneLimits

ANALYSES = {
    "1": Analysis.SPATIAL,
    "2": Analysis.TEMPORAL,
    "3": Analysis.RETROSPECTIVE,
    "4": Analysis.PROSPECTIVE,
    "6": Analysis.PROSPECTIVE_TEMPORAL,
}
MODELS = {"0": Model.POISSON, "1": Model.BERNOULLI, "2": Model.PERMUTATION}
DIRECTIONS: dict[str, Direction] = {"1": "high", "2": "low", "3": "both"}
UNITS = {"0": None, "1": Unit.YEAR, "2": Unit.MONTH, "3": Unit.DAY, "4": Unit.GENERIC}
OVERLAPS = dict(
    zip(
        "012345",
        (
            Overlap.NONE,
            Overlap.NO_CENTRE_IN_OTHER,
            Overlap.CENTRE_NOT_IN_MORE_LIKELY,
            Overlap.CENTRE_NOT_IN_LESS_LIKELY,
            Overlap.NO_PAIR_OF_CENTRES,
            Overlap.ANY,
        ),
        strict=True,
    )
)
RUN_DAYS = {
    "1": 1.0,
    "2": 7.0,
    "3": DAYS_OF_UNIT[Unit.MONTH],
    "4": 3 * DAYS_OF_UNIT[Unit.MONTH],
    "5": DAYS_OF_UNIT[Unit.YEAR],
}
"""How often a prospective analysis is run, in days."""

MUST_STAND = ("CaseFile", "PrecisionCaseTimes", "StartDate", "EndDate", "AnalysisType", "ModelType")
SATSCAN_EARTH_RADIUS_M = 6_367_000.0
"""Follows from the radii that SaTScan prints (125.60 km, 41.28 km); with it a limit lets in the same places."""

DEFAULT_YEAR = 2000
MOST_PERCENT_IN_SPACE, MOST_PERCENT_IN_TIME = 50.0, 90.0


@dataclass(slots=True)
class Parameters:
    """The options of a parameter file by name, with the faults found in their values."""

    path: Path
    values: dict[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def text(self, name: str) -> str:
        """Return an option's value, or what is meant when it is missing."""
        option = options.OPTIONS[name.casefold()]
        return self.values.get(option.name, "") or option.default

    def is_on(self, name: str) -> bool:
        """Return whether an option is switched on."""
        value = self.text(name).casefold()
        if value not in ("y", "n", "1", "0"):
            self.refuse(name, "tulis y atau n.")
        return value in ("y", "1")

    def whole(self, name: str, *, least: int, most: float = math.inf) -> int:
        """Return an option that is a whole number."""
        value = self.text(name)
        number = int(value) if value.isascii() and value.isdigit() else least - 1
        if not least <= number <= most:
            self.refuse(name, f"tulis bilangan bulat, sedikitnya {least}.")
            return least
        return number

    def number(self, name: str, *, above: float, most: float = math.inf) -> float:
        """Return an option that is a number in a range."""
        try:
            number = float(self.text(name))
        except ValueError:
            number = math.nan
        if not above < number <= most:
            bound = "" if most == math.inf else f" dan paling besar {most:g}"
            self.refuse(name, f"tulis bilangan di atas {above:g}{bound}.")
            return 1.0
        return number

    def refuse(self, name: str, why: str) -> None:
        """Note that an option's value cannot be honoured."""
        self.faults.about(self.path, f"{name}={self.text(name)}: {why}")

    def file(self, name: str) -> Path | None:
        """Return a file that an option names; paths are relative to the parameter file.

        A path of another computer is tried by its name alone, beside the parameter file.
        """
        value = self.text(name).strip("\"'")
        if not value:
            return None
        folder, told = self.path.parent, Path(value.replace("\\", "/"))
        candidates = [folder / value, folder / told, folder / told.name]
        return next((one for one in candidates if one.is_file()), folder / told)


def read_parameters(path: Path) -> Parameters:
    """Return the options of a parameter file; what is neither section, comment nor `name=value` is a fault.

    Shapes:  none.
    Units:   none.
    Errors:  EngineInputError when the file cannot be read; other faults are noted in the result.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    parameters = Parameters(path)
    text = text_of(path, parameters.faults)
    parameters.faults.refuse()
    for number, line in enumerate((text or "").splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith((";", "#")) or (stripped.startswith("[") and stripped.endswith("]")):
            continue
        name, equals, value = (part.strip() for part in stripped.partition("="))
        if not equals or not name:
            parameters.faults.at(path, number, f"“{stripped[:60]}” bukan bagian, komentar, atau pilihan=nilai.")
            continue
        option = options.known(name)
        name = option.name if option else name
        if parameters.values.setdefault(name, value) != value:
            parameters.faults.at(path, number, f"{name} tertulis dua kali dengan nilai yang berbeda.")
    return parameters


def read_prm(path: Path | str) -> Study:
    """Return the study of a SaTScan parameter file and the files that it names.

    Every option that changes the answer is honoured or refused by name.

    Shapes:  in the study: cases (places, periods).
    Units:   those of the study.
    Errors:  EngineInputError with all faults of the options, or, when these are sound, of the files.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    parameters = read_parameters(Path(path))
    _demand_options(parameters)
    parameters.faults.refuse()
    clock, design = _design(parameters)
    _demand_files(parameters, design)
    parameters.faults.refuse()
    inputs = _inputs(parameters, clock, design)
    study = assemble(design, inputs, parameters.faults, source=parameters.path.name)
    given = list(parameters.values.items())
    notes = list(study.warnings)
    if parameters.is_on("UseNeighborsFile") and parameters.text("CoordinatesFile"):
        notes.append("Berkas tetangga dipakai; berkas koordinat dilewati.")
    if parameters.values.get("ReportGiniClusters", "n").casefold() == "y" and design.analysis is Analysis.SPATIAL:
        notes.append("ReportGiniClusters=y: kelompok Gini tidak dilaporkan; kelompok lain tidak berubah karenanya.")
    return replace(study, warnings=tuple(notes), honoured=options.honoured(given), ignored=options.ignored(given))


def _demand_options(parameters: Parameters) -> None:
    """Note every option that is missing, unknown, or cannot be honoured."""
    for name in MUST_STAND:
        if not parameters.values.get(name):
            parameters.faults.about(parameters.path, f"{name} tidak tertulis; pilihan ini harus ada.")
    analysis, model = parameters.values.get("AnalysisType", ""), parameters.values.get("ModelType", "")
    for name, value, allowed in (
        ("AnalysisType", analysis, ANALYSES),
        ("ModelType", model, MODELS),
        ("ScanAreas", parameters.text("ScanAreas"), DIRECTIONS),
        ("PrecisionCaseTimes", parameters.values.get("PrecisionCaseTimes", ""), UNITS),
        ("TimeAggregationUnits", parameters.text("TimeAggregationUnits"), UNITS),
        ("CoordinatesType", parameters.values.get("CoordinatesType", ""), "01"),
        ("MaxTemporalSizeInterpretation", parameters.text("MaxTemporalSizeInterpretation"), "01"),
        ("IncludeClusters", parameters.text("IncludeClusters"), "01"),
        ("PValueReportType", parameters.text("PValueReportType"), "0123"),
        ("ProspectiveFrequencyType", parameters.text("ProspectiveFrequencyType"), "012345"),
        ("CriteriaForReportingSecondaryClusters", parameters.text("CriteriaForReportingSecondaryClusters"), OVERLAPS),
        ("StudyPeriodCheckType", parameters.text("StudyPeriodCheckType"), "01"),
        ("GeographicalCoordinatesCheckType", parameters.text("GeographicalCoordinatesCheckType"), "01"),
    ):
        if value and value not in allowed:
            known = ", ".join(allowed)
            parameters.faults.about(parameters.path, f"{name}={value}: belum didukung; yang diterima: {known}.")
    for fault in options.refusals(parameters.values.items(), analysis=analysis, model=model):
        parameters.faults.about(parameters.path, fault)


def _design(parameters: Parameters) -> tuple[Clock, Design]:
    """Return how the study tells time, and its design."""
    analysis = ANALYSES[parameters.text("AnalysisType")]
    model = MODELS[parameters.text("ModelType")]
    precision = UNITS[parameters.text("PrecisionCaseTimes")]
    first, after = _study_period(parameters, precision)
    unit = _interval_unit(parameters, analysis, precision)
    in_time = parameters.text("MaxTemporalSizeInterpretation") == "1"
    uses_percent = analysis.has_time and not in_time
    report_type = parameters.text("PValueReportType")
    stops_early = report_type in ("0", "2")
    has_both = analysis in (Analysis.RETROSPECTIVE, Analysis.PROSPECTIVE)
    design = Design(
        analysis=analysis,
        model=model,
        first=first,
        after=after,
        unit=unit,
        length=parameters.whole("TimeAggregationLength", least=1) if analysis.has_time else 1,
        min_units=parameters.whole("MinimumTemporalClusterSize", least=1) if analysis.has_time else 1,
        max_units=int(parameters.number("MaxTemporalSize", above=0)) if analysis.has_time and in_time else None,
        max_percent=parameters.number("MaxTemporalSize", above=0, most=MOST_PERCENT_IN_TIME) if uses_percent else 50.0,
        only_alive=parameters.text("IncludeClusters") == "1",
        with_all_time=parameters.is_on("IncludePurelySpatial") and has_both,
        with_all_places=parameters.is_on("IncludePurelyTemporal") and has_both,
        on_earth=parameters.text("CoordinatesType") == "1",
        limits=_limits(parameters, analysis),
        direction=DIRECTIONS[parameters.text("ScanAreas")],
        min_cases=parameters.whole("MinimumCasesInHighRateClusters", least=1),
        min_cases_low=parameters.whole("MinimumCasesInLowRateClusters", least=0),
        overlap=OVERLAPS[parameters.text("CriteriaForReportingSecondaryClusters")],
        iteration=_iteration(parameters),
        replicas=parameters.whole("MonteCarloReps", least=0),
        stop_after=parameters.whole("EarlyTerminationThreshold", least=1) if stops_early else None,
        seed=parameters.whole("RandomizationSeed", least=0) if parameters.text("RandomizationSeed") else 0,
        run_interval_days=_run_interval(parameters, unit),
        prefers_gumbel=report_type == "3",
        workers=parameters.whole("NumberParallelProcesses", least=0) or None,
        skips_other_dates=parameters.text("StudyPeriodCheckType") == "1",
        skips_other_places=parameters.text("GeographicalCoordinatesCheckType") == "1",
        title=parameters.text("ResultsTitle"),
    )
    near = DEFAULT_YEAR if precision is Unit.GENERIC else _year_of((first + after) // 2)
    return Clock(precision, near), design


def _iteration(parameters: Parameters) -> Iteration | None:
    """Return how often what the clusters leave is scanned again, if at all."""
    if not parameters.is_on("IterativeScan"):
        return None
    if parameters.whole("MonteCarloReps", least=0) == 0:
        parameters.refuse("IterativeScan", "memerlukan ulangan acak; MonteCarloReps harus sedikitnya 1.")
    return Iteration(
        most=parameters.whole("IterativeScanMaxIterations", least=1),
        up_to_p=parameters.number("IterativeScanMaxPValue", above=0, most=1),
    )


def _year_of(ordinal: int) -> int:
    """Return the year of a day."""
    return round(ordinal / 365.2425)


def _study_period(parameters: Parameters, precision: Unit | None) -> tuple[int, int]:
    """Return the first moment of the study and the one after its last, which must fit the precision of the dates."""

    def told(name: str) -> Moment | None:
        text = parameters.text(name)
        moment = generic_moment_of(text) if precision is Unit.GENERIC else moment_of(text, near=DEFAULT_YEAR)
        if moment is None:
            parameters.refuse(name, "tulis tanggal tahun/bulan/hari, atau bilangan bulat bila waktunya generik.")
        return moment

    begins, ends = told("StartDate"), told("EndDate")
    if begins is None or ends is None:
        return 0, 1
    if precision in (Unit.YEAR, Unit.MONTH):
        for name, edge in (("StartDate", begins.first), ("EndDate", ends.after)):
            if not _is_edge(edge, precision):
                whole = "tahun" if precision is Unit.YEAR else "bulan"
                parameters.refuse(name, f"dengan ketelitian {whole}, rentang data harus terdiri atas {whole} penuh.")
    return begins.first, ends.after


def _is_edge(ordinal: int, unit: Unit) -> bool:
    """Return whether a year or month begins on this day."""
    day = date.fromordinal(ordinal)
    return day.day == 1 and (unit is Unit.MONTH or day.month == 1)


def _interval_unit(parameters: Parameters, analysis: Analysis, precision: Unit | None) -> Unit:
    """Return the unit of the intervals, which cannot be finer than the dates are."""
    unit = UNITS[parameters.text("TimeAggregationUnits")]
    if not analysis.has_time:
        return Unit.GENERIC if precision is Unit.GENERIC else Unit.DAY
    if precision is None:
        parameters.refuse("PrecisionCaseTimes", "analisis waktu memerlukan tanggal kasus.")
        return unit or Unit.DAY
    if unit is None:
        parameters.refuse("TimeAggregationUnits", "analisis waktu memerlukan satuan waktu.")
        return precision
    is_generic = Unit.GENERIC in (unit, precision)
    if (is_generic and unit is not precision) or (not is_generic and COARSENESS[unit] < COARSENESS[precision]):
        parameters.refuse("TimeAggregationUnits", "satuan waktu tidak boleh lebih halus daripada PrecisionCaseTimes.")
    return unit


def _limits(parameters: Parameters, analysis: Analysis) -> ZoneLimits:
    """Return how far zones grow."""
    if not analysis.has_space:
        return ZoneLimits(max_share=None)
    share = parameters.number("MaxSpatialSizeInPopulationAtRisk", above=0, most=MOST_PERCENT_IN_SPACE) / 100
    radius = None
    if parameters.is_on("UseDistanceFromCenterOption"):
        if parameters.is_on("UseNeighborsFile"):
            parameters.refuse("UseDistanceFromCenterOption", "jarak tidak berlaku bersama berkas tetangga.")
        radius = parameters.number("MaxSpatialSizeInDistanceFromCenter", above=0)
        radius *= 1000 * EARTH_RADIUS_M / SATSCAN_EARTH_RADIUS_M if parameters.text("CoordinatesType") == "1" else 1
    return ZoneLimits(max_share=share, max_radius=radius)


def _run_interval(parameters: Parameters, unit: Unit) -> float | None:
    """Return the days between two prospective analyses; None: as long as one interval."""
    kind = parameters.text("ProspectiveFrequencyType")
    if kind == "0" or unit is Unit.GENERIC:
        return None
    return RUN_DAYS[kind] * parameters.whole("ProspectiveFrequency", least=1)


def _demand_files(parameters: Parameters, design: Design) -> None:
    """Note the files that the analysis needs and that are not named."""
    needs = [("CaseFile", True), ("ControlFile", design.model is Model.BERNOULLI)]
    uses_neighbours = parameters.is_on("UseNeighborsFile")
    if design.analysis.has_space:
        needs += [
            ("NeighborsFilename", uses_neighbours),
            ("CoordinatesFile", not uses_neighbours),
            ("CoordinatesType", not uses_neighbours),
            ("GridFile", parameters.is_on("UseGridFile") and not uses_neighbours),
            ("MaxCirclePopulationFile", parameters.is_on("UseMaxCirclePopulationFileOption")),
        ]
    if design.model is Model.POISSON:
        needs.append(("AdjustmentsByKnownRelativeRisksFilename", parameters.is_on("UseAdjustmentsByRRFile")))
    elif parameters.is_on("UseAdjustmentsByRRFile"):
        parameters.refuse("UseAdjustmentsByRRFile", "hanya berlaku pada model Poisson.")
    for name, is_needed in needs:
        if is_needed and not parameters.text(name):
            parameters.faults.about(parameters.path, f"{name} tidak tertulis, tetapi diperlukan analisis ini.")


def _inputs(parameters: Parameters, clock: Clock, design: Design) -> Inputs:
    """Return the files, read; their faults are noted together."""
    faults = parameters.faults
    cases = parameters.file("CaseFile") or parameters.path
    controls = parameters.file("ControlFile") if design.model is Model.BERNOULLI else None
    populations = parameters.file("PopulationFile") if design.model is Model.POISSON else None
    adjustments = None
    if design.model is Model.POISSON and parameters.is_on("UseAdjustmentsByRRFile"):
        adjustments = parameters.file("AdjustmentsByKnownRelativeRisksFilename")
    takes_covariates = design.model is not Model.BERNOULLI
    places, grid = _space(parameters, design)
    return Inputs(
        cases=read_counts(cases, clock, faults, with_covariates=takes_covariates),
        controls=read_counts(controls, clock, faults, with_covariates=False) if controls else None,
        populations=read_populations(populations, clock, faults) if populations else None,
        places=places,
        grid=grid,
        sizes=_sizes(parameters, design),
        adjustments=read_adjustments(adjustments, clock, faults) if adjustments else [],
        adjustments_path=adjustments or parameters.path,
    )


def _space(parameters: Parameters, design: Design) -> tuple[Places | None, list[tuple[float, float]] | None]:
    """Return the places, and the centres of a grid file where one is used."""
    if not design.analysis.has_space:
        return None, None
    if parameters.is_on("UseNeighborsFile"):
        lists = parameters.file("NeighborsFilename")
        return (read_neighbours(lists, parameters.faults) if lists else None), None
    coordinates, grid = parameters.file("CoordinatesFile"), None
    if parameters.is_on("UseGridFile"):
        grid = parameters.file("GridFile")
    return (
        read_places(coordinates, parameters.faults, on_earth=design.on_earth) if coordinates else None,
        read_grid(grid, parameters.faults, on_earth=design.on_earth) if grid else None,
    )


def _sizes(parameters: Parameters, design: Design) -> Sizes | None:
    """Return the sizes of which a circle holds at most a share, where a file of them is used."""
    if not design.analysis.has_space or not parameters.is_on("UseMaxCirclePopulationFileOption"):
        return None
    most = parameters.number("MaxSpatialSizeInMaxCirclePopulationFile", above=0, most=MOST_PERCENT_IN_SPACE) / 100
    path = parameters.file("MaxCirclePopulationFile")
    return read_sizes(path, parameters.faults, most=most) if path else None
