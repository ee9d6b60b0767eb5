"""A published version of a flow is what approvals ran by: nobody changes it, whatever the way."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION flow_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'version % of flow % was published and does not change', OLD.number, OLD.flow_id;
END $$;
CREATE TRIGGER flow_version_stays BEFORE UPDATE ON flow_flowversion FOR EACH ROW
    WHEN (OLD.state = 'published' AND (OLD.definition, OLD.number, OLD.flow_id, OLD.company_id, OLD.state)
        IS DISTINCT FROM (NEW.definition, NEW.number, NEW.flow_id, NEW.company_id, NEW.state))
    EXECUTE FUNCTION flow_version_stays();
"""
BACKWARD = """
DROP TRIGGER flow_version_stays ON flow_flowversion;
DROP FUNCTION flow_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("flow", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
