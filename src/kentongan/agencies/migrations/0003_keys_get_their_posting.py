"""Keys that were issued before they carried an agency and a role get those of the officer's posting, or are withdrawn."""

from django.db import migrations
from django.db.models.functions import Now


def fill(apps, schema_editor):
    tokens = apps.get_model("agencies", "ApiToken").objects.filter(agency__isnull=True)
    serving = dict(
        (officer, (agency, role))
        for officer, agency, role in apps.get_model("agencies", "Posting")
        .objects.filter(ended_at__isnull=True)
        .values_list("officer_id", "agency_id", "role")
    )
    for token in tokens.iterator():
        if token.officer_id in serving:
            token.agency_id, token.role = serving[token.officer_id]
            token.save(update_fields=["agency", "role"])
    tokens.filter(agency__isnull=True, revoked_at__isnull=True).update(revoked_at=Now())


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_sessions_and_scoped_keys'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
