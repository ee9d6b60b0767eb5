"""What has to be done before the product can be served; each part costs nothing when it is done already.

Runs as a process of its own (`python -m gendan.config.prepare`), so that the supervisor stays small.
"""

import hashlib
import importlib
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import django

from gendan.config import env, schema

OLDEST_SERVER = 16
ADVISORY_LOCK = 0x67656E64616E  # "gendan"


def migrate(*, verbosity: int = 0) -> None:
    """Bring the tables up to date; of several at once, one works and the others wait."""
    from django.core.management import call_command
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            made = schema.load()
            if _pending():
                call_command("migrate", interactive=False, verbosity=verbosity)
            elif made:
                emit_post_migrate_signal(verbosity, False, connection.alias)
            else:
                importlib.import_module("gendan.kernel.walls").build()  # as after a backup was restored
            importlib.import_module("gendan.accounts.renewal").renew_roles()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def check_server() -> None:
    """Say in one line what is wrong with the server that somebody named."""
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            (major,) = cursor.fetchone()
    except OperationalError as failure:
        sys.exit(f"gendan: {str(failure).strip()}")
    if major < OLDEST_SERVER:
        sys.exit(f"gendan: PostgreSQL {OLDEST_SERVER} or newer is needed; this is {major}.")


def collect_static() -> None:
    """Gather the static files under hashed, compressed names when any has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    if settings.DEBUG:
        return
    state = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            state.update(f"{path}\0{path.stat().st_mtime_ns}\0{path.stat().st_size}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == state.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(state.hexdigest())


def demonstration() -> None:
    """Build the demonstration company if there is no company at all, and keep its sign-ins for `gendan up`.

    A build that was interrupted is done anew from nothing: nobody can have worked with it.
    """
    from gendan.kernel import db

    if not find_spec("gendan.integrations.demo"):
        return
    unfinished = env.current().home / "demo-unfinished"
    companies = [code for (code,) in db.rows("SELECT code FROM accounts_company")]
    if unfinished.exists() and companies == ["DEMO"]:
        _empty()
        companies = []
    if not companies:
        _say("first start: building the demonstration company (about a minute) · 首次启动: 正在建立演示公司")
        unfinished.touch()
        keep_sign_ins(importlib.import_module("gendan.integrations.demo").build())
    unfinished.unlink(missing_ok=True)


def _empty() -> None:
    """Make all tables anew."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    migrate()


def keep_sign_ins(sign_ins: Iterable[tuple[str, str, str]]) -> list[str]:
    """Keep the demonstration's (role, user, password) where `gendan up` finds them; the lines it prints."""
    lines = [f"{role:<12} {user:<12} {password}" for role, user, password in sign_ins]
    (env.current().home / "sign-ins.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines


def _pending() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _say(text: str) -> None:
    print(f"gendan: {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    """Do all of it."""
    from gendan.config.messages import compile_changed

    compile_changed()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gendan.config.settings")
    django.setup()
    check_server()
    with ThreadPoolExecutor(1) as beside:  # files need no database: they are gathered while that is filled
        static = beside.submit(collect_static)
        migrate()
        if "--demo" in arguments:
            demonstration()
        static.result()


if __name__ == "__main__":
    main(sys.argv[1:])
