"""The shipped competences on real places: the traps of jurisdiction in Banten, Jakarta and on the border."""

from datetime import date

import pytest

from kentongan.agencies.loading import load_agencies
from kentongan.agencies.rules import Console
from kentongan.alerts.queries import proposed_addressee
from kentongan.places.models import Place, PlaceAncestor, PlaceCode

pytestmark = pytest.mark.sqlite  # what is shipped is the same on every database

DAY = date(2026, 3, 4)

PLACES = [
    ("31", "DKI Jakarta", "province", "ID"),
    ("31.73", "Jakarta Barat", "city", "31"),
    ("31.73.01", "Cengkareng", "district", "31.73"),
    ("36.01", "Pandeglang", "regency", "36"),
    ("36.03", "Tangerang", "regency", "36"),
    ("36.04", "Serang", "regency", "36"),
    ("36.71", "Kota Tangerang", "city", "36"),
    ("36.71.01", "Tangerang", "district", "36.71"),
    ("36.71.04", "Benda", "district", "36.71"),
    ("36.72", "Cilegon", "city", "36"),
    ("36.74", "Tangerang Selatan", "city", "36"),
    ("53.02", "Timor Tengah Selatan", "regency", "53"),
    ("53.03", "Timor Tengah Utara", "regency", "53"),
    ("53.07", "Sikka", "regency", "53"),
    ("53.14", "Rote Ndao", "regency", "53"),
    ("53.17", "Sumba Tengah", "regency", "53"),
    ("53.21", "Malaka", "regency", "53"),
]


@pytest.fixture
def shipped(gazetteer_rows, kinds, now):
    """The shipped agencies over enough of the gazetteer for their roots."""
    from kentongan.vocabulary.models import Kind

    for key, (code, name, level, parent) in enumerate(PLACES, start=100):
        above = Place.objects.get(code=parent)
        place = Place.objects.create(id=key, code=code, name=name, level=level, country="ID", parent=above)
        PlaceCode.objects.create(place=place, scheme="kemendagri", code=code)
        PlaceAncestor.objects.create(ancestor=place, descendant=place, depth=0)
        for link in PlaceAncestor.objects.filter(descendant=above):
            PlaceAncestor.objects.create(ancestor_id=link.ancestor_id, descendant=place, depth=link.depth + 1)
    for code in ("NARK", "TPPM.MARITIME"):
        Kind.objects.create(code=code, kind_class="offence", label_id=code, label_en=code)
    load_agencies(by=Console(), at=now)


@pytest.mark.parametrize(
    ("kind", "code", "agency"),
    [
        ("TPPO", "53.04.02.2001", "polres-belu"),
        ("TPPO", "53.21", "polres-malaka"),
        ("TPPO", "53.17", "polres-sumbar-ntt"),
        ("TPPO", "36.04", "polres-serang"),
        ("TPPO", "36.73", "polres-serangkota"),
        ("TPPO", "36.71.01", "polres-metro-tangerang"),
        ("TPPO", "36.71.04", "polres-bandara-soetta"),
        ("TPPO", "36.74", "polres-tangsel"),
        ("TPPO", "36", "polda-banten"),
        ("TPPO", "31.73.01", "polda-metro"),
        ("IM.CROSSER", "53.04.02.2001", "kanim-atambua"),
        ("IM.CROSSER", "53.03", "kanim-atambua"),
        ("IM.CROSSER", "53.14", "kanim-kupang"),
        ("IM.CROSSER", "36.71.01", "kanim-tangerang"),
        ("IM.CROSSER", "36.71.04", "kanim-soetta"),
        ("IM.CROSSER", "31.73.01", "kanim-soetta"),
        ("GDS.BBM", "53.03", "bc-atambua"),
        ("GDS.BBM", "36.71.04", "bc-soetta"),
        ("NARK", "53.21", "bnnk-belu"),
        ("NARK", "53.07", "bnnp-ntt"),
        ("PMI.NP", "53.04.02.2001", "bp3mi-ntt"),
        ("PMI.NP", "36.01", "bp3mi-banten"),
        ("TPPM.MARITIME", "53.14", "ditpolairud-ntt"),
        ("TPPM", "53.14", "polres-rotendao"),
    ],
)
def test_the_competent_agency_is_proposed(kind, code, agency, shipped, event_of):
    event = event_of(place=Place.objects.get(code=code).pk, kind=kind)

    assert proposed_addressee(event=event, on=DAY).agency.pk == agency


def test_before_the_directorate_for_women_and_children_the_proposal_was_the_same_police(shipped, event_of):
    event = event_of(place=Place.objects.get(code="53").pk, kind="TPPO")

    assert proposed_addressee(event=event, on=date(2025, 6, 1)).agency.pk == "polda-ntt"
