"""A line of an order that came out of a quotation names the line that was offered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0006_open_orders_by_age")]
    operations = [
        migrations.AddField(
            "salesline",
            "quotation_line",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sales.quotationline",
            ),
        ),
    ]
