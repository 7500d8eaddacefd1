"""The labels of an agency's alerts are counted in a row of their own, so that none is given twice."""

import django.db.models.deletion
from django.db import migrations, models


def told_apart(alerts):
    """Return the new labels of alerts whose label an earlier one has, and the last number of each agency and year."""
    last, taken, changed = {}, set(), {}
    for _key, owner, number in alerts:
        _letter, count, year = number.split("/")
        last[owner, int(year)] = max(last.get((owner, int(year)), 0), int(count))
    for key, owner, number in alerts:
        if (owner, number) in taken:
            year = int(number.split("/")[2])
            last[owner, year] += 1
            changed[key] = f"P/{last[owner, year]}/{year}"
        taken.add((owner, changed.get(key, number)))
    return changed, last


def count_the_given(apps, _schema_editor):
    alert, series = apps.get_model("alerts", "Alert"), apps.get_model("alerts", "AlertSeries")
    given = alert.objects.exclude(number="").order_by("raised_at", "id").values_list("pk", "owner_id", "number")
    changed, last = told_apart(list(given))
    for key, number in changed.items():
        alert.objects.filter(pk=key).update(number=number)
    series.objects.bulk_create(
        series(owner_id=owner, year=year, last=count) for (owner, year), count in last.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_agencies'),
        ('alerts', '0001_alerts'),
    ]

    operations = [
        migrations.CreateModel(
            name='AlertSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
            ],
        ),
        migrations.AddConstraint(
            model_name='alertseries',
            constraint=models.UniqueConstraint(fields=('owner', 'year'), name='one_alert_series_a_year'),
        ),
        migrations.RunPython(count_the_given, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('owner', 'number'), name='alert_number_once'),
        ),
    ]
