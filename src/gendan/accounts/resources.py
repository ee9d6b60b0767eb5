"""People and departments offered to import, export and the bulk API."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import pgettext_lazy

from gendan.accounts import commands, queries
from gendan.accounts.columns import DEPARTMENTS, PEOPLE
from gendan.accounts.queries.rows import every_department, every_person
from gendan.accounts.rows import outcomes
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Outcome, Resource, Row, register


def _people(actor: Actor, rows: Sequence[Row], *, atomic: bool, dry_run: bool) -> list[Outcome]:
    return outcomes(commands.save_people(actor=actor, rows=list(rows), atomic=atomic, dry_run=dry_run))


def _departments(actor: Actor, rows: Sequence[Row], *, atomic: bool, dry_run: bool) -> list[Outcome]:
    return outcomes(commands.save_departments(actor=actor, rows=list(rows), atomic=atomic, dry_run=dry_run))


register(
    Resource(
        "departments",
        pgettext_lazy("list", "部门"),
        _departments,
        "accounts.save_department",
        DEPARTMENTS,
        queries.VIEW,
        every_department,
    )
)
register(
    Resource(
        "people", pgettext_lazy("list", "用户"), _people, "accounts.update_user", PEOPLE, queries.VIEW, every_person
    )
)
