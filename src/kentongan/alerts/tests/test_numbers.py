"""The labels of alerts: counted by agency and year, and never given twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kentongan.alerts import actions
from kentongan.alerts.models import Alert


@pytest.fixture
def sender(actor_of):
    return actor_of("kanim-atambua", role="analyst")


@pytest.fixture
def raise_one(finding_of, competent, sender, now):
    police = competent("polres-belu", "crime", 3)

    def make(*, days=0):
        return actions.raise_alert(
            finding=finding_of(),
            to=police,
            matter="crime",
            message="Mohon dicek.",
            by=sender,
            at=now + timedelta(days=days),
        )

    return make


def test_numbers_count_by_year(raise_one):
    assert [raise_one(days=days).number for days in (0, 1, 365)] == ["P/1/2026", "P/2/2026", "P/1/2027"]


def test_a_number_is_not_given_again_when_an_alert_is_gone(raise_one):
    raise_one()
    Alert.objects.filter(pk=raise_one().pk).delete()

    assert raise_one().number == "P/3/2026"


def test_the_database_refuses_a_repeated_number(raise_one):
    first, second = raise_one(), raise_one()

    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=second.pk).update(number=first.number)
