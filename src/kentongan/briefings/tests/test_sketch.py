"""The sketch: what is inside is drawn, what is outside is cut, names keep off each other, and text is only text."""

import re
from xml.etree import ElementTree

import pytest

from kentongan.briefings.sketch import HEIGHT, WIDTH, Mark, clipped, pieces, reach_to, sketch, window_around

SILAWAN = Mark("Silawan", 124.9314, -8.9915, "village")


def drawn(*neighbours, village=SILAWAN, facilities=(), reach_m=8000.0):
    window = window_around(village.lon, village.lat, reach_m=reach_m)
    return sketch(window, village, neighbours, facilities)


def names(svg):
    return {element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}  # noqa: S314 - our own


def test_the_village_its_neighbours_and_the_border_are_in_the_sketch():
    svg = drawn(
        Mark("Tulakadi", 124.928, -9.033, "neighbour"), facilities=[Mark("PLBN Mota'ain", 124.95, -8.958, "post")]
    )

    assert {"Silawan", "Tulakadi", "PLBN Mota'ain", "U"} <= names(svg)
    assert "stroke-dasharray" in svg


def test_a_name_is_text_whatever_it_holds():
    assert "<script>&" in names(drawn(village=Mark("<script>&", 124.93, -8.99, "village")))


def test_what_lies_outside_is_not_drawn():
    assert "Kupang" not in names(drawn(Mark("Kupang", 123.6, -10.17, "neighbour")))


def test_names_that_would_cover_each_other_are_left_out():
    crowd = [Mark(f"Desa {number}", 124.9314 + number / 1e6, -8.9915, "neighbour") for number in range(40)]

    assert 0 < len([name for name in names(drawn(*crowd)) if name.startswith("Desa")]) < 20


def test_the_same_input_gives_the_same_text():
    assert drawn() == drawn()


def test_points_fall_where_they_lie():
    window = window_around(124.93, -8.99, reach_m=10_000)

    x, y = window.place(124.93, -8.99)
    east, north = window.place(125.0, -8.95)

    assert (x, y) == (WIDTH / 2, HEIGHT / 2)
    assert east > x
    assert north < y


@pytest.mark.parametrize(("asked", "units"), [(10.0, "1 km"), (8_000.0, "5 km"), (900_000.0, "20 km")])
def test_the_bar_has_a_round_length(asked, units):
    assert units in names(drawn(reach_m=asked))


def test_a_ring_is_cut_at_the_edges():
    inside = clipped([(-5, -5), (5, -5), (5, 5), (-5, 5)], 0, 0, 10, 10)

    assert {(round(x), round(y)) for x, y in inside} == {(0, 0), (5, 0), (5, 5), (0, 5)}
    assert clipped([(20, 20), (30, 20), (30, 30)], 0, 0, 10, 10) == []


def test_a_line_leaves_only_what_may_be_seen():
    line = [(-50.0, -50.0), (-20.0, -20.0), (50.0, 50.0), (900.0, 50.0), (901.0, 51.0), (902.0, 52.0)]

    assert list(pieces(line)) == [[(-20.0, -20.0), (50.0, 50.0), (900.0, 50.0)]]


def test_the_reach_holds_the_nearest():
    points = [(124.9, -9.0), (124.95, -9.0), (125.9, -9.0)]

    assert reach_to(124.9, -9.0, points, nearest=1) == 5500
    assert reach_to(124.9, -9.0, [], nearest=3) == 3000


def test_every_mark_has_a_shape():
    from kentongan.briefings.sketch import SHAPES, shape_svg
    from kentongan.briefings.surroundings import WORDS

    assert set(WORDS) == set(SHAPES)
    assert all(re.match("<svg .*</svg>$", shape_svg(shape)) for shape in SHAPES)
