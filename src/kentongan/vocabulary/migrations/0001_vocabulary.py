import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Kind',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('kind_class', models.CharField(choices=[('offence', 'Offence'), ('modus', 'Modus'), ('movement', 'Movement'), ('issue', 'Issue'), ('response', 'Response'), ('status', 'Status')], max_length=10)),
                ('label_id', models.CharField(max_length=120)),
                ('label_en', models.CharField(max_length=120)),
                ('label_tet', models.CharField(blank=True, max_length=120)),
                ('label_pt', models.CharField(blank=True, max_length=120)),
                ('terms_id', models.JSONField(default=list)),
                ('terms_tet', models.JSONField(default=list)),
                ('terms_pt', models.JSONField(default=list)),
                ('iccs_code', models.CharField(blank=True, max_length=10)),
                ('is_protected', models.BooleanField(default=False)),
                ('is_election', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('label_id', ''), _negated=True), name='kind_has_indonesian_label')],
            },
        ),
        migrations.CreateModel(
            name='Law',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='laws', to='vocabulary.kind')),
                ('citation', models.CharField(max_length=200)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'citation'), name='law_once_a_kind')],
            },
        ),
    ]
