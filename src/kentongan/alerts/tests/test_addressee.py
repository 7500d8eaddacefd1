"""Who is proposed: by competence, then by the most specific territory."""

from datetime import date

import pytest

from kentongan.alerts.matters import matters_of_kinds
from kentongan.alerts.queries import proposals, proposed_addressee

DAY = date(2026, 3, 4)
BELU, SILAWAN, NTT, SERANG, BANTEN, INDONESIA = 3, 5, 2, 11, 10, 1


@pytest.mark.parametrize(
    ("kind", "matter"),
    [
        ("IM.CROSSER", "foreigners"),
        ("TPPO", "crime"),
        ("TPPO.PURP.LABOUR", "crime"),
        ("GDS.BBM", "goods"),
        ("GDS.SENPI", "crime"),
        ("GDS.TERNAK", "quarantine"),
        ("NARK.SABU", "narcotics"),
        ("PMI.NP", "migrant_workers"),
        ("TPPM.MARITIME", "sea_policing"),
        ("TPPM", "crime"),
    ],
)
def test_each_kind_falls_under_one_competence_first(kind, matter):
    assert matters_of_kinds([kind])[0].matter == matter


def test_a_crime_goes_to_the_police_of_the_place(event_of, competent):
    competent("polda-ntt", "crime", NTT)
    competent("polres-belu", "crime", BELU)
    competent("polres-serang", "crime", SERANG)

    proposal = proposed_addressee(event=event_of(kind="TPPO"), on=DAY)

    assert (proposal.agency.pk, proposal.matter) == ("polres-belu", "crime")
    assert "Silawan" in proposal.why


def test_an_illegal_crossing_goes_to_the_immigration_office_and_the_police_has_a_say(event_of, competent):
    competent("kanim-atambua", "foreigners", BELU, kind="immigration")
    competent("polres-belu", "crime", BELU)

    found = proposals(event=event_of(kind="IM.CROSSER"), on=DAY)

    assert [p.agency.pk for p in found] == ["kanim-atambua", "polres-belu"]


def test_an_exception_of_the_territory_is_respected(event_of, competent):
    competent("polda-banten", "crime", BANTEN, exceptions=[SERANG])
    competent("polda-metro", "crime", SERANG)

    proposal = proposed_addressee(event=event_of(place=SERANG, kind="TPPO"), on=DAY)

    assert proposal.agency.pk == "polda-metro"


def test_an_office_that_coaches_a_village_elsewhere_hears_of_it_before_the_ministry(event_of, competent):
    competent("ditjenim", "foreigners", INDONESIA, kind="immigration")
    competent("kanim-soetta", "partner_villages", SILAWAN, kind="immigration")

    assert proposed_addressee(event=event_of(), on=DAY).agency.pk == "kanim-soetta"


def test_the_proper_office_of_the_same_place_comes_before_the_coaching_one(event_of, competent):
    competent("kanim-atambua", "foreigners", SILAWAN, kind="immigration")
    competent("a-kanim-lain", "partner_villages", SILAWAN, kind="immigration")

    assert proposed_addressee(event=event_of(), on=DAY).agency.pk == "kanim-atambua"


def test_a_section_does_not_come_before_the_office_it_answers_to(event_of, competent, agency_of):
    competent("intelkam-belu", "crime", BELU, is_by_kind=True)
    competent("polres-belu", "crime", BELU, is_by_kind=True)
    agency_of("intelkam-belu", kind="police", parent="polres-belu")

    assert proposed_addressee(event=event_of(kind="TPPO"), on=DAY).agency.pk == "polres-belu"


def test_a_competence_that_has_ended_does_not_count(event_of, competent):
    competent("ditreskrimum-ntt", "crime", SILAWAN, valid_to=date(2026, 2, 4))
    competent("polda-ntt", "crime", NTT)

    assert proposed_addressee(event=event_of(kind="TPPO"), on=DAY).agency.pk == "polda-ntt"


def test_nobody_at_home_is_competent_abroad(event_of, competent):
    competent("pntl", "crime", 12, kind="foreign_police", country="TL")

    proposal = proposed_addressee(event=event_of(place=12, kind="TPPO"), on=DAY)

    assert proposal.agency is None
    assert "Timor-Leste" in proposal.why


def test_without_a_place_nobody_is_proposed(event_of, competent):
    competent("polres-belu", "crime", BELU)

    assert proposed_addressee(event=event_of(place=None, kind="TPPO"), on=DAY).agency is None


@pytest.mark.parametrize(
    ("stream", "matter"),
    [("trafficking", "crime"), ("smuggling", "foreigners"), ("goods", "goods"), ("narcotics", "narcotics")],
)
def test_a_finding_is_addressed_by_its_stream(stream, matter, finding_of, competent):
    competent("yang-berwenang", matter, BELU)

    assert proposed_addressee(finding=finding_of(stream=stream), on=DAY).agency.pk == "yang-berwenang"


def test_what_follows_from_a_kind_comes_after_a_row_about_an_agency_and_before_a_national_one(event_of, competent):
    competent("polri", "crime", INDONESIA)
    competent("polsek", "crime", SILAWAN, is_by_kind=True)
    assert proposed_addressee(event=event_of(kind="TPPO"), on=DAY).agency.pk == "polsek"

    competent("polda-ntt", "crime", NTT)

    assert proposed_addressee(event=event_of(kind="TPPO"), on=DAY).agency.pk == "polda-ntt"


def test_of_two_over_the_same_root_the_more_local_agency_is_proposed(event_of, competent, agency_of):
    agency_of("polda-metro", kind="police", level="province")
    competent("polda-metro", "crime", BELU)
    competent("polres-metro", "crime", BELU)

    assert proposed_addressee(event=event_of(kind="TPPO"), on=DAY).agency.pk == "polres-metro"
