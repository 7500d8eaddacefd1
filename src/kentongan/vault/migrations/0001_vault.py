import django.db.models.deletion
import kentongan.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_agencies'),
        ('places', '0001_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='Identity',
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
                ('kind', models.CharField(choices=[('reporter', 'pelapor'), ('victim', 'korban'), ('person', 'orang')], max_length=10)),
                ('mark', models.CharField(max_length=8)),
                ('about', models.CharField(max_length=80)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=80)),
                ('corrected_at', models.DateTimeField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('erased_why', models.CharField(blank=True, max_length=300)),
                ('revision', models.UUIDField(default=kentongan.kit.ids.new_id)),
                ('is_simulated', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['-recorded_at', '-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['owner', '-recorded_at'], name='identities_of_owner')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purpose', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True)), name='identity_has_purpose_and_basis'), models.UniqueConstraint(fields=('owner', 'mark'), name='identity_mark_once_an_owner'), models.CheckConstraint(condition=models.Q(('handling__in', ['personal', 'protected'])), name='identity_handled_as_personal'), models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('erased_why', ''), _negated=True), _connector='OR'), name='erased_identity_says_why')],
            },
        ),
        migrations.CreateModel(
            name='SealedIdentity',
            fields=[
                ('identity', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='vault.identity')),
                ('master', models.CharField(max_length=16)),
                ('wrapped_key', models.BinaryField()),
                ('ciphertext', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['master'], name='sealed_by_master')],
            },
        ),
        migrations.CreateModel(
            name='MasterKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('fingerprint', models.CharField(max_length=16, unique=True)),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='vault.identity')),
                ('officer', models.CharField(max_length=80)),
                ('agency', models.CharField(max_length=60)),
                ('role', models.CharField(max_length=40)),
                ('purpose', models.CharField(max_length=40)),
                ('ground', models.CharField(choices=[('consent', 'persetujuan yang bersangkutan'), ('court_order', 'penetapan pengadilan'), ('imminent_risk', 'bahaya yang mendesak')], max_length=16)),
                ('document', models.CharField(blank=True, max_length=200)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='opening_says_why'), models.CheckConstraint(condition=models.Q(('ground', 'imminent_risk'), models.Q(('document', ''), _negated=True), _connector='OR'), name='opening_names_consent_or_order')],
            },
        ),
    ]
