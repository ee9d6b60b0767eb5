"""What customers still owe leaves cancelled quantities out: these are found without reading all lines."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0009_orders_by_the_customers_number")]
    operations = [
        migrations.AddIndex(
            "salesline",
            models.Index(condition=models.Q(cancelled__gt=0), fields=["customer"], name="cancelled_line_by_customer"),
        ),
    ]
