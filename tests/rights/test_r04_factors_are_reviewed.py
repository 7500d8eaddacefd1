"""R04: every factor of an index has a rationale, a source and two approvers before it counts; what ships is only proposed."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import models

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


def factor_models() -> list[type[models.Model]]:
    return [model for model in surfaces.project_models() if "factor" in model.__name__.lower()]


def columns_lacking(model: type[models.Model]) -> list[str]:
    return [column for column in NEEDED if column not in {field.name for field in model._meta.get_fields()}]


def test_a_model_of_factors_has_columns_for_the_review_itself_or_belongs_to_factors_that_have_them() -> None:
    reviewed = {model for model in factor_models() if not columns_lacking(model)}
    of_reviewed = {
        field.related_model for model in reviewed for field in model._meta.concrete_fields if field.is_relation
    }

    strangers = [
        model._meta.label
        for model in factor_models()
        if model not in reviewed | of_reviewed
        and not any(field.related_model in of_reviewed and not field.null for field in model._meta.concrete_fields)
    ]

    assert reviewed, "no model of factors keeps a review"
    assert strangers == []


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
