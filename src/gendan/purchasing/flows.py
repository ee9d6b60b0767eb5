"""What approval flows know of purchase orders and requisitions, and what the end of an approval means for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.flow import facts
from gendan.flow.subjects import Fact, Subject, Verdict, register
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing.commands.approve import approve_locked
from gendan.purchasing.commands.requisition_flow import approve_found, reject_found, return_found
from gendan.purchasing.commands.submit import reject_locked, return_locked
from gendan.purchasing.models import Requisition
from gendan.purchasing.queries.buyers import buyers_of_products
from gendan.purchasing.steps.order import lock_order

ORDER_FACTS = {
    "amount": Fact(_("金额（本位币，含税）"), "number", price=True),
    "joint_amount": facts.JOINT,
    "currency": Fact(_("币种")),
    "partner": Fact(_("供应商编码")),
    "partner_name": Fact(_("供应商名称")),
    "warehouse": Fact(_("收货仓库")),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "buyers": Fact(_("采购员用户名"), "texts"),
    "ordered_on": Fact(_("下单日期"), "date"),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", facts.PRICED),
}
_ORDER_LINES = facts.lines(
    "purchasing_orderline l", "l.order_id = o.id", "'unit_price', l.unit_price", "'amount', round(l.gross * o.rate, 2)"
)
_ORDER_SQL = f"""
SELECT jsonb_build_object('amount', round(o.gross * o.rate, 2), 'currency', o.currency, 'partner', p.code,
 'partner_name', p.name, 'warehouse', w.code, 'requester', {facts.user("o.created_by_id")},
 'department', {facts.department("o.created_by_id")}, 'buyers', {facts.users("o.buyer_id")},
 'ordered_on', o.ordered_on, 'line_count', (SELECT count(*) FROM purchasing_orderline l WHERE l.order_id = o.id),
 'lines', {_ORDER_LINES})
FROM purchasing_purchaseorder o JOIN catalog_partner p ON p.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id WHERE o.id = {{id}}
"""
_ORDER_SPLIT = facts.split("purchasing_purchaseorder", "supplier_id", "ordered_on", "'draft', 'cancelled'")
REQUEST_FACTS = {
    "amount": Fact(_("估算金额（本位币）"), "number", price=True),
    "joint_amount": facts.JOINT,
    "unpriced": Fact(_("没有价格的行数"), "number"),
    "partner": Fact(_("指定供应商编码")),
    "partner_name": Fact(_("指定供应商名称")),
    "warehouse": Fact(_("收货仓库")),
    "requester": Fact(_("申请人用户名")),
    "department": Fact(_("申请人部门编码")),
    "buyers": Fact(_("采购员用户名"), "texts"),
    "reason": Fact(_("用途")),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", {**facts.LINES, "amount": facts.PRICED["amount"]}),
}
# The lowest valid price, as the estimate has it (steps.request), and whose it is.
_PRICED = """
SELECT l.*, x.price, coalesce(l.supplier_id, x.partner_id) AS likely_id FROM purchasing_requisitionline l
LEFT JOIN LATERAL (SELECT sp.price * k.rate AS price, sp.partner_id FROM catalog_supplierprice sp
  JOIN catalog_currency k ON k.company_id = sp.company_id AND k.code = sp.currency
  WHERE sp.company_id = %(company)s::bigint AND sp.product_id = l.product_id AND sp.unit_id = l.unit_id
   AND (l.supplier_id IS NULL OR sp.partner_id = l.supplier_id) AND sp.from_quantity <= l.quantity
   AND coalesce(sp.valid_from, current_date) <= current_date AND coalesce(sp.valid_to, current_date) >= current_date
  ORDER BY sp.price * k.rate LIMIT 1) x ON true
WHERE l.requisition_id = {id}
"""
_BUYERS = buyers_of_products("purchasing_requisitionline l", "l.requisition_id = o.id")
_REQUEST_SQL = f"""
SELECT jsonb_build_object('amount', coalesce(x.amount, 0), 'unpriced', coalesce(x.unpriced, 0),
 'partner', coalesce(x.partner, ''), 'partner_name', coalesce(x.partner_name, ''),
 'warehouse', w.code, 'reason', o.reason, 'requester', {facts.user("o.requester_id")},
 'department', {facts.department("o.requester_id")}, 'buyers', {_BUYERS},
 'line_count', coalesce(x.count, 0), 'lines', coalesce(x.lines, '[]'))
FROM purchasing_requisition o JOIN catalog_warehouse w ON w.id = o.warehouse_id CROSS JOIN LATERAL (
 SELECT sum(round(l.quantity * l.price, 2)) AS amount, count(*) FILTER (WHERE l.price IS NULL) AS unpriced,
  count(*) AS count, CASE WHEN count(DISTINCT s.code) = 1 THEN min(s.code) END AS partner,
  CASE WHEN count(DISTINCT s.code) = 1 THEN min(s.name) END AS partner_name,
  jsonb_agg(jsonb_build_object({facts.PRODUCT}, 'quantity', l.quantity,
   'amount', coalesce(round(l.quantity * l.price, 2), 0)) ORDER BY l.line_no) AS lines
 FROM ({_PRICED}) l {facts.products()} LEFT JOIN catalog_partner s ON s.id = l.supplier_id) x
WHERE o.id = {{id}}
"""
# The same requester asked for the same goods, or goods of the same supplier (wished, else the cheapest), within days.
_REQUEST_SPLIT = f"""
SELECT jsonb_agg(jsonb_build_object('number', s.number, 'amount', coalesce(b.amount, 0), 'on', s.created_at::date)
 ORDER BY s.id DESC)
FROM purchasing_requisition o JOIN purchasing_requisition s ON s.company_id = o.company_id
 AND s.requester_id = o.requester_id AND s.id <> o.id AND s.state NOT IN ('draft', 'cancelled', 'rejected')
 AND s.created_at BETWEEN o.created_at - {{days}} * interval '1 day' AND o.created_at + {{days}} * interval '1 day'
CROSS JOIN LATERAL (SELECT array_agg(l.product_id) AS products, array_agg(l.likely_id) AS suppliers
 FROM ({_PRICED.format(id="o.id")}) l) a
CROSS JOIN LATERAL (SELECT array_agg(l.product_id) AS products, array_agg(l.likely_id) AS suppliers,
  sum(round(l.quantity * l.price, 2)) AS amount FROM ({_PRICED.format(id="s.id")}) l) b
WHERE o.id = {{id}} AND {{days}} > 0 AND (a.products && b.products
 OR array_remove(a.suppliers, NULL) && array_remove(b.suppliers, NULL))
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
        case "sent_back" | "withdrawn":
            return return_locked(actor, order, note, told=verdict == "sent_back").state


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
        case "sent_back" | "withdrawn":
            return return_found(actor, found, note, told=verdict == "sent_back").state


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
            decided_by=frozenset({"purchasing.approve_order", "purchasing.reject_order"}),
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
            decided_by=frozenset({"purchasing.approve_requisition", "purchasing.reject_requisition"}),
        )
    )
