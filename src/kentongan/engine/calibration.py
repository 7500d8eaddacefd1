"""From "at most one false alarm a year, all together" to the threshold of each scan and the budget of silence."""

import math
from dataclasses import dataclass

from kentongan.engine.errors import EngineInputError

DAYS_PER_YEAR = 365.25

SILENCE_SHARE = 0.2
"""Share of the budget that silence gets; the scans share the rest evenly."""

FINDINGS_PER_TEST = 0.5
"""New findings for each crossing that independent, exact tests would give (weekly runs at two levels of places).

Consecutive runs see mostly the same events, a stream's villages and districts are the same events twice, and counts
are whole numbers: half of the nominal crossings never happen or only extend a finding. Measured over 200 null years of
other worlds than those of `benchmarks/null_years.py`; see docs/methods/false-alarm-budget.md.
"""

REPLICAS_BELOW_THRESHOLD = 20
"""How many steps of the Monte Carlo p-value lie below the threshold at least: its grid costs at most 1 / 20 of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What each scan and the watch for silence may use up.

    A scan raises a finding when its p-value is at most `p_value`, which is the same as a recurrence interval of at
    least `recurrence_interval_days`. `replicas` is how many Monte Carlo replicas resolve that p-value.
    """

    p_value: float
    recurrence_interval_days: float
    replicas: int
    silence_false_alarms_per_year: float


def thresholds(
    *,
    streams: int,
    levels: int,
    run_interval_days: float = 7.0,
    false_alarms_per_year: float = 1.0,
    watches_silence: bool = True,
) -> Thresholds:
    """Return the thresholds under which the watch as a whole raises this many findings a year without any cause.

    Shapes:  scalars: `streams` series of events, each scanned at `levels` levels of places at every run.
    Units:   findings per year; days.
    Errors:  EngineInputError when a number is not positive, or the budget is larger than one finding a scan and run.
    Source:  docs/methods/false-alarm-budget.md, equations 1 to 3.
    """
    numbers = (streams, levels, run_interval_days, false_alarms_per_year)
    if not all(0 < number < math.inf for number in numbers):
        raise EngineInputError(
            "Ambang tidak dapat dihitung: jumlah aliran, tingkat, selang hari dan anggaran alarm palsu harus lebih "
            "dari 0. Perbaiki pengaturan pemantauan."
        )
    silence = SILENCE_SHARE * false_alarms_per_year if watches_silence else 0.0
    tests_per_year = streams * levels * DAYS_PER_YEAR / run_interval_days
    p_value = (false_alarms_per_year - silence) / tests_per_year / FINDINGS_PER_TEST
    if p_value >= 1:
        raise EngineInputError(
            "Ambang tidak dapat dihitung: anggaran alarm palsu lebih besar daripada jumlah pemindaian per tahun. "
            "Turunkan anggarannya."
        )
    return Thresholds(
        p_value=p_value,
        recurrence_interval_days=run_interval_days / p_value,
        replicas=math.ceil(REPLICAS_BELOW_THRESHOLD / p_value) - 1,
        silence_false_alarms_per_year=silence,
    )
