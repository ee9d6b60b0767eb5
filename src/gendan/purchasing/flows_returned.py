"""What approval flows know of returns to suppliers and of goods that shall be accepted by concession."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import facts
from gendan.flow.guard import guard
from gendan.flow.subjects import Fact
from gendan.kernel.actor import Actor
from gendan.purchasing.commands.purchase_return import approve_found
from gendan.purchasing.commands.rejects import concede_found
from gendan.purchasing.models import PurchaseReturn
from gendan.purchasing.steps import returned
from gendan.quality.models import Inspection

_COMMON = {
    "partner": Fact(_("供应商编码")),
    "partner_name": Fact(_("供应商名称")),
    "warehouse": Fact(_("仓库编码")),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "line_count": Fact(_("行数"), "number"),
    "quantity": Fact(_("数量合计（库存单位）"), "number"),
    "reason": Fact(_("原因")),
}
RETURN_FACTS = {
    **_COMMON,
    "worth": Fact(_("退货货值"), "number", price=True),
    "settlement": Fact(_("处理方式")),
    "lines": Fact(_("明细"), "list", facts.LINES),
}
_RETURN_LINES = facts.lines(
    "purchasing_purchasereturnline x JOIN purchasing_orderline l ON l.id = x.order_line_id",
    "x.purchase_return_id = o.id",
    quantity="x.quantity * l.factor",
)
_RETURN_SQL = f"""
SELECT jsonb_build_object('partner', p.code, 'partner_name', p.name, 'warehouse', w.code, 'settlement', o.settlement,
 'requester', {facts.user("o.created_by_id")}, 'department', {facts.department("o.created_by_id")}, 'reason', o.note,
 'line_count', s.count, 'quantity', s.quantity, 'worth', s.worth, 'lines', {_RETURN_LINES})
FROM purchasing_purchasereturn o JOIN catalog_partner p ON p.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id CROSS JOIN LATERAL (
 SELECT count(*) AS count, coalesce(sum(x.quantity * l.factor), 0) AS quantity,
  coalesce(sum(trunc(l.gross * x.quantity / l.quantity, o.minor_units)), 0) AS worth
 FROM purchasing_purchasereturnline x JOIN purchasing_orderline l ON l.id = x.order_line_id
 WHERE x.purchase_return_id = o.id) s WHERE o.id = {{id}}
"""
WISH_FACTS = {**_COMMON, "receipt": Fact(_("入库单")), "lines": Fact(_("明细"), "list", facts.LINES)}
_WISH_LINES = facts.lines("quality_inspectionline l", "l.inspection_id = o.id AND l.wished > 0", quantity="l.wished")
_WISH_SQL = f"""
SELECT jsonb_build_object('partner', p.code, 'partner_name', p.name, 'warehouse', w.code, 'receipt', o.source_number,
 'requester', {facts.user("o.wished_by_id")}, 'department', {facts.department("o.wished_by_id")},
 'reason', o.wish_reason, 'line_count', s.count, 'quantity', s.quantity, 'lines', {_WISH_LINES})
FROM quality_inspection o JOIN catalog_partner p ON p.id = o.supplier_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id CROSS JOIN LATERAL (
 SELECT count(*) AS count, coalesce(sum(x.wished * x.factor), 0) AS quantity FROM quality_inspectionline x
 WHERE x.inspection_id = o.id AND x.wished > 0) s WHERE o.id = {{id}}
"""


def _let_back(actor: Actor, number: str, note: str) -> str:
    found, _lines = returned.lock(actor, number)
    return approve_found(actor, found, note).state


def _conceded(actor: Actor, number: str, note: str) -> str:
    return concede_found(actor, number, note).state


def register_subjects() -> None:
    """Tell the flows."""
    price = "purchasing.view_price"
    guard(PurchaseReturn, _("采购退货批准"), "purchasing.view", RETURN_FACTS, _RETURN_SQL, _let_back, see_amount=price)
    guard(Inspection, _("让步接收"), "quality.view", WISH_FACTS, _WISH_SQL, _conceded)
