"""gendan migrate, backup, restore: the data as a whole."""

import importlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from gendan.config import backup as archive
from gendan.config import database, env, prepare
from gendan.config.cli.product import Refused, product
from gendan.config.cli.serve import CannotServe, default_backup
from gendan.config.cli.serve import database as running_database
from gendan.config.supervise import sole


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("migrate")(migrate)
    app.command("demo")(demo)
    app.command("backup")(backup)
    app.command("restore")(restore)


def migrate() -> None:
    """Bring the tables, the translations and the static files up to date."""
    with running_database(env.current()):
        if subprocess.run([sys.executable, "-m", "gendan.config.prepare"], check=False).returncode != 0:
            raise CannotServe("The database could not be prepared; the lines above say why.")


def demo() -> None:
    """Build the demonstration company DEMO, if there is none."""
    with product():
        from gendan.kernel import db

        if not find_spec("gendan.integrations.demo"):
            raise Refused("This version has no demonstration company.")
        if db.row("SELECT 1 FROM accounts_company WHERE code = %s", ["DEMO"]):
            raise Refused("There is a company DEMO already.")
        for line in prepare.keep_sign_ins(importlib.import_module("gendan.integrations.demo").build()):
            print(line)


def backup(
    file: Annotated[Path | None, typer.Argument(help="Archive to write (default: in GENDAN_HOME/backups).")] = None,
) -> None:
    """Write the database and the attachments into one archive. Works while the product runs."""
    environment = env.current()
    target = file or default_backup(environment)
    with running_database(environment):
        manifest = archive.save(
            database_url=database.url_of(environment), files=environment.home / "files", target=target.absolute()
        )
    print(f"{target}  ({target.stat().st_size / 1e6:.1f} MB, {manifest['files']} attachments)")


def restore(
    file: Annotated[Path, typer.Argument(help="Archive that gendan backup wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a database that is not empty.")] = False,
) -> None:
    """Put a backup in place. The product must be stopped; a database with data is replaced only with --force."""
    environment = env.current()
    with sole(environment.home / "up.lock"), running_database(environment):
        manifest = archive.load(
            database_url=database.url_of(environment),
            files=environment.home / "files",
            source=file.absolute(),
            force=force,
        )
    print(f"restored the state of {manifest['made_at']}; start with: gendan up")
