"""Whom a matter goes to, as a table: place, matter, day, the agency, and why. The shipped competences on real places."""

from datetime import date

import pytest

from kentongan.agencies.models import Competence
from kentongan.agencies.rules import Console
from kentongan.alerts import actions
from kentongan.alerts.matters import INFORMED_OF, matter_for, may_be_asked
from kentongan.alerts.queries import proposals
from kentongan.places.models import Place, PlaceAncestor, PlaceCode

DAY = date(2026, 3, 4)
ROTE, NGADA = "53.14", "53.09"
PLACES = [
    ("31", "DKI Jakarta", "province", "ID"), ("31.73", "Jakarta Barat", "city", "31"), ("31.73.01", "Cengkareng", "district", "31.73"),
    ("36.03", "Tangerang", "regency", "36"), ("36.71", "Kota Tangerang", "city", "36"), ("36.71.01", "Tangerang", "district", "36.71"),
    ("36.71.04", "Benda", "district", "36.71"), ("36.72", "Cilegon", "city", "36"), ("36.74", "Tangerang Selatan", "city", "36"),
    ("53.07", "Sikka", "regency", "53"), ("53.11", "Sumba Timur", "regency", "53"), (ROTE, "Rote Ndao", "regency", "53"),
    ("53.14.01", "Rote Barat Daya", "district", ROTE), ("53.14.01.2010", "Batutua", "village", "53.14.01"),
]  # fmt: skip
KINDS = (
    "NARK",
    "TPPM.MARITIME",
    "RESP.RESCUE",
    "RESP.RETURN",
    "RESP.REINTEG",
    "PMI.DEPART_DEFER",
    "GDS.SENPI",
    "GDS.TERNAK",
    "BORDER.MARKER",
    "KAMTIBMAS",
)


@pytest.fixture
def shipped(gazetteer_rows, kinds, now):
    """The shipped agencies over enough of the gazetteer for their roots."""
    from kentongan.agencies.loading import load_agencies
    from kentongan.vocabulary.models import Kind

    for key, (code, name, level, parent) in enumerate(PLACES, start=100):
        above = Place.objects.get(code=parent)
        place = Place.objects.create(id=key, code=code, name=name, level=level, country="ID", parent=above)
        PlaceCode.objects.create(place=place, scheme="kemendagri", code=code)
        PlaceAncestor.objects.create(ancestor=place, descendant=place, depth=0)
        for link in PlaceAncestor.objects.filter(descendant=above):
            PlaceAncestor.objects.create(ancestor_id=link.ancestor_id, descendant=place, depth=link.depth + 1)
    for code in KINDS:
        Kind.objects.create(code=code, kind_class="offence", label_id=code, label_en=code)
    load_agencies(by=Console(), at=now)


TABLE = [
    # kind, place, day, whom in which order, words of the reason of the last one
    ("TPPO", "53.04.02.2001", DAY, ["polres-belu", "dinsos-ntt", "uptd-ppa-ntt"], "korban"),
    ("TPPO", "53.07", DAY, ["polres-sikka", "dinsos-sikka"], "korban"),
    ("TPPO", "53.71", DAY, ["polres-kupangkota", "dp3a-kotakupang"], "korban"),
    ("RESP.RESCUE", "53.71", DAY, ["dp3a-kotakupang"], "korban"),
    ("RESP.REINTEG", "53.07", DAY, ["dinsos-sikka"], "korban"),
    ("RESP.RETURN", "53.07", DAY, ["bp3mi-ntt"], "pemulangan"),
    ("PMI.NP", "53.11", DAY, ["p4mi-sumbatimur"], "P4MI"),
    ("PMI.NP", "53.07", DAY, ["bp3mi-ntt"], "BP3MI"),
    ("PMI.NP", "36.71.04", DAY, ["bp3mi-banten"], "perlu dicocokkan"),
    ("PMI.DEPART_DEFER", "36.71.04", DAY, ["kanim-soetta"], "penundaan keberangkatan"),
    ("TPPM.MARITIME", ROTE, DAY, ["ditpolairud-ntt"], "Polairud"),
    ("TPPM.MARITIME", "36.72", DAY, ["ditpolairud-banten"], "Polairud"),
    ("NARK", "53.04.02.2001", DAY, ["bnnk-belu"], "BNN"),
    ("NARK", ROTE, DAY, ["bnnk-rote"], "belum dipastikan"),
    ("NARK", "53.07", DAY, ["bnnp-ntt"], "BNN"),
    ("GDS.BBM", "53.04.02.2001", DAY, ["bc-atambua"], "Bea Cukai"),
    ("GDS.TERNAK", "53.04.02.2001", DAY, ["karantina-ntt"], "karantina"),
    ("GDS.SENPI", "53.04.02.2001", DAY, ["polres-belu"], "Polri"),
    ("BORDER.MARKER", "53.04.02.2001", DAY, ["pamtas-timur"], "pengamanan perbatasan"),
    ("IM.CROSSER", "53.04.02.2001", DAY, ["kanim-atambua"], "orang asing"),
    ("IM.CROSSER", "53.14.01.2010", DAY, ["kanim-kupang"], "orang asing"),
    ("IM.CROSSER", "31.73.01", DAY, ["kanim-soetta"], "orang asing"),  # coached from another province
    ("TPPO", "36.71.01", DAY, ["polres-metro-tangerang"], "perlu dicocokkan"),
    ("TPPO", "36.71.04", DAY, ["polres-bandara-soetta"], "kawasan bandara"),
    ("TPPO", "36.74", DAY, ["polres-tangsel"], "perlu dicocokkan"),
    ("TPPO", "36.03", DAY, ["polres-tangerang"], "perlu dicocokkan"),
    ("TPPO", "31.73.01", DAY, ["polda-metro"], "perlu dicocokkan"),
    ("TPPO", "53.04.02.2001", date(2023, 6, 1), ["polres-belu"], "Polres"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "code", "on", "whom", "why"), TABLE, ids=[f"{r[0]}-{r[1]}-{r[2]}" for r in TABLE])
def test_the_proposal_names_the_agencies_and_the_reason(kind, code, on, whom, why, shipped, event_of):
    event = event_of(place=Place.objects.get(code=code).pk, kind=kind)

    found = proposals(event=event, on=on)

    assert [p.agency.pk for p in found][: len(whom)] == whom
    assert why in found[len(whom) - 1].why


def test_an_office_that_coaches_a_village_of_anothers_territory_hears_of_it_too(event_of, competent):
    competent("kanim-atambua", "foreigners", 3, kind="immigration")
    competent("kanim-lain", "partner_villages", 5, kind="immigration")

    found = proposals(event=event_of(), on=DAY)

    assert [p.agency.pk for p in found] == ["kanim-atambua", "kanim-lain"]
    assert "membina desa itu" in found[1].why


def test_a_silent_partner_village_is_told_to_the_office_that_coaches_it_since_the_day_it_does(shipped, finding_of):
    village = Place.objects.get(code="53.14.01.2010").pk
    finding = finding_of(place=village, stream="silence")

    after, before = proposals(finding=finding, on=DAY)[0], proposals(finding=finding, on=date(2025, 7, 23))[0]

    assert (after.agency.pk, after.matter) == ("kanim-kupang", "partner_villages")
    assert (before.agency.pk, before.matter) == ("kanim-kupang", "foreigners")


def test_two_that_nothing_ranks_are_both_proposed(event_of, competent, kinds):
    from kentongan.vocabulary.models import Kind

    Kind.objects.create(code="RESP.RESCUE", kind_class="response", label_id="x", label_en="x")
    competent("uptd-ppa", "victims", 2, kind="social")
    competent("dinsos", "victims", 2, kind="social")

    assert [p.agency.pk for p in proposals(event=event_of(kind="RESP.RESCUE"), on=DAY)] == ["dinsos", "uptd-ppa"]


def test_who_informs_and_hands_over_is_never_proposed_for_a_crime_whatever_the_table_says(event_of, competent):
    competent("kodim", "crime", 5, kind="military")
    competent("polres-belu", "crime", 3)

    assert [p.agency.pk for p in proposals(event=event_of(kind="TPPO"), on=DAY)] == ["polres-belu"]


@pytest.mark.parametrize("kind", sorted(INFORMED_OF))
@pytest.mark.parametrize("matter", ["crime", "goods", "narcotics", "foreigners", "victims", "migrant_workers"])
def test_a_military_or_intelligence_agency_is_asked_in_its_own_matter_only(kind, matter):
    assert not may_be_asked(kind, matter)
    assert may_be_asked(kind, matter_for(kind, matter))


def test_an_alert_of_a_crime_to_the_army_is_refused_even_with_a_reason(event_of, agency_of, actor_of, now):
    with pytest.raises(actions.NotTheirPower, match="menyerahkan"):
        actions.raise_alert(
            event=event_of(kind="TPPO"), to=agency_of("pamtas-timur", kind="military"), matter="crime", message="x",
            changed_why="jalur tikus", by=actor_of("kanim-atambua"), at=now,
        )  # fmt: skip


def test_every_closed_kind_of_the_gate_informs_only():
    from kentongan.agreements.rules import CLOSED_KINDS

    assert set(INFORMED_OF) == CLOSED_KINDS


def test_what_is_not_settled_stays_marked_in_the_rows(shipped):
    doubtful = Competence.objects.filter(agency__in=["bnnk-rote", "bnnk-kupang"], matter="narcotics")

    assert ["belum dipastikan" in row.source_note for row in doubtful] == [True, True]
