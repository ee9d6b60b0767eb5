from django.db import migrations, models


class Migration(migrations.Migration):
    """Open and completed lines are listed by supplier without reading those of the others."""

    dependencies = [("purchasing", "0007_indexes_leave_out_what_is_empty")]

    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                fields=["company", "supplier", "due_on", "id"],
                name="open_line_by_supplier",
                condition=models.Q(is_open=True),
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                fields=["company", "-completed_on", "-id"],
                name="completed_line_by_day",
                condition=models.Q(completed_on__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                fields=["company", "supplier", "-completed_on", "-id"],
                name="completed_line_of_supplier",
                condition=models.Q(completed_on__isnull=False),
            ),
        ),
        migrations.RemoveIndex(model_name="orderline", name="completed_line_by_supplier"),
    ]
