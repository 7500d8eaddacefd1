"""Flows are counted from confirmed events that the reader may see."""

from datetime import date, timedelta

import pytest

from kentongan.agreements.tests.sharing import clause_between
from kentongan.events.models import Event
from kentongan.places.models import PlaceCode
from kentongan.routes.between import between
from kentongan.routes.flows import flows
from kentongan.routes.rules import two_periods
from kentongan.routes.sketch import sketch

from .conftest import MAUMERE, SIKKA

pytestmark = pytest.mark.django_db
LAST = date(2026, 3, 4)
NOW, EARLIER = two_periods(LAST, 365)
LABOUR = {"origin": ("53.07",), "destination": ("64.71",)}


@pytest.fixture
def seen(actor_of, now):
    """Return the flows that the analyst of Atambua sees: `seen()`."""
    actor = actor_of("kanim-atambua", role="analyst")

    def make(by=actor, stream=""):
        return flows(by, now=NOW, earlier=EARLIER, stream=stream, at=now)

    return make


def names(row) -> list[str]:
    return [area.name for area in row.way]


def test_events_that_name_one_way_are_one_row_with_its_figures(region, event_naming, seen) -> None:
    for days, persons in ((1, 8), (30, None), (400, 3)):
        event_naming(MAUMERE, LAST - timedelta(days=days), persons=persons, **LABOUR)

    found = seen()

    (row,) = found.rows
    assert names(row) == ["Sikka", "Kota Balikpapan"]  # the port lies in Sikka
    assert (row.events, row.before, row.persons, row.untold) == (2, 1, 8, 1)
    assert row.last_on == LAST - timedelta(days=1)


def test_the_scene_stands_between_origin_and_destination(region, event_naming, seen) -> None:
    event_naming(3, LAST, origin=("53.07",), destination=("TL",))

    assert names(seen().rows[0]) == ["Sikka", "Belu", "Timor-Leste"]


def test_a_former_code_leads_to_its_place(region, event_naming, seen) -> None:
    PlaceCode.objects.create(place_id=SIKKA, scheme="kemendagri", code="53.99", valid_to=date(2020, 1, 1))
    event_naming(3, LAST, origin=("53.99", "tidak-ada"))

    assert names(seen().rows[0]) == ["Sikka", "Belu"]


def test_an_event_with_one_place_is_no_flow_and_is_counted_as_such(region, event_naming, seen) -> None:
    event_naming(3, LAST)

    found = seen()

    assert (found.rows, found.without_way) == ((), 1)


@pytest.mark.parametrize(
    "other",
    [{"state": "proposed"}, {"state": "dismissed"}, {"handling": "protected"}, {"kind": "RESP.RAKOR"}],
)
def test_what_is_not_confirmed_not_counted_or_protected_makes_no_flow(region, event_naming, seen, other) -> None:
    event_naming(3, LAST, **LABOUR, **other)

    assert seen().rows == ()


def test_a_kind_that_was_withdrawn_counts_no_more(region, event_naming, seen, now) -> None:
    event = event_naming(3, LAST, **LABOUR)
    event.classifications.update(withdrawn_at=now)

    assert seen().rows == ()


def test_a_stream_takes_its_own_kinds(region, event_naming, seen) -> None:
    event_naming(3, LAST, **LABOUR)
    event_naming(3, LAST, kind="GDS.BBM", destination=("TL",))

    assert [names(row) for row in seen(stream="goods").rows] == [["Belu", "Timor-Leste"]]


def test_another_agency_sees_no_flow_of_events_that_are_not_open_to_it(region, event_naming, seen, actor_of) -> None:
    event_naming(3, LAST, **LABOUR)

    assert seen(actor_of("polres-sikka", role="analyst")).rows == ()
    assert len(seen().rows) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, []), ({"details": "full"}, [["Sikka", "Belu", "Kota Balikpapan"]])],
    ids=["without details", "with them"],
)
def test_what_a_clause_gives_makes_a_flow_only_with_its_details(
    region, event_naming, seen, actor_of, agency_of, given, expected
) -> None:
    event_naming(3, LAST, **LABOUR)
    agency_of("polres-sikka")
    parts = {"kind": "full", "place": "full", "time": "full", **given}
    clause_between("kanim-atambua", "polres-sikka", {"events": parts})

    found = seen(actor_of("polres-sikka", role="analyst"))

    assert [names(row) for row in found.rows] == expected


def test_what_lies_between_is_found_on_shortest_ways(region, event_naming, seen) -> None:
    for n in range(6):
        event_naming(MAUMERE, LAST - timedelta(days=n), **LABOUR)

    found = between(seen(), on=LAST)

    assert {one.node.facility: one.across for one in found} == pytest.approx(
        {"lorens-say": 6, "makassar-pelabuhan": 6, "balikpapan-semayang": 6}
    )
    assert {one.change.verdict for one in found} == {"too_few"}  # nothing was named before


def test_an_event_with_two_destinations_counts_one_in_all(region, event_naming, seen) -> None:
    event_naming(MAUMERE, LAST, origin=("53.07",), destination=("64.71", "73.71"))

    found = {one.node.facility: one.across for one in between(seen(), on=LAST)}

    assert found == pytest.approx({"lorens-say": 1, "makassar-pelabuhan": 1, "balikpapan-semayang": 0.5})


def test_a_share_that_rose_beyond_chance_is_told(region, event_naming, seen) -> None:
    for n in range(12):
        event_naming(3, LAST - timedelta(days=366 + n), destination=("TL-05",))
        event_naming(MAUMERE, LAST - timedelta(days=n), **LABOUR)

    changes = {one.node.facility: one.change.verdict for one in between(seen(), on=LAST)}

    assert changes == {"lorens-say": "up", "makassar-pelabuhan": "up", "balikpapan-semayang": "up"}


def test_no_movement_leaves_nothing_between_and_nothing_to_draw(region, kinds, seen) -> None:
    found = seen()

    assert between(found, on=LAST) == ()
    assert sketch([], []) is None


def test_the_sketch_draws_what_has_a_point_and_says_what_it_left_out(region, event_naming, seen) -> None:
    event_naming(MAUMERE, LAST, **LABOUR)
    event_naming(3, LAST, destination=("MY",))

    drawn = sketch([(row.way, row.events) for row in seen().rows], [("Koridor", [(-9.0, 124.9), (-9.2, 125.0)])])

    assert [leg.title for leg in drawn.legs] == ["Sikka → Kota Balikpapan"]
    assert (drawn.left_out, len(drawn.corridors)) == (1, 1)
    assert drawn.land.startswith("M")
    inside = [(0 <= dot.x <= drawn.width) and (0 <= dot.y <= drawn.height) for dot in drawn.dots]
    assert all(inside)


def test_labels_that_would_lie_on_one_another_are_left_out_but_their_dots_stay() -> None:
    stops = [("Silawan", -8.99, 124.93), ("Tulakadi", -8.991, 124.931), ("Kota Kupang", -10.17, 123.6)]

    drawn = sketch([], [("Koridor", [(-9.0, 124.9), (-10.1, 123.6)])], stops)

    assert [(dot.name, dot.is_labelled) for dot in drawn.dots] == [
        ("Silawan", True),
        ("Tulakadi", False),
        ("Kota Kupang", True),
    ]


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_events(
    region, event_naming, seen, django_assert_max_num_queries
) -> None:
    for n in range(10):
        event_naming(MAUMERE, LAST - timedelta(days=n), **LABOUR)

    with django_assert_max_num_queries(12):
        seen()
    assert Event.objects.count() == 10
