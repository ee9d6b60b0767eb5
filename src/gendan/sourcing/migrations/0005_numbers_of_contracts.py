"""Companies that exist get their numbers for contracts."""

from django.db import migrations

FORWARD = """
DO $$
DECLARE company bigint;
BEGIN
    FOR company IN SELECT id FROM accounts_company LOOP
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', 'number_' || company || '_fc');
        INSERT INTO kernel_sequence (company_id, prefix) VALUES (company, 'FC') ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sourcing", "0004_contracts"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
