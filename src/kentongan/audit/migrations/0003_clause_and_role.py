from importlib import import_module

from django.db import migrations, models

append_only = import_module(f"{__package__}.0002_append_only")


class Migration(migrations.Migration):
    # SQLite adds a column with a default by building the table anew, and the old table takes its triggers with it:
    # they are lifted and put back by name, in one transaction with the change.
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RunPython(append_only.unguard, append_only.guard),
        migrations.AddField("trailrow", "role", models.CharField(blank=True, default="", max_length=40), False),
        migrations.AddField("trailrow", "clause", models.CharField(blank=True, default="", max_length=120), False),
        migrations.RunPython(append_only.guard, append_only.unguard),
    ]
