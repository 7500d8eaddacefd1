from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_number_series'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['-known_at', '-id'], name='events_newest'),
        ),
    ]
