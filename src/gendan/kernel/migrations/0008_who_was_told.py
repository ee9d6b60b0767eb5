"""A notice knows the transaction of the event that it tells of; those of before stay without."""

from django.db import migrations

FORWARD = """
ALTER TABLE kernel_notice ADD COLUMN xact xid8;
ALTER TABLE kernel_notice ALTER COLUMN xact SET DEFAULT pg_current_xact_id();
CREATE INDEX notice_by_transaction ON kernel_notice (xact);
"""
BACKWARD = "ALTER TABLE kernel_notice DROP COLUMN xact"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_seals")]
    operations = [
        migrations.RemoveIndex("notice", "notice_by_moment"),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
