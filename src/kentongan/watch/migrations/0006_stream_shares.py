import django.db.models.deletion
import kentongan.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """A stream may have another share of the budget than the even one, after a proposal that an officer accepted."""

    dependencies = [
        ('watch', '0005_what_others_gave'),
    ]

    operations = [
        migrations.CreateModel(
            name='StreamShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.CharField(max_length=40)),
                ('share', models.FloatField()),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(null=True)),
                ('why', models.CharField(max_length=300)),
                ('by', models.CharField(max_length=80)),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='watch.watch')),
            ],
            options={
                'ordering': ['stream', 'valid_from'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('watch', 'stream'), name='one_open_share_a_stream'), models.CheckConstraint(condition=models.Q(('share__gt', 0)), name='stream_share_positive'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='stream_share_says_why'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='stream_share_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='ThresholdProposal',
            fields=[
                ('id', models.UUIDField(default=kentongan.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('stream', models.CharField(max_length=40)),
                ('share_now', models.FloatField()),
                ('share', models.FloatField()),
                ('period_from', models.DateField()),
                ('period_to', models.DateField()),
                ('kind', models.CharField(max_length=20)),
                ('evidence', models.JSONField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('accepted', 'Accepted'), ('refused', 'Refused')], default='waiting', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('proposed_by', models.CharField(max_length=80)),
                ('proposed_at', models.DateTimeField()),
                ('decided_by', models.CharField(blank=True, max_length=80)),
                ('decided_at', models.DateTimeField(null=True)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='watch.watch')),
            ],
            options={
                'ordering': ['-proposed_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('watch', 'stream'), name='one_waiting_proposal_a_stream'), models.CheckConstraint(condition=models.Q(('period_to__gt', models.F('period_from'))), name='proposal_period_not_empty'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share_now__gt', 0), models.Q(('share', models.F('share_now')), _negated=True)), name='proposal_proposes_something'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False), models.Q(('decided_by', ''), _negated=True), models.Q(('why', ''), _negated=True)), _connector='OR'), name='decided_proposal_says_who_and_why')],
            },
        ),
    ]
