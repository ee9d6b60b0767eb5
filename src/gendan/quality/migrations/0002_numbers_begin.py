"""Companies that exist get their numbers for the new documents."""

from django.db import migrations

FORWARD = """
DO $$
DECLARE company bigint; prefix text;
BEGIN
    FOR company IN SELECT id FROM accounts_company LOOP
        FOREACH prefix IN ARRAY ARRAY['QI', 'CAR'] LOOP
            EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I CACHE 1', 'number_' || company || '_' || lower(prefix));
            INSERT INTO kernel_sequence (company_id, prefix) VALUES (company, prefix) ON CONFLICT DO NOTHING;
        END LOOP;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("kernel", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
