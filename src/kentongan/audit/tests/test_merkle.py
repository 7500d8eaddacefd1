"""The tree is that of RFC 6962: against its known vectors, a slow recursion, and its own laws."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    proves_consistency,
    proves_inclusion,
    reduced,
    subtree_hash,
)

# Leaves and roots of the reference tests of Certificate Transparency (github.com/google/certificate-transparency)
KNOWN_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def slow_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962, section 2.1, writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


class InMemory:
    """A tree whose every subtree is computed from its leaves."""

    def __init__(self, leaves):
        self.hashes = [leaf_hash(leaf) for leaf in leaves]

    def node(self, level, position):
        nodes = self.hashes[position << level : position + 1 << level]
        assert len(nodes) == 1 << level, "an incomplete subtree was asked for"
        return reduced(nodes)


def numbered(count):
    return [str(n).encode() for n in range(count)]


def flipped(node: bytes, bit: int) -> bytes:
    return (int.from_bytes(node, "big") ^ 1 << bit).to_bytes(32, "big")


sizes = st.integers(1, 700)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_known_ones(size):
    frontier = Frontier()
    frontier.extend([leaf_hash(leaf) for leaf in KNOWN_LEAVES[:size]])

    assert frontier.root().hex() == KNOWN_ROOTS[size - 1]


def test_known_proofs_are_ours():
    tree = InMemory(KNOWN_LEAVES)

    assert [node.hex() for node in inclusion_proof(tree, 5, 8)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [node.hex() for node in consistency_proof(tree, 2, 5)] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


@pytest.mark.parametrize("size", range(300))
def test_every_root_is_that_of_the_slow_recursion(size):
    tree = InMemory(numbered(size))
    frontier = Frontier()
    frontier.extend(tree.hashes)

    assert frontier.root() == subtree_hash(tree, 0, size) == frontier_of(tree, size).root() == slow_root(numbered(size))


@given(st.lists(st.integers(0, 300), max_size=6))
def test_growing_in_steps_is_growing_at_once(steps):
    leaves = InMemory(numbered(sum(steps))).hashes
    slowly, at_once, completed, done = Frontier(), Frontier(), [], 0

    for step in steps:
        completed += slowly.extend(leaves[done : done + step])
        done += step

    assert completed == at_once.extend(leaves)
    assert (slowly.root(), slowly.peaks) == (at_once.root(), at_once.peaks)


def test_complete_subtrees_are_given_out_once_each():
    tree = InMemory(numbered(256 * 257))

    completed = Frontier().extend(tree.hashes)

    assert [(level, position) for level, position, _ in completed if level == 8] == [(8, n) for n in range(257)]
    assert [(level, position) for level, position, _ in completed if level == 16] == [(16, 0)]
    assert all(node == tree.node(level, position) for level, position, node in completed)


@given(st.data(), sizes)
def test_an_inclusion_proof_holds_and_no_changed_one_does(data, size):
    tree = InMemory(numbered(size))
    index = data.draw(st.integers(0, size - 1))
    root, leaf, path = subtree_hash(tree, 0, size), tree.hashes[index], inclusion_proof(tree, index, size)

    assert proves_inclusion(leaf, index, size, path, root)

    bit = data.draw(st.integers(0, 255))
    assert not proves_inclusion(flipped(leaf, bit), index, size, path, root)
    assert not proves_inclusion(leaf, index, size, path, flipped(root, bit))
    assert not proves_inclusion(leaf, index, size, [*path, leaf], root)
    assert not proves_inclusion(leaf, size, size, path, root)
    assert not proves_inclusion(leaf, -1, size, path, root)
    other = data.draw(st.integers(0, size - 1))
    assert other == index or not proves_inclusion(leaf, other, size, path, root)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        assert not proves_inclusion(leaf, index, size, path[:-1], root)
        changed = [flipped(node, bit) if n == place else node for n, node in enumerate(path)]
        assert not proves_inclusion(leaf, index, size, changed, root)


@given(st.data(), sizes)
def test_a_consistency_proof_holds_and_no_changed_one_does(data, new):
    tree = InMemory(numbered(new))
    old = data.draw(st.integers(1, new))
    old_root, new_root = subtree_hash(tree, 0, old), subtree_hash(tree, 0, new)
    path = consistency_proof(tree, old, new)

    assert proves_consistency(old, new, old_root, new_root, path)

    bit = data.draw(st.integers(0, 255))
    assert not proves_consistency(old, new, flipped(old_root, bit), new_root, path)
    assert not proves_consistency(old, new, old_root, flipped(new_root, bit), path)
    assert not proves_consistency(old, new, old_root, new_root, [*path, old_root])
    assert not proves_consistency(new + 1, new, new_root, new_root, [])
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        assert not proves_consistency(old, new, old_root, new_root, path[:-1])
        changed = [flipped(node, bit) if n == place else node for n, node in enumerate(path)]
        assert not proves_consistency(old, new, old_root, new_root, changed)


@settings(max_examples=50)
@given(st.data(), st.integers(2, 300))
def test_a_tree_that_was_rewritten_has_no_consistency_proof_of_its_own_making(data, new):
    old = data.draw(st.integers(1, new - 1))
    place = data.draw(st.integers(0, old - 1))
    honest = InMemory(numbered(new))
    rewritten = InMemory([b"lain" if n == place else leaf for n, leaf in enumerate(numbered(new))])

    path = consistency_proof(rewritten, old, new)

    old_root, new_root = subtree_hash(honest, 0, old), subtree_hash(rewritten, 0, new)
    assert not proves_consistency(old, new, old_root, new_root, path)


def test_the_empty_tree_is_consistent_with_every_other():
    tree = InMemory(numbered(5))

    assert consistency_proof(tree, 0, 5) == []
    assert proves_consistency(0, 5, EMPTY_ROOT, subtree_hash(tree, 0, 5), [])
    assert not proves_consistency(0, 5, leaf_hash(b""), subtree_hash(tree, 0, 5), [])


def test_no_proof_is_given_of_what_is_not_in_the_tree():
    with pytest.raises(ValueError, match="leaf 5"):
        inclusion_proof(InMemory(numbered(5)), 5, 5)
    with pytest.raises(ValueError, match="first 6"):
        consistency_proof(InMemory(numbered(5)), 6, 5)
