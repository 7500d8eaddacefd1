import django.db.models.deletion
import kentongan.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_agencies'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkageRun',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('purpose', models.CharField(max_length=40)),
                ('legal_basis', models.CharField(max_length=160)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=80)),
                ('role', models.CharField(max_length=40)),
                ('persons', models.PositiveIntegerField()),
                ('things', models.PositiveIntegerField()),
                ('found', models.PositiveIntegerField()),
                ('weights_as_of', models.DateField()),
                ('weights_source', models.CharField(max_length=200)),
                ('retain_until', models.DateField()),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['agency', '-at'], name='linkage_runs_of_agency')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purpose', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='linkage_run_says_why_and_by_what_law')],
            },
        ),
        migrations.CreateModel(
            name='CandidateLink',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='linkage.linkagerun')),
                ('kind', models.CharField(choices=[('person', 'orang'), ('thing', 'barang')], max_length=6)),
                ('left', models.UUIDField()),
                ('right', models.UUIDField()),
                ('probability', models.FloatField()),
                ('agreements', models.JSONField()),
                ('state', models.CharField(choices=[('proposed', 'menunggu keputusan'), ('accepted', 'ditautkan'), ('refused', 'ditolak')], default='proposed', max_length=8)),
                ('revision', models.UUIDField(default=kentongan.kit.ids.new_id)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=80)),
                ('decided_why', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['-probability', 'id'],
                'indexes': [models.Index(fields=['agency', 'state', '-probability'], name='links_of_agency_by_state')],
                'constraints': [models.UniqueConstraint(fields=('agency', 'left', 'right'), name='one_link_a_pair'), models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='link_has_two_ends_in_order'), models.CheckConstraint(condition=models.Q(('probability__gte', 0), ('probability__lte', 1)), name='link_probability_is_one'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('decided_why', ''), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), models.Q(('decided_by', ''), _negated=True), models.Q(('decided_why', ''), _negated=True)), _connector='OR'), name='decided_link_says_who_and_why')],
            },
        ),
    ]
