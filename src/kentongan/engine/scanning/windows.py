"""The windows in time that a scan compares, as pairs of columns of running sums."""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospective:
    """Windows that end with the last period; `with_all_time` adds the whole study as one more window."""

    max_periods: int
    min_periods: int = 1
    with_all_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrospective:
    """Windows anywhere in the study, of bounded length."""

    max_periods: int
    min_periods: int = 1
    with_all_time: bool = False


@dataclass(frozen=True, slots=True)
class Spatial:
    """One window: the whole study."""


Windows = Prospective | Retrospective | Spatial


class Columns(NamedTuple):
    """Running sums over time, and the windows as pairs of them.

    Column j sums the periods first[j] to last[j], both included. Window w is column upper[w] minus column lower[w], or
    just column upper[w] where lower[w] is -1. `is_nested`: no window needs a subtraction.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    is_nested: bool


def columns_of(windows: Windows, periods: int) -> Columns:
    """Return the windows over this many periods as columns of running sums; shorter windows first.

    Shapes:  all arrays of `first` and `last` (columns,), of `lower` and `upper` (windows,).
    Units:   periods from 0; the last one is now.
    Errors:  none; the windows were checked.
    Source:  docs/methods/scan-statistics.md, section "Windows".
    """
    if isinstance(windows, Spatial):
        return _nested(np.array([periods]), periods)
    if isinstance(windows, Prospective):
        lengths = np.arange(windows.min_periods, windows.max_periods + 1)
        if windows.with_all_time and windows.max_periods < periods:
            lengths = np.append(lengths, periods)
        return _nested(lengths, periods)
    pairs = [
        (end - length - 1, end - 1, length)
        for length in range(windows.min_periods, windows.max_periods + 1)
        for end in range(length, periods + 1)
    ]
    if windows.with_all_time and windows.max_periods < periods:
        pairs.append((-1, periods - 1, periods))
    lower, upper, _ = np.array(pairs, dtype=np.int64).T
    return Columns(
        first=np.zeros(periods, np.int64), last=np.arange(periods), lower=lower, upper=upper, is_nested=False
    )


def _nested(lengths: NDArray[np.int64], periods: int) -> Columns:
    """Return windows of these lengths that end with the last period."""
    return Columns(
        first=periods - lengths,
        last=np.full(lengths.size, periods - 1),
        lower=np.full(lengths.size, -1),
        upper=np.arange(lengths.size),
        is_nested=True,
    )


def column_sums(table: NDArray[Number], columns: Columns) -> NDArray[Number]:
    """Return the running sums of each place's periods.

    Shapes:  table (places, periods); result (places, columns).
    Units:   of the table.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Windows".
    """
    running = np.zeros((table.shape[0], table.shape[1] + 1), dtype=table.dtype)
    if columns.is_nested:
        np.cumsum(table[:, ::-1], axis=1, out=running[:, 1:])
        return np.ascontiguousarray(running[:, columns.last - columns.first + 1])
    np.cumsum(table, axis=1, out=running[:, 1:])
    return np.ascontiguousarray(running[:, columns.last + 1])


def window_periods(columns: Columns, window: int) -> tuple[int, int]:
    """Return the first and the last period of a window, both included.

    Shapes:  scalars.
    Units:   periods from 0.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Windows".
    """
    first, last = int(columns.first[columns.upper[window]]), int(columns.last[columns.upper[window]])
    if columns.lower[window] >= 0:
        first = int(columns.last[columns.lower[window]]) + 1
    return first, last
