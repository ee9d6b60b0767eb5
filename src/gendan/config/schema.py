"""The tables of a new database at once: what its migrations would have said to it, kept as one script.

Playing all migrations takes Django half a minute, nearly all of it for drawing its models anew after each change. The
script holds the statements of the migrations up to some day; those since then are played on top, so it may be old: then
it only saves less. `make schema` writes it anew; a test proves that both ways lead to the same tables.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "schema.sql"
_HEAD = "-- Written by «make schema»; see gendan/config/schema.py.\n"
_BOOKS = "django_migrations"  # where Django writes down what was played
_FILLED_ANYWAY = (_BOOKS, "django_content_type", "auth_permission")
_PLAYED = re.compile(r"^ \('(\w+)', '(\w+)', now\(\)\)", re.MULTILINE)


def load() -> bool:
    """Make the tables if there are none at all, in one transaction; whether it did."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    if not FILE.exists() or connection.introspection.table_names():
        return False
    script = FILE.read_text(encoding="utf-8")
    if not set(_PLAYED.findall(script)) <= MigrationLoader(None).disk_migrations.keys():
        return False  # written with other versions of the libraries
    connection.ensure_connection()
    connection.connection.execute(script)  # without parameters: many statements, one transaction
    return True


def record() -> str:
    """Play all migrations on the empty database of the settings; the script that does the same."""
    from django.core.management import call_command
    from django.db import connection

    said: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        words = sql.split(None, 3)
        if words[0].upper() not in {"SELECT", "SAVEPOINT", "RELEASE"} and not _is_bookkeeping(words):
            if params:
                raise RuntimeError(f"a migration writes data into an empty database: {sql[:200]}")
            said.append(_plain(sql))
        return answer

    with connection.execute_wrapper(listen):
        call_command("migrate", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT app, name FROM {_BOOKS} ORDER BY id")
            played = cursor.fetchall()
    rows = ",\n".join(f" ('{app}', '{name}', now())" for app, name in played)
    return f"{_HEAD}\n" + ";\n".join([*said, f"INSERT INTO {_BOOKS} (app, name, applied) VALUES\n{rows}"]) + ";\n"


def _is_bookkeeping(words: list[str]) -> bool:
    return words[0].upper() == "INSERT" and words[2].strip('"') in _FILLED_ANYWAY


def _plain(sql: str) -> str:
    """A statement that may stand among others in one transaction."""
    return sql.strip().removesuffix(";").replace(" CONCURRENTLY ", " ")


def main() -> None:
    """Write the script, with a server of its own."""
    from dataclasses import replace

    from gendan.config import env
    from gendan.config.postgres import Embedded

    with tempfile.TemporaryDirectory() as folder:
        server = Embedded(Path(folder) / "pg", {"fsync": "off"})
        server.start()
        try:
            env.use(replace(env.current(), home=Path(folder), database_url=server.url))
            os.environ["DJANGO_SETTINGS_MODULE"] = "gendan.config.settings"
            import django

            django.setup()
            FILE.parent.mkdir(exist_ok=True)
            FILE.write_text(record(), encoding="utf-8")
            print(f"{FILE}: {FILE.stat().st_size} bytes", file=sys.stderr)
        finally:
            from django.db import connection

            connection.close()
            server.stop()


if __name__ == "__main__":
    main()
