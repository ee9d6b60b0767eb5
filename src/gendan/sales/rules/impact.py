"""Who of those that wait for a purchase line becomes late or short when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)


class Change(Protocol):
    """What would become of a purchase line (purchasing.queries.impact.Change)."""

    @property
    def line_id(self) -> int: ...
    @property
    def moved(self) -> bool: ...
    @property
    def expected_on(self) -> date | None: ...
    @property
    def room(self) -> Decimal | None: ...
    @property
    def postponed(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sales line that waits for a purchase line, with what its customer was told."""

    purchase_line_id: int
    quantity: Decimal
    line_id: int
    order: str
    line: int
    customer: str
    customer_name: str
    product: str
    product_name: str
    unit: str
    product_id: int
    warehouse_id: int
    source: str
    due_on: date | None
    expected_on: date | None
    base: date | None
    others_on: date | None
    worth: Decimal
    email: str | None
    peg_id: int
    supply_on: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """A sales line that is hit, before anybody offers help; ``after`` None: nobody knows."""

    kind: str
    waiting: Waiting
    quantity: Decimal
    after: date | None


def hits(change: Change, waiting: Sequence[Waiting], handling: timedelta, today: date) -> list[Found]:
    """What one purchase line does to those who wait for it; most urgent first, so that the last lose."""
    found = []
    left = change.room
    for each in waiting:
        if each.purchase_line_id != change.line_id:
            continue
        kept = each.quantity if left is None else min(each.quantity, max(left, ZERO))
        if left is not None:
            left -= kept
        if kept < each.quantity:
            found.append(Found("postponed" if change.postponed else "short", each, each.quantity - kept, None))
        if kept > 0 and change.moved:
            after = _after(change.expected_on, each, handling, today)
            if _worse(each, after, handling, today):
                found.append(Found("late", each, kept, after))
    return found


def _after(day: date | None, each: Waiting, handling: timedelta, today: date) -> date | None:
    """When the line can leave, the goods coming on a day."""
    if day is None:
        return None
    others = max(each.others_on, today) + handling if each.others_on else today
    return max(max(day, today) + handling, others, each.base or today)


def _worse(each: Waiting, after: date | None, handling: timedelta, today: date) -> bool:
    """Whether that is later than what is known now, and late."""
    if after is None:
        return each.supply_on is not None
    now = max(filter(None, (each.expected_on, _after(each.supply_on, each, handling, today))), default=None)
    return (now is None or after > now) and (each.due_on is None or after > each.due_on)
