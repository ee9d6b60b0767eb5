"""Lines carry the company of their document, so that row security compares a column: see gendan/kernel/walls.py."""

from django.db import migrations

# table, its key to the parent, the parent, whether its own triggers refuse an update
LINES = (
    ("carriers_parceldocument", "parcel_id", "carriers_trackedparcel", False),
    ("carriers_trackingevent", "parcel_id", "carriers_trackedparcel", True),
)


def statements(table, key, parent, is_append_only):
    yield f"ALTER TABLE {table} ADD COLUMN company_id bigint"
    if is_append_only:
        yield f"ALTER TABLE {table} DISABLE TRIGGER USER"
    yield f"UPDATE {table} l SET company_id = p.company_id FROM {parent} p WHERE p.id = l.{key}"
    if is_append_only:
        yield f"ALTER TABLE {table} ENABLE TRIGGER USER"
    yield (
        f"ALTER TABLE {table} ALTER company_id SET DEFAULT nullif(current_setting('gendan.company', true), '')::bigint,"
        " ALTER company_id SET NOT NULL"
    )
    yield (
        f"CREATE TRIGGER company_of_line BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.company_id IS NULL)"
        f" EXECUTE FUNCTION company_of_parent('{parent}', '{key}')"
    )


class Migration(migrations.Migration):
    dependencies = [("carriers", "0002_tracking_events_are_append_only"), ("kernel", "0011_company_of_parent")]

    operations = [
        migrations.RunSQL(
            list(statements(*line)),
            [f"DROP TRIGGER company_of_line ON {line[0]}", f"ALTER TABLE {line[0]} DROP COLUMN company_id"],
        )
        for line in LINES
    ]
