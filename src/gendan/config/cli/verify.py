"""gendan verify: recompute every counter and balance from the documents behind them."""

from typing import Annotated

import typer

from gendan.config import env
from gendan.config.cli.serve import database


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    company: Annotated[str, typer.Option("--company", help="Code of a company (default: all).")] = "",
) -> None:
    """Recompute every counter and balance; print each difference. Exit code 1 if there is any."""
    import django

    with database(env.current()):
        django.setup()
        from gendan.kernel import db
        from gendan.kernel.verify import differences

        company_id = None
        if company:
            row = db.row("SELECT id FROM accounts_company WHERE code = %s", [company])
            if row is None:
                print(f"gendan: there is no company {company}")
                raise typer.Exit(2)
            company_id = int(row[0])
        total = 0
        for check, found in differences(company_id):
            total += len(found)
            print(f"{check.name:<36} {len(found):>6}  {check.label}")
            for difference in found:
                print(f"    {difference}")
        print("no differences · 没有差异" if not total else f"{total} differences · 处差异")
    if total:
        raise typer.Exit(1)
