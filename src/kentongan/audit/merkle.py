"""The Merkle tree of RFC 6962, section 2.1: roots, inclusion proofs, consistency proofs and their checks. No Django.

A leaf's hash is SHA-256(0x00 ‖ leaf), an inner node's SHA-256(0x01 ‖ left ‖ right). `docs/methods/trail.md` has the
equations. Whoever holds complete subtrees (`Tree.node`) can have every root and proof in O(log n) of them.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Protocol

EMPTY_ROOT = sha256(b"").digest()
STEP = 8
"""Complete subtrees are kept at every so manieth level: of 256, 65,536, … leaves."""

Completed = tuple[int, int, bytes]
"""A complete subtree: its level, its place among those of its level, its hash."""


class Tree(Protocol):
    """Whoever knows the hashes of complete subtrees: 2**level leaves from leaf position·2**level on."""

    def node(self, level: int, position: int) -> bytes: ...


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows: the complete subtrees that cover its leaves, largest first, and nothing else."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def extend(self, leaves: Sequence[bytes]) -> list[Completed]:
        """Add leaf hashes; return the subtrees at kept levels that are complete now and were not before."""
        completed: list[Completed] = []
        peaks, size, hashed = self.peaks, self.size, sha256
        for leaf in leaves:
            size += 1
            width, level, node = size, 0, leaf
            while not width & 1:
                node = hashed(b"\x01" + peaks.pop() + node).digest()
                width >>= 1
                level += 1
                if level % STEP == 0:
                    completed.append((level, width - 1, node))
            peaks.append(node)
        self.size = size
        return completed

    def root(self) -> bytes:
        """Return the root of the leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> "Frontier":
        """Return one that grows on its own from here."""
        return Frontier(self.size, self.peaks)


def frontier_of(tree: Tree, size: int) -> Frontier:
    """Return the frontier of the first `size` leaves: one complete subtree for each binary digit 1 of the size."""
    peaks, first = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append(tree.node(level, first >> level))
            first += 1 << level
    return Frontier(size, peaks)


def reduced(nodes: Sequence[bytes]) -> bytes:
    """Return the hash above a power of two of neighbouring nodes."""
    while len(nodes) > 1:
        nodes = [sha256(b"\x01" + nodes[i] + nodes[i + 1]).digest() for i in range(0, len(nodes), 2)]
    return nodes[0]


def _split(size: int) -> int:
    """Return the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def subtree_hash(tree: Tree, first: int, size: int) -> bytes:
    """Return MTH of `size` leaves from leaf `first` on, as the recursion of RFC 6962 cuts them."""
    if size == 0:
        return EMPTY_ROOT
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return tree.node(level, first >> level)
    left = _split(size)
    return node_hash(subtree_hash(tree, first, left), subtree_hash(tree, first + left, size - left))


def inclusion_proof(tree: Tree, index: int, size: int) -> list[bytes]:
    """Return PATH(index, D[size]): the siblings from the leaf up."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _path(tree, index, 0, size)


def _path(tree: Tree, index: int, first: int, size: int) -> list[bytes]:
    if size == 1:
        return []
    left = _split(size)
    if index < left:
        return [*_path(tree, index, first, left), subtree_hash(tree, first + left, size - left)]
    return [*_path(tree, index - left, first + left, size - left), subtree_hash(tree, first, left)]


def consistency_proof(tree: Tree, old: int, new: int) -> list[bytes]:
    """Return PROOF(old, D[new]): what shows that the first `old` leaves are still the first of the new tree."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} has no first {old}")
    return _subproof(tree, old, 0, new, is_whole=True) if 0 < old < new else []


def _subproof(tree: Tree, old: int, first: int, size: int, *, is_whole: bool) -> list[bytes]:
    if old == size:
        return [] if is_whole else [subtree_hash(tree, first, size)]
    left = _split(size)
    if old <= left:
        return [
            *_subproof(tree, old, first, left, is_whole=is_whole),
            subtree_hash(tree, first + left, size - left),
        ]
    return [
        *_subproof(tree, old - left, first + left, size - left, is_whole=False),
        subtree_hash(tree, first, left),
    ]


def proves_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the path leads from the leaf's hash at that place to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and node == root


def proves_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the path shows that the new tree only added to the old (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    nodes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not nodes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    in_old = in_new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            in_old, in_new = node_hash(node, in_old), node_hash(node, in_new)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            in_new = node_hash(in_new, node)
        place >>= 1
        last >>= 1
    return last == 0 and in_old == old_root and in_new == new_root
