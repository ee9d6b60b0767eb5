"""Roles may ask for a second step when signing in; a company says which duties one person must not hold together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_what_roles_see")]
    operations = [
        migrations.AddField("role", "second_factor", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("company", "duties", models.JSONField(db_default={}, default=dict)),
    ]
