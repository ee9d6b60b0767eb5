"""Write what came back, what became of it and what the customer gets; the return is locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gendan.inventory.errors import UnknownPlace
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.sales.steps.returned import LockedLine, LockedReturn


@dataclass(frozen=True, slots=True)
class Split:
    """A quantity that came of another lot than the rest of its line: it becomes a line of its own."""

    line: LockedLine
    lot_id: int | None
    quantity: Decimal


_RECEIVE = """
WITH lines AS (
 UPDATE sales_returnline rl SET received = t.received, quantity = t.quantity, lot_id = t.lot_id
 FROM unnest(%(ids)s::bigint[], %(received)s::numeric[], %(quantities)s::numeric[], %(lots)s::bigint[])
  AS t(id, received, quantity, lot_id) WHERE rl.id = t.id),
split AS (
 INSERT INTO sales_returnline (company_id, sales_return_id, number, line_no, order_line_id, delivery_line_id, reason,
  note, quantity, received, lot_id)
 SELECT rl.company_id, rl.sales_return_id, %(number)s::text || '-' || t.line_no, t.line_no, rl.order_line_id,
  rl.delivery_line_id, rl.reason, rl.note, t.quantity, t.quantity, t.lot_id
 FROM unnest(%(split)s::bigint[], %(split_nos)s::int[], %(split_quantities)s::numeric[], %(split_lots)s::bigint[])
  AS t(id, line_no, quantity, lot_id) JOIN sales_returnline rl ON rl.id = t.id
 RETURNING id, line_no),
sold AS (
 UPDATE sales_salesline l SET returned = l.returned + t.quantity
 FROM (SELECT id, sum(quantity) AS quantity FROM unnest(%(sold)s::bigint[], %(came)s::numeric[]) AS x(id, quantity)
  GROUP BY 1) t WHERE l.id = t.id),
header AS (
 UPDATE sales_salesreturn SET state = 'received', version = version + 1, updated_at = now(),
  received_on = coalesce(received_on, %(today)s::date) WHERE id = %(id)s::bigint)
SELECT line_no, id FROM split ORDER BY line_no
"""


@step
def receive(
    actor: Actor,
    found: LockedReturn,
    lines: Sequence[LockedLine],
    splits: Sequence[Split],
    came: Mapping[int, Decimal],
    next_no: int,
) -> list[int]:
    """Write what came (by order line's id) and the lines that split off; the ids of those."""
    rows = db.rows(
        _RECEIVE,
        {
            "id": found.id,
            "number": found.number,
            "today": actor.today(),
            "ids": db.array(line.id for line in lines),
            "received": db.array(line.received for line in lines),
            "quantities": db.array(line.quantity for line in lines),
            "lots": db.array(line.lot_id for line in lines),
            "split": db.array(split.line.id for split in splits),
            "split_nos": db.array(range(next_no, next_no + len(splits))),
            "split_quantities": db.array(split.quantity for split in splits),
            "split_lots": db.array(split.lot_id for split in splits),
            "sold": db.array(came),
            "came": db.array(came.values()),
        },
    )
    return [row[1] for row in rows]


@step
def decide(found: LockedReturn, lines: Sequence[LockedLine]) -> None:
    """Write what became of the goods."""
    db.later(
        "WITH lines AS (UPDATE sales_returnline rl SET restocked = t.restocked, scrapped = t.scrapped,"
        "  to_supplier = t.to_supplier FROM unnest(%(ids)s::bigint[], %(restocked)s::numeric[],"
        "  %(scrapped)s::numeric[], %(to_supplier)s::numeric[]) AS t(id, restocked, scrapped, to_supplier)"
        "  WHERE rl.id = t.id)"
        " UPDATE sales_salesreturn SET version = version + 1, updated_at = now() WHERE id = %(id)s::bigint",
        {
            "id": found.id,
            "ids": db.array(line.id for line in lines),
            "restocked": db.array(line.restocked for line in lines),
            "scrapped": db.array(line.scrapped for line in lines),
            "to_supplier": db.array(line.to_supplier for line in lines),
        },
    )


@step
def settle(found: LockedReturn, settlement: str, credit: Decimal | None, replacement_id: int | None, note: str) -> None:
    """Write what the customer gets."""
    db.later(
        "UPDATE sales_salesreturn SET state = 'settled', version = version + 1, updated_at = now(),"
        " settlement = %(settlement)s::text, credit = %(credit)s::numeric, replacement_id = %(replacement)s::bigint,"
        " decision_note = CASE WHEN %(note)s::text = '' THEN decision_note ELSE %(note)s::text END"
        " WHERE id = %(id)s::bigint",
        {
            "id": found.id,
            "settlement": settlement,
            "credit": credit,
            "replacement": replacement_id,
            "note": note,
        },
    )


@step
def give_credit(shares: Mapping[int, Decimal]) -> None:
    """Take a credit off what is owed for orders (by id), which the caller has locked; sent with the next statement."""
    db.later(
        "UPDATE sales_salesorder o SET credited = o.credited + t.share"
        " FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, share) WHERE o.id = t.id",
        [db.array(shares), db.array(shares.values())],
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where goods that come back go: from the customer into inspection, from there into bins, scrap or rejected."""

    warehouse: str
    customer_id: int
    inspection_id: int
    rejected_id: int
    scrap_id: int
    default_id: int
    bins: Mapping[str, int]

    def bin(self, code: str) -> int:
        """The id of a bin by its code; the usual one for an empty code. Errors: UnknownPlace."""
        if not code:
            return self.default_id
        if code not in self.bins:
            raise UnknownPlace(warehouse=self.warehouse, place=code)
        return self.bins[code]


_PLACES = """
SELECT l.kind, l.code, l.id, w.default_location_id FROM catalog_warehouse w
JOIN catalog_location l ON l.company_id = w.company_id AND l.is_active AND (
 (l.warehouse_id = w.id AND (l.kind IN ('inspection', 'rejected')
   OR (l.kind = 'bin' AND l.code = ANY(%(bins)s::text[]))))
 OR (l.warehouse_id IS NULL AND l.kind IN ('customer', 'scrap')))
WHERE w.company_id = %(company)s::bigint AND w.id = %(warehouse)s::bigint ORDER BY l.id DESC
"""


@step
def places(actor: Actor, found: LockedReturn, bins: Iterable[str] = ()) -> Places:
    """The places of the warehouse that the goods come back to."""
    rows = db.rows(
        _PLACES,
        {"company": actor.company_id, "warehouse": found.warehouse_id, "bins": sorted(set(bins) - {""})},
    )
    kinds: dict[str, int] = {row[0]: row[2] for row in rows if row[0] != "bin"}
    default: int = rows[0][3]
    return Places(
        warehouse=found.warehouse,
        customer_id=kinds["customer"],
        inspection_id=kinds.get("inspection", default),
        rejected_id=kinds.get("rejected", default),
        scrap_id=kinds["scrap"],
        default_id=default,
        bins={row[1]: row[2] for row in rows if row[0] == "bin"},
    )
