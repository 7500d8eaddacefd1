"""The trail and its seals cannot be rewritten from inside the application, after any migration."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from kentongan.audit import privileges, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import SealedLeaf, SealedSubtree, SealingKey, TrailRow, TreeHead
from kentongan.audit.stored_rows import rows_of

APPEND_ONLY = [TrailRow, SealedLeaf, SealedSubtree, TreeHead, SealingKey]


class _Clerk:
    ref, agency, purpose = "officer:1", "kanim-atambua", "prevention"


@pytest.fixture
def row(transactional_db) -> TrailRow:
    with transaction.atomic():
        trail.record(Trail.EVENT_CONFIRMED, by=_Clerk(), at=timezone.now(), on="event:1")
    return TrailRow.objects.get()


@pytest.fixture
def sealed(write_rows, seal_now):
    """Every append-only table has rows."""
    write_rows(300)
    seal_now()
    assert all(table.objects.exists() for table in APPEND_ONLY)


def triggers():
    if connection.vendor == "sqlite":
        found = rows_of("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit_%%'")
        return sorted(
            (table, word) for table, sql in found for word in ("UPDATE", "DELETE", "INSERT") if f"BEFORE {word}" in sql
        )
    found = rows_of(
        "SELECT tgrelid::regclass::text, tgtype FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' "
        "AND tgrelid::regclass::text LIKE 'audit_%%'"
    )
    bits = {"DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
    return sorted((table, word) for table, kind in found for word, bit in bits.items() if kind & bit)


def expected_triggers():
    words = ("DELETE", "INSERT", "UPDATE") if connection.vendor == "sqlite" else ("DELETE", "TRUNCATE", "UPDATE")
    return sorted((table._meta.db_table, word) for table in APPEND_ONLY for word in words)


def test_a_row_cannot_be_changed(row):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrailRow.objects.filter(pk=row.pk).update(why="lain")

    assert TrailRow.objects.get().why == ""


def test_a_row_cannot_be_deleted_even_by_plain_sql(row):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_trailrow")

    assert TrailRow.objects.count() == 1


def test_a_deed_cannot_be_recorded_outside_its_transaction(transactional_db):
    with pytest.raises(trail.DeedOutsideTransaction):
        trail.record(Trail.EVENT_CONFIRMED, by=_Clerk(), at=timezone.now())


@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.__name__)
def test_no_seal_can_be_changed_deleted_or_emptied(sealed, table):
    name, first = table._meta.db_table, table.objects.first()
    key = table._meta.pk.column
    statements = ["UPDATE {name} SET {key} = {key}", "DELETE FROM {name}"]
    statements += ["TRUNCATE {name}"] if connection.vendor == "postgresql" else []
    for statement in (text.format(name=name, key=key) for text in statements):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert table.objects.first() == first


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a statement of SQLite")
@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.__name__)
def test_no_seal_can_be_replaced_by_any_column_that_is_its_own(sealed, table):
    name, columns = table._meta.db_table, [field.column for field in table._meta.fields]
    own = [{field.column} for field in table._meta.fields if field.unique]
    own += [set(one.fields) for one in table._meta.constraints if isinstance(one, models.UniqueConstraint)]
    unique = set().union(*own)
    for kept in own:
        new = [f"1000000 + {column}" if column in unique - kept else column for column in columns]
        statement = f"INSERT OR REPLACE INTO {name} ({', '.join(columns)}) SELECT {', '.join(new)} FROM {name} LIMIT 1"  # noqa: S608 - our own names
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_every_trigger_stands_after_all_migrations(db):
    assert triggers() == expected_triggers()
    assert set(privileges.APPEND_ONLY) == {table._meta.db_table for table in APPEND_ONLY}


def test_every_table_of_the_room_is_append_only_or_meant_to_change(db):
    changing = {"audit_outboxrow", "audit_searchkey"}

    assert {model._meta.db_table for model in apps.get_app_config("audit").get_models()} == changing | set(
        privileges.APPEND_ONLY
    )
