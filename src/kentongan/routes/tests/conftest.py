"""What the tests of routes build: Sikka, Makassar and Balikpapan with their ports, villages on a coast, and events that name ways."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kentongan.events.models import Classification, Event
from kentongan.places.models import Facility, Place, PlaceAncestor, PlaceCode

SIKKA, MAUMERE, KALTIM, BALIKPAPAN, SULSEL, MAKASSAR, BOBONARO, MALAYSIA = range(300, 308)
TIMOR_LESTE = 12  # of the rows that tests of all rooms share


@pytest.fixture
def region(gazetteer_rows):
    """The units around the ship from Maumere to Balikpapan, Bobonaro over the border, and a state far away."""
    rows = [
        (SIKKA, "53.07", "Sikka", "regency", "ID", 2, -8.65, 122.35, (2, 1)),
        (MAUMERE, "53.07.05.1009", "Kota Uneng", "village", "ID", SIKKA, -8.611, 122.210, (SIKKA, 2, 1)),
        (SULSEL, "73", "Sulawesi Selatan", "province", "ID", 1, -4.0, 120.0, (1,)),
        (MAKASSAR, "73.71", "Makassar", "city", "ID", SULSEL, -5.1416, 119.4248, (SULSEL, 1)),
        (KALTIM, "64", "Kalimantan Timur", "province", "ID", 1, 0.5, 116.5, (1,)),
        (BALIKPAPAN, "64.71", "Balikpapan", "city", "ID", KALTIM, -1.2342, 116.8485, (KALTIM, 1)),
        (BOBONARO, "TL-05", "Bobonaro", "municipality", "TL", TIMOR_LESTE, -8.95, 125.2, (TIMOR_LESTE,)),
        (MALAYSIA, "MY", "Malaysia", "country", "MY", None, 4.2, 102.0, ()),
    ]
    for key, code, name, level, country, parent, lat, lon, above in rows:
        Place.objects.create(
            id=key, code=code, name=name, level=level, country=country, parent_id=parent, lat=lat, lon=lon
        )
        links = [PlaceAncestor(ancestor_id=a, descendant_id=key, depth=n) for n, a in enumerate((key, *above))]
        PlaceAncestor.objects.bulk_create(links)
        PlaceCode.objects.create(place_id=key, scheme="kemendagri", code=code)
    for key, name, place, lat, lon, counterpart in [
        ("lorens-say", "Pelabuhan Lorens Say Maumere", MAUMERE, -8.6115, 122.2103, ""),
        ("makassar-pelabuhan", "Pelabuhan Soekarno-Hatta Makassar", MAKASSAR, -5.122, 119.409, ""),
        ("balikpapan-semayang", "Pelabuhan Semayang Balikpapan", BALIKPAPAN, -1.2717, 116.8083, ""),
        ("motaain", "PLBN Mota'ain", 5, -8.958, 124.9503, "batugade"),
        ("batugade", "Posto Integrado Batugade", BOBONARO, -8.9575, 124.9512, "motaain"),
    ]:
        facility = Facility.objects.create(
            key=key, name=name, kind="seaport", country="ID", place_id=place, lat=lat, lon=lon, counterpart=counterpart
        )
        facility.candidates.set([place])
    return Place.objects


@pytest.fixture
def event_naming(kinds, agency_of):
    """Make a confirmed event: `event_naming(SIKKA, day, origin=("53.07",), destination=("64.71",))`."""

    def make(place, day, *, origin=(), destination=(), kind="PMI.NP", owner="kanim-atambua", state="confirmed", **more):
        event = Event.objects.create(
            owner=agency_of(owner), handling=more.pop("handling", "restricted"), purpose="prevention",
            legal_basis="UU 6/2011 Ps. 89", retain_until=date(2031, 1, 1), title="Dugaan perekrutan", state=state,
            known_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC), place_id=place, happened_from=day,
            happened_to=day + timedelta(days=1), precision="day",
            details={"origin": list(origin), "destination": list(destination)}, **more,
        )  # fmt: skip
        Classification.objects.create(
            event=event, kind_id=kind, alleged_by="officer:1", alleged_at=event.known_at, why="uji"
        )
        return event

    return make
