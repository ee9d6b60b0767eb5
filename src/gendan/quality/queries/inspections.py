"""Inspections as pages and API show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.paging import Page
from gendan.quality.models import Inspection, InspectionLine, Method, Stage
from gendan.quality.permissions import VIEW
from gendan.quality.rules.choosing import CATEGORY, PRODUCT, SUPPLIER

Row = dict[str, Any]
CAP = 1000


@dataclass(frozen=True, slots=True)
class InspectionFilter:
    """Which inspections; ``state`` open, all or one state; ``verdict`` of one of the lines; ``q`` a number of the
    inspection or of its source, a supplier or a product; ``wished``: somebody asks for a concession; ``first`` and
    ``last``: when the goods came.
    """

    state: str = "open"
    supplier: str = ""
    verdict: str = ""
    q: str = ""
    wished: bool = False
    warehouse: str = ""
    first: date | None = None
    last: date | None = None


_HEADER = """
q.id, q.number, q.state, q.version, q.source_kind, q.source_number, q.came_on, q.decided_at, q.created_at,
 q.wish_reason, s.code AS supplier, s.name AS supplier_name, w.code AS warehouse, w.name AS warehouse_name,
 coalesce(u.name, '') AS created_by, coalesce(x.name, '') AS wished_by
"""
_FROM = """
JOIN catalog_partner s ON s.id = q.supplier_id JOIN catalog_warehouse w ON w.id = q.warehouse_id
LEFT JOIN accounts_user u ON u.id = q.created_by_id LEFT JOIN accounts_user x ON x.id = q.wished_by_id
"""
_PAGE = f"""
SELECT {_HEADER}, t.lines, t.products, t.sample, t.waiting, t.rejected, t.defective, t.wished
FROM (SELECT * FROM quality_inspection q WHERE {{where}} ORDER BY q.id DESC LIMIT %(limit)s::int) q {_FROM}
JOIN LATERAL (SELECT count(*) AS lines, string_agg(DISTINCT p.code, ' ' ORDER BY p.code) AS products,
  sum(l.sample) AS sample, sum(l.quantity - l.accepted - l.rejected) AS waiting, sum(l.rejected) AS rejected,
  sum(l.defective) AS defective, sum(l.wished) AS wished
 FROM quality_inspectionline l JOIN catalog_product p ON p.id = l.product_id WHERE l.inspection_id = q.id) t ON true
ORDER BY q.id DESC
"""
_LINES = """
SELECT l.id, l.line_no AS line, l.source_line_no AS source_line, p.code AS product, p.name AS product_name,
 p.specification, u.name AS unit_name, u.decimals, l.lot, l.method, l.stage, l.letter, l.items, l.sample, l.accept,
 l.reject, l.skipped, l.why::json AS why, l.checks::json AS checks, l.quantity,
 l.accepted, l.rejected, l.conceded, l.wished, l.wish_bin,
 l.defective, l.passed, l.sorted, l.verdict, l.note, l.quantity - l.accepted - l.rejected AS waiting,
 coalesce(pl.code, '') AS plan, coalesce(pl.name, '') AS plan_name, coalesce(pl.needs_photo, false) AS needs_photo,
 coalesce(by.name, '') AS inspected_by, l.inspected_at,
 coalesce((SELECT json_agg(json_build_object('check', r.check_no, 'values', ARRAY(SELECT trim_scale(v)::text
    FROM unnest(r.values) v), 'failed', r.failed, 'text', r.text) ORDER BY r.check_no)
  FROM quality_result r WHERE r.line_id = l.id), '[]') AS results,
 coalesce((SELECT json_agg(json_build_object('text', d.text, 'grade', d.grade, 'count', d.count) ORDER BY d.id)
  FROM quality_defect d WHERE d.line_id = l.id), '[]') AS defects
FROM quality_inspectionline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN quality_plan pl ON pl.id = l.plan_id LEFT JOIN accounts_user by ON by.id = l.inspected_by_id
WHERE l.inspection_id = %s::bigint ORDER BY l.line_no
"""
_MEANT = """
(q.number = upper(%(q)s::text) OR q.source_number = upper(%(q)s::text) OR q.supplier_id IN (
  SELECT s.id FROM catalog_partner s WHERE s.company_id = %(company)s::bigint
   AND concat_ws(' ', s.code, s.name) ILIKE %(like)s::text)
 OR EXISTS (SELECT 1 FROM quality_inspectionline l JOIN catalog_product p ON p.id = l.product_id
  WHERE l.inspection_id = q.id AND concat_ws(' ', p.code, p.name) ILIKE %(like)s::text))
"""


def inspection_list(
    actor: Actor, wanted: InspectionFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of inspections, newest first; one statement."""
    actor.must(VIEW)
    wanted, size = wanted or InspectionFilter(), paging.limited(limit)
    where = ["q.company_id = %(company)s::bigint", *scope.conditions(actor, "qi", "q")]
    params: Row = {"company": actor.company_id, "limit": size + 1}
    where += state_where("q", wanted.state, Inspection.State.values, params)
    for name, table, code in (
        ("supplier", "catalog_partner", wanted.supplier),
        ("warehouse", "catalog_warehouse", wanted.warehouse),
    ):
        if code:
            where.append(
                f"q.{name}_id = (SELECT s.id FROM {table} s WHERE s.company_id = %(company)s::bigint"
                f" AND s.code = %({name})s::text)"
            )
            params[name] = code
    for name, sign, day in (("first", ">=", wanted.first), ("last", "<=", wanted.last)):
        if day:
            where.append(f"q.came_on {sign} %({name})s::date")
            params[name] = day
    if wanted.verdict:
        if wanted.verdict not in InspectionLine.Verdict.values:
            raise Invalid({"verdict": "verdict: " + " | ".join(v for v in InspectionLine.Verdict.values if v)})
        where.append(_OF_LINES.format("l.verdict = %(verdict)s::text"))
        params["verdict"] = wanted.verdict
    if wanted.wished:
        where.append(_OF_LINES.format("l.wished > 0"))
    if wanted.q.strip():
        where.append(_MEANT)
        text = wanted.q.strip()[:100]
        like = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        params |= {"q": text, "like": f"%{like}%"}
    where.append("q.id < %(after)s::bigint")
    params["after"] = paging.newest_before(after)
    rows = db.dicts(_PAGE.format(where=" AND ".join(where)), params)
    return paging.cut([_shown(row) for row in rows], size, lambda row: [row["id"]])


_OF_LINES = "EXISTS (SELECT 1 FROM quality_inspectionline l WHERE l.inspection_id = q.id AND {})"


def inspected_lines(
    actor: Actor, wanted: InspectionFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """The same as lines, each with what its inspection says; two statements a page."""
    page = inspection_list(actor, wanted, after=after, limit=limit)
    of: dict[int, list[Row]] = {row["id"]: [] for row in page.items}
    sql = _LINES.replace("= %s::bigint", "= ANY(%s::bigint[])").replace("SELECT l.id,", "SELECT l.inspection_id, l.id,")
    for row in db.dicts(sql, [db.array(of)]):
        line = _line(row)
        bad = "、".join(f"{one['text']}×{one['count']}" for one in line["defects"])
        of[row["inspection_id"]].append({**line, "bad": bad, "line_note": line["note"]})
    return Page([{**row, **line} for row in page.items for line in of[row["id"]]], page.after)


def waiting_count(actor: Actor) -> int:
    """How many inspections wait, up to a cap."""
    actor.must(VIEW)
    found = db.row(
        "SELECT count(*) FROM (SELECT 1 FROM quality_inspection q WHERE q.company_id = %s::bigint AND q.is_open"
        f"{scope.also(actor, 'qi', 'q')} LIMIT %s::int) c",
        [actor.company_id, CAP],
    )
    return int(found[0]) if found else 0


def inspection_detail(actor: Actor, number: str) -> Row:
    """An inspection with its ``lines``, their results and defects; two statements. Errors: NotFound."""
    actor.must(VIEW)
    found = db.dicts(
        f"SELECT {_HEADER} FROM quality_inspection q {_FROM} WHERE q.company_id = %s::bigint AND q.number = %s::text",
        [actor.company_id, number],
    )
    if not found:
        raise NotFound(what=number)
    lines = [_line(row) for row in db.dicts(_LINES, [found[0]["id"]])]
    return {**_shown(found[0]), "lines": lines}


def inspection_of(actor: Actor, source: str) -> str:
    """The number of the inspection of a receipt, empty where no plan asked for one; one statement."""
    found = db.row(
        "SELECT number FROM quality_inspection WHERE company_id = %s::bigint AND source_number = %s::text"
        " AND source_kind = 'gr'",
        [actor.company_id, source],
    )
    return str(found[0]) if found else ""


def _shown(row: Row) -> Row:
    return {**row, "state_label": state_label(Inspection, row["state"])}


def _line(row: Row) -> Row:
    """A line with its words: how it is looked at and why."""
    found = {result["check"]: result for result in row["results"]}
    empty: Row = {"values": [], "failed": None, "text": ""}
    checks = [{**check, "no": n, **(found.get(n) or empty)} for n, check in enumerate(row["checks"], 1)]
    return {
        **row,
        "checks": checks,
        "verdict_label": str(dict(InspectionLine.Verdict.choices)[row["verdict"]]),
        "method_label": str(dict(Method.choices)[row["method"]]),
        "stage_label": str(dict(Stage.choices)[row["stage"]]),
        "why_shown": why(row),
    }


def why(row: Row) -> str:
    """Why a lot is looked at as it is, in a sentence."""
    told = row["why"]
    if told.get("flag"):
        return _("产品设置为到货检验，没有检验方案适用：全检。")
    rank = int(told.get("rank", 0))
    parts = [
        name
        for name, on in (
            (_("产品"), rank & PRODUCT),
            (_("分类"), rank & CATEGORY),
            (_("供应商"), rank & SUPPLIER),
        )
        if on
    ]
    text = _("方案 %(plan)s（适用范围：%(scope)s）") % {
        "plan": told.get("plan", ""),
        "scope": "＋".join(parts) or _("全部"),
    }
    if row["skipped"]:
        return text + _("：连续 %(after)s 批合格，此后每 %(every)s 批检一批，本批免检。") % {
            "after": told["skip_after"],
            "every": told["skip_every"],
        }
    if row["stage"] == "stopped":
        return text + _("：加严检验累计 5 批不合格，暂停抽样，全检；供应商的纠正措施验证后恢复。")
    if row["method"] == "all":
        return text + _("：全检。")
    return text + _("：AQL %(aql)s，检验水平 %(level)s，批量 %(items)s，%(stage)s，字码 %(letter)s。") % {
        "aql": told["aql"],
        "level": told["level"],
        "items": row["items"],
        "stage": str(dict(Stage.choices)[row["stage"]]),
        "letter": row["letter"],
    }
