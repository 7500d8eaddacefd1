"""On PostgreSQL the application's role adds to the trail and reads it, and nothing else; it can still do all of its work."""

import pytest
from django.db import DatabaseError, connection, transaction

from kentongan.audit import privileges, sealing, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import OutboxRow, SealedLeaf, SearchKey, TrailRow, TreeHead
from kentongan.audit.search_keys import destroy_aged_keys
from kentongan.audit.verifying import verify

from .conftest import AT

ROLE = 'kentongan "uji"'
on_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles")


@pytest.fixture
def as_application(db, write_rows, seal_now):
    """Act as a role that has what the command gives, and no more; the role goes with the test's transaction."""
    write_rows(5)
    seal_now()
    with connection.cursor() as cursor:
        quoted = privileges._quoted(ROLE)
        cursor.execute(f"CREATE ROLE {quoted}")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {quoted}")  # as generous as installations are
        privileges.apply(ROLE)
        cursor.execute(f"SET LOCAL ROLE {quoted}")
        yield
        cursor.execute("RESET ROLE")


@on_postgres
@pytest.mark.parametrize("table", privileges.APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "ALTER TABLE {table} DISABLE TRIGGER USER",
        "DROP TABLE {table}",
        "CREATE TRIGGER lain BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION trail_is_append_only()",
        "CREATE OR REPLACE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
    ],
)
def test_the_role_is_refused_before_any_trigger_is_asked(as_application, table, statement):
    column = {"audit_trailrow": "why", "audit_sealedleaf": "hash", "audit_sealedsubtree": "hash"}.get(table, "number")

    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, column=column))


@on_postgres
def test_the_role_can_do_all_that_the_application_does(as_application, clerk, seal_now):
    with transaction.atomic():
        trail.record(Trail.EVENT_CONFIRMED, by=clerk, at=AT, on="event:1")
    trail.note_search(["kapal"], by=clerk, at=AT, found=1)
    OutboxRow.objects.create(topic="uji", ref="x:1", put_at=AT)
    OutboxRow.objects.update(topic="lain")
    OutboxRow.objects.all().delete()
    destroy_aged_keys(at=AT.replace(year=2028))
    seal_now(60)

    assert not SearchKey.objects.exists()
    assert TrailRow.objects.count() == SealedLeaf.objects.count() == 9
    assert TreeHead.objects.count() == 2
    assert verify().faults == ()


@on_postgres
def test_the_role_can_wipe_destroyed_search_secrets_off_the_disk_where_the_database_lets_it(as_application):
    if connection.pg_version < 170000:
        pytest.skip("before PostgreSQL 17 only the owner may")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, 'audit_searchkey', 'MAINTAIN')")

        assert cursor.fetchone() == (True,)


@on_postgres
def test_weaknesses_of_the_role_in_use_are_named(as_application):
    assert privileges.weaknesses() == []

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        assert "superuser" in privileges.weaknesses()[0]
        cursor.execute(f"GRANT DELETE ON audit_treehead TO {privileges._quoted(ROLE)}")
        cursor.execute(f"SET LOCAL ROLE {privileges._quoted(ROLE)}")
        assert privileges.weaknesses() == [f"Peran {ROLE} berhak DELETE pada audit_treehead."]
        cursor.execute("RESET ROLE")
        cursor.execute(f"ALTER TABLE audit_trailrow OWNER TO {privileges._quoted(ROLE)}")
        cursor.execute(f"SET LOCAL ROLE {privileges._quoted(ROLE)}")
        assert any("memiliki tabel audit_trailrow" in weakness for weakness in privileges.weaknesses())


@on_postgres
def test_a_role_that_may_become_the_owner_is_named_even_where_it_does_not_inherit(as_application):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("CREATE ROLE pemilik")
        cursor.execute("ALTER TABLE audit_trailrow OWNER TO pemilik")
        cursor.execute(f"ALTER ROLE {privileges._quoted(ROLE)} NOINHERIT")
        cursor.execute(f"GRANT pemilik TO {privileges._quoted(ROLE)}")
        cursor.execute(f"SET LOCAL ROLE {privileges._quoted(ROLE)}")

    assert any("memiliki tabel audit_trailrow" in weakness for weakness in privileges.weaknesses())


@on_postgres
@pytest.mark.parametrize("what", ["SCHEMA public", "DATABASE {database}"])
def test_a_role_that_owns_what_the_tables_lie_in_is_named(what, as_application):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        database = privileges._quoted(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER {what.format(database=database)} OWNER TO {privileges._quoted(ROLE)}")
        cursor.execute(f"SET LOCAL ROLE {privileges._quoted(ROLE)}")

    (weakness,) = privileges.weaknesses()
    assert "skema public" in weakness


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite")
def test_sqlite_says_that_it_has_no_roles(db):
    with pytest.raises(privileges.NoRolesHere):
        privileges.statements("kentongan")
    assert privileges.weaknesses() == []


def test_sealing_needs_no_more_than_adding(db):
    """Nothing of the sealer updates or deletes: what the role cannot do is not asked for."""
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    TrailRow.objects.create(event="a.b", at=AT, actor="x")
    with connection.execute_wrapper(watch):
        sealing.seal(at=AT)

    assert seen
    assert not [sql for sql in seen if sql.upper().startswith(("UPDATE", "DELETE", "LOCK"))]
