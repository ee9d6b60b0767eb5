"""Situations of requisitions and orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import Done
from gendan.purchasing import commands
from gendan.purchasing.commands.save_many import Undone
from gendan.purchasing.queries.drafts import draft_of, request_draft
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import Pick, RequestIn
from gendan.purchasing.tests.make import confirm, make_order

from .scenario import Arguments, World, scenario

LINES = [LineIn("BOLT", Decimal(10), Decimal("9.90"))]
WISHES = [RequestIn("BOLT", Decimal(10), supplier="S001")]


def clerk(world: World) -> Actor:
    """The administrator without the right to approve any amount."""
    return replace(world.admin, amount_limit=Decimal(0))


def draft(world: World) -> str:
    """An order that is being written."""
    return make_order(world.buy, submit=False).number


def pending(world: World) -> str:
    """An order that waits for approval."""
    done = make_order(world.buy, actor=clerk(world))
    assert done.state == "pending_approval"
    return done.number


def requisition(world: World, **fields: Any) -> Done:
    """A requisition of ten BOLT, a draft unless submitted."""
    actor = fields.pop("actor", world.admin)
    return commands.create_requisition(actor=actor, warehouse="MAIN", lines=WISHES, **fields)


def waiting(world: World) -> str:
    """A requisition that waits for approval."""
    only = frozenset({"purchasing.create_requisition", "purchasing.submit_requisition"})
    done = requisition(world, actor=replace(world.admin, permissions=only), submit=True)
    assert done.state == "pending_approval"
    return done.number


def closed(world: World) -> str:
    """An order that was closed short."""
    number = make_order(world.buy).number
    commands.close_order(actor=world.admin, number=number, reason="不再需要")
    return number


@scenario("purchasing.create_requisition", refusal=Invalid)
def create_requisition(world: World) -> Arguments:
    return {"warehouse": "MAIN", "lines": WISHES, "reason": "备货"}


@scenario("purchasing.save_requisitions", refusal=Undone)
def save_requisitions(world: World) -> Arguments:
    one = {"warehouse": "MAIN", "lines": WISHES, "required_on": None, "reason": "", "submit": False}
    return {"documents": [one, one]}


@scenario("purchasing.update_requisition")
def update_requisition(world: World) -> Arguments:
    found = request_draft(world.admin, requisition(world).number)
    return {"number": found.number, "warehouse": "EAST", "lines": found.draft.lines, "reason": "改仓"}


@scenario("purchasing.copy_requisition")
def copy_requisition(world: World) -> Arguments:
    return {"number": requisition(world).number}


@scenario("purchasing.delete_requisition")
def delete_requisition(world: World) -> Arguments:
    return {"number": requisition(world).number}


@scenario("purchasing.submit_requisition")
def submit_requisition(world: World) -> Arguments:
    return {"number": requisition(world).number}


@scenario("purchasing.withdraw_requisition")
def withdraw_requisition(world: World) -> Arguments:
    return {"number": waiting(world)}


@scenario("purchasing.approve_requisition")
def approve_requisition(world: World) -> Arguments:
    return {"number": waiting(world), "note": "同意"}


@scenario("purchasing.reject_requisition")
def reject_requisition(world: World) -> Arguments:
    return {"number": waiting(world), "reason": "太多了"}


@scenario("purchasing.cancel_requisition")
def cancel_requisition(world: World) -> Arguments:
    return {"number": requisition(world, submit=True).number, "reason": "不再需要"}


@scenario("purchasing.order_requisitions")
def order_requisitions(world: World) -> Arguments:
    number = requisition(world, submit=True).number
    return {"lines": [Pick(number, 1, Decimal(4), unit_price=Decimal("9.90"))]}


@scenario("purchasing.create_order", refusal=Invalid)
def create_order(world: World) -> Arguments:
    return {"supplier": "S001", "warehouse": "MAIN", "lines": LINES}


@scenario("purchasing.save_orders", refusal=Undone)
def save_orders(world: World) -> Arguments:
    one = {"supplier": "S001", "warehouse": "MAIN", "lines": LINES}
    return {"documents": [one, one]}


@scenario("purchasing.update_order")
def update_order(world: World) -> Arguments:
    found = draft_of(world.admin, draft(world))
    return {"number": found.number, "draft": replace(found.draft, note="请尽快")}


@scenario("purchasing.set_line_note")
def set_line_note(world: World) -> Arguments:
    return {"number": make_order(world.buy).number, "line": 1, "note": "要带证书"}


@scenario("purchasing.copy_order")
def copy_order(world: World) -> Arguments:
    return {"number": make_order(world.buy).number}


@scenario("purchasing.delete_order")
def delete_order(world: World) -> Arguments:
    return {"number": draft(world)}


@scenario("purchasing.submit_order")
def submit_order(world: World) -> Arguments:
    return {"number": draft(world)}


@scenario("purchasing.withdraw_order")
def withdraw_order(world: World) -> Arguments:
    return {"number": pending(world)}


@scenario("purchasing.approve_order")
def approve_order(world: World) -> Arguments:
    return {"number": pending(world), "note": "同意"}


@scenario("purchasing.reject_order")
def reject_order(world: World) -> Arguments:
    return {"number": pending(world), "reason": "太贵"}


@scenario("purchasing.confirm_order")
def confirm_order(world: World) -> Arguments:
    return {"number": make_order(world.buy).number}


@scenario("purchasing.revise_promise")
def revise_promise(world: World) -> Arguments:
    number = make_order(world.buy).number
    confirm(world.buy, number)
    return {"number": number, "line": 1, "expected_on": date(2026, 12, 20), "note": "缺料"}


@scenario("purchasing.cancel_order")
def cancel_order(world: World) -> Arguments:
    return {"number": make_order(world.buy).number, "reason": "不再需要"}


@scenario("purchasing.urge_supplier", passing="that the supplier was asked is told by the event; notices sends it on")
def urge_supplier(world: World) -> Arguments:
    return {"number": make_order(world.buy).number}


@scenario("purchasing.close_order")
def close_order(world: World) -> Arguments:
    return {"number": make_order(world.buy).number, "reason": "不再需要"}


@scenario("purchasing.reopen_order")
def reopen_order(world: World) -> Arguments:
    return {"number": closed(world)}


@scenario("purchasing.send_order", asks=("purchasing.view_price",))
def send_order(world: World) -> Arguments:
    return {"number": make_order(world.buy).number, "recipient": "王经理", "email": "wang@example.com"}


@scenario("purchasing.revoke_supplier_link")
def revoke_supplier_link(world: World) -> Arguments:
    sent = commands.send_order(actor=world.admin, number=make_order(world.buy).number, recipient="王经理")
    return {"link_id": sent.data["link"]}


@scenario("purchasing.save_answer_policy")
def save_answer_policy(world: World) -> Arguments:
    commands.save_answer_policy(actor=world.admin, supplier="S001")
    return {"supplier": "S001", "days": 3, "percent": Decimal(5)}
