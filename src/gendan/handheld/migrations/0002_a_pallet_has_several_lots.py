"""One scan of a pallet may add several lots to one line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("handheld", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="tallyscan", name="scan_once_per_line"),
        migrations.AddConstraint(
            model_name="tallyscan",
            constraint=models.UniqueConstraint(fields=["tally", "key", "order_line", "lot"], name="scan_once_per_line"),
        ),
    ]
