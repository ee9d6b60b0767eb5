"""Situations of approvals, of who stands in, of the company's calendar."""

from __future__ import annotations

from datetime import date, time

from gendan.flow import commands

from .scenario import Arguments, World, scenario

OWN_CALENDAR = "every company has a calendar of its own"
OWN_FLOWS = "every company draws flows of its own"
DRAWN = {"nodes": [{"key": "boss", "type": "approve", "assignees": [{"by": "superior"}]}]}


@scenario("flow.set_working_days", own=OWN_CALENDAR)
def set_working_days(world: World) -> Arguments:
    return {"days": {date(2026, 11, 28): True}, "note": "盘点"}


@scenario("flow.set_working_time", own=OWN_CALENDAR)
def set_working_time(world: World) -> Arguments:
    return {"starts": time(8, 30), "ends": time(17, 30), "version": 0}


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
