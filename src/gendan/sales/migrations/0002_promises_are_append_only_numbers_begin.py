"""The database refuses to change a promise; companies that exist get their numbers for the new documents."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER sales_promise_append_only BEFORE UPDATE OR DELETE ON sales_salespromise
    FOR EACH ROW EXECUTE FUNCTION gendan_refuse_change();
CREATE TRIGGER sales_promise_not_truncated BEFORE TRUNCATE ON sales_salespromise
    FOR EACH STATEMENT EXECUTE FUNCTION gendan_refuse_change();
DO $$
DECLARE company bigint; prefix text;
BEGIN
    FOR company IN SELECT id FROM accounts_company LOOP
        FOREACH prefix IN ARRAY ARRAY['SO', 'QU', 'DN', 'WV', 'RMA'] LOOP
            EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', 'number_' || company || '_' || lower(prefix));
            INSERT INTO kernel_sequence (company_id, prefix) VALUES (company, prefix) ON CONFLICT DO NOTHING;
        END LOOP;
    END LOOP;
END $$;
"""
BACKWARD = """
DROP TRIGGER sales_promise_not_truncated ON sales_salespromise;
DROP TRIGGER sales_promise_append_only ON sales_salespromise;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
