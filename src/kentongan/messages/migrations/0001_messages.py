import django.db.models.deletion
import kentongan.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('agencies', '0001_agencies'),
    ]

    operations = [
        migrations.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_subscriptions', to=settings.AUTH_USER_MODEL)),
                ('endpoint', models.TextField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('p256dh', models.CharField(max_length=120)),
                ('auth', models.CharField(max_length=40)),
                ('device', models.CharField(blank=True, max_length=200)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('fingerprint',), name='browser_subscribed_once'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='ended_subscription_says_why')],
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to='agencies.agency')),
                ('name', models.CharField(max_length=80)),
                ('url', models.CharField(max_length=500)),
                ('secret_sealed', models.BinaryField()),
                ('former_secret_sealed', models.BinaryField(null=True)),
                ('former_until', models.DateTimeField(null=True)),
                ('topics', models.JSONField(blank=True, default=list)),
                ('is_active', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=80)),
                ('version', models.PositiveIntegerField(default=1)),
                ('last_answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['agency', 'name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('agency', 'url'), name='webhook_address_once'), models.CheckConstraint(condition=models.Q(models.Q(('former_secret_sealed__isnull', True), ('former_until__isnull', True)), models.Q(('former_secret_sealed__isnull', False), ('former_until__isnull', False)), _connector='OR'), name='former_secret_has_its_end')],
            },
        ),
        migrations.CreateModel(
            name='ReachableBy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reachable_by', to=settings.AUTH_USER_MODEL)),
                ('channel', models.CharField(choices=[('inapp', 'inapp'), ('email', 'email'), ('push', 'push'), ('webhook', 'webhook'), ('sms', 'sms'), ('whatsapp', 'whatsapp')], max_length=10)),
                ('address', models.CharField(max_length=254)),
                ('is_on', models.BooleanField(default=True)),
                ('added_at', models.DateTimeField()),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('code_hash', models.CharField(blank=True, max_length=64)),
                ('code_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('officer', 'channel'), name='one_address_a_channel'), models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'whatsapp'])), name='only_channels_with_an_address'), models.CheckConstraint(condition=models.Q(models.Q(('code_hash', ''), ('code_until__isnull', True)), models.Q(models.Q(('code_hash', ''), _negated=True), ('code_until__isnull', False)), _connector='OR'), name='code_has_its_end')],
            },
        ),
        migrations.CreateModel(
            name='NoticeSettings',
            fields=[
                ('officer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='notice_settings', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('quiet_from', models.TimeField(blank=True, null=True)),
                ('quiet_to', models.TimeField(blank=True, null=True)),
                ('zone', models.CharField(default='Asia/Makassar', max_length=40)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_to__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_to__isnull', False), models.Q(('quiet_from', models.F('quiet_to')), _negated=True)), _connector='OR'), name='quiet_hours_have_two_ends')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=240, unique=True)),
                ('topic', models.CharField(max_length=60)),
                ('channel', models.CharField(choices=[('inapp', 'inapp'), ('email', 'email'), ('push', 'push'), ('webhook', 'webhook'), ('sms', 'sms'), ('whatsapp', 'whatsapp')], max_length=10)),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('address', models.CharField(blank=True, max_length=254)),
                ('subscription', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notices.pushsubscription')),
                ('endpoint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='notices.webhookendpoint')),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField(blank=True)),
                ('link', models.CharField(blank=True, max_length=300)),
                ('handling', models.CharField(max_length=10)),
                ('about', models.CharField(blank=True, max_length=120)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('claimed', 'claimed'), ('sent', 'sent'), ('delivered', 'delivered'), ('read', 'read'), ('dead', 'dead'), ('cancelled', 'cancelled')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('claimed_by', models.CharField(blank=True, max_length=80)),
                ('put_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('provider_ref', models.CharField(blank=True, max_length=120)),
            ],
            options={
                'ordering': ['-put_at', '-id'],
                'indexes': [models.Index(fields=['state', 'next_at'], name='messages_due'), models.Index(fields=['state', 'lease_until'], name='messages_left_lying'), models.Index(fields=['officer', 'channel', 'state'], name='notices_of_officer'), models.Index(fields=['agency', '-put_at'], name='messages_of_agency'), models.Index(fields=['about'], name='messages_about')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'claimed')), models.Q(models.Q(('state', 'claimed'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='message_claim_has_lease'), models.CheckConstraint(condition=models.Q(models.Q(('next_at__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('next_at__isnull', True)), _connector='OR'), name='waiting_message_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'read'), _negated=True), ('read_at__isnull', False), _connector='OR'), name='read_message_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'dead'), _negated=True), models.Q(('last_error', ''), _negated=True), _connector='OR'), name='dead_message_says_why'), models.CheckConstraint(condition=models.Q(('handling', 'open'), models.Q(('body', ''), ('subject', '')), models.Q(('body', ''), ('channel', 'inapp'), ('handling__in', ['open', 'restricted', 'shared'])), _connector='OR'), name='message_carries_no_content'), models.CheckConstraint(condition=models.Q(models.Q(('channel', 'inapp'), ('officer__isnull', False)), models.Q(('channel', 'push'), ('officer__isnull', False), ('subscription__isnull', False)), models.Q(('channel', 'webhook'), ('endpoint__isnull', False), ('officer__isnull', True)), models.Q(('channel__in', ['email', 'sms', 'whatsapp']), ('officer__isnull', False), models.Q(('address', ''), _negated=True)), _connector='OR'), name='message_has_a_recipient')],
            },
        ),
    ]
