"""R04: every factor of an index has a rationale, a source and two approvers before it counts; what ships is only proposed."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import models

from kentongan.agreements.access import actor_for
from kentongan.vocabulary.attributes import named_after
from kentongan.vulnerability import factor_actions
from kentongan.vulnerability.factor_models import FactorVersion
from kentongan.vulnerability.factor_queries import versions_counting
from kentongan.vulnerability.shipped_factors import shipped_factors

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


def is_only_proposed(path: Path) -> bool:
    """Tell whether a table says of itself that its factors were approved by nobody yet."""
    return "proposed" in path.stem.split("_")


def unreviewed(tables: list[Path]) -> dict[str, list[str]]:
    """Return, by table and line, what the factors lack that a table lets count."""
    faults = {}
    for path in tables:
        if is_only_proposed(path):
            continue
        with path.open(encoding="utf-8", newline="") as file:
            faults |= {
                f"{path.name}:{n}": f
                for n, row in enumerate(csv.DictReader(file), start=2)
                if (f := factor_faults(row))
            }
    return faults


def test_every_shipped_factor_that_is_not_a_mere_proposal_is_reviewed() -> None:
    assert factor_tables(), "no table of factors was found at all"
    assert unreviewed(factor_tables()) == {}


def test_a_table_whose_factors_would_count_unreviewed_is_found(tmp_path: Path) -> None:
    rows = "code,rationale,source,approved_by,approved_by_second\ngood,jarak,gazeter,A,B\nbad,jarak,gazeter,A,A\n"
    counting, proposed = tmp_path / "index_factors.csv", tmp_path / "proposed_factors.csv"
    for path in (counting, proposed):
        path.write_text(rows, encoding="utf-8")

    assert unreviewed([counting, proposed]) == {"index_factors.csv:3": ["one approver twice"]}


def test_a_shipped_proposal_has_its_rationale_and_source_and_claims_no_approval() -> None:
    tables = [path for path in factor_tables() if is_only_proposed(path)]
    rows = [row for path in tables for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]

    assert len(rows) >= 12
    assert [row["code"] for row in rows if factor_faults(row)[:1] != ["no approved_by"]] == []
    assert [row["code"] for row in rows if {"approved_by", "approved_by_second"} & set(row)] == []


@pytest.mark.django_db
def test_what_ships_counts_for_nobody_until_two_people_approved_it(actor_of, agency_of, officer_of, now) -> None:
    proposer = actor_of("kanim-atambua", role="analyst")
    for version in factor_actions.propose_shipped(by=proposer, at=now):
        assert version.state == "proposed"
    assert versions_counting(proposer, at=now) == []

    first, second = (
        actor_for(officer_of("kanim-atambua", role=role, username=f"r04-{role}"), purpose="prevention", at=now)
        for role in ("coordinator", "leader")
    )
    chosen = FactorVersion.objects.get(factor="border_distance")
    factor_actions.approve_factor(factor=chosen, version=1, by=first, at=now)
    assert versions_counting(proposer, at=now) == []
    factor_actions.approve_factor(factor=chosen, version=2, by=second, at=now)

    assert [version.factor_id for version in versions_counting(proposer, at=now)] == ["border_distance"]


NAMED_AFTER = [
    # Indonesian
    "Proporsi suku Atoni", "Agama mayoritas", "Jumlah masjid", "Persentase umat Katolik", "Suara partai terbanyak",
    "Perolehan suara PDIP", "Penutur bahasa ibu", "Etnis pendatang", "Marga terbanyak", "Keturunan Tionghoa", "persen_islam",
    # English
    "Ethnic share", "Religion of the village", "Muslim population", "Church density", "Tribal land", "Party support",
    "Vote share of the ruling side", "Javanese residents", "Mother tongue", "ReligiousMajority",
    # Tetum
    "Relijiaun", "Ema Katóliku", "Partidu boot", "Uma kreda besik", "Etnisidade", "Fretilin", "Lian inan", "Ema Fataluku",
    # Portuguese
    "Religião predominante", "Etnia", "Católicos por suco", "Partido político", "Votos no CNRT", "Língua materna", "Tribo",
    "Cor da pele",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMED_AFTER)
def test_a_factor_named_after_an_ethnicity_a_religion_a_tribe_or_a_party_is_refused_in_four_languages(
    name: str,
) -> None:
    assert named_after(name)


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["label", "unit", "label_en", "code"])
@pytest.mark.parametrize("word", ["agama", "ethnic", "partidu", "tribo"])
def test_such_a_word_is_refused_wherever_the_factor_is_named(actor_of, now, where: str, word: str) -> None:
    draft = replace(shipped_factors()["poor_households"], **{"code": "poor_too", where: word})

    with pytest.raises(factor_actions.FactorRefused) as refusal:
        factor_actions.propose_factor(draft=draft, by=actor_of("kanim-atambua"), at=now)

    assert any(word in detail for detail in refusal.value.details)


def test_what_ships_and_plain_names_of_places_and_services_are_not_refused() -> None:
    plain = [
        *(text for draft in shipped_factors().values() for text in (draft.code, draft.label, draft.label_en, draft.unit)),
        "Jarak ke Jawa Timur", "Tanpa sinyal telepon", "Partisipasi sekolah", "Kerasnya medan", "Suco sem estrada",
        "Pernikahan anak", "Rasio guru dan murid", "Distance to the counterpart post", "Umur rata-rata bangunan sekolah",
    ]  # fmt: skip

    assert [name for name in plain if named_after(name)] == []


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
