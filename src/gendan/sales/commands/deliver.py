"""Goods leave for the customer, and the customer signs for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.inventory import steps as inventory
from gendan.inventory.steps import Leg
from gendan.kernel import attachments
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import UnknownLine
from gendan.purchasing.steps.order import moment_of
from gendan.sales.errors import NotEnoughStock, NothingToDeliver, OverDelivered
from gendan.sales.rules.lines import DeliverIn, deliverable
from gendan.sales.rules.outbound import held_back
from gendan.sales.rules.signing import SignIn
from gendan.sales.steps import delivery as steps
from gendan.sales.steps import pegs, signing, tracking
from gendan.sales.steps.order import LockedLine, LockedOrder, follow, lock_with_lines
from gendan.sales.steps.outbound import lock_outbound
from gendan.sales.steps.setting_aside import holds
from gendan.sales.steps.signing import SIGN

DELIVER = _("出库发货")
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

    ``lines`` None sends all that is open and there, as far as the order's rule for back orders allows; given quantities
    are sent as they are, or nothing is.
    Errors: NotFound, Stale, WrongState, UnknownLine, OverDelivered, BackOrderHolds, NotEnoughStock, NothingToDeliver,
    Invalid.
    """
    today = actor.today()
    day = shipped_on or today
    order, rows = lock_with_lines(actor, number, version)
    order.must_be(frozenset({"to_ship", "partly_shipped"}), DELIVER)
    if not order.ordered_on <= day <= today:
        raise Invalid({"shipped_on": _now("出库日期应在下单日期与今天之间。")})
    wanted = _wanted(order, rows, lines)
    sent_rows, taken = _take(actor, order, rows, wanted, partly=lines is None)
    if not sent_rows:
        raise NothingToDeliver(number=number)
    sent = steps.insert_shipped(actor, order, sent_rows, taken, day, carrier, tracking_number, note)
    inventory.move(actor, [_leg(sent, t) for t in taken], sent.subject, moment_of(day, today, actor.zone))
    for line, quantity in sent_rows:
        line.shipped += quantity
    tracking.follow(actor, sent.subject, carrier, tracking_number, day, order.ship_to_phone)
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


def _leg(sent: steps.Sent, t: pegs.Taken) -> Leg:
    """The way out of goods that were taken, for the delivery's line."""
    line_id = sent.line_ids[t.line.id]
    return Leg(t.line.product_id, t.held.location_id, sent.customer_place, t.quantity, t.held.lot_id, line_id)


def _take(
    actor: Actor,
    order: LockedOrder,
    rows: Sequence[LockedLine],
    wanted: Sequence[tuple[LockedLine, Decimal]],
    *,
    partly: bool,
) -> tuple[list[tuple[LockedLine, Decimal]], list[pegs.Taken]]:
    """Take the goods as far as the order's rule for back orders allows."""
    rule = order.back_order
    if not partly and (barred := held_back(rule, rows, {line.id: quantity for line, quantity in wanted})):
        raise holds(order, barred)
    try:
        return pegs.take(actor, order, wanted, partly=partly and rule != "complete", whole_lines=rule == "line")
    except NotEnoughStock:
        if partly:
            raise holds(order, [line.line_no for line, _quantity in wanted]) from None
        raise


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
    lines: Sequence[SignIn] | None = None,
    signed_by: str = "",
    signed_on: date | None = None,
    note: str = "",
    via: str = "keeper",
    files: Sequence[Content] = (),
    version: int | None = None,
) -> Done:
    """Record what the customer took of a delivery (``lines`` None: everything), refused, or never got.

    ``via`` is who says so: keeper, link (the customer) or carrier; ``files`` are a signature and photos.
    Errors: NotFound, Stale, WrongState, UnknownLine, ReasonRequired, SignedOtherwise, Invalid.
    """
    if via not in signing.VIA:
        raise Invalid({"via": _now("只能是 keeper、link 或 carrier。")})
    outbound = lock_outbound(actor, number, version)
    states = signing.sign(actor, outbound, lines, via=via, signed_by=signed_by, signed_on=signed_on, note=note)
    delivery = outbound.delivery
    attachments.attach(actor, [(delivery.subject, content) for content in files])
    return Done("dn", delivery.id, number, delivery.state, delivery.version, {"orders": states})
