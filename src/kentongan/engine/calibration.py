"""From "at most one false alarm a year, all together" to the thresholds of scans and surges and the budget of silence."""

import math
from dataclasses import dataclass, replace

from kentongan.engine.errors import EngineInputError

DAYS_PER_YEAR = 365.25

SILENCE_SHARE = 0.2
"""Share of the budget that silence gets."""

TREND_SHARE = 0.2
"""Share of the budget that surges of whole areas get, every stream as much; the scans share the rest evenly."""

WEEK_DAYS = 7.0
"""Surges and silences are looked for in whole weeks: once a week at most, however often the scans run."""

FINDINGS_PER_TEST = 0.7
"""New findings for each crossing that independent, exact tests would give, at weekly runs.

Consecutive runs see mostly the same events, so that one chance cluster crosses in several runs and is one finding; a
stream's villages and districts are the same events twice. Measured over 1,200 run-years of the six worlds of
docs/validation, other ones than those of `benchmarks/null_years.py`: 0.51 to 1.05, 0.69 in the mean.
"""

SURGES_PER_TEST = 0.25
"""New findings for each stream and run in which independent, exact tests of its areas would let one cross.

Fewer than for scans, since counts of sparse areas reach few p-values and four weeks see mostly the same events. Measured
over 80 null years of other worlds than those of `benchmarks/null_years.py`: 0.27 (0.14 to 0.40).
"""

REPLICAS_BELOW_THRESHOLD = 20
"""How many steps of the Monte Carlo p-value lie below the threshold at least: its grid costs at most 1 / 20 of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What each scan, the surges of each stream and the watch for silence may use up.

    A scan raises a finding when its p-value is at most `p_value`, which is the same as a recurrence interval of at
    least `recurrence_interval_days`. `replicas` is how many Monte Carlo replicas resolve that p-value. The areas of a
    stream together raise one when their p-value is at most `trend_p_value` (0: surges are not watched).
    """

    p_value: float
    recurrence_interval_days: float
    replicas: int
    silence_false_alarms_per_year: float
    trend_p_value: float


def thresholds(
    *,
    streams: int,
    levels: int,
    run_interval_days: float = 7.0,
    false_alarms_per_year: float = 1.0,
    watches_silence: bool = True,
    watches_trends: bool = True,
) -> Thresholds:
    """Return the thresholds under which the watch as a whole raises this many findings a year without any cause.

    Shapes:  scalars: `streams` series of events, each scanned at `levels` levels of places at every run.
    Units:   findings per year; days.
    Errors:  EngineInputError when a number is not positive, or the budget is larger than one finding a scan and run.
    Source:  docs/methods/false-alarm-budget.md, equations 1 to 4.
    """
    numbers = (streams, levels, run_interval_days, false_alarms_per_year)
    if not all(0 < number < math.inf for number in numbers):
        raise EngineInputError(
            "Ambang tidak dapat dihitung: jumlah aliran, tingkat, selang hari dan anggaran alarm palsu harus lebih "
            "dari 0. Perbaiki pengaturan pemantauan."
        )
    silence = SILENCE_SHARE * false_alarms_per_year if watches_silence else 0.0
    trends = TREND_SHARE * false_alarms_per_year if watches_trends else 0.0
    scans_per_year = streams * levels * DAYS_PER_YEAR / run_interval_days
    p_value = (false_alarms_per_year - silence - trends) / scans_per_year / findings_per_test(run_interval_days)
    looks_per_year = streams * DAYS_PER_YEAR / max(run_interval_days, WEEK_DAYS)
    trend_p_value = trends / looks_per_year / SURGES_PER_TEST
    if max(p_value, trend_p_value) >= 1:
        raise EngineInputError(
            "Ambang tidak dapat dihitung: anggaran alarm palsu lebih besar daripada jumlah pemindaian per tahun. "
            "Turunkan anggarannya."
        )
    return Thresholds(
        p_value=p_value,
        recurrence_interval_days=run_interval_days / p_value,
        replicas=math.ceil(REPLICAS_BELOW_THRESHOLD / p_value) - 1,
        silence_false_alarms_per_year=silence,
        trend_p_value=trend_p_value,
    )


def for_share(limits: Thresholds, share: float) -> Thresholds:
    """Return the thresholds of a stream that has this multiple of the even part of the budget; silence keeps its own.

    Shapes:  scalar.
    Units:   `share` 1 is the even part, 0.5 half of it.
    Errors:  EngineInputError when the share is not positive, or so large that every test would cross.
    Source:  docs/methods/false-alarm-budget.md, equation 6.
    """
    if not 0 < share < math.inf or max(limits.p_value, limits.trend_p_value) * share >= 1:
        raise EngineInputError(
            "Ambang aliran tidak dapat dihitung: bagian anggarannya harus lebih dari 0 dan tidak sebesar itu sehingga "
            "semua melewatinya. Perbaiki bagian anggaran aliran itu."
        )
    p_value = limits.p_value * share
    return replace(
        limits,
        p_value=p_value,
        recurrence_interval_days=limits.recurrence_interval_days / share,
        replicas=math.ceil(REPLICAS_BELOW_THRESHOLD / p_value) - 1,
        trend_p_value=limits.trend_p_value * share,
    )


def findings_per_test(run_interval_days: float) -> float:
    """Return how many new findings a scan's crossing stands for: fewer the more two runs that follow each other share.

    Shapes:  scalar.
    Units:   days; findings.
    Errors:  none.
    Source:  docs/methods/false-alarm-budget.md, equation 5.
    """
    return min(1.0, FINDINGS_PER_TEST * math.sqrt(run_interval_days / WEEK_DAYS))
