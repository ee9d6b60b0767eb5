"""Checking and writing inspection plans."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gendan.kernel import db, scope, tables
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, step
from gendan.kernel.values import BadValue, to_code, to_text
from gendan.quality.errors import CodeTaken, PlanExists
from gendan.quality.models import Method, Plan
from gendan.quality.rules.aql import AQLS, LEVELS
from gendan.quality.rules.inspection import KINDS, CheckIn
from gendan.quality.rules.plan import PlanIn

MOST_CHECKS, MOST_SKIPPED = 60, 1000
# One at a time per company: codes and scopes are free or taken for all of its plans together.
_READ = """
WITH company AS (SELECT id FROM accounts_company WHERE id = %(company)s::bigint FOR NO KEY UPDATE)
SELECT (SELECT p.id FROM catalog_product p WHERE p.company_id = company.id AND p.code = %(product)s::text),
 (SELECT c.id FROM catalog_category c WHERE c.company_id = company.id AND c.code = %(category)s::text),
 (SELECT s.id FROM catalog_partner s WHERE s.company_id = company.id AND s.code = %(supplier)s::text AND s.is_supplier),
 (SELECT q.id FROM quality_plan q WHERE q.company_id = company.id AND q.code = %(code)s::text) FROM company
"""
_SAME = """
SELECT q.code FROM quality_plan q WHERE q.company_id = %(company)s::bigint AND q.is_active AND q.code <> %(code)s::text
 AND (q.product_id, q.category_id, q.supplier_id) IS NOT DISTINCT FROM
  (%(product)s::bigint, %(category)s::bigint, %(supplier)s::bigint)
"""
_CHECKS = {
    "company_id": "bigint",
    "plan_id": "bigint",
    "line_no": "int",
    "name": "text",
    "kind": "text",
    "low": "numeric",
    "high": "numeric",
    "unit": "text",
    "required": "boolean",
}
FACTS = ("name", "method", "level", "aql", "allow_reduced", "skip_after", "skip_every", "needs_photo", "note")


@step
def write(actor: Actor, wanted: PlanIn, *, new: bool | None, version: int | None = None) -> Done:
    """Make or change a plan. Errors: CodeTaken, PlanExists, NotFound, Stale, Invalid."""
    _check(wanted)
    asked = {"company": actor.company_id, "code": wanted.code}
    given = {"product": wanted.product, "category": wanted.category, "supplier": wanted.supplier}
    ids = db.row(_READ, {**asked, **given})
    assert ids is not None
    problems = {
        name: _("没有「%(code)s」") % {"code": code}
        for (name, code), found in zip(given.items(), ids, strict=False)
        if code and found is None
    }
    if problems:
        raise Invalid(problems)
    if ids[3] and not scope.sees(actor, "qplan", [ids[3]]):
        raise NotFound(what=wanted.code)
    if new and ids[3]:
        raise CodeTaken(code=wanted.code)
    if new is False and not ids[3]:
        raise NotFound(what=wanted.code)
    within = {"product": ids[0], "category": ids[1], "supplier": ids[2]}
    if wanted.is_active and (same := db.row(_SAME, {**asked, **within})):
        raise PlanExists(code=same[0])
    row = Plan.objects.get(pk=ids[3]) if ids[3] else Plan(company_id=actor.company_id, code=wanted.code)
    if ids[3]:
        check_version(wanted.code, row.version, version)
        row.version += 1
    changes = _apply(row, wanted, within)
    row.save()
    _write_checks(actor, row, wanted.checks)
    record("quality.plan_saved", row.subject, actor, changes=changes if ids[3] else {})
    return Done("qplan", row.pk, row.code, "", row.version, {"status": "updated" if ids[3] else "created"})


def _apply(row: Plan, wanted: PlanIn, within: dict[str, Any]) -> dict[str, list[str]]:
    """Set the fields; what changed."""
    before = {name: str(getattr(row, name)) for name in (*FACTS, "is_active")}
    for name in (*FACTS, "is_active"):
        setattr(row, name, getattr(wanted, name))
    row.aql = wanted.aql if wanted.method == "aql" else ""
    for name, id_ in within.items():
        setattr(row, f"{name}_id", id_)
    return {name: [before[name], now] for name in before if (now := str(getattr(row, name))) != before[name]}


def _write_checks(actor: Actor, plan: Plan, checks: tuple[CheckIn, ...]) -> None:
    db.execute("DELETE FROM quality_plancheck WHERE plan_id = %s::bigint", [plan.pk])
    rows = [
        {
            "company_id": actor.company_id,
            "plan_id": plan.pk,
            "line_no": n,
            "name": c.name,
            "kind": c.kind,
            "low": c.low,
            "high": c.high,
            "unit": c.unit,
            "required": c.required,
        }
        for n, c in enumerate(checks, 1)
    ]
    tables.insert("quality_plancheck", _CHECKS, rows)


def _check(wanted: PlanIn) -> None:
    """Refuse what makes no plan; every wrong field at once."""
    problems = _texts(wanted)
    if wanted.method not in Method.values:
        problems["method"] = _("请选择检验方式。")
    if wanted.method == "aql" and wanted.aql not in AQLS:
        problems["aql"] = _("AQL 可以是：%(values)s。") % {"values": "、".join(AQLS)}
    if wanted.level not in LEVELS:
        problems["level"] = _("检验水平可以是：%(values)s。") % {"values": "、".join(LEVELS)}
    if wanted.product and wanted.category:
        problems["category"] = _("产品和分类只能选一个。")
    if not 0 <= wanted.skip_after <= MOST_SKIPPED:
        problems["skip_after"] = _("应在 %(low)s 到 %(high)s 之间。") % {"low": 0, "high": MOST_SKIPPED}
    elif wanted.skip_after and not 2 <= wanted.skip_every <= MOST_SKIPPED:
        problems["skip_every"] = _("应在 %(low)s 到 %(high)s 之间。") % {"low": 2, "high": MOST_SKIPPED}
    if len(wanted.checks) > MOST_CHECKS:
        problems["checks"] = _("最多 %(count)s 个检验项目。") % {"count": MOST_CHECKS}
    for n, check in enumerate(wanted.checks):
        problems |= {f"checks.{n}.{name}": text for name, text in _wrong(check).items()}
    if problems:
        raise Invalid(problems)


def _texts(wanted: PlanIn) -> dict[str, str]:
    problems = {}
    for name, most in (("code", 64), ("name", 200), ("note", 1000)):
        value = getattr(wanted, name)
        try:
            (to_code if name == "code" else to_text)(value, most)
        except BadValue as bad:
            problems[name] = bad.text
        if not value and name != "note":
            problems[name] = _("必填")
    return problems


def _wrong(check: CheckIn) -> dict[str, str]:
    problems = {}
    if not check.name or len(check.name) > 120:
        problems["name"] = _("必填，最多 %(count)s 个字。") % {"count": 120}
    if check.kind not in KINDS:
        problems["kind"] = _("类型可以是：%(values)s。") % {"values": "、".join(KINDS)}
    if len(check.unit) > 20:
        problems["unit"] = _("最多 %(count)s 个字。") % {"count": 20}
    if check.kind != "measure" and (check.low is not None or check.high is not None):
        problems["low"] = _("只有测量值有上下限。")
    elif check.low is not None and check.high is not None and check.low > check.high:
        problems["high"] = _("上限不能小于下限。")
    return problems
