"""What approval flows know of bills, and what follows when they agree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import facts
from gendan.flow.guard import guard
from gendan.flow.subjects import Fact
from gendan.kernel.actor import Actor
from gendan.settlement.commands.approve import approve_found
from gendan.settlement.models import Bill
from gendan.settlement.permissions import BUYING, VIEW
from gendan.settlement.steps import bill as writing

FACTS = {
    "amount": Fact(_("金额（本位币，含税）"), "number", price=True),
    "currency": Fact(_("币种")),
    "partner": Fact(_("供应商编码")),
    "partner_name": Fact(_("供应商名称")),
    "differs": Fact(_("与订单或入库有差异"), "flag"),
    "reason": Fact(_("有差异仍付款的原因")),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "due_on": Fact(_("付款到期日"), "date"),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", facts.LINES),
}
_LINES = facts.lines(
    "settlement_billmatch m JOIN settlement_billline b ON b.id = m.bill_line_id"
    " JOIN purchasing_orderline l ON l.id = m.order_line_id",
    "b.bill_id = o.id",
    quantity="m.quantity * l.factor",
)
_SQL = f"""
SELECT jsonb_build_object('amount', round(o.gross * o.rate, 2), 'currency', o.currency, 'partner', p.code,
 'partner_name', p.name, 'differs', o.state = 'mismatch', 'reason', o.approve_reason,
 'requester', {facts.user("o.created_by_id")}, 'department', {facts.department("o.created_by_id")},
 'due_on', o.due_on, 'line_count', (SELECT count(*) FROM settlement_billline l WHERE l.bill_id = o.id),
 'lines', {_LINES})
FROM settlement_bill o JOIN catalog_partner p ON p.id = o.supplier_id WHERE o.id = {{id}}
"""


def _approved(actor: Actor, number: str, note: str) -> str:
    return approve_found(actor, writing.hold(actor, number), note).state


def register_subjects() -> None:
    """Tell the flows."""
    guard(Bill, _("供应商发票付款"), VIEW, FACTS, _SQL, _approved, see_amount=BUYING)
