import django.db.models.deletion
import kentongan.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('agencies', '0001_agencies'),
        ('places', '0001_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('category', models.CharField(max_length=30)),
                ('record', models.UUIDField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('fields', models.JSONField(default=list)),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('cause', models.CharField(choices=[('address', 'Address'), ('referral', 'Referral'), ('case', 'Case'), ('break_glass', 'Break Glass')], max_length=12)),
                ('because', models.CharField(max_length=120)),
                ('under', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['agency', 'record'], name='grant_by_agency_record')],
                'constraints': [models.UniqueConstraint(fields=('record', 'agency', 'because'), name='grant_once_a_cause'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='grant_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Instrument',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=60, null=True, unique=True)),
                ('kind', models.CharField(choices=[('mou', 'nota kesepahaman'), ('pks', 'perjanjian kerja sama'), ('annex', 'lampiran'), ('support_letter', 'surat dukungan'), ('forum_statute', 'ketentuan forum'), ('arrangement', 'kesepakatan antarnegara')], max_length=16)),
                ('number', models.CharField(blank=True, max_length=120)),
                ('title', models.CharField(max_length=300)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='agreements.instrument')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('recorded_at', models.DateTimeField()),
                ('signed_on', models.DateField(blank=True, null=True)),
                ('signed_at_place', models.CharField(blank=True, max_length=200)),
                ('in_force_from', models.DateField(blank=True, null=True)),
                ('in_force_to', models.DateField(blank=True, null=True)),
                ('scope', models.TextField(blank=True)),
                ('programme', models.CharField(blank=True, max_length=200)),
                ('document', models.BinaryField(null=True)),
                ('document_name', models.CharField(blank=True, max_length=200)),
                ('document_checksum', models.CharField(blank=True, max_length=64)),
                ('is_reconstructed', models.BooleanField(default=False)),
                ('source_note', models.CharField(blank=True, max_length=500)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['-signed_on', 'title'],
                'constraints': [models.CheckConstraint(condition=models.Q(('in_force_to__isnull', True), ('in_force_to__gt', models.F('in_force_from')), _connector='OR'), name='instrument_ends_after_start'), models.CheckConstraint(condition=models.Q(('parent', models.F('pk')), _negated=True), name='instrument_not_its_own_parent')],
            },
        ),
        migrations.CreateModel(
            name='InstrumentParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='agreements.instrument')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('state', models.CharField(blank=True, max_length=2)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('instrument', 'agency', 'state'), name='party_once'), models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('state', '')), models.Q(('agency__isnull', True), models.Q(('state', ''), _negated=True)), _connector='OR'), name='party_is_agency_or_state')],
            },
        ),
        migrations.CreateModel(
            name='Signatory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatories', to='agreements.instrumentparty')),
                ('name', models.CharField(max_length=160)),
                ('position', models.CharField(max_length=200)),
                ('rank', models.CharField(blank=True, max_length=60)),
                ('officer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='InstrumentChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='agreements.instrument')),
                ('what', models.CharField(choices=[('renewed', 'diperpanjang'), ('suspended', 'ditangguhkan'), ('resumed', 'diberlakukan lagi'), ('withdrawn', 'dicabut')], max_length=10)),
                ('effective_at', models.DateTimeField()),
                ('until', models.DateField(null=True)),
                ('why', models.CharField(max_length=500)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['effective_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='instrument_change_says_why')],
            },
        ),
        migrations.CreateModel(
            name='RenewalWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renewal_words', to='agreements.instrument')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agreements.instrumentparty')),
                ('until', models.DateField(null=True)),
                ('why', models.CharField(max_length=500)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('change', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='words', to='agreements.instrumentchange')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('change__isnull', True)), fields=('instrument', 'party'), name='one_open_word_a_party'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='renewal_word_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Clause',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses', to='agreements.instrument')),
                ('number', models.PositiveSmallIntegerField()),
                ('giver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('giver_with_below', models.BooleanField(default=False)),
                ('giver_state', models.CharField(blank=True, max_length=2)),
                ('receiver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('receiver_with_below', models.BooleanField(default=False)),
                ('receiver_state', models.CharField(blank=True, max_length=2)),
                ('releases', models.JSONField(default=dict)),
                ('purposes', models.JSONField(default=list)),
                ('is_everywhere', models.BooleanField(default=False)),
                ('kinds', models.JSONField(blank=True, default=list)),
                ('precision', models.CharField(choices=[('exact', 'sebagaimana tercatat'), ('village', 'desa atau kelurahan'), ('district', 'kecamatan'), ('aggregate', 'hanya jumlah')], default='village', max_length=10)),
                ('min_cell', models.PositiveSmallIntegerField(default=5)),
                ('onward', models.CharField(choices=[('none', 'tidak boleh diteruskan'), ('allowed', 'boleh diteruskan dengan instrumen')], default='none', max_length=10)),
                ('retention_days', models.PositiveIntegerField(blank=True, null=True)),
                ('conditions', models.JSONField(blank=True, default=list)),
                ('transfer_basis', models.CharField(blank=True, choices=[('', 'tidak lintas negara'), ('adequacy', 'pelindungan setara (UU 27/2022 Pasal 56)'), ('binding_instrument', 'perjanjian yang mengikat (UU 27/2022 Pasal 56)'), ('consent', 'persetujuan subjek data (UU 27/2022 Pasal 56)')], default='', max_length=20)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('drafted_by', models.CharField(max_length=80)),
                ('drafted_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=500)),
                ('is_reconstructed', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('roots', models.ManyToManyField(blank=True, related_name='+', to='places.place')),
                ('exceptions', models.ManyToManyField(blank=True, related_name='+', to='places.place')),
            ],
            options={
                'ordering': ['instrument', 'number'],
                'constraints': [models.UniqueConstraint(fields=('instrument', 'number'), name='clause_number_once'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('ended_why', ''), _negated=True), _connector='OR'), name='ended_clause_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clause', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='agreements.clause')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.instrumentparty')),
                ('officer', models.CharField(max_length=80)),
                ('position', models.CharField(max_length=200)),
                ('checksum', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('clause', 'party'), name='approved_once_a_party')],
            },
        ),
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
                ('clause_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reach', to='agreements.clauseset')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                ('span', models.PositiveIntegerField()),
                ('first', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['clause_set', 'owner', 'first', 'end'], name='reach_of_owner')],
                'constraints': [models.UniqueConstraint(fields=('clause_set', 'owner', 'span'), name='reach_once_a_span')],
            },
        ),
        migrations.CreateModel(
            name='ConditionMet',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('category', models.CharField(max_length=30)),
                ('record', models.UUIDField()),
                ('condition', models.CharField(choices=[('consent', 'persetujuan'), ('court_order', 'penetapan pengadilan')], max_length=12)),
                ('receiver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('document', models.CharField(max_length=200)),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(null=True)),
                ('recorded_by', models.CharField(max_length=80)),
                ('ended_why', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['record', 'condition'], name='condition_of_record')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), models.Q(('ended_why', ''), _negated=True), _connector='OR'), name='ended_condition_says_why'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='condition_names_paper')],
            },
        ),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('grant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='break_glass', to='agreements.grant')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('officer', models.CharField(max_length=80)),
                ('reason', models.CharField(max_length=500)),
                ('opened_at', models.DateTimeField()),
                ('review_by', models.DateTimeField()),
                ('seen_by_owner_at', models.DateTimeField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('reviewed_by', models.CharField(blank=True, max_length=80)),
                ('verdict', models.CharField(blank=True, choices=[('justified', 'dapat dibenarkan'), ('unjustified', 'tidak dapat dibenarkan')], max_length=12)),
                ('verdict_why', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['-opened_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='break_glass_says_why'), models.CheckConstraint(condition=models.Q(('reviewed_at__isnull', True), models.Q(models.Q(('verdict', ''), _negated=True), models.Q(('verdict_why', ''), _negated=True)), _connector='OR'), name='reviewed_break_glass_has_verdict')],
            },
        ),
        migrations.CreateModel(
            name='ImpactAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('module', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('document_name', models.CharField(max_length=200)),
                ('document_checksum', models.CharField(max_length=64)),
                ('assessed_on', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('approved_by', models.CharField(max_length=200)),
                ('recorded_by', models.CharField(max_length=80)),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['-assessed_on'],
            },
        ),
    ]
