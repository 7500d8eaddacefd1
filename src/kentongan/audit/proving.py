"""Proofs out of the stored tree: that a row is under a head, and that a later head only added to an earlier one."""

from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from . import keys, leaves
from .merkle import consistency_proof, inclusion_proof
from .models import SealedLeaf, TreeHead
from .notes import MalformedNote, head_of, note_of, signer_among
from .proofs import Proof, check
from .stored_rows import trail_rows
from .stored_tree import StoredTree


class RowNotSealed(KentonganError):
    """The row is not in the trail, or no head covers it yet."""

    code = "audit.row_not_sealed"


class ProofFails(KentonganError):
    """The proof that the trail gives of itself does not hold."""

    code = "audit.proof_fails"


def prove(row: int) -> Proof:
    """Return the proof that the row is under the newest head; it was checked before it is given."""
    place = SealedLeaf.objects.filter(trail_row=row).values_list("position", flat=True).first()
    found = trail_rows("t.id = %s", row)
    written = TreeHead.objects.order_by("-number").values_list("note", flat=True).first()
    if place is None or not found or written is None:
        raise RowNotSealed(
            _("Baris %(row)s tidak ada dalam jejak, atau belum disegel. Segel dahulu dengan %(command)s.")
            % {"row": row, "command": "`kentongan audit seal`"}
        )
    try:
        note = note_of(written)
        head = head_of(note.text)
    except MalformedNote as fault:
        raise _fails(row) from fault
    if place >= head.size:
        raise _fails(row)
    signer = signer_among(note, keys.verifiers())
    path = inclusion_proof(StoredTree(), place, head.size)
    proof = Proof(
        leaf=leaves.leaf(found[0]).decode("utf-8", "surrogatepass"),
        index=place,
        path=tuple(path),
        head=written,
        vkey=signer.vkey if signer else "",
    )
    if check(proof) is None:
        raise _fails(row)
    return proof


def _fails(row: int) -> ProofFails:
    return ProofFails(
        _("Baris %(row)s tidak dapat dibuktikan: jejaknya tidak cocok dengan segelnya. Jalankan %(command)s.")
        % {"row": row, "command": "`kentongan audit verify`"}
    )


def consistency(old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `new` leaves only added to that of `old`."""
    return consistency_proof(StoredTree(), old, new)
