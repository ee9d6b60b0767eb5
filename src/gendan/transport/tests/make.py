"""Situations of transport for tests."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests import make as buying
from gendan.transport import commands


def make_shipment(world: buying.World, *quantities: Any, dispatched: bool = True, **said: Any) -> str:
    """An order and a shipment with everything in it; its number."""
    order = buying.make_order(world, *quantities).number
    number = purchasing.create_shipment(actor=world.actor, orders=[order], **said).number
    if dispatched and not said.get("shipped_on"):
        purchasing.dispatch_shipment(actor=world.actor, number=number)
    return number


def make_dock(world: buying.World, code: str = "D1", **said: Any) -> str:
    """A dock of the main warehouse, open every day from 8 to 12, an hour for each."""
    given: dict[str, Any] = {"warehouse": "MAIN", "opens": time(8), "closes": time(12), "weekdays": "1234567"} | said
    return commands.save_dock(actor=world.actor, code=code, **given).number


def tomorrow(world: buying.World) -> date:
    """The day after today in the company."""
    return world.actor.today() + timedelta(days=1)


def transport_differences() -> list[str]:
    """The checks of transport that find something; none, it is hoped."""
    return [check.name for check, found in differences() if found and check.name.startswith("transport.")]
