"""What inspection plans say of goods that come in, and the inspection that is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step
from gendan.purchasing.steps.order import LockedLine
from gendan.purchasing.steps.receipt import Booked, Places
from gendan.quality import steps as quality
from gendan.quality.queries import chosen
from gendan.quality.rules.choosing import Chosen, Look, look

Plans = Mapping[int, Chosen]


class _From(Protocol):
    """What goods come in with: an order, or a return that is replaced."""

    @property
    def supplier_id(self) -> int: ...
    @property
    def warehouse_id(self) -> int: ...


@step
def plans_of(actor: Actor, supplier_id: int, places: Places, lines: Sequence[LockedLine]) -> Plans | None:
    """The plans that fit the lines, by product; one statement, none for a company without plans (None)."""
    return chosen(actor, supplier_id, [line.product_id for line in lines]) if places.has_plans else None


def look_at(plans: Plans | None, line: LockedLine, quantity: Decimal) -> Look:
    """How a lot (order line's unit) is looked at: as its plan says, else as its product says."""
    plan = plans.get(line.product_id) if plans else None
    return look(plan, quantity * line.factor, flagged=line.inspect)


@step
def open_inspection(
    actor: Actor,
    receipt: Subject,
    of: _From,
    day: date,
    rows: Sequence[Booked],
    row_ids: Sequence[int],
    plans: Plans | None,
) -> None:
    """Write the inspection of a receipt as its rows' plans say; sent with the next statement. None without plans."""
    if plans is None:
        return
    lots = [
        quality.NewLot(id_, n, row.line.product_id, row.line.unit_id, row.line.factor, row.quantity, row.look, row.lot)
        for n, (row, id_) in enumerate(zip(rows, row_ids, strict=True), 1)
        if row.look is not None
    ]
    quality.open_inspection(actor, receipt, of.supplier_id, of.warehouse_id, day, lots)
