"""A role says how much discount its holders may give; empty is what the company says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_letterhead")]
    operations = [
        migrations.AddField(
            "role",
            "discount_limit",
            models.DecimalField(decimal_places=3, max_digits=6, null=True, verbose_name="折扣上限 %"),
        ),
        migrations.AddConstraint(
            "role",
            models.CheckConstraint(
                condition=models.Q(discount_limit__gte=0, discount_limit__lte=100),
                name="role_discount_limit_within_0_and_100",
            ),
        ),
    ]
