from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_prices_of_contracts"), ("purchasing", "0017_replacements_are_promised")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="contract",
            field=models.CharField(blank=True, db_default="", max_length=32),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("contract", ""), _negated=True),
                fields=["company", "contract", "product"],
                name="line_of_contract",
            ),
        ),
    ]
