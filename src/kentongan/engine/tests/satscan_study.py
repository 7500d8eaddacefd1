"""Small SaTScan studies on disk, made by the tests."""

import os
from pathlib import Path

import pytest

PLACES = {"A": (-9.0, 124.0), "B": (-9.0, 124.1), "C": (-9.1, 124.0), "D": (-9.5, 124.5), "E": (-9.6, 124.5)}
GEO = "\n".join(f"{name} {latitude} {longitude}" for name, (latitude, longitude) in PLACES.items())
POP = "\n".join(f"{name} 2020 1000" for name in PLACES)
CAS = """\
A 3 2020/1/3
B 4 2020/1/9
C 4 2020/1/5
D 2 2020/1/2
E 1 2020/1/6
D 4 2020/1/10
E 3 2020/1/10
"""

BASE = {
    "CaseFile": "study.cas",
    "CoordinatesFile": "study.geo",
    "PrecisionCaseTimes": "3",
    "StartDate": "2020/1/1",
    "EndDate": "2020/1/10",
    "CoordinatesType": "1",
    "AnalysisType": "4",
    "ModelType": "2",
    "TimeAggregationUnits": "3",
    "TimeAggregationLength": "1",
    "MonteCarloReps": "9",
}


def study_on_disk(folder: Path, options: dict[str, str] | None = None, **files: str) -> Path:
    """Write a parameter file with these options beside its files (`cas=…` becomes study.cas), and return its path."""
    for ending, text in {"cas": CAS, "geo": GEO, **files}.items():
        (folder / f"study.{ending}").write_text(text, encoding="utf-8")
    lines = [f"{name}={value}" for name, value in {**BASE, **(options or {})}.items()]
    path = folder / "study.prm"
    path.write_text("[Input]\n; a comment\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def reference_data(*names: str) -> Path:
    """Return a file of the reference data, or skip the test, saying so."""
    root = os.environ.get("KENTONGAN_REFERENCE")
    if not root:
        pytest.skip("KENTONGAN_REFERENCE is not set: SaTScan's sample studies are not here, its answers not reproduced")
    return Path(root, "engine", "data", *names)
