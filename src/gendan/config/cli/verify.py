"""gendan verify: recompute every counter and balance from the documents behind them."""

from typing import Annotated

import typer

from gendan.config.cli.product import Refused, product


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    company: Annotated[str, typer.Option("--company", help="Code of a company (default: all).")] = "",
    head: Annotated[
        str, typer.Option("--head", help="A hash of the audit chain that was noted: is it still in it?")
    ] = "",
) -> None:
    """Recompute every counter and balance, prove the audit log; print each difference. Exit code 1 if there is any."""
    with product():
        total = _verify(_id_of(company) if company else None)
        total += _head(head)
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


def _head(noted: str) -> int:
    """Print the end of the chain of sealed events; 1 if a hash that was noted is not in the chain."""
    from gendan.kernel.audit import seals

    if found := seals.head():
        print(f"head of the audit chain · 审计链头: seal {found.number}, event {found.last_id}, {found.digest}")
    if noted and not seals.is_in_chain(noted):
        print(f"{noted} is not in the audit chain · 不在审计链中")
        return 1
    return 0


def _id_of(code: str) -> int:
    from gendan.kernel import db

    found = db.row("SELECT id FROM accounts_company WHERE code = %s", [code])
    if found is None:
        raise Refused(f"There is no company {code}.")
    return int(found[0])
