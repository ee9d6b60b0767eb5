"""Sales orders as change orders change them (gendan.changes.targets)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.changes import reading
from gendan.changes.rules import Content
from gendan.changes.targets import Order, Plan, Target, Written
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import AppError
from gendan.kernel.events import Subject
from gendan.sales.commands.change import write_change
from gendan.sales.errors import ReviewStopped
from gendan.sales.models import SalesOrder
from gendan.sales.queries.change import Changeable, changeable
from gendan.sales.queries.findings import stopped, tell
from gendan.sales.queries.order_paper import whole_orders
from gendan.sales.steps.change import plan_change
from gendan.sales.steps.order import LockedLine, LockedOrder, lock_with_lines

LIVE = frozenset({"to_ship", "partly_shipped", "shipped", "signed"})
_HEADER = {
    "warehouse": reading.words(64),
    "ship_to": reading.words(64),
    "requested_on": reading.DAY,
    "payment_terms": reading.words(200),
    "customer_reference": reading.words(80),
    "note": reading.words(4000),
    "back_order": reading.words(8),
}
_LINE = {**reading.LINE, "requested_on": reading.DAY}
Own = tuple[LockedOrder, list[LockedLine], Changeable]


class SalesOrders(Target):
    """Change orders of sales orders."""

    kind = "so"
    label = _("销售订单")
    partner_label = _("客户")
    view = "sales.view"
    edit = "sales.update_order"
    approve = "sales.approve_order"
    price = "sales.view_price"
    table = "sales_salesorder"
    event = "sales.order_changed"
    origin = "partner"
    names = MappingProxyType({"unit_price": "sales_price", "discount": "sales_discount"})
    told = ("sales.pick_goods",)

    def read(self, actor: Actor, number: str) -> Order:
        """The order as it is."""
        return _order(changeable(actor, number))

    def lock(self, actor: Actor, number: str) -> Order:
        """The order, locked."""
        order, rows = lock_with_lines(actor, number)
        found = changeable(actor, number)
        return _order(found, (order, rows, found))

    def clean(self, content: Mapping[str, Any], now: Content) -> Content:
        """See reading.clean."""
        return reading.clean(content, now, _HEADER, _LINE)

    def plan(self, actor: Actor, order: Order, content: Content) -> Plan:
        """See steps.change."""
        locked, rows, found = order.own
        planned = plan_change(actor, locked, rows, found, content)
        return Plan(content, planned.sums.gross * locked.rate, planned)

    def write(self, actor: Actor, order: Order, plan: Plan, *, agreed: bool, ours: bool, note: str) -> Written:
        """See commands.change."""
        locked, rows, _found = order.own
        return Written(*write_change(actor, locked, rows, plan.own))

    def doubts(self, actor: Actor, found: Sequence[Any]) -> list[str]:
        """What the review found, for this reader; changes of before kept sentences, with figures in them."""
        sentences = [each for each in found if isinstance(each, str) and actor.may("sales.view_cost")]
        return sentences + [told.text for told in tell(actor, [each for each in found if isinstance(each, dict)])]

    def stopped(self, actor: Actor, number: str, refusal: AppError) -> tuple[str, list[Any]]:
        """What a review found is told to each reader as far as they may know the figures."""
        if not isinstance(refusal, ReviewStopped):
            return str(refusal), []
        plain = replace(actor, permissions=frozenset())
        return str(ReviewStopped(**stopped(plain, number, refusal.findings))), list(refusal.findings)

    def why(self, actor: Actor, number: str, findings: Sequence[Any]) -> str:
        """See stopped."""
        return str(ReviewStopped(**stopped(actor, number, findings))) if findings else ""

    def paper(self, actor: Actor, number: str) -> dict[str, Any]:
        """The order as it is printed."""
        return whole_orders(actor, [number])[0]


def _order(found: Changeable, own: Own | None = None) -> Order:
    id_, number, state, version, partner_id, partner, partner_name, person, currency, amount = found.header
    return Order(
        Subject("so", id_, number),
        state,
        state_label(SalesOrder, state),
        version,
        partner_id,
        partner,
        partner_name,
        person,
        currency,
        amount,
        state in LIVE,
        True,
        found.content,
        own,
    )
