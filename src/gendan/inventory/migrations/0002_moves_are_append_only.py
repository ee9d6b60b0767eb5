"""The database refuses to change or remove a row of the ledger."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER move_append_only BEFORE UPDATE OR DELETE ON inventory_stockmove
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER move_not_truncated BEFORE TRUNCATE ON inventory_stockmove
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
"""
BACKWARD = """
DROP TRIGGER move_not_truncated ON inventory_stockmove;
DROP TRIGGER move_append_only ON inventory_stockmove;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
