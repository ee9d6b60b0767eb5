"""A rule of a company's own that took too long rests until it is changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_when_a_look_was_made")]

    operations = [
        migrations.AddField(
            model_name="rulesetting",
            name="rested_at",
            field=models.DateTimeField(null=True),
        ),
    ]
