"""Which tables are about persons: models.csv says it of every model, and a model that is missing there fails the tests."""

import csv
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models

from .surfaces import project_models

HERE = Path(__file__).resolve().parent
SUBJECTS = {"person", "agency", "event", "place", "record", "vocabulary"}


@cache
def subject_of() -> dict[str, str]:
    """Return what each model is about, by its label."""
    with (HERE / "models.csv").open(encoding="utf-8") as file:
        return {row["model"]: row["about"] for row in csv.DictReader(file)}


def unclassified() -> set[str]:
    """Return the models that models.csv does not know, and those it knows that are gone."""
    return {model._meta.label for model in project_models()} ^ set(subject_of())


def person_models() -> list[type[models.Model]]:
    """Return the models about persons."""
    return [apps.get_model(label) for label, subject in subject_of().items() if subject == "person"]


def person_rows() -> dict[str, list[dict[str, object]]]:
    """Return every row of every table about persons."""
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in person_models()}
