import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A finding says under what the rows of others came that it rests on; no open row leads to protected ones."""

    dependencies = [("watch", "0004_daily_runs")]

    operations = [
        migrations.AddField(model_name="finding", name="counted_under", field=models.JSONField(default=list)),
        migrations.AlterField(
            model_name="finding",
            name="watch",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="watch.watch"),
        ),
        migrations.AlterField(
            model_name="findingsighting",
            name="run",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="watch.watchrun"),
        ),
    ]
