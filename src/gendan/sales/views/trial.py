"""The dry run of a reallocation: at once where few lines are looked at, else by the worker, whose result is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gendan.kernel import jobs
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import whole
from gendan.sales.permissions import VIEW
from gendan.sales.queries.reallocation import PLAN, SHOWN, lines_in, plan, scope_of, told

AT_ONCE = 300  # lines that are tried while the browser waits


@dataclass(frozen=True, slots=True)
class Trial:
    """What the page shows of a dry run; ``gains`` and ``losses`` are the first lines of each."""

    lines: int
    changed: int
    gains: Sequence[dict[str, Any]]
    losses: Sequence[dict[str, Any]]


def is_long(actor: Actor, product: str, warehouse: str) -> bool:
    """Whether so many lines are looked at that the worker does it."""
    return lines_in(scope_of(actor, warehouse, [product] if product else None), AT_ONCE + 1) > AT_ONCE


def trial(actor: Actor, asked: QueryDict, product: str, warehouse: str) -> Trial | None:
    """The dry run that an address asks for: ``trial`` is the job that made it, ``plan=1`` has it made now (never a
    long one). Errors: NotFound.
    """
    number = whole(asked.get("trial", ""))
    if number is None:
        if asked.get("plan") != "1" or is_long(actor, product, warehouse):
            return None
        found = plan(actor, scope_of(actor, warehouse, [product] if product else None))
        gains, losses = told(found.changes, SHOWN)
        return Trial(found.lines, len(found.changes), gains, losses)
    job = jobs.visible_job(actor, number)
    kept = job.result.get("plan") if job.kind == PLAN else None
    if kept is None:
        raise NotFound(what=str(number))
    return Trial(kept["lines"], kept["changed"], _dated(kept["gains"]), _dated(kept["losses"]))


def _dated(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "due_on": date.fromisoformat(row["due_on"]) if row["due_on"] else None} for row in rows]


@require_POST
def plan_reallocation(request: HttpRequest) -> HttpResponse:
    """Have the worker try it."""
    actor = actor_of(request)
    actor.must(VIEW)
    asked = {name: request.POST.get(name, "").strip()[:64] for name in ("product", "warehouse")}
    scope_of(actor, asked["warehouse"], [asked["product"]] if asked["product"] else None)  # refuses what there is not
    job = jobs.start(actor, PLAN, _("试算重新分配"), "sales.plan_reallocation", **asked)
    return redirect_to(request, reverse("kernel:job", args=[job.pk]))
