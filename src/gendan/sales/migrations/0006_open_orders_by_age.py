"""Whether a customer is overdue looks only at open orders that are old enough."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0005_a_returned_line_has_a_number")]
    operations = [
        migrations.AddIndex(
            "salesorder",
            models.Index(
                condition=models.Q(is_open=True),
                fields=["company", "customer", "ordered_on"],
                name="open_sales_order_by_age",
            ),
        ),
    ]
