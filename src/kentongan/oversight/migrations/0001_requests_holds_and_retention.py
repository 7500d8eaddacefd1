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
            name='OutsideRequest',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('asker', models.CharField(max_length=200)),
                ('asker_state', models.CharField(default='ID', max_length=2)),
                ('transfer_basis', models.CharField(blank=True, choices=[('', 'tidak lintas negara'), ('adequacy', 'pelindungan setara (UU 27/2022 Pasal 56)'), ('binding_instrument', 'perjanjian yang mengikat (UU 27/2022 Pasal 56)'), ('consent', 'persetujuan subjek data (UU 27/2022 Pasal 56)')], default='', max_length=20)),
                ('letter', models.CharField(max_length=200)),
                ('legal_basis', models.CharField(max_length=300)),
                ('purpose', models.CharField(max_length=40)),
                ('why', models.CharField(max_length=1000)),
                ('due_on', models.DateField()),
                ('registered_by', models.CharField(max_length=80)),
                ('registered_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'menunggu pemilik data'), ('released', 'diserahkan'), ('refused', 'ditolak'), ('withdrawn', 'ditarik')], default='open', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=80)),
                ('ended_why', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['-registered_at', '-id'],
                'indexes': [models.Index(fields=['desk', 'state', 'due_on'], name='requests_of_desk')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asker', ''), _negated=True), models.Q(('letter', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True), models.Q(('purpose', ''), _negated=True), models.Q(('why', ''), _negated=True)), name='request_says_who_and_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='request_ended_has_instant'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('refused', 'withdrawn')), _negated=True), models.Q(('ended_why', ''), _negated=True), _connector='OR'), name='request_refused_says_why')],
            },
        ),
        migrations.CreateModel(
            name='RequestedPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='oversight.outsiderequest')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('category', models.CharField(max_length=30)),
                ('records', models.JSONField(default=list)),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('first', models.DateField(null=True)),
                ('after', models.DateField(null=True)),
                ('groups', models.JSONField()),
                ('word', models.CharField(choices=[('waiting', 'menunggu'), ('approved', 'disetujui'), ('refused', 'ditolak')], default='waiting', max_length=10)),
                ('approved_groups', models.JSONField(default=list)),
                ('answered_by', models.CharField(blank=True, max_length=80)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer_why', models.CharField(blank=True, max_length=1000)),
            ],
            options={
                'ordering': ['request', 'owner', 'category', 'id'],
                'indexes': [models.Index(fields=['owner', 'word'], name='parts_waiting_for_owner')],
                'constraints': [models.UniqueConstraint(fields=('request', 'owner', 'category'), name='part_once_an_owner_and_category'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('word', 'waiting')), models.Q(models.Q(('word', 'waiting'), _negated=True), ('answered_at__isnull', False), models.Q(('answered_by', ''), _negated=True), models.Q(('answer_why', ''), _negated=True)), _connector='OR'), name='part_answered_in_writing'), models.CheckConstraint(condition=models.Q(models.Q(('records', []), _negated=True), models.Q(('after__gt', models.F('first')), ('first__isnull', False)), _connector='OR'), name='part_says_which_records')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='release', to='oversight.outsiderequest')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=80)),
                ('filename', models.CharField(max_length=120)),
                ('checksum', models.CharField(max_length=64)),
                ('rows', models.JSONField()),
                ('content', models.BinaryField(null=True)),
                ('keep_until', models.DateField()),
                ('erased_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('content__isnull', False), ('erased_at__isnull', False), _connector='OR'), name='release_content_or_when_erased')],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('category', models.CharField(blank=True, max_length=30)),
                ('why', models.CharField(max_length=500)),
                ('legal_basis', models.CharField(max_length=300)),
                ('placed_by', models.CharField(max_length=80)),
                ('placed_at', models.DateTimeField()),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review_on', models.DateField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.CharField(blank=True, max_length=80)),
                ('lifted_why', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['review_on', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('why', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True)), name='hold_says_why'), models.CheckConstraint(condition=models.Q(('lifted_at__isnull', True), models.Q(models.Q(('lifted_by', ''), _negated=True), models.Q(('lifted_why', ''), _negated=True)), _connector='OR'), name='lifted_hold_says_why')],
            },
        ),
        migrations.CreateModel(
            name='HeldRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='records', to='oversight.legalhold')),
                ('category', models.CharField(max_length=30)),
                ('record', models.UUIDField()),
            ],
            options={
                'indexes': [models.Index(fields=['record'], name='holds_of_record')],
                'constraints': [models.UniqueConstraint(fields=('hold', 'record'), name='held_once_a_hold')],
            },
        ),
        migrations.CreateModel(
            name='HoldReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='oversight.legalhold')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=80)),
                ('why', models.CharField(max_length=500)),
                ('review_on', models.DateField()),
            ],
            options={
                'ordering': ['at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='hold_review_says_why')],
            },
        ),
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(unique=True)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('held', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['-as_of'],
            },
        ),
        migrations.CreateModel(
            name='Treated',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=30)),
                ('record', models.UUIDField()),
                ('ref', models.CharField(max_length=120)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('was_protected', models.BooleanField(default=False)),
                ('treatment', models.CharField(max_length=10)),
                ('due_on', models.DateField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='treated', to='oversight.retentionrun')),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['ref'], name='treated_by_ref')],
                'constraints': [models.UniqueConstraint(fields=('category', 'record'), name='treated_once')],
            },
        ),
    ]
