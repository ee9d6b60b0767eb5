"""Situations of the rules about buying."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from gendan.alerts.tests.situations import DUE, Situation, World, after, situation
from gendan.kernel import db
from gendan.purchasing import commands
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make

LINE = "UPDATE purchasing_orderline SET {} WHERE company_id = %(company)s AND line_no = 1"
ORDER = "UPDATE purchasing_purchaseorder SET {} WHERE company_id = %(company)s"
SHIPMENT = "UPDATE purchasing_shipment SET {} WHERE company_id = %(company)s"


@situation("late_confirmation")
def late_confirmation(world: World) -> Situation:
    number = make.make_order(world.buy, 10).number
    return Situation(
        partial(make.confirm, world.buy, number),
        world.set(ORDER.format("state = 'approved'")),
        after(world.today, 3),
        (world.today, after(world.today, 2)),
        1,
    )


@situation("late_shipment")
def late_shipment(world: World) -> Situation:
    make.make_order(world.buy, 10)
    return Situation(
        world.set(LINE.format("shipped = 10")),
        world.set(LINE.format("shipped = 0")),
        after(DUE, -2),
        (after(DUE, -3),),
        0,
    )


@situation("overdue_receipt")
def overdue_receipt(world: World) -> Situation:
    number = make.make_order(world.buy, 10).number

    def back() -> None:
        receipt = GoodsReceipt.objects.get(lines__order_line__order__number=number, reverses=None, state="posted")
        commands.reverse_receipt(actor=world.actor, number=receipt.number, reason="点错了")

    return Situation(partial(make.receive, world.buy, number), back, after(DUE, 4), (DUE,), 4, {"missing": 10})


def on_the_way(world: World, **fields: object) -> None:
    """A shipment of ten bolts."""
    number = make.make_order(world.buy, 10).number
    commands.create_shipment(actor=world.actor, orders=[number])
    changes = ", ".join(f"{name} = '{value}'" for name, value in fields.items())
    world.now(SHIPMENT.format(changes))


@situation("transit_stalled")
def transit_stalled(world: World) -> Situation:
    on_the_way(world, state="in_transit", shipped_on=after(DUE, -6), expected_on=DUE)
    return Situation(
        world.set(SHIPMENT.format("state = 'arrived'")),
        world.set(SHIPMENT.format("state = 'in_transit'")),
        after(DUE, 2),
        (DUE, after(DUE, 1)),
        1,
    )


@situation("arrived_not_received")
def arrived_not_received(world: World) -> Situation:
    on_the_way(world, state="arrived", arrived_on=DUE)
    return Situation(
        world.set(SHIPMENT.format("state = 'received'")),
        world.set(SHIPMENT.format("state = 'arrived'")),
        after(DUE, 2),
        (after(DUE, 1),),
        1,
    )


@situation("partial_stalled")
def partial_stalled(world: World) -> Situation:
    number = make.make_order(world.buy, 10).number
    make.receive(world.buy, number, (1, "4"))
    moved = "UPDATE purchasing_goodsreceipt SET received_on = received_on + {} WHERE company_id = %(company)s"
    return Situation(
        world.set(moved.format(30)),
        world.set(moved.format(-30)),
        after(world.today, 8),
        (after(world.today, 7),),
        1,
        {"received": 4, "missing": 6},
    )


@situation("short_delivery")
def short_delivery(world: World) -> Situation:
    on_the_way(world, state="received", arrived_on=DUE)
    world.now(LINE.format("shipped = 10, received = 6, accepted = 6"))
    came = (
        "UPDATE purchasing_shipmentline SET received = {} WHERE order_line_id IN (SELECT id FROM purchasing_orderline"
    )
    came += " WHERE company_id = %(company)s)"
    world.now(came.format(6))
    return Situation(world.set(came.format(10)), world.set(came.format(6)), after(DUE, 1), (), 1, {"missing": 4})


@situation("over_receipt")
def over_receipt(world: World) -> Situation:
    make.make_order(world.buy, 10)
    world.now(LINE.format("received = 12, accepted = 12, completed_on = '2026-12-01'"))
    returned = [world.set(LINE.format(f"returned = {n}")) for n in (2, 0)]
    return Situation(returned[0], returned[1], after(DUE, 1), (after(DUE, 20),), 0, {"over": 2})


@situation("duplicate_receipt")
def duplicate_receipt(world: World) -> Situation:
    number = make.make_order(world.buy, 20).number
    for note in ("A", "B"):
        make.receive(world.buy, number, (1, "5"), delivery_note=note)
    make.receive(world.buy, number, (1, "6"), delivery_note="C")
    second = "UPDATE purchasing_goodsreceipt SET state = '{}' WHERE company_id = %(company)s AND delivery_note = 'B'"
    return Situation(
        world.set(second.format("reversed")),
        world.set(second.format("posted")),
        world.today,
        (after(world.today, 20),),
        says={"note": "B", "other_note": "A"},
    )


@situation("duplicate_order")
def duplicate_order(world: World) -> Situation:
    for quantity in (10, 12):
        make.make_order(world.buy, quantity)
    safety = "UPDATE catalog_product SET safety_stock = {} WHERE company_id = %(company)s AND code = 'BOLT'"
    return Situation(
        world.set(safety.format(15)),
        world.set(safety.format(0)),
        world.today,
        (after(world.today, 60),),
        says={"quantity": 12, "other_incoming": 10},
    )


@situation("price_deviation")
def price_deviation(world: World) -> Situation:
    for price in ("9.90", "10.50", "12.00"):
        lines = [LineIn("BOLT", Decimal(10), Decimal(price), required_on=DUE)]
        make.make_order(world.buy, lines=lines)
    dear = "UPDATE purchasing_orderline SET net = {} WHERE company_id = %(company)s AND unit_price = 12"
    was = db.row(
        "SELECT net FROM purchasing_orderline WHERE unit_price = 12 AND company_id = %s", [world.actor.company_id]
    )
    assert was is not None
    return Situation(world.set(dear.format(was[0] * 10 / 12)), world.set(dear.format(was[0])), world.today)


@situation("stage_slower")
def stage_slower(world: World) -> Situation:
    for n in range(10):
        number = make.make_order(world.buy, 10).number
        done, took = (after(DUE, -40), 10) if n < 5 else (after(DUE, -5), 20)
        which = " AND id = (SELECT order_id FROM purchasing_orderline WHERE id = %(line)s)"
        line = make.line(number).pk
        world.now(f"UPDATE purchasing_orderline SET completed_on = '{done}' WHERE id = %(line)s", line=line)
        world.now(ORDER.format(f"ordered_on = '{after(done, -took)}'") + which, line=line)
    lately = ORDER.format("ordered_on = ordered_on + {}") + " AND ordered_on > '2026-11-01'"
    return Situation(
        world.set(lately.format(9)), world.set(lately.format(-9)), DUE, (after(DUE, 60),), 10, {"lines": 5}
    )
