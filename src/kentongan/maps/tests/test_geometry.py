"""Hulls and the Mercator square, as laws on generated points."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kentongan.maps.geometry import Point, convex_hull, down, latitude, padded_hull

points = st.lists(
    st.builds(Point, st.floats(118, 128).map(lambda d: round(d, 4)), st.floats(-11, -7).map(lambda d: round(d, 4))),
    min_size=1,
    max_size=30,
)


def _is_left_of_every_side(point, ring):
    return all(
        (b.lon - a.lon) * (point.lat - a.lat) - (b.lat - a.lat) * (point.lon - a.lon) > 0 for a, b in pairwise(ring)
    )


@given(points)
def test_padded_hull_is_closed_and_holds_every_point_strictly_inside(found):
    ring = padded_hull(found, margin_m=1000)

    assert ring[0] == ring[-1]
    assert all(_is_left_of_every_side(point, ring) for point in found)


@given(points)
def test_hull_of_a_hull_is_itself(found):
    hull = convex_hull(found)

    assert convex_hull(hull) == hull


@given(points, st.randoms(use_true_random=False))
def test_hull_does_not_depend_on_the_order_of_the_points(found, random):
    shuffled = found.copy()
    random.shuffle(shuffled)

    assert convex_hull(shuffled) == convex_hull(found)


def test_hull_of_nothing_is_nothing():
    assert padded_hull([], margin_m=1000) == []


def test_single_member_gets_a_circle_of_the_margin():
    ring = padded_hull([Point(124.9, -9.0)], margin_m=2500)

    north_m = (max(p.lat for p in ring) + 9.0) * 111_195
    assert 2500 <= north_m <= 2600


@given(st.floats(-80, 80))
def test_latitude_is_the_inverse_of_down(lat):
    assert abs(latitude(down(lat)) - lat) < 1e-9
