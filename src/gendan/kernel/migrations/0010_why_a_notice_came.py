"""A notice says whether it breaks through quiet hours, and why it came to this person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0009_limits_are_shared")]
    operations = [
        migrations.AddField("notice", "severe", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "notice", "why", models.CharField(blank=True, db_default="", default="", max_length=200)
        ),
    ]
