import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('level', models.CharField(max_length=14)),
                ('country', models.CharField(max_length=2)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='places.place')),
                ('lat', models.FloatField(null=True)),
                ('lon', models.FloatField(null=True)),
                ('elevation_m', models.IntegerField(null=True)),
                ('is_approximate', models.BooleanField(default=False)),
                ('is_single_source', models.BooleanField(default=False)),
                ('is_in_newest_list', models.BooleanField(default=True)),
                ('sources', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'indexes': [models.Index(fields=['level', 'lat', 'lon'], name='places_in_box')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lon__isnull', True)), models.Q(('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='place_has_both_coordinates')],
            },
        ),
        migrations.CreateModel(
            name='PlaceCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='places.place')),
                ('scheme', models.CharField(max_length=14)),
                ('code', models.CharField(max_length=20)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('why', models.CharField(blank=True, max_length=30)),
            ],
            options={
                'indexes': [models.Index(fields=['code'], name='places_by_any_code')],
                'constraints': [models.UniqueConstraint(fields=('scheme', 'code', 'place'), name='place_code_once'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('scheme', 'code'), name='place_code_in_use_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='place_code_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='PlaceName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='other_names', to='places.place')),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(default='spelling', max_length=10)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('place', 'name'), name='place_name_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='place_name_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='PlaceAncestor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ancestor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
                ('descendant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
                ('depth', models.PositiveSmallIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['ancestor', 'descendant'], name='places_below')],
                'constraints': [models.UniqueConstraint(fields=('descendant', 'ancestor'), name='ancestor_once')],
            },
        ),
        migrations.CreateModel(
            name='Facility',
            fields=[
                ('key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=40)),
                ('country', models.CharField(max_length=2)),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='facilities', to='places.place')),
                ('aliases', models.JSONField(default=list)),
                ('lat', models.FloatField(null=True)),
                ('lon', models.FloatField(null=True)),
                ('counterpart', models.CharField(blank=True, max_length=40)),
                ('confidence', models.CharField(blank=True, max_length=40)),
                ('source_note', models.TextField(blank=True)),
                ('candidates', models.ManyToManyField(related_name='+', to='places.place')),
            ],
        ),
        migrations.CreateModel(
            name='FacilityStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statuses', to='places.facility')),
                ('status', models.CharField(max_length=20)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('source_note', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('facility',), name='facility_has_one_open_status'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='status_ends_after_start')],
            },
        ),
    ]
