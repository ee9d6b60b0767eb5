"""A role says what its holders see of documents and master data, and what they may do with single fields."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_departments")]
    operations = [
        migrations.AddField("role", "scope", models.JSONField(db_default={}, default=dict)),
        migrations.AddField("role", "field_rights", models.JSONField(db_default=[], default=list)),
    ]
