"""The command `gendan`."""

import errno
import os
import sys
from pathlib import Path

import typer

from gendan.config import env
from gendan.config.backup import BackupFailed
from gendan.config.cli import data, history, people, product, replay, serve, verify
from gendan.config.env import Misconfigured
from gendan.config.postgres import PostgresFailed
from gendan.config.supervise import AlreadyRunning

NOT_WRITABLE = {
    *(errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC),
    *(errno.ENOENT, errno.ENOTDIR, errno.EEXIST),
}

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
replay.register(app)
verify.register(app)


def main() -> None:
    """Run the command line; a refusal is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gendan.config.settings")
    try:
        app()
    except (Misconfigured, PostgresFailed, AlreadyRunning, BackupFailed, serve.CannotServe, product.Refused) as refusal:
        print(f"gendan: {refusal}", file=sys.stderr)
        sys.exit(2)
    except OSError as failure:
        if failure.errno not in NOT_WRITABLE or not _is_home(failure.filename):
            raise
        text = f"{failure.filename} cannot be written ({failure.strerror})."
        print(f"gendan: {text} GENDAN_HOME names the folder for everything that gendan writes.", file=sys.stderr)
        sys.exit(2)


def _is_home(path: object) -> bool:
    """Whether a path leads to the home or lies in it."""
    home = env.current().home
    return isinstance(path, str) and (home.is_relative_to(path) or Path(path).is_relative_to(home))
