"""Have the last weeks of a whole series more events than its own, perhaps short and sparse, history explains?

A likelihood-ratio chart asks since when, and needs a threshold that holds only for long series; a normal deviate of a few
weeks is wrong for counts below five. Here the last one to `RECENT_WEEKS` weeks together are compared with all that came
before, given how many events there are in all (J. Przyborowski, H. Wilenski, Biometrika 31, 1940), and the choice of the
most surprising of these windows is paid for exactly. So a p-value comes out that holds for any history, however thin.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from kentongan.engine.compiled import compiled
from kentongan.engine.errors import EngineInputError
from kentongan.engine.temporal.detection import counts_table, refuse

RECENT_WEEKS = 4
"""A surge is alive now and began at most this many weeks ago."""

SMALLEST_P = 1e-12
"""Below this tails are rounding."""

LEAST_SHARE = 1e-12
"""Of what is expected of all recent weeks: less in one of them counts as this much."""

MOST_COUNTED = 1500
"""Up to this count windows are judged together, exactly; beyond it each by itself, which the bound of equation 5b pays for."""

LEVEL_NODES = 16
"""Values that stand for an uncertain level; exact for polynomials up to degree 31."""

TIE = 1e-6
"""Windows whose chances differ by less than this share are as surprising: less is rounding."""

NEARLY_POISSON = 1e-7
"""A dispersion closer to 1 than this is computed as this: the Poisson law is the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surges:
    """How surprising the last weeks of each series are; arrays (series,).

    `p_value` of the most surprising of the windows of 1, 2, ... weeks that end now, the choice among them paid for;
    `weeks` of that window, the events `observed` in it, and how many were `expected`.
    """

    p_value: NDArray[np.float64]
    weeks: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]


def surges_from_history(
    counts: ArrayLike,
    weights: ArrayLike,
    *,
    dispersion: ArrayLike = 1.0,
    level: ArrayLike = 1.0,
    level_cv2: ArrayLike = 0.0,
) -> Surges:
    """Return how surprising the last weeks are, given the number of events of the whole series.

    `weights` say how the events of a week compare with another's when nothing happens: the share of its reports that
    is known, for instance. The last weeks are expected at `level` times what the others tell; a level that is not
    sure has a squared coefficient of variation `level_cv2`.

    Shapes:  counts (series, weeks), more than RECENT_WEEKS; weights (weeks,); dispersion, level and level_cv2 (series,)
             or one for all; results (series,).
    Units:   events; weights > 0, on any scale; dispersion = variance / mean, at least 1; level > 0.
    Errors:  EngineInputError with all faults of counts, weights, dispersion and level.
    Source:  docs/methods/trends.md, equations 2 to 5.
    """
    faults: list[str] = []
    table = counts_table(counts, faults)
    if table.size and table.shape[1] <= RECENT_WEEKS:
        faults.append(f"Deret harus lebih panjang daripada {RECENT_WEEKS} minggu terakhir yang dinilai.")
    share = _checked_weights(weights, table, faults)
    clumping, mean_level, cv2 = _checked_levels(len(table), (dispersion, level, level_cv2), faults)
    refuse("Lonjakan", faults)
    total = table.sum(axis=1)
    mean = total[:, np.newaxis] * share / share.sum()
    rest = mean[:, :-RECENT_WEEKS].sum(axis=1)
    recent = mean[:, -RECENT_WEEKS:] * mean_level[:, np.newaxis]
    return _judged(table[:, -RECENT_WEEKS:], recent, rest, total, clumping, cv2)


def surges_from_expectation(
    counts: ArrayLike, expected: ArrayLike, *, dispersion: ArrayLike = 1.0, level_cv2: ArrayLike = 0.0
) -> Surges:
    """Return how surprising the last weeks are when what is expected of them is known up to a common factor.

    Shapes:  counts and expected (series, RECENT_WEEKS), the week that ends now last; dispersion and level_cv2 (series,)
             or one for all; results (series,).
    Units:   events; expected > 0; dispersion = variance / mean, at least 1; level_cv2: of the factor, squared.
    Errors:  EngineInputError with all faults of counts, expectation, dispersion and level.
    Source:  docs/methods/trends.md, equations 3 to 6.
    """
    faults: list[str] = []
    table = counts_table(counts, faults)
    mean = np.atleast_2d(np.asarray(expected, dtype=np.float64))
    if table.size and table.shape[1] != RECENT_WEEKS:
        faults.append(f"Deret harus berisi {RECENT_WEEKS} minggu terakhir.")
    if table.size and (mean.shape != table.shape or not (np.isfinite(mean) & (mean > 0)).all()):
        faults.append("Nilai harapan harus lebih dari 0 untuk setiap deret dan minggu.")
    clumping, _level, cv2 = _checked_levels(len(table), (dispersion, 1.0, level_cv2), faults)
    refuse("Lonjakan", faults)
    unknown = np.full(len(table), -1, dtype=np.int64)
    return _judged(table, mean, np.zeros(len(table)), unknown, clumping, cv2)


def pooled_dispersion(counts: ArrayLike, weights: ArrayLike) -> float:
    """Return how much more than Poisson's the counts of all series together vary about their own means.

    Series of one event tell nothing; the more events a series has, the more it weighs.

    Shapes:  counts (series, weeks); weights (weeks,) as for `surges_from_history`; result a scalar.
    Units:   variance / mean, at least 1.
    Errors:  EngineInputError with all faults of counts and weights.
    Source:  docs/methods/trends.md, equation 7.
    """
    faults: list[str] = []
    table = counts_table(counts, faults)
    share = _checked_weights(weights, table, faults)
    refuse("Keragaman deret", faults)
    total = table.sum(axis=1).astype(np.float64)
    free = table.shape[1] - 1
    total = total[total > 0]
    if not (total > 1).any() or not free:
        return 1.0
    spread = float((table**2 / (share / share.sum())).sum() - (total**2).sum()) / free  # sum of n X^2 / (T - 1)

    def awaited(phi: float) -> float:
        return float((total**2 * phi / (total + phi - 1)).sum())

    low, high = 1.0, float(total.max())
    if spread <= awaited(low):
        return 1.0
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if awaited(middle) < spread else (low, middle)
    return high


def level_of_others(
    recent: ArrayLike, expected: ArrayLike, earlier: ArrayLike, *, dispersion: float = 1.0, prior_cv2: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the level of the last weeks that the others of a series' stream show, and how unsure it is.

    With few events of the others the level stays near 1 and as unsure as it was before; with many it is theirs.

    Shapes:  recent, expected and earlier (series,): events of the others in the last weeks, as many as their earlier
             weeks let expect there, and how many those had; results level and squared coefficient of variation.
    Units:   events; prior_cv2 > 0 of the level before anything is seen; dispersion at least 1.
    Errors:  EngineInputError when the prior or the dispersion makes no sense; the events, sums of counts that were
             checked, are taken as they come.
    Source:  docs/methods/trends.md, equation 8.
    """
    if not (0 < prior_cv2 < math.inf and 1 <= dispersion < math.inf):
        raise EngineInputError(
            "Aras musim tidak dapat ditaksir: keragaman awal harus lebih dari 0 dan dispersi sedikitnya 1. Perbaiki "
            "masukan lalu jalankan kembali."
        )
    seen, awaited, before = (np.asarray(value, dtype=np.float64) for value in (recent, expected, earlier))
    shape = 1 / prior_cv2 + seen / dispersion
    error = np.where(before > 0, dispersion / np.maximum(before, 1), 0.0)
    return shape / (1 / prior_cv2 + awaited / dispersion), np.minimum(1 / shape + error, prior_cv2)


def _judged(
    counts: NDArray[np.int64],
    mean: NDArray[np.float64],
    rest: NDArray[np.float64],
    total: NDArray[np.int64],
    dispersion: NDArray[np.float64],
    level_cv2: NDArray[np.float64],
) -> Surges:
    """Return the judgement of every series from its last weeks (series, RECENT_WEEKS) and what is expected of them.

    `rest` (series,) is expected of the weeks before; `total` is -1 where the history does not bound the counts.
    """
    series = len(counts)
    newest, awaited = np.ascontiguousarray(counts[:, ::-1]), np.ascontiguousarray(mean[:, ::-1])
    p_value, weeks = np.ones(series), np.ones(series, dtype=np.int64)
    for one in range(series):
        top = _top(counts[one], mean[one], int(total[one]), float(dispersion[one]), float(level_cv2[one]))
        if top > MOST_COUNTED:
            p_value[one], weeks[one] = _rarest_window_of_many(
                newest[one],
                awaited[one],
                float(rest[one]),
                int(total[one]),
                float(dispersion[one]),
                float(level_cv2[one]),
            )
            continue
        nodes, chance = _level_nodes(float(level_cv2[one]))
        p_value[one], weeks[one] = rarest_window(
            newest[one],
            awaited[one],
            float(rest[one]),
            int(total[one]),
            top,
            1 / max(dispersion[one] - 1, NEARLY_POISSON),
            nodes,
            chance,
        )
    rows = np.arange(series)
    return Surges(
        p_value=np.clip(p_value, SMALLEST_P, 1.0),
        weeks=weeks,
        observed=np.cumsum(newest, axis=1)[rows, weeks - 1],
        expected=np.cumsum(awaited, axis=1)[rows, weeks - 1],
    )


def _rarest_window_of_many(
    counts: NDArray[np.int64],
    mean: NDArray[np.float64],
    rest: float,
    total: int,
    dispersion: float,
    level_cv2: float,
) -> tuple[float, int]:
    """Return a bound on the p-value of the most surprising window and its weeks, where counts are large (equation 5b)."""
    expected = np.cumsum(mean)
    variance = dispersion * expected + level_cv2 * expected**2
    if total >= 0:
        # What is expected rests on the weeks before, which vary themselves.
        expected = total * expected / (mean.sum() + rest)
        variance = dispersion * expected + (level_cv2 + dispersion / max(total - int(counts.sum()), 1)) * expected**2
    variance = np.maximum(variance, expected * (1 + NEARLY_POISSON))
    size = expected**2 / (variance - expected)
    reached = np.cumsum(counts)
    # The chance that a negative binomial count is so many or more.
    tails = np.where(reached > 0, special.betainc(np.maximum(reached, 1), size, expected / (size + expected)), 1.0)
    best = int(np.argmin(tails))
    return min(counts.size * float(tails[best]), 1.0), best + 1


def _top(counts: NDArray[np.int64], mean: NDArray[np.float64], total: int, dispersion: float, level_cv2: float) -> int:
    """Return a count beyond which lies less than a billionth, and that is no smaller than what was seen."""
    awaited = float(mean.sum())
    spread = math.sqrt(awaited * dispersion + level_cv2 * awaited**2)
    top = max(2 * int(counts.sum()), math.ceil(awaited + 8 * spread)) + 12
    return min(top, total) if total >= 0 else top


def _level_nodes(cv2: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values of a gamma variable of mean 1 with this variation, and their weights (Gauss-Laguerre)."""
    if cv2 < 1e-6:
        return np.ones(1), np.ones(1)
    shape = 1 / cv2
    if shape > 150:  # the quadrature's own coefficients overflow; the gamma law is nearly normal by then
        points, chance = special.roots_hermitenorm(LEVEL_NODES)
        cube = 1 - 1 / (9 * shape) + points / (3 * math.sqrt(shape))  # Wilson and Hilferty
        return np.maximum(cube, 1e-6) ** 3, chance / chance.sum()
    points, chance = special.roots_genlaguerre(LEVEL_NODES, shape - 1)
    return points / shape, chance / chance.sum()


@compiled
def rarest_window(
    counts: NDArray[np.int64],
    mean: NDArray[np.float64],
    rest: float,
    total: int,
    top: int,
    sizes_per_event: float,
    level: NDArray[np.float64],
    chance: NDArray[np.float64],
) -> tuple[float, int]:
    """Return the p-value of the most surprising of the windows of 1, 2, ... weeks that end now, and its weeks.

    Shapes:  counts and mean (weeks,), the newest first; level and chance (nodes,); results scalars.
    Units:   events, expectations > 0; `rest` expected before these weeks; `total` events of the whole series, -1 where
             it is not given; no count beyond `top` is thought of; sizes_per_event 1 / (dispersion - 1).
    Errors:  none; the input was checked.
    Source:  docs/methods/trends.md, equations 2 to 5.
    """
    weeks = counts.size
    within = np.cumsum(counts)
    size = np.cumsum(mean) * sizes_per_event
    smallest = LEAST_SHARE * size[-1]
    # marginal chances of each count in the latest w weeks, and how a count divides among w - 1 and the oldest week
    marginal = np.zeros((weeks, top + 1))
    row = np.zeros(top + 1)
    for node in range(level.size):
        if total >= 0:
            beta_binomial(total, level[node] * size[-1], rest * sizes_per_event, row)
        else:
            negative_binomial(level[node] * size[-1], sizes_per_event, row)
        marginal[-1] += chance[node] * row
    split = np.zeros((max(weeks - 1, 1), top + 1, top + 1))
    for w in range(weeks - 1, 0, -1):
        for n in range(top + 1):
            beta_binomial(n, max(size[w - 1], smallest), max(mean[w] * sizes_per_event, smallest), split[w - 1, n])
            for k in range(n + 1):
                marginal[w - 1, k] += marginal[w, n] * split[w - 1, n, k]
    tail = np.zeros((weeks, top + 2))
    for w in range(weeks):
        for k in range(top, -1, -1):
            tail[w, k] = tail[w, k + 1] + marginal[w, k]
    best = 0
    for w in range(1, weeks):
        if tail[w, within[w]] < tail[best, within[best]]:
            best = w
    rarity = tail[best, within[best]] * (1.0 + TIE)
    # the chance that any window is as surprising: down the windows, what was not yet so goes on
    reached = 0.0
    here = marginal[weeks - 1].copy()
    for w in range(weeks - 1, -1, -1):
        for k in range(top + 1):
            if tail[w, k] <= rarity:
                reached += here[k]
                here[k] = 0.0
        if w > 0:
            below = np.zeros(top + 1)
            for n in range(top + 1):
                if here[n] > 0.0:
                    for k in range(n + 1):
                        below[k] += here[n] * split[w - 1, n, k]
            here = below
    return min(reached, 1.0), best + 1


@compiled
def beta_binomial(n: int, a: float, b: float, chances: NDArray[np.float64]) -> None:
    """Leave in `chances` the beta-binomial chance of 0, 1, 2, ... of n, as far as the array reaches.

    Shapes:  chances (counts,), overwritten.
    Units:   a and b > 0.
    Errors:  none.
    Source:  docs/methods/trends.md, equations 2 to 3.
    """
    chances[:] = 0.0
    logarithm = 0.0
    for i in range(n):
        logarithm += math.log1p(-a / (a + b + i))
    for k in range(min(n + 1, chances.size)):
        chances[k] = math.exp(logarithm)
        if k < n:
            logarithm += math.log((n - k) / (k + 1.0) * (a + k) / (b + n - k - 1.0))


@compiled
def negative_binomial(size: float, sizes_per_event: float, chances: NDArray[np.float64]) -> None:
    """Leave in `chances` the negative binomial chance of 0, 1, 2, ..., as far as the array reaches.

    Shapes:  chances (counts,), overwritten.
    Units:   size > 0; sizes_per_event 1 / (variance / mean - 1).
    Errors:  none.
    Source:  docs/methods/trends.md, equation 6.
    """
    odds = 1.0 / (1.0 + sizes_per_event)
    logarithm = size * math.log1p(-odds)
    for k in range(chances.size):
        chances[k] = math.exp(logarithm)
        logarithm += math.log((size + k) / (k + 1.0) * odds)


def _checked_weights(weights: ArrayLike, table: NDArray[np.int64], faults: list[str]) -> NDArray[np.float64]:
    """Return the weights of the table's weeks as numbers; what is wrong with them is added to the faults."""
    share = np.asarray(weights, dtype=np.float64)
    if table.size and (share.shape != (table.shape[1],) or not (np.isfinite(share) & (share > 0)).all()):
        faults.append("Bobot harus satu bilangan lebih dari 0 untuk setiap minggu.")
    return share


def _checked_levels(
    series: int, given: tuple[ArrayLike, ArrayLike, ArrayLike], faults: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return dispersion, level and its variation of each series; what is wrong with them is added to the faults."""
    rules = (
        ("Dispersi", 1.0, "harus sedikitnya 1"),
        ("Aras", np.nextafter(0, 1), "harus lebih dari 0"),
        ("Keragaman aras", 0.0, "tidak boleh negatif"),
    )
    found = []
    for value, (name, least, what) in zip(given, rules, strict=True):
        numbers = np.asarray(value, dtype=np.float64)
        if numbers.shape not in ((), (series,)) or not (np.isfinite(numbers) & (numbers >= least)).all():
            faults.append(f"{name} {what}: satu bilangan, atau satu untuk setiap deret.")
            numbers = np.ones(())
        found.append(np.broadcast_to(numbers, (series,)))
    return found[0], found[1], found[2]
