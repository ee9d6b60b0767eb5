from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether a pallet was received already is asked at each scan of one."""

    dependencies = [("handheld", "0002_a_pallet_has_several_lots")]

    operations = [
        migrations.AddIndex("tallyscan", models.Index(fields=["company", "code"], name="scan_by_code")),
    ]
