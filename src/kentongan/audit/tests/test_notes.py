"""Heads are signed notes that other tools of the format read, and no changed one passes."""

import json
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kentongan.audit import proofs
from kentongan.audit.leaves import canonical
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
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=6,
)
ENDLESS = "1e999"


def checkpoint_of(more: dict) -> str:
    """Return the text of a head whose extension line says anything at all, written as canonically as it can be."""
    try:
        extension = canonical(more)
    except ValueError:
        extension = json.dumps(more, sort_keys=True, separators=(",", ":"))
    return "\n".join([*HEAD.text.split("\n")[:3], extension, ""])


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


SAID = json.loads(HEAD.text.split("\n")[3])


@given(st.sampled_from(sorted(SAID)), ANY_JSON)
def test_whatever_stands_in_a_head_it_is_read_or_refused(name, value):
    with suppress(MalformedNote):
        head = head_of(checkpoint_of(SAID | {name: value}))
        assert all(type(one) is int for one in (head.number, head.rows_to, head.size, head.leaf_version))


@given(st.lists(st.lists(ANY_JSON, min_size=3, max_size=3), min_size=1, max_size=2))
def test_whatever_stands_in_the_gaps_of_a_head_it_is_read_or_refused(gaps):
    with suppress(MalformedNote):
        assert all(
            type(first) is type(last) is int
            for first, last, _since in head_of(checkpoint_of(SAID | {"open": gaps})).open_gaps
        )


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('"open":[[4,', f'"open":[[{ENDLESS},'),
        ('"number":2', '"number":true'),
        ('"number":2', '"number":-2'),
        ('"number":2', '"number":"2"'),
        ('"rows_to":305', f'"rows_to":{2**63}'),
        ('"rows_to":305', '"rows_to":null'),
        ('"leaf":1', '"leaf":[1]'),
        ("\n300\n", "\n-300\n"),
        ("2026-03-04T02:00:00.000000Z", "2026-03-04 02:00:00"),
        ('"previous":"abc"', '"previous":7'),
    ],
)
def test_a_head_with_a_number_or_an_instant_that_is_none_is_refused(said, instead):
    assert said in HEAD.text

    with pytest.raises(MalformedNote):
        head_of(HEAD.text.replace(said, instead, 1))


PROOF = json.loads(proofs.Proof(leaf="{}", index=0, path=(bytes(32),), head=NOTE, vkey=SIGNER.verifier.vkey).text)


@given(st.sampled_from(sorted(PROOF)), ANY_JSON)
def test_whatever_stands_in_a_proof_it_is_read_or_refused(name, value):
    with suppress(proofs.MalformedProof):
        proofs.check(proofs.proof_of(json.dumps(PROOF | {name: value})))


@given(ANY_JSON)
def test_whatever_a_file_holds_it_is_a_proof_or_refused(value):
    with suppress(proofs.MalformedProof):
        proofs.check(proofs.proof_of(json.dumps(value)))


def test_a_proof_over_a_head_with_an_endless_number_is_refused():
    endless = signed(HEAD.text.replace('"open":[[4,', f'"open":[[{ENDLESS},'), [SIGNER])

    assert proofs.check(proofs.proof_of(json.dumps(PROOF | {"head": endless}))) is None


def test_a_key_in_half_a_sign_is_refused():
    with pytest.raises(MalformedNote):
        verifier_of(PETER.replace("Peter", "\ud800"))
