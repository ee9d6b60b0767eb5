"""A short delivery; whether a carrier's word is a sign-off; tracking numbers are found however they are typed."""

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_letterhead"),
        ("catalog", "0004_sales_prices_classes_and_addresses"),
        ("sales", "0003_a_sign_off_has_a_day_of_recording"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="deliveryline",
            name="delivery_line_makes_sense",
        ),
        migrations.AddField(
            model_name="deliveryline",
            name="short",
            field=models.DecimalField(db_default=0, decimal_places=6, max_digits=18),
        ),
        migrations.AddField(
            model_name="salessettings",
            name="sign_by_carrier",
            field=models.BooleanField(db_default=False, default=False, verbose_name="承运商报告签收即为客户签收"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("company"),
                models.Func(
                    models.F("tracking_number"),
                    template="lower(regexp_replace(normalize(%(expressions)s, NFKC), '\\s', '', 'g'))",
                ),
                condition=models.Q(("tracking_number", ""), _negated=True),
                name="delivery_by_tracking_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("refused__gte", 0),
                    ("short__gte", 0),
                    ("signed__gte", 0),
                    (
                        "quantity__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("signed"), "+", models.F("refused")
                            ),
                            "+",
                            models.F("short"),
                        ),
                    ),
                ),
                name="delivery_line_makes_sense",
            ),
        ),
    ]
