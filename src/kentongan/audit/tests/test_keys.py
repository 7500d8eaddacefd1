"""Keys change without anything that was signed becoming worthless."""

import pytest

from kentongan.audit import keys, sealing
from kentongan.audit.models import SealingKey, TrailRow, TreeHead
from kentongan.audit.notes import Signer, note_of, signed, verifier_of
from kentongan.audit.verifying import HeldHead, verify

from .conftest import AT


@pytest.fixture
def sealed(write_rows, seal_now):
    write_rows(3)
    seal_now()


def test_heads_of_the_old_key_stay_good_after_a_change(sealed, seal_now, own_keys):
    old = TreeHead.objects.last()

    made = keys.rotate(at=AT)
    seal_now(60)

    assert TreeHead.objects.last().key == made.id.hex() != old.key
    assert verify(held=[HeldHead("mitra", old.note)]).faults == ()
    assert [path.name for path in own_keys.iterdir()] == [f"trail-{made.id.hex()}.pem"]


def test_a_new_key_is_vouched_for_by_the_one_before_and_leaves_its_row(sealed):
    first = keys.verifiers()[0]
    made = keys.rotate(at=AT)

    note = note_of(SealingKey.objects.get(number=2).statement)
    assert note.is_signed_by(first)
    assert note.is_signed_by(made)
    row = TrailRow.objects.order_by("-id").first()
    assert (row.event, row.subject) == ("trail.sealing_key_made", "sealingkey:2")
    assert row.facts == {"number": 2, "key": made.id.hex(), "because": "rotated"}


def test_many_changes_are_one_chain(sealed, seal_now):
    for turn in range(4):
        keys.rotate(at=AT)
        seal_now(60 * turn)

    assert len(keys.verifiers()) == 5
    assert verify().faults == ()


def test_the_name_of_the_node_is_fixed_by_its_first_key(sealed, settings):
    settings.NODE_NAME = "lain.example"

    assert keys.rotate(at=AT).name == "kanim.example"


def test_without_the_key_nothing_is_sealed_and_a_lost_one_can_be_given_up(sealed, seal_now, own_keys, write_rows):
    next(own_keys.iterdir()).unlink()
    write_rows(1)
    with pytest.raises(keys.KeyNotHere):
        seal_now()
    with pytest.raises(keys.KeyNotHere):
        keys.rotate(at=AT)

    made = keys.rotate(at=AT, was_lost=True)
    seal_now()

    assert [fault.code for fault in verify().faults] == ["key.not_vouched"]
    assert verify(trusted=[made]).faults == ()


def test_a_change_that_fails_leaves_the_old_key(sealed, own_keys, monkeypatch):
    before = sorted(own_keys.iterdir())

    def fails(*_arguments, **_more):
        raise RuntimeError("rusak")

    monkeypatch.setattr(keys.trail, "record", fails)
    with pytest.raises(RuntimeError):
        keys.rotate(at=AT)

    assert sorted(own_keys.iterdir()) == before
    assert SealingKey.objects.count() == 1


def test_a_head_signed_with_a_key_that_was_given_up_is_named(
    sealed, seal_now, own_keys, write_rows, bypassing_triggers
):
    (path,) = own_keys.iterdir()
    stolen = Signer(keys.verifiers()[0].name, keys._loaded(path))
    keys.rotate(at=AT)
    seal_now(60)
    write_rows(2)
    seal_now(120)

    last = TreeHead.objects.last()
    with bypassing_triggers():
        forged = signed(note_of(last.note).text, [stolen])
        TreeHead.objects.filter(pk=last.pk).update(note=forged, key=stolen.verifier.id.hex())
        found = verify().faults

    assert [(fault.code, fault.head) for fault in found] == [("head.old_key", last.number)]


def test_a_name_for_a_note_has_no_spaces_and_no_plus(settings):
    settings.NODE_NAME = "Kanim Atambua+1"

    assert keys.origin() == "Kanim-Atambua-1"


def test_the_word_for_a_key_is_read_back(sealed):
    (verifier,) = keys.verifiers()

    assert verifier_of(verifier.vkey) == verifier
    assert sealing.last_head().origin == verifier.name == "kanim.example"
