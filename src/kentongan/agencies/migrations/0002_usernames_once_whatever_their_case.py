from django.db import migrations, models
from django.db.models.functions import Lower

from kentongan.kit.errors import KentonganError


def demand_names_that_differ(apps, schema_editor):
    officers = apps.get_model("agencies", "Officer").objects.using(schema_editor.connection.alias)
    folded = officers.annotate(folded=Lower("username")).order_by()
    twice = folded.values("folded").annotate(number=models.Count("pk")).filter(number__gt=1).values("folded")
    names = list(folded.filter(folded__in=twice).order_by("folded", "username").values_list("username", flat=True))
    if names:
        raise KentonganError(
            "Nama pengguna yang hanya berbeda huruf besar dan kecilnya tidak lagi dapat ada bersama. Tidak ada yang diubah. "
            "Dari tiap kelompok di bawah ini, beri semua kecuali satu petugas nama lain, misalnya:\n"
            '  kentongan django -- shell -c "from kentongan.agencies.models import Officer; '
            f"Officer.objects.filter(username='{names[0]}').update(username='nama.lain')\"\n"
            "Beri tahu petugasnya, lalu ulangi `kentongan init`.",
            details=names,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_agencies'),
    ]

    operations = [
        migrations.RunPython(demand_names_that_differ, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.UniqueConstraint(Lower('username'), name='username_once_whatever_its_case'),
        ),
    ]
