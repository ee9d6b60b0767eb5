"""Writing a goods receipt: its rows, its stock, its shipments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError

from gendan.inventory.errors import UnknownPlace
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.purchasing.errors import DeliveryNoteReused
from gendan.purchasing.models.receipt import NOTE_KEY
from gendan.purchasing.rules.receipts import OpenShipmentLine
from gendan.purchasing.steps.order import LockedLine
from gendan.quality.queries import HAS_PLANS
from gendan.quality.rules.choosing import Look


@dataclass(frozen=True, slots=True)
class Places:
    """The locations that a receipt into a warehouse may touch."""

    warehouse: str
    supplier_id: int
    default_id: int
    inspection_id: int
    rejected_id: int
    bins: Mapping[str, int]
    has_plans: bool = False

    def bin(self, code: str) -> int:
        """The id of a bin by code; the default place for an empty one."""
        if not code:
            return self.default_id
        if code not in self.bins:
            raise UnknownPlace(warehouse=self.warehouse, place=code)
        return self.bins[code]


@dataclass(frozen=True, slots=True)
class Booked:
    """One row of a receipt."""

    line: LockedLine
    quantity: Decimal
    accepted: Decimal
    location_id: int
    lot_id: int | None = None
    shipment_line: OpenShipmentLine | None = None
    rejected: Decimal = Decimal(0)
    shipment_line_id: int | None = None
    look: Look | None = None  # what the inspection plans say of it
    lot: str = ""
    return_line_id: int | None = None  # it came instead of what went back

    @property
    def announced_by(self) -> int | None:
        """The id of the shipment line that announced the goods."""
        return self.shipment_line.id if self.shipment_line else self.shipment_line_id


# LIMIT 1, not min(number): for the least number PostgreSQL walks the receipts in the order of their numbers, all of
# them when nobody booked the note.
_PLACES = """
SELECT l.id, l.kind, l.code, w.default_location_id, w.code,
 (SELECT r.number FROM purchasing_goodsreceipt r WHERE r.company_id = w.company_id AND r.supplier_id = {supplier}
  AND {key} = {asked} AND r.delivery_note <> '' AND r.state <> 'reversed' AND r.reverses_id IS NULL LIMIT 1), {plans}
FROM catalog_warehouse w
JOIN catalog_location l ON l.company_id = w.company_id AND l.is_active AND (
 (l.warehouse_id = w.id AND (l.id = w.default_location_id OR l.kind IN ('inspection', 'rejected')
   OR (l.kind = 'bin' AND l.code = ANY(%(bins)s::text[])))) OR (l.warehouse_id IS NULL AND l.kind = 'supplier'))
WHERE w.company_id = %(company)s::bigint AND w.id = {warehouse}
"""
_OF_ORDER = (
    "(SELECT {column} FROM purchasing_purchaseorder WHERE company_id = %(company)s::bigint AND number = "
    "%(order)s::text)"
)
_KEYS = {
    "key": NOTE_KEY.format("r.delivery_note"),
    "asked": NOTE_KEY.format("%(note)s::text"),
    "plans": HAS_PLANS.format(company="w.company_id"),
}
_PLACES_OF_ORDER = _PLACES.format(
    supplier=_OF_ORDER.format(column="supplier_id"), warehouse=_OF_ORDER.format(column="warehouse_id"), **_KEYS
)
_PLACES_OF_WAREHOUSE = _PLACES.format(supplier="0", warehouse="%(warehouse)s::bigint", **_KEYS)
_INSERT = """
WITH r AS (
 INSERT INTO purchasing_goodsreceipt (company_id, number, state, version, created_by_id, supplier_id, warehouse_id,
  shipment_id, delivery_note, received_on, note, reverses_id, reverse_reason, external_key)
 SELECT %(company)s::bigint, 'GR-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(state)s::text, 1,
  %(user)s::bigint, %(supplier)s::bigint, %(warehouse)s::bigint, %(shipment)s::bigint, %(delivery_note)s::text,
  %(received_on)s::date, %(note)s::text, %(reverses)s::bigint, %(reason)s::text, %(external_key)s::text
 FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number),
lines AS (
 INSERT INTO purchasing_receiptline (receipt_id, line_no, order_line_id, shipment_line_id, lot_id, location_id,
  quantity, accepted, rejected, return_line_id)
 SELECT r.id, t.* FROM r, unnest(%(line_nos)s::int[], %(order_lines)s::bigint[], %(shipment_lines)s::bigint[],
  %(lots)s::bigint[], %(locations)s::bigint[], %(quantities)s::numeric[], %(accepted)s::numeric[],
  %(rejected)s::numeric[], %(return_lines)s::bigint[]) AS t
 RETURNING id, line_no)
SELECT r.id, r.number, (SELECT array_agg(lines.id ORDER BY lines.line_no) FROM lines) FROM r
"""
_OPEN_SHIPMENTS = """
SELECT sl.id, sl.order_line_id, s.id, s.number, sl.quantity, sl.received, s.state = 'announced'
FROM purchasing_shipmentline sl JOIN purchasing_shipment s ON s.id = sl.shipment_id
WHERE s.is_open AND sl.order_line_id IN (
  SELECT l.id FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
  WHERE o.company_id = %(company)s::bigint AND o.number = ANY(%(orders)s::text[]))
 AND CASE WHEN %(shipment)s::bigint IS NULL THEN s.state <> 'announced' ELSE s.id = %(shipment)s::bigint END
ORDER BY s.id, sl.id FOR NO KEY UPDATE OF s, sl
"""
_SHIPMENTS = """
WITH booked AS (SELECT * FROM unnest(%(ids)s::bigint[], %(received)s::numeric[]) AS t(id, received)),
 lines AS (UPDATE purchasing_shipmentline sl SET received = b.received FROM booked b WHERE sl.id = b.id)
UPDATE purchasing_shipment s SET version = s.version + 1, updated_at = now(),
 arrived_on = coalesce(s.arrived_on, %(on)s::date), shipped_on = coalesce(s.shipped_on, %(on)s::date),
 state = CASE WHEN NOT EXISTS (SELECT 1 FROM purchasing_shipmentline sl LEFT JOIN booked b ON b.id = sl.id
   WHERE sl.shipment_id = s.id AND sl.quantity > coalesce(b.received, sl.received)) THEN 'received' ELSE 'arrived' END
WHERE s.id = ANY(%(shipments)s::bigint[])
"""


@step
def find_places(actor: Actor, warehouse_id: int, bins: Iterable[str]) -> Places:
    """The places of a warehouse; NotFound when the warehouse is not the company's."""
    params = {"company": actor.company_id, "warehouse": warehouse_id, "bins": sorted(set(bins) - {""}), "note": ""}
    return as_places(db.rows(_PLACES_OF_WAREHOUSE, params), f"warehouse {warehouse_id}", "")


def places_of_order(actor: Actor, order: str, bins: Iterable[str], delivery_note: str) -> db.Statement:
    """The statement that finds the places of an order's warehouse, and whether the supplier's note was booked
    before.
    """
    params = {"company": actor.company_id, "order": order, "bins": sorted(set(bins) - {""}), "note": delivery_note}
    return _PLACES_OF_ORDER, params


def as_places(found: Sequence[db.Row], what: str, delivery_note: str) -> Places:
    """What places_of_order found. Errors: DeliveryNoteReused (names the receipt), NotFound."""
    if not found:
        raise NotFound(what=what)
    default_id: int = found[0][3]
    warehouse, booked, has_plans = found[0][4:]
    if booked:
        raise DeliveryNoteReused(note=delivery_note, receipt=booked)
    by_kind: dict[str, int] = {row[1]: row[0] for row in found if row[1] != "bin"}
    bins_found: dict[str, int] = {row[2]: row[0] for row in found if row[1] == "bin"}
    inspection_id, rejected_id = by_kind.get("inspection", default_id), by_kind.get("rejected", default_id)
    return Places(warehouse, by_kind["supplier"], default_id, inspection_id, rejected_id, bins_found, has_plans)


def open_shipment_lines(actor: Actor, orders: Sequence[str], shipment_id: int | None) -> db.Statement:
    """The statement that locks the open shipment lines of orders, oldest first; those of one shipment only when
    given.
    """
    return _OPEN_SHIPMENTS, {"company": actor.company_id, "orders": list(orders), "shipment": shipment_id}


@dataclass(frozen=True, slots=True)
class ReceiptHeader:
    """What a receipt says beside its lines."""

    supplier_id: int
    warehouse_id: int
    state: str
    received_on: date
    delivery_note: str = ""
    shipment_id: int | None = None
    note: str = ""
    reverses_id: int | None = None
    reason: str = ""
    external_key: str | None = None


@step
def insert_receipt(
    actor: Actor, header: ReceiptHeader, rows: Sequence[Booked], sign: int = 1
) -> tuple[Subject, list[int]]:
    """Write a receipt and its lines in one statement; ``sign`` −1 writes a reversal. DeliveryNoteReused if booked
    before.
    """
    params = {
        "company": actor.company_id,
        "user": actor.user_id,
        "sequence": sequence_name(actor.company_id, "GR"),
        "state": header.state,
        "supplier": header.supplier_id,
        "warehouse": header.warehouse_id,
        "shipment": header.shipment_id,
        "delivery_note": header.delivery_note,
        "received_on": header.received_on,
        "note": header.note,
        "reverses": header.reverses_id,
        "reason": header.reason,
        "external_key": header.external_key,
        "line_nos": db.array(range(1, len(rows) + 1)),
        "order_lines": db.array(row.line.id for row in rows),
        "shipment_lines": db.array(row.announced_by for row in rows),
        "lots": db.array(row.lot_id for row in rows),
        "locations": db.array(row.location_id for row in rows),
        "quantities": db.array(sign * row.quantity for row in rows),
        "accepted": db.array(sign * row.accepted for row in rows),
        "rejected": db.array(sign * row.rejected for row in rows),
        "return_lines": db.array(row.return_line_id for row in rows),
    }
    found = db.row(_INSERT, params)
    assert found is not None
    return Subject("gr", found[0], found[1]), found[2]


@step
def book_shipments(lines: Sequence[OpenShipmentLine], on: date) -> None:
    """Write what was received of shipment lines, and the shipments' states, in one statement."""
    if lines:
        db.later(
            _SHIPMENTS,
            {
                "ids": db.array(line.id for line in lines),
                "received": db.array(line.received for line in lines),
                "shipments": sorted({line.shipment_id for line in lines}),
                "on": on,
            },
        )


def note_taken(error: IntegrityError) -> bool:
    """Whether the database refused a delivery note that somebody else booked a moment ago."""
    return "delivery_note_booked_once" in str(error)
