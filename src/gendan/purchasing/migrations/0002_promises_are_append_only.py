"""The database refuses to change or remove a row of the ledger."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER promise_append_only BEFORE UPDATE OR DELETE ON purchasing_promise
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER promise_not_truncated BEFORE TRUNCATE ON purchasing_promise
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
"""
BACKWARD = """
DROP TRIGGER promise_not_truncated ON purchasing_promise;
DROP TRIGGER promise_append_only ON purchasing_promise;
"""


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0001_initial"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
