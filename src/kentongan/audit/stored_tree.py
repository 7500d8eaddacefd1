"""The tree as the database keeps it: leaf hashes, and the complete subtrees above 256, 65,536, … of them."""

from django.db import connection
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from .merkle import STEP, reduced

TILE = 1 << STEP


class TreeDamaged(KentonganError):
    """A stored hash that a root or a proof needs is not there."""

    code = "audit.tree_damaged"


class StoredTree:
    """Complete subtrees by their level and position; a handful of reads of at most 256 hashes for a root or a proof."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, position: int) -> bytes:
        """Return the hash of a complete subtree; TreeDamaged when what it needs is missing."""
        above = level % STEP
        kept, count = level - above, 1 << above
        tile, place = divmod(position * count, TILE)
        nodes = self._tile(kept, tile)[place : place + count]
        if len(nodes) < count:
            raise TreeDamaged(
                _("Pohon segel rusak: bagian %(level)s/%(position)s tidak lengkap. Jalankan %(command)s.")
                % {"level": level, "position": position, "command": "`kentongan audit verify`"}
            )
        return reduced(nodes)

    def _tile(self, level: int, tile: int) -> list[bytes]:
        if (level, tile) not in self._tiles:
            first = tile * TILE
            if level:
                text = "SELECT position, hash FROM audit_sealedsubtree WHERE level = %s AND position >= %s AND position < %s ORDER BY position"
                arguments: tuple[int, ...] = (level, first, first + TILE)
            else:
                text = "SELECT position, hash FROM audit_sealedleaf WHERE position >= %s AND position < %s ORDER BY position"
                arguments = (first, first + TILE)
            with connection.cursor() as cursor:
                cursor.execute(text, arguments)
                rows = cursor.fetchall()
            nodes = [bytes(node) for place, (position, node) in enumerate(rows, first) if place == position]
            self._tiles[level, tile] = nodes
        return self._tiles[level, tile]
