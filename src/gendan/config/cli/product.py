"""What commands on the product's data need: the database, Django, an actor, refusals in one line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import django
import typer

from gendan.config import env
from gendan.config.cli import serve

if TYPE_CHECKING:
    from gendan.kernel.actor import Actor

CompanyOption = Annotated[str, typer.Option("--company", help="Code of the company (default: the only one).")]
ActingOption = Annotated[str, typer.Option("--as", help="User who does this (default: the installation).")]


class Refused(Exception):
    """The product refuses; the text is what a page would show."""


@contextmanager
def product() -> Iterator[None]:
    """Django on a running database."""
    with serve.database(env.current()):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gendan.config.settings")
        django.setup()

        from django.db import ProgrammingError, connection

        from gendan.kernel.errors import AppError

        try:
            yield
        except AppError as refusal:
            raise Refused(str(refusal)) from refusal
        except ProgrammingError as failure:
            raise Refused(f"{str(failure).splitlines()[0]} (has «gendan migrate» been run?)") from failure
        finally:
            connection.close()


def actor(company: str, username: str = "") -> "Actor":
    """Who acts from the command line: the installation itself, which may do everything, or a named user of the company,
    in whose language refusals are then told.
    """
    from django.utils import timezone, translation

    from gendan.accounts.queries import actor_by_codes, installation

    code = company or only_company()
    found = actor_by_codes(code, username) if username else installation(code)
    if found is None:
        raise Refused(f"There is no active user {username} in company {code}." if username else f"No company {code}.")
    translation.activate(found.language)
    timezone.activate(found.zone)
    return found


def only_company() -> str:
    """The code of the only company."""
    from gendan.kernel import db

    codes = [str(code) for (code,) in db.rows("SELECT code FROM accounts_company ORDER BY code LIMIT 20")]
    if len(codes) != 1:
        raise Refused(f"Name the company with --company: {', '.join(codes)}." if codes else "There is no company yet.")
    return codes[0]
