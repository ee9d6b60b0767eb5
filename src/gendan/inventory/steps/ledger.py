"""Writes to the stock ledger, for the commands of every context that moves goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from gendan.inventory.errors import StockShort
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step


@dataclass(frozen=True, slots=True)
class Leg:
    """A quantity (stock unit, positive) of a product goes from one location to another."""

    product_id: int
    from_location_id: int
    to_location_id: int
    quantity: Decimal
    lot_id: int | None = None
    source_line: int | None = None
    reverses: int | None = None


Key = tuple[int, int, int | None]
PHYSICAL = "('bin', 'inspection', 'rejected', 'transit')"
LEGS = (
    "legs AS (SELECT * FROM unnest(%(product)s::bigint[], %(from)s::bigint[], %(to)s::bigint[], "
    " %(quantity)s::numeric[], %(lot)s::bigint[], %(line)s::bigint[], %(reverses)s::bigint[])"
    " AS t(product_id, from_id, to_id, quantity, lot_id, line, reverses))"
)
_INSERT = (
    "INSERT INTO inventory_stockmove (company_id, product_id, lot_id, from_location_id, to_location_id, quantity,"
    " occurred_at, source_kind, source_id, source_line, source_number, reverses_id, user_id)"
    " SELECT %(company)s::bigint, product_id, lot_id, from_id, to_id, quantity, coalesce(%(at)s::timestamptz, now()),"
    " %(kind)s::text, %(source)s::bigint, line, %(number)s::text, reverses, %(user)s::bigint FROM legs"
)
_BRING_IN = f"""
WITH {LEGS}, moved AS ({_INSERT})
INSERT INTO inventory_balance AS b (company_id, product_id, location_id, lot_id, on_hand, reserved, allow_negative)
SELECT %(company)s::bigint, l.product_id, l.to_id, l.lot_id, sum(l.quantity), 0, p.allow_negative
FROM legs l JOIN catalog_location p ON p.id = l.to_id AND p.kind IN {PHYSICAL}
GROUP BY l.product_id, l.to_id, l.lot_id, p.allow_negative ORDER BY l.product_id, l.to_id, l.lot_id
ON CONFLICT (product_id, location_id, lot_id) DO UPDATE SET on_hand = b.on_hand + excluded.on_hand
"""
DELTAS = (
    "deltas AS (SELECT product_id, place, lot_id, sum(change) AS change FROM ("
    " SELECT product_id, to_id AS place, lot_id, quantity AS change FROM legs UNION ALL"
    " SELECT product_id, from_id, lot_id, -quantity FROM legs) d GROUP BY 1, 2, 3)"
)
# A balance below zero keeps its own flag, or its constraint would refuse even what fills it up; whether more may leave
# is asked of the location.
LOCK = f"""
WITH {LEGS}, {DELTAS}
INSERT INTO inventory_balance AS b (company_id, product_id, location_id, lot_id, on_hand, reserved, allow_negative)
SELECT %(company)s::bigint, d.product_id, d.place, d.lot_id, 0, 0, p.allow_negative
FROM deltas d JOIN catalog_location p ON p.id = d.place AND p.kind IN {PHYSICAL}
ORDER BY d.product_id, d.place, d.lot_id
ON CONFLICT (product_id, location_id, lot_id) DO UPDATE SET on_hand = b.on_hand,
 allow_negative = excluded.allow_negative OR b.on_hand < b.reserved
RETURNING b.id, b.product_id, b.location_id, b.lot_id, b.on_hand, b.reserved,
 (SELECT p.allow_negative FROM catalog_location p WHERE p.id = b.location_id)
"""
_APPLY = f"""
WITH {LEGS}, moved AS ({_INSERT})
UPDATE inventory_balance b SET on_hand = b.on_hand + u.change
FROM unnest(%(balance)s::bigint[], %(change)s::numeric[]) AS u(id, change) WHERE b.id = u.id
"""


@step
def bring_in(actor: Actor, legs: Sequence[Leg], source: Subject, at: datetime | None = None) -> None:
    """Book legs that come from outside (a supplier, an opening balance): one statement, nothing can be short."""
    if legs:
        db.later(_BRING_IN, leg_params(actor, legs, source, at))


@step
def move(actor: Actor, legs: Sequence[Leg], source: Subject, at: datetime | None = None) -> None:
    """Book legs between any places, two statements for any number of legs.

    Balances are made where missing and locked in key order by the same statement, so that opposite moves wait for each
    other instead of deadlocking. StockShort when a place would fall below what is reserved there (or below zero).
    """
    if not legs:
        return
    params = leg_params(actor, legs, source, at)
    deltas: dict[Key, Decimal] = defaultdict(Decimal)
    for leg in legs:
        deltas[leg.product_id, leg.from_location_id, leg.lot_id] -= leg.quantity
        deltas[leg.product_id, leg.to_location_id, leg.lot_id] += leg.quantity
    changed = []
    for id_, product_id, location_id, lot_id, on_hand, reserved, allow_negative in db.rows(LOCK, params):
        change = deltas[product_id, location_id, lot_id]
        if change < 0 and on_hand + change < reserved and not allow_negative:
            raise short(product_id, location_id, lot_id, on_hand - reserved, -change)
        if change:
            changed.append((id_, change))
    db.execute(_APPLY, {**params, "balance": [id_ for id_, _ in changed], "change": [change for _, change in changed]})


def short(product_id: int, location_id: int, lot_id: int | None, available: Decimal, quantity: Decimal) -> StockShort:
    """The refusal with the names that people know."""
    found = db.row(
        "SELECT p.code, concat_ws(' ', w.code, l.code),"
        " coalesce((SELECT code FROM inventory_lot WHERE id = %s::bigint), '')"
        " FROM catalog_product p, catalog_location l LEFT JOIN catalog_warehouse w ON w.id = l.warehouse_id"
        " WHERE p.id = %s::bigint AND l.id = %s::bigint",
        [lot_id, product_id, location_id],
    )
    product, place, lot = found or (product_id, location_id, "")
    return StockShort(
        product=f"{product} [{lot}]" if lot else product, place=place, available=available, quantity=quantity
    )


@step
def ensure_lots(
    company_id: int, lots: Iterable[tuple[int, str]], expiry: Mapping[tuple[int, str], date] = MappingProxyType({})
) -> dict[tuple[int, str], int]:
    """Ids of lots by (product id, code), made where missing, in one statement; ``expiry`` is kept of those that have
    none yet."""
    wanted = sorted(set(lots))
    if not wanted:
        return {}
    found = db.rows(
        "INSERT INTO inventory_lot AS l (company_id, product_id, code, expires_on)"
        " SELECT %s::bigint, t.* FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS t(product_id, code, expires_on)"
        " ON CONFLICT (product_id, code) DO UPDATE SET code = l.code,"
        " expires_on = coalesce(l.expires_on, excluded.expires_on) RETURNING product_id, code, id",
        [
            *(company_id, [product for product, _ in wanted], [code for _, code in wanted]),
            db.array(expiry.get(lot) for lot in wanted),
        ],
    )
    return {(product, code): lot_id for product, code, lot_id in found}


def leg_params(actor: Actor, legs: Sequence[Leg], source: Subject, at: datetime | None) -> dict[str, object]:
    return {
        "company": actor.company_id,
        "user": actor.user_id,
        "kind": source.kind,
        "source": source.id,
        "number": source.number,
        "at": at,
        "product": db.array(leg.product_id for leg in legs),
        "from": db.array(leg.from_location_id for leg in legs),
        "to": db.array(leg.to_location_id for leg in legs),
        "quantity": db.array(leg.quantity for leg in legs),
        "lot": db.array(leg.lot_id for leg in legs),
        "line": db.array(leg.source_line for leg in legs),
        "reverses": db.array(leg.reverses for leg in legs),
    }
