"""Inspection plans as pages, API and files show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.quality.models import Method, PlanCheck
from gendan.quality.permissions import VIEW

Row = dict[str, Any]
_PLANS = """
SELECT q.id, q.code, q.name, coalesce(p.code, '') AS product, coalesce(p.name, '') AS product_name,
 coalesce(c.code, '') AS category, coalesce(c.name, '') AS category_name, coalesce(s.code, '') AS supplier,
 coalesce(s.name, '') AS supplier_name, q.method, q.level, q.aql, q.allow_reduced, q.skip_after, q.skip_every,
 q.needs_photo, q.note, q.is_active, q.version,
 coalesce((SELECT json_agg(json_build_object('name', k.name, 'kind', k.kind, 'low', trim_scale(k.low)::text, 'high',
   trim_scale(k.high)::text, 'unit', k.unit, 'required', k.required) ORDER BY k.line_no)
  FROM quality_plancheck k WHERE k.plan_id = q.id), '[]') AS checks
FROM quality_plan q LEFT JOIN catalog_product p ON p.id = q.product_id
LEFT JOIN catalog_category c ON c.id = q.category_id LEFT JOIN catalog_partner s ON s.id = q.supplier_id
WHERE q.company_id = %(company)s::bigint AND {where}
ORDER BY q.is_active DESC, (q.product_id IS NOT NULL) DESC, (q.category_id IS NOT NULL) DESC,
 (q.supplier_id IS NOT NULL) DESC, q.code LIMIT %(limit)s::int
"""
MOST = 1000


def plans(actor: Actor, *, method: str = "", q: str = "", active: bool | None = None) -> list[Row]:
    """The company's plans, the most specific first; one statement."""
    actor.must(VIEW)
    params: Row = {"company": actor.company_id, "limit": MOST}
    where = ["true", *scope.conditions(actor, "qplan", "q")]
    if method:
        where.append("q.method = %(method)s::text")
        params["method"] = method
    if active is not None:
        where.append("q.is_active" if active else "NOT q.is_active")
    if q.strip():
        where.append("concat_ws(' ', q.code, q.name, p.code, p.name, c.name, s.code, s.name) ILIKE %(q)s::text")
        params["q"] = "%" + q.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    return [_shown(row) for row in db.dicts(_PLANS.format(where=" AND ".join(where)), params)]


def plan(actor: Actor, code: str) -> Row:
    """One plan. Errors: NotFound."""
    actor.must(VIEW)
    found = db.dicts(
        _PLANS.format(where="q.code = %(code)s::text" + scope.also(actor, "qplan", "q")),
        {"company": actor.company_id, "code": code, "limit": 1},
    )
    if not found:
        raise NotFound(what=code)
    return _shown(found[0])


def _shown(row: Row) -> Row:
    return {**row, "method_label": str(dict(Method.choices)[row["method"]])}


def every_plan(actor: Actor) -> Iterator[Row]:
    """Plans as flat rows: one per characteristic, at least one per plan."""
    methods, kinds = dict(Method.choices), dict(PlanCheck.Kind.choices)
    for row in plans(actor):
        flat = {**row, "method": str(methods[row["method"]])}
        empty = {"name": "", "kind": "", "low": None, "high": None, "unit": "", "required": None}
        for check in row["checks"] or [empty]:
            kind = str(kinds[check["kind"]]) if check["kind"] else ""
            yield {**flat, **check, "name": row["name"], "check": check["name"], "kind": kind}
