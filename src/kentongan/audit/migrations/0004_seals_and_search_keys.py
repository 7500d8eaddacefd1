from django.db import migrations, models

SEALED = {
    "audit_sealedleaf": "position = NEW.position OR trail_row = NEW.trail_row",
    "audit_sealedsubtree": "id = NEW.id OR (level = NEW.level AND position = NEW.position)",
    "audit_treehead": "number = NEW.number",
    "audit_sealingkey": "number = NEW.number",
}


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION seals_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the seals of the trail are append-only'; END $$"
        )
    for table, same in SEALED.items():
        for statement in _triggers(schema_editor.connection.vendor, table, same):
            schema_editor.execute(statement)


def _triggers(vendor, table, same):
    if vendor == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'the seals of the trail are append-only'); END"
        yield f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} {refuse}"
        yield f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} {refuse}"
        # REPLACE deletes, by any of the unique columns, without firing the delete trigger
        yield (
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )
    else:
        yield (
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION seals_are_append_only()"
        )
        yield (
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION seals_are_append_only()"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION seals_are_append_only() CASCADE")
        return
    for table in SEALED:
        for what in ("update", "delete", "replace"):
            schema_editor.execute(f"DROP TRIGGER {table}_refuses_{what}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_clause_and_role")]
    operations = [
        migrations.CreateModel(
            name="SealedLeaf",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("trail_row", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="SealedSubtree",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("position", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("level", "position"), name="subtree_stands_once")],
            },
        ),
        migrations.CreateModel(
            name="TreeHead",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("key", models.CharField(max_length=8)),
                ("note", models.TextField()),
            ],
            options={"indexes": [models.Index(fields=["size"], name="head_by_size")]},
        ),
        migrations.CreateModel(
            name="SealingKey",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("vkey", models.CharField(max_length=200)),
                ("statement", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ("month", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("secret", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(guard, unguard),
    ]
