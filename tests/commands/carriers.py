"""Situations of carriers and their parcels."""

from __future__ import annotations

from datetime import UTC, datetime

from gendan.carriers import commands
from gendan.carriers.rules import ScanIn
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests.make import make_order

from .scenario import Arguments, World, scenario

NUMBER = "SF1001"
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def tracked(world: World) -> Arguments:
    """A shipment whose carrier is asked about its number."""
    commands.save_carrier(actor=world.admin, code="SF", values={"name": "顺丰速运", "adapter": "simulator"})
    order = make_order(world.buy).number
    purchasing.create_shipment(actor=world.admin, orders=[order], carrier="顺丰速运", tracking_number=NUMBER)
    return {"carrier": "SF", "tracking_number": NUMBER}


@scenario("carriers.save_carrier")
def save_carrier(world: World) -> Arguments:
    commands.save_carrier(actor=world.admin, code="SF", values={"name": "顺丰速运"})
    return {"code": "SF", "new": False, "values": {"silent_hours": 24}}


@scenario("carriers.record_event")
def record_event(world: World) -> Arguments:
    return {**tracked(world), "status": "delivered", "text": "电话确认"}


@scenario("carriers.take_update")
def take_update(world: World) -> Arguments:
    return {**tracked(world), "scans": [ScanIn(AT, "已揽收", "上海", "picked_up")], "status": "picked_up"}


@scenario("carriers.check_now", silent="nothing has happened yet: it is only asked sooner")
def check_now(world: World) -> Arguments:
    return tracked(world)


@scenario("carriers.mark_silent", own="it looks at the parcels of one's own company only")
def mark_silent(world: World) -> Arguments:
    tracked(world)
    return {"at": datetime(2099, 1, 1, tzinfo=UTC)}
