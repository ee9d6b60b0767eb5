"""Many deliveries leave, each in a transaction of its own: what one is refused for does not keep the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.kernel import jobs, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.kernel.events import Subject
from gendan.sales import commands

AT_ONCE = 20  # that somebody waits for
KIND, TASK = "ship", "sales.ship_many"
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class ToShip:
    """A delivery with what is known of its way; empty leaves what it has."""

    number: str
    carrier: str = ""
    tracking_number: str = ""


def ship_each(actor: Actor, wanted: Sequence[ToShip], day: date | None) -> Iterator[dict[str, Any]]:
    """Send the deliveries one by one, and say what became of each."""
    for row in wanted:
        key = f"{actor.idempotency_key}:{row.number}" if actor.idempotency_key else None
        try:
            done = commands.ship_delivery(
                actor=replace(actor, idempotency_key=key, looked_up=False, earlier=None),
                number=row.number,
                carrier=row.carrier or None,
                tracking_number=row.tracking_number or None,
                shipped_on=day,
            )
            yield {"number": row.number, "ok": True, "state": done.state, "text": ""}
        except AppError as refusal:
            yield {"number": row.number, "ok": False, "state": "failed", "text": str(refusal)}


@jobs.job_task(TASK, repeatable=True)
def ship_many(run: jobs.JobRun) -> dict[str, Any]:
    """Send many deliveries in the worker, and tell who asked; what has left already is refused, not sent again."""
    actor, args = run.actor, run.args
    wanted = [ToShip(*row) for row in args["rows"]]
    day = date.fromisoformat(args["day"]) if args["day"] else None
    refused, done = [], 0
    for n, result in enumerate(ship_each(actor, wanted, day), 1):
        done += result["ok"]
        refused += [] if result["ok"] else [result["text"]]
        run.progress(n, len(wanted), _("已出库 %(n)s 张") % {"n": done})
        run.check_cancelled()
    text = _("批量出库完成：%(done)s 张已出库，%(refused)s 张没有。") % {"done": done, "refused": len(refused)}
    notices.notify(actor.company_id, [actor.user_id or 0], "ship", text, Subject("job", run.id, str(run.id)))
    return {"text": text, "remarks": refused[:MOST_TOLD]}


notices.NOTICE_LABELS["ship"] = gettext_lazy("批量出库完成")
