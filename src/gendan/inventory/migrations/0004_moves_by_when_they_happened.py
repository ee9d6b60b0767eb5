from django.db import migrations, models


class Migration(migrations.Migration):
    """The ledger is listed by when a move happened."""

    dependencies = [("inventory", "0003_transfers_return_adjustments_have_kinds_counts_have_entries")]

    operations = [
        migrations.AddIndex(
            model_name="stockmove",
            index=models.Index(fields=["company", "-occurred_at", "-id"], name="move_by_company_and_time"),
        ),
        migrations.AddIndex(
            model_name="stockmove",
            index=models.Index(fields=["product", "-occurred_at", "-id"], name="move_by_product_and_time"),
        ),
        migrations.RemoveIndex(model_name="stockmove", name="move_by_company"),
        migrations.RemoveIndex(model_name="stockmove", name="move_by_product"),
    ]
