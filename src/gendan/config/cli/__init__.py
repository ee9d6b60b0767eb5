"""The command `gendan`."""

import os
import sys

import typer

from gendan.config.backup import BackupFailed
from gendan.config.cli import data, history, people, product, serve, verify
from gendan.config.env import Misconfigured
from gendan.config.postgres import PostgresFailed
from gendan.config.supervise import AlreadyRunning

app = typer.Typer(
    help="gendan 跟单: purchase and sales orders, tracked line by line from request to stock.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
serve.register(app)
data.register(app)
people.register(app)
history.register(app)
verify.register(app)


def main() -> None:
    """Run the command line; a refusal is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gendan.config.settings")
    try:
        app()
    except (Misconfigured, PostgresFailed, AlreadyRunning, BackupFailed, serve.CannotServe, product.Refused) as refusal:
        print(f"gendan: {refusal}", file=sys.stderr)
        sys.exit(2)
