"""Work of the sales chain that runs in the worker, and what it does by the clock."""

from __future__ import annotations

import json
import logging
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from gendan.kernel import db, jobs, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, as_json
from gendan.kernel.events import Subject
from gendan.sales import commands
from gendan.sales.commands.ship_many import TASK, ToShip, ship_each
from gendan.sales.queries.reallocation import SHOWN, plan, products_in, scope_of, told

log = logging.getLogger("gendan.sales")
MOST_TOLD = 50
PRODUCTS_AT_ONCE = 200
_PRODUCTS = """
SELECT DISTINCT p.code FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id
WHERE l.company_id = %s::bigint AND l.is_open ORDER BY 1
"""
_WANT_REQUESTS = """
SELECT s.company_id, c.timezone, s.request_shortage, s.request_safety_stock
FROM sales_salessettings s JOIN accounts_company c ON c.id = s.company_id
WHERE s.request_shortage OR s.request_safety_stock ORDER BY s.company_id
"""


@jobs.job_task(TASK, repeatable=True)
def ship_many(run: jobs.JobRun) -> dict[str, Any]:
    """Send many deliveries in the worker, and tell who asked; what has left already is refused, not sent again."""
    actor, args = run.actor, run.args
    wanted = [ToShip(*row) for row in args["rows"]]
    day = date.fromisoformat(args["day"]) if args["day"] else None
    refused, done = [], 0
    for n, result in enumerate(ship_each(actor, wanted, day, args["unpicked"]), 1):
        done += result["ok"]
        refused += [] if result["ok"] else [result["text"]]
        run.progress(n, len(wanted), _("已出库 %(n)s 张") % {"n": done})
        run.check_cancelled()
    text = _("批量出库完成：%(done)s 张已出库，%(refused)s 张没有。") % {"done": done, "refused": len(refused)}
    notices.notify(actor.company_id, [actor.user_id or 0], "ship", text, Subject("job", run.id, str(run.id)))
    return {"text": text, "remarks": refused[:MOST_TOLD]}


notices.NOTICE_LABELS["ship"] = gettext_lazy("批量出库完成")


@jobs.job_task("sales.reallocate_all", repeatable=True)
def reallocate_all(run: jobs.JobRun) -> dict[str, Any]:
    """Give everything out anew, some products at a time, so that nobody waits for all of it."""
    products = [row[0] for row in db.rows(_PRODUCTS, [run.actor.company_id])]
    changed = 0
    for n in range(0, len(products), PRODUCTS_AT_ONCE):
        some = products[n : n + PRODUCTS_AT_ONCE]
        changed += commands.reallocate(actor=run.actor, products=some).data["changed"]
        run.progress(n + len(some), len(products))
        run.check_cancelled()
    return {"text": _("重新分配完成：%(changed)s 行有变化。") % {"changed": changed}}


@jobs.job_task("sales.plan_reallocation", repeatable=True)
def plan_reallocation(run: jobs.JobRun) -> dict[str, Any]:
    """Try what giving out anew would change, some products at a time; nothing is written."""
    actor, args = run.actor, run.args
    scope = scope_of(actor, args["warehouse"], [args["product"]] if args["product"] else None)
    products = products_in(scope)
    lines, changed = 0, 0
    gains: list[dict[str, Any]] = []
    losses: list[dict[str, Any]] = []
    for n in range(0, len(products), PRODUCTS_AT_ONCE):
        found = plan(actor, {**scope, "products": products[n : n + PRODUCTS_AT_ONCE]})
        lines, changed = lines + found.lines, changed + len(found.changes)
        more, less = told(found.changes, SHOWN)
        gains, losses = [*gains, *more][:SHOWN], [*losses, *less][:SHOWN]
        run.progress(min(n + PRODUCTS_AT_ONCE, len(products)), len(products), _("%(n)s 行会变化") % {"n": changed})
        run.check_cancelled()
    kept = {"lines": lines, "changed": changed, "gains": _plain(gains), "losses": _plain(losses)}
    asked = {"trial": run.id, **{name: value for name, value in args.items() if value}}
    link = {"text": _("查看试算结果"), "url": f"{reverse('sales:allocation')}?{urlencode(asked)}"}
    text = _("看了 %(lines)s 行，%(changed)s 行会变化；还没有执行。") % {"lines": lines, "changed": changed}
    return {"text": text, "links": [link], "plan": kept}


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as a job keeps them: days and figures as text."""
    found: list[dict[str, Any]] = json.loads(json.dumps(rows, default=as_json))
    return [{**row, "due_on": row["due_on"] or ""} for row in found]


@app.periodic(cron="37 * * * *")
@app.task(name="sales.request_missing", queue="upkeep", queueing_lock="sales.request_missing")
def request_missing(timestamp: int) -> None:
    """Request what is missing in companies that want it requested by itself; what was requested is not again."""
    for company_id, zone, shortage, safety in db.rows(_WANT_REQUESTS):
        rights = frozenset({"sales.request_shortage", "sales.request_safety_stock"})
        actor = Actor(company_id, None, "", rights, via="job", timezone=zone)
        for wanted, command in ((shortage, commands.request_shortage), (safety, commands.request_safety_stock)):
            try:
                if wanted:
                    command(actor=actor)
            except AppError:  # one company's trouble must not keep the others from being served
                log.exception("requests of company %s", company_id)
