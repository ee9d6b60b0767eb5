"""An order is found by the customer's number, also when it is over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0008_what_came_in_for_a_line")]
    operations = [
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                models.F("company"),
                models.Func(
                    models.F("customer_reference"),
                    template="lower(regexp_replace(normalize(%(expressions)s, NFKC), '\\s', '', 'g'))",
                ),
                condition=models.Q(("customer_reference", ""), _negated=True),
                name="sales_order_by_reference",
            ),
        )
    ]
