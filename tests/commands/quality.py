"""Situations of inspection plans, inspections, corrective actions and returns to suppliers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.errors import Invalid
from gendan.purchasing import commands as purchasing
from gendan.purchasing.queries.drafts import return_draft
from gendan.purchasing.rules.inspection import InspectIn, RejectIn
from gendan.purchasing.rules.returned import BackIn, InsteadIn
from gendan.quality import commands
from gendan.quality.commands.plans import Undone
from gendan.quality.rules.inspection import CheckIn, ResultIn, WishIn
from gendan.quality.rules.plan import PlanIn
from gendan.quality.tests.make import came, found, make_plan

from .scenario import Arguments, World, scenario

PLAN = PlanIn("IQC-01", "紧固件来料检验", product="BOLT", method="aql", aql="1.0", checks=(CheckIn("外观"),))


def waiting(world: World) -> str:
    """An inspection of a hundred BOLT."""
    make_plan(world.buy)
    return came(world.buy, 100)[0].number


def wished(world: World) -> str:
    """An inspection with a bad sample, of which all is wished to be accepted."""
    make_plan(world.buy)
    inspection, _receipt = came(world.buy, 100)
    found(world.buy, inspection, 9)
    commands.request_concession(
        actor=world.admin, number=inspection.number, lines=[WishIn(1, Decimal(100))], reason="急用"
    )
    return inspection.number


def opened(world: World, *, late: bool = False) -> str:
    """A corrective action that waits for the supplier's answer."""
    done = commands.create_action(
        actor=world.admin, problem="外径超差", supplier="S001", due_on=world.admin.today() + timedelta(days=7)
    )
    if late:
        db.execute("UPDATE quality_correctiveaction SET due_on = due_on - 30 WHERE id = %s", [done.id])
    return done.number


def answered(world: World) -> str:
    number = opened(world)
    commands.answer_action(actor=world.admin, number=number, cause="刀具磨损", action="换刀并全检")
    return number


def rejected(world: World) -> str:
    """A receipt of ten BOLT, four of them bad."""
    make_plan(world.buy, method="all", aql="")
    _inspection, receipt = came(world.buy, 10)
    lines = [InspectIn(1, Decimal(6), Decimal(4))]
    purchasing.inspect_receipt(actor=world.admin, number=receipt.number, lines=lines)
    return receipt.number


def back(world: World, *, approve: bool = True, settlement: str = "replace") -> str:
    """A return of those four."""
    lines = [BackIn(rejected(world), 1, Decimal(4), "quality")]
    return purchasing.create_return(actor=world.admin, lines=lines, approve=approve, settlement=settlement).number


def left(world: World, settlement: str = "replace") -> str:
    number = back(world, settlement=settlement)
    purchasing.post_return(actor=world.admin, number=number)
    return number


@scenario("quality.save_plan", refusal=Invalid)
def save_plan(world: World) -> Arguments:
    make_plan(world.buy)
    return {"plan": PLAN}


@scenario("quality.save_plans", refusal=Undone)
def save_plans(world: World) -> Arguments:
    return {"plans_in": [PLAN]}


@scenario("quality.record_results")
def record_results(world: World) -> Arguments:
    return {"number": waiting(world), "lines": [ResultIn(1, defective=1)]}


@scenario("quality.request_concession")
def request_concession(world: World) -> Arguments:
    return {"number": waiting(world), "lines": [WishIn(1, Decimal(5))], "reason": "急用"}


@scenario("quality.create_action", refusal=Invalid)
def create_action(world: World) -> Arguments:
    return {"problem": "外径超差", "supplier": "S001", "due_on": world.admin.today() + timedelta(days=7)}


@scenario("quality.answer_action")
def answer_action(world: World) -> Arguments:
    return {"number": opened(world), "cause": "刀具磨损", "action": "换刀并全检"}


@scenario("quality.return_action")
def return_action(world: World) -> Arguments:
    return {"number": answered(world), "reason": "没有说明原因", "due_on": world.admin.today() + timedelta(days=3)}


@scenario("quality.verify_action")
def verify_action(world: World) -> Arguments:
    return {"number": answered(world), "note": "连续三批合格"}


@scenario("quality.close_action")
def close_action(world: World) -> Arguments:
    return {"number": opened(world), "reason": "不再采购"}


@scenario("quality.remind_actions", own="it looks at its own company only", silent="notices are what it leaves")
def remind_actions(world: World) -> Arguments:
    opened(world, late=True)
    return {"day": world.admin.today()}


@scenario("purchasing.concede_goods")
def concede_goods(world: World) -> Arguments:
    return {"number": wished(world)}


@scenario("purchasing.settle_rejects")
def settle_rejects(world: World) -> Arguments:
    return {"number": rejected(world), "lines": [RejectIn(1, scrap=Decimal(1), rework=Decimal(1))]}


@scenario("purchasing.create_return")
def create_return(world: World) -> Arguments:
    return {"lines": [BackIn(rejected(world), 1, Decimal(4), "quality")]}


@scenario("purchasing.update_return")
def update_return(world: World) -> Arguments:
    number = back(world, approve=False)
    draft = return_draft(world.admin, number).draft
    return {"number": number, "draft": replace(draft, contact="张工")}


@scenario("purchasing.promise_replacement")
def promise_replacement(world: World) -> Arguments:
    return {"number": left(world), "replace_on": world.admin.today() + timedelta(days=7)}


@scenario("purchasing.approve_return")
def approve_return(world: World) -> Arguments:
    return {"number": back(world, approve=False)}


@scenario("purchasing.cancel_return")
def cancel_return(world: World) -> Arguments:
    return {"number": back(world)}


@scenario("purchasing.post_return")
def post_return(world: World) -> Arguments:
    return {"number": back(world)}


@scenario("purchasing.reverse_return")
def reverse_return(world: World) -> Arguments:
    return {"number": left(world), "reason": "车没来"}


@scenario("purchasing.credit_return", asks=("purchasing.view_price",))
def credit_return(world: World) -> Arguments:
    return {"number": left(world, "credit"), "credit": Decimal("9.90"), "credit_note": "CN-1"}


@scenario("purchasing.receive_replacement")
def receive_replacement(world: World) -> Arguments:
    return {"number": left(world), "lines": [InsteadIn(1, Decimal(2))]}
