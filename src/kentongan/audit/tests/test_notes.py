"""Heads are signed notes that other tools of the format read, and no changed one passes."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kentongan.audit.notes import (
    Head,
    MalformedNote,
    Signer,
    head_of,
    note_of,
    notes_in,
    signed,
    verifier_of,
)

# The example of Go's golang.org/x/mod/sumdb/note, whose format C2SP took over
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
KNOWN = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = Signer("kanim.example", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HEAD = Head(
    origin="kanim.example",
    number=2,
    at="2026-03-04T02:00:00.000000Z",
    size=300,
    root=bytes(32),
    rows_to=305,
    open_gaps=((4, 5, "2026-03-04T01:59:00.000000Z"),),
    previous="abc",
    leaf_version=1,
)
NOTE = signed(HEAD.text, [SIGNER])


def test_a_known_note_of_the_format_is_accepted():
    peter = verifier_of(PETER)

    assert note_of(KNOWN).is_signed_by(peter)
    assert peter.vkey == PETER


def test_a_head_begins_with_the_three_lines_of_a_checkpoint():
    assert HEAD.text.split("\n")[:3] == ["kanim.example", "300", "A" * 43 + "="]
    assert note_of(NOTE).is_signed_by(SIGNER.verifier)
    assert head_of(note_of(NOTE).text) == HEAD


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(0, 7))
def test_no_note_passes_with_one_bit_changed(place, bit):
    raw = bytearray(NOTE.encode())
    raw[place] ^= 1 << bit
    try:
        note = note_of(raw.decode())
    except (MalformedNote, UnicodeDecodeError):
        return

    assert not note.is_signed_by(SIGNER.verifier)


@given(st.text(), st.text())
def test_no_text_is_taken_for_a_note_or_a_key_by_a_crash(one, other):
    for parse, text in ((note_of, f"{one}\n\n— {other}\n"), (head_of, one), (verifier_of, one), (notes_in, other)):
        with suppress(MalformedNote):
            parse(text)


def test_a_signature_of_another_key_under_the_same_name_does_not_count():
    other = Signer("kanim.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))

    assert not note_of(signed(HEAD.text, [other])).is_signed_by(SIGNER.verifier)


def test_a_note_may_carry_signatures_of_witnesses_too():
    witness = Signer("saksi.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))

    note = note_of(signed(HEAD.text, [SIGNER, witness]))

    assert note.is_signed_by(SIGNER.verifier)
    assert note.is_signed_by(witness.verifier)


def test_a_file_may_hold_several_notes():
    assert notes_in(NOTE) == [NOTE]
    assert notes_in(f"{NOTE}\n{NOTE}{NOTE}") == [NOTE, NOTE, NOTE]
    assert notes_in(NOTE.replace("\n", "\r\n")) == [NOTE]
    with pytest.raises(MalformedNote):
        notes_in(f"{NOTE}\nselain itu\n")


@pytest.mark.parametrize(
    "change", [("300", "0300"), ("300", "+300"), ('"leaf":1', '"leaf": 1'), ("kanim.example", "a b")]
)
def test_a_head_is_read_only_in_the_one_form_in_which_it_is_written(change):
    with pytest.raises(MalformedNote):
        head_of(HEAD.text.replace(*change))


def test_a_head_that_nobody_can_read_to_its_end_is_none():
    with pytest.raises(MalformedNote):
        head_of(f"kanim.example\n1\nAA==\n{'[' * 100_000}\n")


def test_a_key_whose_parts_do_not_belong_together_is_refused():
    with pytest.raises(MalformedNote):
        verifier_of(PETER.replace("c74f20a3", "c74f20a4"))
