"""What is on its way: contexts above say what they still expect, transfers between warehouses are known here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Expected:
    """A quantity (stock unit) of a product still to come to a warehouse, and when the next of it is due."""

    product_id: int
    warehouse_id: int
    quantity: Decimal
    next_on: date | None = None


# (actor, product ids, warehouse id or None for all) -> what is expected; one statement each.
IncomingProvider = Callable[[Actor, Sequence[int], int | None], list[Expected]]
INCOMING: list[IncomingProvider] = []


@dataclass(frozen=True, slots=True)
class Incoming:
    """The sum of what is expected of a product (at a warehouse)."""

    quantity: Decimal
    next_on: date | None


def transfers_on_the_way(actor: Actor, product_ids: Sequence[int], warehouse_id: int | None) -> list[Expected]:
    """What left another warehouse and has not arrived."""
    found = db.rows(
        "SELECT l.product_id, t.to_warehouse_id, sum(l.quantity - l.received - l.returned)"
        " FROM inventory_transfer t JOIN inventory_transferline l ON l.transfer_id = t.id"
        " WHERE t.company_id = %s AND t.state = 'in_transit' AND l.product_id = ANY(%s::bigint[])"
        " AND (%s::bigint IS NULL OR t.to_warehouse_id = %s::bigint)"
        " AND l.quantity > l.received + l.returned GROUP BY 1, 2",
        [actor.company_id, list(product_ids), warehouse_id, warehouse_id],
    )
    return [Expected(product, warehouse, quantity) for product, warehouse, quantity in found]


INCOMING.append(transfers_on_the_way)


def incoming(actor: Actor, product_ids: Sequence[int], warehouse_id: int | None = None) -> dict[int, Incoming]:
    """What is expected per product, from every provider; a fixed number of statements."""
    found: dict[int, Incoming] = {}
    for expected in _all(actor, product_ids, warehouse_id):
        found[expected.product_id] = _add(found.get(expected.product_id), expected)
    return found


def incoming_by_warehouse(actor: Actor, product_ids: Sequence[int]) -> dict[tuple[int, int], Incoming]:
    """What is expected per product and warehouse."""
    found: dict[tuple[int, int], Incoming] = {}
    for expected in _all(actor, product_ids, None):
        key = (expected.product_id, expected.warehouse_id)
        found[key] = _add(found.get(key), expected)
    return found


def _all(actor: Actor, product_ids: Sequence[int], warehouse_id: int | None) -> list[Expected]:
    if not product_ids:
        return []
    return [expected for provide in INCOMING for expected in provide(actor, product_ids, warehouse_id)]


def _add(sofar: Incoming | None, expected: Expected) -> Incoming:
    if sofar is None:
        return Incoming(expected.quantity, expected.next_on)
    dates = [day for day in (sofar.next_on, expected.next_on) if day is not None]
    return Incoming(sofar.quantity + expected.quantity, min(dates, default=None))
