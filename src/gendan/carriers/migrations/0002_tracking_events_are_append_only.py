"""The database refuses to change or remove what was told of a parcel."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER tracking_event_append_only BEFORE UPDATE OR DELETE ON carriers_trackingevent
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER tracking_event_not_truncated BEFORE TRUNCATE ON carriers_trackingevent
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
"""
BACKWARD = """
DROP TRIGGER tracking_event_not_truncated ON carriers_trackingevent;
DROP TRIGGER tracking_event_append_only ON carriers_trackingevent;
"""


class Migration(migrations.Migration):
    dependencies = [("carriers", "0001_initial"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
