from django.db import migrations

SQLITE = [
    "CREATE TRIGGER trail_refuses_update BEFORE UPDATE ON audit_trailrow "
    "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    "CREATE TRIGGER trail_refuses_delete BEFORE DELETE ON audit_trailrow "
    "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    # REPLACE deletes without firing the delete trigger
    "CREATE TRIGGER trail_refuses_replace BEFORE INSERT ON audit_trailrow "
    "WHEN EXISTS (SELECT 1 FROM audit_trailrow WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
]

POSTGRES = """
CREATE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$;
CREATE TRIGGER trail_refuses_change BEFORE UPDATE OR DELETE ON audit_trailrow
FOR EACH ROW EXECUTE FUNCTION trail_is_append_only();
CREATE TRIGGER trail_refuses_truncate BEFORE TRUNCATE ON audit_trailrow
FOR EACH STATEMENT EXECUTE FUNCTION trail_is_append_only();
"""

UNDO = {
    "sqlite": "DROP TRIGGER trail_refuses_update; DROP TRIGGER trail_refuses_delete; DROP TRIGGER trail_refuses_replace;",
    "postgresql": "DROP FUNCTION trail_is_append_only() CASCADE;",
}


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else [POSTGRES]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor].split(";"):
        if statement.strip():
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_audit")]
    operations = [migrations.RunPython(guard, unguard)]
