"""The shipped lists and public facts of the programme."""

import pytest

from kentongan.agencies.rules import Console
from kentongan.audit.models import TrailRow
from kentongan.places.gazetteer import load_gazetteer
from kentongan.programme.actions import load_public_facts
from kentongan.programme.models import PartnerVillage
from kentongan.programme.vocabulary import CRITERIA, FUNCTIONS, PROGRAMMES, TOPICS, choices, public_facts, terms

from .conftest import TODAY

NAMED = {
    "Silawan", "Tulakadi", "Sadi", "Batutua", "Oeseli", "Dolasi", "Landu", "Oebou", "Mukuvoka", "Pontang", "Tirtayasa",
    "Padarincang", "Lebak Wangi", "Tanara", "Pegadungan", "Cengkareng Timur",
}  # fmt: skip


@pytest.mark.parametrize("name", [TOPICS, FUNCTIONS, CRITERIA, PROGRAMMES])
def test_a_list_has_dated_terms_with_sources(name):
    assert len(terms(name)) >= 3
    assert len(choices(name, on=TODAY.replace(year=2027))) == len(terms(name))


def test_every_public_fact_names_a_unit_of_the_gazetteer_a_source_and_its_day():
    gazetteer = load_gazetteer()

    assert {gazetteer.at(fact.place).name for fact in public_facts()} == NAMED
    assert all(fact.source and fact.source_on for fact in public_facts())


def test_where_only_the_district_is_known_the_doubt_says_so():
    coarse = [fact for fact in public_facts() if fact.place.count(".") == 2]

    assert len(coarse) == 5
    assert all("kecamatan" in fact.doubt for fact in coarse)


def test_public_facts_are_loaded_once_and_say_that_they_are_public(village_agency, gazetteer_rows, now):
    new = load_public_facts(by=Console(), at=now)
    again = load_public_facts(by=Console(), at=now)

    silawan = PartnerVillage.objects.get(key="silawan")
    assert (new, again) == (3, 0)
    assert silawan.is_reported_publicly
    assert silawan.partner_from is None
    assert "2023" in silawan.doubt
    assert TrailRow.objects.filter(event="reference.loaded", subject="partner_villages").count() == 2


def test_what_the_office_recorded_itself_is_not_doubled(partner, now):
    partner()

    load_public_facts(by=Console(), at=now)

    assert PartnerVillage.objects.filter(place__name="Silawan").count() == 1
