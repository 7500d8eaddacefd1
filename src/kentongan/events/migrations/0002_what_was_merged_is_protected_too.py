from django.db import migrations
from django.utils import timezone

PROTECTED, UNKNOWN_ORIGIN, EVENT_PROTECTED = "protected", "unknown", "event.protected"


def protect(apps, _schema_editor):
    """All that was merged into a protected event is protected, and all of them are of one another's origins."""
    Event = apps.get_model("events", "Event")
    for event in Event.objects.filter(handling=PROTECTED, merged_into__isnull=True).iterator():
        absorbed = absorbed_by(Event, event)
        if absorbed:
            close(apps, event, absorbed)


def absorbed_by(Event, event):
    found, newest = [], [event]
    while newest:
        newest = list(Event.objects.filter(merged_into__in=newest).order_by("pk"))
        found += newest
    return found


def close(apps, event, absorbed):
    told = [one for one in (event, *absorbed) if one.handling == PROTECTED or one.origins]
    origins = {origin for one in told for origin in one.origins}
    if origins and not all(one.origins for one in told):
        origins.add(UNKNOWN_ORIGIN)
    for one in (event, *absorbed):
        apps.get_model("events", "Event").objects.filter(pk=one.pk).update(handling=PROTECTED, origins=sorted(origins))
        if one.handling != PROTECTED:
            apps.get_model("audit", "OutboxRow").objects.create(
                topic=EVENT_PROTECTED, ref=f"event:{one.pk}", facts={}, put_at=timezone.now()
            )


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_audit'),
        ('events', '0001_events'),
    ]

    operations = [
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
