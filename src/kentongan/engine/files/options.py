"""Every option of SaTScan's parameter files, and what is done about it: honoured, ignored because it is about output
only, or refused by name unless it has the value with which it changes nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """What is done about an option."""

    HONOURED = "honoured"
    OUTPUT = "ignored: output only"
    ONLY = "refused unless it changes nothing"
    IDLE = "acts only with an option that is refused or off"


@dataclass(frozen=True, slots=True)
class Option:
    """One option: the value that is meant when it is missing, and the values that are accepted (None: any).

    `analyses` and `models` bound where an option of fate ONLY acts at all (empty: everywhere); elsewhere it is idle.
    """

    name: str
    fate: Fate
    default: str = ""
    accepted: tuple[str, ...] | None = None
    analyses: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()


PROSPECTIVE = frozenset({"4", "6"})
POISSON = frozenset({"0"})


def _honoured(**defaults: str) -> list[Option]:
    return [Option(name, Fate.HONOURED, default) for name, default in defaults.items()]


def _of(fate: Fate, names: str) -> list[Option]:
    return [Option(name, fate) for name in names.split()]


def _only(
    name: str, *accepted: str, analyses: frozenset[str] = frozenset(), models: frozenset[str] = frozenset()
) -> Option:
    return Option(name, Fate.ONLY, accepted[0], accepted, analyses, models)


OPTIONS = {
    option.name.casefold(): option
    for option in [
        *_honoured(
            CaseFile="",
            ControlFile="",
            PrecisionCaseTimes="",
            StartDate="",
            EndDate="",
            PopulationFile="",
            CoordinatesFile="",
            UseGridFile="n",
            GridFile="",
            CoordinatesType="",
            AnalysisType="",
            ModelType="",
            ScanAreas="1",
            TimeAggregationUnits="0",
            TimeAggregationLength="1",
            StudyPeriodCheckType="0",
            GeographicalCoordinatesCheckType="0",
            UseNeighborsFile="n",
            NeighborsFilename="",
            MaxSpatialSizeInPopulationAtRisk="50",
            UseDistanceFromCenterOption="n",
            MaxSpatialSizeInDistanceFromCenter="1",
            UseMaxCirclePopulationFileOption="n",
            MaxSpatialSizeInMaxCirclePopulationFile="50",
            MaxCirclePopulationFile="",
            MinimumTemporalClusterSize="1",
            MaxTemporalSizeInterpretation="0",
            MaxTemporalSize="50",
            IncludePurelySpatial="n",
            IncludePurelyTemporal="n",
            IncludeClusters="0",
            MinimumCasesInLowRateClusters="0",
            MinimumCasesInHighRateClusters="2",
            UseAdjustmentsByRRFile="n",
            AdjustmentsByKnownRelativeRisksFilename="",
            PValueReportType="0",
            EarlyTerminationThreshold="50",
            ReportGumbel="n",
            MonteCarloReps="999",
            ProspectiveFrequencyType="0",
            ProspectiveFrequency="1",
            CriteriaForReportingSecondaryClusters="0",
            IterativeScan="n",
            IterativeScanMaxIterations="10",
            IterativeScanMaxPValue="0.05",
            NumberParallelProcesses="0",
            ResultsTitle="",
            RandomizationSeed="",
        ),
        _only("UseLocationsNetworkFile", "n"),
        _only("UseMetaLocationsFile", "n"),
        _only("MultipleCoordinatesType", "0"),
        _only("SpatialWindowShapeType", "0"),
        _only("IsotonicScan", "0"),
        _only("RiskLimitHighClusters", "n"),
        _only("RiskLimitLowClusters", "n"),
        _only("TimeTrendAdjustmentType", "0", models=POISSON),
        _only("AdjustForWeeklyTrends", "n"),
        _only("SpatialAdjustmentType", "0", models=POISSON),
        _only("AdjustForEarlierAnalyses", "n", analyses=PROSPECTIVE),
        _only("PerformStandardDrilldown", "n"),
        _only("PerformBernoulliDrilldown", "n"),
        _only("CalculateOliveira", "n"),
        _only("CalculateOliviera", "n"),
        _only("PerformPowerEvaluation", "n"),
        _only("SimulatedDataMethodType", "0"),
        _only("ReportHierarchicalClusters", "y"),
        _only("UseReportOnlySmallerClusters", "n"),
        _only("UseMaxCirclePopulationFileOption_Reported", "n"),
        _only("UseDistanceFromCenterOption_Reported", "n"),
        *_of(
            Fate.IDLE,
            "MultipleDataSetsPurposeType DataSet1-Name LocationsNetworkFilename MetaLocationsFilename "
            "MultipleLocationsFile NonCompactnessPenalty IntervalStartRange IntervalEndRange RiskThresholdHighClusters "
            "RiskThresholdLowClusters TimeTrendPercentage TimeStratifiedAdjLength TimeTrendType ProspectiveStartDate "
            "DrilldownMinimumClusterLocations "
            "DrilldownMinimumClusterCases DrilldownClusterCutoff DrilldownClusterPvalueCutoff "
            "DrilldownAdjustForWeeklyTrends NumBootstrapReplications OliveiraPvalueCutoff NumOlivieraSets "
            "OlivieraPvalueCutoff PowerEvaluationsMethod PowerEvaluationTotalCases CriticalValueType CriticalValue05 "
            "CriticalValue01 CriticalValue001 PowerEstimationType NumberPowerReplications "
            "AlternativeHypothesisFilename PowerEvaluationsSimulationMethod PowerEvaluationsSimulationSourceFilename "
            "ReportPowerEvaluationSimulationData PowerEvaluationsSimulationOutputFilename "
            "GiniIndexClusterReportingType SpatialMaxima GiniIndexClustersPValueCutOff "
            "MaxSpatialSizeInPopulationAtRisk_Reported MaxSizeInMaxCirclePopulationFile_Reported "
            "MaxSpatialSizeInDistanceFromCenter_Reported EllipseShapes EllipseAngles SimulatedDataInputFilename "
            "Version",
        ),
        *_of(
            Fate.OUTPUT,
            "ResultsFile OutputGoogleEarthKML OutputShapefiles OutputCartesianGraph OutputGoogleMaps "
            "MostLikelyClusterEachCentroidASCII MostLikelyClusterEachCentroidDBase "
            "MostLikelyClusterCaseInfoEachCentroidASCII MostLikelyClusterCaseInfoEachCentroidDBase "
            "CensusAreasReportedClustersASCII CensusAreasReportedClustersDBase IncludeRelativeRisksCensusAreasASCII "
            "IncludeRelativeRisksCensusAreasDBase SaveSimLLRsASCII SaveSimLLRsDBase ReportGiniClusters "
            "ReportGiniIndexCoefficents LaunchMapViewer LaunchKMLViewer CompressKMLtoKMZ IncludeClusterLocationsKML "
            "ThresholdLocationsSeparateKML OutputTemporalGraphHTML TemporalGraphReportType TemporalGraphMostMLC "
            "TemporalGraphSignificanceCutoff CriticalValue ReportClusterRank PrintAsciiColumnHeaders "
            "CutoffClusterLinelistCSV ClusterSignificanceByRecurrence ClusterSignificanceRecurrenceCutoff "
            "ClusterSignificanceRecurrenceCutoffType ClusterSignificanceByPvalue ClusterSignificancePvalueCutoff "
            "LineListIndividualCache CaseFile-SourceLinelistFieldMap EmailAlwaysSummary EmailAlwaysRecipients "
            "EmailCutoffSummary EmailCutoffRecipients EmailCutoffValue EmailAttachResults EmailIncludeResults "
            "CustomEmail CustomEmailSubjectLine CustomEmailMessageBody EmailResultsSummary "
            "EmailSignificantRecipients EmailSubjectLineNoSignificant EmailMessageBodyNoSignificant "
            "EmailSubjectLineSignificant EmailMessageBodySignificant PrintSimulatedDataToFile "
            "SimulatedDataOutputFilename SuppressWarnings LogRunToHistoryFile ExecutionType",
        ),
    ]
}
"""By the casefolded name."""

FURTHER_DATA_SET = re.compile(r"(casefile|controlfile|populationfile|dataset)(\d+)(-.*)?")
NOTHING = ("", "n", "0")


def known(name: str) -> Option | None:
    """Return the option of this name, or None.

    Shapes:  scalar.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    return OPTIONS.get(name.casefold())


def is_of_further_data_set(name: str) -> bool:
    """Return whether the option belongs to a second or later data set.

    Shapes:  scalar.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    match = FURTHER_DATA_SET.fullmatch(name.casefold())
    return match is not None and int(match[2]) > 1


def refusals(values: Iterable[tuple[str, str]], *, analysis: str, model: str) -> list[str]:
    """Return why each option that cannot be honoured is refused, by name.

    Shapes:  (name, value) of every option that was given.
    Units:   none.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    found = []
    for name, value in values:
        option = known(name)
        if is_of_further_data_set(name):
            if value:
                found.append(f"{name}={value}: beberapa kumpulan data sekaligus belum didukung.")
        elif option is None and "-source" in name.casefold():
            found.append(
                f"{name}={value}: peta kolom berkas belum didukung; simpan berkasnya dalam bentuk baku SaTScan, atau "
                "pakai --cases dengan nama kolom."
            )
        elif option is None:
            found.append(f"{name}={value}: pilihan ini tidak dikenal; hapus barisnya bila memang tidak dipakai.")
        elif option.fate is Fate.ONLY and acts(option, analysis, model) and not _is_accepted(option, value):
            found.append(f"{option.name}={value}: belum didukung; hanya {option.name}={option.default} yang diterima.")
    return found


def acts(option: Option, analysis: str, model: str) -> bool:
    """Return whether the option means anything in this analysis with this model.

    Shapes:  scalars.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    return (not option.analyses or analysis in option.analyses) and (not option.models or model in option.models)


def _is_accepted(option: Option, value: str) -> bool:
    """Return whether the value is one with which the option changes nothing."""
    return option.accepted is None or value.casefold() in option.accepted or value == ""


def ignored(values: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the options about output alone that ask for something, as `name=value`.

    Shapes:  (name, value) of every option that was given.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    return tuple(
        f"{option.name}={value}"
        for name, value in values
        if (option := known(name)) is not None and option.fate is Fate.OUTPUT and value.casefold() not in NOTHING
    )


def honoured(values: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the options that shape the scan, as `name=value`; those without a value are left out.

    Shapes:  (name, value) of every option that was given.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Parameter files".
    """
    return tuple(
        f"{option.name}={value}"
        for name, value in values
        if value and (option := known(name)) is not None and option.fate is Fate.HONOURED
    )
