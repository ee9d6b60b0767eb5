"""Companies that exist get their numbers for exceptions."""

from django.db import migrations

FORWARD = """
DO $$
DECLARE company bigint;
BEGIN
    FOR company IN SELECT id FROM accounts_company LOOP
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', 'number_' || company || '_ex');
        INSERT INTO kernel_sequence (company_id, prefix) VALUES (company, 'EX') ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_rules_cases_and_how_far_was_looked"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
