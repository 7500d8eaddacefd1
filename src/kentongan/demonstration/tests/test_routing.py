"""The simulated agencies have named two corridors, each start the same."""

import pytest

from conftest import NOW
from kentongan.demonstration.routing import name_corridors
from kentongan.places.models import Facility, Place, PlaceAncestor
from kentongan.routes.models import Corridor


@pytest.fixture
def ports(gazetteer_rows, officer_of):
    for key, code, name, lat, lon in [
        (300, "53.07", "Sikka", -8.65, 122.35),
        (301, "64.71", "Balikpapan", -1.2342, 116.8485),
        (302, "64.71.06.1001", "Prapatan", -1.2668, 116.8139),
    ]:
        level = "village" if key == 302 else "city"
        Place.objects.create(id=key, code=code, name=name, level=level, country="ID", parent_id=1, lat=lat, lon=lon)
        PlaceAncestor.objects.create(ancestor_id=key, descendant_id=key, depth=0)
    for key, lat, lon in [
        ("motaain", -8.958, 124.9503),
        ("lorens-say", -8.6115, 122.2103),
        ("makassar-pelabuhan", -5.122, 119.409),
        ("balikpapan-semayang", -1.2717, 116.8083),
    ]:
        Facility.objects.create(key=key, name=key, kind="seaport", country="ID", lat=lat, lon=lon)
    officer_of("kanim-atambua", username="analis.atambua")
    officer_of("ditjenim", username="analis")


def test_a_corridor_to_the_border_and_one_to_kalimantan_stand_and_are_watched(ports):
    for _start in range(2):
        name_corridors(at=NOW)

    border, labour = Corridor.objects.order_by("-owner")
    assert [(one.owner_id, one.stops.count(), one.is_simulated) for one in (border, labour)] == [
        ("kanim-atambua", 2, True),
        ("ditjenim", 5, True),
    ]
    assert all(one.watch.is_active and one.watch.every_days == 7 for one in (border, labour))
    assert [root.name for root in border.watch.roots.all()] == ["Silawan"]
    assert [root.name for root in labour.watch.roots.all()] == ["Prapatan"]
