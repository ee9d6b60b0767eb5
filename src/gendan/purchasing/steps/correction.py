"""Locking a receipt with everything that it moved, to reverse or to inspect it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.inventory.steps import Leg
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.unit import step
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.steps.order import LockedLine, LockedOrder, lines_of, lock_orders


@dataclass(slots=True)
class LockedReceiptLine:
    """A line of a locked receipt."""

    id: int
    line_no: int
    order_line_id: int
    shipment_line_id: int | None
    lot_id: int | None
    location_id: int
    quantity: Decimal
    accepted: Decimal
    rejected: Decimal
    scrapped: Decimal = Decimal(0)
    accepted_returned: Decimal = Decimal(0)
    rejected_returned: Decimal = Decimal(0)
    return_line_id: int | None = None

    @property
    def rejects(self) -> Decimal:
        """What was rejected and is still in the rejected area."""
        return self.rejected - self.scrapped - self.rejected_returned

    @property
    def waiting(self) -> Decimal:
        """What nobody has inspected yet."""
        return self.quantity - self.accepted - self.rejected


@dataclass(frozen=True, slots=True)
class LockedReceipt:
    """A receipt with its lines and the orders behind them, held by this transaction."""

    id: int
    number: str
    state: str
    version: int
    supplier_id: int
    warehouse_id: int
    shipment_id: int | None
    delivery_note: str
    received_on: date
    reverses_id: int | None
    lines: list[LockedReceiptLine]
    orders: list[LockedOrder]
    order_lines: list[LockedLine]

    @property
    def subject(self) -> Subject:
        return Subject("gr", self.id, self.number)

    def order_line(self, line_id: int) -> LockedLine:
        """The order line behind a receipt line."""
        return next(line for line in self.order_lines if line.id == line_id)

    @property
    def lines_behind(self) -> list[LockedLine]:
        """The order lines that the receipt booked."""
        ids = {line.order_line_id for line in self.lines}
        return [line for line in self.order_lines if line.id in ids]

    @property
    def refs(self) -> tuple[str, ...]:
        """Every order and product concerned, for the event log."""
        products = sorted({line.product for line in self.lines_behind})
        return (*(order.subject.ref for order in self.orders), *(f"product:{code}" for code in products[:50]))

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(GoodsReceipt, self.state), action=str(action))


_ORDERS = """
SELECT DISTINCT o.number FROM purchasing_goodsreceipt r JOIN purchasing_receiptline rl ON rl.receipt_id = r.id
JOIN purchasing_orderline l ON l.id = rl.order_line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE r.company_id = %s AND r.number = %s
"""
_LOCK = """
SELECT r.id, r.number, r.state, r.version, r.supplier_id, r.warehouse_id, r.shipment_id, r.delivery_note, r.received_on,
 r.reverses_id, rl.id, rl.line_no, rl.order_line_id, rl.shipment_line_id, rl.lot_id, rl.location_id, rl.quantity,
 rl.accepted, rl.rejected, rl.scrapped, rl.accepted_returned, rl.rejected_returned, rl.return_line_id
FROM purchasing_goodsreceipt r JOIN purchasing_receiptline rl ON rl.receipt_id = r.id
WHERE r.company_id = %s AND r.number = %s ORDER BY rl.line_no FOR NO KEY UPDATE OF r, rl
"""
# Shipments come before the receipt in the order of locks.
_LOCK_SHIPMENTS = """
SELECT s.id FROM purchasing_shipment s WHERE s.id IN (
 SELECT sl.shipment_id FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
 JOIN purchasing_shipmentline sl ON sl.id = rl.shipment_line_id WHERE r.company_id = %s AND r.number = %s)
ORDER BY s.id FOR NO KEY UPDATE
"""
_GIVE_BACK = """
WITH back AS (SELECT * FROM unnest(%(ids)s::bigint[], %(quantities)s::numeric[]) AS t(id, quantity)),
 sums AS (SELECT id, sum(quantity) AS quantity FROM back GROUP BY id),
 lines AS (UPDATE purchasing_shipmentline sl SET received = sl.received - sums.quantity FROM sums
  WHERE sl.id = sums.id),
 state AS (SELECT s.id, bool_and(sl.received - coalesce(sums.quantity, 0) >= sl.quantity) AS complete,
   bool_or(sl.received - coalesce(sums.quantity, 0) > 0) OR EXISTS (SELECT 1 FROM kernel_event e
    WHERE e.subject_kind = 'asn' AND e.subject_id = s.id AND e.type = 'purchasing.shipment_arrived') AS here
  FROM purchasing_shipment s JOIN purchasing_shipmentline sl ON sl.shipment_id = s.id
  LEFT JOIN sums ON sums.id = sl.id WHERE s.id = ANY(%(shipments)s::bigint[]) GROUP BY s.id)
UPDATE purchasing_shipment s SET version = s.version + 1, updated_at = now(),
 arrived_on = CASE WHEN state.here THEN s.arrived_on END,
 state = CASE WHEN state.complete THEN 'received' WHEN state.here THEN 'arrived' ELSE 'in_transit' END
FROM state WHERE s.id = state.id
"""
_OTHERS = """
SELECT rl.order_line_id, r.received_on, sum(rl.quantity)
FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
WHERE rl.order_line_id = ANY(%s::bigint[]) AND r.id <> %s::bigint AND r.state <> 'reversed' AND r.reverses_id IS NULL
 AND rl.return_line_id IS NULL
GROUP BY 1, 2
"""
_MOVES = """
SELECT m.product_id, m.to_location_id, m.from_location_id, m.quantity, m.lot_id, m.source_line, m.id
FROM inventory_stockmove m WHERE m.source_kind = 'gr' AND m.source_id = %s::bigint ORDER BY m.id DESC
"""
_VERDICT = """
WITH lines AS (
 UPDATE purchasing_receiptline rl SET accepted = t.accepted, rejected = t.rejected, location_id = t.location
 FROM unnest(%(ids)s::bigint[], %(accepted)s::numeric[], %(rejected)s::numeric[], %(locations)s::bigint[])
  AS t(id, accepted, rejected, location) WHERE rl.id = t.id)
UPDATE purchasing_goodsreceipt SET state = %(state)s::text, version = version + 1, updated_at = clock_timestamp()
WHERE id = %(receipt)s::bigint
"""


@step
def lock_receipt(actor: Actor, number: str, version: int | None = None) -> tuple[LockedReceipt, list[int]]:
    """A receipt with its orders, and the ids of the shipments that it booked, locked in the order of locks."""
    key = [actor.company_id, number]
    numbers = [row[0] for row in db.rows(_ORDERS, key)]
    if not numbers:
        raise NotFound(what=number)
    orders = lock_orders(actor, numbers)
    order_lines = lines_of([order.id for order in orders])
    shipments = [row[0] for row in db.rows(_LOCK_SHIPMENTS, key)]
    found = db.rows(_LOCK, key)
    if not found:
        raise NotFound(what=number)
    check_version(number, found[0][3], version)
    lines = [LockedReceiptLine(*row[10:]) for row in found]
    return LockedReceipt(*[*found[0][:10], lines, orders, order_lines]), shipments


@step
def other_receipts(receipt: LockedReceipt) -> dict[int, list[tuple[date, Decimal]]]:
    """What other receipts booked on the same order lines, by day."""
    found: dict[int, list[tuple[date, Decimal]]] = {}
    for line_id, day, quantity in db.rows(_OTHERS, [[line.id for line in receipt.lines_behind], receipt.id]):
        found.setdefault(line_id, []).append((day, quantity))
    return found


@step
def give_back(receipt: LockedReceipt, shipments: Sequence[int]) -> None:
    """Take what the receipt booked off its shipments, and set their states; one statement."""
    parts = [line for line in receipt.lines if line.shipment_line_id]
    if parts:
        db.execute(
            _GIVE_BACK,
            {
                "ids": [line.shipment_line_id for line in parts],
                "quantities": [line.quantity for line in parts],
                "shipments": list(shipments),
            },
        )


@step
def moves_back(receipt: LockedReceipt) -> list[Leg]:
    """A leg back for every stock move of the receipt, its inspection included."""
    return [Leg(*row) for row in db.rows(_MOVES, [receipt.id])]


@step
def mark_reversed(receipt: LockedReceipt, reason: str) -> None:
    """Set a receipt reversed; its delivery note is free again."""
    db.execute(
        "UPDATE purchasing_goodsreceipt SET state = 'reversed', version = version + 1, updated_at = clock_timestamp(),"
        " reverse_reason = %s::text WHERE id = %s::bigint",
        [reason, receipt.id],
    )


@step
def save_verdict(receipt: LockedReceipt, lines: Sequence[LockedReceiptLine], state: str) -> None:
    """Write what was accepted and rejected of receipt lines; one statement."""
    db.execute(
        _VERDICT,
        {
            "ids": [line.id for line in lines],
            "accepted": [line.accepted for line in lines],
            "rejected": [line.rejected for line in lines],
            "locations": [line.location_id for line in lines],
            "state": state,
            "receipt": receipt.id,
        },
    )
