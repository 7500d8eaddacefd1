"""R16: no small count of persons is published, and none can be computed from what is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from kentongan.agreements.cells import (
    PARTNER_CELL,
    PUBLIC_CELL,
    Shown,
    TableNotCounts,
    shown_line,
    shown_lines,
    shown_table,
)

thresholds = st.sampled_from([2, 3, PARTNER_CELL, PUBLIC_CELL])
counts = st.integers(0, 3) | st.integers(0, 12) | st.integers(0, 200)


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    """Tables with many small cells and zeros, as counts of persons by place and month are."""
    width = draw(st.integers(1, 5))
    return draw(st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=5))


def intervals_an_attacker_finds(shown: Shown) -> list[float]:
    """Return, for each withheld number, the width of the interval that all published numbers together leave.

    The unknowns are the inner cells, none below zero; each published number is one equation. This is a linear
    programme over everything an attacker has; it shares nothing with how the table was made.
    """
    height, width = len(shown.cells), len(shown.cells[0])
    published, withheld = [], []
    for row in range(height):
        for column in range(width):
            _sort(_mask(height, width, [row], [column]), shown.cells[row][column], published, withheld)
        _sort(_mask(height, width, [row], range(width)), shown.rows[row], published, withheld)
    for column, total in enumerate(shown.columns):
        _sort(_mask(height, width, range(height), [column]), total, published, withheld)
    if shown.columns:  # else the total of all is nobody's number
        _sort(_mask(height, width, range(height), range(width)), shown.total, published, withheld)
    equations = np.array([mask for mask, _ in published]) if published else None
    right = np.array([value for _, value in published]) if published else None
    return [_bound(-mask, equations, right) - _bound(mask, equations, right) for mask in withheld]


def _mask(height: int, width: int, rows, columns) -> np.ndarray:
    mask = np.zeros((height, width))
    mask[np.ix_(list(rows), list(columns))] = 1
    return mask.ravel()


def _sort(mask: np.ndarray, value: int | None, published: list, withheld: list) -> None:
    if value is None:
        withheld.append(mask)
    else:
        published.append((mask, value))


def _bound(objective: np.ndarray, equations, right) -> float:
    """Return the least of the sum, or the negative of the greatest when the objective is negated."""
    found = linprog(objective, A_eq=equations, b_eq=right, bounds=(0, None), method="highs")
    sign = 1 if objective.max() > 0 else -1
    if found.status == 3:  # unbounded: the greatest is without limit
        return sign * -np.inf
    assert found.status == 0, found.message
    return sign * found.fun


@given(tables(), thresholds, st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_withheld_number_can_be_narrowed_to_fewer_than_k(table, k, with_columns):
    shown = shown_table(table, k=k, with_columns=with_columns)

    assert all(width >= k - 1e-6 for width in intervals_an_attacker_finds(shown))


@given(tables(), thresholds, st.booleans())
def test_what_is_shown_is_true_and_never_small(table, k, with_columns):
    shown = shown_table(table, k=k, with_columns=with_columns)

    true = Shown(
        tuple(map(tuple, table)),
        tuple(map(sum, table)),
        tuple(map(sum, zip(*table, strict=True))) if with_columns else (),
        sum(map(sum, table)) if with_columns else None,
    )
    pairs = [
        *(
            (cell, value)
            for row, of in zip(shown.cells, true.cells, strict=True)
            for cell, value in zip(row, of, strict=True)
        ),
        *zip(shown.rows, true.rows, strict=True),
        *zip(shown.columns, true.columns, strict=True),
        (shown.total, true.total),
    ]
    assert all(cell is None or cell == value for cell, value in pairs)
    assert not any(cell is not None and 0 < cell < k for cell, _ in pairs)


@given(tables().filter(lambda table: not any(0 < c < 11 for row in table for c in row)))
def test_a_table_without_small_cells_is_shown_whole(table):
    shown = shown_table(table, k=PUBLIC_CELL)

    assert shown.cells == tuple(map(tuple, table))
    assert shown.total == sum(map(sum, table))


def test_a_single_small_cell_would_be_its_rows_total_minus_the_rest():
    naive = Shown(((None, 20, 30), (40, 50, 60)), (53, 150), (43, 70, 90), 203)

    assert min(intervals_an_attacker_finds(naive)) == pytest.approx(0)

    shown = shown_table([[3, 20, 30], [40, 50, 60]], k=5)
    assert shown.cells[0][0] is None
    assert sum(cell is None for row in shown.cells for cell in row) == 4
    assert (shown.rows, shown.columns, shown.total) == ((53, 150), (43, 70, 90), 203)


def test_two_small_cells_that_cover_each_other_badly_need_a_third():
    cells, total = shown_line([1, 1, 40, 7], k=5)

    assert cells == (None, None, 40, None)
    assert total == 49


def test_a_line_of_one_cell_hides_its_total_too():
    assert shown_line([3], k=5) == ((None,), None)


def test_a_line_whose_total_is_small_hides_it():
    cells, total = shown_line([1, 0, 2], k=5)

    assert (cells[0], cells[2], total) == (None, None, None)


@given(st.lists(counts, min_size=1, max_size=12), thresholds)
def test_no_zero_of_a_line_covers_another_cell(line, k):
    """A month without events is known to have no persons: withholding it would protect nothing."""
    cells, _total = shown_line(line, k=k)

    assert all(cell == 0 for cell, count in zip(cells, line, strict=True) if count == 0)


def test_a_zero_is_no_small_cell():
    assert shown_line([0, 12, 0, 8], k=5) == ((0, 12, 0, 8), 20)


def test_lines_without_a_common_total_protect_themselves():
    shown = shown_lines({"Tasifeto Timur": [9, 0, 8], "Raihat": [2, 11, 9]}, k=5)

    assert shown["Tasifeto Timur"] == ((9, 0, 8), 17)
    assert shown["Raihat"] == ((None, 11, None), 22)


@pytest.mark.parametrize(("table", "k"), [([], 5), ([[]], 5), ([[1, 2], [3]], 5), ([[-1, 2]], 5), ([[1, 2]], 1)])
def test_what_is_no_table_of_counts_is_refused(table, k):
    with pytest.raises(TableNotCounts):
        shown_table(table, k=k)
