"""R01: no field, question, filter, factor or export speaks of a person's ethnicity, religion, party or political view."""

from collections.abc import Callable, Iterator

import pytest

from kentongan.vocabulary.attributes import terms_in

from . import surfaces
from .words import Hit, Named, allowed, covers, hits_in, unreviewed

SURFACES: dict[str, Callable[[], Iterator[Named]]] = {
    "models": surfaces.names_in_models,
    "forms": surfaces.names_in_forms,
    "classes": surfaces.names_in_classes,
    "keys": surfaces.names_in_keys,
    "data": surfaces.names_in_data,
    "templates": surfaces.names_in_templates,
    "scripts": surfaces.names_in_scripts,
    "api": surfaces.names_in_api,
    "vocabularies": surfaces.names_in_vocabularies,
}


@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_unreviewed_speaks_of_ethnicity_religion_or_politics(surface: str) -> None:
    names = list(SURFACES[surface]())

    assert names, f"the linter found nothing to read in {surface}"
    assert unreviewed(hits_in(names)) == []


@pytest.mark.parametrize(
    "name",
    [
        "agama", "Agama", "id_agama", "agama_korban", "kode_suku", "suku bangsa", "suku", "sukunya", "etnis", "ras",
        "ethnicity", "ethnicGroup", "EthnicGroup", "race", "tribes", "religion", "religiousAffiliation", "political_party",
        "parties", "politicalView", "afiliasi politik", "parpol", "partidu", "polítika", "relijiaun", "religião", "religiao",
        "raça", "raca", "etnia", "filiação partidária/partido", "keyakinan", "kepercayaan",
    ],
)  # fmt: skip
def test_a_name_that_speaks_of_it_is_caught_in_four_languages_and_every_spelling(name: str) -> None:
    assert terms_in(name)


@pytest.mark.parametrize(
    "name",
    ["trace", "berasal", "asal_negara", "suco", "aldeia", "partner", "counterpart", "kelas", "terasa", "tracing"],
)
def test_a_name_that_only_looks_like_it_is_not_caught(name: str) -> None:
    assert terms_in(name) == []


def test_an_exception_holds_only_for_the_place_that_was_reviewed() -> None:
    elsewhere = Hit("model intake.Report", "parties", "party")

    assert unreviewed([elsewhere]) == [str(elsewhere)]


def test_every_exception_is_still_needed_and_says_why() -> None:
    hits = [hit for surface in SURFACES.values() for hit in hits_in(surface())]

    idle = [rule for rule in allowed() if not any(covers(rule, hit) for hit in hits)]

    assert idle == []
    assert all(len(rule.why) > 20 for rule in allowed())
