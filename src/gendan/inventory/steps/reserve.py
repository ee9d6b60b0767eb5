"""Set stock aside for contexts above: they keep who it is for, the balance keeps how much."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step


@dataclass(frozen=True, slots=True)
class Held:
    """A locked balance in a bin."""

    id: int
    product_id: int
    location_id: int
    lot_id: int | None
    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved


_COLUMNS = "b.id, b.product_id, b.location_id, b.lot_id, b.on_hand, b.reserved"
# Locked in key order, as the ledger does; served first expired first out, then by bin.
_LOCK = f"""
WITH locked AS MATERIALIZED (
 SELECT {_COLUMNS} FROM inventory_balance b
 JOIN catalog_location l ON l.id = b.location_id AND l.kind = 'bin'
 WHERE b.company_id = %s::bigint AND b.product_id = ANY(%s::bigint[]) AND l.warehouse_id = %s::bigint
  AND (l.is_active AND b.on_hand > b.reserved OR b.id = ANY(%s::bigint[]))
 ORDER BY b.product_id, b.location_id, b.lot_id FOR NO KEY UPDATE OF b)
SELECT {_COLUMNS} FROM locked b JOIN catalog_location l ON l.id = b.location_id
LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
ORDER BY b.product_id, lot.expires_on NULLS LAST, l.code, b.id
"""
_LOCK_IN_SEVERAL = _LOCK.replace("l.warehouse_id = %s::bigint", "l.warehouse_id = ANY(%s::bigint[])")
_AVAILABLE = f"""
SELECT {_COLUMNS} FROM inventory_balance b
JOIN catalog_location l ON l.id = b.location_id AND l.kind = 'bin' AND l.is_active
LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE b.id = ANY(%s::bigint[]) AND l.warehouse_id = %s::bigint AND b.on_hand > b.reserved
ORDER BY b.product_id, lot.expires_on NULLS LAST, l.code, b.id
"""


@step
def lock_available(
    actor: Actor, warehouse_id: int, product_ids: Sequence[int], held: Sequence[int] = (), *, beside: int | None = None
) -> list[Held]:
    """The balances in the warehouse's bins that have something to give, and those ``held`` by the caller, locked.

    ``beside`` is another warehouse of which the same is needed: all are locked in one order.
    """
    ids = sorted(set(product_ids))
    if beside is not None and beside != warehouse_id:
        places = [warehouse_id, beside]
        return [Held(*row) for row in db.rows(_LOCK_IN_SEVERAL, [actor.company_id, ids, places, list(held)])]
    return [Held(*row) for row in db.rows(_LOCK, [actor.company_id, ids, warehouse_id, list(held)])]


@step
def available_of(warehouse_id: int, balances: Collection[int]) -> list[Held]:
    """Those of the balances, which the caller has locked, that have something to give in the warehouse's bins."""
    return [Held(*row) for row in db.rows(_AVAILABLE, [db.array(balances), warehouse_id])]


@step
def reserve(changes: Mapping[int, Decimal]) -> None:
    """Change what is reserved of balances that the caller has locked; one statement, sent with the next."""
    if changes:
        db.later(
            "UPDATE inventory_balance b SET reserved = b.reserved + t.change"
            " FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, change) WHERE b.id = t.id",
            [db.array(changes), db.array(changes.values())],
        )
