"""The tables are what the models say."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out


def test_migrations_are_named_after_what_they_guarantee():
    from gendan.config.settings import SOURCE

    names = [path.stem for path in SOURCE.glob("*/migrations/0*.py")]
    assert [name for name in names if "_auto_" in name] == []
