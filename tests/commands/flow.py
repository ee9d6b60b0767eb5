"""Situations of approvals, of who stands in, of the company's calendar."""

from __future__ import annotations

from datetime import date, time

from gendan.accounts.tests.make import make_user
from gendan.flow import commands
from gendan.flow.models import Delegate, Task
from gendan.flow.tests.make import approve, draw, overdue
from gendan.kernel.errors import Invalid
from gendan.purchasing.tests.make import make_order

from .scenario import Arguments, World, scenario

OWN_CALENDAR = "every company has a calendar of its own"
OWN_FLOWS = "every company draws flows of its own"
DRAWN = {"nodes": [{"key": "boss", "type": "approve", "assignees": [{"by": "superior"}]}]}


@scenario("flow.set_working_days", own=OWN_CALENDAR)
def set_working_days(world: World) -> Arguments:
    return {"days": [(date(2026, 11, 28), True)], "note": "盘点"}


@scenario("flow.set_working_time", own=OWN_CALENDAR)
def set_working_time(world: World) -> Arguments:
    commands.set_working_time(actor=world.admin, starts=time(8), ends=time(17))
    return {"starts": time(8, 30), "ends": time(17, 30)}


def drawn(world: World) -> None:
    """A flow of purchase orders, drawn and not yet published."""
    commands.create_flow(actor=world.admin, kind="po", definition=DRAWN)


def published(world: World) -> None:
    drawn(world)
    commands.publish_flow(actor=world.admin, kind="po")


@scenario("flow.create_flow", own=OWN_FLOWS)
def create_flow(world: World) -> Arguments:
    return {"kind": "po", "name": "采购订单审批"}


@scenario("flow.save_draft")
def save_draft(world: World) -> Arguments:
    drawn(world)
    return {"kind": "po", "version": 1, "definition": {**DRAWN, "own": "skip"}}


@scenario("flow.publish_flow")
def publish_flow(world: World) -> Arguments:
    drawn(world)
    return {"kind": "po", "version": 1, "note": "第一版"}


@scenario("flow.restore_version")
def restore_version(world: World) -> Arguments:
    published(world)
    commands.save_draft(actor=world.admin, kind="po", definition={"nodes": []})
    return {"kind": "po", "number": 1, "version": 1, "publish": True}


@scenario("flow.switch_off")
def switch_off(world: World) -> Arguments:
    published(world)
    return {"kind": "po", "version": 2}


def late(world: World, then: str) -> Task:
    """An order that waits for its approval, whose deadline has passed."""
    draw(world.admin, approve(then=then))
    make_order(world.buy)
    overdue()
    return Task.objects.get(company_id=world.admin.company_id, state="waiting")


@scenario("flow.mind_deadlines", own="it looks at the tasks of one's own company only")
def mind_deadlines(world: World) -> Arguments:
    return {"remind": [late(world, "remind").pk]}


@scenario("flow.settle_deadline")
def settle_deadline(world: World) -> Arguments:
    task = late(world, "pass")
    return {"kind": "po", "number": task.instance.number, "task_id": task.pk}


TODAY, LATER = date(2030, 1, 1), date(2030, 1, 9)


@scenario("flow.name_substitute", refusal=Invalid, asks=("flow.delegate_others",))
def name_substitute(world: World) -> Arguments:
    ill, colleague = make_user(world.company).username, world.colleague.username
    return {"person": ill, "substitute": colleague, "first": TODAY, "last": LATER}


@scenario("flow.end_substitute", asks=("flow.delegate_others",))
def end_substitute(world: World) -> Arguments:
    ill, company_id = make_user(world.company), world.admin.company_id
    made = Delegate.objects.create(
        company_id=company_id, person=ill, substitute=world.colleague, first=TODAY, last=LATER
    )
    return {"delegate_id": made.pk}
