"""The script of all tables leads to where the migrations lead."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

from gendan.config.postgres import binaries
from gendan.kernel import db

PREPARE = "import django; django.setup(); from gendan.config.prepare import migrate; migrate()"


def _tables(database: str) -> list[str]:
    numbers = "--exclude-table=number_*"  # sequences of companies that other tests made
    command = [str(binaries() / "pg_dump"), "--schema-only", "--no-owner", "--restrict-key=same", numbers]
    return subprocess.run([*command, _url(database)], capture_output=True, check=True, text=True).stdout.splitlines()


def _url(database: str) -> str:
    settings = connection.settings_dict
    who = f"{settings['USER']}:{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else settings["USER"]
    where = {name: settings[name.upper()] for name in ("host", "port") if settings[name.upper()]}
    return f"postgresql://{who}@/{database}?{urlencode(where)}"


@pytest.mark.django_db(transaction=True)
def test_a_new_database_gets_the_tables_of_the_migrations() -> None:
    name = f"fresh_{os.getpid()}"
    db.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gendan.config.settings",
            "GENDAN_DATABASE_URL": _url(name),
        }
        subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
        assert _tables(name) == _tables(connection.settings_dict["NAME"])
    finally:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")
