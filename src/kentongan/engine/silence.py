"""Which places that used to report have gone silent for longer than their own habit explains?

A silent week is not a week in which nothing happened: who has nothing to tell says so in a nil report. Each place is
compared with its own history, in its own rhythm (weekly, monthly), and all places share one yearly budget of false alarms.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.errors import EngineInputError

WEEKS_PER_YEAR = 365.25 / 7

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)
HALF_NODES: NDArray[np.float64] = (_NODES + 1) / 2
"""Gauss-Legendre nodes on [0, 1]; exact for the polynomials of equation 3 up to degree 191."""
HALF_WEIGHTS: NDArray[np.float64] = _WEIGHTS / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceOptions:
    """How silence is judged.

    `false_alarms_per_year` is shared evenly by the places that are watched. `known_shares[a]` is the share of the
    reports on a week that are known when the week is `a` weeks old (0: the week that ends now); older weeks are
    complete. A place is watched once it has `min_reports` reporting weeks over `min_history_weeks` weeks.
    """

    false_alarms_per_year: float = 0.2
    known_shares: Sequence[float] = ()
    max_history_weeks: int = 52
    min_history_weeks: int = 12
    min_reports: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A place that is silent for longer than its habit explains.

    `last_week` is the index of its last week with a report, `rhythm_weeks` the usual distance of its reports,
    `expected_rate` the chance of a report in a stretch of that length, `p_value` the chance of a silence so long
    after a report, and `false_alarms_per_year` how often this place would be silent so long without a reason.
    """

    place: int
    last_week: int
    silent_weeks: int
    rhythm_weeks: int
    expected_rate: float
    p_value: float
    false_alarms_per_year: float
    recurrence_interval_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceScan:
    """The silent places, the rarest silence first; how many places were watched; and those with too short a history."""

    silences: tuple[Silence, ...]
    watched: int
    unwatched: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a place used to report: stretches of `rhythm` weeks, how many of them had a report, and in how many weeks."""

    last_week: int
    rhythm: int
    stretches: int
    reporting: int
    weeks_per_reporting: float


def find_silences(reports: ArrayLike, *, options: SilenceOptions = SilenceOptions()) -> SilenceScan:
    """Return the places whose silence up to the last week exceeds their share of the false alarms.

    A place counts from its first report on. A place without a report, or with too few, is not watched and said so.

    Shapes:  reports (places, weeks): how many reports each place sent about each week, nil reports included; the
             last week is the one that ends now.
    Units:   reports known now; rates per year; intervals in days.
    Errors:  EngineInputError when the table is no table of whole numbers that are not negative, or an option makes
             no sense.
    Source:  docs/methods/silence.md, equations 1 to 4.
    """
    _check_options(options)
    known = _checked(reports)
    weeks = known.shape[1]
    habits = {place: habit for place, row in enumerate(known) if (habit := _habit(row > 0, options)) is not None}
    silences = [
        silence
        for place, habit in habits.items()
        if (silence := _judged(place, habit, weeks, options, limit=options.false_alarms_per_year / len(habits)))
    ]
    return SilenceScan(
        silences=tuple(sorted(silences, key=lambda silence: (silence.false_alarms_per_year, silence.place))),
        watched=len(habits),
        unwatched=tuple(place for place in range(len(known)) if place not in habits),
    )


def known_shares(delays_days: ArrayLike, *, weeks: int = 6) -> tuple[float, ...]:
    """Return which share of the reports on a week is known when the week ended 0, 1, 2, ... weeks ago.

    Shapes:  delays_days (reports,): days from the end of the week to the report's arrival; result (weeks,).
    Units:   days; result in [0, 1]. Without any report nothing is known of delays and every week counts as complete.
    Errors:  EngineInputError when a delay is not a number.
    Source:  docs/methods/silence.md, equation 2.
    """
    delays = np.asarray(delays_days, dtype=np.float64).ravel()
    if np.isnan(delays).any():
        raise EngineInputError("Ada keterlambatan laporan yang bukan bilangan. Perbaiki masukan lalu jalankan kembali.")
    if not delays.size:
        return ()
    return tuple(float(np.mean(delays <= 7 * age)) for age in range(weeks))


def silence_rates(
    reporting: int, stretches: int, shares: Sequence[float], *, after_weeks: float = 1.0
) -> tuple[float, float]:
    """Return the chance of this silence after a report, and how often per week of the place's time it begins by chance.

    Both are averaged over what the history leaves open about the place's true rate (a uniform prior).

    Shapes:  shares (silent stretches,): the share of each stretch's reports that would be known by now.
    Units:   stretches of the place's rhythm, `reporting` of `stretches` with a report; `after_weeks` reporting weeks
             in a stretch that has any; results in [0, 1].
    Errors:  none; the history was checked.
    Source:  docs/methods/silence.md, equation 3.
    """
    log_prior = reporting * np.log(HALF_NODES) + (stretches - reporting) * np.log1p(-HALF_NODES)
    posterior = np.exp(log_prior - log_prior.max()) * HALF_WEIGHTS
    posterior /= posterior.sum()
    silent = np.prod(1 - np.multiply.outer(np.asarray(shares, dtype=np.float64), HALF_NODES), axis=0)
    return float(posterior @ silent), float(after_weeks * posterior @ (HALF_NODES * silent))


def _judged(place: int, habit: _Habit, weeks: int, options: SilenceOptions, *, limit: float) -> Silence | None:
    """Return the silence if it is rarer than the limit (equation 4). A stretch counts once it is over."""
    silent_weeks = weeks - 1 - habit.last_week
    ages = np.arange(silent_weeks - 1, -1, -1)[: silent_weeks // habit.rhythm * habit.rhythm]
    share_of_age = np.ones(max(weeks, len(options.known_shares)))
    share_of_age[: len(options.known_shares)] = options.known_shares
    shares = share_of_age[ages].reshape(-1, habit.rhythm).mean(axis=1)
    chance, rate = silence_rates(habit.reporting, habit.stretches, shares, after_weeks=habit.weeks_per_reporting)
    per_year = WEEKS_PER_YEAR / habit.rhythm * rate
    if not len(shares) or per_year > limit:
        return None
    return Silence(
        place=place,
        last_week=habit.last_week,
        silent_weeks=silent_weeks,
        rhythm_weeks=habit.rhythm,
        expected_rate=(habit.reporting + 1) / (habit.stretches + 2),
        p_value=chance,
        false_alarms_per_year=per_year,
        recurrence_interval_days=365.25 / per_year,
    )


def _habit(reported: NDArray[np.bool_], options: SilenceOptions) -> _Habit | None:
    """Return how the place reported before its last report, or None when that is too little to judge by.

    The first and the last report open and close the history; what lies between them is counted, cut into stretches
    backwards from the last report.
    """
    weeks = np.flatnonzero(reported)
    if not weeks.size:
        return None
    last = int(weeks[-1])
    weeks = weeks[weeks >= last - options.max_history_weeks]
    between = reported[weeks[0] + 1 : last]
    if between.size < options.min_history_weeks or weeks.size < options.min_reports:
        return None
    rhythm = math.ceil(np.median(np.diff(weeks)))
    stretches = between[::-1][: between.size // rhythm * rhythm].reshape(-1, rhythm)
    reporting = int(stretches.any(axis=1).sum())
    return _Habit(last, rhythm, len(stretches), reporting, float(stretches.sum()) / max(reporting, 1) or 1.0)


def _check_options(options: SilenceOptions) -> None:
    """Refuse options that make no sense."""
    refusals = (
        (not 0 < options.false_alarms_per_year < math.inf, "Anggaran alarm palsu per tahun harus lebih dari 0."),
        (
            not all(0 <= share <= 1 for share in options.known_shares),
            "Bagian laporan yang sudah diketahui harus antara 0 dan 1.",
        ),
        (options.min_reports < 2, "Sedikitnya dua laporan diperlukan untuk mengenal kebiasaan suatu tempat."),
        (
            not 1 <= options.min_history_weeks < options.max_history_weeks,
            "Riwayat terpendek harus sedikitnya satu minggu dan lebih pendek daripada riwayat terpanjang.",
        ),
    )
    reasons = [text for is_wrong, text in refusals if is_wrong]
    if reasons:
        raise EngineInputError("Kesenyapan tidak dapat dinilai. " + " ".join(reasons), details=reasons)


def _checked(reports: ArrayLike) -> NDArray[np.int64]:
    """Return the table of reports, or refuse it."""
    table = np.asarray(reports)
    is_table = table.ndim == 2 and (np.issubdtype(table.dtype, np.integer) or table.dtype == np.bool_)
    if not is_table or (table.size and table.min() < 0):
        raise EngineInputError(
            "Tabel laporan tidak dapat dinilai: harus satu baris per tempat dan satu kolom per minggu, berisi jumlah "
            "laporan berupa bilangan bulat yang tidak negatif. Perbaiki masukan lalu jalankan kembali."
        )
    return table.astype(np.int64)
