"""R04: every factor of an index has a rationale, a source and two approvers. None exists yet; the first must come with them."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from . import surfaces

NEEDED = ("rationale", "source", "approved_by", "approved_by_second")


def factor_faults(row: Mapping[str, str]) -> list[str]:
    """Return what a factor lacks before it may count."""
    faults = [f"no {column}" for column in NEEDED if not (row.get(column) or "").strip()]
    if not faults and row["approved_by"].strip().casefold() == row["approved_by_second"].strip().casefold():
        faults.append("one approver twice")
    return faults


def factor_tables() -> list[Path]:
    return [path for path in surfaces.product_files(".csv") if {"factor", "factors"} & set(path.stem.split("_"))]


def test_every_shipped_factor_is_reviewed() -> None:
    faults = {}
    for path in factor_tables():
        with path.open(encoding="utf-8", newline="") as file:
            faults |= {
                f"{path.name}:{n}": f
                for n, row in enumerate(csv.DictReader(file), start=2)
                if (f := factor_faults(row))
            }

    assert faults == {}


def test_a_model_of_factors_has_columns_for_the_review() -> None:
    lacking = [
        f"{model._meta.label} has no {column}"
        for model in surfaces.project_models()
        if "factor" in model.__name__.lower()
        for column in NEEDED
        if column not in {field.name for field in model._meta.get_fields()}
    ]

    assert lacking == []


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"rationale": "jarak ke pos", "source": "gazeter", "approved_by": "A", "approved_by_second": "B"}, []),
        ({"rationale": "", "source": "gazeter", "approved_by": "A", "approved_by_second": "B"}, ["no rationale"]),
        ({"rationale": "jarak", "source": "gazeter", "approved_by": "A"}, ["no approved_by_second"]),
        (
            {"rationale": "jarak", "source": "gazeter", "approved_by": "A", "approved_by_second": "a"},
            ["one approver twice"],
        ),
    ],
)
def test_a_factor_without_its_review_is_refused(row: dict[str, str], faults: list[str]) -> None:
    assert factor_faults(row) == faults
