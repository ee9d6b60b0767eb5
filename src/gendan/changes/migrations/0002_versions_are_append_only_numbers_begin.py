"""The database refuses to change a proposal or a version; companies that exist get their numbers for change orders."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER proposal_append_only BEFORE UPDATE OR DELETE ON changes_proposal
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER proposal_not_truncated BEFORE TRUNCATE ON changes_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER order_version_append_only BEFORE UPDATE OR DELETE ON changes_orderversion
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER order_version_not_truncated BEFORE TRUNCATE ON changes_orderversion
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
DO $$
DECLARE company bigint;
BEGIN
    FOR company IN SELECT id FROM accounts_company LOOP
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', 'number_' || company || '_co');
        INSERT INTO kernel_sequence (company_id, prefix) VALUES (company, 'CO') ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
"""
BACKWARD = """
DROP TRIGGER order_version_not_truncated ON changes_orderversion;
DROP TRIGGER order_version_append_only ON changes_orderversion;
DROP TRIGGER proposal_not_truncated ON changes_proposal;
DROP TRIGGER proposal_append_only ON changes_proposal;
"""


class Migration(migrations.Migration):
    dependencies = [("changes", "0001_initial"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
