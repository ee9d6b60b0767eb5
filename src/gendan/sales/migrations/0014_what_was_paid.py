"""An order knows how much of it was paid by payments."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0013_what_was_credited")]

    operations = [
        migrations.AddField(
            model_name="salesorder",
            name="paid_amount",
            field=models.DecimalField(db_default=0, decimal_places=4, max_digits=20),
        ),
    ]
