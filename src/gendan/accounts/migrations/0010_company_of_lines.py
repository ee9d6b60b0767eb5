"""The roles of members and invitations carry their company: row security compares a column (gendan/kernel/walls.py)."""

from django.db import migrations

# table, its key to the parent, the parent, whether its own triggers refuse an update
LINES = (
    ("accounts_membership_roles", "membership_id", "accounts_membership", False),
    ("accounts_invitation_roles", "invitation_id", "accounts_invitation", False),
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
    dependencies = [("accounts", "0009_what_roles_were_given"), ("kernel", "0011_company_of_parent")]

    operations = [
        migrations.RunSQL(
            list(statements(*line)),
            [f"DROP TRIGGER company_of_line ON {line[0]}", f"ALTER TABLE {line[0]} DROP COLUMN company_id"],
        )
        for line in LINES
    ]
