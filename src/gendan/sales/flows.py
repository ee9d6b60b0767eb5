"""What approval flows know of sales orders, and what the end of an approval means for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.flow import facts
from gendan.flow.guard import guard
from gendan.flow.subjects import Fact, Subject, Verdict, register
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.buyers import buyers_of_products
from gendan.sales.commands.quotation_flow import send_locked
from gendan.sales.commands.returned import approve_found, reject_found
from gendan.sales.commands.review import pass_locked, reject_locked
from gendan.sales.models import Quotation, SalesReturn
from gendan.sales.steps import returned
from gendan.sales.steps.order import lock_with_lines

FACTS = {
    "amount": Fact(_("金额（本位币，含税）"), "number", price=True),
    "joint_amount": facts.JOINT,
    "currency": Fact(_("币种")),
    "partner": Fact(_("客户编码")),
    "partner_name": Fact(_("客户名称")),
    "customer_class": Fact(_("客户等级编码")),
    "warehouse": Fact(_("发货仓库")),
    "requester": Fact(_("制单人用户名")),
    "salesperson": Fact(_("销售员用户名")),
    "department": Fact(_("制单人部门编码")),
    "buyers": Fact(_("采购员用户名"), "texts"),
    "ordered_on": Fact(_("下单日期"), "date"),
    "requested_on": Fact(_("要求日期"), "date"),
    "max_discount": Fact(_("最大折扣 %"), "number", price=True),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", {**facts.PRICED, "discount": Fact(_("折扣 %"), "number", price=True)}),
}
_LINES = facts.lines(
    "sales_salesline l",
    "l.order_id = o.id",
    "'unit_price', l.unit_price",
    "'discount', l.discount",
    "'amount', round(l.gross * o.rate, 2)",
)
_BUYERS = buyers_of_products("sales_salesline l", "l.order_id = o.id")
_FACTS_SQL = f"""
SELECT jsonb_build_object('amount', round(o.gross * o.rate, 2), 'currency', o.currency, 'partner', p.code,
 'partner_name', p.name, 'customer_class', coalesce(k.code, ''), 'warehouse', w.code,
 'requester', {facts.user("o.created_by_id")}, 'salesperson', {facts.user("o.salesperson_id")},
 'department', {facts.department("o.created_by_id")}, 'ordered_on', o.ordered_on, 'requested_on', o.requested_on,
 'buyers', {_BUYERS},
 'max_discount', coalesce((SELECT max(l.discount) FROM sales_salesline l WHERE l.order_id = o.id), 0),
 'line_count', (SELECT count(*) FROM sales_salesline l WHERE l.order_id = o.id), 'lines', {_LINES})
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id LEFT JOIN catalog_customerclass k ON k.id = p.customer_class_id
WHERE o.id = {{id}}
"""
_SPLIT_SQL = facts.split("sales_salesorder", "customer_id", "ordered_on", "'draft', 'rejected', 'cancelled'")


QUOTATION_FACTS = {name: FACTS[name] for name in FACTS if name not in {"ordered_on", "joint_amount"}} | {
    "quoted_on": Fact(_("报价日期"), "date"),
    "valid_to": Fact(_("有效期至"), "date"),
}
_QUOTED = facts.lines(
    "sales_quotationline l",
    "l.quotation_id = o.id",
    "'unit_price', l.unit_price",
    "'discount', l.discount",
    "'amount', round(l.gross * o.rate, 2)",
)
_QUOTED_BUYERS = buyers_of_products("sales_quotationline l", "l.quotation_id = o.id")
_QUOTATION_SQL = f"""
SELECT jsonb_build_object('amount', round(o.gross * o.rate, 2), 'currency', o.currency, 'partner', p.code,
 'partner_name', p.name, 'customer_class', coalesce(k.code, ''), 'warehouse', w.code,
 'requester', {facts.user("o.created_by_id")}, 'salesperson', {facts.user("o.salesperson_id")},
 'department', {facts.department("o.created_by_id")}, 'quoted_on', o.quoted_on, 'valid_to', o.valid_to,
 'requested_on', o.requested_on, 'buyers', {_QUOTED_BUYERS},
 'max_discount', coalesce((SELECT max(l.discount) FROM sales_quotationline l WHERE l.quotation_id = o.id), 0),
 'line_count', (SELECT count(*) FROM sales_quotationline l WHERE l.quotation_id = o.id), 'lines', {_QUOTED})
FROM sales_quotation o JOIN catalog_partner p ON p.id = o.customer_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id LEFT JOIN catalog_customerclass k ON k.id = p.customer_class_id
WHERE o.id = {{id}}
"""
RETURN_FACTS = {
    "amount": Fact(_("退回货值（本位币，含税）"), "number", price=True),
    "partner": Fact(_("客户编码")),
    "partner_name": Fact(_("客户名称")),
    "warehouse": Fact(_("退回仓库")),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", {**facts.LINES, "reason": Fact(_("退货原因")), "amount": facts.PRICED["amount"]}),
}
_BACK = (
    "sales_returnline l JOIN sales_salesline sl ON sl.id = l.order_line_id"
    " JOIN sales_salesorder so ON so.id = sl.order_id"
)
_WORTH = "round(l.quantity * sl.gross / nullif(sl.quantity, 0) * so.rate, 2)"
_BACK_LINES = facts.lines(
    _BACK,
    "l.sales_return_id = o.id",
    "'reason', l.reason",
    f"'amount', {_WORTH}",
    product="sl.product_id",
)
_RETURN_SQL = f"""
SELECT jsonb_build_object('amount', coalesce((SELECT sum({_WORTH}) FROM {_BACK} WHERE l.sales_return_id = o.id), 0),
 'partner', p.code, 'partner_name', p.name, 'warehouse', w.code, 'requester', {facts.user("o.created_by_id")},
 'department', {facts.department("o.created_by_id")},
 'line_count', (SELECT count(*) FROM sales_returnline l WHERE l.sales_return_id = o.id), 'lines', {_BACK_LINES})
FROM sales_salesreturn o JOIN catalog_partner p ON p.id = o.customer_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id WHERE o.id = {{id}}
"""


def _offered(actor: Actor, number: str, _note: str) -> str:
    return send_locked(actor, Quotation.lock(actor, number)).state


def _let_back(actor: Actor, number: str, note: str) -> str:
    return approve_found(actor, *returned.lock(actor, number, None), note).state


def _kept_out(actor: Actor, number: str, note: str) -> str:
    found, _lines = returned.lock(actor, number, None)
    return reject_found(actor, found, note).state


def _lock(actor: Actor, number: str) -> None:
    lock_with_lines(actor, number)


def _ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
    order, lines = lock_with_lines(actor, number)
    if verdict == "approved":
        return pass_locked(actor, order, lines, note).state
    return reject_locked(actor, order, note, told=verdict != "withdrawn").state


def _set(actor: Actor, number: str, field: str, value: Any) -> None:
    """Write a field that flows may set; there is only the note."""
    assert field == "note"
    db.later(
        "UPDATE sales_salesorder SET note = %s::text, updated_at = now()"
        " WHERE company_id = %s::bigint AND number = %s::text",
        [str(value), actor.company_id, number],
    )


def register_subjects() -> None:
    """Tell the flows."""
    price = "sales.view_price"
    guard(Quotation, _("报价单发出"), "sales.view", QUOTATION_FACTS, _QUOTATION_SQL, _offered, see_amount=price)
    guard(
        SalesReturn,
        _("退货批准"),
        "sales.view",
        RETURN_FACTS,
        _RETURN_SQL,
        _let_back,
        rejected=_kept_out,
        see_amount=price,
    )
    register(
        Subject(
            "so",
            _("销售订单"),
            "sales_salesorder",
            "sales.view",
            FACTS,
            _FACTS_SQL,
            _lock,
            _ended,
            split_sql=_SPLIT_SQL,
            settable={"note": _("备注")},
            set_field=_set,
            pending="pending_review",
            decided_by=frozenset({"sales.approve_order", "sales.reject_order"}),
            see_amount="sales.view_price",
        )
    )
