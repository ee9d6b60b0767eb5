from django.db import migrations, models


class Migration(migrations.Migration):
    """Posted counts keep what a stock unit was worth."""

    dependencies = [("inventory", "0005_open_documents")]

    operations = [
        migrations.AddField(
            model_name="stockcountline",
            name="unit_value",
            field=models.DecimalField(decimal_places=8, max_digits=24, null=True),
        ),
    ]
