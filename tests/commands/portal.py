"""Situations of customers' and suppliers' links."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from gendan.portal import commands
from gendan.portal.commands.production import ProgressIn
from gendan.portal.rules import LineAnswer, Part
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests.make import make_order

from .sales import order
from .scenario import Arguments, World, scenario


@scenario("portal.create_link")
def create_link(world: World) -> Arguments:
    return {"number": order(world), "recipient": "王五"}


@scenario("portal.revoke_link")
def revoke_link(world: World) -> Arguments:
    return {"link_id": commands.create_link(actor=world.admin, number=order(world)).id}


@scenario("portal.ask_question")
def ask_question(world: World) -> Arguments:
    return {"number": order(world), "text": "什么时候到？"}


@scenario("portal.answer_question")
def answer_question(world: World) -> Arguments:
    return {"number": order(world), "text": "明天到。"}


@scenario("portal.answer_order")
def answer_order(world: World) -> Arguments:
    number = make_order(world.buy, 10, 20).number
    purchasing.send_order(actor=world.admin, number=number, email="", recipient="王经理")
    due = date(2030, 5, 20)
    late = LineAnswer(2, "change", (Part(Decimal(5), due), Part(Decimal(15), due)), Decimal(8))
    return {"number": number, "lines": [LineAnswer(1, "accept"), late]}


@scenario("portal.report_progress")
def report_progress(world: World) -> Arguments:
    return {"number": make_order(world.buy, 10).number, "lines": [ProgressIn(1, 40, "热处理")]}
