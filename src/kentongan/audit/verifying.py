"""Verification: every row, leaf, subtree, head and key is what the signed heads say, or is named as not being it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from . import keys, leaves
from .faults import Fault, Faults
from .notes import Head, MalformedNote, Verifier, head_of, note_of, signer_among, verifier_of
from .stored_rows import heads_in_order, keys_in_order, number_of
from .tree_check import Checkpoint, TreeCheck

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class HeldHead:
    """A head that somebody else has kept, and where it was read from."""

    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and everything that is wrong."""

    rows: int
    heads: int
    held: int
    waiting: int
    last: Head | None
    faults: tuple[Fault, ...]


def verify(
    *,
    held: Sequence[HeldHead] = (),
    trusted: Sequence[Verifier] = (),
    progress: Progress = lambda _done, _all: None,
) -> Verified:
    """Return every fault of the trail up to its newest head; what came after it is counted as waiting.

    Deeds and sealing may go on meanwhile: what was sealed at the start does not change any more.
    """
    faults = Faults()
    known = list(_keys(trusted, faults))
    heads = list(_heads(known, faults))
    last = heads[-1] if heads else None
    checkpoints = [Checkpoint(head.size, head.root, head.number) for head in heads]
    checkpoints += _held_heads(held, [*known, *trusted], last.size if last else 0, faults)
    TreeCheck(faults, progress).run(checkpoints, last)
    waiting = number_of("SELECT count(*) FROM audit_trailrow WHERE id > %s", last.rows_to if last else 0)
    return Verified(last.size if last else 0, len(heads), len(held), waiting, last, tuple(faults))


def _keys(trusted: Sequence[Verifier], faults: Faults) -> Iterator[Verifier]:
    """Yield the keys of the trail; name each that was changed or that the one before does not vouch for."""
    rows = keys_in_order()
    before: Verifier | None = None
    found = []
    for expected, (number, made_at, vkey, statement) in enumerate(rows, 1):
        about = {"key": number, "vkey": vkey}
        try:
            verifier, note = verifier_of(vkey), note_of(statement)
            why = note.text.split("\n")[4]
            said = keys.Statement(number, vkey, leaves.instant(made_at), why)
            is_whole = (number, note.text) == (expected, said.text) and note.is_signed_by(verifier)
        except (ValueError, IndexError, TypeError, AttributeError):
            is_whole = False
        if not is_whole:
            faults.say("key.changed", _("Kunci segel %(key)s telah diubah, disisipkan, atau dicabut.") % about)
            continue
        is_vouched = note.is_signed_by(before) if before else why == "first"
        if not is_vouched and verifier not in trusted:
            faults.say(
                "key.not_vouched",
                _(
                    "Kunci segel %(key)s (%(vkey)s) tidak dijamin kunci sebelumnya. Pastikan asalnya, lalu pakai --trust."
                )
                % about,
            )
        if len(note.signatures) != (2 if why == "rotated" else 1):
            faults.say("key.changed", _("Kunci segel %(key)s telah diubah, disisipkan, atau dicabut.") % about)
        before = verifier
        found.append(verifier)
        yield verifier
    here = {path.name for path in keys.private_keys_here()}
    if rows and here and not any(verifier.id.hex() in name for verifier in found for name in here):
        faults.say("key.replaced", _("Daftar kunci segel telah diganti: kunci di mesin ini tidak ada di dalamnya."))


def _heads(known: Sequence[Verifier], faults: Faults) -> Iterator[Head]:
    """Yield the heads that are truly signed; name each that is forged, changed, missing or out of order."""
    before: Head | None = None
    expected, youngest = 1, 0
    for number, origin, at, size, root, key, written in heads_in_order():
        for missing in range(expected, number):
            faults.say("head.missing", _("Kepala %(head)s hilang.") % {"head": missing}, head=missing)
            before = None
        expected = number + 1
        signed = _signed_head(written, known)
        if signed is None or signed[0].number != number:
            faults.say(
                "head.forged",
                _("Kepala %(head)s dipalsukan: bukan catatan yang ditandatangani kunci segel.") % {"head": number},
                head=number,
            )
            before = None
            continue
        head, signer = signed
        for column in _changed_columns(head, signer, (origin, at, size, root, key)):
            faults.say(
                "head.changed",
                _("Kepala %(head)s diubah: kolom %(column)s tidak seperti yang ditandatangani.")
                % {"head": number, "column": column},
                head=number,
            )
        if known.index(signer) < youngest:
            faults.say(
                "head.old_key",
                _("Kepala %(head)s ditandatangani kunci yang sudah diganti.") % {"head": number},
                head=number,
            )
        youngest = max(youngest, known.index(signer))
        if not _follows(head, before):
            faults.say(
                "head.out_of_order",
                _("Kepala %(head)s tidak menyambung kepala sebelumnya.") % {"head": number},
                head=number,
            )
        before = head
        yield head


def _signed_head(written: str, known: Sequence[Verifier]) -> tuple[Head, Verifier] | None:
    try:
        note = note_of(written)
        head = head_of(note.text)
    except (MalformedNote, TypeError, AttributeError):
        return None
    signer = signer_among(note, known)
    return (head, signer) if signer and len(note.signatures) == 1 else None


def _changed_columns(head: Head, signer: Verifier, kept: tuple[Any, ...]) -> list[str]:
    signed = (head.origin, head.at, head.size, head.root, signer.id.hex())
    origin, at, size, root, key = kept
    try:
        at = leaves.instant(at)
    except (ValueError, TypeError, IndexError):
        at = None
    names = ("origin", "at", "size", "root", "key")
    return [
        name for name, said, found in zip(names, signed, (origin, at, size, root, key), strict=True) if said != found
    ]


def _follows(head: Head, before: Head | None) -> bool:
    """Tell whether a head follows the one before, as far as that one can be asked."""
    if before is None:
        return head.number != 1 or head.previous == ""
    return head.previous == before.digest and before.size <= head.size and before.at <= head.at


def _held_heads(held: Iterable[HeldHead], known: Sequence[Verifier], size: int, faults: Faults) -> Iterator[Checkpoint]:
    """Yield what heads held elsewhere demand; name each that no key of this trail signed, or that is ahead of it."""
    for one in held:
        try:
            note = note_of(one.note)
            head = head_of(note.text)
        except MalformedNote:
            faults.say("held.malformed", _("%(source)s bukan kepala jejak.") % {"source": one.source})
            continue
        about = {"source": one.source, "head": head.number}
        if signer_among(note, known) is None:
            faults.say(
                "held.unknown_key",
                _(
                    "Kepala %(head)s di %(source)s tidak ditandatangani kunci jejak ini: berkasnya diubah, bukan dari sini, "
                    "atau kunci di sini diganti."
                )
                % about,
                head=head.number,
            )
        elif head.size > size:
            faults.say(
                "held.ahead",
                _(
                    "Jejak ini lebih pendek daripada kepala %(head)s di %(source)s: %(missing)s baris terakhir hilang, "
                    "atau segelnya dibuang."
                )
                % {**about, "missing": head.size - size},
                head=head.number,
            )
        else:
            yield Checkpoint(head.size, head.root, head.number, one.source)
