"""gendan replay: go through an imported history day by day, and see whether the rules find what was late."""

import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from gendan.config.cli.product import ActingOption, CompanyOption, Refused, actor, product

if TYPE_CHECKING:
    from gendan.alerts.queries.replay import Matrix

HEADINGS = ("rule", "on the day", "other day", "missed", "wrong", "rightly quiet", "unknowable")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def replay(
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    speed: Annotated[float, typer.Option(help="Days a second at most; 0: as fast as it goes.", min=0)] = 0,
    company: CompanyOption = "",
    acting: ActingOption = "",
) -> None:
    """Replay the company's history: each day the rules about lateness look at what was known in its morning.

    Prints how many late lines each found, on which day, against what the documents say; exit code 1 if a rule missed
    one, took one for late that was not, or found one on another day than the first on which it could. Writes nothing.
    """
    with product():
        from gendan.alerts.queries.replay import replay as run
        from gendan.alerts.queries.replay import span

        who = actor(company, acting)
        whole = span(who)
        if whole is None:
            raise Refused("There are no orders to replay.")
        begin = first.date() if first else whole[0]
        end = last.date() if last else min(whole[1] + timedelta(days=1), who.today())
        if end < begin:
            raise Refused("--to lies before --from.")
        matrices = run(who, begin, end, speed=speed, told=_progress(begin, end))
        _print(matrices)
    raise typer.Exit(0 if all(one.exact for one in matrices) else 1)


def _progress(begin: date, end: date) -> Callable[[date, int, int], None]:
    """A line for each month, and for each day where days are few."""
    daily = (end - begin).days < 62

    def told(day: date, found: int, still: int) -> None:
        if daily or day == end or (day + timedelta(days=1)).day == 1:
            print(f"{day}  {found:>7,} cases so far, {still:>6,} open", file=sys.stderr, flush=True)

    return told


def _print(matrices: "list[Matrix]") -> None:
    print("{:<20}{:>12}{:>11}{:>9}{:>8}{:>15}{:>12}".format(*HEADINGS))
    for one in matrices:
        counts = (one.right, one.other_day, one.missed, one.wrong, one.quiet, one.unknowable)
        print("{:<20}{:>12,}{:>11,}{:>9,}{:>8,}{:>15,}{:>12,}".format(one.rule, *counts))
    for one in matrices:
        for text in one.examples:
            print(f"  {one.rule}  {text}")
