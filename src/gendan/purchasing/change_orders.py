"""Purchase orders as change orders change them (gendan.changes.targets)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.changes import reading
from gendan.changes.rules import Content
from gendan.changes.targets import Order, Plan, Target, Written
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.events import Subject
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.outward import change_key
from gendan.purchasing.queries import impact
from gendan.purchasing.queries.change import Changeable, changeable
from gendan.purchasing.queries.papers import whole_orders
from gendan.purchasing.steps import change, consent
from gendan.purchasing.steps.order import LockedLine, LockedOrder, lock_with_lines

_HEADER = {
    "warehouse": reading.words(64),
    "payment_terms": reading.words(200),
    "supplier_reference": reading.words(80),
    "note": reading.words(4000),
}
_LINE = {**reading.LINE, "required_on": reading.DAY}
Own = tuple[LockedOrder, list[LockedLine], Changeable]


class PurchaseOrders(Target):
    """Change orders of purchase orders."""

    kind = "po"
    label = _("采购订单")
    partner_label = _("供应商")
    view = "purchasing.view"
    edit = "purchasing.update_order"
    approve = "purchasing.approve_order"
    price = "purchasing.view_price"
    table = "purchasing_purchaseorder"
    event = "purchasing.order_changed"
    origin = "own"
    impact_template = "purchasing/_impact.html"
    impact_style = "purchasing/impact.css"
    told = ("purchasing.receive_goods",)

    def read(self, actor: Actor, number: str) -> Order:
        """The order as it is."""
        return _order(changeable(actor, number))

    def lock(self, actor: Actor, number: str) -> Order:
        """The order, locked."""
        orders, lines, _rest = lock_with_lines(actor, [number])
        found = changeable(actor, number)
        return _order(found, (orders[0], lines, found))

    def clean(self, content: Mapping[str, Any], now: Content) -> Content:
        """See reading.clean."""
        return reading.clean(content, now, _HEADER, _LINE)

    def plan(self, actor: Actor, order: Order, content: Content) -> Plan:
        """See steps.change."""
        locked, lines, found = order.own
        planned = change.plan_change(actor, locked, lines, found, content)
        return Plan(content, planned.sums.gross * locked.rate, planned)

    def write(self, actor: Actor, order: Order, plan: Plan, *, agreed: bool, ours: bool, note: str) -> Written:
        """See steps.change."""
        locked, lines, _found = order.own
        state = change.write_change(actor, locked, lines, plan.own, agreed=agreed, ours=ours, note=note)
        return Written(state, locked.version + 1)

    def asked(self, actor: Actor, order: Order, change_id: int, change: str, times: int) -> None:
        """Who the order was sent to by mail is asked by mail."""
        consent.ask(actor, order.subject, order.partner_id, change, change_key(change_id, times))

    def paper(self, actor: Actor, number: str) -> dict[str, Any]:
        """The order as it is printed."""
        return whole_orders(actor, [number])[0]

    def impact(self, actor: Actor, order: Order, content: Content) -> impact.Impact:
        """Which sales lines become late or short."""
        before = {line["id"]: line for line in order.content["lines"]}
        after = {line["id"]: line for line in content["lines"]}
        moved = content["warehouse"] != order.content["warehouse"]
        asked = []
        for id_, old in before.items():
            new = after.get(id_)
            left = Decimal(new["quantity"] or 0) if new and not moved else Decimal(0)
            redated = new is not None and new.get("required_on") != old.get("required_on")  # a hidden day is neither
            if redated or left < Decimal(old["quantity"]):
                day = date.fromisoformat(new["required_on"]) if new and new.get("required_on") else None
                quantity = left if left < Decimal(old["quantity"]) else None
                asked.append(impact.LineChange(old["line"], day, redated, quantity))
        return impact.impact_of_order(actor, order.subject.number, asked)


def _order(found: Changeable, own: Own | None = None) -> Order:
    id_, number, state, version, partner_id, partner, partner_name, buyer, currency, amount = found.header
    return Order(
        Subject("po", id_, number),
        state,
        state_label(PurchaseOrder, state),
        version,
        partner_id,
        partner,
        partner_name,
        buyer,
        currency,
        amount,
        state in LIVE_STATES,
        found.answered,
        found.content,
        own,
    )
