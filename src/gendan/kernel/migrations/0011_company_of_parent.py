"""What fills the company of a line that is written by nobody's company: see gendan/kernel/walls.py."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION company_of_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
 EXECUTE format('SELECT company_id FROM %I WHERE id = ($1).%I', TG_ARGV[0], TG_ARGV[1]) INTO NEW.company_id USING NEW;
 RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0010_why_a_notice_came")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION company_of_parent()")]
