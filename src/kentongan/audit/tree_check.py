"""Rows against leaves against subtrees against heads, in one pass over the leaves.

Two trees grow side by side: one of the leaf hashes as they are kept, one of the rows as they are now. As long as they agree
they are one. At each signed head the one that has the head's root tells which of two that disagree was changed; from there
both go on as the right one. Heads held elsewhere are compared in the same pass: they also find what somebody with the
sealing key has sealed anew.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from . import leaves
from .faults import Faults
from .merkle import STEP, Frontier
from .notes import Head
from .stored_rows import leaves_with_rows, rows_of, trail_rows

CHUNK = 8_192
SORTABLE = 200_000
"""Leaves between two heads up to which a wrong order is looked for."""

GONE = bytes(32)
"""Stands for a hash of which nothing is left: no root is right with it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A root that the tree must have at a size: of an own head, or of one held elsewhere (then with its source)."""

    size: int
    root: bytes
    head: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """A leaf whose kept hash is not that of its row."""

    leaf: int
    row: int
    kept: bytes
    of_row: bytes


@dataclass(frozen=True, slots=True)
class DifferingSubtree:
    """A kept subtree that is not what its leaves, or its rows, make of it."""

    level: int
    position: int
    kept: bytes
    by_leaves: bytes
    by_rows: bytes


class TreeCheck:
    """One pass; its faults are in the list that it was given."""

    def __init__(self, faults: Faults, progress: Callable[[int, int], None]) -> None:
        self.faults = faults
        self.progress = progress
        self.kept_tree = Frontier()
        self.row_tree: Frontier | None = None  # None: the rows are what the leaves say
        self.differing: list[Differing] = []  # not yet explained by a head
        self.place_of: dict[bytes, int] = {}  # where the hashes of differing leaves were sealed
        self.subtrees: list[DifferingSubtree] = []
        self.kept_subtrees: dict[tuple[int, int], bytes] = {}
        self.right = Frontier()  # at the last checkpoint that held
        self.right_for_others = 0  # the size up to which heads held elsewhere agree
        self.lost_at: int | None = None  # the head from which on no root can be right any more
        self.lost_later = 0
        self.loose: list[int] = []

    def run(self, checkpoints: Iterable[Checkpoint], last: Head | None) -> None:
        """Name everything between rows and heads that is wrong."""
        size = last.size if last else 0
        marks = sorted(checkpoints, key=lambda mark: (mark.size, mark.source))
        self.loose = _rows_without_leaf(last)
        waiting = iter(marks)
        mark = next(waiting, None)
        for first in range(0, size, CHUNK):
            after = min(first + CHUNK, size)
            kept, of_rows = self._hashes(first, after)
            self._load_subtrees(first, after)
            done = first
            while mark and mark.size <= after:
                self._grow(kept[done - first : mark.size - first], of_rows[done - first : mark.size - first])
                done = mark.size
                self._meet(mark)
                mark = next(waiting, None)
            self._grow(kept[done - first :], of_rows[done - first :])
            self.progress(after, size)
        if self.lost_later:
            self.faults.say(
                "head.after", _("Akibatnya %(count)s kepala sesudahnya juga tidak cocok.") % {"count": self.lost_later}
            )
        for row in self.loose:
            self.faults.say(
                "row.inserted",
                _("Baris %(row)s disisipkan: ada di bawah batas segel tetapi tidak pernah disegel.") % {"row": row},
                row=row,
            )
        self._name_what_no_head_covers()

    # --- reading ---

    def _hashes(self, first: int, after: int) -> tuple[list[bytes], list[bytes]]:
        """Return the kept hashes of leaves and those of their rows as they are now; name what is missing."""
        found = leaves_with_rows(first, after)
        if len(found) == after - first:
            kept = [row[2] for row in found]
            try:
                of_rows = [leaves.leaf_hash(row[3:]) for row in found]
            except leaves.MalformedRow:
                pass
            else:
                if kept == of_rows:
                    self._name_rewritten(found)
                    return kept, of_rows
        return self._hashes_one_by_one({row[0]: row for row in found}, first, after)

    def _hashes_one_by_one(
        self, found: dict[int, tuple[Any, ...]], first: int, after: int
    ) -> tuple[list[bytes], list[bytes]]:
        kept_hashes, row_hashes = [], []
        for leaf in range(first, after):
            if leaf not in found:
                kept, of_row = GONE, self._hash_for_missing_leaf(leaf)
            else:
                _position, row, kept, *columns = found[leaf]
                kept = kept if isinstance(kept, bytes) and len(kept) == len(GONE) else GONE
                if columns[0] is None:
                    about = {"row": row, "leaf": leaf}
                    self.faults.say(
                        "row.missing", _("Baris %(row)s (daun %(leaf)s) dihapus.") % about, row=row, leaf=leaf
                    )
                    of_row = kept
                else:
                    of_row = _hash_or_gone(columns)
                if kept != of_row:
                    self.differing.append(Differing(leaf, row, kept, of_row))
                else:
                    self._name_rewritten([found[leaf]])
            kept_hashes.append(kept)
            row_hashes.append(of_row)
        return kept_hashes, row_hashes

    def _hash_for_missing_leaf(self, leaf: int) -> bytes:
        """Name a leaf that was taken out; return the hash of the first row that has none, which may be its row."""
        row = self.loose.pop(0) if self.loose else None
        self.faults.say(
            "leaf.missing", _("Daun %(leaf)s dibuang dari pohon segel.") % {"leaf": leaf}, row=row, leaf=leaf
        )
        if row is None:
            return GONE
        return _hash_or_gone(trail_rows("t.id = %s", row)[0])

    def _name_rewritten(self, found: Sequence[tuple[Any, ...]]) -> None:
        """Name rows that say the same in another form of JSON; PostgreSQL keeps JSON parsed and knows no other form."""
        for row in found if connection.vendor == "sqlite" else ():
            if row[3] is not None and not leaves.is_as_written(row[3:]):
                self.faults.say(
                    "row.changed",
                    _("Baris %(row)s (daun %(leaf)s) ditulis ulang dalam bentuk lain.")
                    % {"row": row[1], "leaf": row[0]},
                    row=row[1],
                    leaf=row[0],
                )

    def _load_subtrees(self, first: int, after: int) -> None:
        """Hold the kept subtrees that these leaves complete."""
        self.kept_subtrees = {}
        level = STEP
        while after >> level:
            if after >> level > first >> level:
                found = rows_of(
                    "SELECT position, hash FROM audit_sealedsubtree WHERE level = %s AND position >= %s AND position < %s",
                    level,
                    first >> level,
                    after >> level,
                )
                self.kept_subtrees.update({(level, position): node for position, node in found})
            level += STEP

    # --- growing ---

    def _grow(self, kept: list[bytes], of_rows: list[bytes]) -> None:
        if self.row_tree is None and kept != of_rows:
            self.row_tree = self.kept_tree.copy()
        by_leaves = self.kept_tree.extend(kept)
        by_rows = by_leaves if self.row_tree is None else self.row_tree.extend(of_rows)
        for (level, position, of_leaves), (_level, _position, of_row) in zip(by_leaves, by_rows, strict=True):
            node = self.kept_subtrees.get((level, position), GONE)
            if not node == of_leaves == of_row:
                self.subtrees.append(DifferingSubtree(level, position, node, of_leaves, of_row))

    def _meet(self, mark: Checkpoint) -> None:
        """Compare both trees with a root."""
        rows = self.row_tree or self.kept_tree
        is_kept_right, are_rows_right = self.kept_tree.root() == mark.root, rows.root() == mark.root
        if mark.source:
            self._meet_held(mark, is_right=is_kept_right or are_rows_right)
        elif is_kept_right or are_rows_right:
            self._explain(self._differing_below(mark.size), is_kept_right=is_kept_right)
            self._go_on_from(self.kept_tree if is_kept_right else rows)
        elif self.lost_at is not None:
            self.lost_later += 1
            self._name_differing(self._differing_below(mark.size))
        elif (ordered := self._in_order()) is not None and ordered.root() == mark.root:
            self._name_disorder()
            self._go_on_from(ordered)
        else:
            self._give_up(mark)

    def _go_on_from(self, right: Frontier) -> None:
        self.kept_tree, self.row_tree, self.lost_at = right.copy(), None, None
        self.right = right.copy()
        self.subtrees = []

    def _differing_below(self, size: int) -> list[Differing]:
        """Take out the differing leaves that a checkpoint covers; chunks are read beyond it."""
        covered = [one for one in self.differing if one.leaf < size]
        self.differing = [one for one in self.differing if one.leaf >= size]
        return covered

    # --- naming ---

    def _explain(self, differing: Sequence[Differing], *, is_kept_right: bool) -> None:
        """Name what disagreed since the last checkpoint, now that the root tells which side was changed."""
        self.place_of.update({one.kept: one.leaf for one in (*differing, *self.differing)})
        for one in differing:
            about = {"row": one.row, "leaf": one.leaf, "place": self.place_of.get(one.of_row)}
            if not is_kept_right:
                self.faults.say(
                    "leaf.changed",
                    _("Daun %(leaf)s (baris %(row)s) diubah: sidik yang disimpan bukan sidik barisnya.") % about,
                    row=one.row,
                    leaf=one.leaf,
                )
            elif about["place"] is not None:
                self.faults.say(
                    "row.out_of_order",
                    _("Urutan diubah: baris %(row)s berdiri di daun %(leaf)s, disegel di daun %(place)s.") % about,
                    row=one.row,
                    leaf=one.leaf,
                )
            else:
                self.faults.say(
                    "row.changed",
                    _("Baris %(row)s (daun %(leaf)s) diubah sesudah disegel.") % about,
                    row=one.row,
                    leaf=one.leaf,
                )
        for subtree in self.subtrees:
            if subtree.kept != (subtree.by_leaves if is_kept_right else subtree.by_rows):
                self._name_subtree(subtree)

    def _name_subtree(self, subtree: DifferingSubtree) -> None:
        about = {"level": subtree.level, "position": subtree.position}
        if subtree.kept == GONE:
            self.faults.say("subtree.missing", _("Cabang %(level)s/%(position)s pohon segel hilang.") % about)
        else:
            self.faults.say("subtree.changed", _("Cabang %(level)s/%(position)s pohon segel diubah.") % about)

    def _name_differing(self, differing: Iterable[Differing]) -> None:
        """Name what disagrees where no root tells which side was changed."""
        for one in differing:
            self.faults.say(
                "row.changed",
                _("Baris %(row)s dan sidiknya di daun %(leaf)s tidak cocok: salah satunya, atau keduanya, diubah.")
                % {"row": one.row, "leaf": one.leaf},
                row=one.row,
                leaf=one.leaf,
            )
        self.subtrees = []

    def _give_up(self, mark: Checkpoint) -> None:
        """Name the stretch in which leaves were rewritten together with their rows, as narrowly as kept subtrees allow."""
        blocks = [s for s in self.subtrees if s.level == STEP and s.kept not in (s.by_leaves, s.by_rows)]
        stretches = [(s.position << STEP, s.position + 1 << STEP) for s in blocks] or [(self.right.size, mark.size)]
        for first, after in stretches:
            begin = max(first, self.right.size)
            self.faults.say(
                "tree.rewritten",
                _(
                    "Kepala %(head)s tidak cocok dengan isi jejak: di antara %(rows)s ada yang ditulis ulang, disisipkan, atau dibuang."
                )
                % {"head": mark.head, "rows": _named_rows(begin, after)},
                leaf=begin,
                head=mark.head,
            )
        self._name_differing(self._differing_below(mark.size))
        self.lost_at = mark.head

    def _meet_held(self, mark: Checkpoint, *, is_right: bool) -> None:
        if is_right:
            self.right_for_others = mark.size
            return
        self.faults.say(
            "held.differs",
            _(
                "Kepala %(head)s di %(source)s tidak cocok dengan jejak ini: di antara %(rows)s ada yang diubah, lalu disegel ulang."
            )
            % {"head": mark.head, "source": mark.source, "rows": _named_rows(self.right_for_others, mark.size)},
            leaf=self.right_for_others,
            head=mark.head,
        )

    def _in_order(self) -> Frontier | None:
        """Return the tree with the leaves since the last right root in the order of their rows, if that can be tried."""
        first, after = self.right.size, self.kept_tree.size
        if after - first > SORTABLE:
            return None
        found = _leaves_between(first, after)
        hashes = [node for _position, _row, node in sorted(found, key=lambda leaf: leaf[1]) if isinstance(node, bytes)]
        ordered = self.right.copy()
        ordered.extend(hashes)
        return ordered

    def _name_disorder(self) -> None:
        found = _leaves_between(self.right.size, self.kept_tree.size)
        in_order = sorted(row for _position, row, _node in found)
        for (position, row, _node), expected in zip(found, in_order, strict=True):
            if row != expected:
                self.faults.say(
                    "row.out_of_order",
                    _("Urutan diubah: baris %(row)s berdiri di daun %(leaf)s, tempat baris %(expected)s.")
                    % {"row": row, "leaf": position, "expected": expected},
                    row=row,
                    leaf=position,
                )

    def _name_what_no_head_covers(self) -> None:
        # in one statement with the newest head: a sealer may be at work meanwhile
        covered = "(SELECT coalesce(max(size), 0) FROM audit_treehead)"
        for position, row in rows_of(
            f"SELECT position, trail_row FROM audit_sealedleaf WHERE position < 0 OR position >= {covered} ORDER BY position"  # noqa: S608 - our own names
        ):
            self.faults.say(
                "leaf.beyond",
                _("Daun %(leaf)s (baris %(row)s) tidak tercakup kepala mana pun.") % {"leaf": position, "row": row},
                row=row,
                leaf=position,
            )
        for level, position in rows_of(
            "SELECT level, position FROM audit_sealedsubtree WHERE position < 0 OR level NOT IN (8, 16, 24, 32, 40, 48) "  # noqa: S608 - our own names
            f"OR position >= ({covered} >> CAST(level AS integer)) ORDER BY level, position"
        ):
            self.faults.say(
                "subtree.beyond",
                _("Cabang %(level)s/%(position)s tidak tercakup kepala mana pun.")
                % {"level": level, "position": position},
            )


def _hash_or_gone(columns: leaves.Row) -> bytes:
    try:
        return leaves.leaf_hash(columns)
    except leaves.MalformedRow:
        return GONE


def _leaves_between(first: int, after: int) -> list[tuple[Any, ...]]:
    return rows_of(
        "SELECT position, trail_row, hash FROM audit_sealedleaf WHERE position >= %s AND position < %s ORDER BY position",
        first,
        after,
    )


def _named_rows(first: int, after: int) -> str:
    """Return in words which rows stand at these leaves."""
    found = rows_of(
        "SELECT min(trail_row), max(trail_row) FROM audit_sealedleaf WHERE position >= %s AND position < %s",
        first,
        after,
    )
    about = {"first": first, "last": after - 1, "from": found[0][0], "to": found[0][1]}
    return _("baris %(from)s sampai %(to)s (daun %(first)s sampai %(last)s)") % about


def _rows_without_leaf(last: Head | None) -> list[int]:
    """Return the rows below the seal's mark that are no leaf and that no gap awaits."""
    if last is None:
        return []
    found = rows_of(
        "SELECT t.id FROM audit_trailrow AS t WHERE t.id <= %s AND NOT EXISTS "
        "(SELECT 1 FROM audit_sealedleaf AS l WHERE l.trail_row = t.id) ORDER BY t.id",
        last.rows_to,
    )
    return [row for (row,) in found if not any(first <= row <= to for first, to, _since in last.open_gaps)]
