"""What approval flows know of sales orders, and what the end of an approval means for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.flow.subjects import Fact, Subject, Verdict, register
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.commands.review import pass_locked, reject_locked
from gendan.sales.steps.order import lock_with_lines

FACTS = {
    "amount": Fact(_("金额（本位币，含税）"), "number", price=True),
    "currency": Fact(_("币种")),
    "partner": Fact(_("客户编码")),
    "partner_name": Fact(_("客户名称")),
    "customer_class": Fact(_("客户等级编码")),
    "warehouse": Fact(_("发货仓库")),
    "requester": Fact(_("制单人用户名")),
    "salesperson": Fact(_("销售员用户名")),
    "department": Fact(_("制单人部门编码")),
    "ordered_on": Fact(_("下单日期"), "date"),
    "requested_on": Fact(_("要求日期"), "date"),
    "max_discount": Fact(_("最大折扣 %"), "number", price=True),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(
        _("明细"),
        "list",
        {
            "product": Fact(_("产品")),
            "name": Fact(_("产品名称")),
            "specification": Fact(_("规格")),
            "category": Fact(_("分类编码")),
            "category_name": Fact(_("产品分类")),
            "quantity": Fact(_("数量"), "number"),
            "unit_price": Fact(_("单价"), "number", price=True),
            "discount": Fact(_("折扣 %"), "number", price=True),
            "amount": Fact(_("金额"), "number", price=True),
        },
    ),
}
_USER = "coalesce((SELECT u.username FROM accounts_user u WHERE u.id = {person}), '')"
_FACTS_SQL = f"""
SELECT jsonb_build_object('amount', round(o.gross * o.rate, 2), 'currency', o.currency, 'partner', p.code,
 'partner_name', p.name, 'customer_class', coalesce(k.code, ''), 'warehouse', w.code,
 'requester', {_USER.format(person="o.created_by_id")}, 'salesperson', {_USER.format(person="o.salesperson_id")},
 'department', coalesce((SELECT d.code FROM accounts_membership m JOIN accounts_department d ON d.id = m.department_id
  WHERE m.company_id = o.company_id AND m.user_id = o.created_by_id), ''),
 'ordered_on', o.ordered_on, 'requested_on', o.requested_on, 'max_discount', coalesce(x.discount, 0),
 'line_count', x.count, 'lines', coalesce(x.lines, '[]'))
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id LEFT JOIN catalog_customerclass k ON k.id = p.customer_class_id
CROSS JOIN LATERAL (
 SELECT max(l.discount) AS discount, count(*) AS count,
  jsonb_agg(jsonb_build_object('product', pr.code, 'name', pr.name, 'specification', pr.specification,
   'category', coalesce(c.code, ''), 'category_name', coalesce(c.name, ''), 'quantity', l.quantity,
   'unit_price', l.unit_price, 'discount', l.discount, 'amount', round(l.gross * o.rate, 2)) ORDER BY l.line_no)
   AS lines
 FROM sales_salesline l JOIN catalog_product pr ON pr.id = l.product_id
 LEFT JOIN catalog_category c ON c.id = pr.category_id WHERE l.order_id = o.id) x
WHERE o.id = {{id}}
"""
# The same customer and author, within some days before: perhaps one order that was cut in pieces.
_SPLIT_SQL = """
SELECT jsonb_agg(jsonb_build_object('number', s.number, 'amount', round(s.gross * s.rate, 2), 'on', s.ordered_on)
 ORDER BY s.id DESC)
FROM sales_salesorder o JOIN sales_salesorder s ON s.company_id = o.company_id AND s.customer_id = o.customer_id
 AND s.created_by_id = o.created_by_id AND s.id <> o.id AND s.state NOT IN ('draft', 'rejected', 'cancelled')
 AND s.ordered_on BETWEEN o.ordered_on - {days} AND o.ordered_on
WHERE o.id = {id} AND {days} > 0
"""


def _lock(actor: Actor, number: str) -> None:
    lock_with_lines(actor, number)


def _ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
    order, lines = lock_with_lines(actor, number)
    if verdict == "approved":
        return pass_locked(actor, order, lines, note).state
    return reject_locked(actor, order, note).state


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
            see_amount="sales.view_price",
        )
    )
