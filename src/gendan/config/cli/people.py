"""gendan company, user, apikey: who may work here."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from gendan.config.cli.product import ActingOption, CompanyOption, Refused, actor, product

companies = typer.Typer(help="Companies of this installation.", no_args_is_help=True)
users = typer.Typer(help="People who sign in.", no_args_is_help=True)
keys = typer.Typer(help="Keys of programs that use the API.", no_args_is_help=True)
PasswordOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(companies, name="company")
    app.add_typer(users, name="user")
    app.add_typer(keys, name="apikey")


@companies.command("create")
def create_company(
    code: Annotated[str, typer.Argument(help="Short code, such as ACME.")],
    name: Annotated[str, typer.Argument(help="Name of the company.")],
    admin: Annotated[str, typer.Option(help="User who administers it; made if there is none of that name.")] = "admin",
    currency: str = "CNY",
    password_stdin: PasswordOption = False,
) -> None:
    """Make a company with the standard roles and an administrator."""
    with product():
        from django.db import transaction

        from gendan.accounts import steps
        from gendan.kernel import db

        if db.row("SELECT 1 FROM accounts_company WHERE code = %s", [code]):
            raise Refused(f"There is a company {code} already.")
        known = db.row("SELECT 1 FROM accounts_user WHERE lower(username) = lower(%s)", [admin])
        password = "" if known else _password(password_stdin)
        with transaction.atomic():
            company = steps.create_company(code, name, currency)
            steps.furnish(company)
            steps.add_member(company, admin, admin, password, ["admin"])
    print(f"company {code}, administrator {admin}")


@companies.command("list")
def list_companies() -> None:
    """List the companies."""
    with product():
        from gendan.kernel import db

        for code, name in db.rows("SELECT code, name FROM accounts_company ORDER BY code"):
            print(f"{code:<16} {name}")


@users.command("create")
def create_user(
    username: Annotated[str, typer.Argument()],
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[list[str] | None, typer.Option(help="Code of a role; may be repeated.")] = None,
    email: str = "",
    company: CompanyOption = "",
    by: ActingOption = "",
    password_stdin: PasswordOption = False,
) -> None:
    """Let a person sign in to a company with roles."""
    with product():
        from gendan.accounts.commands import create_user as run
        from gendan.accounts.secret import Secret

        acting = actor(company, by)
        run(
            actor=acting,
            username=username,
            name=name or username,
            password=Secret(_password(password_stdin)),
            roles=role or [],
            email=email,
        )
    print(f"user {username}: {', '.join(role or []) or 'no role yet'}")


@users.command("add")
def add_user(
    username: Annotated[str, typer.Argument()],
    role: Annotated[list[str] | None, typer.Option(help="Code of a role; may be repeated.")] = None,
    company: CompanyOption = "",
    by: ActingOption = "",
) -> None:
    """Let somebody who has an account in another company work in this one, without asking them."""
    with product():
        from django.db import transaction

        from gendan.accounts import steps
        from gendan.accounts.models import Company, User
        from gendan.kernel import events

        acting = actor(company, by)
        user = User.objects.filter(username__iexact=username, is_active=True).first()
        if user is None:
            raise Refused(f"There is no active user {username}; gendan user create makes one.")
        with transaction.atomic():
            steps.add_member(Company.objects.get(pk=acting.company_id), username, "", "", role or [])
            events.record("accounts.member_added", steps.subject_of(user), acting, roles=role or [])
    print(f"user {user.username}: {', '.join(role or []) or 'no role yet'}")


@users.command("password")
def set_password(
    username: Annotated[str, typer.Argument()],
    company: CompanyOption = "",
    by: ActingOption = "",
    password_stdin: PasswordOption = False,
) -> None:
    """Give a person a new password."""
    with product():
        from gendan.accounts.commands import reset_password
        from gendan.accounts.secret import Secret

        acting = actor(company, by)
        reset_password(actor=acting, username=username, password=Secret(_password(password_stdin)))
    print(f"user {username} has a new password")


@users.command("list")
def list_users(company: CompanyOption = "", by: ActingOption = "") -> None:
    """List the people of a company."""
    with product():
        from gendan.accounts.queries import members

        acting = actor(company, by)
        after = ""
        while True:
            page = members(acting, limit=100, after=after)
            for row in page.items:
                active = "" if row["is_active"] else "  (inactive)"
                print(f"{row['username']:<20} {row['name']:<16} {', '.join(row['roles'])}{active}")
            after = page.after
            if not after:
                return


@keys.command("create")
def create_key(
    user: Annotated[str, typer.Option(help="User whose rights the key has.")] = "admin",
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    days: Annotated[int, typer.Option(help="Days until it expires; 0: never.")] = 0,
    company: CompanyOption = "",
) -> None:
    """Make a key and print it alone: it is shown only this once."""
    with product():
        from gendan.accounts.commands import create_api_key
        from gendan.accounts.secret import new_api_key

        acting = actor(company)
        key = new_api_key(acting)
        expires = datetime.now(UTC) + timedelta(days=days) if days else None
        create_api_key(actor=acting, name=name, key=key, username=user, expires_at=expires)
    print(key.reveal())


@keys.command("list")
def list_keys(company: CompanyOption = "", by: ActingOption = "") -> None:
    """List the keys of a company; a key itself is never shown again."""
    with product():
        from gendan.accounts.queries import api_keys

        for row in api_keys(actor(company, by)):
            print(f"{row['id']:>6}  {row['hint']}…  {row['username']:<16} {row['state']:<8} {row['name']}")


@keys.command("revoke")
def revoke_key(
    key_id: Annotated[int, typer.Argument(help="Number from the list.")],
    company: CompanyOption = "",
    by: ActingOption = "",
) -> None:
    """Make a key useless at once."""
    with product():
        from gendan.accounts.commands import revoke_api_key

        revoke_api_key(actor=actor(company, by), key_id=key_id)
    print(f"key {key_id} is revoked")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
