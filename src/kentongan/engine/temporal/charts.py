"""What control charts share: they run on from week to week, look for one direction, and start from an expectation."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.temporal.detection import judged_weeks

Direction = Literal["increase", "decrease"]
DIRECTIONS = ("increase", "decrease")


def chart_weeks(
    weeks: Sequence[int] | NDArray[np.integer], table: NDArray[np.int64], *, history: int, faults: list[str]
) -> NDArray[np.int64]:
    """Return the positions of the monitored weeks; what is wrong with them is added to the faults.

    A chart adds up from its first week on, so the weeks must follow one another without a gap.

    Shapes:  weeks (judged weeks,); table (series, weeks); result (judged weeks,).
    Units:   positions from 0; `history` weeks must lie before the first.
    Errors:  none; faults (Indonesian sentences) are gathered for `refuse`.
    Source:  docs/methods/cusum.md, section "Input".
    """
    positions = judged_weeks(weeks, table, history=history, faults=faults)
    if positions.size > 1 and not (np.diff(positions) == 1).all():
        faults.append("Minggu yang dinilai harus berurutan tanpa lompatan, dari yang paling lama ke yang terbaru.")
    return positions


def given_expectation(expected: ArrayLike, shape: tuple[int, int], faults: list[str]) -> NDArray[np.float64]:
    """Return the given in-control expectations as a table; what is wrong with them is added to the faults.

    Shapes:  expected one number, (judged weeks,), (series, 1) or (series, judged weeks); result (series, judged weeks).
    Units:   events per series and week, >= 0; a series expected to have none is not judged.
    Errors:  none; faults (Indonesian sentences) are gathered for `refuse`.
    Source:  docs/methods/cusum.md, section "Input".
    """
    try:
        table = np.broadcast_to(np.asarray(expected, dtype=np.float64), shape)
    except (TypeError, ValueError):
        faults.append(
            f"Nilai harapan harus berupa bilangan untuk {shape[0]} deret dan {shape[1]} minggu yang dinilai, atau satu "
            "bilangan untuk semuanya."
        )
        return np.full(shape, np.nan)
    if not np.isfinite(table).all() or (table < 0).any():
        faults.append("Nilai harapan tidak boleh negatif, NaN atau tak hingga.")
    return table
