"""A proof that one row is in the trail: a file that anybody can check with the node's public key and nothing else. No Django.

It holds the leaf, its path to the root, and the signed head of that root. The trail itself is not needed, and nothing of its
other rows can be read from the proof.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass

from .leaves import canonical
from .merkle import leaf_hash, proves_inclusion
from .notes import Head, MalformedNote, Verifier, head_of, note_of, signer_among, verifier_of

FORMAT = "kentongan-trail-proof/1"


class MalformedProof(ValueError):
    """The text is no proof."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One row's leaf, its place, its path and the head above."""

    leaf: str
    index: int
    path: tuple[bytes, ...]
    head: str  # the signed note
    vkey: str  # the key that signed it, for whoever does not have it yet

    @property
    def text(self) -> str:
        """The proof as a file."""
        return json.dumps(
            {
                "format": FORMAT,
                "leaf": self.leaf,
                "index": self.index,
                "path": [b64encode(node).decode() for node in self.path],
                "head": self.head,
                "vkey": self.vkey,
            },
            ensure_ascii=False,
            indent=1,
        )


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof that holds says."""

    row: dict[str, object]
    index: int
    head: Head
    signer: Verifier
    is_trusted: bool  # the key was given by whoever checks, not only by the proof


def proof_of(text: str) -> Proof:
    """Return the proof that a file holds; MalformedProof when it is none."""
    try:
        said = json.loads(text)
        proof = Proof(
            leaf=said["leaf"],
            index=said["index"],
            path=tuple(b64decode(node, validate=True) for node in said["path"]),
            head=said["head"],
            vkey=said["vkey"],
        )
        is_plain = (
            said["format"] == FORMAT
            and type(proof.index) is int
            and {type(proof.leaf), type(proof.head), type(proof.vkey)} == {str}
        )
    except (ValueError, KeyError, TypeError, NotBase64, RecursionError) as fault:
        raise MalformedProof(str(fault)) from fault
    if not is_plain:
        raise MalformedProof(FORMAT)
    return proof


def check(proof: Proof, trusted: Sequence[Verifier] = ()) -> Proved | None:
    """Return what the proof says, or None when it does not hold. Keys that are given replace the proof's own."""
    try:
        note = note_of(proof.head)
        head = head_of(note.text)
        signer = signer_among(note, trusted or [verifier_of(proof.vkey)])
        row = json.loads(proof.leaf)
        is_a_row = type(row) is dict and canonical(row) == proof.leaf
        leaf = leaf_hash(proof.leaf.encode("utf-8", "surrogatepass"))
    except (MalformedNote, ValueError, AttributeError, RecursionError):
        return None
    if not is_a_row or signer is None or not proves_inclusion(leaf, proof.index, head.size, proof.path, head.root):
        return None
    return Proved(row, proof.index, head, signer, bool(trusted))
