import django.db.models.deletion
import kentongan.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_agencies'),
        ('intake', '0001_intake'),
        ('places', '0001_places'),
        ('vocabulary', '0001_vocabulary'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadingRow',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('handling', models.CharField(choices=[('open', 'Open'), ('shared', 'Shared'), ('restricted', 'Restricted'), ('personal', 'Personal'), ('protected', 'Protected')], max_length=10)),
                ('origins', models.JSONField(blank=True, default=list)),
                ('purpose', models.CharField(max_length=40)),
                ('legal_basis', models.CharField(max_length=160)),
                ('agreement_ref', models.CharField(blank=True, max_length=120)),
                ('retain_until', models.DateField()),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='intake.report')),
                ('reader_version', models.CharField(max_length=40)),
                ('read_at', models.DateTimeField()),
                ('content', models.JSONField()),
                ('corrections', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['-read_at', '-id'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purpose', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True)), name='readingrow_has_purpose_and_basis'), models.UniqueConstraint(fields=('report', 'reader_version'), name='one_reading_a_version')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('handling', models.CharField(choices=[('open', 'Open'), ('shared', 'Shared'), ('restricted', 'Restricted'), ('personal', 'Personal'), ('protected', 'Protected')], max_length=10)),
                ('origins', models.JSONField(blank=True, default=list)),
                ('purpose', models.CharField(max_length=40)),
                ('legal_basis', models.CharField(max_length=160)),
                ('agreement_ref', models.CharField(blank=True, max_length=120)),
                ('retain_until', models.DateField()),
                ('number', models.CharField(blank=True, max_length=90)),
                ('title', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('proposed', 'diusulkan'), ('confirmed', 'dikonfirmasi'), ('dismissed', 'dikesampingkan'), ('merged', 'digabung')], default='proposed', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('happened_from', models.DateField(null=True)),
                ('happened_to', models.DateField(null=True)),
                ('precision', models.CharField(choices=[('instant', 'saat'), ('day', 'hari'), ('week', 'pekan'), ('month', 'bulan'), ('year', 'tahun'), ('unknown', 'tidak diketahui')], max_length=8)),
                ('known_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('persons', models.PositiveIntegerField(null=True)),
                ('details', models.JSONField(default=dict)),
                ('source_grade', models.CharField(blank=True, max_length=2)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='events.event')),
                ('place_open', models.JSONField(default=list)),
                ('is_simulated', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['-known_at', '-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['owner', 'state', '-known_at'], name='events_of_owner_by_state'), models.Index(fields=['state', 'happened_from'], name='events_by_day'), models.Index(fields=['-known_at', '-id'], name='events_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purpose', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True)), name='event_has_purpose_and_basis'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='event_number_once'), models.CheckConstraint(condition=models.Q(('happened_to__isnull', True), ('happened_to__gt', models.F('happened_from')), _connector='OR'), name='event_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='event_merged_has_target')],
            },
        ),
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'year'), name='one_series_a_year')],
            },
        ),
        migrations.CreateModel(
            name='EventVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='events.event')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('proposed', 'diusulkan'), ('confirmed', 'dikonfirmasi'), ('dismissed', 'dikesampingkan'), ('merged', 'digabung')], max_length=10)),
                ('title', models.CharField(max_length=300)),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('happened_from', models.DateField(null=True)),
                ('happened_to', models.DateField(null=True)),
                ('precision', models.CharField(choices=[('instant', 'saat'), ('day', 'hari'), ('week', 'pekan'), ('month', 'bulan'), ('year', 'tahun'), ('unknown', 'tidak diketahui')], max_length=8)),
                ('persons', models.PositiveIntegerField(null=True)),
                ('kinds', models.JSONField(default=list)),
                ('decided_at', models.DateTimeField()),
                ('decided_by', models.CharField(max_length=80)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['event', 'number'],
                'indexes': [models.Index(fields=['decided_at', 'event'], name='versions_as_of')],
                'constraints': [models.UniqueConstraint(fields=('event', 'number'), name='one_version_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Classification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='classifications', to='events.event')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vocabulary.kind')),
                ('alleged_by', models.CharField(max_length=80)),
                ('alleged_at', models.DateTimeField()),
                ('why', models.CharField(max_length=300)),
                ('confidence', models.FloatField(default=1.0)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.CharField(blank=True, max_length=80)),
                ('withdrawn_why', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('event', 'kind', 'alleged_by'), name='classification_stands_once'), models.CheckConstraint(condition=models.Q(('confidence__gte', 0), ('confidence__lte', 1)), name='classification_confidence_is_share')],
            },
        ),
        migrations.CreateModel(
            name='EventReport',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='events.event')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='event_links', to='intake.report')),
                ('reading', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.readingrow')),
                ('proposal', models.PositiveSmallIntegerField(null=True)),
                ('linked_at', models.DateTimeField()),
                ('linked_by', models.CharField(max_length=80)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('unlinked_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('unlinked_at__isnull', True)), fields=('report', 'proposal'), name='one_event_a_proposal')],
            },
        ),
        migrations.CreateModel(
            name='JoinDoubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.event')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.event')),
                ('score', models.FloatField()),
                ('why', models.JSONField(default=list)),
                ('noticed_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=10)),
                ('answered_by', models.CharField(blank=True, max_length=80)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('one', 'other'), name='doubt_once_a_pair'), models.CheckConstraint(condition=models.Q(('one', models.F('other')), _negated=True), name='doubt_of_two')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('absorbed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.event')),
                ('into', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.event')),
                ('moved_links', models.JSONField(default=list)),
                ('copied_classifications', models.JSONField(default=list)),
                ('state_before', models.CharField(max_length=10)),
                ('merged_at', models.DateTimeField()),
                ('merged_by', models.CharField(max_length=80)),
                ('why', models.CharField(max_length=300)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, max_length=80)),
            ],
        ),
    ]
