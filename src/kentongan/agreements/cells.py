"""Tables of counts of persons without small cells (R16): what is withheld, and what must be withheld with it. No Django.

A table is published with its margins, so a single withheld cell could be computed from its row. Every withheld number
therefore lies on a rectangle of withheld numbers along which the true ones could be moved, up and down, by `k` together
without any published number changing and without a count below zero. Whoever knows all that is published, and how this
works, finds for no withheld number an interval narrower than `k`.

The margins are cells like any other. The table is extended by a last row and a last column: with the margins taken as
negative, every extended row and column sums to zero, and the same rectangles protect cells and margins. That protection
always exists: a cell with its row's total, its column's total and the grand total can be raised without limit.

Source: L. H. Cox, "Suppression methodology and statistical disclosure control", JASA 75 (1980); the rectangle is the
shortest of its cycles. It withholds somewhat more than the least possible, and needs no solver.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kentongan.kit.errors import KentonganError

PUBLIC_CELL, PARTNER_CELL = 11, 5
"""The least count of persons that is shown to everybody, and to a partner under an agreement."""

Address = tuple[int, int]


class TableNotCounts(KentonganError):
    """The numbers are no table of counts."""

    code = "agreements.table_not_counts"


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as it may be published: None stands for each number that is withheld.

    Without totals of columns (`columns` empty), `total` is withheld too.
    """

    cells: tuple[tuple[int | None, ...], ...]
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]
    total: int | None


def shown_table(counts: Sequence[Sequence[int]], *, k: int, with_columns: bool = True) -> Shown:
    """Return the table with its totals, without counts from 1 to k - 1 and without what would betray them.

    Zeros are shown unless another cell needs their cover.
    `with_columns=False` publishes no totals of columns, and no grand total: each row then protects itself.
    """
    _demand_counts(counts, k)
    table = _Extended(counts, k, has_column_totals=with_columns)
    for address in table.small():
        table.withhold(address)
    table.protect()
    return table.shown()


def shown_line(counts: Sequence[int], *, k: int) -> tuple[tuple[int | None, ...], int | None]:
    """Return one line of counts and its total, as `shown_table` shows the only row of a table without column totals."""
    shown = shown_table([counts], k=k, with_columns=False)
    return shown.cells[0], shown.rows[0]


def shown_lines(lines: Mapping[str, Sequence[int]], *, k: int) -> dict[str, tuple[tuple[int | None, ...], int | None]]:
    """Return several lines that share no published total, each protected by itself."""
    return {name: shown_line(counts, k=k) for name, counts in lines.items()}


def _demand_counts(counts: Sequence[Sequence[int]], k: int) -> None:
    widths = {len(row) for row in counts}
    if k < 2 or len(widths) != 1 or 0 in widths or any(count < 0 for row in counts for count in row):
        raise TableNotCounts("A table of counts has rows of one length, no count below zero, and k of at least 2.")


class _Extended:
    """The table with its margins as a last row and a last column, and which of its numbers are withheld."""

    def __init__(self, counts: Sequence[Sequence[int]], k: int, *, has_column_totals: bool) -> None:
        self._k = k
        self._values = [[*row, sum(row)] for row in counts]
        self._values.append([sum(column) for column in zip(*self._values, strict=True)])
        self._height, self._width = len(self._values), len(self._values[0])
        self._has_column_totals = has_column_totals
        self._withheld: set[Address] = set()
        self._known_safe: set[Address] = set()
        if not has_column_totals:
            self._withheld |= {(self._height - 1, column) for column in range(self._width)}

    @cached_property
    def _addresses(self) -> list[Address]:
        return [(row, column) for row in range(self._height) for column in range(self._width)]

    def small(self) -> list[Address]:
        """Return the numbers that may not be shown for their own sake."""
        return [at for at in self._published() if 0 < self._value(at) < self._k]

    def withhold(self, address: Address) -> None:
        self._withheld.add(address)

    def protect(self) -> None:
        """Withhold more, until no withheld number can be narrowed to fewer than k."""
        while (bare := self._bare()) is not None:
            corners = min(self._rectangles(bare), key=self._loss)
            self._withheld.update(corners)
            self._known_safe.update(corners)  # what protects one corner of a rectangle protects all four

    def shown(self) -> Shown:
        last_row, last_column = self._height - 1, self._width - 1
        rows = range(last_row)
        columns = range(last_column)
        return Shown(
            cells=tuple(tuple(self._or_none((r, c)) for c in columns) for r in rows),
            rows=tuple(self._or_none((r, last_column)) for r in rows),
            columns=tuple(self._or_none((last_row, c)) for c in columns) if self._has_column_totals else (),
            total=self._or_none((last_row, last_column)),
        )

    def _published(self) -> list[Address]:
        return [at for at in self._addresses if at not in self._withheld]

    def _bare(self) -> Address | None:
        """Return a withheld number that is not protected yet; totals that nobody publishes need no protection."""
        for at in sorted(self._withheld - self._known_safe, key=self._value):
            if not self._has_column_totals and at[0] == self._height - 1:
                continue
            if any(corners <= self._withheld for corners in self._rectangles(at)):
                self._known_safe.add(at)
                continue
            return at
        return None

    def _rectangles(self, at: Address) -> list[frozenset[Address]]:
        """Return the rectangles with this corner along which the numbers can be moved by k or more."""
        row, column = at
        return [
            frozenset({at, (row, other_column), (other_row, column), (other_row, other_column)})
            for other_row in range(self._height)
            if other_row != row
            for other_column in range(self._width)
            if other_column != column and self._play(at, (other_row, other_column)) >= self._k
        ]

    def _play(self, one: Address, opposite: Address) -> float:
        """Return how far apart the least and the greatest table are that differ in this rectangle only."""
        others = ((one[0], opposite[1]), (opposite[0], one[1]))
        up = min(self._room_up(one), self._room_up(opposite), *(self._room_down(at) for at in others))
        down = min(self._room_down(one), self._room_down(opposite), *(self._room_up(at) for at in others))
        return up + down

    def _room_up(self, at: Address) -> float:
        return self._value(at) if self._is_negative(at) else math.inf

    def _room_down(self, at: Address) -> float:
        return math.inf if self._is_negative(at) else self._value(at)

    def _is_negative(self, at: Address) -> bool:
        """Return whether the extended table holds the number with a minus: the total of a row or of a column."""
        return (at[0] == self._height - 1) != (at[1] == self._width - 1)

    def _loss(self, corners: frozenset[Address]) -> tuple[int, int, list[Address]]:
        """Return what it costs to withhold these: totals first, then how much is counted in them."""
        lost = [at for at in corners if at not in self._withheld]
        totals = sum((at[0] == self._height - 1) + (at[1] == self._width - 1) for at in lost)
        return totals, sum(self._value(at) for at in lost), sorted(lost)

    def _value(self, at: Address) -> int:
        return self._values[at[0]][at[1]]

    def _or_none(self, at: Address) -> int | None:
        return None if at in self._withheld else self._value(at)
