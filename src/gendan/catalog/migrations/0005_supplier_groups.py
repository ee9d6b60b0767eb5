"""Suppliers belong to a group, by which a role can be narrowed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_sales_prices_classes_and_addresses")]
    operations = [
        migrations.AddField(
            "partner",
            "supplier_group",
            models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="供应商分组"),
        ),
    ]
