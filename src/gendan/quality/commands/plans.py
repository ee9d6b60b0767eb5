"""Keep inspection plans."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Undone
from gendan.kernel.errors import AppError
from gendan.kernel.unit import Done, command
from gendan.quality.rules.plan import PlanIn
from gendan.quality.steps import plans

SAVE = "quality.save_plan"


@command(SAVE, _("维护检验方案"))
def save_plan(*, actor: Actor, plan: PlanIn, new: bool | None = None, version: int | None = None) -> Done:
    """Make or change a plan; its characteristics are replaced. Inspections that were begun keep what they have.

    Errors: CodeTaken, PlanExists, NotFound, Stale, Invalid.
    """
    return plans.write(actor, plan, new=new, version=version)


@command("quality.save_plans", _("批量维护检验方案"), permission=SAVE)
def save_plans(*, actor: Actor, plans_in: Sequence[PlanIn], trial: bool = False) -> Done:
    """Write all plans or none (Undone names the first refused); ``trial`` only checks."""
    done = []
    for n, plan in enumerate(plans_in):
        try:
            done.append(plans.write(actor, plan, new=None))
        except AppError as error:
            raise Undone(n, error) from error
    if trial:
        raise Undone(-1)
    last = done[-1] if done else None
    told = {"codes": [each.number for each in done], "statuses": [each.data["status"] for each in done]}
    return Done("qplan", last.id if last else 0, last.number if last else "", data=told)
