"""The demonstration approves the shipped factors as anybody would: through the deeds, by people."""

import pytest

from kentongan.audit.models import TrailRow
from kentongan.demonstration.factors import let_factors_count
from kentongan.demonstration.loading import Offices
from kentongan.vulnerability.factor_models import FactorVersion
from kentongan.vulnerability.factor_queries import versions_counting
from kentongan.vulnerability.shipped_factors import shipped_factors


@pytest.mark.django_db
def test_every_shipped_factor_counts_by_two_people_and_a_second_time_adds_nothing(gazetteer_rows, agency_of, now):
    agency_of("ditjenim")
    offices = Offices(now)

    made = let_factors_count(offices, owner="ditjenim", at=now)

    assert made == len(shipped_factors())
    assert len(versions_counting(offices.analyst("ditjenim"), at=now)) == made
    assert all(len({v.proposed_by, v.approved_by, v.approved_by_second}) == 3 for v in FactorVersion.objects.all())
    assert TrailRow.objects.filter(event="factor.approved").count() == 2 * made
    assert let_factors_count(offices, owner="ditjenim", at=now) == 0
