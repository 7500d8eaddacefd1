"""Partner villages and corridors on the map."""

from datetime import date

import pytest

from conftest import NOW

PARTNERS, CORRIDORS = "/peta/desa-binaan.geojson", "/peta/jalur.geojson"


@pytest.fixture
def partner_of(agency_of, gazetteer_rows):
    """Make a partner village: `partner_of(place=5, owner="kanim-atambua", status="designated")`."""
    from kentongan.programme.models import PartnerVillage

    def make(*, place=5, owner="kanim-atambua", status="designated"):
        return PartnerVillage.objects.create(
            owner=agency_of(owner), place_id=place, handling="shared", purpose="prevention", legal_basis="uji",
            retain_until=date(2031, 1, 1), status=status, decree_number="W1/2026", changed_at=NOW, changed_by="officer:x",
        )  # fmt: skip

    return make


@pytest.fixture
def corridor(agency_of):
    from kentongan.routes.models import Corridor, CorridorStop

    made = Corridor.objects.create(
        owner=agency_of("kanim-atambua"), name="Koridor uji", valid_from=date(2026, 1, 1), created_by="officer:x", created_at=NOW
    )  # fmt: skip
    for number, (label, lat, lon) in enumerate([("Silawan", -8.99, 124.93), ("Atambua", -9.1, 124.89)]):
        CorridorStop.objects.create(corridor=made, position=number, place_id=5, label=label, lat=lat, lon=lon)
    return made


def test_partner_village_stands_at_its_village_with_its_status(seen_by, partner_of):
    partner_of(place=5)
    partner_of(place=6, status="proposed")

    one, other = seen_by()(PARTNERS)

    assert one["geometry"]["coordinates"] == [124.9314, -8.9915]
    assert (one["properties"]["berlaku"], other["properties"]["berlaku"]) == (True, False)
    assert one["properties"]["keadaan_tertulis"] == "ditetapkan"


def test_partner_known_only_to_its_district_says_so(seen_by, partner_of):
    partner_of(place=4)

    (one,) = seen_by()(PARTNERS)

    assert one["properties"]["ketelitian"] == "hanya kecamatan yang diketahui"


def test_another_agency_and_a_role_outside_the_programme_see_no_partner(seen_by, partner_of):
    partner_of()

    assert seen_by("polres-belu", kind="police")(PARTNERS) == []
    assert seen_by(role="reporter")(PARTNERS) == []


def test_corridor_is_a_line_through_its_stops_that_says_it_is_straight(seen_by, gazetteer_rows, corridor):
    (one,) = seen_by()(CORRIDORS)

    assert one["geometry"] == {"type": "LineString", "coordinates": [[124.93, -8.99], [124.89, -9.1]]}
    assert one["properties"]["jenis"] == "Silawan – Atambua"
    assert one["properties"]["ketelitian"] == "ditarik lurus antarsinggahan"


def test_another_agency_and_a_role_without_findings_see_no_corridor(seen_by, gazetteer_rows, corridor):
    assert seen_by("polres-belu", kind="police")(CORRIDORS) == []
    assert seen_by(role="reporter")(CORRIDORS) == []
