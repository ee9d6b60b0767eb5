"""The event log: tailable in commit order by ``xact``, and closed to update, delete and truncate."""

from django.db import migrations

FORWARD = """
ALTER TABLE kernel_event ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX event_by_transaction ON kernel_event (xact);
CREATE FUNCTION gendan_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER event_not_truncated BEFORE TRUNCATE ON kernel_event
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
"""
BACKWARD = """
DROP TRIGGER event_not_truncated ON kernel_event;
DROP TRIGGER event_append_only ON kernel_event;
DROP FUNCTION gendan_refuse_change();
DROP INDEX event_by_transaction;
ALTER TABLE kernel_event DROP COLUMN xact;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
