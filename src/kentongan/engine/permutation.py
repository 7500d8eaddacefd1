"""Where and when do more cases meet than place and time, each on its own, explain?

The prospective space-time permutation scan statistic (M. Kulldorff et al., PLoS Medicine 2(3), 2005): circles in space
times windows in time that end now, compared by a likelihood ratio, tested by shuffling the times of the cases. It needs
no population: a place that always reports much and a season that everybody shares raise no alarm.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.errors import EngineInputError
from kentongan.engine.geometry import Circles, circles, distances_mm, unit_vectors
from kentongan.engine.randomness import draw_below, start_stream

TIE = 1e-9
"""Statistics closer than this are equal: they differ only by rounding."""

LEVEL_STEP = 0.5
LEVELS = 64
LANES = 64
"""Replicas computed side by side; it changes the speed, never the answer."""

NEVER = np.int16(32767)
MAX_CASES = int(NEVER) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """What is scanned and how it is tested.

    Windows are 1 to `max_periods` periods long and end with the last period. Circles are centred on places with cases
    (`all_centres`: on every place), hold at most `max_share` of all cases and reach at most `max_radius_m`. Monte Carlo stops early after `stop_after` replicas at least as extreme as
    the most likely cluster (None: never). `run_interval_days` is the time between two runs.
    """

    max_periods: int = 4
    max_share: float = 0.5
    max_radius_m: float | None = None
    all_centres: bool = False
    min_cases: int = 2
    replicas: int = 999
    stop_after: int | None = 20
    gumbel: bool = False
    max_clusters: int = 5
    run_interval_days: float = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One circle and window with more cases than expected. Periods are inclusive, members sorted place indices."""

    members: tuple[int, ...]
    centre: int
    radius_m: float
    first_period: int
    last_period: int
    observed: int
    expected: float
    relative_risk: float
    llr: float
    p_value: float
    gumbel_p_value: float | None
    replicas_done: int
    recurrence_interval_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationScan:
    """The most likely cluster first, then others that share no place with a more likely one."""

    clusters: tuple[Cluster, ...]
    cases: int
    places_with_cases: int
    replicas_done: int


class Model(NamedTuple):
    """What a shuffle of the times leaves alone, and the logarithms of everything that can occur.

    place_cases (places,), window_cases (windows,): cases of each place in all periods, of each window in all places.
    log_count[n] is log n (0 for n = 0); log_expected[w, m] and log_rest[w, m] are log mu and log(C - mu) of a circle
    with m cases in window w.
    """

    total: int
    min_cases: int
    place_cases: NDArray[np.int64]
    window_cases: NDArray[np.int64]
    log_count: NDArray[np.float64]
    log_expected: NDArray[np.float64]
    log_rest: NDArray[np.float64]


class BestWindows(NamedTuple):
    """For each centre its most likely circle (position of its last place), window and statistic; 0 where none."""

    llr: NDArray[np.float64]
    last_entry: NDArray[np.int64]
    window: NDArray[np.int64]
    observed: NDArray[np.int64]
    inside: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Problem:
    """The checked input. `located` are the places with cases; they and the centres are ordered by coordinates."""

    points: NDArray[np.float64]
    located: NDArray[np.int64]
    centres: NDArray[np.int64]
    case_place: NDArray[np.int32]
    recent_window: NDArray[np.int64]
    recent: NDArray[np.int64]
    model: Model
    circles: Circles


def scan_permutation(
    place: ArrayLike,
    period: ArrayLike,
    *,
    latitude: ArrayLike,
    longitude: ArrayLike,
    periods: int,
    options: ScanOptions = ScanOptions(),
    seed: int = 0,
) -> PermutationScan:
    """Return the clusters that are alive in the last period, each with its p-value and recurrence interval.

    The answer depends on the arguments only. No cases, all cases in one place, or all in one period: no clusters,
    because a shuffle of the times then changes nothing.

    Shapes:  place (cases,), indices into the places; period (cases,), from 0 to periods - 1 (now);
             latitude (places,), longitude the same.
    Units:   degrees WGS 84; periods are days or weeks, whichever the caller counts in; intervals in days.
    Errors:  EngineInputError when shapes differ, an index or coordinate is out of range or not a number, or an option
             makes no sense.
    Source:  docs/methods/space-time-permutation.md, equations 1 to 4.
    """
    _check_options(options, periods)
    places, times, degrees = _checked(place, period, latitude, longitude, periods)
    if places.size == 0:
        return PermutationScan(clusters=(), cases=0, places_with_cases=0, replicas_done=0)
    problem = prepare(places, times, degrees, periods, options)
    found = _distinct(problem, best_windows(problem.circles, problem.model, problem.recent), options.max_clusters)
    maxima, stopped = np.empty(0), False
    if found:
        maxima, stopped = simulate(problem, options, seed, at_least=found[0].llr)
    clusters = tuple(_judged(cluster, maxima, stopped, periods, options) for cluster in found)
    return PermutationScan(
        clusters=clusters, cases=places.size, places_with_cases=len(problem.located), replicas_done=maxima.size
    )


def gumbel_p_value(maxima: NDArray[np.float64], llr: float) -> float | None:
    """Return the p-value from a Gumbel distribution fitted to the replicas' maxima by moments.

    None with fewer than two replicas, or when they are all equal: there is nothing to fit.

    Shapes:  maxima (replicas,).
    Units:   log-likelihood ratios; result in [0, 1].
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, equation 5.
    """
    spread = float(np.std(maxima, ddof=1)) if maxima.size > 1 else 0.0
    if spread == 0.0:
        return None
    scale = spread * math.sqrt(6) / math.pi
    location = float(np.mean(maxima)) - np.euler_gamma * scale
    return -math.expm1(-math.exp(-(llr - location) / scale))


# --- checking -------------------------------------------------------------------------------------------------------


def _check_options(options: ScanOptions, periods: int) -> None:
    """Refuse options under which the scan would mean something else than asked."""
    refusals = (
        (periods < 2, "Pemindaian memerlukan sedikitnya dua periode."),
        (
            not 1 <= options.max_periods < max(periods, 2),
            "Jendela waktu harus sedikitnya satu periode dan lebih pendek daripada seluruh rentang data.",
        ),
        (
            not 0 < options.max_share <= 1,
            "Bagian kasus terbanyak dalam satu lingkaran harus di atas 0 dan paling besar 1.",
        ),
        (
            options.max_radius_m is not None and not 0 <= options.max_radius_m < math.inf,
            "Jari-jari terbesar harus berupa bilangan meter yang tidak negatif.",
        ),
        (options.min_cases < 1, "Jumlah kasus terkecil dalam satu kelompok harus sedikitnya 1."),
        (options.replicas < 1, "Jumlah ulangan acak harus sedikitnya 1."),
        (options.stop_after is not None and options.stop_after < 1, "Batas penghentian dini harus sedikitnya 1."),
        (options.max_clusters < 1, "Jumlah kelompok yang dilaporkan harus sedikitnya 1."),
        (not 0 < options.run_interval_days < math.inf, "Selang antarpemindaian harus lebih dari 0 hari."),
    )
    _refuse([text for is_wrong, text in refusals if is_wrong])


def _checked(
    place: ArrayLike, period: ArrayLike, latitude: ArrayLike, longitude: ArrayLike, periods: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return places, times and (latitude, longitude) rows, or refuse with everything that is wrong."""
    places, times = _whole_numbers(place, "tempat"), _whole_numbers(period, "periode")
    north, east = np.asarray(latitude, dtype=np.float64), np.asarray(longitude, dtype=np.float64)
    refusals = []
    if places.ndim != 1 or places.shape != times.shape:
        refusals.append("Setiap kasus harus mempunyai tepat satu tempat dan satu periode.")
    if north.ndim != 1 or north.shape != east.shape:
        refusals.append("Setiap tempat harus mempunyai tepat satu lintang dan satu bujur.")
    if not (np.all(np.abs(north) <= 90) and np.all(np.abs(east) <= 180)):
        refusals.append("Ada koordinat yang bukan bilangan atau di luar bumi (lintang -90..90, bujur -180..180).")
    if np.any((places < 0) | (places >= north.size)):
        refusals.append("Ada kasus di tempat yang tidak dikenal; nomor tempat mulai dari 0.")
    if np.any((times < 0) | (times >= periods)):
        refusals.append("Ada kasus di luar rentang waktu; nomor periode mulai dari 0.")
    if places.size > MAX_CASES:
        refusals.append(f"Paling banyak {MAX_CASES} kasus dapat dipindai sekaligus; pendekkan rentang waktunya.")
    _refuse(refusals)
    return places, times, np.stack((north, east), axis=1)


def _whole_numbers(values: ArrayLike, name: str) -> NDArray[np.int64]:
    """Return the values as integers, or refuse those that are none."""
    array = np.asarray(values)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        _refuse([f"Nomor {name} harus bilangan bulat; ada nilai lain atau nilai kosong."])
    return array.astype(np.int64)


def _refuse(reasons: list[str]) -> None:
    """Raise the reasons as one error, if there are any."""
    if reasons:
        raise EngineInputError(
            "Data tidak dapat dipindai. " + " ".join(reasons) + " Perbaiki masukan lalu jalankan kembali.",
            details=reasons,
        )


# --- the observed cases ---------------------------------------------------------------------------------------------


def prepare(
    places: NDArray[np.int64],
    times: NDArray[np.int64],
    degrees: NDArray[np.float64],
    periods: int,
    options: ScanOptions,
) -> Problem:
    """Number the places with cases by their coordinates and count everything that a shuffle leaves alone.

    Shapes:  places (cases,), times the same; degrees (places, 2), latitude and longitude.
    Units:   degrees WGS 84.
    Errors:  none; the input was checked.
    Source:  docs/methods/space-time-permutation.md, section "Circles".
    """
    points = unit_vectors(degrees[:, 0], degrees[:, 1])
    by_coordinates = np.lexsort((degrees[:, 1], degrees[:, 0]))
    located = by_coordinates[np.isin(by_coordinates, places)]
    centres = by_coordinates if options.all_centres else located
    number = np.empty(len(points), dtype=np.int32)
    number[located] = np.arange(located.size)
    case_place = number[places]
    window = periods - 1 - times
    is_recent = window < options.max_periods
    recent = np.zeros((located.size, options.max_periods), dtype=np.int64)
    np.add.at(recent, (case_place[is_recent], window[is_recent]), 1)
    recent = np.cumsum(recent, axis=1)
    place_cases = np.bincount(case_place, minlength=located.size)
    most = math.floor(options.max_share * places.size + TIE)
    radius = options.max_radius_m
    return Problem(
        points=points,
        located=located,
        centres=centres,
        case_place=np.sort(case_place),
        recent_window=np.sort(window[is_recent]),
        recent=recent,
        model=_model(place_cases, recent.sum(axis=0), most, options.min_cases),
        circles=circles(
            points[centres],
            points[located],
            place_cases,
            max_weight=most,
            max_radius_mm=None if radius is None else math.floor(1000 * radius + TIE),
        ),
    )


def _model(place_cases: NDArray[np.int64], window_cases: NDArray[np.int64], most: int, min_cases: int) -> Model:
    """Take every logarithm once: counts are whole numbers, so few values occur."""
    total = int(place_cases.sum())
    product = np.multiply.outer(window_cases, np.arange(most + 1))
    return Model(
        total=total,
        min_cases=min_cases,
        place_cases=place_cases,
        window_cases=window_cases,
        log_count=np.log(np.maximum(np.arange(total + 1), 1)),
        log_expected=np.log(np.maximum(product, 1) / total),
        log_rest=np.log(np.maximum(total * total - product, 1) / total),
    )


@compiled
def likelihood_ratio(observed: int | np.int64, inside: int, window: int, model: Model) -> np.float64:
    """Return the logarithm of the generalised likelihood ratio of one circle and window with more cases than expected.

    Shapes:  scalars.
    Units:   observed in cases of circle and window, inside in cases of the circle in all periods.
    Errors:  none; 0 < observed, and observed * total > inside * window_cases[window].
    Source:  docs/methods/space-time-permutation.md, equation 2.
    """
    rest = model.total - observed
    within: np.float64 = observed * (model.log_count[observed] - model.log_expected[window, inside])
    without: np.float64 = rest * (model.log_count[rest] - model.log_rest[window, inside])
    return within + without


@compiled
def best_windows(circles: Circles, model: Model, recent: NDArray[np.int64]) -> BestWindows:
    """Return each centre's most likely circle and window; of equal ones the smallest circle, then the shortest window.

    Shapes:  recent (places, windows): cases of each place in the last 1, 2, ... periods; results (centres,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, equation 2.
    """
    centres, windows = circles.starts.size - 1, recent.shape[1]
    llr = np.zeros(centres)
    last_entry, best_window = np.zeros(centres, np.int64), np.zeros(centres, np.int64)
    observed, inside = np.zeros(centres, np.int64), np.zeros(centres, np.int64)
    counts = np.zeros(windows, np.int64)
    for centre in range(centres):
        counts[:] = 0
        cases = 0
        for entry in range(circles.starts[centre], circles.starts[centre + 1]):
            place = circles.places[entry]
            cases += model.place_cases[place]
            counts += recent[place]
            if not circles.closes[entry]:
                continue
            for window in range(windows):
                count = counts[window]
                if count < model.min_cases or count * model.total <= cases * model.window_cases[window]:
                    continue
                ratio = likelihood_ratio(count, cases, window, model)
                if ratio > llr[centre] + TIE:
                    llr[centre], last_entry[centre], best_window[centre] = ratio, entry, window
                    observed[centre], inside[centre] = count, cases
    return BestWindows(llr, last_entry, best_window, observed, inside)


class _Candidate(NamedTuple):
    """A circle and window that will be reported, before it is tested."""

    llr: float
    centre: int
    members: NDArray[np.int64]
    radius_mm: int
    window: int
    observed: int
    expected: float
    total: int


def _distinct(problem: Problem, best: BestWindows, most: int) -> list[_Candidate]:
    """Return the most likely candidates without a common place.

    Of equally likely ones the smaller circle comes first, then the shorter window, then the centre's coordinates.
    """
    radius = problem.circles.distance_mm[best.last_entry] if problem.circles.places.size else best.last_entry
    by_likelihood = np.lexsort((best.window, radius, -np.rint(best.llr / TIE)))
    taken = np.zeros(len(problem.points), dtype=np.bool_)
    found: list[_Candidate] = []
    for centre in by_likelihood:
        if best.llr[centre] <= 0 or len(found) == most:
            break
        first, last = problem.circles.starts[centre], best.last_entry[centre]
        if taken[problem.located[problem.circles.places[first : last + 1]]].any():
            continue
        place = problem.centres[centre]
        members = np.flatnonzero(distances_mm(problem.points[place : place + 1], problem.points)[0] <= radius[centre])
        if taken[members].any():
            continue
        taken[members] = True
        window = int(best.window[centre])
        found.append(
            _Candidate(
                llr=float(best.llr[centre]),
                centre=int(place),
                members=members,
                radius_mm=int(radius[centre]),
                window=window,
                observed=int(best.observed[centre]),
                expected=float(best.inside[centre] * problem.model.window_cases[window] / problem.model.total),
                total=problem.model.total,
            )
        )
    return found


# --- the test by shuffled times -------------------------------------------------------------------------------------


@compiled
def fill_least(least: NDArray[np.int16], level: int, model: Model) -> None:
    """Leave in least[level] the smallest count of each window and circle whose statistic reaches level * LEVEL_STEP.

    Shapes:  least (levels, windows, cases of a circle + 1); its row `level` is overwritten.
    Units:   cases; NEVER where no count reaches it.
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, section "How it is computed".
    """
    for window in range(least.shape[1]):
        in_window = model.window_cases[window]
        count = max(model.min_cases, 1)
        for inside in range(least.shape[2]):
            while count <= in_window and (
                count * model.total <= inside * in_window
                or likelihood_ratio(count, inside, window, model) < level * LEVEL_STEP
            ):
                count += 1
            least[level, window, inside] = count if count <= in_window else NEVER


@compiled
def shuffle_times(
    shuffled: NDArray[np.int16],
    case_place: NDArray[np.int32],
    recent_window: NDArray[np.int64],
    seed: np.uint64,
    first_replica: int,
) -> None:
    """Leave in `shuffled` the counts of replicas in which the recent times went to cases drawn without replacement.

    Shapes:  shuffled (places, windows, lanes), overwritten by cumulative counts; case_place (cases,), ascending;
             recent_window (recent cases,), periods before now.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, equation 3.
    """
    places, windows, lanes = shuffled.shape
    shuffled[:] = 0
    state = np.empty(4, np.uint64)
    urn = np.empty_like(case_place)
    for lane in range(lanes):
        start_stream(seed, np.uint64(first_replica + lane), state)
        urn[:] = case_place
        for drawn in range(recent_window.size):
            pick = drawn + np.int64(draw_below(np.uint64(urn.size - drawn), state))
            place = urn[pick]
            urn[pick] = urn[drawn]
            shuffled[place, recent_window[drawn], lane] += 1
    for place in range(places):
        for window in range(1, windows):
            for lane in range(lanes):
                shuffled[place, window, lane] += shuffled[place, window - 1, lane]


@compiled
def shuffled_maxima(
    shuffled: NDArray[np.int16], circles: Circles, model: Model, least: NDArray[np.int16], filled: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the largest statistic of every replica.

    No logarithm is taken and few ratios are formed: a window matters only if its count reaches what could still beat
    the smallest maximum among the replicas so far.

    Shapes:  shuffled (places, windows, lanes); least (levels, windows, cases of a circle + 1) and filled (levels,) are
             a memory that is filled on demand; result (lanes,).
    Units:   log-likelihood ratios; 0 where no window has more cases than expected.
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, section "How it is computed".
    """
    _, windows, lanes = shuffled.shape
    best = np.zeros(lanes)
    counts = np.zeros((windows, lanes), np.int16)
    level = 0
    if not filled[0]:
        fill_least(least, 0, model)
        filled[0] = True
    for centre in range(circles.starts.size - 1):
        counts[:] = 0
        inside = 0
        for entry in range(circles.starts[centre], circles.starts[centre + 1]):
            place = circles.places[entry]
            inside += model.place_cases[place]
            closes = circles.closes[entry]
            for window in range(windows):
                reach = least[level, window, inside] if closes else NEVER
                highest = np.int16(0)
                for lane in range(lanes):
                    count = np.int16(counts[window, lane] + shuffled[place, window, lane])
                    counts[window, lane] = count
                    highest = max(highest, count)
                if highest < reach:
                    continue
                for lane in range(lanes):
                    if counts[window, lane] >= reach:
                        ratio = likelihood_ratio(np.int64(counts[window, lane]), inside, window, model)
                        best[lane] = max(best[lane], ratio)
        reached = min(int(best.min() / LEVEL_STEP), filled.size - 1)
        if reached > level:
            level = reached
            if not filled[level]:
                fill_least(least, level, model)
                filled[level] = True
    return best


def simulate(
    problem: Problem, options: ScanOptions, seed: int, *, at_least: float, lanes: int = LANES
) -> tuple[NDArray[np.float64], bool]:
    """Return the replicas' maxima, and whether they stopped early because enough of them reached `at_least`.

    Shapes:  result (replicas done,).
    Units:   log-likelihood ratios.
    Errors:  none.
    Source:  docs/methods/space-time-permutation.md, equation 4.
    """
    model = problem.model
    windows, insides = model.log_expected.shape
    shuffled = np.empty((len(problem.located), windows, lanes), dtype=np.int16)
    least, filled = np.empty((LEVELS, windows, insides), dtype=np.int16), np.zeros(LEVELS, dtype=np.bool_)
    maxima = np.empty(0)
    while maxima.size < options.replicas:
        shuffle_times(shuffled, problem.case_place, problem.recent_window, np.uint64(seed % 2**64), maxima.size)
        maxima = np.append(maxima, shuffled_maxima(shuffled, problem.circles, model, least, filled))
        maxima = maxima[: options.replicas]
        reaching = np.flatnonzero(maxima >= at_least - TIE)
        if options.stop_after is not None and reaching.size >= options.stop_after:
            return maxima[: reaching[options.stop_after - 1] + 1], True
    return maxima, False


def _judged(
    candidate: _Candidate, maxima: NDArray[np.float64], stopped: bool, periods: int, options: ScanOptions
) -> Cluster:
    """Return the candidate with its p-value (equation 4) and recurrence interval."""
    reaching = int(np.count_nonzero(maxima >= candidate.llr - TIE))
    p_value = reaching / maxima.size if stopped else (reaching + 1) / (maxima.size + 1)
    outside = (candidate.total - candidate.observed) / (candidate.total - candidate.expected)
    return Cluster(
        members=tuple(candidate.members.tolist()),
        centre=candidate.centre,
        radius_m=candidate.radius_mm / 1000,
        first_period=periods - 1 - candidate.window,
        last_period=periods - 1,
        observed=candidate.observed,
        expected=candidate.expected,
        relative_risk=candidate.observed / candidate.expected / outside,
        llr=candidate.llr,
        p_value=p_value,
        gumbel_p_value=gumbel_p_value(maxima, candidate.llr) if options.gumbel else None,
        replicas_done=maxima.size,
        recurrence_interval_days=options.run_interval_days / p_value,
    )
