"""The shipped agencies, in the database."""

from datetime import date

import pytest

from kentongan.agencies import data
from kentongan.agencies.loading import load_agencies
from kentongan.agencies.models import Agency, AgencyName, AgencyParent, Competence, Membership, PositionHeld
from kentongan.agencies.queries import descendants_on, place_by_code
from kentongan.agencies.rules import Console
from kentongan.audit.models import TrailRow
from kentongan.places.models import PlaceCode


@pytest.fixture
def loaded(gazetteer_rows, now):
    return load_agencies(by=Console(), at=now)


def test_every_agency_name_and_membership_is_loaded(loaded):
    assert Agency.objects.count() == len(data.agency_entries()) == loaded.agencies
    assert set(AgencyName.objects.values_list("agency_id", "name")) == {
        (n.agency_id, n.name) for n in data.agency_names()
    }
    assert Membership.objects.count() == len({(m.forum_id, m.member_id) for m in data.memberships()})
    assert TrailRow.objects.get(event="reference.loaded").subject == "agencies"


def test_loading_again_adds_nothing(loaded, now):
    again = load_agencies(by=Console(), at=now)

    assert (again.agencies, again.names, again.competences, again.memberships) == (0, 0, 0, 0)


def test_loading_again_keeps_what_administrators_changed(loaded, now):
    Agency.objects.filter(pk="kanim-atambua").update(name="Kantor Imigrasi Kelas I TPI Atambua", is_active=False)
    AgencyParent.objects.filter(agency="kanim-atambua").update(valid_to=date(2026, 1, 1))
    parents = AgencyParent.objects.count()

    load_agencies(by=Console(), at=now)

    kanim = Agency.objects.get(pk="kanim-atambua")
    assert (kanim.name, kanim.is_active) == ("Kantor Imigrasi Kelas I TPI Atambua", False)
    assert AgencyParent.objects.count() == parents


def test_parents_and_seats_are_resolved(loaded, now):
    assert "kanim-atambua" in descendants_on("ditjenim", now.date())
    assert Agency.objects.get(pk="kanim-atambua").seat.code == "53.04"


def test_codes_that_the_gazetteer_does_not_hold_are_named(loaded):
    assert "53.21" in loaded.unknown_codes
    assert Agency.objects.get(pk="polres-malaka").seat is None


def test_an_agency_that_has_ended_is_loaded_as_ended(loaded):
    old = Agency.objects.get(pk="kanwil-kumham-ntt")

    assert (old.is_active, old.valid_to) == (False, date(2024, 10, 21))


def test_a_competence_of_a_kind_goes_to_agencies_without_one_of_their_own(loaded):
    own = Competence.objects.get(agency="polres-belu", matter="crime")
    by_kind = Competence.objects.get(agency="intelkam-belu", matter="crime")

    assert (own.is_by_kind, [r.code for r in own.roots.all()]) == (False, ["53.04"])
    assert (by_kind.is_by_kind, [r.code for r in by_kind.roots.all()]) == (True, ["53.04"])
    assert not Competence.objects.filter(agency="kanwil-kumham-ntt", is_by_kind=True).exists()


def test_the_shipped_data_name_no_office_holder(loaded):
    assert not PositionHeld.objects.exists()


def test_a_code_that_was_ever_valid_finds_its_place_and_the_present_holder_comes_first(gazetteer_rows):
    PlaceCode.objects.create(place_id=5, scheme="kemendagri", code="53.04.02.1001", valid_to=date(2010, 1, 1))
    PlaceCode.objects.create(place_id=6, scheme="kemendagri", code="53.04.02.2001", valid_to=date(2010, 1, 1))

    assert place_by_code("53.04.02.1001").pk == 5
    assert place_by_code("53.04.02.2001").pk == 5
    assert place_by_code("99.99") is None
