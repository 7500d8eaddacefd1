"""R07: every protected record has purpose, legal basis, owner and retention date; the agreement is named or there is none."""

import pytest
from django.db import IntegrityError, connection, transaction

from kentongan.agreements.access import protected_models
from kentongan.agreements.models import ProtectedRow

from . import surfaces

MUST_BE_GIVEN = ("owner", "purpose", "legal_basis", "retain_until", "handling")


@pytest.mark.parametrize("model", protected_models(), ids=lambda m: m.__name__)
@pytest.mark.parametrize("field", MUST_BE_GIVEN)
def test_the_column_is_not_null_and_has_no_default(model: type[ProtectedRow], field: str) -> None:
    column = model._meta.get_field(field)

    assert not column.null
    assert not column.blank
    assert not column.has_default()


@pytest.mark.parametrize("model", protected_models(), ids=lambda m: m.__name__)
def test_a_protected_model_names_the_agreement_or_none(model: type[ProtectedRow]) -> None:
    assert model._meta.get_field("agreement_ref").null is False


def test_every_model_with_a_handling_is_behind_the_gate() -> None:
    carrying = {m for m in surfaces.project_models() if issubclass(m, ProtectedRow)}

    assert carrying == set(protected_models())


@pytest.mark.django_db
@pytest.mark.parametrize("model", protected_models(), ids=lambda m: m.__name__)
def test_the_database_itself_refuses_an_empty_purpose_or_basis(model: type[ProtectedRow]) -> None:
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
    checks = [name for name, c in constraints.items() if c["check"]]

    assert f"{model._meta.model_name}_has_purpose_and_basis" in checks


@pytest.mark.parametrize("emptied", ["purpose", "legal_basis"])
def test_a_report_without_purpose_or_basis_cannot_be_kept(gazetteer_rows, agency_of, now, emptied: str) -> None:
    from kentongan.intake.models import Report

    given = {"purpose": "prevention", "legal_basis": "UU 6/2011", emptied: ""}

    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(
            owner=agency_of(), handling="personal", retain_until=now.date(), channel="paste", checksum="a" * 64,
            original_checksum="a" * 64, text="Laporan", received_at=now, received_by="officer:1", **given,
        )  # fmt: skip
