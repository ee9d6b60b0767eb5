"""Deliveries that are picked before they leave: made, changed, sent, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import EmptyDocument, UnknownLine
from gendan.sales.errors import NothingToDeliver, OtherConsignee, OverDelivered
from gendan.sales.rules.lines import deliverable
from gendan.sales.rules.outbound import DeliverIn
from gendan.sales.steps import setting_aside, shipping, tracking
from gendan.sales.steps.order import LockedLine, LockedOrder, follow_many, lock_many
from gendan.sales.steps.outbound import OPEN, LockedDelivery, lock_alone, lock_outbound
from gendan.sales.steps.setting_aside import Asked

CREATE, CHANGE, SHIP, CANCEL = _("安排发货"), _("修改出库单"), _("出库发货"), _("取消出库单")
LIVE = frozenset({"to_ship", "partly_shipped"})
ZERO = Decimal(0)
FIELDS = {"carrier": "text", "tracking_number": "text", "planned_on": "date", "expected_on": "date", "note": "text"}


@command("sales.create_delivery", CREATE)
def create_delivery(
    *,
    actor: Actor,
    orders: Sequence[str] = (),
    lines: Sequence[DeliverIn] | None = None,
    carrier: str = "",
    tracking_number: str = "",
    planned_on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Done:
    """Set goods of one order, or of several for one customer, warehouse and address, on a delivery to be picked.

    ``lines`` None takes all that is open and there, as far as the orders' rules for back orders allow; given quantities
    are taken as they are, or nothing is. ``version`` is that of a single order.
    Errors: NotFound, Stale, WrongState, UnknownLine, OverDelivered, OtherConsignee, BackOrderHolds, NotEnoughStock,
    NothingToDeliver, EmptyDocument, Invalid.
    """
    numbers = list(dict.fromkeys([*orders, *(entry.order for entry in lines or ())]))
    if not numbers:
        raise EmptyDocument()
    found = _orders(actor, numbers, version)
    if planned_on and planned_on < actor.today():
        raise Invalid({"planned_on": _now("计划发货日期不能早于今天。")})
    asked = _asked(found, lines)
    if lines is not None:
        setting_aside.check_rules(found, asked)
    chosen, portions, held = setting_aside.choose(actor, found, asked, partly=lines is None)
    if not chosen:
        setting_aside.explain(found, asked)
        raise NothingToDeliver(number="、".join(numbers))
    header = {"carrier": carrier, "tracking_number": tracking_number, "planned_on": planned_on, "note": note}
    subject = setting_aside.insert_to_pick(actor, chosen, portions, held, header)
    served = [(order, rows) for order, rows in found if any(a.order.id == order.id for a in chosen)]
    states = follow_many(served)
    refs = [ref for order, _rows in served for ref in (order.subject.ref, *order.refs)]
    told = [{"product": a.line.product, "quantity": a.quantity} for a in chosen[:50]]
    record("sales.delivery_created", subject, actor, dict.fromkeys(refs), orders=list(states), lines=told)
    return Done("dn", subject.id, subject.number, "to_pick", 1, {"orders": states})


def _orders(actor: Actor, numbers: Sequence[str], version: int | None) -> list[tuple[LockedOrder, list[LockedLine]]]:
    found = lock_many(actor, numbers)
    first = found[0][0]
    if len(found) == 1:
        check_version(first.number, first.version, version)
    for order, _lines in found:
        order.must_be(LIVE, CREATE)
        if (order.customer_id, order.warehouse_id, order.ship_to) != (
            first.customer_id,
            first.warehouse_id,
            first.ship_to,
        ):
            raise OtherConsignee(number=order.number, other=first.number)
    return found


def _asked(found: Sequence[tuple[LockedOrder, Sequence[LockedLine]]], lines: Sequence[DeliverIn] | None) -> list[Asked]:
    if lines is None:
        return [Asked(o, line, deliverable(line)) for o, rows in found for line in rows if deliverable(line) > 0]
    known = {(order.number, line.line_no): (order, line) for order, rows in found for line in rows}
    total: dict[tuple[str, int], Decimal] = {}
    for n, entry in enumerate(lines):
        if (entry.order, entry.line) not in known:
            raise UnknownLine(number=entry.order, line=entry.line)
        _order, line = known[entry.order, entry.line]
        if problem := quantity_problem(entry.quantity, line.decimals):
            raise Invalid({f"lines.{n}.quantity": problem})
        key = (entry.order, entry.line)
        total[key] = total.get(key, ZERO) + entry.quantity
        if total[key] > deliverable(line):
            raise OverDelivered(
                number=entry.order,
                line=entry.line,
                product=line.product,
                open=deliverable(line),
                quantity=total[key],
            )
    if not total:
        raise EmptyDocument()
    return [Asked(*known[key], quantity) for key, quantity in total.items()]


@command("sales.update_delivery", CHANGE, permission="sales.create_delivery")
def update_delivery(*, actor: Actor, number: str, changes: Mapping[str, Any], version: int | None = None) -> Done:
    """Change carrier, tracking number, days and note of a delivery that nobody signed for yet.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    delivery = lock_alone(actor, [number], version)[0].delivery
    delivery.must_be(OPEN | {"shipped"}, CHANGE)
    if unknown := [name for name in changes if name not in FIELDS]:
        raise Invalid({unknown[0]: _now("不能修改。")})
    new: dict[str, Any] = {
        name: (value or None if FIELDS[name] == "date" else value or "") for name, value in changes.items()
    }
    expected: date | None = new.get("expected_on")
    if expected and delivery.shipped_on and expected < delivery.shipped_on:
        raise Invalid({"expected_on": _now("预计送达不能早于出库日期。")})
    state = _save(delivery, new)
    carrier = str(new.get("carrier", delivery.carrier))
    tracking_number = str(new.get("tracking_number", delivery.tracking_number))
    if delivery.state == "shipped":
        tracking.follow_changed(actor, delivery, carrier, tracking_number)
    record("sales.delivery_updated", delivery.subject, actor, changes=state)
    return Done("dn", delivery.id, number, delivery.state, delivery.version + 1)


def _save(delivery: LockedDelivery, new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Write the fields; what they were and are."""
    names = ", ".join(FIELDS)
    before = db.dicts(f"SELECT {names} FROM sales_delivery WHERE id = %s::bigint", [delivery.id])[0]
    sets = "".join(f", {name} = %({name})s::{FIELDS[name]}" for name in new)
    db.later(
        f"UPDATE sales_delivery SET version = version + 1, updated_at = now(){sets} WHERE id = %(id)s::bigint",
        {**new, "id": delivery.id},
    )
    return {
        name: [str(before[name] or ""), str(value or "")]
        for name, value in new.items()
        if (before[name] or "") != (value or "")
    }


@command("sales.ship_delivery", SHIP, permission="sales.deliver_order")
def ship_delivery(
    *,
    actor: Actor,
    number: str,
    carrier: str | None = None,
    tracking_number: str | None = None,
    shipped_on: date | None = None,
    rest: str = "",
    version: int | None = None,
) -> Done:
    """Send a delivery: what was picked leaves its bins. One of which nothing was counted leaves as it was planned.

    ``rest`` says what becomes of what was not picked of one that was counted in part: ``back`` to the order, or
    ``all`` (it leaves as planned); ``picked`` refuses one of which nothing was counted.
    Errors: NotFound, Stale, WrongState, PartlyPicked, NotPicked, NothingPicked, OverPacked, BackOrderHolds, StockShort,
    Invalid.
    """
    outbound = lock_outbound(actor, number, version, balances=True)
    delivery, today = outbound.delivery, actor.today()
    delivery.must_be(OPEN, SHIP)
    day = shipped_on or today
    if not max(order.ordered_on for order, _lines in outbound.orders) <= day <= today:
        raise Invalid({"shipped_on": _now("出库日期应在下单日期与今天之间。")})
    if rest not in {"", shipping.BACK, shipping.ALL, shipping.PICKED}:
        raise Invalid({"rest": _now("只能是 back、all 或 picked。")})
    shipping.settle(outbound, rest)
    shipping.keep_rules(outbound)
    by = delivery.carrier if carrier is None else carrier
    tracked = delivery.tracking_number if tracking_number is None else tracking_number
    shipping.leave(actor, outbound, day, by, tracked)
    shipping.close_waves([delivery.wave_id])
    tracking.follow(actor, delivery.subject, by, tracked, day, delivery.ship_to_phone)
    states = follow_many(outbound.orders)
    record(
        "sales.goods_shipped",
        delivery.subject,
        actor,
        outbound.refs,
        orders=list(states),
        carrier=by,
        tracking_number=tracked,
        lines=[{"product": line.product, "quantity": line.quantity} for line in outbound.lines[:50]],
    )
    return Done("dn", delivery.id, number, "shipped", delivery.version + 1, {"orders": states})


@command("sales.cancel_delivery", CANCEL)
def cancel_delivery(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Cancel a delivery that nobody signed for. Before it left, the orders hold its goods again, free to be moved;
    after it left, its goods come back to the bins that they were taken from.

    Errors: NotFound, Stale, WrongState.
    """
    outbound = lock_outbound(actor, number, version, balances=True)
    delivery = outbound.delivery
    delivery.must_be(OPEN | {"shipped"}, CANCEL)
    left = delivery.state == "shipped"
    if left:
        shipping.take_back(actor, outbound)
        tracking.forget(delivery)
    else:
        shipping.give_up(outbound)
        shipping.close_waves([delivery.wave_id])
    states = follow_many(outbound.orders)
    said = reason.strip()[:300]
    record("sales.delivery_cancelled", delivery.subject, actor, outbound.refs, reason=said, shipped=left)
    return Done("dn", delivery.id, number, "cancelled", delivery.version, {"orders": states})
