"""Writing requisitions in set-based statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.catalog.queries import OFFERS
from gendan.flow.queries.standing import HAS_FLOW_ALONE
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.steps.lookup import Header, Item, as_items, check_count, item_rows, refuse

_INSERT = """
INSERT INTO purchasing_requisition (company_id, number, state, version, created_by_id, requester_id, warehouse_id,
 required_on, reason, decision_note)
SELECT %(company)s::bigint, 'PR-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'draft', 1, %(user)s::bigint,
 %(user)s::bigint, %(warehouse)s::bigint, %(required_on)s::date, %(reason)s::text, ''
FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number
"""
# Line numbers are unique and checked row by row: move them out of the way first.
_ASIDE = "UPDATE purchasing_requisitionline SET line_no = -line_no WHERE requisition_id = %s::bigint"
_LINES = """
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[],
  %(factors)s::numeric[], %(quantities)s::numeric[], %(required)s::date[], %(suppliers)s::bigint[], %(notes)s::text[])
  AS t(id, line_no, product_id, unit_id, factor, quantity, required_on, supplier_id, note)),
 gone AS (DELETE FROM purchasing_requisitionline l WHERE l.requisition_id = %(requisition)s::bigint
  AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id)),
 kept AS (UPDATE purchasing_requisitionline l SET line_no = t.line_no, product_id = t.product_id, unit_id = t.unit_id,
   factor = t.factor, quantity = t.quantity, required_on = t.required_on, supplier_id = t.supplier_id, note = t.note
  FROM t WHERE l.id = t.id AND l.requisition_id = %(requisition)s::bigint)
INSERT INTO purchasing_requisitionline (requisition_id, line_no, product_id, unit_id, factor, quantity, ordered,
 cancelled, required_on, supplier_id, note)
SELECT %(requisition)s::bigint, t.line_no, t.product_id, t.unit_id, t.factor, t.quantity, 0, 0, t.required_on,
 t.supplier_id, t.note
FROM t WHERE t.id IS NULL
"""
_ALONE = HAS_FLOW_ALONE.format(
    company="%(company)s::bigint",
    kind="requisition",
    whose="(SELECT requester_id FROM purchasing_requisition WHERE id = %(requisition)s::bigint)",
    when="%(submits)s::boolean",
)
_ESTIMATE = f"""
SELECT coalesce(sum(round(l.quantity * o.price, 2)), 0), {_ALONE}
FROM purchasing_requisitionline l
JOIN LATERAL (
 SELECT sp.price * c.rate AS price FROM {OFFERS} sp
 JOIN catalog_currency c ON c.company_id = sp.company_id AND c.code = sp.currency
 WHERE sp.company_id = %(company)s::bigint AND sp.product_id = l.product_id AND sp.unit_id = l.unit_id
  AND (l.supplier_id IS NULL OR sp.partner_id = l.supplier_id) AND sp.from_quantity <= l.quantity
  AND coalesce(sp.valid_from, %(on)s::date) <= %(on)s::date AND coalesce(sp.valid_to, %(on)s::date) >= %(on)s::date
 ORDER BY sp.price * c.rate LIMIT 1) o ON true
WHERE l.requisition_id = %(requisition)s::bigint
"""


@step
def find_rows(
    actor: Actor, warehouse: str, lines: Sequence[RequestIn], wrong: Mapping[str, str] | None = None
) -> tuple[int, list[Item], list[int | None]]:
    """The warehouse's id, the lines' rows, the wished suppliers' ids.

    Invalid names everything that is wrong, with what was found ``wrong`` before.
    """
    check_count(lines)
    warehouse_id, items, suppliers, problems = look(actor, warehouse, lines)
    refuse(lines, {**(wrong or {}), **problems})
    assert warehouse_id is not None
    return warehouse_id, items, suppliers


def look(
    actor: Actor, warehouse: str, lines: Sequence[RequestIn]
) -> tuple[int | None, list[Item], list[int | None], dict[str, str]]:
    """What find_rows finds, and what is wrong by field; outside of a command, too."""
    found = db.row(
        "SELECT id FROM catalog_warehouse WHERE company_id = %s AND code = %s AND is_active",
        [actor.company_id, warehouse],
    )
    problems: dict[str, str] = {}
    if found is None:
        unknown = _("仓库 %(code)s 不存在或已停用。") % {"code": warehouse}
        problems["warehouse"] = unknown if warehouse else _("请选择仓库。")
    header = Header(0, found[0] if found else 0, "", 2, Decimal(1), "", Decimal(0), Decimal(0))
    asked = [LineIn(line.product, line.quantity, Decimal(0), line.unit, line.required_on) for line in lines]
    items, wrong = as_items(actor, header, asked, item_rows(actor, asked), actor.today())
    codes = sorted({line.supplier for line in lines} - {""})
    suppliers: dict[str, int] = dict(
        db.rows(
            "SELECT code, id FROM catalog_partner"
            " WHERE company_id = %s AND is_supplier AND is_active AND code = ANY(%s::text[])",
            [actor.company_id, codes],
        )
    )
    problems |= wrong | {
        f"lines.{n}.supplier": _("供应商 %(code)s 不存在或已停用。") % {"code": line.supplier}
        for n, line in enumerate(lines)
        if line.supplier and line.supplier not in suppliers
    }
    return found[0] if found else None, items, [suppliers.get(line.supplier) for line in lines], problems


@step
def insert_requisition(actor: Actor, warehouse_id: int, required_on: date | None, reason: str) -> Subject:
    """Write the header of a draft."""
    found = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "warehouse": warehouse_id,
            "required_on": required_on,
            "reason": reason,
            "sequence": sequence_name(actor.company_id, "PR"),
        },
    )
    assert found is not None
    return Subject("requisition", found[0], found[1])


@step
def write_lines(
    requisition_id: int,
    lines: Sequence[RequestIn],
    items: Sequence[Item],
    suppliers: Sequence[int | None],
    by: date | None,
    new: bool = False,
) -> None:
    """Make the lines of a draft these: those with an ``id`` (of this requisition) stay themselves.

    ``by`` is the date of those without one; ``new`` says that there are none yet. One or two statements.
    """
    if not new:
        db.execute(_ASIDE, [requisition_id])
    db.execute(
        _LINES,
        {
            "requisition": requisition_id,
            "ids": [line.id for line in lines],
            "line_nos": list(range(1, len(lines) + 1)),
            "products": [item.product_id for item in items],
            "units": [item.unit_id for item in items],
            "factors": [item.factor for item in items],
            "quantities": [line.quantity for line in lines],
            "required": [line.required_on or by for line in lines],
            "suppliers": list(suppliers),
            "notes": [line.note for line in lines],
        },
    )


@step
def estimate(actor: Actor, requisition_id: int) -> tuple[Decimal, bool]:
    """What the lines would cost in company currency at the lowest valid supplier prices (without price 0), and whether
    the company has a flow for requisitions, for one that is submitted.
    """
    params = {"company": actor.company_id, "requisition": requisition_id, "on": actor.today(), "submits": True}
    found = db.row(_ESTIMATE, params)
    return (Decimal(found[0]), found[1]) if found else (Decimal(0), False)


@step
def estimate_beside(actor: Actor, requisition_id: int, other: db.Statement) -> tuple[Decimal, list[db.Row]]:
    """The same amount, and what another statement brings, in one exchange."""
    params = {"company": actor.company_id, "requisition": requisition_id, "on": actor.today(), "submits": False}
    found, rows = db.batch([(_ESTIMATE, params), other])
    return Decimal(found[0][0]) if found else Decimal(0), rows
