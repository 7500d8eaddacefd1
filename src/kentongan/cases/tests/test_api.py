"""The operations of the API by themselves: what they show and refuse."""

from types import SimpleNamespace

import pytest
from ninja.testing import TestClient

from kentongan.agreements.access import NotVisible
from kentongan.agreements.models import ImpactAssessment
from kentongan.agreements.modules import ModuleOff
from kentongan.cases import actions
from kentongan.cases.api import case_router, referral_router
from kentongan.cases.models import Referral

from .conftest import THIRD


@pytest.fixture
def now():
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def referral(case, lead, third, agency, switched_on, now):
    (person,) = actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU", by=lead, at=now)
    consent = actions.Consent("subject", frozenset({"subject"}), document="Surat")
    return actions.refer(
        person=person, receiver=agency(THIRD), service="return", needs="Pulang", consent=consent, by=lead, at=now
    )


def asking(actor):
    return {"actor": actor, "user": SimpleNamespace(is_authenticated=True)}


CASES, REFERRALS = TestClient(case_router), TestClient(referral_router)


def test_a_supporting_agency_reads_of_a_case_what_is_shared(case, joined, lead, support, third, now):
    whole = CASES.get(f"/{case.pk}", **asking(lead)).json()
    part = CASES.get(f"/{case.pk}", **asking(support)).json()

    assert (whole["place"], whole["release"]) == ("53.04.02.2001", None)
    assert (part["title"], part["place"], set(part["release"]["groups"])) == (
        case.title,
        None,
        {"kind", "title", "milestones"},
    )
    assert [row["id"] for row in CASES.get("/", **asking(support)).json()["items"]] == [str(case.pk)]
    assert CASES.get("/?state=closed", **asking(lead)).json()["items"] == []
    assert CASES.get("/", **asking(third)).json()["items"] == []


def test_the_receiver_reads_and_answers_a_referral_as_far_as_it_is_shared(referral, third):
    read = REFERRALS.get(f"/{referral.pk}", **asking(third)).json()
    answered = REFERRALS.post(f"/{referral.pk}/answer", json={"version": 1, "to": "accepted"}, **asking(third)).json()

    assert (read["subject"], read["needs"], read["place"]) == ("Korban A", "", None)
    assert (answered["state"], answered["needs"]) == ("accepted", "")
    assert Referral.objects.get().needs == "Pulang"


def test_a_stranger_gets_nothing_and_with_the_module_off_nobody_does(referral, support, third):
    with pytest.raises(NotVisible):
        REFERRALS.get(f"/{referral.pk}", **asking(support))
    ImpactAssessment.objects.all().delete()
    for call in (
        lambda: REFERRALS.get(f"/{referral.pk}", **asking(third)),
        lambda: REFERRALS.get("/", **asking(third)),
    ):
        with pytest.raises(ModuleOff):
            call()
