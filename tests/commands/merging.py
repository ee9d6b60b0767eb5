"""Commands that take over what somebody else has saved meanwhile: what was opened, and two ways to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gendan.purchasing.queries.drafts import draft_of, request_draft, return_draft, shipment_draft
from gendan.purchasing.queries.shipments import shipment_detail
from gendan.sales.queries.drafts import draft_of as sales_draft_of
from gendan.sales.queries.quotations import quote_draft

from .scenario import Arguments, World


@dataclass(frozen=True, slots=True)
class Opened:
    """What the form was opened with (``seen``); a change beside the other one's, and one against it."""

    seen: Arguments
    beside: Arguments
    against: Arguments


def order(world: World, arguments: Arguments) -> Opened:
    """The other one writes the note."""
    base = draft_of(world.admin, arguments["number"]).draft
    return Opened(
        {"version": 1, "base": base},
        {"draft": replace(base, supplier_reference="HD-1")},
        {"draft": replace(base, note="不急")},
    )


def sales_order(world: World, arguments: Arguments) -> Opened:
    """The other one writes the note."""
    base = sales_draft_of(world.admin, arguments["number"]).draft
    return Opened(
        {"version": 1, "base": base},
        {"draft": replace(base, customer_reference="KH-1")},
        {"draft": replace(base, note="不急")},
    )


def quotation(world: World, arguments: Arguments) -> Opened:
    """The other one writes the note."""
    base = quote_draft(world.admin, arguments["number"]).draft
    return Opened(
        {"version": 1, "base": base},
        {"draft": replace(base, customer_reference="KH-1")},
        {"draft": replace(base, note="不急")},
    )


def requisition(world: World, arguments: Arguments) -> Opened:
    """The other one changes warehouse and reason."""
    base = request_draft(world.admin, arguments["number"]).draft
    mine: dict[str, Any] = {"warehouse": base.warehouse, "lines": base.lines, "reason": base.reason}
    lines = [replace(line, note="急") for line in base.lines]
    return Opened({"version": 1, "base": base}, {**mine, "lines": lines}, {**mine, "reason": "补货"})


def shipment(world: World, arguments: Arguments) -> Opened:
    """The other one writes the tracking number."""
    base = shipment_draft(shipment_detail(world.admin, arguments["number"]))
    return Opened({"version": 1, "base": base}, {"changes": {"note": "两箱"}}, {"changes": {"tracking_number": "SF2"}})


def supplier_return(world: World, arguments: Arguments) -> Opened:
    """The other one writes the contact."""
    base = return_draft(world.admin, arguments["number"]).draft
    return Opened(
        {"version": 1, "base": base},
        {"draft": replace(base, note="上门取货")},
        {"draft": replace(base, contact="李工")},
    )


MERGING: dict[str, Callable[[World, Arguments], Opened]] = {
    "purchasing.update_order": order,
    "sales.update_quotation": quotation,
    "purchasing.update_requisition": requisition,
    "purchasing.update_shipment": shipment,
    "sales.update_order": sales_order,
    "purchasing.update_return": supplier_return,
}
