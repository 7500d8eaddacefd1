"""The two series and the reference outputs of `surveillance`, read where they are and nowhere copied."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

NEWPORT_START = np.datetime64("2004-01-05")


def reference_folder() -> Path:
    """Return the folder with the engine's reference answers, or skip the test and say so."""
    root = os.environ.get("KENTONGAN_REFERENCE")
    if not root:
        pytest.skip("KENTONGAN_REFERENCE is not set: the answers of reference programs cannot be compared")
    return Path(root) / "engine" / "data"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counts_of(series: str) -> NDArray[np.int64]:
    """Return a series, summed over its units."""
    name = {"agona": "salmonella.agona.csv", "salmNewport": "salmNewport.csv"}[series]
    rows = rows_of(reference_folder() / "surveillance" / name)
    units = [column for column in rows[0] if column not in ("start", "freq", "epoch")]
    return np.array([sum(int(float(row[unit])) for unit in units) for row in rows])


def week_starts_of(series: str, weeks: int) -> NDArray[np.datetime64] | None:
    """Return the days on which weeks start, None for the series that only numbers its weeks."""
    return NEWPORT_START + 7 * np.arange(weeks) if series == "salmNewport" else None


def reference_of(name: str) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a reference output, NaN where it gives none."""
    rows = rows_of(reference_folder() / "surveillance_reference" / f"{name}.csv")
    return {
        column: np.array([float("nan") if row[column] in ("NA", "NaN", "") else float(row[column]) for row in rows])
        for column in rows[0]
        if column != "epoch"
    }
