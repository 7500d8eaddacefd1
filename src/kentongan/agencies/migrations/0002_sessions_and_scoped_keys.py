import django.db.models.deletion
import kentongan.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_agencies'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfficerSession',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('address', models.GenericIPAddressField(null=True)),
                ('device', models.CharField(blank=True, max_length=200)),
                ('method', models.CharField(max_length=20)),
                ('is_vouched', models.BooleanField(default=False)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=30)),
            ],
        ),
        migrations.AddField(
            model_name='apitoken',
            name='agency',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='last_used_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='role',
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='scopes',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='officer',
            name='first_password_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='officersession',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='officersession',
            index=models.Index(fields=['officer', 'ended_at'], name='open_sessions_of_officer'),
        ),
        migrations.AddConstraint(
            model_name='officersession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='ended_session_says_why'),
        ),
    ]
