"""Who waits for purchase and requisition lines, or was served by them: contexts above register here and answer.

Purchasing shows it on its pages and does not know who it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from gendan.kernel.actor import Actor

Kind = Literal["purchase", "requisition"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery of a waiting line."""

    number: str
    url: str
    state: str
    state_label: str
    quantity: Decimal
    shipped_on: date | None
    signed_on: date | None
    signed_by: str


@dataclass(frozen=True, slots=True)
class Waiter:
    """A line of a customer's order behind a supply (``supply_id``); quantities in stock units. ``waiting`` still waits
    for it, ``came`` came in for it; ``due_on`` is what
    the customer was told, ``late_days`` by how many days it is missed already or will be.
    """

    supply_id: int
    order: str
    line: int
    url: str
    customer: str
    customer_name: str
    state: str
    state_label: str
    unit: str
    waiting: Decimal
    came: Decimal
    due_on: date | None
    expected_on: date | None
    late_days: int
    sent: tuple[Sent, ...]


WAITERS: list[Callable[[Actor, Kind, Sequence[int]], list[Waiter]]] = []


def waiters(actor: Actor, kind: Kind, line_ids: Sequence[int]) -> list[Waiter]:
    """Everybody behind the lines; nobody where the actor may not see them."""
    return [found for ask in WAITERS for found in ask(actor, kind, line_ids)] if line_ids else []
