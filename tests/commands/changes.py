"""Situations of change orders."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from gendan.changes import commands
from gendan.changes.models import ChangeOrder
from gendan.changes.rules import Content
from gendan.changes.targets import TARGETS
from gendan.purchasing import commands as buying
from gendan.purchasing.rules.shipments import ShipIn
from gendan.purchasing.tests.make import confirm, make_order

from .scenario import Arguments, World, scenario

EDIT, PASS = ("purchasing.update_order",), ("purchasing.approve_order",)


def wanted(world: World, number: str, quantity: str = "12") -> Content:
    """The order with another quantity of its first line."""
    content = TARGETS["po"].read(world.admin, number).content
    first, *others = content["lines"]
    return {**content, "lines": [{**first, "quantity": quantity}, *others]}


def changed(world: World, *, confirmed: bool = False, limit: Decimal | None = None, submit: bool = True) -> str:
    """A change order of a new order: a draft, one that waits for approval (``limit``), or for the supplier."""
    number = make_order(world.buy).number
    if confirmed:
        confirm(world.buy, number)
    mine: dict[str, Any] = {"kind": "po", "order": number, "content": wanted(world, number), "submit": submit}
    return commands.create_change(actor=replace(world.admin, amount_limit=limit), **mine).number


def order_of(change: str) -> str:
    """The order that a change order is about."""
    return str(ChangeOrder.objects.order_by("-id").filter(number=change).values_list("order_number", flat=True)[0])


@scenario("changes.create_change", asks=EDIT)
def create_change(world: World) -> Arguments:
    number = make_order(world.buy).number
    return {"kind": "po", "order": number, "content": wanted(world, number), "reason": "加量"}


@scenario("changes.update_change", asks=EDIT)
def update_change(world: World) -> Arguments:
    number = changed(world, submit=False)
    return {"number": number, "content": wanted(world, order_of(number), "13"), "reason": "再加"}


@scenario("changes.submit_change", asks=EDIT)
def submit_change(world: World) -> Arguments:
    return {"number": changed(world, submit=False)}


@scenario("changes.approve_change", asks=PASS)
def approve_change(world: World) -> Arguments:
    return {"number": changed(world, limit=Decimal(0)), "note": "同意"}


@scenario("changes.reject_change", asks=PASS)
def reject_change(world: World) -> Arguments:
    return {"number": changed(world, limit=Decimal(0)), "reason": "太多"}


@scenario("changes.withdraw_change", asks=EDIT)
def withdraw_change(world: World) -> Arguments:
    return {"number": changed(world, limit=Decimal(0)), "reason": "不改了"}


@scenario("changes.accept_change", asks=EDIT)
def accept_change(world: World) -> Arguments:
    return {"number": changed(world, confirmed=True), "note": "电话"}


@scenario("changes.refuse_change", asks=EDIT)
def refuse_change(world: World) -> Arguments:
    return {"number": changed(world, confirmed=True), "reason": "没有产能"}


@scenario("changes.counter_change", asks=EDIT)
def counter_change(world: World) -> Arguments:
    number = changed(world, confirmed=True)
    return {"number": number, "content": wanted(world, order_of(number), "11"), "note": "只能 11"}


@scenario("changes.apply_change", asks=EDIT)
def apply_change(world: World) -> Arguments:
    """Everybody agreed, but goods were announced meanwhile beyond what was left; now they are not any more."""
    number = make_order(world.buy).number
    mine: dict[str, Any] = {"kind": "po", "order": number, "content": wanted(world, number, "5"), "submit": True}
    change = commands.create_change(actor=replace(world.admin, amount_limit=Decimal(0)), **mine).number
    sent = buying.create_shipment(actor=world.admin, orders=[number], lines=[ShipIn(1, Decimal(8))]).number
    assert commands.approve_change(actor=world.admin, number=change).state == "approved"
    buying.cancel_shipment(actor=world.admin, number=sent, reason="弄错了")
    return {"number": change}
