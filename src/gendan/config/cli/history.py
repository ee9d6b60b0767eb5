"""gendan import: order histories of other systems."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gendan.config import env
from gendan.config.cli.serve import CannotServe, database

if TYPE_CHECKING:
    from gendan.integrations.history.report import Summary

WRITE_EVERY = 0.5  # seconds

imports = typer.Typer(help="Bring data of other systems in.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    imports.command("history")(history)
    app.add_typer(imports, name="import")


def history(
    file: Annotated[Path, typer.Argument(help="CSV or Excel file.", exists=True, dir_okay=False)],
    mapping: Annotated[str, typer.Option(help="Name of a mapping that comes along (scms), or a TOML file.")],
    company: Annotated[str, typer.Option(help="Code of the company.")] = "DEMO",
    user: Annotated[str, typer.Option(help="In whose name; must be allowed to.")] = "admin",
    report: Annotated[Path | None, typer.Option(help="CSV of what was not taken, and why.")] = None,
) -> None:
    """Import orders with their deliveries at their original dates. Running it again does only what is missing.

    Every row ends as taken, outside the mapping's filter, or rejected with a reason; exit code 1 if any was not taken.
    """
    environment = env.current()
    with database(environment):
        summary = _load(file, mapping, company, user, report or _report(environment.home, file))
    raise typer.Exit(1 if summary.tally.rejected or summary.refused else 0)


def _report(home: Path, file: Path) -> Path:
    folder = home / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{file.stem}-{time.strftime('%Y%m%d-%H%M%S')}.csv"


def _load(file: Path, mapping: str, company: str, user: str, report: Path) -> "Summary":
    import django

    django.setup()
    from django.utils import translation

    from gendan.accounts.queries import actor_by_codes
    from gendan.integrations.history.load import load_history
    from gendan.integrations.history.mapping import MappingError, load_mapping
    from gendan.integrations.history.source import HistoryFileError
    from gendan.kernel.errors import AppError

    with translation.override("zh-hans" if os.environ.get("LANG", "").startswith("zh") else "en"):
        actor = actor_by_codes(company, user)
        if actor is None:
            raise CannotServe(f"There is no active user {user} in a company {company}.")
        try:
            summary = load_history(
                actor=actor, path=file, mapping=load_mapping(mapping), report=report, progress=_progress()
            )
        except (MappingError, HistoryFileError, AppError) as refusal:
            raise CannotServe(str(refusal)) from refusal
        _print(summary, report)
    return summary


def _progress() -> Callable[[int, int], None]:
    """Tell the terminal how far it is, on one line if it is one."""
    shown = [0.0]
    end = "\r" if sys.stderr.isatty() else "\n"
    every = WRITE_EVERY if sys.stderr.isatty() else 10 * WRITE_EVERY

    def progress(done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - shown[0] >= every:
            shown[0] = now
            last = "\n" if done == total else end
            print(
                f"  {done:>7,} / {total:,}  {100 * done // max(total, 1):>3} %", end=last, file=sys.stderr, flush=True
            )

    return progress


def _print(summary: "Summary", report: Path) -> None:
    from gendan.integrations.history.report import COUNTS, KINDS, REASONS

    tally = summary.tally
    print(
        f"rows      {tally.read:,} read: {tally.taken:,} taken, {tally.outside:,} outside, {tally.rejected:,} rejected"
    )
    written = {name: f"{summary.written[name]:,}" for name in COUNTS}
    print("written   {orders} orders with {lines} lines, {shipments} shipments, {receipts} receipts".format(**written))
    print("          {suppliers} suppliers, {products} products, {warehouses} warehouses".format(**written))
    if summary.written["deliveries"] or summary.written["customers"]:
        told = "          {deliveries} deliveries, {customers} customers, {openings} lines of an opening balance"
        print(told.format(**written))
    print("present   {present} orders were there before".format(**written))
    for reason, count in summary.reasons.most_common():
        print(f"not taken {count:>6,}  {REASONS[reason]}")
    for text in summary.examples:
        print(f"          {text}")
    for kind, count in summary.remarks.most_common():
        print(f"remark    {count:>6,}  {KINDS[kind]}")
    print(f"report    {report}")
    print(f"time      {summary.seconds:.1f} s")
