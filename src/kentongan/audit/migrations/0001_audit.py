"""The trail, its seals and the outbox; what is append-only is guarded by triggers."""

from django.db import migrations, models

SAME = {
    "audit_trailrow": "id = NEW.id",
    "audit_sealedleaf": "position = NEW.position OR trail_row = NEW.trail_row",
    "audit_sealedsubtree": "id = NEW.id OR (level = NEW.level AND position = NEW.position)",
    "audit_treehead": "number = NEW.number",
    "audit_sealingkey": "number = NEW.number",
}
"""Which stored row an inserted one would replace."""

GUARDS = {  # the trail's own guard has its own names
    "audit_trailrow": ("trail", "trail_is_append_only", "the trail is append-only"),
    **{table: (table, "seals_are_append_only", "the seals of the trail are append-only") for table in list(SAME)[1:]},
}


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        for function, words in sorted({(function, words) for _name, function, words in GUARDS.values()}):
            schema_editor.execute(
                f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{words}'; END $$"
            )
    for table, same in SAME.items():
        for statement in _triggers(vendor, table, same):
            schema_editor.execute(statement)


def _triggers(vendor, table, same):
    name, function, words = GUARDS[table]
    if vendor == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        yield f"CREATE TRIGGER {name}_refuses_update BEFORE UPDATE ON {table} {refuse}"
        yield f"CREATE TRIGGER {name}_refuses_delete BEFORE DELETE ON {table} {refuse}"
        # REPLACE deletes, by any of the unique columns, without firing the delete trigger
        yield (
            f"CREATE TRIGGER {name}_refuses_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )
    else:
        yield (
            f"CREATE TRIGGER {name}_refuses_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        yield (
            f"CREATE TRIGGER {name}_refuses_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for function in sorted({function for _name, function, _words in GUARDS.values()}):
            schema_editor.execute(f"DROP FUNCTION {function}() CASCADE")
        return
    for name, _function, _words in GUARDS.values():
        for what in ("update", "delete", "replace"):
            schema_editor.execute(f"DROP TRIGGER {name}_refuses_{what}")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='TrailRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('event', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=80)),
                ('agency', models.CharField(blank=True, max_length=80)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('purpose', models.CharField(blank=True, max_length=40)),
                ('clause', models.CharField(blank=True, max_length=120)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('why', models.TextField(blank=True)),
                ('reasons', models.JSONField(default=list)),
                ('facts', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'id'], name='trail_by_subject'), models.Index(fields=['actor', 'id'], name='trail_by_actor')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('event', ''), _negated=True), models.Q(('actor', ''), _negated=True)), name='trail_names_deed_and_actor')],
            },
        ),
        migrations.CreateModel(
            name='SealedLeaf',
            fields=[
                ('position', models.BigAutoField(primary_key=True, serialize=False)),
                ('trail_row', models.BigIntegerField(unique=True)),
                ('hash', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='SealedSubtree',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField()),
                ('position', models.BigIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('level', 'position'), name='subtree_stands_once')],
            },
        ),
        migrations.CreateModel(
            name='TreeHead',
            fields=[
                ('number', models.BigAutoField(primary_key=True, serialize=False)),
                ('origin', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('size', models.BigIntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('key', models.CharField(max_length=8)),
                ('note', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['size'], name='head_by_size')],
            },
        ),
        migrations.CreateModel(
            name='SealingKey',
            fields=[
                ('number', models.BigAutoField(primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('vkey', models.CharField(max_length=200)),
                ('statement', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchKey',
            fields=[
                ('month', models.CharField(max_length=7, primary_key=True, serialize=False)),
                ('secret', models.BinaryField(max_length=32)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OutboxRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('topic', models.CharField(max_length=60)),
                ('ref', models.CharField(max_length=120)),
                ('facts', models.JSONField(default=dict)),
                ('put_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('claimed', 'Claimed'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('claimed_by', models.CharField(blank=True, max_length=80)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_error', models.TextField(blank=True)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'topic', 'id'], name='outbox_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'claimed')), models.Q(('state', 'claimed'), _negated=True), _connector='OR'), name='outbox_claim_has_lease')],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
