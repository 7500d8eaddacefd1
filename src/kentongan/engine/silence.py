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

_LEGENDRE = np.polynomial.legendre.leggauss(96)
NODES: NDArray[np.float64] = (_LEGENDRE[0] + 1) / 2
"""Gauss-Legendre nodes on [0, 1]; exact for the polynomials of equation 3 up to degree 191."""
WEIGHTS: NDArray[np.float64] = _LEGENDRE[1] / 2

LENGTHS = 40
"""How many silent stretches are judged at least; nobody's habit explains as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceOptions:
    """How silence is judged.

    `false_alarms_per_year` is what all watched places together may raise. `known_shares[a]` is the share of the
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
    """How a place reports: its rhythm in weeks, its silence now in stretches of that rhythm, and what is usual.

    `chance` and `yearly_rate` (lengths,): of a silence of 0, 1, 2, ... stretches after a report.
    """

    last_week: int
    rhythm: int
    silent_stretches: int
    expected_rate: float
    chance: NDArray[np.float64]
    yearly_rate: NDArray[np.float64]


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
    habits = {place: habit for place, row in enumerate(known) if (habit := _habit(row > 0, options)) is not None}
    silences = []
    if habits:
        limit = rarity_limit([habit.yearly_rate for habit in habits.values()], options.false_alarms_per_year)
        silences = [
            _silence(place, habit, known.shape[1])
            for place, habit in habits.items()
            if habit.silent_stretches and habit.yearly_rate[habit.silent_stretches] <= limit
        ]
    return SilenceScan(
        silences=tuple(sorted(silences, key=lambda silence: (silence.false_alarms_per_year, silence.place))),
        watched=len(habits),
        unwatched=tuple(place for place in range(len(known)) if place not in habits),
    )


def _silence(place: int, habit: _Habit, weeks: int) -> Silence:
    """Return the silence that the place is in."""
    per_year = float(habit.yearly_rate[habit.silent_stretches])
    return Silence(
        place=place,
        last_week=habit.last_week,
        silent_weeks=weeks - 1 - habit.last_week,
        rhythm_weeks=habit.rhythm,
        expected_rate=habit.expected_rate,
        p_value=float(habit.chance[habit.silent_stretches]),
        false_alarms_per_year=per_year,
        recurrence_interval_days=365.25 / per_year,
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
    reporting: int, stretches: int, shares: ArrayLike, *, weeks_per_reporting: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chance of 0, 1, 2, ... silent stretches after a report, and how often a week begins such a silence.

    Both are averaged over what the history leaves open about the place's true rate (a uniform prior).

    Shapes:  shares (stretches,): the share of the reports known of the latest stretch, the one before, and so on;
             results (stretches + 1,), both falling.
    Units:   stretches of the place's rhythm, `reporting` of `stretches` of them with a report, in
             `weeks_per_reporting` of its weeks; results per report, and per stretch of time.
    Errors:  none; the history was checked.
    Source:  docs/methods/silence.md, equation 3.
    """
    log_posterior = reporting * np.log(NODES) + (stretches - reporting) * np.log1p(-NODES)
    posterior = np.exp(log_posterior - log_posterior.max()) * WEIGHTS
    posterior /= posterior.sum()
    stays_silent = np.cumprod(1 - np.multiply.outer(np.asarray(shares, dtype=np.float64), NODES), axis=0)
    silent = np.concatenate((np.ones((1, NODES.size)), stays_silent))
    return silent @ posterior, weeks_per_reporting * silent @ (NODES * posterior)


def rarity_limit(yearly_rates: Sequence[NDArray[np.float64]], budget: float) -> float:
    """Return the largest rate at which every place may be called silent so that all together keep to the budget.

    A place is called silent at its first length whose rate is at most the limit. Lengths are whole stretches, so an
    even share of the budget would go half unspent; this limit spends it.

    Shapes:  yearly_rates (places,) of (lengths,), each falling.
    Units:   false alarms per year.
    Errors:  none.
    Source:  docs/methods/silence.md, equation 4.
    """
    even_share = budget / len(yearly_rates)
    tried = np.unique(np.concatenate(yearly_rates))
    tried = np.append(even_share, tried[tried > even_share])
    low, high = 0, len(tried)
    while high - low > 1:
        middle = (low + high) // 2
        spent = sum(float(rates[np.argmax(rates <= tried[middle])]) for rates in yearly_rates)
        low, high = (middle, high) if spent <= budget else (low, middle)
    return float(tried[low])


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
    silent_stretches = (reported.size - 1 - last) // rhythm
    between = between[between.size % rhythm :].reshape(-1, rhythm)
    reporting = int(between.any(axis=1).sum())
    chance, rate = silence_rates(
        reporting,
        len(between),
        _known_of_stretches(options.known_shares, rhythm, max(LENGTHS, silent_stretches)),
        weeks_per_reporting=float(between.sum()) / max(reporting, 1),
    )
    return _Habit(
        last_week=last,
        rhythm=rhythm,
        silent_stretches=silent_stretches,
        expected_rate=(reporting + 1) / (len(between) + 2),
        chance=chance,
        yearly_rate=WEEKS_PER_YEAR / rhythm * rate,
    )


def _known_of_stretches(known_shares: Sequence[float], rhythm: int, stretches: int) -> NDArray[np.float64]:
    """Return the share of the reports that are known of the latest stretch of weeks, the one before, and so on."""
    by_age = np.ones(max(rhythm * stretches, len(known_shares)))
    by_age[: len(known_shares)] = known_shares
    shares: NDArray[np.float64] = by_age[: rhythm * stretches].reshape(stretches, rhythm).mean(axis=1)
    return shares


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
