"""What approval flows know of change orders, and what the end of an approval means for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.changes.commands.approval import go_on, reject_locked, return_locked
from gendan.changes.steps import lock_change
from gendan.changes.targets import target_of
from gendan.flow import facts
from gendan.flow.subjects import Fact, Subject, Verdict, register
from gendan.kernel.actor import Actor

FACTS = {
    "amount": Fact(_("变更后订单金额（本位币）"), "number", price=True),
    "amount_before": Fact(_("变更前订单金额（本位币）"), "number", price=True),
    "increase": Fact(_("金额增加（本位币）"), "number", price=True),
    "order_kind": Fact(_("订单种类（po 采购、so 销售）")),
    "order": Fact(_("订单号")),
    "partner": Fact(_("供应商或客户编码")),
    "partner_name": Fact(_("供应商或客户名称")),
    "origin": Fact(_("提出方（own 我方、partner 对方）")),
    "reason": Fact(_("变更原因")),
    "requester": Fact(_("起草人用户名")),
    "department": Fact(_("起草人部门编码")),
    "buyers": Fact(_("订单负责人用户名"), "texts"),
}
_SQL = f"""
SELECT jsonb_build_object('amount', round(o.amount, 2), 'amount_before', round(o.amount_before, 2),
 'increase', round(o.amount - o.amount_before, 2), 'order_kind', o.order_kind, 'order', o.order_number,
 'partner', p.code, 'partner_name', p.name, 'origin', o.origin, 'reason', o.reason,
 'requester', {facts.user("o.created_by_id")}, 'department', {facts.department("o.created_by_id")},
 'buyers', {facts.users("o.person_id")})
FROM changes_changeorder o JOIN catalog_partner p ON p.id = o.partner_id WHERE o.id = {{id}}
"""


def _price(facts: Mapping[str, Any]) -> str:
    """The right that shows what the order of a change is worth."""
    return target_of(str(facts.get("order_kind"))).price


def _view(facts: Mapping[str, Any]) -> str:
    """The right to see the order of a change."""
    return target_of(str(facts.get("order_kind"))).view


def _lock(actor: Actor, number: str) -> None:
    lock_change(actor, number)


def _ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
    target, found, change = lock_change(actor, number)
    match verdict:
        case "approved":
            go_on(actor, target, found, change, note)
        case "rejected":
            reject_locked(actor, found, change, note)
        case "sent_back" | "withdrawn":
            return_locked(actor, found, change, note, told=verdict == "sent_back")
    return change.state


def register_subjects() -> None:
    """Tell the flows."""
    register(
        Subject(
            "co",
            _("变更单"),
            "changes_changeorder",
            "changes.view",
            FACTS,
            _SQL,
            _lock,
            _ended,
            see_amount=_price,
            needs=_view,
            pending="pending_approval",
            decided_by=frozenset({"changes.approve_change", "changes.reject_change"}),
        )
    )
