"""The chain of seals over the event log; append-only as the log itself."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

CLOSED = """
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON kernel_seal
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER seal_not_truncated BEFORE TRUNCATE ON kernel_seal
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
"""
OPEN = """
DROP TRIGGER seal_not_truncated ON kernel_seal;
DROP TRIGGER seal_append_only ON kernel_seal;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_the_audit_asks")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("after_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("count", models.IntegerField()),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("prints", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"db_table": "kernel_seal"},
        ),
        migrations.RunSQL(CLOSED, OPEN),
    ]
