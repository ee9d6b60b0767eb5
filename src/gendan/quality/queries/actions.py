"""Corrective actions as pages and API show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.quality.models import CorrectiveAction
from gendan.quality.permissions import VIEW

Row = dict[str, Any]
_ROWS = """
SELECT c.id, c.number, c.state, c.version, c.problem, c.due_on, c.contact, c.cause, c.measure, c.done_by, c.answered_by,
 c.answered_at, c.verdict_note, c.verified_at, c.closed_at, c.created_at, s.code AS supplier, s.name AS supplier_name,
 coalesce(p.code, '') AS product, coalesce(p.name, '') AS product_name, coalesce(q.number, '') AS inspection,
 coalesce(o.name, '') AS owner, coalesce(o.username, '') AS owner_username, coalesce(u.name, '') AS created_by
FROM (SELECT * FROM quality_correctiveaction c WHERE {where} ORDER BY c.id DESC LIMIT %(limit)s::int) c
JOIN catalog_partner s ON s.id = c.supplier_id LEFT JOIN catalog_product p ON p.id = c.product_id
LEFT JOIN quality_inspection q ON q.id = c.inspection_id LEFT JOIN accounts_user o ON o.id = c.owner_id
LEFT JOIN accounts_user u ON u.id = c.created_by_id ORDER BY c.id DESC
"""


@dataclass(frozen=True, slots=True)
class ActionFilter:
    """Which corrective actions; ``state`` open (also answered), waiting (for the answer), all or one state; ``q`` a
    number, a supplier, or words of the problem.
    """

    state: str = "open"
    supplier: str = ""
    inspection: str = ""
    overdue: bool = False
    q: str = ""


def action_list(
    actor: Actor, wanted: ActionFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of corrective actions, newest first; one statement."""
    actor.must(VIEW)
    wanted, size = wanted or ActionFilter(), paging.limited(limit)
    state, q = wanted.state, wanted.q.strip()[:100]
    where = ["c.company_id = %(company)s::bigint", *scope.conditions(actor, "car", "c")]
    params: Row = {"company": actor.company_id, "limit": size + 1, "today": actor.today()}
    if state == "waiting":  # for the supplier's answer
        where.append("c.state = 'open'")
    else:
        where += state_where("c", state, CorrectiveAction.State.values, params)
    if wanted.supplier:
        where.append(
            "c.supplier_id = (SELECT x.id FROM catalog_partner x WHERE x.company_id = %(company)s::bigint"
            " AND x.code = %(supplier)s::text)"
        )
        params["supplier"] = wanted.supplier
    if wanted.inspection:
        where.append(
            "c.inspection_id = (SELECT x.id FROM quality_inspection x WHERE x.company_id = %(company)s::bigint"
            " AND x.number = %(inspection)s::text)"
        )
        params["inspection"] = wanted.inspection
    if wanted.overdue:
        where.append("c.state = 'open' AND c.due_on < %(today)s::date")
    if q:
        where.append(
            "(concat_ws(' ', c.number, c.problem, c.contact) ILIKE %(q)s::text OR c.supplier_id IN (SELECT s.id"
            " FROM catalog_partner s WHERE s.company_id = %(company)s::bigint"
            " AND concat_ws(' ', s.code, s.name) ILIKE %(q)s::text))"
        )
        params["q"] = "%" + q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    where.append("c.id < %(after)s::bigint")
    params["after"] = paging.newest_before(after)
    rows = db.dicts(_ROWS.format(where=" AND ".join(where)), params)
    return paging.cut([_shown(row, actor.today()) for row in rows], size, lambda row: [row["id"]])


def action_detail(actor: Actor, number: str) -> Row:
    """One corrective action; one statement. Errors: NotFound."""
    actor.must(VIEW)
    found = db.dicts(
        _ROWS.format(where="c.company_id = %(company)s::bigint AND c.number = %(number)s::text"),
        {"company": actor.company_id, "number": number, "limit": 1},
    )
    if not found:
        raise NotFound(what=number)
    return _shown(found[0], actor.today())


def _shown(row: Row, today: date) -> Row:
    late = (today - row["due_on"]).days if row["state"] == "open" and row["due_on"] < today else 0
    return {**row, "state_label": state_label(CorrectiveAction, row["state"]), "late_days": late or None}
