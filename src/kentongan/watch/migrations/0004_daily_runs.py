from django.db import migrations, models


class Migration(migrations.Migration):
    """Watches run daily from now on; those that exist stay weekly until somebody changes them."""

    dependencies = [("watch", "0003_surges_of_whole_areas")]

    operations = [
        migrations.AddField(
            model_name="watch",
            name="every_days",
            field=models.PositiveSmallIntegerField(default=7),
        ),
        migrations.AlterField(
            model_name="watch",
            name="every_days",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_days__in", (1, 7))), name="watch_daily_or_weekly"
            ),
        ),
    ]
