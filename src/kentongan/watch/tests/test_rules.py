"""When a cluster is the same finding as one that is already known."""

from dataclasses import replace
from datetime import date

import pytest

from kentongan.watch.rules import Extent, overlap, same_finding, windows_touch

known = Extent(
    stream="tppo",
    level="village",
    members=frozenset({1, 2, 3, 4}),
    districts=frozenset({10}),
    window_from=date(2026, 3, 2),
    window_to=date(2026, 3, 16),
)


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"members": frozenset({1, 2, 3, 4, 5, 6, 7, 8})}, True),
        ({"members": frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9})}, False),
        ({"members": frozenset({3, 4, 5})}, False),
        ({"window_from": date(2026, 3, 16), "window_to": date(2026, 3, 23)}, True),
        ({"window_from": date(2026, 3, 17), "window_to": date(2026, 3, 23)}, False),
        ({"window_from": date(2026, 2, 1), "window_to": date(2026, 3, 2)}, True),
        ({"stream": "narkotika"}, False),
        ({"level": "district", "members": frozenset({10})}, True),
        ({"level": "district", "members": frozenset({10, 11}), "districts": frozenset({10, 11})}, True),
        ({"level": "district", "members": frozenset({10, 11, 12}), "districts": frozenset({10, 11, 12})}, False),
    ],
)
def test_one_stream_touching_windows_and_half_the_members_make_one_finding(
    change: dict[str, object], is_same: bool
) -> None:
    seen = replace(known, **change)

    assert same_finding(known, seen) is is_same
    assert same_finding(seen, known) is is_same


def test_nothing_overlaps_with_nothing() -> None:
    empty = replace(known, members=frozenset())

    assert overlap(empty, empty) == 0.0
    assert windows_touch(empty, known)
