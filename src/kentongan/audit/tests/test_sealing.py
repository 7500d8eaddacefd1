"""Every row is sealed once, in the order of sealing, whoever seals and whenever it is killed."""

import os
import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from django.db import connection, transaction

from kentongan.audit import keys, leaves, proving, sealing, tasks, trail, verifying
from kentongan.audit.catalogue import Trail
from kentongan.audit.merkle import Frontier, proves_consistency
from kentongan.audit.models import SealedLeaf, SealedSubtree, SealingKey, TrailRow, TreeHead
from kentongan.audit.notes import head_of, note_of
from kentongan.audit.stored_rows import trail_rows

from .conftest import AT

on_postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer: ids commit in order"
)


def expected_root() -> bytes:
    """The root of all rows by their ids, computed from nothing but the rows."""
    frontier = Frontier()
    frontier.extend([leaves.leaf_hash(row) for row in trail_rows("t.id > 0 ORDER BY t.id")])
    return frontier.root()


def is_whole() -> bool:
    return not verifying.verify().faults


@pytest.fixture
def sealed_key(db):
    """A key that is there already, so that its own row is not among what a test counts."""
    keys.signer(at=AT)


def test_all_rows_are_under_one_root(write_rows, seal_now, sealed_key):
    write_rows(700)

    assert seal_now() == 701

    head = sealing.last_head()
    assert (head.size, head.root) == (701, expected_root())
    assert SealedSubtree.objects.count() == 2
    assert is_whole()


def test_sealing_in_steps_comes_to_the_same_root(write_rows, seal_now, sealed_key):
    for count in (1, 254, 1, 300, 0, 3):
        write_rows(count)
        seal_now()

    assert sealing.last_head().root == expected_root()
    assert SealedSubtree.objects.count() == 2
    assert is_whole()


def test_a_long_backlog_is_sealed_in_batches_each_under_a_head(write_rows, sealed_key, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 100)
    write_rows(349)
    steps = []

    while sealing.seal(at=AT, most=100):
        steps.append(sealing.last_size())

    assert steps == [100, 200, 300, 350]
    assert is_whole()


def test_nothing_new_needs_no_head_for_an_hour_and_then_one(write_rows, seal_now):
    write_rows(3)
    seal_now(0)
    seal_now(0)  # the row of the key itself
    heads = TreeHead.objects.count()

    seal_now(3599)
    assert TreeHead.objects.count() == heads

    seal_now(3600)
    first, second = [
        head_of(note_of(note).text) for note in TreeHead.objects.order_by("-number").values_list("note", flat=True)[:2]
    ]
    assert (first.size, first.root, first.number) == (second.size, second.root, second.number + 1)


def test_an_empty_trail_has_no_head(db, seal_now):
    assert seal_now() == 0
    assert not TreeHead.objects.exists()
    assert not SealingKey.objects.exists()


def test_a_clock_that_went_back_does_not_turn_heads_back(write_rows, seal_now):
    write_rows(1)
    seal_now(100)
    seal_now(50)

    assert sealing.last_head().at == "2026-03-04T02:01:40.000000Z"
    assert is_whole()


def test_every_head_is_consistent_with_every_other(write_rows, seal_now, sealed_key):
    for count in (1, 6, 200, 300, 20):
        write_rows(count)
        seal_now()
    heads = [head_of(note_of(note).text) for note in TreeHead.objects.order_by("number").values_list("note", flat=True)]

    for number, old in enumerate(heads):
        for new in heads[number:]:
            path = proving.consistency(old.size, new.size)
            assert proves_consistency(old.size, new.size, old.root, new.root, path)


def test_a_proof_reads_no_more_than_some_tiles(write_rows, seal_now, sealed_key, django_assert_max_num_queries):
    write_rows(1000)
    seal_now()

    with django_assert_max_num_queries(10):
        proof = proving.prove(TrailRow.objects.order_by("id").values_list("pk", flat=True)[500])

    assert len(proof.path) <= 10


def test_the_key_is_the_installations_alone(write_rows, seal_now, own_keys):
    write_rows(1)
    seal_now()

    (path,) = own_keys.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert own_keys.stat().st_mode & 0o777 == 0o700


def test_nothing_is_signed_on_top_of_a_tree_that_somebody_changed(write_rows, seal_now, bypassing_triggers):
    write_rows(10)
    seal_now()
    write_rows(1)
    with bypassing_triggers():
        SealedLeaf.objects.filter(position=3).update(hash=bytes(32))

    with pytest.raises(sealing.SealBroken):
        seal_now()


def test_nothing_is_signed_after_a_head_that_no_key_of_ours_signed(write_rows, seal_now, bypassing_triggers):
    write_rows(10)
    seal_now()
    write_rows(1)
    last = TreeHead.objects.last()
    with bypassing_triggers():
        TreeHead.objects.filter(pk=last.pk).update(note=last.note.replace("— kanim.example ", "— lain.example "))

    with pytest.raises(sealing.SealBroken):
        seal_now()


def test_a_worker_that_has_no_key_goes_on_and_says_so(write_rows, seal_now, own_keys, caplog):
    write_rows(1)
    seal_now()
    write_rows(1)
    next(own_keys.iterdir()).unlink()

    assert tasks.run_due(at=AT) == 0
    assert [record.code for record in caplog.records] == ["audit.key_not_here"]


def unreadable(path, monkeypatch):
    """Make the key a file that only another user may read."""

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "read_bytes", refuse)


def out_of_reach(path, monkeypatch):
    """Make the key's folder one that only another user may enter."""

    def refuse(self, **_more):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "exists", refuse)


def empty(path, _monkeypatch):
    path.write_bytes(b"")


def locked(path, _monkeypatch):
    """Put a password on the key."""
    path.write_bytes(keys._loaded(path).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))


@pytest.mark.parametrize("harm", [unreadable, out_of_reach, empty, locked])
def test_a_worker_whose_key_cannot_be_used_goes_on_and_says_which_file_it_is(
    harm, write_rows, seal_now, own_keys, caplog, monkeypatch
):
    write_rows(1)
    seal_now()
    write_rows(1)
    (path,) = own_keys.iterdir()
    harm(path, monkeypatch)

    assert tasks.run_due(at=AT) == 0
    assert [record.code for record in caplog.records] == ["audit.key_unusable"]
    assert str(path) in caplog.text


def test_a_key_folder_that_cannot_be_written_is_named(write_rows, seal_now, settings, tmp_path):
    write_rows(1)
    settings.TRAIL_KEYS = tmp_path / "berkas"
    settings.TRAIL_KEYS.touch()

    with pytest.raises(keys.KeyUnusable, match="berkas"):
        seal_now()


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('"previous":', '"open":[[1e999,2,"x"]],"previous":'),
        ('"number":1', '"number":2'),
        ("\n\n", "\n"),
        ('"rows_to":', f'"rows_to":{10**30}'),
        ('"at":"20', '"at":"20x'),
    ],
)
def test_nothing_is_signed_after_a_head_that_is_none(said, instead, write_rows, seal_now, bypassing_triggers):
    write_rows(2)
    seal_now()
    last = TreeHead.objects.last()
    assert said in last.note
    with bypassing_triggers():
        TreeHead.objects.filter(pk=last.pk).update(note=last.note.replace(said, instead, 1))
        write_rows(1)

        with pytest.raises(sealing.SealBroken):
            seal_now()
        with pytest.raises(proving.ProofFails):
            proving.prove(SealedLeaf.objects.first().trail_row)


def test_a_head_of_the_last_day_of_all_calendars_stops_no_sealer(write_rows, seal_now, bypassing_triggers):
    write_rows(2)
    seal_now()
    seal_now()  # the row of the key itself: now nothing waits
    last = TreeHead.objects.last()
    with bypassing_triggers():
        TreeHead.objects.filter(pk=last.pk).update(note=last.note.replace('"at":"2026-03-04T02', '"at":"9999-12-31T23'))

    assert seal_now() == 0


def test_a_public_key_that_is_none_is_named_and_stops_no_worker(write_rows, seal_now, bypassing_triggers, caplog):
    write_rows(1)
    seal_now()
    with bypassing_triggers():
        SealingKey.objects.update(vkey="bukan kunci")
        write_rows(1)

        assert tasks.run_due(at=AT) == 0

    assert [record.code for record in caplog.records] == ["audit.public_key_damaged"]


def test_a_key_that_others_can_read_is_not_used(write_rows, seal_now, own_keys):
    write_rows(1)
    seal_now()
    write_rows(1)
    next(own_keys.iterdir()).chmod(0o644)

    with pytest.raises(keys.KeyOpenToOthers):
        seal_now()


# --- rows that commit late ---


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_after_a_higher_one_is_sealed_when_it_comes_and_moves_no_leaf(clerk, write_rows, seal_now):
    began, may_commit = threading.Event(), threading.Event()

    def slow_deed():
        with closing(connection), transaction.atomic():
            trail.record(Trail.EVENT_CONFIRMED, by=clerk, at=AT, on="event:slow")
            began.set()
            may_commit.wait(10)

    deed = threading.Thread(target=slow_deed)
    deed.start()
    began.wait(10)
    write_rows(5)
    seal_now()
    before = list(SealedLeaf.objects.order_by("position").values_list("position", "trail_row"))
    open_then = sealing.last_head().open_gaps
    slow = min(row for _place, row in before) - 1

    assert any(first <= slow <= last for first, last, _since in open_then)
    assert is_whole()

    may_commit.set()
    deed.join()
    seal_now()

    assert list(SealedLeaf.objects.order_by("position").values_list("position", "trail_row"))[: len(before)] == before
    assert SealedLeaf.objects.get(trail_row=slow).position == len(before)
    assert not any(first <= slow <= last for first, last, _since in sealing.last_head().open_gaps)
    assert is_whole()


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_a_gap_stays_open_while_a_transaction_of_its_time_is_under_way_and_closes_after(
    clerk, write_rows, seal_now, monkeypatch
):
    monkeypatch.setattr(sealing, "GAP_AT_LEAST", timedelta(0))
    began, may_end = threading.Event(), threading.Event()

    def deed_that_fails():
        with closing(connection), transaction.atomic():
            trail.record(Trail.EVENT_CONFIRMED, by=clerk, at=AT)
            began.set()
            may_end.wait(10)
            transaction.set_rollback(True)

    deed = threading.Thread(target=deed_that_fails)
    deed.start()
    began.wait(10)
    write_rows(2)
    seal_now()
    write_rows(1)
    seal_now()
    assert len(sealing.last_head().open_gaps) >= 1

    may_end.set()
    deed.join()
    write_rows(1)
    seal_now()

    assert sealing.last_head().open_gaps == ()
    assert is_whole()


def test_what_is_left_of_a_gap_when_rows_have_come():
    assert list(sealing._without((3, 9, "x"), [2, 3, 6, 10])) == [(4, 5, "x"), (7, 9, "x")]
    assert list(sealing._without((3, 3, "x"), [3])) == []
    assert list(sealing._without((3, 4, "x"), [])) == [(3, 4, "x")]


@on_postgres
def test_more_late_rows_than_a_batch_holds_wait_in_their_gap(write_rows, seal_now, sealed_key, monkeypatch):
    monkeypatch.setattr(sealing, "GAP_AT_LEAST", timedelta(0))
    TrailRow.objects.create(id=10_000, event="a.b", at=AT, actor="x")
    seal_now()
    write_rows(7)  # their ids lie in the gap below

    for _batch in range(4):
        sealing.seal(at=AT, most=2)

    assert set(TrailRow.objects.values_list("pk", flat=True)) == set(
        SealedLeaf.objects.values_list("trail_row", flat=True)
    )
    assert is_whole()


# --- two sealers, and sealers that die ---


@contextmanager
def another_sealer_is_quicker(monkeypatch):
    """Let another sealer finish between our reading and our writing, once."""
    write = sealing._write

    def late(*arguments):
        monkeypatch.setattr(sealing, "_write", write)
        sealing.seal(at=AT)
        return write(*arguments)

    monkeypatch.setattr(sealing, "_write", late)
    yield


def test_of_two_sealers_at_once_one_wins_whole(write_rows, seal_now, sealed_key, monkeypatch):
    write_rows(300)
    with another_sealer_is_quicker(monkeypatch):
        assert sealing.seal(at=AT) is None

    assert TreeHead.objects.count() == 1
    assert SealedLeaf.objects.count() == 301
    assert is_whole()


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_many_sealers_at_once_seal_every_row_once(write_rows, seal_now):
    write_rows(50)
    seal_now()

    def sealer():
        with closing(connection):
            for _ in range(10):
                sealing.seal(at=AT)

    sealers = [threading.Thread(target=sealer) for _ in range(4)]
    for one in sealers:
        one.start()
    for _ in range(10):
        write_rows(20)
    for one in sealers:
        one.join()
    seal_now()

    assert SealedLeaf.objects.count() == TrailRow.objects.count() == 251
    assert is_whole()


class Killed(BaseException):
    """Not an Exception: nothing in the program may catch it."""


@pytest.mark.django_db(transaction=True)
def test_a_sealer_killed_at_any_statement_leaves_nothing_and_the_next_one_does_all(write_rows, seal_now):
    write_rows(260)
    statements = kills = 0

    while True:
        statements += 1
        seen = 0

        def dies(execute, sql, params, many, context, at=statements):
            nonlocal seen
            seen += 1
            if seen == at:
                raise Killed
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(dies):
                seal_now()
        except Killed:
            kills += 1
            whole = verifying.verify()
            assert not whole.faults
            assert TreeHead.objects.count() == SealedLeaf.objects.count() == 0
        else:
            break

    assert kills >= 8  # the head, the leaves and the subtree are among them
    seal_now()
    assert SealedLeaf.objects.count() == TrailRow.objects.count() == 261
    assert SealingKey.objects.count() == 1
    assert is_whole()


@pytest.mark.sqlite
def test_keys_of_a_sealer_that_died_before_its_first_head_are_removed_at_the_next_change(
    write_rows, seal_now, own_keys
):
    write_rows(1)
    own_keys.mkdir(mode=0o700)
    (own_keys / "trail-00000000.pem").write_text("sisa")
    seal_now()

    keys.rotate(at=AT)

    assert [path.name for path in own_keys.iterdir()] == [f"trail-{keys.verifiers()[0].id.hex()}.pem"]
    assert os.access(own_keys, os.R_OK)
