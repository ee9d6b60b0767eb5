"""What approval flows know of purchase orders and requisitions, and what the end of an approval means for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.flow.subjects import Fact, Subject, Verdict, register
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing.commands.approve import approve_locked
from gendan.purchasing.commands.requisition_flow import approve_found, reject_found, return_found
from gendan.purchasing.commands.submit import reject_locked, return_locked
from gendan.purchasing.models import Requisition
from gendan.purchasing.steps.order import lock_order

_LINES = {
    "product": Fact(_("产品")),
    "name": Fact(_("产品名称")),
    "specification": Fact(_("规格")),
    "category": Fact(_("分类编码")),
    "category_name": Fact(_("产品分类")),
    "quantity": Fact(_("数量"), "number"),
    "amount": Fact(_("金额"), "number", price=True),
}
_PRODUCT = (
    "'product', pr.code, 'name', pr.name, 'specification', pr.specification,"
    " 'category', coalesce(c.code, ''), 'category_name', coalesce(c.name, ''), 'quantity', l.quantity"
)
_WHO = (
    "(SELECT u.username FROM accounts_user u WHERE u.id = {person})",
    "(SELECT d.code FROM accounts_membership m JOIN accounts_department d ON d.id = m.department_id"
    " WHERE m.company_id = o.company_id AND m.user_id = {person})",
)
ORDER_FACTS = {
    "amount": Fact(_("金额（本位币，含税）"), "number", price=True),
    "currency": Fact(_("币种")),
    "partner": Fact(_("供应商编码")),
    "partner_name": Fact(_("供应商名称")),
    "warehouse": Fact(_("收货仓库")),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "buyers": Fact(_("采购员用户名"), "texts"),
    "ordered_on": Fact(_("下单日期"), "date"),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", {**_LINES, "unit_price": Fact(_("单价"), "number", price=True)}),
}
_ORDER_SQL = f"""
SELECT jsonb_build_object('amount', round(o.gross * o.rate, 2), 'currency', o.currency, 'partner', p.code,
 'partner_name', p.name, 'warehouse', w.code, 'requester', coalesce({_WHO[0].format(person="o.created_by_id")}, ''),
 'department', coalesce({_WHO[1].format(person="o.created_by_id")}, ''),
 'buyers', coalesce((SELECT jsonb_agg(u.username) FROM accounts_user u WHERE u.id = o.buyer_id), '[]'),
 'ordered_on', o.ordered_on, 'line_count', (SELECT count(*) FROM purchasing_orderline l WHERE l.order_id = o.id),
 'lines', coalesce((SELECT jsonb_agg(jsonb_build_object({_PRODUCT}, 'unit_price', l.unit_price,
   'amount', round(l.gross * o.rate, 2)) ORDER BY l.line_no)
  FROM purchasing_orderline l JOIN catalog_product pr ON pr.id = l.product_id
  LEFT JOIN catalog_category c ON c.id = pr.category_id WHERE l.order_id = o.id), '[]'))
FROM purchasing_purchaseorder o JOIN catalog_partner p ON p.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id WHERE o.id = {{id}}
"""
# The same supplier and author, within some days before: perhaps one order that was cut in pieces.
_ORDER_SPLIT = """
SELECT jsonb_agg(jsonb_build_object('number', s.number, 'amount', round(s.gross * s.rate, 2), 'on', s.ordered_on)
 ORDER BY s.id DESC)
FROM purchasing_purchaseorder o JOIN purchasing_purchaseorder s ON s.company_id = o.company_id
 AND s.supplier_id = o.supplier_id AND s.created_by_id = o.created_by_id AND s.id <> o.id
 AND s.state NOT IN ('draft', 'cancelled') AND s.ordered_on BETWEEN o.ordered_on - {days} AND o.ordered_on
WHERE o.id = {id} AND {days} > 0
"""
REQUEST_FACTS = {
    "amount": Fact(_("估算金额（本位币）"), "number", price=True),
    "unpriced": Fact(_("没有价格的行数"), "number"),
    "partner": Fact(_("指定供应商编码")),
    "warehouse": Fact(_("收货仓库")),
    "requester": Fact(_("申请人用户名")),
    "department": Fact(_("申请人部门编码")),
    "reason": Fact(_("用途")),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", _LINES),
}
# The lowest valid price, as the estimate has it (steps.request).
_PRICED = """
SELECT l.*, (SELECT sp.price * k.rate FROM catalog_supplierprice sp
  JOIN catalog_currency k ON k.company_id = sp.company_id AND k.code = sp.currency
  WHERE sp.company_id = %(company)s::bigint AND sp.product_id = l.product_id AND sp.unit_id = l.unit_id
   AND (l.supplier_id IS NULL OR sp.partner_id = l.supplier_id) AND sp.from_quantity <= l.quantity
   AND coalesce(sp.valid_from, current_date) <= current_date AND coalesce(sp.valid_to, current_date) >= current_date
  ORDER BY sp.price * k.rate LIMIT 1) AS price
FROM purchasing_requisitionline l WHERE l.requisition_id = {id}
"""
_REQUEST_SQL = f"""
SELECT jsonb_build_object('amount', coalesce(x.amount, 0), 'unpriced', coalesce(x.unpriced, 0),
 'partner', coalesce(x.partner, ''), 'warehouse', w.code, 'reason', o.reason,
 'requester', coalesce({_WHO[0].format(person="o.requester_id")}, ''),
 'department', coalesce({_WHO[1].format(person="o.requester_id")}, ''),
 'line_count', coalesce(x.count, 0), 'lines', coalesce(x.lines, '[]'))
FROM purchasing_requisition o JOIN catalog_warehouse w ON w.id = o.warehouse_id CROSS JOIN LATERAL (
 SELECT sum(round(l.quantity * l.price, 2)) AS amount, count(*) FILTER (WHERE l.price IS NULL) AS unpriced,
  count(*) AS count, CASE WHEN count(DISTINCT s.code) = 1 THEN min(s.code) END AS partner,
  jsonb_agg(jsonb_build_object({_PRODUCT}, 'amount', coalesce(round(l.quantity * l.price, 2), 0)) ORDER BY l.line_no)
   AS lines
 FROM ({_PRICED}) l JOIN catalog_product pr ON pr.id = l.product_id
 LEFT JOIN catalog_category c ON c.id = pr.category_id LEFT JOIN catalog_partner s ON s.id = l.supplier_id) x
WHERE o.id = {{id}}
"""
# The same requester asked for the same goods a few days before.
_REQUEST_SPLIT = """
SELECT jsonb_agg(jsonb_build_object('number', s.number, 'on', s.created_at::date) ORDER BY s.id DESC)
FROM purchasing_requisition o JOIN purchasing_requisition s ON s.company_id = o.company_id
 AND s.requester_id = o.requester_id AND s.id <> o.id AND s.state NOT IN ('draft', 'cancelled', 'rejected')
 AND s.created_at BETWEEN o.created_at - {days} * interval '1 day' AND o.created_at
WHERE o.id = {id} AND {days} > 0 AND EXISTS (SELECT 1 FROM purchasing_requisitionline a
 JOIN purchasing_requisitionline b ON b.product_id = a.product_id
 WHERE a.requisition_id = o.id AND b.requisition_id = s.id)
"""


def _lock_order(actor: Actor, number: str) -> None:
    lock_order(actor, number)


def _order_ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
    order = lock_order(actor, number)
    match verdict:
        case "approved":
            return approve_locked(actor, order, note).state
        case "rejected":
            return reject_locked(actor, order, note).state
        case "sent_back":
            return return_locked(actor, order, note).state


def _set_on_order(actor: Actor, number: str, field: str, value: Any) -> None:
    """Write a field that flows may set; there is only the note."""
    assert field == "note"
    db.later(
        "UPDATE purchasing_purchaseorder SET note = %s::text, updated_at = now()"
        " WHERE company_id = %s::bigint AND number = %s::text",
        [str(value), actor.company_id, number],
    )


def _lock_request(actor: Actor, number: str) -> None:
    Requisition.lock(actor, number)


def _request_ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
    found = Requisition.lock(actor, number)
    match verdict:
        case "approved":
            return approve_found(actor, found, note).state
        case "rejected":
            return reject_found(actor, found, note).state
        case "sent_back":
            return return_found(actor, found, note).state


def register_subjects() -> None:
    """Tell the flows."""
    register(
        Subject(
            "po",
            _("采购订单"),
            "purchasing_purchaseorder",
            "purchasing.view",
            ORDER_FACTS,
            _ORDER_SQL,
            _lock_order,
            _order_ended,
            split_sql=_ORDER_SPLIT,
            settable={"note": _("备注")},
            set_field=_set_on_order,
            see_amount="purchasing.view_price",
            pending="pending_approval",
        )
    )
    register(
        Subject(
            "requisition",
            _("采购申请"),
            "purchasing_requisition",
            "purchasing.view",
            REQUEST_FACTS,
            _REQUEST_SQL,
            _lock_request,
            _request_ended,
            split_sql=_REQUEST_SPLIT,
            see_amount="purchasing.view_price",
            pending="pending_approval",
        )
    )
