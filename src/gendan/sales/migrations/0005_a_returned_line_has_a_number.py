"""A line of a return has a number of its own, so that photos can be put on it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_letterhead"), ("sales", "0004_what_never_came_is_short")]
    # no return was ever written before: the defaults are for no row
    operations = [
        migrations.AddField(
            "returnline",
            "company",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=0,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.company",
            ),
            preserve_default=False,
        ),
        migrations.AddField("returnline", "number", models.CharField(default="", max_length=40), preserve_default=False),
        migrations.AddConstraint(
            "returnline",
            models.UniqueConstraint(fields=("company", "number"), name="return_line_number_once"),
        ),
    ]
