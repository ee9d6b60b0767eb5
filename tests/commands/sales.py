"""Situations of the sales chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from gendan.catalog.tests import make as catalog
from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import Invalid
from gendan.purchasing.commands.save_many import Undone
from gendan.sales import commands
from gendan.sales.queries.drafts import draft_of
from gendan.sales.queries.quotations import quote_draft
from gendan.sales.rules.lines import DeliverIn, LineIn
from gendan.sales.rules.past import PastDelivery, PastLine, PastOrder
from gendan.sales.rules.promises import PromiseIn

from .purchasing import clerk
from .scenario import Arguments, World, scenario

LINES = [LineIn("BOLT", Decimal(10), Decimal("9.90"))]


def order(world: World, *, submit: bool = True, waits: bool = False) -> str:
    """An order of ten BOLT, which are in stock."""
    catalog.make_customer(world.company, "C001")
    inventory.stock(world.stock, "BOLT", 10)
    actor = clerk(world) if waits else world.admin
    done = commands.create_order(actor=actor, customer="C001", warehouse="MAIN", lines=LINES, submit=submit)
    return done.number


@scenario("sales.create_order", refusal=Invalid)
def create_order(world: World) -> Arguments:
    catalog.make_customer(world.company, "C001")
    return {"customer": "C001", "warehouse": "MAIN", "lines": LINES}


def quotation(world: World, *, sent: bool = False) -> str:
    """An offer of ten BOLT."""
    catalog.make_customer(world.company, "C001")
    done = commands.create_quotation(actor=world.admin, customer="C001", warehouse="MAIN", lines=LINES)
    if sent:
        commands.send_quotation(actor=world.admin, number=done.number)
    return done.number


@scenario("sales.create_quotation", refusal=Invalid)
def create_quotation(world: World) -> Arguments:
    catalog.make_customer(world.company, "C001")
    return {"customer": "C001", "warehouse": "MAIN", "lines": LINES}


@scenario("sales.update_quotation")
def update_quotation(world: World) -> Arguments:
    number = quotation(world)
    return {"number": number, "draft": replace(quote_draft(world.admin, number).draft, note="含运费")}


@scenario("sales.copy_quotation")
def copy_quotation(world: World) -> Arguments:
    return {"number": quotation(world)}


@scenario("sales.send_quotation")
def send_quotation(world: World) -> Arguments:
    return {"number": quotation(world)}


@scenario("sales.lose_quotation")
def lose_quotation(world: World) -> Arguments:
    return {"number": quotation(world, sent=True), "reason": "价格高"}


@scenario("sales.cancel_quotation")
def cancel_quotation(world: World) -> Arguments:
    return {"number": quotation(world)}


@scenario("sales.order_quotation")
def order_quotation(world: World) -> Arguments:
    return {"number": quotation(world, sent=True)}


@scenario("sales.save_settings", own="settings are of the actor's company")
def save_settings(world: World) -> Arguments:
    return {"values": {"handling_days": 2}}


@scenario("sales.submit_order")
def submit_order(world: World) -> Arguments:
    return {"number": order(world, submit=False)}


@scenario("sales.approve_order")
def approve_order(world: World) -> Arguments:
    return {"number": order(world, waits=True)}


@scenario("sales.reject_order")
def reject_order(world: World) -> Arguments:
    return {"number": order(world, waits=True), "reason": "价格不对"}


@scenario("sales.cancel_order")
def cancel_order(world: World) -> Arguments:
    return {"number": order(world)}


@scenario("sales.release_order")
def release_order(world: World) -> Arguments:
    return {"number": order(world)}


@scenario("sales.reserve_order")
def reserve_order(world: World) -> Arguments:
    number = order(world)
    commands.release_order(actor=world.admin, number=number)
    return {"number": number}


@scenario("sales.promise_order")
def promise_order(world: World) -> Arguments:
    number, day = order(world), world.admin.today() + timedelta(days=30)
    return {"number": number, "lines": [PromiseIn(1, day)], "reason": "客户改期"}


@scenario("sales.deliver_order")
def deliver_order(world: World) -> Arguments:
    return {"number": order(world)}


@scenario("sales.sign_delivery")
def sign_delivery(world: World) -> Arguments:
    return {"number": commands.deliver_order(actor=world.admin, number=order(world)).number}


@scenario("sales.complete_order")
def complete_order(world: World) -> Arguments:
    number = order(world)
    sent = commands.deliver_order(actor=world.admin, number=number)
    commands.sign_delivery(actor=world.admin, number=sent.number)
    return {"number": number}


@scenario("sales.import_orders", refusal=Invalid)
def import_orders(world: World) -> Arguments:
    catalog.make_customer(world.company, "C001")
    inventory.stock(world.stock, "BOLT", 50)
    day = world.admin.today() - timedelta(days=400)
    past = PastOrder(
        key="old:1",
        customer="C001",
        warehouse="MAIN",
        currency="CNY",
        ordered_on=day,
        lines=(PastLine("old:1:1", "BOLT", Decimal(5), Decimal("9.90"), promised_on=day),),
        deliveries=(PastDelivery("old:D1", day, (("old:1:1", Decimal(5)),)),),
    )
    return {"orders": [past]}


@scenario("sales.update_order")
def update_order(world: World) -> Arguments:
    number = order(world, submit=False)
    draft = draft_of(world.admin, number).draft
    return {"number": number, "draft": replace(draft, note="加急")}


@scenario("sales.set_line_note")
def set_line_note(world: World) -> Arguments:
    return {"number": order(world), "line": 1, "note": "易碎"}


@scenario("sales.change_back_order")
def change_back_order(world: World) -> Arguments:
    return {"number": order(world), "rule": "line"}


@scenario("sales.delete_order")
def delete_order(world: World) -> Arguments:
    return {"number": order(world, submit=False)}


@scenario("sales.copy_order")
def copy_order(world: World) -> Arguments:
    return {"number": order(world)}


@scenario("sales.close_order")
def close_order(world: World) -> Arguments:
    number = order(world)
    commands.deliver_order(actor=world.admin, number=number, lines=[DeliverIn(1, Decimal(4))])
    return {"number": number, "reason": "客户不要了"}


@scenario("sales.save_orders", refusal=Undone)
def save_orders(world: World) -> Arguments:
    catalog.make_customer(world.company, "C001")
    one = {"customer": "C001", "warehouse": "MAIN", "lines": LINES}
    return {"documents": [one, one]}
