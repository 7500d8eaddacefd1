"""The reach of clauses as spans of place keys. The two tables hold nothing that is not made anew when it is needed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0003_renewals'),
        ('agencies', '0001_agencies'),
    ]

    operations = [
        migrations.DeleteModel(name='ClauseReach'),
        migrations.DeleteModel(name='ClauseSet'),
        migrations.CreateModel(
            name='ClauseSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('edges', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ClauseReach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('span', models.PositiveIntegerField()),
                ('first', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('clause_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reach', to='agreements.clauseset')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
            ],
            options={
                'indexes': [models.Index(fields=['clause_set', 'owner', 'first', 'end'], name='reach_of_owner')],
                'constraints': [models.UniqueConstraint(fields=('clause_set', 'owner', 'span'), name='reach_once_a_span')],
            },
        ),
    ]
