"""A membership knows its version, so that two people who change somebody's roles notice each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField("membership", "version", models.IntegerField(default=1, db_default=1)),
    ]
