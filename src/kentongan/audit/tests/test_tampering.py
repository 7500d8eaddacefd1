"""Whatever is changed past the triggers is found, and the row, leaf, subtree, head or key that it was is named."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.db.models import F

from kentongan.audit import keys, leaves, sealing
from kentongan.audit.leaves import COLUMNS
from kentongan.audit.merkle import Frontier
from kentongan.audit.models import SealedLeaf, SealedSubtree, SealingKey, TrailRow, TreeHead
from kentongan.audit.notes import Signer, head_of, note_of, signed
from kentongan.audit.stored_rows import trail_rows
from kentongan.audit.verifying import HeldHead, verify

from .conftest import AT

on_sqlite = pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="bytes of SQLite's columns; PostgreSQL parses them"
)


@pytest.fixture
def rows(write_rows, seal_now, bypassing_triggers):
    """531 rows under three heads (300, 501, 531), triggers lifted; row number n of the tests is the n-th sealed one."""
    keys.signer(at=AT)
    write_rows(299)
    seal_now(1)
    write_rows(201)
    seal_now(2)
    write_rows(30)
    seal_now(3)
    assert list(TreeHead.objects.order_by("number").values_list("size", flat=True)) == [300, 501, 531]
    assert faults() == []
    with bypassing_triggers():
        yield list(SealedLeaf.objects.order_by("position").values_list("trail_row", flat=True))


def faults(held=()):
    return [(fault.code, fault.row) for fault in verify(held=held).faults]


def held_heads():
    notes = TreeHead.objects.order_by("number").values_list("note", flat=True)
    return [HeldHead(f"mitra-{number}", note) for number, note in enumerate(notes, 1)]


@contextmanager
def undone():
    """Undo a change afterwards."""
    mark = transaction.savepoint()
    yield
    transaction.savepoint_rollback(mark)


def swap(one, other, *fields):
    """Exchange the values of two stored rows."""
    table = type(one)
    before = {name: getattr(one, name) for name in fields}
    table.objects.filter(pk=one.pk).update(**{name: getattr(other, name) for name in fields})
    table.objects.filter(pk=other.pk).update(**before)


# --- rows ---

CHANGED = {
    "event": "event.dismissed",
    "at": AT + timedelta(days=1, microseconds=1),
    "actor": "officer:lain",
    "agency": "lain",
    "role": "leader",
    "purpose": "oversight",
    "clause": "clause:lain",
    "subject": "event:lain",
    "why": "lain",
    "reasons": ["lain"],
    "facts": {"version": 9},
}


def test_the_changes_tried_are_of_every_column():
    assert {"id", *CHANGED} == set(COLUMNS)


@pytest.mark.parametrize("column", CHANGED)
@pytest.mark.parametrize("place", [1, 255, 256, 300, 530])
def test_a_changed_column_of_a_row_is_named(rows, column, place):
    TrailRow.objects.filter(pk=rows[place]).update(**{column: CHANGED[column]})

    assert faults() == [("row.changed", rows[place])]


def test_a_changed_instant_is_named_down_to_the_microsecond(rows):
    TrailRow.objects.filter(pk=rows[9]).update(at=F("at") + timedelta(microseconds=1))

    assert faults() == [("row.changed", rows[9])]


@on_sqlite
@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "id"])
def test_every_single_byte_of_a_row_counts(rows, column):
    row = rows[16]  # its columns are all filled
    table = "audit_trailrow"
    put = f"UPDATE {table} SET {column} = CAST(%s AS TEXT) WHERE id = %s"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE id = %s", [row])  # noqa: S608 - our own names
        raw = bytes(cursor.fetchone()[0])
        assert raw
        for place in range(len(raw)):
            for bit in (0, 7):
                changed = bytearray(raw)
                changed[place] ^= 1 << bit
                cursor.execute(put, [bytes(changed), row])
                assert ("row.changed", row) in faults(), (column, place, bit)
        cursor.execute(put, [raw, row])
        assert faults() == []
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [raw, row])  # noqa: S608 - the same bytes, as no text
        assert faults() == [("row.changed", row)]
        cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_several_changed_rows_are_named_each(rows):
    TrailRow.objects.filter(pk__in=[rows[3], rows[299], rows[300], rows[520]]).update(why="lain")

    assert faults() == [("row.changed", rows[n]) for n in (3, 299, 300, 520)]


@pytest.mark.parametrize("place", [0, 100, 530])
def test_a_deleted_row_is_named(rows, place):
    TrailRow.objects.filter(pk=rows[place]).delete()

    assert faults() == [("row.missing", rows[place])]


def test_a_row_under_another_number_is_named_under_both(rows):
    TrailRow.objects.filter(pk=rows[5]).update(id=-5)

    assert faults() == [("row.missing", rows[5]), ("row.inserted", -5)]


def test_a_row_inserted_in_the_past_is_named(rows):
    TrailRow.objects.create(id=-1, event="event.confirmed", at=AT, actor="officer:1")

    assert faults() == [("row.inserted", -1)]


def test_two_rows_whose_contents_were_exchanged_are_named(rows):
    one, other = TrailRow.objects.get(pk=rows[10]), TrailRow.objects.get(pk=rows[400])
    swap(one, other, *CHANGED)

    assert faults() == [("row.changed", rows[10]), ("row.changed", rows[400])]


# --- leaves ---


@pytest.mark.parametrize("places", [(10, 11), (10, 290), (505, 510)])
def test_two_rows_whose_leaves_were_exchanged_are_named_as_out_of_order(rows, places):
    one, other = (SealedLeaf.objects.get(position=place) for place in places)
    SealedLeaf.objects.filter(position=places[0]).update(trail_row=-1)
    SealedLeaf.objects.filter(position=places[1]).update(trail_row=one.trail_row)
    SealedLeaf.objects.filter(position=places[0]).update(trail_row=other.trail_row)
    found = faults()
    SealedLeaf.objects.filter(position=places[0]).update(hash=other.hash)
    SealedLeaf.objects.filter(position=places[1]).update(hash=one.hash)
    found_with_hashes = faults()

    expected = [("row.out_of_order", rows[places[1]]), ("row.out_of_order", rows[places[0]])]
    assert found == expected
    assert found_with_hashes == expected


@pytest.mark.parametrize("byte", range(0, 32, 5))
@pytest.mark.parametrize("place", [0, 255, 529])
def test_a_changed_hash_of_a_leaf_is_named(rows, place, byte):
    leaf = SealedLeaf.objects.get(position=place)
    changed = bytearray(leaf.hash)
    changed[byte] ^= 1
    SealedLeaf.objects.filter(position=place).update(hash=bytes(changed))

    assert faults() == [("leaf.changed", rows[place])]


def test_a_leaf_that_points_to_another_row_is_named(rows):
    SealedLeaf.objects.filter(position=7).update(trail_row=-7)

    assert faults() == [("row.missing", -7), ("row.inserted", rows[7])]


@pytest.mark.parametrize("place", [0, 256, 530])
def test_a_leaf_that_was_taken_out_is_named(rows, place):
    SealedLeaf.objects.filter(position=place).delete()

    assert faults() == [("leaf.missing", rows[place])]


def test_a_row_and_its_leaf_that_were_taken_out_are_named(rows):
    TrailRow.objects.filter(pk=rows[40]).delete()
    SealedLeaf.objects.filter(position=40).delete()

    found = verify().faults
    assert [(fault.code, fault.leaf) for fault in found[:2]] == [("leaf.missing", 40), ("tree.rewritten", 0)]
    assert "head.after" in [fault.code for fault in found]


def test_a_leaf_that_no_head_covers_is_named(rows):
    SealedLeaf.objects.create(position=531, trail_row=-3, hash=bytes(32))

    assert faults() == [("leaf.beyond", -3)]


def test_a_row_rewritten_together_with_its_hash_is_narrowed_down_to_what_its_head_added(rows):
    TrailRow.objects.filter(pk=rows[400]).update(why="lain")
    reseal_leaf(400)

    first, after = verify().faults
    assert (first.code, first.head, first.leaf) == ("tree.rewritten", 2, 300)
    assert f"{rows[300]} sampai {rows[500]}" in first.text
    assert after.code == "head.after"


def test_kept_subtrees_narrow_it_down_to_256(rows, write_rows, seal_now):
    write_rows(800)
    seal_now(4)
    TrailRow.objects.filter(pk=TrailRow.objects.order_by("id")[900].pk).update(why="lain")
    reseal_leaf(900)

    (fault,) = verify().faults
    assert (fault.code, fault.head, fault.leaf) == ("tree.rewritten", 4, 768)


def reseal_leaf(place):
    """Give a leaf the hash of its row as it is now, as somebody without the key would."""
    row = SealedLeaf.objects.get(position=place).trail_row
    (columns,) = trail_rows("t.id = %s", row)
    SealedLeaf.objects.filter(position=place).update(hash=leaves.leaf_hash(columns))


# --- subtrees ---


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("byte", [0, 31])
def test_a_changed_subtree_is_named(rows, position, byte):
    subtree = SealedSubtree.objects.get(level=8, position=position)
    changed = bytearray(subtree.hash)
    changed[byte] ^= 128
    SealedSubtree.objects.filter(pk=subtree.pk).update(hash=bytes(changed))

    (fault,) = verify().faults
    assert fault.code == "subtree.changed"
    assert f"8/{position}" in fault.text


def test_a_subtree_that_was_taken_out_added_or_moved_is_named(rows):
    with undone():
        SealedSubtree.objects.filter(position=1).delete()
        assert faults() == [("subtree.missing", None)]
    with undone():
        SealedSubtree.objects.create(level=8, position=2, hash=bytes(32))
        assert faults() == [("subtree.beyond", None)]
    with undone():
        SealedSubtree.objects.filter(position=1).update(level=9)
        assert faults() == [("subtree.missing", None), ("subtree.beyond", None)]
    with undone():
        SealedSubtree.objects.filter(position=1).update(position=-1)
        assert faults() == [("subtree.missing", None), ("subtree.beyond", None)]


# --- heads ---


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("origin", "lain.example"),
        ("at", AT),
        ("size", 299),
        ("size", 100_000),
        ("root", bytes(32)),
        ("key", "00000000"),
    ],
)
def test_a_changed_column_of_a_head_is_named(rows, column, value):
    TreeHead.objects.filter(number=2).update(**{column: value})

    assert [(fault.code, fault.head) for fault in verify().faults] == [("head.changed", 2)]


def test_every_character_of_a_heads_note_counts(rows):
    note = TreeHead.objects.get(number=2).note
    for place, letter in enumerate(note):
        changed = f"{note[:place]}{chr(ord(letter) ^ 1)}{note[place + 1 :]}"
        TreeHead.objects.filter(number=2).update(note=changed)
        assert ("head.forged", 2) in [(fault.code, fault.head) for fault in verify().faults], place


def test_a_head_that_was_taken_out_is_named(rows):
    with undone():
        TreeHead.objects.filter(number=2).delete()
        assert [(fault.code, fault.head) for fault in verify().faults] == [("head.missing", 2)]
    with undone():
        TreeHead.objects.filter(number=1).delete()
        assert [(fault.code, fault.head) for fault in verify().faults] == [("head.missing", 1)]
    with undone():
        TreeHead.objects.filter(number=3).delete()
        assert sorted({fault.code for fault in verify().faults}) == ["leaf.beyond", "subtree.beyond"]
        assert len(verify().faults) == 30 + 1
    with undone():
        TreeHead.objects.all().delete()
        assert len([code for code, _row in faults() if code == "leaf.beyond"]) == 531


def test_heads_that_were_exchanged_or_renumbered_are_named(rows):
    second, third = TreeHead.objects.get(number=2), TreeHead.objects.get(number=3)
    with undone():
        swap(second, third, "note", "size", "root", "at")
        assert [(f.code, f.head) for f in verify().faults if f.head] == [("head.forged", 2), ("head.forged", 3)]
    with undone():
        TreeHead.objects.filter(number=3).update(number=4)
        assert [(f.code, f.head) for f in verify().faults if f.head] == [("head.missing", 3), ("head.forged", 4)]


def test_a_head_signed_with_a_key_that_is_none_of_the_trails_is_forged(rows):
    stranger = Signer("kanim.example", Ed25519PrivateKey.generate())
    head = TreeHead.objects.get(number=3)
    TreeHead.objects.filter(number=3).update(note=signed(note_of(head.note).text, [stranger]))

    assert ("head.forged", 3) in [(fault.code, fault.head) for fault in verify().faults]


# --- keys ---


@pytest.mark.parametrize("change", ["vkey", "statement", "made_at", "number"])
def test_a_changed_key_is_named(rows, change):
    key = SealingKey.objects.get()
    other = Signer("kanim.example", Ed25519PrivateKey.generate()).verifier.vkey
    value = {
        "vkey": other,
        "statement": key.statement.replace("first", "lost"),
        "made_at": AT + timedelta(1),
        "number": 2,
    }
    SealingKey.objects.filter(pk=key.pk).update(**{change: value[change]})

    assert "key.changed" in [fault.code for fault in verify().faults]


def test_a_trail_whose_keys_were_all_replaced_is_named_where_the_private_key_lies(rows):
    stranger = Signer("kanim.example", Ed25519PrivateKey.generate())
    statement = keys.Statement(1, stranger.verifier.vkey, "2026-03-04T02:00:00.000000Z", "first")
    SealingKey.objects.update(vkey=statement.vkey, statement=signed(statement.text, [stranger]), made_at=AT)
    for head in TreeHead.objects.all():
        note = signed(note_of(head.note).text, [stranger])
        TreeHead.objects.filter(pk=head.pk).update(note=note, key=stranger.verifier.id.hex())

    assert [fault.code for fault in verify().faults] == ["key.replaced"]
    assert "held.unknown_key" in [fault.code for fault in verify(held=[HeldHead("mitra", head.note)]).faults]


def test_a_key_that_the_one_before_did_not_vouch_for_is_named_until_it_is_trusted(rows):
    made = keys.rotate(at=AT, was_lost=True)

    assert [fault.code for fault in verify().faults] == ["key.not_vouched"]
    assert verify(trusted=[made]).faults == ()


def test_a_key_slipped_in_by_somebody_else_is_named(rows):
    stranger = Signer("kanim.example", Ed25519PrivateKey.generate())
    statement = keys.Statement(2, stranger.verifier.vkey, "2026-03-04T02:00:00.000000Z", "rotated")
    SealingKey.objects.create(number=2, vkey=statement.vkey, statement=signed(statement.text, [stranger]), made_at=AT)

    assert {fault.code for fault in verify().faults} == {"key.not_vouched", "key.changed"}


# --- heads held elsewhere ---


def rewrite_and_sign_anew(rows, *, place):
    """As somebody who has the node's own key: change a row, throw away every seal, and seal it all again."""
    sizes = list(TreeHead.objects.order_by("number").values_list("size", flat=True))
    TrailRow.objects.filter(pk=rows[place]).update(why="lain")
    for table in (TreeHead, SealedLeaf, SealedSubtree):
        table.objects.all().delete()
    for before, size in zip([0, *sizes], sizes, strict=False):
        sealing.seal(at=AT, most=size - before)
    assert list(TreeHead.objects.order_by("number").values_list("size", flat=True)) == sizes


@pytest.mark.parametrize(
    ("place", "first_wrong", "rows_between"),
    [(0, 1, (0, 299)), (299, 1, (0, 299)), (300, 2, (300, 500)), (530, 3, (501, 530))],
)
def test_what_was_sealed_anew_with_the_nodes_own_key_is_found_and_narrowed_down(rows, place, first_wrong, rows_between):
    held = held_heads()
    rewrite_and_sign_anew(rows, place=place)

    assert faults() == []  # alone, the node is consistent with itself
    found = verify(held=held).faults
    assert [(fault.code, fault.head) for fault in found] == [("held.differs", n) for n in range(first_wrong, 4)]
    first, last = (rows[n] for n in rows_between)
    assert f"{first} sampai {last}" in found[0].text
    assert f"mitra-{first_wrong}" in found[0].text


def test_a_trail_cut_back_to_an_earlier_head_is_found(rows):
    held = held_heads()
    TreeHead.objects.filter(number__gt=1).delete()
    SealedLeaf.objects.filter(position__gte=300).delete()
    SealedSubtree.objects.filter(position__gte=1).delete()
    TrailRow.objects.filter(pk__in=rows[300:]).delete()

    assert faults() == []
    found = verify(held=held[2:]).faults
    assert [(fault.code, fault.head) for fault in found] == [("held.ahead", 3)]
    assert "231" in found[0].text


def test_a_held_head_that_was_itself_changed_is_named(rows):
    (note,) = [held.note for held in held_heads()[:1]]
    for changed in (note.replace("300", "299"), note.replace("— kanim", "— kanin"), "bukan catatan", ""):
        (fault,) = verify(held=[HeldHead("mitra", changed)]).faults
        assert fault.code in ("held.unknown_key", "held.malformed")
        assert "mitra" in fault.text


def test_heads_held_elsewhere_that_agree_are_no_fault(rows):
    assert verify(held=held_heads()).faults == ()


def test_a_root_of_what_is_there_now_is_what_a_head_says(rows):
    """The check itself is not blind: the frontier of the stored hashes has the root of the last head."""
    frontier = Frontier()
    frontier.extend([bytes(node) for node in SealedLeaf.objects.order_by("position").values_list("hash", flat=True)])

    assert frontier.root() == head_of(note_of(TreeHead.objects.get(number=3).note).text).root
