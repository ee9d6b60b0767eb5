"""Situations of the rules about invoices and money."""

from __future__ import annotations

from gendan.alerts.tests.situations import Situation, World, after, situation
from gendan.purchasing.tests import make as buying
from gendan.sales import commands as sales
from gendan.sales.tests import make as selling
from gendan.settlement.tests import make

BILL = "UPDATE settlement_bill SET {} WHERE company_id = %(company)s"
LINE = "UPDATE purchasing_orderline SET {} WHERE company_id = %(company)s"


def received(world: World) -> str:
    """Ten BOLT for 99.00, all of them in."""
    order = buying.make_order(world.buy, 10).number
    buying.receive(world.buy, order)
    return order


@situation("bill_mismatch")
def bill_mismatch(world: World) -> Situation:
    make.make_bill(world.buy, make.line(received(world), 1, 11))
    states = [world.set(BILL.format(f"state = '{state}'")) for state in ("matched", "mismatch")]
    return Situation(states[0], states[1], world.today, (), 0, {"count": 1})


@situation("bill_without_receipt")
def bill_without_receipt(world: World) -> Situation:
    make.make_bill(world.buy, make.line(buying.make_order(world.buy, 10).number, 1, 10))
    states = [world.set(BILL.format(f"state = '{state}'")) for state in ("void", "mismatch")]
    return Situation(states[0], states[1], after(world.today, 9), (after(world.today, 7),), 2, {"amount": 99})


@situation("received_not_invoiced")
def received_not_invoiced(world: World) -> Situation:
    make.make_bill(world.buy, make.line(received(world), 1, 4))
    counts = [world.set(LINE.format(f"invoiced = {n}")) for n in (10, 4)]
    quiet = (after(world.today, 30), after(world.today, 130))
    return Situation(counts[0], counts[1], after(world.today, 32), quiet, 2, {"received": 10, "missing": 6})


@situation("payable_due")
def payable_due(world: World) -> Situation:
    make.approved(world.buy, make.line(received(world), 1, 10))
    paid = [world.set(BILL.format(f"paid = {n}")) for n in (99, 0)]
    return Situation(paid[0], paid[1], after(world.today, 33), (after(world.today, 26),), 3, {"amount": 99})


@situation("receivable_overdue")
def receivable_overdue(world: World) -> Situation:
    selling.with_stock(world.sell, 10)
    order = selling.make_order(world.sell, 10).number
    sales.deliver_order(actor=world.sell.actor, number=order)
    paid = [world.set(f"UPDATE sales_salesorder SET paid_amount = {n} WHERE company_id = %(company)s") for n in (99, 0)]
    return Situation(paid[0], paid[1], after(world.today, 32), (after(world.today, 30),), 2, {"amount": 99})


@situation("duplicate_bill")
def duplicate_bill(world: World) -> Situation:
    order = received(world)
    make.make_bill(world.buy, make.line(order, 1, 4), reference="FP-00123")
    make.make_bill(world.buy, make.line(order, 1, 5), reference="00-123")
    changed = "UPDATE settlement_bill SET reference = '{}' WHERE company_id = %(company)s AND number = 'BILL-000002'"
    return Situation(
        world.set(changed.format("9")),
        world.set(changed.format("00-123")),
        world.today,
        (),
        0,
        {"other": "BILL-000001"},
    )
