from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_keys_get_their_posting'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='apitoken',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), models.Q(('role', ''), _negated=True)), ('revoked_at__isnull', False), _connector='OR'), name='token_is_of_agency_and_role'),
        ),
    ]
