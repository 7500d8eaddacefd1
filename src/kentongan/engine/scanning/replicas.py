"""Monte Carlo replicas of a scan, 128 side by side: the largest statistic of each, exactly and almost without logarithms.

A window of a replica matters only when its count reaches a critical number, which is looked up by the upper bits of the
window's expectation. Neighbours are added eight at a time; only where the eight together could matter are they added
one by one. Each replica draws from its own stream, so no answer depends on batches, threads or machines.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.errors import EngineInputError
from kentongan.engine.randomness import draw_below, draw_unit, next_word, start_stream
from kentongan.engine.scanning.likelihood import (
    BIN_SHIFT,
    FIRST_BIN,
    HIGH,
    SMALLEST_EXPECTATION,
    Statistic,
    bins_up_to,
    critical_counts,
    log_likelihood_ratio,
)
from kentongan.engine.scanning.zones import Zones

LANES = 128
"""Replicas computed side by side; it changes the speed, never the answer."""

TOGETHER = 8
"""Neighbours that are added to a zone at once, after the first."""

UNUSED = -1
"""The number of a lane that holds no replica."""

LEVEL_STEP = 0.25
LEVELS = 256
"""Critical counts are kept for statistics of 0, 0.25, ... up to 64."""

LOWEST_LEVEL = 8
FAILING_SHARE = 0.1
"""So many replicas may stay below the level at which windows are skipped; they are looked at again."""

PILOT_STRIDES = (32, 8)
MOST_TOGETHER = 127 // TOGETHER
"""The largest count of one place up to which eight of them fit into a byte."""

MOST_NARROW = 32767


HALF_WORD, LOWER_HALF = np.uint64(32), np.uint64(2**32 - 1)

ADDED_TOGETHER = 2**22
"""Drawn cases that are put in order at once; it changes speed and memory, never the answer."""

NEAR_BITS = 18
"""Entries of the counts whose numbers agree above so many bits lie near enough for a cache."""

SWEEPS = 4
"""Shuffles of the clumps for each replica; the first alone is uniform where no two clumps of a source meet, and four mix
dense tables well too."""

START_STREAM = np.uint64(2**64 - 1)
"""The stream of random numbers that no replica draws from."""

Counts = NDArray[Any]
"""Counts in whichever width they fit."""

Index = int | np.int64


class Shuffle(NamedTuple):
    """Cases drawn without replacement: the first `draws` balls of a shuffled urn.

    A ball is a place, and the i-th drawn goes to column columns[i]; or, where `columns` is empty, a cell of its own
    (place * columns + column; cells beyond the last place lie in no window).
    """

    balls: NDArray[np.int32]
    columns: NDArray[np.int32]
    draws: int


class Scatter(NamedTuple):
    """Cases that fall on cells (place * columns + column) independently, by an alias table.

    Of `total` cases each falls into a window with chance `share` (binomial); with `share` 0 the number of draws has the
    mean `total` (Poisson). A draw on cell j is a clump of cases whose size is a logarithmic series with parameter
    clumping[j]; 0 is a single case.
    """

    table: NDArray[np.uint64]
    clumping: NDArray[np.float64]
    total: float
    share: float


class Deal(NamedTuple):
    """Clumps of cases whose periods are exchanged among them, no source holding two in one period.

    All arrays but `column` (periods,) are by clump: the inner number of its place, its source, how many cases it holds,
    and the period from which every replica starts; `column` tells to which column a case of each period is added
    first, the number of columns where to none.
    """

    place: NDArray[np.int32]
    source: NDArray[np.int32]
    size: NDArray[np.int32]
    period: NDArray[np.int32]
    column: NDArray[np.int32]


Null = Shuffle | Scatter | Deal

NOTHING_DRAWN = Shuffle(np.empty(0, np.int32), np.empty(0, np.int32), 0)


class WindowPairs(NamedTuple):
    """Windows as pairs of columns of running sums (see `windows.Columns`); `lower` is empty where window is column."""

    lower: NDArray[np.int64]
    upper: NDArray[np.int64]


class Levels(NamedTuple):
    """A memory of critical counts by level of the statistic, filled on demand."""

    critical: NDArray[np.int32]
    is_filled: NDArray[np.bool_]


class Problem(NamedTuple):
    """Everything that replicas of one scan share.

    What is expected of a place in a column is base * shape, or `expected` (places, columns) where `shape` is empty.
    """

    zones: Zones
    windows: WindowPairs
    base: NDArray[np.float64]
    shape: NDArray[np.float64]
    expected: NDArray[np.float64]
    statistic: Statistic
    null: Null
    seed: np.uint64


@compiled
def alias_table(weights: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return a table with which one uniform cell and one coin draw a cell by its weight (Walker, Vose).

    An entry holds in its upper half the chance to stay at its cell, in its lower half the cell to go to otherwise.

    Shapes:  weights (cells,), at least one positive; result the same.
    Units:   any; chances in 2**-32, of which 1 lacks one.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    cells = weights.size
    scaled = weights / weights.sum() * cells
    threshold, alias = np.ones(cells), np.arange(cells)
    poor, rich = np.empty(cells, np.int64), np.empty(cells, np.int64)
    poor_count = rich_count = 0
    for cell in range(cells):
        if scaled[cell] < 1:
            poor[poor_count] = cell
            poor_count += 1
        else:
            rich[rich_count] = cell
            rich_count += 1
    while poor_count and rich_count:
        poor_count -= 1
        cell, giver = poor[poor_count], rich[rich_count - 1]
        threshold[cell], alias[cell] = scaled[cell], giver
        scaled[giver] -= 1 - scaled[cell]
        if scaled[giver] < 1:
            rich_count -= 1
            poor[poor_count] = giver
            poor_count += 1
    # Rounding may leave some over, which stay; but where nothing is expected no case may fall.
    for place in range(poor_count):
        if weights[poor[place]] == 0:
            threshold[poor[place]], alias[poor[place]] = 0.0, np.argmax(weights)
    table = np.empty(cells, np.uint64)
    for cell in range(cells):
        chance = np.uint64(min(max(threshold[cell], 0.0) * 4294967296.0, 4294967295.0))
        table[cell] = (chance << HALF_WORD) | np.uint64(alias[cell])
    return table


@compiled
def fill_shuffled(
    counts: NDArray[np.int8] | NDArray[np.int16], shuffle: Shuffle, numbers: NDArray[np.int64], seed: np.uint64
) -> tuple[int, int]:
    """Leave in `counts` the running sums of replicas drawn without replacement; return the largest (see `accumulate`).

    Shapes:  counts (places + 1, columns, LANES), overwritten; numbers (LANES,), UNUSED for an empty lane.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    places, columns = counts.shape[0] - 1, counts.shape[1]
    counts[:] = 0
    state = np.empty(4, np.uint64)
    balls = shuffle.balls.copy()
    picks = np.empty(shuffle.draws, np.int64)
    most = 127 if counts.itemsize == 1 else MOST_NARROW
    for lane in range(LANES):
        if numbers[lane] == UNUSED:
            continue
        start_stream(seed, np.uint64(numbers[lane]), state)
        for drawn in range(shuffle.draws):
            pick = drawn + np.int64(draw_below(np.uint64(balls.size - drawn), state))
            ball = balls[pick]
            balls[pick] = balls[drawn]
            balls[drawn] = ball
            picks[drawn] = pick
            if shuffle.columns.size:
                place, column = np.int64(ball), np.int64(shuffle.columns[drawn])
            else:
                place, column = np.int64(ball) // columns, np.int64(ball) % columns
            if place >= places:
                continue
            if counts[place, column, lane] == most:
                return -1, -1
            counts[place, column, lane] += 1
        # Undoing the swaps gives every replica the same urn, whichever was drawn before it.
        for drawn in range(shuffle.draws - 1, -1, -1):
            ball = balls[drawn]
            balls[drawn] = balls[picks[drawn]]
            balls[picks[drawn]] = ball
    return accumulate(counts)


@compiled
def fill_scattered(
    counts: NDArray[np.int8] | NDArray[np.int16],
    scatter: Scatter,
    draws: NDArray[np.int64],
    numbers: NDArray[np.int64],
    seed: np.uint64,
) -> tuple[int, int]:
    """Leave in `counts` the running sums of replicas whose cases fell independently; return the largest.

    Shapes:  counts (places + 1, columns, LANES), overwritten; draws and numbers (LANES,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    counts[:] = 0
    cells = np.uint64(scatter.table.size)
    state = np.empty(4, np.uint64)
    is_clumped = scatter.clumping.size > 0
    entries = np.empty(min(draws.sum(), ADDED_TOGETHER), np.uint32)
    sizes = np.empty(entries.size if is_clumped else 0, np.int16)
    drawn = 0
    for lane in range(LANES):
        if numbers[lane] == UNUSED:
            continue
        start_stream(seed, np.uint64(numbers[lane]), state)
        for _ in range(draws[lane]):
            if drawn == entries.size:
                if not add_in_order(counts.reshape(-1), entries, sizes):
                    return -1, -1
                drawn = 0
            # One word gives a cell by its upper half, and by its lower half a coin between the cell and its alias.
            word = next_word(state)
            cell = ((word >> HALF_WORD) * cells) >> HALF_WORD
            entry = scatter.table[cell]
            if (word & LOWER_HALF) >= (entry >> HALF_WORD):
                cell = entry & LOWER_HALF
            if is_clumped:
                clumping = scatter.clumping[cell]
                sizes[drawn] = draw_logarithmic(clumping, state) if clumping > 0 else 1
            entries[drawn] = cell * np.uint64(LANES) + np.uint64(lane)
            drawn += 1
    if not add_in_order(counts.reshape(-1), entries[:drawn], sizes[: drawn if is_clumped else 0]):
        return -1, -1
    return accumulate(counts)


@compiled
def add_in_order(counts: Counts, entries: NDArray[np.uint32], sizes: NDArray[np.int16]) -> bool:
    """Leave the cases added to the counts, near ones together; return whether all sums fit the type.

    Drawn cases fall anywhere in an array that no cache holds; sorted roughly by where they fall, most additions find it.

    Shapes:  counts (places * columns * LANES,); entries (draws,), indices of it; sizes the same, or none: one case each.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    most = 127 if counts.itemsize == 1 else MOST_NARROW
    next_of = np.zeros((counts.size >> NEAR_BITS) + 2, np.int64)
    for entry in entries:
        next_of[(np.int64(entry) >> NEAR_BITS) + 1] += 1
    next_of = np.cumsum(next_of)
    ordered, ordered_sizes = np.empty_like(entries), np.empty_like(sizes)
    for drawn in range(entries.size):
        block = np.int64(entries[drawn]) >> NEAR_BITS
        ordered[next_of[block]] = entries[drawn]
        if sizes.size:
            ordered_sizes[next_of[block]] = sizes[drawn]
        next_of[block] += 1
    for drawn in range(ordered.size):
        entry = np.uint64(ordered[drawn])
        size = ordered_sizes[drawn] if sizes.size else 1
        if counts[entry] > most - size:
            return False
        counts[entry] += size
    return True


@compiled
def fill_dealt(
    counts: NDArray[np.int8] | NDArray[np.int16], deal: Deal, numbers: NDArray[np.int64], seed: np.uint64
) -> tuple[int, int]:
    """Leave in `counts` the running sums of replicas whose clumps changed their periods; return the largest.

    Shapes:  counts (places + 1, columns, LANES), overwritten; numbers (LANES,), UNUSED for an empty lane.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Clumps".
    """
    columns, clumps = counts.shape[1], deal.period.size
    counts[:] = 0
    state = np.empty(4, np.uint64)
    period = deal.period.copy()
    is_taken = taken_by(deal.source, period, deal.column.size)
    most = 127 if counts.itemsize == 1 else MOST_NARROW
    for lane in range(LANES):
        if numbers[lane] == UNUSED:
            continue
        start_stream(seed, np.uint64(numbers[lane]), state)
        for _ in range(SWEEPS):
            sweep(deal.source, period, is_taken, state, clumps - 1, -1)
        for clump in range(clumps):
            column = deal.column[period[clump]]
            if column < columns:
                place, size = deal.place[clump], deal.size[clump]
                if counts[place, column, lane] > most - size:
                    return -1, -1
                counts[place, column, lane] += size
        # Every replica starts from the same periods, whichever was dealt before it.
        for clump in range(clumps):
            is_taken[deal.source[clump], period[clump]] = False
        for clump in range(clumps):
            period[clump] = deal.period[clump]
            is_taken[deal.source[clump], period[clump]] = True
    return accumulate(counts)


@compiled
def taken_by(source: NDArray[np.int32], period: NDArray[np.int32], periods: int) -> NDArray[np.bool_]:
    """Return in which periods each source holds a clump.

    Shapes:  source and period (clumps,); result (sources, periods).
    Units:   periods from 0.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Clumps".
    """
    is_taken = np.zeros((source.max() + 1, periods), np.bool_)
    for clump in range(source.size):
        is_taken[source[clump], period[clump]] = True
    return is_taken


@compiled
def sweep(
    source: NDArray[np.int32],
    period: NDArray[np.int32],
    is_taken: NDArray[np.bool_],
    state: NDArray[np.uint64],
    first: int,
    step: int,
) -> None:
    """Leave in `period` one Fisher-Yates shuffle of the clumps, without the exchanges that would make two of a source meet.

    From the last clump down (`first` the last, `step` -1), or the same exchanges in the opposite order (1 and 1).

    Shapes:  source and period (clumps,); is_taken (sources, periods), kept in step; state (4,), moved on.
    Units:   periods from 0.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Clumps".
    """
    clump = first
    for _ in range(1, period.size):
        other = np.int64(draw_below(np.uint64(clump + 1), state))
        mine, yours = period[clump], period[other]
        if source[clump] == source[other]:
            period[clump], period[other] = yours, mine
        elif not (mine == yours or is_taken[source[clump], yours] or is_taken[source[other], mine]):
            is_taken[source[clump], mine] = is_taken[source[other], yours] = False
            is_taken[source[clump], yours] = is_taken[source[other], mine] = True
            period[clump], period[other] = yours, mine
        clump += step


@compiled
def common_start(
    source: NDArray[np.int32], period: NDArray[np.int32], periods: int, seed: np.uint64
) -> NDArray[np.int32]:
    """Return the periods from which all replicas start: the observed ones, swept backwards.

    Seen from there, the observed periods are one more replica, which makes the test exact (Besag and Clifford).

    Shapes:  source, period and result (clumps,).
    Units:   periods from 0.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Clumps".
    """
    state = np.empty(4, np.uint64)
    start_stream(seed, START_STREAM, state)
    start = period.copy()
    is_taken = taken_by(source, start, periods)
    for _ in range(SWEEPS):
        sweep(source, start, is_taken, state, 1, 1)
    return start


@compiled
def draw_logarithmic(parameter: float, state: NDArray[np.uint64]) -> int:
    """Return a whole number from 1 on, drawn from the logarithmic series distribution; `state` has moved on.

    Shapes:  state (4,), moved on.
    Units:   0 < parameter < 1.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    left = draw_unit(state)
    chance = -parameter / np.log1p(-parameter)
    size = 1
    while left > chance and size < MOST_NARROW:
        left -= chance
        chance *= parameter * size / (size + 1)
        size += 1
    return size


@compiled
def accumulate(counts: Counts) -> tuple[int, int]:
    """Turn counts by column into running sums; return the largest of one place and of all places together.

    Shapes:  counts (places + 1, columns, LANES), overwritten.
    Units:   cases; (-1, -1) when a sum does not fit the type.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Windows".
    """
    most = 127 if counts.itemsize == 1 else MOST_NARROW
    places, columns = counts.shape[0] - 1, counts.shape[1]
    totals = np.zeros(LANES, np.int64)
    largest: int = 0
    for place in range(places):
        for column in range(1, columns):
            highest: int = 0
            for lane in range(LANES):
                highest = max(highest, int(counts[place, column, lane]) + int(counts[place, column - 1, lane]))
            if highest > most:
                return -1, -1
            for lane in range(LANES):
                counts[place, column, lane] += counts[place, column - 1, lane]
        for lane in range(LANES):
            totals[lane] += counts[place, columns - 1, lane]
            largest = max(largest, int(counts[place, columns - 1, lane]))
    return largest, int(totals.max())


@compiled
def add_place(sums: Counts, counts: Counts, place: Index) -> None:
    """Leave in `sums` the cases of one more place.

    Shapes:  sums (columns * LANES,), counts (places * columns * LANES,).
    Units:   cases.
    Errors:  none; the sum fits the type.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    # Indices without sign spare the loops the question whether they count from the end.
    start = np.uint64(place * sums.size)
    for cell in range(np.uint64(sums.size)):
        sums[cell] += counts[start + cell]


@compiled
def take_places(sums: Counts, places: Counts) -> None:
    """Leave in `sums` what it held before these cases were added.

    Shapes:  sums (columns * LANES,), places the same.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    for cell in range(sums.size):
        sums[cell] -= places[cell]


@compiled
def sum_of_eight(
    together: Counts, counts: Counts, a: Index, b: Index, c: Index, d: Index, e: Index, f: Index, g: Index, h: Index
) -> None:
    """Leave in `together` the cases of eight places.

    Shapes:  together (columns * LANES,), counts (places * columns * LANES,).
    Units:   cases.
    Errors:  none; the sum fits the type.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    width = together.size
    first, second, third, fourth = (
        np.uint64(a * width),
        np.uint64(b * width),
        np.uint64(c * width),
        np.uint64(d * width),
    )
    fifth, sixth, seventh, last = np.uint64(e * width), np.uint64(f * width), np.uint64(g * width), np.uint64(h * width)
    for cell in range(np.uint64(width)):
        together[cell] = (
            counts[first + cell]
            + counts[second + cell]
            + counts[third + cell]
            + counts[fourth + cell]
            + counts[fifth + cell]
            + counts[sixth + cell]
            + counts[seventh + cell]
            + counts[last + cell]
        )


@compiled
def subtract_means(
    window_means: NDArray[np.float64],
    means: NDArray[np.float64],
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
) -> None:
    """Leave in `window_means` what is expected in each window.

    Shapes:  means (columns,); window_means, lower and upper (windows,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Windows".
    """
    for window in range(window_means.size):
        mean = means[upper[window]]
        if lower[window] >= 0:
            mean -= means[lower[window]]
        window_means[window] = mean


@compiled
def look_up(
    window_means: NDArray[np.float64],
    bits: NDArray[np.int64],
    critical: NDArray[np.int32],
    limits: NDArray[np.int64],
) -> None:
    """Leave in `limits` the counts that could matter in windows with these expectations.

    Shapes:  window_means and limits (windows,); critical (bins,); bits is the memory of window_means, seen as whole
             numbers.
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    for window in range(limits.size):
        window_means[window] = max(window_means[window], SMALLEST_EXPECTATION)
    for window in range(limits.size):
        limits[window] = critical[(bits[window] >> BIN_SHIFT) - FIRST_BIN]


@compiled
def highest_of(counts: Counts, row: int) -> int:
    """Return the largest count among the lanes of this row.

    Shapes:  counts (rows * LANES,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    # An index without sign spares the loop the question whether it counts from the end.
    start = np.uint64(row * LANES)
    highest = counts[start]
    for lane in range(np.uint64(LANES)):
        highest = max(highest, counts[start + lane])
    return int(highest)


@compiled
def lowest_of(counts: Counts, row: int) -> int:
    """Return the smallest count among the lanes of this row.

    Shapes:  counts (rows * LANES,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    start = np.uint64(row * LANES)
    lowest = counts[start]
    for lane in range(np.uint64(LANES)):
        lowest = min(lowest, counts[start + lane])
    return int(lowest)


@compiled
def take_difference(between: Counts, sums: Counts, last: int, before: int) -> None:
    """Leave in `between` the cases after one column up to another, or up to the other alone where the first is -1.

    Shapes:  between (LANES,), sums (columns * LANES,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Windows".
    """
    first = np.uint64(last * LANES)
    if before < 0:
        for lane in range(np.uint64(LANES)):
            between[lane] = sums[first + lane]
        return
    second = np.uint64(before * LANES)
    for lane in range(np.uint64(LANES)):
        between[lane] = sums[first + lane] - sums[second + lane]


@compiled
def may_matter(sums: Counts, limits: NDArray[np.int64]) -> bool:
    """Return whether any lane reaches the critical count of any window; every window is a column (high rates).

    Shapes:  sums (columns * LANES,); limits (columns,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    for window in range(limits.size):  # noqa: SIM110 - a plain loop is what the compiler turns into vectors
        if highest_of(sums, window) >= limits[window]:
            return True
    return False


@compiled
def may_matter_between(
    sums: Counts, between: Counts, lower: NDArray[np.int64], upper: NDArray[np.int64], limits: NDArray[np.int64]
) -> bool:
    """Return whether any lane reaches the critical count of any window; windows are pairs of columns (high rates).

    Shapes:  sums (columns * LANES,); between (LANES,), work space; limits (windows,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    for window in range(limits.size):
        take_difference(between, sums, upper[window], lower[window])
        if highest_of(between, 0) >= limits[window]:
            return True
    return False


@compiled
def raise_best(
    counts: Counts, row: int, mean: float, limit: int, statistic: Statistic, best: NDArray[np.float64]
) -> None:
    """Leave in `best` each lane's largest statistic, the window with these counts included.

    Shapes:  counts (rows * LANES,), of which this row is the window; best (LANES,).
    Units:   log-likelihood ratios.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    direction = statistic.direction
    for lane in range(LANES):
        count = int(counts[row * LANES + lane])
        if (count - limit) * direction >= 0 and count >= statistic.least_cases:
            ratio = log_likelihood_ratio(float(count), mean, statistic)
            best[lane] = max(best[lane], ratio)


@compiled
def raise_all(
    sums: Counts,
    window_means: NDArray[np.float64],
    limits: NDArray[np.int64],
    statistic: Statistic,
    best: NDArray[np.float64],
) -> None:
    """Leave in `best` each lane's largest statistic, this zone's windows included; every window is a column.

    Shapes:  sums (columns * LANES,); window_means and limits (columns,); best (LANES,).
    Units:   log-likelihood ratios.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    if statistic.direction == HIGH:
        for window in range(limits.size):
            if highest_of(sums, window) >= limits[window]:
                raise_best(sums, window, window_means[window], limits[window], statistic, best)
    else:
        for window in range(limits.size):
            if lowest_of(sums, window) <= limits[window]:
                raise_best(sums, window, window_means[window], limits[window], statistic, best)


@compiled
def raise_all_between(
    sums: Counts,
    between: Counts,
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    window_means: NDArray[np.float64],
    limits: NDArray[np.int64],
    statistic: Statistic,
    best: NDArray[np.float64],
) -> None:
    """Leave in `best` each lane's largest statistic, this zone's windows included; windows are pairs of columns.

    Shapes:  sums (columns * LANES,); between (LANES,), work space; window_means and limits (windows,); best (LANES,).
    Units:   log-likelihood ratios.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    is_high = statistic.direction == HIGH
    for window in range(limits.size):
        take_difference(between, sums, upper[window], lower[window])
        if highest_of(between, 0) >= limits[window] if is_high else lowest_of(between, 0) <= limits[window]:
            raise_best(between, 0, window_means[window], limits[window], statistic, best)


@compiled
def fill_level(levels: Levels, level: int, statistic: Statistic) -> None:
    """Leave in the memory of levels the critical counts of this one.

    Shapes:  levels.critical (levels, bins), levels.is_filled (levels,).
    Units:   cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    if not levels.is_filled[level]:
        levels.critical[level] = critical_counts(level * LEVEL_STEP, statistic, levels.critical.shape[1])
        levels.is_filled[level] = True


@compiled
def scan_lanes(
    counts: Counts,
    sums: Counts,
    together: Counts,
    between: Counts,
    problem: Problem,
    levels: Levels,
    level: int,
    stride: int,
    best: NDArray[np.float64],
) -> None:
    """Leave in `best` the largest statistic of each lane: exact where it reaches level * LEVEL_STEP.

    The level rises with the smallest of the lanes' statistics. Lanes without a replica start at infinity. With a
    stride above 1 only every so manieth centre is looked at, and the statistics are lower bounds.

    Shapes:  counts ((places + 1) * columns * LANES,), running sums, the last place without cases; sums, together (columns * LANES,) and between (LANES,), work space;
             best (LANES,), 0 or infinity at the start.
    Units:   log-likelihood ratios.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    starts, places, closes = problem.zones.starts, problem.zones.places, problem.zones.closes
    lower, upper, statistic = problem.windows.lower, problem.windows.upper, problem.statistic
    base, shape, expected = problem.base, problem.shape, problem.expected
    columns = shape.size if shape.size else expected.shape[1]
    nowhere = base.size
    means, next_means = np.zeros(columns), np.zeros(columns)
    next_bits = next_means.view(np.int64)
    window_means = np.zeros(upper.size)
    bits = window_means.view(np.int64)
    limits = np.zeros(upper.size, np.int64)
    fill_level(levels, level, statistic)
    critical = levels.critical[level]
    for centre in range(0, starts.size - 1, stride):
        sums[:] = 0
        means[:] = 0
        weight = 0.0
        start, entry, end = starts[centre], starts[centre], starts[centre + 1]
        while entry < end:
            stop = entry + 1
            if statistic.direction == HIGH and entry > start:
                stop = min(entry + TOGETHER, end)
                sum_of_eight(
                    together,
                    counts,
                    np.int64(places[entry]),
                    np.int64(places[entry + 1] if entry + 1 < end else nowhere),
                    np.int64(places[entry + 2] if entry + 2 < end else nowhere),
                    np.int64(places[entry + 3] if entry + 3 < end else nowhere),
                    np.int64(places[entry + 4] if entry + 4 < end else nowhere),
                    np.int64(places[entry + 5] if entry + 5 < end else nowhere),
                    np.int64(places[entry + 6] if entry + 6 < end else nowhere),
                    np.int64(places[entry + 7] if entry + 7 < end else nowhere),
                )
                add_place(sums, together, 0)
                # At most the eight hold all their cases against the expectation of the first alone.
                first = places[entry]
                if shape.size:
                    for column in range(columns):
                        next_means[column] = (weight + base[first]) * shape[column]
                else:
                    for column in range(columns):
                        next_means[column] = means[column] + expected[first, column]
                if lower.size:
                    subtract_means(window_means, next_means, lower, upper)
                    look_up(window_means, bits, critical, limits)
                    is_skipped = not may_matter_between(sums, between, lower, upper, limits)
                else:
                    look_up(next_means, next_bits, critical, limits)
                    is_skipped = not may_matter(sums, limits)
                if is_skipped:
                    for place in places[entry:stop]:
                        weight += base[place]
                    if not shape.size:
                        for place in places[entry:stop]:
                            for column in range(columns):
                                means[column] += expected[place, column]
                    entry = stop
                    continue
                take_places(sums, together)
            while entry < stop:
                place = places[entry]
                add_place(sums, counts, np.int64(place))
                weight += base[place]
                if shape.size:
                    for column in range(columns):
                        means[column] = weight * shape[column]
                else:
                    for column in range(columns):
                        means[column] += expected[place, column]
                if closes[entry]:
                    if lower.size:
                        subtract_means(window_means, means, lower, upper)
                        look_up(window_means, bits, critical, limits)
                        raise_all_between(sums, between, lower, upper, window_means, limits, statistic, best)
                    else:
                        next_means[:] = means
                        look_up(next_means, next_bits, critical, limits)
                        raise_all(sums, next_means, limits, statistic, best)
                entry += 1
        lowest = best.min() / LEVEL_STEP
        if lowest >= level + 1:
            level = min(int(lowest), LEVELS - 1)
            fill_level(levels, level, statistic)
            critical = levels.critical[level]


def replica_maxima(
    problem: Problem, numbers: NDArray[np.int64], level: int | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the largest statistic of each of these replicas, and where it is exact: where it reaches the level.

    Windows that cannot reach the level are skipped; None finds a level that most replicas reach. It changes the speed
    and which replicas must be looked at again, never an exact statistic.

    Shapes:  numbers (replicas,), from 0; results the same.
    Units:   log-likelihood ratios; 0 where no window lies in the direction sought. The level counts in LEVEL_STEP.
    Errors:  EngineInputError when a place gets more cases than can be counted.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    work = _WorkSpace(problem)
    maxima, is_exact = np.zeros(numbers.size), np.zeros(numbers.size, dtype=np.bool_)
    for first in range(0, numbers.size, LANES):
        batch = slice(first, first + LANES)
        work.draw(numbers[batch])
        if level is None:
            level = work.pilot_level()
        maxima[batch] = work.scan(level)[: numbers[batch].size]
        is_exact[batch] = maxima[batch] >= level * LEVEL_STEP
    return maxima, is_exact


def level_of(llr: float) -> int:
    """Return the highest level that this statistic reaches.

    Shapes:  scalars.
    Units:   a log-likelihood ratio; result in LEVEL_STEP.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    return min(int(llr / LEVEL_STEP), LEVELS - 1)


class _WorkSpace:
    """The arrays in which one batch of replicas is drawn and scanned; wider types where counts need them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        # The loops that scan never ask how cases were drawn: with one kind of null they are compiled once for all.
        self.scanned = problem._replace(null=NOTHING_DRAWN)
        largest = float(problem.base.sum() if problem.shape.size else problem.expected.sum(axis=0).max())
        self.levels = Levels(np.zeros((LEVELS, bins_up_to(largest)), np.int32), np.zeros(LEVELS, np.bool_))
        self.columns = problem.shape.size or problem.expected.shape[1]
        self.counts = np.zeros((problem.base.size + 1, self.columns, LANES), np.int8)
        self.is_used = np.zeros(LANES, dtype=np.bool_)
        self.largest = self.total = 0

    def draw(self, numbers: NDArray[np.int64]) -> None:
        """Hold these replicas, at most LANES of them."""
        lanes = np.full(LANES, UNUSED)
        lanes[: numbers.size] = numbers
        self.is_used = lanes != UNUSED
        self.largest, self.total = self._fill(lanes)
        if self.largest < 0:
            self.counts = np.zeros(self.counts.shape, np.int16)
            self.largest, self.total = self._fill(lanes)
        if self.largest < 0:
            raise EngineInputError(
                "Ulangan acak tidak dapat dihitung: satu tempat mendapat lebih dari 32.767 kasus. "
                "Bagilah tempatnya atau perpendek rentang waktunya."
            )

    def scan(self, level: int, *, stride: int = 1) -> NDArray[np.float64]:
        """Return the statistics of the replicas held; exact where they reach the level (with a stride: bounds)."""
        is_narrow = self.counts.dtype == np.int8 and self.total <= MOST_NARROW
        wide = np.int16 if is_narrow else np.int32
        together = np.int8 if is_narrow and self.largest <= MOST_TOGETHER else wide
        width = self.columns * LANES
        best = np.where(self.is_used, 0.0, np.inf)
        work = (np.zeros(width, wide), np.zeros(width, together), np.zeros(LANES, wide))
        scan_lanes(self.counts.reshape(-1), *work, self.scanned, self.levels, level, stride, best)
        return best

    def pilot_level(self) -> int:
        """Return a level that most of the replicas held reach, from a few centres."""
        level = LOWEST_LEVEL
        for stride in PILOT_STRIDES:
            bounds = self.scan(level, stride=stride)[self.is_used]
            level = max(level_of(float(np.quantile(bounds, FAILING_SHARE))), level)
        return level

    def _fill(self, lanes: NDArray[np.int64]) -> tuple[int, int]:
        """Draw the replicas; return the largest count of a place and of all, -1 when they do not fit the type."""
        null, seed = self.problem.null, self.problem.seed
        if isinstance(null, Shuffle):
            return fill_shuffled(self.counts, null, lanes, seed)
        if isinstance(null, Deal):
            return fill_dealt(self.counts, null, lanes, seed)
        return fill_scattered(self.counts, null, draws_of(null, lanes, seed), lanes, seed)


def draws_of(scatter: Scatter, numbers: NDArray[np.int64], seed: np.uint64) -> NDArray[np.int64]:
    """Return how many cases (or clumps) fall into the windows in each of these replicas.

    Shapes:  numbers (replicas,); result the same, 0 for UNUSED.
    Units:   cases, or clumps of cases.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    draws = np.zeros(numbers.size, np.int64)
    for lane, number in enumerate(numbers.tolist()):
        if number != UNUSED:
            generator = np.random.default_rng((int(seed), number))
            total = scatter.total
            draws[lane] = generator.binomial(round(total), scatter.share) if scatter.share else generator.poisson(total)
    return draws
