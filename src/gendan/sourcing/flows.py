"""What approval flows know of awards and contracts, and what follows when they agree or not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import facts
from gendan.flow.subjects import Fact, Subject, Verdict, register
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.sourcing.commands.award import order_locked
from gendan.sourcing.commands.contracts import refuse_proposed, take_effect
from gendan.sourcing.models import Contract, Inquiry
from gendan.sourcing.permissions import VIEW, VIEW_PRICE
from gendan.sourcing.steps.awards import drop_proposed

FACTS = {
    "amount": Fact(_("定标金额（本位币，不含税）"), "number", price=True),
    "saving": Fact(_("比上次价格节省（本位币）"), "number", price=True),
    "not_cheapest": Fact(_("有没定给最低价的行"), "flag", price=True),
    "answers": Fact(_("报价供应商数"), "number"),
    "suppliers": Fact(_("中标供应商编码"), "texts"),
    "warehouse": Fact(_("收货仓库编码")),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "line_count": Fact(_("行数"), "number"),
    "lines": Fact(_("明细"), "list", facts.PRICED),
}
_OPEN = (
    "sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id AND l.inquiry_id = o.id AND a.order_id IS NULL"
)
# The lowest price without tax that counts for a line, in company currency.
_CHEAPEST = """(SELECT min(x.price * n.rate / CASE WHEN n.tax_included THEN 1 + y.tax_rate / 100 ELSE 1 END)
 FROM sourcing_answerline y JOIN sourcing_answer n ON n.id = y.answer_id AND n.current
 JOIN sourcing_answerprice x ON x.answer_line_id = y.id AND x.from_quantity <= a.quantity
 WHERE y.line_id = a.line_id AND y.quoted)"""
_SQL = f"""
SELECT jsonb_build_object(
 'amount', coalesce((SELECT round(sum(a.quantity * a.net_price), 2) FROM {_OPEN}), 0),
 'saving', coalesce((SELECT round(sum(a.quantity * (a.last_price - a.net_price)), 2) FROM {_OPEN}), 0),
 'not_cheapest', EXISTS (SELECT 1 FROM {_OPEN} WHERE a.net_price > {_CHEAPEST} + 0.000001),
 'answers', (SELECT count(*) FROM sourcing_invitation i WHERE i.inquiry_id = o.id AND i.answers > 0
  AND NOT i.declined),
 'suppliers', coalesce((SELECT jsonb_agg(DISTINCT s.code) FROM {_OPEN}
  JOIN sourcing_invitation i ON i.id = a.invitation_id JOIN catalog_partner s ON s.id = i.partner_id), '[]'),
 'warehouse', w.code, 'requester', {facts.user("o.created_by_id")},
 'department', {facts.department("o.created_by_id")},
 'line_count', (SELECT count(DISTINCT a.line_id) FROM {_OPEN}),
 'lines', {
    facts.lines(
        "sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id",
        "l.inquiry_id = o.id AND a.order_id IS NULL",
        "'unit_price', a.unit_price",
        "'amount', round(a.quantity * a.net_price, 2)",
        quantity="a.quantity",
    )
})
FROM sourcing_inquiry o JOIN catalog_warehouse w ON w.id = o.warehouse_id WHERE o.id = {{id}}
"""


def _lock(actor: Actor, number: str) -> None:
    Inquiry.lock(actor, number)


def _ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
    """Approved: the orders are made. Anything else: nothing is awarded."""
    inquiry = Inquiry.lock(actor, number)
    if verdict == "approved":
        return order_locked(actor, inquiry).state
    drop_proposed(inquiry.pk)
    inquiry.touch()
    record("sourcing.award_rejected", inquiry.subject, actor, reason=note[:300])
    return inquiry.state


CONTRACT_FACTS = {
    "amount": Fact(_("合同金额（本位币）"), "number", price=True),
    "supplier": Fact(_("供应商编码")),
    "currency": Fact(_("币种")),
    "days": Fact(_("合同天数"), "number"),
    "over": Fact(_("超出约定：stop、approve、warn")),
    "is_change": Fact(_("是变更"), "flag"),
    "new_supplier": Fact(_("供应商还没有合同"), "flag"),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "line_count": Fact(_("行数"), "number"),
}
# Of what is proposed, which may differ from what holds.
_CONTRACT_SQL = f"""
SELECT jsonb_build_object(
 'amount', round(v.amount * coalesce((SELECT k.rate FROM catalog_currency k WHERE k.company_id = o.company_id
  AND k.code = v.content->>'currency'), 1), 2),
 'supplier', p.code, 'currency', v.content->>'currency',
 'days', (v.content->>'valid_to')::date - (v.content->>'valid_from')::date + 1, 'over', v.content->>'over',
 'is_change', o.state <> 'draft',
 'new_supplier', NOT EXISTS (SELECT 1 FROM sourcing_contract e WHERE e.company_id = o.company_id
  AND e.partner_id = o.partner_id AND e.state <> 'draft' AND e.id <> o.id),
 'requester', {facts.user("o.created_by_id")}, 'department', {facts.department("o.created_by_id")},
 'line_count', jsonb_array_length(v.content->'lines'))
FROM sourcing_contract o JOIN catalog_partner p ON p.id = o.partner_id
JOIN sourcing_contractversion v ON v.contract_id = o.id AND v.state = 'proposed' WHERE o.id = {{id}}
"""


def _lock_contract(actor: Actor, number: str) -> None:
    Contract.lock(actor, number)


def _contract_ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
    """Approved: what was proposed holds. Anything else: it does not."""
    contract = Contract.lock(actor, number)
    if verdict == "approved":
        return take_effect(actor, contract).state
    return refuse_proposed(actor, contract, note)


def register_subjects() -> None:
    """Tell the flows."""
    register(
        Subject(
            Inquiry.KIND,
            _("询价定标"),
            "sourcing_inquiry",
            VIEW,
            FACTS,
            _SQL,
            _lock,
            _ended,
            see_amount=VIEW_PRICE,
        )
    )
    register(
        Subject(
            Contract.KIND,
            _("框架合同"),
            "sourcing_contract",
            VIEW,
            CONTRACT_FACTS,
            _CONTRACT_SQL,
            _lock_contract,
            _contract_ended,
            see_amount=VIEW_PRICE,
        )
    )
