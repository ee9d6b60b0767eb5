"""Situations of those who are asked about a document, and of its submitter."""

from __future__ import annotations

from gendan.accounts.tests.make import actor_for
from gendan.flow.models import Task
from gendan.flow.tests.make import approve, draw
from gendan.kernel.actor import Actor
from gendan.purchasing.tests.make import make_order

from .scenario import Arguments, World, scenario


def asked(world: World, kind: str = "approve") -> int:
    """The task of an order that waits for the administrator; the colleague is told of it."""
    told = {"key": "told", "type": "inform", "assignees": [{"by": "person", "value": world.colleague.username}]}
    draw(world.admin, told, approve("boss", {"by": "submitter"}), own="allow")
    make_order(world.buy)
    return Task.objects.get(company_id=world.admin.company_id, kind=kind, state="waiting").pk


@scenario("flow.approve_task")
def approve_task(world: World) -> Arguments:
    return {"task_id": asked(world), "note": "同意"}


@scenario("flow.reject_task")
def reject_task(world: World) -> Arguments:
    return {"task_id": asked(world), "reason": "太贵"}


@scenario("flow.send_back_task")
def send_back_task(world: World) -> Arguments:
    return {"task_id": asked(world), "reason": "再核对价格"}


@scenario("flow.transfer_task")
def transfer_task(world: World) -> Arguments:
    return {"task_id": asked(world), "to": world.colleague.username, "note": "您更了解"}


@scenario("flow.delegate_task")
def delegate_task(world: World) -> Arguments:
    return {"task_id": asked(world), "to": world.colleague.username, "note": "请代为审批"}


@scenario("flow.add_signer")
def add_signer(world: World) -> Arguments:
    return {"task_id": asked(world), "people": [world.colleague.username], "note": "请先看"}


@scenario("flow.urge_task")
def urge_task(world: World) -> Arguments:
    return {"task_id": asked(world)}


@scenario("flow.withdraw_approval")
def withdraw_approval(world: World) -> Arguments:
    task = Task.objects.get(pk=asked(world))
    return {"kind": "po", "number": task.instance.number, "reason": "填错了"}


def told(world: World) -> Actor:
    """The colleague, who is told."""
    return actor_for(world.colleague, world.company)


@scenario("flow.read_task", actor=told, silent="that somebody has read a copy is seen on the copy")
def read_task(world: World) -> Arguments:
    return {"task_id": asked(world, "inform")}


@scenario("flow.settle_webhook")
def settle_webhook(world: World) -> Arguments:
    told = {"key": "erp", "type": "webhook", "url": "https://erp.example.com/orders"}
    draw(world.admin, told)
    return {"kind": "po", "number": make_order(world.buy).number}
