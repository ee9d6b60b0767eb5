"""When suppliers can be told, and what: a new order, a changed one, what is still to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.notices.outward import Happened, Occasion, Recipient, Told, Variable, day, declare, listed
from gendan.purchasing.steps import sending

_ORDERS = """
SELECT o.id, o.number, o.supplier_id, o.supplier_reference, o.ordered_on, o.currency, trim_scale(o.gross)::text, w.name,
 l.line_no, p.code || ' ' || p.name, trim_scale(l.quantity)::text, u.name,
 trim_scale(l.quantity - l.cancelled - l.received)::text, coalesce(l.expected_on, l.promised_on, l.required_on)
FROM purchasing_purchaseorder o
JOIN purchasing_orderline l ON l.order_id = o.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.company_id = %s::bigint AND o.id = ANY(%s::bigint[])
 AND o.state IN ('approved', 'confirmed', 'partly_shipped', 'shipped', 'partly_received')
ORDER BY o.id, l.line_no
"""
COMMON = (
    Variable("company", _("公司名称"), _("示例公司")),
    Variable("partner", _("供应商名称"), _("示例供应商")),
    Variable("contact", _("联系人"), _("王经理")),
    Variable("number", _("订单号"), "PO-000123"),
    Variable("lines", _("明细"), "1. P0001 M8×20 × 500，2026-12-01"),
    Variable("ordered_on", _("下单日期"), "2026-11-22"),
    Variable("amount", _("订单金额"), "12,000 CNY"),
    Variable("warehouse", _("收货仓库"), _("主仓库")),
)
LINK = Variable("link", _("答复的链接"), "https://gendan.example.com/s/…")
CHANGE = Variable("change", _("变更单号"), "CO-000123")
NOTE = Variable("note", _("附言"), _("请尽快回复交期。"))


def _orders(company_id: int, ids: Iterable[int], *, open_only: bool = False) -> dict[int, dict[str, Any]]:
    """The orders that suppliers work on, each with what is told of it."""
    found: dict[int, dict[str, Any]] = {}
    for row in db.rows(_ORDERS, [company_id, db.array(sorted(set(ids)))]):
        id_, number, supplier, _reference, ordered, currency, gross, warehouse, *line = row
        order = found.setdefault(
            id_,
            {
                "number": number,
                "supplier": supplier,
                "lines": [],
                "ordered_on": day(ordered),
                "amount": f"{gross} {currency}",
                "warehouse": warehouse,
            },
        )
        no, product, quantity, unit, left, due = line
        shown = left if open_only else quantity
        if not open_only or not left.startswith(("0", "-")) or left.startswith("0."):
            order["lines"].append(f"{no}. {product} × {shown} {unit}，{day(due)}")
    return found


def _told(order_id: int, order: dict[str, Any], key: str, note: str = "") -> Told:
    values = {
        "lines": listed(order["lines"]),
        "ordered_on": order["ordered_on"],
        "amount": order["amount"],
        "warehouse": order["warehouse"],
        "note": note,
    }
    return Told(key, order["supplier"], "po", order["number"], values)


def letter_values(company_id: int, order_id: int, note: str, link: str, *, open_only: bool = False) -> dict[str, str]:
    """What a message about one order may name."""
    order = _orders(company_id, [order_id], open_only=open_only).get(order_id)
    return {**(_told(order_id, order, "", note).values if order else {}), "link": link}


def approved(company_id: int, happened: Sequence[Happened]) -> list[Told]:
    """Orders that were approved, each once."""
    found = _orders(company_id, (event.document_id for event in happened))
    return [_told(id_, order, f"po{id_}") for id_, order in found.items()]


def changed(company_id: int, happened: Sequence[Happened]) -> list[Told]:
    """Orders that were changed, once for each change; of several since the last look, the last."""
    last = {event.document_id: event.id for event in happened}
    found = _orders(company_id, last)
    return [_told(id_, order, f"po{id_}:{last[id_]}") for id_, order in found.items()]


def urged(company_id: int, happened: Sequence[Happened]) -> list[Told]:
    """What is still to come of orders whose supplier was asked for it."""
    last = {event.document_id: event for event in happened}
    found = _orders(company_id, last, open_only=True)
    return [
        _told(id_, order, f"po{id_}:{last[id_].id}", str(last[id_].data.get("reason") or ""))
        for id_, order in found.items()
        if order["lines"]
    ]


_AWAITING = """
SELECT c.id, c.number, c.proposals, c.order_id, c.reason FROM changes_changeorder c
WHERE c.company_id = %s::bigint AND c.id = ANY(%s::bigint[]) AND c.order_kind = 'po' AND c.state = 'awaiting_partner'
ORDER BY c.id
"""


def change_asked(company_id: int, happened: Sequence[Happened]) -> list[Told]:
    """Orders with a change that waits for the supplier's consent, once for each time that it is asked."""
    waiting = db.rows(_AWAITING, [company_id, db.array(sorted({event.document_id for event in happened}))])
    found = _orders(company_id, (row[3] for row in waiting))
    return [
        replace(told, values={**told.values, "change": number})
        for id_, number, asked, order_id, _reason in waiting
        if order_id in found
        for told in [_told(order_id, found[order_id], change_key(id_, asked))]
    ]


def change_key(change_id: int, asked: int) -> str:
    """What one asking for consent is known by."""
    return f"co{change_id}:{asked}"


def sent_links(company_id: int, language: str, people: Sequence[Recipient]) -> list[str]:
    """The pages of orders that are sent by telling of them: who is told has been sent the order."""
    return sending.links_for(company_id, language, people, sends=True)


def links(company_id: int, language: str, people: Sequence[Recipient]) -> list[str]:
    """The pages of orders that are told of."""
    return sending.links_for(company_id, language, people, sends=False)


def register() -> None:
    """Let companies choose to tell their suppliers."""
    declare(
        Occasion(
            "new_order",
            _("新采购订单"),
            "supplier",
            ("purchasing.order_approved", "purchasing.order_passed"),
            (*COMMON, LINK, NOTE),
            _("{{ company }} 采购订单 {{ number }}"),
            _(
                "{{ contact }}，您好：\n\n"
                "我们下了采购订单 {{ number }}（{{ ordered_on }}，{{ amount }}），请确认数量和交期：\n\n"
                "{{ link }}\n\n{{ lines }}\n\n收货仓库：{{ warehouse }}\n\n{{ note }}\n\n{{ company }}"
            ),
            approved,
            sent_links,
        )
    )
    declare(
        Occasion(
            "changed_order",
            _("采购订单有变更"),
            "supplier",
            ("purchasing.order_changed",),
            (*COMMON, LINK),
            _("{{ company }} 采购订单 {{ number }} 有变更"),
            _(
                "{{ contact }}，您好：\n\n采购订单 {{ number }} 已变更，现在的内容是：\n\n{{ lines }}\n\n"
                "订单和答复：{{ link }}\n\n{{ company }}"
            ),
            changed,
            links,
        )
    )
    _register_asking()


def _register_asking() -> None:
    """Occasions on which suppliers are asked for something about an order that they know."""
    declare(
        Occasion(
            "change_asked",
            _("采购订单变更要供应商同意"),
            "supplier",
            ("changes.change_submitted", "changes.change_approved", "changes.change_passed"),
            (*COMMON, LINK, CHANGE),
            _("{{ company }} 请您同意变更采购订单 {{ number }}"),
            _(
                "{{ contact }}，您好：\n\n我们想变更采购订单 {{ number }}（变更单 {{ change }}）。"
                "改了什么见下面的页面，请在那里同意或写明不同意的原因：\n\n{{ link }}\n\n{{ company }}"
            ),
            change_asked,
            links,
        )
    )
    declare(
        Occasion(
            "urged",
            _("催货"),
            "supplier",
            ("purchasing.supplier_urged",),
            (*COMMON, LINK, NOTE),
            _("{{ company }} 催货：采购订单 {{ number }}"),
            _(
                "{{ contact }}，您好：\n\n"
                "采购订单 {{ number }} 还有以下货物未到，请打开链接答复新的日期：\n\n{{ link }}\n\n{{ lines }}\n\n"
                "{{ note }}\n\n{{ company }}"
            ),
            urged,
            links,
        )
    )
