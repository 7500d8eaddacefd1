"""R03: no personal risk score, no coloured badge on a person, no predicted offender."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.db import models

from kentongan.vocabulary.attributes import words_of

from . import surfaces
from .people import person_models, unclassified
from .words import Named

MEASURE = {
    "score", "scores", "scoring", "scored", "rating", "grade", "level", "rank", "ranking", "index", "badge", "probability",
    "likelihood", "tier", "color", "colour", "class", "skor", "tingkat", "nilai", "peringkat", "lencana", "indeks", "warna",
}  # fmt: skip
SUSPICION = {
    "risk", "threat", "danger", "dangerousness", "suspicion", "criminality", "offender", "perpetrator", "recidivism", "suspect",
    "trustworthiness", "risiko", "resiko", "bahaya", "ancaman", "kecurigaan", "kejahatan", "pelaku", "tersangka",
}  # fmt: skip
PREDICTION = {"predicted", "predict", "prediction", "potential", "likely", "future", "prediksi", "potensi", "calon"}
PERSON = {"offender", "perpetrator", "suspect", "criminal", "pelaku", "tersangka", "penjahat"}


def suspicious_pairs(name: str) -> list[str]:
    """Return neighbouring words of a name that would score, rank or predict a person."""
    found = []
    for one, other in pairwise(words_of(name)):
        scores = (one in MEASURE and other in SUSPICION) or (one in SUSPICION and other in MEASURE)
        predicts = one in PREDICTION and other in PERSON
        if scores or predicts:
            found.append(f"{one} {other}")
    return found


def identifiers() -> Iterator[Named]:
    """Yield every name that the source defines or uses."""
    for path in surfaces.product_files(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for attribute in ("id", "attr", "arg", "name"):
                if isinstance(name := getattr(node, attribute, None), str):
                    yield Named(surfaces.where(path), name)


def templates_and_scripts() -> Iterator[Named]:
    """Yield every template, script and style sheet, in pieces between punctuation."""
    for suffix in (".html", ".js", ".mjs", ".css"):
        for path in surfaces.product_files(suffix):
            for piece in re.split(r"[^\w\s$-]+", path.read_text(encoding="utf-8")):
                yield Named(surfaces.where(path), piece)


@pytest.mark.parametrize("names", [identifiers, templates_and_scripts], ids=lambda f: f.__name__)
def test_nothing_scores_ranks_colours_or_predicts_a_person(names) -> None:
    read = list(names())

    assert read
    assert sorted({f"{n.where}: {pair}" for n in read for pair in suspicious_pairs(n.name)}) == []


def test_a_table_about_persons_has_no_number_to_rank_them_by() -> None:
    numbers = (models.IntegerField, models.FloatField, models.DecimalField)

    ranked = [
        f"{model._meta.label}.{field.name}"
        for model in person_models()
        for field in model._meta.get_fields()
        if isinstance(field, numbers) and not field.primary_key
    ]

    assert ranked == []


def test_every_model_is_known_to_be_about_persons_or_not() -> None:
    assert unclassified() == set(), "say in tests/rights/models.csv what each of these models is about"


@pytest.mark.parametrize(
    "name",
    [
        "risk_score",
        "riskScore",
        "threat-level",
        "suspectRank",
        "skor_risiko",
        "tingkat ancaman",
        "predicted_offender",
        "calon pelaku",
        "warna-bahaya",
    ],
)
def test_a_score_by_another_name_is_caught(name: str) -> None:
    assert suspicious_pairs(name)


@pytest.mark.parametrize(
    "name", ["relative_risk", "source_grade", "village_level", "rank_of_village", "tersangka", "calon pekerja migran"]
)
def test_words_of_the_field_that_score_nobody_are_not_caught(name: str) -> None:
    assert suspicious_pairs(name) == []
