"""The trail stays as it was written; news is claimed once and acted on at least once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import OutboxRow, TrailRow

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)


class Clerk:
    ref, agency, purpose = "officer:1", "kanim-atambua", "prevention"


@pytest.fixture
def row(db):
    with transaction.atomic():
        trail.record(Trail.EVENT_CONFIRMED, by=Clerk(), at=AT, on="event:1", why="cocok dengan dua sumber")
    return TrailRow.objects.get()


CHANGES = [
    "UPDATE audit_trailrow SET why = 'lain'",
    "UPDATE audit_trailrow SET actor = 'officer:2' WHERE id = 0 OR 1 = 1",
    "DELETE FROM audit_trailrow",
    "INSERT OR REPLACE INTO audit_trailrow (id, event, at, actor, agency, purpose, subject, why, reasons, facts, role, clause) "
    "SELECT id, event, at, 'officer:2', agency, purpose, subject, why, reasons, facts, role, clause FROM audit_trailrow",
    "INSERT INTO audit_trailrow SELECT * FROM audit_trailrow WHERE 1 ON CONFLICT (id) DO UPDATE SET actor = 'officer:2'",
]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="statements of SQLite")
@pytest.mark.parametrize("statement", CHANGES)
def test_no_statement_of_sql_changes_a_row(row, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    kept = TrailRow.objects.get()
    assert (kept.pk, kept.actor, kept.why) == (row.pk, row.actor, row.why)


def test_neither_the_row_nor_a_list_can_be_deleted_or_saved_over(row):
    row.why = "lain"
    for change in (row.save, row.delete, TrailRow.objects.all().delete, lambda: TrailRow.objects.update(why="lain")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert TrailRow.objects.get().why == "cocok dengan dua sumber"


def test_a_row_falls_with_the_deed_that_it_tells_of(db):
    def deed():
        with transaction.atomic():
            trail.record(Trail.EVENT_CONFIRMED, by=Clerk(), at=AT)
            raise RuntimeError("perbuatan gagal")

    with pytest.raises(RuntimeError, match="gagal"):
        deed()

    assert not TrailRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_news_outside_a_deed_is_refused():
    with pytest.raises(trail.DeedOutsideTransaction):
        outbox.put("uji", ref="x:1", at=AT)


def test_a_row_must_name_its_actor(db):
    class Nobody:
        ref, agency, purpose = "", "", ""

    with pytest.raises(DatabaseError), transaction.atomic():
        trail.record(Trail.EVENT_CONFIRMED, by=Nobody(), at=AT)


def test_every_name_in_the_catalogue_is_its_own():
    assert len({name.value for name in Trail}) == len(Trail)
    assert all(name.value.count(".") == 1 for name in Trail)


@pytest.fixture
def news(db):
    with transaction.atomic():
        return [outbox.put("uji", ref=f"x:{n}", at=AT) for n in range(3)]


def test_news_is_acted_on_in_order_and_once(news):
    acted = []

    outbox.drain({"uji": lambda row: acted.append(row.ref)}, worker="w1", clock=lambda: AT)
    outbox.drain({"uji": lambda row: acted.append(row.ref)}, worker="w2", clock=lambda: AT)

    assert acted == ["x:0", "x:1", "x:2"]


def test_what_one_worker_holds_no_other_takes_until_the_lease_ends(news):
    mine = outbox.claim(["uji"], worker="w1", at=AT)
    theirs = outbox.claim(["uji"], worker="w2", at=AT)
    late = outbox.claim(["uji"], worker="w2", at=AT + outbox.LEASE + timedelta(seconds=1))

    assert (mine.ref, theirs.ref, late.ref) == ("x:0", "x:1", "x:0")
    assert late.attempts == 2


def test_a_row_that_fails_is_kept_with_its_error_and_given_up_after_five_attempts(news, caplog):
    def breaks(row):
        raise ValueError("rusak")

    for _attempt in range(outbox.MAX_ATTEMPTS + 1):
        outbox.drain({"uji": breaks}, worker="w1", clock=lambda: AT, most=1)

    first = OutboxRow.objects.order_by("id").first()
    assert (first.state, first.attempts) == ("failed", outbox.MAX_ATTEMPTS)
    assert "rusak" in first.last_error


def test_a_bad_row_does_not_keep_the_others_waiting_for_ever(news, caplog):
    acted = []

    def breaks_on_first(row):
        if row.ref == "x:0":
            raise ValueError("rusak")
        acted.append(row.ref)

    outbox.drain({"uji": breaks_on_first}, worker="w1", clock=lambda: AT)

    assert acted == ["x:1", "x:2"]


def test_other_topics_are_left_alone(news):
    assert outbox.claim(["lain"], worker="w1", at=AT) is None
