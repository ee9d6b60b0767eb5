"""Goods leave for the customer, and the customer signs for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.inventory import steps as inventory
from gendan.inventory.steps import Leg
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import UnknownLine
from gendan.purchasing.steps.order import moment_of
from gendan.sales.errors import NothingToDeliver, OverDelivered
from gendan.sales.rules.lines import DeliverIn, deliverable
from gendan.sales.steps import delivery as steps
from gendan.sales.steps import pegs
from gendan.sales.steps.order import LockedLine, LockedOrder, follow, lock_with_lines

DELIVER, SIGN = _("出库发货"), _("登记签收")
ZERO = Decimal(0)


@command("sales.deliver_order", DELIVER)
def deliver_order(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[DeliverIn] | None = None,
    carrier: str = "",
    tracking_number: str = "",
    shipped_on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Done:
    """Send goods of an order in one step: what it holds of stock first, then free stock, first expired first.

    ``lines`` None sends all that is open and there; given quantities are sent as they are, or nothing is.
    Errors: NotFound, Stale, WrongState, UnknownLine, OverDelivered, NotEnoughStock, NothingToDeliver, Invalid.
    """
    today = actor.today()
    day = shipped_on or today
    order, rows = lock_with_lines(actor, number, version)
    order.must_be(frozenset({"to_ship", "partly_shipped"}), DELIVER)
    if not order.ordered_on <= day <= today:
        raise Invalid({"shipped_on": _now("出库日期应在下单日期与今天之间。")})
    wanted = _wanted(order, rows, lines)
    sent_rows, taken = pegs.take(actor, order, wanted, partly=lines is None)
    if not sent_rows:
        raise NothingToDeliver(number=number)
    sent = steps.insert_shipped(actor, order, sent_rows, taken, day, carrier, tracking_number, note)
    legs = [
        Leg(
            t.line.product_id,
            t.held.location_id,
            sent.customer_place,
            t.quantity,
            t.held.lot_id,
            sent.line_ids[t.line.id],
        )
        for t in taken
    ]
    inventory.move(actor, legs, sent.subject, moment_of(day, today, actor.zone))
    for line, quantity in sent_rows:
        line.shipped += quantity
    state = follow(order, rows)
    record(
        "sales.goods_shipped",
        sent.subject,
        actor,
        (order.subject.ref, *order.refs, *(f"product:{line.product}" for line, _q in sent_rows[:50])),
        orders=[number],
        carrier=carrier,
        tracking_number=tracking_number,
        lines=[{"product": line.product, "quantity": quantity} for line, quantity in sent_rows[:50]],
    )
    return Done("dn", sent.subject.id, sent.subject.number, "shipped", 1, {"orders": {number: state}})


def _wanted(
    order: LockedOrder, rows: Sequence[LockedLine], asked: Sequence[DeliverIn] | None
) -> list[tuple[LockedLine, Decimal]]:
    if asked is None:
        return [(line, deliverable(line)) for line in rows if deliverable(line) > 0]
    known = {line.line_no: line for line in rows}
    total: dict[int, Decimal] = {}
    for n, entry in enumerate(asked):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=order.number, line=entry.line)
        if problem := quantity_problem(entry.quantity, line.decimals):
            raise Invalid({f"lines.{n}.quantity": problem})
        total[entry.line] = total.get(entry.line, ZERO) + entry.quantity
        if total[entry.line] > deliverable(line):
            raise OverDelivered(
                number=order.number,
                line=entry.line,
                product=line.product,
                open=deliverable(line),
                quantity=total[entry.line],
            )
    return [(known[n], quantity) for n, quantity in total.items()]


@command("sales.sign_delivery", SIGN)
def sign_delivery(
    *,
    actor: Actor,
    number: str,
    signed_by: str = "",
    signed_on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Done:
    """Record that the customer took everything of a delivery. Errors: NotFound, Stale, WrongState, Invalid."""
    orders = steps.orders_of(actor, number)
    locked = [lock_with_lines(actor, order, None, orders) for order in orders]
    delivery = steps.lock_delivery(actor, number, version)
    delivery.must_be(frozenset({"shipped"}), SIGN)
    day = signed_on or actor.today()
    if not (delivery.shipped_on or day) <= day <= actor.today():
        raise Invalid({"signed_on": _now("签收日期应在出库日期与今天之间。")})
    signed = steps.sign_all(delivery, day, signed_by.strip()[:120], "keeper", note.strip()[:300])
    states = {}
    for order, lines in locked:
        for line in lines:
            line.signed += signed.get(line.id, ZERO)
        states[order.number] = follow(order, lines)
    refs = [ref for order, _lines in locked for ref in (order.subject.ref, *order.refs)]
    record("sales.delivery_signed", delivery.subject, actor, refs, signed_by=signed_by, note=note)
    return Done("dn", delivery.id, number, "signed", delivery.version + 1, {"orders": states})
