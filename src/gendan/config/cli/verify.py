"""gendan verify: recompute every counter and balance from the documents behind them."""

from typing import Annotated

import typer

from gendan.config.cli.product import Refused, product


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    company: Annotated[str, typer.Option("--company", help="Code of a company (default: all).")] = "",
) -> None:
    """Recompute every counter and balance; print each difference. Exit code 1 if there is any."""
    with product():
        total = _verify(_id_of(company) if company else None)
    if total:
        raise typer.Exit(1)


def _verify(company_id: int | None) -> int:
    """Run and print every check; how many differences there are."""
    from gendan.kernel.verify import differences

    total = 0
    for check, found in differences(company_id):
        total += len(found)
        print(f"{check.name:<36} {len(found):>6}  {check.label}")
        for difference in found:
            print(f"    {difference}")
    print(f"{total} differences · 处差异" if total else "no differences · 没有差异")
    return total


def _id_of(code: str) -> int:
    from gendan.kernel import db

    found = db.row("SELECT id FROM accounts_company WHERE code = %s", [code])
    if found is None:
        raise Refused(f"There is no company {code}.")
    return int(found[0])
