import django.db.models.deletion
import kentongan.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_agencies'),
        ('places', '0001_places'),
        ('vault', '0001_vault'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
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
                ('channel', models.CharField(choices=[('paste', 'tempel'), ('upload', 'unggah'), ('field_form', 'formulir lapangan'), ('nil_form', 'formulir nihil'), ('feed', 'umpan berita'), ('import', 'impor'), ('chat', 'obrolan'), ('api', 'API'), ('command', 'perintah')], max_length=12)),
                ('idempotency_key', models.CharField(max_length=80, null=True)),
                ('checksum', models.CharField(max_length=64)),
                ('original_checksum', models.CharField(max_length=64)),
                ('original', models.BinaryField(null=True)),
                ('filename', models.CharField(blank=True, max_length=200)),
                ('media_type', models.CharField(default='text/plain', max_length=100)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('text', models.TextField(null=True)),
                ('source', models.CharField(blank=True, max_length=120)),
                ('author', models.CharField(blank=True, max_length=120)),
                ('address', models.URLField(blank=True, max_length=500)),
                ('published_on', models.DateField(null=True)),
                ('is_nil', models.BooleanField(default=False)),
                ('covers_from', models.DateField(null=True)),
                ('covers_to', models.DateField(null=True)),
                ('received_at', models.DateTimeField()),
                ('received_by', models.CharField(max_length=80)),
                ('is_simulated', models.BooleanField(default=False)),
                ('erased_at', models.DateTimeField(null=True)),
                ('erased_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['-received_at', '-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['owner', '-received_at'], name='reports_of_owner'), models.Index(fields=['place', 'received_at'], name='reports_by_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purpose', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True)), name='report_has_purpose_and_basis'), models.UniqueConstraint(fields=('owner', 'channel', 'idempotency_key'), name='report_once_a_key'), models.UniqueConstraint(fields=('owner', 'checksum'), name='report_once_a_text'), models.CheckConstraint(condition=models.Q(('text__isnull', False), models.Q(('erased_at__isnull', False), models.Q(('erased_why', ''), _negated=True)), _connector='OR'), name='report_text_or_why_not'), models.CheckConstraint(condition=models.Q(('is_nil', False), models.Q(('covers_from__isnull', False), ('covers_to__gt', models.F('covers_from')), ('place__isnull', False)), _connector='OR'), name='nil_report_has_place_and_period')],
            },
        ),
        migrations.CreateModel(
            name='ReporterLink',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='intake.report')),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.identity')),
            ],
        ),
    ]
