from django.db import migrations, models


class Migration(migrations.Migration):
    """Open documents of the warehouse are found without their history."""

    dependencies = [("inventory", "0004_moves_by_when_they_happened")]

    operations = [
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                fields=["company", "-id"], name="transfer_open", condition=models.Q(state__in=["draft", "in_transit"])
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["company", "-id"], name="adjustment_open", condition=models.Q(state="draft")),
        ),
        migrations.AddIndex(
            model_name="stockcount",
            index=models.Index(
                fields=["company", "-id"],
                name="count_open",
                condition=models.Q(state__in=["draft", "counting", "review"]),
            ),
        ),
    ]
