"""What every temporal detector returns, and how it reads the counts it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.errors import EngineInputError

MAX_COUNT = 2**31 - 1
"""Larger counts are surely a code or a date in the wrong column; sums of them would also stop being exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a detector says of every series in every judged week, one row a series and one column a judged week.

    `weeks` (judged weeks,) are positions in the counts. All others are (series, judged weeks): `expected` without an
    outbreak (NaN where the method gives none), `upper_bound` beyond which the method raises an alarm, `is_alarm`, and
    `p_value`, the chance of a count at least as extreme without an outbreak (NaN where the method gives none).
    """

    weeks: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    upper_bound: NDArray[np.float64]
    is_alarm: NDArray[np.bool_]
    p_value: NDArray[np.float64]


def counts_table(counts: ArrayLike, faults: list[str]) -> NDArray[np.int64]:
    """Return the counts as a table, one row a series; what is wrong with them is added to the faults.

    Whole numbers written as floats are taken; a table with a fault comes back without series.

    Shapes:  counts (series, weeks) or one series (weeks,); result (series, weeks).
    Units:   events per series and week.
    Errors:  none; faults (Indonesian sentences) are gathered for `refuse`.
    Source:  docs/methods/ears.md, section "Input".
    """
    nothing = np.zeros((0, 0), dtype=np.int64)
    try:
        table = np.atleast_2d(np.asarray(counts))
    except ValueError:
        faults.append("Semua deret harus sama panjang.")
        return nothing
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.number) or np.iscomplexobj(table):
        faults.append("Jumlah kejadian harus berupa tabel bilangan: satu baris per deret, satu kolom per minggu.")
        return nothing
    wrong = _wrong_cells(table)
    if wrong:
        faults.extend(wrong)
        return nothing
    return np.ascontiguousarray(table, dtype=np.int64)


def judged_weeks(
    weeks: int | Sequence[int] | NDArray[np.integer] | None,
    table: NDArray[np.int64],
    *,
    history: int,
    faults: list[str],
) -> NDArray[np.int64]:
    """Return the positions of the weeks to judge (None: the last); what is wrong with them is added to the faults.

    `history` weeks must lie before each.

    Shapes:  weeks one or (judged weeks,); table (series, weeks); result (judged weeks,).
    Units:   positions from 0.
    Errors:  none; faults (Indonesian sentences) are gathered for `refuse`.
    Source:  docs/methods/ears.md, section "Input".
    """
    length = table.shape[1]
    asked = np.atleast_1d(np.asarray(length - 1 if weeks is None else weeks))
    if asked.ndim != 1 or not asked.size or not np.issubdtype(asked.dtype, np.integer):
        faults.append("Minggu yang dinilai harus berupa satu atau lebih nomor urut minggu.")
        return np.zeros(0, dtype=np.int64)
    positions = asked.astype(np.int64)
    if not table.size:
        return positions
    outside = positions[(positions < 0) | (positions >= length)]
    if outside.size:
        faults.append(f"Minggu {listed(outside)} berada di luar deret, yang mempunyai minggu 0 sampai {length - 1}.")
    short = positions[(positions >= 0) & (positions < min(history, length))]
    if short.size:
        faults.append(
            f"Riwayat sebelum minggu {listed(short)} terlalu pendek: cara ini memerlukan sedikitnya {history} minggu."
        )
    return positions


def refuse(what: str, faults: Sequence[str]) -> None:
    """Raise all gathered faults as one refusal; without any, do nothing.

    Shapes:  faults any number of Indonesian sentences.
    Units:   none.
    Errors:  EngineInputError when there is a fault.
    Source:  docs/methods/ears.md, section "Input".
    """
    if faults:
        text = f"{what} tidak dapat dihitung. {' '.join(faults)} Perbaiki masukan lalu jalankan kembali."
        raise EngineInputError(text, details=list(faults))


def listed(numbers: NDArray[np.int64], most: int = 5) -> str:
    """Return the first few numbers as a text, and how many more there are.

    Shapes:  numbers (n,).
    Units:   none.
    Errors:  none.
    Source:  docs/methods/ears.md, section "Input".
    """
    text = ", ".join(str(number) for number in numbers[:most].tolist())
    return text if numbers.size <= most else f"{text} dan {numbers.size - most} lainnya"


def _wrong_cells(table: NDArray[np.number]) -> list[str]:
    """Return what is wrong with the numbers of a table, with the place of the first of each kind."""
    if not table.size:
        return ["Tabel jumlah kejadian kosong."]
    if np.issubdtype(table.dtype, np.integer) and table.min() >= 0 and table.max() <= MAX_COUNT:
        return []
    is_missing = ~np.isfinite(table)
    kinds = [
        (is_missing, "bukan bilangan (NaN atau tak hingga); minggu tanpa laporan bukan minggu dengan nol kejadian")
    ]
    with np.errstate(invalid="ignore"):
        kinds += [
            (table < 0, "negatif"),
            (~is_missing & (table != np.floor(table)), "tidak bulat"),
            (~is_missing & (table > MAX_COUNT), f"lebih besar daripada {MAX_COUNT}"),
        ]
    faults = []
    for is_wrong, text in kinds:
        if is_wrong.any():
            series, week = np.argwhere(is_wrong)[0]
            faults.append(
                f"Ada {np.count_nonzero(is_wrong)} jumlah kejadian yang {text} (pertama: deret {series}, minggu {week})."
            )
    return faults
