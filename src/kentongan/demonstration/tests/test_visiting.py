"""The simulated officer visits partner villages: one visit is late, one village is silent, and a second start adds nothing."""

from datetime import date

import pytest

from conftest import NOW
from kentongan.agencies.models import Posting
from kentongan.agencies.rules import Console
from kentongan.agreements.access import actor_for
from kentongan.demonstration import visiting
from kentongan.intake.models import Report
from kentongan.places.models import Place, PlaceAncestor, PlaceCode
from kentongan.programme.actions import load_public_facts
from kentongan.programme.models import PartnerVillage, Visit
from kentongan.programme.queries import partners_standing

ENDS = date(2026, 3, 4)


@pytest.fixture
def officer(gazetteer_rows, kinds, officer_of, monkeypatch):
    monkeypatch.setattr(visiting.events_tasks, "CONSUMERS", {})  # reading is not what is shown here
    found = officer_of(visiting.OFFICE, role="analyst", username=visiting.VISITING)
    Posting.objects.update(started_at=NOW.replace(year=2024))
    for key, code in enumerate(("53.21.10.2004", "53.03.09.2010", "53.03.02.2005"), start=100):
        Place.objects.create(id=key, code=code, name=f"Desa {key}", level="village", country="ID", lat=-9, lon=124)
        PlaceCode.objects.create(place_id=key, scheme="kemendagri", code=code)
        PlaceAncestor.objects.create(ancestor_id=key, descendant_id=key, depth=0)
    load_public_facts(by=Console(), at=NOW)
    return found


def test_half_a_year_of_visits_stands_with_nil_reports_one_late_and_one_silent(officer):
    visiting.visit_partners(ENDS, at=NOW)

    standing = partners_standing(actor_for(officer, purpose="prevention", at=NOW), at=NOW)
    late = [one.village.place.code for one in standing if one.is_overdue]
    silent = {one.village.place.code for one in standing if one.is_silent}
    nil = Visit.objects.filter(is_nil=True)
    assert late == ["53.04.02.2002"]
    assert "53.03.02.2005" in silent
    assert nil.count() == Report.objects.filter(is_nil=True, is_simulated=True).count() == 13
    assert Visit.objects.filter(state="planned").count() == 2


def test_what_is_simulated_says_so_and_a_second_start_adds_nothing(officer):
    first = visiting.visit_partners(ENDS, at=NOW)
    again = visiting.visit_partners(ENDS, at=NOW)

    assert (first, again) == (17, 0)
    assert not Visit.objects.filter(is_simulated=False).exists()
    assert PartnerVillage.objects.filter(is_simulated=True, is_reported_publicly=False).count() == 3


def test_every_village_of_the_table_is_one_of_the_gazetteer():
    from kentongan.places.gazetteer import load_gazetteer

    assert all(row.place in load_gazetteer() for row in visiting.visited_villages())
